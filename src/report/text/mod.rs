//! The report for a terminal, for somebody who has to act on it now: what is
//! wrong, where, how bad, what to type, and what could not be seen.
//!
//! The order is that of a CI log, which is read from its end: findings, then
//! what is unknown, then coverage, then the table, and the verdict last.

mod coverage;
mod decisions;
mod findings;
mod frameworks;
mod paint;
mod statistics;
mod table;
mod unknowns;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use crate::arn::Region;
use crate::finding::{Finding, Severity, Status};
use crate::triage::{GoneTo, Outcome, Report};

use super::Options;
use super::sanitize::{visible, visible_up_to};
use paint::{BAD, BOLD, DIM, GOOD, Paint, UNKNOWN, count, grouped};

/// No name or message in the text is longer than this many characters, however long AWS made it.
const LONGEST: usize = 600;
/// ARNs have at most 2,048; they are there to be copied.
const LONGEST_ARN: usize = 2048;

/// Writes the report as text.
///
/// # Errors
/// Those of the sink.
pub fn write(report: &Report, out: &mut dyn io::Write, options: &Options) -> io::Result<()> {
    let paint = Paint::new(options);
    header(report, out, &paint)?;
    findings::write(report, out, options, &paint)?;
    unknowns::write(report, out, options, &paint)?;
    decisions::write_exceptions(report, out, options, &paint)?;
    decisions::write_against(report, out, options, &paint)?;
    coverage::write(report, out, options, &paint)?;
    frameworks::write(report, out, options, &paint)?;
    table::write(report, out, &paint)?;
    statistics::write(report, out, options, &paint)?;
    verdict(report, out, &paint)
}

/// The last line of a run, for `grep` and for log readers: its form is part of the interface.
pub fn result_line(report: &Report, exit_code: u8) -> String {
    let failed: Vec<&Finding> = failures(report).collect();
    let mut line = format!("RESULT {} findings={}", outcome_word(report.outcome), failed.len());
    for severity in Severity::ALL {
        let number = failed.iter().filter(|finding| finding.severity == severity).count();
        if number > 0 {
            // Writing to a string cannot fail.
            let _ = write!(line, " {severity}={number}");
        }
    }
    let _ = write!(line, " unknown={} suppressed={}", unknown(report).count(), report.suppressed.len());
    let stale = report.stale_exceptions().count();
    if stale > 0 {
        let _ = write!(line, " stale_exceptions={stale}");
    }
    if let Some(against) = &report.against {
        let new = failed.iter().filter(|finding| against.change(finding).fails()).count();
        let _ = write!(line, " new={new} fixed={}", against.count_gone(GoneTo::Fixed));
    }
    let _ = write!(line, " coverage={:.1}% exit={exit_code}", report.coverage.percent());
    line
}

fn failures(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.status == Status::Fail)
}

fn unknown(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| matches!(finding.status, Status::Unknown(_)))
}

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Incomplete => "incomplete",
    }
}

/// Who was looked at, when, by whom and with which checks.
fn header(report: &Report, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let identity = &report.identity;
    let short = |hash: &str| visible(hash).chars().take(8).collect::<String>();
    let mut parts = vec![
        format!("driftline {}", visible_up_to(&identity.tool_version, 100)),
        format!("catalogue {} ({})", short(&identity.catalog_sha256), count(report.rules.len(), "check")),
        format!("snapshot {} of {}", short(&identity.snapshot_sha256), identity.taken_at),
    ];
    if identity.as_of != identity.taken_at {
        parts.push(format!("ages counted to {}, as forced", identity.as_of));
    }
    let caller = identity.caller.as_ref().map(|arn| visible_up_to(arn.as_str(), LONGEST_ARN));
    parts.push(format!("by {}", caller.as_deref().unwrap_or("an unknown caller")));
    parts.push(visible_up_to(&identity.source, 200));
    // What AWS keeps once per account is read in no region.
    let regions = report.regions.iter().filter(|region| *region != Region::GLOBAL).count();
    parts.push(format!("{} x {}", count(report.accounts.len(), "account"), count(regions, "region")));
    parts.push(count(report.resources, "resource"));
    // Broken between the parts, so that each can be read and copied whole.
    let mut line = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if line.is_empty() {
            line = part;
        } else if line.chars().count() + 3 + part.chars().count() <= paint.width() {
            line = format!("{line} | {part}");
        } else {
            writeln!(out, "{}", paint.paint(DIM, &line))?;
            line = format!("  {part}");
        }
    }
    writeln!(out, "{}", paint.paint(DIM, &line))
}

/// The last sentence.
fn verdict(report: &Report, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let failed: Vec<&Finding> = failures(report).collect();
    let at_or_above = failed.iter().filter(|finding| report.counts(finding)).count();
    let below = failed.iter().filter(|finding| finding.severity < report.fail_on).count();
    let known = failed.len() - at_or_above - below;
    let noun = if report.against.is_some() { "new finding" } else { "finding" };
    let stale = report.stale_exceptions().count();
    let unknowns = unknown(report).count();
    let checks: BTreeSet<&str> = unknown(report).map(|finding| &*finding.rule).collect();
    let incomplete = report.coverage.cells.saturating_sub(report.coverage.complete);

    let (word, style) = match report.outcome {
        Outcome::Pass => ("PASS", GOOD),
        Outcome::Fail => ("FAIL", BAD),
        Outcome::Incomplete => ("INCOMPLETE", UNKNOWN),
    };
    let mut sentence = match at_or_above {
        0 if report.against.is_some() => format!("nothing new at or above {}", report.fail_on),
        0 => format!("nothing found at or above {}", report.fail_on),
        _ => format!("{} at or above {}", count(at_or_above, noun), report.fail_on),
    };
    if below > 0 {
        let _ = write!(sentence, ", {} below it", grouped(below));
    }
    if known > 0 {
        let _ = write!(sentence, ", {} known from before", grouped(known));
    }
    if stale > 0 {
        let _ = write!(sentence, "; {} to be mended", count(stale, "exception"));
    }
    if unknowns > 0 {
        let _ = write!(
            sentence,
            "; {} of {} {} unknown, which is not a pass",
            count(unknowns, "verdict"),
            count(checks.len(), "check"),
            if unknowns == 1 { "is" } else { "are" }
        );
    }
    if incomplete > 0 {
        let _ =
            write!(sentence, "; {} of {} could not be read", grouped(incomplete), count(report.coverage.cells, "cell"));
    } else if report.outcome == Outcome::Pass {
        sentence.push_str("; everything was read");
    }
    writeln!(out)?;
    let lines = paint.wrap(&format!("{word}: {sentence}."), 0);
    for (index, line) in lines.iter().enumerate() {
        match line.strip_prefix(word).filter(|_| index == 0) {
            Some(rest) => writeln!(out, "{}{}", paint.paint(style, word), paint.paint(BOLD, rest))?,
            None => writeln!(out, "{}", paint.paint(BOLD, line))?,
        }
    }
    Ok(())
}
