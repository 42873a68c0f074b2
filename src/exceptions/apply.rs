use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::finding::{Finding, Status, Tallies};

use super::{About, Accepts, Exception, State, Use, value};

/// A finding that an exception covers.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppressed {
    pub finding: Finding,
    pub exception: Exception,
}

/// Where a run looked, and when.
#[derive(Debug, Clone)]
pub struct Looked<'a> {
    /// The ids of the checks that ran.
    pub checks: BTreeSet<&'a str>,
    pub accounts: BTreeSet<&'a str>,
    /// The regions in which something was read, without `global`.
    pub regions: BTreeSet<&'a str>,
    /// The day, in UTC, of the time that ages are counted to.
    pub today: Date,
}

/// Findings parted by the exceptions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Applied {
    /// What no exception covers, in the order it came.
    pub findings: Vec<Finding>,
    /// In the same order.
    pub suppressed: Vec<Suppressed>,
    /// Every exception about a check, in the order of the file.
    pub uses: Vec<Use>,
}

/// Takes out what exceptions cover. Passes and skips are never covered.
pub fn apply(exceptions: &[Exception], mut findings: Vec<Finding>, looked: &Looked<'_>) -> Applied {
    if exceptions.is_empty() {
        return Applied { findings, ..Applied::default() };
    }
    let mut covered: Vec<Option<usize>> = vec![None; findings.len()];
    let mut uses = Vec::new();
    for (number, exception) in exceptions.iter().enumerate() {
        if !matches!(exception.about, About::Finding { .. }) {
            continue;
        }
        let (state, hit) = judge(exception, &findings, looked);
        let mut state = state;
        if let Some(slot) = hit.and_then(|hit| covered.get_mut(hit)) {
            match slot {
                // Two about one finding: the first covers it, and the second is one too many.
                Some(_) => state = State::Unused,
                None => *slot = Some(number),
            }
        }
        uses.push(Use { exception: exception.clone(), state });
    }
    // In place: there can be a million.
    let mut places = covered.iter();
    let taken = findings.extract_if(.., |_| places.next().is_some_and(Option::is_some));
    let taken: Vec<Finding> = taken.collect();
    let by = covered.iter().flatten().filter_map(|by| exceptions.get(*by));
    let covered = taken.into_iter().zip(by);
    let suppressed = covered.map(|(finding, by)| Suppressed { finding, exception: by.clone() }).collect();
    Applied { findings, suppressed, uses }
}

impl Applied {
    /// Counts verdicts that are covered whole as suppressed. A resource has one verdict by each check,
    /// whatever the number of its findings.
    pub fn recount(&self, tallies: &mut Tallies) {
        let subject = |finding: &Finding| {
            let arn = finding.resource.as_ref().map(|of| of.arn.clone());
            (finding.rule.clone(), finding.scope.clone(), arn)
        };
        let fails = |finding: &Finding| finding.status == Status::Fail;
        // Failing, unknown: what was there, and what is left.
        let mut of: BTreeMap<_, [(bool, bool); 2]> = BTreeMap::new();
        for one in &self.suppressed {
            let [was, _] = of.entry(subject(&one.finding)).or_default();
            if fails(&one.finding) { was.0 = true } else { was.1 = true }
        }
        if of.is_empty() {
            return;
        }
        for finding in self.findings.iter().filter(|f| matches!(f.status, Status::Fail | Status::Unknown(_))) {
            if let Some([was, left]) = of.get_mut(&subject(finding)) {
                for seen in [was, left] {
                    if fails(finding) { seen.0 = true } else { seen.1 = true }
                }
            }
        }
        for ((rule, scope, _), [was, left]) in of {
            let Some(tally) = tallies.get_mut(&rule, &scope.account) else { continue };
            // A failure counts before what is unknown, as it does in judging.
            match was {
                (true, _) => tally.fail = tally.fail.saturating_sub(1),
                (false, _) => tally.unknown = tally.unknown.saturating_sub(1),
            }
            match left {
                (true, _) => tally.fail += 1,
                (false, true) => tally.unknown += 1,
                (false, false) => tally.suppressed += 1,
            }
        }
    }
}

/// What becomes of one exception, and the finding that it covers.
fn judge(exception: &Exception, findings: &[Finding], looked: &Looked<'_>) -> (State, Option<usize>) {
    let About::Finding { check, fingerprint, resource, account, region, accepts } = &exception.about else {
        return (State::Unknown, None);
    };
    let about: Vec<(usize, &Finding)> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| {
            *finding.rule == **check
                && is_verdict(finding, fingerprint.is_some())
                && fingerprint.as_ref().is_none_or(|start| finding.fingerprint.to_string().starts_with(start.as_str()))
                && resource.as_ref().is_none_or(|resource| is_of(finding, resource))
                && account.as_ref().is_none_or(|account| finding.scope.account.as_str() == account)
                && region.as_ref().is_none_or(|region| finding.scope.region.as_str() == region)
        })
        .collect();
    let fitting: Vec<(usize, &Finding)> = about
        .iter()
        .copied()
        // Nobody knows the value of what is unknown; its fingerprint says that just this was accepted.
        .filter(|(_, finding)| match accepts {
            Accepts::Any => true,
            Accepts::Exactly(lines) => finding.status != Status::Fail || value(finding) == *lines,
        })
        .collect();
    match (&fitting[..], &about[..]) {
        ([], []) => (absent(exception, findings, looked), None),
        // Whatever it said, it says it no more.
        _ if exception.is_over(looked.today) => (State::Expired, None),
        ([(hit, _)], _) => (State::Applied, Some(*hit)),
        ([], [(_, only)]) => (State::Differs { is: value(only) }, None),
        ([], several) | (several, _) => (State::Ambiguous { findings: several.len() }, None),
    }
}

/// A failure; or what is unknown, if it is meant by its fingerprint.
fn is_verdict(finding: &Finding, by_fingerprint: bool) -> bool {
    match finding.status {
        Status::Fail => true,
        Status::Unknown(_) => by_fingerprint,
        Status::Pass | Status::Skip(_) => false,
    }
}

fn is_of(finding: &Finding, resource: &str) -> bool {
    finding.resource.as_ref().is_some_and(|of| of.arn.as_str() == resource || of.id == resource)
}

/// Why nothing is there that the exception is about.
fn absent(exception: &Exception, findings: &[Finding], looked: &Looked<'_>) -> State {
    let About::Finding { check, resource, account, region, .. } = &exception.about else { return State::Unknown };
    if !looked.checks.contains(check.as_str()) {
        return State::NotLooked { why: format!("the check {check} did not run") };
    }
    let field = |number: usize| {
        let arn = resource.as_deref().filter(|text| text.starts_with("arn:"))?;
        arn.split(':').nth(number).filter(|field| !field.is_empty())
    };
    let account = account.as_deref().or_else(|| field(4));
    let region = region.as_deref().or_else(|| field(3));
    if let Some(account) = account.filter(|account| !looked.accounts.contains(account)) {
        return State::NotLooked { why: format!("account {account} was not looked at") };
    }
    if let Some(region) = region.filter(|region| *region != "global" && !looked.regions.contains(region)) {
        return State::NotLooked { why: format!("region {region} was not looked at") };
    }
    // What could not be read may be what it is about.
    let unknown = findings.iter().any(|finding| {
        *finding.rule == **check
            && matches!(finding.status, Status::Unknown(_))
            && account.is_none_or(|account| finding.scope.account.as_str() == account)
            && region.is_none_or(|region| finding.scope.region.as_str() == region)
            && (finding.resource.is_none() || resource.as_ref().is_none_or(|resource| is_of(finding, resource)))
    });
    match unknown {
        true => State::Unknown,
        false if exception.is_over(looked.today) => State::Expired,
        false => State::Unused,
    }
}
