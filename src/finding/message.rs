//! What a finding says, in one line.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::ResourceRef;

/// One line that names the resource, the fact and the value.
///
/// A check says the same of many resources but for what they are called. So that is not in the text: it is
/// shown from the resource, and what is left is in memory once ([`super::Shared`]).
#[derive(Debug, Clone)]
pub struct Message {
    pub(super) pieces: Arc<[Piece]>,
    resource: Option<Arc<ResourceRef>>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    Text(Box<str>),
    /// The resource's name, or its id where it has none.
    Name,
    Id,
}

impl Message {
    /// A message on a resource.
    pub fn about(resource: &Arc<ResourceRef>, pieces: impl Into<Arc<[Piece]>>) -> Message {
        Message { pieces: pieces.into(), resource: Some(Arc::clone(resource)) }
    }

    /// What is to be read one after the other.
    fn parts(&self) -> impl Iterator<Item = &str> {
        let (name, id) = self.resource.as_deref().map_or(("", ""), |resource| (resource.called(), &resource.id));
        self.pieces.iter().map(move |piece| piece.shown(name, id))
    }
}

impl Piece {
    /// As it is read in a message on what is called so.
    pub fn shown<'p>(&'p self, name: &'p str, id: &'p str) -> &'p str {
        match self {
            Piece::Text(text) => text,
            Piece::Name => name,
            Piece::Id => id,
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().try_for_each(|part| f.write_str(part))
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
        self.parts().flat_map(str::bytes).eq(other.parts().flat_map(str::bytes))
    }
}

impl Eq for Message {}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message { pieces: [Piece::Text(text.into())].into(), resource: None }
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

    fn said(resource: &Arc<ResourceRef>) -> Message {
        let text = |text: &str| Piece::Text(text.into());
        Message::about(resource, [text("VPC "), Piece::Name, text(" ("), Piece::Id, text(") has no flow log")])
    }

    #[test]
    fn what_a_resource_is_called_stands_in_its_place() {
        assert_eq!(said(&resource(Some("büro"))).to_string(), "VPC büro (vpc-1) has no flow log");
        assert_eq!(said(&resource(None)).to_string(), "VPC vpc-1 (vpc-1) has no flow log");
        assert_eq!(Message::from("no VPC".to_owned()).to_string(), "no VPC");
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        let (one, other) = (resource(Some("büro")), resource(None));
        assert_eq!(said(&one), Message::from("VPC büro (vpc-1) has no flow log".to_owned()));
        assert_eq!(said(&one), said(&one));
        assert_ne!(said(&one), said(&other));
        assert_ne!(said(&one), Message::from("VPC büro (vpc-1) has no flow logs".to_owned()));
    }
}
