use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::Address;

use super::mirror::{Listed, Mirror, insert, mirror};

/// AWS gives this list in one page.
pub async fn collect(reader: &Reader, ec2: &Client) {
    let answer = reader.one("ec2:DescribeAddresses", || ec2.describe_addresses().send()).await;
    insert::<Address, _>(reader, answer.and_then(|answer| answer.addresses).unwrap_or_default());
}

mirror! {
    Address => Address { allocation_id, association_id, domain, network_interface_id, network_interface_owner_id, private_ip_address, public_ipv4_pool, network_border_group, customer_owned_ip, customer_owned_ipv4_pool, carrier_ip, subnet_id, service_managed, instance_id, public_ip, tags }
}

impl Listed<aws_sdk_ec2::types::Address> for Address {
    fn listed(of: aws_sdk_ec2::types::Address) -> Option<Address> {
        of.allocation_id.as_ref().or(of.public_ip.as_ref())?;
        Some(Mirror::mirror(of))
    }
}
