//! A question and its answer: does this packet get there, and does an answer get back?

use std::net::IpAddr;

use serde::Serialize;

use crate::model::topology::{Node, Placed, Topology};
use crate::net::PortSet;
use crate::resource::ec2::NetworkInterface;

use super::ends::{End, is_public};
use super::flow::{Flow, Halt};
use super::step::{Decision, Gate, Step};

/// One attempt to reach something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// `internet`, an address, or the id or name of an interface, instance or load balancer.
    pub from: String,
    pub to: String,
    pub protocol: ProbeProtocol,
}

/// What is sent. ICMP is an echo request of the addresses' family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeProtocol {
    Tcp(u16),
    Udp(u16),
    IcmpEcho,
    /// An ICMP message of the addresses' family, by type and code.
    Icmp(u8, u8),
    /// Another protocol by its number.
    Number(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something that decides was not read.
    Unknown,
    Blocked,
    /// It gets there, and no answer gets back.
    OneWay,
    Reachable,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Unknown => "unknown",
            Verdict::Blocked => "blocked",
            Verdict::OneWay => "one-way",
            Verdict::Reachable => "reachable",
        }
    }
}

/// What became of a probe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    pub verdict: Verdict,
    /// One sentence.
    pub reason: String,
    /// Of a probe from the internet, the address that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<IpAddr>,
    pub path: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub return_path: Vec<Step>,
    /// The ports that the client may send from and still be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_ports: Option<PortSet>,
    /// What was taken for granted, because nobody was asked.
    pub assumptions: Vec<String>,
    /// What was not read and would decide.
    pub missing: Vec<String>,
}

impl Answer {
    /// Nothing could be asked.
    pub fn unknown(reason: impl Into<String>) -> Answer {
        let reason = reason.into();
        Answer {
            verdict: Verdict::Unknown,
            missing: vec![reason.clone()],
            reason,
            witness: None,
            path: Vec::new(),
            return_path: Vec::new(),
            client_ports: None,
            assumptions: Vec::new(),
        }
    }
}

/// Asks the network.
pub fn reach(topology: &Topology<'_>, probe: &Probe) -> Answer {
    let (sources, targets) = match (End::parse(topology, &probe.from), End::parse_target(topology, &probe.to)) {
        (Ok(sources), Ok(targets)) => (sources, targets),
        (Err(error), _) | (_, Err(error)) => return Answer::unknown(error.to_string()),
    };
    let mut best: Option<Answer> = None;
    for source in &sources {
        for target in &targets {
            let answer = between(topology, probe, source, target);
            // Of a balancer's nodes the one that answers counts; a node of which nothing is known keeps that open.
            if best.as_ref().is_none_or(|before| rank(answer.verdict) > rank(before.verdict)) {
                best = Some(answer);
            }
        }
    }
    best.unwrap_or_else(|| Answer::unknown("neither end has an address"))
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Blocked => 0,
        Verdict::OneWay => 1,
        Verdict::Unknown => 2,
        Verdict::Reachable => 3,
    }
}

fn between<'i>(topology: &Topology<'i>, probe: &Probe, source: &End<'i>, target: &End<'i>) -> Answer {
    let from_outside = !matches!(source, End::Interface(_));
    let meant = target.meant(&probe.to);
    let Some(dst) = target.destination(topology, &probe.to, from_outside) else {
        return match target {
            End::Internet => Answer::unknown("`internet` can be asked from; name an address to ask about"),
            _ => blocked(format!("{} has no public address", probe.to)),
        };
    };
    match source {
        End::Interface(placed) => {
            let src = if placed.address.is_ipv4() == dst.is_ipv4() {
                Some(placed.address)
            } else {
                let own =
                    placed.interface.value.pairs().map(|(private, _)| private).chain(placed.interface.value.ipv6());
                own.into_iter().find(|address| address.is_ipv4() == dst.is_ipv4())
            };
            match src {
                Some(src) => attempt(topology, probe, Some(Placed { address: src, ..*placed }), src, dst, meant),
                None => blocked(format!("{} has no address of the family of {dst}", probe.from)),
            }
        }
        End::Outside(src) if src.is_ipv4() != dst.is_ipv4() => {
            Answer::unknown(format!("{src} and {dst} are of two address families"))
        }
        End::Outside(src) if !is_public(*src) => {
            Answer::unknown(format!("no network interface that was read has the address {src}"))
        }
        End::Outside(src) if !topology.is_public(dst) => {
            blocked(format!("the internet does not route {dst}, so {src} does not reach it"))
        }
        End::Outside(src) => attempt(topology, probe, None, *src, dst, meant),
        End::Internet => {
            let mut best: Option<Answer> = None;
            let sources = if topology.is_public(dst) { topology.representatives(dst) } else { Vec::new() };
            for src in sources {
                let answer = Answer { witness: Some(src), ..attempt(topology, probe, None, src, dst, meant) };
                if best.as_ref().is_none_or(|before| rank(answer.verdict) > rank(before.verdict)) {
                    best = Some(answer);
                }
                if best.as_ref().is_some_and(|best| best.verdict == Verdict::Reachable) {
                    break;
                }
            }
            best.unwrap_or_else(|| blocked(format!("the internet does not route {dst}")))
        }
    }
}

/// Nothing needs to be asked to say so.
fn blocked(reason: String) -> Answer {
    Answer { verdict: Verdict::Blocked, missing: Vec::new(), ..Answer::unknown(reason) }
}

/// One packet from an address to an address, and to one interface if that is meant: networks that overlap have an
/// address more than once.
fn attempt<'i>(
    topology: &Topology<'i>,
    probe: &Probe,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
    meant: Option<Node<'i, NetworkInterface>>,
) -> Answer {
    let (protocol, selector) = probe.protocol.wire(dst);
    let mut flow = Flow::new(topology, src, dst, protocol, PortSet::range(selector, selector));
    if let Some(origin) = origin {
        if let Err(halt) = flow.host(origin.interface) {
            return finish(flow, halt, None);
        }
        if let Some(own) = topology.same_host(origin, dst).filter(|own| is_meant(meant, own.interface)) {
            flow.steps.push(
                Step::new(Gate::Host, &own.interface.value.network_interface_id, Decision::Allow)
                    .detail("an address of the same host"),
            );
            let mut answer = finish(flow, Halt::Delivered(own), None);
            if answer.missing.is_empty() {
                answer.verdict = Verdict::Reachable;
                answer.reason = format!("{dst} is an address of the same host, which does not leave it");
            }
            return answer;
        }
        flow.identities.push(origin.interface);
    }
    let halt = match origin {
        Some(origin) => flow.leave(origin.interface),
        None => flow.in_from_internet(),
    };
    if let Halt::Delivered(placed) | Halt::Balanced(placed) = halt
        && let Some(meant) = meant.filter(|_| !is_meant(meant, placed.interface))
    {
        let (there, meant) = (&placed.interface.value.network_interface_id, &meant.value.network_interface_id);
        let why = format!("{dst} is {there} where it is sent to, and not {meant}");
        return finish(flow, Halt::Blocked(why), None);
    }
    settle(flow, halt, origin, src, dst)
}

fn is_meant<'i>(meant: Option<Node<'i, NetworkInterface>>, interface: Node<'i, NetworkInterface>) -> bool {
    meant.is_none_or(|meant| meant.value.network_interface_id == interface.value.network_interface_id)
}

/// From where the first packet ended to the answer's way back.
fn settle<'i>(mut flow: Flow<'_, 'i>, halt: Halt<'i>, origin: Option<Placed<'i>>, src: IpAddr, dst: IpAddr) -> Answer {
    let end = match halt {
        Halt::Balanced(node) => return super::balancer::through(flow, node, origin, src, dst),
        Halt::Delivered(placed) => {
            if let Err(halt) = flow.host(placed.interface) {
                return finish(flow, halt, None);
            }
            Some(placed)
        }
        Halt::Internet => None,
        Halt::Blocked(_) | Halt::Unknown(_) => return finish(flow, halt, None),
    };
    let Some(ports) = reply_ports(&flow) else {
        let protocol = flow.protocol;
        let mut answer = finish(flow, halt, None);
        answer.verdict = if answer.missing.is_empty() { Verdict::OneWay } else { Verdict::Unknown };
        answer.reason = format!("it is delivered; packets of protocol {protocol} of this kind are not answered");
        return answer;
    };
    let mut reply = flow.reply(ports);
    let back = match end {
        Some(placed) => reply.leave(placed.interface),
        None => reply.in_from_internet(),
    };
    let returned = returned(&reply, back, origin, src, dst);
    finish(flow, halt, Some((reply, returned)))
}

/// Whether the reply is where the first packet came from, as an answer to it.
pub(super) fn returned<'i>(
    reply: &Flow<'_, 'i>,
    back: Halt<'i>,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
) -> Halt<'i> {
    let as_sent = reply.src == dst;
    match (back, origin) {
        (Halt::Delivered(at), Some(origin)) => {
            let same = at.interface.value.network_interface_id == origin.interface.value.network_interface_id;
            if same && as_sent && reply.dst == src {
                Halt::Delivered(at)
            } else {
                Halt::Blocked(format!("the answer arrives from {} and not from {dst}", reply.src))
            }
        }
        (Halt::Internet, None) if as_sent => Halt::Internet,
        (Halt::Internet, _) => {
            Halt::Blocked(format!("the answer leaves for the internet as {} and not as {dst}", reply.src))
        }
        (Halt::Delivered(at), None) => {
            Halt::Blocked(format!("the answer ends at {}", at.interface.value.network_interface_id))
        }
        (Halt::Balanced(_), _) => Halt::Blocked("the answer ends at a load balancer".to_owned()),
        (halt @ (Halt::Blocked(_) | Halt::Unknown(_)), _) => halt,
    }
}

/// Puts the answer together.
pub(super) fn finish<'i>(flow: Flow<'_, 'i>, halt: Halt<'i>, reply: Option<(Flow<'_, 'i>, Halt<'i>)>) -> Answer {
    let mut missing: Vec<String> = flow.missing.iter().map(|one| one.why.clone()).collect();
    let mut assumptions = flow.assumptions.clone();
    let at = match &halt {
        Halt::Delivered(placed) => format!("delivered to {}", placed.interface.value.network_interface_id),
        Halt::Internet => format!("out to {} on the internet", flow.dst),
        Halt::Balanced(_) | Halt::Blocked(_) | Halt::Unknown(_) => String::new(),
    };
    let (mut return_path, mut client_ports) = (Vec::new(), None);
    let (verdict, reason) = match (halt, reply) {
        (Halt::Blocked(why), _) => {
            // A gate that is known to be closed decides whatever else is not known.
            missing.clear();
            (Verdict::Blocked, why)
        }
        (Halt::Unknown(why), _) => (Verdict::Unknown, why),
        (_, Some((reply, back))) => {
            assumptions.extend(reply.assumptions.iter().cloned());
            return_path = reply.steps;
            let in_doubt = reply.missing.iter().map(|one| one.why.clone());
            match back {
                Halt::Delivered(_) | Halt::Internet => {
                    missing.extend(in_doubt);
                    client_ports = has_ports(flow.protocol).then_some(reply.ports);
                    match missing.first() {
                        None => (Verdict::Reachable, format!("{at}, and the answer gets back")),
                        Some(first) => (Verdict::Unknown, format!("{at} if {first} does not keep it")),
                    }
                }
                Halt::Unknown(why) => {
                    missing.extend(in_doubt);
                    (Verdict::Unknown, format!("{at}; of the answer: {why}"))
                }
                Halt::Blocked(why) => match missing.first() {
                    None => (Verdict::OneWay, format!("{at}, but no answer gets back: {why}")),
                    Some(first) => (Verdict::Unknown, format!("no answer gets back ({why}); {first}")),
                },
                Halt::Balanced(_) => (Verdict::Unknown, at),
            }
        }
        (_, None) => match missing.first() {
            None => (Verdict::OneWay, at),
            Some(first) => (Verdict::Unknown, first.clone()),
        },
    };
    assumptions.sort();
    assumptions.dedup();
    missing.sort();
    missing.dedup();
    Answer { verdict, reason, witness: None, path: flow.steps, return_path, client_ports, assumptions, missing }
}

/// The ports that a reply may be for: the client's choice, or the NAT gateway's; the ICMP type that answers this
/// one; none if nothing does.
pub(super) fn reply_ports(flow: &Flow<'_, '_>) -> Option<PortSet> {
    if has_ports(flow.protocol) {
        let by_nat = flow.translators.iter().any(|one| matches!(one, super::flow::Translator::Nat { .. }));
        return Some(if by_nat { super::gateways::nat_ports() } else { PortSet::all() });
    }
    let kind = flow.ports.ranges().first().map_or(0, |(low, _)| low >> 8);
    let reply = |kind: u16| Some(PortSet::range(kind << 8, kind << 8));
    match (flow.protocol, kind) {
        // ICMP of the other family is a protocol as any other.
        (58, _) if flow.src.is_ipv4() => Some(PortSet::range(0, 0)),
        (1, _) if flow.src.is_ipv6() => Some(PortSet::range(0, 0)),
        (1, 8) => reply(0),
        (1, 13) => reply(14),
        (1, 15) => reply(16),
        (1, 17) => reply(18),
        (58, 128) => reply(129),
        (1 | 58, _) => None,
        _ => Some(PortSet::range(0, 0)),
    }
}

/// Whether packets of a protocol have ports.
pub(super) fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17)
}

/// A packet as people write it: `tcp 22`, `the answer`.
pub(super) fn shown_traffic(protocol: u8, ports: &PortSet, is_reply: bool) -> String {
    let port = ports.ranges().first().map_or(0, |(low, _)| *low);
    match protocol {
        _ if is_reply => "the answer".to_owned(),
        6 => format!("tcp {port}"),
        17 => format!("udp {port}"),
        1 => format!("icmp type {}", port >> 8),
        58 => format!("icmpv6 type {}", port >> 8),
        number => format!("protocol {number}"),
    }
}

impl ProbeProtocol {
    /// The protocol's number, and the port or ICMP type and code that the packet carries.
    fn wire(self, to: IpAddr) -> (u8, u16) {
        match self {
            ProbeProtocol::Tcp(port) => (6, port),
            ProbeProtocol::Udp(port) => (17, port),
            ProbeProtocol::IcmpEcho if to.is_ipv4() => (1, 8 << 8),
            ProbeProtocol::IcmpEcho => (58, 128 << 8),
            ProbeProtocol::Icmp(kind, code) => (if to.is_ipv4() { 1 } else { 58 }, u16::from_be_bytes([kind, code])),
            ProbeProtocol::Number(number) => (number, 0),
        }
    }
}

impl<'i> Topology<'i> {
    /// The interface of the same host that has a private address, which the host reaches without leaving itself.
    fn same_host(&self, origin: Placed<'i>, dst: IpAddr) -> Option<Placed<'i>> {
        let own = self.inside(origin.interface.region(), origin.interface.value.vpc_id.as_deref()?, dst)?;
        let id = |one: Node<'i, NetworkInterface>| one.value.attachment.as_ref()?.instance_id.as_deref();
        let same = own.value.network_interface_id == origin.interface.value.network_interface_id
            || (id(own).is_some() && id(own) == id(origin.interface));
        same.then_some(Placed { interface: own, address: dst })
    }
}
