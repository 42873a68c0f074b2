use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::VpcPeeringConnection;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let peerings = reader
        .pages(
            "ec2:DescribeVpcPeeringConnections",
            |token| ec2.describe_vpc_peering_connections().max_results(1000).set_next_token(token).send(),
            |page| (page.vpc_peering_connections.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<VpcPeeringConnection, _>(reader, peerings);
}

listed! { VpcPeeringConnection => VpcPeeringConnection by [vpc_peering_connection_id] { accepter_vpc_info, expiration_time, requester_vpc_info, status, tags } }
mirror! {
    VpcPeeringConnectionVpcInfo => VpcPeeringConnectionVpcInfo { cidr_block, ipv6_cidr_block_set, cidr_block_set, owner_id, peering_options, vpc_id, region }
    Ipv6CidrBlock => Ipv6CidrBlock { ipv6_cidr_block }
    CidrBlock => CidrBlock { cidr_block }
    VpcPeeringConnectionOptionsDescription => VpcPeeringConnectionOptionsDescription { allow_dns_resolution_from_remote_vpc }
    VpcPeeringConnectionStateReason => VpcPeeringConnectionStateReason { code, message }
}
