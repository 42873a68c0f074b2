//! Who writes down what happens: Config and CloudTrail.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::Call;
use crate::clock::DAY;
use crate::defects::Code;
use crate::error::ApiError;
use crate::hash::word;
use crate::org::Organization;
use crate::page::Limits;

pub fn config(call: &Call) -> Outcome {
    let cell = call.cell;
    let started = cell.created("recorder", 0);
    match call.action {
        "DescribeConfigurationRecorders" => Ok(json!({"ConfigurationRecorders": [{
            "name": "default",
            "arn": cell.arn("config", "configuration-recorder/default/x7k2m9q4"),
            "roleARN": format!(
                "arn:aws:iam::{}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
                cell.owner()
            ),
            "recordingGroup": {
                "allSupported": true,
                "includeGlobalResourceTypes": cell.region == 0,
                "resourceTypes": [],
                "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
            },
            "recordingMode": {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []},
            "recordingScope": "PAID",
        }]})),
        "DescribeConfigurationRecorderStatus" => {
            let on = !cell.has(Code::ConfigOff);
            let mut status = json!({
                "name": "default",
                "lastStartTime": started,
                "recording": on,
                "lastStatus": "SUCCESS",
                "lastStatusChangeTime": call.org.now,
            });
            if !on {
                status["lastStopTime"] = json!(call.org.now.saturating_sub(12 * DAY));
            }
            Ok(json!({"ConfigurationRecordersStatus": [status]}))
        }
        "DescribeDeliveryChannels" => Ok(json!({"DeliveryChannels": [{
            "name": "default",
            "s3BucketName": format!("tidewater-config-{}", call.org.account_id(0)),
            "configSnapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"},
        }]})),
        "DescribeDeliveryChannelStatus" => {
            let delivered = json!({
                "lastStatus": "SUCCESS",
                "lastAttemptTime": call.org.now,
                "lastSuccessfulTime": call.org.now,
            });
            Ok(json!({"DeliveryChannelsStatus": [{
                "name": "default",
                "configSnapshotDeliveryInfo": delivered,
                "configHistoryDeliveryInfo": delivered,
                "configStreamDeliveryInfo": {
                    "lastStatus": "SUCCESS",
                    "lastStatusChangeTime": call.org.now,
                },
            }]}))
        }
        // Account 1 gathers what all of them record, in the home region.
        "DescribeConfigurationAggregators" => {
            let total = u32::from(cell.account == 1 && cell.region == 0);
            list(call, "ConfigurationAggregators", total, Limits::sized(100, 100), |_| {
                let role = format!(
                    "arn:aws:iam::{}:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations",
                    cell.owner()
                );
                Some(json!({
                    "ConfigurationAggregatorName": "organization",
                    "ConfigurationAggregatorArn": cell.arn("config", "config-aggregator/config-aggregator-a1b2c3d4"),
                    "OrganizationAggregationSource": {"RoleArn": role, "AllAwsRegions": true},
                    "CreationTime": started,
                    "LastUpdatedTime": started,
                }))
            })
        }
        "GetComplianceSummaryByConfigRule" => {
            let failing = cell.hash("rules", 0) % 6;
            Ok(json!({"ComplianceSummary": {
                "CompliantResourceCount": {"CappedCount": 25 - failing, "CapExceeded": false},
                "NonCompliantResourceCount": {"CappedCount": failing, "CapExceeded": false},
                "ComplianceSummaryTimestamp": call.org.now,
            }}))
        }
        _ => Err(unknown(call)),
    }
}

/// A trail as seen from one account. All trails cover all regions.
struct Trail {
    owner: u32,
    name: &'static str,
    organization: bool,
    logging: bool,
}

/// The name of an account's own trail.
pub const OWN_TRAIL: &str = "tidewater-trail";
const ORG_TRAIL: &str = "tidewater-organization";

impl Trail {
    fn arn(&self, org: &Organization) -> String {
        let owner = org.account_id(self.owner);
        format!("arn:aws:cloudtrail:{}:{owner}:trail/{}", org.home(), self.name)
    }
}

/// The trails that an account sees: its own, or the organization's, which it
/// sees besides a stopped one of its own.
fn trails(org: &Organization, account: u32) -> Vec<Trail> {
    let stopped = org.has(account, None, Code::TrailStopped);
    let mut trails = Vec::new();
    if org.org_trail {
        trails.push(Trail { owner: 0, name: ORG_TRAIL, organization: true, logging: true });
    }
    if !org.org_trail || stopped {
        trails.push(Trail { owner: account, name: OWN_TRAIL, organization: false, logging: !stopped });
    }
    trails
}

pub fn cloud_trail(call: &Call) -> Outcome {
    let org = call.org;
    let trails = trails(org, call.cell.account);
    match call.action {
        "DescribeTrails" => {
            let shadows = call.params.json.get("includeShadowTrails") != Some(&json!(false));
            let asked = call.params.list("trailNameList");
            let at_home = call.cell.region_name() == org.home();
            let shown: Vec<Value> = trails
                .iter()
                .filter(|_| at_home || shadows)
                .filter(|trail| asked.is_empty() || asked.iter().any(|name| is_named(call, trail, name)))
                .map(|trail| full(org, trail))
                .collect();
            Ok(json!({"trailList": shown}))
        }
        "ListTrails" => {
            let total = trails.len() as u32;
            list(call, "Trails", total, Limits::sized(100, 100), |n| {
                trails.get(n as usize).map(|trail| {
                    json!({
                        "TrailARN": trail.arn(org),
                        "Name": trail.name,
                        "HomeRegion": org.home(),
                    })
                })
            })
        }
        "GetTrailStatus" => {
            let trail = named(call, &trails, "Name")?;
            let started = org.created(&[word("trail"), u64::from(trail.owner)]);
            let mut status = json!({
                "IsLogging": trail.logging,
                "StartLoggingTime": started,
                "LatestDeliveryTime": org.now,
            });
            if !trail.logging {
                let stopped = org.now.saturating_sub(37 * DAY);
                status["StopLoggingTime"] = json!(stopped);
                status["LatestDeliveryTime"] = json!(stopped);
            }
            Ok(status)
        }
        "GetEventSelectors" => {
            let trail = named(call, &trails, "TrailName")?;
            Ok(json!({
                "TrailARN": trail.arn(org),
                "EventSelectors": [{
                    "ReadWriteType": "All",
                    "IncludeManagementEvents": true,
                    "DataResources": [],
                    "ExcludeManagementEventSources": [],
                }],
            }))
        }
        _ => Err(unknown(call)),
    }
}

fn full(org: &Organization, trail: &Trail) -> Value {
    json!({
        "Name": trail.name,
        "TrailARN": trail.arn(org),
        "HomeRegion": org.home(),
        "S3BucketName": format!("tidewater-trail-{}", org.account_id(0)),
        "IncludeGlobalServiceEvents": true,
        "IsMultiRegionTrail": true,
        "IsOrganizationTrail": trail.organization,
        "LogFileValidationEnabled": true,
        "KmsKeyId": format!(
            "arn:aws:kms:{}:{}:key/7c1e2a55-0d0e-4a57-9a6b-5a7d2f3e9b10",
            org.home(),
            org.account_id(0)
        ),
        "HasCustomEventSelectors": false,
        "HasInsightSelectors": false,
    })
}

/// Whether a trail goes by this name here: an ARN always does, a bare name only
/// in the home region and the owner's account.
fn is_named(call: &Call, trail: &Trail, name: &str) -> bool {
    let at_home = call.cell.region_name() == call.org.home() && trail.owner == call.cell.account;
    trail.arn(call.org) == name || (at_home && trail.name == name)
}

fn named<'t>(call: &Call, trails: &'t [Trail], parameter: &str) -> Result<&'t Trail, ApiError> {
    let name = call.need(parameter)?;
    let found = trails.iter().find(|trail| is_named(call, trail, name));
    found.ok_or_else(|| {
        ApiError::new(
            400,
            "TrailNotFoundException",
            format!("Unknown trail: {name} for the user: {}", call.account_id()),
        )
    })
}
