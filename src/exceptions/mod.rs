//! exceptions.toml: what somebody decided to live with for now, why, and until when.
//!
//! An *exception* names one finding (its check, and its fingerprint or its resource) and the value that is accepted.
//! It hides nothing: a finding that it covers is told as suppressed in every report. It covers exactly its value; it
//! ends on its day; and one that covers nothing is told as well, because an exception that outlived its reason is a
//! hole that nobody looks at. There is no pattern in it: nothing here can mute more than was looked at.

mod apply;
mod read;
mod value;

use std::sync::Arc;

use jiff::civil::Date;

use crate::finding::{FileLocation, Severity};
use crate::text::{SourceFile, Span};

pub use apply::{Applied, Looked, Suppressed, apply};
pub use read::{LONGEST_DAYS, read};
pub use value::value;

/// One decision of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    pub about: About,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    pub ticket: Option<String>,
    /// Its last day, in UTC; none only if it is permanent.
    pub expires: Option<Date>,
    pub file: Arc<SourceFile>,
    /// Of its header.
    pub span: Span,
}

/// What an exception is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A finding of a check.
    Finding {
        check: String,
        /// Its fingerprint, or the beginning of it: eight hexadecimal digits at least.
        fingerprint: Option<String>,
        /// The ARN or the id of its resource.
        resource: Option<String>,
        account: Option<String>,
        region: Option<String>,
        accepts: Accepts,
    },
    /// A deviation from a declared baseline.
    Drift {
        /// The item's id, as `driftline baseline compare` tells it.
        item: String,
        accepts: Accepts,
    },
}

/// Which values of what it is about an exception covers.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepts {
    /// Exactly this one, in lines; empty for what has no value.
    Exactly(Vec<String>),
    /// Whatever it is, because the author said so.
    Any,
}

/// What became of an exception in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It covers something.
    Applied,
    /// Its day is over, and what it covered counts again.
    Expired,
    /// What it is about is not there any more.
    Unused,
    /// What it is about has another value than the accepted one, which is this.
    Differs { is: Vec<String> },
    /// It is about several findings, so about none.
    Ambiguous { findings: usize },
    /// The run did not look there.
    NotLooked { why: String },
    /// What it is about could not be told.
    Unknown,
}

/// An exception, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    pub exception: Exception,
    pub state: State,
}

impl State {
    /// The word for it in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Expired => "expired",
            State::Unused => "unused",
            State::Differs { .. } => "differs",
            State::Ambiguous { .. } => "ambiguous",
            State::NotLooked { .. } => "not_looked",
            State::Unknown => "unknown",
        }
    }
}

impl Use {
    /// How bad an exception is that does nothing; what it does not cover counts by itself beside it.
    pub const SEVERITY: Severity = Severity::Low;

    /// Whether the file is to be mended: such an exception is a finding of its own.
    pub fn is_finding(&self) -> bool {
        matches!(self.state, State::Expired | State::Unused | State::Differs { .. } | State::Ambiguous { .. })
    }

    /// The rule that it is a finding of, such as `exception-unused`.
    pub fn rule(&self) -> String {
        format!("exception-{}", self.state.as_str().replace('_', "-"))
    }

    /// What is to be said of it, in one sentence without a full stop.
    pub fn message(&self) -> String {
        let what = self.exception.about.to_string();
        match &self.state {
            State::Applied => format!("covers {what}"),
            State::Expired => {
                let day = self.exception.expires.map_or_else(String::new, |day| format!(" on {day}"));
                format!("the exception for {what} ended{day}; what it covered counts again")
            }
            State::Unused => format!("the exception for {what} covers nothing: it is not found any more"),
            State::Differs { is } => {
                let accepted = match self.exception.about.accepts() {
                    Accepts::Exactly(lines) if lines.is_empty() => "no value".to_owned(),
                    Accepts::Exactly(lines) => lines.join("; "),
                    Accepts::Any => "any value".to_owned(),
                };
                let is = if is.is_empty() { "no value".to_owned() } else { is.join("; ") };
                format!("the exception for {what} covers another value: accepted is {accepted}, found is {is}")
            }
            State::Ambiguous { findings } => format!(
                "the exception for {what} covers nothing, because {findings} findings are meant: name one by `finding` \
                 or by its `value`"
            ),
            State::NotLooked { why } => format!("the exception for {what} was not tried: {why}"),
            State::Unknown => format!("whether the exception for {what} is still needed could not be told"),
        }
    }
}

impl Exception {
    /// Where it stands.
    pub fn location(&self) -> FileLocation {
        FileLocation { path: self.file.path.as_str().into(), line: self.file.line(self.span.start) }
    }

    /// Reason, owner, ticket and last day, in one line.
    pub fn why(&self) -> String {
        let mut parts = vec![self.reason.clone()];
        parts.extend(self.owner.as_ref().map(|owner| format!("owner {owner}")));
        parts.extend(self.ticket.clone());
        parts.push(match self.expires {
            Some(day) => format!("until {day}"),
            None => "permanent".to_owned(),
        });
        parts.join("; ")
    }

    /// Whether its last day lies before this one.
    pub fn is_over(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

impl About {
    pub fn accepts(&self) -> &Accepts {
        match self {
            About::Finding { accepts, .. } | About::Drift { accepts, .. } => accepts,
        }
    }
}

/// As messages speak of it.
impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            About::Finding { check, fingerprint, resource, account, region, .. } => {
                f.write_str(check)?;
                let parts = [fingerprint, resource, account, region];
                parts.into_iter().flatten().try_for_each(|part| write!(f, " {part}"))
            }
            About::Drift { item, .. } => write!(f, "drift {item}"),
        }
    }
}

#[cfg(test)]
mod tests;
