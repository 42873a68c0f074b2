//! Load balancers: what their nodes listen to.
//!
//! *Front*: a node of a balancer that something on the internet reaches.

use std::sync::Arc;

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Node, Topology};
use crate::model::walk::Gate;
use crate::net::{IpSet, PacketSet, PortSet, Protocols};
use crate::resource::AwsResource;
use crate::resource::balancing::{ClassicLoadBalancer, LoadBalancer};
use crate::resource::ec2::{NetworkInterface, Subnet};

use super::Bounds;
use super::build::{Builder, Filter, FilterId, Gates};
use super::door::{way_in_at, way_to_nobody};
use super::endpoint::{Dialed, Endpoint, Sets};

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A node that the internet reaches.
pub(super) struct Front<'i> {
    pub balancer: Balancer<'i>,
    /// The node's interface, if that was read.
    pub node: Option<Node<'i, NetworkInterface>>,
    pub subnet: Option<Node<'i, Subnet>>,
    pub groups: Vec<String>,
    pub address: Option<String>,
    pub family: u8,
    pub sets: Arc<Sets>,
    /// Behind another balancer: how clients come here.
    pub dialed: Vec<Dialed>,
}

/// What a balancer listens to, and where it hands it.
pub(super) struct Listening<'i> {
    pub protocol: u8,
    pub port: u16,
    pub target_groups: Vec<&'i str>,
    /// Of a classic balancer, the port of its instances.
    pub instance_port: Option<u16>,
}

impl<'i> Balancer<'i> {
    pub(super) fn id(&self) -> &'i str {
        match self {
            Balancer::Current(one) => one.value.id(),
            Balancer::Classic(one) => one.value.id(),
        }
    }

    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Balancer::Current(_) => LoadBalancer::TYPE,
            Balancer::Classic(_) => ClassicLoadBalancer::TYPE,
        }
    }

    pub(super) fn name(&self) -> Option<&'i str> {
        match self {
            Balancer::Current(one) => one.value.name(),
            Balancer::Classic(one) => one.value.name(),
        }
    }

    pub(super) fn scope(&self) -> &'i crate::arn::Scope {
        match self {
            Balancer::Current(one) => one.scope,
            Balancer::Classic(one) => one.scope,
        }
    }

    pub(super) fn is_network(&self) -> bool {
        matches!(self, Balancer::Current(one) if one.value.r#type.as_deref() == Some("network"))
    }

    pub(super) fn listening(&self, topology: &Topology<'i>) -> Result<Vec<Listening<'i>>, Missing> {
        let of = |protocol: u8, port: Option<i32>| Some((protocol, u16::try_from(port?).ok()?));
        match self {
            Balancer::Classic(one) => {
                let listeners = one.value.listener_descriptions.iter().filter_map(|one| one.listener.as_ref());
                let each = listeners.filter_map(|listener| {
                    let (protocol, port) = of(TCP, listener.load_balancer_port)?;
                    let instance_port = listener.instance_port.and_then(|port| u16::try_from(port).ok());
                    Some(Listening { protocol, port, target_groups: Vec::new(), instance_port })
                });
                Ok(each.collect())
            }
            Balancer::Current(one) => {
                let Some(listeners) = one.value.listeners.as_deref() else {
                    let unseen = || {
                        Missing::because(format!("the listeners of {} could not be seen", one.value.load_balancer_arn))
                    };
                    let missing = topology.require(one.scope, "elbv2:DescribeListeners").err();
                    return Err(missing.unwrap_or_else(unseen));
                };
                let mut all = Vec::new();
                for listener in listeners {
                    let protocols: &[u8] = match listener.protocol.as_deref() {
                        Some("HTTP" | "HTTPS" | "TCP" | "TLS") => &[TCP],
                        Some("UDP" | "QUIC") => &[UDP],
                        Some("TCP_UDP" | "TCP_QUIC") => &[TCP, UDP],
                        _ => &[],
                    };
                    let rules = listener.rules.iter().flatten().flat_map(|rule| &rule.actions);
                    let actions = listener.default_actions.iter().chain(rules);
                    let mut groups: Vec<&str> = actions.flat_map(|action| action.target_groups()).collect();
                    groups.sort_unstable();
                    groups.dedup();
                    all.extend(protocols.iter().filter_map(|protocol| of(*protocol, listener.port)).map(
                        |(protocol, port)| Listening {
                            protocol,
                            port,
                            target_groups: groups.clone(),
                            instance_port: None,
                        },
                    ));
                }
                Ok(all)
            }
        }
    }
}

impl<'i> Builder<'_, 'i> {
    /// What a balancer's node listens to; none if the interface is no node.
    pub(super) fn listening(&mut self, interface: Node<'i, NetworkInterface>) -> Option<FilterId> {
        match self.topology.balancer_of(interface) {
            Ok(Some(balancer)) => Some(self.listeners(balancer)),
            Ok(None) => None,
            Err(missing) => {
                let id = interface.value.network_interface_id.as_str();
                self.note_unread(interface.region(), interface.value.vpc_id.as_deref(), missing.clone());
                Some(self.other(format!("listeners behind {} {id}", interface.region()), || {
                    Filter::new(Gate::Listener, id, Bounds::at_most(PacketSet::all(), missing))
                }))
            }
        }
    }

    fn listeners(&mut self, balancer: Balancer<'i>) -> FilterId {
        let topology = self.topology;
        self.other(format!("listeners of {} {}", balancer.scope(), balancer.id()), || {
            let bounds = match balancer.listening(topology) {
                Ok(all) => Bounds::exactly(all.iter().fold(PacketSet::default(), |set, one| {
                    let ports = PortSet::range(one.port, one.port);
                    set.union(&PacketSet::of(&IpSet::all(), Protocols::One(one.protocol), &ports))
                })),
                Err(missing) => {
                    let any = |protocol| PacketSet::of(&IpSet::all(), Protocols::One(protocol), &PortSet::all());
                    Bounds::at_most(any(TCP).union(&any(UDP)), missing)
                }
            };
            Filter::new(Gate::Listener, balancer.name().unwrap_or(balancer.id()), bounds)
        })
    }

    /// Remembers an endpoint that is a balancer's node.
    pub(super) fn front(&mut self, interface: Node<'i, NetworkInterface>, endpoint: &Endpoint) {
        let Ok(Some(balancer)) = self.topology.balancer_of(interface) else { return };
        self.seen.insert((balancer.scope().clone(), balancer.id().to_owned()));
        let subnet = interface.value.subnet_id.as_deref().and_then(|id| self.topology.subnet(interface.region(), id));
        self.fronts.push(Front {
            balancer,
            node: Some(interface),
            subnet,
            groups: endpoint.groups.clone(),
            address: endpoint.address.clone(),
            family: endpoint.family,
            sets: Arc::clone(&endpoint.sets),
            dialed: Vec::new(),
        });
    }

    /// The endpoints of balancers whose nodes' interfaces were not read, one for each of their subnets.
    pub(super) fn balancers_without_nodes(&mut self, out: &mut Vec<Endpoint>) {
        let topology = self.topology;
        for balancer in topology.balancers() {
            if self.seen.contains(&(balancer.scope().clone(), balancer.id().to_owned())) {
                continue;
            }
            let (scheme, vpc, dns, groups, places, families) = match balancer {
                Balancer::Current(one) => {
                    let value = one.value;
                    let places: Vec<(Option<&str>, Option<&str>)> = value
                        .availability_zones
                        .iter()
                        .map(|zone| {
                            let mut addresses = zone.load_balancer_addresses.iter();
                            (zone.subnet_id.as_deref(), addresses.find_map(|one| one.ip_address.as_deref()))
                        })
                        .collect();
                    let refuses = value.attribute("ipv6.deny_all_igw_traffic") == Some("true");
                    let families: &[u8] = match value.ip_address_type.as_deref() {
                        Some("dualstack") if !refuses => &[4, 6],
                        Some("dualstack-without-public-ipv4") => &[6],
                        _ => &[4],
                    };
                    (&value.scheme, &value.vpc_id, &value.dns_name, &value.security_groups, places, families)
                }
                Balancer::Classic(one) => {
                    let value = one.value;
                    let places = value.subnets.iter().map(|subnet| (Some(subnet.as_str()), None)).collect();
                    (&value.scheme, &value.vpc_id, &value.dns_name, &value.security_groups, places, &[4][..])
                }
            };
            if scheme.as_deref() != Some("internet-facing") {
                continue;
            }
            let region = balancer.scope().region.as_str();
            let listening = self.listeners(balancer);
            let admitted = self.named_groups(region, groups, balancer.scope(), balancer.is_network());
            for (subnet_id, address) in places {
                let subnet = subnet_id.and_then(|id| topology.subnet(region, id));
                let vpc_node = vpc.as_deref().and_then(|id| topology.vpc(region, id));
                let way = match (subnet, vpc_node) {
                    (Some(subnet), Some(vpc)) => way_in_at(topology, subnet, vpc),
                    _ => way_to_nobody(topology, balancer.scope(), subnet_id.unwrap_or("a subnet without id")),
                };
                for family in families {
                    let mut inward: Vec<FilterId> = vec![admitted, listening];
                    inward.extend(subnet.map(|subnet| self.acl(subnet, false)));
                    let outward =
                        subnet.map(|subnet| vec![self.acl(subnet, true), self.returning(subnet, way.gateway)]);
                    let gates = Gates { family: *family, inward, outward: outward.unwrap_or_default() };
                    let behind_door = self.sets(gates.clone());
                    let sets = self.through(&way, gates, &behind_door);
                    let shown = address.filter(|_| *family == 4).or(dns.as_deref()).map(str::to_owned);
                    self.fronts.push(Front {
                        balancer,
                        node: None,
                        subnet,
                        groups: groups.clone(),
                        address: shown.clone(),
                        family: *family,
                        sets: Arc::clone(&sets),
                        dialed: Vec::new(),
                    });
                    out.push(Endpoint {
                        scope: balancer.scope().clone(),
                        resource_type: balancer.type_name(),
                        resource: balancer.id().to_owned(),
                        name: balancer.name().map(str::to_owned),
                        vpc: vpc.clone(),
                        subnet: subnet_id.map(str::to_owned),
                        groups: groups.clone(),
                        address: shown,
                        family: *family,
                        door: way.door.clone(),
                        sets,
                        behind_door,
                        assumptions: way.assumptions.clone(),
                        ..Endpoint::nobody(balancer.scope())
                    });
                }
            }
        }
    }
}
