//! Answers that are late, broken, cut short or not AWS's.

use std::collections::BTreeMap;

use driftline_sim::{Fault, Organization, Rule, Size, When};

use crate::support::{Gap, Run, World, driftline, small};

use super::denials::assert_no_new_verdict;

type Gaps = BTreeMap<(String, String, String), Gap>;

const SHORT: &str = "attempt_timeout_seconds = 1\ncall_timeout_seconds = 2\nmax_attempts = 2";

/// Scans with a fault of one action in one account and region; the gaps there are all there are.
fn with_fault(fault: Fault, when: When, action: &str) -> (Run, Gaps) {
    let account = small().account_ids()[2].clone();
    let rule = Rule::new(fault).account(&account).region("eu-west-1").action(action).when(when);
    let mut world = World::new(small(), [rule]);
    if fault == Fault::Stall {
        world = world.limits(SHORT);
    }
    let run = world.scan(&[]);
    let gaps = run.gaps();
    assert!(gaps.keys().all(|(of, region, _)| *of == account && region == "eu-west-1"), "{gaps:#?}");
    (run, gaps)
}

#[test]
fn what_lasts_is_a_gap_with_its_reason() {
    let clean = World::new(small(), []).scan(&[]);
    for (fault, reason) in [
        (Fault::Throttle, "Throttled"),
        (Fault::ServerError, "ServerError"),
        (Fault::Reset, "TimedOut"),
        (Fault::Stall, "TimedOut"),
        (Fault::Garbage, "Unsupported"),
        (Fault::TruncatedXml, "Malformed"),
        (Fault::RepeatedToken, "Malformed"),
    ] {
        for action in ["ec2:DescribeSecurityGroups", "guardduty:ListDetectors"] {
            let (run, gaps) = with_fault(fault, When::Always, action);
            let found = gaps.iter().find(|((_, _, operation), _)| operation == action);
            let (_, gap) = found.unwrap_or_else(|| panic!("{fault:?} of {action} left no gap: {gaps:#?}"));
            assert_eq!(gap.reason, reason, "{fault:?} of {action}: {gap:?}");
            assert!(!gap.message.is_empty() && !gap.message.contains('\n') && gap.message.len() < 400, "{gap:?}");
            // Not a page that was cut short, but the list without its end has some of it.
            assert_eq!(gap.partial, fault == Fault::RepeatedToken, "{fault:?} of {action}: {gap:?}");
            assert_no_new_verdict(&clean, &run);
            assert_eq!(run.code, 3, "{fault:?}: {}", run.err);
        }
    }
}

#[test]
fn what_passes_leaves_no_trace() {
    let clean = World::new(small(), []).scan(&[]);
    for (fault, when) in [
        (Fault::Throttle, When::First(3)),
        (Fault::ServerError, When::First(3)),
        (Fault::Reset, When::First(3)),
        (Fault::TruncatedXml, When::First(2)),
        (Fault::Stall, When::First(1)),
        (Fault::EmptyPageWithToken, When::Always),
        (Fault::HugePage, When::First(1)),
    ] {
        for action in ["ec2:DescribeSecurityGroups", "guardduty:ListDetectors"] {
            let (run, gaps) = with_fault(fault, when, action);
            assert!(gaps.is_empty(), "{fault:?} of {action}: {gaps:#?}");
            assert_eq!(clean.verdicts(), run.verdicts(), "{fault:?} of {action}");
        }
    }
}

#[test]
fn a_slow_answer_is_an_answer() {
    let account = small().account_ids()[2].clone();
    let rule = Rule::new(Fault::SlowBody).account(&account).region("eu-west-1").action("ec2:DescribeVpcs");
    let world = World::new(small(), [rule]).limits("attempt_timeout_seconds = 20\ncall_timeout_seconds = 30");
    world.scan(&[]).assert_complete();
}

#[test]
fn throttling_here_and_there_only_takes_time() {
    let clean = World::new(small(), []).scan(&[]);
    let rule = Rule::new(Fault::Throttle).when(When::PerThousand(200));
    let world = World::new(small(), [rule]).limits("max_attempts = 12");
    let run = world.scan(&[]);
    run.assert_complete();
    assert_eq!(clean.verdicts(), run.verdicts());
}

/// 17 VPCs have 102 route tables, of which 100 are on the first page.
#[test]
fn a_page_that_fails_keeps_the_pages_before_it() {
    let organization = || Organization {
        regions: vec!["us-east-1".to_owned()],
        size: Size { vpcs: 16, groups: 0, instances: 0, users: 0, roles: 0, policies: 0 },
        defects: false,
        ..small()
    };
    let account = organization().account_ids()[2].clone();
    let resources = |run: &Run| run.json()["resources"].as_u64().unwrap();
    let clean = World::new(organization(), []).scan(&[]);
    clean.assert_complete();
    for fault in [Fault::AccessDenied, Fault::Reset, Fault::TruncatedXml, Fault::Garbage] {
        let action = "ec2:DescribeRouteTables";
        let rule = Rule::new(fault).account(&account).action(action).when(When::After(1));
        let run = World::new(organization(), [rule]).scan(&[]);
        let gaps = run.gaps();
        assert_eq!(gaps.len(), 1, "{gaps:#?}");
        assert!(gaps.values().all(|gap| gap.partial), "{gaps:?}");
        assert_eq!(resources(&clean) - resources(&run), 2, "{fault:?}");
        assert_no_new_verdict(&clean, &run);
    }
}

#[test]
fn an_endpoint_that_refuses_connections_is_one_clear_sentence() {
    // Bound and dropped, the port is free and nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let mut command = driftline(folder.path());
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
    command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
    command.args(["scan", "--no-config"]);
    Run::of(command).assert_refused(1, &["cannot reach AWS", "127.0.0.1"]);
}

#[test]
fn an_endpoint_that_is_a_web_page_is_one_clear_sentence() {
    let world = World::new(small(), [Rule::new(Fault::Garbage)]);
    world.scan(&[]).assert_refused(1, &["cannot reach AWS", "HTML page"]);
}
