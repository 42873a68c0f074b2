//! Which sources on the internet have to be tried to have tried them all.
//!
//! A packet's fate changes only at the first address of some block, or behind
//! the last one of some block, that a rule or route on its way names. So the
//! addresses at those borders stand for all the others.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::model::topology::{Node, Sources, Topology};
use crate::net::IpSet;
use crate::resource::ec2::NetworkInterface;

impl<'i> Topology<'i> {
    /// One source of each kind that the way to a public address tells apart, a common one first.
    pub(super) fn representatives(&self, to: IpAddr) -> Vec<IpAddr> {
        let mut borders = Borders::default();
        borders.add(&IpSet::internet());
        if let Some(placed) = self.behind(to) {
            self.borders_of(placed.interface, &mut borders);
            for target in self.behind_balancer(placed.interface) {
                self.borders_of(target, &mut borders);
            }
        }
        let common = if to.is_ipv4() {
            IpAddr::V4(Ipv4Addr::new(198, 41, 0, 4))
        } else {
            IpAddr::V6(Ipv6Addr::new(0x2001, 0x503, 0xba3e, 0, 0, 0, 2, 0x30))
        };
        let internet = IpSet::internet();
        let all = borders.addresses(to.is_ipv4()).filter(|address| internet.contains(*address));
        std::iter::once(common).chain(all).collect()
    }

    /// Adds the borders of every block that the gates of an interface name. What could not be read adds none: the
    /// gate is in doubt for every source then.
    fn borders_of(&self, interface: Node<'i, NetworkInterface>, borders: &mut Borders) {
        for group in self.groups_of(interface).flatten() {
            for rule in self.rules(group, false).into_iter().flatten() {
                if let Sources::Addresses(addresses) = self.sources(group.scope, &rule.peer) {
                    borders.add(&addresses);
                }
            }
        }
        let subnet = interface.value.subnet_id.as_deref().and_then(|id| self.subnet(interface.region(), id));
        let Some(subnet) = subnet else { return };
        for egress in [false, true] {
            let acl = self.acl_of(subnet).and_then(|acl| self.entries(acl, egress));
            for addresses in acl.into_iter().flatten().filter_map(|entry| entry.sources.ok()) {
                borders.add(&addresses);
            }
        }
        let Ok(table) = self.table_of(subnet) else { return };
        for route in &table.value.routes {
            let block = route.destination_cidr_block.as_ref().or(route.destination_ipv6_cidr_block.as_ref());
            let written = block.and_then(|block| IpSet::from_blocks([block]).ok());
            let listed = route.destination_prefix_list_id.as_deref();
            let listed = listed.and_then(|list| self.prefix_list_addresses(table.scope, list).ok());
            for addresses in [written, listed].into_iter().flatten() {
                borders.add(&addresses);
            }
        }
    }
}

#[derive(Default)]
struct Borders {
    v4: BTreeSet<u32>,
    v6: BTreeSet<u128>,
}

impl Borders {
    fn add(&mut self, addresses: &IpSet) {
        for (low, high) in addresses.v4().ranges() {
            self.v4.insert(*low);
            self.v4.extend(high.checked_add(1));
        }
        for (low, high) in addresses.v6().ranges() {
            self.v6.insert(*low);
            self.v6.extend(high.checked_add(1));
        }
    }

    fn addresses(self, v4: bool) -> Box<dyn Iterator<Item = IpAddr>> {
        if v4 {
            Box::new(self.v4.into_iter().map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))))
        } else {
            Box::new(self.v6.into_iter().map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))))
        }
    }
}
