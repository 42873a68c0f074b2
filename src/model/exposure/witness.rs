//! One packet that stands for what reaches an endpoint, and what becomes of it gate by gate.

use std::net::IpAddr;

use crate::model::topology::{Host, Topology};
use crate::model::walk::{self, Answer, Decision, Gate, Probe, ProbeProtocol, reach};
use crate::net::{IpSet, Packet, PacketSet, PortSet, Protocols};

use super::{Class, Endpoint, Verdict};

/// A packet from an address on the internet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub from: IpAddr,
    /// The public address that it is for.
    pub to: String,
    pub packet: Packet,
}

/// Sets and walk disagree about a packet. One of them is wrong: a mistake of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "internal error: {from} -> {to} {protocol} is {expected} by the sets and {found} by the walk ({reason}); \
     please report this"
)]
pub struct Disagreement {
    pub from: String,
    pub to: String,
    pub protocol: String,
    pub expected: &'static str,
    pub found: &'static str,
    pub reason: String,
}

/// Ports that people look for first: of administration, databases, caches and search.
pub fn sensitive() -> PortSet {
    let ports = [22, 23, 135, 445, 1433, 1521, 2375, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 9200, 11211, 27017];
    PortSet::from_ranges(ports.map(|port| (port, port)))
}

impl Endpoint {
    /// A packet of the smallest set that has any, walked through the network where a walk can go.
    ///
    /// # Errors
    /// The walk comes to another end than the set says.
    pub fn witness(&self, topology: &Topology<'_>) -> Result<Option<(Witness, Option<Answer>)>, Box<Disagreement>> {
        let verdict = self.verdict();
        let set = match verdict {
            Verdict::Reachable | Verdict::Dormant => self.conversational(),
            Verdict::OneWay => self.delivered(),
            Verdict::Unknown | Verdict::Closed => return Ok(None),
        };
        // Whoever says to be in the VPC and is not stands for nobody.
        let near = self.vpc.as_deref().and_then(|id| topology.vpc(self.scope.region.as_str(), id));
        let blocks = near.into_iter().flat_map(|vpc| vpc.value.blocks());
        let inside = blocks.filter_map(|block| IpSet::from_blocks([block]).ok());
        let inside = inside.fold(IpSet::default(), |all, one| all.union(&one));
        let far = set.must().difference(&PacketSet::of(&inside, Protocols::All, &PortSet::all()));
        let Some(packet) = far.witness(&sensitive()) else { return Ok(None) };
        let Some((to, packet)) = self.dial(packet, verdict != Verdict::OneWay) else { return Ok(None) };
        let witness = Witness { from: packet.address, to, packet };
        // Accelerators' own addresses are no part of the walk.
        if self.class == Class::ViaGlobalAccelerator {
            return Ok(Some((witness, None)));
        }
        let answer = witness.ask(topology);
        let expected = match (verdict, &self.host) {
            (Verdict::Reachable, _) => walk::Verdict::Reachable,
            (Verdict::OneWay, Host::Awake) => walk::Verdict::OneWay,
            (Verdict::OneWay, Host::Unknown(_)) => walk::Verdict::Unknown,
            // Nobody answers there.
            _ => walk::Verdict::Blocked,
        };
        // A balancer hands on to whichever target answers best, which need not be this one; and one that listens is
        // reached even if none of its targets is.
        let by_other = self.class == Class::ViaLoadBalancer && expected != walk::Verdict::Reachable;
        let listens = self.is_balancer()
            && answer.path.iter().any(|step| step.gate == Gate::Listener && step.decision != Decision::Deny);
        if !by_other && !listens {
            witness.check(&answer, expected)?;
        }
        Ok(Some((witness, Some(answer))))
    }

    /// Whether the resource is a load balancer.
    pub fn is_balancer(&self) -> bool {
        self.resource_type.starts_with("AWS::ElasticLoadBalancing")
    }
}

impl Witness {
    pub fn ask(&self, topology: &Topology<'_>) -> Answer {
        reach(topology, &Probe { from: self.from.to_string(), to: self.to.clone(), protocol: probe_of(&self.packet) })
    }

    /// Holds the sets to the walk.
    ///
    /// # Errors
    /// They disagree.
    pub fn check(&self, answer: &Answer, expected: walk::Verdict) -> Result<(), Box<Disagreement>> {
        // Of an answer that does not get back the walk need not know which of several wrong ways it takes.
        let knows_less = expected == walk::Verdict::OneWay && answer.verdict == walk::Verdict::Unknown;
        if answer.verdict == expected || knows_less {
            return Ok(());
        }
        let port = self.port().map(|port| format!(" {port}")).unwrap_or_default();
        Err(Box::new(Disagreement {
            from: self.from.to_string(),
            to: self.to.clone(),
            protocol: format!("{}{port}", self.protocol()),
            expected: expected.as_str(),
            found: answer.verdict.as_str(),
            reason: answer.reason.clone(),
        }))
    }

    /// `tcp`, `udp`, `icmp`, `icmpv6` or a number.
    pub fn protocol(&self) -> String {
        match (self.packet.protocol, self.from.is_ipv4()) {
            (6, _) => "tcp".to_owned(),
            (17, _) => "udp".to_owned(),
            (1, true) => "icmp".to_owned(),
            (58, false) => "icmpv6".to_owned(),
            (number, _) => number.to_string(),
        }
    }

    /// The port of TCP and UDP.
    pub fn port(&self) -> Option<u16> {
        matches!(self.packet.protocol, 6 | 17).then_some(self.packet.l4)
    }
}

/// The question about a packet.
pub fn probe_of(packet: &Packet) -> ProbeProtocol {
    let [kind, code] = packet.l4.to_be_bytes();
    match (packet.protocol, packet.address.is_ipv4()) {
        (6, _) => ProbeProtocol::Tcp(packet.l4),
        (17, _) => ProbeProtocol::Udp(packet.l4),
        (1, true) | (58, false) => ProbeProtocol::Icmp(kind, code),
        (number, _) => ProbeProtocol::Number(number),
    }
}
