//! The table of exit codes: the same for every format.

use super::world::{Ran, World};

/// Snapshot, arguments, exit code.
const TABLE: &[(&str, &[&str], i32)] = &[
    ("clean.dls", &[], 0),
    ("bad.dls", &[], 3),
    ("unread.dls", &[], 4),
    ("both.dls", &[], 3),
    ("unread.dls", &["--on-unknown", "fail"], 4),
    ("unread.dls", &["--on-unknown", "warn"], 0),
    ("unread.dls", &["--on-unknown", "ignore"], 0),
    ("both.dls", &["--on-unknown", "ignore"], 3),
    ("bad.dls", &["--fail-on", "informational"], 3),
    ("bad.dls", &["--fail-on", "high"], 3),
    ("bad.dls", &["--fail-on", "critical"], 0),
    ("both.dls", &["--fail-on", "critical"], 4),
    ("both.dls", &["--fail-on", "critical", "--on-unknown", "warn"], 0),
    ("bad.dls", &["--exit-zero"], 0),
    ("unread.dls", &["--exit-zero"], 0),
    ("both.dls", &["--exit-zero"], 0),
];

const FORMATS: [&str; 4] = ["text", "json", "junit", "sarif"];

#[test]
fn every_outcome_has_its_code_in_every_format() {
    let world = World::new();
    for (snapshot, arguments, code) in TABLE {
        let mut results = Vec::new();
        for format in FORMATS {
            let ran = world.scan(snapshot, &[arguments, &["-f", format][..]].concat());
            assert_eq!(ran.code, *code, "{snapshot} {arguments:?} -f {format}: {ran}");
            assert!(!ran.out.is_empty());
            results.push(ran.result().to_owned());
        }
        assert!(results.iter().all(|line| *line == results[0]), "{results:?}");
        assert!(results[0].ends_with(&format!(" exit={code}")), "{results:?}");
    }
}

#[test]
fn the_last_line_is_stable() {
    let world = World::new();
    for (snapshot, line) in [
        ("clean.dls", "RESULT pass findings=0 unknown=0 suppressed=0 coverage=100.0% exit=0"),
        ("bad.dls", "RESULT fail findings=1 high=1 unknown=0 suppressed=0 coverage=100.0% exit=3"),
        ("unread.dls", "RESULT incomplete findings=0 unknown=1 suppressed=0 coverage=50.0% exit=4"),
        ("both.dls", "RESULT fail findings=1 high=1 unknown=1 suppressed=0 coverage=50.0% exit=3"),
    ] {
        assert_eq!(world.scan(snapshot, &[]).result(), line);
        let quiet = world.scan(snapshot, &["--quiet"]);
        assert_eq!(quiet.err, format!("{line}\n"), "--quiet leaves the result alone");
        assert_eq!(quiet.out, world.scan(snapshot, &[]).out, "standard output is the result, quiet or not");
    }
}

#[test]
fn what_cannot_be_read_is_a_runtime_error() {
    let world = World::new();
    world.scan("missing.dls", &[]).said(1, "cannot read `missing.dls`");
    let whole = std::fs::read(world.path("bad.dls")).unwrap();
    std::fs::write(world.path("cut.dls"), &whole[..whole.len() / 2]).unwrap();
    world.scan("cut.dls", &[]).said(1, "cannot use `cut.dls`");
    world.write("text.dls", "{}");
    world.scan("text.dls", &[]).said(1, "cannot use `text.dls`");
    world.write("folder/manifest.json", "{}");
    world.scan("folder", &[]).said(1, "cannot use `folder`");
    let ran = world.scan("cut.dls", &["-o", "json=report.json"]);
    assert!(ran.out.is_empty() && !world.path("report.json").exists(), "nothing is written of nothing");
    assert!(!ran.err.contains("RESULT"), "{ran}");
}

#[test]
fn mistakes_of_the_command_line_are_usage() {
    let world = World::new();
    let scan = |more: &[&str]| world.run(&[&["scan", "--snapshot", "bad.dls"], more].concat());
    scan(&["--nonsense"]).said(2, "--nonsense");
    scan(&["-f", "jason"]).said(2, "'json'");
    scan(&["--fail-on", "hihg"]).said(2, "'high'");
    scan(&["--on-unknown", "wran"]).said(2, "'warn'");
    scan(&["--as-of", "yesterday"]).said(2, "yesterday");
    scan(&["-o", "report.json"]).said(2, "FORMAT=PATH");
    scan(&["-o", "jason=report.json"]).said(2, "`jason` is not a report format");
    scan(&["-o", "json="]).said(2, "no file");
    scan(&["-c", "default-vpc-presnt"]).said(2, "did you mean `default-vpc-present`?");
    scan(&["--exclude-check", "nothing-like-it*"]).said(2, "`driftline checks list` names them all");
    scan(&["--checks", "missing"]).said(2, "cannot read `missing`");
    scan(&["-c", "default-vpc-present", "--severity", "critical"]).said(2, "no check is left");
    scan(&["--config", "missing.toml"]).said(2, "cannot read `missing.toml`");
    scan(&["--config", "a.toml", "--no-config"]).said(2, "cannot be used with");
    world.run(&["checks", "show", "default-vpc-presnt"]).said(2, "did you mean `default-vpc-present`?");
    world.run(&["snapshto"]).said(2, "snapshot");
    world.run(&[]).said(2, "Usage");
}

#[test]
fn reports_that_cannot_be_written_are_told_before_the_work() {
    let world = World::new();
    // The snapshot is missing too: the mistake that the user can mend at once comes first.
    let scan = |more: &[&str]| world.scan("missing.dls", more);
    scan(&["-o", "json=-", "-o", "junit=-"]).said(2, "only one report can go to standard output");
    scan(&["-f", "json", "-o", "junit=-"]).said(2, "only one report can go to standard output");
    scan(&["-o", "json=a", "-o", "junit=a"]).said(2, "two reports cannot go to `a`");
    scan(&["-o", "json=missing/a.json"]).said(1, "cannot write into `missing`");
    scan(&["-o", "json=checks"]).said(1, "cannot write `checks`");
}

/// `driftline scan | head` has what it wanted.
#[test]
fn a_closed_standard_output_is_success() {
    let world = World::new();
    for arguments in [
        &["scan", "--snapshot", "bad.dls", "--checks", "checks", "-o", "json=report.json"][..],
        &["checks", "list"],
        &["checks", "show", "default-vpc-present"],
        &["snapshot", "show", "bad.dls"],
        &["completions", "bash"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(world.command(arguments).stdout(writer).output().unwrap());
        assert_eq!(ran.code, 0, "{arguments:?}: {ran}");
        assert!(!ran.err.contains("error") && !ran.err.contains("panicked"), "{arguments:?}: {ran}");
    }
    assert!(world.read("report.json").contains("own-default-vpc"), "files are whole all the same");
}
