//! The findings, grouped by check, worst first, each in the manner of rustc.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::finding::{Evidence, Finding, Severity, Status};
use crate::report::sanitize::{visible, visible_up_to};
use crate::report::{Options, fix};
use crate::triage::{Report, Rule};

use super::paint::{BOLD, DIM, GOOD, GUTTER, Paint, count, grouped, listed, of_severity};
use super::{LONGEST, LONGEST_ARN};

/// Where the text of a finding's lines begins.
const INDENT: usize = 10;

/// Every failure, then what the user asked to see besides: passes and skips.
pub fn write(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    for group in groups(report) {
        write_group(&group, report, out, options, paint)?;
    }
    write_others(report, out, paint)
}

struct Group<'r> {
    worst: Severity,
    id: &'r str,
    findings: Vec<&'r Finding>,
}

/// One group per check, worst first; in it the worst findings first, otherwise as the report has them.
fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in super::failures(report) {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut groups: Vec<Group<'_>> = by_rule
        .into_iter()
        .filter_map(|(id, mut findings)| {
            // What fails the run is not to be among those that are cut off.
            let known = |finding: &Finding| report.against.as_ref().is_some_and(|a| !a.change(finding).fails());
            findings.sort_by_key(|finding| (known(finding), std::cmp::Reverse(finding.severity)));
            Some(Group { worst: findings.iter().map(|finding| finding.severity).max()?, id, findings })
        })
        .collect();
    // A stable sort: checks of one severity stay in the order of their ids.
    groups.sort_by_key(|group| std::cmp::Reverse(group.worst));
    groups
}

fn write_group(
    group: &Group<'_>,
    report: &Report,
    out: &mut dyn io::Write,
    options: &Options,
    paint: &Paint,
) -> io::Result<()> {
    let rule = report.rules.get(group.id);
    let shown = options.limit.unwrap_or(usize::MAX).max(1).min(group.findings.len());
    for finding in group.findings.iter().take(shown) {
        write_finding(finding, report, out, paint)?;
    }
    let hidden = group.findings.get(shown..).unwrap_or(&[]);
    if !hidden.is_empty() {
        let accounts: BTreeSet<&str> = hidden.iter().map(|finding| finding.scope.account.as_str()).collect();
        let places = listed(accounts.iter().copied(), Some(4));
        let line = format!("+ {} more of this check (use --all), in {places}", grouped(hidden.len()));
        writeln!(out, "  {}", paint.paint(BOLD, &line))?;
    }
    if let Some(rule) = rule {
        write_rule(rule, out, paint)?;
    }
    if group.worst < report.fail_on {
        common("note", &format!("below {}: does not fail the run", report.fail_on), out, paint)?;
    }
    Ok(())
}

/// What is the same for all findings of a check, once, after them.
fn write_rule(rule: &Rule, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let in_one_line = |text: &str| visible_up_to(&text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST);
    common("what", &in_one_line(&rule.title), out, paint)?;
    // The first paragraph; the rest is for who has time.
    common("why", &in_one_line(rule.rationale.trim().split("\n\n").next().unwrap_or("")), out, paint)?;
    common("how", &in_one_line(&rule.remediation.text), out, paint)?;
    match rule.references.first() {
        Some(docs) => writeln!(out, "  {} {}", gutter("= docs", paint), visible_up_to(docs, LONGEST_ARN)),
        None => Ok(()),
    }
}

/// A text about the whole check, broken at the terminal's width.
fn common(label: &str, text: &str, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let lines = if text.is_empty() { Vec::new() } else { paint.wrap(text, INDENT) };
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { format!("= {label}") } else { String::new() };
        writeln!(out, "  {} {line}", gutter(&label, paint))?;
    }
    Ok(())
}

fn gutter(label: &str, paint: &Paint) -> String {
    paint.paint(GUTTER, &format!("{label:<7}"))
}

fn write_finding(finding: &Finding, report: &Report, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let style = of_severity(finding.severity);
    let word = format!("{}[{}]", finding.severity, visible(&finding.rule));
    let message = visible_up_to(&finding.message.to_string(), LONGEST);
    writeln!(out)?;
    let lines = paint.wrap(&format!("{word}: {message}"), 2);
    for (index, line) in lines.iter().enumerate() {
        match line.strip_prefix(&word).filter(|_| index == 0) {
            Some(rest) => writeln!(out, "{}{}", paint.paint(style, &word), paint.paint(BOLD, rest))?,
            None => writeln!(out, "  {}", paint.paint(BOLD, line))?,
        }
    }
    write_place(finding, out, paint)?;
    let name = report.accounts.get(&finding.scope.account).and_then(|account| account.name.as_deref());
    let named = name.map_or(String::new(), |name| format!(" ({})", visible_up_to(name, 80)));
    labelled("in", &format!("{}{named} {}", finding.scope.account, finding.scope.region), out, paint)?;
    for evidence in finding.evidence.iter() {
        write_evidence(evidence, out, paint)?;
    }
    let location = &finding.location;
    whole("want", &format!("{}:{}", visible_up_to(&location.path, LONGEST), location.line), out, paint)?;
    if let Some(command) = report.rules.get(&*finding.rule).and_then(|rule| fix::command(rule, finding)) {
        whole("fix", &command, out, paint)?;
    }
    let since = super::decisions::since(report, finding);
    whole("id", &format!("{}{since}", finding.fingerprint.short()), out, paint)
}

/// `--> ARN (name)`: the ARN alone on its line if both do not fit.
fn write_place(finding: &Finding, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let arrow = paint.paint(GUTTER, "-->");
    match &finding.resource {
        Some(resource) => {
            let arn = visible_up_to(resource.arn.as_str(), LONGEST_ARN);
            let name = resource.name.as_ref().filter(|name| !name.is_empty() && **name != resource.id);
            match name.map(|name| visible_up_to(name, 120)) {
                Some(name) if 8 + arn.chars().count() + name.chars().count() <= paint.width() => {
                    writeln!(out, "  {arrow} {arn}  ({name})")
                }
                Some(name) => {
                    writeln!(out, "  {arrow} {arn}")?;
                    whole("name", &name, out, paint)
                }
                None => writeln!(out, "  {arrow} {arn}"),
            }
        }
        None => writeln!(out, "  {arrow} {} {}", finding.scope.account, finding.scope.region),
    }
}

fn write_evidence(evidence: &Evidence, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let mut line = format!("{} = {}", visible_up_to(&evidence.fact, 200), visible_up_to(&evidence.value, LONGEST));
    if !evidence.condition.is_empty() {
        line.push_str("   # ");
        line.push_str(&visible_up_to(&evidence.condition, 200));
    }
    labelled("have", &line, out, paint)
}

/// A labelled text that is broken at the terminal's width.
pub fn labelled(label: &str, text: &str, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    for (index, line) in paint.wrap(text, INDENT).iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        writeln!(out, "    {} {line}", paint.paint(GUTTER, &format!("{label:<5}")))?;
    }
    Ok(())
}

/// A labelled text in one line, however long: something to copy.
pub fn whole(label: &str, text: &str, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    writeln!(out, "    {} {text}", paint.paint(GUTTER, &format!("{label:<5}")))
}

/// Passes and skips are in a report only if the user asked for them; one line each.
fn write_others(report: &Report, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let others: Vec<&Finding> =
        report.findings.iter().filter(|f| matches!(f.status, Status::Pass | Status::Skip(_))).collect();
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.paint(BOLD, &format!("also judged: {}", count(others.len(), "verdict"))))?;
    for finding in others {
        let style = if finding.status == Status::Pass { GOOD } else { DIM };
        let subject = match &finding.resource {
            Some(resource) => visible_up_to(resource.arn.as_str(), LONGEST_ARN),
            None => finding.scope.to_string(),
        };
        let because = match &finding.status {
            Status::Skip(why) => format!("  ({})", visible_up_to(why, 200)),
            _ => String::new(),
        };
        let word = paint.paint(style, finding.status.as_str());
        writeln!(out, "  {word} {}  {subject}{because}", visible(&finding.rule))?;
    }
    Ok(())
}
