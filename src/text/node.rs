use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Span;

/// A TOML value with its place. toml's own tree borrows from the text; this one can be kept.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: NodeValue,
}

#[derive(Debug, Clone)]
pub(super) enum NodeValue {
    String(String),
    /// None if it does not fit 64 bits; the text says which it was.
    Integer(Option<i64>, String),
    /// None if it is no number that a computer has.
    Float(Option<f64>),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(NodeTable),
}

/// By key, each with the key's place.
pub(super) type NodeTable = BTreeMap<String, (Span, Node)>;

impl From<Spanned<DeValue<'_>>> for Node {
    fn from(spanned: Spanned<DeValue<'_>>) -> Node {
        let span = spanned.span().into();
        let value = match spanned.into_inner() {
            DeValue::String(text) => NodeValue::String(text.into_owned()),
            DeValue::Integer(number) => {
                NodeValue::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok(), number.to_string())
            }
            DeValue::Float(number) => NodeValue::Float(number.as_str().replace('_', "").parse().ok()),
            DeValue::Boolean(value) => NodeValue::Boolean(value),
            DeValue::Datetime(time) => NodeValue::Datetime(time.to_string()),
            DeValue::Array(array) => NodeValue::Array(array.into_iter().map(Node::from).collect()),
            DeValue::Table(table) => NodeValue::Table(table_of(table)),
        };
        Node { span, value }
    }
}

pub(super) fn table_of(table: DeTable<'_>) -> NodeTable {
    table.into_iter().map(|(key, value)| (key.get_ref().to_string(), (key.span().into(), Node::from(value)))).collect()
}
