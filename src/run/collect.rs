//! A live collection: its progress on the terminal, and Ctrl-C.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::cli::GlobalArgs;
use crate::collect::{CollectError, Environment, Limits, Progress, Shared};
use crate::config::targets::Targets;
use crate::inventory::Inventory;

use super::{Stop, exit, save, terminal};

pub(super) struct Collected {
    pub inventory: Inventory,
    /// The user stopped it: it holds what was read until then.
    pub interrupted: bool,
}

impl From<CollectError> for Stop {
    fn from(error: CollectError) -> Stop {
        match error {
            CollectError::NoAccounts(_) => Stop::usage(error.to_string()),
            CollectError::Interrupted => Stop::Interrupted,
            _ => Stop::runtime(error.to_string()),
        }
    }
}

/// The runtime that a collection runs on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| Stop::runtime(format!("cannot start threads: {error}")))
}

/// Reads AWS. The first Ctrl-C stops it and keeps what was read; the second ends the process.
pub(super) fn collect(
    global: &GlobalArgs,
    targets: &Targets,
    environment: &Environment,
    limits: Limits,
) -> Result<Collected, Stop> {
    runtime()?.block_on(collect_on(global, targets, environment, limits))
}

pub(super) async fn collect_on(
    global: &GlobalArgs,
    targets: &Targets,
    environment: &Environment,
    mut limits: Limits,
) -> Result<Collected, Stop> {
    if let Some(note) = limits.fit_open_files() {
        terminal::note(global, &note);
    }
    let progress = Arc::new(Progress::default());
    let (stop, stopped) = watch::channel(false);
    let shared = Arc::new(Shared::new(limits, Arc::clone(&progress), stopped));
    let quiet = global.quiet;
    let signals = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            if !quiet {
                // The terminal has echoed `^C` on the line.
                terminal::line("\nstopping; what was read is kept (Ctrl-C again to end at once)");
            }
            let _ = stop.send(true);
            if tokio::signal::ctrl_c().await.is_ok() {
                #[expect(clippy::exit, reason = "the second Ctrl-C wants the end now, whatever is under way")]
                std::process::exit(i32::from(exit::INTERRUPTED));
            }
        }
        // Kept open: a closed channel would read as a stop.
        std::future::pending::<()>().await;
    });
    let bar = tokio::spawn(watch_progress(Arc::clone(&progress), terminal::shows_progress(global)));

    let start = Instant::now();
    // Whole seconds: no more is known of the moment at which an account was as it was read.
    #[expect(clippy::disallowed_methods, reason = "the one place where a run learns the time")]
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
    let collected = crate::collect::collect(targets, environment, Arc::clone(&shared), now).await;
    bar.abort();
    // The bar clears its line when it is dropped.
    let _ = bar.await;
    signals.abort();
    let inventory = collected?;
    let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    terminal::note(
        global,
        &format!(
            "read {} accounts in {:.1} s: {} calls, {} throttled, {} denied",
            inventory.accounts.len(),
            start.elapsed().as_secs_f64(),
            of(&progress.calls),
            of(&progress.throttled),
            of(&progress.denied),
        ),
    );
    Ok(Collected { inventory, interrupted: shared.stopped() })
}

/// One line that rewrites itself.
async fn watch_progress(progress: Arc<Progress>, shown: bool) {
    if !shown {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    let clear = Clear(bar);
    let start = Instant::now();
    loop {
        let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (done, cells) = (of(&progress.cells_done), of(&progress.cells));
        let (accounts_done, accounts) = (of(&progress.accounts_done), of(&progress.accounts));
        clear.0.set_message(format!(
            "accounts {accounts_done}/{accounts}  cells {done}/{cells}  calls {}  throttled {}  denied {}{}",
            of(&progress.calls),
            of(&progress.throttled),
            of(&progress.denied),
            time_left(start.elapsed(), done, cells, accounts_done, accounts),
        ));
        clear.0.tick();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A guess from the pace so far; accounts that have not begun count like the others.
fn time_left(elapsed: Duration, done: u64, cells: u64, accounts_done: u64, accounts: u64) -> String {
    let part = if accounts > 1 { accounts_done as f64 / accounts as f64 } else { done as f64 / cells.max(1) as f64 };
    if part <= 0.0 || elapsed < Duration::from_secs(2) {
        return String::new();
    }
    let left = (elapsed.as_secs_f64() * (1.0 - part) / part).ceil() as u64;
    format!("  left {:02}:{:02}", left / 60, left % 60)
}

struct Clear(ProgressBar);

impl Drop for Clear {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Saves what an interrupted collection read.
pub(super) fn interrupted(global: &GlobalArgs, inventory: &Inventory, path: Option<&Path>) -> Result<u8, Stop> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => PathBuf::from(format!(
            "driftline-interrupted-{}.dls",
            inventory.provenance.taken_at.strftime("%Y%m%dT%H%M%SZ")
        )),
    };
    save::save_snapshot(&path, inventory)?;
    terminal::warn(
        global,
        &format!(
            "interrupted; what was read is in {0} (judge it with `driftline scan --snapshot {0}`)",
            path.display()
        ),
    );
    Ok(exit::INTERRUPTED)
}
