//! Asks: whether a principal may make a call, as it is or after a change, and what the call looks like on a way.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock};

use crate::arn::Scope;
use crate::iam::{Answer, Compiled, Document, Effect, PolicyKind, RequestContext, Statement, matches};
use crate::model::permission::Supposing;
use crate::resource::Tag;

use super::access::ASSUME;
use super::actions::{self, Place};
use super::fresh;
use super::passing::Means;
use super::path::Hop;
use super::tags::Tagging;
use super::world::{Actor, World};

/// Choices of patterns that are tried for a name.
const CHOICES: usize = 64;

/// A principal of the inventory, as it is or after a change.
#[derive(Clone, Copy)]
pub struct Who<'q> {
    /// Its place among the actors.
    pub index: usize,
    pub supposing: Supposing<'q>,
}

/// By the ARN of a customer managed policy, or of a group: whom a change of it changes.
#[derive(Debug, Default)]
pub struct Holders<'m> {
    pub policies: BTreeMap<&'m str, Vec<usize>>,
    pub groups: BTreeMap<&'m str, Vec<usize>>,
}

/// By service: roles that it takes on, each with the statement that lets it.
type Served = BTreeMap<&'static str, Vec<(usize, String)>>;

/// The world, and what is found out about it on the way.
pub struct Scout<'m> {
    pub world: World<'m>,
    /// A policy that allows everything.
    pub everything: Compiled,
    /// Of each actor whether it would be an administrator if a policy allowed it everything.
    pub(super) elevated: Vec<OnceLock<bool>>,
    /// Of each home its managed policies that could make an administrator where they are attached.
    pub(super) wide: Vec<OnceLock<Vec<(String, Compiled)>>>,
    /// Of each actor what it may do with a role that it may hand over.
    pub(super) means: Vec<OnceLock<Vec<Means>>>,
    /// Of each home who has which customer managed policy, and who is in which group.
    pub(super) holders: Vec<OnceLock<Holders<'m>>>,
    /// Of each actor what it may do to tags.
    pub(super) tagging: Vec<OnceLock<Tagging>>,
    /// Of each home which of its roles let which services of the methods take them on.
    pub(super) served: Vec<OnceLock<Served>>,
    /// Of each home all of these.
    pub(super) is_served: Vec<OnceLock<BTreeSet<usize>>>,
}

impl Who<'_> {
    pub fn as_is(index: usize) -> Who<'static> {
        Who { index, supposing: Supposing::default() }
    }
}

impl<'m> Scout<'m> {
    pub fn new(world: World<'m>) -> Scout<'m> {
        let elevated = world.actors.iter().map(|_| OnceLock::new()).collect();
        let wide = world.homes.iter().map(|_| OnceLock::new()).collect();
        let means = world.actors.iter().map(|_| OnceLock::new()).collect();
        let tagging = world.actors.iter().map(|_| OnceLock::new()).collect();
        let served = world.homes.iter().map(|_| OnceLock::new()).collect();
        let is_served = world.homes.iter().map(|_| OnceLock::new()).collect();
        let holders = world.homes.iter().map(|_| OnceLock::new()).collect();
        Scout { world, everything: everything(), elevated, wide, means, holders, tagging, served, is_served }
    }

    pub fn actor(&self, index: usize) -> &Actor<'m> {
        // INVARIANT: indices come from this world.
        &self.world.actors[index]
    }

    /// The call, if it may be allowed; if nothing else is in the way, once tags are set that may be set.
    pub fn ask(&self, who: Who<'_>, action: &str, resource: &str, context: &RequestContext) -> Option<Hop> {
        let actor = self.actor(who.index);
        let context = &with_own_keys(action, context);
        match self.world.permissions.may_supposing(actor.id, who.supposing, action, resource, context) {
            Some(answer) => Some(hop(actor.arn, action, resource, &answer)),
            None => self.ask_tagged(who, action, resource, context),
        }
    }

    /// The calls, made on one and the same new thing each kind of resource, if that is possible for some names.
    pub fn ask_new(&self, who: Who<'_>, calls: &[&str]) -> Option<Vec<Hop>> {
        let mut kinds: Vec<Option<&str>> = Vec::new();
        for call in calls {
            let kind = actions::template(call);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let mut hops: Vec<(usize, Hop)> = Vec::new();
        for kind in kinds {
            let here: Vec<(usize, &str)> =
                calls.iter().copied().enumerate().filter(|(_, call)| actions::template(call) == kind).collect();
            let on_it: Vec<&str> = here.iter().map(|(_, call)| *call).collect();
            let found =
                self.on_new(who, &on_it, |_, call, resource| self.ask(who, call, resource, &RequestContext::new()))?;
            hops.extend(here.iter().map(|(place, _)| *place).zip(found));
        }
        hops.sort_by_key(|(place, _)| *place);
        Some(hops.into_iter().map(|(_, hop)| hop).collect())
    }

    /// Finds a name for which every call, asked by `ask`, is allowed.
    pub fn on_new(
        &self,
        who: Who<'_>,
        calls: &[&str],
        ask: impl Fn(usize, &str, &str) -> Option<Hop>,
    ) -> Option<Vec<Hop>> {
        self.on_new_fitting(who, calls, &[], ask)
    }

    /// As [`Scout::on_new`]; of each of these lists one pattern fits the name.
    pub fn on_new_fitting(
        &self,
        who: Who<'_>,
        calls: &[&str],
        more: &[Vec<String>],
        ask: impl Fn(usize, &str, &str) -> Option<Hop>,
    ) -> Option<Vec<Hop>> {
        let first = calls.first()?;
        let actor = self.actor(who.index);
        let home = self.world.home(actor);
        let each = |resource: &str| -> Option<Vec<Hop>> {
            calls.iter().enumerate().map(|(index, call)| ask(index, call, resource)).collect()
        };
        let usual = actions::resource(first, home.place());
        if let Some(hops) = each(&usual) {
            return Some(hops);
        }
        let mut lists = self.constraints(who, calls);
        lists.extend(more.iter().cloned());
        let fitting = |place: Place<'_>| {
            let shape = actions::shape(first, place)?;
            let names = fresh::choices(&shape, &lists, CHOICES).into_iter();
            names
                .filter(|name| !name.ends_with(['/', ':']) && self.world.permissions.find(name).is_none())
                // A name of IAM has no colon, whatever patterns let through.
                .filter(|name| !name.contains(":iam:") || name.matches(':').count() == 5)
                .find_map(|name| each(&name))
        };
        fitting(home.place()).or_else(|| fitting(Place { region: "*", ..home.place() })).or_else(|| {
            // Organizations close regions, and nobody has to go there.
            let is_regional = actions::resource(first, Place { region: "*", ..home.place() }) != usual;
            if !is_regional || !self.asks_for_region(who.index) {
                return None;
            }
            home.other_places().find_map(|place| each(&actions::resource(first, place)).or_else(|| fitting(place)))
        })
    }

    /// Whether a policy that bears on it asks for the region of a request.
    pub fn asks_for_region(&self, index: usize) -> bool {
        let permissions = self.world.permissions;
        permissions.asks_for_region(permissions.principal(self.actor(index).id))
    }

    /// For each call the patterns of which one has to match: those that allow it, and what denials leave out.
    fn constraints(&self, who: Who<'_>, calls: &[&str]) -> Vec<Vec<String>> {
        let mut lists: Vec<Vec<String>> = Vec::new();
        let mut add = |patterns: BTreeSet<String>| {
            let patterns: Vec<String> = patterns.into_iter().collect();
            // What leaves everything open constrains nothing.
            if !patterns.is_empty() && !patterns.iter().any(|pattern| pattern == "*") && !lists.contains(&patterns) {
                lists.push(patterns);
            }
        };
        let mut documents: Vec<Vec<&Document>> = vec![self.documents(who)];
        documents.extend(self.boundary(who.index).map(|document| vec![document]));
        for call in calls {
            for layer in &documents {
                let mut allowed = BTreeSet::new();
                for statement in layer.iter().flat_map(|document| &document.statements) {
                    if !statement.covers_action(call) {
                        continue;
                    }
                    match (statement.effect, &statement.resources) {
                        (Effect::Allow, resources) => match resources.as_ref().and_then(|all| all.only()) {
                            Some(patterns) => allowed.extend(patterns.iter().map(|pattern| plain(pattern))),
                            None => {
                                allowed.insert("*".to_owned());
                            }
                        },
                        (Effect::Deny, Some(resources)) => {
                            if let Some(patterns) = resources.all_but() {
                                add(patterns.iter().map(|pattern| plain(pattern)).collect());
                            }
                        }
                        (Effect::Deny, None) => {}
                    }
                }
                add(allowed);
            }
        }
        lists
    }

    /// Names that roles of an account may have which somebody's policies let it assume, whether there are such or not.
    pub fn names_of_roles(&self, index: usize, account: &Scope) -> Vec<String> {
        let shape = account.account_wide().arn("iam", "role/*");
        fresh::choices(shape.as_str(), &self.constraints(Who::as_is(index), &[ASSUME]), CHOICES)
    }

    /// The documents of a principal's own policies.
    fn documents(&self, who: Who<'_>) -> Vec<&Document> {
        self.world.permissions.policies(self.actor(who.index).id).map(|(_, compiled)| compiled.document()).collect()
    }

    fn boundary(&self, index: usize) -> Option<&Document> {
        let actor = self.actor(index);
        let policy = self.world.home(actor).policies.get(actor.body.boundary()?)?;
        policy.default_version()?.document.document().ok()
    }

    /// The statements of a principal that allow or deny an action.
    pub fn statements(&self, index: usize, action: &str) -> Vec<&Statement> {
        let documents = self.documents(Who::as_is(index)).into_iter().chain(self.boundary(index));
        documents
            .flat_map(|document| &document.statements)
            .filter(|statement| statement.covers_action(action))
            .collect()
    }

    /// The patterns of things on which a principal's policies allow one of the actions.
    pub fn patterns(&self, by: usize, calls: &[&str]) -> BTreeSet<String> {
        let mut patterns = BTreeSet::new();
        let able = calls.iter().filter(|call| self.actor(by).abilities.has(call));
        for call in able {
            for (_, compiled) in self.world.permissions.policies(self.actor(by).id) {
                for (_, statement) in compiled.speaking_of(call).filter(|(_, one)| one.effect == Effect::Allow) {
                    match statement.resources.as_ref().and_then(|all| all.only()) {
                        Some(only) => patterns.extend(only.iter().map(|pattern| plain(pattern))),
                        None => drop(patterns.insert("*".to_owned())),
                    }
                }
            }
        }
        patterns
    }

    /// The users and roles of its account that these patterns name.
    pub fn named_by(&self, by: usize, calls: &[&str]) -> BTreeSet<usize> {
        let home = self.world.home(self.actor(by));
        let mut named = BTreeSet::new();
        for pattern in self.patterns(by, calls) {
            if pattern.contains(['*', '?']) {
                named.extend(home.actors.clone().filter(|index| matches(&pattern, self.actor(*index).arn)));
            } else {
                named.extend(self.world.find(&pattern).filter(|index| home.actors.contains(index)));
            }
        }
        named
    }

    /// What is known of a request on something with these tags, for services that have keys of their own for them.
    pub fn tagged(&self, index: usize, action: &str, tags: &[Tag], prefixes: &[&str]) -> RequestContext {
        let mut context = RequestContext::new();
        for statement in self.statements(index, action) {
            for condition in &statement.conditions {
                let lower = condition.key.to_ascii_lowercase();
                let known = prefixes.iter().any(|prefix| lower.split_once('/').is_some_and(|(of, _)| of == *prefix));
                // Tags are compared as AWS compares keys; one that is not there is known not to be.
                if known {
                    context.absent(&condition.key);
                }
            }
        }
        for tag in tags {
            for prefix in prefixes {
                context.set(&format!("{prefix}/{}", tag.key), [tag.value.as_str()]);
            }
        }
        context
    }
}

/// The keys that IAM sends with some of its calls only: elsewhere they are known to be absent.
///
/// Source: the service authorization reference of IAM.
fn with_own_keys<'c>(action: &str, context: &'c RequestContext) -> Cow<'c, RequestContext> {
    const BOUNDED: [&str; 14] = [
        "AttachRolePolicy",
        "AttachUserPolicy",
        "CreateRole",
        "CreateUser",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DeleteUserPermissionsBoundary",
        "DeleteUserPolicy",
        "DetachRolePolicy",
        "DetachUserPolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "PutUserPermissionsBoundary",
        "PutUserPolicy",
    ];
    let Some(name) = action.strip_prefix("iam:") else { return Cow::Borrowed(context) };
    let kind =
        OwnKeys { bounded: BOUNDED.contains(&name), attaches: name.starts_with("Attach"), passes: name == "PassRole" };
    // Most requests say nothing else, and there are few kinds of them.
    match PLAIN.iter().find(|(known, _)| context.is_empty() && *known == kind) {
        Some((_, plain)) => Cow::Borrowed(plain),
        None => Cow::Owned(kind.without_others(context.clone())),
    }
}

/// Which of its keys IAM sends with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OwnKeys {
    bounded: bool,
    attaches: bool,
    passes: bool,
}

static PLAIN: LazyLock<Vec<(OwnKeys, RequestContext)>> = LazyLock::new(|| {
    let kinds =
        [(false, false, false), (true, false, false), (false, true, false), (true, true, false), (false, false, true)];
    let kinds = kinds.into_iter().map(|(bounded, attaches, passes)| OwnKeys { bounded, attaches, passes });
    kinds.map(|kind| (kind, kind.without_others(RequestContext::new()))).collect()
});

impl OwnKeys {
    fn without_others(self, mut context: RequestContext) -> RequestContext {
        if !self.bounded {
            context.absent("iam:PermissionsBoundary");
        }
        if !self.attaches {
            context.absent("iam:PolicyARN");
        }
        if !self.passes {
            context.absent("iam:PassedToService").absent("iam:AssociatedResourceArn");
        }
        context
    }
}

/// Variables stand for some text.
fn plain(pattern: &str) -> String {
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        plain.push_str(before);
        match after.split_once('}') {
            Some((_, after)) => {
                plain.push('*');
                rest = after;
            }
            None => {
                rest = "";
            }
        }
    }
    plain.push_str(rest);
    plain
}

pub(super) fn hop(caller: &str, action: &str, target: &str, answer: &Answer<'_>) -> Hop {
    Hop {
        caller: caller.to_owned(),
        action: action.to_owned(),
        target: target.to_owned(),
        statement: statement(answer),
        certain: answer.must,
        conditions: answer.conditions.iter().map(ToString::to_string).collect(),
    }
}

/// The statements that allow it, identity's before the resource's.
pub fn statement(answer: &Answer<'_>) -> String {
    let mut deciding: Vec<_> = answer.deciding.iter().filter(|one| one.effect == Effect::Allow).collect();
    deciding.sort_by_key(|one| one.kind == PolicyKind::Resource);
    let told: Vec<String> = deciding
        .iter()
        .map(
            |one| if one.kind == PolicyKind::Resource { format!("the trust policy of {one}") } else { one.to_string() },
        )
        .collect();
    told.join(" and ")
}

fn everything() -> Compiled {
    use crate::iam::{Condition, Selection, Version};
    let all = || Selection::Only(BTreeSet::from(["*".to_owned()]));
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        actions: all(),
        resources: Some(all()),
        principals: None,
        conditions: Vec::<Condition>::new(),
    };
    Compiled::new(Arc::new(Document { version: Version::V2012, id: None, statements: vec![statement] }))
}
