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
    const OPERATIONS: &'static [&'static str] = &["elb:DescribeLoadBalancers"];

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
