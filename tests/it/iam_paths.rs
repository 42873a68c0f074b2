//! The binary, asked who administers and who can come to.

use std::process::{Command, Stdio};

use driftline::arn::{Partition, Region, Scope};
use driftline::inventory::snapshot::Snapshot;
use driftline::inventory::{Account, Cell, Inventory, Outcome, Provenance};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

use crate::cli::world::Ran;
use crate::golden::golden;

const ACCOUNT: &str = "111122223333";

fn arn(of: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{of}")
}

fn policy(statements: Value) -> Value {
    json!([{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}])
}

fn trust(principal: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})
}

/// An account in which Ann reaches an administrator in two steps, Bob changes himself, and Eve does nothing.
fn inventory() -> Inventory {
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0".to_owned(),
        taken_at: "2026-11-23T00:00:00Z".parse().unwrap(),
        caller: None,
        source: "a test".to_owned(),
        is_import: false,
    });
    let scope = Scope { partition: Partition::Aws, account: ACCOUNT.parse().unwrap(), region: Region::global() };
    let regional = Scope { region: "eu-west-1".parse().unwrap(), ..scope.clone() };
    for of in ResourceType::ALL {
        for operation in of.operations() {
            let place = if of.is_global() { scope.clone() } else { regional.clone() };
            inventory.ledger.record(Cell { scope: place, operation: (*operation).to_owned() }, Outcome::Complete);
        }
    }
    let account =
        Account { partition: Partition::Aws, id: scope.account.clone(), name: None, organizational_unit: None };
    inventory.accounts.insert(account.id.clone(), account);
    let user = |name: &str, statements: Value| json!({"UserName": name, "Arn": arn(&format!("user/{name}")), "Path": "/", "UserPolicyList": policy(statements)});
    let role = |name: &str, trusted: Value, statements: Value| {
        json!({"RoleName": name, "Arn": arn(&format!("role/{name}")), "Path": "/", "AssumeRolePolicyDocument": trust(trusted),
            "RolePolicyList": policy(statements)})
    };
    let all = [
        (
            ResourceType::User,
            user(
                "ann",
                json!([{"Sid": "Deploys", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn("role/deploy")}]),
            ),
        ),
        (
            ResourceType::User,
            user(
                "bob",
                json!([{"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]),
            ),
        ),
        (ResourceType::User, user("eve", json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]))),
        (
            ResourceType::User,
            user("kim", json!([{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"}])),
        ),
        (
            ResourceType::Role,
            role(
                "admin",
                json!({"Service": "lambda.amazonaws.com"}),
                json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]),
            ),
        ),
        (
            ResourceType::Role,
            role(
                "deploy",
                json!({"AWS": arn("root")}),
                json!([
                    {"Sid": "Hand", "Effect": "Allow", "Action": "iam:PassRole", "Resource": arn("role/*")},
                    {"Sid": "Make", "Effect": "Allow", "Action": "lambda:*", "Resource": "arn:aws:lambda:*:*:function:deploy-*"},
                ]),
            ),
        ),
    ];
    for (of, fields) in all {
        inventory.insert(scope.clone(), Resource::deserialize_as(of, fields).unwrap());
    }
    inventory
}

fn ask(arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    Snapshot::of(&inventory()).unwrap().write_archive(&mut bytes).unwrap();
    std::fs::write(folder.path().join("a.dls"), bytes).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
    command.args(["iam"]).args(arguments).args(["--snapshot", "a.dls"]).current_dir(folder.path());
    command.env_clear().env("HOME", folder.path()).stdin(Stdio::null());
    Ran::of(command.output().unwrap())
}

#[test]
fn every_principal_is_a_line_of_json() {
    let ran = ask(&["paths", "--all", "-f", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| {
            (line["principal"].as_str().unwrap().rsplit('/').next().unwrap(), line["verdict"].as_str().unwrap())
        })
        .collect();
    let expected = [
        ("ann", "proven"),
        ("bob", "proven"),
        ("eve", "none"),
        ("kim", "possible"),
        ("admin", "admin"),
        ("deploy", "proven"),
    ];
    assert_eq!(told, expected);
    let ann = &lines[0];
    assert_eq!(ann["account"], ACCOUNT);
    let hops: Vec<(&str, &str)> = ann["hops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hop| (hop["action"].as_str().unwrap(), hop["statement"].as_str().unwrap()))
        .collect();
    assert_eq!(
        hops[1..],
        [("iam:PassRole", "own#Hand"), ("lambda:CreateFunction", "own#Make"), ("lambda:InvokeFunction", "own#Make")]
    );
    assert_eq!(hops[0].0, "sts:AssumeRole");
    assert!(hops[0].1.starts_with("own#Deploys"), "{hops:?}");
    assert!(lines[1]["conditions"][0].as_str().unwrap().contains("aws:MultiFactorAuthPresent"));
    assert!(ann["conditions"].as_array().unwrap().is_empty(), "{ann}");
}

#[test]
fn ways_and_administrators_in_words_and_drawn() {
    golden("iam/paths.txt", &ask(&["paths", "--all"]).out);
    golden("iam/ann.txt", &ask(&["paths", "--from", "ann"]).out);
    golden("iam/between.txt", &ask(&["paths", "--from", "ann", "--to", "deploy"]).out);
    golden("iam/admins.txt", &ask(&["admins"]).out);
    golden("iam/paths.dot", &ask(&["paths", "--all", "--graph", "dot"]).out);
    golden("iam/paths.mmd", &ask(&["paths", "--all", "--graph", "mermaid"]).out);
}

#[test]
fn names_that_are_none_are_told_with_the_nearest() {
    let ran = ask(&["paths", "--from", "amn"]);
    ran.said(2, "the snapshot has no user or role `amn`; did you mean `ann`?");
}
