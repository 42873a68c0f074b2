//! What exceptions cover, which of them are to be mended, and what became of an earlier run's findings.

use std::io;

use crate::exceptions::{State, Suppressed, Use};
use crate::finding::Finding;
use crate::report::Options;
use crate::report::sanitize::{visible, visible_up_to};
use crate::triage::{Against, Change, GoneTo, Report};

use super::findings::labelled;
use super::paint::{BOLD, DIM, GOOD, Paint, UNKNOWN, count, grouped, of_severity};
use super::{LONGEST, LONGEST_ARN};

/// No more of a list than this unless all are asked for.
const LINES: usize = 10;

/// Nothing, where there are no exceptions.
pub fn write_exceptions(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    if report.exceptions.is_empty() {
        return Ok(());
    }
    let stale: Vec<&Use> = report.stale_exceptions().collect();
    let mut headline = format!(
        "suppressed: {} by {} of {}",
        count(report.suppressed.len(), "finding"),
        grouped(report.exceptions.iter().filter(|one| one.state == State::Applied).count()),
        count(report.exceptions.len(), "exception")
    );
    if !stale.is_empty() {
        headline.push_str(&format!("; {} to be mended", grouped(stale.len())));
    }
    writeln!(out, "\n{}", paint.paint(BOLD, &headline))?;
    let shown = options.limit.map_or(usize::MAX, |_| LINES);
    for one in report.suppressed.iter().take(shown) {
        suppressed(one, out, paint)?;
    }
    if report.suppressed.len() > shown {
        writeln!(out, "  + {} (use --all)", count(report.suppressed.len() - shown, "more finding"))?;
    }
    for one in stale {
        let word = format!("{}[{}]", Use::SEVERITY, one.rule());
        writeln!(out)?;
        for (index, line) in
            paint.wrap(&format!("{word}: {}", visible_up_to(&one.message(), LONGEST)), 2).iter().enumerate()
        {
            match line.strip_prefix(&word).filter(|_| index == 0) {
                Some(rest) => {
                    let word = paint.paint(of_severity(Use::SEVERITY), &word);
                    writeln!(out, "{word}{}", paint.paint(BOLD, rest))?;
                }
                None => writeln!(out, "  {}", paint.paint(BOLD, line))?,
            }
        }
        place(one, out)?;
        labelled("why", &visible_up_to(&one.exception.why(), LONGEST), out, paint)?;
    }
    let others = report.exceptions.iter().filter(|one| !one.is_finding() && one.state.as_str() != "applied");
    for one in others.take(shown) {
        writeln!(out)?;
        for line in paint.wrap(&format!("note: {}", visible_up_to(&one.message(), LONGEST)), 2) {
            writeln!(out, "{}", paint.paint(DIM, &line))?;
        }
        place(one, out)?;
    }
    Ok(())
}

fn place(one: &Use, out: &mut dyn io::Write) -> io::Result<()> {
    let at = one.exception.location();
    writeln!(out, "  --> {}:{}", visible_up_to(&at.path, LONGEST), at.line)
}

fn suppressed(one: &Suppressed, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let Suppressed { finding, exception } = one;
    let word = format!("{}[{}]", finding.severity, visible(&finding.rule));
    writeln!(out, "  {} {}  {}", finding.fingerprint.short(), paint.paint(DIM, &word), subject(finding))?;
    let at = exception.location();
    let why = format!("{} ({}:{})", visible_up_to(&exception.why(), LONGEST), visible_up_to(&at.path, 200), at.line);
    for line in paint.wrap(&why, 11) {
        writeln!(out, "           {line}")?;
    }
    Ok(())
}

fn subject(finding: &Finding) -> String {
    match &finding.resource {
        Some(resource) => visible_up_to(resource.arn.as_str(), LONGEST_ARN),
        None => finding.scope.to_string(),
    }
}

/// Nothing, where nothing is compared.
pub fn write_against(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    let Some(against) = &report.against else { return Ok(()) };
    let headline = format!(
        "against {} of {} ({} {})",
        visible_up_to(&against.source, LONGEST),
        against.taken_at,
        if against.same_catalog { "the same catalogue, snapshot" } else { "another catalogue, snapshot" },
        visible(&against.snapshot_sha256).chars().take(8).collect::<String>(),
    );
    writeln!(out)?;
    for line in paint.wrap(&headline, 0) {
        writeln!(out, "{}", paint.paint(BOLD, &line))?;
    }
    writeln!(out, "  {}", counts(against))?;
    let limit = options.limit.map_or(usize::MAX, |_| LINES);
    for to in GoneTo::ALL {
        let gone: Vec<&Finding> = against.gone.iter().filter(|gone| gone.to == to).map(|gone| &gone.finding).collect();
        let style = match to {
            GoneTo::Fixed => GOOD,
            GoneTo::NowUnknown => UNKNOWN,
            _ => DIM,
        };
        for finding in gone.iter().take(limit) {
            let word = paint.paint(style, &format!("{:<13}", words(to.as_str())));
            writeln!(
                out,
                "  {word} {}  {}[{}]  {}",
                finding.fingerprint.short(),
                finding.severity,
                visible(&finding.rule),
                subject(finding)
            )?;
        }
        if gone.len() > limit {
            writeln!(out, "  + {} {} (use --all)", grouped(gone.len() - limit), words(to.as_str()))?;
        }
    }
    for (label, checks) in [("check added", &against.checks_added), ("check removed", &against.checks_removed)] {
        for check in checks.iter().take(limit) {
            writeln!(out, "  {label:<13} {}", visible(check))?;
        }
        if checks.len() > limit {
            writeln!(out, "  + {} {label} (use --all)", grouped(checks.len() - limit))?;
        }
    }
    Ok(())
}

/// `new 2  fixed 5  unchanged 40`: what there is any of, and the new and the fixed always.
fn counts(against: &Against) -> String {
    let present = Change::ALL.into_iter().map(|change| (change.as_str(), against.count(change), change == Change::New));
    let gone = GoneTo::ALL.into_iter().map(|to| {
        // The same word as of a verdict that is there: a finding that cannot be seen any more.
        let word = if to == GoneTo::NowUnknown { "not_told_any_more" } else { to.as_str() };
        (word, against.count_gone(to), to == GoneTo::Fixed)
    });
    let shown = present.chain(gone).filter(|(_, number, always)| *always || *number > 0);
    shown.map(|(word, number, _)| format!("{} {}", words(word), grouped(number))).collect::<Vec<_>>().join("  ")
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// What stands behind a finding's id: what became of it since the earlier run.
pub fn since(report: &Report, finding: &Finding) -> String {
    let Some(since) = report.against.as_ref().and_then(|against| against.since.get(&finding.fingerprint)) else {
        return String::new();
    };
    let was = if since.was.is_empty() {
        String::new()
    } else {
        format!("; was {}", visible_up_to(&since.was.join("; "), 300))
    };
    format!("  {}{was}", words(since.change.as_str()).to_uppercase())
}
