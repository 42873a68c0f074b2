//! The names that entries may use, and the form of what stands behind each.

use std::collections::BTreeSet;

use crate::drift;
use crate::model::{Kind, facts};
use crate::resource::ResourceType;

use super::Toward;
use super::read::RESERVED;

/// How an attribute is written down and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Bool,
    Int,
    Text,
    Texts,
    Ips,
    Ports,
    Rules(Toward),
    /// A list of records, which no line of a baseline can say.
    Records,
    /// An attribute that the engine compares and that is no plain fact: a value, or a list of texts.
    Any,
}

/// The shape of an attribute; none if the type has none of that name.
pub fn shape(of: ResourceType, path: &str) -> Option<Shape> {
    use ResourceType as T;
    match (of, path) {
        (T::SecurityGroup, "ingress") | (T::NetworkAcl, "ingress" | "offered_ingress") => {
            return Some(Shape::Rules(Toward::From));
        }
        (T::SecurityGroup, "egress") | (T::NetworkAcl, "egress" | "offered_egress") => {
            return Some(Shape::Rules(Toward::To));
        }
        _ => {}
    }
    let compared = drift::is_attribute(of, path);
    let fact = facts::table(of).into_iter().find(|field| field.name == path).map(|field| field.kind);
    Some(match fact {
        Some(Kind::Bool) => Shape::Bool,
        Some(Kind::Int) => Shape::Int,
        Some(Kind::Text | Kind::Time) => Shape::Text,
        Some(Kind::Texts) => Shape::Texts,
        Some(Kind::Ips) => Shape::Ips,
        Some(Kind::Ports) => Shape::Ports,
        Some(Kind::List(_)) if !compared => Shape::Records,
        Some(Kind::List(_)) => Shape::Any,
        None if compared => Shape::Any,
        None => return None,
    })
}

/// Every name that the type's entries may use, sorted.
pub fn names(of: ResourceType) -> Vec<&'static str> {
    let facts = facts::table(of).into_iter().map(|field| field.name);
    let all: BTreeSet<&'static str> = facts.chain(drift::names(of)).collect();
    let sayable = |name: &&str| !matches!(shape(of, name), None | Some(Shape::Records));
    all.into_iter().filter(sayable).filter(|name| !RESERVED.contains(name)).collect()
}
