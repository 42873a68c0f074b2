//! From one file to one check.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::case::Case;
use crate::catalog::check::{Check, Each, Fail, Graded, Remediation, TypeRule, When};
use crate::catalog::compile::{Compiler, Level};
use crate::catalog::params::Params;
use crate::catalog::template::Template;
use crate::catalog::{CheckId, Override};
use crate::finding::{FileLocation, Severity};
use crate::model::facts;
use crate::model::{Field, Kind};
use crate::resource::ResourceType;
use crate::text::{Diagnostic, Document, Item, Sink, SourceFile, Table, did_you_mean};

/// The form of check files that this version reads.
const SCHEMA: i64 = 1;

/// A title fits one line of every report.
const LONGEST_TITLE: usize = 150;

/// Where the loader learns what can be asked; tests have tables of their own.
#[derive(Clone, Copy)]
pub(crate) struct Vocabulary {
    pub(crate) table: fn(ResourceType) -> Vec<Field>,
    pub(crate) operations: fn(ResourceType, usize) -> &'static [&'static str],
}

impl Vocabulary {
    pub(crate) const MODEL: Vocabulary = Vocabulary { table: facts::table, operations: facts::operations };
}

/// Reads a check from its file. None if anything in it is wrong.
pub(super) fn read(file: &Arc<SourceFile>, vocabulary: Vocabulary) -> (Option<Check>, Vec<Diagnostic>) {
    let sink = Sink::default();
    let document = Arc::new(Document::parse(Arc::clone(file), &sink));
    let check = compile(&document, vocabulary, None, &sink).filter(|_| !sink.has_errors());
    (check, sink.into_sorted())
}

/// Compiles a check, with the user's values for its parameters if there are any.
pub(super) fn compile(
    document: &Arc<Document>,
    vocabulary: Vocabulary,
    with: Option<&Override>,
    sink: &Sink,
) -> Option<Check> {
    let root = document.table(sink);
    if let Some(schema) = root.require("schema")
        && let Some(number) = schema.integer()
        && number != SCHEMA
    {
        let help = format!("this driftline reads schema {SCHEMA}; a newer one may know it");
        schema.push(schema.error(format!("schema {number} is not known")).help(help));
    }
    let (head, types) = root.require("check").and_then(Item::table).map_or((None, None), Head::read);
    let values = params(&root, with, sink);
    let params = Params::new(values.iter().map(|(name, item)| (*name, *item)).collect());
    let when = root.get("when");
    let fail = root.require("fail");
    let cases = root.get("case").and_then(Item::array).unwrap_or_default();
    root.finish();

    // Whatever is wrong above, the conditions and cases are read for their own mistakes.
    let fail = fail?;
    let (types, types_item) = types.unwrap_or((Vec::new(), fail));
    if types.is_empty()
        && let Some(table) = fail.table()
    {
        table.require("where");
        table.require("message");
    }
    let mut tables: Vec<(ResourceType, Vec<Field>)> = Vec::new();
    let mut rules = Vec::new();
    for of in types {
        let fields = (vocabulary.table)(of);
        rules.push(rule(of, &fields, vocabulary, when, fail, &params));
        tables.push((of, fields));
    }
    let with_params = |set: &Table<'_>| {
        let values = overlaid(&values, set.entries().into_iter().map(|(key, item)| (key.name, item)));
        let params = Params::new(values);
        let rules = tables.iter().map(|(of, fields)| rule(*of, fields, vocabulary, when, fail, &params));
        rules.collect()
    };
    let cases: Vec<Option<Case>> = cases.into_iter().map(|case| Case::read(case, &tables, &with_params)).collect();
    let mut rules: Vec<TypeRule> = rules.into_iter().collect::<Option<_>>()?;
    if with.is_some_and(|with| with.severity.is_some()) {
        // The user's word is for all of the check's findings.
        rules.iter_mut().for_each(|rule| rule.fail.severities.clear());
    }
    require_same_kinds(types_item, &rules, &tables);
    if !sink.has_errors() {
        for name in params.unused() {
            if let Some(item) = values.get(name) {
                let message = format!("no condition uses the parameter `{name}`");
                item.push(Diagnostic::warning(item.file(), item.span(), message));
            }
        }
    }
    let head = head?;
    Some(Check {
        id: head.id,
        title: head.title,
        severity: with.and_then(|with| with.severity).unwrap_or(head.severity),
        since: head.since,
        controls: head.controls,
        references: head.references,
        rationale: head.rationale,
        remediation: head.remediation,
        false_positives: head.false_positives,
        changes: head.changes,
        profiles: head.profiles,
        tags: head.tags,
        params: values.iter().map(|(name, item)| ((*name).to_owned(), item.owned())).collect(),
        location: match with {
            Some(with) => with.location(),
            None => {
                let file = document.file();
                FileLocation { path: file.path.as_str().into(), line: file.line(fail.span().start) }.into()
            }
        },
        cases: cases.into_iter().collect::<Option<_>>()?,
        rules,
        document: Arc::clone(document),
        span: head.span,
    })
}

/// Everything under `[check]`.
struct Head {
    id: CheckId,
    span: crate::text::Span,
    title: String,
    severity: Severity,
    since: String,
    controls: BTreeMap<String, Vec<String>>,
    references: Vec<String>,
    rationale: String,
    remediation: Remediation,
    false_positives: Option<String>,
    changes: Vec<String>,
    profiles: Vec<String>,
    tags: Vec<String>,
}

impl Head {
    /// Also the types, which the rest of the file can be read with even if something else is wrong here.
    fn read<'a>(table: Table<'a>) -> (Option<Head>, Option<(Vec<ResourceType>, Item<'a>)>) {
        let id = table.require("id").and_then(id);
        let title = table.require("title").and_then(title);
        let severity = table.require("severity").and_then(Item::parsed::<Severity>);
        let types = table.require("resource_type").and_then(|item| Some((resource_types(item)?, item)));
        let since = table.require("since").and_then(Item::text);
        let rationale = table.require("rationale").and_then(Item::text);
        let remediation = table.require("remediation").and_then(Item::table).and_then(remediation);
        let controls = table.table("controls").map(controls).unwrap_or_default();
        let (references, profiles) = (table.strings("references"), table.strings("profiles"));
        let (tags, changes) = (table.strings("tags"), table.strings("changes"));
        let false_positives = table.get("false_positives").and_then(Item::text).map(|text| text.trim().to_owned());
        table.finish();
        let head = || {
            let (id, span) = id?;
            Some(Head {
                id,
                span,
                title: title?,
                severity: severity?,
                since: since?.to_owned(),
                controls,
                references,
                rationale: rationale?.trim().to_owned(),
                remediation: remediation?,
                false_positives,
                changes,
                profiles,
                tags,
            })
        };
        (head(), types)
    }
}

fn id(item: Item<'_>) -> Option<(CheckId, crate::text::Span)> {
    let id: CheckId = item.parsed()?;
    let stem = item.file().stem();
    if id.as_str() != stem {
        let help = format!("name the file `{id}.toml`, or the check `{stem}`");
        item.push(item.error(format!("the check `{id}` is in a file of another name")).help(help));
    }
    Some((id, item.span()))
}

fn title(item: Item<'_>) -> Option<String> {
    let title = item.text()?;
    let length = title.chars().count();
    if length > LONGEST_TITLE {
        let message = format!("the title has {length} characters");
        item.push(item.error(message).label(format!("at most {LONGEST_TITLE} are wanted")));
    }
    if title.to_lowercase().starts_with("ensure") {
        item.push(item.error("the title starts with `Ensure`").help("say what was found, not what to do about it"));
    }
    if title.contains('\n') {
        item.push(item.error("a title is one line"));
    }
    Some(title.trim().to_owned())
}

/// One name or an array of names.
fn resource_types(item: Item<'_>) -> Option<Vec<ResourceType>> {
    let names = if item.is_array() { item.array()? } else { vec![item] };
    if names.is_empty() {
        item.push(item.error("no resource type is named here"));
        return None;
    }
    let mut found = Vec::new();
    let mut whole = true;
    for name in names {
        let Some(text) = name.string() else {
            whole = false;
            continue;
        };
        match ResourceType::from_name(text) {
            Some(of) if found.contains(&of) => name.push(name.error(format!("`{text}` is named twice"))),
            Some(of) => found.push(of),
            None => {
                whole = false;
                let near = did_you_mean(text, ResourceType::ALL.iter().map(|of| of.name()));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                name.push(name.error(format!("`{text}` is not a resource type that is read")).maybe_help(help));
            }
        }
    }
    whole.then_some(found)
}

fn controls(table: Table<'_>) -> BTreeMap<String, Vec<String>> {
    let entries = table.entries().into_iter();
    entries.filter_map(|(key, item)| Some((key.name.to_owned(), item.strings()?))).collect()
}

fn remediation(table: Table<'_>) -> Option<Remediation> {
    let text = table.require("text").and_then(Item::text);
    let own = |key| table.get(key).and_then(Item::text).map(|text: &str| text.trim().to_owned());
    let (cli, terraform, cloudformation) = (own("cli"), own("terraform"), own("cloudformation"));
    let (console, verify) = (own("console"), own("verify"));
    table.finish();
    Some(Remediation { text: text?.trim().to_owned(), cli, terraform, cloudformation, console, verify })
}

/// The check's own parameters, with the user's values in place of those that are set.
fn params<'a>(root: &Table<'a>, with: Option<&'a Override>, sink: &'a Sink) -> BTreeMap<&'a str, Item<'a>> {
    let declared = root.table("params").map(|table| table.entries()).unwrap_or_default();
    let declared = declared.into_iter().map(|(key, item)| (key.name, item)).collect();
    let set = with.iter().flat_map(|with| &with.params);
    overlaid(&declared, set.map(|(name, value)| (name.as_str(), value.item(sink))))
}

fn overlaid<'a>(
    declared: &BTreeMap<&'a str, Item<'a>>,
    set: impl Iterator<Item = (&'a str, Item<'a>)>,
) -> BTreeMap<&'a str, Item<'a>> {
    let mut values = declared.clone();
    for (name, item) in set {
        if values.contains_key(name) {
            values.insert(name, item);
            continue;
        }
        let help = match did_you_mean(name, declared.keys().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if declared.is_empty() => "it has none".to_owned(),
            None => format!("it has {}", crate::text::list(declared.keys().copied())),
        };
        item.push(item.error(format!("the check has no parameter `{name}`")).help(help));
    }
    values
}

fn rule<'a>(
    of: ResourceType,
    fields: &[Field],
    vocabulary: Vocabulary,
    when: Option<Item<'a>>,
    fail: Item<'a>,
    params: &Params<'a>,
) -> Option<TypeRule> {
    let compiler = Compiler::new(params);
    let owner = format!("`{of}`");
    let level = Level { fields, owner: &owner, outer: None };
    let when = when.map(|item| read_when(item, &compiler, &level));
    let fail = read_fail(fail, &compiler, &level);
    // `when` is worth its mistakes even where `fail` has some.
    let (when, fail) = (when.map_or(Some(None), |when| when.map(Some))?, fail?);
    let facts = compiler.facts();
    let operations: BTreeSet<&'static str> =
        facts.iter().flat_map(|index| (vocabulary.operations)(of, *index)).copied().collect();
    Some(TypeRule { resource_type: of, when, fail, facts, operations })
}

fn read_when<'a>(item: Item<'a>, compiler: &Compiler<'a, '_>, level: &Level<'_>) -> Option<When> {
    let table = item.table()?;
    let reason = table.get("reason").and_then(Item::text).map(str::to_owned);
    let condition = compiler.condition(&table, level, &["reason"]);
    table.finish();
    Some(When { condition: condition?, reason })
}

fn read_fail<'a>(item: Item<'a>, compiler: &Compiler<'a, '_>, level: &Level<'_>) -> Option<Fail> {
    let table = item.table()?;
    let condition = table.require("where");
    let message = table.require("message");
    let discriminator = table.get("discriminator");
    let severity = table.get("severity");
    let fail = match table.get("each") {
        None => {
            if let Some(item) = discriminator {
                let help = "a check without `each` has one finding per resource";
                item.push(item.error("there is nothing to tell apart here").help(help));
            }
            let condition = condition.and_then(|item| compiler.condition_at(item, level));
            let message = message.and_then(|item| Template::compile(item, compiler, level));
            let severities = read_severities(severity, compiler, level);
            let whole = condition.zip(message).zip(severities);
            whole.map(|((condition, message), severities)| Fail { each: None, condition, message, severities })
        }
        Some(each) => compiler.list(each, level).and_then(|(list, fields)| {
            compiler.within(&list, fields, level, |level| {
                let condition = condition.and_then(|item| compiler.condition_at(item, level));
                let message = message.and_then(|item| Template::compile(item, compiler, level));
                let severities = read_severities(severity, compiler, level);
                let discriminator = match discriminator {
                    Some(item) => read_discriminator(item, compiler, level),
                    None => {
                        let help = format!(
                            "write `discriminator = [..]` with the fields that name one element of `{}` from scan to scan",
                            list.name
                        );
                        table.push(table.error("`discriminator` is missing here").help(help));
                        None
                    }
                };
                let each = Each { list: list.clone(), fields, discriminator: discriminator? };
                Some(Fail { each: Some(each), condition: condition?, message: message?, severities: severities? })
            })
        }),
    };
    table.finish();
    fail
}

/// What grades findings; nothing if all are of the check's own severity.
fn read_severities<'a>(item: Option<Item<'a>>, compiler: &Compiler<'a, '_>, level: &Level<'_>) -> Option<Vec<Graded>> {
    let Some(item) = item else { return Some(Vec::new()) };
    let graded: Vec<Option<Graded>> = item
        .array()?
        .into_iter()
        .map(|item| {
            let table = item.table()?;
            let severity = table.require("is").and_then(Item::parsed::<Severity>);
            let condition = table.require("where").and_then(|item| compiler.condition_at(item, level));
            table.finish();
            Some(Graded { severity: severity?, condition: condition? })
        })
        .collect();
    graded.into_iter().collect()
}

fn read_discriminator<'a>(item: Item<'a>, compiler: &Compiler<'a, '_>, level: &Level<'_>) -> Option<Vec<usize>> {
    let names = item.array()?;
    if names.is_empty() {
        item.push(item.error("no field is named here"));
        return None;
    }
    let fields: Vec<Option<usize>> = names
        .into_iter()
        .map(|name| {
            let (path, kind) = compiler.path(name, name.string()?, level)?;
            if path.up > 0 || matches!(kind, Kind::List(_)) {
                let help = "its own fields of one value each tell an element from others";
                name.push(name.error(format!("`{path}` names no element")).help(help));
                return None;
            }
            Some(path.index)
        })
        .collect();
    fields.into_iter().collect()
}

/// One text is compiled against each type; a fact that is a number here and a text there would give it two meanings.
fn require_same_kinds(item: Item<'_>, rules: &[TypeRule], tables: &[(ResourceType, Vec<Field>)]) {
    let (Some(first), Some((_, known))) = (rules.first(), tables.first()) else { return };
    for field in first.facts.iter().filter_map(|index| known.get(*index)) {
        for (of, fields) in &tables[1..] {
            if let Some(other) = fields.iter().find(|other| other.name == field.name)
                && !same_kind(field.kind, other.kind)
            {
                let message = format!(
                    "`{}` is {} of `{}` and {} of `{of}`",
                    field.name,
                    field.kind.word(),
                    first.resource_type,
                    other.kind.word()
                );
                item.push(item.error(message).help("write a check for each of the types"));
            }
        }
    }
}

fn same_kind(a: Kind, b: Kind) -> bool {
    match (a, b) {
        (Kind::List(a), Kind::List(b)) => {
            a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| x.name == y.name && same_kind(x.kind, y.kind)))
        }
        (a, b) => a == b,
    }
}
