//! EC2: networks, their gates, and what sits in them.

mod address;
mod block_public_access;
mod client_vpn;
mod dhcp_options;
mod endpoint;
mod flow_log;
mod image;
mod instance;
mod internet_gateway;
mod launch_template;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod peering;
mod prefix_list;
mod route_table;
mod security_group;
mod settings;
mod subnet;
mod transit_gateway;
mod transit_gateway_route_table;
mod volume;
mod vpc;
mod vpn;

pub use address::Address;
pub use block_public_access::{VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions};
pub use client_vpn::{ClientVpnAuthentication, ClientVpnEndpoint, ClientVpnEndpointStatus, ConnectionLogOptions};
pub use dhcp_options::{AttributeValue, DhcpConfiguration, DhcpOptions};
pub use endpoint::{
    AllowedPrincipal, ServiceTypeDetail, SubnetIpPrefixes, SupportedRegionDetail, VpcEndpoint, VpcEndpointLastError,
    VpcEndpointService,
};
pub use flow_log::{FlowLog, FlowLogDestinationOptions};
pub use image::Image;
pub use instance::{
    EnclaveOptions, IamInstanceProfile, Instance, InstanceIpv4Prefix, InstanceIpv6Address, InstanceIpv6Prefix,
    InstanceMetadataOptions, InstanceMonitoring, InstanceNetworkInterface, InstanceNetworkInterfaceAssociation,
    InstanceNetworkInterfaceAttachment, InstancePlacement, InstancePrivateIpAddress, InstanceState, StateReason,
};
pub use internet_gateway::{CarrierGateway, EgressOnlyInternetGateway, InternetGateway, InternetGatewayAttachment};
pub use launch_template::{
    LaunchTemplate, LaunchTemplateData, LaunchTemplateInstanceProfile, LaunchTemplateMetadataOptions,
    LaunchTemplateNetworkInterface, LaunchTemplateVersion,
};
pub use nat_gateway::{NatGateway, NatGatewayAddress, NatGatewayAttachedAppliance};
pub use network_acl::{IcmpTypeCode, NetworkAcl, NetworkAclAssociation, NetworkAclEntry, PortRange};
pub use network_interface::{
    GroupIdentifier, Ipv4PrefixSpecification, Ipv6PrefixSpecification, NetworkInterface, NetworkInterfaceAssociation,
    NetworkInterfaceAttachment, NetworkInterfaceIpv6Address, NetworkInterfacePrivateIpAddress, Operator,
};
pub use peering::{
    CidrBlock, Ipv6CidrBlock, VpcPeeringConnection, VpcPeeringConnectionOptionsDescription,
    VpcPeeringConnectionStateReason, VpcPeeringConnectionVpcInfo,
};
pub use prefix_list::{PrefixList, PrefixListEntry};
pub use route_table::{
    PropagatingVgw, Route, RouteTable, RouteTableAssociation, RouteTableAssociationState, TargetKind,
};
pub use security_group::{IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, UserIdGroupPair};
pub use settings::{AccountSettings, InstanceMetadataDefaults};
pub use subnet::{PrivateDnsNameOptionsOnLaunch, Subnet, SubnetCidrBlockState, SubnetIpv6CidrBlockAssociation};
pub use transit_gateway::{
    PeeringTgwInfo, TransitGateway, TransitGatewayAttachment, TransitGatewayAttachmentAssociation,
    TransitGatewayEncryptionSupport, TransitGatewayOptions, TransitGatewayPeeringAttachment,
    TransitGatewayVpcAttachment, TransitGatewayVpcAttachmentOptions,
};
pub use transit_gateway_route_table::{
    TransitGatewayRoute, TransitGatewayRouteAttachment, TransitGatewayRouteTable, TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
};
pub use volume::{Snapshot, Volume, VolumeAttachment};
pub use vpc::{
    BlockPublicAccessStates, Vpc, VpcCidrBlockAssociation, VpcCidrBlockState, VpcEncryptionControl,
    VpcIpv6CidrBlockAssociation,
};
pub use vpn::{
    CustomerGateway, TunnelNumber, TunnelOption, TunnelText, VgwTelemetry, VpnConnection, VpnConnectionOptions,
    VpnGateway, VpnGatewayAttachment, VpnStaticRoute, VpnTunnelCloudWatchLogOptions, VpnTunnelLogOptions,
};

use std::fmt::Display;

use crate::arn::{Arn, Scope};

/// The ARN of something that its owner may share with other accounts: it names the owner, whoever sees it.
fn owned_arn(scope: &Scope, owner: Option<&str>, resource: impl Display) -> Arn {
    match owner.and_then(|owner| owner.parse().ok()) {
        Some(account) => Scope { account, ..scope.clone() }.arn("ec2", resource),
        None => scope.arn("ec2", resource),
    }
}

/// The ARN of what AWS names without an account, because anyone may be let use it.
fn unowned_arn(scope: &Scope, resource: impl Display) -> Arn {
    let region = scope.region.as_str();
    let text = format!("arn:{}:ec2:{region}::{resource}", scope.partition);
    text.try_into().unwrap_or_else(|_| scope.arn("ec2", "unnamed"))
}
