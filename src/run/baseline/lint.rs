//! `driftline baseline lint`.

use std::sync::Arc;

use crate::baseline;
use crate::cli::{BaselineLintArgs, GlobalArgs};
use crate::exceptions as accepted;
use crate::text;

use super::{load, look};
use crate::run::exceptions::{day, today};
use crate::run::iam::ways::OrganizationWays;
use crate::run::settings::Settings;
use crate::run::{Stop, by_account, exit, files, terminal};

pub(super) fn run(global: &GlobalArgs, args: &BaselineLintArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let path = match &args.exceptions {
        Some(path) => Some(path.clone()),
        None => settings.beside("exceptions.toml").filter(|path| path.is_file()),
    };
    // Mistakes of both at once.
    let exceptions = match &path {
        Some(path) => accepted::read(files::read_source(path)?, today()),
        None => (Vec::new(), Vec::new()),
    };
    let color = terminal::stderr_color(global);
    let baselines = load(global, &settings, &args.paths);
    let (exceptions, mistakes) = exceptions;
    if mistakes.iter().any(text::Diagnostic::is_error) {
        let mut told = text::render(&mistakes, color);
        if let Err(Stop::Mistakes(more)) = baselines {
            told = format!("{more}\n\n{told}");
        }
        return Err(Stop::Mistakes(told));
    }
    let baselines = baselines?;
    if baselines.is_empty() {
        return Err(Stop::usage("no baseline is named: give a file or a folder, or scan.baselines in driftline.toml"));
    }
    let mut warnings = Vec::new();
    let mut as_of = today();
    if let Some(path) = &args.snapshot {
        let snapshot = files::open_snapshot(path)?;
        let damaged = |error| files::unusable(path, &error);
        let survey = by_account::survey(&snapshot).map_err(damaged)?;
        let now = snapshot.provenance().taken_at;
        as_of = day(now);
        let surroundings = Arc::new(survey.surroundings);
        let ways = OrganizationWays::new(&snapshot, &surroundings);
        let found = look(&snapshot, &surroundings, &ways, &baselines, now).map_err(damaged)?;
        let wrong = baseline::mistakes(&baselines, &found);
        if !wrong.is_empty() {
            return Err(Stop::Mistakes(text::render(&wrong, color)));
        }
        warnings.extend(baseline::dead(&baselines, &found));
    }
    warnings.extend(baseline::lint(&baselines, &exceptions, as_of));
    text::sort(&mut warnings);
    if warnings.is_empty() {
        let entries: usize = baselines.iter().map(|one| one.entries.len()).sum();
        let (files, of_files) = (baselines.len(), if baselines.len() == 1 { "file" } else { "files" });
        let of_entries = if entries == 1 { "entry" } else { "entries" };
        terminal::note(global, &format!("nothing is wrong with {files} {of_files} and {entries} {of_entries}"));
        return Ok(exit::CLEAN);
    }
    terminal::line(text::render(&warnings, color).trim_end());
    Ok(exit::FINDINGS)
}
