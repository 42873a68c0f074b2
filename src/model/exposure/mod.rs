//! What the internet can reach: for every public address all packets that get
//! there, all that are answered, and all that something answers.
//!
//! *Endpoint*: one public address of one interface, or one node of a balancer.
//! *Delivered*: the packets that get to it. *Conversational*: those of which an
//! answer gets back to some port of the client. *Live*: those, if something
//! runs there. *Door*: what decides before rules are asked, such as an internet
//! gateway. Sets are exact where everything that decides was read, and bounds
//! where not: what must get there, and what may.
//!
//! It is held to `model::walk`, which sends single packets and knows no sets.

mod accelerators;
mod balancers;
mod bounds;
mod build;
pub mod diff;
mod door;
mod endpoint;
mod filters;
mod index;
mod interfaces;
mod routes;
mod targets;
mod witness;

use std::collections::BTreeMap;

use crate::inventory::Missing;
use crate::model::topology::Topology;
use crate::net::{IpSet, PacketSet, PortSet, Protocols};

pub use bounds::Bounds;
pub use endpoint::{Class, Dialed, Door, Endpoint, Passed, Sets, Verdict};
pub use index::Exposed;
pub use witness::{Disagreement, Witness, probe_of, sensitive};

/// All endpoints of an inventory, also the closed ones.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    pub endpoints: Vec<Endpoint>,
    /// By region and id, what each security group of an endpoint admits by addresses and prefix lists.
    groups: BTreeMap<(String, String), Bounds>,
    /// By region and VPC, what is missing to know what balancers hand to their targets there.
    unread_balancing: BTreeMap<(String, String), Missing>,
}

impl Exposure {
    pub fn of(topology: &Topology<'_>) -> Exposure {
        let mut builder = build::Builder::new(topology);
        let mut endpoints = Vec::new();
        for interface in topology.interfaces() {
            builder.interface(interface, &mut endpoints);
        }
        builder.balancers_without_nodes(&mut endpoints);
        builder.targets(&mut endpoints);
        builder.accelerators(&mut endpoints);
        endpoints.sort_by_cached_key(|one: &Endpoint| {
            let scope = (one.scope.account.clone(), one.scope.region.clone());
            (scope, one.resource.clone(), one.family, one.class, one.address.clone(), one.private_address.clone())
        });
        let (groups, unread_balancing) = builder.finish();
        Exposure { endpoints, groups, unread_balancing }
    }
}

/// Every packet from the internet, of one family.
pub fn internet(family: u8) -> PacketSet {
    let line = if family == 4 { IpSet::all_v4() } else { IpSet::all_v6() };
    PacketSet::of(&IpSet::internet().intersection(&line), Protocols::All, &PortSet::all())
}

/// What decides in the world and is no part of the model.
pub const NOT_MODELLED: [&str; 9] = [
    "firewalls on hosts, and whether anything listens",
    "AWS Network Firewall and other appliances: their policies",
    "AWS WAF, authentication and everything else above ports",
    "DNS names",
    "connections that were open before rules changed, and tracked flows of other protocols",
    "hosts that answer by another interface than the one that was asked",
    "the health of targets, beyond what was read of it",
    "services' own endpoints that are no network interface: API Gateway, Lambda URLs, EKS, S3 and others",
    "ways in by VPN, Direct Connect, Cloud WAN and carriers' networks",
];

#[cfg(test)]
mod tests;
