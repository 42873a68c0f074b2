//! What a declared baseline asks the engine: which attributes there are, and what a difference of one of them does.

use serde_json::Value;

use crate::arn::Scope;
use crate::resource::{Resource, ResourceType};

use super::orders::Order;
use super::table::{self, order_of, presence};
use super::{Effect, Side};

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

/// The effect of one value in place of another. Of sets they are what only one side has.
pub fn effect_of(of: ResourceType, path: &str, before: Option<&Value>, after: Option<&Value>) -> Effect {
    order_of(of, path).effect(before, after)
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
