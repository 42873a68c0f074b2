//! The verification on one page.

use std::io;

use crate::drift::verify::{Demand, Hardening, Holds};
use crate::drift::{Effect, Item, NotChecked};
use crate::report::sanitize::{shorten, visible};
use crate::run::diff::text::{plain, short, side};

use super::Told;
use super::principals::{Involved, State};

/// How many of each list are named; the JSON has all.
const FEW: usize = 12;
const LONGEST: usize = 160;

pub(super) fn write(out: &mut Vec<u8>, told: &Told<'_>) -> io::Result<()> {
    use io::Write;
    let (before, after) = (&told.asked.before, &told.after);
    writeln!(out, "RESTORED  {}", verdict(told.restored, &why_not_restored(told)))?;
    writeln!(out, "HARDENED  {}", verdict(told.hardened, &why_not_hardened(told)))?;
    writeln!(out, "\nbefore  {}", side(before))?;
    writeln!(out, "after   {}", side(after))?;
    writeln!(out, "sha256  {}  before", before.snapshot.sha256())?;
    writeln!(out, "sha256  {}  after", after.snapshot.sha256())?;
    for note in &told.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    let rebuilt = told.comparison.id_map.len();
    writeln!(
        out,
        "\n1. restored: {} resources are as they were, {rebuilt} of them under another id",
        told.comparison.unchanged
    )?;
    items(out, "2. missing", &told.missing(), told)?;
    items(out, "3. extra", &told.extra(), told)?;
    items(out, "4. different", &told.different(), told)?;
    let dangling: Vec<String> = told
        .aftermath
        .dangling
        .iter()
        .map(|one| format!("{} {} {} {}: {}", one.account, one.region, bare(one.resource_type), one.id, one.what))
        .collect();
    list(out, "5. dangling", &dangling)?;
    writeln!(out, "\nhardening")?;
    for (demand, one) in &told.aftermath.hardening {
        let what = match (demand, &told.checked) {
            (Demand::Checks, Some(checked)) => {
                let accepted = match checked.suppressed {
                    0 => String::new(),
                    number => format!(", {number} accepted by exceptions"),
                };
                let (number, profile) = (checked.checks.len(), &checked.profile);
                let checks = if number == 1 { "check" } else { "checks" };
                format!("no check of the profile {profile} fails ({number} {checks}{accepted})")
            }
            _ => demand.in_words().to_owned(),
        };
        writeln!(out, "  {:<9} {}", one.holds.as_str(), visible(&what))?;
        because(out, one)?;
    }
    involved(out, &told.involved)?;
    let gaps = told.comparison.not_checked.iter().map(gap);
    list(out, "not checked", &gaps.collect::<Vec<_>>())
}

/// A verdict and what keeps it from being yes.
fn verdict(holds: Holds, why: &str) -> String {
    if holds == Holds::Yes || why.is_empty() {
        holds.as_str().to_owned()
    } else {
        format!("{:<8} {why}", holds.as_str())
    }
}

fn why_not_restored(told: &Told<'_>) -> String {
    let count = |items: Vec<&Item>| items.into_iter().filter(|item| told.counts(item)).count();
    let lists = [
        (count(told.missing()), "missing"),
        (count(told.extra()), "extra"),
        (count(told.different()), "different"),
        (told.aftermath.dangling.len(), "dangling"),
        (told.comparison.not_checked.len(), "not checked"),
    ];
    let named: Vec<String> =
        lists.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    named.join(", ")
}

fn why_not_hardened(told: &Told<'_>) -> String {
    let number = |wanted: Holds| told.aftermath.hardening.values().filter(|one| one.holds == wanted).count();
    let of =
        [(number(Holds::No), "not met"), (number(Holds::Unknown), "not known"), (number(Holds::NotAsked), "not asked")];
    let named = of.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    format!("of {} demands {}", told.aftermath.hardening.len(), named.collect::<Vec<_>>().join(", "))
}

fn because(out: &mut Vec<u8>, one: &Hardening) -> io::Result<()> {
    use io::Write;
    for why in one.because.iter().take(FEW) {
        writeln!(out, "            {}", shorten(&visible(why), LONGEST))?;
    }
    if one.because.len() > FEW {
        writeln!(out, "            and {} more (-f json)", one.because.len() - FEW)?;
    }
    Ok(())
}

/// Who was involved, and what each can still do.
fn involved(out: &mut Vec<u8>, all: &[Involved]) -> io::Result<()> {
    use io::Write;
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nwhat involved principals can still do")?;
    for one in all {
        let state = match one.state {
            State::There if one.access.is_empty() && one.not_read.is_empty() => "is there, and nobody can act as it",
            State::There => "is there",
            State::Gone => "is gone",
            State::NeverSeen => "is in neither snapshot",
            State::Unknown => "may be there or not",
        };
        writeln!(out, "  {} {state}", visible(&one.arn))?;
        let mut lines: Vec<String> = Vec::new();
        if !one.access.is_empty() {
            lines.push(format!("by {}", one.access.join("; ")));
        }
        lines.extend(one.becomes.clone());
        lines.extend(one.may.iter().map(|(what, actions)| format!("may {what}: {}", actions.join(", "))));
        if one.state == State::There && one.may.is_empty() && one.not_read.is_empty() {
            lines.push("may make none of the calls that intruders make".to_owned());
        }
        lines.extend(one.not_read.iter().map(|why| format!("not known: {why}")));
        for line in lines {
            writeln!(out, "    {}", shorten(&visible(&line), LONGEST))?;
        }
    }
    Ok(())
}

fn gap(gap: &NotChecked) -> String {
    let place: Vec<&str> =
        [gap.account.as_str(), &gap.region, &gap.operation].into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}: {}", place.join(" "), gap.why)
}

fn bare(name: &str) -> &str {
    name.strip_prefix("AWS::").unwrap_or(name)
}

fn items(out: &mut Vec<u8>, title: &str, items: &[&Item], told: &Told<'_>) -> io::Result<()> {
    let lines: Vec<String> = items
        .iter()
        .map(|item| {
            let path = if item.path.is_empty() { String::new() } else { format!(" {}", item.path) };
            let effect = match item.effect {
                _ if !told.counts(item) => " [does not count]".to_owned(),
                Effect::Neutral => String::new(),
                effect => format!(" [{effect}]"),
            };
            let incident = if told.is_of_incident(item) { ", made inside the incident" } else { "" };
            let value = |sign: &str, value: &Option<serde_json::Value>| {
                let value = value.as_ref().filter(|_| !item.path.is_empty()).map(plain);
                value.map(|value| format!("  {sign} {value}")).unwrap_or_default()
            };
            let (before, after) = (value("-", &item.before), value("+", &item.after));
            let place = format!("{} {}", item.account, item.region);
            format!("{place} {} {}{path}{effect}{incident}{before}{after}", short(item), item.key)
        })
        .collect();
    list(out, title, &lines)
}

fn list(out: &mut Vec<u8>, title: &str, lines: &[String]) -> io::Result<()> {
    use io::Write;
    let number = if lines.is_empty() { "none".to_owned() } else { lines.len().to_string() };
    writeln!(out, "\n{title}: {number}")?;
    for line in lines.iter().take(FEW) {
        writeln!(out, "  {}", shorten(&visible(line), LONGEST))?;
    }
    if lines.len() > FEW {
        writeln!(out, "  and {} more (-f json)", lines.len() - FEW)?;
    }
    Ok(())
}
