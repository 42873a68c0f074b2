//! The earlier run that a scan is compared with: its JSON report, or its snapshot judged once more.

use std::path::Path;
use std::sync::Arc;

use crate::evaluate;
use crate::triage::{Against, Previous, Report};

use super::judge::{Asked, Judged};
use super::{Stop, by_account, files};

/// Compares the report with the earlier run at this path.
pub(super) fn compare(path: &Path, report: &Report, asked: &Asked<'_>) -> Result<Against, Stop> {
    let name = path.display().to_string();
    let previous = if files::is_json(path)? {
        Previous::read(&name, &files::read_bytes(path)?)
            .map_err(|error| Stop::usage(format!("cannot compare with `{name}`: {error}")))?
    } else {
        judged(path, asked)?
    };
    Ok(Against::of(&previous, report))
}

/// A snapshot, judged by today's catalogue, baselines and exceptions as of the time at which it was taken.
fn judged(path: &Path, asked: &Asked<'_>) -> Result<Previous, Stop> {
    let snapshot = files::open_snapshot(path)?;
    let survey = by_account::survey(&snapshot).map_err(|error| files::unusable(path, &error))?;
    let judged = Judged { snapshot: &snapshot, surroundings: Arc::new(survey.surroundings), statistics: None };
    let report = asked.judge(None, &judged, snapshot.provenance().taken_at, evaluate::Options::default())?;
    Ok(Previous {
        source: path.display().to_string(),
        taken_at: report.identity.taken_at,
        snapshot_sha256: report.identity.snapshot_sha256,
        catalog_sha256: report.identity.catalog_sha256,
        checks: report.rules.into_keys().collect(),
        findings: report.findings,
        suppressed: report.suppressed.into_iter().map(|one| one.finding.fingerprint).collect(),
    })
}
