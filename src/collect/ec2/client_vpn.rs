use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::ClientVpnEndpoint;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let endpoints = reader
        .pages(
            "ec2:DescribeClientVpnEndpoints",
            |token| ec2.describe_client_vpn_endpoints().max_results(1000).set_next_token(token).send(),
            |page| (page.client_vpn_endpoints.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<ClientVpnEndpoint, _>(reader, endpoints);
}

listed! { ClientVpnEndpoint => ClientVpnEndpoint by [client_vpn_endpoint_id] { description, status, creation_time, dns_name, client_cidr_block, split_tunnel, transport_protocol, vpn_port, server_certificate_arn, authentication_options, connection_log_options, vpc_id, security_group_ids, session_timeout_hours, tags } }
mirror! {
    ClientVpnEndpointStatus => ClientVpnEndpointStatus { code, message }
    ClientVpnAuthentication => ClientVpnAuthentication { r#type }
    ConnectionLogResponseOptions => ConnectionLogOptions { enabled, cloudwatch_log_group, cloudwatch_log_stream }
}
