use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A standard accelerator of Global Accelerator: addresses at AWS's edge that lead to endpoints in regions, also to
/// those that have no public address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Accelerator {
    pub accelerator_arn: String,
    pub name: Option<String>,
    /// `IPV4` or `DUAL_STACK`.
    pub ip_address_type: Option<String>,
    pub enabled: Option<bool>,
    #[serde(default)]
    pub ip_sets: Vec<AcceleratorIpSet>,
    pub dns_name: Option<String>,
    pub dual_stack_dns_name: Option<String>,
    /// `DEPLOYED` or `IN_PROGRESS`.
    pub status: Option<String>,
    pub created_time: Option<Timestamp>,
    pub last_modified_time: Option<Timestamp>,
    #[serde(default)]
    pub events: Vec<AcceleratorEvent>,
    /// From `ListListeners`; none if that was not read to its end.
    pub listeners: Option<Vec<AcceleratorListener>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AcceleratorIpSet {
    pub ip_family: Option<String>,
    #[serde(default)]
    pub ip_addresses: Vec<String>,
    /// `IPv4` or `IPv6`.
    pub ip_address_family: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AcceleratorEvent {
    pub message: Option<String>,
    pub timestamp: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AcceleratorListener {
    pub listener_arn: Option<String>,
    #[serde(default)]
    pub port_ranges: Vec<AcceleratorPortRange>,
    /// `TCP` or `UDP`.
    pub protocol: Option<String>,
    /// `NONE` or `SOURCE_IP`.
    pub client_affinity: Option<String>,
    /// From `ListEndpointGroups`; none if that was not read to its end.
    pub endpoint_groups: Option<Vec<EndpointGroup>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AcceleratorPortRange {
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointGroup {
    pub endpoint_group_arn: Option<String>,
    pub endpoint_group_region: Option<String>,
    #[serde(default)]
    pub endpoint_descriptions: Vec<EndpointDescription>,
    /// The share of traffic, in percent, that the group takes of what is meant for it.
    pub traffic_dial_percentage: Option<f32>,
    pub health_check_port: Option<i32>,
    pub health_check_protocol: Option<String>,
    pub health_check_path: Option<String>,
    pub health_check_interval_seconds: Option<i32>,
    pub threshold_count: Option<i32>,
    /// Ports of the listener that lead to other ports of the endpoints.
    #[serde(default)]
    pub port_overrides: Vec<PortOverride>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointDescription {
    /// The ARN of a load balancer, an instance's id or an address's allocation id.
    pub endpoint_id: Option<String>,
    pub weight: Option<i32>,
    /// `INITIAL`, `HEALTHY` or `UNHEALTHY`.
    pub health_state: Option<String>,
    pub health_reason: Option<String>,
    #[serde(rename = "ClientIPPreservationEnabled")]
    pub client_ip_preservation_enabled: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PortOverride {
    pub listener_port: Option<i32>,
    pub endpoint_port: Option<i32>,
}

impl AwsResource for Accelerator {
    const TYPE: &'static str = "AWS::GlobalAccelerator::Accelerator";
    const OPERATIONS: &'static [&'static str] = &[
        "globalaccelerator:ListAccelerators",
        "globalaccelerator:ListEndpointGroups",
        "globalaccelerator:ListListeners",
    ];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.accelerator_arn
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.accelerator_arn.parse().ok();
        given.unwrap_or_else(|| scope.arn("globalaccelerator", format_args!("accelerator/{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}
