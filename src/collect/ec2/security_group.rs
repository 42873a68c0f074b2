use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::SecurityGroup;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let groups = reader
        .pages(
            "ec2:DescribeSecurityGroups",
            |token| ec2.describe_security_groups().max_results(1000).set_next_token(token).send(),
            |page| (page.security_groups.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<SecurityGroup, _>(reader, groups);
}

listed! { SecurityGroup => SecurityGroup by [group_id, group_name] { description, ip_permissions_egress, vpc_id, security_group_arn, owner_id, ip_permissions, tags } }
mirror! {
    IpPermission => IpPermission { ip_protocol, from_port, to_port, user_id_group_pairs, ip_ranges, ipv6_ranges, prefix_list_ids }
    UserIdGroupPair => UserIdGroupPair { description, user_id, group_name, group_id, vpc_id, vpc_peering_connection_id, peering_status }
    IpRange => IpRange { description, cidr_ip }
    Ipv6Range => Ipv6Range { description, cidr_ipv6 }
    PrefixListId => PrefixListId { description, prefix_list_id }
}
