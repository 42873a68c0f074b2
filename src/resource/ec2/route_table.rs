use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag, name_tag};

/// Where packets that leave a subnet, or enter by a gateway, go next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTable {
    pub route_table_id: String,
    #[serde(default)]
    pub associations: Vec<RouteTableAssociation>,
    /// The virtual private gateways that write routes into it.
    #[serde(default)]
    pub propagating_vgws: Vec<PropagatingVgw>,
    #[serde(default)]
    pub routes: Vec<Route>,
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTableAssociation {
    /// Whether it is the table of every subnet of the VPC that has no other.
    pub main: Option<bool>,
    pub subnet_id: Option<String>,
    pub route_table_association_id: Option<String>,
    pub route_table_id: Option<String>,
    /// The internet gateway or virtual private gateway whose incoming packets it routes.
    pub gateway_id: Option<String>,
    /// A pool of public addresses whose packets it routes to an interface.
    pub public_ipv4_pool: Option<String>,
    pub association_state: Option<RouteTableAssociationState>,
}

/// `associating`, `associated`, `disassociating`, `disassociated` or `failed`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTableAssociationState {
    pub state: Option<String>,
    pub status_message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PropagatingVgw {
    pub gateway_id: Option<String>,
}

/// A destination, and the one target that is set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Route {
    pub destination_cidr_block: Option<String>,
    pub destination_ipv6_cidr_block: Option<String>,
    pub destination_prefix_list_id: Option<String>,
    pub egress_only_internet_gateway_id: Option<String>,
    /// `local`, an internet gateway, a virtual private gateway or a gateway endpoint.
    pub gateway_id: Option<String>,
    pub instance_id: Option<String>,
    pub instance_owner_id: Option<String>,
    pub nat_gateway_id: Option<String>,
    pub transit_gateway_id: Option<String>,
    pub local_gateway_id: Option<String>,
    pub carrier_gateway_id: Option<String>,
    pub network_interface_id: Option<String>,
    /// `CreateRouteTable`, `CreateRoute`, `EnableVgwRoutePropagation` or `Advertisement`.
    pub origin: Option<String>,
    /// `active`, `blackhole` (the target is gone; such a route still wins) or `filtered`.
    pub state: Option<String>,
    pub vpc_peering_connection_id: Option<String>,
    pub core_network_arn: Option<String>,
    pub odb_network_arn: Option<String>,
    /// The next hop that a route server wrote.
    pub ip_address: Option<String>,
}

impl RouteTableAssociation {
    /// Whether packets follow it; an association that is on its way out still counts.
    pub fn is_in_force(&self) -> bool {
        let state = self.association_state.as_ref().and_then(|state| state.state.as_deref());
        !matches!(state, Some("disassociated" | "failed" | "associating"))
    }
}

impl Route {
    /// Whether it passes packets on. AWS gives every route a state.
    pub fn is_active(&self) -> bool {
        matches!(self.state.as_deref(), None | Some("active"))
    }

    /// The target, and its kind.
    pub fn target(&self) -> Option<(TargetKind, &str)> {
        use TargetKind as Kind;
        // An instance's route names its interface too.
        let own = [
            (Kind::NatGateway, &self.nat_gateway_id),
            (Kind::TransitGateway, &self.transit_gateway_id),
            (Kind::VpcPeeringConnection, &self.vpc_peering_connection_id),
            (Kind::EgressOnlyInternetGateway, &self.egress_only_internet_gateway_id),
            (Kind::CarrierGateway, &self.carrier_gateway_id),
            (Kind::LocalGateway, &self.local_gateway_id),
            (Kind::CoreNetwork, &self.core_network_arn),
            (Kind::OdbNetwork, &self.odb_network_arn),
            (Kind::NetworkInterface, &self.network_interface_id),
            (Kind::Instance, &self.instance_id),
            (Kind::IpAddress, &self.ip_address),
        ];
        if let Some((kind, id)) = own.into_iter().find_map(|(kind, id)| Some((kind, id.as_deref()?))) {
            return Some((kind, id));
        }
        let id = self.gateway_id.as_deref()?;
        let kind = match id.split('-').next() {
            Some("local") => Kind::Local,
            Some("igw") => Kind::InternetGateway,
            Some("vgw") => Kind::VpnGateway,
            Some("vpce") => Kind::VpcEndpoint,
            _ => Kind::Other,
        };
        Some((kind, id))
    }
}

/// What a route leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    Local,
    InternetGateway,
    EgressOnlyInternetGateway,
    CarrierGateway,
    LocalGateway,
    VpnGateway,
    VpcEndpoint,
    NatGateway,
    TransitGateway,
    VpcPeeringConnection,
    NetworkInterface,
    Instance,
    CoreNetwork,
    OdbNetwork,
    IpAddress,
    /// A gateway of a kind that this version does not know.
    Other,
}

impl TargetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            TargetKind::Local => "local",
            TargetKind::InternetGateway => "internet-gateway",
            TargetKind::EgressOnlyInternetGateway => "egress-only-internet-gateway",
            TargetKind::CarrierGateway => "carrier-gateway",
            TargetKind::LocalGateway => "local-gateway",
            TargetKind::VpnGateway => "vpn-gateway",
            TargetKind::VpcEndpoint => "vpc-endpoint",
            TargetKind::NatGateway => "nat-gateway",
            TargetKind::TransitGateway => "transit-gateway",
            TargetKind::VpcPeeringConnection => "vpc-peering-connection",
            TargetKind::NetworkInterface => "network-interface",
            TargetKind::Instance => "instance",
            TargetKind::CoreNetwork => "core-network",
            TargetKind::OdbNetwork => "odb-network",
            TargetKind::IpAddress => "ip-address",
            TargetKind::Other => "other",
        }
    }
}

impl AwsResource for RouteTable {
    const TYPE: &'static str = "AWS::EC2::RouteTable";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeRouteTables"];

    fn id(&self) -> &str {
        &self.route_table_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("route-table/{}", self.route_table_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
