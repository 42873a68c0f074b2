//! Whether anything comes in at an address at all: what is asked before any rule is.

#![expect(clippy::result_large_err, reason = "a way that is closed says as much as one that is open")]

use std::sync::Arc;

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::topology::{BlockMode, Choice, Node, Placed, Topology};
use crate::model::walk::Gate;
use crate::resource::ec2::{NetworkInterface, Subnet, TargetKind, Vpc};

use super::endpoint::Door;

/// The way in to an address, as far as no rule decides.
#[derive(Default)]
pub(super) struct Way<'i> {
    pub door: Door,
    /// What is missing to know whether it is open.
    pub missing: Option<Missing>,
    /// The internet gateway; none if it is not known, or there is none.
    pub gateway: Option<&'i str>,
    /// An appliance that packets pass before they come here.
    pub appliance: Option<Appliance<'i>>,
    pub assumptions: Vec<String>,
}

pub(super) struct Appliance<'i> {
    pub id: String,
    /// If it is an interface that was read.
    pub interface: Option<Node<'i, NetworkInterface>>,
}

impl<'i> Way<'i> {
    fn pass(&mut self, gate: Gate, resource: &str) {
        self.door.gates.push((gate, Arc::from(resource)));
    }

    fn close(mut self, gate: Gate, resource: &str, why: impl Into<String>) -> Way<'i> {
        self.pass(gate, resource);
        self.door.closed = Some(why.into());
        // A closed door is closed, whatever else is not known.
        self.missing = None;
        self
    }

    fn doubt(&mut self, gate: Gate, resource: &str, missing: Missing) {
        self.pass(gate, resource);
        self.missing = Some(match self.missing.take() {
            Some(all) => all.and(&missing),
            None => missing,
        });
    }
}

/// A door that is shut for a reason that no gateway is needed for.
pub(super) fn shut<'i>(gate: Gate, resource: &str, why: impl Into<String>) -> Way<'i> {
    Way::default().close(gate, resource, why)
}

/// The way from the internet to an address of an interface.
pub(super) fn way_in<'i>(
    topology: &Topology<'i>,
    placed: Placed<'i>,
    subnet: Node<'i, Subnet>,
    vpc: Node<'i, Vpc>,
) -> Way<'i> {
    let (vpc_id, id) = (vpc.value.vpc_id.as_str(), placed.interface.value.network_interface_id.as_str());
    let way = match attached(topology, vpc) {
        Ok(way) => way,
        Err(closed) => return closed,
    };
    let gateway = way.gateway;
    if placed.address.is_ipv6() && !vpc.value.announces(placed.address, subnet.value) {
        let why = format!("{} is of a private IPv6 block", placed.address);
        return way.close(Gate::InternetGateway, gateway.unwrap_or(vpc_id), why);
    }
    let mut way = match public_access(topology, subnet, way) {
        Ok(way) => way,
        Err(closed) => return closed,
    };
    if let Some(gateway) = gateway {
        way = match edge(topology, placed, vpc, gateway, way) {
            Ok(way) => way,
            Err(closed) => return closed,
        };
    }
    if placed.interface.value.deny_all_igw_traffic == Some(true) {
        let why = format!("{id} refuses what comes by internet gateways (DenyAllIgwTraffic)");
        return way.close(Gate::NetworkInterface, id, why);
    }
    way
}

/// The way from the internet to a balancer's node of which only the subnet is known.
pub(super) fn way_in_at<'i>(topology: &Topology<'i>, subnet: Node<'i, Subnet>, vpc: Node<'i, Vpc>) -> Way<'i> {
    attached(topology, vpc).and_then(|way| public_access(topology, subnet, way)).unwrap_or_else(|closed| closed)
}

/// The way to something in a subnet that was not read.
pub(super) fn way_to_nobody<'i>(topology: &Topology<'i>, scope: &Scope, subnet: &str) -> Way<'i> {
    let missing = topology.require(scope, "ec2:DescribeSubnets").err();
    let unseen = || Missing::because(format!("{subnet} could not be seen"));
    Way { missing: Some(missing.unwrap_or_else(unseen)), ..Way::default() }
}

/// The way from Global Accelerator's edge: the VPC needs an internet gateway, and no route to it.
pub(super) fn way_from_edge<'i>(
    topology: &Topology<'i>,
    interface: Node<'i, NetworkInterface>,
    subnet: Option<Node<'i, Subnet>>,
    vpc: Option<Node<'i, Vpc>>,
) -> Way<'i> {
    match (subnet, vpc) {
        (Some(subnet), Some(vpc)) => way_in_at(topology, subnet, vpc),
        _ => way_to_nobody(topology, interface.scope, interface.value.subnet_id.as_deref().unwrap_or("a subnet")),
    }
}

/// The internet gateway of a VPC.
fn attached<'i>(topology: &Topology<'i>, vpc: Node<'i, Vpc>) -> Result<Way<'i>, Way<'i>> {
    let mut way = Way::default();
    let vpc_id = vpc.value.vpc_id.as_str();
    match topology.internet_gateway(vpc) {
        Ok(Some(gateway)) => {
            let gateway = gateway.value.internet_gateway_id.as_str();
            way.pass(Gate::InternetGateway, gateway);
            way.gateway = Some(gateway);
        }
        Ok(None) => {
            let why = format!("no internet gateway is attached to {vpc_id}");
            return Err(way.close(Gate::InternetGateway, vpc_id, why));
        }
        Err(missing) => way.doubt(Gate::InternetGateway, vpc_id, missing),
    }
    Ok(way)
}

/// VPC Block Public Access.
fn public_access<'i>(topology: &Topology<'i>, subnet: Node<'i, Subnet>, mut way: Way<'i>) -> Result<Way<'i>, Way<'i>> {
    let id = subnet.value.subnet_id.as_str();
    match topology.block_mode(subnet) {
        Ok((mode, assumed)) => {
            way.assumptions.extend(assumed);
            if mode == BlockMode::Off {
                way.pass(Gate::BlockPublicAccess, id);
                return Ok(way);
            }
            Err(way.close(Gate::BlockPublicAccess, id, format!("VPC Block Public Access closes {id}")))
        }
        Err(missing) => {
            way.doubt(Gate::BlockPublicAccess, id, missing);
            Ok(way)
        }
    }
}

/// The table of what comes in by the gateway.
fn edge<'i>(
    topology: &Topology<'i>,
    placed: Placed<'i>,
    vpc: Node<'i, Vpc>,
    gateway: &str,
    mut way: Way<'i>,
) -> Result<Way<'i>, Way<'i>> {
    let table = match topology.edge_table(vpc.region(), gateway, vpc.scope) {
        Ok(Some(table)) => table,
        Ok(None) => return Ok(way),
        Err(missing) => {
            way.doubt(Gate::EdgeRoute, gateway, missing);
            return Ok(way);
        }
    };
    let id = table.value.route_table_id.as_str();
    let hop = match topology.route(table, placed.address) {
        Choice::Route(hop) => hop,
        Choice::None => return Ok(way),
        Choice::Unknown(missing) => {
            way.doubt(Gate::EdgeRoute, id, missing);
            return Ok(way);
        }
    };
    if !hop.route.is_active() {
        let why = format!("the edge route of {id} to {} does not pass anything on", hop.destination);
        return Err(way.close(Gate::EdgeRoute, id, why));
    }
    way.pass(Gate::EdgeRoute, id);
    match hop.target {
        Some((TargetKind::Local, _)) => {}
        Some((TargetKind::NetworkInterface, to)) if to == placed.interface.value.network_interface_id => {}
        Some((TargetKind::NetworkInterface, to)) => {
            let interface = topology.interface(vpc.region(), to);
            if interface.is_some_and(|one| one.value.source_dest_check == Some(true)) {
                let why = format!("{to} drops what is not for its own addresses (SourceDestCheck)");
                return Err(way.close(Gate::Middlebox, to, why));
            }
            way.appliance = Some(Appliance { id: to.to_owned(), interface });
        }
        other => {
            let id = other.map_or("an edge route without a target", |(_, to)| to).to_owned();
            way.appliance = Some(Appliance { id, interface: None });
        }
    }
    if let Some(appliance) = &way.appliance {
        let why = format!("{} decides what it passes on, and its policy is not known", appliance.id);
        way.missing = Some(match way.missing.take() {
            Some(all) => all.and(&Missing::because(why)),
            None => Missing::because(why),
        });
    }
    Ok(way)
}
