//! A baseline as it was read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use crate::arn::{AccountId, Region};
use crate::finding::FileLocation;
use crate::inventory::Account;
use crate::net::{IpSet, PortSet};
use crate::resource::ResourceType;
use crate::text::{Glob, SourceFile, Span};

use super::{Admitted, Sets, Toward};

/// One file.
#[derive(Debug, Clone)]
pub struct Baseline {
    pub file: Arc<SourceFile>,
    pub id: String,
    pub owner: Option<String>,
    pub reviewed: Option<Date>,
    pub scope: ScopeRule,
    pub sets: Sets,
    /// Where each set stands.
    pub set_spans: BTreeMap<String, Span>,
    pub entries: Vec<Entry>,
    pub ignores: Vec<Ignore>,
}

/// `[scope]`.
#[derive(Debug, Clone, Default)]
pub struct ScopeRule {
    pub place: Place,
    /// The types that `unlisted` is about.
    pub types: BTreeSet<ResourceType>,
    /// Whether a resource of these types that no entry names is a deviation.
    pub unlisted: bool,
    pub span: Option<Span>,
}

/// Accounts and regions; empty is all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Ids of accounts, or of organizational units and roots above them.
    pub accounts: Vec<String>,
    /// Names and globs. What AWS keeps once per account is in every place.
    pub regions: Vec<Glob>,
}

/// `[[resource]]`.
#[derive(Debug, Clone)]
pub struct Entry {
    pub resource_type: ResourceType,
    pub select: Select,
    /// How many there are to be in each account and region of the scope; none if the selector has no number.
    pub count: Option<usize>,
    /// Narrows the scope of the file.
    pub place: Place,
    pub wanted: Vec<Assertion>,
    pub span: Span,
}

/// Which resources an entry is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Select {
    /// The one of this natural key.
    Key(String),
    /// All that have these values; all of the type if there are none.
    Where(Vec<(String, Value)>),
}

/// One attribute, and what is wanted of it.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The attribute's name; of a tag `tags.KEY`.
    pub path: String,
    pub wanted: Wanted,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// A text, a number, `true` or `false`.
    Value(Value),
    /// These elements and no others, in any order.
    Elements(BTreeSet<String>),
    Ips(IpSet),
    Ports(PortSet),
    /// Rules that admit exactly this.
    Rules(Box<Admitted>, Toward),
    /// None.
    Absent,
}

/// `[[ignore]]`: an attribute of a type that is not interesting.
#[derive(Debug, Clone)]
pub struct Ignore {
    pub resource_type: ResourceType,
    pub path: String,
    /// Only of this natural key.
    pub key: Option<String>,
    pub reason: String,
    pub span: Span,
}

impl Baseline {
    pub fn location(&self, span: Span) -> FileLocation {
        FileLocation { path: self.file.path.as_str().into(), line: self.file.line(span.start) }
    }

    /// The ignore that hides an attribute, by its number.
    pub fn ignored(&self, of: ResourceType, key: &str, path: &str) -> Option<usize> {
        self.ignores.iter().position(|ignore| {
            let below = path.strip_prefix(ignore.path.as_str());
            ignore.resource_type == of
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                && ignore.key.as_deref().is_none_or(|only| only == key)
        })
    }
}

impl Place {
    pub fn holds(&self, account: &AccountId, known: Option<&Account>, region: &Region) -> bool {
        self.holds_account(account, known)
            && (region.is_global()
                || self.regions.is_empty()
                || self.regions.iter().any(|glob| glob.matches(region.as_str())))
    }

    pub fn holds_account(&self, account: &AccountId, known: Option<&Account>) -> bool {
        let path = known.and_then(|account| account.organizational_unit.as_deref()).unwrap_or_default();
        self.accounts.is_empty()
            || self.accounts.iter().any(|one| account.as_str() == one || path.split('/').any(|unit| unit == one))
    }
}

impl Entry {
    /// What it is about, as messages say it.
    pub fn subject(&self) -> String {
        match &self.select {
            Select::Key(key) => format!("{} {key}", self.resource_type),
            Select::Where(conditions) if conditions.is_empty() => format!("every {}", self.resource_type),
            Select::Where(conditions) => {
                let all: Vec<String> = conditions.iter().map(|(path, value)| format!("{path} = {value}")).collect();
                format!("{} where {}", self.resource_type, all.join(", "))
            }
        }
    }
}
