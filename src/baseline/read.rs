//! The reader of baselines: what is right of a file, and every mistake at its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::arn::AccountId;
use crate::net::{IpSet, PortSet};
use crate::resource::ResourceType;
use crate::text::{Diagnostic, Document, Glob, Item, Key, Sink, SourceFile, Table, did_you_mean, list};

use super::vocabulary::{Shape, names, shape};
use super::{Admitted, Assertion, Baseline, Entry, Ignore, Place, ScopeRule, Select, Sets, Toward, Wanted};

/// Keys of an entry that are no attributes.
pub(super) const RESERVED: &[&str] = &["type", "key", "where", "count", "accounts", "regions", "absent"];

/// Reads a file.
pub fn read(file: Arc<SourceFile>) -> (Baseline, Vec<Diagnostic>) {
    let sink = Sink::default();
    let document = Document::parse(Arc::clone(&file), &sink);
    let root = document.table(&sink);
    if let Some(schema) = root.get("schema")
        && schema.integer().is_some_and(|version| version != 1)
    {
        schema.push(schema.error("this version of driftline reads `schema = 1`"));
    }
    let mut baseline = Baseline {
        id: file.stem().to_owned(),
        file,
        owner: None,
        reviewed: None,
        scope: ScopeRule::default(),
        sets: Sets::new(),
        set_spans: BTreeMap::new(),
        entries: Vec::new(),
        ignores: Vec::new(),
    };
    if let Some(table) = root.table("baseline") {
        head(table, &mut baseline);
    }
    if let Some(table) = root.table("scope") {
        baseline.scope = scope(table);
    }
    if let Some(table) = root.table("sets") {
        baseline.set_spans = table.names().filter_map(|name| Some((name.to_owned(), table.key(name)?.span))).collect();
        baseline.sets = sets(&table);
    }
    let mut claimed: BTreeMap<(ResourceType, String), u32> = BTreeMap::new();
    for item in root.array("resource").unwrap_or_default() {
        let Some(entry) = item.table().and_then(|table| entry(table, &baseline.sets)) else { continue };
        if let Select::Key(key) = &entry.select {
            let line = baseline.file.line(entry.span.start);
            let place = format!("{key} {:?}", entry.place);
            match claimed.get(&(entry.resource_type, place.clone())) {
                Some(first) => item.push(
                    item.error(format!("`{}` stands here twice", entry.subject()))
                        .help(format!("the other entry is in line {first}; make them one")),
                ),
                None => drop(claimed.insert((entry.resource_type, place), line)),
            }
        }
        baseline.entries.push(entry);
    }
    for item in root.array("ignore").unwrap_or_default() {
        baseline.ignores.extend(item.table().and_then(ignore));
    }
    root.finish();
    drop(document);
    (baseline, sink.into_sorted())
}

fn head(table: Table<'_>, baseline: &mut Baseline) {
    let text = |key: &'static str| table.get(key).and_then(Item::text).map(str::to_owned);
    if let Some(id) = text("id") {
        baseline.id = id;
    }
    baseline.owner = text("owner");
    baseline.reviewed = table.get("reviewed").and_then(Item::date);
    table.finish();
}

fn scope(table: Table<'_>) -> ScopeRule {
    let types = table.array("types").unwrap_or_default().into_iter().filter_map(resource_type).collect();
    let unlisted = table.get("unlisted").and_then(|item| match item.string()? {
        "drift" => Some(true),
        "ignore" => Some(false),
        other => {
            item.push(item.error(format!("`{other}` is not known here")).help("`drift` or `ignore` is wanted"));
            None
        }
    });
    let rule = ScopeRule {
        place: place(&table),
        types,
        unlisted: unlisted.unwrap_or(false),
        span: table.key("unlisted").map(|key| key.span),
    };
    if rule.unlisted && rule.types.is_empty() {
        let item = table.get("types").or_else(|| table.get("unlisted"));
        if let Some(item) = item {
            item.push(
                item.error("`unlisted = \"drift\"` is about no type")
                    .help("name in `types` those of which every resource has to be listed"),
            );
        }
    }
    table.finish();
    rule
}

fn place(table: &Table<'_>) -> Place {
    let account = |item: Item<'_>| {
        let text = item.string()?;
        if text.parse::<AccountId>().is_ok() || text.starts_with("ou-") || text.starts_with("r-") {
            return Some(text.to_owned());
        }
        item.push(
            item.error(format!("`{text}` is not an account")).help("twelve digits, `ou-...` or `r-...` are wanted"),
        );
        None
    };
    Place {
        accounts: table.array("accounts").unwrap_or_default().into_iter().filter_map(account).collect(),
        regions: table.strings("regions").into_iter().map(Glob::new).collect(),
    }
}

fn sets(table: &Table<'_>) -> Sets {
    let mut sets = Sets::new();
    for (key, item) in table.entries() {
        let Some(blocks) = item.strings() else { continue };
        match IpSet::from_blocks(&blocks) {
            Ok(set) => drop(sets.insert(key.name.to_owned(), set)),
            Err(error) => item.push(item.error(error.to_string())),
        }
    }
    sets
}

fn resource_type(item: Item<'_>) -> Option<ResourceType> {
    let text = item.string()?;
    let found = ResourceType::ALL.iter().find(|of| of.name() == text).copied();
    if found.is_none() {
        let near = did_you_mean(text, ResourceType::ALL.iter().map(|of| of.name()));
        let help = near.map_or_else(
            || "a type has the name that CloudFormation gives it, such as `AWS::EC2::SecurityGroup`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        item.push(item.error(format!("`{text}` is not a type of resource that driftline reads")).help(help));
    }
    found
}

fn entry(table: Table<'_>, sets: &Sets) -> Option<Entry> {
    let of = table.require("type").and_then(resource_type);
    let select = match (table.get("key"), table.get("where")) {
        (Some(_), Some(conditions)) => {
            conditions.push(
                conditions.error("`key` and `where` are two answers to one question").help("leave one of them out"),
            );
            None
        }
        (Some(key), None) => key.text().map(|key| Select::Key(key.to_owned())),
        (None, Some(conditions)) => {
            conditions.table().and_then(|table| Some(Select::Where(conditions_of(&table, of?))))
        }
        (None, None) => {
            table.push(table.error("nothing says which resources are meant").help(
                "name one by its natural `key`, or several by `where = { NAME = VALUE }`; `where = {}` is all of the type",
            ));
            None
        }
    };
    let count = table.get("count").and_then(|item| item.integer_in(0..=1_000_000));
    let place = place(&table);
    let mut wanted = Vec::new();
    if let Some(of) = of {
        for item in table.array("absent").unwrap_or_default() {
            if let Some(path) = item.string().filter(|path| is_known(of, path, item)) {
                wanted.push(Assertion { path: path.to_owned(), wanted: Wanted::Absent, span: item.span() });
            }
        }
        for (key, item) in table.entries().into_iter().filter(|(key, _)| !RESERVED.contains(&key.name)) {
            assertions(of, key.name.to_owned(), key, item, sets, &mut wanted);
        }
    }
    let span = table.span();
    if count == Some(0)
        && let Some(first) = wanted.first()
    {
        let message = format!("`{}` is wanted of what must not be there", first.path);
        table.push(Diagnostic::error(table.file(), first.span, message).help("`count = 0` leaves nothing to ask for"));
    }
    table.finish();
    let count = count.and_then(|count| usize::try_from(count).ok());
    let count = match (&select, count) {
        (Some(Select::Key(_)), None) => Some(1),
        (_, count) => count,
    };
    Some(Entry { resource_type: of?, select: select?, count, place, wanted, span })
}

fn conditions_of(table: &Table<'_>, of: ResourceType) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for (key, item) in table.entries() {
        let known = key.name.starts_with("tag:") || is_known(of, key.name, item);
        if !known {
            continue;
        }
        if item.is_array() || item.is_table() {
            item.wanted::<()>("a text, a number, `true` or `false`");
            continue;
        }
        out.push((key.name.to_owned(), item.json()));
    }
    out
}

/// Whether the type has an attribute of that name; reports it if not.
fn is_known(of: ResourceType, path: &str, at: Item<'_>) -> bool {
    if shape(of, path).is_some() {
        return true;
    }
    let known = names(of);
    let help = match did_you_mean(path, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", list(known.iter().copied())),
    };
    at.push(at.error(format!("{of} has no attribute `{path}`")).help(help));
    false
}

/// What one key of an entry wants: one attribute, or those of a table below it.
fn assertions(of: ResourceType, path: String, key: Key<'_>, item: Item<'_>, sets: &Sets, out: &mut Vec<Assertion>) {
    if path == "tags" {
        let Some(table) = item.table() else { return };
        for (tag, value) in table.entries() {
            let wanted = match value.string() {
                Some(text) => Wanted::Value(text.into()),
                None => continue,
            };
            out.push(Assertion { path: format!("tags.{}", tag.name), wanted, span: tag.span });
        }
        return;
    }
    // Parts of an attribute, such as one inline policy among them; rules in long form stand in lists.
    if item.is_table()
        && let Some(table) = item.table()
    {
        let all = table.entries();
        if path == "inline_policies" {
            // Policies by name are all that there are.
            let names = all.iter().map(|(below, _)| below.name.to_owned()).collect();
            out.push(Assertion { path: path.clone(), wanted: Wanted::Elements(names), span: key.span });
        }
        for (below, item) in all {
            assertions(of, format!("{path}.{}", below.name), below, item, sets, out);
        }
        return;
    }
    if shape(of, &path).is_none() {
        let known = names(of);
        let help = match did_you_mean(&path, known.iter().copied().chain(RESERVED.iter().copied())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", list(known)),
        };
        item.push(Diagnostic::error(item.file(), key.span, format!("{of} has no attribute `{path}`")).help(help));
        return;
    }
    let Some(shape) = shape(of, &path) else { return };
    if let Some(wanted) = wanted(of, &path, shape, item, sets) {
        out.push(Assertion { path, wanted, span: key.span });
    }
}

fn wanted(of: ResourceType, path: &str, shape: Shape, item: Item<'_>, sets: &Sets) -> Option<Wanted> {
    match shape {
        Shape::Bool => item.boolean().map(|value| Wanted::Value(value.into())),
        Shape::Int => item.integer().map(|value| Wanted::Value(value.into())),
        Shape::Text => item.string().map(|value| Wanted::Value(value.into())),
        Shape::Texts => item.strings().map(|texts| Wanted::Elements(texts.into_iter().collect())),
        Shape::Ips => {
            let mut all = IpSet::default();
            for block in item.array()? {
                let text = block.string()?;
                let set = match text.strip_prefix('@') {
                    Some(name) => {
                        sets.get(name).cloned().ok_or_else(|| format!("there is no set `{name}` in this file"))
                    }
                    None => IpSet::from_blocks([text]).map_err(|error| error.to_string()),
                };
                match set {
                    Ok(set) => all = all.union(&set),
                    Err(message) => block.push(block.error(message)),
                }
            }
            Some(Wanted::Ips(all))
        }
        Shape::Ports => item.parsed::<PortSet>().map(Wanted::Ports),
        Shape::Rules(toward) => rules(item, toward, sets).map(|all| Wanted::Rules(Box::new(all), toward)),
        Shape::Records => {
            item.push(
                item.error(format!("`{path}` of {of} is a list of records, and no line can say what it should be"))
                    .help("a check can: docs/checks.md"),
            );
            None
        }
        Shape::Any if item.is_array() => {
            let elements = item.array()?.into_iter().map(|item| match item.json() {
                Value::String(text) => text,
                other => other.to_string(),
            });
            Some(Wanted::Elements(elements.collect::<BTreeSet<_>>()))
        }
        Shape::Any => Some(Wanted::Value(item.json())),
    }
}

/// Rules in short form, one text each, and in long form, one table each.
fn rules(item: Item<'_>, toward: Toward, sets: &Sets) -> Option<Admitted> {
    let mut all = Admitted::default();
    for rule in item.array()? {
        let texts = match rule.as_str() {
            Some(text) => vec![text.to_owned()],
            None if rule.is_table() => long(rule, toward)?,
            None => {
                rule.wanted::<()>("a rule such as `tcp 443 from 10.0.0.0/8`, or a table");
                continue;
            }
        };
        for text in texts {
            if let Err(message) = all.add(&text, toward, sets) {
                rule.push(rule.error(message));
            }
        }
    }
    Some(all)
}

/// `{ protocol = "tcp", ports = [443], from = ["@vpn"] }` as rules in short form.
fn long(item: Item<'_>, toward: Toward) -> Option<Vec<String>> {
    let table = item.table()?;
    let protocol = table.require("protocol").and_then(Item::text).map(str::to_owned);
    let several = |item: Item<'_>| -> Option<Vec<String>> {
        let items = if item.is_array() { item.array()? } else { vec![item] };
        let text = |item: Item<'_>| {
            if item.is_integer() {
                item.integer().map(|number| number.to_string())
            } else {
                item.text().map(str::to_owned)
            }
        };
        Some(items.into_iter().filter_map(text).collect())
    };
    let ports = table.get("ports").and_then(several);
    let peers = table.require(toward.as_str()).and_then(several);
    // What its author wrote for people.
    let _ = table.get("description").and_then(Item::string);
    table.finish();
    let (protocol, peers) = (protocol?, peers?);
    let traffic = match ports {
        Some(ports) => ports.into_iter().map(|ports| format!("{protocol} {ports}")).collect(),
        None => vec![protocol],
    };
    let rules =
        traffic.iter().flat_map(|what| peers.iter().map(move |peer| format!("{what} {} {peer}", toward.as_str())));
    Some(rules.collect())
}

fn ignore(table: Table<'_>) -> Option<Ignore> {
    let of = table.require("type").and_then(resource_type);
    let path = table.require("path").and_then(Item::text).map(str::to_owned);
    let key = table.get("key").and_then(Item::text).map(str::to_owned);
    let reason = table.require("reason").and_then(Item::text).map(str::to_owned);
    let span = table.span();
    if let (Some(path), Some(item)) = (&path, table.get("path"))
        && path.contains(['*', '?'])
    {
        item.push(item.error(format!("`{path}` is a pattern, and an ignore is for one attribute")));
        return None;
    }
    table.finish();
    Some(Ignore { resource_type: of?, path: path?, key, reason: reason?, span })
}
