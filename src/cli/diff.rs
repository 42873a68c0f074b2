//! Arguments of `driftline diff`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::config::OnUnknown;
use crate::finding::Severity;

use super::WriteTo;
use super::args::known;

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older snapshot
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The newer snapshot
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    #[command(flatten)]
    pub selection: DiffSelectionArgs,
    #[command(flatten)]
    pub report: DiffReportArgs,
}

/// Which differences are told of.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What is compared")]
pub struct DiffSelectionArgs {
    /// Only differences that may allow more (weakening), less, or neither (repeatable)
    #[arg(long, value_name = "EFFECT")]
    pub only: Vec<OnlyEffect>,
    /// Only these accounts (repeatable)
    #[arg(long = "account", value_name = "ID", value_delimiter = ',')]
    pub accounts: Vec<String>,
    /// Only these regions: names or globs such as `eu-*`; `global` is what has none (repeatable)
    #[arg(short, long = "region", value_name = "GLOB", value_delimiter = ',')]
    pub regions: Vec<String>,
    /// Only resources of these types, such as AWS::EC2::SecurityGroup or the glob `AWS::IAM::*` (repeatable)
    #[arg(long = "type", value_name = "GLOB", value_delimiter = ',')]
    pub types: Vec<String>,
}

/// How differences are told, and which fail the run.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reporting")]
pub struct DiffReportArgs {
    /// What fails the run: `any` difference, what may be `weakening`, or a severity from which on
    #[arg(long, value_name = "WHAT", default_value = "low", value_parser = known::<DiffFailOn>(DiffFailOn::WORDS))]
    pub fail_on: DiffFailOn,
    /// What something that could not be compared does
    #[arg(long, value_name = "WHAT", default_value = "fail", value_parser = known::<OnUnknown>(OnUnknown::ALL.map(OnUnknown::as_str)))]
    pub on_unknown: OnUnknown,
    /// Exit with 0 whatever was found (not if the run itself fails)
    #[arg(long)]
    pub exit_zero: bool,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: DiffFormat,
    /// Also write it to a file: junit=drift.xml; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<DiffFormat>>,
    /// Name everything that follows from something else, and every gap, not the first few
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnlyEffect {
    /// More is allowed, or it is not known that it is not
    Weakening,
    /// Less is allowed
    Strengthening,
    /// The same is allowed
    Neutral,
}

/// Which differences fail the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffFailOn {
    /// All of them.
    Any,
    /// Those that may allow more than before.
    Weakening,
    /// Those of this severity or worse.
    Severity(Severity),
}

impl DiffFailOn {
    pub const WORDS: [&'static str; 7] = ["any", "weakening", "critical", "high", "medium", "low", "informational"];
}

impl FromStr for DiffFailOn {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(DiffFailOn::Any),
            "weakening" => Ok(DiffFailOn::Weakening),
            severity => severity.parse().map(DiffFailOn::Severity),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people: what weakens first
    Text,
    /// Everything
    Json,
    /// A test case for each difference, for CI
    Junit,
    /// A result for each difference, for code scanning
    Sarif,
    /// A row for each difference, for spreadsheets
    Csv,
}
