use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// A link between two VPCs, of one account or two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcPeeringConnection {
    pub vpc_peering_connection_id: String,
    pub accepter_vpc_info: Option<VpcPeeringConnectionVpcInfo>,
    pub expiration_time: Option<Timestamp>,
    pub requester_vpc_info: Option<VpcPeeringConnectionVpcInfo>,
    pub status: Option<VpcPeeringConnectionStateReason>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcPeeringConnectionVpcInfo {
    pub cidr_block: Option<String>,
    #[serde(default)]
    pub ipv6_cidr_block_set: Vec<Ipv6CidrBlock>,
    #[serde(default)]
    pub cidr_block_set: Vec<CidrBlock>,
    pub owner_id: Option<String>,
    pub peering_options: Option<VpcPeeringConnectionOptionsDescription>,
    pub vpc_id: Option<String>,
    pub region: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6CidrBlock {
    pub ipv6_cidr_block: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CidrBlock {
    pub cidr_block: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcPeeringConnectionOptionsDescription {
    pub allow_dns_resolution_from_remote_vpc: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcPeeringConnectionStateReason {
    /// `active`, `pending-acceptance`, `provisioning`, `initiating-request`, `rejected`, `expired`, `failed`, `deleting` or `deleted`.
    pub code: Option<String>,
    pub message: Option<String>,
}

impl AwsResource for VpcPeeringConnection {
    const TYPE: &'static str = "AWS::EC2::VPCPeeringConnection";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpcPeeringConnections"];

    fn id(&self) -> &str {
        &self.vpc_peering_connection_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpc-peering-connection/{}", self.vpc_peering_connection_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
