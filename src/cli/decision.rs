//! What is said of anything that is accepted: why, until when and by whom.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

#[derive(Debug, Args)]
pub struct DecisionArgs {
    /// The JSON report that has it; `-` is standard input
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
    /// Where it is tracked
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,
    /// The file to add to [default: exceptions.toml beside driftline.toml]
    #[arg(long, value_name = "FILE")]
    pub exceptions: Option<PathBuf>,
}
