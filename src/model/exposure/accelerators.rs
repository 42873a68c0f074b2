//! Global Accelerator: a way in that needs no public address, no route and no network ACL's leave to enter.

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Node};
use crate::model::walk::Gate;
use crate::net::{IpSet, PacketSet, PortSet, Protocols};
use crate::resource::balancing::{Accelerator, AcceleratorListener, EndpointDescription, EndpointGroup};
use crate::resource::ec2::NetworkInterface;

use super::Bounds;
use super::build::{Builder, By, Filter, Gates};
use super::door::way_from_edge;
use super::endpoint::{Class, Endpoint};

const READS: [&str; 3] =
    ["globalaccelerator:ListAccelerators", "globalaccelerator:ListListeners", "globalaccelerator:ListEndpointGroups"];

impl<'i> Builder<'_, 'i> {
    pub(super) fn accelerators(&mut self, out: &mut Vec<Endpoint>) {
        let topology = self.topology;
        for (_, accelerator) in topology.inventory().of_type::<Accelerator>() {
            if accelerator.enabled == Some(false) {
                continue;
            }
            for listener in accelerator.listeners.iter().flatten() {
                for group in listener.endpoint_groups.iter().flatten() {
                    let region = group.endpoint_group_region.as_deref().unwrap_or_default();
                    for endpoint in &group.endpoint_descriptions {
                        for interface in self.accelerated(region, endpoint) {
                            self.by_accelerator(accelerator, listener, group, endpoint, interface, out);
                        }
                    }
                }
            }
        }
        self.unread_accelerators(out);
    }

    /// The interfaces that an accelerator's endpoint is.
    fn accelerated(&self, region: &str, endpoint: &EndpointDescription) -> Vec<Node<'i, NetworkInterface>> {
        let Some(id) = endpoint.endpoint_id.as_deref() else { return Vec::new() };
        if id.starts_with("i-") {
            return self.topology.primary_interface(region, id).into_iter().collect();
        }
        if id.starts_with("eipalloc-") {
            let holds = |one: &Node<'i, NetworkInterface>| {
                let each = one.value.private_ip_addresses.iter().map(|address| &address.association);
                let all = each.chain([&one.value.association]).flatten();
                one.region() == region && all.into_iter().any(|held| held.allocation_id.as_deref() == Some(id))
            };
            return self.topology.interfaces().filter(holds).collect();
        }
        self.topology.balancer_nodes(id).collect()
    }

    fn by_accelerator(
        &mut self,
        accelerator: &'i Accelerator,
        listener: &'i AcceleratorListener,
        group: &'i EndpointGroup,
        described: &'i EndpointDescription,
        interface: Node<'i, NetworkInterface>,
        out: &mut Vec<Endpoint>,
    ) {
        let protocol = if listener.protocol.as_deref() == Some("UDP") { 17 } else { 6 };
        let ports = listened(listener, group);
        let name = accelerator.name.as_deref().unwrap_or(&accelerator.accelerator_arn);
        let carried = PacketSet::of(&IpSet::all(), Protocols::One(protocol), &ports);
        // An instance always sees its clients' addresses.
        let sees_clients = described.client_ip_preservation_enabled == Some(true)
            || described.endpoint_id.as_deref().is_some_and(|id| id.starts_with("i-"));
        let bounds = if sees_clients {
            Bounds::exactly(carried)
        } else {
            let why = format!("from which addresses {name} speaks to {}", interface.value.network_interface_id);
            Bounds::at_most(carried, Missing::because(why))
        };
        let key = format!("accelerated {} {protocol} {ports} {sees_clients}", accelerator.accelerator_arn);
        let filter = self.other(key, || Filter::new(Gate::Listener, name, bounds));
        let address = accelerator.ip_sets.iter().flat_map(|set| &set.ip_addresses).find(|one| one.contains('.'));
        let address = address.cloned().or_else(|| accelerator.dns_name.clone());
        self.accelerated_endpoint(interface, filter, address, name, out);
    }

    fn accelerated_endpoint(
        &mut self,
        interface: Node<'i, NetworkInterface>,
        filter: usize,
        address: Option<String>,
        via: &str,
        out: &mut Vec<Endpoint>,
    ) {
        let region = interface.region();
        let subnet = interface.value.subnet_id.as_deref().and_then(|id| self.topology.subnet(region, id));
        let vpc = interface.value.vpc_id.as_deref().and_then(|id| self.topology.vpc(region, id));
        let way = way_from_edge(self.topology, interface, subnet, vpc);
        let mut inward = vec![filter, self.groups(interface, By::Addresses)];
        inward.extend(self.listening(interface));
        let outward = subnet.map(|subnet| vec![self.acl(subnet, true)]).unwrap_or_default();
        let gates = Gates { family: 4, inward, outward };
        let behind_door = self.sets(gates.clone());
        let sets = self.through(&way, gates, &behind_door);
        let (host, assumed) = self.topology.host(interface);
        let mut endpoint = Endpoint {
            address,
            private_address: interface.value.private_ip_address.clone(),
            family: 4,
            class: Class::ViaGlobalAccelerator,
            via: Some(via.to_owned()),
            door: way.door.clone(),
            sets,
            behind_door,
            host,
            assumptions: way.assumptions.iter().cloned().chain(assumed).collect(),
            ..Endpoint::nobody(interface.scope)
        };
        self.describe(interface, &mut endpoint);
        if let Ok(Some(balancer)) = self.topology.balancer_of(interface) {
            self.describe_balancer(balancer, &mut endpoint);
        }
        out.push(endpoint);
    }

    /// Where an accelerator has interfaces and nobody could say what it leads to, any interface of the VPC may be it.
    fn unread_accelerators(&mut self, out: &mut Vec<Endpoint>) {
        let managed = self
            .topology
            .interfaces()
            .filter(|one| one.value.interface_type.as_deref() == Some("global_accelerator_managed"));
        let managed: Vec<Node<'i, NetworkInterface>> = managed.collect();
        let mut done: Vec<(&str, Option<&str>)> = Vec::new();
        for interface in managed {
            let place = (interface.region(), interface.value.vpc_id.as_deref());
            let wide = interface.scope.account_wide();
            let missing = READS.iter().filter_map(|read| self.topology.require(&wide, read).err());
            let Some(missing) = missing.reduce(|all, one| all.and(&one)) else { continue };
            if done.contains(&place) {
                continue;
            }
            done.push(place);
            let filter = self.other(format!("unread accelerators {wide}"), || {
                Filter::new(Gate::Listener, "an accelerator", Bounds::at_most(PacketSet::all(), missing))
            });
            let all: Vec<_> = self.topology.interfaces().collect();
            for other in all {
                let near = (other.region(), other.value.vpc_id.as_deref()) == place;
                if near
                    && (other.value.is_plain()
                        || matches!(self.topology.balancer_of(other), Ok(Some(Balancer::Current(_)))))
                {
                    self.accelerated_endpoint(other, filter, None, "an accelerator", out);
                }
            }
        }
    }
}

/// The ports of an endpoint that a listener's ports lead to.
fn listened(listener: &AcceleratorListener, group: &EndpointGroup) -> PortSet {
    let port = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
    let ranges = listener.port_ranges.iter().filter_map(|range| Some((port(range.from_port)?, port(range.to_port)?)));
    let mut ports = PortSet::from_ranges(ranges);
    let overrides = group.port_overrides.iter();
    let moved: Vec<(u16, u16)> =
        overrides.filter_map(|one| Some((port(one.listener_port)?, port(one.endpoint_port)?))).collect();
    let there = PortSet::from_ranges(moved.iter().filter(|(from, _)| ports.contains(*from)).map(|(_, to)| (*to, *to)));
    ports = ports.difference(&PortSet::from_ranges(moved.iter().map(|(from, _)| (*from, *from))));
    ports.union(&there)
}
