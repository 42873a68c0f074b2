//! Load balancers on a packet's way: what they listen to, and where they hand it on.
//!
//! An application or classic balancer ends the connection itself. A network
//! load balancer hands it to a target, which sees the client's address or the
//! balancer's; its answer goes back by the node that it came from, whatever
//! the target's route table says.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Node, Placed, Topology};
use crate::net::PortSet;
use crate::resource::balancing::{Listener, LoadBalancer, TargetGroup, TargetHealthDescription};
use crate::resource::ec2::NetworkInterface;

use super::flow::{Flow, Halt, Translator};
use super::probe::{Answer, Verdict, finish, has_ports, reply_ports, returned};
use super::step::{Decision, Gate, Step};

const ATTRIBUTES: &str = "elbv2:DescribeTargetGroupAttributes";

impl<'i> Flow<'_, 'i> {
    /// Whether a balancer that ends connections itself listens to this.
    pub(super) fn listeners(&mut self, placed: Placed<'i>) -> Result<(), Halt<'i>> {
        let id = placed.interface.value.network_interface_id.as_str();
        let balancer = match self.topology.balancer_of(placed.interface) {
            Ok(Some(balancer)) => balancer,
            Ok(None) => return Ok(()),
            Err(missing) => {
                self.unsure(Gate::Listener, id, missing);
                return Ok(());
            }
        };
        // Balancers answer pings that their groups admit.
        if !has_ports(self.protocol) {
            return Ok(());
        }
        let port = self.port();
        let (name, ports): (&str, Vec<i32>) = match balancer {
            Balancer::Current(one) => {
                let name = one.value.load_balancer_name.as_deref().unwrap_or(&one.value.load_balancer_arn);
                let Some(listeners) = one.value.listeners.as_deref() else {
                    self.unsure(
                        Gate::Listener,
                        name,
                        unread(self.topology, one, "elbv2:DescribeListeners", "listeners"),
                    );
                    return Ok(());
                };
                (name, listeners.iter().filter_map(|listener| listener.port).collect())
            }
            Balancer::Classic(one) => {
                let listeners = one.value.listener_descriptions.iter().filter_map(|one| one.listener.as_ref());
                (&one.value.load_balancer_name, listeners.filter_map(|listener| listener.load_balancer_port).collect())
            }
        };
        if self.protocol == 6 && ports.contains(&i32::from(port)) {
            self.steps.push(Step::new(Gate::Listener, name, Decision::Allow).rule(format!("tcp {port}")));
            return Ok(());
        }
        let why = format!("load balancer {name} has no listener for it");
        Err(self.halt(Step::new(Gate::Listener, name, Decision::Deny), why))
    }

    /// At a node of a network load balancer.
    pub(super) fn at_balancer(&mut self, placed: Placed<'i>) -> Halt<'i> {
        if self.is_reply {
            return self.back_at_balancer(placed);
        }
        match self.groups(placed.interface, false) {
            Ok(()) => Halt::Balanced(placed),
            Err(halt) => halt,
        }
    }

    /// The answer of a target that saw the balancer's address.
    fn back_at_balancer(&mut self, placed: Placed<'i>) -> Halt<'i> {
        let id = placed.interface.value.network_interface_id.as_str();
        let mine = self.translators.iter().rev().find_map(|one| match one {
            Translator::Balancer { interface, address, client } if interface.value.network_interface_id == id => {
                Some((*address, *client))
            }
            _ => None,
        });
        let Some((address, client)) = mine else {
            return Halt::Blocked(format!("{id} knows nothing of the connection"));
        };
        self.leave_balancer(placed.interface, address, client)
    }

    /// A node sends a target's answer on, as its own.
    fn leave_balancer(&mut self, node: Node<'i, NetworkInterface>, address: IpAddr, client: IpAddr) -> Halt<'i> {
        self.steps.push(
            Step::new(Gate::Target, &node.value.network_interface_id, Decision::Pass)
                .detail(format!("{} becomes {address}", self.src)),
        );
        (self.src, self.dst) = (address, client);
        match self.subnet_of(node) {
            Ok(subnet) => self.leave_subnet(subnet),
            Err(halt) => halt,
        }
    }

    fn port(&self) -> u16 {
        self.ports.ranges().first().map_or(0, |(low, _)| *low)
    }
}

/// Goes on from a network load balancer's node to its targets; the one that answers counts.
pub(super) fn through<'i>(
    mut flow: Flow<'_, 'i>,
    node: Placed<'i>,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
) -> Answer {
    let id = node.interface.value.network_interface_id.clone();
    let balancer = match flow.topology.balancer_of(node.interface) {
        Ok(Some(Balancer::Current(balancer))) => balancer,
        Ok(_) => {
            let halt = flow.lost(Gate::Listener, &id, Missing::because(format!("{id} names no load balancer")));
            return finish(flow, halt, None);
        }
        Err(missing) => {
            let halt = flow.lost(Gate::Listener, &id, missing);
            return finish(flow, halt, None);
        }
    };
    let name = balancer.value.load_balancer_name.as_deref().unwrap_or(&balancer.value.load_balancer_arn);
    let Some(listeners) = balancer.value.listeners.as_deref() else {
        let missing = unread(flow.topology, balancer, "elbv2:DescribeListeners", "listeners");
        let halt = flow.lost(Gate::Listener, name, missing);
        return finish(flow, halt, None);
    };
    let port = flow.port();
    let serves = |listener: &&Listener| {
        let protocol = listener.protocol.as_deref().unwrap_or_default();
        let speaks = match flow.protocol {
            6 => matches!(protocol, "TCP" | "TLS" | "TCP_UDP" | "TCP_QUIC"),
            17 => matches!(protocol, "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC"),
            _ => false,
        };
        speaks && listener.port == Some(i32::from(port))
    };
    let Some(listener) = listeners.iter().find(serves) else {
        let why = format!("load balancer {name} has no listener for it");
        let halt = flow.halt(Step::new(Gate::Listener, name, Decision::Deny), why);
        return finish(flow, halt, None);
    };
    let protocol = listener.protocol.as_deref().unwrap_or_default();
    flow.steps.push(Step::new(Gate::Listener, name, Decision::Pass).rule(format!("{protocol} {port}")));
    if protocol == "TLS" {
        // It ends the connection itself; the targets get another.
        return answered_by_node(flow, node, origin, src, dst);
    }
    let candidates = match candidates(&mut flow, balancer, listener, node) {
        Ok(candidates) => candidates,
        Err(halt) => return finish(flow, halt, None),
    };
    let mut best: Option<Answer> = None;
    for candidate in candidates {
        let answer = at_target(flow.clone(), node, &candidate, origin, src, dst);
        let rank = |answer: &Answer| match answer.verdict {
            Verdict::Blocked => 0,
            Verdict::OneWay => 1,
            Verdict::Unknown => 2,
            Verdict::Reachable => 3,
        };
        if best.as_ref().is_none_or(|before| rank(before) < rank(&answer)) {
            best = Some(answer);
        }
    }
    best.unwrap_or_else(|| {
        let why = format!("load balancer {name} has no target for {id} to hand it to");
        let halt = flow.halt(Step::new(Gate::Target, name, Decision::Deny), why);
        finish(flow, halt, None)
    })
}

fn answered_by_node<'i>(
    flow: Flow<'_, 'i>,
    node: Placed<'i>,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
) -> Answer {
    let mut reply = flow.reply(reply_ports(&flow).unwrap_or_else(PortSet::all));
    let back = match reply.subnet_of(node.interface) {
        Ok(subnet) => reply.leave_subnet(subnet),
        Err(halt) => halt,
    };
    let back = returned(&reply, back, origin, src, dst);
    finish(flow, Halt::Delivered(node), Some((reply, back)))
}

/// One target, as the balancer hands a connection to it.
struct Candidate<'i> {
    placed: Placed<'i>,
    port: u16,
    keeps_client: bool,
}

/// The targets that a node may hand the connection to.
fn candidates<'i>(
    flow: &mut Flow<'_, 'i>,
    balancer: Node<'i, LoadBalancer>,
    listener: &'i Listener,
    node: Placed<'i>,
) -> Result<Vec<Candidate<'i>>, Halt<'i>> {
    let topology = flow.topology;
    let zone = flow.subnet_of(node.interface)?.value.zone();
    let mut all = Vec::new();
    for arn in listener.default_actions.iter().flat_map(|action| action.target_groups()) {
        let Some(group) = topology.target_group(balancer.region(), arn) else {
            let missing = topology.require(balancer.scope, "elbv2:DescribeTargetGroups").err();
            let unseen = || Missing::because(format!("target group {arn} could not be seen"));
            return Err(flow.lost(Gate::Target, arn, missing.unwrap_or_else(unseen)));
        };
        let name = group.value.target_group_name.as_deref().unwrap_or(arn);
        let Some(health) = group.value.target_health_descriptions.as_deref() else {
            let missing = topology.require(group.scope, "elbv2:DescribeTargetHealth").err();
            let unseen = || Missing::because(format!("the targets of {name} could not be seen"));
            return Err(flow.lost(Gate::Target, name, missing.unwrap_or_else(unseen)));
        };
        if group.value.attributes.is_none() {
            match topology.require(group.scope, ATTRIBUTES) {
                Err(missing) if !topology.nobody_asked(group.scope, ATTRIBUTES) => {
                    flow.unsure(Gate::Target, name, missing);
                }
                _ => flow.assumptions.push(format!("target group {name} has AWS's default attributes")),
            }
        }
        let crosses = crosses_zones(balancer.value, group.value);
        let mut of_group: Vec<(&TargetHealthDescription, Placed<'i>)> = Vec::new();
        for one in health.iter().filter(|one| takes_connections(one)) {
            let Some(id) = one.target.as_ref().and_then(|target| target.id.as_deref()) else { continue };
            let placed = topology.placed_targets(group, id);
            if placed.is_empty() {
                let missing = Missing::because(format!("target {id} of {name} could not be seen"));
                flow.unsure(Gate::Target, name, missing);
            }
            for placed in placed {
                let there = flow.subnet_of(placed.interface)?.value.zone();
                if crosses || there == zone {
                    of_group.push((one, placed));
                }
            }
        }
        // With no healthy target left, all of them get connections.
        let is_unhealthy = |one: &TargetHealthDescription| state(one) == Some("unhealthy");
        let some_serve = of_group.iter().any(|(one, _)| !is_unhealthy(one));
        let of_group = of_group.into_iter().filter(|(one, _)| !(some_serve && is_unhealthy(one)));
        all.extend(of_group.filter_map(|(one, placed)| {
            let port = one.target.as_ref().and_then(|target| target.port).or(group.value.port)?;
            let keeps_client = keeps_client(group.value) && flow.src.is_ipv4() == placed.address.is_ipv4();
            Some(Candidate { placed, port: u16::try_from(port).ok()?, keeps_client })
        }));
    }
    Ok(all)
}

pub(crate) fn state(one: &TargetHealthDescription) -> Option<&str> {
    one.target_health.as_ref()?.state.as_deref()
}

pub(crate) fn takes_connections(one: &TargetHealthDescription) -> bool {
    !matches!(state(one), Some("unused" | "draining" | "unhealthy.draining"))
}

/// Whether a node hands connections to targets in other zones. Network load balancers do not by default.
pub(crate) fn crosses_zones(balancer: &LoadBalancer, group: &TargetGroup) -> bool {
    const KEY: &str = "load_balancing.cross_zone.enabled";
    match group.attribute(KEY) {
        Some("true") => true,
        Some("false") => false,
        _ => balancer.attribute(KEY) == Some("true"),
    }
}

/// Whether targets see the client's address.
pub(crate) fn keeps_client(group: &TargetGroup) -> bool {
    match group.attribute("preserve_client_ip.enabled") {
        Some("true") => true,
        Some("false") => false,
        _ => group.target_type.as_deref() != Some("ip") || !matches!(group.protocol.as_deref(), Some("TCP" | "TLS")),
    }
}

fn at_target<'i>(
    mut flow: Flow<'_, 'i>,
    node: Placed<'i>,
    candidate: &Candidate<'i>,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
) -> Answer {
    let target = candidate.placed.interface;
    let id = target.value.network_interface_id.as_str();
    let step = Step::new(Gate::Target, id, Decision::Pass);
    let is_origin = origin.is_some_and(|origin| origin.interface.value.network_interface_id == id);
    if candidate.keeps_client && is_origin {
        let why = format!("{id} cannot reach itself through a balancer that keeps the client's address");
        let halt = flow.halt(Step { decision: Decision::Deny, ..step }, why);
        return finish(flow, halt, None);
    }
    let seen = if candidate.keeps_client { "the client's address is kept" } else { "the target sees the balancer" };
    flow.steps.push(step.detail(format!("{} port {}; {seen}", candidate.placed.address, candidate.port)));
    let client = flow.src;
    flow.translators.push(Translator::Balancer { interface: node.interface, address: node.address, client });
    flow.identities = vec![node.interface];
    flow.dst = candidate.placed.address;
    flow.ports = PortSet::range(candidate.port, candidate.port);
    if !candidate.keeps_client {
        flow.src = node.address;
    }
    let nodes_subnet = match flow.subnet_of(node.interface) {
        Ok(subnet) => subnet,
        Err(halt) => return finish(flow, halt, None),
    };
    let halt = flow.leave_subnet(nodes_subnet);
    let Halt::Delivered(placed) = halt else { return finish(flow, halt, None) };
    if let Err(halt) = flow.host(placed.interface) {
        return finish(flow, halt, None);
    }
    let mut reply = flow.reply(reply_ports(&flow).unwrap_or_else(PortSet::all));
    let back = if candidate.keeps_client {
        back_from_target(&mut reply, placed, node, client)
    } else {
        reply.leave(placed.interface)
    };
    let back = returned(&reply, back, origin, src, dst);
    finish(flow, halt, Some((reply, back)))
}

/// The answer to a client whose address the target saw: it goes to the node all the same.
fn back_from_target<'i>(reply: &mut Flow<'_, 'i>, target: Placed<'i>, node: Placed<'i>, client: IpAddr) -> Halt<'i> {
    let way = |reply: &mut Flow<'_, 'i>| -> Result<(), Halt<'i>> {
        let (there, here) = (reply.subnet_of(target.interface)?, reply.subnet_of(node.interface)?);
        if there.value.subnet_id != here.value.subnet_id {
            reply.acl(there, true)?;
            reply.acl(here, false)?;
        }
        Ok(())
    };
    match way(reply) {
        Ok(()) => reply.leave_balancer(node.interface, node.address, client),
        Err(halt) => halt,
    }
}

fn unread(topology: &Topology<'_>, of: Node<'_, LoadBalancer>, operation: &str, what: &str) -> Missing {
    let unseen = || Missing::because(format!("the {what} of {} could not be seen", of.value.load_balancer_arn));
    topology.require(of.scope, operation).err().unwrap_or_else(unseen)
}

impl<'i> Topology<'i> {
    /// The interfaces of the targets behind a network load balancer's node, whose gates decide with the node's.
    pub(super) fn behind_balancer(&self, node: Node<'i, NetworkInterface>) -> Vec<Node<'i, NetworkInterface>> {
        let Ok(Some(Balancer::Current(balancer))) = self.balancer_of(node) else { return Vec::new() };
        let actions = balancer.value.listeners.iter().flatten().flat_map(|listener| &listener.default_actions);
        let groups = actions.flat_map(|action| action.target_groups());
        let groups = groups.filter_map(|arn| self.target_group(balancer.region(), arn));
        let targets = groups.flat_map(|group| {
            let health = group.value.target_health_descriptions.iter().flatten();
            let ids = health.filter_map(|one| one.target.as_ref()?.id.as_deref());
            ids.flat_map(move |id| self.placed_targets(group, id)).collect::<Vec<_>>()
        });
        targets.map(|placed| placed.interface).collect()
    }
}
