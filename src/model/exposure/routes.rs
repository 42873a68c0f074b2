//! Whom a route table answers through a gateway: a set of addresses on one line.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::model::topology::{Node, Topology, Written};
use crate::net::{IpSet, PacketSet, PortSet, Protocols};
use crate::resource::ec2::{RouteTable, TargetKind};

use super::Bounds;

/// The packets of the addresses to which a table's routes lead through an internet gateway: through this one, or
/// through any if it is not known which is attached. Those of `neighbours` never get that far.
pub(super) fn returning<'i>(
    topology: &Topology<'i>,
    table: Node<'i, RouteTable>,
    gateway: Option<&str>,
    neighbours: &IpSet,
) -> Bounds {
    let mut routes = Vec::new();
    let (mut unread, mut all_lead_back, mut some_leads_back) = (None::<Missing>, true, false);
    for route in &table.value.routes {
        let leads_back = route.is_active()
            && matches!(route.target(), Some((TargetKind::InternetGateway, id)) if gateway.is_none_or(|own| own == id));
        match topology.written(table, route) {
            Ok(blocks) => routes.extend(blocks.into_iter().map(|block| (block, route, leads_back))),
            Err(missing) => {
                unread = Some(unread.map_or_else(|| missing.clone(), |all| all.and(&missing)));
                all_lead_back &= leads_back;
                some_leads_back |= leads_back;
            }
        }
    }
    // From the shortest to the longest, and among equals from the weakest: whoever comes later, wins.
    routes.sort_by(|(one, ..), (other, ..)| one.order().cmp(&other.order()));
    let (mut ours, mut tied) = (IpSet::default(), IpSet::default());
    for same in routes.chunk_by(|(one, ..), (other, ..)| one.order() == other.order()) {
        let [(block, first, leads_back), rest @ ..] = same else { continue };
        ours = ours.difference(&block.addresses);
        tied = tied.difference(&block.addresses);
        if rest.iter().any(|(_, other, _)| other.target() != first.target()) {
            // AWS picks among them.
            if same.iter().any(|(.., leads_back)| *leads_back) {
                tied = tied.union(&block.addresses);
            }
        } else if *leads_back {
            ours = ours.union(&block.addresses);
        }
    }
    let ours = ours.difference(neighbours);
    let tied = tied.difference(neighbours);
    let missing = (!tied.is_empty()).then(|| {
        Missing::because(format!("{}: AWS picks among routes to the same addresses", table.value.route_table_id))
    });
    let packets = |addresses: &IpSet| PacketSet::of(addresses, Protocols::All, &PortSet::all());
    let out = match missing {
        Some(missing) => Bounds::between(packets(&ours), &packets(&tied), missing),
        None => Bounds::exactly(packets(&ours)),
    };
    match unread {
        // The routes to addresses that are not known: any address may be among them.
        Some(missing) if some_leads_back => {
            let everybody = IpSet::all().difference(neighbours);
            let perhaps = Bounds::at_most(packets(&everybody), missing.clone());
            if all_lead_back { out.or(&perhaps) } else { out.or(&perhaps).doubted(&missing) }
        }
        Some(missing) => out.doubted(&missing),
        None => out,
    }
}

impl Written {
    /// Routes of one order are to the same addresses and rank alike.
    fn order(&self) -> (u32, crate::model::topology::Rank, Option<IpAddr>, bool) {
        let v4 = self.addresses.v4().ranges().first().map(|(low, _)| IpAddr::V4((*low).into()));
        let v6 = self.addresses.v6().ranges().first().map(|(low, _)| IpAddr::V6((*low).into()));
        (self.length, self.rank, v4.or(v6), v4.is_some())
    }
}
