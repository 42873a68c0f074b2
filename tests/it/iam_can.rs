//! `driftline iam can`, asked of snapshots.

use std::process::{Command, Output};

use driftline::arn::{Partition, Region, Scope};
use driftline::inventory::snapshot::Snapshot;
use driftline::inventory::{Cell, Inventory, Outcome, Provenance};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

use crate::schema::mistake;

const ACCOUNT: &str = "111122223333";
const SCHEMA: &str = "schemas/iam-can-1.schema.json";

fn document(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// An account with two users and a role that one of them may take on with MFA.
fn account(with_organization: bool) -> tempfile::TempDir {
    let scope = Scope { partition: Partition::Aws, account: ACCOUNT.parse().unwrap(), region: Region::global() };
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0".to_owned(),
        taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        caller: None,
        source: "test".to_owned(),
        is_import: false,
    });
    let mut operations = vec!["iam:GetAccountAuthorizationDetails"];
    operations.extend(with_organization.then_some("organizations:DescribeOrganization"));
    for operation in operations {
        let cell = Cell { scope: scope.clone(), operation: operation.to_owned() };
        inventory.ledger.record(cell, Outcome::Complete);
    }
    let mut add = |of: ResourceType, value: Value| {
        inventory.insert(scope.clone(), Resource::deserialize_as(of, value).unwrap());
    };
    let statements = json!([
        { "Sid": "Buckets", "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
        { "Sid": "NoDelete", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*" },
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" },
    ]);
    let arn = |rest: &str| format!("arn:aws:iam::{ACCOUNT}:{rest}");
    add(
        ResourceType::User,
        json!({ "UserName": "ann", "Arn": arn("user/ann"), "UserPolicyList": [{ "PolicyName": "own", "PolicyDocument": document(&statements) }] }),
    );
    add(
        ResourceType::User,
        json!({ "UserName": "deploy", "Arn": arn("user/deploy"), "AttachedManagedPolicies": [{ "PolicyArn": arn("policy/lost") }] }),
    );
    let trust = json!({
        "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": "sts:AssumeRole",
        "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } },
    });
    add(
        ResourceType::Role,
        json!({ "RoleName": "deploy", "Arn": arn("role/deploy"), "AssumeRolePolicyDocument": document(&trust) }),
    );
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    Snapshot::of(&inventory).unwrap().write_archive(&mut bytes).unwrap();
    std::fs::write(folder.path().join("a.dls"), bytes).unwrap();
    folder
}

fn run(folder: &tempfile::TempDir, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
    command.args(["iam", "can"]).args(arguments).args(["--snapshot", "a.dls"]);
    let Output { status, stdout, stderr } = command.current_dir(folder.path()).env_clear().output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn json_of(folder: &tempfile::TempDir, arguments: &[&str]) -> (i32, Value) {
    let (code, out, error) = run(folder, &[arguments, &["-f", "json"]].concat());
    let told: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{error}"));
    assert_eq!(mistake(SCHEMA, &told), None, "{told}");
    (code, told)
}

#[test]
fn the_four_verdicts() {
    let folder = account(true);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/deploy");
    let (code, told) = json_of(&folder, &["ann", "s3:GetObject"]);
    assert_eq!((code, &told["verdict"], &told["deciding"][0]["sid"]), (0, &json!("allowed"), &json!("Buckets")));
    let (code, told) = json_of(&folder, &["ann", "s3:DeleteBucket", "arn:aws:s3:::b"]);
    assert_eq!((code, &told["verdict"], &told["deciding"][0]["effect"]), (0, &json!("denied"), &json!("Deny")));
    let (code, told) = json_of(&folder, &["ann", "sts:AssumeRole", &role]);
    assert_eq!((code, &told["verdict"]), (0, &json!("conditional")));
    assert_eq!(told["conditions"], json!([format!("aws:MultiFactorAuthPresent Bool true ({role}#0)")]));
    let (code, told) = json_of(&folder, &["user/deploy", "s3:GetObject"]);
    assert_eq!((code, &told["verdict"]), (4, &json!("unknown")));
    assert_eq!(told["missing_grants"], json!([format!("arn:aws:iam::{ACCOUNT}:policy/lost was not read")]));
}

#[test]
fn what_is_said_of_the_request_counts() {
    let folder = account(true);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/deploy");
    let with =
        |context: &str| json_of(&folder, &["ann", "sts:AssumeRole", &role, "--context", context]).1["verdict"].clone();
    assert_eq!(with("aws:multifactorauthpresent=true"), "allowed");
    assert_eq!(with("aws:MultiFactorAuthPresent=false"), "denied");
    assert_eq!(with("aws:MultiFactorAuthPresent="), "denied");
    assert_eq!(with("aws:SourceIp=192.0.2.1"), "conditional");
}

#[test]
fn in_words() {
    let folder = account(false);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/deploy");
    let (code, out, _) = run(&folder, &["ann", "sts:AssumeRole", &role]);
    assert_eq!(code, 0);
    assert_eq!(
        out,
        format!(
            "arn:aws:iam::{ACCOUNT}:user/ann sts:AssumeRole {role}
conditional: it depends on what is not settled

  decided by
  - Allow by resource policy `{role}`, statement 0
  - Allow by identity policy `own`, statement 2

  not settled
  - aws:MultiFactorAuthPresent Bool true ({role}#0)

  not read, could deny it
  - organization policies of {ACCOUNT} were not read (organizations:DescribeOrganization was not read)
"
        )
    );
}

#[test]
fn mistakes_say_what_is_wanted() {
    let folder = account(true);
    let cases: [(&[&str], &str); 7] = [
        (&["anne", "s3:GetObject"], "did you mean `ann`?"),
        (&["arn:aws:iam::111122223333:user/an", "s3:GetObject"], "did you mean `arn:aws:iam::111122223333:user/ann`?"),
        (&["deploy", "s3:GetObject"], "`deploy` may mean 2 principals"),
        (&["ann", "GetObject"], "`GetObject` is no action"),
        (&["ann", "s3:Get*"], "`s3:Get*` is no action"),
        (&["ann", "s3:GetObject", "bucket"], "`bucket` is no ARN"),
        (&["ann", "s3:GetObject", "--context", "mfa=true"], "`mfa` is no condition key"),
    ];
    for (arguments, wanted) in cases {
        let (code, _, error) = run(&folder, arguments);
        assert!(code == 2 && error.contains(wanted), "{arguments:?}: {code} {error}");
    }
}
