//! Addresses before and after: what is delivered there, and what is answered.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::exposure::endpoint::{Class, Endpoint};
use crate::model::exposure::{Bounds, Disagreement, Exposure, Passed, Witness, internet, sensitive};
use crate::model::topology::Host;
use crate::model::walk::{self, Gate};
use crate::net::PacketSet;

use super::{Change, Compared, Drift, Level, Side, Witnessed};

pub(super) struct AtPlaces {
    pub changes: Vec<Change>,
    /// What gates let in that others keep out.
    pub latent: Vec<Latent>,
    /// What came to be answered, and where.
    pub opened: Vec<Opened>,
    /// Whether there was any place to compare.
    pub met: bool,
}

/// What one gate of a place newly lets in, and the gate that keeps it out.
pub(super) struct Latent {
    region: String,
    objects: Vec<String>,
    pub set: PacketSet,
    pub masked_by: String,
}

impl Latent {
    pub fn uses(&self, region: &str, id: &str) -> bool {
        self.region == region && self.objects.iter().any(|one| one == id)
    }
}

/// What is newly answered at a place, and the objects that its gates are.
pub(super) struct Opened {
    region: String,
    objects: BTreeSet<String>,
    pub set: PacketSet,
}

impl Opened {
    pub fn uses(&self, region: &str, id: &str) -> bool {
        !self.set.is_empty() && self.knows(region, id)
    }

    pub fn knows(&self, region: &str, id: &str) -> bool {
        self.region == region && self.objects.contains(id)
    }
}

/// What is the same place before and after: region, resource, its own address (of a balancer, whose nodes come and go,
/// its account), family, class, and what hands packets on.
type Key = (String, String, Option<String>, u8, Class, Option<String>);

/// All endpoints of a place together.
struct Place<'e> {
    endpoints: Vec<&'e Endpoint>,
    delivered: Bounds,
    conversational: Bounds,
}

pub(super) fn compare(
    before: Side<'_, '_>,
    after: Side<'_, '_>,
    exposed_before: &Exposure,
    exposed_after: &Exposure,
) -> AtPlaces {
    let old = places(exposed_before, before.only, after.only);
    let new = places(exposed_after, after.only, after.only);
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let mut all = AtPlaces { changes: Vec::new(), latent: Vec::new(), opened: Vec::new(), met: !keys.is_empty() };
    for key in keys {
        let (one, other) = (old.get(key), new.get(key));
        let none = Bounds::default();
        let mut opens = PacketSet::default();
        for (level, of) in [
            (Level::Delivered, (|place: &Place<'_>| place.delivered.clone()) as fn(&Place<'_>) -> Bounds),
            (Level::Conversational, |place| place.conversational.clone()),
        ] {
            let (was, is) = (one.map_or(none.clone(), of), other.map_or(none.clone(), of));
            let mut compared = Compared::of(&was, &is);
            let mut verdict = compared.verdict();
            if verdict == Drift::Equal {
                continue;
            }
            let Some(shown) = other.or(one).and_then(|place| place.endpoints.first()) else { continue };
            let witness = witnessed(before, after, one, other, &compared, level).unwrap_or_else(|error| {
                verdict = Drift::Unknown;
                compared.disbelieve(&error);
                None
            });
            if level == Level::Conversational {
                opens = compared.opened.clone();
            }
            all.changes.push(Change {
                level,
                resource: shown.resource.clone(),
                interface: shown.interface.clone(),
                vpc: shown.vpc.clone(),
                address: shown.address.clone(),
                class: Some(shown.class),
                direction: None,
                verdict,
                masked_by: None,
                opened: compared.opened,
                closed: compared.closed,
                opened_to: BTreeMap::new(),
                closed_to: BTreeMap::new(),
                witness,
                cause: cause(one, other),
                missing: compared.missing,
            });
        }
        let objects = other.into_iter().flat_map(|place| &place.endpoints).flat_map(|one| objects_of(one)).collect();
        let region = key.0.clone();
        if let (Some(one), Some(other)) = (one, other)
            && opens.is_empty()
            && let (Some(one), Some(other)) = (one.endpoints.first(), other.endpoints.first())
        {
            all.latent.extend(latent(&region, one, other));
        }
        all.opened.push(Opened { region, objects, set: opens });
    }
    all
}

fn places<'e>(exposure: &'e Exposure, only: Option<&str>, name: Option<&str>) -> BTreeMap<Key, Place<'e>> {
    let mut all: BTreeMap<Key, Place<'e>> = BTreeMap::new();
    for endpoint in &exposure.endpoints {
        let ids = [Some(&endpoint.resource), endpoint.interface.as_ref(), endpoint.instance.as_ref()];
        let mut ids = ids.into_iter().chain([endpoint.vpc.as_ref(), endpoint.subnet.as_ref()]).flatten();
        let matched = only.is_none_or(|only| {
            let whole = ids.any(|id| id == only) || endpoint.name.as_deref() == Some(only);
            whole || ["sg-", "acl-", "rtb-"].iter().any(|kind| only.starts_with(kind))
        });
        if !matched {
            continue;
        }
        // A balancer of the first generation has a name that is its account's alone.
        let own = match endpoint.is_balancer() {
            true => Some(endpoint.scope.account.as_str().to_owned()),
            false => endpoint.private_address.clone().or(endpoint.address.clone()),
        };
        // Two interfaces that are compared by name are one place.
        let resource = match (only, name) {
            (Some(only), Some(name)) if endpoint.resource == only => name.to_owned(),
            _ => endpoint.resource.clone(),
        };
        let own = if only != name { None } else { own };
        let key = (
            endpoint.scope.region.as_str().to_owned(),
            resource,
            own,
            endpoint.family,
            endpoint.class,
            endpoint.via.clone(),
        );
        let place = all.entry(key).or_insert_with(|| Place {
            endpoints: Vec::new(),
            delivered: Bounds::default(),
            conversational: Bounds::default(),
        });
        place.delivered = place.delivered.or(endpoint.delivered());
        place.conversational = place.conversational.or(endpoint.conversational());
        place.endpoints.push(endpoint);
    }
    all
}

/// The objects that an endpoint's gates are.
fn objects_of(endpoint: &Endpoint) -> impl Iterator<Item = String> {
    let gates = endpoint.behind_door.gates.iter().flat_map(|passed| passed.resource.split(", "));
    gates.map(str::to_owned)
}

/// What gates of a place let in that they kept out before, and that another gate keeps out still.
fn latent(region: &str, before: &Endpoint, after: &Endpoint) -> Vec<Latent> {
    let kinds = [Gate::SecurityGroupIngress, Gate::NetworkAclIngress];
    let everybody = internet(after.family);
    let mut all = Vec::new();
    for (index, passed) in after.behind_door.gates.iter().enumerate().filter(|(_, one)| kinds.contains(&one.gate)) {
        let was = before.behind_door.gates.iter().find(|one| one.gate == passed.gate);
        let was = was.map(|one| one.admits.may().clone()).unwrap_or_default();
        let opened = passed.admits.may().intersection(&everybody).difference(&was);
        if opened.is_empty() {
            continue;
        }
        if let Some(masked_by) = masking(after, index, &opened) {
            let objects = passed.resource.split(", ").map(str::to_owned).collect();
            all.push(Latent { region: region.to_owned(), objects, set: opened, masked_by });
        }
    }
    all
}

/// The gate, other than the one at `index`, that leaves nothing of a set.
fn masking(endpoint: &Endpoint, index: usize, set: &PacketSet) -> Option<String> {
    let name = |gate: Gate, resource: &str| format!("{gate} {resource}");
    if endpoint.door.closed.is_some() {
        return endpoint.door.gates.last().map(|(gate, resource)| name(*gate, resource));
    }
    let mut left = set.clone();
    let others = endpoint.behind_door.gates.iter().enumerate().filter(|(other, _)| *other != index);
    for (_, Passed { gate, resource, admits, .. }) in others {
        left = left.intersection(admits.may());
        if left.is_empty() {
            return Some(name(*gate, resource));
        }
    }
    None
}

/// Why a place is not as it was, as far as its own gates tell.
fn cause(before: Option<&Place<'_>>, after: Option<&Place<'_>>) -> String {
    let first = |place: Option<&Place<'_>>| place.and_then(|place| place.endpoints.first().copied().cloned());
    let (Some(before), Some(after)) = (first(before), first(after)) else {
        return if after.is_some() { "the address is new".to_owned() } else { "the address is gone".to_owned() };
    };
    let mut all = Vec::new();
    if before.address != after.address {
        let shown = |address: &Option<String>| address.clone().unwrap_or_else(|| "no public address".to_owned());
        all.push(format!("its address was {} and is {}", shown(&before.address), shown(&after.address)));
    }
    match (&before.door.closed, &after.door.closed) {
        (Some(why), None) => all.push(format!("no longer: {why}")),
        (None, Some(why)) => all.push(why.clone()),
        _ => {}
    }
    for passed in &after.behind_door.gates {
        let was =
            before.behind_door.gates.iter().find(|one| one.gate == passed.gate && one.on_return == passed.on_return);
        match was {
            Some(was) if was.resource != passed.resource => {
                all.push(format!("its {} was {} and is {}", passed.gate, was.resource, passed.resource));
            }
            Some(was) if was.admits != passed.admits => {
                all.push(format!("{} {} has changed", passed.gate, passed.resource))
            }
            _ => {}
        }
    }
    if all.is_empty() { "what leads to it has changed".to_owned() } else { all.join("; ") }
}

/// A packet whose fate has changed, asked of both networks.
fn witnessed(
    before: Side<'_, '_>,
    after: Side<'_, '_>,
    old: Option<&Place<'_>>,
    new: Option<&Place<'_>>,
    compared: &Compared,
    level: Level,
) -> Result<Option<Witnessed>, Box<Disagreement>> {
    let opens = !compared.opened.is_empty();
    let (set, place) = if opens { (&compared.opened, new) } else { (&compared.closed, old) };
    let Some(packet) = set.witness(&sensitive()) else { return Ok(None) };
    let endpoints = place.into_iter().flat_map(|place| &place.endpoints);
    let mut having = endpoints.filter(|one| {
        let sets = if level == Level::Delivered { one.delivered() } else { one.conversational() };
        sets.must().contains(&packet)
    });
    let Some(endpoint) = having.next() else { return Ok(None) };
    if endpoint.class == Class::ViaGlobalAccelerator {
        return Ok(None);
    }
    let Some((to, dialed)) = endpoint.dial(packet, level == Level::Conversational) else { return Ok(None) };
    let witness = Witness { from: packet.address, to, packet: dialed };
    let answers = [witness.ask(before.topology), witness.ask(after.topology)];
    let direct = endpoint.dialed.is_empty() && !endpoint.is_balancer() && endpoint.host == Host::Awake;
    if direct && level == Level::Conversational {
        let (open, shut) = if opens { (&answers[1], &answers[0]) } else { (&answers[0], &answers[1]) };
        witness.check(open, walk::Verdict::Reachable)?;
        if shut.verdict == walk::Verdict::Reachable && compared.missing.is_none() && same_way(old, new) {
            witness.check(shut, walk::Verdict::Blocked)?;
        }
    }
    let [was, is] = answers.map(|answer| answer.verdict);
    Ok(Some(Witnessed { witness, before: was, after: is }))
}

/// Whether a place is there on both sides, under the same address; else the packet may come to another place there.
fn same_way(old: Option<&Place<'_>>, new: Option<&Place<'_>>) -> bool {
    let address = |place: Option<&Place<'_>>| place.and_then(|place| place.endpoints.first()?.address.clone());
    old.is_some() && new.is_some() && address(old) == address(new)
}
