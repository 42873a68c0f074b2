use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::condition::{Condition, Path};
use crate::catalog::template::Template;
use crate::catalog::{Case, CheckId};
use crate::finding::{FileLocation, Severity};
use crate::model::Field;
use crate::resource::ResourceType;
use crate::text::{Document, OwnedItem, SourceFile, Span};

/// What is looked for, in which types of resource, and why.
#[derive(Debug, Clone)]
pub struct Check {
    pub id: CheckId,
    /// What was found, in at most 150 characters.
    pub title: String,
    pub severity: Severity,
    /// The version of driftline that first had it.
    pub since: String,
    /// Framework or peer, to its control ids.
    pub controls: BTreeMap<String, Vec<String>>,
    pub references: Vec<String>,
    pub rationale: String,
    pub remediation: Remediation,
    /// Where it fails and nothing is wrong, and how to tell.
    pub false_positives: Option<String>,
    /// What became of it since, `VERSION: what` each.
    pub changes: Vec<String>,
    /// Groups of checks that a user can choose, such as `hardening`.
    pub profiles: Vec<String>,
    pub tags: Vec<String>,
    /// By name, as they stand in its file or in the user's configuration.
    pub params: BTreeMap<String, OwnedItem>,
    /// Where a finding points: the user's own lines that set this check, or else its `[fail]`.
    pub location: Arc<FileLocation>,
    pub cases: Vec<Case>,
    /// Compiled once for each of its types, in the order that its file names them.
    pub rules: Vec<TypeRule>,
    pub(super) document: Arc<Document>,
    /// Of its id, to point at the check as a whole.
    pub(super) span: Span,
}

/// How to mend what a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remediation {
    pub text: String,
    pub cli: Option<String>,
    pub terraform: Option<String>,
    pub cloudformation: Option<String>,
    /// Where it is in the console, in words.
    pub console: Option<String>,
    /// How to see that it is mended, in words.
    pub verify: Option<String>,
}

/// A check's conditions, compiled against one type's table of facts.
///
/// INVARIANT: every index in its conditions is in the table, and every operator
/// fits its fact's kind; the loader is the only place that makes one.
#[derive(Debug, Clone)]
pub struct TypeRule {
    pub resource_type: ResourceType,
    pub when: Option<When>,
    pub fail: Fail,
    /// The type's facts that any part of it looks at, by index.
    pub facts: BTreeSet<usize>,
    /// What those facts rest on beside the type's listing.
    pub operations: BTreeSet<&'static str>,
}

/// Where the check applies at all.
#[derive(Debug, Clone)]
pub struct When {
    pub condition: Condition,
    /// Why it does not apply elsewhere, in one line.
    pub reason: Option<String>,
}

/// What makes the check fail.
#[derive(Debug, Clone)]
pub struct Fail {
    /// If there, the condition is asked of each element of this list.
    pub each: Option<Each>,
    pub condition: Condition,
    pub message: Template,
    /// What makes a finding worse or milder than the check says; the first that is true counts.
    pub severities: Vec<Graded>,
}

/// A severity, and where a finding has it instead of the check's own.
#[derive(Debug, Clone)]
pub struct Graded {
    pub severity: Severity,
    pub condition: Condition,
}

/// A list of which each element can fail by itself.
#[derive(Debug, Clone)]
pub struct Each {
    pub list: Path,
    pub fields: &'static [Field],
    /// The fields that tell one element's finding from another's, by index.
    pub discriminator: Vec<usize>,
}

impl Check {
    pub fn resource_types(&self) -> impl Iterator<Item = ResourceType> {
        self.rules.iter().map(|rule| rule.resource_type)
    }

    /// Every API operation that its verdicts rest on, as resource types declare them.
    pub fn operations(&self) -> BTreeSet<&'static str> {
        let listings = self.resource_types().filter_map(ResourceType::listing);
        listings.chain(self.rules.iter().flat_map(|rule| rule.operations.iter().copied())).collect()
    }

    /// The file it was read from.
    pub fn source(&self) -> &Arc<SourceFile> {
        self.document.file()
    }

    /// The place of its id in that file.
    pub fn span(&self) -> Span {
        self.span
    }
}
