//! Buckets as AWS tells of them, and the facts that follow.

use serde_json::{Value as Json, json};

use crate::arn::Scope;
use crate::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::facts::{table, value};
use crate::model::{Model, Subject, Value};
use crate::resource::{Resource, ResourceType};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

struct World(Inventory);

fn scope(account: &str, region: &str) -> Scope {
    let partition = crate::arn::Partition::Aws;
    Scope { partition, account: account.parse().unwrap(), region: region.parse().unwrap() }
}

impl World {
    /// Two accounts of which everything was read but what is denied.
    fn new(denied: &[(&str, &str)]) -> World {
        let taken_at = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".into(),
            taken_at,
            caller: None,
            source: "test".into(),
            is_import: false,
        });
        for account in [OWN, OTHER] {
            let id: crate::arn::AccountId = account.parse().unwrap();
            let of = Account {
                partition: crate::arn::Partition::Aws,
                id: id.clone(),
                name: None,
                organizational_unit: None,
            };
            inventory.accounts.insert(id, of);
            for of in ResourceType::ALL {
                let region = if of.is_global() { "global" } else { "eu-west-1" };
                for operation in of.operations() {
                    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
                    let is_denied = denied.contains(&(account, *operation));
                    let outcome = if is_denied { Outcome::Gap(gap) } else { Outcome::Complete };
                    let cell = Cell { scope: scope(account, region), operation: (*operation).to_owned() };
                    inventory.ledger.record(cell, outcome);
                }
            }
        }
        World(inventory)
    }

    fn with(mut self, account: &str, of: ResourceType, fields: Json) -> World {
        let region = if of.is_global() { "global" } else { "eu-west-1" };
        self.0.insert(scope(account, region), Resource::deserialize_as(of, fields).unwrap());
        self
    }

    fn fact(&self, account: &str, of: ResourceType, name: &str) -> Value {
        let model = Model::new(&self.0, self.0.provenance.taken_at);
        let index = table(of).iter().position(|field| field.name == name).unwrap();
        let (scope, subject) = model.subjects(of).find(|(scope, _)| scope.account.as_str() == account).unwrap();
        assert!(matches!(subject, Subject::Resource(_)));
        value(&model, scope, subject, index)
    }
}

fn block(on: &[&str]) -> Json {
    let flag = |name: &str| json!(on.contains(&name) || on == ["all"]);
    json!({
        "BlockPublicAcls": flag("BlockPublicAcls"), "IgnorePublicAcls": flag("IgnorePublicAcls"),
        "BlockPublicPolicy": flag("BlockPublicPolicy"), "RestrictPublicBuckets": flag("RestrictPublicBuckets"),
    })
}

fn account(on: &[&str]) -> Json {
    json!({"AccountId": OWN, "PublicAccessBlockConfiguration": block(on)})
}

fn bucket(more: Json) -> Json {
    let mut fields = json!({
        "Name": "b", "CreationDate": "2025-01-01T00:00:00Z", "BucketPolicy": {},
        "Acl": {"Owner": {"ID": "o"}, "Grants": [{"Grantee": {"ID": "o", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]},
        "PublicAccessBlockConfiguration": block(&[]), "OwnershipControls": {}, "Versioning": {}, "Logging": {},
    });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

/// The bucket in an account whose own block has these flags on.
fn world(more: Json, account_block: &[&str], denied: &[(&str, &str)]) -> World {
    let world = World::new(denied).with(OWN, ResourceType::Bucket, bucket(more));
    if denied.contains(&(OWN, "s3control:GetPublicAccessBlock")) {
        return world;
    }
    world.with(OWN, ResourceType::AccountPublicAccessBlock, account(account_block))
}

fn texts(of: &[&str]) -> Value {
    Value::Texts(of.iter().map(|text| (*text).to_owned()).collect())
}

fn allow(principal: Json, action: &str) -> Json {
    let all = json!(["arn:aws:s3:::b", "arn:aws:s3:::b/*"]);
    json!({"BucketPolicy": {"Policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": all}]}}})
}

fn everybody_reads_the_list() -> Json {
    let group = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    json!({"Acl": {"Grants": [{"Grantee": {"URI": group, "Type": "Group"}, "Permission": "READ"}]}})
}

#[test]
fn a_policy_is_public_until_public_policies_are_restricted() {
    let policy = allow(json!("*"), "s3:GetObject");
    let of = |own: &[&str], around: &[&str]| {
        let mut more = policy.clone();
        more["PublicAccessBlockConfiguration"] = block(own);
        let world = world(more, around, &[]);
        (
            world.fact(OWN, ResourceType::Bucket, "public_read_actions"),
            world.fact(OWN, ResourceType::Bucket, "is_public"),
        )
    };
    let open = (texts(&["s3:GetObject"]), Value::Bool(true));
    let closed = (texts(&[]), Value::Bool(false));
    assert_eq!(of(&[], &[]), open);
    // That no new one can be set closes nothing.
    assert_eq!(of(&["BlockPublicPolicy", "IgnorePublicAcls"], &["BlockPublicPolicy"]), open);
    assert_eq!(of(&["RestrictPublicBuckets"], &[]), closed);
    assert_eq!(of(&[], &["RestrictPublicBuckets"]), closed);
}

#[test]
fn what_was_not_read_of_a_block_leaves_open_what_it_could_close() {
    let account_denied = [(OWN, "s3control:GetPublicAccessBlock")];
    let open = world(allow(json!("*"), "s3:PutObject"), &[], &account_denied);
    assert!(matches!(open.fact(OWN, ResourceType::Bucket, "public_write_actions"), Value::Unknown(_)));
    // What is closed anyway stays closed.
    let own = world(allow(json!({"AWS": OWN}), "s3:PutObject"), &[], &account_denied);
    assert_eq!(own.fact(OWN, ResourceType::Bucket, "public_write_actions"), texts(&[]));
    assert!(matches!(own.fact(OWN, ResourceType::Bucket, "public_access_unblocked"), Value::Unknown(_)));
    let unread = world(json!({"BucketPolicy": null}), &[], &[(OWN, "s3:GetBucketPolicy")]);
    for fact in [
        "public_read_actions",
        "public_write_actions",
        "is_public",
        "granted_accounts",
        "denies_plain_http",
        "has_policy",
    ] {
        assert!(matches!(unread.fact(OWN, ResourceType::Bucket, fact), Value::Unknown(_)), "{fact}");
    }
    let restricted = world(json!({"BucketPolicy": null}), &["RestrictPublicBuckets"], &[(OWN, "s3:GetBucketPolicy")]);
    assert_eq!(restricted.fact(OWN, ResourceType::Bucket, "public_read_actions"), texts(&[]));
    // An answer that leaves a flag out says nothing of it.
    let part = world(json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true}}), &[], &[]);
    assert!(matches!(part.fact(OWN, ResourceType::Bucket, "public_access_unblocked"), Value::Unknown(_)));
    let garbled = world(json!({"BucketPolicy": {"Policy": "{"}}), &[], &[]);
    assert!(matches!(garbled.fact(OWN, ResourceType::Bucket, "is_public"), Value::Unknown(_)));
}

#[test]
fn an_acl_counts_until_it_is_off_or_ignored() {
    let of = |more: Json, around: &[&str]| {
        let mut all = everybody_reads_the_list();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world(all, around, &[]).fact(OWN, ResourceType::Bucket, "public_acl_permissions")
    };
    assert_eq!(of(json!({}), &[]), texts(&["READ"]));
    assert_eq!(
        of(json!({"OwnershipControls": {"ObjectOwnership": "BucketOwnerPreferred"}}), &["BlockPublicAcls"]),
        texts(&["READ"])
    );
    assert_eq!(of(json!({"OwnershipControls": {"ObjectOwnership": "BucketOwnerEnforced"}}), &[]), texts(&[]));
    assert_eq!(of(json!({"PublicAccessBlockConfiguration": block(&["IgnorePublicAcls"])}), &[]), texts(&[]));
    assert_eq!(of(json!({}), &["IgnorePublicAcls"]), texts(&[]));
    let denied = [(OWN, "s3:GetBucketOwnershipControls")];
    let mut more = everybody_reads_the_list();
    more["OwnershipControls"] = Json::Null;
    let unknown = world(more, &[], &denied);
    assert!(matches!(unknown.fact(OWN, ResourceType::Bucket, "public_acl_permissions"), Value::Unknown(_)));
}

#[test]
fn settings_are_told_as_aws_has_them() {
    let none = world(json!({}), &["all"], &[]);
    for (fact, is) in [
        ("object_ownership", Value::from("ObjectWriter")),
        ("versioning", Value::Absent),
        ("mfa_delete", false.into()),
        ("access_logging", false.into()),
        ("logging_target", Value::Absent),
        ("denies_plain_http", false.into()),
        ("has_policy", false.into()),
        ("public_access_unblocked", texts(&[])),
    ] {
        assert_eq!(none.fact(OWN, ResourceType::Bucket, fact), is, "{fact}");
    }
    let set = world(
        json!({"Versioning": {"Status": "Enabled", "MFADelete": "Enabled"},
            "Logging": {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "b/"}}}),
        &["BlockPublicAcls"],
        &[],
    );
    assert_eq!(set.fact(OWN, ResourceType::Bucket, "mfa_delete"), true.into());
    assert_eq!(set.fact(OWN, ResourceType::Bucket, "logging_target"), "logs".into());
    let off = texts(&["BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]);
    assert_eq!(set.fact(OWN, ResourceType::Bucket, "public_access_unblocked"), off);
    assert_eq!(set.fact(OWN, ResourceType::AccountPublicAccessBlock, "public_access_unblocked"), off);
}

#[test]
fn a_trail_is_told_of_its_bucket_in_any_account_that_was_read() {
    let trail = json!({"TrailARN": format!("arn:aws:cloudtrail:eu-west-1:{OWN}:trail/t"), "Name": "t", "HomeRegion": "eu-west-1", "S3BucketName": "b"});
    let takes = allow(json!({"Service": "cloudtrail.amazonaws.com"}), "s3:PutObject");
    let logs = |more: Json| {
        let mut all = takes.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bucket(all)
    };
    let with = |denied: &[(&str, &str)], fields: Json| {
        let world =
            World::new(denied).with(OWN, ResourceType::Trail, trail.clone()).with(OTHER, ResourceType::Bucket, fields);
        let block = json!({"AccountId": OTHER, "PublicAccessBlockConfiguration": block(&["all"])});
        world.with(OTHER, ResourceType::AccountPublicAccessBlock, block)
    };
    let facts = ["bucket_is_public", "bucket_logs_access", "bucket_mfa_delete"];
    let all = |world: &World| facts.map(|fact| world.fact(OWN, ResourceType::Trail, fact));
    let mut public = everybody_reads_the_list();
    public["Logging"] = json!({"LoggingEnabled": {"TargetBucket": "x"}});
    // The block of the bucket's own account counts, not the trail's.
    assert_eq!(all(&with(&[], logs(public))), [false.into(), true.into(), false.into()]);
    let unread = with(&[(OTHER, "s3:GetBucketLogging")], logs(json!({"Logging": null})));
    assert!(matches!(unread.fact(OWN, ResourceType::Trail, "bucket_logs_access"), Value::Unknown(_)));
    // The bucket is another account's than the trail.
    let account = |world: &World| world.fact(OWN, ResourceType::Trail, "bucket_account");
    let own = |world: &World| world.fact(OWN, ResourceType::Trail, "bucket_is_owners");
    let elsewhere = with(&[], logs(json!({})));
    assert_eq!((account(&elsewhere), own(&elsewhere)), (OTHER.into(), false.into()));
    let here =
        World::new(&[]).with(OWN, ResourceType::Trail, trail.clone()).with(OWN, ResourceType::Bucket, logs(json!({})));
    assert_eq!((account(&here), own(&here)), (OWN.into(), true.into()));
    let gone = World::new(&[]).with(OWN, ResourceType::Trail, trail.clone());
    assert!(all(&gone).iter().all(|value| matches!(value, Value::Unknown(_))));
    assert!(matches!(own(&gone), Value::Unknown(_)));
}

#[test]
fn a_bucket_of_the_trails_account_is_known_whatever_its_policy_lets_in() {
    let trail = json!({"TrailARN": format!("arn:aws:cloudtrail:eu-west-1:{OWN}:trail/t"), "Name": "t", "HomeRegion": "eu-west-1", "S3BucketName": "b"});
    let of = |account: &str| {
        let bucket = bucket(json!({"BucketPolicy": {}, "Logging": {}}));
        let world = World::new(&[]).with(OWN, ResourceType::Trail, trail.clone());
        world.with(account, ResourceType::Bucket, bucket).fact(OWN, ResourceType::Trail, "bucket_logs_access")
    };
    assert_eq!(of(OWN), false.into());
    // Whatever is called the same in another account is not the trail's, if CloudTrail may not write to it.
    assert!(matches!(of(OTHER), Value::Unknown(_)));
}
