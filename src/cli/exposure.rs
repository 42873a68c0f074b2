//! Arguments of the commands that say what the internet reaches.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::WriteTo;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ExposureArgs {
    #[command(subcommand)]
    pub command: Option<ExposureCommand>,
    /// The snapshot to ask
    #[arg(long, value_name = "PATH", required = true)]
    pub snapshot: Option<PathBuf>,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: ExposureFormat,
    /// Also write the answer to a file: json=exposure.json; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<ExposureFormat>>,
    /// Also tell of addresses that nothing on the internet reaches, and which gate keeps it out
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Subcommand)]
pub enum ExposureCommand {
    /// Say what a change opened and closed: between two snapshots, or two objects in them
    ///
    /// Compares what is admitted and not what is written: rules that are split, renumbered or moved admit the same.
    /// Exits with 3 if something was opened, 4 if what was not read could have been, and 0 otherwise.
    Diff(ExposureDiffArgs),
}

#[derive(Debug, Args)]
pub struct ExposureDiffArgs {
    /// The snapshot before; with `#ID` one security group, network ACL, route table, interface or VPC in it
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// The snapshot after, or an object in it
    #[arg(value_name = "AFTER")]
    pub after: String,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: ExposureDiffFormat,
    /// Also write the answer to a file: json=diff.json; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<ExposureDiffFormat>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExposureFormat {
    /// For people: what is open, from whom, on what
    Text,
    /// Everything, with every gate and a witness
    Json,
    /// One row for each set of ports, for spreadsheets
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExposureDiffFormat {
    Text,
    Json,
}
