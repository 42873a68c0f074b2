//! What a finding says, in one line.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::ResourceRef;

/// One line that names the resource, the fact and the value.
///
/// A check says the same of many resources but for their names. So the name is not in the text: it
/// is shown from the resource, and what is left is in memory once ([`super::Shared`]).
#[derive(Debug, Clone)]
pub struct Message {
    pub(super) text: Arc<str>,
    name: Option<Name>,
}

/// What the resource is called, and where in the text.
#[derive(Debug, Clone)]
struct Name {
    /// In bytes from the start; between two characters.
    at: u32,
    resource: Arc<ResourceRef>,
}

impl Message {
    /// The text with the resource's name, or its id where it has none, put in at a byte.
    pub fn naming(resource: &Arc<ResourceRef>, text: &str, at: usize) -> Message {
        match u32::try_from(at) {
            Ok(short) if text.is_char_boundary(at) => {
                Message { text: text.into(), name: Some(Name { at: short, resource: Arc::clone(resource) }) }
            }
            // Nobody's message has 4 GB; nothing is lost if one has.
            _ => format!("{}{text}", resource.called()).into(),
        }
    }

    /// Its three parts: what is before the name, the name, and what is behind it.
    fn parts(&self) -> (&str, &str, &str) {
        match &self.name {
            Some(Name { at, resource }) => {
                let (before, behind) = self.text.split_at_checked(*at as usize).unwrap_or((&self.text, ""));
                (before, resource.called(), behind)
            }
            None => (&self.text, "", ""),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, name, behind) = self.parts();
        f.write_str(before)?;
        f.write_str(name)?;
        f.write_str(behind)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What they say, not how it is held.
impl PartialEq for Message {
    fn eq(&self, other: &Message) -> bool {
        fn bytes(message: &Message) -> impl Iterator<Item = u8> {
            let (before, name, behind) = message.parts();
            before.bytes().chain(name.bytes()).chain(behind.bytes())
        }
        bytes(self).eq(bytes(other))
    }
}

impl Eq for Message {}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message { text: text.into(), name: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(name: Option<&str>) -> Arc<ResourceRef> {
        let arn = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1".parse().unwrap();
        let (resource_type, id) = ("AWS::EC2::VPC".into(), "vpc-1".into());
        Arc::new(ResourceRef { resource_type, id, arn, name: name.map(Into::into) })
    }

    #[test]
    fn the_name_stands_where_it_was_put() {
        let named = resource(Some("büro"));
        assert_eq!(Message::naming(&named, "VPC  has no flow log", 4).to_string(), "VPC büro has no flow log");
        assert_eq!(Message::naming(&named, " has no flow log", 0).to_string(), "büro has no flow log");
        assert_eq!(Message::naming(&named, "no flow log in ", 15).to_string(), "no flow log in büro");
        assert_eq!(Message::naming(&resource(None), " has no flow log", 0).to_string(), "vpc-1 has no flow log");
        assert_eq!(Message::from("no VPC".to_owned()).to_string(), "no VPC");
    }

    #[test]
    fn a_place_that_is_none_loses_neither_name_nor_text() {
        for at in [1, 99, usize::MAX] {
            let told = Message::naming(&resource(None), "ü", at).to_string();
            assert!(told.contains("vpc-1") && told.contains('ü'), "{told}");
        }
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        let (one, other) = (resource(Some("büro")), resource(None));
        let said = Message::naming(&one, "VPC  has no flow log", 4);
        assert_eq!(said, Message::from("VPC büro has no flow log".to_owned()));
        assert_eq!(said, Message::naming(&one, "VPC  has no flow log", 4));
        assert_ne!(said, Message::naming(&other, "VPC  has no flow log", 4));
        assert_ne!(said, Message::naming(&one, "VPC  has no flow log", 3));
    }
}
