//! From findings to a report: what counts, what is below the threshold, what
//! the run as a whole says.

mod frameworks;
pub mod previous;
mod ratchet;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, Arn};
use crate::exceptions::{Suppressed, Use};
use crate::finding::{Finding, Severity, Status, Tallies};
use crate::inventory::{Account, Cell, Gap, Statistics};

pub use crate::finding::Tally;
pub use frameworks::{Answer, Control, ControlVerdict, Framework};
pub use previous::{Previous, PreviousError};
pub use ratchet::{Against, Change, Gone, GoneTo, Since};

/// What a report says of a check, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub resource_types: Vec<String>,
    pub rationale: String,
    pub remediation: Remediation,
    pub references: Vec<String>,
    /// Framework or peer, to its control ids: `cis-aws-7.0` to `["6.3"]`.
    pub controls: BTreeMap<String, Vec<String>>,
    /// The file that the check is in, with forward slashes.
    pub path: String,
    pub line: u32,
}

/// How to mend what a check found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Remediation {
    pub text: String,
    pub cli: Option<String>,
    pub terraform: Option<String>,
}

/// A cell that is not complete, and what that leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageGap {
    #[serde(flatten)]
    pub cell: Cell,
    #[serde(flatten)]
    pub gap: Gap,
    /// The checks that have an unknown verdict because of it, sorted.
    pub checks: Vec<String>,
}

/// How much was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    pub cells: usize,
    pub complete: usize,
    /// Ordered by cell.
    pub gaps: Vec<CoverageGap>,
}

impl Coverage {
    /// Complete cells in percent, rounded down to a tenth: 100.0 only if all are.
    pub fn percent(&self) -> f64 {
        (self.complete * 1000).checked_div(self.cells).map_or(100.0, |tenths| tenths as f64 / 10.0)
    }
}

/// What the run as a whole came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing at or above the threshold, and everything was read.
    Pass,
    /// Something at or above the threshold.
    Fail,
    /// Nothing at or above the threshold, but something could not be told.
    Incomplete,
}

/// What was judged, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    pub tool_version: String,
    pub taken_at: Timestamp,
    /// The time that ages were counted to.
    pub as_of: Timestamp,
    pub caller: Option<Arn>,
    pub source: String,
    /// SHA-256 of the catalogue's files, in hexadecimal.
    pub catalog_sha256: String,
    /// SHA-256 of the snapshot's manifest, in hexadecimal.
    pub snapshot_sha256: String,
}

/// The only input of writers.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub identity: Identity,
    pub outcome: Outcome,
    /// Findings at or above it fail the run.
    pub fail_on: Severity,
    pub accounts: BTreeMap<AccountId, Account>,
    /// Every region that something was read in, sorted.
    pub regions: Vec<String>,
    /// Every check that ran, by id.
    pub rules: BTreeMap<String, Rule>,
    /// Every `Fail` and `Unknown` that no exception covers, worst first; passes only if the user asked for them.
    pub findings: Vec<Finding>,
    /// What exceptions cover, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// Every exception, in the order of its file, and what became of it.
    pub exceptions: Vec<Use>,
    /// The comparison with an earlier run, if one was asked for.
    pub against: Option<Against>,
    /// Per check and account.
    pub tallies: Tallies,
    pub coverage: Coverage,
    /// Those that the user asked for; [`Report::answers`] has what their controls come to.
    pub frameworks: Vec<Framework>,
    /// Resources in the inventory.
    pub resources: usize,
    /// How the collection went; none where nothing was collected, as from a snapshot.
    pub statistics: Option<Statistics>,
}

impl Report {
    /// Whether a failure makes the run one that failed: bad enough, and not known from the earlier run.
    pub fn counts(&self, finding: &Finding) -> bool {
        finding.status == Status::Fail
            && finding.severity >= self.fail_on
            && self.against.as_ref().is_none_or(|against| against.change(finding).fails())
    }

    /// The exceptions that are findings of their own.
    pub fn stale_exceptions(&self) -> impl Iterator<Item = &Use> {
        self.exceptions.iter().filter(|one| one.is_finding())
    }

    /// What the run came to, by what it holds now.
    ///
    /// `unseen` says that something was not read that no verdict stands for.
    pub fn judge(&mut self, unseen: bool) {
        let fails = self.findings.iter().any(|finding| self.counts(finding))
            || (Use::SEVERITY >= self.fail_on && self.stale_exceptions().next().is_some());
        let unknown = unseen || self.findings.iter().any(|finding| matches!(finding.status, Status::Unknown(_)));
        self.outcome = match (fails, unknown) {
            (true, _) => Outcome::Fail,
            (false, true) => Outcome::Incomplete,
            (false, false) => Outcome::Pass,
        };
    }
}
