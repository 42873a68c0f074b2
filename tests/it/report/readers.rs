//! The reports as readers in another language see them.

use std::path::PathBuf;
use std::process::Command;

use driftline::report::Format;
use driftline::triage::Report;

use super::{sample, written};
use crate::schema::python;

fn check(report: &Report, name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |format: Format, ending: &str| -> PathBuf {
        let path = folder.path().join(format!("report.{ending}"));
        std::fs::write(&path, written(format, report)).expect("the report can be written");
        path
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/check_reports.py");
    let done = Command::new(python())
        .arg(script)
        .args([file(Format::Junit, "xml"), file(Format::Sarif, "sarif")])
        .output()
        .expect("DRIFTLINE_PYTHON can be run");
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn other_readers_take_an_awkward_report() {
    check(&sample::awkward(), "awkward");
}

#[test]
fn other_readers_take_an_all_clear_report() {
    check(&sample::all_clear(), "all clear");
}

#[test]
fn other_readers_take_an_all_unknown_report() {
    check(&sample::all_unknown(), "all unknown");
}

#[test]
fn other_readers_take_a_large_report() {
    check(&sample::large(), "large");
}
