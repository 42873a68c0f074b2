//! What is in a snapshot, in a screenful.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use crate::inventory::Surroundings;
use crate::inventory::snapshot::Snapshot;
use crate::report::sanitize;

use super::by_account::{self, Survey};
use super::{Stop, exit, files};

pub(super) fn show(path: &Path) -> Result<u8, Stop> {
    let snapshot = files::open_snapshot(path)?;
    let survey = by_account::survey(&snapshot).map_err(|error| files::unusable(path, &error))?;
    summary(&snapshot, &survey, path)?;
    Ok(exit::CLEAN)
}

/// Says what was written; incomplete coverage has an exit code of its own.
#[cfg(feature = "aws")]
pub(super) fn summarize(snapshot: &Snapshot, survey: &Survey, path: &Path) -> Result<u8, Stop> {
    summary(snapshot, survey, path)?;
    let ledger = &survey.surroundings.ledger;
    let gaps = ledger.gaps().any(|(_, gap)| gap.reason != crate::inventory::Reason::SkippedByConfig);
    Ok(if gaps { exit::INCOMPLETE } else { exit::CLEAN })
}

pub(super) fn summary(snapshot: &Snapshot, survey: &Survey, path: &Path) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    let Surroundings { accounts, ledger, numbers, .. } = &survey.surroundings;
    let provenance = snapshot.provenance();
    writeln!(out, "snapshot       {}", path.display())?;
    writeln!(out, "sha256         {}", snapshot.sha256())?;
    writeln!(out, "taken          {} by driftline {}", provenance.taken_at, provenance.tool_version)?;
    if let Some(caller) = &provenance.caller {
        writeln!(out, "caller         {}", sanitize::visible(caller.as_str()))?;
    }
    writeln!(out, "source         {}", sanitize::visible(&provenance.source))?;
    let regions: BTreeSet<_> =
        ledger.scopes().filter(|scope| !scope.region.is_global()).map(|scope| scope.region.as_str()).collect();
    writeln!(out, "accounts       {}", accounts.len())?;
    writeln!(out, "regions        {} ({})", regions.len(), regions.into_iter().collect::<Vec<_>>().join(", "))?;
    let (cells, complete) = ledger.coverage();
    writeln!(out, "coverage       {complete} of {cells} cells complete")?;
    writeln!(out, "resources      {}", survey.surroundings.len())?;
    let by_name: BTreeMap<_, _> = numbers.iter().map(|(of, number)| (of.name(), number)).collect();
    for (name, number) in by_name {
        writeln!(out, "  {number:>7}  {name}")?;
    }
    let mut gaps: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (cell, gap) in ledger.gaps() {
        gaps.entry((gap.reason, cell.operation)).or_default().push((cell.scope, gap));
    }
    if !gaps.is_empty() {
        writeln!(out, "not read")?;
    }
    for ((reason, operation), places) in gaps {
        if let Some((scope, gap)) = places.first() {
            let more = if places.len() > 1 { format!(" and {} more", places.len() - 1) } else { String::new() };
            writeln!(out, "  {reason:<14} {operation}  {scope}{more}: {}", sanitize::visible(&gap.message))?;
        }
    }
    for (of, number) in &survey.ignored {
        let of = sanitize::visible(of);
        writeln!(out, "not known      {number} of {of}: a type that this driftline does not know")?;
    }
    Ok(())
}
