//! Load balancers on a packet's way: what they listen to, and where they hand it on.
//!
//! An application or classic balancer ends the connection itself. A network
//! load balancer hands it to a target, which sees the client's address or the
//! balancer's; its answer goes back by the node that it came from, whatever
//! the target's route table says.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Handed, Node, Placed, Topology};
use crate::net::PortSet;
use crate::resource::balancing::{Listener, LoadBalancer};
use crate::resource::ec2::NetworkInterface;

use super::flow::{Flow, Halt, Translator};
use super::probe::{Answer, Verdict, finish, has_ports, reply_ports, returned};
use super::step::{Decision, Gate, Step};

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
        if let Err(halt) = self.groups(placed.interface, false) {
            return halt;
        }
        // What nothing listens for ends here, whichever way it came.
        let mut ahead = self.clone();
        match offered(&mut ahead, placed) {
            Err(Halt::Blocked(why)) => {
                *self = ahead;
                Halt::Blocked(why)
            }
            _ => Halt::Balanced(placed),
        }
    }

    /// The answer of a target that saw the balancer's address.
    fn back_at_balancer(&mut self, placed: Placed<'i>) -> Halt<'i> {
        // From here on the port is the client's.
        self.ports = reply_ports(self).unwrap_or_else(PortSet::all);
        self.leave_balancer(placed.interface)
    }

    /// A node sends a target's answer on, as its own.
    fn leave_balancer(&mut self, node: Node<'i, NetworkInterface>) -> Halt<'i> {
        let id = node.value.network_interface_id.as_str();
        let mine = self.translators.iter().rev().find_map(|one| match one {
            Translator::Balancer { interface, address, client, by_gateway }
                if interface.value.network_interface_id == id =>
            {
                Some((*address, *client, *by_gateway))
            }
            _ => None,
        });
        let Some((address, client, by_gateway)) = mine else {
            return Halt::Blocked(format!("{id} knows nothing of the connection"));
        };
        self.steps.push(Step::new(Gate::Target, id, Decision::Pass).detail(format!("{} becomes {address}", self.src)));
        (self.src, self.dst, self.by_gateway) = (address, client, by_gateway);
        match self.subnet_of(node) {
            Ok(subnet) => self.leave_subnet(subnet),
            Err(halt) => halt,
        }
    }

    fn port(&self) -> u16 {
        self.ports.ranges().first().map_or(0, |(low, _)| *low)
    }
}

/// What a node of a network load balancer does with a packet.
enum Offered<'i> {
    /// It ends the connection itself; its targets get another.
    Ended,
    /// It hands it to one of these; and what is missing of others.
    Targets(Vec<Handed<'i>>, Vec<Missing>),
}

/// Goes on from a network load balancer's node to its targets; the one that answers counts.
pub(super) fn through<'i>(
    mut flow: Flow<'_, 'i>,
    node: Placed<'i>,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
) -> Answer {
    let (candidates, unseen) = match offered(&mut flow, node) {
        Ok(Offered::Ended) => return answered_by_node(flow, node, origin, src, dst),
        Ok(Offered::Targets(candidates, unseen)) => (candidates, unseen),
        Err(halt) => return finish(flow, halt, None),
    };
    let id = node.interface.value.network_interface_id.as_str();
    let mut best: Option<Answer> = None;
    let seen = candidates.iter().map(|candidate| at_target(flow.clone(), node, candidate, origin, src, dst));
    let unseen = unseen.into_iter().map(|missing| {
        let mut flow = flow.clone();
        let halt = flow.lost(Gate::Target, id, missing);
        finish(flow, halt, None)
    });
    for answer in seen.chain(unseen) {
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
    best.unwrap_or_else(|| finish(flow, Halt::Blocked(format!("{id} has no target")), None))
}

/// The listener that a packet meets at a node, and to whom it leads.
fn offered<'i>(flow: &mut Flow<'_, 'i>, node: Placed<'i>) -> Result<Offered<'i>, Halt<'i>> {
    let id = node.interface.value.network_interface_id.as_str();
    let balancer = match flow.topology.balancer_of(node.interface) {
        Ok(Some(Balancer::Current(balancer))) => balancer,
        Ok(_) => {
            let missing = Missing::because(format!("{id} names no load balancer"));
            return Err(flow.lost(Gate::Listener, id, missing));
        }
        Err(missing) => return Err(flow.lost(Gate::Listener, id, missing)),
    };
    let name = balancer.value.load_balancer_name.as_deref().unwrap_or(&balancer.value.load_balancer_arn);
    let Some(listeners) = balancer.value.listeners.as_deref() else {
        let missing = unread(flow.topology, balancer, "elbv2:DescribeListeners", "listeners");
        return Err(flow.lost(Gate::Listener, name, missing));
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
        return Err(flow.halt(Step::new(Gate::Listener, name, Decision::Deny), why));
    };
    let protocol = listener.protocol.as_deref().unwrap_or_default();
    flow.steps.push(Step::new(Gate::Listener, name, Decision::Pass).rule(format!("{protocol} {port}")));
    if protocol == "TLS" {
        return Ok(Offered::Ended);
    }
    let (candidates, unseen) = candidates(flow, balancer, listener, node)?;
    if candidates.is_empty() && unseen.is_empty() {
        let why = format!("load balancer {name} has no target for {id} to hand it to");
        return Err(flow.halt(Step::new(Gate::Target, name, Decision::Deny), why));
    }
    Ok(Offered::Targets(candidates, unseen))
}

/// The ports from which a balancer speaks to its targets.
fn node_ports() -> PortSet {
    PortSet::range(1024, u16::MAX)
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

/// The targets that a node may hand the connection to, and what is missing of others.
fn candidates<'i>(
    flow: &mut Flow<'_, 'i>,
    balancer: Node<'i, LoadBalancer>,
    listener: &'i Listener,
    node: Placed<'i>,
) -> Result<(Vec<Handed<'i>>, Vec<Missing>), Halt<'i>> {
    let topology = flow.topology;
    let zone = flow.subnet_of(node.interface)?.value.zone();
    let (mut all, mut unseen) = (Vec::new(), Vec::new());
    for arn in listener.default_actions.iter().flat_map(|action| action.target_groups()) {
        let Some(group) = topology.target_group(balancer.region(), arn) else {
            let missing = topology.require(balancer.scope, "elbv2:DescribeTargetGroups").err();
            let unseen = || Missing::because(format!("target group {arn} could not be seen"));
            return Err(flow.lost(Gate::Target, arn, missing.unwrap_or_else(unseen)));
        };
        let name = group.value.target_group_name.as_deref().unwrap_or(arn);
        if group.value.target_health_descriptions.is_none() {
            let missing = topology.require(group.scope, "elbv2:DescribeTargetHealth").err();
            let unseen = || Missing::because(format!("the targets of {name} could not be seen"));
            return Err(flow.lost(Gate::Target, name, missing.unwrap_or_else(unseen)));
        }
        let serving = topology.serving(balancer, group, zone);
        flow.assumptions.extend(serving.assumptions);
        let those = serving.unseen.iter();
        unseen.extend(those.map(|id| Missing::because(format!("target {id} of {name} could not be seen"))));
        all.extend(serving.targets);
    }
    Ok((all, unseen))
}

fn at_target<'i>(
    mut flow: Flow<'_, 'i>,
    node: Placed<'i>,
    candidate: &Handed<'i>,
    origin: Option<Placed<'i>>,
    src: IpAddr,
    dst: IpAddr,
) -> Answer {
    let target = candidate.placed.interface;
    let id = target.value.network_interface_id.as_str();
    let step = Step::new(Gate::Target, id, Decision::Pass);
    if let Some(missing) = &candidate.unread {
        let halt = flow.lost(Gate::Target, id, missing.clone());
        return finish(flow, halt, None);
    }
    if let Some(missing) = &candidate.doubt {
        flow.unsure(Gate::Target, id, missing.clone());
    }
    // Between families there is no address to keep.
    let keeps_client = candidate.keeps_client && flow.src.is_ipv4() == candidate.placed.address.is_ipv4();
    let is_origin = origin.is_some_and(|origin| origin.interface.value.network_interface_id == id);
    if keeps_client && is_origin {
        let why = format!("{id} cannot reach itself through a balancer that keeps the client's address");
        let halt = flow.halt(Step { decision: Decision::Deny, ..step }, why);
        return finish(flow, halt, None);
    }
    let seen = if keeps_client { "the client's address is kept" } else { "the target sees the balancer" };
    flow.steps.push(step.detail(format!("{} port {}; {seen}", candidate.placed.address, candidate.port)));
    flow.translators.push(Translator::Balancer {
        interface: node.interface,
        address: node.address,
        client: flow.src,
        by_gateway: flow.by_gateway,
    });
    flow.identities = vec![node.interface];
    flow.in_transit = false;
    flow.dst = candidate.placed.address;
    flow.ports = PortSet::range(candidate.port, candidate.port);
    if !keeps_client {
        let Some(own) = node.interface.value.address_like(candidate.placed.address) else {
            let why = format!(
                "the address of {} that speaks to {id} could not be seen",
                node.interface.value.network_interface_id
            );
            let halt = flow.lost(Gate::Target, id, Missing::because(why));
            return finish(flow, halt, None);
        };
        flow.src = own;
    }
    if let Err(halt) = flow.groups(node.interface, true) {
        return finish(flow, halt, None);
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
    let answers = if keeps_client { reply_ports(&flow).unwrap_or_else(PortSet::all) } else { node_ports() };
    let mut reply = flow.reply(answers);
    let back = if keeps_client { back_from_target(&mut reply, placed, node) } else { reply.leave(placed.interface) };
    let back = returned(&reply, back, origin, src, dst);
    finish(flow, halt, Some((reply, back)))
}

/// The answer to a client whose address the target saw: it goes to the node all the same.
fn back_from_target<'i>(reply: &mut Flow<'_, 'i>, target: Placed<'i>, node: Placed<'i>) -> Halt<'i> {
    let way = |reply: &mut Flow<'_, 'i>| -> Result<(), Halt<'i>> {
        let (there, here) = (reply.subnet_of(target.interface)?, reply.subnet_of(node.interface)?);
        if there.value.subnet_id != here.value.subnet_id {
            reply.acl(there, true)?;
            reply.acl(here, false)?;
        }
        Ok(())
    };
    match way(reply) {
        Ok(()) => reply.leave_balancer(node.interface),
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
