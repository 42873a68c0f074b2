//! The second implementation: lists of rules, asked packet by packet; and rules to ask, drawn so that
//! their edges meet.
//!
//! It shares no code with the algebra. A rule's addresses reach the algebra as text.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use crate::net::{Block, IpSet, Packet, PacketSet, PortSet, Protocols, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    pub v6: bool,
    pub base: u128,
    pub length: u32,
}

impl Prefix {
    pub fn low(self) -> u128 {
        self.base & !self.host()
    }

    pub fn high(self) -> u128 {
        self.base | self.host()
    }

    fn host(self) -> u128 {
        let free = if self.v6 { 128 - self.length } else { 32 - self.length };
        if free == 128 { u128::MAX } else { (1 << free) - 1 }
    }

    fn text(self) -> String {
        format!("{}/{}", address(self.v6, self.base), self.length)
    }
}

fn address(v6: bool, number: u128) -> IpAddr {
    if v6 { Ipv6Addr::from_bits(number).into() } else { Ipv4Addr::from_bits(number.try_into().unwrap()).into() }
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub allow: bool,
    pub addresses: Vec<Prefix>,
    pub protocol: Option<u8>,
    pub ports: Vec<(u16, u16)>,
}

impl Rule {
    pub fn matches(&self, at: &Cell) -> bool {
        self.addresses.iter().any(|block| block.v6 == at.v6 && block.low() <= at.address && at.address <= block.high())
            && self.protocol.is_none_or(|protocol| protocol == at.protocol)
            && (!at.has_ports() || self.ports.iter().any(|(low, high)| (*low..=*high).contains(&at.port)))
    }
}

pub fn any_matches(rules: &[Rule], at: &Cell) -> bool {
    rules.iter().any(|rule| rule.matches(at))
}

pub fn first_allows(rules: &[Rule], at: &Cell) -> bool {
    rules.iter().find(|rule| rule.matches(at)).is_some_and(|rule| rule.allow)
}

/// A packet, and as the low corner of a cell all those up to the next edges.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    pub v6: bool,
    pub address: u128,
    pub protocol: u8,
    pub port: u16,
}

impl Cell {
    pub fn has_ports(&self) -> bool {
        matches!((self.protocol, self.v6), (6 | 17, _) | (1, false) | (58, true))
    }

    pub fn packet(&self) -> Packet {
        Packet { address: address(self.v6, self.address), protocol: self.protocol, l4: self.port }
    }
}

/// All edges of all rules on each axis, so that within a cell no rule can tell two packets apart: what
/// agrees at every low corner agrees everywhere.
pub fn cells(rules: &[&[Rule]]) -> Vec<Cell> {
    let rules: Vec<&Rule> = rules.iter().copied().flatten().collect();
    // Protocols that one of the families treats as its own, one that is in no rule, and both ends.
    let mut protocols = BTreeSet::from([0, 1, 6, 17, 58, 255]);
    let mut ports = BTreeSet::from([0]);
    for rule in &rules {
        protocols.extend(rule.protocol);
        for (low, high) in &rule.ports {
            ports.insert(*low);
            ports.extend(high.checked_add(1));
        }
    }
    protocols.extend((0..=255).find(|number| !protocols.contains(number)));
    let mut out = Vec::new();
    for v6 in [false, true] {
        let greatest = if v6 { u128::MAX } else { u128::from(u32::MAX) };
        let mut addresses = BTreeSet::from([0]);
        for block in rules.iter().flat_map(|rule| &rule.addresses).filter(|block| block.v6 == v6) {
            addresses.insert(block.low());
            addresses.extend(block.high().checked_add(1).filter(|next| *next <= greatest));
        }
        for &address in &addresses {
            for &protocol in &protocols {
                let here = Cell { v6, address, protocol, port: 0 };
                if here.has_ports() {
                    out.extend(ports.iter().map(|port| Cell { port: *port, ..here }));
                } else {
                    out.push(here);
                }
            }
        }
    }
    out
}

/// A rule as the algebra takes it.
pub struct Ready {
    addresses: IpSet,
    protocols: Protocols,
    ports: PortSet,
    verdict: Verdict,
}

impl Ready {
    fn new(rule: &Rule) -> Ready {
        Ready {
            addresses: IpSet::from_blocks(rule.addresses.iter().map(|block| block.text())).unwrap(),
            protocols: rule.protocol.map_or(Protocols::All, Protocols::One),
            ports: PortSet::from_ranges(rule.ports.iter().copied()),
            verdict: if rule.allow { Verdict::Allow } else { Verdict::Deny },
        }
    }

    fn block(&self) -> Block<'_> {
        Block { addresses: &self.addresses, protocols: self.protocols, ports: &self.ports }
    }
}

pub fn union_of(rules: &[Rule]) -> PacketSet {
    let ready: Vec<Ready> = rules.iter().map(Ready::new).collect();
    PacketSet::union_of(ready.iter().map(Ready::block))
}

pub fn first_match(rules: &[Rule]) -> PacketSet {
    let ready: Vec<Ready> = rules.iter().map(Ready::new).collect();
    PacketSet::first_match(ready.iter().map(|rule| (rule.verdict, rule.block())))
}

/// At least so many cases; `PROPTEST_CASES` asks for more.
pub fn cases(least: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(least), ..config }
}

pub fn rules(most: usize) -> impl Strategy<Value = Vec<Rule>> {
    prop::collection::vec(rule(), 0..=most)
}

/// Sets of every form that the algebra makes.
pub fn packet_set() -> impl Strategy<Value = PacketSet> {
    prop_oneof![rules(4).prop_map(|rules| union_of(&rules)), rules(4).prop_map(|rules| first_match(&rules))]
}

pub fn rule() -> impl Strategy<Value = Rule> {
    let protocol = prop_oneof![
        2 => Just(None),
        4 => Just(Some(6)),
        2 => Just(Some(17)),
        3 => prop_oneof![Just(Some(1)), Just(Some(58))],
        1 => prop_oneof![Just(0), Just(2), Just(5), Just(7), Just(16), Just(47), Just(57), Just(59), Just(255), any::<u8>()].prop_map(Some),
    ];
    let addresses = prop::collection::vec(prefix(), 1..=2);
    // Of ICMP type -1 and code -1 come as all; a type with any code as its 256 selectors.
    let ports = prop_oneof![3 => Just(vec![(0, u16::MAX)]), 7 => prop::collection::vec(range(), 1..=2)];
    (any::<bool>(), addresses, protocol, ports).prop_map(|(allow, addresses, protocol, ports)| Rule {
        allow,
        addresses,
        protocol,
        ports,
    })
}

/// Blocks that are halves, neighbours and parts of each other, and both ends of the line.
fn prefix() -> impl Strategy<Value = Prefix> {
    let v4: [u32; 9] =
        [0, 0x0a00_0000, 0x0a00_0100, 0x0a00_0080, 0x0a00_01ff, 0x7fff_ffff, 0x8000_0000, 0xcb00_7105, u32::MAX];
    let high = 0x2600_u128 << 112;
    let v6: [u128; 8] = [0, 1, high, high | 1 << 64, high | 3 << 63, u128::MAX >> 1, 1 << 127, u128::MAX];
    let lengths4 = prop_oneof![Just(0), Just(1), Just(8), Just(23), Just(24), Just(25), Just(31), Just(32), 0u32..=32];
    let lengths6 =
        prop_oneof![Just(0), Just(1), Just(16), Just(63), Just(64), Just(65), Just(127), Just(128), 0u32..=128];
    prop_oneof![
        (prop_oneof![8 => prop::sample::select(v4.to_vec()).boxed(), 1 => any::<u32>().boxed()], lengths4)
            .prop_map(|(base, length)| Prefix { v6: false, base: base.into(), length }),
        (prop_oneof![8 => prop::sample::select(v6.to_vec()).boxed(), 1 => any::<u128>().boxed()], lengths6)
            .prop_map(|(base, length)| Prefix { v6: true, base, length }),
    ]
}

fn range() -> impl Strategy<Value = (u16, u16)> {
    let edges: [u16; 15] = [0, 1, 21, 22, 23, 80, 255, 256, 443, 444, 2047, 2048, 2303, 65_534, 65_535];
    let port = prop_oneof![9 => prop::sample::select(edges.to_vec()).boxed(), 1 => any::<u16>().boxed()];
    let port = port.boxed();
    prop_oneof![port.clone().prop_map(|one| (one, one)), (port.clone(), port).prop_map(|(a, b)| (a.min(b), a.max(b)))]
}
