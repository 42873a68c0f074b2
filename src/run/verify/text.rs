//! The verification on one page.

use std::io;

use crate::drift::{Class, Effect, Item};
use crate::report::sanitize::{shorten, visible};
use crate::run::diff::text::{plain, short, side};

use super::Told;

/// How many of each list are named; the JSON has all.
const FEW: usize = 12;
const LONGEST: usize = 160;

pub(super) fn write(out: &mut Vec<u8>, told: &Told<'_>) -> io::Result<()> {
    use io::Write;
    writeln!(out, "RESTORED  {}", told.restored.as_str())?;
    writeln!(out, "HARDENED  {}", told.hardened.as_str())?;
    writeln!(out, "\nbefore  {}", side(&told.before))?;
    writeln!(out, "after   {}", side(&told.after))?;
    writeln!(out, "sha256  {}  before", told.before.snapshot.sha256())?;
    writeln!(out, "sha256  {}  after", told.after.snapshot.sha256())?;
    for note in &told.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    let rebuilt = told.comparison.id_map.len();
    writeln!(out, "\n1. restored equal: {} resources, {rebuilt} of them under another id", told.comparison.unchanged)?;
    items(out, "2. missing", told.of_class(|class| class == Class::Removed).collect(), told)?;
    items(out, "3. extra", told.of_class(|class| class == Class::Added).collect(), told)?;
    let different = told.of_class(|class| !matches!(class, Class::Added | Class::Removed)).collect();
    items(out, "4. different", different, told)?;
    let dangling: Vec<String> = told
        .aftermath
        .dangling
        .iter()
        .map(|one| format!("{} {} {} {}: {}", one.account, one.region, one.resource_type, one.id, one.what))
        .collect();
    list(out, "5. dangling", &dangling)?;
    writeln!(out, "\nhardening")?;
    for (demand, one) in &told.aftermath.hardening {
        writeln!(out, "  {:<9} {}", one.holds.as_str(), demand.in_words())?;
        for why in one.because.iter().take(FEW) {
            writeln!(out, "            {}", shorten(&visible(why), LONGEST))?;
        }
        if one.because.len() > FEW {
            writeln!(out, "            and {} more (-f json)", one.because.len() - FEW)?;
        }
    }
    let exposed: Vec<&Item> = told.exposed().collect();
    let holds = if exposed.is_empty() { "yes" } else { "no" };
    writeln!(out, "  {holds:<9} the internet gets no answer that it did not get before")?;
    for item in exposed.iter().take(FEW) {
        writeln!(out, "            {}", shorten(&visible(&item.because), LONGEST))?;
    }
    let gaps = told
        .comparison
        .not_checked
        .iter()
        .map(|gap| format!("{} {} {}: {}", gap.account, gap.region, gap.operation, gap.why));
    list(out, "not checked", &gaps.collect::<Vec<_>>())
}

fn items(out: &mut Vec<u8>, title: &str, items: Vec<&Item>, told: &Told<'_>) -> io::Result<()> {
    let lines: Vec<String> = items
        .iter()
        .map(|item| {
            let path = if item.path.is_empty() { String::new() } else { format!(" {}", item.path) };
            let effect = if item.effect == Effect::Neutral { String::new() } else { format!(" [{}]", item.effect) };
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
