use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::NetworkInterface;

use super::mirror::{insert, listed, mirror};

/// Those that AWS hides by default, because a service manages them, included.
pub async fn collect(reader: &Reader, ec2: &Client) {
    let interfaces = reader
        .pages(
            "ec2:DescribeNetworkInterfaces",
            |token| {
                ec2.describe_network_interfaces()
                    .include_managed_resources(true)
                    .max_results(1000)
                    .set_next_token(token)
                    .send()
            },
            |page| (page.network_interfaces.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<NetworkInterface, _>(reader, interfaces);
}

listed! { NetworkInterface => NetworkInterface by [network_interface_id] { association, attachment, availability_zone, description, groups, interface_type, ipv6_addresses, owner_id, private_ip_address, private_ip_addresses, ipv4_prefixes, ipv6_prefixes, requester_id, requester_managed, source_dest_check, status, subnet_id, vpc_id, deny_all_igw_traffic, ipv6_native, ipv6_address, operator, associated_subnets, availability_zone_id, tag_set } }
mirror! {
    NetworkInterfaceAssociation => NetworkInterfaceAssociation { public_ip, allocation_id, association_id, ip_owner_id, customer_owned_ip, carrier_ip }
    NetworkInterfaceAttachment => NetworkInterfaceAttachment { attach_time, attachment_id, delete_on_termination, device_index, instance_id, instance_owner_id, status }
    GroupIdentifier => GroupIdentifier { group_id, group_name }
    NetworkInterfaceIpv6Address => NetworkInterfaceIpv6Address { ipv6_address, is_primary_ipv6 }
    NetworkInterfacePrivateIpAddress => NetworkInterfacePrivateIpAddress { primary, private_ip_address, association }
    Ipv4PrefixSpecification => Ipv4PrefixSpecification { ipv4_prefix }
    Ipv6PrefixSpecification => Ipv6PrefixSpecification { ipv6_prefix }
    OperatorResponse => Operator { managed, principal, hidden_by_default }
}
