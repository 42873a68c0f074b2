use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::NatGateway;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let gateways = reader
        .pages(
            "ec2:DescribeNatGateways",
            |token| ec2.describe_nat_gateways().max_results(1000).set_next_token(token).send(),
            |page| (page.nat_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<NatGateway, _>(reader, gateways);
}

listed! { NatGateway => NatGateway by [nat_gateway_id] { create_time, delete_time, failure_code, failure_message, nat_gateway_addresses, state, subnet_id, vpc_id, connectivity_type, availability_mode, auto_scaling_ips, auto_provision_zones, attached_appliances, route_table_id, tags } }
mirror! {
    NatGatewayAddress => NatGatewayAddress { allocation_id, network_interface_id, private_ip, public_ip, association_id, is_primary, failure_message, status, availability_zone, availability_zone_id }
    NatGatewayAttachedAppliance => NatGatewayAttachedAppliance { r#type, appliance_arn, vpc_endpoint_id, attachment_state, modification_state, failure_code, failure_message }
}
