//! What a run found that an earlier one did not: only that fails it.
//!
//! Findings are the same if their fingerprints are. What became worse counts as new; what changed and cannot be
//! shown to be no worse counts as worse. What is unknown now is never fixed, and neither is what was not looked at.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::exceptions::{Suppressed, value};
use crate::finding::{Finding, Fingerprint, Status};
use crate::net::{IpSet, PortSet};

use super::{Previous, Report};

/// What became of a finding that this run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The earlier run did not have it.
    New,
    /// It did, and it was less bad; or nothing shows that it was not.
    Worse,
    /// It could be told then, and cannot be now.
    NowUnknown,
    /// It did, and it was worse.
    Better,
    /// Its check did not run then.
    CheckAdded,
    Unchanged,
}

/// What became of a finding that the earlier run had and this one has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GoneTo {
    Fixed,
    /// Whether it is still there could not be told.
    NowUnknown,
    /// Its check did not run.
    CheckRemoved,
    /// Its account or region was not looked at.
    NotLooked,
    /// An exception covers it.
    Suppressed,
}

/// A finding of this run, as the earlier one had it.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    pub change: Change,
    /// Its value then, if it had another; empty otherwise.
    pub was: Vec<String>,
}

/// A finding of the earlier run that this one does not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Gone {
    pub finding: Finding,
    pub to: GoneTo,
}

/// Two runs compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    pub source: String,
    pub taken_at: Timestamp,
    pub snapshot_sha256: String,
    /// Whether the same catalogue judged both.
    pub same_catalog: bool,
    pub checks_added: Vec<String>,
    pub checks_removed: Vec<String>,
    /// Every failure and unknown verdict of this run.
    pub since: BTreeMap<Fingerprint, Since>,
    /// In the order of the earlier report.
    pub gone: Vec<Gone>,
}

impl Change {
    pub const ALL: [Change; 6] =
        [Change::New, Change::Worse, Change::NowUnknown, Change::Better, Change::CheckAdded, Change::Unchanged];

    pub fn as_str(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Worse => "worse",
            Change::NowUnknown => "now_unknown",
            Change::Better => "better",
            Change::CheckAdded => "check_added",
            Change::Unchanged => "unchanged",
        }
    }

    /// Whether a failure with it fails the run.
    pub fn fails(self) -> bool {
        matches!(self, Change::New | Change::Worse)
    }
}

impl GoneTo {
    pub const ALL: [GoneTo; 5] =
        [GoneTo::Fixed, GoneTo::NowUnknown, GoneTo::CheckRemoved, GoneTo::NotLooked, GoneTo::Suppressed];

    pub fn as_str(self) -> &'static str {
        match self {
            GoneTo::Fixed => "fixed",
            GoneTo::NowUnknown => "now_unknown",
            GoneTo::CheckRemoved => "check_removed",
            GoneTo::NotLooked => "not_looked",
            GoneTo::Suppressed => "suppressed",
        }
    }
}

impl Against {
    /// Compares a report, whose exceptions are applied, with an earlier run.
    pub fn of(previous: &Previous, report: &Report) -> Against {
        let checks: BTreeSet<String> = report.rules.keys().cloned().collect();
        let before: BTreeMap<&Fingerprint, &Finding> =
            previous.findings.iter().map(|finding| (&finding.fingerprint, finding)).collect();
        let verdicts = report.findings.iter().filter(|f| matches!(f.status, Status::Fail | Status::Unknown(_)));
        let since = verdicts.map(|finding| {
            let was = before.get(&finding.fingerprint).copied();
            (finding.fingerprint, since(finding, was, &previous.checks))
        });
        let here: BTreeSet<&Fingerprint> = report.findings.iter().map(|finding| &finding.fingerprint).collect();
        let gone = previous.findings.iter().filter(|finding| {
            // What could not be told then is no finding that can be gone.
            finding.status == Status::Fail && !here.contains(&finding.fingerprint)
        });
        let gone: Vec<Gone> =
            gone.map(|finding| Gone { finding: finding.clone(), to: gone_to(finding, report) }).collect();
        Against {
            source: previous.source.clone(),
            taken_at: previous.taken_at,
            snapshot_sha256: previous.snapshot_sha256.clone(),
            same_catalog: previous.catalog_sha256 == report.identity.catalog_sha256,
            checks_added: checks.difference(&previous.checks).cloned().collect(),
            checks_removed: previous.checks.difference(&checks).cloned().collect(),
            since: since.collect(),
            gone,
        }
    }

    /// What became of a finding of this run; `New` for one that was never compared.
    pub fn change(&self, finding: &Finding) -> Change {
        self.since.get(&finding.fingerprint).map_or(Change::New, |since| since.change)
    }

    /// How many failures and unknown verdicts of this run have the change.
    pub fn count(&self, change: Change) -> usize {
        self.since.values().filter(|since| since.change == change).count()
    }

    /// How many findings of the earlier run went there.
    pub fn count_gone(&self, to: GoneTo) -> usize {
        self.gone.iter().filter(|gone| gone.to == to).count()
    }
}

fn since(finding: &Finding, was: Option<&Finding>, checks: &BTreeSet<String>) -> Since {
    let plain = |change| Since { change, was: Vec::new() };
    let Some(was) = was else {
        return plain(match (checks.contains(&*finding.rule), &finding.status) {
            (false, _) => Change::CheckAdded,
            (true, Status::Unknown(_)) => Change::NowUnknown,
            (true, _) => Change::New,
        });
    };
    if finding.status != Status::Fail {
        return plain(Change::Unchanged);
    }
    let (before, after) = (value(was), value(finding));
    let change = match (finding.severity.cmp(&was.severity), before == after) {
        (std::cmp::Ordering::Equal, true) => Change::Unchanged,
        (std::cmp::Ordering::Greater, _) => Change::Worse,
        (std::cmp::Ordering::Less, true) => Change::Better,
        (_, false) if is_narrower(&before, &after) => Change::Better,
        (_, false) => Change::Worse,
    };
    let was = if before == after { Vec::new() } else { before };
    Since { change, was }
}

/// Whether less is said than was, or each fact's set of addresses or ports lies within what it was.
fn is_narrower(before: &[String], after: &[String]) -> bool {
    if after.iter().all(|line| before.contains(line)) {
        return true;
    }
    let facts = |lines: &[String]| -> Option<BTreeMap<String, String>> {
        let mut facts = BTreeMap::new();
        for line in lines {
            let (fact, value) = line.split_once(" = ")?;
            // A fact with two values has no one set to compare.
            if facts.insert(fact.to_owned(), value.to_owned()).is_some() {
                return None;
            }
        }
        Some(facts)
    };
    let (Some(before), Some(after)) = (facts(before), facts(after)) else { return false };
    before.keys().eq(after.keys())
        && before.iter().all(|(fact, was)| after.get(fact).is_some_and(|is| is == was || lies_within(is, was)))
}

fn lies_within(is: &str, was: &str) -> bool {
    let blocks = |text: &str| IpSet::from_blocks(text.split(", ")).ok();
    let ports = |text: &str| text.parse::<PortSet>().ok();
    match (ports(is), ports(was)) {
        (Some(is), Some(was)) => is.is_subset(&was),
        _ => matches!((blocks(is), blocks(was)), (Some(is), Some(was)) if is.is_subset(&was)),
    }
}

fn gone_to(finding: &Finding, report: &Report) -> GoneTo {
    let covered = |one: &Suppressed| one.finding.fingerprint == finding.fingerprint;
    if report.suppressed.iter().any(covered) {
        return GoneTo::Suppressed;
    }
    if !report.rules.contains_key(&*finding.rule) {
        return GoneTo::CheckRemoved;
    }
    let region = &finding.scope.region;
    let looked = report.accounts.contains_key(&finding.scope.account)
        && (region.is_global() || report.regions.iter().any(|one| one == region.as_str()));
    if !looked {
        return GoneTo::NotLooked;
    }
    let unknown = |one: &Finding| {
        let same_resource = match (&one.resource, &finding.resource) {
            (Some(is), Some(was)) => is.arn == was.arn,
            // A whole type that was not read to its end may hold it.
            (None, _) => true,
            (Some(_), None) => false,
        };
        matches!(one.status, Status::Unknown(_))
            && one.rule == finding.rule
            && one.scope == finding.scope
            && same_resource
    };
    let suppressed = report.suppressed.iter().map(|one| &one.finding);
    if report.findings.iter().chain(suppressed).any(unknown) { GoneTo::NowUnknown } else { GoneTo::Fixed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(of: &[&str]) -> Vec<String> {
        of.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn only_what_lies_within_is_narrower() {
        let before = lines(&["ingress.ports = 22-23", "ingress.sources = 10.0.0.0/8, 2001:db8::/32"]);
        for (after, narrower) in [
            (&["ingress.ports = 22", "ingress.sources = 10.0.0.0/8, 2001:db8::/32"], true),
            (&["ingress.ports = 22-23", "ingress.sources = 10.1.0.0/16"], true),
            (&["ingress.ports = 22-24", "ingress.sources = 10.1.0.0/16"], false),
            (&["ingress.ports = 22-23", "ingress.sources = 0.0.0.0/0"], false),
            (&["ingress.ports = 22-23", "egress.sources = 10.1.0.0/16"], false),
        ] {
            assert_eq!(is_narrower(&before, &lines(after)), narrower, "{after:?}");
        }
        assert!(!is_narrower(&lines(&["a = x"]), &lines(&["a = y"])), "words have no order");
        assert!(!is_narrower(&before, &lines(&["ingress.ports = 22", "ingress.ports = 23"])));
        assert!(is_narrower(&lines(&["ingress = + a", "ingress = + b"]), &lines(&["ingress = + b"])));
    }
}
