//! Values in one line of bounded length, as messages and evidence show them.

use crate::model::Value;
use crate::net::IpSet;

/// How many members of a set or list are named before the rest is counted.
const MEMBERS: usize = 8;

/// How many characters of one text are shown.
const CHARACTERS: usize = 200;

/// As [`Value`]'s own form, but bounded.
pub fn value(value: &Value) -> String {
    match value {
        Value::Text(v) => text(v),
        Value::Texts(v) => texts(v),
        Value::Ips(v) => blocks(v),
        other => other.to_string(),
    }
}

pub fn text(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

pub fn texts(texts: &[String]) -> String {
    list(texts.iter().map(|one| text(one)))
}

/// The set as the fewest blocks.
pub fn blocks(set: &IpSet) -> String {
    list(set.blocks().into_iter())
}

pub fn list(members: impl ExactSizeIterator<Item = String>) -> String {
    let rest = members.len().saturating_sub(MEMBERS);
    let shown: Vec<String> = members.take(MEMBERS).collect();
    match (shown.is_empty(), rest) {
        (true, _) => "nothing".to_owned(),
        (false, 0) => shown.join(", "),
        (false, rest) => format!("{} and {rest} more", shown.join(", ")),
    }
}
