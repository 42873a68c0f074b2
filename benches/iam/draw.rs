//! Accounts of 5,000 roles, 1,000 users and 3,000 policies, drawn with a fixed seed; one role in a hundred trusts
//! another account.

#![allow(clippy::expect_used, reason = "what is drawn is well-formed")]

use driftline::arn::{AccountId, Partition, Region, Scope};
use driftline::inventory::{Account, Cell, Inventory, Outcome, Provenance};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

const ROLES: u64 = 5_000;
const USERS: u64 = 1_000;
const POLICIES: u64 = 3_000;
const GROUPS: u64 = 40;

pub fn provenance() -> Provenance {
    Provenance {
        tool_version: "0".to_owned(),
        taken_at: "2026-01-01T00:00:00Z".parse().expect("a time"),
        caller: None,
        source: "a benchmark".to_owned(),
        is_import: false,
    }
}

struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// The id of an account.
pub fn id(number: u64) -> String {
    format!("{:012}", 100_000_000_000 + number)
}

/// One account of so many.
pub fn account(number: u64, accounts: u64) -> Inventory {
    let mut inventory = Inventory::new(provenance());
    let account: AccountId = id(number).parse().expect("an account");
    let scope = Scope { partition: Partition::Aws, account: account.clone(), region: Region::global() };
    let regional = Scope { region: "eu-west-1".parse().expect("a region"), ..scope.clone() };
    for of in ResourceType::ALL {
        for operation in of.operations() {
            let place = if of.is_global() { scope.clone() } else { regional.clone() };
            inventory.ledger.record(Cell { scope: place, operation: (*operation).to_owned() }, Outcome::Complete);
        }
    }
    let known = Account { partition: Partition::Aws, id: account.clone(), name: None, organizational_unit: None };
    inventory.accounts.insert(account, known);
    let draw = &mut Draw(number + 1);
    let me = id(number);
    let mut put = |of: ResourceType, fields: Value| {
        inventory.insert(scope.clone(), Resource::deserialize_as(of, fields).expect("a resource"));
    };
    for policy in 0..POLICIES {
        let document = document(draw, &me, policy);
        put(
            ResourceType::ManagedPolicy,
            json!({"PolicyName": format!("p{policy}"), "Arn": format!("arn:aws:iam::{me}:policy/p{policy}"), "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]}),
        );
    }
    for group in 0..GROUPS {
        put(
            ResourceType::Group,
            json!({"GroupName": format!("g{group}"), "Arn": format!("arn:aws:iam::{me}:group/g{group}"), "Path": "/",
                "AttachedManagedPolicies": attached(draw, &me, 2)}),
        );
    }
    for user in 0..USERS {
        let groups = json!([format!("g{}", draw.next(GROUPS)), format!("g{}", draw.next(GROUPS))]);
        put(
            ResourceType::User,
            json!({"UserName": format!("u{user}"), "Arn": format!("arn:aws:iam::{me}:user/u{user}"), "Path": "/", "GroupList": groups,
                "UserPolicyList": inline(draw, &me, USERS + user), "AttachedManagedPolicies": attached(draw, &me, 1)}),
        );
    }
    for role in 0..ROLES {
        put(
            ResourceType::Role,
            json!({"RoleName": format!("r{role}"), "Arn": format!("arn:aws:iam::{me}:role/r{role}"), "Path": "/",
                "AssumeRolePolicyDocument": trust(draw, &me, accounts), "RolePolicyList": inline(draw, &me, role),
                "AttachedManagedPolicies": attached(draw, &me, 2)}),
        );
    }
    inventory
}

fn attached(draw: &mut Draw, me: &str, number: u64) -> Value {
    let one = |policy: u64| json!({"PolicyArn": format!("arn:aws:iam::{me}:policy/p{policy}"), "PolicyName": format!("p{policy}")});
    (0..number).map(|_| one(draw.next(POLICIES))).collect()
}

/// A policy of its own for half of them.
fn inline(draw: &mut Draw, me: &str, number: u64) -> Value {
    if draw.next(2) == 0 {
        return json!([]);
    }
    json!([{"PolicyName": "own", "PolicyDocument": document(draw, me, number)}])
}

/// One in a hundred trusts another account; the others a service, an account's principals, or one of them.
fn trust(draw: &mut Draw, me: &str, accounts: u64) -> Value {
    let principal = match draw.next(100) {
        0 => json!({"AWS": format!("arn:aws:iam::{}:root", id(draw.next(accounts)))}),
        1..=30 => json!({"AWS": format!("arn:aws:iam::{me}:root")}),
        31..=45 => json!({"AWS": format!("arn:aws:iam::{me}:role/r{}", draw.next(ROLES))}),
        46..=60 => json!({"Service": "ec2.amazonaws.com"}),
        61..=80 => json!({"Service": "lambda.amazonaws.com"}),
        _ => json!({"Service": "ecs-tasks.amazonaws.com"}),
    };
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})
}

/// Mostly what applications need, on things of their own; now and then something that matters.
fn document(draw: &mut Draw, me: &str, number: u64) -> Value {
    let allow = |actions: Value, resource: String| json!({"Effect": "Allow", "Action": actions, "Resource": resource});
    let mut statements = vec![
        allow(json!(["s3:GetObject", "s3:PutObject"]), format!("arn:aws:s3:::bucket-{number}/*")),
        allow(
            json!(["dynamodb:Query", "dynamodb:PutItem"]),
            format!("arn:aws:dynamodb:eu-west-1:{me}:table/t{number}"),
        ),
        allow(json!(["logs:*"]), "*".to_owned()),
    ];
    match draw.next(1_000) {
        0..=1 => statements.push(allow(json!("*"), "*".to_owned())),
        2..=41 => {
            statements.push(allow(json!("sts:AssumeRole"), format!("arn:aws:iam::{me}:role/r{}", draw.next(ROLES))))
        }
        42..=51 => {
            statements.push(allow(json!("sts:AssumeRole"), format!("arn:aws:iam::{}:role/r{}*", "*", draw.next(100))))
        }
        52..=61 => statements
            .push(allow(json!(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]), "*".to_owned())),
        62..=66 => statements
            .push(allow(json!(["iam:CreateAccessKey"]), format!("arn:aws:iam::{me}:user/u{}", draw.next(USERS)))),
        67..=71 => statements
            .push(allow(json!(["iam:PutRolePolicy"]), format!("arn:aws:iam::{me}:role/r{}", draw.next(ROLES)))),
        72..=74 => statements.push(allow(
            json!(["iam:CreatePolicyVersion"]),
            format!("arn:aws:iam::{me}:policy/p{}", draw.next(POLICIES)),
        )),
        75..=94 => statements.push(allow(json!(["lambda:*"]), "*".to_owned())),
        95..=114 => statements.push(allow(json!(["ec2:*"]), "*".to_owned())),
        _ => {}
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}
