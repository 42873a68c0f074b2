//! `driftline checks`: list, show, test, and what is made of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::catalog::{Catalog, Check, Files, Frameworks, Mapped, Profiles};
use crate::cli::{ChecksCommand, GlobalArgs, SelectionArgs};
use crate::evaluate;
use crate::pages;
use crate::text;

use super::settings::{Loaded, Settings};
use super::{Stop, exit, files, new_check, terminal};

pub(super) fn run(global: &GlobalArgs, command: ChecksCommand) -> Result<u8, Stop> {
    match command {
        ChecksCommand::List { selection } => list(&Settings::load(global)?.catalog(global, &selection)?),
        ChecksCommand::Show { id, directories } => {
            let selection = SelectionArgs { directories, ..SelectionArgs::default() };
            let settings = Settings::load(global)?;
            let frameworks = mapped(&settings.files(global, &selection.directories)?);
            show(&settings.catalog(global, &selection)?, &frameworks, &id)
        }
        ChecksCommand::Pages { output, selection } => {
            let settings = Settings::load(global)?;
            let frameworks = mapped(&settings.files(global, &selection.directories)?);
            write_pages(global, &settings.catalog(global, &selection)?, &frameworks, &output)
        }
        ChecksCommand::Profiles { directories } => profiles(&Settings::load(global)?.files(global, &directories)?),
        ChecksCommand::New { id, resource_type, output } => new_check::write(global, &id, &resource_type, &output),
        ChecksCommand::Lint { path } => lint(global, &path),
        ChecksCommand::Schema => {
            std::io::stdout().lock().write_all(new_check::SCHEMA.as_bytes())?;
            Ok(exit::CLEAN)
        }
        ChecksCommand::Test { path } => test(global, &path),
    }
}

/// Every framework, with its controls' checks.
fn mapped(loaded: &Loaded) -> Vec<Mapped> {
    loaded.frameworks.all().map(|framework| framework.map(&loaded.catalog)).collect()
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

fn show(catalog: &Catalog, frameworks: &[Mapped], id: &str) -> Result<u8, Stop> {
    let Some(check) = catalog.get(id) else {
        let near = text::did_you_mean(id, catalog.checks().map(|check| check.id.as_str()));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Stop::usage(format!("there is no check `{id}`{near}")));
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    out.write_all(pages::page(check, frameworks).plain().as_bytes())?;
    out.flush()?;
    Ok(exit::CLEAN)
}

/// A page for each check, and one that lists them.
fn write_pages(global: &GlobalArgs, catalog: &Catalog, frameworks: &[Mapped], folder: &Path) -> Result<u8, Stop> {
    let mut by_service: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in catalog.checks() {
        by_service.entry(service(check)).or_default().push(check);
    }
    let mut index = "# Checks\n".to_owned();
    for (service, checks) in by_service {
        let below = folder.join(service);
        files::make_folder(&below)?;
        index.push_str(&format!("\n## {service}\n\n| check | severity | what it finds |\n|---|---|---|\n"));
        for check in checks {
            let (id, title) = (check.id.as_str(), check.title.replace('|', "\\|"));
            index.push_str(&format!("| [{id}]({service}/{id}.md) | {} | {title} |\n", check.severity));
            let page = pages::page(check, frameworks).markdown();
            files::write_whole(&below.join(format!("{id}.md")), |out| out.write_all(page.as_bytes()))?;
        }
    }
    files::write_whole(&folder.join("index.md"), |out| out.write_all(index.as_bytes()))?;
    terminal::note(global, &format!("{} pages: {}", catalog.len(), folder.display()));
    Ok(exit::CLEAN)
}

/// The folder that a check's file is in.
fn service(check: &Check) -> &str {
    let path = &check.source().path;
    path.rsplit('/').nth(1).filter(|folder| !folder.is_empty() && *folder != "..").unwrap_or("own")
}

/// Loads everything in a folder and says what is wrong with it; the cases are `test`'s to run.
fn lint(global: &GlobalArgs, path: &Path) -> Result<u8, Stop> {
    let files = Files::sort(files::toml_sources(path)?);
    let (checks, mut diagnostics) = Catalog::parse(files.checks);
    let (profiles, mistakes) = Profiles::parse(files.profiles);
    diagnostics.extend(mistakes);
    let (frameworks, mistakes) = Frameworks::parse(files.frameworks);
    diagnostics.extend(mistakes);
    diagnostics.extend(checks.checks().flat_map(new_check::unfilled));
    let numbers =
        [(checks.len(), "checks"), (profiles.all().count(), "profiles"), (frameworks.all().count(), "frameworks")];
    // What they speak of may be ours.
    let catalog = Catalog::embedded().overlay(checks);
    diagnostics.extend(frameworks.mistakes(&catalog));
    diagnostics.extend(profiles.mistakes(&catalog, &Frameworks::embedded().overlay(frameworks)));
    text::sort(&mut diagnostics);
    if !diagnostics.is_empty() {
        terminal::note(global, text::render(&diagnostics, terminal::stderr_color(global)).trim_end());
    }
    let mistakes = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if numbers.iter().all(|(number, _)| *number == 0) && mistakes == 0 {
        return Err(Stop::usage(format!("there is nothing to lint in `{}`", path.display())));
    }
    let said: Vec<String> = numbers.iter().map(|(number, what)| format!("{number} {what}")).collect();
    writeln!(std::io::stdout().lock(), "{}, {mistakes} mistakes", said.join(", "))?;
    Ok(if mistakes > 0 { exit::FINDINGS } else { exit::CLEAN })
}

/// Loads the checks of a folder, runs their cases, and drops each condition in turn to see that a case needs it.
fn test(global: &GlobalArgs, path: &Path) -> Result<u8, Stop> {
    let (catalog, mut diagnostics) = Catalog::parse(Files::sort(files::toml_sources(path)?).checks);
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
