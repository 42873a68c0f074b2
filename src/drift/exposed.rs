//! What the internet reaches on both sides, at each interface that both call the same.

use std::collections::BTreeMap;

use crate::arn::Region;
use crate::model::exposure::{Endpoint, Exposure};
use crate::model::topology::Topology;
use crate::net::PacketSet;

use super::compare::Both;
use super::side::Side;

/// An endpoint of the newer side, with what is answered there now and was not before.
pub(super) struct Reached {
    pub region: Region,
    /// The interface's label, or a balancer's.
    pub place: String,
    pub vpc: Option<String>,
    pub subnet: Option<String>,
    pub groups: Vec<String>,
    pub gained: PacketSet,
}

type Sets = BTreeMap<(Region, String, u8), (PacketSet, Vec<Endpoint>)>;

/// The endpoints that more reaches than before.
pub(super) fn gains(both: &Both<'_, '_>) -> Vec<Reached> {
    let (before, after) = (sets(both.old), sets(both.new));
    let mut out = Vec::new();
    for ((region, place, family), (now, endpoints)) in after {
        let gained = match before.get(&(region.clone(), place.clone(), family)) {
            Some((was, _)) => now.difference(was),
            None => now,
        };
        let Some(endpoint) = endpoints.into_iter().next().filter(|_| !gained.is_empty()) else { continue };
        let Endpoint { vpc, subnet, groups, .. } = endpoint;
        out.push(Reached { region, place, vpc, subnet, groups, gained });
    }
    out
}

fn sets(side: &Side<'_>) -> Sets {
    let mut out = Sets::new();
    for endpoint in Exposure::of(&Topology::new(side.inventory)).endpoints {
        let region = endpoint.scope.region.clone();
        let id = endpoint.interface.as_deref().unwrap_or(&endpoint.resource);
        let place = side.names.label(&region, id).unwrap_or(id).to_owned();
        let entry = out.entry((region, place, endpoint.family)).or_default();
        entry.0 = entry.0.union(endpoint.conversational().must());
        entry.1.push(endpoint);
    }
    out
}
