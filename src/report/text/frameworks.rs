//! A table for each framework that was asked for: its controls, what each comes to, and which checks say so.

use std::io;

use crate::report::Options;
use crate::report::sanitize::visible_up_to;
use crate::triage::{Answer, ControlVerdict, Framework, Report, Tally};

use super::paint::{BAD, BOLD, DIM, GOOD, Paint, UNKNOWN, count, grouped};

/// What shows without being asked for: what somebody has to act on.
const OPEN: [ControlVerdict; 3] = [ControlVerdict::Fail, ControlVerdict::Unknown, ControlVerdict::Accepted];

pub fn write(report: &Report, out: &mut dyn io::Write, options: &Options, paint: &Paint) -> io::Result<()> {
    report.frameworks.iter().try_for_each(|framework| table(framework, report, out, options, paint))
}

fn table(
    framework: &Framework,
    report: &Report,
    out: &mut dyn io::Write,
    options: &Options,
    paint: &Paint,
) -> io::Result<()> {
    let answers = report.answers(framework);
    let name = visible_up_to(&format!("{} {}", framework.name, framework.version), 120);
    let head = format!("{name} ({}): {}", visible_up_to(&framework.id, 100), count(answers.len(), "control"));
    writeln!(out, "\n{}", paint.paint(BOLD, &head))?;
    let counts: Vec<String> = ControlVerdict::ALL
        .into_iter()
        .filter_map(|verdict| {
            let number = answers.iter().filter(|answer| answer.verdict == verdict).count();
            (number > 0).then(|| format!("{} {}", grouped(number), verdict.words()))
        })
        .collect();
    writeln!(out, "  {}", counts.join(", "))?;
    let shown: Vec<&Answer<'_>> =
        answers.iter().filter(|answer| options.limit.is_none() || OPEN.contains(&answer.verdict)).collect();
    let wide = shown.iter().map(|answer| answer.control.id.chars().count()).max().unwrap_or(0).min(20);
    for answer in &shown {
        row(answer, wide, out, paint)?;
    }
    let partial = answers.iter().filter(|answer| answer.is_partial() && answer.verdict == ControlVerdict::Pass).count();
    if partial > 0 {
        let line = format!("* {}: driftline looks at a part of what the control asks", count(partial, "control"));
        writeln!(out, "  {}", paint.paint(DIM, &line))?;
    }
    if shown.len() < answers.len() {
        writeln!(out, "  + {} (use --all)", count(answers.len() - shown.len(), "more control"))?;
    }
    Ok(())
}

fn row(answer: &Answer<'_>, wide: usize, out: &mut dyn io::Write, paint: &Paint) -> io::Result<()> {
    let style = match answer.verdict {
        ControlVerdict::Fail => BAD,
        ControlVerdict::Unknown => UNKNOWN,
        ControlVerdict::Pass => GOOD,
        _ => DIM,
    };
    let star = if answer.is_partial() && answer.verdict == ControlVerdict::Pass { "*" } else { "" };
    let said = answer.verdict.words() + star;
    let word = paint.paint(style, &format!("{said:<14}"));
    let control = answer.control;
    let title = control.title.as_deref().map(|title| visible_up_to(title, 100)).unwrap_or_default();
    let line = format!("  {word}  {:<wide$}  {title}", visible_up_to(&control.id, 60));
    writeln!(out, "{}", line.trim_end())?;
    for (check, tally) in &answer.evidence {
        let check = visible_up_to(check, 120);
        match tally {
            Some(tally) => writeln!(out, "      {check}: {}", counted(tally))?,
            None => writeln!(out, "      {check}: did not run")?,
        }
    }
    if let (true, Some(why)) = (answer.evidence.is_empty(), &control.manual) {
        for part in paint.wrap(&visible_up_to(why, 300), 6) {
            writeln!(out, "      {}", paint.paint(DIM, &part))?;
        }
    }
    Ok(())
}

fn counted(tally: &Tally) -> String {
    let parts = [
        (tally.fail, "fail"),
        (tally.unknown, "unknown"),
        (tally.suppressed, "accepted"),
        (tally.pass, "pass"),
        (tally.skip, "not applicable"),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", grouped(usize::try_from(number).unwrap_or(usize::MAX))))
        .collect();
    if said.is_empty() { "nothing to judge".to_owned() } else { said.join(", ") }
}
