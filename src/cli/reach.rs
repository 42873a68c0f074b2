//! Arguments of the commands that ask a snapshot's network.

use std::path::PathBuf;
use std::str::FromStr;

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
    /// Also write the answer to a file: json=answers.ndjson; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<ReachFormat>>,
}

/// `FORMAT=PATH`, of one command's formats.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteTo<F> {
    pub format: F,
    /// None is standard output.
    pub path: Option<PathBuf>,
}

impl<F: ValueEnum> FromStr for WriteTo<F> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or_else(|| format!("`{text}` is no FORMAT=PATH"))?;
        let known = || {
            let all = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            all.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
        };
        let format =
            F::from_str(format, false).map_err(|_| format!("`{format}` is none of the formats {}", known()))?;
        if path.is_empty() {
            return Err(format!("`{text}` names no file after `=`"));
        }
        Ok(WriteTo { format, path: (path != "-").then(|| PathBuf::from(path)) })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReachFormat {
    /// For people: the verdict, and each gate on the way
    Text,
    /// One JSON object a line
    Json,
}
