//! What watches a whole organization, and what it found.

use serde_json::{Value as Json, json};

use super::tests::{OWN, World, unknown};
use crate::model::Value;
use crate::resource::ResourceType::{Analyzer, ConfigurationAggregator, ConfigurationRecorder, Detector, Hub};

const REGION: &str = "us-east-1";

fn detector(more: Json) -> World {
    let mut detector = json!({ "DetectorId": "d", "Status": "ENABLED" });
    detector.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    World::read(&[REGION]).with(REGION, Detector, detector)
}

#[test]
fn findings_count_by_their_severity() {
    let group = |severity: f64, total: i32| json!({ "Severity": severity, "TotalFindings": total });
    let groups = [group(7.0, 1), group(8.0, 2), group(8.9, 4), group(9.0, 8), group(10.0, 16)];
    let world = detector(json!({ "FindingStatistics": { "GroupedBySeverity": groups } }));
    assert_eq!(world.fact(OWN, REGION, Detector, "high_findings"), Value::Int(7));
    assert_eq!(world.fact(OWN, REGION, Detector, "critical_findings"), Value::Int(24));
    let none = detector(json!({ "FindingStatistics": { "GroupedBySeverity": [] } }));
    assert_eq!(none.fact(OWN, REGION, Detector, "high_findings"), Value::Int(0));
    let unread = detector(json!({}));
    unknown(unread.fact(OWN, REGION, Detector, "high_findings"), "statistics");
    let denied = none.gap(OWN, REGION, "guardduty:GetFindingsStatistics");
    unknown(denied.fact(OWN, REGION, Detector, "critical_findings"), "AccessDenied");
}

#[test]
fn an_administrator_takes_in_members() {
    let all = json!({ "AutoEnableOrganizationMembers": "ALL", "MemberAccountLimitReached": false });
    let world = detector(json!({ "OrganizationConfiguration": all }));
    assert_eq!(world.fact(OWN, REGION, Detector, "takes_in_members"), Value::Text("ALL".into()));
    let world = detector(json!({}));
    assert_eq!(world.fact(OWN, REGION, Detector, "takes_in_members"), Value::Absent);
    let world = world.gap(OWN, REGION, "guardduty:DescribeOrganizationConfiguration");
    unknown(world.fact(OWN, REGION, Detector, "takes_in_members"), "AccessDenied");

    let hub = |organization: Json| {
        let hub =
            json!({ "HubArn": "arn:aws:securityhub:us-east-1:111122223333:hub/default", "Organization": organization });
        World::read(&[REGION]).with(REGION, Hub, hub).fact(OWN, REGION, Hub, "takes_in_members")
    };
    assert_eq!(hub(json!({ "AutoEnable": true, "ConfigurationType": "LOCAL" })), Value::Bool(true));
    assert_eq!(hub(json!({ "AutoEnable": false, "ConfigurationType": "CENTRAL" })), Value::Bool(true));
    assert_eq!(hub(json!({ "AutoEnable": false, "ConfigurationType": "LOCAL" })), Value::Bool(false));
    assert_eq!(hub(Json::Null), Value::Bool(false));
}

#[test]
fn an_analyzer_that_was_not_asked_has_no_number() {
    let analyzer = |total: Json| {
        World::read(&[REGION]).with(
            REGION,
            Analyzer,
            json!({
                "arn": "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a", "name": "a", "type": "ACCOUNT",
                "status": "ACTIVE", "totalActiveFindings": total,
            }),
        )
    };
    assert_eq!(analyzer(json!(3)).fact(OWN, REGION, Analyzer, "active_findings"), Value::Int(3));
    assert_eq!(analyzer(Json::Null).fact(OWN, REGION, Analyzer, "active_findings"), Value::Absent);
    let denied = analyzer(Json::Null).gap(OWN, REGION, "access-analyzer:GetFindingsStatistics");
    unknown(denied.fact(OWN, REGION, Analyzer, "active_findings"), "AccessDenied");
}

fn aggregator(name: &str, more: Json) -> Json {
    let mut aggregator = json!({ "ConfigurationAggregatorName": name });
    aggregator.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aggregator
}

#[test]
fn an_aggregator_of_the_organization_and_all_regions_is_one_wherever_it_is() {
    let role = "arn:aws:iam::111122223333:role/r";
    let of = |all: bool, regions: &[&str]| json!({ "OrganizationAggregationSource": { "RoleArn": role, "AllAwsRegions": all, "AwsRegions": regions } });
    let accounts = json!({ "AccountAggregationSources": [{ "AccountIds": ["444455556666"], "AllAwsRegions": true }] });
    let regions = ["eu-west-1", REGION];
    let world = || World::read(&regions);
    let says = |world: &World| world.account("config_aggregates_organization");
    assert_eq!(says(&world()), Value::Bool(false));
    assert_eq!(says(&world().with(REGION, ConfigurationAggregator, aggregator("a", of(true, &[])))), Value::Bool(true));
    let some = world().with(REGION, ConfigurationAggregator, aggregator("a", of(false, &["eu-west-1"])));
    assert_eq!(says(&some), Value::Bool(false));
    assert_eq!(some.fact(OWN, REGION, ConfigurationAggregator, "all_regions"), Value::Bool(false));
    let named = world().with(REGION, ConfigurationAggregator, aggregator("a", accounts));
    assert_eq!(says(&named), Value::Bool(false));
    assert_eq!(named.fact(OWN, REGION, ConfigurationAggregator, "is_organization"), Value::Bool(false));
    let denied = some.gap(OWN, "eu-west-1", "config:DescribeConfigurationAggregators");
    unknown(says(&denied), "config:DescribeConfigurationAggregators");
}

#[test]
fn types_that_are_recorded_once_a_day() {
    let mode = json!({ "recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [
        { "resourceTypes": ["AWS::EC2::SecurityGroup"], "recordingFrequency": "DAILY" },
        { "resourceTypes": ["AWS::EC2::VPC"], "recordingFrequency": "CONTINUOUS" },
    ] });
    let world =
        World::read(&[REGION]).with(REGION, ConfigurationRecorder, json!({ "name": "default", "recordingMode": mode }));
    let daily = world.fact(OWN, REGION, ConfigurationRecorder, "daily_types");
    assert_eq!(daily, Value::Texts(vec!["AWS::EC2::SecurityGroup".to_owned()]));
}
