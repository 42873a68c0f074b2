//! What security groups and network ACLs admit, as sets.

use std::collections::BTreeSet;

use crate::inventory::Missing;
use crate::model::packet_filter::{FilterRule, Peer, Protocol};
use crate::model::topology::{Node, Sources, Topology};
use crate::net::{Block, IpSet, PacketSet, PortSet, Protocols};
use crate::resource::ec2::{NetworkAcl, PrefixList, SecurityGroup};

use super::Bounds;

/// The name of the prefix list of the addresses that CloudFront's servers fetch from.
const CLOUDFRONT: &str = "com.amazonaws.global.cloudfront.origin-facing";

/// What a group's rules of one direction admit.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupSets {
    /// By addresses and prefix lists.
    pub plain: Bounds,
    /// By CloudFront's prefix list.
    pub cloudfront: Bounds,
    /// By naming other groups: which, and what their members may send.
    pub named: Vec<(String, PacketSet)>,
}

/// The prefix lists that are CloudFront's, by region and id.
pub(super) fn cloudfront_lists<'i>(topology: &Topology<'i>) -> BTreeSet<(&'i str, &'i str)> {
    let lists = topology.inventory().of_type::<PrefixList>();
    let theirs = lists.filter(|(_, list)| list.prefix_list_name.as_deref() == Some(CLOUDFRONT));
    theirs.map(|(scope, list)| (scope.region.as_str(), list.prefix_list_id.as_str())).collect()
}

/// A group's rules of one direction.
pub(super) fn group_sets<'i>(
    topology: &Topology<'i>,
    cloudfront: &BTreeSet<(&'i str, &'i str)>,
    group: Node<'i, SecurityGroup>,
    egress: bool,
) -> GroupSets {
    let rules = match topology.rules(group, egress) {
        Ok(rules) => rules,
        Err(missing) => {
            return GroupSets { plain: Bounds::at_most(PacketSet::all(), missing), ..GroupSets::default() };
        }
    };
    let mut out = GroupSets::default();
    let (mut plain, mut by_cloudfront) = (Gathered::default(), Gathered::default());
    for rule in rules {
        let is_theirs = matches!(rule.peer, Peer::PrefixList(id) if cloudfront.contains(&(group.region(), id)));
        let into = if is_theirs { &mut by_cloudfront } else { &mut plain };
        match topology.sources(group.scope, &rule.peer) {
            Sources::Addresses(addresses) => into.known.push((addresses, rule.protocol, rule.ports)),
            Sources::Unknown(missing) => into.unknown.push((missing, rule.protocol, rule.ports)),
            Sources::Group { id, .. } => {
                out.named.push((id.to_owned(), PacketSet::of(&IpSet::all(), protocols(rule.protocol), &rule.ports)));
            }
        }
    }
    out.plain = plain.bounds();
    out.cloudfront = by_cloudfront.bounds();
    out
}

#[derive(Default)]
struct Gathered {
    known: Vec<(IpSet, Protocol, PortSet)>,
    unknown: Vec<(Missing, Protocol, PortSet)>,
}

impl Gathered {
    fn bounds(self) -> Bounds {
        let blocks = self.known.iter();
        let must = PacketSet::union_of(blocks.map(|(addresses, protocol, ports)| Block {
            addresses,
            protocols: protocols(*protocol),
            ports,
        }));
        let everybody = IpSet::all();
        let perhaps = self.unknown.iter().map(|(_, protocol, ports)| Block {
            addresses: &everybody,
            protocols: protocols(*protocol),
            ports,
        });
        let perhaps = PacketSet::union_of(perhaps);
        match self.unknown.into_iter().map(|(missing, ..)| missing).reduce(|all, one| all.and(&one)) {
            Some(missing) => Bounds::between(must, &perhaps, missing),
            None => Bounds::exactly(must),
        }
    }
}

/// What a network ACL's entries of one direction let through.
pub(super) fn acl_set<'i>(topology: &Topology<'i>, acl: Node<'i, NetworkAcl>, egress: bool) -> Bounds {
    let known = |entries: &[FilterRule]| -> Result<PacketSet, Missing> {
        let sources: Vec<&IpSet> =
            entries.iter().map(|entry| entry.sources.as_ref().map_err(Clone::clone)).collect::<Result<_, _>>()?;
        let rules = entries.iter().zip(sources).map(|(entry, addresses)| {
            (entry.verdict, Block { addresses, protocols: protocols(entry.protocol), ports: &entry.ports })
        });
        Ok(PacketSet::first_match(rules))
    };
    match topology.entries(acl, egress).and_then(|entries| known(&entries)) {
        Ok(set) => Bounds::exactly(set),
        Err(missing) => Bounds::at_most(PacketSet::all(), missing),
    }
}

/// The packets that are answered, where these may go out: those of which some answer may.
pub(super) fn answered(out: &PacketSet) -> PacketSet {
    let (v4, v6) = (IpSet::all_v4(), IpSet::all_v6());
    let mut parts = vec![];
    for protocol in [6, 17] {
        // The client picks its port, and one that gets an answer is enough.
        let sources = out.of_protocol(protocol).addresses();
        parts.push((sources, protocol, PortSet::all()));
    }
    // Echo, timestamp, information and address mask have answers of their own; other messages have none.
    let pairs = [(1, 8, 0, &v4), (1, 13, 14, &v4), (1, 15, 16, &v4), (1, 17, 18, &v4), (58, 128, 129, &v6)];
    for (protocol, asked, answer, family) in pairs {
        let sources = out.sources(protocol, u16::from_be_bytes([answer, 0])).intersection(family);
        let any_code = PortSet::range(u16::from_be_bytes([asked, 0]), u16::from_be_bytes([asked, u8::MAX]));
        parts.push((sources, protocol, any_code));
    }
    let blocks = parts.iter().map(|(addresses, protocol, ports)| Block {
        addresses,
        protocols: Protocols::One(*protocol),
        ports,
    });
    // All others are answered in kind. What is ICMP of the other family is one of them.
    let everybody = IpSet::all();
    let by_number = [(6, &everybody), (17, &everybody), (1, &v4), (58, &v6)];
    let by_number = by_number.into_iter().fold(out.clone(), |rest, (protocol, family)| {
        rest.difference(&PacketSet::of(family, Protocols::One(protocol), &PortSet::all()))
    });
    PacketSet::union_of(blocks).union(&by_number)
}

pub(super) fn protocols(protocol: Protocol) -> Protocols {
    match protocol {
        Protocol::All => Protocols::All,
        Protocol::Number(number) => Protocols::One(number),
    }
}
