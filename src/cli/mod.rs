//! What a user types. Only argument types: no command does anything here.

mod args;
mod baseline;
mod diff;
mod escalation;
mod exposure;
mod iam;
mod import;
mod prepare;
mod reach;
mod suppress;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::finding::Severity;

pub use args::{ColorChoice, JudgeArgs, OutputArg, TargetArgs};
pub use baseline::{
    BaselineAcceptArgs, BaselineArgs, BaselineCommand, BaselineCompareArgs, BaselineLintArgs, BaselineRecordArgs,
};
pub use diff::{DiffArgs, DiffFailOn, DiffFormat, DiffReportArgs, DiffSelectionArgs, OnlyEffect};
pub use escalation::{AdminsArgs, AdminsFormat, GraphFormat, PathsArgs, PathsFormat};
pub use exposure::{ExposureArgs, ExposureCommand, ExposureDiffArgs, ExposureDiffFormat, ExposureFormat};
pub use iam::{CanArgs, ContextKey, IamArgs, IamCommand, IamFormat};
pub use import::{DescribeArgs, ImportArgs, ImportCommand};
pub use prepare::{DoctorArgs, PlanArgs, PolicyArgs, PolicyExtent, PolicyFormat, PolicyPart, PreparationFormat};
pub use reach::{ReachArgs, ReachFormat, WriteTo};
pub use suppress::{SuppressAddArgs, SuppressArgs, SuppressCommand};
pub use verify::{VerifyArgs, VerifyFormat, Window};

const AFTER_HELP: &str = "\
Exit codes, the same for every format:
  0    no such finding, and every verdict could be told
  1    nothing trustworthy was produced (no credentials, no network, a damaged snapshot)
  2    a mistake in the command line or in driftline.toml
  3    a finding at or above --fail-on
  4    no such finding, but a verdict could not be told (see --on-unknown)
  130  interrupted; what was collected is saved

Examples:
  driftline demo
  driftline scan
  driftline scan --org --role DriftlineAudit -o junit=r.xml -o sarif=r.sarif --fail-on high
  driftline snapshot --org --role DriftlineAudit -o inventory.dls
  driftline scan --snapshot inventory.dls";

/// Finds what is exposed, weak, unused or unwatched in AWS accounts, and says
/// what it could not see.
#[derive(Debug, Parser)]
#[command(name = "driftline", version, max_term_width = 100, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Every command and argument, for what is generated from them.
    pub fn definition() -> clap::Command {
        <Cli as clap::CommandFactory>::command()
    }
}

#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The configuration file, instead of the nearest driftline.toml
    #[arg(long, global = true, value_name = "FILE", env = "DRIFTLINE_CONFIG", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, global = true)]
    pub no_config: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Say only what went wrong, and the result
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// No progress line, even on a terminal
    #[arg(long, global = true)]
    pub no_progress: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect, judge and report; or judge a snapshot, offline
    Scan(ScanArgs),
    /// Collect only: write what was read, and what could not be, to a file
    Snapshot(SnapshotArgs),
    /// Ask a snapshot whether one end of the network reaches another, and by which way or why not
    ///
    /// Exits with 0 if it could be told, 4 if something that decides was not read. With --batch it exits with 0
    /// whatever the verdicts are.
    Reach(ReachArgs),
    /// Make a snapshot of what other tools read
    Import(ImportArgs),
    /// Say what the internet reaches in a snapshot: every public address, its ports, and from where
    ///
    /// Exits with 0 if that could be told, and with 4 if something that decides was not read.
    Exposure(ExposureArgs),
    /// What should be there: draft it, compare with it, accept what deviates, and check the files
    Baseline(BaselineArgs),
    /// Accept a finding for now: write it into exceptions.toml
    Suppress(SuppressArgs),
    /// Say what has changed between two snapshots, by meaning, and whether more is allowed now
    ///
    /// Compares what is there and not what it is called: rebuilt resources, reordered rules and respelled policies are
    /// no difference. Exits with 3 if a difference fails the run (--fail-on), 4 if something could not be compared.
    Diff(DiffArgs),
    /// Ask a snapshot's policies who may do what
    Iam(IamArgs),
    /// Say after a recovery whether all is as it was, and whether what an intruder could use is gone
    ///
    /// Exits with 3 if one of the two verdicts is no, and with 4 if one could not be told.
    Verify(VerifyArgs),
    /// The catalogue of checks: list, show one, or test your own
    Checks(ChecksArgs),
    /// Benchmarks and standards: which there are, and which checks answer their controls
    Frameworks(FrameworksArgs),
    /// Say how many calls a scan makes, and how long it takes at least
    ///
    /// With --accounts and --regions nothing is asked; without, the accounts and the caller's regions are listed.
    Plan(PlanArgs),
    /// Probe credentials, roles, regions and permissions, and name the checks that would be unknown
    ///
    /// Reads each account as a scan does, but in one region, and keeps nothing. Exits with 0 if a scan
    /// could tell everything there, 4 if some check would be unknown, 1 if a scan could not begin.
    Doctor(DoctorArgs),
    /// Print the least that a scan has to be allowed: IAM policy, CloudFormation or Terraform
    ///
    /// Asks AWS nothing. A scan asks for everything whichever checks it runs, so without a selection
    /// the policy is for everything; with one, for what those checks' verdicts rest on, and what is
    /// denied besides changes nothing but the report's coverage.
    Policy(PolicyArgs),
    /// Scan a simulated organization on this machine; needs no AWS account
    Demo(DemoArgs),
    /// Print what a shell reads to complete these arguments
    ///
    /// For instance: driftline completions bash > ~/.local/share/bash-completion/completions/driftline
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Judge this snapshot instead of reading AWS
    #[arg(long, value_name = "PATH")]
    pub snapshot: Option<PathBuf>,
    /// Also keep what was read, as a snapshot
    #[arg(long, value_name = "PATH", conflicts_with = "snapshot")]
    pub save_snapshot: Option<PathBuf>,
    /// Go on with a run that did not end, where its snapshot was to be written
    #[arg(long, requires = "save_snapshot")]
    pub resume: bool,
    #[command(flatten)]
    pub targets: TargetArgs,
    #[command(flatten)]
    pub judge: JudgeArgs,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct SnapshotArgs {
    #[command(subcommand)]
    pub command: Option<SnapshotCommand>,
    /// Where to write it: a file, or a folder if the path ends in `/`
    #[arg(short, long, value_name = "PATH", required = true)]
    pub output: Option<PathBuf>,
    /// Go on with a run that did not end, where its snapshot was to be written
    #[arg(long)]
    pub resume: bool,
    #[command(flatten)]
    pub targets: TargetArgs,
}

#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// Verify a snapshot and say what is in it
    Show {
        /// A snapshot's file or folder
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct ChecksArgs {
    #[command(subcommand)]
    pub command: ChecksCommand,
}

#[derive(Debug, Subcommand)]
pub enum ChecksCommand {
    /// One line for each check
    List {
        #[command(flatten)]
        selection: SelectionArgs,
    },
    /// The named selections of checks, for --check-profile
    Profiles {
        /// A folder of your own checks (repeatable)
        #[arg(long = "checks", value_name = "DIR")]
        directories: Vec<PathBuf>,
    },
    /// Everything about one check
    Show {
        /// The check's id
        id: String,
        /// A folder of your own checks (repeatable)
        #[arg(long = "checks", value_name = "DIR")]
        directories: Vec<PathBuf>,
    },
    /// Write a page for each check, in Markdown, into a folder
    Pages {
        /// The folder; `SERVICE/ID.md` and `index.md` are made in it
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        #[command(flatten)]
        selection: SelectionArgs,
    },
    /// Write the file of a new check, to be filled in
    New {
        /// The check's id: lower-case words joined by hyphens that name what is found
        id: String,
        /// What it is about: a CloudFormation name such as AWS::EC2::VPC
        #[arg(long = "type", value_name = "TYPE")]
        resource_type: String,
        /// The folder of your checks; the file is SERVICE/ID.toml in it
        #[arg(short, long, value_name = "DIR", default_value = "checks")]
        output: PathBuf,
    },
    /// Say what is wrong with the checks, profiles and frameworks in a folder
    Lint {
        /// A folder of checks, or one file
        #[arg(default_value = "checks")]
        path: PathBuf,
    },
    /// Print the JSON Schema of check files, for editors that complete from it
    Schema,
    /// Run the cases of the checks in a folder, and see that each condition is needed
    Test {
        /// A folder of checks, or one check's file
        path: PathBuf,
    },
}

#[derive(Debug, Clone, Default, Args)]
pub struct SelectionArgs {
    /// Only these checks, by id or glob (repeatable)
    #[arg(short = 'c', long = "check", value_name = "GLOB")]
    pub checks: Vec<String>,
    /// Not these checks, by id or glob (repeatable)
    #[arg(long = "exclude-check", value_name = "GLOB")]
    pub exclude_checks: Vec<String>,
    /// Only checks of this profile, with its parameters (repeatable)
    #[arg(long = "check-profile", value_name = "NAME")]
    pub check_profiles: Vec<String>,
    /// Only checks that answer a control of this framework, by id or glob, and a table of its controls (repeatable)
    #[arg(long = "framework", value_name = "GLOB")]
    pub frameworks: Vec<String>,
    /// Only checks with this tag (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Only checks of this severity or worse
    #[arg(long, value_name = "SEVERITY", value_parser = args::known::<Severity>(args::severities()))]
    pub severity: Option<Severity>,
    /// A folder of your own checks, added to the built-in ones or replacing them by id (repeatable)
    #[arg(long = "checks", value_name = "DIR")]
    pub directories: Vec<PathBuf>,
}

impl SelectionArgs {
    /// Whether anything is selected or left out.
    pub fn selects(&self) -> bool {
        let lists = [&self.checks, &self.exclude_checks, &self.check_profiles, &self.frameworks, &self.tags];
        lists.iter().any(|list| !list.is_empty()) || self.severity.is_some()
    }
}

#[derive(Debug, Args)]
pub struct FrameworksArgs {
    #[command(subcommand)]
    pub command: FrameworksCommand,
}

#[derive(Debug, Subcommand)]
pub enum FrameworksCommand {
    /// One line for each framework, with how many of its controls checks answer
    List {
        /// A folder of your own checks (repeatable)
        #[arg(long = "checks", value_name = "DIR")]
        directories: Vec<PathBuf>,
    },
    /// The controls of a framework, and the checks that answer each
    Show {
        /// The framework's id
        id: String,
        /// A folder of your own checks (repeatable)
        #[arg(long = "checks", value_name = "DIR")]
        directories: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Also keep what was read, as a snapshot
    #[arg(long, value_name = "PATH")]
    pub save_snapshot: Option<PathBuf>,
    #[command(flatten)]
    pub judge: JudgeArgs,
}
