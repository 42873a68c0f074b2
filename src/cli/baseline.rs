//! Arguments of the commands about declared baselines.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::arn::{AccountId, Region};

use super::{DecisionArgs, JudgeArgs};

#[derive(Debug, Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Draft a baseline of what a snapshot holds, to be read and shortened
    Record(BaselineRecordArgs),
    /// Say what of a snapshot is not as a baseline wants it
    ///
    /// Exits with 3 if something deviates, 4 if something could not be told, 2 if the baseline is mistaken.
    Compare(BaselineCompareArgs),
    /// Accept one deviation until a day: adds one line to exceptions.toml
    Accept(BaselineAcceptArgs),
    /// Say what is wrong with baselines: mistakes, overlaps, what is over-broad, dead or expired
    Lint(BaselineLintArgs),
}

#[derive(Debug, Args)]
pub struct BaselineRecordArgs {
    /// The snapshot to describe
    #[arg(long, value_name = "PATH")]
    pub snapshot: PathBuf,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Only this account (repeatable)
    #[arg(long = "account", value_name = "ID")]
    pub accounts: Vec<AccountId>,
    /// Only this region, and what is kept once per account (repeatable)
    #[arg(long = "region", value_name = "NAME")]
    pub regions: Vec<Region>,
    /// Only this type, such as AWS::EC2::SecurityGroup (repeatable)
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
}

#[derive(Debug, Args)]
pub struct BaselineCompareArgs {
    /// Files, or folders of them [default: scan.baselines of driftline.toml]
    #[arg(value_name = "BASELINE")]
    pub paths: Vec<PathBuf>,
    /// The snapshot to compare
    #[arg(long, value_name = "PATH")]
    pub snapshot: PathBuf,
    #[command(flatten)]
    pub judge: JudgeArgs,
}

#[derive(Debug, Args)]
pub struct BaselineAcceptArgs {
    /// The deviation's id, as reports show it behind `item`
    #[arg(value_name = "ITEM")]
    pub item: String,
    #[command(flatten)]
    pub decision: DecisionArgs,
}

#[derive(Debug, Args)]
pub struct BaselineLintArgs {
    /// Files, or folders of them [default: scan.baselines of driftline.toml]
    #[arg(value_name = "BASELINE")]
    pub paths: Vec<PathBuf>,
    /// Hold them against this snapshot: which entries are about nothing
    #[arg(long, value_name = "PATH")]
    pub snapshot: Option<PathBuf>,
    /// Also read these exceptions [default: exceptions.toml beside driftline.toml]
    #[arg(long, value_name = "FILE")]
    pub exceptions: Option<PathBuf>,
}
