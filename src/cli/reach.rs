//! Arguments of the commands that ask a snapshot's network.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct ReachArgs {
    /// The snapshot to ask
    #[arg(long, value_name = "PATH")]
    pub snapshot: PathBuf,
    /// Who sends: `internet`, an address, or the id of an interface or instance
    #[arg(long, value_name = "END", required_unless_present = "batch")]
    pub from: Option<String>,
    /// Who is to get it: an address, an interface, an instance, or a load balancer's name, ARN or DNS name
    #[arg(long, value_name = "END", required_unless_present = "batch")]
    pub to: Option<String>,
    /// tcp, udp, icmp (an echo request) or a protocol number
    #[arg(long, value_name = "PROTOCOL", default_value = "tcp")]
    pub proto: String,
    /// The destination port, for tcp and udp
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Ask every probe of a file, one JSON object a line with from, to, protocol and port; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to", "port"])]
    pub batch: Option<PathBuf>,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: ReachFormat,
    /// Write the answer to a file
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReachFormat {
    /// For people: the verdict, and each gate on the way
    Text,
    /// One JSON object a line
    Json,
}
