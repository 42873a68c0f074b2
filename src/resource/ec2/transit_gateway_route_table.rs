use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// Where a transit gateway sends what comes in from the attachments that are associated with the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRouteTable {
    pub transit_gateway_route_table_id: String,
    pub transit_gateway_id: Option<String>,
    pub state: Option<String>,
    pub default_association_route_table: Option<bool>,
    pub default_propagation_route_table: Option<bool>,
    pub creation_time: Option<Timestamp>,
    /// Whose traffic it routes, from `GetTransitGatewayRouteTableAssociations`; none if that was not read to its end.
    pub associations: Option<Vec<TransitGatewayRouteTableAssociation>>,
    /// Whose routes it takes up by itself, from `GetTransitGatewayRouteTablePropagations`; none if that was not read
    /// to its end.
    pub propagations: Option<Vec<TransitGatewayRouteTablePropagation>>,
    /// The active routes and the black holes, from `SearchTransitGatewayRoutes`; none if that was not read.
    pub routes: Option<Vec<TransitGatewayRoute>>,
    /// True if AWS has more routes than it gave: where a packet goes is then not known.
    pub additional_routes_available: Option<bool>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRouteTableAssociation {
    pub transit_gateway_attachment_id: Option<String>,
    pub resource_id: Option<String>,
    pub resource_type: Option<String>,
    /// `associating`, `associated`, `disassociating` or `disassociated`.
    pub state: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRouteTablePropagation {
    pub transit_gateway_attachment_id: Option<String>,
    pub resource_id: Option<String>,
    pub resource_type: Option<String>,
    /// `enabling`, `enabled`, `disabling` or `disabled`.
    pub state: Option<String>,
    pub transit_gateway_route_table_announcement_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRoute {
    pub destination_cidr_block: Option<String>,
    pub prefix_list_id: Option<String>,
    pub transit_gateway_route_table_announcement_id: Option<String>,
    /// Several where traffic is spread over VPN connections.
    #[serde(default)]
    pub transit_gateway_attachments: Vec<TransitGatewayRouteAttachment>,
    /// `static` or `propagated`.
    pub r#type: Option<String>,
    /// `active`, `blackhole` and others.
    pub state: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransitGatewayRouteAttachment {
    pub resource_id: Option<String>,
    pub transit_gateway_attachment_id: Option<String>,
    pub resource_type: Option<String>,
}

impl AwsResource for TransitGatewayRouteTable {
    const TYPE: &'static str = "AWS::EC2::TransitGatewayRouteTable";
    const OPERATIONS: &'static [&'static str] = &[
        "ec2:DescribeTransitGatewayRouteTables",
        "ec2:GetTransitGatewayRouteTableAssociations",
        "ec2:GetTransitGatewayRouteTablePropagations",
        "ec2:SearchTransitGatewayRoutes",
    ];

    fn id(&self) -> &str {
        &self.transit_gateway_route_table_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("transit-gateway-route-table/{}", self.transit_gateway_route_table_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
