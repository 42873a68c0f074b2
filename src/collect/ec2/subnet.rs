use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::Subnet;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let subnets = reader
        .pages(
            "ec2:DescribeSubnets",
            |token| ec2.describe_subnets().max_results(1000).set_next_token(token).send(),
            |page| (page.subnets.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<Subnet, _>(reader, subnets);
}

listed! { Subnet => Subnet by [subnet_id] { availability_zone_id, map_customer_owned_ip_on_launch, customer_owned_ipv4_pool, owner_id, assign_ipv6_address_on_creation, ipv6_cidr_block_association_set, subnet_arn, outpost_arn, enable_dns64, ipv6_native, private_dns_name_options_on_launch, block_public_access_states, r#type, state, vpc_id, cidr_block, availability_zone, default_for_az, map_public_ip_on_launch, tags } }
mirror! {
    SubnetIpv6CidrBlockAssociation => SubnetIpv6CidrBlockAssociation { association_id, ipv6_cidr_block, ipv6_cidr_block_state, ipv6_address_attribute, ip_source }
    SubnetCidrBlockState => SubnetCidrBlockState { state, status_message }
    PrivateDnsNameOptionsOnLaunch => PrivateDnsNameOptionsOnLaunch { hostname_type, enable_resource_name_dns_a_record, enable_resource_name_dns_aaaa_record }
}
