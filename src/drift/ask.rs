//! What a declared baseline asks the engine: which attributes there are, and what a difference of one of them does.

use serde_json::{Value, json};

use crate::arn::{Region, Scope};
use crate::finding::Severity;
use crate::resource::{Resource, ResourceType};

use super::compare::Both;
use super::effect::{self, Judged};
use super::orders::Order;
use super::table::{self, order_of, presence};
use super::{Effect, Side, documents, permissions, routes};

/// Whether the engine compares an attribute of that name, or attributes below it.
pub fn is_attribute(of: ResourceType, path: &str) -> bool {
    names(of).any(|name| {
        name == path
            || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
            || name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// The names of a type's attributes, as far as an order is known for them.
pub fn names(of: ResourceType) -> impl Iterator<Item = &'static str> {
    table::names(of).iter().filter(|(_, order)| order.is_compared()).map(|(name, _)| *name)
}

/// Whether an attribute has an order of weaker and stronger, so that a change of it may matter.
pub fn matters(of: ResourceType, path: &str) -> bool {
    !matches!(order_of(of, path), Order::Never | Order::Neutral | Order::Moves | Order::Unknown)
}

/// What is wanted of an attribute and what is there: of a set all of it on both sides.
pub struct Question<'a> {
    pub of: ResourceType,
    pub path: &'a str,
    pub wanted: Vec<String>,
    pub live: Vec<String>,
    /// The resource among all others of its account; none where it is not at hand any more.
    pub at: Option<(&'a Side<'a>, &'a Region, &'a Resource)>,
}

/// What a difference comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub effect: Effect,
    /// Why, in a sentence; none where the order of plain values says it.
    pub because: Option<String>,
    pub witness: Option<String>,
    /// How bad it is, where that is more than the effect alone says.
    pub severity: Option<Severity>,
}

impl Answer {
    fn of(judged: Judged, path: &str) -> Answer {
        let everything = judged.traits.administrative || judged.traits.of_everybody;
        let severity = match judged.effect {
            Effect::Weakening | Effect::Mixed if everything => Some(Severity::Critical),
            // Who may become whom.
            Effect::Weakening | Effect::Mixed if path == "trust_policy" => Some(Severity::High),
            _ => None,
        };
        Answer { effect: judged.effect, because: Some(judged.because), witness: judged.witness, severity }
    }
}

/// The effect of one value in place of another. `before` and `after` are of sets what only one side has; the question
/// has all of both, for what is computed from what the values stand for.
pub fn effect_of(question: &Question<'_>, before: Option<&Value>, after: Option<&Value>) -> Answer {
    let order = order_of(question.of, question.path);
    if order != Order::Special {
        let effect = order.effect(before, after);
        return Answer { effect, because: None, witness: None, severity: None };
    }
    Answer::of(special(question, before, after), question.path)
}

fn special(question: &Question<'_>, before: Option<&Value>, after: Option<&Value>) -> Judged {
    use ResourceType as T;
    let Question { of, path, wanted, live, at } = question;
    let set = |texts: &[String]| (!texts.is_empty()).then(|| json!(texts));
    let more = || {
        let effect = Order::MoreWeakens.effect(before, after);
        Judged { effect, because: "each of them is one more way".to_owned(), ..Judged::default() }
    };
    match (of, *path, at) {
        (T::RouteTable, "routes", _) => {
            let lists = |label: &str| at.as_ref().and_then(|(side, region, _)| side.list_addresses(region, label));
            match routes::compare_words(wanted, live, lists) {
                Ok(way) => effect::rerouted(&way),
                Err(why) => effect::unknown(&why),
            }
        }
        (T::InternetGateway | T::VpnGateway, "attached_vpcs", _) | (T::TransitGatewayRouteTable, "routes", _) => more(),
        (T::NetworkInterface, "public_addresses" | "ipv6_addresses", _) => effect::addresses(&set(wanted), &set(live)),
        (_, path, _) if is_document(*of, path) => {
            // One that is not there grants nothing.
            let read = |texts: &[String]| match texts {
                [] => Ok(None),
                texts => documents::of_statements(texts).map(Some),
            };
            match (read(wanted), read(live)) {
                (Ok(old), Ok(new)) => permissions::two_documents(old.as_ref(), new.as_ref()).unwrap_or_else(|| {
                    Judged { because: "the same is granted in other words".to_owned(), ..Judged::default() }
                }),
                (Err(why), _) | (_, Err(why)) => effect::unknown(&why),
            }
        }
        (_, path, Some((side, region, resource))) => {
            // What is wanted, as if it were there: whatever it names is what it is now.
            let both = Both { old: side, new: side, rebuilt: false };
            let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
            match path {
                "security_groups" => effect::worn(&both, region, &set(wanted), &set(live)),
                "attached_policies" => permissions::attached(&both, &set(wanted), &set(live)),
                "route_table" | "main_route_table" => {
                    let of = |value: Option<&Value>| side.labelled_table(region, resource, &text(value)?);
                    effect::tables(&both, region, of(before), of(after))
                }
                "network_acl" => {
                    let of = |value: Option<&Value>| side.labelled_acl(region, &text(value)?);
                    match (of(before), of(after)) {
                        (Some(old), Some(new)) => effect::two_acls(old, new),
                        _ => effect::unknown("a network ACL was not seen"),
                    }
                }
                _ => effect::unknown("nobody has said what a difference of it means"),
            }
        }
        _ => effect::unknown("nobody has said what a difference of it means"),
    }
}

/// Whether an attribute is a policy document, a statement a line.
fn is_document(of: ResourceType, path: &str) -> bool {
    use ResourceType as T;
    match of {
        T::User | T::Group | T::Role => path == "trust_policy" || path.starts_with("inline_policies."),
        T::ManagedPolicy | T::AwsManagedPolicy => path == "document",
        T::VpcEndpoint => path == "policy",
        _ => false,
    }
}

/// The effect of a thing's being there, or of its being there no more, as far as its type alone tells.
pub fn presence_of(of: ResourceType, is_there: bool) -> Effect {
    let there = Value::Bool(true);
    let (before, after) = if is_there { (None, Some(&there)) } else { (Some(&there), None) };
    match presence(of) {
        Order::Special => Effect::Unknown,
        order => order.effect(before, after),
    }
}

/// Whether a resource is told of where it was seen: of what several accounts and regions see, one view is, and what
/// services make for themselves is not.
pub fn is_told(side: &Side<'_>, scope: &Scope, resource: &Resource) -> bool {
    super::compare::is_told(side, scope, resource)
}
