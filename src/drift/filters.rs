//! Security groups and network ACLs as sets of packets, and such sets as rules in words.

use std::collections::BTreeMap;

use crate::arn::Region;
use crate::inventory::Missing;
use crate::model::packet_filter::{Peer, Protocol, acl_rules, peer_rules};
use crate::net::{Block, IpSet, PacketSet, PortSet, Protocols};
use crate::resource::ec2::{IpPermission, NetworkAcl};

use super::side::Side;

/// What rules of one direction admit: by addresses, and by the label of a group or prefix list.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Admits {
    pub plain: PacketSet,
    pub groups: BTreeMap<String, PacketSet>,
    /// By label, beside the list's id.
    pub lists: BTreeMap<String, (String, PacketSet)>,
}

/// What a security group's permissions admit.
///
/// # Errors
/// A rule that cannot be understood.
pub(super) fn of_group(side: &Side<'_>, region: &Region, permissions: &[IpPermission]) -> Result<Admits, Missing> {
    let mut plain = Vec::new();
    let mut out = Admits::default();
    for rule in peer_rules(permissions)? {
        // Each family has an ICMP of its own; the other's number means nothing in it.
        let family = match rule.protocol {
            Protocol::Number(1) => IpSet::all_v4(),
            Protocol::Number(58) => IpSet::all_v6(),
            _ => IpSet::all(),
        };
        let everybody = || PacketSet::of(&family, protocols(rule.protocol), &rule.ports);
        match rule.peer {
            Peer::Block(block) => {
                let addresses = IpSet::from_blocks([block]).map_err(|error| Missing::because(error.to_string()))?;
                plain.push((addresses, protocols(rule.protocol), rule.ports));
            }
            Peer::PrefixList(id) => {
                let label = side.names.label(region, id).map_or_else(|| format!("pl:{id}"), str::to_owned);
                let list = out.lists.entry(label).or_insert_with(|| (id.to_owned(), PacketSet::default()));
                list.1 = list.1.union(&everybody());
            }
            Peer::Group { id, account } => {
                let label = side.names.label(region, id).map(str::to_owned);
                let label = label.unwrap_or_else(|| match account {
                    Some(account) => format!("sg:{account}/{id}"),
                    None => format!("sg:{id}"),
                });
                let all = out.groups.entry(label).or_default();
                *all = all.union(&everybody());
            }
        }
    }
    out.plain = PacketSet::union_of(plain.iter().map(|(addresses, protocols, ports)| Block {
        addresses,
        protocols: *protocols,
        ports,
    }));
    Ok(out)
}

/// What a network ACL lets through in one direction, and what some entry of it allows, denied before or not.
///
/// # Errors
/// An entry that cannot be understood.
pub(super) fn of_acl(acl: &NetworkAcl, egress: bool) -> Result<(PacketSet, PacketSet), Missing> {
    let rules = acl_rules(acl, egress)?;
    let mut blocks = Vec::new();
    for rule in &rules {
        let addresses = rule.sources.as_ref().map_err(Clone::clone)?;
        blocks.push((rule.verdict, Block { addresses, protocols: protocols(rule.protocol), ports: &rule.ports }));
    }
    let offered = blocks.iter().filter(|(verdict, _)| *verdict == crate::net::Verdict::Allow).map(|(_, block)| *block);
    let offered = PacketSet::union_of(offered);
    Ok((PacketSet::first_match(blocks), offered))
}

fn protocols(protocol: Protocol) -> Protocols {
    match protocol {
        Protocol::All => Protocols::All,
        Protocol::Number(number) => Protocols::One(number),
    }
}

impl Admits {
    /// One rule a text, `tcp 443 from 10.0.0.0/8`; `toward` is `from` or `to`.
    pub fn rules(&self, toward: &str) -> Vec<String> {
        let mut out = rules(&self.plain, toward);
        let named = self.groups.iter().chain(self.lists.iter().map(|(label, (_, set))| (label, set)));
        for (label, set) in named {
            out.extend(traffic(set).into_iter().map(|what| format!("{what} {toward} {label}")));
        }
        out
    }

    /// What this admits and the other does not, each under its own name.
    pub fn beyond(&self, other: &Admits) -> Admits {
        let plain = self.plain.difference(&other.plain);
        let groups = self.groups.iter().map(|(label, set)| {
            let left = other.groups.get(label).map_or_else(|| set.clone(), |theirs| set.difference(theirs));
            (label.clone(), left)
        });
        let lists = self.lists.iter().map(|(label, (id, set))| {
            let left = other.lists.get(label).map_or_else(|| set.clone(), |(_, theirs)| set.difference(theirs));
            (label.clone(), (id.clone(), left))
        });
        Admits {
            plain,
            groups: groups.filter(|(_, set)| !set.is_empty()).collect(),
            lists: lists.filter(|(_, (_, set))| !set.is_empty()).collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.plain.is_empty()
            && self.groups.values().all(PacketSet::is_empty)
            && self.lists.values().all(|(_, set)| set.is_empty())
    }

    /// All that other admits too.
    pub fn union(&self, other: &Admits) -> Admits {
        let mut out = self.clone();
        out.plain = out.plain.union(&other.plain);
        for (label, set) in &other.groups {
            let all = out.groups.entry(label.clone()).or_default();
            *all = all.union(set);
        }
        for (label, (id, set)) in &other.lists {
            let all = out.lists.entry(label.clone()).or_insert_with(|| (id.clone(), PacketSet::default()));
            all.1 = all.1.union(set);
        }
        out
    }

    /// The same with the addresses of prefix lists in their place, where `addresses` knows them.
    pub fn expanded(&self, addresses: impl Fn(&str) -> Option<IpSet>) -> Admits {
        let mut out = Admits { plain: self.plain.clone(), groups: self.groups.clone(), lists: BTreeMap::new() };
        for (label, (id, set)) in &self.lists {
            match addresses(label) {
                Some(addresses) => out.plain = out.plain.union(&set.within(&addresses)),
                None => drop(out.lists.insert(label.clone(), (id.clone(), set.clone()))),
            }
        }
        out
    }
}

/// A set as rules for addresses.
pub(super) fn rules(set: &PacketSet, toward: &str) -> Vec<String> {
    let mut out = Vec::new();
    for region in set.regions() {
        let blocks = region.addresses.blocks();
        for what in words(&region.protocol, &region.ports) {
            out.extend(blocks.iter().map(|block| format!("{what} {toward} {block}")));
        }
    }
    out
}

/// A set that is the same for every address, as what stands before the peer.
fn traffic(set: &PacketSet) -> Vec<String> {
    let mut out: Vec<String> = set.regions().iter().flat_map(|region| words(&region.protocol, &region.ports)).collect();
    // Both families have the same; ICMP differs in its name only where it is one of them.
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|word| seen.insert(word.clone()));
    out
}

/// `tcp 22`, `tcp 8000-8999`, `tcp`, `icmp 8/0`, `icmp 8`, `47`, `all`.
fn words(protocol: &str, ports: &PortSet) -> Vec<String> {
    if *ports == PortSet::all() {
        return vec![protocol.to_owned()];
    }
    let of_types = matches!(protocol, "icmp" | "icmpv6");
    let one = |&(low, high): &(u16, u16)| {
        let [kind, code] = low.to_be_bytes();
        match (protocol, high) {
            ("other", high) if high == low => low.to_string(),
            ("other", high) => format!("{low}-{high}"),
            (_, high) if of_types && high == low => format!("{protocol} {kind}/{code}"),
            (_, high) if of_types && code == 0 && high == low | 0xff => format!("{protocol} {kind}"),
            (_, high) if of_types => {
                let [last_kind, last_code] = high.to_be_bytes();
                format!("{protocol} {kind}/{code}-{last_kind}/{last_code}")
            }
            (_, high) if high == low => format!("{protocol} {low}"),
            (_, high) => format!("{protocol} {low}-{high}"),
        }
    };
    ports.ranges().iter().map(one).collect()
}

/// A packet of a set, as `tcp 22 from 52.1.2.3`.
pub(super) fn example(set: &PacketSet, toward: &str) -> Option<String> {
    let packet = set.witness(&crate::model::exposure::sensitive())?;
    let what = match packet.protocol {
        6 => format!("tcp {}", packet.l4),
        17 => format!("udp {}", packet.l4),
        1 => format!("icmp {}/{}", packet.l4 >> 8, packet.l4 & 0xff),
        58 => format!("icmpv6 {}/{}", packet.l4 >> 8, packet.l4 & 0xff),
        number => format!("protocol {number}"),
    };
    Some(format!("{what} {toward} {}", packet.address))
}
