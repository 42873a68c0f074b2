//! Network Firewall: firewalls, each with its policy and with where it logs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag};

/// A firewall that packets pass which routes send through its endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Firewall {
    pub firewall_name: String,
    pub firewall_arn: Option<String>,
    /// Of one that stands at a transit gateway and not in a VPC.
    pub transit_gateway_attachment_id: Option<String>,
    /// From `DescribeFirewall`; none if that was not read.
    pub firewall: Option<FirewallSettings>,
    /// From `DescribeFirewallPolicy`; none if that was not read. Several firewalls may have one policy.
    pub firewall_policy: Option<FirewallPolicy>,
    /// From `DescribeLoggingConfiguration`; none if that was not read.
    pub logging_configuration: Option<FirewallLogging>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallSettings {
    pub firewall_policy_arn: Option<String>,
    /// Absent for one at a transit gateway.
    pub vpc_id: Option<String>,
    #[serde(default)]
    pub subnet_mappings: Vec<FirewallSubnet>,
    /// Of one at a transit gateway.
    #[serde(default)]
    pub availability_zone_mappings: Vec<FirewallZone>,
    pub transit_gateway_id: Option<String>,
    pub delete_protection: bool,
    pub subnet_change_protection: bool,
    pub firewall_policy_change_protection: bool,
    pub description: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A subnet that an endpoint of the firewall is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallSubnet {
    pub subnet_id: Option<String>,
    #[serde(rename = "IPAddressType")]
    pub ip_address_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallZone {
    pub availability_zone: Option<String>,
}

/// What becomes of packets. Actions are `aws:pass`, `aws:drop`, `aws:forward_to_sfe` and, beside one of these, names of
/// the policy's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallPolicy {
    #[serde(default)]
    pub stateless_rule_group_references: Vec<RuleGroupReference>,
    #[serde(default)]
    pub stateless_default_actions: Vec<String>,
    #[serde(default)]
    pub stateless_fragment_default_actions: Vec<String>,
    #[serde(default)]
    pub stateful_rule_group_references: Vec<RuleGroupReference>,
    /// Of a policy whose stateful rules are asked in strict order.
    #[serde(default)]
    pub stateful_default_actions: Vec<String>,
    pub stateful_engine_options: Option<StatefulEngineOptions>,
    #[serde(rename = "TLSInspectionConfigurationArn")]
    pub tls_inspection_configuration_arn: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleGroupReference {
    pub resource_arn: Option<String>,
    pub priority: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StatefulEngineOptions {
    pub rule_order: Option<String>,
    pub stream_exception_policy: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirewallLogging {
    #[serde(default)]
    pub log_destination_configs: Vec<LogDestination>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogDestination {
    /// `ALERT`, `FLOW` or `TLS`.
    pub log_type: Option<String>,
    /// `S3`, `CloudWatchLogs` or `KinesisDataFirehose`.
    pub log_destination_type: Option<String>,
    /// Such as `bucketName`.
    #[serde(default)]
    pub log_destination: BTreeMap<String, String>,
}

impl AwsResource for Firewall {
    const TYPE: &'static str = "AWS::NetworkFirewall::Firewall";
    const OPERATIONS: &'static [&'static str] = &[
        "network-firewall:ListFirewalls",
        "network-firewall:DescribeFirewall",
        "network-firewall:DescribeFirewallPolicy",
        "network-firewall:DescribeLoggingConfiguration",
    ];

    fn id(&self) -> &str {
        &self.firewall_name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.firewall_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("network-firewall", format_args!("firewall/{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.firewall_name)
    }
    fn tags(&self) -> &[Tag] {
        self.firewall.as_ref().map_or(&[], |settings| &settings.tags)
    }
}
