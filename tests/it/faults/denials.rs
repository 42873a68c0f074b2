//! Calls that are refused: by policies, by organizations, by regions that are off.

use std::collections::BTreeSet;

use driftline_sim::{Fault, Rule};

use crate::support::{Key, Run, World, small};

/// Every verdict that is known with the fault is the same without it.
#[track_caller]
pub fn assert_no_new_verdict(clean: &Run, faulty: &Run) {
    let (before, after) = (clean.known(), faulty.known());
    for (key, status) in &after {
        assert_eq!(Some(status), before.get(key), "{key:?}");
    }
}

/// The known verdicts that the fault took away.
fn lost(clean: &Run, faulty: &Run) -> Vec<Key> {
    let after = faulty.known();
    clean.known().into_keys().filter(|key| !after.contains_key(key)).collect()
}

#[test]
fn a_call_that_is_denied_is_a_gap_and_leaves_the_rest_as_it_was() {
    let clean = World::new(small(), []).scan(&[]);
    for (fault, reason) in [(Fault::AccessDenied, "AccessDenied"), (Fault::ScpDenied, "DeniedByScp")] {
        let account = small().account_ids()[2].clone();
        let rule = Rule::new(fault).account(&account).region("eu-west-1").action("ec2:DescribeVpcAttribute");
        let run = World::new(small(), [rule]).scan(&[]);
        let gaps = run.gaps();
        let place = (account.clone(), "eu-west-1".to_owned(), "ec2:DescribeVpcAttribute".to_owned());
        assert_eq!(gaps.keys().collect::<Vec<_>>(), [&place], "{gaps:#?}");
        assert_eq!(gaps[&place].reason, reason);
        assert!(gaps[&place].message.contains("ec2:DescribeVpcAttribute"), "{gaps:?}");
        assert!(!gaps[&place].partial);

        assert_no_new_verdict(&clean, &run);
        let lost = lost(&clean, &run);
        let rules: BTreeSet<&str> = lost.iter().map(|key| key.0.as_str()).collect();
        assert_eq!(rules, BTreeSet::from(["test-resolver-off", "vpc-resolver-off"]));
        let places: BTreeSet<(&str, &str)> = lost.iter().map(|key| (key.1.as_str(), key.2.as_str())).collect();
        assert_eq!(places, BTreeSet::from([(account.as_str(), "eu-west-1")]));
        for (rule, account, region, arn, _) in lost {
            let unknown = (rule, account, region, arn, "unknown".to_owned());
            assert_eq!(run.verdicts().get(&unknown).map(String::as_str), Some("unknown"), "{unknown:?}");
        }
        // A failure elsewhere counts more than what is not known.
        assert_eq!((run.code, run.code_of_report()), (3, 3), "{}", run.err);
    }
}

#[test]
fn without_a_failure_a_gap_decides_the_exit_code() {
    let account = small().account_ids()[2].clone();
    let rule = Rule::new(Fault::AccessDenied).account(&account).action("ec2:DescribeVpcAttribute");
    let world = World::new(small(), [rule]);
    let selected = ["-c", "test-resolver-off"];
    let run = world.scan(&selected);
    assert_eq!((run.code, run.code_of_report()), (4, 4), "{}", run.err);
    let warn = world.scan(&[&selected[..], &["--on-unknown", "warn"]].concat());
    assert_eq!((warn.code, warn.code_of_report()), (0, 4), "{}", warn.err);
    // What does not rest on the gap is clean.
    let other = world.scan(&["-c", "test-contact"]);
    assert_eq!((other.code, other.code_of_report()), (0, 0), "{}", other.err);
    assert!(other.err.lines().last().is_some_and(|line| line.starts_with("RESULT pass")), "{}", other.err);
}

#[test]
fn an_account_in_which_everything_is_denied_is_all_gaps() {
    let clean = World::new(small(), []).scan(&[]);
    let account = small().account_ids()[2].clone();
    let run = World::new(small(), [Rule::new(Fault::AccessDenied).account(&account)]).scan(&[]);
    let gaps = run.gaps();
    assert!(gaps.keys().all(|(of, _, _)| *of == account), "{gaps:#?}");
    assert_eq!(run.reasons(), ["AccessDenied"]);
    // The regions were not to be had either, so that those of the caller are read in their place.
    let regions: BTreeSet<&str> = gaps.keys().map(|(_, region, _)| region.as_str()).collect();
    assert_eq!(regions, BTreeSet::from(["eu-west-1", "global", "us-east-1"]));
    // What the organization says of its members is known without them.
    let known = run.known().into_keys().filter(|key| key.1 == account).map(|key| key.0);
    let of_organization =
        ["account-not-in-organization", "organization-without-all-features", "regions-not-restricted"];
    assert_eq!(known.collect::<Vec<_>>(), of_organization);
    assert_no_new_verdict(&clean, &run);
    let others =
        |run: &Run| -> Vec<(Key, String)> { run.verdicts().into_iter().filter(|(key, _)| key.1 != account).collect() };
    assert_eq!(others(&clean), others(&run));
}

#[test]
fn regions_that_could_not_be_listed_leave_the_scan_incomplete() {
    let account = small().account_ids()[2].clone();
    let rule = || Rule::new(Fault::AccessDenied).account(&account).action("ec2:DescribeRegions");
    let world = World::new(small(), [rule()]);
    // Nothing fails and nothing is unknown in the regions that were read; there may be others.
    let run = world.scan(&["-c", "test-contact"]);
    let gaps = run.gaps();
    let place = (account.clone(), "global".to_owned(), "ec2:DescribeRegions".to_owned());
    assert_eq!(gaps.keys().collect::<Vec<_>>(), [&place]);
    assert!(gaps[&place].partial, "{gaps:?}");
    assert_eq!((run.code, run.code_of_report()), (4, 4), "{}", run.err);
    // Asked for by name, every region was read.
    let named = world.scan(&["-c", "test-contact", "--region", "us-east-1,eu-west-1"]);
    assert_eq!((named.code, named.code_of_report()), (0, 0), "{}", named.err);
}

/// Checks that ask something of all regions together.
const OF_ALL_REGIONS: [&str; 3] =
    ["config-organization-aggregator-missing", "direct-connect-in-one-location", "vpcs-in-one-region"];

#[test]
fn a_region_that_is_off_is_no_bad_credentials() {
    let clean = World::new(small(), []).scan(&[]);
    let account = small().account_ids()[2].clone();
    let off = Rule::new(Fault::RegionDisabled).account(&account).region("eu-west-1");
    let run = World::new(small(), [off]).scan(&[]);
    let gaps = run.gaps();
    assert!(gaps.keys().all(|(of, region, _)| *of == account && region == "eu-west-1"), "{gaps:#?}");
    assert_eq!(run.reasons(), ["RegionDisabled"]);
    assert_no_new_verdict(&clean, &run);
    let lost = lost(&clean, &run);
    let is_of_it = |key: &Key| key.2 == "eu-west-1" || OF_ALL_REGIONS.contains(&key.0.as_str());
    assert!(lost.iter().all(|key| key.1 == account && is_of_it(key)), "{lost:?}");
}

#[test]
fn a_named_region_that_is_not_enabled_is_a_gap_without_any_call() {
    let world = World::new(small(), []);
    let run = world.scan(&["--region", "us-east-1,me-south-1"]);
    let gaps = run.gaps();
    assert!(!gaps.is_empty());
    assert!(gaps.keys().all(|(_, region, _)| region == "me-south-1"), "{gaps:#?}");
    assert_eq!(run.reasons(), ["RegionDisabled"]);
    // What is asked of all regions together cannot be told either.
    let unknown = run.unknown();
    let elsewhere = unknown.iter().filter(|key| key.2 != "me-south-1");
    let others: Vec<_> = elsewhere.filter(|key| !OF_ALL_REGIONS.contains(&key.0.as_str())).collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(world.server.stats().calls.iter().all(|count| count.region != "me-south-1"));
    // Nothing of the other region, which is enabled and was not asked for.
    assert!(run.verdicts().keys().all(|key| key.2 != "eu-west-1"));
}
