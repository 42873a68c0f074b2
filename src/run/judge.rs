//! Inventory -> verdicts -> report -> files -> exit code.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::baseline::{Baseline, Found};
use crate::catalog::{self, Catalog, Check, Mapped};
use crate::cli::{GlobalArgs, JudgeArgs};
use crate::config::OnUnknown;
use crate::evaluate::{self, Judgement};
use crate::exceptions::Exception;
use crate::finding::{Finding, Severity, Status};
use crate::inventory::snapshot::Snapshot;
use crate::inventory::{self, Cell, Ledger, Statistics, Surroundings};
use crate::report::{self, Format};
use crate::triage::{Control, Coverage, CoverageGap, Framework, Identity, Outcome, Remediation, Report, Rule};

use super::iam::ways::OrganizationWays;
use super::settings::Settings;
use super::{Stop, against, baseline, by_account, exceptions, exit, files, terminal};

/// What is judged: a snapshot, and what is known of its accounts together.
pub(super) struct Judged<'a> {
    pub snapshot: &'a Snapshot,
    pub surroundings: Arc<Surroundings>,
    /// How it was read, if this run read it.
    pub statistics: Option<Statistics>,
}

/// Saves what was collected, if it is to be kept, and judges it.
#[cfg(feature = "aws")]
pub(super) fn collected(
    global: &GlobalArgs,
    settings: &Settings,
    args: &JudgeArgs,
    catalog: &Catalog,
    collected: super::collect::Collected,
    save: Option<&Path>,
) -> Result<u8, Stop> {
    let super::checkpoint::Finished { snapshot, survey, checkpoint } = collected.finished;
    if let Some(path) = save {
        super::save::save_snapshot(path, &snapshot)?;
    }
    let surroundings = Arc::new(survey.surroundings);
    let judged = Judged { snapshot: &snapshot, surroundings, statistics: Some(collected.statistics) };
    let code = report(global, settings, args, catalog, judged)?;
    checkpoint.discard();
    Ok(code)
}

/// Judges a snapshot, writes every report that was asked for, and says what the run came to.
pub(super) fn report(
    global: &GlobalArgs,
    settings: &Settings,
    args: &JudgeArgs,
    catalog: &Catalog,
    judged: Judged<'_>,
) -> Result<u8, Stop> {
    // A mistake in a file is told before the work.
    let asked = Asked::load(global, settings, args, catalog)?;
    let now = args.as_of.unwrap_or(judged.snapshot.provenance().taken_at);
    let fail_on = args.fail_on.or(settings.config.scan.fail_on).map_or(Severity::Low, |fail_on| fail_on.0);
    let on_unknown = args.on_unknown.or(settings.config.scan.on_unknown).unwrap_or_default();
    let options = evaluate::Options { passes: args.passes };
    let statistics = judged.statistics.clone();
    let report = asked.judge(Some(global), &judged, now, options)?;
    let mut report = Report { statistics, fail_on, ..report };
    if let Some(path) = &args.against {
        report.against = Some(against::compare(path, &report, &asked)?);
    }
    report.judge(has_unknown_regions(&judged.surroundings.ledger));
    let code = exit_code(&report, on_unknown, args.exit_zero);
    write(global, args, &report)?;
    terminal::result(&report::text::result_line(&report, code));
    Ok(code)
}

/// Everything that a snapshot is held against.
pub(super) struct Asked<'a> {
    pub catalog: &'a Catalog,
    pub baselines: Vec<Baseline>,
    pub accepted: Vec<Exception>,
}

impl<'a> Asked<'a> {
    fn load(
        global: &GlobalArgs,
        settings: &Settings,
        args: &JudgeArgs,
        catalog: &'a Catalog,
    ) -> Result<Asked<'a>, Stop> {
        let accepted = exceptions::load(global, settings, args)?;
        Ok(Asked { catalog, baselines: baseline::load(global, settings, &args.baselines)?, accepted })
    }

    /// Judges a snapshot as of a time. With `global` it is the one that the run is about, for which baselines that
    /// turn out to be mistaken end the run; an earlier one is only looked at.
    pub fn judge(
        &self,
        global: Option<&GlobalArgs>,
        judged: &Judged<'_>,
        now: Timestamp,
        options: evaluate::Options,
    ) -> Result<Report, Stop> {
        let cannot = |error| Stop::runtime(format!("cannot judge the snapshot: {error}"));
        let Judged { snapshot, surroundings, .. } = judged;
        let ways = OrganizationWays::new(snapshot, surroundings);
        let judgement = by_account::judge(snapshot, surroundings, &ways, self.catalog, now, options).map_err(cannot)?;
        let identity = identity(snapshot, self.catalog, now);
        let mut report = assemble(identity, self.catalog, surroundings, judgement);
        let found = match self.baselines.is_empty() {
            true => Found::default(),
            false => baseline::look(snapshot, surroundings, &ways, &self.baselines, now).map_err(cannot)?,
        };
        if let Some(global) = global {
            baseline::check(global, &self.baselines, &found)?;
        }
        baseline::tell(&mut report, &self.baselines, &found, &self.accepted);
        exceptions::apply(&mut report, &self.accepted);
        Ok(report)
    }
}

/// Names the checks that wait for each gap anew, after findings were added.
pub(super) fn wait_for(report: &mut Report) {
    let mut waiting: BTreeMap<&Cell, BTreeSet<&str>> = BTreeMap::new();
    for finding in &report.findings {
        if let Status::Unknown(missing) = &finding.status {
            for cell in &missing.cells {
                waiting.entry(cell).or_default().insert(&finding.rule);
            }
        }
    }
    for gap in &mut report.coverage.gaps {
        gap.checks = waiting.get(&gap.cell).into_iter().flatten().map(|id| (*id).to_owned()).collect();
    }
}

fn identity(snapshot: &Snapshot, catalog: &Catalog, as_of: Timestamp) -> Identity {
    let provenance = snapshot.provenance();
    Identity {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: provenance.taken_at,
        as_of,
        caller: provenance.caller.clone(),
        source: provenance.source.clone(),
        catalog_sha256: catalog.sha256(),
        snapshot_sha256: snapshot.sha256().to_owned(),
    }
}

/// A report of what was judged, before exceptions and comparison; [`Report::judge`] is to follow.
fn assemble(identity: Identity, catalog: &Catalog, surroundings: &Surroundings, judgement: Judgement) -> Report {
    let regional = surroundings.ledger.scopes().filter(|scope| !scope.region.is_global());
    let regions: BTreeSet<String> = regional.map(|scope| scope.region.to_string()).collect();
    Report {
        identity,
        outcome: Outcome::Pass,
        fail_on: Severity::Low,
        accounts: surroundings.accounts.clone(),
        regions: regions.into_iter().collect(),
        rules: catalog.checks().map(|check| (check.id.as_str().to_owned(), rule(check))).collect(),
        coverage: coverage(&surroundings.ledger, &judgement.findings),
        findings: judgement.findings,
        suppressed: Vec::new(),
        exceptions: Vec::new(),
        against: None,
        tallies: judgement.tallies,
        frameworks: catalog.frameworks().iter().map(framework).collect(),
        resources: surroundings.len(),
        statistics: None,
    }
}

/// Whether some account may have regions that nobody knows of: what is in them
/// is in no finding, and yet not known.
pub(super) fn has_unknown_regions(ledger: &Ledger) -> bool {
    ledger.outcomes_of("ec2:DescribeRegions").any(|(_, outcome)| *outcome != inventory::Outcome::Complete)
}

fn framework(mapped: &Mapped) -> Framework {
    let of = &mapped.framework;
    let control = |(control, checks): (&catalog::Control, &BTreeSet<String>)| Control {
        id: control.id.clone(),
        title: control.title.clone(),
        level: control.level,
        manual: control.manual.clone(),
        beyond: control.beyond.clone(),
        checks: checks.iter().cloned().collect(),
    };
    Framework {
        id: of.id.clone(),
        name: of.name.clone(),
        version: of.version.clone(),
        source: of.source.clone(),
        controls: of.controls.iter().zip(&mapped.checks).map(control).collect(),
    }
}

fn rule(check: &Check) -> Rule {
    Rule {
        id: check.id.as_str().to_owned(),
        title: check.title.clone(),
        severity: check.severity,
        resource_types: check.resource_types().map(|of| of.name().to_owned()).collect(),
        rationale: check.rationale.clone(),
        remediation: Remediation {
            text: check.remediation.text.clone(),
            cli: check.remediation.cli.clone(),
            terraform: check.remediation.terraform.clone(),
        },
        references: check.references.clone(),
        controls: check.controls.clone(),
        path: check.location.path.to_string(),
        line: check.location.line,
    }
}

/// The ledger's gaps, and for each the checks that could not tell because of it.
fn coverage(ledger: &Ledger, findings: &[Finding]) -> Coverage {
    let mut waiting: BTreeMap<&Cell, BTreeSet<&str>> = BTreeMap::new();
    for finding in findings {
        if let Status::Unknown(missing) = &finding.status {
            for cell in &missing.cells {
                waiting.entry(cell).or_default().insert(&finding.rule);
            }
        }
    }
    let (cells, complete) = ledger.coverage();
    let gaps = ledger.gaps().map(|(cell, gap)| CoverageGap {
        checks: waiting.get(&cell).into_iter().flatten().map(|id| (*id).to_owned()).collect(),
        cell,
        gap: gap.clone(),
    });
    Coverage { cells, complete, gaps: gaps.collect() }
}

fn exit_code(report: &Report, on_unknown: OnUnknown, exit_zero: bool) -> u8 {
    match report.outcome {
        _ if exit_zero => exit::CLEAN,
        Outcome::Fail => exit::FINDINGS,
        Outcome::Incomplete if on_unknown == OnUnknown::Fail => exit::INCOMPLETE,
        Outcome::Incomplete | Outcome::Pass => exit::CLEAN,
    }
}

/// Where the reports go: files, each with its format, and the one on standard output.
struct Destinations<'a> {
    files: Vec<(Format, &'a Path)>,
    stdout: Format,
}

impl Destinations<'_> {
    fn of(args: &JudgeArgs) -> Result<Destinations<'_>, Stop> {
        let mut files = Vec::new();
        let mut stdout: Vec<Format> = args.format.into_iter().collect();
        for output in &args.outputs {
            match output.path.as_deref() {
                Some(path) if files.iter().any(|(_, taken)| *taken == path) => {
                    return Err(Stop::usage(format!("two reports cannot go to `{}`", path.display())));
                }
                Some(path) => files.push((output.format, path)),
                None => stdout.push(output.format),
            }
        }
        match stdout[..] {
            [] => Ok(Destinations { files, stdout: Format::Text }),
            [stdout] => Ok(Destinations { files, stdout }),
            _ => Err(Stop::usage("only one report can go to standard output")),
        }
    }
}

/// A report that cannot be written is told before the work and not after it.
pub(super) fn check_destinations(args: &JudgeArgs) -> Result<(), Stop> {
    Destinations::of(args)?.files.into_iter().try_for_each(|(_, path)| files::check_writable(path))
}

/// Files first: they are whole and synced before anything can end the process.
fn write(global: &GlobalArgs, args: &JudgeArgs, report: &Report) -> Result<(), Stop> {
    let destinations = Destinations::of(args)?;
    let plain = report::Options { colour: false, limit: None, ..report::Options::default() };
    for (format, path) in destinations.files {
        files::write_whole(path, |out| report::write(format, report, out, &plain))?;
        terminal::note(global, &format!("{format} report: {}", path.display()));
    }
    let options = report::Options {
        colour: terminal::stdout_color(global),
        width: terminal::width(),
        limit: if args.all { None } else { report::Options::default().limit },
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    report::write(destinations.stdout, report, &mut out, &options)?;
    out.flush()?;
    Ok(())
}
