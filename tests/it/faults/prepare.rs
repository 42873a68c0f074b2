//! `driftline plan`, `doctor` and `policy` against the simulated organization.

use std::collections::BTreeSet;

use driftline::collect::call_catalogue;
use driftline::resource::iam_action;
use driftline_sim::{Fault, Rule};
use serde_json::Value;

use crate::support::{Run, World, driftline, small};

fn doctor(world: &World, more: &[&str]) -> Run {
    let checks = world.path("checks");
    let arguments = ["doctor", "--org", "--role", "DriftlineAudit", "-f", "json", "--checks", checks.to_str().unwrap()];
    world.run(&[&arguments[..], more].concat())
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn unknown(json: &Value) -> BTreeSet<String> {
    json["unknown_checks"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_healthy_organization_is_well() {
    let world = World::new(small(), []);
    let run = doctor(&world, &[]);
    let json = run.json();
    assert_eq!(
        (run.code, &json["well"], &json["problems"]),
        (0, &Value::from(true), &serde_json::json!([])),
        "{json:#}"
    );
    assert_eq!(texts(&json["regions"]), ["us-east-1"]);
    assert!(json["credentials"]["detail"].as_str().unwrap().contains("environment variables"), "{json:#}");
    let every = doctor(&world, &["--every-region"]);
    assert_eq!(texts(&every.json()["regions"]), ["eu-west-1", "us-east-1"]);
}

#[test]
fn a_denied_operation_names_the_checks_that_rest_on_it() {
    let ids = small().account_ids();
    let rules =
        [1, 2].map(|index| Rule::new(Fault::AccessDenied).account(&ids[index]).action("ec2:DescribeVpcAttribute"));
    let world = World::new(small(), rules);
    let run = doctor(&world, &["-c", "test-*"]);
    let json = run.json();
    assert_eq!(run.code, 4, "{}", run.err);
    // The same trouble in two accounts is one problem.
    let problems = json["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{json:#}");
    assert_eq!(problems[0]["reason"], "AccessDenied");
    assert_eq!(texts(&problems[0]["operations"]), ["ec2:DescribeVpcAttribute"]);
    assert_eq!(texts(&problems[0]["accounts"]), [ids[1].clone(), ids[2].clone()]);
    assert!(problems[0]["next"].as_str().unwrap().contains("driftline policy"));
    assert_eq!(unknown(&json), BTreeSet::from(["test-resolver-off".to_owned()]));
    // Where no selected check needs it, a scan is well.
    let run = doctor(&world, &["-c", "test-contact"]);
    assert_eq!((run.code, run.json()["problems"].as_array().unwrap().len()), (0, 1), "{}", run.err);
}

/// What the doctor foretells is what a scan then says.
#[test]
fn a_scan_finds_unknown_what_the_doctor_said() {
    let rules = || {
        [
            Rule::new(Fault::ScpDenied).account(small().account_ids()[2].clone()).action("guardduty:*"),
            Rule::new(Fault::AccessDenied).action("iam:GetCredentialReport"),
        ]
    };
    let world = World::new(small(), rules());
    let foretold = unknown(&doctor(&world, &["--every-region"]).json());
    let told: BTreeSet<String> = world.scan(&[]).unknown().into_iter().map(|key| key.0).collect();
    let missed: Vec<_> = told.difference(&foretold).collect();
    assert!(!told.is_empty() && missed.is_empty(), "{missed:?}");
}

#[test]
fn a_role_that_cannot_be_assumed_is_told_once() {
    let world = World::new(small(), []);
    let (checks, account) = (world.path("checks"), world.account(1));
    let accounts = format!("{account},999988887777");
    let arguments =
        ["doctor", "--account", &accounts, "--role", "DriftlineAudit", "--checks", checks.to_str().unwrap()];
    let run = world.run(&[&arguments[..], &["-f", "json"]].concat());
    let json = run.json();
    assert_eq!((run.code, json["roles"]["status"].as_str()), (4, Some("failed")), "{json:#}");
    let problems = json["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{json:#}");
    assert_eq!(texts(&problems[0]["accounts"]), ["999988887777"]);
    let text = String::from_utf8(world.run(&arguments).out).unwrap();
    assert!(text.contains("the account cannot be entered in 999988887777"), "{text}");
    assert!(text.contains("--external-id"), "{text}");
}

#[test]
fn a_region_that_is_not_enabled_is_told() {
    let run = doctor(&World::new(small(), []), &["-r", "us-east-1,me-south-1", "-c", "test-detector-off"]);
    let json = run.json();
    assert_eq!(run.code, 4, "{json:#}");
    let problem = &json["problems"][0];
    assert_eq!(
        (problem["reason"].as_str(), texts(&problem["regions"])),
        (Some("RegionDisabled"), vec!["me-south-1".to_owned()])
    );
    assert!(problem["next"].as_str().unwrap().contains("--exclude-region me-south-1"));
}

#[test]
fn regions_that_could_not_be_listed_are_not_well() {
    let rule = Rule::new(Fault::AccessDenied).account(small().account_ids()[2].clone()).action("ec2:DescribeRegions");
    let run = doctor(&World::new(small(), [rule]), &["-c", "test-contact"]);
    assert_eq!((run.code, &run.json()["well"]), (4, &Value::from(false)), "{}", run.err);
}

#[test]
fn without_credentials_nothing_can_be_probed() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["doctor", "plan"] {
        let mut binary = driftline(folder.path());
        binary.args([command, "--no-config"]);
        let run = Run::of(binary);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains("no AWS credentials"), "{}", run.err);
    }
    let world = World::new(small(), [Rule::new(Fault::AccessDenied).action("organizations:ListAccounts")]);
    let run = world.run(&["doctor", "--org", "--role", "DriftlineAudit"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(String::from_utf8(run.out).unwrap().contains("failed  accounts"), "{}", run.err);
}

#[test]
fn what_keeps_a_scan_from_beginning_is_told_to_machines_too() {
    let statuses = |run: &Run| {
        let json = run.json();
        assert_eq!((run.code, &json["well"]), (1, &Value::from(false)), "{}", run.err);
        assert!(run.err.contains(json["error"].as_str().unwrap()), "{}", run.err);
        ["credentials", "caller", "accounts", "roles"].map(|step| json[step]["status"].as_str().unwrap().to_owned())
    };
    let folder = tempfile::tempdir().unwrap();
    let mut binary = driftline(folder.path());
    binary.args(["doctor", "--no-config", "-f", "json"]);
    assert_eq!(statuses(&Run::of(binary)), ["failed", "skipped", "skipped", "skipped"]);
    for (action, expected) in [
        ("sts:GetCallerIdentity", ["ok", "failed", "skipped", "skipped"]),
        ("organizations:ListAccounts", ["ok", "ok", "failed", "skipped"]),
    ] {
        let world = World::new(small(), [Rule::new(Fault::AccessDenied).action(action)]);
        assert_eq!(statuses(&doctor(&world, &[])), expected, "{action}");
    }
}

fn plan(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let mut binary = driftline(folder.path());
    binary.args(["plan", "--no-config", "-f", "json"]).args(arguments);
    let run = Run::of(binary);
    assert_eq!(run.code, 0, "{}", run.err);
    run.json()
}

#[test]
fn a_plan_with_numbers_asks_nobody_and_adds_up() {
    let json = plan(&["--accounts", "50", "--regions", "17", "--max-concurrency", "128"]);
    let number = |value: &Value| value.as_u64().unwrap();
    let services = json["services"].as_array().unwrap();
    let known: BTreeSet<&str> = call_catalogue().iter().map(|operation| operation.service()).collect();
    assert_eq!(services.len(), known.len());
    let mut sum = 0;
    for of in services {
        let calls =
            number(&of["per_account"]) * 50 + number(&of["per_account_and_region"]) * 50 * 17 + number(&of["once"]);
        assert_eq!(number(&of["total"]), calls, "{of}");
        sum += calls;
    }
    assert_eq!(number(&json["total"]["total"]), sum);
    let terms = json["terms"].as_array().unwrap();
    let longest = terms.iter().map(|term| term["seconds"].as_f64().unwrap()).fold(0.0, f64::max);
    assert_eq!(json["least_seconds"].as_f64(), Some(longest));
    assert_eq!(terms.iter().filter(|term| term["binds"] == true).count(), 1);
    // 128 under way at once, 100 ms each.
    let network = sum as f64 * 0.1 / 128.0;
    assert!((terms[0]["seconds"].as_f64().unwrap() - network).abs() < 1e-6, "{network}");
}

#[test]
fn a_plan_goes_by_the_rates_that_a_scan_uses() {
    let seconds = |politeness: &str| {
        let json = plan(&["--accounts", "1000", "--regions", "1", "--latency", "0", "--politeness", politeness]);
        let terms = json["terms"].as_array().unwrap();
        ["sts:AssumeRole", "organizations:ListAccounts", "organizations:DescribePolicy"].map(|name| {
            let term = terms.iter().find(|term| term["name"] == name).unwrap();
            (term["seconds"].as_f64().unwrap() * 1e3).round() / 1e3
        })
    };
    // Organizations' quotas: 8 a second and 12 at once, 2 and 2. Sessions: 50 and 50, however polite.
    assert_eq!(seconds("1.0"), [18.98, (50.0 - 12.0) / 8.0, (10.0 - 2.0) / 2.0]);
    assert_eq!(seconds("0.5"), [18.98, (50.0 - 6.0) / 4.0, (10.0 - 1.0) / 1.0]);
}

#[test]
fn one_account_needs_no_organization() {
    let json = plan(&["--accounts", "1", "--regions", "1"]);
    let organizations =
        json["services"].as_array().unwrap().iter().find(|of| of["service"] == "organizations").unwrap();
    assert_eq!(organizations["once"], 0);
    assert!(json["terms"].as_array().unwrap().iter().all(|term| !term["name"].as_str().unwrap().starts_with("organi")));
}

#[test]
fn a_plan_of_the_targets_counts_them() {
    let world = World::new(small(), []);
    let json = world.run(&["plan", "--org", "-f", "json"]).json();
    assert_eq!((json["accounts"].as_u64(), json["regions"].as_u64()), (Some(3), Some(2)));
    let run = world.run(&["plan", "--accounts", "3"]);
    assert_eq!(run.code, 2, "{}", run.err);
}

/// What `policy` prints for some checks is enough for them: everything else is denied, and none gets unknown.
#[test]
fn the_policy_of_checks_is_enough_for_them() {
    for check in ["*access-key*", "vpc-*", "*cloudtrail*", "guardduty-*", "*organization*"] {
        let clean = World::new(small(), []);
        let select = ["-c", check];
        let policy = clean.run(&["policy", "--part", "caller", "-c", check]);
        if policy.code == 2 {
            // No check is called so.
            continue;
        }
        let allowed: BTreeSet<String> =
            policy.json()["Statement"].as_array().unwrap().iter().flat_map(|one| texts(&one["Action"])).collect();
        let denied = call_catalogue()
            .iter()
            .map(|operation| operation.name)
            .filter(|name| *name != "sts:GetCallerIdentity" && !allowed.contains(iam_action(name).as_ref()));
        let denied: Vec<Rule> = denied.map(|name| Rule::new(Fault::AccessDenied).action(name)).collect();
        assert!(!denied.is_empty());
        let world = World::new(small(), denied);
        let (whole, least) = (clean.scan(&select), world.scan(&select));
        assert_eq!(whole.verdicts(), least.verdicts(), "{check}: {allowed:?}");
    }
}
