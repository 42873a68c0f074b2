use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

use super::Listener;

/// An application, network or gateway load balancer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    pub load_balancer_arn: String,
    pub load_balancer_name: Option<String>,
    #[serde(rename = "DNSName")]
    pub dns_name: Option<String>,
    pub canonical_hosted_zone_id: Option<String>,
    pub created_time: Option<Timestamp>,
    /// `internet-facing` or `internal`; a gateway load balancer has none.
    pub scheme: Option<String>,
    pub vpc_id: Option<String>,
    pub state: Option<LoadBalancerState>,
    /// `application`, `network` or `gateway`.
    pub r#type: Option<String>,
    #[serde(default)]
    pub availability_zones: Vec<LoadBalancerZone>,
    /// A network load balancer that was made without any cannot get one later.
    #[serde(default)]
    pub security_groups: Vec<String>,
    /// `ipv4`, `dualstack` or `dualstack-without-public-ipv4`.
    pub ip_address_type: Option<String>,
    pub customer_owned_ipv4_pool: Option<String>,
    pub enforce_security_group_inbound_rules_on_private_link_traffic: Option<String>,
    pub enable_prefix_for_ipv6_source_nat: Option<String>,
    pub ipam_pools: Option<BalancerIpamPools>,
    /// From `DescribeLoadBalancerAttributes`; none if that was not read.
    pub attributes: Option<Vec<BalancerAttribute>>,
    /// From `DescribeListeners`; none if that was not read to its end.
    pub listeners: Option<Vec<Listener>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerState {
    /// `active`, `provisioning`, `active_impaired` or `failed`.
    pub code: Option<String>,
    pub reason: Option<String>,
}

/// A zone in which it takes connections.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerZone {
    pub zone_name: Option<String>,
    pub subnet_id: Option<String>,
    pub outpost_id: Option<String>,
    /// Those of a network load balancer that were chosen for it.
    #[serde(default)]
    pub load_balancer_addresses: Vec<LoadBalancerAddress>,
    #[serde(default)]
    pub source_nat_ipv6_prefixes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancerAddress {
    pub ip_address: Option<String>,
    pub allocation_id: Option<String>,
    #[serde(rename = "PrivateIPv4Address")]
    pub private_ipv4_address: Option<String>,
    #[serde(rename = "IPv6Address")]
    pub ipv6_address: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BalancerIpamPools {
    pub ipv4_ipam_pool_id: Option<String>,
}

/// A setting of a load balancer or target group, such as `preserve_client_ip.enabled`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BalancerAttribute {
    pub key: Option<String>,
    pub value: Option<String>,
}

impl LoadBalancer {
    /// The value of an attribute; none if it was not read or AWS does not give it.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        value_of(self.attributes.as_deref()?, key)
    }
}

/// The value of an attribute among others.
pub(super) fn value_of<'a>(attributes: &'a [BalancerAttribute], key: &str) -> Option<&'a str> {
    attributes.iter().find(|one| one.key.as_deref() == Some(key))?.value.as_deref()
}

impl AwsResource for LoadBalancer {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    const OPERATIONS: &'static [&'static str] = &[
        "elbv2:DescribeLoadBalancers",
        "elbv2:DescribeListeners",
        "elbv2:DescribeLoadBalancerAttributes",
        "elbv2:DescribeRules",
    ];

    fn id(&self) -> &str {
        &self.load_balancer_arn
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.load_balancer_arn.parse().ok();
        given.unwrap_or_else(|| scope.arn("elasticloadbalancing", format_args!("loadbalancer/{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        self.load_balancer_name.as_deref()
    }
}
