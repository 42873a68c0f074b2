//! `driftline diff`: what has changed between two snapshots, account by account.

mod csv;
mod findings;
pub(super) mod json;
pub(super) mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::arn::AccountId;
use crate::cli::{
    DiffArgs, DiffFailOn, DiffFormat, DiffReportArgs, DiffSelectionArgs, GlobalArgs, OnlyEffect, WriteTo,
};
use crate::config::OnUnknown;
use crate::drift::{self, Comparison, Effect, Foreign, Item, References};
use crate::inventory::snapshot::{Snapshot, SnapshotError};
use crate::inventory::{Inventory, Provenance, Surroundings};
use crate::report::{Format, Options};
use crate::resource::ResourceType;
use crate::text::{Glob, did_you_mean};

use super::by_account::{look_again, on_all_cores};
use super::reach::write;
use super::{Stop, exit, files, terminal};

/// A snapshot as a report names it.
#[derive(Clone, Copy)]
pub(super) struct Compared<'a> {
    pub path: &'a Path,
    pub snapshot: &'a Snapshot,
}

impl Compared<'_> {
    fn provenance(&self) -> &Provenance {
        self.snapshot.provenance()
    }
}

/// Everything that writers tell of.
pub(super) struct Told<'a> {
    pub old: Compared<'a>,
    pub new: Compared<'a>,
    /// What one has to know of the two snapshots before one reads on.
    pub notes: Vec<String>,
    pub comparison: Comparison,
    pub fail_on: DiffFailOn,
    pub outcome: Outcome,
    pub all: bool,
}

/// What the run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Pass,
    Fail,
    Incomplete,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Incomplete => "incomplete",
        }
    }
}

pub(super) fn run(global: &GlobalArgs, args: &DiffArgs) -> Result<u8, Stop> {
    check_destinations(&args.report)?;
    let (old, new) = (files::open_snapshot(&args.old)?, files::open_snapshot(&args.new)?);
    let filter = Filter::of(&args.selection, [&old, &new])?;
    let unusable = |which: &Path, error: &SnapshotError| files::unusable(which, error);
    let sides = [(args.old.as_path(), &old), (args.new.as_path(), &new)];
    let wanted = |account: &AccountId| filter.wants_account(account);
    let read = compare(sides, wanted, |_, _| ()).map_err(|(path, error)| unusable(path, &error))?;
    let Read { mut comparison, ignored, .. } = read;
    filter.apply(&mut comparison);
    let (old, new) = (Compared { path: &args.old, snapshot: &old }, Compared { path: &args.new, snapshot: &new });
    let notes = notes(&old, &new, &ignored);
    let outcome = outcome(&comparison, args.report.fail_on);
    let told = Told { old, new, notes, comparison, fail_on: args.report.fail_on, outcome, all: args.report.all };
    write_all(global, &args.report, &told)?;
    let code = exit_code(told.outcome, &args.report);
    terminal::result(&result_line(&told.comparison, told.outcome, code));
    Ok(code)
}

fn outcome(comparison: &Comparison, fail_on: DiffFailOn) -> Outcome {
    if comparison.items.iter().any(|item| fails(item, fail_on)) {
        Outcome::Fail
    } else if comparison.not_checked.is_empty() {
        Outcome::Pass
    } else {
        Outcome::Incomplete
    }
}

/// Whether a difference fails the run.
pub(super) fn fails(item: &Item, fail_on: DiffFailOn) -> bool {
    match fail_on {
        DiffFailOn::Any => true,
        DiffFailOn::Weakening => item.effect.may_weaken(),
        DiffFailOn::Severity(severity) => item.severity >= severity,
    }
}

fn exit_code(outcome: Outcome, args: &DiffReportArgs) -> u8 {
    match outcome {
        _ if args.exit_zero => exit::CLEAN,
        Outcome::Fail => exit::FINDINGS,
        Outcome::Incomplete if args.on_unknown == OnUnknown::Fail => exit::INCOMPLETE,
        Outcome::Incomplete | Outcome::Pass => exit::CLEAN,
    }
}

/// The last line on standard error, for scripts.
fn result_line(comparison: &Comparison, outcome: Outcome, code: u8) -> String {
    let mut line = format!("RESULT {} differences={}", outcome.as_str(), comparison.items.len());
    for effect in Effect::ALL {
        let number = comparison.items.iter().filter(|item| item.effect == effect).count();
        if number > 0 {
            line.push_str(&format!(" {effect}={number}"));
        }
    }
    line.push_str(&format!(" not_checked={} exit={code}", comparison.not_checked.len()));
    line
}

/// What the user wants to see.
struct Filter {
    only: Vec<OnlyEffect>,
    accounts: BTreeSet<AccountId>,
    regions: Vec<Glob>,
    types: Vec<Glob>,
}

impl Filter {
    fn of(args: &DiffSelectionArgs, snapshots: [&Snapshot; 2]) -> Result<Filter, Stop> {
        let known: BTreeSet<AccountId> = snapshots.iter().flat_map(|snapshot| snapshot.accounts()).collect();
        let mut accounts = BTreeSet::new();
        for text in &args.accounts {
            match text.parse::<AccountId>() {
                Ok(account) if known.contains(&account) => drop(accounts.insert(account)),
                Ok(_) => {
                    let meant = did_you_mean(text, known.iter().map(AccountId::as_str));
                    let hint = meant.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
                    return Err(Stop::usage(format!("account `{text}` is in neither snapshot{hint}")));
                }
                Err(error) => return Err(Stop::usage(error.to_string())),
            }
        }
        for text in &args.types {
            let glob = Glob::new(text.clone());
            if !ResourceType::ALL.iter().any(|of| glob.matches(of.name())) {
                let meant = did_you_mean(text, ResourceType::ALL.iter().map(|of| of.name()));
                let hint = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                return Err(Stop::usage(format!("`{text}` matches no resource type{hint}")));
            }
        }
        let globs = |texts: &[String]| texts.iter().map(|text| Glob::new(text.clone())).collect();
        Ok(Filter { only: args.only.clone(), accounts, regions: globs(&args.regions), types: globs(&args.types) })
    }

    fn wants_account(&self, account: &AccountId) -> bool {
        self.accounts.is_empty() || self.accounts.contains(account)
    }

    fn wants_region(&self, region: &str) -> bool {
        self.regions.is_empty() || self.regions.iter().any(|glob| glob.matches(region))
    }

    fn wants_type(&self, name: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|glob| glob.matches(name))
    }

    fn wants_effect(&self, effect: Effect) -> bool {
        let wanted = |only: &OnlyEffect| match only {
            OnlyEffect::Weakening => effect.may_weaken(),
            OnlyEffect::Strengthening => effect == Effect::Strengthening,
            OnlyEffect::Neutral => effect == Effect::Neutral,
        };
        self.only.is_empty() || self.only.iter().any(wanted)
    }

    fn apply(&self, comparison: &mut Comparison) {
        comparison.items.retain(|item| {
            let name = item.resource_type.name();
            self.wants_region(&item.region) && self.wants_type(name) && self.wants_effect(item.effect)
        });
        comparison.not_checked.retain(|one| {
            let whole = one.resource_types.is_empty();
            (one.region.is_empty() || self.wants_region(&one.region))
                && (whole || one.resource_types.iter().any(|name| self.wants_type(name)))
        });
        comparison.ambiguities.retain(|one| self.wants_region(&one.region) && self.wants_type(one.resource_type));
        comparison.id_map.retain(|one| self.wants_region(&one.region) && self.wants_type(one.resource_type));
    }
}

/// What was compared, and the types that this driftline does not know, with how many of each there are.
pub(super) struct Read<T> {
    pub comparison: Comparison,
    pub ignored: BTreeMap<String, usize>,
    /// What was seen in each account beside it, in no order.
    pub seen: Vec<T>,
}

pub(super) type Sides<'a> = [(&'a Path, &'a Snapshot); 2];
type Unusable<'a> = (&'a Path, SnapshotError);

/// Compares every account that is wanted. No more accounts are in memory at once than there are cores, of each both
/// sides, at which `look` may look too.
pub(super) fn compare<'a, T: Send>(
    sides: Sides<'a>,
    wanted: impl Fn(&AccountId) -> bool,
    look: impl Fn(&Inventory, &Inventory) -> T + Sync,
) -> Result<Read<T>, Unusable<'a>> {
    let mut ignored = BTreeMap::new();
    let mut surveys = Vec::new();
    for (path, snapshot) in sides {
        surveys.push(survey(snapshot, &mut ignored).map_err(|error| (path, error))?);
    }
    let (Some(after), Some(before)) = (surveys.pop(), surveys.pop()) else {
        return Ok(Read { comparison: Comparison::default(), ignored, seen: Vec::new() });
    };
    let [(old_path, old), (new_path, new)] = sides;
    let (olds, news): (BTreeSet<AccountId>, BTreeSet<AccountId>) = (old.accounts().collect(), new.accounts().collect());
    let mut foreign = [Foreign::of(olds.iter().cloned()), Foreign::of(news.iter().cloned())];
    let owners = before.references.owners().into_iter().chain(after.references.owners());
    let owners: BTreeSet<AccountId> = owners.filter(|one| olds.contains(one) && news.contains(one)).collect();
    for owner in &owners {
        let one = old.load(owner).map_err(|error| (old_path, error))?.inventory;
        let other = new.load(owner).map_err(|error| (new_path, error))?.inventory;
        let [first, second] = &mut foreign;
        drift::note_owner([first, second], [&before.references, &after.references], owner, [&one, &other]);
    }
    let foreign = foreign.map(Arc::new);
    let (mut comparison, mut seen) = (Comparison::default(), Vec::new());
    for account in olds.symmetric_difference(&news).filter(|account| wanted(account)) {
        comparison.not_checked.push(drift::one_sided(account, olds.contains(account)));
    }
    let both: Vec<AccountId> = olds.intersection(&news).filter(|one| wanted(one)).cloned().collect();
    let over = |part: Inventory, account: &AccountId, around: &Arc<Surroundings>| {
        part.over(account.clone(), Arc::clone(around))
    };
    // Damage is found on the first reading, so that which side it is in hardly matters here.
    on_all_cores(
        &both,
        |account| {
            let one = old.load(account)?.inventory;
            // What is the same to the byte is read once.
            let same = old.part_sha256(account) == new.part_sha256(account);
            let other = if same { one.clone() } else { new.load(account)?.inventory };
            let one = over(one, account, &before.surroundings);
            let other = over(other, account, &after.surroundings);
            let compared = drift::compare(&one, &other, [Arc::clone(&foreign[0]), Arc::clone(&foreign[1])]);
            Ok((compared, look(&one, &other)))
        },
        |(one, saw)| {
            comparison.absorb(one);
            seen.push(saw);
        },
    )
    .map_err(|error| (new_path, error))?;
    comparison.finish();
    Ok(Read { comparison, ignored, seen })
}

/// What the accounts of one snapshot have to know of each other.
struct Survey {
    surroundings: Arc<Surroundings>,
    references: References,
}

fn survey(snapshot: &Snapshot, ignored: &mut BTreeMap<String, usize>) -> Result<Survey, SnapshotError> {
    let accounts: Vec<AccountId> = snapshot.accounts().collect();
    let (mut surroundings, mut references) = (Surroundings::default(), References::default());
    // In the order in which they come: whose view of a shared thing counts must not depend on that.
    let mut parts: BTreeMap<AccountId, References> = BTreeMap::new();
    on_all_cores(
        &accounts,
        |account| Ok((account.clone(), snapshot.load(account)?)),
        |(account, loaded)| {
            surroundings.note(&loaded.inventory);
            let mut own = References::default();
            own.note(&account, &loaded.inventory);
            parts.insert(account, own);
            for (of, number) in loaded.ignored {
                *ignored.entry(of).or_default() += number;
            }
        },
    )?;
    parts.into_values().for_each(|own| references.absorb(own));
    look_again(snapshot, &mut surroundings)?;
    Ok(Survey { surroundings: Arc::new(surroundings), references })
}

/// What makes two snapshots less alike than they look.
pub(super) fn notes(old: &Compared<'_>, new: &Compared<'_>, ignored: &BTreeMap<String, usize>) -> Vec<String> {
    let (before, after) = (old.provenance(), new.provenance());
    let mut notes = Vec::new();
    if before.tool_version != after.tool_version {
        notes.push(format!(
            "driftline {} took the older snapshot and {} the newer: what only one of them reads is not compared",
            before.tool_version, after.tool_version
        ));
    }
    if before.source != after.source {
        notes.push(format!(
            "the snapshots are not of the same scope: `{}` and `{}`; accounts and regions that only one holds are not compared",
            before.source, after.source
        ));
    }
    if before.caller != after.caller {
        notes.push(
            "the snapshots were taken by different callers, who may be allowed to read different things".to_owned(),
        );
    }
    if before.taken_at > after.taken_at {
        notes.push("the snapshot that is given as the older was taken after the other".to_owned());
    }
    for (of, number) in ignored {
        notes.push(format!("{number} of type {of}, which this driftline does not know, are not compared"));
    }
    notes
}

fn check_destinations(args: &DiffReportArgs) -> Result<(), Stop> {
    let paths = || args.outputs.iter().filter_map(|output| output.path.as_deref());
    if let Some(twice) = paths().find(|path| paths().filter(|other| other == path).count() > 1) {
        return Err(Stop::usage(format!("two reports cannot go to `{}`", twice.display())));
    }
    if args.outputs.iter().filter(|output| output.path.is_none()).count() > 1 {
        return Err(Stop::usage("only one report can go to standard output"));
    }
    paths().try_for_each(files::check_writable)
}

/// Files first: they are whole and synced before anything can end the process.
pub(super) fn write_all(global: &GlobalArgs, args: &DiffReportArgs, told: &Told<'_>) -> Result<(), Stop> {
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    let (files, stdout): (Vec<_>, Vec<_>) = args.outputs.iter().partition(|output| output.path.is_some());
    for output in files.into_iter().chain(stdout).chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        let plain = Options { colour: false, ..Options::default() };
        match output.format {
            DiffFormat::Text => {
                let colour = output.path.is_none() && terminal::stdout_color(global);
                text::write(&mut out, told, &Options { colour, width: terminal::width(), ..plain })?;
            }
            DiffFormat::Json => json::write(&mut out, told)?,
            DiffFormat::Csv => csv::write(&mut out, told)?,
            DiffFormat::Junit => crate::report::write(Format::Junit, &findings::report(told), &mut out, &plain)?,
            DiffFormat::Sarif => crate::report::write(Format::Sarif, &findings::report(told), &mut out, &plain)?,
        }
        write(output.path.as_deref(), &out)?;
        if let Some(path) = &output.path {
            terminal::note(global, &format!("differences: {}", path.display()));
        }
    }
    Ok(())
}
