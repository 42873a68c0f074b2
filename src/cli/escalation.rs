//! Arguments of the commands that say who administers, and who can come to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::WriteTo;

#[derive(Debug, Args)]
pub struct AdminsArgs {
    /// The snapshot to ask
    #[arg(long, value_name = "PATH")]
    pub snapshot: PathBuf,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AdminsFormat,
    /// Also write the answer to a file: json=admins.ndjson; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<AdminsFormat>>,
}

#[derive(Debug, Args)]
pub struct PathsArgs {
    /// The snapshot to ask
    #[arg(long, value_name = "PATH")]
    pub snapshot: PathBuf,
    /// Whose ways are looked for: the ARN of a user or role, or its name where only one has it
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "all")]
    pub from: Option<String>,
    /// Where they are to lead: `admin`, or a user or role
    #[arg(long, value_name = "PRINCIPAL", default_value = "admin")]
    pub to: String,
    /// Tell of every user and role
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub all: bool,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: PathsFormat,
    /// Draw the ways instead
    #[arg(long, value_name = "LANGUAGE", conflicts_with = "format")]
    pub graph: Option<GraphFormat>,
    /// Also write the answer to a file: json=paths.ndjson; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<PathsFormat>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AdminsFormat {
    /// For people: account by account, with what makes them administrators
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathsFormat {
    /// For people: each step with the statement that allows it
    Text,
    /// One JSON object a line
    Json,
    /// Graphviz
    Dot,
    /// Mermaid, as Markdown readers draw it
    Mermaid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    Dot,
    Mermaid,
}
