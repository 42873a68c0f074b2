use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag, name_tag};

/// A virtual private cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    pub vpc_id: String,
    pub owner_id: Option<String>,
    pub instance_tenancy: Option<String>,
    #[serde(default)]
    pub ipv6_cidr_block_association_set: Vec<VpcIpv6CidrBlockAssociation>,
    #[serde(default)]
    pub cidr_block_association_set: Vec<VpcCidrBlockAssociation>,
    pub is_default: bool,
    pub encryption_control: Option<VpcEncryptionControl>,
    pub block_public_access_states: Option<BlockPublicAccessStates>,
    pub state: Option<String>,
    pub cidr_block: Option<String>,
    pub dhcp_options_id: Option<String>,
    /// From `DescribeVpcAttribute`; none if that was not read.
    pub enable_dns_support: Option<bool>,
    /// From `DescribeVpcAttribute`; none if that was not read.
    pub enable_dns_hostnames: Option<bool>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcIpv6CidrBlockAssociation {
    pub association_id: Option<String>,
    pub ipv6_cidr_block: Option<String>,
    pub ipv6_cidr_block_state: Option<VpcCidrBlockState>,
    pub network_border_group: Option<String>,
    pub ipv6_pool: Option<String>,
    pub ipv6_address_attribute: Option<String>,
    pub ip_source: Option<String>,
}

/// `associating`, `associated`, `disassociating`, `disassociated`, `failing` or `failed`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcCidrBlockState {
    pub state: Option<String>,
    pub status_message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcCidrBlockAssociation {
    pub association_id: Option<String>,
    pub cidr_block: Option<String>,
    pub cidr_block_state: Option<VpcCidrBlockState>,
}

/// Whether the VPC watches or enforces encryption in transit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEncryptionControl {
    pub vpc_encryption_control_id: Option<String>,
    pub mode: Option<String>,
    pub state: Option<String>,
    pub state_message: Option<String>,
}

/// What VPC Block Public Access comes to here, exclusions counted: `off`, `block-bidirectional` or `block-ingress`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockPublicAccessStates {
    pub internet_gateway_block_mode: Option<String>,
}

impl AwsResource for Vpc {
    const TYPE: &'static str = "AWS::EC2::VPC";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"];

    fn id(&self) -> &str {
        &self.vpc_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("vpc/{}", self.vpc_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
