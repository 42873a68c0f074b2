//! Endpoints by what facts ask about: interfaces, instances, groups, balancers.
//!
//! NOTE: it owns what it holds, so that a model can make it once and keep it; topologies borrow.

use std::collections::BTreeMap;

use crate::inventory::Missing;
use crate::model::topology::Topology;
use crate::net::PacketSet;

use super::{Bounds, Endpoint, Exposure};

/// By region and id, the numbers of endpoints.
type Numbers = BTreeMap<(String, String), Vec<usize>>;

/// All endpoints of an inventory, and how to find them.
#[derive(Debug, Default)]
pub struct Exposed {
    exposure: Exposure,
    by_interface: Numbers,
    by_instance: Numbers,
    by_balancer: Numbers,
    by_group: Numbers,
}

impl Exposed {
    pub fn of(topology: &Topology<'_>) -> Exposed {
        let mut exposed = Exposed { exposure: Exposure::of(topology), ..Exposed::default() };
        for (number, endpoint) in exposed.exposure.endpoints.iter().enumerate() {
            let region = endpoint.scope.region.as_str();
            let add = |to: &mut Numbers, id: &str| {
                to.entry((region.to_owned(), id.to_owned())).or_default().push(number);
            };
            if endpoint.is_balancer() {
                add(&mut exposed.by_balancer, &endpoint.resource);
            }
            if let Some(id) = &endpoint.interface {
                add(&mut exposed.by_interface, id);
            }
            if let Some(id) = &endpoint.instance {
                add(&mut exposed.by_instance, id);
            }
            endpoint.groups.iter().for_each(|id| add(&mut exposed.by_group, id));
        }
        exposed
    }

    fn all<'e>(&'e self, of: &'e Numbers, region: &str, id: &str) -> impl Iterator<Item = &'e Endpoint> {
        let numbers = of.get(&(region.to_owned(), id.to_owned())).into_iter().flatten();
        numbers.filter_map(|number| self.exposure.endpoints.get(*number))
    }

    pub fn of_interface(&self, region: &str, id: &str) -> Vec<&Endpoint> {
        self.all(&self.by_interface, region, id).collect()
    }

    pub fn of_instance(&self, region: &str, id: &str) -> Vec<&Endpoint> {
        self.all(&self.by_instance, region, id).collect()
    }

    pub fn of_balancer(&self, region: &str, id: &str) -> Vec<&Endpoint> {
        self.all(&self.by_balancer, region, id).collect()
    }

    pub fn of_group(&self, region: &str, id: &str) -> Vec<&Endpoint> {
        self.all(&self.by_group, region, id).collect()
    }

    /// What a group's own rules admit, by addresses and prefix lists; none if no endpoint has the group.
    pub fn group(&self, region: &str, id: &str) -> Option<Bounds> {
        self.exposure.groups.get(&(region.to_owned(), id.to_owned())).cloned()
    }

    /// What is missing to know what balancers in a VPC hand to their targets.
    pub fn unread_balancing(&self, region: &str, vpc: &str) -> Option<&Missing> {
        self.exposure.unread_balancing.get(&(region.to_owned(), vpc.to_owned()))
    }
}

impl Endpoint {
    /// What is missing to know what each of its gates lets through; nothing if a door is closed and its groups are known.
    pub fn missing_of_gates(&self) -> Option<Missing> {
        use crate::model::walk::Gate;
        let closed = self.door.closed.is_some();
        let decides = |gate: Gate| !closed || matches!(gate, Gate::SecurityGroupIngress | Gate::Listener);
        let gates = self.behind_door.gates.iter().filter(|passed| decides(passed.gate));
        let of_gates = gates.filter_map(|passed| passed.admits.missing());
        let all = of_gates.chain(self.delivered().missing()).chain(self.conversational().missing());
        all.fold(None, |all: Option<Missing>, one| Some(all.map_or_else(|| one.clone(), |all| all.and(one))))
    }

    /// What its groups admit from the internet and another gate keeps out, by the gate that does.
    pub fn latent(&self) -> Vec<(String, String, PacketSet)> {
        use crate::model::walk::Gate;
        use crate::net::{IpSet, PortSet, Protocols};
        let mut gates = self.behind_door.gates.iter();
        let Some(groups) = gates.find(|passed| passed.gate == Gate::SecurityGroupIngress) else { return Vec::new() };
        let mut left = groups.admits.must().intersection(&super::internet(self.family));
        // What nothing listens for is not kept out by anybody.
        for passed in self.behind_door.gates.iter().filter(|passed| passed.gate == Gate::Listener) {
            left = left.intersection(passed.admits.may());
        }
        if self.door.closed.is_some() {
            let gate = self.door.gates.last().filter(|_| !left.is_empty());
            return gate.map(|(gate, id)| (gate.to_string(), id.to_string(), left)).into_iter().collect();
        }
        // Of other protocols some messages have no answer, and no gate keeps them out.
        let answerable =
            [6, 17].map(|protocol| PacketSet::of(&IpSet::all(), Protocols::One(protocol), &PortSet::all()));
        let answerable = answerable[0].union(&answerable[1]);
        let mut all = Vec::new();
        let others = [Gate::NetworkAclIngress, Gate::NetworkAclEgress, Gate::Route];
        for passed in self.behind_door.gates.iter().filter(|passed| others.contains(&passed.gate)) {
            let mut kept_out = left.difference(passed.admits.may());
            if passed.on_return {
                kept_out = kept_out.intersection(&answerable);
            }
            left = left.intersection(passed.admits.may());
            if !kept_out.is_empty() {
                all.push((passed.gate.to_string(), passed.resource.to_string(), kept_out));
            }
        }
        all
    }
}
