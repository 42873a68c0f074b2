//! Sets of packets, canonical: two sets of rules admit the same packets exactly if their sets are equal values.
//!
//! A packet is seen from the rule's side: the other end's address, the protocol, and the *selector*, which is
//! the destination port of TCP and UDP and type and code of ICMP. For each family and each of four *planes*
//! (TCP, UDP, the family's ICMP, all other protocols) a slab map says which selectors each address has. In the
//! plane of the other protocols the selector is the protocol's number.
//!
//! Limits: rules whose blocks and ports all cross each other make as many pieces as the square of their number. A
//! thousand, which is the most that AWS evaluates for an interface, take some 4 MB so; nothing stops a caller who
//! brings more.

use std::net::IpAddr;

use super::plane::{Planes, Range, holds};
use super::{IpSet, PortSet, Verdict, interval};

/// One attempt: address of the other end, protocol number, and destination port (TCP, UDP) or `type << 8 | code`
/// (ICMP, which is 1 on IPv4 and 58 on IPv6). All other protocols have no selector: `l4` is 0, and is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packet {
    pub address: IpAddr,
    pub protocol: u8,
    pub l4: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocols {
    All,
    One(u8),
}

/// What one rule matches. `ports` are selectors; they count for TCP, UDP and the family's ICMP and for no other
/// protocol. Addresses of both families may stand in it, and each is matched in its own.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    pub addresses: &'a IpSet,
    pub protocols: Protocols,
    pub ports: &'a PortSet,
}

/// A canonical set of packets of both families.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PacketSet {
    pub(super) v4: Planes<u32>,
    pub(super) v6: Planes<u128>,
}

impl PacketSet {
    pub fn all() -> PacketSet {
        PacketSet::of(&IpSet::all(), Protocols::All, &PortSet::all())
    }

    /// All packets of these addresses, protocols and ports, as [`Block`] describes them.
    pub fn of(addresses: &IpSet, protocols: Protocols, ports: &PortSet) -> PacketSet {
        let block = Block { addresses, protocols, ports };
        PacketSet { v4: Planes::of(&block), v6: Planes::of(&block) }
    }

    /// What any of the blocks matches.
    pub fn union_of<'a>(blocks: impl IntoIterator<Item = Block<'a>>) -> PacketSet {
        let blocks: Vec<Block> = blocks.into_iter().collect();
        PacketSet { v4: Planes::union_of(&blocks), v6: Planes::union_of(&blocks) }
    }

    /// What is allowed where the first rule that matches decides, and nothing is if none does.
    pub fn first_match<'a>(rules: impl IntoIterator<Item = (Verdict, Block<'a>)>) -> PacketSet {
        let rules: Vec<(Verdict, Block)> = rules.into_iter().collect();
        PacketSet { v4: Planes::first_match(&rules), v6: Planes::first_match(&rules) }
    }

    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    pub fn contains(&self, packet: &Packet) -> bool {
        match packet.address {
            IpAddr::V4(address) => holds(self.v4.at(address.to_bits(), packet.protocol), packet.l4),
            IpAddr::V6(address) => holds(self.v6.at(address.to_bits(), packet.protocol), packet.l4),
        }
    }

    pub fn union(&self, other: &PacketSet) -> PacketSet {
        self.combine(other, interval::union_into)
    }

    pub fn intersection(&self, other: &PacketSet) -> PacketSet {
        self.combine(other, interval::intersection_into)
    }

    pub fn difference(&self, other: &PacketSet) -> PacketSet {
        self.combine(other, interval::difference_into)
    }

    fn combine(&self, other: &PacketSet, write: impl Fn(&[Range], &[Range], &mut Vec<Range>) + Copy) -> PacketSet {
        PacketSet { v4: self.v4.combine(&other.v4, write), v6: self.v6.combine(&other.v6, write) }
    }

    pub fn is_subset(&self, other: &PacketSet) -> bool {
        self.v4.is_subset(&other.v4) && self.v6.is_subset(&other.v6)
    }

    /// Only the packets of these addresses.
    #[must_use]
    pub fn within(&self, addresses: &IpSet) -> PacketSet {
        self.intersection(&PacketSet::of(addresses, Protocols::All, &PortSet::all()))
    }

    /// The addresses that have any packet in the set.
    pub fn addresses(&self) -> IpSet {
        let any = |ranges: &[Range]| !ranges.is_empty();
        self.v4.addresses(any).union(&self.v6.addresses(any))
    }

    /// Only the packets of this protocol number, whatever it means in each family.
    #[must_use]
    pub fn of_protocol(&self, protocol: u8) -> PacketSet {
        self.intersection(&PacketSet::of(&IpSet::all(), Protocols::One(protocol), &PortSet::all()))
    }

    /// The selectors that any address has. A protocol without selectors has all of them or none.
    pub fn ports(&self, protocol: u8) -> PortSet {
        self.v4.ports(protocol).union(&self.v6.ports(protocol))
    }

    /// The selectors of one address, all or none where the protocol has none.
    pub fn ports_from(&self, address: IpAddr, protocol: u8) -> PortSet {
        let ranges = match address {
            IpAddr::V4(address) => self.v4.at(address.to_bits(), protocol),
            IpAddr::V6(address) => self.v6.at(address.to_bits(), protocol),
        };
        PortSet::from_ranges(ranges.iter().copied())
    }

    /// The addresses that have this packet.
    pub fn sources(&self, protocol: u8, l4: u16) -> IpSet {
        self.v4.sources(protocol, l4).union(&self.v6.sources(protocol, l4))
    }
}
