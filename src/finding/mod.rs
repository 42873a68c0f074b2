//! What was found: a verdict on one resource by one rule.

mod fingerprint;
mod message;
mod shared;
mod tallies;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::inventory::Missing;

pub use fingerprint::Fingerprint;
pub use message::{Message, Piece};
pub use shared::Shared;
pub use tallies::Tallies;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// Worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational];

    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Severity::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| {
            format!("`{text}` is not a severity: critical, high, medium, low or informational is wanted")
        })
    }
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Fail,
    /// What is missing to tell.
    Unknown(Arc<Missing>),
    Pass,
    /// Why the check does not apply, in one line.
    Skip(String),
}

impl Status {
    pub fn as_str(&self) -> &'static str {
        match self {
            Status::Fail => "fail",
            Status::Unknown(_) => "unknown",
            Status::Pass => "pass",
            Status::Skip(_) => "skip",
        }
    }
}

/// A fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Its name, such as `ingress[2].sources`.
    pub fact: Arc<str>,
    /// Its value, in one line.
    pub value: String,
    /// The condition that it met, in the check's words; empty if it is shown only to inform.
    pub condition: Arc<str>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceRef {
    /// The CloudFormation name of its type.
    pub resource_type: Arc<str>,
    pub id: CompactString,
    pub arn: Arn,
    pub name: Option<CompactString>,
}

impl ResourceRef {
    /// Its name, or its id where it has none.
    pub fn called(&self) -> &str {
        self.name.as_ref().unwrap_or(&self.id)
    }
}

/// A place in a file that a user can open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileLocation {
    /// With forward slashes; relative to the repository where it can be.
    pub path: Arc<str>,
    /// From 1.
    pub line: u32,
}

/// One verdict on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's id.
    pub rule: Arc<str>,
    pub severity: Severity,
    pub status: Status,
    pub scope: Arc<Scope>,
    /// None when a whole type could not be read in this scope.
    pub resource: Option<Arc<ResourceRef>>,
    pub message: Message,
    /// Shared: most findings of a check rest on the same facts with the same values.
    pub evidence: Arc<[Evidence]>,
    /// The line of a user's file (or of the embedded check) that asks for this.
    pub location: Arc<FileLocation>,
    pub fingerprint: Fingerprint,
}

/// How many verdicts of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub fail: u64,
    pub unknown: u64,
    pub pass: u64,
    pub skip: u64,
    /// Failures and unknown verdicts that exceptions cover; they are in neither of the two counts.
    pub suppressed: u64,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.fail += other.fail;
        self.unknown += other.unknown;
        self.pass += other.pass;
        self.skip += other.skip;
        self.suppressed += other.suppressed;
    }
}
