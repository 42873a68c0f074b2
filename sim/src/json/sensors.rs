//! Inspector and Macie, which are on where no defect is planted, and Detective, of which the management account has
//! the graph of the organization.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::Call;
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::error::ApiError;
use crate::hash::{LOWER, letters};
use crate::page::Limits;
use crate::service::Service;

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    match call.service {
        Service::Inspector2 => inspector(call),
        Service::Macie2 => macie(call),
        _ => list(call, "GraphList", u32::from(cell.account == 0), Limits::sized(200, 200), |_| {
            let id = letters(cell.hash("graph", 0), LOWER, 32);
            let created = iso_millis(cell.created("graph", 0));
            Some(json!({"Arn": cell.arn("detective", &format!("graph:{id}")), "CreatedTime": created}))
        }),
    }
}

fn inspector(call: &Call) -> Outcome {
    let cell = &call.cell;
    match call.action {
        "BatchGetAccountStatus" => {
            // An administrator could ask for others; nobody here does.
            if call.params.list("accountIds") != [cell.owner()] {
                return Err(ApiError::not_simulated(call.service.protocol(), "accounts other than one's own"));
            }
            let status = if cell.has(Code::InspectorOff) { "DISABLED" } else { "ENABLED" };
            let state = json!({"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": ""});
            Ok(json!({
                "accounts": [{
                    "accountId": cell.owner(),
                    "state": state,
                    "resourceState": {"ec2": state, "ecr": state, "lambda": state, "lambdaCode": state},
                }],
                "failedAccounts": [],
            }))
        }
        "ListFindingAggregations" => {
            if call.need("aggregationType")? != "ACCOUNT" {
                return Err(ApiError::not_simulated(call.service.protocol(), "other aggregations than by account"));
            }
            let mut body = list(call, "responses", 1, Limits::sized(100, 100), |_| {
                let counts = json!({"all": 3, "medium": 3, "high": 0, "critical": 0});
                Some(json!({"accountAggregation": {"accountId": cell.owner(), "severityCounts": counts}}))
            })?;
            body["aggregationType"] = Value::from("ACCOUNT");
            Ok(body)
        }
        _ => Err(unknown(call)),
    }
}

fn macie(call: &Call) -> Outcome {
    let cell = &call.cell;
    if cell.has(Code::MacieOff) {
        return Err(ApiError::new(403, "AccessDeniedException", "Macie is not enabled"));
    }
    let created = iso_millis(cell.created("macie", 0));
    match call.action {
        "GetMacieSession" => Ok(json!({
            "createdAt": created,
            "findingPublishingFrequency": "FIFTEEN_MINUTES",
            "serviceRole": format!(
                "arn:aws:iam::{}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie",
                cell.owner()
            ),
            "status": "ENABLED",
            "updatedAt": created,
        })),
        "GetAutomatedDiscoveryConfiguration" => Ok(json!({
            "classificationScopeId": letters(cell.hash("macie-scope", 0), LOWER, 32),
            "firstEnabledAt": created,
            "lastUpdatedAt": created,
            "sensitivityInspectionTemplateId": letters(cell.hash("macie-template", 0), LOWER, 32),
            "status": "ENABLED",
        })),
        _ => Err(unknown(call)),
    }
}
