//! Which route a packet takes: the longest prefix, and AWS's order among equals.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::net::IpSet;
use crate::resource::ec2::{NetworkAcl, PrefixList, Route, RouteTable, Subnet, TargetKind};

use super::{Node, Topology};

/// Where a table sends a packet.
pub enum Choice<'i> {
    Route(Hop<'i>),
    /// No route matches.
    None,
    /// It hangs on something that is not known.
    Unknown(Missing),
}

/// The route that wins.
#[derive(Clone)]
pub struct Hop<'i> {
    pub route: &'i Route,
    /// The destination that matched, such as `10.0.0.0/16` or `pl-1 10.0.0.0/16`.
    pub destination: String,
    pub target: Option<(TargetKind, &'i str)>,
}

/// How AWS ranks routes of one length: a written one before a prefix list's, that before a propagated one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Propagated,
    PrefixList,
    Written,
}

/// A block that a route is written to, by itself or by a prefix list.
#[derive(Debug, Clone)]
pub struct Written {
    pub addresses: IpSet,
    pub length: u32,
    pub rank: Rank,
}

impl<'i> Topology<'i> {
    /// The route table that a subnet's packets meet: its own, or its VPC's main one.
    ///
    /// # Errors
    /// No table was seen; every subnet has one.
    pub fn table_of(&self, subnet: Node<'i, Subnet>) -> Result<Node<'i, RouteTable>, Missing> {
        let region = subnet.region();
        let own = self.table_of_subnet.get(&(region, subnet.subnet_id.as_str()));
        // A table that was not seen may name the subnet, so the main one counts only if all were.
        let main = || {
            let vpc = subnet.value.vpc_id.as_deref()?;
            let table = self.main_table.get(&(region, vpc))?;
            // Whoever shares the VPC is told of some of its tables.
            let is_owners = table.value.owner_id.as_deref().is_none_or(|owner| owner == table.scope.account.as_str());
            (is_owners && self.require(table.scope, "ec2:DescribeRouteTables").is_ok()).then_some(table)
        };
        own.or_else(main).copied().ok_or_else(|| {
            let id = &subnet.subnet_id;
            self.require(subnet.scope, "ec2:DescribeRouteTables")
                .err()
                .unwrap_or_else(|| Missing::because(format!("the route table of {id} could not be seen")))
        })
    }

    /// The table of what comes in through a gateway, if it has one.
    ///
    /// # Errors
    /// Not all tables were seen.
    pub fn edge_table(
        &self,
        region: &str,
        gateway: &str,
        seen_in: &crate::arn::Scope,
    ) -> Result<Option<Node<'i, RouteTable>>, Missing> {
        match self.edge_table.get(&(region, gateway)) {
            Some(table) => Ok(Some(*table)),
            None => self.require(seen_in, "ec2:DescribeRouteTables").map(|()| None),
        }
    }

    /// The network ACL of a subnet.
    ///
    /// # Errors
    /// None was seen; every subnet has one.
    pub fn acl_of(&self, subnet: Node<'i, Subnet>) -> Result<Node<'i, NetworkAcl>, Missing> {
        let region = subnet.region();
        let own = self.acl_of_subnet.get(&(region, subnet.subnet_id.as_str()));
        let default = || {
            let acl = self.default_acl.get(&(region, subnet.value.vpc_id.as_deref()?))?;
            let is_owners = acl.value.owner_id.as_deref().is_none_or(|owner| owner == acl.scope.account.as_str());
            (is_owners && self.require(acl.scope, "ec2:DescribeNetworkAcls").is_ok()).then_some(acl)
        };
        own.or_else(default).copied().ok_or_else(|| {
            let id = &subnet.subnet_id;
            self.require(subnet.scope, "ec2:DescribeNetworkAcls")
                .err()
                .unwrap_or_else(|| Missing::because(format!("the network ACL of {id} could not be seen")))
        })
    }

    /// The route of a table that takes a packet to an address.
    pub fn route(&self, table: Node<'i, RouteTable>, address: IpAddr) -> Choice<'i> {
        let mut best: Option<((u32, Rank), Hop<'i>)> = None;
        let mut unknown: Vec<(Missing, &'i Route)> = Vec::new();
        let mut tie = None;
        for route in &table.value.routes {
            let matched = match self.matches(table, route, address) {
                Ok(Some(matched)) => matched,
                Ok(None) => continue,
                Err(missing) => {
                    unknown.push((missing, route));
                    continue;
                }
            };
            let (length, rank, destination) = matched;
            let hop = Hop { route, destination, target: route.target() };
            match &best {
                Some((key, _)) if *key > (length, rank) => {}
                Some((key, other)) if *key == (length, rank) && other.target != hop.target => {
                    tie = Some((*key, other.destination.clone(), hop.destination.clone()));
                }
                Some((key, _)) if *key == (length, rank) => {}
                _ => best = Some(((length, rank), hop)),
            }
        }
        if let (Some((key, _)), Some((tied, one, other))) = (&best, tie)
            && *key == tied
        {
            let id = &table.route_table_id;
            return Choice::Unknown(Missing::because(format!("{id}: AWS picks among the routes to {one} and {other}")));
        }
        // A route that may match and sends it where it goes anyway changes nothing.
        let goes_there =
            |route: &Route, hop: &Hop<'_>| route.target() == hop.target && route.is_active() == hop.route.is_active();
        let differing = |hop: &Hop<'_>| unknown.iter().find(|(_, route)| !goes_there(route, hop));
        match best {
            Some((_, hop)) => match differing(&hop) {
                Some((missing, _)) => Choice::Unknown(missing.clone()),
                None => Choice::Route(hop),
            },
            None => unknown.into_iter().next().map_or(Choice::None, |(missing, _)| Choice::Unknown(missing)),
        }
    }

    /// The blocks that a route is written to.
    ///
    /// # Errors
    /// What is missing to know them.
    pub fn written(&self, table: Node<'i, RouteTable>, route: &Route) -> Result<Vec<Written>, Missing> {
        let parse = |block: &str| {
            IpSet::from_blocks([block])
                .map_err(|error| Missing::because(format!("a route of {}: {error}", table.route_table_id)))
        };
        let block = route.destination_cidr_block.as_ref().or(route.destination_ipv6_cidr_block.as_ref());
        if let Some(block) = block {
            let written = Written { addresses: parse(block)?, length: length(block), rank: rank(route) };
            return Ok(vec![written]);
        }
        let Some(list) = &route.destination_prefix_list_id else { return Ok(Vec::new()) };
        let found = self.prefix_list(table.scope, list)?;
        let blocks = found.value.entries.iter().flatten().filter_map(|entry| entry.cidr.as_deref());
        blocks
            .map(|block| Ok(Written { addresses: parse(block)?, length: length(block), rank: Rank::PrefixList }))
            .collect()
    }

    /// The length, rank and text of the destination if the route matches.
    fn matches(
        &self,
        table: Node<'i, RouteTable>,
        route: &'i Route,
        address: IpAddr,
    ) -> Result<Option<(u32, Rank, String)>, Missing> {
        let block = if address.is_ipv4() { &route.destination_cidr_block } else { &route.destination_ipv6_cidr_block };
        if let Some(block) = block {
            let set = IpSet::from_blocks([block])
                .map_err(|error| Missing::because(format!("a route of {}: {error}", table.route_table_id)))?;
            return Ok(set.contains(address).then(|| (length(block), rank(route), block.clone())));
        }
        let Some(list) = &route.destination_prefix_list_id else { return Ok(None) };
        let found = self.prefix_list(table.scope, list);
        let entries = match found {
            Ok(found) => found.value.entries.as_deref().unwrap_or_default(),
            // A gateway endpoint's list holds a service's addresses, none of which an interface has.
            Err(_) if self.is_service_route(route) && self.is_ours(address) => return Ok(None),
            Err(missing) => return Err(missing),
        };
        let longest = entries.iter().filter_map(|entry| {
            let block = entry.cidr.as_deref()?;
            let matched = IpSet::from_blocks([block]).ok()?.contains(address);
            matched.then(|| (length(block), Rank::PrefixList, format!("{list} {block}")))
        });
        Ok(longest.max_by_key(|(length, ..)| *length))
    }

    fn is_service_route(&self, route: &Route) -> bool {
        matches!(route.target(), Some((TargetKind::VpcEndpoint, _)))
    }

    /// Whether an address is private, or known to belong to an interface.
    fn is_ours(&self, address: IpAddr) -> bool {
        !IpSet::internet().contains(address) || self.behind(address).is_some()
    }

    /// A prefix list with its entries.
    ///
    /// # Errors
    /// It was not read, or nobody who may read it was asked.
    pub fn prefix_list(&self, seen_in: &crate::arn::Scope, id: &str) -> Result<Node<'i, PrefixList>, Missing> {
        if let Some(list) = self.prefix_lists.get(&(seen_in.region.as_str(), id)) {
            return Ok(*list);
        }
        self.require(seen_in, "ec2:DescribeManagedPrefixLists")?;
        self.require(seen_in, "ec2:GetManagedPrefixListEntries")?;
        Err(Missing::because(format!("the entries of prefix list {id} could not be seen")))
    }
}

/// How a route to a block of its own ranks.
fn rank(route: &Route) -> Rank {
    match route.origin.as_deref() {
        Some("EnableVgwRoutePropagation" | "Advertisement") => Rank::Propagated,
        _ => Rank::Written,
    }
}

/// A block's prefix length.
fn length(block: &str) -> u32 {
    let written = block.split_once('/').and_then(|(_, length)| length.parse().ok());
    written.unwrap_or(if block.contains(':') { 128 } else { 32 })
}
