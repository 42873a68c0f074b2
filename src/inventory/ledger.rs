//! The coverage ledger: which cells are complete, and why the others are not.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::arn::Scope;

/// One operation in one scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    pub scope: Scope,
    /// Such as `ec2:DescribeVpcs`; mostly the IAM action that allows it (`resource::iam_action`).
    pub operation: String,
}

/// How the reading of a cell ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Complete,
    Gap(Gap),
}

/// Why a cell is not complete.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
        // What was put together before may hold the same parts.
        for part in other.why.split("; ") {
            if !self.why.split("; ").any(|own| own == part) {
                self.why = format!("{}; {part}", self.why);
            }
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
    /// The files that the inventory was imported from do not hold it.
    NotImported,
}

impl Reason {
    pub const ALL: [Reason; 13] = [
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
        Reason::NotImported,
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
            Reason::NotImported => "NotImported",
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
///
/// An organization has a million cells, nearly all of them complete: a complete cell costs four
/// bytes here, and the names of operations are held once. Where a region or an account is a gap
/// as a whole, its cells are so for one reason in the same words: those are held once too.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    operations: Vec<CompactString>,
    numbers: HashMap<CompactString, u32>,
    scopes: BTreeMap<Scope, Cells>,
    said: HashSet<Arc<Outcome>>,
}

/// The cells of a scope, by the number of their operation.
#[derive(Debug, Clone, Default)]
struct Cells {
    /// Sorted.
    complete: Vec<u32>,
    /// Never `Outcome::Complete`.
    gaps: BTreeMap<u32, Arc<Outcome>>,
}

const COMPLETE: &Outcome = &Outcome::Complete;

impl Cells {
    fn get(&self, number: u32) -> Option<&Outcome> {
        if self.complete.binary_search(&number).is_ok() {
            Some(COMPLETE)
        } else {
            self.gaps.get(&number).map(|gap| &**gap)
        }
    }

    fn set(&mut self, number: u32, outcome: Outcome, said: &mut HashSet<Arc<Outcome>>) {
        match (outcome, self.complete.binary_search(&number)) {
            (Outcome::Complete, Ok(_)) => {}
            (Outcome::Complete, Err(place)) => {
                self.gaps.remove(&number);
                self.complete.insert(place, number);
            }
            (gap, place) => {
                if let Ok(place) = place {
                    self.complete.remove(place);
                }
                let known = said.get(&gap).cloned();
                let gap = known.unwrap_or_else(|| {
                    let new = Arc::new(gap);
                    said.insert(Arc::clone(&new));
                    new
                });
                self.gaps.insert(number, gap);
            }
        }
    }
}

impl Ledger {
    /// Records how a cell ended. A gap stays: a cell that is read in several
    /// calls (one per resource) is complete only if all of them were.
    pub fn record(&mut self, cell: Cell, outcome: Outcome) {
        let number = self.number(&cell.operation);
        merge(self.scopes.entry(cell.scope).or_default(), number, outcome, &mut self.said);
    }

    fn number(&mut self, operation: &str) -> u32 {
        if let Some(number) = self.numbers.get(operation) {
            return *number;
        }
        let number = self.operations.len() as u32;
        self.operations.push(operation.into());
        self.numbers.insert(operation.into(), number);
        number
    }

    fn name(&self, number: u32) -> &str {
        self.operations.get(number as usize).map_or("", CompactString::as_str)
    }

    /// Adds all that another ledger holds.
    pub fn absorb(&mut self, other: &Ledger) {
        let numbers: Vec<u32> = other.operations.iter().map(|operation| self.number(operation)).collect();
        for (scope, cells) in &other.scopes {
            let own = self.scopes.entry(scope.clone()).or_default();
            let complete = cells.complete.iter().map(|number| (number, COMPLETE));
            for (number, outcome) in complete.chain(cells.gaps.iter().map(|(number, gap)| (number, &**gap))) {
                if let Some(number) = numbers.get(*number as usize) {
                    merge(own, *number, outcome.clone(), &mut self.said);
                }
            }
        }
    }

    /// Gives every gap with one reason another.
    pub fn replace_reason(&mut self, from: Reason, to: Reason) {
        for outcome in self.scopes.values_mut().flat_map(|cells| cells.gaps.values_mut()) {
            if let Outcome::Gap(gap) = &**outcome
                && gap.reason == from
            {
                *outcome = Arc::new(Outcome::Gap(Gap { reason: to, ..gap.clone() }));
            }
        }
    }

    /// How the cell ended; none if no scan meant to read it.
    pub fn outcome(&self, scope: &Scope, operation: &str) -> Option<&Outcome> {
        self.scopes.get(scope)?.get(*self.numbers.get(operation)?)
    }

    /// Whether some cell is of this operation.
    pub fn knows(&self, operation: &str) -> bool {
        self.numbers.contains_key(operation)
    }

    /// How an operation ended wherever a scan meant to make it, in the order of scopes.
    pub fn outcomes_of(&self, operation: &str) -> impl Iterator<Item = (&Scope, &Outcome)> {
        let number = self.numbers.get(operation).copied();
        self.scopes.iter().filter_map(move |(scope, cells)| Some((scope, cells.get(number?)?)))
    }

    /// Where an operation is a gap, in the order of scopes.
    pub fn gaps_of(&self, operation: &str) -> impl Iterator<Item = (&Scope, &Gap)> {
        self.outcomes_of(operation).filter_map(|(scope, outcome)| match outcome {
            Outcome::Complete => None,
            Outcome::Gap(gap) => Some((scope, gap)),
        })
    }

    /// Every cell, in the order of scopes and then of operations' names.
    pub fn cells(&self) -> impl Iterator<Item = (Cell, &Outcome)> {
        self.scopes.iter().flat_map(|(scope, cells)| {
            let complete = cells.complete.iter().map(|number| (self.name(*number), COMPLETE));
            let gaps = cells.gaps.iter().map(|(number, outcome)| (self.name(*number), &**outcome));
            let mut all: Vec<_> = complete.chain(gaps).collect();
            all.sort_by_key(|(name, _)| *name);
            all.into_iter().map(|(name, outcome)| (Cell { scope: scope.clone(), operation: name.to_owned() }, outcome))
        })
    }

    /// The cells that are not complete, in the same order.
    pub fn gaps(&self) -> impl Iterator<Item = (Cell, &Gap)> {
        self.scopes.iter().flat_map(|(scope, cells)| {
            let mut all: Vec<_> = cells
                .gaps
                .iter()
                .filter_map(|(number, outcome)| match &**outcome {
                    Outcome::Gap(gap) => Some((self.name(*number), gap)),
                    Outcome::Complete => None,
                })
                .collect();
            all.sort_by_key(|(name, _)| *name);
            all.into_iter().map(|(name, gap)| (Cell { scope: scope.clone(), operation: name.to_owned() }, gap))
        })
    }

    /// Every scope in which something was read or meant to be, sorted.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> + Clone {
        self.scopes.keys()
    }

    /// Cells in all, and those that are complete.
    pub fn coverage(&self) -> (usize, usize) {
        let complete = self.scopes.values().map(|cells| cells.complete.len()).sum();
        (self.scopes.values().map(|cells| cells.gaps.len()).sum::<usize>() + complete, complete)
    }
}

fn merge(cells: &mut Cells, number: u32, outcome: Outcome, said: &mut HashSet<Arc<Outcome>>) {
    let merged = match (cells.get(number), outcome) {
        (None, outcome) => outcome,
        (Some(Outcome::Gap(first)), Outcome::Complete) => Outcome::Gap(Gap { partial: true, ..first.clone() }),
        (Some(Outcome::Complete), Outcome::Gap(gap)) => Outcome::Gap(Gap { partial: true, ..gap }),
        // The order in which two gaps come in is chance; the ledger's bytes must not be.
        (Some(Outcome::Gap(first)), Outcome::Gap(gap)) => {
            let partial = first.partial || gap.partial;
            let earlier =
                if (first.reason, &first.message) <= (gap.reason, &gap.message) { first.clone() } else { gap };
            Outcome::Gap(Gap { partial, ..earlier })
        }
        (Some(Outcome::Complete), Outcome::Complete) => Outcome::Complete,
    };
    cells.set(number, merged, said);
}

impl PartialEq for Ledger {
    /// Operations are numbered in the order in which they came: that is no difference.
    fn eq(&self, other: &Ledger) -> bool {
        self.cells().eq(other.cells())
    }
}

/// Why a cell that ended so is not complete, in one line; none if it is.
pub fn why_incomplete(operation: &str, outcome: Option<&Outcome>) -> Option<String> {
    match outcome {
        Some(Outcome::Complete) => None,
        Some(Outcome::Gap(gap)) => Some(format!("{operation} {gap}")),
        None => Some(format!("{operation} was not read")),
    }
}
