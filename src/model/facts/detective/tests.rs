//! Inventories by hand, in the spelling of the AWS CLI, and the facts that follow.

use serde_json::{Value as Json, json};

use crate::arn::Scope;
use crate::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::facts::{table, value};
use crate::model::{Model, Value};
use crate::resource::{Resource, ResourceType};

pub(super) const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/all";

/// What was read, in a few words.
pub(super) struct World(pub(super) Inventory);

impl World {
    /// These regions of one's own account, in which every operation was read to its end.
    pub(super) fn read(regions: &[&str]) -> World {
        World(Inventory::new(Provenance {
            tool_version: "test".to_owned(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "test".to_owned(),
            is_import: false,
        }))
        .also_read(OWN, regions)
    }

    fn also_read(mut self, account: &str, regions: &[&str]) -> World {
        for region in regions {
            for of in ResourceType::ALL.iter().filter(|of| !of.is_global()) {
                for operation in of.operations() {
                    let cell = Cell { scope: scope(account, region), operation: (*operation).to_owned() };
                    self.0.ledger.record(cell, Outcome::Complete);
                }
            }
        }
        self
    }

    pub(super) fn gap(mut self, account: &str, region: &str, operation: &str) -> World {
        let cell = Cell { scope: scope(account, region), operation: operation.to_owned() };
        let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
        self.0.ledger.record(cell, Outcome::Gap(gap));
        self
    }

    fn unit(mut self, account: &str, path: &str) -> World {
        let id: crate::arn::AccountId = account.parse().unwrap();
        let partition = crate::arn::Partition::Aws;
        let of = Account { partition, id: id.clone(), name: None, organizational_unit: Some(path.to_owned()) };
        self.0.accounts.insert(id, of);
        self
    }

    pub(super) fn with(self, region: &str, of: ResourceType, fields: Json) -> World {
        self.with_in(OWN, region, of, fields)
    }

    fn with_in(mut self, account: &str, region: &str, of: ResourceType, fields: Json) -> World {
        self.0.insert(scope(account, region), Resource::deserialize_as(of, fields).unwrap());
        self
    }

    /// The fact of the region itself.
    fn region(&self, region: &str, fact: &str) -> Value {
        self.fact(OWN, region, ResourceType::Region, fact)
    }

    /// The fact of the account as a whole.
    pub(super) fn account(&self, fact: &str) -> Value {
        self.fact(OWN, "global", ResourceType::Account, fact)
    }

    /// The fact of the only resource of the type there.
    pub(super) fn fact(&self, account: &str, region: &str, of: ResourceType, fact: &str) -> Value {
        let model = Model::new(&self.0, "2026-01-01T00:00:00Z".parse().unwrap());
        let index = table(of).iter().position(|field| field.name == fact).unwrap();
        let place = scope(account, region);
        let (scope, subject) = model.subjects(of).find(|(scope, _)| **scope == place).unwrap();
        value(&model, scope, subject, index)
    }
}

fn scope(account: &str, region: &str) -> Scope {
    Scope { partition: crate::arn::Partition::Aws, account: account.parse().unwrap(), region: region.parse().unwrap() }
}

/// A multi-region trail of us-east-1, as its copies have it.
fn copy() -> Json {
    json!({
        "TrailARN": TRAIL, "Name": "all", "HomeRegion": "us-east-1",
        "IsMultiRegionTrail": true, "IsOrganizationTrail": false, "LogFileValidationEnabled": true,
        "HasCustomEventSelectors": false,
    })
}

/// As it is in its home region.
fn home(logging: bool, selectors: Json) -> Json {
    let mut trail = copy();
    trail["TrailStatus"] = json!({ "IsLogging": logging });
    trail["EventSelectors"] = selectors;
    trail
}

fn all_management() -> Json {
    json!({ "EventSelectors": [{ "ReadWriteType": "All", "IncludeManagementEvents": true }] })
}

#[track_caller]
pub(super) fn unknown(value: Value, of: &str) {
    match value {
        Value::Unknown(missing) => assert!(missing.why.contains(of), "{missing}"),
        known => panic!("{known:?} is known"),
    }
}

use ResourceType::{Analyzer, ConfigurationRecorder, DeliveryChannel, Detector, Hub, Trail};

#[test]
fn a_shadow_copy_has_the_status_of_the_home_copy() {
    let world = World::read(&["eu-west-1", "us-east-1"]).with("us-east-1", Trail, home(true, all_management())).with(
        "eu-west-1",
        Trail,
        copy(),
    );
    assert_eq!(world.fact(OWN, "eu-west-1", Trail, "is_logging"), Value::Bool(true));
    assert_eq!(world.fact(OWN, "eu-west-1", Trail, "management_events"), Value::Text("all".into()));
    assert_eq!(world.fact(OWN, "eu-west-1", Trail, "is_primary"), Value::Bool(false));
    assert_eq!(world.fact(OWN, "us-east-1", Trail, "is_primary"), Value::Bool(true));
    for region in ["eu-west-1", "us-east-1"] {
        for fact in ["cloudtrail_trail_exists", "cloudtrail_logging", "cloudtrail_log_file_validation"] {
            assert_eq!(world.region(region, fact), Value::Bool(true), "{region} {fact}");
        }
    }
    assert_eq!(world.account("cloudtrail_multi_region_logging"), Value::Bool(true));
}

#[test]
fn without_the_home_region_the_status_is_unknown() {
    let world =
        World::read(&["eu-west-1", "eu-west-2"]).with("eu-west-2", Trail, copy()).with("eu-west-1", Trail, copy());
    unknown(world.fact(OWN, "eu-west-1", Trail, "is_logging"), "cloudtrail:GetTrailStatus was not read");
    unknown(world.region("eu-west-1", "cloudtrail_logging"), "cloudtrail:GetTrailStatus was not read");
    unknown(world.account("cloudtrail_multi_region_logging"), "was not read");
    assert_eq!(world.region("eu-west-1", "cloudtrail_trail_exists"), Value::Bool(true));
    // Somebody has to stand for it: the first that was read.
    assert_eq!(world.fact(OWN, "eu-west-1", Trail, "is_primary"), Value::Bool(true));
    assert_eq!(world.fact(OWN, "eu-west-2", Trail, "is_primary"), Value::Bool(false));
}

#[test]
fn a_denied_status_is_unknown_and_not_stopped() {
    let world =
        World::read(&["us-east-1"]).with("us-east-1", Trail, copy()).gap(OWN, "us-east-1", "cloudtrail:GetTrailStatus");
    unknown(world.region("us-east-1", "cloudtrail_logging"), "AccessDenied");
    let beside = world.with("us-east-1", Trail, {
        let mut other = home(true, all_management());
        other["TrailARN"] = json!("arn:aws:cloudtrail:us-east-1:111122223333:trail/beside");
        other
    });
    assert_eq!(beside.region("us-east-1", "cloudtrail_logging"), Value::Bool(true), "one that logs is enough");
}

#[test]
fn a_trail_of_one_region_covers_no_other() {
    let mut local = home(true, all_management());
    local["IsMultiRegionTrail"] = json!(false);
    let world = World::read(&["eu-west-1", "us-east-1"]).with("us-east-1", Trail, local);
    assert_eq!(world.region("us-east-1", "cloudtrail_logging"), Value::Bool(true));
    assert_eq!(world.region("eu-west-1", "cloudtrail_logging"), Value::Bool(false));
    assert_eq!(world.region("eu-west-1", "cloudtrail_trail_exists"), Value::Bool(false));
    assert_eq!(world.account("cloudtrail_multi_region_logging"), Value::Bool(false));
}

#[test]
fn a_multi_region_trail_covers_a_region_that_could_not_list_it() {
    let world = World::read(&["eu-west-1", "us-east-1"]).with("us-east-1", Trail, home(true, all_management())).gap(
        OWN,
        "eu-west-1",
        "cloudtrail:DescribeTrails",
    );
    assert_eq!(world.region("eu-west-1", "cloudtrail_logging"), Value::Bool(true));
    let stopped = World::read(&["eu-west-1", "us-east-1"]).with("us-east-1", Trail, home(false, all_management())).gap(
        OWN,
        "eu-west-1",
        "cloudtrail:DescribeTrails",
    );
    unknown(stopped.region("eu-west-1", "cloudtrail_logging"), "cloudtrail:DescribeTrails");
    assert_eq!(stopped.region("us-east-1", "cloudtrail_logging"), Value::Bool(false));
    // One complete list names every multi-region trail.
    assert_eq!(stopped.account("cloudtrail_multi_region_logging"), Value::Bool(false));
}

#[test]
fn an_organizations_trail_covers_its_members() {
    let organizations = |mut trail: Json| {
        trail["TrailARN"] = json!("arn:aws:cloudtrail:us-east-1:444455556666:trail/org");
        trail["IsOrganizationTrail"] = json!(true);
        trail
    };
    // The member was not allowed to ask for the status, the owner was.
    let world = World::read(&["us-east-1"])
        .also_read(OTHER, &["us-east-1"])
        .gap(OWN, "us-east-1", "cloudtrail:GetTrailStatus")
        .with("us-east-1", Trail, organizations(copy()))
        .with_in(OTHER, "us-east-1", Trail, organizations(home(true, all_management())));
    assert_eq!(world.region("us-east-1", "cloudtrail_logging"), Value::Bool(true));
    assert_eq!(world.fact(OWN, "us-east-1", Trail, "is_primary"), Value::Bool(false), "the owner's stands for it");
    assert_eq!(world.fact(OTHER, "us-east-1", Trail, "is_primary"), Value::Bool(true));
    assert_eq!(world.account("cloudtrail_multi_region_logging"), Value::Bool(true));
}

/// What a trail with these selectors logs: management events, the sources left out, S3 objects.
fn logged(selectors: Json) -> (String, String, String) {
    let world = World::read(&["us-east-1"]).with("us-east-1", Trail, home(true, selectors));
    let fact = |name| world.fact(OWN, "us-east-1", Trail, name).to_string();
    (fact("management_events"), fact("excluded_event_sources"), fact("s3_object_events"))
}

#[test]
fn selectors_of_both_kinds() {
    let advanced = |fields: Json| json!({ "AdvancedEventSelectors": [{ "FieldSelectors": fields }] });
    let category = |of: &str| json!({ "Field": "eventCategory", "Equals": [of] });
    let objects = json!({ "Field": "resources.type", "Equals": ["AWS::S3::Object"] });
    let cases = [
        (json!({}), ("all", "", "none")),
        (all_management(), ("all", "", "none")),
        (
            json!({ "EventSelectors": [{ "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true }] }),
            ("write", "", "none"),
        ),
        (
            json!({ "EventSelectors": [
                { "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true },
                { "ReadWriteType": "ReadOnly", "IncludeManagementEvents": true, "ExcludeManagementEventSources": ["kms.amazonaws.com"] },
            ] }),
            ("all", "kms.amazonaws.com", "none"),
        ),
        // What one selector leaves out and another takes in is not left out.
        (
            json!({ "EventSelectors": [
                { "ReadWriteType": "All", "IncludeManagementEvents": true },
                { "ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": ["kms.amazonaws.com"] },
            ] }),
            ("all", "", "none"),
        ),
        (
            json!({ "EventSelectors": [{ "ReadWriteType": "All", "IncludeManagementEvents": false,
                "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }] }] }),
            ("none", "", "all"),
        ),
        (
            json!({ "EventSelectors": [{ "ReadWriteType": "ReadOnly", "IncludeManagementEvents": true,
                "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::"] }] }] }),
            ("read", "", "read"),
        ),
        // One bucket is not all buckets, and a function is no bucket.
        (
            json!({ "EventSelectors": [{ "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [
                { "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::one/"] },
                { "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] },
            ] }] }),
            ("all", "", "none"),
        ),
        // Prowler tells these by their display name, which anybody can choose.
        (advanced(json!([category("Management")])), ("all", "", "none")),
        (
            advanced(json!([category("Management"), { "Field": "readOnly", "Equals": ["false"] }])),
            ("write", "", "none"),
        ),
        (
            advanced(json!([category("Management"), { "Field": "eventSource", "NotEquals": ["kms.amazonaws.com"] }])),
            ("all", "kms.amazonaws.com", "none"),
        ),
        (
            advanced(json!([category("Management"), { "Field": "eventSource", "Equals": ["iam.amazonaws.com"] }])),
            ("none", "", "none"),
        ),
        (advanced(json!([category("Data"), objects])), ("none", "", "all")),
        (
            advanced(json!([category("Data"), objects, { "Field": "readOnly", "Equals": ["true"] }])),
            ("none", "", "read"),
        ),
        (
            advanced(
                json!([category("Data"), objects, { "Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::one/"] }]),
            ),
            ("none", "", "none"),
        ),
        (advanced(json!([objects])), ("none", "", "none")),
    ];
    for (selectors, (management, excluded, s3)) in cases {
        assert_eq!(logged(selectors.clone()), (management.into(), excluded.into(), s3.into()), "{selectors}");
    }
}

#[test]
fn two_trails_may_log_one_half_each() {
    let half = |name: &str, of: &str| {
        let selectors = json!({ "EventSelectors": [{ "ReadWriteType": of, "IncludeManagementEvents": true }] });
        let mut trail = home(true, selectors);
        trail["TrailARN"] = json!(format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}"));
        trail
    };
    let reads = World::read(&["us-east-1"]).with("us-east-1", Trail, half("reads", "ReadOnly"));
    assert_eq!(reads.region("us-east-1", "cloudtrail_management_events_logged"), Value::Bool(false));
    let both = reads.with("us-east-1", Trail, half("writes", "WriteOnly"));
    assert_eq!(both.region("us-east-1", "cloudtrail_management_events_logged"), Value::Bool(true));
    assert_eq!(both.account("cloudtrail_multi_region_logging"), Value::Bool(false), "no single trail logs all");
}

#[test]
fn regions_without_object_events_are_named_even_if_others_are_unknown() {
    let selectors = json!({ "EventSelectors": [{ "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
        "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::"] }] }] });
    let mut local = home(true, selectors);
    local["IsMultiRegionTrail"] = json!(false);
    let world = World::read(&["eu-west-1", "eu-west-2", "us-east-1"]).with("us-east-1", Trail, local).gap(
        OWN,
        "eu-west-2",
        "cloudtrail:DescribeTrails",
    );
    let without = |fact| world.account(fact).to_string();
    assert_eq!(without("regions_without_s3_object_writes"), "eu-west-1");
    assert_eq!(without("regions_without_s3_object_reads"), "eu-west-1, us-east-1");
}

fn recorder(recording: bool, group: Json) -> Json {
    json!({
        "name": "default", "roleARN": "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        "recordingGroup": group,
        "configurationRecorderStatus": { "recording": recording, "lastStatus": "SUCCESS" },
    })
}

/// Prowler keeps recorders by name, and so one of these.
#[test]
fn recorders_of_one_name_in_two_regions_are_two() {
    let world = World::read(&["eu-west-1", "us-east-1"])
        .with("us-east-1", ConfigurationRecorder, recorder(true, json!({ "allSupported": true })))
        .with("eu-west-1", ConfigurationRecorder, recorder(false, json!({ "allSupported": true })));
    assert_eq!(world.region("us-east-1", "config_recording"), Value::Bool(true));
    assert_eq!(world.region("eu-west-1", "config_recording"), Value::Bool(false));
}

#[test]
fn what_a_recorder_takes() {
    let of = |group: Json| {
        let world = World::read(&["us-east-1"]).with("us-east-1", ConfigurationRecorder, recorder(true, group));
        let fact = |name| world.fact(OWN, "us-east-1", ConfigurationRecorder, name).to_string();
        (fact("strategy"), fact("records_global_types"), world.region("us-east-1", "config_records_all_supported"))
    };
    let is = |strategy: &str, global: &str, all| (strategy.to_owned(), global.to_owned(), Value::Bool(all));
    let strategy = |of: &str| json!({ "useOnly": of });
    assert_eq!(of(Json::Null), is("all", "false", true));
    assert_eq!(of(json!({ "allSupported": true, "includeGlobalResourceTypes": true })), is("all", "true", true));
    assert_eq!(of(json!({ "resourceTypes": ["AWS::EC2::VPC"] })), is("inclusion", "false", false));
    let iam = ["AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"];
    assert_eq!(of(json!({ "resourceTypes": iam })), is("inclusion", "true", false));
    let excluding = |types: &[&str]| json!({ "recordingStrategy": strategy("EXCLUSION_BY_RESOURCE_TYPES"), "exclusionByResourceTypes": { "resourceTypes": types } });
    assert_eq!(of(excluding(&["AWS::EC2::VPC"])), is("exclusion", "true", false));
    assert_eq!(of(excluding(&["AWS::IAM::Role"])), is("exclusion", "false", false));
    // Endpoints give an empty exclusion beside another strategy.
    let all = json!({ "allSupported": true, "exclusionByResourceTypes": { "resourceTypes": [] }, "recordingStrategy": strategy("ALL_SUPPORTED_RESOURCE_TYPES") });
    assert_eq!(of(all), is("all", "false", true));
    let (new, _, all) = of(json!({ "allSupported": true, "recordingStrategy": strategy("SOMETHING_NEW") }));
    assert!(new.starts_with("unknown"), "{new}");
    unknown(all, "SOMETHING_NEW");
}

#[test]
fn a_service_s_own_recorder_does_not_count() {
    let mut linked = recorder(true, json!({ "allSupported": true }));
    linked["servicePrincipal"] = json!("observabilityadmin.amazonaws.com");
    let world = World::read(&["us-east-1"]).with("us-east-1", ConfigurationRecorder, linked);
    assert_eq!(world.region("us-east-1", "config_recording"), Value::Bool(false));
}

#[test]
fn global_types_are_recorded_in_one_region_of_the_account() {
    let global = recorder(true, json!({ "allSupported": true, "includeGlobalResourceTypes": true }));
    let world = World::read(&["eu-west-1", "us-east-1"]);
    assert_eq!(world.account("config_records_global_resource_types"), Value::Bool(false));
    let denied = world.gap(OWN, "eu-west-1", "config:DescribeConfigurationRecorderStatus");
    unknown(denied.account("config_records_global_resource_types"), "AccessDenied");
    let found = denied.with("us-east-1", ConfigurationRecorder, global);
    assert_eq!(found.account("config_records_global_resource_types"), Value::Bool(true));
}

#[test]
fn a_delivery_fails_whatever_the_case_of_the_word() {
    let channel = |status: Json| json!({ "name": "default", "s3BucketName": "b", "deliveryChannelStatus": status });
    let world = |status| World::read(&["us-east-1"]).with("us-east-1", DeliveryChannel, channel(status));
    for word in ["FAILURE", "Failure"] {
        let failing =
            world(json!({ "configHistoryDeliveryInfo": { "lastStatus": word, "lastErrorCode": "AccessDenied" } }));
        assert_eq!(failing.region("us-east-1", "config_delivery_failing"), Value::Bool(true), "{word}");
        assert_eq!(failing.fact(OWN, "us-east-1", DeliveryChannel, "failures").to_string(), "history: AccessDenied");
    }
    let fine = world(json!({ "configStreamDeliveryInfo": { "lastStatus": "NOT_APPLICABLE" } }));
    assert_eq!(fine.region("us-east-1", "config_delivery_failing"), Value::Bool(false));
    unknown(world(Json::Null).region("us-east-1", "config_delivery_failing"), "no status");
    assert_eq!(World::read(&["us-east-1"]).region("us-east-1", "config_delivery_failing"), Value::Absent);
}

#[test]
fn a_detector_that_was_listed_and_not_read_is_unknown() {
    let world = World::read(&["us-east-1"]);
    assert_eq!(world.region("us-east-1", "guardduty_enabled"), Value::Bool(false));
    let listed = world.with("us-east-1", Detector, json!({ "DetectorId": "d" }));
    unknown(listed.region("us-east-1", "guardduty_enabled"), "status");
    let denied = listed.gap(OWN, "us-east-1", "guardduty:GetDetector");
    unknown(denied.region("us-east-1", "guardduty_enabled"), "guardduty:GetDetector AccessDenied");
    let suspended =
        World::read(&["us-east-1"]).with("us-east-1", Detector, json!({ "DetectorId": "d", "Status": "DISABLED" }));
    assert_eq!(suspended.region("us-east-1", "guardduty_enabled"), Value::Bool(false));
}

#[test]
fn features_in_the_new_form_and_the_old() {
    let off = |fields: Json| {
        let mut detector = json!({ "DetectorId": "d", "Status": "ENABLED" });
        detector.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let world = World::read(&["us-east-1"]).with("us-east-1", Detector, detector);
        world.fact(OWN, "us-east-1", Detector, "disabled_features").to_string()
    };
    let runtime = |of: &str| {
        json!({ "Features": [
            { "Name": "EKS_RUNTIME_MONITORING", "Status": "DISABLED" },
            { "Name": "RUNTIME_MONITORING", "Status": of },
        ] })
    };
    // Prowler does not know that the newer plan has the older one in it.
    assert_eq!(off(runtime("ENABLED")), "");
    assert_eq!(off(runtime("DISABLED")), "EKS_RUNTIME_MONITORING, RUNTIME_MONITORING");
    let old = json!({ "DataSources": {
        "S3Logs": { "Status": "ENABLED" }, "DNSLogs": { "Status": "ENABLED" },
        "Kubernetes": { "AuditLogs": { "Status": "DISABLED" } },
        "MalwareProtection": { "ScanEc2InstanceWithFindings": { "EbsVolumes": { "Status": "DISABLED" } } },
    } });
    assert_eq!(off(old), "EBS_MALWARE_PROTECTION, EKS_AUDIT_LOGS");
}

#[test]
fn a_standard_counts_unless_it_failed_or_goes() {
    let standard = |name: &str, status: &str| json!({ "StandardsArn": format!("arn:aws:securityhub:us-east-1::standards/{name}"), "StandardsStatus": status });
    let world = World::read(&["us-east-1"]);
    assert_eq!(world.region("us-east-1", "security_hub_enabled"), Value::Bool(false));
    assert_eq!(world.region("us-east-1", "security_hub_standards"), Value::Absent);
    let world = world.with("us-east-1", Hub, json!({
        "HubArn": "arn:aws:securityhub:us-east-1:111122223333:hub/default",
        "StandardsSubscriptions": [standard("b", "READY"), standard("a", "INCOMPLETE"), standard("c", "FAILED"), standard("d", "DELETING")],
    }));
    assert_eq!(world.region("us-east-1", "security_hub_standards").to_string(), "a, b");
    assert_eq!(world.fact(OWN, "us-east-1", Hub, "failed_standards").to_string(), "c");
    let denied = world.gap(OWN, "us-east-1", "securityhub:GetEnabledStandards");
    unknown(denied.region("us-east-1", "security_hub_standards"), "AccessDenied");
    assert_eq!(denied.region("us-east-1", "security_hub_enabled"), Value::Bool(true));
}

fn analyzer(of: &str, status: &str) -> Json {
    json!({ "arn": "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a", "name": "a", "type": of, "status": status })
}

#[test]
fn only_an_active_analyzer_of_outside_access_counts() {
    let exists = |of, status| {
        let world = World::read(&["us-east-1"]).with("us-east-1", Analyzer, analyzer(of, status));
        world.region("us-east-1", "access_analyzer_exists")
    };
    assert_eq!(exists("ACCOUNT", "ACTIVE"), Value::Bool(true));
    assert_eq!(exists("ORGANIZATION", "ACTIVE"), Value::Bool(true));
    // Prowler does not tell the kinds apart.
    assert_eq!(exists("ACCOUNT_UNUSED_ACCESS", "ACTIVE"), Value::Bool(false));
    assert_eq!(exists("ORGANIZATION_INTERNAL_ACCESS", "ACTIVE"), Value::Bool(false));
    assert_eq!(exists("ACCOUNT", "DISABLED"), Value::Bool(false));
    let denied = World::read(&["us-east-1"]).gap(OWN, "us-east-1", "access-analyzer:ListAnalyzers");
    unknown(denied.region("us-east-1", "access_analyzer_exists"), "AccessDenied");
}

#[test]
fn an_organizations_analyzer_covers_its_members_in_its_region() {
    let world = |unit: &str| {
        World::read(&["eu-west-1", "us-east-1"])
            .also_read(OTHER, &["us-east-1"])
            .unit(OTHER, "o-one/r-1/ou-1/444455556666/")
            .unit(OWN, unit)
            .with_in(OTHER, "us-east-1", Analyzer, analyzer("ORGANIZATION", "ACTIVE"))
    };
    let member = world("o-one/r-1/111122223333/");
    assert_eq!(member.region("us-east-1", "access_analyzer_exists"), Value::Bool(false));
    assert_eq!(member.region("us-east-1", "access_analyzer_covers"), Value::Bool(true));
    assert_eq!(member.region("eu-west-1", "access_analyzer_covers"), Value::Bool(false));
    assert_eq!(world("o-two/r-1/111122223333/").region("us-east-1", "access_analyzer_covers"), Value::Bool(false));
}
