//! What `--help` says, reviewed.

use crate::golden::golden;

use super::world::World;

#[test]
fn help_is_as_reviewed() {
    let world = World::new();
    for (name, arguments) in [
        ("driftline", &["--help"][..]),
        ("scan", &["scan", "--help"]),
        ("snapshot", &["snapshot", "--help"]),
        ("import-describe", &["import", "describe", "--help"]),
        ("checks", &["checks", "--help"]),
        ("checks-list", &["checks", "list", "--help"]),
        ("checks-new", &["checks", "new", "--help"]),
        ("frameworks", &["frameworks", "--help"]),
        ("diff", &["diff", "--help"]),
        ("verify", &["verify", "--help"]),
        ("plan", &["plan", "--help"]),
        ("doctor", &["doctor", "--help"]),
        ("policy", &["policy", "--help"]),
        ("demo", &["demo", "--help"]),
    ] {
        let ran = world.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        golden(&format!("cli/{name}.help.txt"), &ran.out);
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = world.run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        assert!(ran.out.contains("save-snapshot"), "{shell}: {ran}");
    }
    world.run(&["completions", "tcsh"]).said(2, "invalid value 'tcsh'");
}

#[test]
fn the_version_is_the_packages() {
    let ran = World::new().run(&["--version"]);
    assert_eq!(ran.out, concat!("driftline ", env!("CARGO_PKG_VERSION"), "\n"));
}
