use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::tree::Tree;
use super::{Document, PolicyError};

/// A policy document as AWS gave it. One that can be read is kept in canonical
/// form; one that cannot is kept as it is, with what is wrong with it, and
/// makes every fact that rests on it unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyText(Result<Arc<Document>, Unreadable>);

#[derive(Debug, Clone, PartialEq)]
struct Unreadable {
    raw: Value,
    error: PolicyError,
}

impl PolicyText {
    /// Takes the text, plain or percent-encoded.
    pub fn new(text: &str) -> PolicyText {
        let unreadable = |error| Unreadable { raw: Value::String(text.to_owned()), error };
        PolicyText(text.parse().map(Arc::new).map_err(unreadable))
    }

    /// What it says.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn document(&self) -> Result<&Document, &PolicyError> {
        self.shared().map(Arc::as_ref)
    }

    /// What it says, to keep beside the inventory without a copy.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn shared(&self) -> Result<&Arc<Document>, &PolicyError> {
        self.0.as_ref().map_err(|unreadable| &unreadable.error)
    }
}

impl Serialize for PolicyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(document) => document.to_json().serialize(serializer),
            Err(unreadable) => unreadable.raw.serialize(serializer),
        }
    }
}

/// From the document itself, as the AWS CLI prints it, or from its text, as the API gives it.
impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Tree::deserialize(deserializer)? {
            Tree::Text(text) => PolicyText::new(&text),
            tree => {
                let unreadable = |error| Unreadable { raw: tree.to_value(), error };
                PolicyText(Document::from_tree(&tree).map(Arc::new).map_err(unreadable))
            }
        })
    }
}
