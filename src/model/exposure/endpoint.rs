//! One address that the internet might reach, and how much of the internet does.

use std::net::IpAddr;
use std::sync::Arc;

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::topology::Host;
use crate::model::walk::Gate;
use crate::net::{Packet, PacketSet, PortSet};

use super::Bounds;

/// By which way packets come, which decides what "reachable" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Straight from any host on the internet.
    Internet,
    /// From CloudFront's servers, through any distribution of anybody.
    ViaCloudfront,
    /// Handed on by a load balancer.
    ViaLoadBalancer,
    /// From Global Accelerator's edge, without a public address or a route.
    ViaGlobalAccelerator,
    /// Through an appliance whose policy is not known.
    Mediated,
    /// From a mobile carrier's network only.
    Carrier,
    /// From the networks behind an Outpost only.
    OnPremises,
}

impl Class {
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Internet => "internet",
            Class::ViaCloudfront => "via-cloudfront",
            Class::ViaLoadBalancer => "via-load-balancer",
            Class::ViaGlobalAccelerator => "via-global-accelerator",
            Class::Mediated => "mediated",
            Class::Carrier => "carrier",
            Class::OnPremises => "on-premises",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Answered, by something that runs.
    Reachable,
    /// Something that decides was not read.
    Unknown,
    /// It would be answered if what is behind it ran.
    Dormant,
    /// Delivered, and no answer gets back.
    OneWay,
    Closed,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Reachable => "reachable",
            Verdict::Unknown => "unknown",
            Verdict::Dormant => "dormant",
            Verdict::OneWay => "one-way",
            Verdict::Closed => "closed",
        }
    }
}

/// A gate, and what of the internet is left behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    pub gate: Gate,
    /// The objects that decide.
    pub resource: Arc<str>,
    pub left: Arc<PacketSet>,
    /// What the gate lets through, whatever comes to it.
    pub admits: Bounds,
    /// Whether the packet that comes meets it, or the answer.
    pub on_return: bool,
}

/// What the gates of a place let through; one value for all places with the same gates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sets {
    /// What gets there.
    pub delivered: Bounds,
    /// What is answered.
    pub conversational: Bounds,
    /// The client's ports of TCP and UDP to which answers get back, from any source that is answered.
    pub client_ports: PortSet,
    pub gates: Vec<Passed>,
}

/// What decides for one place before rules are asked: whether anything comes in there at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Door {
    /// The gates that were met, the last of them closed if the door is.
    pub gates: Vec<(Gate, Arc<str>)>,
    /// Why nothing comes in.
    pub closed: Option<String>,
}

/// One address, or one node of a balancer, and who reaches it.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    pub scope: Scope,
    /// The CloudFormation name of the resource's type.
    pub resource_type: &'static str,
    pub resource: String,
    pub name: Option<String>,
    /// The interface that has the address, also where the resource is a balancer.
    pub interface: Option<String>,
    pub instance: Option<String>,
    pub vpc: Option<String>,
    pub subnet: Option<String>,
    pub groups: Vec<String>,
    /// The public one: an address, a block of IPv6, or a balancer's name where its addresses are not known.
    pub address: Option<String>,
    pub private_address: Option<String>,
    pub family: u8,
    pub class: Class,
    /// What hands packets on: a balancer, an accelerator, an appliance.
    pub via: Option<String>,
    pub door: Door,
    /// Empty sets if the door is closed, whatever the rules say.
    pub sets: Arc<Sets>,
    /// What the rules alone would let in.
    pub behind_door: Arc<Sets>,
    pub host: Host,
    pub assumptions: Vec<String>,
    /// Behind a balancer: how clients come here. None of something that is asked itself.
    pub dialed: Vec<Dialed>,
}

/// One way through a balancer: what a client asks, and what of that comes to a port of the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialed {
    pub address: Option<String>,
    pub port: u16,
    pub target: u16,
    pub delivered: Bounds,
    pub conversational: Bounds,
}

impl Endpoint {
    /// One of which nothing is known but the scope.
    pub(super) fn nobody(scope: &Scope) -> Endpoint {
        Endpoint {
            scope: scope.clone(),
            resource_type: "",
            resource: String::new(),
            name: None,
            interface: None,
            instance: None,
            vpc: None,
            subnet: None,
            groups: Vec::new(),
            address: None,
            private_address: None,
            family: 4,
            class: Class::Internet,
            via: None,
            door: Door::default(),
            sets: Arc::default(),
            behind_door: Arc::default(),
            host: Host::Awake,
            assumptions: Vec::new(),
            dialed: Vec::new(),
        }
    }

    pub fn delivered(&self) -> &Bounds {
        &self.sets.delivered
    }

    /// Whom a client asks, and by which packet, so that this one comes here (is `answered`); nothing if that has no
    /// address that is known.
    pub fn dial(&self, packet: Packet, answered: bool) -> Option<(String, Packet)> {
        let known = |address: &Option<String>| address.clone().filter(|text| text.parse::<IpAddr>().is_ok());
        if self.dialed.is_empty() {
            return Some((known(&self.address)?, packet));
        }
        self.dialed.iter().find_map(|way| {
            let set = if answered { &way.conversational } else { &way.delivered };
            let leads = way.target == packet.l4 && set.must().contains(&packet);
            leads.then(|| Some((known(&way.address)?, Packet { l4: way.port, ..packet }))).flatten()
        })
    }

    pub fn conversational(&self) -> &Bounds {
        &self.sets.conversational
    }

    /// What is answered by something that runs.
    pub fn live(&self) -> Bounds {
        match &self.host {
            Host::Awake => self.sets.conversational.clone(),
            Host::Asleep(_) => Bounds::default(),
            Host::Unknown(missing) => self.sets.conversational.doubted(missing),
        }
    }

    pub fn verdict(&self) -> Verdict {
        let live = self.live();
        if !live.must().is_empty() {
            Verdict::Reachable
        } else if !live.is_empty() {
            Verdict::Unknown
        } else if !self.conversational().must().is_empty() {
            Verdict::Dormant
        } else if !self.conversational().is_empty() {
            Verdict::Unknown
        } else if !self.delivered().must().is_empty() {
            Verdict::OneWay
        } else if !self.delivered().is_empty() {
            Verdict::Unknown
        } else {
            Verdict::Closed
        }
    }

    /// What is missing to know its sets.
    pub fn missing(&self) -> Option<Missing> {
        let live = self.live();
        let all = [self.delivered().missing(), self.conversational().missing(), live.missing()];
        all.into_iter().flatten().fold(None, |all: Option<Missing>, one| {
            Some(match all {
                Some(all) if all == *one => all,
                Some(all) => all.and(one),
                None => one.clone(),
            })
        })
    }

    /// The same with nothing certain, because something about it is in doubt.
    #[must_use]
    pub fn doubted(self, missing: &Missing) -> Endpoint {
        let mut sets = (*self.sets).clone();
        sets.delivered = sets.delivered.doubted(missing);
        sets.conversational = sets.conversational.doubted(missing);
        Endpoint { sets: Arc::new(sets), ..self }
    }

    /// The first gate behind which nothing is left: of what comes, or else of what is answered.
    pub fn closed_by(&self) -> Option<(Gate, &str)> {
        if self.door.closed.is_some() {
            return self.door.gates.last().map(|(gate, resource)| (*gate, &**resource));
        }
        let closing = self.sets.gates.iter().find(|passed| passed.left.is_empty());
        closing.map(|passed| (passed.gate, &*passed.resource))
    }

    /// Every gate in the order that packets meet them, with what is left behind each.
    pub fn waterfall(&self) -> Vec<Passed> {
        let (all, none) = (Arc::new(super::internet(self.family)), Arc::default());
        let count = self.door.gates.len();
        let at_door = self.door.gates.iter().enumerate().map(|(index, (gate, resource))| {
            let closes = self.door.closed.is_some() && index + 1 == count;
            let left = Arc::clone(if closes { &none } else { &all });
            Passed { gate: *gate, resource: Arc::clone(resource), left, admits: Bounds::default(), on_return: false }
        });
        let behind = self.sets.gates.iter().filter(|_| self.door.closed.is_none()).cloned();
        at_door.chain(behind).collect()
    }
}
