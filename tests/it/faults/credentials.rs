//! Credentials that are missing, refused, or end in the middle.

use std::collections::BTreeSet;

use driftline_sim::{Fault, Organization, Rule, When};

use crate::support::{Run, World, driftline, small};

use super::denials::assert_no_new_verdict;

#[test]
fn no_credentials_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = driftline(folder.path());
    command.args(["scan", "--no-config"]);
    Run::of(command).assert_refused(1, &["no AWS credentials", "AWS_PROFILE", "driftline demo"]);
}

#[test]
fn credentials_of_nobody_are_refused_in_one_sentence() {
    let world = World::new(small(), []);
    let mut command = world.command(&["scan"]);
    command.env("AWS_ACCESS_KEY_ID", "AKIA999999999999NONE");
    let run = Run::of(command);
    run.assert_refused(1, &["AWS refuses these credentials", "InvalidClientTokenId"]);
}

#[test]
fn credentials_that_no_service_takes_are_no_disabled_regions() {
    // The role can be assumed, and what it gives is refused everywhere.
    let account = small().account_ids()[2].clone();
    let rule = Rule::new(Fault::RegionDisabled).account(&account);
    let run = World::new(small(), [rule]).scan(&[]);
    assert_eq!(run.reasons(), ["NoCredentials"]);
    assert!(run.gaps().keys().all(|(of, _, _)| *of == account));
}

#[test]
fn a_role_that_cannot_be_assumed_costs_its_account_alone() {
    let clean = World::new(small(), []).scan(&[]);
    let ids = small().account_ids();
    // The fault is in the account that asks.
    let world = World::new(small(), []);
    let checks = world.path("checks");
    let accounts = format!("{},{},{},999988887777", ids[0], ids[1], ids[2]);
    let arguments = ["scan", "--account", &accounts, "--role", "DriftlineAudit", "-f", "json", "--passes", "--checks"];
    let run = world.run(&[&arguments[..], &[checks.to_str().unwrap()]].concat());
    let gaps = run.gaps();
    assert!(gaps.keys().all(|(of, _, _)| of == "999988887777"), "{gaps:#?}");
    assert_eq!(run.reasons(), ["NoCredentials"]);
    let regions: BTreeSet<&str> = gaps.keys().map(|(_, region, _)| region.as_str()).collect();
    assert_eq!(regions, BTreeSet::from(["eu-west-1", "global", "us-east-1"]));
    assert!(
        gaps.values().all(|gap| gap.message.contains("cannot assume arn:aws:iam::999988887777:role/DriftlineAudit"))
    );
    assert_no_new_verdict(&clean, &run);
    assert_eq!(clean.known().len(), run.known().len());
}

#[test]
fn another_external_id_than_the_role_asks_for_is_refused() {
    let organization = Organization { external_id: Some("posture".to_owned()), ..small() };
    let world = World::new(organization, []);
    world.scan(&["--external-id", "posture"]).assert_complete();
    for wrong in [&["--external-id", "other"][..], &[]] {
        let run = world.scan(wrong);
        assert_eq!(run.reasons(), ["NoCredentials"]);
        let accounts: BTreeSet<String> = run.gaps().into_keys().map(|(account, _, _)| account).collect();
        // The caller reads its own account without any role.
        assert_eq!(accounts, BTreeSet::from([world.account(1), world.account(2)]));
    }
}

#[test]
fn a_role_is_missing_where_accounts_are_not_the_caller() {
    let world = World::new(small(), []);
    let run = world.run(&["scan", "--org", "-f", "json"]);
    assert_eq!(run.reasons(), ["NoCredentials"]);
    assert!(run.gaps().values().all(|gap| gap.message.contains("--role")), "{:?}", run.gaps());
}

#[test]
fn expired_credentials_are_renewed_and_nothing_is_lost() {
    let clean = World::new(small(), []).scan(&[]);
    let account = small().account_ids()[2].clone();
    let rule = Rule::new(Fault::ExpiredToken).account(&account).when(When::First(1));
    let world = World::new(small(), [rule]);
    let run = world.scan(&[]);
    run.assert_complete();
    assert_eq!(clean.verdicts(), run.verdicts());
    // Dozens of calls at once found their session expired; it is renewed once for all of them, and not for each.
    let renewals = world.server.stats().of("AssumeRole");
    let expired = world.server.stats().calls.iter().filter(|count| count.status == 400 || count.status == 403).count();
    assert!(expired > 50, "{expired}");
    assert!(renewals <= 20, "{renewals} roles assumed for {expired} kinds of call");
}

#[test]
fn sessions_shorter_than_the_scan_do_not_end_it() {
    let organization = Organization { credential_seconds: 2, ..small() };
    let faults = driftline_sim::Faults { latency_ms: 150, ..driftline_sim::Faults::default() };
    let world = World::with(organization, faults).limits("max_in_flight_per_account = 4\nmax_attempts = 4");
    let run = world.scan(&[]);
    run.assert_complete();
    assert!(world.server.stats().of("AssumeRole") > 2, "{}", world.server.stats().of("AssumeRole"));
}

#[test]
fn credentials_that_stay_expired_are_none() {
    let account = small().account_ids()[2].clone();
    let world = World::new(small(), [Rule::new(Fault::ExpiredToken).account(&account)]);
    let run = world.scan(&[]);
    assert_eq!(run.reasons(), ["NoCredentials"]);
    assert!(run.gaps().keys().all(|(of, _, _)| *of == account));
}

#[test]
fn members_may_not_list_the_organization() {
    let world = World::new(small(), []);
    let mut command = world.command(&["scan", "--org", "--role", "DriftlineAudit"]);
    command.env("AWS_ACCESS_KEY_ID", format!("AKIA{}DEMO", world.account(2)));
    let run = Run::of(command);
    run.assert_refused(1, &["cannot list the organization's accounts", "AccessDeniedException", "management account"]);
}

#[test]
fn a_passing_fault_at_the_start_does_not_end_the_scan() {
    for fault in [Fault::Throttle, Fault::ServerError, Fault::Reset, Fault::TruncatedXml] {
        let rules = ["sts:GetCallerIdentity", "sts:AssumeRole", "ec2:DescribeRegions", "organizations:ListAccounts"]
            .map(|action| Rule::new(fault).action(action).when(When::First(2)));
        let run = World::new(small(), rules).scan(&[]);
        assert_eq!(run.code, 3, "{fault:?}: {}", run.err);
        run.assert_complete();
    }
}

#[test]
fn an_endpoint_that_never_answers_is_given_up_soon() {
    let rule = Rule::new(Fault::Stall).action("sts:GetCallerIdentity");
    let world = World::new(small(), [rule]).limits("attempt_timeout_seconds = 1\nmax_attempts = 2");
    let start = std::time::Instant::now();
    world.scan(&[]).assert_refused(1, &["cannot reach AWS", "no answer within 1 s"]);
    assert!(start.elapsed().as_secs() < 20);
    // Roles likewise, each account for itself.
    let rule = Rule::new(Fault::Stall).action("sts:AssumeRole");
    let world = World::new(small(), [rule]).limits("attempt_timeout_seconds = 1\nmax_attempts = 2");
    let run = world.scan(&[]);
    assert_eq!(run.reasons(), ["NoCredentials"], "{:?}", run.gaps());
    assert!(start.elapsed().as_secs() < 40);
}
