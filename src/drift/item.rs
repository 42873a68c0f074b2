//! One difference.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::finding::Severity;
use crate::resource::ResourceType;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    Added,
    Removed,
    Changed,
    /// The same name, and another thing behind it: what named the old one by its unique id is dead.
    Recreated,
    /// The same thing at another place.
    Moved,
}

/// Whether more is allowed than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Weakening,
    /// Some more and some less.
    Mixed,
    /// It cannot be told, or no order is known for it.
    Unknown,
    Strengthening,
    Neutral,
}

impl Class {
    pub const ALL: [Class; 5] = [Class::Added, Class::Removed, Class::Changed, Class::Recreated, Class::Moved];

    pub fn as_str(self) -> &'static str {
        match self {
            Class::Added => "added",
            Class::Removed => "removed",
            Class::Changed => "changed",
            Class::Recreated => "recreated",
            Class::Moved => "moved",
        }
    }
}

impl Effect {
    /// What needs a look first comes first.
    pub const ALL: [Effect; 5] =
        [Effect::Weakening, Effect::Mixed, Effect::Unknown, Effect::Strengthening, Effect::Neutral];

    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Weakening => "weakening",
            Effect::Mixed => "mixed",
            Effect::Unknown => "unknown",
            Effect::Strengthening => "strengthening",
            Effect::Neutral => "neutral",
        }
    }

    /// From what an order says: whether something was opened, and whether something was closed.
    pub fn of(opened: bool, closed: bool) -> Effect {
        match (opened, closed) {
            (true, false) => Effect::Weakening,
            (false, true) => Effect::Strengthening,
            (true, true) => Effect::Mixed,
            (false, false) => Effect::Neutral,
        }
    }

    /// Both happened.
    #[must_use]
    pub fn and(self, other: Effect) -> Effect {
        match (self, other) {
            (one, Effect::Neutral) | (Effect::Neutral, one) => one,
            (Effect::Unknown, _) | (_, Effect::Unknown) => Effect::Unknown,
            (one, other) if one == other => one,
            _ => Effect::Mixed,
        }
    }

    /// Whether more may be allowed than before: weakening, mixed, or not to be told.
    pub fn may_weaken(self) -> bool {
        matches!(self, Effect::Weakening | Effect::Mixed | Effect::Unknown)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The cause of what AWS changed in what is its own.
pub const AWS_MANAGED_UPDATE: &str = "aws-managed-update";

/// The account of what belongs to AWS and shows in every account.
pub const AWS: &str = "aws";

/// One difference between two inventories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Twelve hexadecimal digits of the SHA-256 of account, region, type, key and path: the same tomorrow.
    pub id: String,
    /// An account's id, or [`AWS`].
    pub account: String,
    /// A region, or `global`.
    pub region: String,
    /// Its CloudFormation name.
    #[serde(serialize_with = "type_name")]
    pub resource_type: ResourceType,
    pub key: String,
    /// The resource's id before; none if it was not there.
    pub old_id: Option<String>,
    /// The resource's id now; none if it is not there.
    pub new_id: Option<String>,
    /// The attribute, by its fact's name where a fact has it; empty for the resource as a whole.
    pub path: String,
    /// Of a set, what only the older side has; of anything else the whole value. None if there is none.
    pub before: Option<Value>,
    /// The same of the newer side.
    pub after: Option<Value>,
    pub class: Class,
    pub effect: Effect,
    pub severity: Severity,
    /// Why the effect and the severity are what they are, in a sentence.
    pub because: String,
    /// A packet or a request that was refused and is not any more, or the other way round.
    pub witness: Option<String>,
    /// The id of the item that this one follows from, or [`AWS_MANAGED_UPDATE`].
    pub cause: Option<String>,
}

fn type_name<S: Serializer>(of: &ResourceType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(of.name())
}

impl Item {
    /// The id of what has this account, region, type, key and path.
    pub fn id_of(account: &str, region: &str, of: ResourceType, key: &str, path: &str) -> String {
        let parts = [account, region, of.name(), key, path];
        // Lengths keep the parts apart, whatever characters they hold.
        let form = parts.map(|part| format!("{}:{part}", part.len())).join(",");
        Sha256::digest(form.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The order in which items are told: what weakens first, then the worst, then by place.
    pub fn order(&self) -> impl Ord + '_ {
        let place = (&self.account, &self.region, self.resource_type, &self.key, &self.path);
        (self.effect, std::cmp::Reverse(self.severity), place)
    }
}
