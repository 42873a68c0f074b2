//! Who has an address: the private ones of a VPC, and the public ones that lead to them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::net::IpSet;
use crate::resource::AwsResource;
use crate::resource::ec2::{Address, NetworkInterface};

use super::{Node, Topology};

/// An interface, and the one of its addresses that is meant.
#[derive(Clone, Copy)]
pub struct Placed<'i> {
    pub interface: Node<'i, NetworkInterface>,
    /// As the VPC knows it: the private IPv4 address, or the IPv6 address.
    pub address: IpAddr,
}

#[derive(Default)]
pub(super) struct Addresses<'i> {
    /// By region and VPC.
    inside: BTreeMap<(&'i str, &'i str), Inside<'i>>,
    /// By public IPv4 address, or IPv6 address.
    public: BTreeMap<IpAddr, Placed<'i>>,
}

#[derive(Default)]
struct Inside<'i> {
    single: BTreeMap<IpAddr, Node<'i, NetworkInterface>>,
    blocks: Vec<(IpSet, Node<'i, NetworkInterface>)>,
}

impl<'i> Addresses<'i> {
    pub(super) fn of(interfaces: impl Iterator<Item = Node<'i, NetworkInterface>>) -> Addresses<'i> {
        let mut all = Addresses::default();
        for interface in interfaces {
            let value = interface.value;
            for (private, public) in value.pairs() {
                let placed = Placed { interface, address: private };
                all.public.extend(public.map(|public| (public, placed)));
            }
            let Some(vpc) = value.vpc_id.as_deref() else { continue };
            let inside = all.inside.entry((interface.region(), vpc)).or_default();
            for (private, _) in value.pairs() {
                inside.single.insert(private, interface);
            }
            for v6 in value.ipv6() {
                inside.single.insert(v6, interface);
                all.public.insert(v6, Placed { interface, address: v6 });
            }
            let v4 = value.ipv4_prefixes.iter().filter_map(|prefix| prefix.ipv4_prefix.as_deref());
            let v6 = value.ipv6_prefixes.iter().filter_map(|prefix| prefix.ipv6_prefix.as_deref());
            // A block that is none would be AWS's mistake; it leads to no interface.
            let blocks = v4.chain(v6).filter_map(|block| IpSet::from_blocks([block]).ok());
            inside.blocks.extend(blocks.map(|block| (block, interface)));
        }
        all
    }
}

impl<'i> Topology<'i> {
    /// The interface that has an address in a VPC.
    pub fn inside(&self, region: &str, vpc: &str, address: IpAddr) -> Option<Node<'i, NetworkInterface>> {
        let inside = self.addresses.inside.get(&(region, vpc))?;
        let in_block = || inside.blocks.iter().find(|(block, _)| block.contains(address)).map(|(_, node)| *node);
        inside.single.get(&address).copied().or_else(in_block)
    }

    /// Every interface that has an address in its VPC, in the order of regions and VPCs.
    pub fn everywhere_inside(&self, address: IpAddr) -> impl Iterator<Item = Placed<'i>> {
        let found = self.addresses.inside.keys().filter_map(move |(region, vpc)| self.inside(region, vpc, address));
        found.map(move |interface| Placed { interface, address })
    }

    /// Where a public address leads.
    pub fn behind(&self, public: IpAddr) -> Option<Placed<'i>> {
        let in_block = || {
            let blocks = self.addresses.inside.values().flat_map(|inside| &inside.blocks);
            let v6 = blocks.filter(|_| public.is_ipv6()).find(|(block, _)| block.contains(public));
            v6.map(|(_, interface)| Placed { interface: *interface, address: public })
        };
        self.addresses.public.get(&public).copied().or_else(in_block)
    }

    /// Whether hosts on the internet may send to an address. An IPv4 address that AWS associates with an interface is
    /// one of the internet whatever block it is of.
    pub fn is_public(&self, address: IpAddr) -> bool {
        IpSet::internet().contains(address)
            || (address.is_ipv4() && self.behind(address).is_some_and(|placed| placed.address != address))
    }

    /// Why a public address that the inventory speaks of leads nowhere: it is allocated and associated with nothing,
    /// or was a NAT gateway's that is gone. None if it leads to an interface or was never heard of.
    pub fn leads_nowhere(&self, public: IpAddr) -> Option<String> {
        if self.behind(public).is_some() {
            return None;
        }
        let is_it = |text: &Option<String>| text.as_deref().and_then(parse) == Some(public);
        let gone = self.nat_gateways.values().find_map(|nat| {
            let had = nat.value.nat_gateway_addresses.iter().any(|address| is_it(&address.public_ip));
            let state = nat.value.state.as_deref().unwrap_or("in no state");
            had.then(|| {
                format!("{public} was the address of NAT gateway {}, which is {state}", nat.value.nat_gateway_id)
            })
        });
        let idle = || {
            let mut addresses = self.inventory.of_type::<Address>();
            let found = addresses.find(|(_, one)| is_it(&one.public_ip) && one.network_interface_id.is_none());
            found.map(|(_, one)| format!("{public} ({}) is associated with nothing", one.id()))
        };
        gone.or_else(idle)
    }

    /// The public address that the internet gateway puts in the place of a private one; an IPv6 address is its own.
    pub fn public_of(&self, placed: Placed<'i>) -> Option<IpAddr> {
        if placed.address.is_ipv6() {
            return Some(placed.address);
        }
        placed.interface.value.pairs().find(|(private, _)| *private == placed.address).and_then(|(_, public)| public)
    }
}

impl NetworkInterface {
    /// Each private IPv4 address with the public one that leads to it, the primary first.
    pub fn pairs(&self) -> impl Iterator<Item = (IpAddr, Option<IpAddr>)> {
        let primary = self.private_ip_address.as_deref().and_then(parse);
        let public = |association: &Option<crate::resource::ec2::NetworkInterfaceAssociation>| {
            association.as_ref().and_then(|one| one.public_ip.as_deref()).and_then(parse)
        };
        // The primary one's public address stands at the top, and beside the address too in AWS's own answers.
        let top = primary.map(|address| (address, public(&self.association)));
        let each = self.private_ip_addresses.iter().filter_map(move |one| {
            let address = one.private_ip_address.as_deref().and_then(parse)?;
            (Some(address) != primary || public(&self.association).is_none())
                .then(|| (address, public(&one.association)))
        });
        let has_own = top.is_some_and(|(_, public)| public.is_some())
            || !self.private_ip_addresses.iter().any(|one| one.private_ip_address == self.private_ip_address);
        top.filter(|_| has_own).into_iter().chain(each)
    }

    /// Its first address of another one's family.
    pub fn address_like(&self, other: IpAddr) -> Option<IpAddr> {
        if other.is_ipv4() { self.pairs().next().map(|(address, _)| address) } else { self.ipv6().next() }
    }

    pub fn ipv6(&self) -> impl Iterator<Item = IpAddr> {
        let listed = self.ipv6_addresses.iter().filter_map(|one| one.ipv6_address.as_deref());
        listed.filter_map(parse)
    }
}

fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}
