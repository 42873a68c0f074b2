//! A live collection: its progress on the terminal, and Ctrl-C.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::cli::GlobalArgs;
use crate::collect::{CollectError, Environment, Limits, Progress, Scan, Shared, Survey};
use crate::config::targets::Targets;
use crate::inventory::snapshot::PartInfo;
use crate::inventory::{Account, Inventory, Provenance, Statistics};

use super::checkpoint::{self, Checkpoint, Finished, Run};
use super::{Stop, exit, save, terminal};

/// Where a collection goes.
pub(super) enum Keep<'a> {
    /// Nowhere: it is gone once it was judged.
    Nowhere,
    /// To a file or folder. What an earlier run left beside it is gone on with if `resume`.
    At { path: &'a Path, resume: bool },
}

/// A collection that has ended.
pub(super) struct Collected {
    pub finished: Finished,
    pub statistics: Statistics,
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

/// Asks where a scan would go.
pub(super) fn survey(targets: &Targets, environment: &Environment, limits: Limits) -> Result<Survey, CollectError> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = built.map_err(|error| CollectError::Setting(format!("cannot start threads: {error}")))?;
    // Nothing is kept that a Ctrl-C could lose: it ends the process.
    let (_stop, stopped) = watch::channel(false);
    let shared = Arc::new(Shared::new(limits, Arc::new(Progress::default()), stopped));
    runtime.block_on(crate::collect::survey(targets, environment, shared))
}

/// Reads AWS. The first Ctrl-C stops it and keeps what was read; the second ends the process.
pub(super) fn collect(
    global: &GlobalArgs,
    targets: &Targets,
    environment: &Environment,
    limits: Limits,
    keep: &Keep<'_>,
) -> Result<Collected, Stop> {
    runtime()?.block_on(collect_on(global, targets, environment, limits, keep))
}

pub(super) async fn collect_on(
    global: &GlobalArgs,
    targets: &Targets,
    environment: &Environment,
    mut limits: Limits,
    keep: &Keep<'_>,
) -> Result<Collected, Stop> {
    if let Some(note) = limits.fit_open_files() {
        terminal::note(global, &note);
    }
    // Before the first call: a folder that cannot be written is told now.
    let mut checkpoint = match keep {
        Keep::Nowhere => Checkpoint::temporary()?,
        Keep::At { path, .. } => Checkpoint::at(&checkpoint::beside(path))?,
    };
    let known = left_behind(global, &checkpoint, targets, keep)?;
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
    let collected = async {
        let resumed = known.is_some();
        let scan = Scan::prepare(targets, environment, Arc::clone(&shared), now, known).await?;
        let done = if resumed {
            let done = checkpoint.resume()?;
            terminal::note(global, &format!("{done} of {} accounts are read already", scan.accounts.len()));
            checkpoint.done().cloned().collect()
        } else {
            let accounts = scan.accounts.values().cloned().collect();
            let targets_sha256 = PartInfo::of(targets.identity().as_bytes()).sha256;
            checkpoint.begin(Run { provenance: scan.provenance.clone(), targets_sha256, accounts })?;
            BTreeSet::new()
        };
        let (parts, read) = mpsc::channel(1);
        // Compressing and syncing would hold up the calls that are under way.
        let writer = tokio::task::spawn_blocking(move || write_parts(checkpoint, read));
        let ran = scan.run(&done, parts).await;
        let checkpoint = writer.await.map_err(|error| Stop::runtime(error.to_string()))??;
        ran?;
        Ok::<_, Stop>((checkpoint, done.len() as u64))
    };
    let collected = collected.await;
    bar.abort();
    // The bar clears its line when it is dropped.
    let _ = bar.await;
    signals.abort();
    let (checkpoint, resumed_accounts) = collected?;
    let finished = checkpoint.snapshot()?;
    let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let accounts = finished.survey.surroundings.accounts.len();
    terminal::note(
        global,
        &format!(
            "read {accounts} account{} in {:.1} s: {} calls, {} throttled, {} denied",
            if accounts == 1 { "" } else { "s" },
            start.elapsed().as_secs_f64(),
            of(&progress.calls),
            of(&progress.throttled),
            of(&progress.denied),
        ),
    );
    let statistics = Statistics { resumed_accounts, ..shared.statistics() };
    Ok(Collected { finished, statistics, interrupted: shared.stopped() })
}

/// Takes accounts until there are no more.
fn write_parts(mut checkpoint: Checkpoint, mut read: mpsc::Receiver<Inventory>) -> Result<Checkpoint, Stop> {
    while let Some(part) = read.blocking_recv() {
        checkpoint.add(&part)?;
    }
    Ok(checkpoint)
}

/// How long is looked again at what is to become well.
pub(super) struct Patience {
    /// None where one look is enough.
    until: Option<Instant>,
    began: Instant,
    step: Duration,
}

impl Patience {
    const FIRST: Duration = Duration::from_secs(10);
    const LONGEST: Duration = Duration::from_secs(120);

    pub fn new(wait: Option<Duration>) -> Patience {
        let now = Instant::now();
        Patience { until: wait.and_then(|wait| now.checked_add(wait)), began: now, step: Patience::FIRST }
    }

    /// A look begins.
    pub fn begin(&mut self) {
        self.began = Instant::now();
    }

    /// How long to wait for the next look: longer each time, and no shorter than the last look took, so that half of
    /// the time at most is spent asking; the last look begins when the time is up. None if that one was it.
    pub fn next(&mut self) -> Option<Duration> {
        let left = self.until?.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
        let pause = self.step.max(self.began.elapsed()).min(left);
        self.step = (self.step * 2).min(Patience::LONGEST);
        Some(pause)
    }

    /// When the next look is, and how long they go on.
    pub fn in_words(&self, pause: Duration) -> String {
        let left = self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        let seconds = |time: Duration| time.as_secs_f64().ceil() as u64;
        let (left, pause) = (seconds(left), seconds(pause));
        format!("looking again in {pause} s, for {:02}:{:02} more at most", left / 60, left % 60)
    }
}

/// Waits, and says whether Ctrl-C ended it.
pub(super) fn pause(time: Duration) -> Result<bool, Stop> {
    // A handler of an earlier collection swallows the signal for as long as the process lives.
    let stopped = runtime()?.block_on(async { tokio::time::timeout(time, tokio::signal::ctrl_c()).await });
    Ok(matches!(stopped, Ok(Ok(()))))
}

/// What an earlier run left, if this one is to go on with it.
fn left_behind(
    global: &GlobalArgs,
    checkpoint: &Checkpoint,
    targets: &Targets,
    keep: &Keep<'_>,
) -> Result<Option<(Provenance, Vec<Account>)>, Stop> {
    let Keep::At { path, resume } = keep else { return Ok(None) };
    let folder = checkpoint::beside(path);
    if let Some(why) = checkpoint.unreadable() {
        let what = format!("`{}` cannot be read ({why})", folder.join("run.json").display());
        if *resume {
            return Err(Stop::runtime(format!(
                "--resume cannot go on: {what}; nothing was deleted; put the file back, or leave --resume out to read \
                 all of it anew"
            )));
        }
        terminal::warn(global, &format!("{what}; the run that it was about is replaced"));
        return Ok(None);
    }
    let Some(run) = checkpoint.left() else {
        if *resume {
            terminal::note(
                global,
                &format!("there is nothing to go on with in {}; reading all of it", folder.display()),
            );
        }
        return Ok(None);
    };
    let when = run.provenance.taken_at;
    if !resume {
        terminal::warn(
            global,
            &format!(
                "{} holds a run of {when} that did not end; it is replaced (--resume goes on with it)",
                folder.display()
            ),
        );
        return Ok(None);
    }
    let other = |what: &str| {
        Stop::usage(format!(
            "--resume cannot go on with the run of {when} in `{}`: {what}; leave --resume out to read all of it anew",
            folder.display()
        ))
    };
    if run.targets_sha256 != PartInfo::of(targets.identity().as_bytes()).sha256 {
        return Err(other("it was about other accounts, regions or roles"));
    }
    if run.provenance.tool_version != env!("CARGO_PKG_VERSION") {
        return Err(other(&format!("driftline {} began it", run.provenance.tool_version)));
    }
    terminal::note(global, &format!("going on with the run of {when}"));
    Ok(Some((run.provenance.clone(), run.accounts.clone())))
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
pub(super) fn interrupted(global: &GlobalArgs, finished: Finished, keep: &Keep<'_>) -> Result<u8, Stop> {
    let (path, kept) = match keep {
        Keep::At { path, .. } => (path.to_path_buf(), true),
        Keep::Nowhere => {
            let when = finished.snapshot.provenance().taken_at.strftime("%Y%m%dT%H%M%SZ");
            (PathBuf::from(format!("driftline-interrupted-{when}.dls")), false)
        }
    };
    save::save_snapshot(&path, &finished.snapshot)?;
    let more = if kept { "; --resume reads the rest" } else { "" };
    terminal::warn(
        global,
        &format!(
            "interrupted; what was read is in {0} (judge it with `driftline scan --snapshot {0}`){more}",
            path.display()
        ),
    );
    Ok(exit::INTERRUPTED)
}
