//! What could not be told, by what is missing: one group per reason and places,
//! however many operations and verdicts it touches.

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

/// What verdicts wait for: the same problem in the same places, however many operations it keeps from answering.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Wanting<'r> {
    /// Cells that are not complete, and why; no reason if no scan meant to read them.
    Cells(Option<Reason>, BTreeSet<&'r Scope>),
    /// Something that no single operation would have told.
    Other(&'r str),
}

#[derive(Default)]
struct Waiting<'r> {
    /// Indices of the unknown verdicts; one may wait for several operations, and counts once.
    verdicts: BTreeSet<usize>,
    operations: BTreeSet<&'r str>,
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
    let checks: BTreeSet<&str> = verdicts.iter().map(|finding| &*finding.rule).collect();
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
    let shown = if options.limit.is_some() { GROUPS } else { ordered.len() };
    for (wanting, waiting) in ordered.iter().take(shown) {
        write_group(wanting, waiting, &verdicts, out, options, paint)?;
    }
    if ordered.len() > shown {
        writeln!(out, "\n  + {} (use --all)", count(ordered.len() - shown, "more reason"))?;
    }
    Ok(())
}

/// A verdict that waits for several cells is in the group of each of them.
fn groups<'r>(report: &'r Report, verdicts: &[&'r Finding]) -> BTreeMap<Wanting<'r>, Waiting<'r>> {
    let gaps: BTreeMap<&Cell, &Gap> = report.coverage.gaps.iter().map(|gap| (&gap.cell, &gap.gap)).collect();
    let mut by_operation: BTreeMap<(Option<Reason>, &'r str), Waiting<'r>> = BTreeMap::new();
    let mut groups: BTreeMap<Wanting<'r>, Waiting<'r>> = BTreeMap::new();
    for (index, finding) in verdicts.iter().enumerate() {
        let Status::Unknown(missing) = &finding.status else { continue };
        for cell in &missing.cells {
            let gap = gaps.get(cell);
            let waiting = by_operation.entry((gap.map(|gap| gap.reason), &cell.operation)).or_default();
            waiting.verdicts.insert(index);
            waiting.scopes.insert(&cell.scope);
            waiting.said = waiting.said.or(gap.map(|gap| gap.message.as_str()));
        }
        if missing.cells.is_empty() {
            let waiting = groups.entry(Wanting::Other(&missing.why)).or_default();
            waiting.verdicts.insert(index);
            waiting.scopes.insert(&finding.scope);
        }
    }
    for ((reason, operation), found) in by_operation {
        let waiting = groups.entry(Wanting::Cells(reason, found.scopes.clone())).or_default();
        waiting.operations.insert(operation);
        waiting.verdicts.extend(found.verdicts);
        waiting.scopes.extend(found.scopes);
        waiting.said = waiting.said.or(found.said);
    }
    groups
}

fn write_group(
    wanting: &Wanting<'_>,
    waiting: &Waiting<'_>,
    verdicts: &[&Finding],
    out: &mut dyn io::Write,
    options: &Options,
    paint: &Paint,
) -> io::Result<()> {
    let verdicts: Vec<&Finding> = waiting.verdicts.iter().filter_map(|index| verdicts.get(*index).copied()).collect();
    let checks: BTreeSet<String> = verdicts.iter().map(|finding| visible(&finding.rule).into_owned()).collect();
    let (word, problem, hint) = match wanting {
        Wanting::Cells(Some(reason), _) => (format!("unknown[{reason}]"), String::new(), Some(hint(*reason))),
        Wanting::Cells(None, _) => ("unknown[NotRead]".to_owned(), String::new(), Some(NOT_READ)),
        Wanting::Other(why) => ("unknown".to_owned(), format!("{}: ", visible_up_to(why, LONGEST)), None),
    };
    let told = format!("{} of {} not told", count(verdicts.len(), "verdict"), count(checks.len(), "check"));
    writeln!(out)?;
    for (index, line) in paint.wrap(&format!("{word}: {problem}{told}"), 2).iter().enumerate() {
        match line.strip_prefix(&word).filter(|_| index == 0) {
            Some(rest) => writeln!(out, "{}{}", paint.paint(UNKNOWN, &word), paint.paint(BOLD, rest))?,
            None => writeln!(out, "  {}", paint.paint(BOLD, line))?,
        }
    }
    let limit = options.limit;
    let list = |names: &[String]| listed(names.iter().map(String::as_str), limit);
    let operations: Vec<String> = waiting.operations.iter().map(|name| visible_up_to(name, 120)).collect();
    if !operations.is_empty() {
        labelled("needs", &list(&operations), out, paint)?;
    }
    let scopes: Vec<String> = waiting.scopes.iter().map(ToString::to_string).collect();
    labelled("at", &list(&scopes), out, paint)?;
    if let Some(said) = waiting.said.filter(|said| !said.is_empty()) {
        labelled("said", &visible_up_to(said, LONGEST), out, paint)?;
    }
    labelled("for", &list(&checks.into_iter().collect::<Vec<_>>()), out, paint)?;
    // Single resources only where resources were seen: a listing that failed leaves none to name.
    let arns: BTreeSet<String> = verdicts
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
    match hint {
        Some(hint) => labelled("fix", hint, out, paint),
        None => Ok(()),
    }
}

/// More groups than this are not read at once.
const GROUPS: usize = 10;

const NOT_READ: &str = "the snapshot was taken without these operations; take one with them";

/// What a reader can do about a gap.
fn hint(reason: Reason) -> &'static str {
    match reason {
        Reason::AccessDenied => "allow the operations to the auditing role",
        Reason::DeniedByScp => "exempt the auditing role from the service control policy, or leave the region out",
        Reason::NoCredentials => "check the auditing role, its trust policy and the external id in the account",
        Reason::Throttled => "scan again, or with a lower --max-concurrency",
        Reason::RegionDisabled => "enable the region, or leave it out with --exclude-region",
        Reason::TimedOut => "check the network path to AWS and scan again",
        Reason::ServerError => "scan again; if it stays, ask AWS support",
        Reason::Malformed => "scan again; if it stays, this is a bug to report",
        Reason::Rejected => "read what AWS says above; if it is not the account's doing, this is a bug to report",
        Reason::Unsupported => "the endpoint does not have these operations; leave out the checks",
        Reason::SkippedByConfig => "the configuration leaves them out; take them in to get verdicts",
        Reason::Interrupted => "let the scan run to its end",
        Reason::NotImported => "import it from a folder that holds these operations' output too",
    }
}
