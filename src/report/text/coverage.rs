//! The coverage block: what was not read, always printed, never hidden behind
//! the findings.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::inventory::Reason;
use crate::report::Options;
use crate::report::sanitize::visible_up_to;
use crate::triage::{CoverageGap, Report};

use super::paint::{BOLD, DIM, GOOD, Paint, UNKNOWN, count, grouped, listed};

/// Up to so many gaps have a line each; more are put together.
const SINGLE: usize = 10;
/// No more lines than this unless all are asked for.
const LINES: usize = 20;

/// `incomplete: 3 of 204 cells`, then why.
pub fn write(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    let coverage = &report.coverage;
    writeln!(out)?;
    let incomplete = coverage.cells.saturating_sub(coverage.complete);
    if incomplete == 0 && coverage.gaps.is_empty() {
        let line = format!("complete: all {} were read", count(coverage.cells, "cell"));
        return writeln!(out, "{}", paint.paint(GOOD, &line));
    }
    let word = paint.paint(UNKNOWN, "incomplete");
    let line = format!(
        ": {} of {} were not read to the end (coverage {:.1} %)",
        grouped(incomplete),
        count(coverage.cells, "cell"),
        coverage.percent()
    );
    writeln!(out, "{word}{}", paint.paint(BOLD, &line))?;

    let lines = if options.limit.is_none() || coverage.gaps.len() <= SINGLE {
        coverage.gaps.iter().map(single).collect()
    } else {
        collapsed(&coverage.gaps)
    };
    let shown = if options.limit.is_none() { lines.len() } else { LINES };
    for (line, said) in lines.iter().take(shown) {
        // Whole, for `grep`; only what AWS said of it is broken.
        writeln!(out, "  {line}")?;
        for part in paint.wrap(said, 6).iter().filter(|part| !part.is_empty()) {
            writeln!(out, "      {}", paint.paint(DIM, part))?;
        }
    }
    if lines.len() > shown {
        writeln!(out, "  + {} (use --all)", count(lines.len() - shown, "more line"))?;
    }
    Ok(())
}

/// A line, and what AWS or the client said.
type Line = (String, String);

fn single(gap: &CoverageGap) -> Line {
    let line = format!(
        "{} {} {} {} -> {}",
        gap.cell.scope.account,
        gap.cell.scope.region,
        visible_up_to(&gap.cell.operation, 120),
        reason(gap.gap.reason, gap.gap.partial),
        unknown_checks(gap.checks.iter().map(String::as_str)),
    );
    (line, visible_up_to(&gap.gap.message, 300))
}

fn reason(reason: Reason, partial: bool) -> String {
    // What was read of a partial cell was judged; only the rest is missing.
    if partial { format!("{reason} (read in part)") } else { reason.to_string() }
}

fn unknown_checks<'a>(checks: impl Iterator<Item = &'a str>) -> String {
    match checks.collect::<BTreeSet<_>>().len() {
        0 => "no check needed it".to_owned(),
        number => format!("{} unknown", count(number, "check")),
    }
}

/// What gaps have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Common<'r> {
    Account(&'r str, Reason),
    Operation(&'r str, Reason),
    Reason(Reason),
}

/// Hundreds of gaps mostly have one cause: an account that cannot be entered
/// (one account, all operations) or an operation that is denied (one operation,
/// all accounts). Each gap is put where it has more company; what then still
/// makes many lines of one reason is one line of that reason.
fn collapsed(gaps: &[CoverageGap]) -> Vec<Line> {
    let mut accounts: BTreeMap<(&str, Reason), usize> = BTreeMap::new();
    let mut operations: BTreeMap<(&str, Reason), usize> = BTreeMap::new();
    for gap in gaps {
        *accounts.entry((gap.cell.scope.account.as_str(), gap.gap.reason)).or_default() += 1;
        *operations.entry((&gap.cell.operation, gap.gap.reason)).or_default() += 1;
    }
    let mut groups: BTreeMap<Common<'_>, Vec<&CoverageGap>> = BTreeMap::new();
    for gap in gaps {
        let (account, operation) = (gap.cell.scope.account.as_str(), gap.cell.operation.as_str());
        let reason = gap.gap.reason;
        let common = if accounts.get(&(account, reason)) >= operations.get(&(operation, reason)) {
            Common::Account(account, reason)
        } else {
            Common::Operation(operation, reason)
        };
        groups.entry(common).or_default().push(gap);
    }
    let mut lines_of: BTreeMap<Reason, usize> = BTreeMap::new();
    for common in groups.keys() {
        *lines_of.entry(common.reason()).or_default() += 1;
    }
    let mut merged: BTreeMap<Common<'_>, Vec<&CoverageGap>> = BTreeMap::new();
    for (common, members) in groups {
        let reason = common.reason();
        let many = lines_of.get(&reason).is_some_and(|lines| *lines > SINGLE);
        merged.entry(if many { Common::Reason(reason) } else { common }).or_default().extend(members);
    }
    let mut merged: Vec<(Common<'_>, Vec<&CoverageGap>)> = merged.into_iter().collect();
    merged.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    merged.into_iter().map(|(common, members)| together(common.reason(), &members)).collect()
}

impl Common<'_> {
    fn reason(self) -> Reason {
        match self {
            Common::Account(_, reason) | Common::Operation(_, reason) | Common::Reason(reason) => reason,
        }
    }
}

fn together(why: Reason, gaps: &[&CoverageGap]) -> Line {
    let [only] = gaps else {
        let accounts: BTreeSet<&str> = gaps.iter().map(|gap| gap.cell.scope.account.as_str()).collect();
        let regions: BTreeSet<&str> = gaps.iter().map(|gap| gap.cell.scope.region.as_str()).collect();
        let operations: BTreeSet<String> = gaps.iter().map(|gap| visible_up_to(&gap.cell.operation, 120)).collect();
        let few = |names: Vec<&str>, noun: &str| match names.len() {
            0..=2 => listed(names, None),
            number => count(number, noun),
        };
        let said = gaps.first().map_or("", |gap| gap.gap.message.as_str());
        let line = format!(
            "{} {} {} {} in {} -> {}",
            few(accounts.into_iter().collect(), "account"),
            few(regions.into_iter().collect(), "region"),
            few(operations.iter().map(String::as_str).collect(), "operation"),
            reason(why, gaps.iter().all(|gap| gap.gap.partial)),
            count(gaps.len(), "cell"),
            unknown_checks(gaps.iter().flat_map(|gap| gap.checks.iter().map(String::as_str))),
        );
        return (line, visible_up_to(said, 300));
    };
    single(only)
}
