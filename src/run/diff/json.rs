//! All differences as JSON; schemas/drift-1.schema.json describes it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::drift::{Ambiguity, Effect, Item, NotChecked, Renamed};
use crate::run::Stop;

use super::{Compared, Told, fails};

const SCHEMA: &str = "https://driftline.dev/schemas/drift-1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool_version: &'static str,
    old: Snapshot<'a>,
    new: Snapshot<'a>,
    notes: &'a [String],
    outcome: &'static str,
    summary: Summary,
    items: Vec<Row<'a>>,
    not_checked: &'a [NotChecked],
    ambiguities: &'a [Ambiguity],
    id_map: &'a [Renamed],
}

/// One side, by what identifies it.
#[derive(Serialize)]
pub(in crate::run) struct Snapshot<'a> {
    path: String,
    sha256: &'a str,
    taken_at: String,
    tool_version: &'a str,
    source: &'a str,
}

#[derive(Serialize)]
struct Summary {
    items: usize,
    failing: usize,
    unchanged: usize,
    not_checked: usize,
    by_effect: BTreeMap<&'static str, usize>,
    by_class: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    item: &'a Item,
    /// Whether it fails the run.
    fails: bool,
}

pub(super) fn write(out: &mut Vec<u8>, told: &Told<'_>) -> Result<(), Stop> {
    let comparison = &told.comparison;
    let items = &comparison.items;
    let mut by_effect: BTreeMap<&'static str, usize> = Effect::ALL.iter().map(|effect| (effect.as_str(), 0)).collect();
    let mut by_class: BTreeMap<&'static str, usize> =
        crate::drift::Class::ALL.iter().map(|class| (class.as_str(), 0)).collect();
    for item in items {
        *by_effect.entry(item.effect.as_str()).or_default() += 1;
        *by_class.entry(item.class.as_str()).or_default() += 1;
    }
    let rows: Vec<Row<'_>> = items.iter().map(|item| Row { item, fails: fails(item, told.fail_on) }).collect();
    let summary = Summary {
        items: items.len(),
        failing: rows.iter().filter(|row| row.fails).count(),
        unchanged: comparison.unchanged,
        not_checked: comparison.not_checked.len(),
        by_effect,
        by_class,
    };
    let document = Document {
        schema: SCHEMA,
        tool_version: env!("CARGO_PKG_VERSION"),
        old: snapshot(&told.old),
        new: snapshot(&told.new),
        notes: &told.notes,
        outcome: told.outcome.as_str(),
        summary,
        items: rows,
        not_checked: &comparison.not_checked,
        ambiguities: &comparison.ambiguities,
        id_map: &comparison.id_map,
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(|error| Stop::runtime(error.to_string()))?;
    out.push(b'\n');
    Ok(())
}

pub(in crate::run) fn snapshot<'a>(side: &'a Compared<'_>) -> Snapshot<'a> {
    let provenance = side.provenance();
    Snapshot {
        path: side.path.display().to_string(),
        sha256: side.snapshot.sha256(),
        taken_at: provenance.taken_at.to_string(),
        tool_version: &provenance.tool_version,
        source: &provenance.source,
    }
}
