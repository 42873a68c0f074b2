use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::NetworkAcl;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let acls = reader
        .pages(
            "ec2:DescribeNetworkAcls",
            |token| ec2.describe_network_acls().max_results(1000).set_next_token(token).send(),
            |page| (page.network_acls.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<NetworkAcl, _>(reader, acls);
}

listed! { NetworkAcl => NetworkAcl by [network_acl_id] { associations, entries, is_default, vpc_id, owner_id, tags } }
mirror! {
    NetworkAclAssociation => NetworkAclAssociation { network_acl_association_id, network_acl_id, subnet_id }
    NetworkAclEntry => NetworkAclEntry { egress, rule_number, cidr_block, icmp_type_code, ipv6_cidr_block, port_range, protocol, rule_action }
    IcmpTypeCode => IcmpTypeCode { code, r#type }
    PortRange => PortRange { from, to }
}
