//! `driftline checks`: list, show, test.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::catalog::{Catalog, Check};
use crate::cli::{ChecksCommand, GlobalArgs, SelectionArgs};
use crate::evaluate;
use crate::text;

use super::settings::{Loaded, Settings};
use super::{Stop, exit, files, terminal};

pub(super) fn run(global: &GlobalArgs, command: ChecksCommand) -> Result<u8, Stop> {
    match command {
        ChecksCommand::List { selection } => list(&Settings::load(global)?.catalog(global, &selection)?),
        ChecksCommand::Show { id, directories } => {
            let selection = SelectionArgs { directories, ..SelectionArgs::default() };
            show(&Settings::load(global)?.catalog(global, &selection)?, &id)
        }
        ChecksCommand::Profiles { directories } => profiles(&Settings::load(global)?.files(global, &directories)?),
        ChecksCommand::Test { path } => test(global, &path),
    }
}

fn list(catalog: &Catalog) -> Result<u8, Stop> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let longest = catalog.checks().map(|check| check.id.as_str().len()).max().unwrap_or(0);
    for check in catalog.checks() {
        writeln!(out, "{:<longest$}  {:<13}  {}", check.id.as_str(), check.severity, check.title)?;
    }
    for (id, reason) in catalog.disabled() {
        writeln!(out, "{:<longest$}  {:<13}  {reason}", id.as_str(), "disabled")?;
    }
    out.flush()?;
    Ok(exit::CLEAN)
}

/// The named selections, each with how many checks it has.
fn profiles(loaded: &Loaded) -> Result<u8, Stop> {
    let Loaded { catalog, profiles, frameworks } = loaded;
    // Those that no file describes are the checks' own word.
    let of_checks = catalog.checks().flat_map(|check| check.profiles.iter().map(|name| (name.as_str(), "")));
    let described = profiles.all().map(|profile| (profile.id.as_str(), profile.title.as_str()));
    let all: BTreeMap<&str, &str> = of_checks.chain(described).collect();
    let longest = all.keys().map(|name| name.len()).max().unwrap_or(0);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (name, title) in all {
        let checks = profiles.checks(name, catalog, frameworks).map_err(Stop::usage)?;
        writeln!(out, "{}", format!("{name:<longest$}  {:>4} checks  {title}", checks.len()).trim_end())?;
    }
    out.flush()?;
    Ok(exit::CLEAN)
}

fn show(catalog: &Catalog, id: &str) -> Result<u8, Stop> {
    let Some(check) = catalog.get(id) else {
        let near = text::did_you_mean(id, catalog.checks().map(|check| check.id.as_str()));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Stop::usage(format!("there is no check `{id}`{near}")));
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    page(check, &mut out)?;
    out.flush()?;
    Ok(exit::CLEAN)
}

fn page(check: &Check, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}\n", check.id.as_str(), check.title)?;
    writeln!(out, "severity    {}", check.severity)?;
    let types: Vec<_> = check.resource_types().map(|of| of.name()).collect();
    writeln!(out, "resources   {}", types.join(", "))?;
    writeln!(out, "since       {}", check.since)?;
    for (framework, controls) in &check.controls {
        writeln!(out, "{framework:<11} {}", controls.join(", "))?;
    }
    let operations: Vec<_> = check.operations().into_iter().collect();
    writeln!(out, "reads       {}", operations.join(", "))?;
    writeln!(out, "file        {}\n", check.source().path)?;
    writeln!(out, "{}\n", check.rationale.trim())?;
    writeln!(out, "How to mend it\n\n{}\n", indent(&check.remediation.text))?;
    if let Some(cli) = &check.remediation.cli {
        writeln!(out, "{}\n", indent(cli))?;
    }
    if let Some(terraform) = &check.remediation.terraform {
        writeln!(out, "{}\n", indent(terraform))?;
    }
    for reference in &check.references {
        writeln!(out, "see         {reference}")?;
    }
    writeln!(out, "\nThe check, with its cases\n\n{}", indent(&check.source().text))
}

fn indent(text: &str) -> String {
    text.trim()
        .lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("    {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Loads the checks of a folder, runs their cases, and drops each condition in turn to see that a case needs it.
fn test(global: &GlobalArgs, path: &Path) -> Result<u8, Stop> {
    let (catalog, mut diagnostics) = Catalog::parse(files::toml_sources(path)?);
    diagnostics.extend(evaluate::lint(&catalog));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut passed, mut failed) = (0usize, 0usize);
    for check in catalog.checks() {
        for case in evaluate::run_cases(check) {
            match case.mistake {
                None => passed += 1,
                Some(mistake) => {
                    failed += 1;
                    diagnostics.push(mistake);
                }
            }
        }
        diagnostics.extend(evaluate::untested_conditions(check));
    }
    out.flush()?;
    text::sort(&mut diagnostics);
    if !diagnostics.is_empty() {
        terminal::note(global, text::render(&diagnostics, terminal::stderr_color(global)).trim_end());
    }
    let mistakes = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count().saturating_sub(failed);
    writeln!(out, "{} checks, {passed} cases passed, {failed} failed, {mistakes} mistakes", catalog.len())?;
    out.flush()?;
    if catalog.is_empty() && mistakes == 0 {
        return Err(Stop::usage(format!("there is no check in `{}`", path.display())));
    }
    Ok(if failed + mistakes > 0 { exit::FINDINGS } else { exit::CLEAN })
}
