use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::iam::PolicyText;
use crate::resource::ec2::{GroupIdentifier, owned_arn};
use crate::resource::{AwsResource, Tag, name_tag};

/// A private way from a VPC to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpoint {
    pub vpc_endpoint_id: String,
    pub vpc_endpoint_type: Option<String>,
    pub vpc_id: Option<String>,
    pub service_name: Option<String>,
    pub state: Option<String>,
    pub policy_document: Option<PolicyText>,
    #[serde(default)]
    pub route_table_ids: Vec<String>,
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    #[serde(default)]
    pub groups: Vec<GroupIdentifier>,
    pub ip_address_type: Option<String>,
    pub private_dns_enabled: Option<bool>,
    pub requester_managed: Option<bool>,
    #[serde(default)]
    pub network_interface_ids: Vec<String>,
    pub creation_timestamp: Option<Timestamp>,
    pub owner_id: Option<String>,
    pub last_error: Option<VpcEndpointLastError>,
    #[serde(default)]
    pub ipv4_prefixes: Vec<SubnetIpPrefixes>,
    #[serde(default)]
    pub ipv6_prefixes: Vec<SubnetIpPrefixes>,
    pub failure_reason: Option<String>,
    pub service_network_arn: Option<String>,
    pub resource_configuration_arn: Option<String>,
    pub service_region: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpointLastError {
    pub message: Option<String>,
    pub code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubnetIpPrefixes {
    pub subnet_id: Option<String>,
    #[serde(default)]
    pub ip_prefixes: Vec<String>,
}

impl AwsResource for VpcEndpoint {
    const TYPE: &'static str = "AWS::EC2::VPCEndpoint";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpcEndpoints"];

    fn id(&self) -> &str {
        &self.vpc_endpoint_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("vpc-endpoint/{}", self.vpc_endpoint_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// A service that this account offers to endpoints of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpointService {
    pub service_id: String,
    #[serde(default)]
    pub service_type: Vec<ServiceTypeDetail>,
    pub service_name: Option<String>,
    pub service_state: Option<String>,
    #[serde(default)]
    pub availability_zone_ids: Vec<String>,
    #[serde(default)]
    pub availability_zones: Vec<String>,
    pub acceptance_required: Option<bool>,
    pub manages_vpc_endpoints: Option<bool>,
    #[serde(default)]
    pub network_load_balancer_arns: Vec<String>,
    #[serde(default)]
    pub gateway_load_balancer_arns: Vec<String>,
    #[serde(default)]
    pub supported_ip_address_types: Vec<String>,
    pub private_dns_name: Option<String>,
    pub payer_responsibility: Option<String>,
    #[serde(default)]
    pub supported_regions: Vec<SupportedRegionDetail>,
    pub remote_access_enabled: Option<bool>,
    /// Who may make endpoints to it, from `DescribeVpcEndpointServicePermissions`; none if that was not read.
    pub allowed_principals: Option<Vec<AllowedPrincipal>>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceTypeDetail {
    pub service_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SupportedRegionDetail {
    pub region: Option<String>,
    pub service_state: Option<String>,
}

/// Who may make an endpoint to the service: an ARN or `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllowedPrincipal {
    pub principal: Option<String>,
    pub principal_type: Option<String>,
    pub service_permission_id: Option<String>,
}

impl AwsResource for VpcEndpointService {
    const TYPE: &'static str = "AWS::EC2::VPCEndpointService";
    const OPERATIONS: &'static [&'static str] =
        &["ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServicePermissions"];

    fn id(&self) -> &str {
        &self.service_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpc-endpoint-service/{}", self.service_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
