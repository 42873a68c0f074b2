//! Whom a route table answers through a gateway: a set of addresses on one line.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::model::topology::{Node, Topology, Written};
use crate::net::{IpSet, PacketSet, PortSet, Protocols};
use crate::resource::ec2::{Route, RouteTable, TargetKind};

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
        let back = leads_back(topology, table, route, gateway);
        match topology.written(table, route) {
            Ok(blocks) => routes.extend(blocks.into_iter().map(|block| (block, route, back))),
            Err(missing) => {
                unread = Some(unread.map_or_else(|| missing.clone(), |all| all.and(&missing)));
                all_lead_back &= back == Back::Yes;
                some_leads_back |= back != Back::No;
            }
        }
    }
    // From the shortest to the longest, and among equals from the weakest: whoever comes later, wins.
    routes.sort_by_key(|(one, ..)| one.order());
    let (mut ours, mut tied, mut mediated) = (IpSet::default(), IpSet::default(), IpSet::default());
    for same in routes.chunk_by(|(one, ..), (other, ..)| one.order() == other.order()) {
        let [(block, first, back), rest @ ..] = same else { continue };
        for set in [&mut ours, &mut tied, &mut mediated] {
            *set = set.difference(&block.addresses);
        }
        if rest.iter().any(|(_, other, _)| other.target() != first.target()) {
            // AWS picks among them.
            if same.iter().any(|(.., back)| *back != Back::No) {
                tied = tied.union(&block.addresses);
            }
        } else {
            match back {
                Back::Yes => ours = ours.union(&block.addresses),
                Back::Perhaps => mediated = mediated.union(&block.addresses),
                Back::No => {}
            }
        }
    }
    let id = &table.value.route_table_id;
    let doubts = [
        (tied, format!("{id}: AWS picks among routes to the same addresses")),
        (mediated, format!("{id} answers through an appliance, and nothing tells what that does")),
    ];
    let packets = |addresses: &IpSet| PacketSet::of(addresses, Protocols::All, &PortSet::all());
    let mut out = Bounds::exactly(packets(&ours.difference(neighbours)));
    for (addresses, why) in doubts {
        let addresses = addresses.difference(neighbours);
        if !addresses.is_empty() {
            out = out.or(&Bounds::at_most(packets(&addresses), Missing::because(why)));
        }
    }
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

/// Whether what a route takes comes back to the client as an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    Yes,
    No,
    /// An appliance may pass it on, or the target is of a kind that is not known.
    Perhaps,
}

fn leads_back<'i>(
    topology: &Topology<'i>,
    table: Node<'i, RouteTable>,
    route: &'i Route,
    gateway: Option<&str>,
) -> Back {
    // A black hole wins and leads nowhere.
    if !route.is_active() {
        return Back::No;
    }
    match route.target() {
        Some((TargetKind::InternetGateway, id)) if gateway.is_none_or(|own| own == id) => Back::Yes,
        // A host that drops what is not for itself passes nothing on.
        Some((TargetKind::NetworkInterface, id)) => match topology.interface(table.region(), id) {
            Some(interface) if interface.value.source_dest_check == Some(true) => Back::No,
            _ => Back::Perhaps,
        },
        // With a prefix list it is a gateway endpoint, which leads to a service; else that of a Gateway Load Balancer.
        Some((TargetKind::VpcEndpoint, _)) if route.destination_prefix_list_id.is_some() => Back::No,
        Some((TargetKind::Instance | TargetKind::VpcEndpoint | TargetKind::IpAddress | TargetKind::Other, _))
        | None => Back::Perhaps,
        _ => Back::No,
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
