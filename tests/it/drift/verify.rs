//! A recovery in three states: not begun, half done, and done under other ids; `verify` says what is missing in each.

use std::path::Path;
use std::process::{Command, Stdio};

use driftline::inventory::snapshot::Snapshot;
use driftline::inventory::{Cell, Gap, Inventory, Outcome, Reason};
use driftline::resource::ResourceType as T;
use serde_json::{Value, json};

use super::rewriting::{Choices, rewrite};
use super::world::{ACCOUNTS, Chance, World, organization, permission, scope};
use crate::schema::mistakes;

const ACCOUNT: &str = ACCOUNTS[0];
const INCIDENT: &str = "2026-11-20T00:00:00Z..2026-11-21T00:00:00Z";

fn before() -> World {
    let mut world = organization(&Chance { accounts: 2, rules: vec![(80, 0, 1)], actions: vec![0, 9] });
    for account in &ACCOUNTS[..2] {
        world.add(account, T::CredentialReport, report(&["alice", "bob", "carol"], "2026-11-22T12:00:00Z"));
    }
    world
}

/// A report in which nobody has a password.
fn report(users: &[&str], made: &str) -> Value {
    let key = json!({ "active": "false", "last_rotated": "N/A", "last_used_date": "N/A", "last_used_region": null,
        "last_used_service": null });
    let row = json!({ "arn": null, "user_creation_time": "2026-01-01T00:00:00Z", "password_enabled": "false",
        "password_last_used": "N/A", "password_last_changed": "N/A", "mfa_active": "false", "access_keys": [key, key],
        "certificates_active": ["false", "false"] });
    let rows: serde_json::Map<String, Value> = users.iter().map(|user| ((*user).to_owned(), row.clone())).collect();
    json!({ "GeneratedTime": made, "Rows": rows })
}

/// A row of the account's report.
fn row<'w>(world: &'w mut World, user: &str) -> &'w mut Value {
    let report = world.things.iter_mut().find(|one| one.of == T::CredentialReport && one.account == ACCOUNT).unwrap();
    &mut report.value["Rows"][user]
}

/// The intruder opened a port, made a user with a key, stopped the trail, and took the flow logs away.
fn attacked() -> World {
    let mut world = before();
    let group = world.find(ACCOUNT, T::SecurityGroup, "web");
    group["IpPermissions"].as_array_mut().unwrap().push(permission("tcp", 22, 22, "0.0.0.0/0"));
    let made = "2026-11-20T10:00:00Z";
    world.add(
        ACCOUNT,
        T::User,
        json!({ "UserName": "mallory", "UserId": "AIDAM", "Path": "/", "CreateDate": made,
        "Arn": format!("arn:aws:iam::{ACCOUNT}:user/mallory") }),
    );
    world.add(
        ACCOUNT,
        T::AccessKey,
        json!({ "AccessKeyId": "AKIAM", "UserName": "mallory", "Status": "Active", "CreateDate": made }),
    );
    world.find(ACCOUNT, T::Trail, "audit")["TrailStatus"]["IsLogging"] = json!(false);
    world.remove(ACCOUNT, T::FlowLog, "log");
    world
}

/// `bob`, whose key the intruder had, has a new one.
fn rotate(world: &mut World) {
    let key =
        world.things.iter_mut().find(|one| one.value["AccessKeyId"] == json!(format!("AKIABOB{ACCOUNT}"))).unwrap();
    key.value["AccessKeyId"] = json!("AKIANEW");
    key.value["CreateDate"] = json!("2026-11-22T00:00:00Z");
}

struct Ran {
    code: i32,
    json: Value,
    text: String,
}

fn verify(folder: &Path, before: &Inventory, after: &Inventory, more: &[&str]) -> Ran {
    for (inventory, name) in [(before, "before.dls"), (after, "after.dls")] {
        let mut bytes = Vec::new();
        Snapshot::of(inventory).unwrap().write_archive(&mut bytes).unwrap();
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let bob = format!("arn:aws:iam::{ACCOUNT}:user/bob");
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
    command.env_clear().env("HOME", folder).current_dir(folder).stdin(Stdio::null());
    command.args(["verify", "--before", "before.dls", "--after", "after.dls", "-o", "json=out.json"]);
    command.args(["--incident", INCIDENT, "--actor", &bob]).args(more);
    let output = command.output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!err.contains("panicked") && err.contains("RESULT restored="), "{err}");
    let json = serde_json::from_slice(&std::fs::read(folder.join("out.json")).unwrap()).unwrap();
    assert_eq!(mistakes("schemas/verify-1.schema.json", [&json]), [None], "{json:#}");
    Ran { code: output.status.code().unwrap(), json, text: String::from_utf8(output.stdout).unwrap() }
}

fn holds<'v>(json: &'v Value, demand: &str) -> &'v str {
    let all = json["hardening"].as_array().unwrap();
    all.iter().find(|one| one["demand"] == demand).unwrap()["holds"].as_str().unwrap()
}

#[test]
fn what_was_not_recovered_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let ran = verify(folder.path(), &before().inventory(), &attacked().inventory(), &[]);
    assert_eq!(ran.code, 3);
    assert_eq!((&ran.json["restored"], &ran.json["hardened"]), (&json!("no"), &json!("no")));
    let keys = |list: &str| -> Vec<String> {
        ran.json[list].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys("missing"), ["prod/ALL/arn:aws:s3:::logs"]);
    assert_eq!(keys("extra"), ["mallory", "mallory"]);
    assert!(ran.json["extra"].as_array().unwrap().iter().all(|item| item["made_inside_the_incident"] == true));
    let mut different = keys("different");
    different.sort();
    assert_eq!(different, ["audit", "prod/web"]);
    assert_eq!(holds(&ran.json, "nothing-left-behind"), "no");
    assert_eq!(holds(&ran.json, "keys-rotated"), "no", "bob's key is older than containment");
    assert_eq!(holds(&ran.json, "watched"), "no");
    let verdicts = "RESTORED  no       1 missing, 2 extra, 2 different\nHARDENED  no       of 7 demands 3 not met, ";
    assert!(ran.text.starts_with(verdicts), "{}", ran.text);
}

#[test]
fn restored_and_hardened_are_two_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    // To the letter as before, and so with the key that the intruder has.
    let ran = verify(folder.path(), &before().inventory(), &before().inventory(), &[]);
    assert_eq!((&ran.json["restored"], &ran.json["hardened"]), (&json!("yes"), &json!("no")));
    assert_eq!(ran.code, 3);
    // Rebuilt under other ids, rewritten, and with a new key: that is what hardening asks for, and no lack.
    let mut after = before();
    rewrite(&mut after, &mut Choices::new(&[5, 99_999, 31_337]));
    rotate(&mut after);
    let ran = verify(folder.path(), &before().inventory(), &after.inventory(), &[]);
    assert_eq!(ran.json["hardened"], "yes", "{}", ran.text);
    let different = ran.json["different"].as_array().unwrap();
    assert_eq!(different.len(), 1, "{}", ran.text);
    assert_eq!((&different[0]["class"], &different[0]["path"]), (&json!("recreated"), &json!("unique_id")));
    assert_eq!((&different[0]["counts"], &ran.json["restored"], ran.code), (&json!(false), &json!("yes"), 0));
    assert!(ran.text.contains("[does not count]"), "{}", ran.text);
    // Another key of somebody who is not involved is a difference.
    let mut other = after;
    let key = other.things.iter_mut().find(|one| one.value["AccessKeyId"] == json!(format!("AKIACAROL{ACCOUNT}")));
    key.unwrap().value["AccessKeyId"] = json!("AKIACAROLNEW");
    let ran = verify(folder.path(), &before().inventory(), &other.inventory(), &[]);
    assert_eq!(ran.json["restored"], "no", "{}", ran.text);
    assert!(!ran.json["id_map"].as_array().unwrap().is_empty());
}

#[test]
fn what_names_what_is_gone_is_dangling() {
    let folder = tempfile::tempdir().unwrap();
    let mut after = before();
    // The group is gone, a rule names it still; a role trusts a user that was deleted; a route leads nowhere.
    let gone = after.id_of(ACCOUNT, T::SecurityGroup, "gone", "GroupId");
    after.remove(ACCOUNT, T::SecurityGroup, "gone");
    after.find(ACCOUNT, T::Role, "deployer")["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] =
        json!({ "AWS": "AIDAGONE" });
    after.find(ACCOUNT, T::RouteTable, "private")["Routes"][1]["State"] = json!("blackhole");
    let ran = verify(folder.path(), &before().inventory(), &after.inventory(), &[]);
    let dangling: Vec<&str> =
        ran.json["dangling"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(dangling.len(), 3, "{dangling:#?}");
    assert!(dangling.iter().any(|what| what.contains(&gone)));
    assert!(dangling.iter().any(|what| what.contains("AIDAGONE")));
    assert!(dangling.iter().any(|what| what.contains("black hole")));
    assert_eq!(ran.json["restored"], "no");
}

/// Whom a trust policy names that cannot be read, nobody knows: it is told beside what dangles, and not passed over.
#[test]
fn a_trust_policy_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut after = before();
    after.find(ACCOUNT, T::Role, "deployer")["AssumeRolePolicyDocument"] =
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Perhaps", "Action": "sts:AssumeRole" }] });
    let ran = verify(folder.path(), &before().inventory(), &after.inventory(), &[]);
    let dangling: Vec<&str> =
        ran.json["dangling"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(dangling.len(), 1, "{dangling:#?}");
    assert!(dangling[0].contains("cannot be read"), "{dangling:#?}");
    assert_ne!(ran.json["restored"], "yes");
    assert!(ran.text.contains("deployer"), "{}", ran.text);
}

#[test]
fn what_could_not_be_read_leaves_both_verdicts_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = before();
    rotate(&mut world);
    let before = world.inventory();
    let mut after = world.inventory();
    for operation in ["iam:Listaccess_keys", "iam:GetAccountAuthorizationDetails"] {
        let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
        after
            .ledger
            .record(Cell { scope: scope(ACCOUNT, "global"), operation: operation.to_owned() }, Outcome::Gap(gap));
    }
    let ran = verify(folder.path(), &before, &after, &[]);
    assert_eq!(
        (&ran.json["restored"], &ran.json["hardened"], ran.code),
        (&json!("unknown"), &json!("unknown"), 4),
        "{}",
        ran.text
    );
}

#[test]
fn what_is_meant_to_be_there_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let ran = verify(
        folder.path(),
        &before().inventory(),
        &attacked().inventory(),
        &["--expected", "mallory", "--expected", "AKIAM"],
    );
    assert_eq!(holds(&ran.json, "nothing-left-behind"), "yes");
}

#[test]
fn what_involved_principals_can_still_do_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut after = before();
    // bob has a password from before, and can make himself anything; phoenix is gone; nobody ever saw the third.
    let changed = json!("2026-11-01T00:00:00Z");
    let row = row(&mut after, "bob");
    (row["password_enabled"], row["password_last_changed"]) = (json!("true"), changed);
    after.find(ACCOUNT, T::User, "bob")["UserPolicyList"] = json!([{ "PolicyName": "own", "PolicyDocument": super::world::document(&[super::world::allow("iam:*", "*")]) }]);
    after.remove(ACCOUNT, T::Role, "phoenix");
    let [phoenix, stray] = ["role/phoenix", "user/nobody"].map(|one| format!("arn:aws:iam::{ACCOUNT}:{one}"));
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/deployer/i-0123");
    let more = ["--actor", &phoenix, "--actor", &stray, "--actor", &session];
    let ran = verify(folder.path(), &before().inventory(), &after.inventory(), &more);
    let involved = ran.json["involved"].as_array().unwrap();
    let one = |arn: &str| involved.iter().find(|one| one["arn"].as_str().unwrap().ends_with(arn)).unwrap();
    let states: Vec<&str> = involved.iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["there", "gone", "there", "never-seen"], "{involved:#?}");
    let bob = one("user/bob");
    let access = bob["access"].as_array().unwrap();
    assert!(access.iter().any(|one| one.as_str().unwrap().starts_with("access key AKIABOB")), "{bob:#}");
    assert!(access.contains(&json!("password of 2026-11-01T00:00:00Z")), "{bob:#}");
    assert_eq!(bob["verdict"], "proven", "{bob:#}");
    assert!(bob["may"]["make credentials"].as_array().unwrap().contains(&json!("iam:CreateAccessKey")));
    assert!(bob["may"].get("stop the watching").is_none(), "{bob:#}");
    // A session is its role, whose sessions of before are not denied.
    let deployer = one("role/deployer");
    assert!(deployer["access"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().contains("user/alice")));
    assert_eq!(holds(&ran.json, "sessions-revoked"), "no");
    assert_eq!(holds(&ran.json, "passwords-changed"), "no");
    assert!(ran.json["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("user/nobody")));
    assert!(ran.text.contains("makes itself an administrator in one step"), "{}", ran.text);
}

#[test]
fn an_account_that_was_not_read_is_not_hardened() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = before();
    rotate(&mut world);
    let whole = world.inventory();
    // The actor's account is not in the snapshot of after: nothing is known of it.
    world.accounts.retain(|account| account != ACCOUNT);
    world.things.retain(|thing| thing.account != ACCOUNT);
    let ran = verify(folder.path(), &whole, &world.inventory(), &[]);
    for demand in
        ["keys-rotated", "passwords-changed", "sessions-revoked", "nothing-left-behind", "watched", "unexposed"]
    {
        assert_eq!(holds(&ran.json, demand), "unknown", "{demand}: {}", ran.text);
    }
    assert_eq!((&ran.json["restored"], ran.code), (&json!("unknown"), 4));
}

#[test]
fn a_region_or_a_list_that_was_not_read_may_hold_anything() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = before();
    rotate(&mut world);
    let before = world.inventory();
    for operation in ["ec2:DescribeInstances", "ec2:DescribeFlowLogs", "ec2:DescribeVpcEndpoints"] {
        let mut after = world.inventory();
        let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
        let cell = Cell { scope: scope(ACCOUNT, super::world::REGION), operation: operation.to_owned() };
        after.ledger.record(cell, Outcome::Gap(gap));
        let ran = verify(folder.path(), &before, &after, &[]);
        assert_eq!(holds(&ran.json, "nothing-left-behind"), "unknown", "{operation}: {}", ran.text);
        assert_ne!(ran.json["hardened"], "yes", "{operation}");
        let network = operation != "ec2:DescribeFlowLogs";
        assert_eq!(holds(&ran.json, "unexposed"), if network { "unknown" } else { "yes" }, "{operation}");
    }
}

const CHECK: &str = r#"schema = 1
[check]
id = "a-user-without-group"
title = "A user is in no group"
severity = "medium"
resource_type = "AWS::IAM::User"
since = "0.1.0"
references = []
rationale = "A test."
remediation = { text = "None." }
profiles = ["our-own", "strictest"]
[fail]
where = { fact = "groups", is_empty = true }
message = "{name} is in no group"
"#;

#[test]
fn a_profile_of_checks_is_a_demand_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("checks")).unwrap();
    std::fs::write(folder.path().join("checks/a-user-without-group.toml"), CHECK).unwrap();
    let mut after = before();
    rotate(&mut after);
    let checks = ["--hardening", "our-own", "--checks", "checks"];
    let ran = verify(folder.path(), &before().inventory(), &after.inventory(), &checks);
    assert_eq!((holds(&ran.json, "checks"), ran.code), ("yes", 0), "{}", ran.text);
    assert_eq!(ran.json["profile"]["checks"], json!(["a-user-without-group"]));
    // Without a profile it is not asked.
    let ran = verify(folder.path(), &before().inventory(), &after.inventory(), &[]);
    assert_eq!((holds(&ran.json, "checks"), &ran.json["profile"]), ("not-asked", &Value::Null));
    // As it was, and not as the profile wants it: restored, and not hardened.
    after.find(ACCOUNT, T::User, "alice")["GroupList"] = json!([]);
    let ran = verify(folder.path(), &after.inventory(), &after.inventory(), &checks);
    assert_eq!((&ran.json["restored"], holds(&ran.json, "checks"), ran.code), (&json!("yes"), "no", 3));
    assert!(ran.text.contains("alice is in no group"), "{}", ran.text);
    // A name that no check lists is a mistake, with what was meant.
    for (name, hint) in
        [("our-won", "did you mean `our-own`?"), ("zzzzzz", "`driftline checks profiles` names them all")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
        command.env_clear().env("HOME", folder.path()).current_dir(folder.path()).stdin(Stdio::null());
        command.args(["verify", "--before", "before.dls", "--after", "after.dls", "--checks", "checks"]);
        let output = command.args(["--hardening", name]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains(hint), "{err}");
    }
}

#[test]
fn what_is_for_live_accounts_is_refused_for_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    verify(folder.path(), &before().inventory(), &before().inventory(), &[]);
    for (more, says) in [
        (["--wait", "5m"], "--wait is for what AWS says now"),
        (["--save-snapshot", "x.dls"], "--save-snapshot is for what AWS says now"),
        (["--wait", "soon"], "a time such as 90s, 10m or 1h"),
        (["--wait", "-5m"], "a time such as 90s, 10m or 1h"),
        (["--wait", "25h"], "longer than a day"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
        command.env_clear().env("HOME", folder.path()).current_dir(folder.path()).stdin(Stdio::null());
        command.args(["verify", "--before", "before.dls", "--after", "after.dls"]);
        let output = command.args([format!("{}={}", more[0], more[1])]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && err.contains(says), "{more:?}: {err}");
    }
}
