//! driftline.toml: which one counts, and what it changes.

use serde_json::Value;

use super::world::{Ran, World};

/// Runs the check of the folder `checks` as the file asks for it.
const FILE: &str = "[scan]\nchecks = [\"own-*\"]\ncheck_directories = [\"checks\"]\n";

fn scan(world: &World, more: &[&str]) -> Ran {
    world.run(&[&["scan", "--snapshot", "bad.dls"], more].concat())
}

#[test]
fn the_nearest_file_counts_and_is_named() {
    let world = World::new();
    world.write("driftline.toml", FILE);
    scan(&world, &[]).said(3, "configuration: ").said(3, "driftline.toml");

    // From below, folders of checks are those beside the file.
    world.write("a/b/here", "");
    let below = |command: &mut std::process::Command| Ran::of(command.current_dir(world.path("a/b")).output().unwrap());
    let ran = below(&mut world.command(&["scan", "--snapshot", "../../bad.dls"]));
    ran.said(3, "RESULT fail findings=1 high=1");

    // .github, and the one in the folder itself before it.
    std::fs::remove_file(world.path("driftline.toml")).unwrap();
    world.write(".github/driftline.toml", &FILE.replace("\"checks\"]", "\"../checks\"]"));
    scan(&world, &[]).said(3, ".github/driftline.toml");
    world.write("driftline.toml", &format!("{FILE}fail_on = \"critical\"\n"));
    scan(&world, &[]).said(0, "RESULT pass");

    // The repository's root is the end of the search.
    std::fs::create_dir(world.path("a/.git")).unwrap();
    let ran = below(&mut world.command(&["checks", "list"]));
    assert!(!ran.out.contains("own-default-vpc"), "{ran}");

    // Then the user's own.
    let file = FILE.replace("\"checks\"]", &format!("{:?}]", world.path("checks")));
    world.write("home/.config/driftline/config.toml", &file);
    let ran = below(&mut world.command(&["checks", "list"]));
    assert_eq!(ran.out.lines().count(), 1, "{ran}");
    world.write("xdg/driftline/config.toml", "");
    let ran = below(world.command(&["checks", "list"]).env("XDG_CONFIG_HOME", world.path("xdg")));
    assert!(ran.out.lines().count() > 1, "{ran}");
}

#[test]
fn the_flag_counts_before_the_variable_and_both_before_the_search() {
    let world = World::new();
    world.write("driftline.toml", &format!("{FILE}fail_on = \"critical\"\n"));
    world.write("other.toml", FILE);
    scan(&world, &[]).said(0, "exit=0");
    scan(&world, &["--config", "other.toml"]).said(3, "configuration: other.toml");
    let with = |more: &[&str], file: &str| {
        let arguments = [&["scan", "--snapshot", "bad.dls"], more].concat();
        Ran::of(world.command(&arguments).env("DRIFTLINE_CONFIG", file).output().unwrap())
    };
    with(&[], "other.toml").said(3, "configuration: other.toml");
    with(&["--config", "driftline.toml"], "other.toml").said(0, "exit=0");
    with(&[], "missing.toml").said(2, "cannot read `missing.toml`");
    let none = scan(&world, &["--no-config", "-f", "json"]);
    assert!(!none.out.contains("own-default-vpc") && !none.err.contains("configuration:"), "{none}");
}

#[test]
fn flags_count_before_the_file() {
    let world = World::new();
    world.write("driftline.toml", &format!("{FILE}fail_on = \"critical\"\non_unknown = \"ignore\"\n"));
    scan(&world, &[]).said(0, "exit=0");
    scan(&world, &["--fail-on", "high"]).said(3, "exit=3");
    let unread = |more: &[&str]| world.run(&[&["scan", "--snapshot", "unread.dls"], more].concat());
    unread(&[]).said(0, "RESULT incomplete");
    unread(&["--on-unknown", "fail"]).said(4, "RESULT incomplete");
    scan(&world, &["-c", "default-vpc-present", "-f", "json"]).said(0, "RESULT");
    assert!(!scan(&world, &["-c", "default-vpc-present", "-f", "json"]).out.contains("own-default-vpc"));
}

#[test]
fn a_checks_table_changes_the_check() {
    let world = World::new();
    let with = |table: &str| {
        world.write("driftline.toml", &format!("{FILE}\n[checks.own-default-vpc]\n{table}\n"));
        scan(&world, &["-f", "json"])
    };
    let ran = with("severity = \"low\"");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["severity"], "low");
    // The line that governs it is the user's.
    assert_eq!(finding["location"]["path"], "driftline.toml", "{finding:#}");
    assert_eq!(finding["location"]["line"], 5, "{finding:#}");
    with("params = { wanted = false }").said(0, "RESULT pass");

    let disabled = "disable = \"we have no use for it\"";
    with(disabled).said(2, "no check is left");
    world.write("driftline.toml", &format!("[checks.default-vpc-present]\n{disabled}\n"));
    assert!(!scan(&world, &["-f", "json"]).out.contains("\"default-vpc-present\""));
    let listed = world.run(&["checks", "list"]);
    assert!(listed.out.contains("default-vpc-present") && listed.out.contains("we have no use for it"), "{listed}");
}

#[test]
fn mistakes_in_a_checks_table_point_at_the_users_file() {
    let world = World::new();
    let with = |table: &str| {
        world.write("driftline.toml", &format!("{FILE}\n{table}\n"));
        scan(&world, &[])
    };
    with("[checks.own-default-vcp]\nseverity = \"low\"").said(2, "did you mean `own-default-vpc`?");
    with("[checks.own-default-vpc]\nparams = { wantd = false }").said(2, "did you mean `wanted`?");
    with("[checks.own-default-vpc]\nparams = { wanted = 5 }").said(2, "driftline.toml:6");
    with("[checks.own-default-vpc]\nseverty = \"low\"").said(2, "did you mean `severity`?");
    with("[checks.own-default-vpc]\ndisable = true").said(2, "a string is wanted here");
    with("[checks.own-default-vpc]\ndisable = \"\"").said(2, "driftline.toml:6");
}
