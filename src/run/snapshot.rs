//! What is in a snapshot, in a screenful.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::inventory::Inventory;
use crate::report::sanitize;

use super::{Stop, exit, files};

pub(super) fn show(path: &Path) -> Result<u8, Stop> {
    let loaded = files::load_snapshot(path)?;
    summary(&loaded.inventory, &loaded.sha256, path)?;
    let mut out = std::io::stdout().lock();
    for part in &loaded.ignored {
        writeln!(out, "not read       {part}: a type that this driftline does not know")?;
    }
    Ok(exit::CLEAN)
}

/// Says what was written; incomplete coverage has an exit code of its own.
#[cfg(feature = "aws")]
pub(super) fn summarize(inventory: &Inventory, sha256: &str, path: &Path) -> Result<u8, Stop> {
    summary(inventory, sha256, path)?;
    let gaps = inventory.ledger.gaps().any(|(_, gap)| gap.reason != crate::inventory::Reason::SkippedByConfig);
    Ok(if gaps { exit::INCOMPLETE } else { exit::CLEAN })
}

fn summary(inventory: &Inventory, sha256: &str, path: &Path) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    let provenance = &inventory.provenance;
    writeln!(out, "snapshot       {}", path.display())?;
    writeln!(out, "sha256         {sha256}")?;
    writeln!(out, "taken          {} by driftline {}", provenance.taken_at, provenance.tool_version)?;
    if let Some(caller) = &provenance.caller {
        writeln!(out, "caller         {}", sanitize::visible(caller.as_str()))?;
    }
    writeln!(out, "source         {}", sanitize::visible(&provenance.source))?;
    let scopes = inventory.ledger.scopes();
    let regions: std::collections::BTreeSet<_> =
        scopes.iter().filter(|scope| !scope.region.is_global()).map(|scope| scope.region.as_str()).collect();
    writeln!(out, "accounts       {}", inventory.accounts.len())?;
    writeln!(out, "regions        {} ({})", regions.len(), regions.into_iter().collect::<Vec<_>>().join(", "))?;
    let (cells, complete) = inventory.ledger.coverage();
    writeln!(out, "coverage       {complete} of {cells} cells complete")?;
    writeln!(out, "resources      {}", inventory.len())?;
    let mut by_type: BTreeMap<_, usize> = BTreeMap::new();
    for (key, _) in inventory.resources() {
        *by_type.entry(key.resource_type.name()).or_default() += 1;
    }
    for (name, number) in by_type {
        writeln!(out, "  {number:>7}  {name}")?;
    }
    let mut gaps: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (cell, gap) in inventory.ledger.gaps() {
        gaps.entry((gap.reason, &cell.operation)).or_default().push((&cell.scope, gap));
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
    Ok(())
}
