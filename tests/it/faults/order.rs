//! What all members of an organization share is the same whichever of them comes first.

use std::sync::Arc;

use driftline::collect::{Environment, Limits, Progress, Shared, collect};
use driftline::config::targets::{AccountSelection, RoleName, RoleSettings, Targets};
use driftline::inventory::Inventory;
use driftline_sim::{Fault, Faults, Organization, Rule, serve};
use tokio::sync::watch;

use crate::support::small;

const SHARED: [&str; 3] =
    ["cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "organizations:DescribeOrganization"];

fn organization() -> Organization {
    Organization { org_trail: true, accounts: 4, ..small() }
}

fn scan(rules: Vec<Rule>, max_accounts: usize) -> Inventory {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let organization = organization();
        let (access_key_id, secret_access_key) = organization.operator_credentials();
        let role = RoleSettings::new(RoleName::Name(organization.audit_role.clone()));
        let faults = Faults { rules, ..Faults::default() };
        let server = serve(([127, 0, 0, 1], 0).into(), organization, faults).await.unwrap();
        let targets = Targets {
            accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags: Vec::new() },
            role: Some(role),
            ..Targets::default()
        };
        let environment = Environment::Fixed { endpoint: server.url(), access_key_id, secret_access_key };
        let (_open, stop) = watch::channel(false);
        let limits = Limits { max_accounts, ..Limits::default() };
        let shared = Arc::new(Shared::new(limits, Arc::new(Progress::default()), stop));
        let inventory = collect(&targets, &environment, shared, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
        server.shutdown().await;
        inventory
    })
}

/// All that is in an inventory.
fn all(inventory: &Inventory) -> (String, String) {
    let cells: Vec<_> = inventory.ledger.cells().collect();
    let resources: Vec<_> = inventory.resources().collect();
    (format!("{cells:#?}"), format!("{resources:#?}"))
}

/// The accounts with a gap of an operation.
fn without(inventory: &Inventory, operation: &str) -> Vec<String> {
    let gaps = inventory.ledger.gaps().filter(|(cell, _)| cell.operation == operation);
    let mut accounts: Vec<String> = gaps.map(|(cell, _)| cell.scope.account.to_string()).collect();
    accounts.sort();
    accounts.dedup();
    accounts
}

/// Makes an account the last to ask for what is shared.
fn late(account: &str) -> [Rule; 2] {
    ["cloudtrail:DescribeTrails", "ec2:DescribeRegions"]
        .map(|action| Rule::new(Fault::SlowHeaders).account(account).action(action))
}

fn denied(account: &str) -> [Rule; 3] {
    SHARED.map(|action| Rule::new(Fault::AccessDenied).account(account).action(action))
}

#[test]
fn a_member_that_is_denied_knows_what_the_caller_is_told() {
    let ids = organization().account_ids();
    let clean = all(&scan(Vec::new(), 8));
    for (late_one, max_accounts) in [(None, 1), (Some(&ids[0]), 8), (Some(&ids[2]), 8), (Some(&ids[3]), 8)] {
        let mut rules: Vec<Rule> = denied(&ids[2]).into();
        rules.extend(late_one.into_iter().flat_map(|account| late(account)));
        let inventory = scan(rules, max_accounts);
        assert!(all(&inventory) == clean, "the last is {late_one:?}");
    }
}

#[test]
fn what_the_caller_is_not_told_each_member_is_asked_for() {
    let ids = organization().account_ids();
    let mut before = None;
    for (late_one, max_accounts) in [(None, 1), (Some(&ids[0]), 8), (Some(&ids[2]), 8), (Some(&ids[3]), 8)] {
        let mut rules: Vec<Rule> = denied(&ids[0]).into_iter().chain(denied(&ids[2])).collect();
        rules.extend(late_one.into_iter().flat_map(|account| late(account)));
        let inventory = scan(rules, max_accounts);
        for operation in SHARED {
            assert_eq!(without(&inventory, operation), [ids[0].clone(), ids[2].clone()], "{operation}");
        }
        let all = all(&inventory);
        assert!(before.get_or_insert(all.clone()) == &all, "the last is {late_one:?}");
    }
}
