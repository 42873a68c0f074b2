//! What policies give, by what they say.

use serde_json::{Value as Json, json};

use crate::arn::{Partition, Region, Scope};
use crate::inventory::{Inventory, Provenance};
use crate::model::{Model, facts};
use crate::resource::ResourceType;
use crate::resource::iam::{ManagedPolicy, User};

const ACCOUNT: &str = "111122223333";

fn scope() -> Scope {
    Scope { partition: Partition::Aws, account: ACCOUNT.parse().unwrap(), region: Region::global() }
}

fn inventory() -> Inventory {
    Inventory::new(Provenance {
        tool_version: String::new(),
        taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        caller: None,
        source: String::new(),
        is_import: false,
    })
}

/// What a fact of the only resource of a type says, each record in its own brackets.
fn fact(inventory: &Inventory, of: ResourceType, name: &str) -> String {
    let model = Model::new(inventory, inventory.provenance.taken_at);
    let index = facts::table(of).iter().position(|field| field.name == name).unwrap();
    let (scope, subject) = model.subjects(of).next().unwrap();
    match facts::value(&model, scope, subject, index) {
        crate::model::Value::List(records) => {
            let texts = records
                .iter()
                .map(|record| record.values().iter().map(ToString::to_string).collect::<Vec<_>>().join(" by "));
            texts.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// Of a managed policy with these statements.
fn managed(statements: Json, name: &str) -> String {
    let mut inventory = inventory();
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    let policy: ManagedPolicy = serde_json::from_value(json!({
        "PolicyName": "p", "Arn": format!("arn:aws:iam::{ACCOUNT}:policy/p"), "DefaultVersionId": "v1",
        "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document }],
    }))
    .unwrap();
    inventory.insert(scope(), policy.into());
    fact(&inventory, ResourceType::ManagedPolicy, name)
}

/// Of a user with a policy for each of these lists of statements.
fn of_user(policies: &[Json], name: &str) -> String {
    let mut inventory = inventory();
    let policy = |(at, statements): (usize, &Json)| json!({ "PolicyName": format!("p{at}"), "PolicyDocument": { "Version": "2012-10-17", "Statement": statements } });
    let policies: Vec<Json> = policies.iter().enumerate().map(policy).collect();
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/u");
    let user: User =
        serde_json::from_value(json!({ "UserName": "u", "Arn": arn, "UserPolicyList": policies })).unwrap();
    inventory.insert(scope(), user.into());
    fact(&inventory, ResourceType::User, name)
}

fn allow(action: impl Into<Json>) -> Json {
    json!({ "Effect": "Allow", "Action": action.into(), "Resource": "*" })
}

fn services(statements: Json) -> String {
    managed(statements, "whole_services")
}

fn actions(statements: Json) -> String {
    managed(statements, "broad_actions")
}

#[test]
fn every_way_to_write_a_service_is_the_service() {
    let listed: Vec<String> = super::KMS.iter().map(|action| format!("kms:{action}")).collect();
    let by_letter: Vec<String> = ('a'..='z').map(|letter| format!("KMS:{letter}*")).collect();
    for action in [json!("kms:*"), json!("KMS:?*"), json!(listed), json!(by_letter)] {
        assert_eq!(services(allow(action.clone())), "kms by p", "{action}");
    }
    let halves = json!([allow("kms:[A-Z]*"), allow("cloudtrail:*")]);
    assert_eq!(services(halves), "cloudtrail by p");
    for resource in ["arn:aws:kms:*:*:*", "arn:aws:kms:*", "arn:*", "arn:aws:kms:*:111122223333:*"] {
        let statement = json!({ "Effect": "Allow", "Action": "kms:*", "Resource": resource });
        assert_eq!(services(statement), "kms by p", "{resource}");
    }
}

#[test]
fn a_part_of_a_service_is_not_the_service() {
    let all_but_one: Vec<String> = super::KMS.iter().skip(1).map(|action| format!("kms:{action}")).collect();
    let cases = [
        allow(json!(all_but_one)),
        json!([allow("kms:*"), { "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*" }]),
        json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*" }),
        json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } }),
        // Everything has a finding of its own.
        allow("*"),
    ];
    for statements in cases {
        assert_eq!(services(statements.clone()), "", "{statements}");
    }
}

#[test]
fn a_denial_that_hangs_on_a_condition_or_on_some_resources_takes_nothing_back() {
    let some = json!([allow("kms:*"), { "Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:us-east-1:111122223333:key/1" }]);
    assert_eq!(services(some), "kms by p");
    let unless = json!([allow("kms:*"), { "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }]);
    assert_eq!(services(unless), "kms by p");
}

#[test]
fn what_is_left_by_not_action_is_given() {
    let given = services(json!({ "Effect": "Allow", "NotAction": ["iam:*", "cloudtrail:Delete*"], "Resource": "*" }));
    let names: Vec<&str> = given.split("; ").map(|one| one.split(' ').next().unwrap()).collect();
    assert!(names.contains(&"kms") && names.contains(&"s3"), "{given}");
    assert!(!names.contains(&"iam") && !names.contains(&"cloudtrail"), "{given}");
    // Of a service without a list of actions, what a denial sets apart is looked at.
    let apart = json!([allow("sqs:*"), { "Effect": "Deny", "Action": "sqs:Delete*", "Resource": "*" }]);
    assert_eq!(services(apart), "");
    assert_eq!(services(allow("sqs:*")), "sqs by p");
    assert_eq!(services(allow("madeup:*")), "madeup by p", "a service that a policy names");
}

#[test]
fn a_principals_own_policies_are_weighed_together() {
    let (one, two) = (allow("kms:*"), json!([{ "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*" }]));
    assert_eq!(of_user(std::slice::from_ref(&one), "whole_services"), "kms by p0");
    assert_eq!(of_user(&[one, two], "whole_services"), "");
    let half = super::KMS.len() / 2;
    let halves = [&super::KMS[..half], &super::KMS[half..]];
    let halves = halves.map(|half| allow(json!(half.iter().map(|a| format!("kms:{a}")).collect::<Vec<_>>())));
    assert_eq!(of_user(&halves, "whole_services"), "kms by p0, p1");
    let broken = json!([{ "Effect": "Perhaps" }]);
    let said = of_user(&[allow("kms:*"), broken], "whole_services");
    assert!(said.contains("`p1` cannot be read"), "{said}");
}

#[test]
fn roles_of_no_name_are_any_role() {
    let assume =
        |resource: &str| actions(json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource }));
    for resource in [
        "*",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::111122223333:role/*",
        "arn:aws:iam::444455556666:role/*",
        "arn:aws:iam::*:*",
    ] {
        assert_eq!(assume(resource), "sts:AssumeRole by p", "{resource}");
    }
    for resource in ["arn:aws:iam::111122223333:role/deploy-*", "arn:aws:iam::*:role/audit", "arn:aws:iam::*:user/*"] {
        assert_eq!(assume(resource), "", "{resource}");
    }
    assert_eq!(actions(allow("sts:*")), "sts:AssumeRole by p");
    let not_these =
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": "arn:aws:iam::*:role/admin" });
    assert_eq!(actions(not_these), "sts:AssumeRole by p");
}

#[test]
fn single_actions_on_everything() {
    assert_eq!(actions(allow("aws-marketplace:*")), "aws-marketplace:Subscribe by p");
    assert_eq!(actions(allow("kms:*")), "kms:Decrypt by p; kms:ReEncryptFrom by p");
    assert_eq!(actions(allow("secretsmanager:GetSecretValue")), "secretsmanager:GetSecretValue by p");
    let own = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/*" });
    assert_eq!(actions(own), "iam:PassRole by p");
    let some =
        json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*" });
    assert_eq!(actions(some), "");
    let denied = json!([allow("aws-marketplace:Subscribe"), { "Effect": "Deny", "Action": "aws-marketplace:*", "Resource": "*" }]);
    assert_eq!(actions(denied), "");
    assert_eq!(actions(allow("*")), "");
}
