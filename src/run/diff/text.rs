//! Differences for people: what weakens first, each with what it lets in, and what follows from it in one line.

use std::collections::BTreeMap;
use std::io;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::drift::{AWS_MANAGED_UPDATE, Comparison, Effect, Item, NotChecked};
use crate::finding::Severity;
use crate::report::Options;
use crate::report::sanitize::{shorten, visible};

use super::{Compared, Told};

/// How many values of one side, followers, gaps and rebuilt resources are named unless all are wanted.
const FEW: usize = 5;
/// The longest value that is shown in full.
const LONGEST: usize = 240;

pub(super) fn write(out: &mut Vec<u8>, told: &Told<'_>, options: &Options) -> io::Result<()> {
    use io::Write;
    let comparison = &told.comparison;
    writeln!(out, "old  {}", side(&told.old))?;
    writeln!(out, "new  {}", side(&told.new))?;
    for note in &told.notes {
        writeln!(out, "note: {}", visible(note))?;
    }
    let trees = trees(&comparison.items);
    for effect in Effect::ALL {
        let of_effect: Vec<&Tree<'_>> = trees.iter().filter(|tree| tree.effect == effect).collect();
        if of_effect.is_empty() {
            continue;
        }
        writeln!(out, "\n{} ({})", heading(effect), of_effect.len())?;
        for tree in of_effect {
            tree_in_words(out, tree, told.all, options)?;
        }
    }
    not_checked(out, &comparison.not_checked, told.all)?;
    ambiguities(out, comparison)?;
    rebuilt(out, comparison, told.all)?;
    writeln!(out, "\n{}", summary(comparison))?;
    Ok(())
}

pub(in crate::run) fn side(side: &Compared<'_>) -> String {
    let provenance = side.provenance();
    let sha = side.snapshot.sha256().get(..12).unwrap_or_default();
    let source = visible(&provenance.source).into_owned();
    format!("{}  {sha}  {}  {source}", provenance.taken_at, visible(&side.path.display().to_string()))
}

fn heading(effect: Effect) -> &'static str {
    match effect {
        Effect::Weakening => "WEAKENING: more is allowed than before",
        Effect::Mixed => "MIXED: some more is allowed, and some less",
        Effect::Unknown => "UNKNOWN: it cannot be told whether more is allowed",
        Effect::Strengthening => "STRENGTHENING: less is allowed than before",
        Effect::Neutral => "NEUTRAL: the same is allowed",
    }
}

/// An item that follows from no other, with those that follow from it.
struct Tree<'c> {
    root: &'c Item,
    followers: Vec<&'c Item>,
    /// The worst of all of them, so that nothing that weakens hides behind a cause that does not.
    effect: Effect,
    severity: Severity,
}

fn trees(items: &[Item]) -> Vec<Tree<'_>> {
    let by_id: BTreeMap<&str, &Item> = items.iter().map(|item| (item.id.as_str(), item)).collect();
    let root_of = |item: &Item| {
        let mut id = item.id.as_str();
        let mut steps = 0;
        // A cause that the user did not want to see leaves its followers on their own.
        while let Some(cause) = by_id.get(id).and_then(|item| item.cause.as_deref())
            && by_id.contains_key(cause)
            && steps < 16
        {
            (id, steps) = (cause, steps + 1);
        }
        id.to_owned()
    };
    let mut followers: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    let mut roots = Vec::new();
    for item in items {
        let root = root_of(item);
        if root == item.id { roots.push(item) } else { followers.entry(root).or_default().push(item) }
    }
    let tree = |root: &&'_ Item| followers.get(&root.id).cloned().unwrap_or_default();
    let mut trees: Vec<Tree<'_>> = roots
        .iter()
        .map(|root| {
            let followers = tree(root);
            let all = || followers.iter().copied().chain([*root]);
            let effect = all().map(|item| item.effect).min().unwrap_or(root.effect);
            let severity = all().map(|item| item.severity).max().unwrap_or(root.severity);
            Tree { root, followers, effect, severity }
        })
        .collect();
    trees.sort_by_key(|tree| (tree.effect, std::cmp::Reverse(tree.severity)));
    trees
}

fn tree_in_words(out: &mut Vec<u8>, tree: &Tree<'_>, all: bool, options: &Options) -> io::Result<()> {
    use io::Write;
    let item = tree.root;
    let style = if options.colour { style(tree.severity) } else { Style::new() };
    let what = if item.path.is_empty() { String::new() } else { format!("  {}", visible(&item.path)) };
    writeln!(
        out,
        "\n{style}{:<13}{style:#} {} {}{what}  {}",
        tree.severity,
        short(item),
        visible(&item.key),
        item.class,
    )?;
    writeln!(out, "    {} {}  id {}", item.account, item.region, item.id)?;
    // A whole resource is told by its name.
    if !item.path.is_empty() {
        for (sign, value) in [("-", &item.before), ("+", &item.after)] {
            values(out, sign, value.as_ref(), all)?;
        }
    }
    writeln!(out, "    {}", visible(&item.because))?;
    if let Some(witness) = &item.witness {
        writeln!(out, "    for example: {}", visible(witness))?;
    }
    match item.cause.as_deref() {
        Some(AWS_MANAGED_UPDATE) => writeln!(out, "    AWS changed what is its own")?,
        Some(cause) => writeln!(out, "    follows from {cause}")?,
        None => {}
    }
    if !tree.followers.is_empty() {
        let number = tree.followers.len();
        writeln!(out, "    {number} {} from it:", if number == 1 { "follows" } else { "follow" })?;
        let shown = if all { number } else { FEW };
        for follower in tree.followers.iter().take(shown) {
            let path = if follower.path.is_empty() { String::new() } else { format!(" {}", visible(&follower.path)) };
            let effect =
                if follower.effect == Effect::Neutral { String::new() } else { format!(", {}", follower.effect) };
            writeln!(out, "      {} {}{path} {}{effect}", short(follower), visible(&follower.key), follower.class)?;
        }
        if number > shown {
            writeln!(out, "      and {} more (--all)", number - shown)?;
        }
    }
    Ok(())
}

/// The type without what is the same in all.
pub(in crate::run) fn short(item: &Item) -> &'static str {
    let name = item.resource_type.name();
    name.strip_prefix("AWS::").unwrap_or(name)
}

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low | Severity::Informational => AnsiColor::Cyan,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

fn values(out: &mut Vec<u8>, sign: &str, value: Option<&Value>, all: bool) -> io::Result<()> {
    use io::Write;
    let Some(value) = value else { return Ok(()) };
    let lines: Vec<String> = match value {
        Value::Array(values) => values.iter().map(plain).collect(),
        one => vec![plain(one)],
    };
    let shown = if all { lines.len() } else { FEW };
    for line in lines.iter().take(shown) {
        writeln!(out, "    {sign} {}", shorten(&visible(line), if all { usize::MAX } else { LONGEST }))?;
    }
    if lines.len() > shown {
        writeln!(out, "    {sign} and {} more (--all)", lines.len() - shown)?;
    }
    Ok(())
}

/// A value as people read it: texts without quotes, everything else as JSON.
pub(in crate::run) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) if all.iter().all(Value::is_string) => {
            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

fn not_checked(out: &mut Vec<u8>, gaps: &[NotChecked], all: bool) -> io::Result<()> {
    use io::Write;
    if gaps.is_empty() {
        return Ok(());
    }
    // The same gap in many places is one line.
    let mut by_reason: BTreeMap<(&str, &str), Vec<&NotChecked>> = BTreeMap::new();
    for gap in gaps {
        by_reason.entry((gap.operation.as_str(), gap.why.as_str())).or_default().push(gap);
    }
    writeln!(out, "\nNOT CHECKED: what could not be read is neither removed nor added ({})", gaps.len())?;
    let shown = if all { by_reason.len() } else { 2 * FEW };
    for ((operation, why), places) in by_reason.iter().take(shown) {
        let place = places.first().map(|gap| format!("{} {}", gap.account, gap.region)).unwrap_or_default();
        let more = if places.len() > 1 { format!(" and {} more", places.len() - 1) } else { String::new() };
        let operation = if operation.is_empty() { String::new() } else { format!(" {}", visible(operation)) };
        writeln!(out, "  {}{more}{operation}: {}", place.trim_end(), visible(why))?;
    }
    if by_reason.len() > shown {
        writeln!(out, "  and {} more (--all)", by_reason.len() - shown)?;
    }
    Ok(())
}

fn ambiguities(out: &mut Vec<u8>, comparison: &Comparison) -> io::Result<()> {
    use io::Write;
    if comparison.ambiguities.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nAMBIGUOUS: several have one name, so that they are told as removed and added")?;
    for one in &comparison.ambiguities {
        writeln!(
            out,
            "  {} {} {} {}: {} before, {} now",
            one.account,
            one.region,
            one.resource_type,
            visible(&one.key),
            one.old_ids.len(),
            one.new_ids.len()
        )?;
    }
    Ok(())
}

fn rebuilt(out: &mut Vec<u8>, comparison: &Comparison, all: bool) -> io::Result<()> {
    use io::Write;
    let map = &comparison.id_map;
    if map.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nREBUILT: the same under another id, which by itself is no difference ({})", map.len())?;
    let shown = if all { map.len() } else { FEW };
    for one in map.iter().take(shown) {
        writeln!(
            out,
            "  {} {}: {} is {}",
            one.resource_type,
            visible(&one.key),
            visible(&one.old_id),
            visible(&one.new_id)
        )?;
    }
    if map.len() > shown {
        writeln!(out, "  and {} more (--all)", map.len() - shown)?;
    }
    Ok(())
}

fn summary(comparison: &Comparison) -> String {
    let number = comparison.items.len();
    let mut parts = Vec::new();
    for effect in Effect::ALL {
        let of_effect = comparison.items.iter().filter(|item| item.effect == effect).count();
        if of_effect > 0 {
            parts.push(format!("{of_effect} {effect}"));
        }
    }
    let differences = match number {
        0 => "no difference".to_owned(),
        1 => "1 difference".to_owned(),
        number => format!("{number} differences"),
    };
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let gaps = match comparison.not_checked.len() {
        0 => String::new(),
        1 => "; 1 thing was not checked".to_owned(),
        number => format!("; {number} things were not checked"),
    };
    format!("{differences}{parts}; {} resources are as they were{gaps}", comparison.unchanged)
}
