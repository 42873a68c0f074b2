//! What open load balancers open of their targets.
//!
//! *Leg*: the way from a node to a target, on which packets come from the client's address or from the node's.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Choice, Handed, Node, Placed};
use crate::model::walk::Gate;
use crate::net::{IpSet, Packet, PacketSet, PortSet, Protocols};
use crate::resource::ec2::{Subnet, TargetKind};

use super::Bounds;
use super::balancers::{Front, Listening};
use super::build::{Builder, By};
use super::endpoint::{Class, Dialed, Door, Endpoint, Passed, Sets};
use super::filters::{answered, group_sets};

/// What all fronts of a balancer open of one target.
struct Opened<'i> {
    placed: Placed<'i>,
    delivered: Bounds,
    conversational: Bounds,
    client_ports: PortSet,
    address: Option<String>,
    dialed: Vec<Dialed>,
    assumptions: BTreeSet<String>,
}

/// By balancer, family of the clients, interface and address.
type ByTarget<'i> = BTreeMap<(String, u8, String, String), (Balancer<'i>, Opened<'i>)>;

/// The most balancers that stand before one target: one of the network, and one of applications behind it.
const MOST_BALANCERS: usize = 2;

impl<'i> Builder<'_, 'i> {
    /// The targets that the fronts open. Those of a network load balancer may be nodes of an application load balancer,
    /// which has targets of its own.
    pub(super) fn targets(&mut self, out: &mut Vec<Endpoint>) {
        let mut fronts = std::mem::take(&mut self.fronts);
        let mut all = ByTarget::default();
        for _ in 0..MOST_BALANCERS {
            self.note_unread_targets(&fronts);
            for front in fronts.iter().filter(|front| !front.sets.delivered.is_empty()) {
                self.open_all(front, &mut all);
            }
            fronts = all.iter().filter_map(|((_, family, ..), (_, opened))| self.beyond(*family, opened)).collect();
        }
        for ((_, family, ..), (balancer, opened)) in all {
            out.push(self.target_endpoint(balancer, family, opened));
        }
    }

    fn open_all(&mut self, front: &Front<'i>, all: &mut ByTarget<'i>) {
        for listening in front.balancer.listening(self.topology).unwrap_or_default() {
            let (targets, assumptions) = self.targets_of(front, &listening);
            for target in targets {
                let key = (
                    front.balancer.id().to_owned(),
                    front.family,
                    target.placed.interface.value.network_interface_id.clone(),
                    target.placed.address.to_string(),
                );
                let (_, opened) = all.entry(key).or_insert_with(|| {
                    let opened = Opened {
                        placed: target.placed,
                        delivered: Bounds::default(),
                        conversational: Bounds::default(),
                        client_ports: PortSet::default(),
                        address: front.address.clone(),
                        dialed: Vec::new(),
                        assumptions: BTreeSet::new(),
                    };
                    (front.balancer, opened)
                });
                opened.assumptions.extend(assumptions.iter().cloned());
                self.open(front, &listening, &target, opened);
            }
        }
    }

    /// A target that is a node of another balancer, as a front of that one.
    fn beyond(&self, family: u8, opened: &Opened<'i>) -> Option<Front<'i>> {
        let node = opened.placed.interface;
        let balancer = self.topology.balancer_of(node).ok()??;
        let sets = Sets {
            delivered: opened.delivered.clone(),
            conversational: opened.conversational.clone(),
            client_ports: opened.client_ports.clone(),
            gates: Vec::new(),
        };
        Some(Front {
            balancer,
            node: Some(node),
            subnet: node.value.subnet_id.as_deref().and_then(|id| self.topology.subnet(node.region(), id)),
            groups: node.value.groups.iter().filter_map(|group| group.group_id.clone()).collect(),
            address: opened.address.clone(),
            family,
            sets: Arc::new(sets),
            dialed: opened.dialed.clone(),
        })
    }

    /// What is missing to know the targets behind fronts.
    fn note_unread_targets(&mut self, fronts: &[Front<'i>]) {
        for front in fronts.iter().filter(|front| !front.sets.delivered.is_empty()) {
            let Balancer::Current(balancer) = front.balancer else { continue };
            let (region, vpc) = (balancer.region(), balancer.value.vpc_id.as_deref());
            let listening = match front.balancer.listening(self.topology) {
                Ok(listening) => listening,
                Err(missing) => {
                    self.note_unread(region, vpc, missing);
                    continue;
                }
            };
            if balancer.value.r#type.as_deref() == Some("application")
                && balancer.value.listeners.iter().flatten().any(|listener| listener.rules.is_none())
            {
                let missing = self.topology.require(balancer.scope, "elbv2:DescribeRules").err();
                let unseen = || Missing::because(format!("the rules of {} could not be seen", front.balancer.id()));
                self.note_unread(region, vpc, missing.unwrap_or_else(unseen));
            }
            for arn in listening.iter().flat_map(|one| &one.target_groups) {
                let (operation, what) = match self.topology.target_group(region, arn) {
                    None => ("elbv2:DescribeTargetGroups", "target group"),
                    Some(group) if group.value.target_health_descriptions.is_none() => {
                        ("elbv2:DescribeTargetHealth", "the targets of")
                    }
                    Some(_) => continue,
                };
                let missing = self.topology.require(balancer.scope, operation).err();
                let unseen = || Missing::because(format!("{what} {arn} could not be seen"));
                self.note_unread(region, vpc, missing.unwrap_or_else(unseen));
            }
        }
    }

    fn open(&mut self, front: &Front<'i>, listening: &Listening<'i>, target: &Handed<'i>, opened: &mut Opened<'i>) {
        let handed = |set: &PacketSet| {
            let sources = set.sources(listening.protocol, listening.port);
            PacketSet::of(&sources, Protocols::One(listening.protocol), &PortSet::range(target.port, target.port))
        };
        let everything = || Bounds::exactly(PacketSet::all());
        let at_most = |missing: &Missing| Bounds::at_most(PacketSet::all(), missing.clone());
        let (there, back) = match &target.unread {
            Some(missing) => (at_most(missing), everything()),
            None => self.leg(front, listening.protocol, target),
        };
        let there = there.and(&target.doubt.as_ref().map_or_else(everything, at_most));
        let delivered = front.sets.delivered.map(handed).and(&there);
        let conversational = front.sets.conversational.map(handed).and(&there).and(&back);
        if !conversational.is_empty() {
            opened.client_ports = opened.client_ports.union(&front.sets.client_ports);
        }
        if !delivered.is_empty() && front.dialed.is_empty() {
            opened.dialed.push(Dialed {
                address: front.address.clone(),
                port: listening.port,
                target: target.port,
                delivered: delivered.clone(),
                conversational: conversational.clone(),
            });
        }
        for way in front.dialed.iter().filter(|way| way.target == listening.port) {
            opened.dialed.push(Dialed {
                target: target.port,
                delivered: way.delivered.map(handed).and(&there),
                conversational: way.conversational.map(handed).and(&there).and(&back),
                ..way.clone()
            });
        }
        opened.delivered = opened.delivered.or(&delivered);
        opened.conversational = opened.conversational.or(&conversational);
    }

    /// What gets from a node to a target, and what of it is answered, as packets from clients to the target's port.
    fn leg(&mut self, front: &Front<'i>, protocol: u8, target: &Handed<'i>) -> (Bounds, Bounds) {
        let topology = self.topology;
        let interface = target.placed.interface;
        let region = interface.region();
        let there = interface.value.subnet_id.as_deref().and_then(|id| topology.subnet(region, id));
        let (Some(here), Some(there)) = (front.subnet, there) else {
            let id = &interface.value.network_interface_id;
            let doubt =
                Missing::because(format!("the subnets between {} and {id} could not be seen", front.balancer.id()));
            return (Bounds::at_most(PacketSet::all(), doubt), Bounds::exactly(PacketSet::all()));
        };
        let mut onward = Bounds::exactly(PacketSet::all());
        let mut back = Bounds::exactly(PacketSet::all());
        if here.value.vpc_id != there.value.vpc_id {
            let why = format!("the way from {} to another VPC is not followed", front.balancer.id());
            onward = onward.and(&Bounds::at_most(PacketSet::all(), Missing::because(why)));
        }
        let crosses = here.value.subnet_id != there.value.subnet_id;
        if crosses {
            onward = onward.and(&self.goes_straight(here, target.placed.address));
        }
        let to_target = |port: u16| Packet { address: target.placed.address, protocol, l4: port };
        let named = self.naming(interface, &front.groups);
        let (groups, by_cloudfront) = (self.groups(interface, By::Addresses), self.groups(interface, By::Cloudfront));
        let groups = self.filter(groups).bounds.or(&self.filter(by_cloudfront).bounds).or(&named);
        onward = onward.and(&self.leaves(region, front, protocol, target));
        if let Some(listening) = self.listening(interface) {
            onward = onward.and(&self.filter(listening).bounds);
        }
        // Between families there is no address to keep.
        if target.keeps_client && target.placed.address.is_ipv4() == (front.family == 4) {
            onward = onward.and(&groups);
            if crosses {
                onward = onward.and(&holds(self.out(here), &to_target(target.port)));
                let inward = self.acl(there, false);
                onward = onward.and(&self.filter(inward).bounds);
                // The answer passes three gates, and one port of the client has to pass all of them.
                let inward = self.acl(here, false);
                let ports = self.filter(inward).bounds.map(|set| {
                    let ports = set.ports_from(target.placed.address, protocol);
                    PacketSet::of(&IpSet::all(), Protocols::One(protocol), &ports)
                });
                back = self.out(there).and(&self.out(here)).and(&ports).map(answered);
            }
            return (onward, back);
        }
        let like = target.placed.address;
        let node = front.node.map_or_else(|| an_address(here, like), |node| node.value.address_like(like));
        let Some(node) = node else {
            let why = format!("the addresses of the nodes of {} could not be seen", front.balancer.id());
            return (onward.and(&Bounds::at_most(PacketSet::all(), Missing::because(why))), back);
        };
        let from_node = Packet { address: node, protocol, l4: target.port };
        onward = onward.and(&holds(groups, &from_node));
        if crosses {
            onward = onward.and(&holds(self.out(here), &to_target(target.port)));
            let inward = self.acl(there, false);
            onward = onward.and(&holds(self.filter(inward).bounds.clone(), &from_node));
            let inward = self.acl(here, false);
            let ports = self.filter(inward).bounds.map(|set| {
                let ports = set.ports_from(target.placed.address, protocol);
                PacketSet::of(&IpSet::all(), Protocols::One(protocol), &ports)
            });
            // Balancers speak from these ports.
            let own = PacketSet::of(&IpSet::all(), Protocols::One(protocol), &PortSet::range(1024, u16::MAX));
            let answers = self.out(there).and(&ports).map(|set| answered(&set.intersection(&own)));
            back = holds(answers, &from_node).and(&self.goes_straight(there, node));
        }
        (onward, back)
    }

    /// Whether the routes of a subnet lead what is for an address straight there; what else they lead it to first is
    /// not followed.
    fn goes_straight(&self, subnet: Node<'i, Subnet>, address: IpAddr) -> Bounds {
        let at_most = |missing| Bounds::at_most(PacketSet::all(), missing);
        let table = match self.topology.table_of(subnet) {
            Ok(table) => table,
            Err(missing) => return at_most(missing),
        };
        let hop = match self.topology.route(table, address) {
            Choice::Route(hop) if hop.route.is_active() => hop,
            Choice::Unknown(missing) => return at_most(missing),
            Choice::Route(_) | Choice::None => return Bounds::default(),
        };
        match hop.target {
            Some((TargetKind::Local, _)) => Bounds::exactly(PacketSet::all()),
            other => {
                let to = other.map_or("something", |(_, to)| to);
                let id = &table.value.route_table_id;
                at_most(Missing::because(format!("{id} leads what is for {address} to {to} first")))
            }
        }
    }

    /// Whether the groups of a balancer let it speak to a target.
    fn leaves(&self, region: &'i str, front: &Front<'i>, protocol: u8, target: &Handed<'i>) -> Bounds {
        let packet = Packet { address: target.placed.address, protocol, l4: target.port };
        let mut all = Bounds::default();
        for id in &front.groups {
            let one = match self.topology.group(region, id) {
                Some(group) => {
                    let sets = group_sets(self.topology, &self.cloudfront, group, true);
                    let named = sets.named.iter().filter(|(id, _)| target.placed.interface.value.has_group(id));
                    let named = named.fold(PacketSet::default(), |all, (_, set)| all.union(set));
                    sets.plain.or(&sets.cloudfront).or(&Bounds::exactly(named))
                }
                None => {
                    let missing = self.topology.require(front.balancer.scope(), "ec2:DescribeSecurityGroups").err();
                    let unseen = || Missing::because(format!("security group {id} could not be seen"));
                    Bounds::at_most(PacketSet::all(), missing.unwrap_or_else(unseen))
                }
            };
            all = all.or(&holds(one, &packet));
        }
        if front.groups.is_empty() { Bounds::exactly(PacketSet::all()) } else { all }
    }

    /// The targets that a node hands what comes to, and what had to be taken for granted.
    fn targets_of(&self, front: &Front<'i>, listening: &Listening<'i>) -> (Vec<Handed<'i>>, Vec<String>) {
        let topology = self.topology;
        let zone = front.subnet.and_then(|subnet| subnet.value.zone());
        let (mut all, mut assumptions) = (Vec::new(), Vec::new());
        match front.balancer {
            Balancer::Classic(balancer) => {
                if let Some(port) = listening.instance_port {
                    all = topology.serving_classic(balancer, port, zone);
                }
            }
            Balancer::Current(balancer) => {
                let groups = listening.target_groups.iter();
                for group in groups.filter_map(|arn| topology.target_group(balancer.region(), arn)) {
                    let serving = topology.serving(balancer, group, zone);
                    all.extend(serving.targets);
                    assumptions.extend(serving.assumptions);
                }
            }
        }
        (all, assumptions)
    }

    fn target_endpoint(&self, balancer: Balancer<'i>, family: u8, opened: Opened<'i>) -> Endpoint {
        let interface = opened.placed.interface;
        let value = interface.value;
        let name = balancer.name().unwrap_or(balancer.id());
        let id: Arc<str> = Arc::from(value.network_interface_id.as_str());
        let passed = |gate, resource, of: &Bounds, on_return| Passed {
            gate,
            resource,
            left: of.shared_may(),
            admits: of.clone(),
            on_return,
        };
        let gates = vec![
            passed(Gate::Listener, Arc::from(name), &opened.delivered, false),
            passed(Gate::Target, Arc::clone(&id), &opened.delivered, false),
            passed(Gate::Target, id, &opened.conversational, true),
        ];
        let sets = Arc::new(Sets {
            delivered: opened.delivered,
            conversational: opened.conversational,
            client_ports: opened.client_ports,
            gates,
        });
        let (host, assumed) = self.topology.host(interface);
        let mut endpoint = Endpoint {
            address: opened.address,
            private_address: Some(opened.placed.address.to_string()),
            family,
            class: Class::ViaLoadBalancer,
            via: Some(name.to_owned()),
            door: Door::default(),
            behind_door: Arc::clone(&sets),
            sets,
            host,
            assumptions: assumed.into_iter().chain(opened.assumptions).collect(),
            dialed: opened.dialed,
            ..Endpoint::nobody(interface.scope)
        };
        self.describe(interface, &mut endpoint);
        if let Ok(Some(balancer)) = self.topology.balancer_of(interface) {
            self.describe_balancer(balancer, &mut endpoint);
        }
        endpoint
    }

    /// The network ACL of a subnet, as packets that go out by their destination.
    fn out(&mut self, subnet: Node<'i, Subnet>) -> Bounds {
        let id = self.acl(subnet, true);
        self.outward.get(&id).cloned().unwrap_or_else(|| self.filter(id).bounds.clone())
    }
}

/// Everything if a set has one packet, nothing if it has not.
fn holds(set: Bounds, packet: &Packet) -> Bounds {
    set.map(|set| if set.contains(packet) { PacketSet::all() } else { PacketSet::default() })
}

/// An address that a node in a subnet may have, of another one's family.
fn an_address(subnet: Node<'_, Subnet>, like: IpAddr) -> Option<IpAddr> {
    if like.is_ipv6() {
        return None;
    }
    let block = IpSet::from_blocks([subnet.value.cidr_block.as_deref()?]).ok()?;
    // The first four addresses are AWS's own.
    let (low, _) = *block.v4().ranges().first()?;
    Some(IpAddr::V4(low.checked_add(4)?.into()))
}
