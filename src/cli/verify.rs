//! Arguments of `driftline verify`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use crate::arn::Arn;
use crate::config::OnUnknown;

use super::args::known;
use super::{TargetArgs, WriteTo};

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The snapshot of before the incident
    #[arg(long, value_name = "PATH")]
    pub before: PathBuf,
    /// The snapshot of after the recovery, or `live`: what AWS says now, read as a scan reads it
    #[arg(long, value_name = "PATH|live", default_value = "live")]
    pub after: After,
    /// Look again until both verdicts are yes, for at most so long, such as 10m; live only
    #[arg(long, value_name = "TIME", value_parser = wait)]
    pub wait: Option<Duration>,
    /// Keep what was read last as a snapshot; live only
    #[arg(long, value_name = "PATH")]
    pub save_snapshot: Option<PathBuf>,
    /// When the incident began and ended, such as 2026-11-20T08:00Z..2026-11-21T17:30Z
    #[arg(long, value_name = "FROM..TO")]
    pub incident: Option<Window>,
    /// When the intruder was shut out [default: the end of the incident]
    #[arg(long, value_name = "TIME")]
    pub contained: Option<Timestamp>,
    /// A user or role that the intruder had, by its ARN (repeatable)
    #[arg(long = "actor", value_name = "ARN")]
    pub actors: Vec<Arn>,
    /// What was made inside the incident and is meant to be there: an id, a name or an ARN (repeatable)
    #[arg(long = "expected", value_name = "ID")]
    pub expected: Vec<String>,
    /// Hardened is also that no check of this profile fails
    #[arg(long, value_name = "PROFILE")]
    pub hardening: Option<String>,
    /// A folder of your own checks, added to the built-in ones or replacing them by id (repeatable)
    #[arg(long = "checks", value_name = "DIR", requires = "hardening")]
    pub directories: Vec<PathBuf>,
    /// What is accepted for now, instead of the exceptions.toml beside driftline.toml
    #[arg(long, value_name = "FILE", requires = "hardening", conflicts_with = "no_exceptions")]
    pub exceptions: Option<PathBuf>,
    /// Accept nothing
    #[arg(long, requires = "hardening")]
    pub no_exceptions: bool,
    /// What something that could not be told does
    #[arg(long, value_name = "WHAT", default_value = "fail", value_parser = known::<OnUnknown>(OnUnknown::ALL.map(OnUnknown::as_str)))]
    pub on_unknown: OnUnknown,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: VerifyFormat,
    /// Also write it to a file: json=verify.json; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<VerifyFormat>>,
    #[command(flatten)]
    pub targets: TargetArgs,
}

/// What is held against the snapshot of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    Live,
    Snapshot(PathBuf),
}

impl FromStr for After {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A snapshot of that name is `./live`.
        Ok(if text == "live" { After::Live } else { After::Snapshot(PathBuf::from(text)) })
    }
}

const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Such as `90s`, `10m` or `1h 30m`.
fn wait(text: &str) -> Result<Duration, String> {
    let time = text.parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    match time {
        Some(time) if time > LONGEST_WAIT => Err("that is longer than a day".to_owned()),
        Some(time) if !time.is_zero() => Ok(time),
        _ => Err("a time such as 90s, 10m or 1h is wanted".to_owned()),
    }
}

/// Two times, the earlier first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl FromStr for Window {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once("..").ok_or("two times are wanted, with `..` between them")?;
        let time = |text: &str| text.parse::<Timestamp>().map_err(|error| format!("`{text}` is no time: {error}"));
        let window = Window { from: time(from)?, to: time(to)? };
        if window.from > window.to { Err("the first time is after the second".to_owned()) } else { Ok(window) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// One page for people: both verdicts, and what keeps them from being yes
    Text,
    /// Everything
    Json,
}
