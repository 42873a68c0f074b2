//! A finished report in the formats that people and machines read: one file
//! per format. A writer decides nothing; it gets every verdict, name and time
//! from the [`Report`], so that the same report gives the same bytes.

mod fix;
pub mod json;
pub mod junit;
pub mod sanitize;
pub mod sarif;
pub mod text;

use std::fmt;
use std::io;
use std::str::FromStr;

use crate::triage::Report;

/// A format that a report can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Text,
    Json,
    Junit,
    Sarif,
}

/// How a report is written; what no format needs has no place here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether text may use ANSI colours: the caller knows the terminal.
    pub colour: bool,
    /// The columns that text is wrapped to; commands and ARNs are never broken.
    pub width: usize,
    /// How many findings of one check text shows, and how long its lists get; none for all.
    pub limit: Option<usize>,
}

impl Default for Options {
    fn default() -> Options {
        Options { colour: false, width: 100, limit: Some(3) }
    }
}

/// Writes a report in one format.
///
/// # Errors
/// Those of the sink.
pub fn write(format: Format, report: &Report, out: &mut dyn io::Write, options: &Options) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, out, options),
        Format::Json => json::write(report, out, options),
        Format::Junit => junit::write(report, out, options),
        Format::Sarif => sarif::write(report, out, options),
    }
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Text, Format::Json, Format::Junit, Format::Sarif];

    /// The name that a user types.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Junit => "junit",
            Format::Sarif => "sarif",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Format::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a report format: text, json, junit or sarif is wanted"))
    }
}
