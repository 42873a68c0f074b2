//! exceptions.toml: found, read, applied, and added to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::{DecisionArgs, GlobalArgs, JudgeArgs, SuppressAddArgs};
use crate::exceptions::{self, Applied, Exception, LONGEST_DAYS, Looked};
use crate::finding::Finding;
use crate::text::{SourceFile, Written, with_line, with_table};
use crate::triage::{Previous, Report};

use super::settings::{Settings, refuse};
use super::{Stop, exit, files, terminal};

/// The exceptions that count for a run.
pub(super) fn load(global: &GlobalArgs, settings: &Settings, args: &JudgeArgs) -> Result<Vec<Exception>, Stop> {
    load_from(global, settings, args.exceptions.as_deref(), args.no_exceptions)
}

/// The exceptions of the file that is named, or of the one beside the configuration; or none.
pub(super) fn load_from(
    global: &GlobalArgs,
    settings: &Settings,
    named: Option<&Path>,
    none: bool,
) -> Result<Vec<Exception>, Stop> {
    let path = match named {
        _ if none => return Ok(Vec::new()),
        Some(path) => path.to_owned(),
        None => match settings.beside("exceptions.toml").filter(|path| path.is_file()) {
            Some(path) => path,
            None => return Ok(Vec::new()),
        },
    };
    let (found, diagnostics) = exceptions::read(files::read_source(&path)?, today());
    refuse(global, diagnostics)?;
    terminal::note(global, &format!("exceptions: {} ({})", path.display(), found.len()));
    Ok(found)
}

/// Parts the report's findings by the exceptions.
pub(super) fn apply(report: &mut Report, exceptions: &[Exception]) {
    let looked = Looked {
        checks: report.rules.keys().map(String::as_str).collect(),
        accounts: report.accounts.keys().map(|id| id.as_str()).collect(),
        regions: report.regions.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        today: day(report.identity.as_of),
    };
    let applied = exceptions::apply(exceptions, std::mem::take(&mut report.findings), &looked);
    applied.recount(&mut report.tallies);
    let Applied { findings, suppressed, uses } = applied;
    report.findings = findings;
    report.suppressed.extend(suppressed);
    report.exceptions.extend(uses);
}

/// `driftline suppress add`.
pub(super) fn add(global: &GlobalArgs, args: &SuppressAddArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let path = file_of(&settings, &args.decision);
    let what = Sought { kind: "failure and no unknown verdict", name: "fingerprint", begins: &args.fingerprint };
    let finding =
        what.find(&args.decision.report, |finding, begins| finding.fingerprint.to_string().starts_with(begins))?;
    let mut entries = vec![
        ("check", Written::Text(finding.rule.to_string())),
        ("finding", Written::Text(finding.fingerprint.to_string())),
    ];
    if let Some(resource) = &finding.resource {
        entries.push(("resource", Written::Text(resource.arn.to_string())));
    } else {
        entries.push(("account", Written::Text(finding.scope.account.to_string())));
        entries.push(("region", Written::Text(finding.scope.region.to_string())));
    }
    let value = exceptions::value(&finding);
    if args.any_value {
        entries.push(("any_value", Written::Bool(true)));
    } else if !value.is_empty() {
        entries.push(("value", Written::Texts(value)));
    }
    entries.extend(decision(&args.decision)?);
    append(global, &path, Added::Table("exception", &entries))?;
    terminal::note(global, &format!("accepted: {} in {}", finding.message, path.display()));
    Ok(exit::CLEAN)
}

/// The file that a decision is written into.
pub(super) fn file_of(settings: &Settings, args: &DecisionArgs) -> PathBuf {
    let beside = || settings.beside("exceptions.toml").unwrap_or_else(|| PathBuf::from("exceptions.toml"));
    args.exceptions.clone().unwrap_or_else(beside)
}

/// Why, who and until when, as the file has them.
pub(super) fn decision(args: &DecisionArgs) -> Result<Vec<(&'static str, Written)>, Stop> {
    let DecisionArgs { reason, owner, ticket, until, permanent, .. } = args;
    if reason.trim().is_empty() {
        return Err(Stop::usage("--reason is empty: say why it is accepted"));
    }
    let mut entries = vec![("reason", Written::Text(reason.clone()))];
    entries.extend(owner.clone().map(|owner| ("owner", Written::Text(owner))));
    entries.extend(ticket.clone().map(|ticket| ("ticket", Written::Text(ticket))));
    if let Some(until) = *until {
        let days = (until - today()).get_days();
        if days < 0 {
            return Err(Stop::usage(format!("--until {until} is over")));
        }
        if days > LONGEST_DAYS && !*permanent {
            return Err(Stop::usage(format!(
                "--until {until} is {days} days away, more than {LONGEST_DAYS}: name an earlier day, or --permanent"
            )));
        }
        entries.push(("expires", Written::Day(until.year(), until.month(), until.day())));
    }
    if *permanent {
        entries.push(("permanent", Written::Bool(true)));
    }
    Ok(entries)
}

/// What is added to a file: under a name, a table of its own or a line of a list.
pub(super) enum Added<'a> {
    Table(&'static str, &'a [(&'static str, Written)]),
    Line(&'static str, &'a [(&'static str, Written)]),
}

/// Adds an exception to a file, which is made if it is not there. A file with mistakes stays as it is.
pub(super) fn append(global: &GlobalArgs, path: &Path, added: Added<'_>) -> Result<(), Stop> {
    let source = if path.exists() { files::read_source(path)?.text.clone() } else { "schema = 1\n".to_owned() };
    let name = path.display().to_string();
    // The file's own mistakes first, at their places: what is added is not what is wrong with it.
    refuse(global, exceptions::read(SourceFile::new(name.as_str(), source.as_str()), today()).1)?;
    let text = match added {
        Added::Table(name, entries) => with_table(&source, name, entries),
        Added::Line(name, entries) => with_line(&source, name, entries),
    };
    let text = text.map_err(|error| Stop::usage(format!("cannot add to `{name}`: {error}")))?;
    refuse(global, exceptions::read(SourceFile::new(name.as_str(), text.as_str()), today()).1)?;
    files::write_whole(path, |out| out.write_all(text.as_bytes()))
}

/// The one finding of a report that a user means by the beginning of its id.
pub(super) struct Sought<'a> {
    /// What there is none of where it is not found.
    pub kind: &'static str,
    /// What the id is called.
    pub name: &'static str,
    pub begins: &'a str,
}

impl Sought<'_> {
    /// Looks for the one whose id begins so, as the caller tells.
    pub fn find(&self, report: &Path, begins_so: impl Fn(&Finding, &str) -> bool) -> Result<Finding, Stop> {
        let Sought { kind, name, begins } = self;
        let file = report.display().to_string();
        let previous = Previous::read(&file, &files::read_bytes(report)?)
            .map_err(|error| Stop::usage(format!("cannot use `{file}`: {error}")))?;
        if begins.len() < 8 {
            return Err(Stop::usage(format!(
                "`{begins}` is too short: the first eight digits of the {name} are wanted"
            )));
        }
        let mut found = previous.findings.into_iter().filter(|finding| begins_so(finding, begins));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => {
                Err(Stop::usage(format!("of several findings of `{file}` the {name} begins with {begins}")))
            }
            (None, _) => Err(Stop::usage(format!("no {kind} of `{file}` has the {name} {begins}"))),
        }
    }
}

/// The day of a time, in UTC.
pub(super) fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// What is far away, is so from today; whether something is over is for the time of the snapshot to say.
#[expect(clippy::disallowed_methods, reason = "it decides which files are accepted, and nothing in a report")]
pub(super) fn today() -> Date {
    day(Timestamp::now())
}
