//! Standard error and what the terminal can show.

use std::io::Write;

use anstream::ColorChoice as Choice;
use anstyle::{AnsiColor, Style};

use crate::cli::{ColorChoice, GlobalArgs};

/// Whether a stream shows colours: the flag, then NO_COLOR and FORCE_COLOR, then what the stream is.
fn shows_color(global: &GlobalArgs, stream: &impl anstream::stream::RawStream) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if set("FORCE_COLOR") => true,
        ColorChoice::Auto => anstream::AutoStream::choice(stream) != Choice::Never,
    }
}

pub(super) fn stdout_color(global: &GlobalArgs) -> bool {
    shows_color(global, &std::io::stdout())
}

pub(super) fn stderr_color(global: &GlobalArgs) -> bool {
    shows_color(global, &std::io::stderr())
}

/// The columns of standard output: COLUMNS, the terminal's, or 100.
pub(super) fn width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let is = || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    set.or_else(is).unwrap_or(100).clamp(60, 160)
}

/// Whether a line that rewrites itself is welcome: on a terminal, and not in a CI job's log.
#[cfg(feature = "aws")]
pub(super) fn shows_progress(global: &GlobalArgs) -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    !global.quiet && !global.no_progress && !in_ci && std::io::IsTerminal::is_terminal(&std::io::stderr())
}

/// One line of what is going on; silent with `--quiet`.
pub(super) fn note(global: &GlobalArgs, text: &str) {
    if !global.quiet {
        line(text);
    }
}

pub(super) fn warn(global: &GlobalArgs, text: &str) {
    labelled(global, "warning", AnsiColor::Yellow, text);
}

/// Why the command failed.
pub(super) fn error(global: &GlobalArgs, text: &str) {
    labelled(global, "error", AnsiColor::Red, text);
}

fn labelled(global: &GlobalArgs, label: &str, color: AnsiColor, text: &str) {
    let style = if stderr_color(global) { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
    line(&format!("{style}{label}{style:#}: {text}"));
}

/// The last line of a run; not even `--quiet` silences it.
pub(super) fn result(text: &str) {
    line(text);
}

pub(super) fn line(text: &str) {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
