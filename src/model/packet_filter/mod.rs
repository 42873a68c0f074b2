//! What security groups and network ACLs admit, from their rules.
//!
//! *Plane*: the rules that a packet of one protocol meets. TCP, UDP, ICMP and
//! ICMPv6 have one each, so has every protocol number that a rule names, and
//! `other` stands for all the rest. A plane's ports are those of TCP and UDP;
//! of ICMP they are `type * 256 + code`; of others they mean nothing, and are
//! all or none.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Missing;
use crate::model::Context;
use crate::net::{Allowed, IpSet, PortSet, Rule, Verdict, segments};
use crate::resource::ec2::{IpPermission, NetworkAcl, NetworkAclEntry};

/// What a rule says of protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    All,
    Number(u8),
}

impl Protocol {
    pub const ICMP: Protocol = Protocol::Number(1);
    pub const TCP: Protocol = Protocol::Number(6);
    pub const UDP: Protocol = Protocol::Number(17);
    pub const ICMPV6: Protocol = Protocol::Number(58);

    /// From a name or a number, as EC2 gives it.
    pub fn parse(text: &str) -> Option<Protocol> {
        match text {
            "-1" | "all" => Some(Protocol::All),
            "tcp" => Some(Protocol::TCP),
            "udp" => Some(Protocol::UDP),
            "icmp" => Some(Protocol::ICMP),
            "icmpv6" => Some(Protocol::ICMPV6),
            number => number.parse().ok().map(Protocol::Number),
        }
    }

    /// `all`, `tcp`, `udp`, `icmp`, `icmpv6`, or a number.
    pub fn name(self) -> String {
        match self {
            Protocol::All => "all".to_owned(),
            Protocol::TCP => "tcp".to_owned(),
            Protocol::UDP => "udp".to_owned(),
            Protocol::ICMP => "icmp".to_owned(),
            Protocol::ICMPV6 => "icmpv6".to_owned(),
            Protocol::Number(number) => number.to_string(),
        }
    }

    /// Whether packets of this protocol number, between addresses of this one's family, have ports or ICMP types.
    pub fn has_selector(number: u8, address: std::net::IpAddr) -> bool {
        matches!(number, 6 | 17) || number == if address.is_ipv4() { 1 } else { 58 }
    }

    fn has_ports(self) -> bool {
        matches!(self, Protocol::TCP | Protocol::UDP)
    }

    fn has_types(self) -> bool {
        matches!(self, Protocol::ICMP | Protocol::ICMPV6)
    }
}

/// One rule for one source.
#[derive(Debug, Clone)]
pub struct FilterRule {
    pub protocol: Protocol,
    pub verdict: Verdict,
    pub ports: PortSet,
    /// The other end's addresses; none at all where that is named by a group.
    pub sources: Result<IpSet, Missing>,
    /// As evidence names it.
    pub id: String,
}

/// What is admitted on some ports of one protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// `all` for what every protocol admits, a protocol's name or number, or
    /// `other` for those that no rule names.
    pub protocol: String,
    pub ports: PortSet,
    pub sources: Result<IpSet, Missing>,
    pub rules: Vec<String>,
}

/// What rules admit; the first that matches decides, so allow-only rules may stand in any order.
///
/// The element `all` holds the sources that every protocol admits on every
/// port. A protocol's own elements count those in, and are left out where they
/// would hold no more: whoever looks for TCP reads `tcp` and `all`. A rule whose
/// sources could not be read is an element of its own, with unknown sources.
pub fn admitted(rules: &[FilterRule]) -> Vec<Admitted> {
    let mut known: Vec<(Protocol, Rule)> = Vec::with_capacity(rules.len());
    let mut unknown = Vec::new();
    for rule in rules {
        match &rule.sources {
            Ok(sources) => {
                let (id, verdict) = (rule.id.clone(), rule.verdict);
                let rule_of = Rule { id, verdict, ports: rule.ports.clone(), sources: sources.clone() };
                known.push((rule.protocol, rule_of));
            }
            Err(missing) => unknown.push(Admitted {
                protocol: rule.protocol.name(),
                ports: rule.ports.clone(),
                sources: Err(missing.clone()),
                rules: vec![rule.id.clone()],
            }),
        }
    }
    let plane = |protocol: Protocol| {
        let met = known.iter().filter(|(of, _)| *of == Protocol::All || *of == protocol);
        segments(&met.map(|(_, rule)| rule.clone()).collect::<Vec<_>>())
    };
    let named: BTreeSet<Protocol> = known.iter().map(|(of, _)| *of).filter(|of| *of != Protocol::All).collect();
    let other = plane(Protocol::All);
    let planes: BTreeMap<Protocol, Vec<Allowed>> = named.into_iter().map(|of| (of, plane(of))).collect();

    let of_all = planes.values().chain([&other]).map(|plane| on_every_port(plane));
    let of_all = of_all.reduce(|all, one| all.intersection(&one)).unwrap_or_default();
    let mut out = Vec::new();
    if !of_all.is_empty() {
        out.push(Admitted {
            protocol: Protocol::All.name(),
            ports: PortSet::all(),
            sources: Ok(of_all.clone()),
            rules: other.iter().flat_map(|allowed| allowed.rules.iter().cloned()).collect(),
        });
    }
    let mut push = |protocol: String, plane: &[Allowed]| {
        // Ports that admit the same sources are one element, whichever rules admit them.
        let mut by_sources: Vec<(&IpSet, PortSet, Vec<String>)> = Vec::new();
        for allowed in plane.iter().filter(|allowed| allowed.sources != of_all) {
            match by_sources.iter_mut().find(|(sources, ..)| *sources == &allowed.sources) {
                Some((_, ports, rules)) => {
                    *ports = ports.union(&allowed.ports);
                    rules
                        .extend(allowed.rules.iter().filter(|rule| !rules.contains(rule)).cloned().collect::<Vec<_>>());
                }
                None => by_sources.push((&allowed.sources, allowed.ports.clone(), allowed.rules.clone())),
            }
        }
        out.extend(by_sources.into_iter().map(|(sources, ports, rules)| Admitted {
            protocol: protocol.clone(),
            ports,
            sources: Ok(sources.clone()),
            rules,
        }));
    };
    // Those that people look for have elements by name even where no rule names them.
    let first = [Protocol::TCP, Protocol::UDP, Protocol::ICMP, Protocol::ICMPV6];
    for protocol in first {
        push(protocol.name(), planes.get(&protocol).unwrap_or(&other));
    }
    for (protocol, plane) in planes.iter().filter(|(protocol, _)| !first.contains(protocol)) {
        push(protocol.name(), plane);
    }
    push("other".to_owned(), &other);
    out.extend(unknown);
    out
}

/// The ports of each protocol that admit a broad part of the internet: at least as much as an IPv4 block of length
/// `v4` or an IPv6 one of length `v6`. Their sources are taken together. Where sources are unknown, an element with
/// unknown sources holds all ports that may be among them.
pub fn broadly_admitted(admitted: &[Admitted], v4: u8, v6: u8) -> Vec<Admitted> {
    let mut out: Vec<Admitted> = Vec::new();
    let is_broad = |one: &&Admitted| one.sources.as_ref().is_ok_and(|sources| sources.public_at_least(v4, v6));
    let unknown = admitted.iter().filter(|one| one.sources.is_err());
    for one in admitted.iter().filter(is_broad).chain(unknown) {
        let same =
            |other: &&mut Admitted| other.protocol == one.protocol && other.sources.is_ok() == one.sources.is_ok();
        match out.iter_mut().find(same) {
            Some(all) => all.merge(one),
            None => {
                let mut first = one.clone();
                if first.sources.is_err() {
                    let known = out.iter().filter(|all| all.protocol == one.protocol);
                    first.ports = known.fold(first.ports, |ports, all| ports.union(&all.ports));
                }
                out.push(first);
            }
        }
    }
    out
}

impl Admitted {
    fn merge(&mut self, other: &Admitted) {
        self.ports = self.ports.union(&other.ports);
        self.sources = match (&self.sources, &other.sources) {
            (Ok(mine), Ok(theirs)) => Ok(mine.union(theirs)),
            (Err(mine), Err(theirs)) => Err(mine.clone().and(theirs)),
            (Err(missing), Ok(_)) | (Ok(_), Err(missing)) => Err(missing.clone()),
        };
        let new: Vec<String> = other.rules.iter().filter(|rule| !self.rules.contains(rule)).cloned().collect();
        self.rules.extend(new);
    }
}

/// The sources that a plane admits on every port.
fn on_every_port(plane: &[Allowed]) -> IpSet {
    // The elements of a plane have no port in common.
    if plane.iter().map(|allowed| allowed.ports.count()).sum::<u32>() <= u32::from(u16::MAX) {
        return IpSet::default();
    }
    plane.iter().map(|allowed| allowed.sources.clone()).reduce(|all, one| all.intersection(&one)).unwrap_or_default()
}

/// Who is at the other end of a security group's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer<'r> {
    Block(&'r str),
    PrefixList(&'r str),
    Group { id: &'r str, account: Option<&'r str> },
}

/// A security group's rule as AWS numbers them: one permission for one peer.
#[derive(Debug, Clone)]
pub struct PeerRule<'r> {
    pub protocol: Protocol,
    pub ports: PortSet,
    pub peer: Peer<'r>,
    pub description: Option<&'r str>,
}

impl PeerRule<'_> {
    /// As evidence names it, such as `tcp 22 from 0.0.0.0/0`.
    pub fn id(&self, from: &str) -> String {
        let peer = match self.peer {
            Peer::Block(text) | Peer::PrefixList(text) => text,
            Peer::Group { id, .. } => id,
        };
        format!("{} {from} {peer}", shown(self.protocol, &self.ports))
    }
}

/// A protocol and its ports as people write them.
pub fn shown(protocol: Protocol, ports: &PortSet) -> String {
    let any = *ports == PortSet::all();
    match (protocol, any) {
        (Protocol::All, _) => "all traffic".to_owned(),
        (of, false) if of.has_ports() => format!("{} {ports}", of.name()),
        (of, false) if of.has_types() => {
            let low = ports.ranges().first().map_or(0, |(low, _)| *low);
            let code = if ports.count() == 1 { format!(" code {}", low % 256) } else { String::new() };
            format!("{} type {}{code}", of.name(), low / 256)
        }
        (of, _) if of.has_ports() => format!("{} all ports", of.name()),
        (of, _) if of.has_types() => of.name(),
        (of, _) => format!("protocol {}", of.name()),
    }
}

/// Takes a security group's permissions apart.
///
/// # Errors
/// A protocol that is none.
pub fn peer_rules(permissions: &[IpPermission]) -> Result<Vec<PeerRule<'_>>, Missing> {
    let mut out = Vec::new();
    for permission in permissions {
        let text = permission.ip_protocol.as_deref().unwrap_or_default();
        let protocol = Protocol::parse(text)
            .ok_or_else(|| Missing::because(format!("a rule has the unknown protocol `{text}`")))?;
        let ports = rule_ports(protocol, permission.from_port, permission.to_port);
        let blocks = permission.ip_ranges.iter().map(|range| (range.cidr_ip.as_deref(), &range.description));
        let v6 = permission.ipv6_ranges.iter().map(|range| (range.cidr_ipv6.as_deref(), &range.description));
        let blocks = blocks.chain(v6).map(|(block, said)| (Peer::Block(block.unwrap_or("no address block")), said));
        let lists = permission.prefix_list_ids.iter().map(|list| {
            (Peer::PrefixList(list.prefix_list_id.as_deref().unwrap_or("no prefix list")), &list.description)
        });
        let groups = permission.user_id_group_pairs.iter().map(|pair| {
            let id = pair.group_id.as_deref().or(pair.group_name.as_deref()).unwrap_or("no group");
            (Peer::Group { id, account: pair.user_id.as_deref() }, &pair.description)
        });
        out.extend(blocks.chain(lists).chain(groups).map(|(peer, description)| PeerRule {
            protocol,
            ports: ports.clone(),
            peer,
            description: description.as_deref(),
        }));
    }
    Ok(out)
}

/// The ports of a rule; every one where EC2 ignores them, or where the range is no range.
fn rule_ports(protocol: Protocol, from: Option<i32>, to: Option<i32>) -> PortSet {
    let range = |from, to| Some((u16::try_from(from).ok()?, u16::try_from(to).ok()?));
    let ports = match (protocol, from, to) {
        (of, Some(from), Some(to)) if of.has_ports() => range(from, to),
        (of, Some(from), to) if of.has_types() => match (u8::try_from(from), u8::try_from(to.unwrap_or(-1))) {
            (Ok(kind), Ok(code)) => Some((u16::from_be_bytes([kind, code]), u16::from_be_bytes([kind, code]))),
            (Ok(kind), Err(_)) => Some((u16::from_be_bytes([kind, 0]), u16::from_be_bytes([kind, u8::MAX]))),
            _ => None,
        },
        _ => None,
    };
    ports.map_or_else(PortSet::all, |(low, high)| PortSet::range(low, high))
}

impl Context<'_> {
    /// What a security group's rules admit: from whom, or to whom for egress (`direction` is `from` or `to`).
    ///
    /// # Errors
    /// A rule cannot be understood at all.
    pub fn admitted_by_group(&self, permissions: &[IpPermission], direction: &str) -> Result<Vec<Admitted>, Missing> {
        let rules = peer_rules(permissions)?;
        let rules = rules.iter().map(|rule| FilterRule {
            protocol: rule.protocol,
            verdict: Verdict::Allow,
            ports: rule.ports.clone(),
            sources: self.addresses_of(&rule.peer),
            id: rule.id(direction),
        });
        Ok(admitted(&rules.collect::<Vec<_>>()))
    }

    /// The addresses of a rule's peer. Those of a group's members are not counted: they are not what the rule says.
    ///
    /// # Errors
    /// What is missing to know them.
    pub fn addresses_of(&self, peer: &Peer<'_>) -> Result<IpSet, Missing> {
        match peer {
            Peer::Block(block) => IpSet::from_blocks([block]).map_err(|error| Missing::because(error.to_string())),
            Peer::PrefixList(id) => self.prefix_list(id),
            Peer::Group { .. } => Ok(IpSet::default()),
        }
    }

    /// The addresses of a prefix list.
    ///
    /// # Errors
    /// What is missing to know them.
    pub fn prefix_list(&self, id: &str) -> Result<IpSet, Missing> {
        let found = self.model.network().prefix_list(self.model.inventory, self.scope, id);
        let Some(entries) = found.and_then(|list| list.entries.as_ref()) else {
            self.require("ec2:DescribeManagedPrefixLists")?;
            self.require("ec2:GetManagedPrefixListEntries")?;
            return Err(Missing::because(format!("the entries of prefix list {id} could not be seen")));
        };
        let blocks = entries.iter().map(|entry| entry.cidr.as_deref().unwrap_or("no address block"));
        IpSet::from_blocks(blocks).map_err(|error| Missing::because(format!("prefix list {id}: {error}")))
    }
}

/// What a network ACL admits, inwards or outwards.
///
/// # Errors
/// An entry cannot be understood.
pub fn admitted_by_acl(acl: &NetworkAcl, egress: bool) -> Result<Vec<Admitted>, Missing> {
    Ok(admitted(&acl_rules(acl, egress)?))
}

/// A network ACL's entries of one direction, in the order that they are applied.
///
/// # Errors
/// An entry cannot be understood.
pub fn acl_rules(acl: &NetworkAcl, egress: bool) -> Result<Vec<FilterRule>, Missing> {
    let mut entries: Vec<&NetworkAclEntry> =
        acl.entries.iter().filter(|entry| entry.egress.unwrap_or(false) == egress).collect();
    // No order is documented; AWS applies them by number.
    entries.sort_by_key(|entry| entry.rule_number);
    entries.into_iter().map(acl_rule).collect()
}

fn acl_rule(entry: &NetworkAclEntry) -> Result<FilterRule, Missing> {
    let number = entry.rule_number.map_or_else(|| "without a number".to_owned(), |number| number.to_string());
    let bad = |what: &str| Missing::because(format!("entry {number} has {what}"));
    let verdict = match entry.rule_action.as_deref() {
        Some("allow") => Verdict::Allow,
        Some("deny") => Verdict::Deny,
        _ => return Err(bad("an unknown action")),
    };
    let protocol = entry.protocol.as_deref().and_then(Protocol::parse).ok_or_else(|| bad("an unknown protocol"))?;
    let block = entry.cidr_block.as_deref().or(entry.ipv6_cidr_block.as_deref()).ok_or_else(|| bad("no addresses"))?;
    let range = match (protocol, &entry.icmp_type_code, &entry.port_range) {
        // EC2 lets ICMPv6 entries with an IPv4 block match every type.
        (Protocol::ICMPV6, _, _) if entry.cidr_block.is_some() => (None, None),
        (Protocol::ICMP | Protocol::ICMPV6, Some(icmp), _) => (icmp.r#type, icmp.code),
        (_, _, Some(range)) => (range.from, range.to),
        _ => (None, None),
    };
    Ok(FilterRule {
        protocol,
        verdict,
        ports: rule_ports(protocol, range.0, range.1),
        sources: Ok(IpSet::from_blocks([block]).map_err(|error| bad(&error.to_string()))?),
        id: format!("rule {number}"),
    })
}

#[cfg(test)]
mod tests;
