//! Systems Manager: it manages every instance, and where an account has a network, there is a document that hardens
//! its hosts.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::Call;
use crate::defects::Code;
use crate::ec2;
use crate::error::ApiError;
use crate::page::Limits;

/// The one document.
pub const DOCUMENT: &str = "harden-hosts";

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    let documents = u32::from(cell.regular_vpcs() > 0);
    match call.action {
        "ListDocuments" => {
            // AWS's own, of which there are hundreds, are not simulated.
            if call.params.json["Filters"] != json!([{"Key": "Owner", "Values": ["Self"]}]) {
                return Err(ApiError::not_simulated(call.service.protocol(), "other filters than Owner=Self"));
            }
            list(call, "DocumentIdentifiers", documents, Limits::sized(10, 50), |_| {
                Some(json!({
                    "Name": DOCUMENT,
                    "CreatedDate": cell.created("document", 0),
                    "Owner": cell.owner(),
                    "PlatformTypes": ["Linux"],
                    "DocumentVersion": "1",
                    "DocumentType": "Command",
                    "SchemaVersion": "2.2",
                    "DocumentFormat": "YAML",
                    "TargetType": "/AWS::EC2::Instance",
                    "Tags": [],
                }))
            })
        }
        "DescribeDocumentPermission" => {
            if call.need("PermissionType")? != "Share" || call.need("Name")? != DOCUMENT || documents == 0 {
                return Err(ApiError::new(400, "InvalidDocument", "The document does not exist."));
            }
            let shared: &[&str] = if cell.has(Code::SsmDocumentPublic) { &["all"] } else { &[] };
            let versions: Vec<Value> = (shared.iter())
                .map(|account| json!({"AccountId": account, "SharedDocumentVersion": "$DEFAULT"}))
                .collect();
            Ok(json!({"AccountIds": shared, "AccountSharingInfoList": versions}))
        }
        "DescribeInstanceInformation" => {
            let limits = Limits { default: Some(10), min: 5, max: 50 };
            list(call, "InstanceInformationList", ec2::machines(cell), limits, |n| {
                let machine = ec2::machine(cell, n);
                Some(json!({
                    "InstanceId": machine.id,
                    "PingStatus": "Online",
                    "LastPingDateTime": call.org.now,
                    "AgentVersion": "3.3.2299.0",
                    "IsLatestVersion": true,
                    "PlatformType": "Linux",
                    "PlatformName": "Amazon Linux",
                    "PlatformVersion": "2023",
                    "ResourceType": "EC2Instance",
                    "IPAddress": machine.address,
                    "ComputerName": format!("ip-{}.internal", machine.address.replace('.', "-")),
                    "SourceId": machine.id,
                    "SourceType": "AWS::EC2::Instance",
                }))
            })
        }
        _ => Err(unknown(call)),
    }
}
