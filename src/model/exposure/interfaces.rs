//! The addresses of network interfaces.

use std::net::IpAddr;
use std::sync::Arc;

use crate::inventory::Missing;
use crate::model::topology::{Balancer, Host, Node, Placed};
use crate::model::walk::Gate;
use crate::net::{IpSet, PacketSet};
use crate::resource::AwsResource;
use crate::resource::ec2::{NetworkInterface, NetworkInterfaceAssociation, Subnet, Vpc};

use super::Bounds;
use super::build::{Builder, By, Filter, FilterId, Gates};
use super::door::{Way, shut, way_in};
use super::endpoint::{Class, Endpoint, Sets};

/// One address of an interface, and how the outside calls it.
struct Called {
    private: Option<IpAddr>,
    public: Option<String>,
    family: u8,
    class: Class,
}

impl<'i> Builder<'_, 'i> {
    /// The endpoints of an interface: one for each address that is not only private, or else one that is closed.
    pub(super) fn interface(&mut self, interface: Node<'i, NetworkInterface>, out: &mut Vec<Endpoint>) {
        let all = called(interface.value);
        for one in &all {
            self.address(interface, one, out);
        }
    }

    fn address(&mut self, interface: Node<'i, NetworkInterface>, called: &Called, out: &mut Vec<Endpoint>) {
        let value = interface.value;
        let region = interface.region();
        let subnet = value.subnet_id.as_deref().and_then(|id| self.topology.subnet(region, id));
        let vpc = value.vpc_id.as_deref().and_then(|id| self.topology.vpc(region, id));
        let way = self.way(interface, called, subnet, vpc);
        // Groups say what is meant to be open; so they are told first, and then what the others leave of it.
        let mut inward: Vec<FilterId> = self.listening(interface).into_iter().collect();
        inward.extend(subnet.map(|subnet| self.acl(subnet, false)));
        let outward = match subnet {
            Some(subnet) => vec![self.acl(subnet, true), self.returning(subnet, way.gateway)],
            None => Vec::new(),
        };
        if let Some(appliance) = way.appliance.as_ref().and_then(|one| one.interface) {
            // It comes through the appliance's own gates first.
            let subnet = appliance.value.subnet_id.as_deref().and_then(|id| self.topology.subnet(region, id));
            let acl = subnet.map(|subnet| self.acl(subnet, false));
            let groups = self.groups(appliance, By::Addresses);
            inward.extend(acl.into_iter().chain([groups]));
        }
        let (host, assumed) = self.topology.host(interface);
        let endpoint = self.endpoint(interface, called, &way, host, assumed);
        let mut sides = vec![By::Addresses];
        if self.admits_cloudfront(interface) {
            sides.push(By::Cloudfront);
        }
        for by in sides {
            let groups = self.groups(interface, by);
            let inward = std::iter::once(groups).chain(inward.iter().copied()).collect();
            let gates = Gates { family: called.family, inward, outward: outward.clone() };
            let behind_door = self.sets(gates.clone());
            let sets = self.through(&way, gates, &behind_door);
            let class = if by == By::Cloudfront { Class::ViaCloudfront } else { endpoint.class };
            if by == By::Cloudfront && behind_door.delivered.is_empty() {
                continue;
            }
            let endpoint = Endpoint { class, sets, behind_door, ..endpoint.clone() };
            self.front(interface, &endpoint);
            out.push(endpoint);
        }
    }

    /// What is left of sets behind a door.
    pub(super) fn through(&mut self, way: &Way<'i>, gates: Gates, behind_door: &Arc<Sets>) -> Arc<Sets> {
        if way.door.closed.is_some() {
            return Arc::default();
        }
        let Some(missing) = &way.missing else { return Arc::clone(behind_door) };
        let (gate, resource) = way.door.gates.last().map_or((Gate::InternetGateway, Arc::from("")), Clone::clone);
        let doubt = self.other(format!("in doubt: {resource} {missing:?}"), || {
            Filter::new(gate, resource, Bounds::at_most(PacketSet::all(), missing.clone()))
        });
        let mut inward = vec![doubt];
        inward.extend(gates.inward);
        self.sets(Gates { inward, ..gates })
    }

    fn way(
        &self,
        interface: Node<'i, NetworkInterface>,
        called: &Called,
        subnet: Option<Node<'i, Subnet>>,
        vpc: Option<Node<'i, Vpc>>,
    ) -> Way<'i> {
        let id = interface.value.network_interface_id.as_str();
        match called.class {
            Class::Carrier => {
                return shut(Gate::NetworkInterface, id, "its address is a carrier's, whose network alone reaches it");
            }
            Class::OnPremises => {
                return shut(Gate::NetworkInterface, id, "its address is an Outpost's, whose network alone reaches it");
            }
            _ => {}
        }
        let (Some(address), Some(_)) = (called.private, &called.public) else {
            return shut(Gate::NetworkInterface, id, format!("{id} has no public address"));
        };
        match interface.value.interface_type.as_deref() {
            Some("nat_gateway" | "natGateway") => {
                let why = format!("{id} belongs to a NAT gateway, which lets no connection in");
                return shut(Gate::NatGateway, id, why);
            }
            Some("transit_gateway") => {
                let why = format!("{id} belongs to a transit gateway and answers nobody");
                return shut(Gate::NetworkInterface, id, why);
            }
            _ => {}
        }
        let (Some(subnet), Some(vpc)) = (subnet, vpc) else {
            let operation = if subnet.is_none() { "ec2:DescribeSubnets" } else { "ec2:DescribeVpcs" };
            let what = if subnet.is_none() { "subnet" } else { "VPC" };
            let missing = self.topology.require(interface.scope, operation).err();
            let unseen = || Missing::because(format!("the {what} of {id} could not be seen"));
            return Way { missing: Some(missing.unwrap_or_else(unseen)), ..Way::default() };
        };
        way_in(self.topology, Placed { interface, address }, subnet, vpc)
    }

    fn endpoint(
        &self,
        interface: Node<'i, NetworkInterface>,
        called: &Called,
        way: &Way<'i>,
        host: Host,
        assumed: Option<String>,
    ) -> Endpoint {
        let mut endpoint = Endpoint {
            address: called.public.clone(),
            private_address: called.private.filter(IpAddr::is_ipv4).map(|address| address.to_string()),
            family: called.family,
            class: called.class,
            door: way.door.clone(),
            host,
            assumptions: way.assumptions.iter().cloned().chain(assumed).collect(),
            ..Endpoint::nobody(interface.scope)
        };
        self.describe(interface, &mut endpoint);
        if let Some(appliance) = &way.appliance {
            endpoint.class = Class::Mediated;
            endpoint.via = Some(appliance.id.clone());
        }
        if let Ok(Some(balancer)) = self.topology.balancer_of(interface) {
            self.describe_balancer(balancer, &mut endpoint);
        }
        endpoint
    }

    /// Says whose an endpoint is.
    pub(super) fn describe(&self, interface: Node<'i, NetworkInterface>, endpoint: &mut Endpoint) {
        let value = interface.value;
        let of_instance = self.topology.instance_of(interface).and_then(|one| one.value.name());
        endpoint.resource_type = NetworkInterface::TYPE;
        endpoint.resource = value.network_interface_id.clone();
        endpoint.name = of_instance.or(value.name()).map(str::to_owned);
        endpoint.interface = Some(value.network_interface_id.clone());
        endpoint.instance = value.attachment.as_ref().and_then(|one| one.instance_id.clone());
        endpoint.vpc = value.vpc_id.clone();
        endpoint.subnet = value.subnet_id.clone();
        endpoint.groups = value.groups.iter().filter_map(|group| group.group_id.clone()).collect();
    }

    /// Says that it is a balancer's.
    pub(super) fn describe_balancer(&self, balancer: Balancer<'i>, endpoint: &mut Endpoint) {
        endpoint.resource_type = balancer.type_name();
        endpoint.resource = balancer.id().to_owned();
        endpoint.name = balancer.name().map(str::to_owned);
    }
}

/// The addresses of an interface that somebody outside may use; the private one if there is no other.
fn called(value: &NetworkInterface) -> Vec<Called> {
    let mut all = Vec::new();
    for (private, public) in value.pairs() {
        if let Some(public) = public {
            let public = Some(public.to_string());
            all.push(Called { private: Some(private), public, family: 4, class: Class::Internet });
        }
    }
    let each = value.private_ip_addresses.iter().map(|one| (&one.private_ip_address, &one.association));
    let top = [(&value.private_ip_address, &value.association)];
    for (private, association) in top.into_iter().chain(each) {
        let Some((address, class)) = association.as_ref().and_then(from_elsewhere) else { continue };
        if all.iter().any(|one: &Called| one.public.as_deref() == Some(address)) {
            continue;
        }
        let private = private.as_deref().and_then(|text| text.parse().ok());
        all.push(Called { private, public: Some(address.to_owned()), family: 4, class });
    }
    for address in value.ipv6() {
        all.push(Called {
            private: Some(address),
            public: Some(address.to_string()),
            family: 6,
            class: Class::Internet,
        });
    }
    let blocks = value.ipv6_prefixes.iter().filter_map(|prefix| prefix.ipv6_prefix.as_deref());
    for block in blocks {
        // All addresses of a block have the same gates; the first stands for it.
        let set = IpSet::from_blocks([block]).unwrap_or_default();
        let first = set.v6().ranges().first().map(|(low, _)| IpAddr::V6((*low).into()));
        all.push(Called { private: first, public: Some(block.to_owned()), family: 6, class: Class::Internet });
    }
    if all.is_empty() {
        let private = value.pairs().next().map(|(private, _)| private);
        all.push(Called { private, public: None, family: 4, class: Class::Internet });
    }
    all
}

/// An address that another network than the internet leads to.
fn from_elsewhere(association: &NetworkInterfaceAssociation) -> Option<(&str, Class)> {
    let carrier = association.carrier_ip.as_deref().map(|address| (address, Class::Carrier));
    carrier.or(association.customer_owned_ip.as_deref().map(|address| (address, Class::OnPremises)))
}
