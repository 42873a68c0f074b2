//! The pipelines: the only place that strings stages together, opens files,
//! and owns the rule of exit codes.

mod against;
mod baseline;
mod by_account;
#[cfg(feature = "aws")]
mod checkpoint;
mod checks;
#[cfg(feature = "aws")]
mod collect;
#[cfg(feature = "aws")]
mod demo;
mod diff;
#[cfg(feature = "aws")]
mod doctor;
mod escalation;
mod exceptions;
mod exposure;
mod files;
mod frameworks;
mod iam;
mod import;
mod judge;
mod new_check;
#[cfg(feature = "aws")]
mod plan;
mod policy;
mod reach;
mod save;
mod settings;
mod snapshot;
mod terminal;
mod verify;

use crate::cli::{Cli, Command};

/// Exit codes, the same for every format.
pub mod exit {
    pub const CLEAN: u8 = 0;
    /// Nothing trustworthy was produced.
    pub const RUNTIME: u8 = 1;
    /// A mistake in the command line or the configuration.
    pub const USAGE: u8 = 2;
    /// A finding at or above the threshold.
    pub const FINDINGS: u8 = 3;
    /// No such finding, but something could not be told.
    pub const INCOMPLETE: u8 = 4;
    pub const INTERRUPTED: u8 = 130;
}

/// Why a command ends without a result.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// The user's command line.
    #[error("{0}")]
    Usage(String),
    /// The user's files; the text is whole diagnostics, which say what they are.
    #[error("{0}")]
    Mistakes(String),
    /// The world's: network, credentials, disk.
    #[error("{0}")]
    Runtime(String),
    /// The reader of our output went away: it has what it wanted.
    #[error("the output was closed")]
    BrokenPipe,
    /// The user's, before there was anything to keep.
    #[cfg(feature = "aws")]
    #[error("interrupted before anything was read")]
    Interrupted,
}

impl Stop {
    fn usage(text: impl Into<String>) -> Stop {
        Stop::Usage(text.into())
    }

    fn runtime(text: impl Into<String>) -> Stop {
        Stop::Runtime(text.into())
    }
}

impl From<std::io::Error> for Stop {
    /// An error of standard output; files carry their name (see `files`).
    fn from(error: std::io::Error) -> Stop {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Stop::BrokenPipe,
            _ => Stop::Runtime(format!("cannot write to standard output: {error}")),
        }
    }
}

/// Runs a command and returns the process's exit code.
pub fn run(cli: Cli) -> u8 {
    let Cli { global, command } = cli;
    let result = match command {
        Command::Scan(args) => scan(&global, &args),
        Command::Snapshot(args) => match args.command {
            Some(crate::cli::SnapshotCommand::Show { path }) => snapshot::show(&path),
            None => take_snapshot(&global, &args),
        },
        Command::Reach(args) => reach::run(&args),
        Command::Import(args) => import::run(&global, &args.command),
        Command::Exposure(args) => exposure::run(&args),
        Command::Baseline(args) => baseline::run(&global, &args.command),
        Command::Suppress(args) => match &args.command {
            crate::cli::SuppressCommand::Add(args) => exceptions::add(&global, args),
        },
        Command::Diff(args) => diff::run(&global, &args),
        Command::Verify(args) => verify::run(&global, &args),
        Command::Iam(args) => iam::run(&args),
        Command::Checks(args) => checks::run(&global, args.command),
        Command::Frameworks(args) => frameworks::run(&global, &args.command),
        Command::Completions { shell } => completions(shell),
        Command::Plan(args) => plan(&global, &args),
        Command::Doctor(args) => doctor(&global, &args),
        Command::Policy(args) => policy::run(&global, &args),
        Command::Demo(args) => demo(&global, &args),
    };
    match result {
        Ok(code) => code,
        Err(Stop::BrokenPipe) => exit::CLEAN,
        Err(Stop::Mistakes(text)) => {
            terminal::line(text.trim_end());
            exit::USAGE
        }
        Err(Stop::Usage(text)) => {
            terminal::error(&global, &text);
            exit::USAGE
        }
        Err(Stop::Runtime(text)) => {
            terminal::error(&global, &text);
            exit::RUNTIME
        }
        #[cfg(feature = "aws")]
        Err(stop @ Stop::Interrupted) => {
            terminal::error(&global, &stop.to_string());
            exit::INTERRUPTED
        }
    }
}

fn scan(global: &crate::cli::GlobalArgs, args: &crate::cli::ScanArgs) -> Result<u8, Stop> {
    let settings = settings::Settings::load(global)?;
    let catalog = settings.catalog(global, &args.judge.selection)?;
    judge::check_destinations(&args.judge)?;
    match &args.snapshot {
        Some(path) => {
            settings.tell(global);
            let snapshot = files::open_snapshot(path)?;
            let survey = by_account::survey(&snapshot).map_err(|error| files::unusable(path, &error))?;
            for (of, number) in &survey.ignored {
                let of = crate::report::sanitize::visible(of);
                terminal::warn(
                    global,
                    &format!(
                        "{}: {number} of type {of}, which this driftline does not know, are not judged",
                        path.display()
                    ),
                );
            }
            let surroundings = std::sync::Arc::new(survey.surroundings);
            let judged = judge::Judged { snapshot: &snapshot, surroundings, statistics: None };
            judge::report(global, &settings, &args.judge, &catalog, judged)
        }
        None => live(global, args, settings, &catalog),
    }
}

#[cfg(feature = "aws")]
fn live(
    global: &crate::cli::GlobalArgs,
    args: &crate::cli::ScanArgs,
    settings: settings::Settings,
    catalog: &crate::catalog::Catalog,
) -> Result<u8, Stop> {
    let targets = settings.targets(&args.targets)?;
    let keep = match &args.save_snapshot {
        Some(path) => {
            save::check_writable(path)?;
            collect::Keep::At { path, resume: args.resume }
        }
        None => collect::Keep::Nowhere,
    };
    settings.tell(global);
    let environment = crate::collect::Environment::User {
        profile: args.targets.profile.clone().or_else(|| settings.config.profile.clone()),
    };
    let collected = collect::collect(global, &targets, &environment, settings.limits(&args.targets), &keep)?;
    if collected.interrupted {
        return collect::interrupted(global, collected.finished, &keep);
    }
    judge::collected(global, &settings, &args.judge, catalog, collected, args.save_snapshot.as_deref())
}

#[cfg(feature = "aws")]
fn take_snapshot(global: &crate::cli::GlobalArgs, args: &crate::cli::SnapshotArgs) -> Result<u8, Stop> {
    let settings = settings::Settings::load(global)?;
    let output = args.output.as_deref().ok_or_else(|| Stop::usage("--output names no file"))?;
    save::check_writable(output)?;
    let targets = settings.targets(&args.targets)?;
    settings.tell(global);
    let environment = crate::collect::Environment::User {
        profile: args.targets.profile.clone().or_else(|| settings.config.profile.clone()),
    };
    let keep = collect::Keep::At { path: output, resume: args.resume };
    let collected = collect::collect(global, &targets, &environment, settings.limits(&args.targets), &keep)?;
    if collected.interrupted {
        return collect::interrupted(global, collected.finished, &keep);
    }
    let finished = collected.finished;
    save::save_snapshot(output, &finished.snapshot)?;
    let code = snapshot::summarize(&finished.snapshot, &finished.survey, output)?;
    finished.checkpoint.discard();
    Ok(code)
}

/// What a shell reads to complete driftline's arguments.
fn completions(shell: clap_complete::Shell) -> Result<u8, Stop> {
    // Into memory first: clap_complete panics where the reader of its output goes away.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::definition(), "driftline", &mut script);
    std::io::Write::write_all(&mut std::io::stdout().lock(), &script)?;
    Ok(exit::CLEAN)
}

#[cfg(feature = "aws")]
fn demo(global: &crate::cli::GlobalArgs, args: &crate::cli::DemoArgs) -> Result<u8, Stop> {
    demo::run(global, args)
}

#[cfg(feature = "aws")]
fn plan(global: &crate::cli::GlobalArgs, args: &crate::cli::PlanArgs) -> Result<u8, Stop> {
    plan::run(global, args)
}

#[cfg(feature = "aws")]
fn doctor(global: &crate::cli::GlobalArgs, args: &crate::cli::DoctorArgs) -> Result<u8, Stop> {
    doctor::run(global, args)
}

#[cfg(not(feature = "aws"))]
const OFFLINE: &str = "this driftline was built without the feature `aws`: it can judge snapshots and read no account";

#[cfg(not(feature = "aws"))]
fn live(
    _: &crate::cli::GlobalArgs,
    _: &crate::cli::ScanArgs,
    _: settings::Settings,
    _: &crate::catalog::Catalog,
) -> Result<u8, Stop> {
    Err(Stop::usage(OFFLINE))
}

#[cfg(not(feature = "aws"))]
fn take_snapshot(_: &crate::cli::GlobalArgs, _: &crate::cli::SnapshotArgs) -> Result<u8, Stop> {
    Err(Stop::usage(OFFLINE))
}

#[cfg(not(feature = "aws"))]
fn demo(_: &crate::cli::GlobalArgs, _: &crate::cli::DemoArgs) -> Result<u8, Stop> {
    Err(Stop::usage(OFFLINE))
}

#[cfg(not(feature = "aws"))]
fn plan(_: &crate::cli::GlobalArgs, _: &crate::cli::PlanArgs) -> Result<u8, Stop> {
    Err(Stop::usage(OFFLINE))
}

#[cfg(not(feature = "aws"))]
fn doctor(_: &crate::cli::GlobalArgs, _: &crate::cli::DoctorArgs) -> Result<u8, Stop> {
    Err(Stop::usage(OFFLINE))
}
