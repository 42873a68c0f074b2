//! Arguments of `driftline verify`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::arn::Arn;
use crate::config::OnUnknown;

use super::WriteTo;
use super::args::known;

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The snapshot of before the incident
    #[arg(long, value_name = "PATH")]
    pub before: PathBuf,
    /// The snapshot of after the recovery
    #[arg(long, value_name = "PATH")]
    pub after: PathBuf,
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
    /// What something that could not be told does
    #[arg(long, value_name = "WHAT", default_value = "fail", value_parser = known::<OnUnknown>(OnUnknown::ALL.map(OnUnknown::as_str)))]
    pub on_unknown: OnUnknown,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: VerifyFormat,
    /// Also write it to a file: json=verify.json; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<VerifyFormat>>,
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
