//! Arguments of the commands that take in what other tools read.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::arn::{AccountId, Region};

use super::args::time;

#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    pub command: ImportCommand,
}

#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Make a snapshot of what `aws ec2 describe-*`, `aws iam get-account-authorization-details` and their like printed
    ///
    /// Files are known by what is in them, whatever they are called. What they do not hold is a gap of
    /// the snapshot, and what depends on it is unknown. Exits with 1 if nothing is usable, 2 if it cannot be told
    /// whose a file is.
    Describe(DescribeArgs),
}

#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// A folder with JSON files, at any depth, or one file
    #[arg(value_name = "DIR")]
    pub path: PathBuf,
    /// Where to write the snapshot: a file, or a folder if the path ends in `/`
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// The account that the files are of [default: as folders or the files say]
    #[arg(long, value_name = "ID")]
    pub account: Option<AccountId>,
    /// The region that the files are of [default: as folders or the files say]
    #[arg(long, value_name = "NAME", value_parser = region)]
    pub region: Option<Region>,
    /// When the files were taken [default: the newest time in them]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub as_of: Option<Timestamp>,
    /// When credential reports were made that are CSV alone [default: as their file names say]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub report_time: Option<Timestamp>,
    /// Name every file that is not used
    #[arg(long)]
    pub verbose: bool,
}

fn region(text: &str) -> Result<Region, String> {
    let region: Region = text.parse().map_err(|error: crate::arn::ArnError| error.to_string())?;
    if region.is_global() { Err("a region's name is wanted, such as eu-west-1".to_owned()) } else { Ok(region) }
}
