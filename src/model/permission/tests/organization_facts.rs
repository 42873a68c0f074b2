//! What facts say of an organization's policies and administrators: regions, settings, delegation.

use serde_json::{Value as Json, json};

use super::{HOME, MANAGEMENT, OTHER, World, allow, document, scope};
use crate::arn::Scope;
use crate::inventory::{Cell, Gap, Outcome, Reason};
use crate::model::{Model, Value, facts};
use crate::resource::organizations::DelegatedAdministrator;
use crate::resource::{Resource, ResourceType};

const SCP: &str = "SERVICE_CONTROL_POLICY";
const TAG: &str = "TAG_POLICY";
const AI: &str = "AISERVICES_OPT_OUT_POLICY";
const EVERYWHERE: &[&str] = &["r-ab12", "ou-ab12-work", HOME, OTHER];

/// A fact of the first of a type in an account.
fn fact(world: &World, account: &str, of: ResourceType, name: &str) -> Value {
    let model = Model::new(&world.inventory, world.inventory.provenance.taken_at);
    let index = facts::table(of).iter().position(|field| field.name == name).unwrap();
    let (scope, subject) = model.subjects(of).find(|(place, _)| place.account.as_str() == account).unwrap();
    facts::value(&model, scope, subject, index)
}

fn regions(world: &World, account: &str) -> (Vec<String>, Vec<String>) {
    let Value::List(open) = fact(world, account, ResourceType::Account, "open_regions") else { panic!("no list") };
    let Value::Texts(closed) = fact(world, account, ResourceType::Account, "closed_regions") else {
        panic!("no texts")
    };
    // One that was looked at, two that accounts have unasked.
    let of_interest = |region: &String| ["ap-east-2", "eu-west-1", "us-east-1"].contains(&region.as_str());
    let open = open.iter().map(|record| record.get(0).to_string()).filter(of_interest).collect();
    (open, closed.into_iter().filter(of_interest).collect())
}

/// All accounts were looked at in a region that they had to ask for, and in no other.
fn world(policies: &[(&str, &str, Json, &[&str])]) -> World {
    let mut world = World::new();
    world.organization(policies);
    for account in [HOME, OTHER, MANAGEMENT] {
        let scope = Scope { region: "ap-east-2".parse().unwrap(), ..scope(account) };
        let cell = Cell { scope, operation: "ec2:DescribeVpcs".to_owned() };
        world.inventory.ledger.record(cell, Outcome::Complete);
    }
    world
}

fn only_in(region: &str) -> Json {
    document(json!({
        "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:RequestedRegion": [region] } },
    }))
}

fn texts(of: &[&str]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

#[test]
fn a_region_is_closed_where_the_policy_is_and_nowhere_else() {
    let world = world(&[(SCP, "all", allow("*"), EVERYWHERE), (SCP, "eu", only_in("eu-west-1"), &["ou-ab12-work"])]);
    assert_eq!(regions(&world, HOME), (texts(&["eu-west-1"]), texts(&["ap-east-2", "us-east-1"])));
    assert_eq!(
        regions(&world, OTHER),
        (texts(&["ap-east-2", "eu-west-1", "us-east-1"]), texts(&[])),
        "it lies elsewhere"
    );
    assert_eq!(
        regions(&world, MANAGEMENT),
        (texts(&["ap-east-2", "eu-west-1", "us-east-1"]), texts(&[])),
        "nothing binds it"
    );
}

#[test]
fn a_policy_that_names_regions_and_closes_none_is_not_enough() {
    let unattached: &[&str] = &[];
    let mfa = document(json!({
        "Effect": "Deny", "Action": "s3:*", "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" } },
    }));
    let world = world(&[
        (SCP, "all", allow("*"), EVERYWHERE),
        (SCP, "eu", only_in("eu-west-1"), unattached),
        (SCP, "s3", mfa, &["r-ab12"]),
    ]);
    assert_eq!(regions(&world, HOME), (texts(&["ap-east-2", "eu-west-1", "us-east-1"]), texts(&[])));
}

#[test]
fn one_who_may_is_exempt_and_the_account_is_not() {
    let exempt = document(json!({
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {
            "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" },
            "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/breakglass" },
        },
    }));
    let world = world(&[(SCP, "all", allow("*"), EVERYWHERE), (SCP, "eu", exempt, &["r-ab12"])]);
    assert_eq!(regions(&world, HOME).1, texts(&["ap-east-2", "us-east-1"]));
}

#[test]
fn a_policy_that_was_not_read_could_close_more() {
    let mut world = world(&[(SCP, "all", allow("*"), EVERYWHERE)]);
    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: true };
    let cell = Cell { scope: scope(MANAGEMENT), operation: "organizations:ListPolicies".to_owned() };
    world.inventory.ledger.record(cell, Outcome::Gap(gap));
    for name in ["open_regions", "closed_regions"] {
        let Value::Unknown(missing) = fact(&world, HOME, ResourceType::Account, name) else {
            panic!("{name} is known")
        };
        assert!(missing.why.contains("ListPolicies"), "{missing}");
    }
}

/// The root, with these types of policy switched on.
fn switch_on(world: &mut World, types: &[&str]) {
    let types: Vec<Json> = types.iter().map(|of| json!({ "Type": of, "Status": "ENABLED" })).collect();
    let root = json!({
        "Id": "r-ab12", "Arn": format!("arn:aws:organizations::{MANAGEMENT}:root/o-abcdefghij/r-ab12"), "PolicyTypes": types,
    });
    let root = Resource::deserialize_as(ResourceType::OrganizationRoot, root).unwrap();
    world.inventory.insert(scope(MANAGEMENT), root);
}

fn opt_out(assign: &str, allowed: Json) -> Json {
    json!({ "services": { "default": { "opt_out_policy": { "@@assign": assign, "@@operators_allowed_for_child_policies": allowed } } } })
}

fn of_root(world: &World, name: &str) -> Value {
    fact(world, MANAGEMENT, ResourceType::OrganizationRoot, name)
}

#[test]
fn settings_count_while_their_type_is_on_and_they_are_attached() {
    let none = || json!(["@@none"]);
    let mut world = world(&[
        (TAG, "owners", json!({ "tags": {} }), &["ou-ab12-work"]),
        (TAG, "idle", json!({ "tags": {} }), &[]),
        (AI, "good", opt_out("optOut", none()), &["r-ab12"]),
        (AI, "of-a-unit", opt_out("optOut", none()), &["ou-ab12-work"]),
        (AI, "in", opt_out("optIn", none()), &["r-ab12"]),
        (AI, "loose", opt_out("optOut", json!(["@@all"])), &["r-ab12"]),
        (AI, "open", json!({ "services": { "default": { "opt_out_policy": { "@@assign": "optOut" } } } }), &["r-ab12"]),
    ]);
    assert_eq!(of_root(&world, "own_tag_policies"), Value::Texts(texts(&[])), "the type is off");
    assert_eq!(of_root(&world, "ai_opt_out_policies"), Value::Texts(texts(&[])), "the type is off");
    switch_on(&mut world, &[SCP, TAG, AI]);
    assert_eq!(of_root(&world, "own_tag_policies"), Value::Texts(texts(&["owners"])));
    assert_eq!(of_root(&world, "ai_opt_out_policies"), Value::Texts(texts(&["good"])));
    assert_eq!(of_root(&world, "own_service_control_policies"), Value::Texts(texts(&[])));
    world.inventory.provenance.is_import = true;
    assert_eq!(of_root(&world, "own_tag_policies"), Value::Texts(texts(&["owners"])));
}

#[test]
fn settings_that_were_not_read_are_unknown_and_have_no_statements() {
    let mut world = world(&[(AI, "x", json!("no JSON object"), &["r-ab12"])]);
    switch_on(&mut world, &[AI, TAG]);
    assert_eq!(fact(&world, MANAGEMENT, ResourceType::OrganizationPolicy, "statements"), Value::Absent);
    assert_eq!(of_root(&world, "ai_opt_out_policies"), Value::Texts(texts(&[])));
    assert_eq!(of_root(&world, "own_tag_policies"), Value::Texts(texts(&[])));
    world.inventory.provenance.is_import = true;
    assert!(matches!(of_root(&world, "own_tag_policies"), Value::Unknown(_)), "files of other types do not tell");
    world.inventory.provenance.is_import = false;
    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: true };
    let cell = Cell { scope: scope(MANAGEMENT), operation: "organizations:ListPolicies".to_owned() };
    world.inventory.ledger.record(cell, Outcome::Gap(gap));
    assert!(matches!(of_root(&world, "own_tag_policies"), Value::Unknown(_)));
    assert!(matches!(of_root(&world, "ai_opt_out_policies"), Value::Unknown(_)));
}

fn delegate(world: &mut World, account: &str, services: Option<&[&str]>) {
    let services = services.map(|all| all.iter().map(|one| json!({ "ServicePrincipal": one })).collect::<Vec<_>>());
    let administrator: DelegatedAdministrator = serde_json::from_value(json!({
        "Id": account, "Arn": format!("arn:aws:organizations::{MANAGEMENT}:account/o-abcdefghij/{account}"), "DelegatedServices": services,
    }))
    .unwrap();
    world.inventory.insert(scope(MANAGEMENT), administrator.into());
}

const LISTS: &[&str] = &["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"];

#[test]
fn administrators_are_those_that_the_organization_names() {
    let mut world = world(&[]);
    assert!(matches!(of_root(&world, "undelegated_services"), Value::Unknown(_)), "nobody was asked");
    world.read(MANAGEMENT, LISTS);
    delegate(&mut world, HOME, Some(&["guardduty.amazonaws.com", "sso.amazonaws.com"]));
    let Value::List(without) = of_root(&world, "undelegated_services") else { panic!("no list") };
    let without: Vec<String> = without.iter().map(|record| record.get(0).to_string()).collect();
    assert!(!without.contains(&"guardduty.amazonaws.com".to_owned()) && without.len() == 6, "{without:?}");
    let of = |account| fact(&world, account, ResourceType::Account, "delegated_services");
    assert_eq!(of(HOME), Value::Texts(texts(&["guardduty.amazonaws.com", "sso.amazonaws.com"])));
    assert_eq!(of(OTHER), Value::Texts(texts(&[])));
    delegate(&mut world, HOME, None);
    assert!(matches!(fact(&world, HOME, ResourceType::Account, "delegated_services"), Value::Unknown(_)));
    assert_eq!(fact(&world, OTHER, ResourceType::Account, "delegated_services"), Value::Texts(texts(&[])));
}
