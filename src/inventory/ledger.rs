//! The coverage ledger: which cells are complete, and why the others are not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::arn::Scope;

/// One operation in one scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    pub scope: Scope,
    /// As an IAM action, such as `ec2:DescribeVpcs`.
    pub operation: String,
}

/// How the reading of a cell ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Complete,
    Gap(Gap),
}

/// Why a cell is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub reason: Reason,
    /// What AWS or the client said, in one line.
    pub message: String,
    /// Whether some of the cell was read: some pages, or some of the resources it is asked for one by one.
    pub partial: bool,
}

/// What is missing to know something: the reason, and the cells that would have told.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// One line.
    pub why: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub cells: BTreeSet<Cell>,
}

impl Missing {
    /// Something is missing that no single cell would have told.
    pub fn because(why: impl Into<String>) -> Missing {
        Missing { why: why.into(), cells: BTreeSet::new() }
    }

    /// Both are missing.
    pub fn and(mut self, other: &Missing) -> Missing {
        if !self.why.contains(&other.why) {
            self.why = format!("{}; {}", self.why, other.why);
        }
        self.cells.extend(other.cells.iter().cloned());
        self
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

/// The kinds of gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// The caller's own policies do not allow it.
    AccessDenied,
    /// A service control policy denies it.
    DeniedByScp,
    /// The role in the account could not be assumed, or the credentials were refused.
    NoCredentials,
    /// AWS throttled it until the deadline.
    Throttled,
    /// The region is not enabled in the account.
    RegionDisabled,
    /// No answer in time, or the connection failed.
    TimedOut,
    /// AWS answered with a server error to the end.
    ServerError,
    /// An answer that is cut short, contradicts itself or cannot be read.
    Malformed,
    /// AWS refused the request for a reason of its own.
    Rejected,
    /// The endpoint does not know the operation.
    Unsupported,
    /// The user's configuration leaves it out.
    SkippedByConfig,
    /// The scan was interrupted first.
    Interrupted,
}

impl Reason {
    pub const ALL: [Reason; 12] = [
        Reason::AccessDenied,
        Reason::DeniedByScp,
        Reason::NoCredentials,
        Reason::Throttled,
        Reason::RegionDisabled,
        Reason::TimedOut,
        Reason::ServerError,
        Reason::Malformed,
        Reason::Rejected,
        Reason::Unsupported,
        Reason::SkippedByConfig,
        Reason::Interrupted,
    ];

    /// The stable name that reports carry.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::AccessDenied => "AccessDenied",
            Reason::DeniedByScp => "DeniedByScp",
            Reason::NoCredentials => "NoCredentials",
            Reason::Throttled => "Throttled",
            Reason::RegionDisabled => "RegionDisabled",
            Reason::TimedOut => "TimedOut",
            Reason::ServerError => "ServerError",
            Reason::Malformed => "Malformed",
            Reason::Rejected => "Rejected",
            Reason::Unsupported => "Unsupported",
            Reason::SkippedByConfig => "SkippedByConfig",
            Reason::Interrupted => "Interrupted",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}

/// How every cell ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    cells: BTreeMap<Cell, Outcome>,
}

impl Ledger {
    /// Records how a cell ended. A gap stays: a cell that is read in several
    /// calls (one per resource) is complete only if all of them were.
    pub fn record(&mut self, cell: Cell, outcome: Outcome) {
        use std::collections::btree_map::Entry;
        match self.cells.entry(cell) {
            Entry::Vacant(free) => {
                free.insert(outcome);
            }
            Entry::Occupied(mut taken) => {
                let merged = match (taken.get(), outcome) {
                    (Outcome::Gap(first), Outcome::Complete) => Outcome::Gap(Gap { partial: true, ..first.clone() }),
                    (Outcome::Complete, Outcome::Gap(gap)) => Outcome::Gap(Gap { partial: true, ..gap }),
                    // The order in which two gaps come in is chance; the ledger's bytes must not be.
                    (Outcome::Gap(first), Outcome::Gap(gap)) => {
                        let partial = first.partial || gap.partial;
                        let earlier = if (first.reason, &first.message) <= (gap.reason, &gap.message) {
                            first.clone()
                        } else {
                            gap
                        };
                        Outcome::Gap(Gap { partial, ..earlier })
                    }
                    (Outcome::Complete, Outcome::Complete) => Outcome::Complete,
                };
                taken.insert(merged);
            }
        }
    }

    pub fn absorb(&mut self, other: Ledger) {
        for (cell, outcome) in other.cells {
            self.record(cell, outcome);
        }
    }

    /// Gives every gap with one reason another.
    pub fn replace_reason(&mut self, from: Reason, to: Reason) {
        for outcome in self.cells.values_mut() {
            if let Outcome::Gap(gap) = outcome
                && gap.reason == from
            {
                gap.reason = to;
            }
        }
    }

    /// How the cell ended; none if no scan meant to read it.
    pub fn outcome(&self, scope: &Scope, operation: &str) -> Option<&Outcome> {
        self.cells.get(&Cell { scope: scope.clone(), operation: operation.to_owned() })
    }

    /// Why the cell is not complete, in one line; none if it is complete.
    pub fn why_incomplete(&self, scope: &Scope, operation: &str) -> Option<String> {
        match self.outcome(scope, operation) {
            Some(Outcome::Complete) => None,
            Some(Outcome::Gap(gap)) => Some(format!("{operation} {gap}")),
            None => Some(format!("{operation} was not read")),
        }
    }

    pub fn cells(&self) -> impl Iterator<Item = (&Cell, &Outcome)> {
        self.cells.iter()
    }

    pub fn gaps(&self) -> impl Iterator<Item = (&Cell, &Gap)> {
        self.cells.iter().filter_map(|(cell, outcome)| match outcome {
            Outcome::Gap(gap) => Some((cell, gap)),
            Outcome::Complete => None,
        })
    }

    /// Every scope in which something was read or meant to be.
    pub fn scopes(&self) -> BTreeSet<&Scope> {
        self.cells.keys().map(|cell| &cell.scope).collect()
    }

    /// Cells in all, and those that are complete.
    pub fn coverage(&self) -> (usize, usize) {
        (self.cells.len(), self.cells.values().filter(|outcome| **outcome == Outcome::Complete).count())
    }
}
