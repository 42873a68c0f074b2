use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A load balancer of the first generation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicLoadBalancer {
    pub load_balancer_name: String,
    #[serde(rename = "DNSName")]
    pub dns_name: Option<String>,
    pub canonical_hosted_zone_name: Option<String>,
    #[serde(rename = "CanonicalHostedZoneNameID")]
    pub canonical_hosted_zone_name_id: Option<String>,
    #[serde(default)]
    pub listener_descriptions: Vec<ListenerDescription>,
    #[serde(default)]
    pub backend_server_descriptions: Vec<BackendServerDescription>,
    #[serde(default)]
    pub availability_zones: Vec<String>,
    #[serde(default)]
    pub subnets: Vec<String>,
    #[serde(rename = "VPCId")]
    pub vpc_id: Option<String>,
    #[serde(default)]
    pub instances: Vec<ClassicInstance>,
    pub health_check: Option<ClassicHealthCheck>,
    pub source_security_group: Option<SourceSecurityGroup>,
    #[serde(default)]
    pub security_groups: Vec<String>,
    pub created_time: Option<Timestamp>,
    /// `internet-facing` or `internal`.
    pub scheme: Option<String>,
    /// From `DescribeLoadBalancerAttributes`; none if that was not read.
    pub load_balancer_attributes: Option<ClassicAttributes>,
    /// From `DescribeLoadBalancerPolicies`; none if that was not read, or no listener has a policy to ask about.
    pub policy_descriptions: Option<Vec<PolicyDescription>>,
}

/// Its settings. AWS gives all of them but `AdditionalAttributes`, which not every region has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicAttributes {
    pub cross_zone_load_balancing: Option<CrossZoneLoadBalancing>,
    pub access_log: Option<ClassicAccessLog>,
    pub connection_draining: Option<ConnectionDraining>,
    pub connection_settings: Option<ConnectionSettings>,
    #[serde(default)]
    pub additional_attributes: Vec<AdditionalAttribute>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CrossZoneLoadBalancing {
    #[serde(default)]
    pub enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicAccessLog {
    #[serde(default)]
    pub enabled: bool,
    pub s3_bucket_name: Option<String>,
    /// Minutes.
    pub emit_interval: Option<i32>,
    pub s3_bucket_prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectionDraining {
    #[serde(default)]
    pub enabled: bool,
    /// Seconds.
    pub timeout: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectionSettings {
    /// Seconds.
    pub idle_timeout: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdditionalAttribute {
    /// `elb.http.desyncmitigationmode`.
    pub key: Option<String>,
    pub value: Option<String>,
}

/// A policy of the load balancer, one that listeners name or one that is left over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDescription {
    pub policy_name: Option<String>,
    /// `SSLNegotiationPolicyType`, `LBCookieStickinessPolicyType` and so on.
    pub policy_type_name: Option<String>,
    #[serde(default)]
    pub policy_attribute_descriptions: Vec<PolicyAttributeDescription>,
}

/// Of a policy for TLS there is one for each protocol and cipher, with `true` or `false`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyAttributeDescription {
    pub attribute_name: Option<String>,
    pub attribute_value: Option<String>,
}

impl ClassicLoadBalancer {
    /// Whether a listener names a policy, which only a call of its own tells of.
    pub fn has_policies(&self) -> bool {
        self.listener_descriptions.iter().any(|listener| !listener.policy_names.is_empty())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerDescription {
    pub listener: Option<ClassicListener>,
    #[serde(default)]
    pub policy_names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicListener {
    /// `HTTP`, `HTTPS`, `TCP` or `SSL`; AWS writes some in lower case.
    pub protocol: Option<String>,
    pub load_balancer_port: Option<i32>,
    pub instance_protocol: Option<String>,
    pub instance_port: Option<i32>,
    #[serde(rename = "SSLCertificateId")]
    pub ssl_certificate_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackendServerDescription {
    pub instance_port: Option<i32>,
    #[serde(default)]
    pub policy_names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicInstance {
    pub instance_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClassicHealthCheck {
    /// Protocol, port and perhaps a path, such as `HTTP:80/health`.
    pub target: Option<String>,
    pub interval: Option<i32>,
    pub timeout: Option<i32>,
    pub unhealthy_threshold: Option<i32>,
    pub healthy_threshold: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SourceSecurityGroup {
    pub owner_alias: Option<String>,
    pub group_name: Option<String>,
}

impl AwsResource for ClassicLoadBalancer {
    const TYPE: &'static str = "AWS::ElasticLoadBalancing::LoadBalancer";
    const OPERATIONS: &'static [&'static str] =
        &["elb:DescribeLoadBalancers", "elb:DescribeLoadBalancerAttributes", "elb:DescribeLoadBalancerPolicies"];

    fn id(&self) -> &str {
        &self.load_balancer_name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("elasticloadbalancing", format_args!("loadbalancer/{}", self.load_balancer_name))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.load_balancer_name)
    }
}
