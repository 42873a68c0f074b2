//! Groups of arguments that several commands share.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::{FailOn, OnUnknown};
use crate::finding::Severity;
use crate::report::Format;

use super::SelectionArgs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// Where a scan goes, and as whom.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Targets")]
pub struct TargetArgs {
    /// The AWS profile
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Regions to read: names or globs such as `eu-*`; all enabled ones if not given (repeatable)
    #[arg(short, long = "region", value_name = "GLOB", value_delimiter = ',')]
    pub regions: Vec<String>,
    /// Regions to leave out (repeatable)
    #[arg(long = "exclude-region", value_name = "GLOB", value_delimiter = ',')]
    pub exclude_regions: Vec<String>,
    /// Every active account of the organization
    #[arg(long, conflicts_with = "accounts")]
    pub org: bool,
    /// Only accounts below this organizational unit or root; implies --org (repeatable)
    #[arg(long = "ou", value_name = "ID", value_delimiter = ',', conflicts_with = "accounts")]
    pub organizational_units: Vec<String>,
    /// Only accounts with this tag; implies --org (repeatable)
    #[arg(long = "account-tag", value_name = "KEY=VALUE", conflicts_with = "accounts")]
    pub account_tags: Vec<String>,
    /// These accounts (repeatable)
    #[arg(long = "account", value_name = "ID", value_delimiter = ',')]
    pub accounts: Vec<String>,
    /// Accounts to leave out (repeatable)
    #[arg(long = "exclude-account", value_name = "ID", value_delimiter = ',')]
    pub exclude_accounts: Vec<String>,
    /// The role to assume in each account: its name, or an ARN
    #[arg(long, value_name = "NAME|ARN")]
    pub role: Option<String>,
    /// A role to assume before that one (repeatable, in order)
    #[arg(long = "role-via", value_name = "ARN")]
    pub role_via: Vec<String>,
    /// The external id that the role asks for
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// The name of the sessions, as CloudTrail shows it
    #[arg(long, value_name = "NAME")]
    pub session_name: Option<String>,
    /// Requests under way at once
    #[arg(long, value_name = "N")]
    pub max_concurrency: Option<usize>,
    /// The part of AWS's request rates to use, 0.1 to 1.0; the rest is left to others in the accounts [default: 0.5]
    #[arg(long, value_name = "PART", value_parser = politeness)]
    pub politeness: Option<f64>,
}

fn politeness(text: &str) -> Result<f64, String> {
    let part = text.parse::<f64>().ok().filter(|part| (0.1..=1.0).contains(part));
    part.ok_or_else(|| "a number from 0.1 to 1.0 is wanted".to_owned())
}

/// What is judged and how it is told.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Judging and reporting")]
pub struct JudgeArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Findings of this severity or worse fail the run [default: low]
    #[arg(long, value_name = "SEVERITY", value_parser = known::<FailOn>(severities()))]
    pub fail_on: Option<FailOn>,
    /// What a verdict that could not be told does [default: fail]
    #[arg(long, value_name = "WHAT", value_parser = known::<OnUnknown>(OnUnknown::ALL.map(OnUnknown::as_str)))]
    pub on_unknown: Option<OnUnknown>,
    /// Also say what is not as this baseline wants it: a file, or a folder of them (repeatable)
    #[arg(long = "baseline", value_name = "PATH")]
    pub baselines: Vec<PathBuf>,
    /// What is accepted for now, instead of the exceptions.toml beside driftline.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_exceptions")]
    pub exceptions: Option<PathBuf>,
    /// Accept nothing
    #[arg(long)]
    pub no_exceptions: bool,
    /// Fail only on what this earlier run did not find: its JSON report, or a snapshot
    #[arg(long, value_name = "PREVIOUS")]
    pub against: Option<PathBuf>,
    /// Exit with 0 whatever was found (not if the run itself fails)
    #[arg(long)]
    pub exit_zero: bool,
    /// Count ages to this time instead of the time of collection
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub as_of: Option<Timestamp>,
    /// The format on standard output [default: text]
    #[arg(short, long, value_name = "FORMAT", value_parser = known::<Format>(Format::ALL.map(Format::as_str)))]
    pub format: Option<Format>,
    /// Also write a report to a file: junit=report.xml; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<OutputArg>,
    /// Show every finding, not the first few of each check
    #[arg(long)]
    pub all: bool,
    /// Put the passes into the reports too
    #[arg(long)]
    pub passes: bool,
}

/// One of these words: clap lists them, completes them, and says which one was meant.
pub(super) fn known<T>(words: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Into<Box<dyn std::error::Error + Send + Sync>>> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

/// A time with its offset, or a day, which is its first moment in UTC.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
    match (text.parse::<Timestamp>(), day()) {
        (Ok(time), _) => Ok(time),
        (Err(_), Some(day)) => Ok(day.timestamp()),
        (Err(_), None) => Err("a time such as 2026-01-01T00:00:00Z, or a day such as 2026-01-01, is wanted".to_owned()),
    }
}

pub(super) fn severities() -> [&'static str; 5] {
    Severity::ALL.map(Severity::as_str)
}

/// `FORMAT=PATH`.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputArg {
    pub format: Format,
    /// None is standard output.
    pub path: Option<PathBuf>,
}

impl FromStr for OutputArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) =
            text.split_once('=').ok_or_else(|| format!("`{text}` is no FORMAT=PATH such as `junit=report.xml`"))?;
        if path.is_empty() {
            return Err(format!("`{text}` names no file after `=`"));
        }
        Ok(OutputArg { format: format.parse()?, path: (path != "-").then(|| PathBuf::from(path)) })
    }
}
