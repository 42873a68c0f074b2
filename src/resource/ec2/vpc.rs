use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// A virtual private cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    pub vpc_id: String,
    pub owner_id: Option<String>,
    pub state: Option<String>,
    pub is_default: bool,
    pub cidr_block: Option<String>,
    #[serde(default)]
    pub cidr_block_association_set: Vec<CidrBlockAssociation>,
    #[serde(default)]
    pub ipv6_cidr_block_association_set: Vec<CidrBlockAssociation>,
    pub dhcp_options_id: Option<String>,
    pub instance_tenancy: Option<String>,
    /// `InternetGatewayBlockMode` of the VPC's block public access state.
    pub internet_gateway_block_mode: Option<String>,
    /// From `DescribeVpcAttribute`; none if that was not read.
    pub enable_dns_support: Option<bool>,
    /// From `DescribeVpcAttribute`; none if that was not read.
    pub enable_dns_hostnames: Option<bool>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A block of addresses that belongs to a VPC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CidrBlockAssociation {
    pub association_id: Option<String>,
    pub cidr_block: String,
    /// `associating`, `associated`, `disassociating`, `disassociated`, `failing` or `failed`.
    pub state: Option<String>,
}

impl AwsResource for Vpc {
    const TYPE: &'static str = "AWS::EC2::VPC";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"];

    fn id(&self) -> &str {
        &self.vpc_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpc/{}", self.vpc_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
