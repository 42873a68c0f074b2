//! Arguments of the commands that write exceptions.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

#[derive(Debug, Args)]
pub struct SuppressArgs {
    #[command(subcommand)]
    pub command: SuppressCommand,
}

#[derive(Debug, Subcommand)]
pub enum SuppressCommand {
    /// Accept one finding of a report until a day
    ///
    /// Adds a table to the file and leaves the rest of it, comments and order, as it is.
    Add(SuppressAddArgs),
}

#[derive(Debug, Args)]
pub struct SuppressAddArgs {
    /// The finding's fingerprint, or its beginning as reports show it behind `id`
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,
    /// The JSON report that has the finding; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub report: PathBuf,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The last day on which it is, at most a year from today
    #[arg(long, value_name = "DAY", required_unless_present = "permanent")]
    pub until: Option<Date>,
    /// Accept it for good
    #[arg(long)]
    pub permanent: bool,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// Accept it whatever its value becomes
    #[arg(long)]
    pub any_value: bool,
    /// The file to add to [default: exceptions.toml beside driftline.toml]
    #[arg(long, value_name = "FILE")]
    pub exceptions: Option<PathBuf>,
}
