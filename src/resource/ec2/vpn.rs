use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// This account's name for a VPN device of its own network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomerGateway {
    pub customer_gateway_id: String,
    pub certificate_arn: Option<String>,
    pub device_name: Option<String>,
    pub bgp_asn_extended: Option<String>,
    pub state: Option<String>,
    pub r#type: Option<String>,
    pub ip_address: Option<String>,
    pub bgp_asn: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for CustomerGateway {
    const TYPE: &'static str = "AWS::EC2::CustomerGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeCustomerGateways"];

    fn id(&self) -> &str {
        &self.customer_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("customer-gateway/{}", self.customer_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// The VPC's end of VPN connections and Direct Connect links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnGateway {
    pub vpn_gateway_id: String,
    pub amazon_side_asn: Option<i64>,
    pub state: Option<String>,
    pub r#type: Option<String>,
    pub availability_zone: Option<String>,
    #[serde(default)]
    pub vpc_attachments: Vec<VpnGatewayAttachment>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnGatewayAttachment {
    pub vpc_id: Option<String>,
    pub state: Option<String>,
}

impl AwsResource for VpnGateway {
    const TYPE: &'static str = "AWS::EC2::VPNGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpnGateways"];

    fn id(&self) -> &str {
        &self.vpn_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpn-gateway/{}", self.vpn_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// A site-to-site VPN. Its configuration for the customer's device is never kept: it holds the pre-shared keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnConnection {
    pub vpn_connection_id: String,
    pub category: Option<String>,
    pub transit_gateway_id: Option<String>,
    pub vpn_concentrator_id: Option<String>,
    pub core_network_arn: Option<String>,
    pub core_network_attachment_arn: Option<String>,
    pub gateway_association_state: Option<String>,
    pub options: Option<VpnConnectionOptions>,
    #[serde(default)]
    pub routes: Vec<VpnStaticRoute>,
    #[serde(default)]
    pub vgw_telemetry: Vec<VgwTelemetry>,
    /// Names the secret that holds the keys; it is not the keys.
    pub pre_shared_key_arn: Option<String>,
    pub state: Option<String>,
    pub r#type: Option<String>,
    pub customer_gateway_id: Option<String>,
    pub vpn_gateway_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnConnectionOptions {
    pub enable_acceleration: Option<bool>,
    pub static_routes_only: Option<bool>,
    pub local_ipv4_network_cidr: Option<String>,
    pub remote_ipv4_network_cidr: Option<String>,
    pub local_ipv6_network_cidr: Option<String>,
    pub remote_ipv6_network_cidr: Option<String>,
    pub outside_ip_address_type: Option<String>,
    pub transport_transit_gateway_attachment_id: Option<String>,
    pub tunnel_inside_ip_version: Option<String>,
    #[serde(default)]
    pub tunnel_options: Vec<TunnelOption>,
    pub tunnel_bandwidth: Option<String>,
}

/// One tunnel's settings, without its pre-shared key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TunnelOption {
    pub outside_ip_address: Option<String>,
    pub tunnel_inside_cidr: Option<String>,
    pub tunnel_inside_ipv6_cidr: Option<String>,
    pub phase1_lifetime_seconds: Option<i32>,
    pub phase2_lifetime_seconds: Option<i32>,
    pub rekey_margin_time_seconds: Option<i32>,
    pub rekey_fuzz_percentage: Option<i32>,
    pub replay_window_size: Option<i32>,
    pub dpd_timeout_seconds: Option<i32>,
    pub dpd_timeout_action: Option<String>,
    #[serde(default)]
    pub phase1_encryption_algorithms: Vec<TunnelText>,
    #[serde(default)]
    pub phase2_encryption_algorithms: Vec<TunnelText>,
    #[serde(default)]
    pub phase1_integrity_algorithms: Vec<TunnelText>,
    #[serde(default)]
    pub phase2_integrity_algorithms: Vec<TunnelText>,
    #[serde(rename = "Phase1DHGroupNumbers")]
    #[serde(default)]
    pub phase1_dh_group_numbers: Vec<TunnelNumber>,
    #[serde(rename = "Phase2DHGroupNumbers")]
    #[serde(default)]
    pub phase2_dh_group_numbers: Vec<TunnelNumber>,
    #[serde(default)]
    pub ike_versions: Vec<TunnelText>,
    pub startup_action: Option<String>,
    pub log_options: Option<VpnTunnelLogOptions>,
    pub enable_tunnel_lifecycle_control: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TunnelText {
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TunnelNumber {
    pub value: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnTunnelLogOptions {
    pub cloud_watch_log_options: Option<VpnTunnelCloudWatchLogOptions>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnTunnelCloudWatchLogOptions {
    pub log_enabled: Option<bool>,
    pub log_group_arn: Option<String>,
    pub log_output_format: Option<String>,
    pub bgp_log_enabled: Option<bool>,
    pub bgp_log_group_arn: Option<String>,
    pub bgp_log_output_format: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpnStaticRoute {
    pub destination_cidr_block: Option<String>,
    pub source: Option<String>,
    pub state: Option<String>,
}

/// How one tunnel fares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VgwTelemetry {
    pub accepted_route_count: Option<i32>,
    pub last_status_change: Option<Timestamp>,
    pub outside_ip_address: Option<String>,
    /// `UP` or `DOWN`.
    pub status: Option<String>,
    pub status_message: Option<String>,
    pub certificate_arn: Option<String>,
}

impl AwsResource for VpnConnection {
    const TYPE: &'static str = "AWS::EC2::VPNConnection";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpnConnections"];

    fn id(&self) -> &str {
        &self.vpn_connection_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpn-connection/{}", self.vpn_connection_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
