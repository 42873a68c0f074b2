//! The names that entries may use, and the form of what stands behind each.

use crate::model::{Field, Kind, facts};
use crate::resource::ResourceType;

use super::Toward;

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
    /// An attribute that has no fact: whatever AWS gives.
    Any,
}

/// The shape of an attribute; none if the type has none of that name.
pub fn shape(of: ResourceType, path: &str) -> Option<Shape> {
    use ResourceType as T;
    match (of, path) {
        (T::SecurityGroup | T::NetworkAcl, "ingress") => return Some(Shape::Rules(Toward::From)),
        (T::SecurityGroup | T::NetworkAcl, "egress") => return Some(Shape::Rules(Toward::To)),
        _ => {}
    }
    let fact = facts::table(of).into_iter().find(|field| field.name == path);
    fact.map(|Field { kind, .. }| match kind {
        Kind::Bool => Shape::Bool,
        Kind::Int => Shape::Int,
        Kind::Text | Kind::Time => Shape::Text,
        Kind::Texts => Shape::Texts,
        Kind::Ips => Shape::Ips,
        Kind::Ports => Shape::Ports,
        Kind::List(_) => Shape::Records,
    })
}

/// Every name that the type's entries may use.
pub fn names(of: ResourceType) -> Vec<&'static str> {
    facts::table(of).into_iter().map(|field| field.name).filter(|name| shape(of, name) != Some(Shape::Records)).collect()
}
