//! `import describe`: files to a snapshot, and an account of what became of each.

use std::io::Write;
use std::path::Path;

use crate::cli::{DescribeArgs, GlobalArgs, ImportCommand};
use crate::import::{FileAccount, Import, ImportError, Options, Taken};
use crate::inventory::snapshot::Snapshot;
use crate::report::sanitize::visible;

use super::{Stop, by_account, exit, files, save, snapshot, terminal};

/// As many lines of a kind are told unasked.
const LINES: usize = 20;

pub(super) fn run(global: &GlobalArgs, command: &ImportCommand) -> Result<u8, Stop> {
    match command {
        ImportCommand::Describe(args) => describe(global, args),
    }
}

fn describe(global: &GlobalArgs, args: &DescribeArgs) -> Result<u8, Stop> {
    save::check_writable(&args.output)?;
    let mut import = Import::new(Options {
        account: args.account.clone(),
        region: args.region.clone(),
        as_of: args.as_of,
        report_time: args.report_time,
        root: names(if args.path.is_file() { files::folder(&args.path) } else { &args.path }),
        name: own_name(&args.path)?,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    });
    files::each_below(&args.path, |path, read| match read {
        Ok(bytes) => import.add(path, bytes),
        Err(why) => import.skip(path, &why),
    })?;
    let imported = match import.finish() {
        Ok(imported) => imported,
        Err(error @ ImportError::Nothing(_)) => {
            let text = format!("`{}`: {error}", args.path.display());
            if let ImportError::Nothing(account) = error {
                tell(global, &account, args.verbose);
            }
            return Err(Stop::runtime(text));
        }
        Err(error) => return Err(Stop::usage(visible(&error.to_string()))),
    };
    tell(global, &imported.account, args.verbose);
    if imported.taken == Taken::Nothing {
        terminal::warn(global, "no file holds a time: ages count to 1970; --as-of says when the files were taken");
    }
    let snapshot = Snapshot::of(&imported.inventory).map_err(|error| files::unusable(&args.output, &error))?;
    save::save_snapshot(&args.output, &snapshot)?;
    let survey = by_account::survey(&snapshot).map_err(|error| files::unusable(&args.output, &error))?;
    snapshot::summary(&snapshot, &survey, &args.output)?;
    let FileAccount { files, used, not_kept, .. } = &imported.account;
    let mut out = std::io::stdout().lock();
    writeln!(out, "files          {used} of {files} used")?;
    if !not_kept.is_empty() {
        let keys: Vec<_> = not_kept.iter().map(|(key, number)| format!("{key} ({number})")).collect();
        writeln!(out, "not kept       {}", keys.join(", "))?;
    }
    Ok(exit::CLEAN)
}

/// What a user has to know of the files, on standard error.
fn tell(global: &GlobalArgs, account: &FileAccount, verbose: bool) {
    let limit = if verbose { usize::MAX } else { LINES };
    let more = |all: usize, what: &str| {
        if all > limit {
            terminal::warn(global, &format!("{} more {what} (--verbose names them)", all - limit));
        }
    };
    for complaint in account.complaints.iter().take(limit) {
        terminal::warn(global, &visible(complaint));
    }
    more(account.complaints.len(), "mistakes in files");
    for (file, keys) in account.unknown.iter().take(limit) {
        let text = format!("{file}: not recognized: {}", keys.join(", "));
        terminal::note(global, &crate::report::sanitize::visible_up_to(&text, 300));
    }
    if account.unknown.len() > limit {
        let left = account.unknown.len() - limit;
        terminal::note(global, &format!("{left} more files are not recognized (--verbose names them)"));
    }
    if account.repeated > 0 {
        terminal::note(global, &format!("{} resources are in several files, alike in all", account.repeated));
    }
}

fn names(path: &Path) -> Vec<String> {
    let normal = path.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    normal.collect()
}

/// The folder's own name, whatever way leads to it: no snapshot says where on a disk it came from.
fn own_name(path: &Path) -> Result<String, Stop> {
    let whole = path.canonicalize().map_err(|error| files::cannot("read", path, &error))?;
    Ok(whole.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}
