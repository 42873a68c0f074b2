//! The public addresses that a resource holds for its account.

use crate::net::IpSet;
use crate::resource::Resource;

/// Addresses and blocks, as AWS writes them.
pub fn by(resource: &Resource) -> Vec<&str> {
    match resource {
        Resource::Address(one) => one.public_ip.as_deref().into_iter().collect(),
        Resource::Instance(one) => one.public_ip_address.as_deref().into_iter().collect(),
        // In a block of IPv6 all addresses are the VPC's, used or not.
        Resource::Vpc(one) => {
            one.ipv6_cidr_block_association_set.iter().filter_map(|block| block.ipv6_cidr_block.as_deref()).collect()
        }
        Resource::NetworkInterface(one) => {
            let v6 = one.ipv6_addresses.iter().filter_map(|address| address.ipv6_address.as_deref());
            one.public_addresses().chain(v6).collect()
        }
        Resource::Accelerator(one) => {
            one.ip_sets.iter().flat_map(|set| &set.ip_addresses).map(String::as_str).collect()
        }
        _ => Vec::new(),
    }
}

/// Those of the texts that are addresses or blocks: what is none is nobody's.
pub fn set<'t>(texts: impl Iterator<Item = &'t str>) -> IpSet {
    let readable: Vec<&str> = texts.filter(|text| IpSet::from_blocks([text]).is_ok()).collect();
    IpSet::from_blocks(readable).unwrap_or_default()
}
