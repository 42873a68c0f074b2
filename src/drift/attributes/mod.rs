//! What of a resource is compared: its attributes, each in a form in which equal meanings are equal values.

mod fields;
mod iam;
mod special;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::arn::Scope;
use crate::resource::{Resource, Tag};

use super::Side;

pub(super) use fields::{beyond, is_made_up, path_of};

/// How an attribute's values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// One value.
    Scalar,
    /// An array whose order means nothing; sorted, and nothing in it twice.
    Set,
    /// An array whose order counts.
    Ordered,
    /// Rules as texts, compared as the packets that they are for; sorted in the order of those.
    Packets,
    /// A policy document, as an array of statements without names and in no order of their own.
    Document,
    /// The label of another resource, `sg:prod/web`; its id where nobody knows one.
    Reference,
}

/// One attribute's value.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    pub kind: AttributeKind,
    pub value: Value,
}

/// By path: a fact's name where there is one, or AWS's field name in that form; parts are set off by a dot.
pub type Attributes = BTreeMap<String, Attribute>;

/// A resource's comparable attributes. What is absent, empty or AWS's default is left out.
pub fn attributes(side: &Side<'_>, scope: &Scope, resource: &Resource) -> Attributes {
    let mut out = Writer { side, scope, out: Attributes::new() };
    special::write(&mut out, resource);
    let tags = tags(resource.tags());
    out.set("tags", tags);
    out.out
}

/// `Key=Value`, without those that AWS writes.
fn tags(tags: &[Tag]) -> Vec<Value> {
    let own = tags.iter().filter(|tag| !tag.key.starts_with("aws:"));
    own.map(|tag| Value::String(format!("{}={}", tag.key, tag.value))).collect()
}

/// Collects attributes; nothing that is empty gets in.
struct Writer<'a, 'i> {
    side: &'a Side<'i>,
    scope: &'a Scope,
    out: Attributes,
}

impl Writer<'_, '_> {
    fn put(&mut self, path: impl Into<String>, kind: AttributeKind, value: Value) {
        let is_empty = match &value {
            Value::Null => true,
            Value::Array(all) => all.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if !is_empty {
            self.out.insert(path.into(), Attribute { kind, value });
        }
    }

    fn scalar(&mut self, path: impl Into<String>, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(path, AttributeKind::Scalar, value.into());
        }
    }

    fn set(&mut self, path: impl Into<String>, values: Vec<Value>) {
        self.put(path, AttributeKind::Set, fields::sorted(values));
    }

    /// A set of labels.
    fn references<'r>(&mut self, path: impl Into<String>, ids: impl Iterator<Item = &'r str>) {
        let labels = ids.map(|id| Value::String(self.label(id))).collect();
        self.set(path, labels);
    }

    fn reference(&mut self, path: impl Into<String>, id: Option<&str>) {
        if let Some(id) = id {
            let label = self.label(id);
            self.put(path, AttributeKind::Reference, Value::String(label));
        }
    }

    fn label(&self, id: &str) -> String {
        self.side.names.rewrite(&self.scope.region, id).into_owned()
    }
}
