//! What open load balancers open of their targets.
//!
//! *Leg*: the way from a node to a target, on which packets come from the client's address or from the node's.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Node, Placed};
use crate::model::walk::{Gate, crosses_zones, keeps_client, state, takes_connections};
use crate::net::{IpSet, Packet, PacketSet, PortSet, Protocols};
use crate::resource::balancing::TargetHealthDescription;
use crate::resource::ec2::{NetworkInterface, Subnet};

use super::Bounds;
use super::balancers::{Front, Listening};
use super::build::{Builder, By};
use super::endpoint::{Class, Door, Endpoint, Passed, Sets};
use super::filters::{answered, group_sets};

/// A target, as one node hands connections to it.
struct Target<'i> {
    placed: Placed<'i>,
    port: u16,
    keeps_client: bool,
}

/// What all fronts of a balancer open of one target.
struct Opened<'i> {
    placed: Placed<'i>,
    delivered: Bounds,
    conversational: Bounds,
    client_ports: PortSet,
    address: Option<String>,
    dialed: Vec<(u16, u16)>,
}

impl<'i> Builder<'_, 'i> {
    /// The targets that the fronts open.
    pub(super) fn targets(&mut self, out: &mut Vec<Endpoint>) {
        let fronts = std::mem::take(&mut self.fronts);
        self.note_unread_targets(&fronts);
        let mut by_target: BTreeMap<(String, u8, String, String), (Balancer<'i>, Opened<'i>)> = BTreeMap::new();
        for front in fronts.iter().filter(|front| !front.sets.delivered.is_empty()) {
            for listening in front.balancer.listening(self.topology).unwrap_or_default() {
                for target in self.targets_of(front, &listening) {
                    let key = (
                        front.balancer.id().to_owned(),
                        front.family,
                        target.placed.interface.value.network_interface_id.clone(),
                        target.placed.address.to_string(),
                    );
                    let (_, opened) = by_target.entry(key).or_insert_with(|| {
                        let opened = Opened {
                            placed: target.placed,
                            delivered: Bounds::default(),
                            conversational: Bounds::default(),
                            client_ports: PortSet::default(),
                            address: front.address.clone(),
                            dialed: Vec::new(),
                        };
                        (front.balancer, opened)
                    });
                    self.open(front, &listening, &target, opened);
                }
            }
        }
        for ((_, family, ..), (balancer, opened)) in by_target {
            out.push(self.target_endpoint(balancer, family, opened));
        }
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

    fn open(&mut self, front: &Front<'i>, listening: &Listening<'i>, target: &Target<'i>, opened: &mut Opened<'i>) {
        let handed = |set: &PacketSet| {
            let sources = set.sources(listening.protocol, listening.port);
            PacketSet::of(&sources, Protocols::One(listening.protocol), &PortSet::range(target.port, target.port))
        };
        let (there, back) = self.leg(front, listening.protocol, target);
        let delivered = front.sets.delivered.map(handed).and(&there);
        let conversational = front.sets.conversational.map(handed).and(&there).and(&back);
        if !conversational.is_empty() {
            opened.client_ports = opened.client_ports.union(&front.sets.client_ports);
        }
        if !delivered.is_empty() {
            opened.dialed.push((target.port, listening.port));
        }
        opened.delivered = opened.delivered.or(&delivered);
        opened.conversational = opened.conversational.or(&conversational);
    }

    /// What gets from a node to a target, and what of it is answered, as packets from clients to the target's port.
    fn leg(&mut self, front: &Front<'i>, protocol: u8, target: &Target<'i>) -> (Bounds, Bounds) {
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
        let to_target = |port: u16| Packet { address: target.placed.address, protocol, l4: port };
        let named = self.naming(interface, &front.groups);
        let (groups, by_cloudfront) = (self.groups(interface, By::Addresses), self.groups(interface, By::Cloudfront));
        let groups = self.filter(groups).bounds.or(&self.filter(by_cloudfront).bounds).or(&named);
        if !front.balancer.is_network() {
            onward = onward.and(&self.leaves(region, front, protocol, target));
        }
        if target.keeps_client {
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
        let Some(node) = front.private.or_else(|| an_address(here)) else {
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
            let answers = self.out(there).and(&ports).map(answered);
            back = holds(answers, &from_node);
        }
        (onward, back)
    }

    /// Whether the groups of a balancer that ends connections let it speak to a target.
    fn leaves(&self, region: &'i str, front: &Front<'i>, protocol: u8, target: &Target<'i>) -> Bounds {
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

    /// The targets that a node hands what comes to.
    fn targets_of(&self, front: &Front<'i>, listening: &Listening<'i>) -> Vec<Target<'i>> {
        let topology = self.topology;
        let primary = |interface: Node<'i, NetworkInterface>| {
            interface.value.pairs().next().map(|(address, _)| Placed { interface, address })
        };
        let balancer = match front.balancer {
            Balancer::Current(balancer) => balancer,
            Balancer::Classic(balancer) => {
                let Some(port) = listening.instance_port else { return Vec::new() };
                let ids = balancer.value.instances.iter().filter_map(|one| one.instance_id.as_deref());
                let placed = ids.filter_map(|id| topology.primary_interface(balancer.region(), id).and_then(primary));
                return placed.map(|placed| Target { placed, port, keeps_client: false }).collect();
            }
        };
        let is_network = front.balancer.is_network();
        let zone = front.subnet.and_then(|subnet| subnet.value.zone());
        let mut all = Vec::new();
        for arn in &listening.target_groups {
            let Some(group) = topology.target_group(balancer.region(), arn) else { continue };
            let health = group.value.target_health_descriptions.iter().flatten();
            let mut of_group: Vec<(&TargetHealthDescription, Placed<'i>)> = Vec::new();
            for one in health.filter(|one| takes_connections(one)) {
                let Some(id) = one.target.as_ref().and_then(|target| target.id.as_deref()) else { continue };
                for placed in topology.placed_targets(group, id) {
                    let subnet = placed.interface.value.subnet_id.as_deref();
                    let subnet = subnet.and_then(|id| topology.subnet(placed.interface.region(), id));
                    let near = subnet.is_none_or(|subnet| subnet.value.zone() == zone);
                    if !is_network || crosses_zones(balancer.value, group.value) || near {
                        of_group.push((one, placed));
                    }
                }
            }
            // With no healthy target left, all of them get connections.
            let is_unhealthy = |one: &TargetHealthDescription| state(one) == Some("unhealthy");
            let some_serve = of_group.iter().any(|(one, _)| !is_unhealthy(one));
            all.extend(of_group.into_iter().filter(|(one, _)| !(some_serve && is_unhealthy(one))).filter_map(
                |(one, placed)| {
                    let port = one.target.as_ref().and_then(|target| target.port).or(group.value.port)?;
                    let same_family = placed.address.is_ipv4() == (front.family == 4);
                    let keeps_client = is_network && keeps_client(group.value) && same_family;
                    Some(Target { placed, port: u16::try_from(port).ok()?, keeps_client })
                },
            ));
        }
        all
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
            assumptions: assumed.into_iter().collect(),
            dialed: opened.dialed,
            ..Endpoint::nobody(interface.scope)
        };
        self.describe(interface, &mut endpoint);
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

/// An address that a node in a subnet may have.
fn an_address(subnet: Node<'_, Subnet>) -> Option<IpAddr> {
    let block = IpSet::from_blocks([subnet.value.cidr_block.as_deref()?]).ok()?;
    // The first four addresses are AWS's own.
    let (low, _) = *block.v4().ranges().first()?;
    Some(IpAddr::V4(low.checked_add(4)?.into()))
}
