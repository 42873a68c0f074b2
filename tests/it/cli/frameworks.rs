//! Profiles, frameworks and tags on the command line, and what is made of checks.

use serde_json::Value;

use super::world::{CHECK, Ran, World};

const FRAMEWORK: &str = r#"schema = 1
[framework]
id      = "house"
name    = "House rules"
version = "1"
source  = "https://example.com"

[[control]]
id     = "1.1"
title  = "No default VPC"
checks = ["own-default-vpc"]

[[control]]
id     = "1.2"
checks = ["vpc-without-flow-log"]

[[control]]
id     = "2.1"
manual = "Only people can tell."

[[control]]
id = "2.2"
"#;

const PROFILE: &str = r#"schema = 1
id     = "mine"
title  = "What we hold"
select = [{ checks = ["own-*"] }, { severity = "critical", checks = ["own-*"] }]

[checks.own-default-vpc]
severity = "low"
params   = { wanted = false }
"#;

/// The profile with a selection by tag.
fn tagged() -> String {
    PROFILE.replace("{ severity = \"critical\", checks = [\"own-*\"] }", "{ tags = [\"network\"] }")
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran}"))
}

fn rules(ran: &Ran) -> Vec<String> {
    let report = json(ran);
    let rules = report["rules"].as_array().unwrap_or_else(|| panic!("{report:#}"));
    rules.iter().map(|rule| rule["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn world() -> World {
    let world = World::new();
    world.write("checks/frameworks/house.toml", FRAMEWORK);
    world.write("checks/profiles/mine.toml", PROFILE);
    world
}

fn scan(world: &World, snapshot: &str, more: &[&str]) -> Ran {
    world.run(&[&["scan", "--snapshot", snapshot, "--checks", "checks", "-f", "json"], more].concat())
}

/// The verdicts of a report's one framework.
fn verdicts(ran: &Ran) -> Vec<(String, String)> {
    let report = json(ran);
    let controls = report["frameworks"][0]["controls"].as_array().unwrap_or_else(|| panic!("{report:#}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    controls.iter().map(|control| (text(&control["id"]), text(&control["verdict"]))).collect()
}

#[test]
fn a_framework_selects_its_checks_and_is_told_control_by_control() {
    let world = world();
    let bad = scan(&world, "bad.dls", &["--framework", "house"]);
    assert_eq!(rules(&bad), ["own-default-vpc", "vpc-without-flow-log"]);
    let told = |ran: &Ran| verdicts(ran).into_iter().map(|(id, verdict)| format!("{id} {verdict}")).collect::<Vec<_>>();
    assert_eq!(told(&bad)[0], "1.1 fail");
    assert_eq!(told(&bad)[2..], ["2.1 manual", "2.2 not_covered"]);
    assert_eq!(told(&scan(&world, "clean.dls", &["--framework", "hou*"]))[0], "1.1 pass");
    // A part that was not read is unknown, whatever passed elsewhere.
    assert_eq!(told(&scan(&world, "unread.dls", &["--framework", "house"]))[0], "1.1 unknown");
    let one = scan(&world, "bad.dls", &["--framework", "house", "-c", "own-*"]);
    assert_eq!(told(&one), ["1.1 fail", "1.2 not_selected", "2.1 manual", "2.2 not_covered"]);
    world.run(&["scan", "--snapshot", "bad.dls", "--framework", "cis-aws-7.1"]).said(2, "did you mean `cis-aws-7.0`?");
}

#[test]
fn a_framework_and_a_check_that_is_switched_off() {
    let world = world();
    world.write("driftline.toml", "[checks.own-default-vpc]\ndisable = \"not ours\"\n[scan]\nframeworks = [\"house\"]\ncheck_directories = [\"checks\"]\n");
    let ran = world.run(&["scan", "--snapshot", "bad.dls", "-f", "json"]);
    assert_eq!(rules(&ran), ["vpc-without-flow-log"]);
    assert_eq!(verdicts(&ran)[0], ("1.1".to_owned(), "not_selected".to_owned()));
}

#[test]
fn the_text_report_has_the_table() {
    let world = world();
    let ran =
        world.run(&["scan", "--snapshot", "bad.dls", "--checks", "checks", "--framework", "house", "-c", "own-*"]);
    for wanted in [
        "House rules 1 (house): 4 controls",
        "1 fail, 1 not selected, 1 manual, 1 not covered",
        "own-default-vpc: 1 fail",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}: {ran}");
    }
    assert!(!ran.out.contains("Only people can tell."), "{ran}");
    let all = world.run(&["scan", "--snapshot", "bad.dls", "--checks", "checks", "--framework", "house", "--all"]);
    assert!(all.out.contains("Only people can tell."), "{all}");
}

#[test]
fn frameworks_are_listed_and_shown() {
    let world = world();
    let listed = world.run(&["frameworks", "list", "--checks", "checks"]);
    let line = listed.out.lines().find(|line| line.starts_with("house")).unwrap_or_else(|| panic!("{listed}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["house", "4", "2", "1", "1", "House", "rules", "1"]);
    assert!(listed.out.contains("cis-aws-7.0"), "{listed}");
    let shown = world.run(&["frameworks", "show", "house", "--checks", "checks"]);
    for wanted in ["own-default-vpc: Default VPC is there", "manual: Only people can tell.", "    not covered"] {
        assert!(shown.out.contains(wanted), "{wanted}: {shown}");
    }
    world.run(&["frameworks", "show", "cis-aws-7"]).said(2, "there is no framework `cis-aws-7`");
}

#[test]
fn a_profile_selects_and_sets_and_the_users_word_counts_first() {
    let world = world();
    world.write("checks/profiles/mine.toml", &tagged());
    world.write(
        "checks/tagged.toml",
        &CHECK.replace("own-default-vpc", "tagged").replace("since ", "tags = [\"network\"]\nsince "),
    );
    let ran = scan(&world, "clean.dls", &["--check-profile", "mine"]);
    assert_eq!(rules(&ran), ["own-default-vpc", "tagged"]);
    let report = json(&ran);
    assert_eq!(report["rules"][0]["severity"], "low");
    assert_eq!(report["rules"][0]["location"]["path"], "checks/profiles/mine.toml");
    assert_eq!(report["totals"]["fail"], 1, "`wanted` is the profile's");
    world.write("driftline.toml", "[checks.own-default-vpc]\nparams = { wanted = true }\n");
    let ran = scan(&world, "clean.dls", &["--check-profile", "mine"]);
    assert_eq!(json(&ran)["totals"]["fail"], 0);
    assert_eq!(json(&ran)["rules"][0]["severity"], "low", "what the user does not set is the profile's still");
    assert_eq!(rules(&scan(&world, "clean.dls", &["--tag", "network"])), ["tagged"]);
    scan(&world, "clean.dls", &["--tag", "netwrok"]).said(2, "did you mean `network`?");
    scan(&world, "clean.dls", &["--check-profile", "mime"]).said(2, "did you mean `mine`?");
    let listed = world.run(&["checks", "profiles", "--checks", "checks"]);
    assert!(listed.out.contains("mine") && listed.out.contains("2 checks  What we hold"), "{listed}");
}

#[test]
fn a_profile_of_driftline_toml() {
    let world = world();
    let profile = "[profiles.ours]\ntitle = \"Ours\"\nselect = [{ checks = [\"default-vpc-*\"] }]\n";
    world.write("driftline.toml", &format!("[scan]\ncheck_profiles = [\"ours\"]\n{profile}"));
    assert_eq!(rules(&world.run(&["scan", "--snapshot", "bad.dls", "-f", "json"])), ["default-vpc-present"]);
    world.write("driftline.toml", &profile.replace("default-vpc-*", "defualt-vpc-present"));
    world
        .run(&["scan", "--snapshot", "bad.dls"])
        .said(2, "did you mean `default-vpc-present`?")
        .said(2, "driftline.toml");
}

#[test]
fn a_new_check_loads_and_its_cases_come_out_once_it_is_filled_in() {
    let world = World::new();
    for (id, of, path) in [
        ("vpc-odd", "AWS::EC2::VPC", "mine/ec2/vpc-odd.toml"),
        ("region-odd", "AWS::::Region", "mine/account/region-odd.toml"),
        ("user-odd", "AWS::IAM::User", "mine/iam/user-odd.toml"),
    ] {
        let made = world.run(&["checks", "new", id, "--type", of, "-o", "mine"]);
        assert_eq!(made.code, 0, "{made}");
        let open = world.run(&["checks", "lint", path]);
        open.said(3, "`rationale` is still to be written");
        world.write(path, &world.read(path).replace("TODO", "0.1.0"));
        let lint = world.run(&["checks", "lint", path]);
        assert_eq!((lint.code, lint.out.as_str()), (0, "1 checks, 0 profiles, 0 frameworks, 0 mistakes\n"), "{lint}");
        assert_eq!(world.run(&["checks", "test", path]).code, 0);
    }
    assert!(world.path("mine/check.schema.json").is_file());
    world.run(&["checks", "new", "vpc-odd", "--type", "AWS::EC2::VPC", "-o", "mine"]).said(2, "is there already");
    world.run(&["checks", "new", "Odd", "--type", "AWS::EC2::VPC"]).said(2, "is not a check id");
    world.run(&["checks", "new", "odd", "--type", "AWS::EC2::VCP"]).said(2, "did you mean `AWS::EC2::VPC`?");
}

#[test]
fn lint_looks_at_profiles_and_frameworks_too() {
    let world = world();
    let good = world.run(&["checks", "lint"]);
    assert_eq!((good.code, good.out.as_str()), (0, "1 checks, 1 profiles, 1 frameworks, 0 mistakes\n"), "{good}");
    assert_eq!(world.run(&["checks", "test", "checks"]).code, 0, "what lies beside checks is no check");
    world.write("checks/profiles/mine.toml", &tagged());
    world.run(&["checks", "lint"]).said(3, "no check has the tag `network`");
    world.write("checks/frameworks/house.toml", &FRAMEWORK.replace("own-default-vpc", "own-defualt-vpc"));
    world.run(&["checks", "lint"]).said(3, "did you mean `own-default-vpc`?");
}

#[test]
fn pages_are_written_into_a_folder() {
    let world = World::new();
    let ran = world.run(&["checks", "pages", "-o", "site", "--checks", "checks", "-c", "*default-vpc*"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(world.read("site/ec2/default-vpc-present.md").starts_with("# default-vpc-present\n"));
    let index = world.read("site/index.md");
    assert!(index.contains("[default-vpc-present](ec2/default-vpc-present.md)"), "{index}");
    assert!(world.path("site/checks/own-default-vpc.md").is_file(), "{index}");
}

#[test]
fn the_schema_is_printed() {
    let ran = World::new().run(&["checks", "schema"]);
    assert_eq!(ran.out, include_str!("../../../schemas/check.schema.json"));
}
