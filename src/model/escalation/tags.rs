//! Tags: whoever may set its own, or another's, meets what conditions ask for of them.
//!
//! Only those are set that some policy asks for, to a value that it asks for, since who may set tags is mostly kept from
//! setting some: by conditions on `aws:TagKeys` and `aws:RequestTag`.

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::{Condition, Document, RequestContext};
use crate::model::permission::Supposing;

use super::access::ASSUME;
use super::path::Hop;
use super::scout::{Scout, Who, hop};
use super::world::Body;

/// Keys that tell of the caller's tags, in lower case.
pub const OWN_TAGS: &[&str] = &["aws:principaltag/"];

/// Keys that tell of the tags of what is acted on.
const OTHERS_TAGS: &[&str] = &["aws:resourcetag/", "iam:resourcetag/"];

const TAGGING: [&str; 2] = ["iam:TagRole", "iam:TagUser"];

/// Keys of tags with what is asked for of each.
pub type Asked = BTreeMap<String, Wanted>;

/// The values that are asked for of a tag.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    named: BTreeSet<String>,
    /// Whether a variable stands for its value, so that any may be of use.
    any: bool,
}

/// Tags that are set: keys, and values if not any.
pub type Tags = Vec<(String, Option<String>)>;

/// What somebody may do to tags.
#[derive(Debug, Default)]
pub struct Tagging {
    /// What its policies ask for of its own tags, and the call that sets them.
    own_asked: Asked,
    own: Option<(Hop, Tags)>,
    /// What they ask for of others' tags.
    others: Asked,
}

/// The call that sets somebody's tags.
pub fn tagging(body: Body<'_>) -> &'static str {
    if body.is_user() { "iam:TagUser" } else { "iam:TagRole" }
}

fn ask_for(asked: &mut Asked, document: &Document, keys: &[&str]) {
    for (key, condition) in keys.iter().flat_map(|key| document.asked_of(key)) {
        let wanted = asked.entry(key.to_owned()).or_default();
        wanted.any |= condition.is_none();
        wanted.named.extend(condition.into_iter().flat_map(values_of));
    }
}

/// Values that meet a condition, as far as they are easily told.
fn values_of(condition: &Condition) -> Vec<String> {
    let operator = condition.base_operator();
    if operator.contains("not") || operator.contains("null") {
        return Vec::new();
    }
    let literal = condition.values.iter().filter(|value| !value.contains("${"));
    literal.map(|value| if operator.contains("like") { value.replace('*', "") } else { value.clone() }).collect()
}

fn tags(of: Option<&(Hop, Tags)>) -> &[(String, Option<String>)] {
    of.map_or(&[], |(_, tags)| tags)
}

impl Scout<'_> {
    /// What the policies that bear on somebody ask for of tags.
    pub fn asked_tags(&self, index: usize, keys: &[&str]) -> Asked {
        let permissions = self.world.permissions;
        let mut asked = Asked::new();
        for document in permissions.bearing_on(permissions.principal(self.actor(index).id)) {
            ask_for(&mut asked, document, keys);
        }
        asked
    }

    /// The call that sets tags of a user or role of the same account, as things are, and those that it may set.
    pub fn tag(&self, who: Who<'_>, of: usize, asked: &Asked) -> Option<(Hop, Tags)> {
        let (actor, target) = (self.actor(who.index), self.actor(of));
        let action = tagging(target.body);
        let is_able = actor.home == target.home && !target.body.is_protected() && actor.abilities.has(action);
        if asked.is_empty() || !is_able {
            return None;
        }
        let call = |key: &str, value: Option<&str>| {
            let mut context = RequestContext::new().with("aws:TagKeys", key);
            if let Some(value) = value {
                context.set(&format!("aws:RequestTag/{key}"), [value]);
            }
            let permissions = self.world.permissions;
            let answer = permissions.may_supposing(actor.id, who.supposing, action, target.arn, &context)?;
            Some(hop(actor.arn, action, target.arn, &answer))
        };
        let (mut first, mut tags) = (None, Tags::new());
        for (key, wanted) in asked {
            let Some(made) = call(key, None) else { continue };
            let may: Vec<&String> = wanted.named.iter().filter(|value| call(key, Some(value)).is_some()).collect();
            let value = match may.first() {
                _ if wanted.any || may.len() == wanted.named.len() => None,
                Some(value) => Some((*value).clone()),
                None => continue,
            };
            tags.push((key.clone(), value));
            first.get_or_insert(made);
        }
        Some((first?, tags))
    }

    fn tagging(&self, index: usize) -> Option<&Tagging> {
        let find = || {
            let own_asked = self.asked_tags(index, OWN_TAGS);
            let own = self.tag(Who::as_is(index), index, &own_asked);
            Tagging { own, own_asked, others: self.asked_tags(index, OTHERS_TAGS) }
        };
        let is_able = self.actor(index).abilities.has_any(&TAGGING);
        self.tagging.get(index).filter(|_| is_able).map(|known| known.get_or_init(find))
    }

    /// The call, once the caller set its own tags or those of what it acts on.
    pub(super) fn ask_tagged(
        &self,
        who: Who<'_>,
        action: &str,
        resource: &str,
        context: &RequestContext,
    ) -> Option<Hop> {
        let tagging = self.tagging(who.index)?;
        if !who.supposing.tagged.is_empty() || !who.supposing.target_tagged.is_empty() || TAGGING.contains(&action) {
            return None;
        }
        // What stands for somebody that was not listed is nobody that is here.
        let target = self.world.find(resource).filter(|of| *of != who.index && !who.supposing.is_unlisted);
        // A trust policy may ask for the caller's tags as well.
        let mut by_trust = Asked::new();
        if let Some(trust) = target.filter(|_| action == ASSUME) {
            let trust = self.world.permissions.trust(self.actor(trust).id);
            trust.into_iter().for_each(|trust| ask_for(&mut by_trust, trust.document(), OWN_TAGS));
        }
        let own_for_trust = if by_trust.is_empty() {
            None
        } else {
            for (key, wanted) in &tagging.own_asked {
                let here = by_trust.entry(key.clone()).or_default();
                here.any |= wanted.any;
                here.named.extend(wanted.named.iter().cloned());
            }
            self.tag(Who::as_is(who.index), who.index, &by_trust)
        };
        let own = own_for_trust.as_ref().or(tagging.own.as_ref());
        let others = target.and_then(|of| self.tag(who, of, &tagging.others));
        // As little as there has to be.
        let choices = [(own, None), (None, others.as_ref()), (own, others.as_ref())];
        choices.into_iter().filter(|(own, others)| own.is_some() || others.is_some()).find_map(|(own, others)| {
            let supposing = Supposing { tagged: tags(own), target_tagged: tags(others), ..who.supposing };
            let actor = self.actor(who.index);
            let answer = self.world.permissions.may_supposing(actor.id, supposing, action, resource, context)?;
            let mut made = hop(actor.arn, action, resource, &answer);
            made.certain = false;
            for (tag, _) in own.into_iter().chain(others) {
                made.conditions.push(format!("{} sets the tags of {} ({})", tag.action, tag.target, tag.statement));
                made.conditions.extend(tag.conditions.iter().cloned());
            }
            Some(made)
        })
    }
}
