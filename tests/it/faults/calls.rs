//! How many calls a scan makes, and that one account does not hold the others.

use std::collections::BTreeMap;

use driftline::collect::{Per, Place, call_catalogue};
use driftline_sim::{Fault, Organization, Rule};

use crate::support::{World, small};

fn organization() -> Organization {
    Organization {
        regions: ["us-east-1", "eu-west-1", "eu-central-1", "eu-north-1"].map(String::from).to_vec(),
        ..small()
    }
}

/// Operation, and how often it was called in all accounts and regions.
fn made(world: &World) -> BTreeMap<String, u64> {
    let mut made = BTreeMap::new();
    for count in world.server.stats().calls {
        *made.entry(format!("{}:{}", count.service, count.action)).or_default() += count.calls;
    }
    made
}

/// What is called once for its place is called just so often, and nothing is called that is in no table.
#[test]
fn the_catalogue_says_how_often_each_operation_is_called() {
    let world = World::new(organization(), []);
    world.scan(&[]).assert_complete();
    let made = made(&world);
    let (accounts, regions) = (3, 4);
    // Each VPC is asked for its attributes, and every region has a row of its own for that.
    let stats = world.server.stats();
    let with_vpc = stats.calls.iter().filter(|count| count.action == "DescribeVpcAttribute").count() as u64;
    assert!(with_vpc > 0 && with_vpc < accounts * regions, "both kinds of region are wanted: {with_vpc}");
    let of_table: Vec<&str> = call_catalogue().iter().map(|operation| operation.name).collect();
    for name in made.keys() {
        assert!(of_table.contains(&name.as_str()), "{name} is in no table");
    }
    for operation in call_catalogue() {
        let places = match operation.place {
            Place::Scan | Place::Organization => 1,
            Place::Account => accounts,
            Place::Region => accounts * regions,
        };
        let expected = match operation.per {
            // Every member gets the same answer.
            _ if operation.name == "organizations:DescribeOrganization" => 1,
            Per::Place | Per::PartitionWithAccelerators => places * u64::from(operation.calls),
            Per::AssumedAccount => accounts - 1,
            Per::RegionWithVpc => with_vpc,
            _ => continue,
        };
        assert_eq!(made.get(operation.name).copied().unwrap_or_default(), expected, "{}", operation.name);
    }
    // Two firewalls have one policy.
    assert_eq!(made["network-firewall:DescribeFirewall"], 2);
    assert_eq!(made["network-firewall:DescribeFirewallPolicy"], 1);
}

#[test]
fn accounts_that_throttle_hang_and_deny_cost_themselves_alone() {
    let organization = || Organization { accounts: 6, ..small() };
    let ids = organization().account_ids();
    let clean = World::new(organization(), []).scan(&[]);
    clean.assert_complete();
    let (throttled, hanging, denied) = (&ids[2], &ids[3], &ids[4]);
    let rules = [(Fault::Throttle, throttled), (Fault::Stall, hanging), (Fault::AccessDenied, denied)]
        .map(|(fault, account)| Rule::new(fault).account(account));
    let limits = "max_attempts = 3\nattempt_timeout_seconds = 3\ncall_timeout_seconds = 8";
    let start = std::time::Instant::now();
    let run = World::new(organization(), rules).limits(limits).scan(&[]);
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
    let bad = [throttled, hanging, denied];
    let gaps = run.gaps();
    assert!(gaps.keys().all(|(account, _, _)| bad.contains(&account)), "{gaps:#?}");
    for (account, reason) in [(throttled, "Throttled"), (hanging, "TimedOut"), (denied, "AccessDenied")] {
        let of: Vec<_> = gaps.iter().filter(|((of, _, _), _)| of == account).collect();
        assert!(!of.is_empty() && of.iter().all(|(_, gap)| gap.reason == reason), "{of:#?}");
    }
    let healthy = |verdicts: BTreeMap<crate::support::Key, String>| -> Vec<_> {
        verdicts.into_iter().filter(|(key, _)| key.1 == ids[0] || key.1 == ids[1] || key.1 == ids[5]).collect()
    };
    assert_eq!(healthy(clean.known()), healthy(run.known()));
}
