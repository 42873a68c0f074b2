//! One report by hand, in every format: its bytes, its schemas, its readers.

mod formats;
mod hostile;
mod readers;
mod sample;
mod text;

use driftline::report::{self, Format, Options};
use driftline::triage::Report;

/// The report in a format, as the command line writes it by default.
fn written(format: Format, report: &Report) -> String {
    written_with(format, report, &Options::default())
}

fn written_with(format: Format, report: &Report, options: &Options) -> String {
    let mut bytes = Vec::new();
    report::write(format, report, &mut bytes, options).expect("a vector takes everything");
    String::from_utf8(bytes).expect("every format is UTF-8")
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Text => "txt",
        Format::Json => "json",
        Format::Junit => "junit.xml",
        Format::Sarif => "sarif",
    }
}

/// Compares with a reviewed file; `DRIFTLINE_UPDATE=1` writes it anew.
fn golden(name: &str, is: &str) {
    crate::golden::golden(&format!("report/{name}"), is);
}
