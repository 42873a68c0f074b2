//! Arguments of the commands that ask a snapshot's policies.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use super::WriteTo;

#[derive(Debug, Args)]
pub struct IamArgs {
    #[command(subcommand)]
    pub command: IamCommand,
}

#[derive(Debug, Subcommand)]
pub enum IamCommand {
    /// Ask whether a principal may do an action, and which statement decides
    ///
    /// The verdict is allowed (whatever the request brings), conditional (it depends on what is named), denied, or
    /// unknown. Exits with 0 if it could be told, and with 4 if policies that could allow it were not read.
    Can(CanArgs),
}

#[derive(Debug, Args)]
pub struct CanArgs {
    /// Who: an ARN, or the name of a user or role if there is only one so called
    pub principal: String,
    /// What, such as iam:PutUserPolicy
    pub action: String,
    /// On what: an ARN, or `*` for actions that have no resource
    #[arg(default_value = "*")]
    pub resource: String,
    /// The snapshot to ask
    #[arg(long, value_name = "PATH")]
    pub snapshot: PathBuf,
    /// What else is known of the request, such as aws:MultiFactorAuthPresent=true; without a value after `=` the
    /// request does not have the key (repeatable, the same key with more values)
    #[arg(long = "context", value_name = "KEY=VALUE")]
    pub context: Vec<ContextKey>,
    /// How it is told
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: IamFormat,
    /// Also write the answer to a file: json=answer.json; `-` is standard output (repeatable)
    #[arg(short, long = "output", value_name = "FORMAT=PATH")]
    pub outputs: Vec<WriteTo<IamFormat>>,
}

/// A condition key and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextKey {
    pub key: String,
    /// None says that the request does not have the key.
    pub value: Option<String>,
}

impl FromStr for ContextKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is no KEY=VALUE"))?;
        if !key.contains(':') {
            return Err(format!("`{key}` is no condition key: they begin with a service, such as `aws:SourceIp`"));
        }
        Ok(ContextKey { key: key.to_owned(), value: (!value.is_empty()).then(|| value.to_owned()) })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IamFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}
