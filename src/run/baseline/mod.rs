//! Declared baselines: read, compared with a snapshot, told in its report.

mod accept;
mod lint;
mod record;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::arn::Scope;
use crate::baseline::{self, Baseline, Found};
use crate::catalog::Catalog;
use crate::cli::{BaselineCommand, BaselineCompareArgs, GlobalArgs};
use crate::drift::{self, Foreign, References, Side};
use crate::evaluate;
use crate::exceptions::{About, Exception, State, Use};
use crate::finding::{Severity, Status};
use crate::inventory::snapshot::{Snapshot, SnapshotError};
use crate::inventory::{Inventory, Surroundings};
use crate::model::Model;
use crate::resource::ResourceType;
use crate::triage::{Remediation, Report, Rule};

use super::iam::ways::OrganizationWays;
use super::settings::{Settings, refuse};
use super::{Stop, by_account, exceptions, files, judge, terminal};

pub(super) fn run(global: &GlobalArgs, command: &BaselineCommand) -> Result<u8, Stop> {
    match command {
        BaselineCommand::Record(args) => record::run(args),
        BaselineCommand::Compare(args) => compare(global, args),
        BaselineCommand::Accept(args) => accept::run(global, args),
        BaselineCommand::Lint(args) => lint::run(global, args),
    }
}

/// `driftline baseline compare`: a scan of a snapshot with no checks.
fn compare(global: &GlobalArgs, args: &BaselineCompareArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let mut with = args.judge.clone();
    with.baselines.extend(args.paths.iter().cloned());
    if with.baselines.is_empty() && settings.config.scan.baselines.is_empty() {
        return Err(Stop::usage("no baseline is named: give a file or a folder, or scan.baselines in driftline.toml"));
    }
    judge::check_destinations(&with)?;
    settings.tell(global);
    let snapshot = files::open_snapshot(&args.snapshot)?;
    let survey = by_account::survey(&snapshot).map_err(|error| files::unusable(&args.snapshot, &error))?;
    let surroundings = Arc::new(survey.surroundings);
    let judged = judge::Judged { snapshot: &snapshot, surroundings, statistics: None };
    let (none, _) = Catalog::parse([]);
    judge::report(global, &settings, &with, &none, judged)
}

/// The baselines that count for a run: those of the flags, or else those of driftline.toml.
pub(super) fn load(global: &GlobalArgs, settings: &Settings, flags: &[PathBuf]) -> Result<Vec<Baseline>, Stop> {
    let of_config = settings.config.scan.baselines.iter().filter_map(|path| settings.beside(path));
    let paths: Vec<PathBuf> = if flags.is_empty() { of_config.collect() } else { flags.to_vec() };
    let mut baselines = Vec::new();
    let mut diagnostics = Vec::new();
    for path in &paths {
        for source in files::toml_sources(path)? {
            let (one, mistakes) = baseline::read(source);
            diagnostics.extend(mistakes);
            baselines.push(one);
        }
    }
    refuse(global, diagnostics)?;
    if !paths.is_empty() && baselines.is_empty() {
        return Err(Stop::usage("the folders of baselines hold no file that ends in .toml"));
    }
    Ok(baselines)
}

/// Compares every account of a snapshot.
///
/// # Errors
/// A part is damaged.
pub(super) fn look(
    snapshot: &Snapshot,
    surroundings: &Arc<Surroundings>,
    ways: &OrganizationWays<'_>,
    baselines: &[Baseline],
    now: Timestamp,
) -> Result<Found, SnapshotError> {
    let foreign = foreign(snapshot)?;
    let accounts: Vec<_> = snapshot.accounts().collect();
    let mut all = Found::default();
    by_account::on_all_cores(
        &accounts,
        |account| {
            let over = |part: Inventory| part.over(account.clone(), Arc::clone(surroundings));
            let inventory = over(snapshot.load(account)?.inventory);
            let names = drift::names_of(&inventory, Arc::clone(&foreign));
            let (side, model) = (Side::new(&inventory, names), Model::new(&inventory, now).among(ways));
            let added = |unwanted: &[(Scope, ResourceType, String)]| {
                let before = over(baseline::without(&inventory, unwanted));
                drift::compare(&before, &inventory, [Arc::clone(&foreign), Arc::clone(&foreign)])
            };
            Ok(baseline::compare(baselines, &model, &side, &added))
        },
        |one| all.absorb(one),
    )?;
    // Accounts come in no order.
    all.deviations.sort_by(|a, b| a.item.order().cmp(&b.item.order()));
    all.unchecked.sort_by(|a, b| {
        (&a.scope, a.resource_type, &a.key, &a.path).cmp(&(&b.scope, b.resource_type, &b.key, &b.path))
    });
    Ok(all)
}

/// What accounts name of each other's resources.
fn foreign(snapshot: &Snapshot) -> Result<Arc<Foreign>, SnapshotError> {
    let accounts: Vec<_> = snapshot.accounts().collect();
    let mut foreign = Foreign::of(accounts.iter().cloned());
    if accounts.len() > 1 {
        let mut references = References::default();
        // In the order of accounts: whose view of a shared thing counts must not depend on another.
        for account in &accounts {
            references.note(account, &snapshot.load(account)?.inventory);
        }
        for owner in references.owners() {
            let part = snapshot.load(&owner)?.inventory;
            let mut same = foreign.clone();
            drift::note_owner([&mut foreign, &mut same], [&references, &references], &owner, [&part, &part]);
        }
    }
    Ok(Arc::new(foreign))
}

/// Refuses baselines that the comparison shows to be mistaken, and says what was not compared.
pub(super) fn check(global: &GlobalArgs, baselines: &[Baseline], found: &Found) -> Result<(), Stop> {
    refuse(global, baseline::mistakes(baselines, found))?;
    let entries: usize = baselines.iter().map(|one| one.entries.len()).sum();
    let beside = baseline::beside(baselines, found);
    if entries > 0 && beside == entries {
        return Err(Stop::usage("no entry of the baseline is about an account and region of the snapshot"));
    }
    if beside > 0 {
        terminal::warn(
            global,
            &format!("{beside} of {entries} entries are about no account or region of the snapshot"),
        );
    }
    for ((file, number), hidden) in &found.hidden {
        let ignore = baselines.get(*file).and_then(|one| Some((one, one.ignores.get(*number)?)));
        if let Some((baseline, ignore)) = ignore {
            let at = baseline.location(ignore.span);
            terminal::note(
                global,
                &format!(
                    "{}:{}: {hidden} differences of {} are ignored: {}",
                    at.path, at.line, ignore.path, ignore.reason
                ),
            );
        }
    }
    Ok(())
}

/// Puts what was found into a report, less what exceptions accept.
pub(super) fn tell(report: &mut Report, baselines: &[Baseline], found: &Found, accepted: &[Exception]) {
    if baselines.is_empty() {
        let of_drift = accepted.iter().filter(|one| matches!(one.about, About::Drift { .. }));
        let why = "no baseline was compared";
        report.exceptions.extend(
            of_drift.map(|one| Use { exception: one.clone(), state: State::NotLooked { why: why.to_owned() } }),
        );
        return;
    }
    let told = baseline::tell(found, accepted, exceptions::day(report.identity.as_of));
    let rule: Arc<str> = baseline::RULE.into();
    let tallied = told.findings.iter().map(|finding| (&finding.scope.account, &finding.status, false));
    let covered = told.suppressed.iter().map(|one| (&one.finding.scope.account, &one.finding.status, true));
    for (account, status, suppressed) in tallied.chain(covered) {
        let tally = report.tallies.entry(&rule, account);
        match status {
            _ if suppressed => tally.suppressed += 1,
            Status::Unknown(_) => tally.unknown += 1,
            _ => tally.fail += 1,
        }
    }
    for (account, kept) in &found.kept {
        let tally = report.tallies.entry(&rule, account);
        tally.pass += *kept as u64;
    }
    report.findings.extend(told.findings);
    evaluate::sort(&mut report.findings);
    report.suppressed.extend(told.suppressed);
    report.exceptions.extend(told.uses);
    judge::wait_for(report);
    report.rules.insert(rule.to_string(), as_rule(rule.to_string(), baselines));
}

fn as_rule(id: String, baselines: &[Baseline]) -> Rule {
    let types = baselines.iter().flat_map(|one| one.entries.iter().map(|entry| entry.resource_type.name().to_owned()));
    let types: std::collections::BTreeSet<String> = types.collect();
    Rule {
        id,
        title: "What is there is not what the baseline wants".to_owned(),
        severity: Severity::Medium,
        resource_types: types.into_iter().collect(),
        rationale: "Somebody wrote down what should be there, and something else is.".to_owned(),
        remediation: Remediation {
            text: "Undo the change; or make it the new normal in the baseline; or accept it for a while with \
                   `driftline baseline accept`."
                .to_owned(),
            ..Remediation::default()
        },
        references: Vec::new(),
        controls: std::collections::BTreeMap::new(),
        path: baselines.first().map_or_else(String::new, |one| one.file.path.clone()),
        line: 1,
    }
}
