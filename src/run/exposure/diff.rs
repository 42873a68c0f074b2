//! `driftline exposure diff`: what a change opened and closed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::cli::{ExposureDiffArgs, ExposureDiffFormat, WriteTo};
use crate::model::exposure::diff::{Change, Diff, Drift, Side, Witnessed, diff};
use crate::model::topology::Topology;
use crate::net::PacketSet;
use crate::report::sanitize;
use crate::run::reach::write;
use crate::run::{Stop, exit, files};

use super::json::{Rectangle, missing, rectangles};

const SCHEMA: &str = "https://driftline.dev/schemas/exposure-diff-1";

pub(super) fn run(args: &ExposureDiffArgs) -> Result<u8, Stop> {
    let ((path_before, before), (path_after, after)) = (named(&args.before), named(&args.after));
    if before.is_some() != after.is_some() {
        return Err(Stop::usage("name one thing in both snapshots (`SNAPSHOT#ID`), or in neither"));
    }
    let inventory_before = files::load_snapshot(Path::new(path_before))?;
    let inventory_after = files::load_snapshot(Path::new(path_after))?;
    let (network_before, network_after) = (Topology::new(&inventory_before), Topology::new(&inventory_after));
    let sides = [Side { topology: &network_before, only: before }, Side { topology: &network_after, only: after }];
    let [before, after] = sides;
    let diff = diff(before, after).map_err(|error| Stop::usage(error.to_string()))?;
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        match output.format {
            ExposureDiffFormat::Json => json(&mut out, &diff)?,
            ExposureDiffFormat::Text => text(&mut out, &diff)?,
        }
        write(output.path.as_deref(), &out)?;
    }
    Ok(match diff.verdict {
        Drift::Widened | Drift::Mixed => exit::FINDINGS,
        Drift::Unknown => exit::INCOMPLETE,
        Drift::Equal | Drift::Latent | Drift::Narrowed => exit::CLEAN,
    })
}

/// A snapshot's path, and the one thing that is meant in it. A file of that whole name counts as a file.
fn named(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once('#') {
        Some((path, id)) if !id.is_empty() && !Path::new(text).exists() => (path, Some(id)),
        _ => (text, None),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    changes: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    level: &'static str,
    resource: &'a str,
    interface: Option<&'a str>,
    address: Option<&'a str>,
    class: Option<&'static str>,
    direction: Option<&'static str>,
    verdict: &'static str,
    masked_by: Option<&'a str>,
    opened: Vec<Rectangle>,
    closed: Vec<Rectangle>,
    witness: Option<ToldWitness<'a>>,
    cause: &'a str,
    missing: Vec<String>,
}

#[derive(Serialize)]
struct ToldWitness<'a> {
    from: String,
    to: &'a str,
    protocol: String,
    port: Option<u16>,
    before: &'static str,
    after: &'static str,
}

fn json(out: &mut Vec<u8>, diff: &Diff) -> Result<(), Stop> {
    let document =
        Document { schema: SCHEMA, verdict: diff.verdict.as_str(), changes: diff.changes.iter().map(row).collect() };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(|error| Stop::runtime(error.to_string()))?;
    out.push(b'\n');
    Ok(())
}

fn row(change: &Change) -> Row<'_> {
    Row {
        level: change.level.as_str(),
        resource: &change.resource,
        interface: change.interface.as_deref(),
        address: change.address.as_deref(),
        class: change.class.map(|class| class.as_str()),
        direction: change.direction.map(|direction| direction.as_str()),
        verdict: change.verdict.as_str(),
        masked_by: change.masked_by.as_deref(),
        opened: all(&change.opened, &change.opened_to),
        closed: all(&change.closed, &change.closed_to),
        witness: change.witness.as_ref().map(told),
        cause: &change.cause,
        missing: change.missing.iter().map(missing).collect(),
    }
}

fn all(set: &PacketSet, by_group: &BTreeMap<String, PacketSet>) -> Vec<Rectangle> {
    let mut out = rectangles(set);
    for (group, set) in by_group {
        // The members may be anywhere; what counts is what they may send, in either family the same.
        let mut of_group = rectangles(set);
        of_group.iter_mut().for_each(|one| one.of_members(group));
        of_group.dedup();
        out.extend(of_group);
    }
    out
}

fn told(witnessed: &Witnessed) -> ToldWitness<'_> {
    ToldWitness {
        from: witnessed.witness.from.to_string(),
        to: &witnessed.witness.to,
        protocol: witnessed.witness.protocol(),
        port: witnessed.witness.port(),
        before: witnessed.before.as_str(),
        after: witnessed.after.as_str(),
    }
}

fn text(out: &mut Vec<u8>, diff: &Diff) -> std::io::Result<()> {
    let visible = |text: &str| sanitize::visible(text).into_owned();
    writeln!(out, "{}: {}", diff.verdict.as_str(), in_words(diff.verdict))?;
    for change in &diff.changes {
        let place = match (&change.address, change.direction) {
            (Some(address), _) => format!(" {address}"),
            (None, Some(direction)) => format!(" {}", direction.as_str()),
            (None, None) => String::new(),
        };
        writeln!(out)?;
        writeln!(
            out,
            "{} {}{} ({}): {}",
            change.verdict.as_str(),
            visible(&change.resource),
            visible(&place),
            change.level.as_str(),
            visible(&change.cause)
        )?;
        for (sign, set, by_group) in
            [("+", &change.opened, &change.opened_to), ("-", &change.closed, &change.closed_to)]
        {
            for region in set.regions() {
                writeln!(out, "  {sign} {}", visible(&region.to_string()))?;
            }
            for (group, set) in by_group {
                let mut traffic: Vec<String> = set.regions().iter().map(|region| region.traffic()).collect();
                traffic.dedup();
                writeln!(out, "  {sign} {} from members of {}", traffic.join("; "), visible(group))?;
            }
        }
        if let Some(gate) = &change.masked_by {
            writeln!(out, "  still kept out by {}", visible(gate))?;
        }
        if let Some(one) = &change.witness {
            let port = one.witness.port().map(|port| format!(" {port}")).unwrap_or_default();
            let (from, to, protocol) = (one.witness.from, visible(&one.witness.to), one.witness.protocol());
            let (before, after) = (one.before.as_str(), one.after.as_str());
            writeln!(out, "  for example {from} -> {to} {protocol}{port}: was {before}, is {after}")?;
        }
        if let Some(why) = &change.missing {
            writeln!(out, "  not read: {}", visible(&missing(why)))?;
        }
    }
    Ok(())
}

fn in_words(verdict: Drift) -> &'static str {
    match verdict {
        Drift::Equal => "nothing that is answered has changed",
        Drift::Unknown => "something that decides was not read",
        Drift::Latent => "nothing that is answered has changed, but rules let in more than before",
        Drift::Narrowed => "less is answered than before",
        Drift::Widened => "more is answered than before",
        Drift::Mixed => "some is answered that was not before, and some is not any more",
    }
}
