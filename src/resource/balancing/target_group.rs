use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

use super::BalancerAttribute;
use super::load_balancer::value_of;

/// Where a load balancer sends what comes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup {
    pub target_group_arn: String,
    pub target_group_name: Option<String>,
    pub protocol: Option<String>,
    pub port: Option<i32>,
    pub vpc_id: Option<String>,
    pub health_check_protocol: Option<String>,
    /// A number, or `traffic-port`.
    pub health_check_port: Option<String>,
    pub health_check_enabled: Option<bool>,
    pub health_check_interval_seconds: Option<i32>,
    pub health_check_timeout_seconds: Option<i32>,
    pub healthy_threshold_count: Option<i32>,
    pub unhealthy_threshold_count: Option<i32>,
    pub health_check_path: Option<String>,
    pub matcher: Option<Matcher>,
    /// At most one, but for gateway load balancers.
    #[serde(default)]
    pub load_balancer_arns: Vec<String>,
    /// `instance`, `ip`, `lambda` or `alb`.
    pub target_type: Option<String>,
    pub protocol_version: Option<String>,
    pub ip_address_type: Option<String>,
    /// From `DescribeTargetGroupAttributes`; none if that was not read.
    pub attributes: Option<Vec<BalancerAttribute>>,
    /// The registered targets, from `DescribeTargetHealth`; none if that was not read.
    pub target_health_descriptions: Option<Vec<TargetHealthDescription>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Matcher {
    pub http_code: Option<String>,
    pub grpc_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetHealthDescription {
    pub target: Option<TargetDescription>,
    pub health_check_port: Option<String>,
    pub target_health: Option<TargetHealth>,
}

/// A target: an instance, an address, a function or a load balancer, by the group's type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetDescription {
    pub id: Option<String>,
    pub port: Option<i32>,
    /// `all` for an address outside of the VPC.
    pub availability_zone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetHealth {
    /// `healthy`, `unhealthy`, `initial`, `draining`, `unused`, `unavailable` or `unhealthy.draining`.
    pub state: Option<String>,
    pub reason: Option<String>,
    pub description: Option<String>,
}

impl TargetGroup {
    /// The value of an attribute; none if it was not read or AWS does not give it.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        value_of(self.attributes.as_deref()?, key)
    }
}

impl AwsResource for TargetGroup {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::TargetGroup";
    const OPERATIONS: &'static [&'static str] =
        &["elbv2:DescribeTargetGroups", "elbv2:DescribeTargetGroupAttributes", "elbv2:DescribeTargetHealth"];

    fn id(&self) -> &str {
        &self.target_group_arn
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.target_group_arn.parse().ok();
        given.unwrap_or_else(|| scope.arn("elasticloadbalancing", format_args!("targetgroup/{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        self.target_group_name.as_deref()
    }
}
