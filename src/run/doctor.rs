//! `driftline doctor`: what would keep a scan from telling everything, before it is run.
//!
//! Permissions are probed by reading: each account as a scan reads it, in one
//! region. That asks with the very requests of a scan, so that a condition in a
//! policy or a service control policy counts as it will; it costs about as
//! much of a scan as that region is of all.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde::Serialize;

use crate::arn::{AccountId, Region};
use crate::catalog::Catalog;
use crate::cli::{DoctorArgs, GlobalArgs, PreparationFormat};
use crate::collect::{CollectError, Environment, Survey};
use crate::config::targets::{RegionSelection, Targets};
use crate::inventory::{Ledger, Reason};
use crate::report::sanitize::visible_up_to;

use super::settings::Settings;
use super::{Stop, collect, exit};

const REGIONS: &str = "ec2:DescribeRegions";
/// Names in a line of text; JSON has them all.
const NAMED: usize = 4;

#[derive(Serialize)]
struct Diagnosis {
    schema: &'static str,
    /// Whether a scan could tell everything where it was probed.
    well: bool,
    credentials: Probe,
    caller: Probe,
    accounts: Probe,
    roles: Probe,
    /// The regions that were probed.
    regions: Vec<String>,
    problems: Vec<Problem>,
    unknown_checks: Vec<UnknownCheck>,
    checks: usize,
    /// Why a scan could not even begin; what comes after it was not probed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Probe {
    status: &'static str,
    detail: String,
}

/// The same trouble with the same operations, wherever it is.
#[derive(Serialize)]
struct Problem {
    status: &'static str,
    reason: Reason,
    operations: BTreeSet<String>,
    accounts: BTreeSet<String>,
    regions: BTreeSet<String>,
    message: String,
    next: String,
}

#[derive(Serialize)]
struct UnknownCheck {
    id: String,
    severity: &'static str,
    operations: BTreeSet<String>,
    accounts: usize,
}

pub(super) fn run(global: &GlobalArgs, args: &DoctorArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let catalog = settings.catalog(global, &args.selection)?;
    let targets = settings.targets(&args.targets)?;
    settings.tell(global);
    let environment =
        Environment::User { profile: args.targets.profile.clone().or_else(|| settings.config.profile.clone()) };
    let limits = settings.limits(&args.targets);
    let survey = match collect::survey(&targets, &environment, limits.clone()) {
        Ok(survey) => survey,
        Err(error) => return refused(args.format, error, catalog.len()),
    };
    let probed = if args.every_region { targets } else { in_one_region(targets, &survey)? };
    let collected = collect::collect(global, &probed, &environment, limits, &collect::Keep::Nowhere)?;
    if collected.interrupted {
        return Err(Stop::Interrupted);
    }
    let diagnosis = diagnose(&survey, &collected.finished.survey.surroundings.ledger, &catalog);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match args.format {
        PreparationFormat::Text => text(&diagnosis, &mut out)?,
        PreparationFormat::Json => json(&diagnosis, &mut out)?,
    }
    out.flush()?;
    Ok(if diagnosis.well { exit::CLEAN } else { exit::INCOMPLETE })
}

fn json(of: &impl Serialize, out: &mut dyn Write) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(of);
    let text = text.map_err(|error| Stop::runtime(format!("cannot write the diagnosis: {error}")))?;
    Ok(writeln!(out, "{text}")?)
}

/// A scan could not begin: the steps until then, and the error as `scan` tells it.
fn refused(format: PreparationFormat, error: CollectError, checks: usize) -> Result<u8, Stop> {
    const STEPS: [&str; 4] = ["credentials", "caller", "accounts", "roles"];
    let failed = match error {
        CollectError::NoCredentials(_) => Some(0),
        CollectError::Refused(_) | CollectError::Unreachable(_) => Some(1),
        CollectError::Organization(_) => Some(2),
        _ => None,
    };
    let mut out = std::io::stdout().lock();
    match format {
        PreparationFormat::Text => {
            let known = failed.map_or(0, |failed| failed + 1);
            for (step, name) in STEPS.iter().enumerate().take(known) {
                writeln!(out, "{:<7} {name}", if Some(step) == failed { "failed" } else { "ok" })?;
            }
        }
        PreparationFormat::Json => {
            let said = error.to_string();
            let probe = |step: usize| match failed {
                Some(failed) if step < failed => Probe { status: "ok", detail: String::new() },
                Some(failed) if step == failed => Probe { status: "failed", detail: said.clone() },
                _ => Probe { status: "skipped", detail: String::new() },
            };
            let [credentials, caller, accounts, roles] = [0, 1, 2, 3].map(probe);
            let diagnosis = Diagnosis {
                schema: "urn:driftline:doctor:1",
                well: false,
                credentials,
                caller,
                accounts,
                roles,
                regions: Vec::new(),
                problems: Vec::new(),
                unknown_checks: Vec::new(),
                checks,
                error: Some(said),
            };
            json(&diagnosis, &mut out)?;
        }
    }
    out.flush()?;
    Err(error.into())
}

/// The same targets in one region each; regions that are asked for by name and
/// that the caller has not enabled stay, to be told of.
fn in_one_region(targets: Targets, survey: &Survey) -> Result<Targets, Stop> {
    let home = survey.regions.iter().find(|region| region.as_str() == "us-east-1").or(survey.regions.first());
    let mut regions: Vec<String> = targets.regions.named().map(|region| region.to_string()).collect();
    let enabled = |name: &String| survey.regions.iter().any(|region| region.as_str() == name);
    regions.retain(|name| !enabled(name));
    if let Some(home) = home {
        let name = home.as_str();
        // A pattern and not a name, unless regions were named: a scan then needs to list the regions.
        let pattern = match name.chars().next() {
            Some(first) if !targets.regions.all_named() => format!("[{first}]{}", name.get(1..).unwrap_or_default()),
            _ => name.to_owned(),
        };
        regions.push(pattern);
    }
    if regions.is_empty() {
        return Err(Stop::usage("no enabled region is selected"));
    }
    Ok(Targets { regions: RegionSelection::new(&regions, &[]).map_err(Stop::usage)?, ..targets })
}

fn diagnose(survey: &Survey, ledger: &Ledger, catalog: &Catalog) -> Diagnosis {
    let problems = problems(survey, ledger);
    let unknown_checks = unknown_checks(ledger, catalog);
    let outside: BTreeSet<_> = (ledger.gaps())
        .filter(|(_, gap)| gap.reason == Reason::NoCredentials)
        .map(|(cell, _)| cell.scope.account)
        .collect();
    let others = survey.accounts.iter().filter(|account| account.id != survey.account).count();
    let refused = outside.iter().filter(|id| **id != survey.account).count();
    let regions: BTreeSet<&Region> =
        ledger.scopes().map(|scope| &scope.region).filter(|region| !region.is_global()).collect();
    let unknown_regions = ledger.gaps().any(|(cell, _)| cell.operation == REGIONS);
    let ok = |detail: String| Probe { status: "ok", detail };
    Diagnosis {
        schema: "urn:driftline:doctor:1",
        well: unknown_checks.is_empty() && outside.is_empty() && !unknown_regions,
        credentials: ok(survey.source.map_or("found".to_owned(), |source| format!("from {source}"))),
        caller: ok(survey.caller.to_string()),
        accounts: ok(survey.accounts.len().to_string()),
        roles: Probe {
            status: if refused == 0 { "ok" } else { "failed" },
            detail: format!(
                "{} of {others} accounts entered; the caller's own needs no role",
                others - refused.min(others)
            ),
        },
        regions: regions.into_iter().map(ToString::to_string).collect(),
        problems,
        unknown_checks,
        checks: catalog.len(),
        error: None,
    }
}

/// Operations, regions or accounts.
type Names = BTreeSet<String>;

fn problems(survey: &Survey, ledger: &Ledger) -> Vec<Problem> {
    // What went wrong in one account, operation by operation; then the accounts in which the same did.
    let mut of_account: BTreeMap<(AccountId, Reason), (Names, Names, &str)> = BTreeMap::new();
    for (cell, gap) in ledger.gaps() {
        let one = of_account
            .entry((cell.scope.account, gap.reason))
            .or_insert_with(|| (BTreeSet::new(), BTreeSet::new(), gap.message.as_str()));
        one.0.insert(cell.operation);
        one.1.insert(cell.scope.region.to_string());
    }
    let mut same: BTreeMap<(Reason, Names, Names), (Names, &str)> = BTreeMap::new();
    for ((account, reason), (operations, regions, message)) in of_account {
        // The caller's own account is asked for more than the others; that nobody is let in is the same.
        let operations = if reason == Reason::NoCredentials { BTreeSet::new() } else { operations };
        let all = same.entry((reason, operations, regions)).or_insert_with(|| (BTreeSet::new(), message));
        all.0.insert(account.to_string());
    }
    let of = same.into_iter().map(|((reason, operations, regions), (accounts, message))| Problem {
        status: if matches!(reason, Reason::AccessDenied | Reason::DeniedByScp) { "denied" } else { "failed" },
        reason,
        next: next(reason, &operations, &accounts, &regions, survey),
        operations,
        accounts,
        regions,
        message: message.to_owned(),
    });
    of.collect()
}

/// What to do about it.
fn next(
    reason: Reason,
    operations: &BTreeSet<String>,
    accounts: &BTreeSet<String>,
    regions: &BTreeSet<String>,
    survey: &Survey,
) -> String {
    let own = accounts.contains(survey.account.as_str());
    match reason {
        Reason::AccessDenied if operations.iter().all(|one| one.starts_with("organizations:")) => {
            "run from the management account or a delegated administrator of the organization".to_owned()
        }
        Reason::AccessDenied if own => format!(
            "allow it to {}: `driftline policy --part caller` prints what it needs; `driftline policy -f \
             cloudformation` the role of the other accounts",
            survey.caller
        ),
        Reason::AccessDenied => {
            "allow it to the role: `driftline policy -f cloudformation` (or terraform) prints the role as it has to be"
                .to_owned()
        }
        Reason::DeniedByScp => "exempt the role in the service control policy (condition aws:PrincipalArn)".to_owned(),
        Reason::NoCredentials => format!(
            "see that the role exists, trusts {} and asks for this --external-id: `driftline policy -f \
             cloudformation` prints it; if there is none to assume, name one with --role",
            survey.caller
        ),
        Reason::RegionDisabled => format!(
            "enable the region in the account, or leave it out with --exclude-region {}",
            regions.iter().filter(|name| *name != Region::GLOBAL).cloned().collect::<Vec<_>>().join(",")
        ),
        Reason::Throttled => "try again later, or with a smaller --max-concurrency".to_owned(),
        Reason::TimedOut | Reason::ServerError | Reason::Malformed => {
            "try again; if it stays, look at what is between here and AWS (HTTPS_PROXY, AWS_CA_BUNDLE, AWS_ENDPOINT_URL)"
                .to_owned()
        }
        Reason::Rejected
        | Reason::Unsupported
        | Reason::SkippedByConfig
        | Reason::Interrupted
        | Reason::NotImported => {
            "leave out the checks that rest on it with --exclude-check, if it is meant to be so".to_owned()
        }
    }
}

fn unknown_checks(ledger: &Ledger, catalog: &Catalog) -> Vec<UnknownCheck> {
    let mut missing: BTreeMap<String, BTreeSet<AccountId>> = BTreeMap::new();
    for (cell, _) in ledger.gaps() {
        missing.entry(cell.operation).or_default().insert(cell.scope.account);
    }
    let unknown = catalog.checks().filter_map(|check| {
        let needs = check.operations();
        let lacks: BTreeSet<&str> =
            needs.iter().copied().filter(|operation| missing.contains_key(*operation)).collect();
        let accounts: BTreeSet<&AccountId> =
            lacks.iter().filter_map(|operation| missing.get(*operation)).flatten().collect();
        (!lacks.is_empty()).then(|| UnknownCheck {
            id: check.id.as_str().to_owned(),
            severity: check.severity.as_str(),
            operations: lacks.into_iter().map(str::to_owned).collect(),
            accounts: accounts.len(),
        })
    });
    unknown.collect()
}

fn text(of: &Diagnosis, out: &mut dyn Write) -> Result<(), Stop> {
    for (name, probe) in
        [("credentials", &of.credentials), ("caller", &of.caller), ("accounts", &of.accounts), ("roles", &of.roles)]
    {
        writeln!(out, "{:<7} {name:<12} {}", probe.status, visible_up_to(&probe.detail, 2048))?;
    }
    writeln!(out, "{:<7} {:<12} probed {}", "ok", "regions", few(&of.regions, "region"))?;
    let status = if of.problems.is_empty() { "ok" } else { "failed" };
    let said = if of.problems.is_empty() { "everything that a scan asks for was answered" } else { "see below" };
    writeln!(out, "{status:<7} {:<12} {said}", "permissions")?;
    for problem in &of.problems {
        let what = match problem.operations.len() {
            0 => "the account cannot be entered".to_owned(),
            _ => few(&problem.operations, "operation"),
        };
        let (accounts, regions) = (few(&problem.accounts, "account"), few(&problem.regions, "region"));
        writeln!(out, "\n{:<7} {what} in {accounts} ({regions})", problem.status)?;
        // AWS's message mostly begins with the same word.
        let of_aws = format!("{}: ", problem.reason);
        let message = problem.message.strip_prefix(&of_aws).unwrap_or(&problem.message);
        writeln!(out, "        {of_aws}{}", visible_up_to(message, 400))?;
        writeln!(out, "        next: {}", visible_up_to(&problem.next, 2048))?;
    }
    if of.unknown_checks.is_empty() {
        return Ok(writeln!(out, "\nnone of {} checks would be unknown here", of.checks)?);
    }
    writeln!(out, "\n{} of {} checks would be unknown, in whole or in part:", of.unknown_checks.len(), of.checks)?;
    let longest = of.unknown_checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
    for check in &of.unknown_checks {
        let accounts =
            if check.accounts == 1 { "1 account".to_owned() } else { format!("{} accounts", check.accounts) };
        let needs = few(&check.operations, "operation");
        writeln!(out, "  {:<longest$}  {:<13}  {accounts:<12}  {needs}", check.id, check.severity)?;
    }
    Ok(())
}

/// The names, if they are few.
fn few<'n>(names: impl IntoIterator<Item = &'n String>, noun: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| visible_up_to(name, 120)).collect();
    if names.len() <= NAMED { names.join(", ") } else { format!("{} {noun}s", names.len()) }
}
