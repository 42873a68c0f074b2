use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::RouteTable;

use super::mirror::{insert, listed, mirror};

/// AWS allows pages of no more than 100 here.
pub async fn collect(reader: &Reader, ec2: &Client) {
    let tables = reader
        .pages(
            "ec2:DescribeRouteTables",
            |token| ec2.describe_route_tables().max_results(100).set_next_token(token).send(),
            |page| (page.route_tables.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<RouteTable, _>(reader, tables);
}

listed! { RouteTable => RouteTable by [route_table_id] { associations, propagating_vgws, routes, vpc_id, owner_id, tags } }
mirror! {
    RouteTableAssociation => RouteTableAssociation { main, subnet_id, route_table_association_id, route_table_id, gateway_id, public_ipv4_pool, association_state }
    RouteTableAssociationState => RouteTableAssociationState { state, status_message }
    PropagatingVgw => PropagatingVgw { gateway_id }
    Route => Route { destination_cidr_block, destination_ipv6_cidr_block, destination_prefix_list_id, egress_only_internet_gateway_id, gateway_id, instance_id, instance_owner_id, nat_gateway_id, transit_gateway_id, local_gateway_id, carrier_gateway_id, network_interface_id, origin, state, vpc_peering_connection_id, core_network_arn, odb_network_arn, ip_address }
}
