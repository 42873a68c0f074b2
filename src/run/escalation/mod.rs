//! `driftline iam admins` and `driftline iam paths`: who may do everything, and who can come to.

mod graph;
mod json;
mod text;

use std::io::Write;
use std::path::Path;

use crate::cli::{AdminsArgs, AdminsFormat, GraphFormat, PathsArgs, PathsFormat, WriteTo};
use crate::inventory::snapshot::SnapshotError;
use crate::model::escalation::{Finding, Goal, Verdict, Wanted};

use super::iam::named;
use super::iam::organization::Organization;
use super::{Stop, exit, files};

pub(super) fn admins(args: &AdminsArgs) -> Result<u8, Stop> {
    let snapshot = files::open_snapshot(&args.snapshot)?;
    let unusable = |error: SnapshotError| files::unusable(&args.snapshot, &error);
    let whole = Organization::survey(&snapshot)
        .and_then(|organization| organization.everybody(Wanted::Remarkable))
        .map_err(unusable)?;
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    let mut unknown = false;
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        // Of an organization there may be a million: each is told and not kept.
        write(output.path.as_deref(), |out| {
            let mut admins = text::Admins::default();
            whole.each(|finding| {
                unknown |= finding.verdict == Verdict::Unknown;
                match output.format {
                    AdminsFormat::Text => admins.add(out, finding),
                    AdminsFormat::Json if finding.is_effective_admin() => json::write(out, &finding),
                    AdminsFormat::Json => Ok(()),
                }
            })?;
            match output.format {
                AdminsFormat::Text => admins.finish(out, whole.count()),
                AdminsFormat::Json => Ok(()),
            }
        })?;
    }
    Ok(code(unknown))
}

pub(super) fn paths(args: &PathsArgs) -> Result<u8, Stop> {
    let snapshot = files::open_snapshot(&args.snapshot)?;
    let unusable = |error: SnapshotError| files::unusable(&args.snapshot, &error);
    let format = match args.graph {
        Some(GraphFormat::Dot) => PathsFormat::Dot,
        Some(GraphFormat::Mermaid) => PathsFormat::Mermaid,
        None => args.format,
    };
    let first = WriteTo { format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    let outputs: Vec<&WriteTo<PathsFormat>> = args.outputs.iter().chain((!to_stdout).then_some(&first)).collect();
    let whole = match &args.from {
        None => {
            // Only JSON has a line for those of whom there is nothing to tell.
            let all = outputs.iter().any(|output| output.format == PathsFormat::Json);
            let wanted = if all { Wanted::Everybody } else { Wanted::Remarkable };
            Organization::survey(&snapshot).and_then(|organization| organization.everybody(wanted)).map_err(unusable)?
        }
        Some(from) => {
            let name = |wanted: &str| named::principal(&snapshot, &args.snapshot, wanted, named::Who::UsersAndRoles);
            let from = name(from)?;
            let to = if args.to == "admin" { None } else { Some(name(&args.to)?) };
            let goal = to.as_deref().map_or(Goal::Administrators, Goal::Principal);
            Organization::survey(&snapshot).and_then(|organization| organization.one(&from, goal)).map_err(unusable)?
        }
    };
    // Of those of whom there is nothing to tell, there may be millions: they are told and not kept.
    let mut findings: Vec<Finding> = Vec::new();
    if outputs.iter().any(|output| output.format != PathsFormat::Json) {
        whole.each(|finding| {
            if finding.verdict != Verdict::None || !args.all {
                findings.push(finding);
            }
            Ok::<(), Stop>(())
        })?;
    }
    let mut unknown = findings.iter().any(|finding| finding.verdict == Verdict::Unknown);
    for output in outputs {
        write(output.path.as_deref(), |out| match output.format {
            PathsFormat::Text => text::paths(out, &findings, (args.all).then(|| whole.count())),
            PathsFormat::Json => whole.each(|finding| {
                unknown |= finding.verdict == Verdict::Unknown;
                json::write(out, &finding)
            }),
            PathsFormat::Dot => graph::dot(out, &findings),
            PathsFormat::Mermaid => graph::mermaid(out, &findings),
        })?;
    }
    Ok(code(unknown))
}

/// Writes a file whole, or to standard output.
fn write(path: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Stop> {
    match path {
        Some(path) => files::write_whole(path, write),
        None => {
            let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
            write(&mut stdout)?;
            Ok(stdout.flush()?)
        }
    }
}

fn code(unknown: bool) -> u8 {
    if unknown { exit::INCOMPLETE } else { exit::CLEAN }
}
