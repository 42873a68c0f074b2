use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{CustomerGateway, VpnConnection, VpnGateway};

use super::mirror::{insert, listed, mirror};

/// AWS gives this list in one page.
pub async fn customer_gateways(reader: &Reader, ec2: &Client) {
    let answer = reader.one("ec2:DescribeCustomerGateways", || ec2.describe_customer_gateways().send()).await;
    insert::<CustomerGateway, _>(reader, answer.and_then(|answer| answer.customer_gateways).unwrap_or_default());
}

/// AWS gives this list in one page.
pub async fn vpn_gateways(reader: &Reader, ec2: &Client) {
    let answer = reader.one("ec2:DescribeVpnGateways", || ec2.describe_vpn_gateways().send()).await;
    insert::<VpnGateway, _>(reader, answer.and_then(|answer| answer.vpn_gateways).unwrap_or_default());
}

/// AWS gives this list in one page.
pub async fn vpn_connections(reader: &Reader, ec2: &Client) {
    let answer = reader.one("ec2:DescribeVpnConnections", || ec2.describe_vpn_connections().send()).await;
    insert::<VpnConnection, _>(reader, answer.and_then(|answer| answer.vpn_connections).unwrap_or_default());
}

listed! { CustomerGateway => CustomerGateway by [customer_gateway_id] { certificate_arn, device_name, bgp_asn_extended, state, r#type, ip_address, bgp_asn, tags } }
listed! { VpnGateway => VpnGateway by [vpn_gateway_id] { amazon_side_asn, state, r#type, availability_zone, vpc_attachments, tags } }
listed! { VpnConnection => VpnConnection by [vpn_connection_id] { category, transit_gateway_id, vpn_concentrator_id, core_network_arn, core_network_attachment_arn, gateway_association_state, options, routes, vgw_telemetry, pre_shared_key_arn, state, r#type, customer_gateway_id, vpn_gateway_id, tags } }
mirror! {
    VpcAttachment => VpnGatewayAttachment { vpc_id, state }
    VpnConnectionOptions => VpnConnectionOptions { enable_acceleration, static_routes_only, local_ipv4_network_cidr, remote_ipv4_network_cidr, local_ipv6_network_cidr, remote_ipv6_network_cidr, outside_ip_address_type, transport_transit_gateway_attachment_id, tunnel_inside_ip_version, tunnel_options, tunnel_bandwidth }
    TunnelOption => TunnelOption { outside_ip_address, tunnel_inside_cidr, tunnel_inside_ipv6_cidr, phase1_lifetime_seconds, phase2_lifetime_seconds, rekey_margin_time_seconds, rekey_fuzz_percentage, replay_window_size, dpd_timeout_seconds, dpd_timeout_action, phase1_encryption_algorithms, phase2_encryption_algorithms, phase1_integrity_algorithms, phase2_integrity_algorithms, phase1_dh_group_numbers, phase2_dh_group_numbers, ike_versions, startup_action, log_options, enable_tunnel_lifecycle_control }
    Phase1EncryptionAlgorithmsListValue => TunnelText { value }
    Phase2EncryptionAlgorithmsListValue => TunnelText { value }
    Phase1IntegrityAlgorithmsListValue => TunnelText { value }
    Phase2IntegrityAlgorithmsListValue => TunnelText { value }
    Phase1DhGroupNumbersListValue => TunnelNumber { value }
    Phase2DhGroupNumbersListValue => TunnelNumber { value }
    IkeVersionsListValue => TunnelText { value }
    VpnTunnelLogOptions => VpnTunnelLogOptions { cloud_watch_log_options }
    CloudWatchLogOptions => VpnTunnelCloudWatchLogOptions { log_enabled, log_group_arn, log_output_format, bgp_log_enabled, bgp_log_group_arn, bgp_log_output_format }
    VpnStaticRoute => VpnStaticRoute { destination_cidr_block, source, state }
    VgwTelemetry => VgwTelemetry { accepted_route_count, last_status_change, outside_ip_address, status, status_message, certificate_arn }
}
