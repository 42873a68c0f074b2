//! What stands in each section of a page.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Check, Expect, Mapped, TypeRule};
use crate::model::facts;
use crate::resource::{ResourceType, iam_action};

use super::{Block, words};

fn text(text: impl Into<String>) -> Block {
    Block::Text(text.into())
}

fn quoted<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

pub fn short(check: &Check) -> Vec<Block> {
    let graded = check.rules.iter().flat_map(|rule| &rule.fail.severities).map(|graded| graded.severity.as_str());
    let graded: BTreeSet<&str> = graded.filter(|other| *other != check.severity.as_str()).collect();
    let severity = match graded.is_empty() {
        true => check.severity.to_string(),
        false => {
            format!("{}, and {} for some findings", check.severity, graded.into_iter().collect::<Vec<_>>().join(", "))
        }
    };
    let mut rows = vec![
        ("severity", severity),
        ("resources", quoted(check.resource_types().map(ResourceType::name))),
        ("since", check.since.clone()),
        ("offline", "yes: a snapshot is enough (`driftline scan --snapshot FILE`)".to_owned()),
    ];
    if !check.profiles.is_empty() {
        rows.push(("profiles", quoted(check.profiles.iter().map(String::as_str))));
    }
    if !check.tags.is_empty() {
        rows.push(("tags", quoted(check.tags.iter().map(String::as_str))));
    }
    rows.push(("file", format!("`{}`", check.source().path)));
    let rows = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    vec![Block::Table(vec!["", ""], rows)]
}

/// In words, and as the file has it; a check of several types says the same of each.
pub fn tests(check: &Check) -> Vec<Block> {
    let mut blocks = Vec::new();
    let Some(rule) = check.rules.first() else { return blocks };
    if let Some(when) = &rule.when {
        let mut list = Vec::new();
        words::condition(&when.condition, 0, &mut list);
        blocks.push(text(match &when.reason {
            Some(reason) => format!("It applies where this holds; elsewhere it does not ({reason}):"),
            None => "It applies where this holds:".to_owned(),
        }));
        blocks.push(Block::List(list));
    }
    let mut list = Vec::new();
    words::condition(&rule.fail.condition, 0, &mut list);
    blocks.push(text(match &rule.fail.each {
        Some(each) => format!("It fails for each element of `{}` for which:", each.list),
        None => "It fails if:".to_owned(),
    }));
    blocks.push(Block::List(list));
    for graded in &rule.fail.severities {
        let mut list = Vec::new();
        words::condition(&graded.condition, 0, &mut list);
        blocks.push(text(format!("The finding is of severity {} if:", graded.severity)));
        blocks.push(Block::List(list));
    }
    blocks.push(text("The facts that it asks for:"));
    blocks.push(Block::Table(vec!["fact", "kind", "what it is"], asked(rule)));
    if let Some(toml) = conditions(&check.source().text) {
        blocks.push(text("As the check's file has it:"));
        blocks.push(Block::Code("toml", toml));
    }
    blocks
}

fn asked(rule: &TypeRule) -> Vec<Vec<String>> {
    let table = facts::table(rule.resource_type);
    let fields = rule.facts.iter().filter_map(|index| table.get(*index));
    fields.map(|field| vec![format!("`{}`", field.name), field.kind.word().to_owned(), field.doc.to_owned()]).collect()
}

/// The part of a check's file between its head and its cases.
fn conditions(file: &str) -> Option<String> {
    let starts = ["[params]", "[when]", "[fail]"].into_iter().filter_map(|head| line_start(file, head));
    let start = starts.min()?;
    let end = line_start(file, "[[case]]").filter(|end| *end > start).unwrap_or(file.len());
    Some(without_last_comment(file.get(start..end)?.trim()))
}

/// Comments above what follows belong to that.
fn without_last_comment(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    while lines.last().is_some_and(|line| line.is_empty() || line.starts_with('#')) {
        lines.pop();
    }
    lines.join("\n")
}

/// Where a line that begins so begins.
fn line_start(file: &str, head: &str) -> Option<usize> {
    if file.starts_with(head) { Some(0) } else { file.find(&format!("\n{head}")).map(|at| at + 1) }
}

/// The cases that test the check: the first of each verdict as it is, the others by name.
pub fn examples(check: &Check) -> Vec<Block> {
    let mut blocks = Vec::new();
    for expect in [Expect::Fail, Expect::Pass, Expect::Unknown, Expect::Skip] {
        let cases: Vec<_> = check.cases.iter().filter(|case| case.expect == expect).collect();
        let Some((first, rest)) = cases.split_first() else { continue };
        let word = match expect {
            Expect::Fail => "Fails",
            Expect::Pass => "Passes",
            Expect::Unknown => "Cannot be told",
            Expect::Skip => "Does not apply",
        };
        blocks.push(text(format!("{word}: {}.", first.name.trim_end_matches('.'))));
        if let Some(toml) = case_text(&check.source().text, first.span.start) {
            blocks.push(Block::Code("toml", toml));
        }
        if !rest.is_empty() {
            blocks.push(text("And so:"));
            blocks.push(Block::List(rest.iter().map(|case| (0, case.name.clone())).collect()));
        }
    }
    if blocks.is_empty() {
        blocks.push(text("The check's file has no cases."));
    }
    blocks
}

/// A case as its file has it, up to the next one.
fn case_text(file: &str, start: usize) -> Option<String> {
    let rest = file.get(start..)?;
    let end = rest.match_indices("\n[").map(|(at, _)| at).next().unwrap_or(rest.len());
    let own = without_last_comment(rest.get(..end)?.trim());
    own.starts_with("[[case]]").then_some(own)
}

pub fn unknown(check: &Check) -> Vec<Block> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for rule in &check.rules {
        if let Some(listing) = rule.resource_type.listing() {
            rows.push(vec![format!("`{}`", rule.resource_type), format!("`{listing}`")]);
        }
        let table = facts::table(rule.resource_type);
        for index in &rule.facts {
            let operations = facts::operations(rule.resource_type, *index);
            if let (false, Some(field)) = (operations.is_empty(), table.get(*index)) {
                rows.push(vec![format!("`{}`", field.name), quoted(operations.iter().copied())]);
            }
        }
    }
    if rows.is_empty() {
        return vec![text("It rests on nothing that could be missing.")];
    }
    vec![
        text("The verdict is unknown, and never a pass, where what it rests on was not read to its end in a region:"),
        Block::Table(vec!["what", "rests on"], rows),
    ]
}

pub fn false_positives(check: &Check) -> Vec<Block> {
    vec![text(check.false_positives.clone().unwrap_or_else(|| "None are known.".to_owned()))]
}

pub fn parameters(check: &Check) -> Vec<Block> {
    if check.params.is_empty() {
        return vec![text("It has none.")];
    }
    let source = check.source();
    let row = |(name, value): (&String, &crate::text::OwnedItem)| {
        let own = std::sync::Arc::ptr_eq(value.file(), source);
        let about = if own { comment_above(&source.text, value.span().start) } else { String::new() };
        vec![format!("`{name}`"), format!("`{}`", value.source()), about]
    };
    let id = &check.id;
    let names: Vec<String> = check.params.iter().map(|(name, value)| format!("{name} = {}", value.source())).collect();
    vec![
        Block::Table(vec!["name", "value", ""], check.params.iter().map(row).collect()),
        text("In driftline.toml:"),
        Block::Code("toml", format!("[checks.{id}]\nparams = {{ {} }}", one_line(&names.join(", ")))),
    ]
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The comment that stands right above the line of a place.
fn comment_above(file: &str, at: usize) -> String {
    let above = file.get(..at).and_then(|before| before.rfind('\n').map(|end| &before[..end])).unwrap_or_default();
    let comments = above.lines().rev().take_while(|line| line.trim_start().starts_with('#'));
    let mut lines: Vec<&str> = comments.map(|line| line.trim_start().trim_start_matches('#').trim()).collect();
    lines.reverse();
    lines.join(" ")
}

pub fn mend(check: &Check) -> Vec<Block> {
    let how = &check.remediation;
    let mut blocks = vec![text(how.text.trim())];
    for (head, language, code) in [
        ("With the AWS CLI:", "sh", &how.cli),
        ("With Terraform:", "hcl", &how.terraform),
        ("With CloudFormation:", "yaml", &how.cloudformation),
    ] {
        if let Some(code) = code {
            blocks.push(text(head));
            blocks.push(Block::Code(language, code.clone()));
        }
    }
    if let Some(console) = &how.console {
        blocks.push(text(format!("In the console: {console}")));
    }
    match &how.verify {
        Some(verify) => blocks.push(text(format!("To see that it is mended: {verify}"))),
        None => {
            blocks.push(text("To see that it is mended, scan again with this check alone:"));
            blocks.push(Block::Code("sh", format!("driftline scan --check {}", check.id)));
        }
    }
    if !check.references.is_empty() {
        blocks.push(text("See also:"));
        blocks.push(Block::List(check.references.iter().map(|reference| (0, reference.clone())).collect()));
    }
    blocks
}

pub fn accept(check: &Check) -> Vec<Block> {
    let id = &check.id;
    vec![
        text("One finding, until a day, with its reason (`id` is the finding's, as reports show it):"),
        Block::Code(
            "sh",
            "driftline suppress add ID --report report.json --reason \"why\" --until 2027-01-31 --owner NAME"
                .to_owned(),
        ),
        text("All of them, in driftline.toml, if the check is not for you:"),
        Block::Code("toml", format!("[checks.{id}]\ndisable = \"why\"")),
    ]
}

pub fn reads(check: &Check) -> Vec<Block> {
    let operations = check.operations();
    if operations.is_empty() {
        return vec![text("Nothing of its own.")];
    }
    let row = |operation: &&str| vec![format!("`{operation}`"), format!("`{}`", iam_action(operation))];
    vec![
        Block::Table(vec!["call", "IAM action"], operations.iter().map(row).collect()),
        text("The least that a role has to be allowed for this check alone:"),
        Block::Code("sh", format!("driftline policy --check {}", check.id)),
    ]
}

/// What it says itself, and which controls of frameworks it answers.
pub fn mappings(check: &Check, frameworks: &[Mapped]) -> Vec<Block> {
    let mut rows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (of, ids) in &check.controls {
        rows.entry(of).or_default().extend(ids.iter().map(String::as_str));
    }
    for mapped in frameworks {
        let controls = mapped.framework.controls.iter().zip(&mapped.checks);
        let answered: Vec<&str> = controls
            .filter(|(_, checks)| checks.contains(check.id.as_str()))
            .map(|(control, _)| control.id.as_str())
            .collect();
        if !answered.is_empty() {
            rows.entry(&mapped.framework.id).or_default().extend(answered);
        }
    }
    if rows.is_empty() {
        return vec![text("It answers no control of the frameworks that driftline knows.")];
    }
    let row = |(of, ids): (&str, BTreeSet<&str>)| vec![of.to_owned(), quoted(ids)];
    vec![Block::Table(vec!["framework", "controls"], rows.into_iter().map(row).collect())]
}

pub fn history(check: &Check) -> Vec<Block> {
    let first = (0, format!("{}: the check is new", check.since));
    vec![Block::List(std::iter::once(first).chain(check.changes.iter().map(|change| (0, change.clone()))).collect())]
}
