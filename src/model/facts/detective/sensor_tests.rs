//! What Inspector, Macie and Detective do in a region.

use serde_json::{Value as Json, json};

use super::tests::{OWN, World, unknown};
use crate::arn::{Partition, Scope};
use crate::inventory::{Cell, Outcome};
use crate::model::Value;
use crate::resource::ResourceType::{
    self, BehaviorGraph, Bucket, DelegatedAdministrator, Function, InspectorStatus, Instance, MacieSession,
    Organization, Region,
};

const REGION: &str = "eu-west-1";
const OTHER: &str = "444455556666";

fn region(world: &World, fact: &str) -> Value {
    world.fact(OWN, REGION, Region, fact)
}

fn texts(of: &[&str]) -> Value {
    Value::Texts(of.iter().map(|one| (*one).to_owned()).collect())
}

/// Inspector with these states of scanning; this region does not offer that of code.
fn inspector(ec2: &str, lambda: &str, counts: Json) -> World {
    let states = json!({"ec2": {"status": ec2}, "ecr": {"status": "DISABLED"}, "lambda": {"status": lambda}});
    let status = json!({"accountId": OWN, "resourceState": states, "severityCounts": counts});
    World::read(&[REGION]).with(REGION, InspectorStatus, status)
}

#[test]
fn what_is_there_and_not_scanned_is_told() {
    let instance = |world: World, state: &str| {
        world.with(REGION, Instance, json!({"InstanceId": "i-1", "State": {"Name": state}}))
    };
    let function = |world: World| world.with(REGION, Function, json!({"FunctionName": "f"}));
    let unscanned = |world: World| region(&world, "inspector_unscanned");
    let off = || inspector("DISABLED", "DISABLED", Json::Null);
    assert_eq!(unscanned(function(instance(off(), "stopped"))), texts(&["EC2", "LAMBDA"]));
    assert_eq!(unscanned(instance(off(), "terminated")), texts(&[]));
    let half = || function(instance(inspector("ENABLED", "DISABLED", Json::Null), "running"));
    assert_eq!(unscanned(half()), texts(&["LAMBDA"]));
    assert_eq!(unscanned(function(instance(inspector("ENABLING", "ENABLED", Json::Null), "running"))), texts(&[]));
    for denied in ["inspector2:BatchGetAccountStatus", "ec2:DescribeInstances", "lambda:ListFunctions"] {
        unknown(unscanned(half().gap(OWN, REGION, denied)), "AccessDenied");
    }
    assert_eq!(half().fact(OWN, REGION, InspectorStatus, "scanned"), texts(&["EC2"]));
    assert_eq!(half().fact(OWN, REGION, InspectorStatus, "not_scanned"), texts(&["ECR", "LAMBDA"]));
}

#[test]
fn findings_are_absent_only_where_nothing_is_scanned() {
    let critical = |world: World| world.fact(OWN, REGION, InspectorStatus, "critical_findings");
    assert_eq!(critical(inspector("ENABLED", "ENABLED", json!({"critical": 3, "high": 0}))), Value::Int(3));
    assert_eq!(critical(inspector("DISABLED", "DISABLED", Json::Null)), Value::Absent);
    let unread = || inspector("ENABLED", "DISABLED", Json::Null);
    unknown(critical(unread()), "numbers");
    unknown(critical(inspector("ENABLED", "DISABLED", json!({"high": 1}))), "number");
    unknown(critical(unread().gap(OWN, REGION, "inspector2:ListFindingAggregations")), "AccessDenied");
}

#[test]
fn macie_that_is_paused_is_not_on() {
    let with = |more: Json| {
        let mut session = json!({"accountId": OWN});
        session.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        World::read(&[REGION]).with(REGION, MacieSession, session)
    };
    assert_eq!(region(&with(json!({"status": "ENABLED"})), "macie_enabled"), Value::Bool(true));
    let paused = with(json!({"status": "PAUSED"}));
    assert_eq!(region(&paused, "macie_enabled"), Value::Bool(false));
    assert_eq!(region(&paused, "macie_status"), Value::Text("PAUSED".into()));
    let off = World::read(&[REGION]);
    assert_eq!(region(&off, "macie_enabled"), Value::Bool(false));
    assert_eq!(region(&off, "macie_status"), Value::Absent);
    unknown(region(&with(json!({})), "macie_enabled"), "does not say");
    unknown(region(&off.gap(OWN, REGION, "macie2:GetMacieSession"), "macie_enabled"), "AccessDenied");

    let discovery = |world: World| world.fact(OWN, REGION, MacieSession, "automated_discovery");
    let on = |discovery: Json| with(json!({"status": "ENABLED", "automatedDiscovery": discovery}));
    assert_eq!(discovery(on(json!({"status": "DISABLED"}))), Value::Text("DISABLED".into()));
    unknown(discovery(on(json!({}))), "does not say");
    let denied = on(Json::Null).gap(OWN, REGION, "macie2:GetAutomatedDiscoveryConfiguration");
    unknown(discovery(denied), "AccessDenied");

    let buckets = World::read(&[REGION]).with(REGION, Bucket, json!({"Name": "a"}));
    assert_eq!(region(&buckets, "bucket_count"), Value::Int(1));
    unknown(region(&buckets.gap(OWN, REGION, "s3:ListBuckets"), "bucket_count"), "AccessDenied");
}

#[test]
fn a_behavior_graph_is_asked_for_where_it_would_be() {
    // And all that AWS keeps once for the account.
    let world = || {
        let mut world = World::read(&[REGION]);
        let scope =
            Scope { partition: Partition::Aws, account: OWN.parse().unwrap(), region: crate::arn::Region::global() };
        for operation in ResourceType::ALL.iter().filter(|of| of.is_global()).flat_map(|of| of.operations()) {
            let cell = Cell { scope: scope.clone(), operation: (*operation).to_owned() };
            world.0.ledger.record(cell, Outcome::Complete);
        }
        world
    };
    let its = |world: &World| region(world, "detective_is_its_to_have");
    // An account by itself.
    assert_eq!(its(&world()), Value::Bool(true));
    let organization = |rules: &str| {
        world().with(
            "global",
            Organization,
            json!({"Id": "o-1", "Arn": "arn:aws:organizations::1:organization/o-1", "MasterAccountId": rules}),
        )
    };
    let delegated = |world: World, to: &str| {
        let services = json!([{"ServicePrincipal": "detective.amazonaws.com"}]);
        world.with(
            "global",
            DelegatedAdministrator,
            json!({"Id": to, "Arn": "arn:aws:organizations::1:account/a", "DelegatedServices": services}),
        )
    };
    assert_eq!(its(&organization(OTHER)), Value::Bool(false));
    assert_eq!(its(&organization(OWN)), Value::Bool(true));
    assert_eq!(its(&delegated(organization(OWN), OTHER)), Value::Bool(false));
    assert_eq!(its(&delegated(organization(OTHER), OWN)), Value::Bool(true));
    unknown(its(&organization(OTHER).gap(OWN, "global", "organizations:ListDelegatedAdministrators")), "AccessDenied");

    let graph = json!({"Arn": "arn:aws:detective:eu-west-1:111122223333:graph:1"});
    assert_eq!(region(&world().with(REGION, BehaviorGraph, graph), "detective_graph_exists"), Value::Bool(true));
    assert_eq!(region(&world(), "detective_graph_exists"), Value::Bool(false));
    unknown(region(&world().gap(OWN, REGION, "detective:ListGraphs"), "detective_graph_exists"), "AccessDenied");
}
