//! What a scan writes, and where.

use serde_json::Value;

use super::world::World;

#[test]
fn several_reports_are_written_before_the_code_is_given() {
    let world = World::new();
    let ran =
        world.scan("both.dls", &["-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "junit=r.xml", "-o", "text=r.txt"]);
    ran.said(3, "json report: r.json");
    let report: Value = serde_json::from_str(&world.read("r.json")).unwrap();
    assert_eq!(report["totals"]["fail"], 1);
    assert!(serde_json::from_str::<Value>(&world.read("r.sarif")).is_ok());
    assert!(world.read("r.xml").contains("<failure "));
    assert!(world.read("r.txt").contains("FAIL: "));
    assert!(ran.out.contains("FAIL: "), "text goes to standard output besides");
    let left: Vec<_> = std::fs::read_dir(world.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".driftline")), "{left:?}");
}

#[cfg(unix)]
#[test]
fn reports_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.write("r.json", "an older report, open to all");
    std::fs::set_permissions(world.path("r.json"), std::fs::Permissions::from_mode(0o644)).unwrap();
    world.scan("bad.dls", &["-o", "json=r.json", "-o", "junit=r.xml"]);
    for name in ["r.json", "r.xml"] {
        let mode = std::fs::metadata(world.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_report_can_take_the_place_of_the_text() {
    let world = World::new();
    for arguments in [&["-f", "json"][..], &["-o", "json=-"]] {
        let ran = world.scan("bad.dls", arguments);
        assert!(serde_json::from_str::<Value>(&ran.out).is_ok(), "{arguments:?}: {ran}");
    }
}

#[test]
fn the_same_snapshot_and_files_give_the_same_bytes() {
    let world = World::new();
    for format in ["json", "sarif", "junit", "text"] {
        for snapshot in ["both.dls", "clean.dls"] {
            // All checks, from another folder, in another time zone and language.
            let arguments = ["scan", "--snapshot", snapshot, "--checks", "checks", "--passes", "--all", "-f", format];
            let once = world.command(&arguments).output().unwrap();
            let again = world
                .command(&arguments)
                .envs([("TZ", "Asia/Tokyo"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("USER", "somebody")])
                .output()
                .unwrap();
            assert!(!once.stdout.is_empty());
            assert_eq!(once.stdout, again.stdout, "{format} of {snapshot}");
            assert_eq!(once.stderr, again.stderr, "{format} of {snapshot}");
        }
    }
}

#[test]
fn colour_is_where_it_was_asked_for() {
    let world = World::new();
    let colours = |arguments: &[&str], environment: &[(&str, &str)]| {
        let arguments =
            [&["scan", "--snapshot", "bad.dls", "--checks", "checks", "-c", "own-default-vpc"], arguments].concat();
        let output = world.command(&arguments).envs(environment.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!colours(&[], &[]), "standard output is no terminal");
    assert!(colours(&["--color", "always"], &[]));
    assert!(colours(&["--color", "always"], &[("NO_COLOR", "1")]), "a flag counts before the environment");
    assert!(!colours(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(colours(&[], &[("FORCE_COLOR", "1")]));
    assert!(!colours(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!colours(&[], &[("NO_COLOR", "")]), "an empty NO_COLOR is none, and this is still no terminal");
    assert!(!colours(&["-f", "json", "--color", "always"], &[]), "only text has colours");
    let ran = world.scan("bad.dls", &["--color", "always", "-o", "text=r.txt"]);
    assert!(ran.out.contains('\u{1b}') && !world.read("r.txt").contains('\u{1b}'), "a file has none");
}

/// Names from AWS are hostile, and so may be the environment.
#[test]
fn a_hostile_environment_changes_no_verdict() {
    let world = World::new();
    let plain = world.scan("both.dls", &["-f", "json"]);
    for environment in [
        &[("TERM", "dumb"), ("COLUMNS", "20")][..],
        &[("COLUMNS", "0"), ("LANG", "C")],
        &[("COLUMNS", "-5"), ("CI", "true")],
        &[("COLUMNS", "999999999999999999999"), ("TERM", "")],
        &[("HOME", ""), ("XDG_CONFIG_HOME", "/dev/null")],
        &[("DRIFTLINE_UPDATE", "1"), ("RUST_BACKTRACE", "full"), ("AWS_PROFILE", "nobody")],
    ] {
        for format in ["json", "text"] {
            let arguments =
                ["scan", "--snapshot", "both.dls", "--checks", "checks", "-c", "own-default-vpc", "-f", format];
            let output = world.command(&arguments).envs(environment.iter().copied()).output().unwrap();
            assert_eq!(output.status.code(), Some(3), "{environment:?}");
            let out = String::from_utf8(output.stdout).unwrap();
            assert!(!out.contains('\u{1b}'), "{environment:?}: {out}");
            if format == "json" {
                assert_eq!(out, plain.out, "{environment:?}");
            }
        }
    }
}

#[test]
fn ages_are_counted_to_the_time_that_is_asked_for() {
    let world = World::new();
    let report: Value = serde_json::from_str(&world.scan("bad.dls", &["-f", "json"]).out).unwrap();
    assert_eq!(report["identity"]["as_of"], "2026-11-23T06:00:00Z", "{report:#}");
    let later = world.scan("bad.dls", &["-f", "json", "--as-of", "2027-01-01T00:00:00Z"]);
    let report: Value = serde_json::from_str(&later.out).unwrap();
    assert_eq!(report["identity"]["as_of"], "2027-01-01T00:00:00Z");
}
