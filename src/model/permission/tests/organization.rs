//! What an organization takes away.

use serde_json::{Value, json};

use super::{HOME, MANAGEMENT, OTHER, World, allow, document, inline, scope};
use crate::iam::Verdict::{Allowed, Conditional, Denied};
use crate::inventory::{Cell, Gap, Outcome, Reason};

const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";
const EVERYWHERE: &[&str] = &["r-ab12", "ou-ab12-work", HOME, OTHER];

fn all() -> Value {
    allow("*")
}

fn deny(action: &str) -> Value {
    document(json!({ "Effect": "Deny", "Action": action, "Resource": "*" }))
}

/// Users with every permission in each account, and a service-linked role in HOME.
fn world(policies: &[(&str, &str, Value, &[&str])]) -> World {
    let mut world = World::new();
    world.organization(policies);
    for account in [HOME, OTHER, MANAGEMENT] {
        world.user(account, "ann", json!({ "UserPolicyList": inline(&[all()]) }));
    }
    world.role(
        HOME,
        "linked",
        json!({ "Service": "ecs.amazonaws.com" }),
        json!({ "Path": "/aws-service-role/ecs.amazonaws.com/", "RolePolicyList": inline(&[all()]) }),
    );
    world
}

fn ann(account: &str) -> String {
    format!("arn:aws:iam::{account}:user/ann")
}

#[test]
fn every_level_has_to_allow() {
    let world =
        world(&[(SCP, "all", all(), &["r-ab12", HOME, OTHER]), (SCP, "some", allow("s3:*"), &["ou-ab12-work"])]);
    assert_eq!(world.can(&ann(HOME), "s3:GetObject", "*"), Allowed);
    assert_eq!(world.can(&ann(HOME), "ec2:RunInstances", "*"), Denied);
    assert_eq!(world.can(&ann(OTHER), "ec2:RunInstances", "*"), Allowed);
    assert!(world.permissions().missing_denials(&HOME.parse().unwrap()).is_empty());
}

#[test]
fn a_deny_counts_wherever_it_is_and_not_for_the_management_account_nor_service_linked_roles() {
    for level in ["r-ab12", "ou-ab12-work", HOME] {
        let world = world(&[(SCP, "all", all(), EVERYWHERE), (SCP, "no", deny("iam:*"), &[level])]);
        assert_eq!(world.can(&ann(HOME), "iam:CreateUser", "*"), Denied, "{level}");
        assert_eq!(world.can(&format!("arn:aws:iam::{HOME}:root"), "iam:CreateUser", "*"), Denied, "{level}");
        assert_eq!(world.can(&ann(OTHER), "iam:CreateUser", "*"), if level == "r-ab12" { Denied } else { Allowed });
        assert_eq!(world.can(&ann(MANAGEMENT), "iam:CreateUser", "*"), Allowed, "{level}");
        assert_eq!(world.can(&format!("arn:aws:iam::{HOME}:role/linked"), "iam:CreateUser", "*"), Allowed, "{level}");
    }
}

#[test]
fn conditions_of_service_control_policies() {
    let except = document(
        json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": { "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:user/ann" } } }),
    );
    let regions = document(
        json!({ "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": { "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" } } }),
    );
    let mut world = world(&[
        (SCP, "all", all(), EVERYWHERE),
        (SCP, "except", except, &["r-ab12"]),
        (SCP, "regions", regions, &["r-ab12"]),
    ]);
    let bob = world.user(HOME, "bob", json!({ "UserPolicyList": inline(&[all()]) }));
    assert_eq!(
        (world.can(&ann(HOME), "iam:CreateUser", "*"), world.can(&bob, "iam:CreateUser", "*")),
        (Allowed, Denied)
    );
    assert_eq!(world.can(&bob, "ec2:RunInstances", "*"), Conditional);
    assert_eq!(world.can(&bob, "sqs:SendMessage", &format!("arn:aws:sqs:eu-west-1:{HOME}:q")), Allowed);
    assert_eq!(world.can(&bob, "sqs:SendMessage", &format!("arn:aws:sqs:us-east-1:{HOME}:q")), Denied);
}

#[test]
fn a_resource_control_policy_keeps_strangers_out_of_roles() {
    let perimeter = document(json!({
        "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:PrincipalAccount": [HOME, "999999999999"] } },
    }));
    let mut world = world(&[(SCP, "all", all(), EVERYWHERE), (RCP, "perimeter", perimeter, &["r-ab12"])]);
    let role = world.role(HOME, "r", json!("*"), json!({}));
    let linked = world.role(HOME, "linked", json!("*"), json!({ "Path": "/aws-service-role/ecs.amazonaws.com/" }));
    let top = world.role(MANAGEMENT, "top", json!("*"), json!({}));
    assert_eq!(world.assume(&ann(HOME), &role), Allowed);
    assert_eq!(world.assume(&ann(MANAGEMENT), &role), Allowed);
    assert_eq!(world.assume(&ann(OTHER), &role), Denied);
    assert_eq!(world.assume(&ann(OTHER), &linked), Allowed);
    assert_eq!(world.assume(&ann(OTHER), &top), Allowed);
    // Only of services that AWS names for such policies.
    let user = format!("arn:aws:iam::{HOME}:user/ann");
    assert_eq!(world.can(&ann(HOME), "iam:GetUser", &user), Allowed);
}

#[test]
fn what_of_the_organization_was_not_read_is_named_and_does_not_deny() {
    let mut world = World::new();
    let home = HOME.parse().unwrap();
    assert!(world.permissions().missing_denials(&home).is_empty(), "it is in no organization");
    // Somebody else's scan: nothing of an organization was asked for.
    let mut lone = World { inventory: crate::inventory::Inventory::new(world.inventory.provenance.clone()) };
    let ann = lone.user(HOME, "ann", json!({ "UserPolicyList": inline(&[all()]) }));
    assert_eq!(lone.can(&ann, "iam:CreateUser", "*"), Allowed);
    let why: Vec<String> =
        lone.permissions().missing_denials(&home).iter().map(|missing| missing.why.clone()).collect();
    assert_eq!(
        why,
        [format!("organization policies of {HOME} were not read (organizations:DescribeOrganization was not read)")]
    );
    // The organization is known, its policies are not.
    world.organization(&[]);
    world.inventory.ledger = crate::inventory::Ledger::default();
    world.read(HOME, &["iam:GetAccountAuthorizationDetails"]);
    assert_eq!(scope(HOME).account, home);
    let permissions = world.permissions();
    let missing = permissions.missing_denials(&home);
    assert_eq!(missing.len(), 1, "{missing:?}");
}

#[test]
fn a_level_of_which_not_every_policy_was_read_does_not_lack_what_that_one_may_allow() {
    let mut world = world(&[(SCP, "all", all(), &[]), (SCP, "some", allow("s3:*"), EVERYWHERE)]);
    assert_eq!(world.can(&ann(HOME), "iam:CreateUser", "*"), Denied);
    // It could not be read where the other policy is attached.
    let unread = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: true };
    let cell = Cell { scope: scope(MANAGEMENT), operation: "organizations:ListTargetsForPolicy".to_owned() };
    world.inventory.ledger.record(cell, Outcome::Gap(unread));
    assert_eq!(world.can(&ann(HOME), "iam:CreateUser", "*"), Allowed);
    assert!(!world.permissions().missing_denials(&HOME.parse().unwrap()).is_empty());
}
