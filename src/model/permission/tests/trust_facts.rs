//! Classes of trust as checks see them: one row of the table after the other.

use serde_json::{Value as Json, json};

use super::{HOME, MANAGEMENT, OTHER, World, allow, document};
use crate::model::{Kind, Model, Record, Value, facts};
use crate::resource::ResourceType;

const STRANGER: &str = "123456789012";

/// A fact of the only role.
fn fact(world: &World, name: &str) -> Value {
    let model = Model::new(&world.inventory, world.inventory.provenance.taken_at);
    let table = facts::table(ResourceType::Role);
    let index = table.iter().position(|field| field.name == name).unwrap();
    let (scope, role) = model.subjects(ResourceType::Role).next().unwrap();
    facts::value(&model, scope, role, index)
}

/// The only trust statement that allows.
fn statement(world: &World) -> Record {
    let Value::List(records) = fact(world, "trust_statements") else { panic!("no list") };
    let allows = |record: &&Record| field(record, "effect") == &Value::Text("Allow".into());
    records.iter().find(allows).unwrap().clone()
}

fn field<'r>(record: &'r Record, name: &str) -> &'r Value {
    let table = facts::table(ResourceType::Role);
    let kind = table.iter().find(|field| field.name == "trust_statements").unwrap().kind;
    let Kind::List(fields) = kind else { panic!("no list") };
    record.get(fields.iter().position(|field| field.name == name).unwrap())
}

/// An organization of three accounts with a role in HOME.
fn world(trust: Json, policies: &[(&str, &str, Json, &[&str])]) -> World {
    let mut world = World::new();
    world.organization(policies);
    world.role(HOME, "r", trust, json!({}));
    world
}

fn texts(record: &Record, name: &str) -> Vec<String> {
    match field(record, name) {
        Value::Texts(texts) => texts.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

fn flag(record: &Record, name: &str) -> bool {
    field(record, name) == &Value::Bool(true)
}

#[test]
fn public() {
    for principal in [json!("*"), json!({ "AWS": "*" }), json!({ "AWS": "arn:aws:iam::*:root" })] {
        assert_eq!(fact(&world(principal, &[]), "trusts_anyone"), Value::Bool(true));
    }
    assert_eq!(fact(&world(json!({ "AWS": STRANGER }), &[]), "trusts_anyone"), Value::Bool(false));
}

#[test]
fn a_resource_control_policy_closes_a_public_trust() {
    let perimeter = |action: &str| {
        document(json!({
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*",
            "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-abcdefghij" }, "BoolIfExists": { "aws:PrincipalIsAWSService": "false" } },
        }))
    };
    let with = |action: &str, target: &'static str| {
        let policy = ("RESOURCE_CONTROL_POLICY", "perimeter", perimeter(action), &[target][..]);
        let trust = document(json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:*" }));
        fact(&world(trust, &[policy]), "trusts_anyone")
    };
    assert_eq!(with("sts:AssumeRole", "r-ab12"), Value::Bool(true), "tokens of providers come in another way");
    assert_eq!(with("sts:*", "ou-ab12-work"), Value::Bool(false));
    assert_eq!(with("sts:*", OTHER), Value::Bool(true));
    let policy = ("RESOURCE_CONTROL_POLICY", "perimeter", perimeter("sts:*"), &["r-ab12"][..]);
    assert!(texts(&statement(&world(json!({ "AWS": STRANGER }), &[policy])), "external_accounts").is_empty());
}

#[test]
fn external_accounts_and_external_ids() {
    let record = statement(&world(json!({ "AWS": [STRANGER, OTHER, HOME] }), &[]));
    assert_eq!(texts(&record, "external_accounts"), [STRANGER]);
    assert_eq!((flag(&record, "wants_external_id"), flag(&record, "allows_assuming")), (false, true));
    let trust = document(
        json!({ "Effect": "Allow", "Principal": { "AWS": STRANGER }, "Action": "sts:AssumeRole", "Condition": { "StringEquals": { "sts:ExternalId": "x" } } }),
    );
    assert!(flag(&statement(&world(trust, &[])), "wants_external_id"));
    // Shut out again by a Deny: the stranger, and not the siblings.
    let trust = document(json!([
        { "Effect": "Allow", "Principal": { "AWS": [STRANGER, OTHER] }, "Action": "sts:AssumeRole" },
        { "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-abcdefghij" } } },
    ]));
    let record = statement(&world(trust, &[]));
    assert_eq!((texts(&record, "external_accounts").len(), flag(&record, "allows_assuming")), (0, true));
}

#[test]
fn the_own_account_is_nobody_else() {
    for principal in [json!({ "AWS": HOME }), json!({ "AWS": format!("arn:aws:iam::{HOME}:root") })] {
        let world = world(principal, &[]);
        assert!(texts(&statement(&world), "external_accounts").is_empty());
        assert_eq!(fact(&world, "trusts_anyone"), Value::Bool(false));
    }
    assert!(texts(&statement(&world(json!({ "AWS": MANAGEMENT }), &[])), "external_accounts").is_empty());
}

#[test]
fn providers_of_many_and_of_one() {
    let by = |provider: &str, action: &str, condition: Json| {
        let principal = json!({ "Federated": format!("arn:aws:iam::{HOME}:{provider}") });
        let trust =
            document(json!({ "Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition }));
        let world = world(trust, &[]);
        assert_eq!(fact(&world, "trusts_anyone"), Value::Bool(false));
        flag(&statement(&world), "is_open_federation")
    };
    let github = "oidc-provider/token.actions.githubusercontent.com";
    let web = "sts:AssumeRoleWithWebIdentity";
    let claim = |name: &str, value: &str| json!({ "StringLike": { format!("token.actions.githubusercontent.com:{name}"): value } });
    assert!(by(github, web, claim("aud", "sts.amazonaws.com")));
    assert!(by(github, web, claim("sub", "repo:*")));
    assert!(!by(github, web, claim("sub", "repo:acme/app:ref:refs/heads/main")));
    let saml = json!({ "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } });
    assert!(!by("saml-provider/idp", "sts:AssumeRoleWithSAML", saml));
}

#[test]
fn services_say_for_whom() {
    let by = |condition: Json| {
        let trust = document(
            json!({ "Effect": "Allow", "Principal": { "Service": "config.amazonaws.com" }, "Action": "sts:AssumeRole", "Condition": condition }),
        );
        flag(&statement(&world(trust, &[])), "names_source")
    };
    assert!(!by(json!({})));
    assert!(by(json!({ "StringEquals": { "aws:SourceAccount": HOME } })));
    assert!(by(json!({ "ArnLike": { "aws:SourceArn": format!("arn:aws:config:*:{HOME}:*") } })));
    assert!(!by(json!({ "StringEqualsIfExists": { "aws:SourceAccount": HOME } })));
}

#[test]
fn deleted_principals() {
    let world = world(
        json!({ "AWS": ["AROAEXAMPLE", "AIDAEXAMPLE", HOME] }),
        &[("SERVICE_CONTROL_POLICY", "all", allow("*"), &["r-ab12"])],
    );
    assert_eq!(texts(&statement(&world), "orphans"), ["AIDAEXAMPLE", "AROAEXAMPLE"]);
}
