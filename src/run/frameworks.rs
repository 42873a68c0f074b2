//! `driftline frameworks`: list, show.

use std::collections::BTreeSet;
use std::io::Write;

use crate::catalog::{Catalog, Control, Mapped};
use crate::cli::{FrameworksCommand, GlobalArgs};
use crate::text::did_you_mean;

use super::settings::{Loaded, Settings};
use super::{Stop, exit};

pub(super) fn run(global: &GlobalArgs, command: &FrameworksCommand) -> Result<u8, Stop> {
    match command {
        FrameworksCommand::List { directories } => list(&Settings::load(global)?.files(global, directories)?),
        FrameworksCommand::Show { id, directories } => show(&Settings::load(global)?.files(global, directories)?, id),
    }
}

/// How many controls of each kind.
struct Count {
    answered: usize,
    manual: usize,
    not_covered: usize,
}

impl Count {
    fn of(mapped: &Mapped) -> Count {
        let controls = || mapped.framework.controls.iter().zip(&mapped.checks);
        let answered = controls().filter(|(_, checks)| !checks.is_empty()).count();
        let manual = controls().filter(|(control, checks)| checks.is_empty() && control.manual.is_some()).count();
        Count { answered, manual, not_covered: mapped.checks.len() - answered - manual }
    }
}

fn list(loaded: &Loaded) -> Result<u8, Stop> {
    let longest = loaded.frameworks.all().map(|framework| framework.id.len()).max().unwrap_or(0);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{:<longest$}  controls  answered  manual  not covered  name", "id")?;
    for framework in loaded.frameworks.all() {
        let Count { answered, manual, not_covered } = Count::of(&framework.map(&loaded.catalog));
        writeln!(
            out,
            "{:<longest$}  {:>8}  {answered:>8}  {manual:>6}  {not_covered:>11}  {} {}",
            framework.id,
            framework.controls.len(),
            framework.name,
            framework.version
        )?;
    }
    out.flush()?;
    Ok(exit::CLEAN)
}

fn show(loaded: &Loaded, id: &str) -> Result<u8, Stop> {
    let Some(framework) = loaded.frameworks.get(id) else {
        let near = did_you_mean(id, loaded.frameworks.all().map(|framework| framework.id.as_str()));
        let near = near.map(|near| format!("; did you mean `{near}`?"));
        let near = near.unwrap_or_else(|| "; `driftline frameworks list` names them all".to_owned());
        return Err(Stop::usage(format!("there is no framework `{id}`{near}")));
    };
    let mapped = framework.map(&loaded.catalog);
    let Count { answered, manual, not_covered } = Count::of(&mapped);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{}: {} {}\n", framework.id, framework.name, framework.version)?;
    writeln!(out, "controls    {}", framework.controls.len())?;
    writeln!(out, "answered    {answered}, {manual} manual, {not_covered} not covered")?;
    writeln!(out, "source      {}", framework.source)?;
    if let Some(about) = &framework.about {
        writeln!(out, "\n{about}")?;
    }
    for (control, checks) in framework.controls.iter().zip(&mapped.checks) {
        control_lines(control, checks, &loaded.catalog, &mut out)?;
    }
    out.flush()?;
    Ok(exit::CLEAN)
}

fn control_lines(
    control: &Control,
    checks: &BTreeSet<String>,
    catalog: &Catalog,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let level = control.level.map(|level| format!("  (level {level})")).unwrap_or_default();
    let title = control.title.as_deref().map(|title| format!("  {title}")).unwrap_or_default();
    writeln!(out, "\n{}{title}{level}", control.id)?;
    for id in checks {
        let title = catalog.get(id).map_or("", |check| check.title.as_str());
        writeln!(out, "    {id}: {title}")?;
    }
    match (&control.manual, checks.is_empty()) {
        (Some(why), true) => writeln!(out, "    manual: {why}")?,
        (None, true) => writeln!(out, "    not covered")?,
        (_, false) => {}
    }
    if let Some(beyond) = &control.beyond {
        writeln!(out, "    beyond driftline: {beyond}")?;
    }
    Ok(())
}
