//! Security groups, network ACLs and route tables, each for itself: what it lets through.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::packet_filter::FilterRule;
use crate::model::topology::{Node, Topology};
use crate::net::{Block, IpSet, PacketSet, Verdict};
use crate::resource::ec2::NetworkAcl;

use super::places::{Latent, Opened};
use super::{Change, Compared, Direction, Drift, Level, Side};
use crate::model::exposure::Bounds;
use crate::model::exposure::filters::{acl_set, cloudfront_lists, group_sets, protocols};
use crate::model::exposure::routes::returning;

pub(super) struct OfObjects {
    pub changes: Vec<Change>,
    /// Whether there was any object to compare.
    pub met: bool,
}

/// An object's place among all: its level, region, id and direction.
type Key = (Level, String, String, Option<Direction>);

/// What an object lets through.
#[derive(Default)]
struct Admits {
    vpc: Option<String>,
    /// What addresses it is about.
    addresses: Bounds,
    /// By group whose members it is about.
    named: BTreeMap<String, PacketSet>,
    /// Of a network ACL, what some entry allows, whether or not another denies it first.
    offered: PacketSet,
    /// Its rules as they are written, to tell a change of them from one of what they name.
    written: String,
}

pub(super) fn compare(before: Side<'_, '_>, after: Side<'_, '_>, latent: &[Latent], opened: &[Opened]) -> OfObjects {
    // Of one object under two names, both are called by the later.
    let renamed = match (before.only, after.only) {
        (Some(old), Some(new)) if old != new => Some((old, new)),
        _ => None,
    };
    let mut old = admits(before);
    if let Some((from, to)) = renamed {
        old = old
            .into_iter()
            .map(|((level, region, id, direction), admits)| {
                let id = if id == from { to.to_owned() } else { id };
                ((level, region, id, direction), admits)
            })
            .collect();
    }
    let new = admits(after);
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let nothing = Admits::default();
    let met = !keys.is_empty();
    let changes = keys.into_iter().filter_map(|key| {
        let (one, other) = (old.get(key).unwrap_or(&nothing), new.get(key).unwrap_or(&nothing));
        let existed = (old.contains_key(key), new.contains_key(key));
        change(key, one, other, existed, latent, opened)
    });
    OfObjects { changes: changes.collect(), met }
}

fn change(
    key: &Key,
    before: &Admits,
    after: &Admits,
    existed: (bool, bool),
    latent: &[Latent],
    opened_at: &[Opened],
) -> Option<Change> {
    let (level, region, id, direction) = key;
    let compared = Compared::of(&before.addresses, &after.addresses);
    let (opened_to, closed_to) = (beyond(&after.named, &before.named), beyond(&before.named, &after.named));
    let opens = !compared.opened.is_empty() || !opened_to.is_empty();
    let closes = !compared.closed.is_empty() || !closed_to.is_empty();
    let mut verdict = match Drift::of(opens, closes) {
        Drift::Equal => compared.verdict(),
        known => known,
    };
    let mut masked_by = None;
    if verdict == Drift::Equal && !after.offered.is_subset(&before.offered) {
        // What an entry newly allows, an earlier one denies.
        verdict = Drift::Latent;
        masked_by = Some(format!("network-acl {id}"));
    }
    if verdict == Drift::Equal {
        return None;
    }
    let inward = *direction != Some(Direction::Egress);
    if verdict == Drift::Widened && inward && *level != Level::RouteTable {
        let shows =
            opened_at.iter().any(|one| one.uses(region, id) && !one.set.intersection(&compared.opened).is_empty());
        let hidden =
            latent.iter().find(|one| one.uses(region, id) && !one.set.intersection(&compared.opened).is_empty());
        match hidden {
            Some(hidden) if !shows => {
                verdict = Drift::Latent;
                masked_by = Some(hidden.masked_by.clone());
            }
            _ => {}
        }
        let used = latent.iter().any(|one| one.uses(region, id)) || opened_at.iter().any(|one| one.knows(region, id));
        if *level == Level::SecurityGroup && !used && hidden.is_none() {
            verdict = Drift::Latent;
            masked_by = Some("no public address has it".to_owned());
        }
    }
    let cause = match existed {
        (false, true) => "it is new".to_owned(),
        (true, false) => "it is gone".to_owned(),
        _ if before.written == after.written => "what its rules name has changed".to_owned(),
        _ => "its rules have changed".to_owned(),
    };
    Some(Change {
        level: *level,
        resource: id.clone(),
        interface: None,
        vpc: after.vpc.clone().or_else(|| before.vpc.clone()),
        address: None,
        class: None,
        direction: *direction,
        verdict,
        masked_by,
        opened: compared.opened,
        closed: compared.closed,
        opened_to,
        closed_to,
        witness: None,
        cause,
        missing: compared.missing,
    })
}

/// What the first has of each group's members and the second has not.
fn beyond(one: &BTreeMap<String, PacketSet>, other: &BTreeMap<String, PacketSet>) -> BTreeMap<String, PacketSet> {
    let rest = one.iter().map(|(id, set)| {
        let rest = other.get(id).map_or_else(|| set.clone(), |other| set.difference(other));
        (id.clone(), rest)
    });
    rest.filter(|(_, rest)| !rest.is_empty()).collect()
}

fn admits(side: Side<'_, '_>) -> BTreeMap<Key, Admits> {
    let topology = side.topology;
    let cloudfront = cloudfront_lists(topology);
    let meant = |id: &str, vpc: Option<&str>| match side.only {
        None => true,
        Some(only) => only == id || Some(only) == vpc,
    };
    let mut all = BTreeMap::new();
    let directions = [Direction::Ingress, Direction::Egress];
    for group in topology.groups().filter(|one| meant(&one.value.group_id, one.value.vpc_id.as_deref())) {
        for direction in directions {
            let egress = direction == Direction::Egress;
            let sets = group_sets(topology, &cloudfront, group, egress);
            let mut named: BTreeMap<String, PacketSet> = BTreeMap::new();
            for (id, set) in sets.named {
                let all = named.entry(id).or_default();
                *all = all.union(&set);
            }
            let rules = if egress { &group.value.ip_permissions_egress } else { &group.value.ip_permissions };
            let admits = Admits {
                vpc: group.value.vpc_id.clone(),
                addresses: sets.plain.or(&sets.cloudfront),
                named,
                offered: PacketSet::default(),
                written: format!("{rules:?}"),
            };
            let key = (Level::SecurityGroup, group.region().to_owned(), group.value.group_id.clone(), Some(direction));
            all.insert(key, admits);
        }
    }
    for acl in topology.acls().filter(|one| meant(&one.value.network_acl_id, one.value.vpc_id.as_deref())) {
        for direction in directions {
            let egress = direction == Direction::Egress;
            let admits = Admits {
                vpc: acl.value.vpc_id.clone(),
                addresses: acl_set(topology, acl, egress),
                offered: offered(topology, acl, egress),
                written: format!("{:?}", acl.value.entries),
                ..Admits::default()
            };
            let key = (Level::NetworkAcl, acl.region().to_owned(), acl.value.network_acl_id.clone(), Some(direction));
            all.insert(key, admits);
        }
    }
    for table in topology.tables().filter(|one| meant(&one.value.route_table_id, one.value.vpc_id.as_deref())) {
        let admits = Admits {
            vpc: table.value.vpc_id.clone(),
            addresses: returning(topology, table, None, &IpSet::default()),
            written: format!("{:?}", table.value.routes),
            ..Admits::default()
        };
        let key = (Level::RouteTable, table.region().to_owned(), table.value.route_table_id.clone(), None);
        all.insert(key, admits);
    }
    all
}

/// What some entry of a network ACL allows.
fn offered<'i>(topology: &Topology<'i>, acl: Node<'i, NetworkAcl>, egress: bool) -> PacketSet {
    let entries: Vec<FilterRule> = topology.entries(acl, egress).unwrap_or_default();
    let allowing = entries.iter().filter(|entry| entry.verdict == Verdict::Allow);
    let blocks = allowing.filter_map(|entry| {
        let addresses = entry.sources.as_ref().ok()?;
        Some(Block { addresses, protocols: protocols(entry.protocol), ports: &entry.ports })
    });
    PacketSet::union_of(blocks)
}
