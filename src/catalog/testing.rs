//! A vocabulary for tests: facts of every kind, whatever the real types have.

use std::sync::Arc;

use crate::catalog::{Catalog, Vocabulary};
use crate::model::{Field, Kind};
use crate::resource::ResourceType;
use crate::text::{Diagnostic, SourceFile};

macro_rules! fields {
    ($($name:literal: $kind:expr),* $(,)?) => { &[$(Field { name: $name, kind: $kind, doc: "for tests" }),*] };
}

pub(crate) const PARTS: &[Field] = fields! { "word": Kind::Text, "sources": Kind::Ips };

/// What elements of `items` have.
pub(crate) const ITEM: &[Field] = fields! {
    "flag": Kind::Bool,
    "number": Kind::Int,
    "word": Kind::Text,
    "words": Kind::Texts,
    "at": Kind::Time,
    "sources": Kind::Ips,
    "ports": Kind::Ports,
    "parts": Kind::List(PARTS),
};

/// What a VPC has: the same, and the list; and a security group: less.
pub(crate) const VPC: &[Field] = fields! {
    "flag": Kind::Bool,
    "number": Kind::Int,
    "word": Kind::Text,
    "words": Kind::Texts,
    "at": Kind::Time,
    "sources": Kind::Ips,
    "ports": Kind::Ports,
    "items": Kind::List(ITEM),
};

pub(crate) const GROUP: &[Field] = fields! { "word": Kind::Text, "number": Kind::Text, "flag": Kind::Bool };

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    table: |of| match of {
        ResourceType::Vpc => VPC.to_vec(),
        ResourceType::SecurityGroup => GROUP.to_vec(),
        _ => Vec::new(),
    },
    operations: |of, index| match (of, index) {
        (ResourceType::Vpc, 4) => &["ec2:DescribeVpcAttribute"],
        _ => &[],
    },
};

/// Reads one check against the vocabulary for tests.
pub(crate) fn parse(path: &str, text: &str) -> (Catalog, Vec<Diagnostic>) {
    Catalog::parse_with([SourceFile::new(path, text)], VOCABULARY)
}

/// A good check of VPCs named `example`, with these lines after `[check]`.
pub(crate) fn example(rest: &str) -> Arc<SourceFile> {
    let head = r#"schema = 1
[check]
id = "example"
title = "Something is not right"
severity = "high"
resource_type = "AWS::EC2::VPC"
since = "0.1.0"
rationale = "It matters."
remediation = { text = "Mend it." }
"#;
    SourceFile::new("checks/test/example.toml", format!("{head}{rest}"))
}

/// The catalogue of one [`example`] that has no mistakes.
pub(crate) fn good(rest: &str) -> Catalog {
    let (catalog, diagnostics) = Catalog::parse_with([example(rest)], VOCABULARY);
    assert!(diagnostics.is_empty(), "{}", crate::text::render(&diagnostics, false));
    catalog
}
