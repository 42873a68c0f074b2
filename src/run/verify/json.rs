//! The verification as JSON; schemas/verify-1.schema.json describes it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::drift::verify::{Dangling, Demand, Holds, Made};
use crate::drift::{Item, NotChecked, Renamed};
use crate::finding::Fingerprint;
use crate::run::Stop;
use crate::run::diff::json::{Snapshot, snapshot};

use super::Told;
use super::principals::Involved;

const SCHEMA: &str = "https://driftline.dev/schemas/verify-1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool_version: &'static str,
    before: Snapshot<'a>,
    after: Snapshot<'a>,
    notes: &'a [String],
    incident: Incident<'a>,
    restored: Holds,
    hardened: Holds,
    restored_equal: usize,
    id_map: &'a [Renamed],
    missing: Vec<Different<'a>>,
    extra: Vec<Extra<'a>>,
    different: Vec<Different<'a>>,
    dangling: &'a [Dangling],
    hardening: Vec<Row<'a>>,
    involved: &'a [Involved],
    profile: Option<Checks<'a>>,
    made_inside_the_incident: &'a [Made],
    exposed: Vec<&'a str>,
    not_checked: &'a [NotChecked],
}

#[derive(Serialize)]
struct Incident<'a> {
    from: Option<String>,
    to: Option<String>,
    contained: Option<String>,
    actors: &'a BTreeSet<String>,
    expected: &'a BTreeSet<String>,
}

#[derive(Serialize)]
struct Different<'a> {
    #[serde(flatten)]
    item: &'a Item,
    counts: bool,
}

#[derive(Serialize)]
struct Extra<'a> {
    #[serde(flatten)]
    item: &'a Item,
    counts: bool,
    made_inside_the_incident: bool,
}

#[derive(Serialize)]
struct Checks<'a> {
    name: &'a str,
    checks: &'a BTreeSet<String>,
    /// Fingerprints of what keeps it from holding.
    findings: Vec<Fingerprint>,
    suppressed: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    demand: Demand,
    holds: Holds,
    because: &'a BTreeSet<String>,
}

pub(super) fn write(out: &mut Vec<u8>, told: &Told<'_>) -> Result<(), Stop> {
    let hardening = told.aftermath.hardening.iter();
    let incident = &told.asked.incident;
    let different = |item| Different { item, counts: told.counts(item) };
    let document = Document {
        schema: SCHEMA,
        tool_version: env!("CARGO_PKG_VERSION"),
        before: snapshot(&told.asked.before),
        after: snapshot(&told.after),
        notes: &told.notes,
        incident: Incident {
            from: incident.window.map(|window| window.0.to_string()),
            to: incident.window.map(|window| window.1.to_string()),
            contained: incident.contained.map(|time| time.to_string()),
            actors: &incident.actors,
            expected: &incident.expected,
        },
        restored: told.restored,
        hardened: told.hardened,
        restored_equal: told.comparison.unchanged,
        id_map: &told.comparison.id_map,
        missing: told.missing().into_iter().map(different).collect(),
        extra: told
            .extra()
            .into_iter()
            .map(|item| Extra { item, counts: told.counts(item), made_inside_the_incident: told.is_of_incident(item) })
            .collect(),
        different: told.different().into_iter().map(different).collect(),
        dangling: &told.aftermath.dangling,
        hardening: hardening
            .map(|(demand, one)| Row { demand: *demand, holds: one.holds, because: &one.because })
            .collect(),
        involved: &told.involved,
        profile: told.checked.as_ref().map(|checked| Checks {
            name: &checked.profile,
            checks: &checked.checks,
            findings: checked.findings.iter().map(|finding| finding.fingerprint).collect(),
            suppressed: checked.suppressed,
        }),
        made_inside_the_incident: &told.aftermath.made,
        exposed: told.exposed().map(|item| item.id.as_str()).collect(),
        not_checked: &told.comparison.not_checked,
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(|error| Stop::runtime(error.to_string()))?;
    out.push(b'\n');
    Ok(())
}
