//! Route tables: routes in words, and where packets to each address go.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::Region;
use crate::net::IpSet;
use crate::resource::ec2::{Route, RouteTable, TargetKind};

use super::item::Effect;
use super::side::Side;

/// How far a route leads out: a way that leads further is the weaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Nowhere: no route, or a black hole.
    Nowhere,
    /// Within the network: local routes, gateway endpoints of a service.
    Inside,
    /// Out, and nothing in: NAT gateways and egress-only gateways.
    Outward,
    /// Another network: peerings, transit gateways, VPNs, appliances.
    Network,
    /// The internet, both ways, or a target of which it is not known.
    Internet,
}

/// Where packets to some addresses go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    reach: Reach,
    target: String,
}

/// A route in words: `0.0.0.0/0 via igw:prod`, with `propagated` or `blackhole` after it.
pub(super) fn in_words(side: &Side<'_>, region: &Region, route: &Route) -> String {
    let way = way(side, region, route);
    let propagated = if is_propagated(route) { " propagated" } else { "" };
    let lost = if route.is_active() { "" } else { " blackhole" };
    format!("{} via {}{propagated}{lost}", destination(side, region, route), way.target)
}

fn is_propagated(route: &Route) -> bool {
    matches!(route.origin.as_deref(), Some("EnableVgwRoutePropagation" | "Advertisement"))
}

pub(super) fn is_local(route: &Route) -> bool {
    matches!(route.target(), Some((TargetKind::Local, _)))
}

fn destination(side: &Side<'_>, region: &Region, route: &Route) -> String {
    let block = route.destination_cidr_block.as_deref().or(route.destination_ipv6_cidr_block.as_deref());
    match (block, &route.destination_prefix_list_id) {
        (Some(block), _) => canonical_block(block),
        (None, Some(list)) => side.names.label(region, list).map_or_else(|| format!("pl:{list}"), str::to_owned),
        (None, None) => "-".to_owned(),
    }
}

/// An address block as AWS would write it itself.
pub(super) fn canonical_block(text: &str) -> String {
    let Ok(set) = IpSet::from_blocks([text]) else { return text.to_owned() };
    match set.blocks().as_slice() {
        [block] if text.contains('/') => block.clone(),
        _ => text.to_owned(),
    }
}

fn way(side: &Side<'_>, region: &Region, route: &Route) -> Way {
    let Some((kind, id)) = route.target() else {
        return Way { reach: Reach::Internet, target: "an unknown target".to_owned() };
    };
    let reach = match kind {
        TargetKind::Local => Reach::Inside,
        // A gateway endpoint takes the list of its service; a load balancer's endpoint takes blocks and is an appliance.
        TargetKind::VpcEndpoint if route.destination_prefix_list_id.is_some() => Reach::Inside,
        TargetKind::NatGateway | TargetKind::EgressOnlyInternetGateway => Reach::Outward,
        TargetKind::InternetGateway | TargetKind::Other => Reach::Internet,
        _ => Reach::Network,
    };
    let target = match kind {
        TargetKind::Local => "local".to_owned(),
        _ => side.names.label(region, id).map_or_else(|| id.to_owned(), str::to_owned),
    };
    Way { reach, target }
}

/// Where packets to every address go, the longest prefix first; what stands in the way of knowing is left out.
type Ways = BTreeMap<Way, IpSet>;

/// A route to some addresses, and how long its prefix is.
struct Leading {
    length: u32,
    propagated: bool,
    to: IpSet,
    way: Way,
}

/// One route for each block that it is for; a block that cannot be read is left out.
fn leading(blocks: &[String], propagated: bool, way: &Way) -> Vec<Leading> {
    let of = |block: &String| {
        let to = IpSet::from_blocks([block]).ok()?;
        let length = block.split_once('/').and_then(|(_, length)| length.parse().ok()).unwrap_or(u32::MAX);
        Some(Leading { length, propagated, to, way: way.clone() })
    };
    blocks.iter().filter_map(of).collect()
}

fn lost() -> Way {
    Way { reach: Reach::Nowhere, target: "blackhole".to_owned() }
}

fn ways(side: &Side<'_>, region: &Region, table: &RouteTable, lists: &impl Fn(&str) -> Option<IpSet>) -> Ways {
    let mut routes: Vec<Leading> = Vec::new();
    for route in &table.routes {
        let way = if route.is_active() { way(side, region, route) } else { lost() };
        let block = route.destination_cidr_block.as_deref().or(route.destination_ipv6_cidr_block.as_deref());
        let blocks: Vec<String> = match (block, &route.destination_prefix_list_id) {
            (Some(block), _) => vec![block.to_owned()],
            (None, Some(_)) => lists(&destination(side, region, route)).map(|set| set.blocks()).unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        routes.extend(leading(&blocks, is_propagated(route), &way));
    }
    spread(routes)
}

/// The same of routes in words, as [`in_words`] writes them.
fn ways_of_words(words: &[String], lists: &impl Fn(&str) -> Option<IpSet>) -> Result<Ways, String> {
    let mut routes = Vec::new();
    for text in words {
        let wrong = || format!("`{text}` is no route such as `0.0.0.0/0 via igw:prod`");
        let (destination, rest) = text.split_once(" via ").ok_or_else(wrong)?;
        let (rest, is_lost) = rest.strip_suffix(" blackhole").map_or((rest, false), |rest| (rest, true));
        let (target, propagated) = rest.strip_suffix(" propagated").map_or((rest, false), |rest| (rest, true));
        let of_list = destination.starts_with("pl:");
        let blocks = if of_list {
            lists(destination).ok_or_else(|| format!("the addresses of {destination} were not read"))?.blocks()
        } else {
            IpSet::from_blocks([destination]).map_err(|_| wrong())?;
            vec![destination.to_owned()]
        };
        let way = if is_lost { lost() } else { Way { reach: reach_of(target, of_list), target: target.to_owned() } };
        routes.extend(leading(&blocks, propagated, &way));
    }
    Ok(spread(routes))
}

/// How far a target leads by the kind that its label or its id begins with.
fn reach_of(target: &str, of_list: bool) -> Reach {
    let kind = target.split([':', '-']).next().unwrap_or(target);
    match kind {
        "local" => Reach::Inside,
        "endpoint" | "vpce" if of_list => Reach::Inside,
        "nat" | "eigw" => Reach::Outward,
        "endpoint" | "vpce" | "peering" | "pcx" | "tgw" | "vgw" | "instance" | "i" | "eni" | "arn" => Reach::Network,
        _ => Reach::Internet,
    }
}

/// The longest prefix wins; of equal ones a written route before a propagated one.
fn spread(mut routes: Vec<Leading>) -> Ways {
    routes
        .sort_by(|a, b| b.length.cmp(&a.length).then(a.propagated.cmp(&b.propagated)).then_with(|| a.way.cmp(&b.way)));
    let mut taken = IpSet::default();
    let mut out = Ways::new();
    for Leading { to, way, .. } in routes {
        let left = to.difference(&taken);
        taken = taken.union(&left);
        let all = out.entry(way).or_default();
        *all = all.union(&left);
    }
    out
}

/// What a change of a route table comes to.
pub(super) struct Rerouted {
    pub effect: Effect,
    /// Addresses that are reached further than before, and the way to them now.
    pub opened: Option<(IpSet, String)>,
    /// Whether the way to everything else is gone.
    pub lost_default: bool,
}

/// Compares where two tables send packets; `lists` knows the addresses of prefix lists by their labels.
pub(super) fn compare(
    old: (&Side<'_>, &Region, &RouteTable),
    new: (&Side<'_>, &Region, &RouteTable),
    lists: impl Fn(&str) -> Option<IpSet>,
) -> Rerouted {
    rerouted(ways(old.0, old.1, old.2, &lists), ways(new.0, new.1, new.2, &lists))
}

/// The same of routes in words, without local ones, which both have.
pub(super) fn compare_words(
    old: &[String],
    new: &[String],
    lists: impl Fn(&str) -> Option<IpSet>,
) -> Result<Rerouted, String> {
    Ok(rerouted(ways_of_words(old, &lists)?, ways_of_words(new, &lists)?))
}

fn rerouted(mut before: Ways, mut after: Ways) -> Rerouted {
    let routed = |ways: &Ways| ways.values().fold(IpSet::default(), |all, set| all.union(set));
    let nowhere = Way { reach: Reach::Nowhere, target: "no route".to_owned() };
    before.insert(nowhere.clone(), IpSet::all().difference(&routed(&before)));
    after.insert(nowhere, IpSet::all().difference(&routed(&after)));
    let (mut opens, mut closes, mut lost_default) = (false, false, false);
    let mut opened: BTreeMap<(std::cmp::Reverse<Reach>, String), IpSet> = BTreeMap::new();
    for (was, from) in &before {
        for (is, to) in after.iter().filter(|(is, _)| is.reach != was.reach || is.target != was.target) {
            let both = from.intersection(to);
            if both.is_empty() {
                continue;
            }
            if is.reach > was.reach || (is.reach == was.reach && is.reach > Reach::Inside) {
                opens = true;
                let all = opened.entry((std::cmp::Reverse(is.reach), is.target.clone())).or_default();
                *all = all.union(&both);
            }
            // Half of all addresses is more than any route but the default one, which its halves make too.
            let is_default = both.count_v4() > 1 << 31 || both.count_v6() > 1 << 127;
            if is.reach == Reach::Nowhere && is_default {
                lost_default = true;
            } else if is.reach < was.reach || (is.reach == was.reach && is.reach > Reach::Inside) {
                closes = true;
            }
        }
    }
    let opened = opened.into_iter().next().map(|((_, target), set)| (set, target));
    Rerouted { effect: Effect::of(opens, closes), opened, lost_default }
}

/// All routes of a table in words, without local ones, which follow from the VPC's blocks.
pub(super) fn all_in_words(side: &Side<'_>, region: &Region, table: &RouteTable) -> BTreeSet<String> {
    table.routes.iter().filter(|route| !is_local(route)).map(|route| in_words(side, region, route)).collect()
}
