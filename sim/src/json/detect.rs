//! The small REST services: GuardDuty, Security Hub, Access Analyzer, Account.

use serde_json::{Map, Value, json};

use super::{Outcome, list, unknown};
use crate::call::Call;
use crate::cell::Cell;
use crate::clock::{iso, iso_millis};
use crate::defects::Code;
use crate::error::ApiError;
use crate::hash::{LOWER, letters};
use crate::org::Class;
use crate::page::Limits;
use crate::service::Service;

pub fn operation(call: &Call) -> Outcome {
    let cell = call.cell;
    match call.action {
        "ListDetectors" => {
            let total = u32::from(!cell.has(Code::GuardDutyOff));
            list(call, "detectorIds", total, Limits::sized(50, 50), |_| Some(json!(detector_id(&cell))))
        }
        "GetDetector" => get_detector(call),
        "DescribeOrganizationConfiguration" if call.service == Service::SecurityHub => {
            subscribed(call)?;
            if cell.account != 1 {
                let text = format!("Account {} is not an administrator for this organization", call.account_id());
                return Err(ApiError::new(401, "InvalidAccessException", text));
            }
            Ok(json!({
                "AutoEnable": true,
                "AutoEnableStandards": "DEFAULT",
                "MemberAccountLimitReached": false,
                "OrganizationConfiguration": {"ConfigurationType": "LOCAL", "Status": "ENABLED"},
            }))
        }
        "DescribeOrganizationConfiguration" => {
            own_detector(call)?;
            if cell.account != 1 {
                let text = "The request failed because you do not have required AWS Organization master permission.";
                return Err(ApiError::new(400, "BadRequestException", text));
            }
            Ok(json!({
                "autoEnable": true,
                "autoEnableOrganizationMembers": "ALL",
                "memberAccountLimitReached": false,
            }))
        }
        "GetFindingsStatistics" if call.service == Service::GuardDuty => {
            own_detector(call)?;
            Ok(json!({"findingStatistics": {"groupedBySeverity": []}}))
        }
        "GetFindingsStatistics" => {
            call.need("analyzerArn")?;
            Ok(json!({
                "findingsStatistics": [{"externalAccessFindingsStatistics": {
                    "totalActiveFindings": 0,
                    "totalArchivedFindings": 0,
                    "totalResolvedFindings": 0,
                }}],
                "lastUpdatedAt": iso(call.org.now),
            }))
        }
        "DescribeHub" => {
            subscribed(call)?;
            Ok(json!({
                "HubArn": cell.arn("securityhub", "hub/default"),
                "SubscribedAt": iso_millis(cell.created("hub", 0)),
                "AutoEnableControls": true,
                "ControlFindingGenerator": "SECURITY_CONTROL",
            }))
        }
        "GetEnabledStandards" => {
            subscribed(call)?;
            let name = "aws-foundational-security-best-practices/v/1.0.0";
            list(call, "StandardsSubscriptions", 1, Limits::sized(100, 100), |_| {
                Some(json!({
                    "StandardsSubscriptionArn": cell.arn("securityhub", &format!("subscription/{name}")),
                    "StandardsArn": format!("arn:aws:securityhub:{}::standards/{name}", cell.region_name()),
                    "StandardsInput": {},
                    "StandardsStatus": "READY",
                    "StandardsControlsUpdatable": "READY_FOR_UPDATES",
                }))
            })
        }
        "ListAnalyzers" => analyzers(call),
        "GetContactInformation" => Ok(json!({"ContactInformation": {
            "FullName": "Tidewater Cloud Team",
            "AddressLine1": "1 Harbour Street",
            "City": "Exampleton",
            "PostalCode": "00001",
            "CountryCode": "DE",
            "PhoneNumber": "+49 30 5550100",
            "CompanyName": "Tidewater",
        }})),
        "GetAlternateContact" => alternate_contact(call),
        _ => Err(unknown(call)),
    }
}

fn detector_id(cell: &Cell) -> String {
    letters(cell.hash("detector", 0), b"0123456789abcdef", 32)
}

fn own_detector(call: &Call) -> Result<(), ApiError> {
    let cell = call.cell;
    if cell.has(Code::GuardDutyOff) || call.need("detectorId")? != detector_id(&cell) {
        return Err(ApiError::new(
            400,
            "BadRequestException",
            "The request is rejected because the input detectorId is not owned by the current account.",
        ));
    }
    Ok(())
}

fn get_detector(call: &Call) -> Outcome {
    let cell = call.cell;
    own_detector(call)?;
    let created = cell.created("detector", 0);
    let on = json!({"status": "ENABLED"});
    let features: Vec<Value> = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS", "S3_DATA_EVENTS"]
        .into_iter()
        .map(|name| json!({"name": name, "status": "ENABLED", "updatedAt": created}))
        .collect();
    Ok(json!({
        "createdAt": iso_millis(created),
        "updatedAt": iso_millis(created),
        "findingPublishingFrequency": "FIFTEEN_MINUTES",
        "serviceRole": format!(
            "arn:aws:iam::{}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
            cell.owner()
        ),
        "status": "ENABLED",
        "dataSources": {"cloudTrail": on, "dnsLogs": on, "flowLogs": on, "s3Logs": on},
        "features": features,
        "tags": {},
    }))
}

fn subscribed(call: &Call) -> Result<(), ApiError> {
    if !call.cell.has(Code::SecurityHubOff) {
        return Ok(());
    }
    Err(ApiError::new(
        401,
        "InvalidAccessException",
        format!("Account {} is not subscribed to AWS Security Hub", call.account_id()),
    ))
}

/// Every account has an analyzer for itself; the security account also looks
/// for access that nobody in the organization uses. That one says nothing of
/// access from outside, so that an account without its own has none for it.
fn analyzers(call: &Call) -> Outcome {
    let cell = call.cell;
    let mut kinds = Vec::new();
    if !cell.has(Code::AnalyzerOff) {
        kinds.push("ACCOUNT");
    }
    if cell.class() == Class::Security {
        kinds.push(UNUSED);
    }
    if let Some(asked) = call.params.text("type") {
        kinds.retain(|kind| *kind == asked);
    }
    let limits = Limits::sized(100, 100);
    list(call, "analyzers", kinds.len() as u32, limits, |n| {
        let kind = kinds.get(n as usize)?;
        let suffix = letters(cell.hash("analyzer", u64::from(n)), LOWER, 6);
        let name = format!("{}-{suffix}", kind.to_lowercase().replace('_', "-"));
        let mut analyzer = json!({
            "arn": cell.arn("access-analyzer", &format!("analyzer/{name}")),
            "name": name,
            "type": kind,
            "createdAt": iso(cell.created("analyzer", u64::from(n))),
            "status": "ACTIVE",
            "tags": Map::new(),
        });
        if *kind == UNUSED {
            analyzer["configuration"] = json!({"unusedAccess": {"unusedAccessAge": 90}});
        }
        Some(analyzer)
    })
}

const UNUSED: &str = "ORGANIZATION_UNUSED_ACCESS";

fn alternate_contact(call: &Call) -> Outcome {
    let kind = call.need("AlternateContactType")?;
    let (name, title) = match kind {
        "BILLING" => ("Rosa Levin", "Finance"),
        "OPERATIONS" => ("Jon Albers", "Head of Operations"),
        "SECURITY" => ("Ines Duarte", "Head of Security"),
        other => return Err(call.invalid(format!("{other} is not a contact type"))),
    };
    // The management account may ask for a member.
    let account = match call.params.text("AccountId") {
        None => call.cell.account,
        Some(id) => call.org.account_index(id).ok_or_else(|| call.invalid(format!("{id} is not a member account")))?,
    };
    let missing = call.org.has(account, None, Code::NoSecurityContact);
    if kind == "SECURITY" && missing {
        return Err(ApiError::new(
            404,
            "ResourceNotFoundException",
            "No contact of the inputted alternate contact type found.",
        ));
    }
    Ok(json!({"AlternateContact": {
        "Name": name,
        "Title": title,
        "EmailAddress": format!("{}@tidewater.example", kind.to_lowercase()),
        "PhoneNumber": "+49 30 5550101",
        "AlternateContactType": kind,
    }}))
}
