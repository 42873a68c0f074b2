//! `driftline baseline accept`: one line in exceptions.toml.

use std::path::PathBuf;

use crate::baseline;
use crate::cli::{BaselineAcceptArgs, GlobalArgs};
use crate::finding::Finding;
use crate::text::Written;
use crate::triage::Previous;

use crate::run::exceptions::{Added, append, decision};
use crate::run::settings::Settings;
use crate::run::{Stop, exit, files, terminal};

pub(super) fn run(global: &GlobalArgs, args: &BaselineAcceptArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let path = match &args.exceptions {
        Some(path) => path.clone(),
        None => settings.beside("exceptions.toml").unwrap_or_else(|| PathBuf::from("exceptions.toml")),
    };
    let finding = deviation(args)?;
    let evidence = finding.evidence.iter();
    let subject = evidence.clone().find(|one| !one.condition.is_empty()).map_or("", |one| one.fact.as_str());
    let value: Vec<String> = evidence.filter(|one| !one.condition.is_empty()).map(|one| one.value.clone()).collect();
    // The message begins with type and key; they end where the class begins.
    let what = finding.message.split_once(": ").map_or(finding.message.as_str(), |(before, _)| before);
    let what = what.rsplit_once(' ').map_or(what, |(before, _)| before);
    let mut entries = vec![
        ("item", Written::Text(item_of(&finding).unwrap_or_default().to_owned())),
        ("on", Written::Text(format!("{what} {subject}"))),
        ("value", Written::Texts(value)),
    ];
    entries.extend(decision(&args.reason, args.owner.as_deref(), args.ticket.as_deref(), args.until, args.permanent)?);
    append(global, &path, Added::Line("drift", &entries))?;
    terminal::note(global, &format!("accepted: {} in {}", finding.message, path.display()));
    Ok(exit::CLEAN)
}

fn item_of(finding: &Finding) -> Option<&str> {
    let item = finding.evidence.iter().find(|one| one.fact == baseline::ITEM && one.condition.is_empty());
    item.map(|one| one.value.as_str())
}

/// The one deviation of the report whose id this is, or begins so.
fn deviation(args: &BaselineAcceptArgs) -> Result<Finding, Stop> {
    let name = args.report.display().to_string();
    let report = Previous::read(&name, &files::read_bytes(&args.report)?)
        .map_err(|error| Stop::usage(format!("cannot use `{name}`: {error}")))?;
    if args.item.len() < 8 {
        return Err(Stop::usage(format!("`{}` is too short: eight digits of an id at least are wanted", args.item)));
    }
    let mut found = report.findings.into_iter().filter(|finding| {
        finding.rule == baseline::RULE && item_of(finding).is_some_and(|item| item.starts_with(&args.item))
    });
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Stop::usage(format!("several deviations of `{name}` begin with {}", args.item))),
        (None, _) => Err(Stop::usage(format!("no deviation of `{name}` has the id {}", args.item))),
    }
}
