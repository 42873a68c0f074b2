//! Arguments of the commands that write exceptions.

use clap::{Args, Subcommand};

use super::DecisionArgs;

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
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// Accept it whatever its value becomes
    #[arg(long)]
    pub any_value: bool,
}
