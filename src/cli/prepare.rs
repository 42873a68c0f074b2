//! Arguments of the commands that prepare a scan.

use clap::{Args, ValueEnum};

use super::args::known;
use super::{SelectionArgs, TargetArgs};
use crate::arn::Partition;

#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Whose policy: the role in each account, or whoever runs the scan
    #[arg(long, value_name = "PART", default_value = "member")]
    pub part: PolicyPart,
    /// What it has to be enough for [default: `checks` if checks are selected here, else `scan`]
    #[arg(long = "for", value_name = "WHAT")]
    pub extent: Option<PolicyExtent>,
    /// How it is written
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: PolicyFormat,
    /// The name of the role in each account [default: that of driftline.toml, or DriftlineAudit]
    #[arg(long, value_name = "NAME|ARN")]
    pub role: Option<String>,
    /// The partition in the caller's JSON; the other formats find it out themselves
    #[arg(long, value_name = "NAME", default_value = "aws", value_parser = known::<Partition>(Partition::ALL.map(Partition::as_str)))]
    pub partition: Partition,
    #[command(flatten)]
    pub selection: SelectionArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyPart {
    /// The role that a scan assumes in each account
    Member,
    /// Whoever runs the scan: lists the organization, assumes that role, and reads its own account
    Caller,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyExtent {
    /// Everything that a scan asks for, whichever checks it runs
    Scan,
    /// What the verdicts of the selected checks rest on
    Checks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyFormat {
    /// The IAM policy document
    Json,
    /// A template with the role, for a stack or a StackSet
    Cloudformation,
    /// The role for Terraform or OpenTofu
    Terraform,
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Plan for this many accounts (with --regions), without any call
    #[arg(long = "accounts", value_name = "N", requires = "number_of_regions", value_parser = clap::value_parser!(u32).range(1..))]
    pub number_of_accounts: Option<u32>,
    /// Plan for this many regions in each account
    #[arg(long = "regions", value_name = "M", requires = "number_of_accounts")]
    pub number_of_regions: Option<u32>,
    /// How long a call is assumed to take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 100)]
    pub latency: u32,
    /// How it is written
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: PreparationFormat,
    #[command(flatten)]
    pub targets: TargetArgs,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Probe every selected region, not one in each account
    #[arg(long)]
    pub every_region: bool,
    /// How it is written
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: PreparationFormat,
    #[command(flatten)]
    pub targets: TargetArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PreparationFormat {
    Text,
    Json,
}
