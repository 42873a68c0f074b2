use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag, name_tag};

/// A router between VPCs, VPNs and other networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGateway {
    pub transit_gateway_id: String,
    pub transit_gateway_arn: Option<String>,
    pub state: Option<String>,
    pub owner_id: Option<String>,
    pub description: Option<String>,
    pub creation_time: Option<Timestamp>,
    pub options: Option<TransitGatewayOptions>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayOptions {
    pub amazon_side_asn: Option<i64>,
    #[serde(default)]
    pub transit_gateway_cidr_blocks: Vec<String>,
    pub auto_accept_shared_attachments: Option<String>,
    pub default_route_table_association: Option<String>,
    pub association_default_route_table_id: Option<String>,
    pub default_route_table_propagation: Option<String>,
    pub propagation_default_route_table_id: Option<String>,
    pub vpn_ecmp_support: Option<String>,
    pub dns_support: Option<String>,
    pub security_group_referencing_support: Option<String>,
    pub multicast_support: Option<String>,
    pub encryption_support: Option<TransitGatewayEncryptionSupport>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayEncryptionSupport {
    pub encryption_state: Option<String>,
    pub state_message: Option<String>,
}

impl AwsResource for TransitGateway {
    const TYPE: &'static str = "AWS::EC2::TransitGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeTransitGateways"];

    fn id(&self) -> &str {
        &self.transit_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("transit-gateway/{}", self.transit_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// A network that is attached to a transit gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayAttachment {
    pub transit_gateway_attachment_id: String,
    pub transit_gateway_id: Option<String>,
    pub transit_gateway_owner_id: Option<String>,
    pub resource_owner_id: Option<String>,
    /// `vpc`, `vpn`, `direct-connect-gateway`, `connect`, `peering`, `tgw-peering` and others.
    pub resource_type: Option<String>,
    pub resource_id: Option<String>,
    pub state: Option<String>,
    pub association: Option<TransitGatewayAttachmentAssociation>,
    pub creation_time: Option<Timestamp>,
    pub nat_gateway_support: Option<String>,
    /// From `DescribeTransitGatewayVpcAttachments`, for a VPC of this account; none if that was not read.
    pub vpc_attachment: Option<TransitGatewayVpcAttachment>,
    /// From `DescribeTransitGatewayPeeringAttachments`, for a peering of transit gateways; none if that was not read.
    pub peering_attachment: Option<TransitGatewayPeeringAttachment>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayAttachmentAssociation {
    pub transit_gateway_route_table_id: Option<String>,
    pub transit_gateway_policy_table_id: Option<String>,
    pub state: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayVpcAttachment {
    pub vpc_id: Option<String>,
    pub vpc_owner_id: Option<String>,
    #[serde(default)]
    pub subnet_ids: Vec<String>,
    pub options: Option<TransitGatewayVpcAttachmentOptions>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayVpcAttachmentOptions {
    pub dns_support: Option<String>,
    pub security_group_referencing_support: Option<String>,
    pub ipv6_support: Option<String>,
    pub appliance_mode_support: Option<String>,
}

/// The two transit gateways of a peering. Each has an attachment of its own, of the same id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayPeeringAttachment {
    pub requester_tgw_info: Option<PeeringTgwInfo>,
    pub accepter_tgw_info: Option<PeeringTgwInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PeeringTgwInfo {
    pub transit_gateway_id: Option<String>,
    pub core_network_id: Option<String>,
    pub owner_id: Option<String>,
    pub region: Option<String>,
}

impl AwsResource for TransitGatewayAttachment {
    const TYPE: &'static str = "AWS::EC2::TransitGatewayAttachment";
    const OPERATIONS: &'static [&'static str] = &[
        "ec2:DescribeTransitGatewayAttachments",
        "ec2:DescribeTransitGatewayPeeringAttachments",
        "ec2:DescribeTransitGatewayVpcAttachments",
    ];

    fn id(&self) -> &str {
        &self.transit_gateway_attachment_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("transit-gateway-attachment/{}", self.transit_gateway_attachment_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
