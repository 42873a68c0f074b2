//! What could not be told, by what is missing: one group per operation and
//! reason, however many verdicts wait for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::arn::Scope;
use crate::finding::{Finding, Status};
use crate::inventory::{Cell, Gap, Reason};
use crate::report::Options;
use crate::report::sanitize::{visible, visible_up_to};
use crate::triage::Report;

use super::LONGEST;
use super::findings::{labelled, whole};
use super::paint::{BOLD, Paint, UNKNOWN, count, listed};

/// What verdicts wait for.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Wanting<'r> {
    /// An operation, and why it is not complete; no reason if no scan meant to read it.
    Operation(&'r str, Option<Reason>),
    /// Something that no single operation would have told.
    Other(&'r str),
}

#[derive(Default)]
struct Waiting<'r> {
    verdicts: Vec<&'r Finding>,
    checks: BTreeSet<&'r str>,
    scopes: BTreeSet<&'r Scope>,
    /// What AWS said of the first such cell.
    said: Option<&'r str>,
}

/// Every unknown verdict, in as few lines as tell what to do about it.
pub fn write(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    let verdicts: Vec<&Finding> = super::unknown(report).collect();
    if verdicts.is_empty() {
        return Ok(());
    }
    let checks: BTreeSet<&str> = verdicts.iter().map(|finding| finding.rule.as_str()).collect();
    let headline = format!(
        "unknown: {} of {} could not be told; these are neither failures nor passes",
        count(verdicts.len(), "verdict"),
        count(checks.len(), "check")
    );
    writeln!(out)?;
    for line in paint.wrap(&headline, 0) {
        writeln!(out, "{}", paint.paint(UNKNOWN, &line))?;
    }
    let groups = groups(report, &verdicts);
    // Most verdicts first; the order of the keys, which is fixed, among equals.
    let mut ordered: Vec<(&Wanting<'_>, &Waiting<'_>)> = groups.iter().collect();
    ordered.sort_by_key(|(_, waiting)| std::cmp::Reverse(waiting.verdicts.len()));
    for (wanting, waiting) in ordered {
        write_group(wanting, waiting, out, options, paint)?;
    }
    Ok(())
}

/// A verdict that waits for several cells is in the group of each of them.
fn groups<'r>(report: &'r Report, verdicts: &[&'r Finding]) -> BTreeMap<Wanting<'r>, Waiting<'r>> {
    let gaps: BTreeMap<&Cell, &Gap> = report.coverage.gaps.iter().map(|gap| (&gap.cell, &gap.gap)).collect();
    let mut groups: BTreeMap<Wanting<'r>, Waiting<'r>> = BTreeMap::new();
    for finding in verdicts {
        let Status::Unknown(missing) = &finding.status else { continue };
        let mut put = |wanting, scope, said: Option<&'r str>| {
            let waiting = groups.entry(wanting).or_default();
            // The same verdict may wait for one operation in several scopes; it counts once.
            if !waiting.verdicts.last().is_some_and(|last| std::ptr::eq(*last, *finding)) {
                waiting.verdicts.push(finding);
            }
            waiting.checks.insert(&finding.rule);
            waiting.scopes.insert(scope);
            waiting.said = waiting.said.or(said);
        };
        for cell in &missing.cells {
            let gap = gaps.get(cell);
            put(
                Wanting::Operation(&cell.operation, gap.map(|gap| gap.reason)),
                &cell.scope,
                gap.map(|gap| gap.message.as_str()),
            );
        }
        if missing.cells.is_empty() {
            put(Wanting::Other(&missing.why), &finding.scope, None);
        }
    }
    groups
}

fn write_group(
    wanting: &Wanting<'_>,
    waiting: &Waiting<'_>,
    out: &mut dyn io::Write,
    options: &Options,
    paint: &Paint,
) -> io::Result<()> {
    let (word, problem, hint) = match wanting {
        Wanting::Operation(operation, Some(reason)) => {
            (visible_up_to(operation, 120), reason.to_string(), Some(hint(*reason)))
        }
        Wanting::Operation(operation, None) => {
            (visible_up_to(operation, 120), "was not read".to_owned(), Some(NOT_READ))
        }
        Wanting::Other(why) => ("facts".to_owned(), visible_up_to(why, LONGEST), None),
    };
    let word = format!("unknown[{word}]");
    let summary = format!(
        "{word}: {problem}: {} of {} not told",
        count(waiting.verdicts.len(), "verdict"),
        count(waiting.checks.len(), "check")
    );
    writeln!(out)?;
    for (index, line) in paint.wrap(&summary, 2).iter().enumerate() {
        match line.strip_prefix(&word).filter(|_| index == 0) {
            Some(rest) => writeln!(out, "{}{}", paint.paint(UNKNOWN, &word), paint.paint(BOLD, rest))?,
            None => writeln!(out, "  {}", paint.paint(BOLD, line))?,
        }
    }
    if let Some(said) = waiting.said.filter(|said| !said.is_empty()) {
        labelled("said", &visible_up_to(said, LONGEST), out, paint)?;
    }
    let limit = options.limit;
    let scopes: Vec<String> = waiting.scopes.iter().map(ToString::to_string).collect();
    labelled("at", &listed(scopes.iter().map(String::as_str), limit), out, paint)?;
    let checks: Vec<String> = waiting.checks.iter().map(|check| visible(check).into_owned()).collect();
    labelled("asks", &listed(checks.iter().map(String::as_str), limit), out, paint)?;
    // Single resources only where resources were seen: a listing that failed leaves none to name.
    let arns: BTreeSet<String> = waiting
        .verdicts
        .iter()
        .filter_map(|finding| finding.resource.as_ref())
        .map(|resource| visible_up_to(resource.arn.as_str(), super::LONGEST_ARN))
        .collect();
    let shown = limit.unwrap_or(arns.len());
    for arn in arns.iter().take(shown) {
        whole("of", arn, out, paint)?;
    }
    if arns.len() > shown {
        whole("", &format!("+ {} (use --all)", count(arns.len() - shown, "more resource")), out, paint)?;
    }
    if let Some(hint) = hint {
        labelled("fix", hint, out, paint)?;
    }
    Ok(())
}

const NOT_READ: &str = "take a snapshot that reads it; `driftline checks show ID` names what a check reads";

/// What a reader can do about a gap.
fn hint(reason: Reason) -> &'static str {
    match reason {
        Reason::AccessDenied => "allow the operation to the auditing role",
        Reason::DeniedByScp => "exempt the auditing role from the service control policy, or leave the region out",
        Reason::NoCredentials => "check the auditing role and its trust policy in the account, and the external id",
        Reason::Throttled => "scan again, or with a lower --max-concurrency",
        Reason::RegionDisabled => "enable the region, or leave it out with --exclude-region",
        Reason::TimedOut => "check the network path to AWS and scan again",
        Reason::ServerError => "scan again; if it stays, ask AWS support",
        Reason::Malformed => "scan again; if it stays, this is a bug to report",
        Reason::Rejected => "read what AWS says above; if it is not the account's doing, this is a bug to report",
        Reason::Unsupported => "the endpoint does not have this operation; leave out its checks",
        Reason::SkippedByConfig => "the configuration leaves it out; take it in to get verdicts",
        Reason::Interrupted => "let the scan run to its end",
    }
}
