//! `driftline checks`, and which checks a scan runs.

use serde_json::Value;

use super::world::{CHECK, Ran, World};

/// The ids of the checks that a scan ran.
fn ran_checks(ran: &Ran) -> Vec<String> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran}"));
    let rules = report["rules"].as_array().unwrap_or_else(|| panic!("{report:#}"));
    rules.iter().map(|rule| rule["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn scan(world: &World, more: &[&str]) -> Ran {
    world.run(&[&["scan", "--snapshot", "bad.dls", "-f", "json"], more].concat())
}

#[test]
fn a_selection_is_by_glob_and_severity() {
    let world = World::new();
    assert_eq!(ran_checks(&scan(&world, &["-c", "default-vpc-present"])), ["default-vpc-present"]);
    let all = ran_checks(&scan(&world, &[]));
    let vpc = ran_checks(&scan(&world, &["-c", "vpc-*"]));
    assert!(!vpc.is_empty() && vpc.len() < all.len() && vpc.iter().all(|id| id.starts_with("vpc-")), "{vpc:?}");
    let two = ran_checks(&scan(&world, &["-c", "vpc-*", "-c", "default-vpc-present", "--exclude-check", "vpc-r*"]));
    assert!(
        two.contains(&"default-vpc-present".to_owned()) && !two.contains(&"vpc-resolver-off".to_owned()),
        "{two:?}"
    );
    let high = ran_checks(&scan(&world, &["--severity", "high", "--checks", "checks"]));
    assert!(high.contains(&"own-default-vpc".to_owned()) && high.len() < all.len(), "{high:?}");
    assert!(!high.contains(&"default-vpc-present".to_owned()), "{high:?}");
}

#[test]
fn ones_own_checks_are_added_and_replace_by_id() {
    let world = World::new();
    assert!(!ran_checks(&scan(&world, &[])).contains(&"own-default-vpc".to_owned()));
    assert!(ran_checks(&scan(&world, &["--checks", "checks"])).contains(&"own-default-vpc".to_owned()));
    let number = ran_checks(&scan(&world, &[])).len();
    world.write("mine/default-vpc-present.toml", &CHECK.replace("own-default-vpc", "default-vpc-present"));
    let ran = scan(&world, &["--checks", "mine"]);
    assert_eq!(ran_checks(&ran).len(), number);
    assert!(ran.out.contains("is a default VPC"), "{ran}");
    let listed = world.run(&["checks", "list", "--checks", "mine", "-c", "default-vpc-present"]);
    assert_eq!(listed.out, "default-vpc-present  high           Default VPC is there\n");
}

#[test]
fn every_mistake_of_ones_own_checks_stops_a_scan() {
    let world = World::new();
    world.write("bad/one.toml", &CHECK.replace("own-default-vpc", "one").replace("is_default\"", "is_defualt\""));
    world.write("bad/two.toml", &CHECK.replace("own-default-vpc", "two").replace("severity ", "severty "));
    let ran = scan(&world, &["--checks", "bad"]);
    ran.said(2, "did you mean `is_default`?").said(2, "bad/one.toml").said(2, "bad/two.toml").said(2, "`severty`");
    assert!(ran.out.is_empty());
    assert!(!ran.err.contains("error: error"), "{ran}");
}

#[test]
fn a_check_can_be_listed_and_shown() {
    let world = World::new();
    let listed = world.run(&["checks", "list"]);
    assert_eq!((listed.code, listed.err.as_str()), (0, ""));
    let shown = world.run(&["checks", "show", "default-vpc-present"]);
    for wanted in ["severity", "AWS::EC2::VPC", "ec2:DescribeVpcs", "How to mend it", "[[case]]"] {
        assert!(shown.out.contains(wanted), "{wanted}: {shown}");
    }
    assert!(world.run(&["checks", "show", "own-default-vpc", "--checks", "checks"]).out.contains("It is a test."));
    world.run(&["checks", "show", "own-default-vpc"]).said(2, "there is no check `own-default-vpc`");
}

#[test]
fn the_cases_of_checks_are_run() {
    let world = World::new();
    let good = world.run(&["checks", "test", "checks"]);
    assert_eq!((good.code, good.out.as_str()), (0, "1 checks, 2 cases passed, 0 failed, 0 mistakes\n"), "{good}");
    assert_eq!(world.run(&["checks", "test", "checks/own-default-vpc.toml"]).code, 0, "one file is a folder of one");

    world.write("wrong/own-default-vpc.toml", &CHECK.replacen("expect   = \"fail\"", "expect   = \"pass\"", 1));
    let wrong = world.run(&["checks", "test", "wrong"]);
    wrong.said(3, "wrong/own-default-vpc.toml");
    assert!(wrong.out.contains("1 failed"), "{wrong}");

    // A condition that no case needs.
    let loose = CHECK.replace(
        "where   = { fact = \"is_default\", eq = \"$wanted\" }",
        "where   = { all = [{ fact = \"is_default\", eq = \"$wanted\" }, { fact = \"id\", exists = true }] }",
    );
    world.write("loose/own-default-vpc.toml", &loose);
    let loose = world.run(&["checks", "test", "loose"]);
    assert_eq!(loose.code, 3, "{loose}");

    world.write("broken/own-default-vpc.toml", "schema = 1\n[check\n");
    world.run(&["checks", "test", "broken"]).said(3, "this is not TOML");
    std::fs::create_dir(world.path("empty")).unwrap();
    world.run(&["checks", "test", "empty"]).said(2, "there is no check in `empty`");
    world.run(&["checks", "test", "missing"]).said(2, "cannot read `missing`");
}
