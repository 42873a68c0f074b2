//! Network Firewall: the shop's production has a firewall in each VPC of its first region, all with one policy.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::{Call, request_id};
use crate::cell::{Cell, Vpc, ZONES};
use crate::error::ApiError;
use crate::org::Class;
use crate::page::Limits;

const PAGE: Limits = Limits::sized(100, 100);

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    let total = if cell.class() == Class::ShopProd && cell.region == 0 { cell.regular_vpcs() } else { 0 };
    match call.action {
        "ListFirewalls" => list(call, "Firewalls", total, PAGE, |index| {
            Some(json!({"FirewallName": name(index), "FirewallArn": arn(cell, index)}))
        }),
        "DescribeFirewall" => {
            let index = known(call, total)?;
            Ok(json!({
                "UpdateToken": request_id(cell.hash("firewall-token", u64::from(index))),
                "Firewall": firewall(cell, index),
                "FirewallStatus": {"Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC", "SyncStates": {}},
            }))
        }
        "DescribeLoggingConfiguration" => {
            let index = known(call, total)?;
            let to = |kind: &str| json!({"LogType": kind, "LogDestinationType": "S3", "LogDestination": {"bucketName": "tidewater-firewall"}});
            Ok(json!({
                "FirewallArn": arn(cell, index),
                "LoggingConfiguration": {"LogDestinationConfigs": [to("ALERT"), to("FLOW")]},
            }))
        }
        "DescribeFirewallPolicy" => {
            if total == 0 || call.need("FirewallPolicyArn")? != policy_arn(cell) {
                return Err(not_found());
            }
            Ok(json!({
                "UpdateToken": request_id(cell.hash("firewall-policy-token", 0)),
                "FirewallPolicyResponse": {
                    "FirewallPolicyName": "egress",
                    "FirewallPolicyArn": policy_arn(cell),
                    "FirewallPolicyId": request_id(cell.hash("firewall-policy", 0)),
                    "FirewallPolicyStatus": "ACTIVE",
                    "NumberOfAssociations": total,
                },
                "FirewallPolicy": {
                    "StatelessDefaultActions": ["aws:forward_to_sfe"],
                    "StatelessFragmentDefaultActions": ["aws:drop"],
                    "StatefulRuleGroupReferences": [{
                        "ResourceArn": cell.arn("network-firewall", "stateful-rulegroup/allowed-names"),
                        "Priority": 10,
                    }],
                    "StatefulDefaultActions": ["aws:drop_established"],
                    "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER", "StreamExceptionPolicy": "DROP"},
                },
            }))
        }
        _ => Err(unknown(call)),
    }
}

/// Which firewall the call is about.
fn known(call: &Call, total: u32) -> Result<u32, ApiError> {
    let asked = call.need("FirewallArn")?;
    (0..total).find(|index| arn(&call.cell, *index) == asked).ok_or_else(not_found)
}

fn not_found() -> ApiError {
    ApiError::new(400, "ResourceNotFoundException", "It does not exist.")
}

fn name(index: u32) -> String {
    format!("egress-{index}")
}

fn arn(cell: &Cell, index: u32) -> String {
    cell.arn("network-firewall", &format!("firewall/{}", name(index)))
}

fn policy_arn(cell: &Cell) -> String {
    cell.arn("network-firewall", "firewall-policy/egress")
}

fn firewall(cell: &Cell, index: u32) -> Value {
    let vpc = Vpc::Regular(index);
    // In the public subnets, one in each zone.
    let subnets = (0..ZONES).map(|zone| json!({"SubnetId": cell.subnet_id(vpc, zone), "IPAddressType": "IPV4"}));
    json!({
        "FirewallName": name(index),
        "FirewallArn": arn(cell, index),
        "FirewallPolicyArn": policy_arn(cell),
        "VpcId": cell.vpc_id(vpc),
        "SubnetMappings": subnets.collect::<Vec<_>>(),
        "DeleteProtection": true,
        "SubnetChangeProtection": true,
        "FirewallPolicyChangeProtection": true,
        "FirewallId": request_id(cell.hash("firewall", u64::from(index))),
        "Tags": [{"Key": "Team", "Value": "network"}],
        "EncryptionConfiguration": {"Type": "AWS_OWNED_KMS_KEY"},
        "NumberOfAssociations": 0,
    })
}
