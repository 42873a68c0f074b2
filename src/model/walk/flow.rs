//! A packet on its way: from an interface or the internet to where it ends.

use std::net::IpAddr;

use crate::inventory::Missing;
use crate::model::topology::{Choice, Hop, Host, Node, Placed, Topology};
use crate::net::{IpSet, PortSet};
use crate::resource::ec2::{NetworkInterface, RouteTable, Subnet, TargetKind, Vpc};

use super::step::{Decision, Gate, Step};

/// The most gateways that a packet passes before it is taken to go round in circles.
const MOST_HOPS: usize = 24;

/// Where a packet ends.
pub(super) enum Halt<'i> {
    /// It is at the interface that has its destination.
    Delivered(Placed<'i>),
    /// It left for the internet, to an address that no interface here has.
    Internet,
    /// It is at a balancer's node, which has a listener for it.
    Balanced(Placed<'i>),
    Blocked(String),
    Unknown(String),
}

impl Halt<'_> {
    /// Whether both end the same way, whatever is said of it.
    pub(super) fn is_like(&self, other: &Halt<'_>) -> bool {
        match (self, other) {
            (Halt::Delivered(one), Halt::Delivered(other)) | (Halt::Balanced(one), Halt::Balanced(other)) => {
                one.interface.value.network_interface_id == other.interface.value.network_interface_id
            }
            (Halt::Internet, Halt::Internet)
            | (Halt::Blocked(_), Halt::Blocked(_))
            | (Halt::Unknown(_), Halt::Unknown(_)) => true,
            _ => false,
        }
    }
}

/// What changed the packet's addresses or remembers it, and so lets its reply back.
#[derive(Clone)]
pub(super) enum Translator<'i> {
    Nat {
        interface: Node<'i, NetworkInterface>,
        before: IpAddr,
    },
    /// `by_gateway`: whether the client's packet came to the node by an internet gateway, and its answer has to leave so.
    Balancer {
        interface: Node<'i, NetworkInterface>,
        address: IpAddr,
        client: IpAddr,
        by_gateway: bool,
    },
    EgressOnly {
        vpc: &'i str,
    },
}

/// A packet, where it has been, and what is in doubt.
#[derive(Clone)]
pub(super) struct Flow<'t, 'i> {
    pub topology: &'t Topology<'i>,
    pub src: IpAddr,
    pub dst: IpAddr,
    pub protocol: u8,
    /// Forward, its one destination port, or ICMP type and code; of a reply the client's ports that every gate
    /// so far lets back.
    pub ports: PortSet,
    pub is_reply: bool,
    /// Forward, whether it came in by an internet gateway; of a reply, whether it has to leave by one to be an answer.
    pub by_gateway: bool,
    /// Whether a transit gateway has put it into the VPC that it is in, and no interface there has sent it.
    pub in_transit: bool,
    /// The interfaces whose groups the packet counts as coming from.
    pub identities: Vec<Node<'i, NetworkInterface>>,
    pub translators: Vec<Translator<'i>>,
    pub steps: Vec<Step>,
    pub assumptions: Vec<String>,
    pub missing: Vec<Missing>,
    hops: usize,
}

impl<'t, 'i> Flow<'t, 'i> {
    pub(super) fn new(topology: &'t Topology<'i>, src: IpAddr, dst: IpAddr, protocol: u8, ports: PortSet) -> Self {
        Flow {
            topology,
            src,
            dst,
            protocol,
            ports,
            is_reply: false,
            by_gateway: false,
            in_transit: false,
            identities: Vec::new(),
            translators: Vec::new(),
            steps: Vec::new(),
            assumptions: Vec::new(),
            missing: Vec::new(),
            hops: 0,
        }
    }

    /// The answer to this packet, which ended as it is now.
    pub(super) fn reply(&self, ports: PortSet) -> Flow<'t, 'i> {
        let fresh = Flow::new(self.topology, self.dst, self.src, self.protocol, ports);
        // What a balancer passed on goes back through it, whatever routes say.
        let balanced = self.translators.iter().any(|one| matches!(one, Translator::Balancer { .. }));
        let by_gateway = self.by_gateway && !balanced;
        Flow { is_reply: true, by_gateway, translators: self.translators.clone(), ..fresh }
    }

    pub(super) fn halt(&mut self, step: Step, why: impl Into<String>) -> Halt<'i> {
        self.steps.push(step);
        Halt::Blocked(why.into())
    }

    /// A gate whose answer is not known: the packet goes on, in doubt.
    pub(super) fn unsure(&mut self, gate: Gate, resource: &str, missing: Missing) {
        self.steps.push(Step::new(gate, resource, Decision::Unknown).detail(missing.why.clone()));
        self.missing.push(missing);
    }

    /// Where the packet goes is not known.
    pub(super) fn lost(&mut self, gate: Gate, resource: &str, missing: Missing) -> Halt<'i> {
        let why = missing.why.clone();
        self.unsure(gate, resource, missing);
        Halt::Unknown(why)
    }

    /// Leaves an interface of its own accord.
    pub(super) fn leave(&mut self, interface: Node<'i, NetworkInterface>) -> Halt<'i> {
        if let Err(halt) = self.groups(interface, true) {
            return halt;
        }
        match self.subnet_of(interface) {
            Ok(subnet) => self.leave_subnet(subnet),
            Err(halt) => halt,
        }
    }

    /// Goes on from inside a subnet: to a neighbour, or past the network ACL to the router.
    pub(super) fn leave_subnet(&mut self, subnet: Node<'i, Subnet>) -> Halt<'i> {
        if let Err(halt) = self.hop() {
            return halt;
        }
        let vpc = match self.vpc_of(subnet) {
            Ok(vpc) => vpc,
            Err(halt) => return halt,
        };
        if subnet.value.holds(self.dst) {
            return self.enter(vpc, Some(subnet));
        }
        let routed = self.topology.table_of(subnet).map(|table| (table, self.topology.route(table, self.dst)));
        // An appliance may be a neighbour; everything else that a route leads to is beyond the ACL.
        let stays = matches!(&routed, Ok((_, Choice::Route(hop))) if self.is_neighbour(hop, subnet));
        if !stays && let Err(halt) = self.acl(subnet, true) {
            return halt;
        }
        let (table, choice) = match routed {
            Ok(routed) => routed,
            Err(missing) => return self.lost(Gate::Route, &subnet.value.subnet_id, missing),
        };
        let id = &table.value.route_table_id;
        match choice {
            Choice::Route(hop) => self.follow(subnet, vpc, table, &hop),
            Choice::None => {
                let why = format!("route table {id} has no route to {}", self.dst);
                self.halt(Step::new(Gate::Route, id, Decision::Deny), why)
            }
            Choice::Unknown(missing) => self.lost(Gate::Route, id, missing),
        }
    }

    /// Whether a route leads to an interface in the same subnet.
    fn is_neighbour(&self, hop: &Hop<'i>, subnet: Node<'i, Subnet>) -> bool {
        let Some((TargetKind::NetworkInterface, id)) = hop.target else { return false };
        let target = self.topology.interface(subnet.region(), id);
        target.is_some_and(|target| target.value.subnet_id.as_deref() == Some(subnet.value.subnet_id.as_str()))
    }

    /// One router more.
    pub(super) fn hop(&mut self) -> Result<(), Halt<'i>> {
        self.hops += 1;
        if self.hops > MOST_HOPS {
            return Err(Halt::Blocked(format!("what is for {} goes round in circles", self.dst)));
        }
        Ok(())
    }

    fn follow(
        &mut self,
        subnet: Node<'i, Subnet>,
        vpc: Node<'i, Vpc>,
        table: Node<'i, RouteTable>,
        hop: &Hop<'i>,
    ) -> Halt<'i> {
        let id = &table.value.route_table_id;
        let to = hop.target.map_or("nothing", |(_, id)| id);
        let step = Step::new(Gate::Route, id, Decision::Pass).rule(format!("{} -> {to}", hop.destination));
        if !hop.route.is_active() {
            let state = hop.route.state.as_deref().unwrap_or_default();
            let why = format!("the route of {id} to {} ({to}) is {state}", hop.destination);
            return self.halt(Step { decision: Decision::Deny, ..step }, why);
        }
        self.steps.push(step);
        let Some((kind, target)) = hop.target else {
            return self.lost(Gate::Route, id, Missing::because(format!("the route of {id} has no target")));
        };
        let is_service = kind == TargetKind::VpcEndpoint && hop.route.destination_prefix_list_id.is_some();
        if self.is_reply
            && self.by_gateway
            && (is_service
                || matches!(
                    kind,
                    TargetKind::VpnGateway
                        | TargetKind::TransitGateway
                        | TargetKind::VpcPeeringConnection
                        | TargetKind::CoreNetwork
                        | TargetKind::LocalGateway
                        | TargetKind::CarrierGateway
                        | TargetKind::OdbNetwork
                ))
        {
            // Only the internet gateway knows the public address that the client is waiting for an answer from.
            let why = format!("the answer leaves by {target}, and not by the internet gateway that it came in by");
            return self.halt(Step::new(Gate::Route, id, Decision::Deny), why);
        }
        match kind {
            TargetKind::Local => self.enter(vpc, Some(subnet)),
            TargetKind::InternetGateway => self.out_by_internet_gateway(subnet, vpc, target),
            TargetKind::EgressOnlyInternetGateway => self.out_by_egress_only(subnet, vpc, target),
            TargetKind::NatGateway => self.through_nat(subnet, target),
            TargetKind::VpcPeeringConnection => self.through_peering(vpc, target),
            TargetKind::TransitGateway => self.through_transit(subnet, vpc, target),
            TargetKind::NetworkInterface => self.through_middlebox(vpc, Some(subnet), target),
            TargetKind::Instance => match self.topology.primary_interface(subnet.region(), target) {
                Some(interface) => self.through_middlebox(vpc, Some(subnet), &interface.value.network_interface_id),
                None => self.elsewhere(Gate::Middlebox, target, "an instance that was not seen"),
            },
            TargetKind::VpcEndpoint => self.elsewhere(Gate::Endpoint, target, "what a VPC endpoint leads to"),
            TargetKind::VpnGateway => {
                self.elsewhere(Gate::Route, target, "the network behind a virtual private gateway")
            }
            TargetKind::CarrierGateway => self.elsewhere(Gate::Route, target, "a carrier's network"),
            TargetKind::LocalGateway => self.elsewhere(Gate::Route, target, "the network of an Outpost"),
            TargetKind::CoreNetwork => self.elsewhere(Gate::Route, target, "a Cloud WAN core network"),
            TargetKind::OdbNetwork | TargetKind::IpAddress | TargetKind::Other => {
                self.elsewhere(Gate::Route, target, "a target of a kind that is not modelled")
            }
        }
    }

    /// It leaves for somewhere that the inventory does not describe.
    pub(super) fn elsewhere(&mut self, gate: Gate, id: &str, what: &str) -> Halt<'i> {
        self.lost(gate, id, Missing::because(format!("{id} passes it to {what}, and nothing tells how it goes on")))
    }

    /// Is in a VPC that has its destination, in a subnet of it or at its border.
    pub(super) fn enter(&mut self, vpc: Node<'i, Vpc>, from: Option<Node<'i, Subnet>>) -> Halt<'i> {
        let id = &vpc.value.vpc_id;
        let Some(interface) = self.topology.inside(vpc.region(), id, self.dst) else {
            if vpc.value.is_resolver(self.dst) {
                return self.elsewhere(
                    Gate::NetworkInterface,
                    id,
                    "the Route 53 Resolver, which network ACLs do not hold back",
                );
            }
            if let Err(missing) = self.topology.require_of_owner(vpc, "ec2:DescribeNetworkInterfaces") {
                return self.lost(Gate::NetworkInterface, id, missing);
            }
            let why = format!("no network interface of {id} has the address {}", self.dst);
            return self.halt(Step::new(Gate::NetworkInterface, id, Decision::Deny), why);
        };
        let subnet = match self.subnet_of(interface) {
            Ok(subnet) => subnet,
            Err(halt) => return halt,
        };
        let is_neighbour = from.is_some_and(|from| from.value.subnet_id == subnet.value.subnet_id);
        if !is_neighbour && let Err(halt) = self.acl(subnet, false) {
            return halt;
        }
        self.arrive(Placed { interface, address: self.dst })
    }

    /// Is at the interface that has its destination.
    fn arrive(&mut self, placed: Placed<'i>) -> Halt<'i> {
        let interface = placed.interface;
        let id = &interface.value.network_interface_id;
        match interface.value.interface_type.as_deref() {
            Some("nat_gateway" | "natGateway") => return self.back_at_nat(placed),
            Some("transit_gateway") => {
                let step = Step::new(Gate::NetworkInterface, id, Decision::Deny);
                return self.halt(step, format!("{id} belongs to a transit gateway and answers nobody"));
            }
            Some("network_load_balancer") => return self.at_balancer(placed),
            Some("gateway_load_balancer" | "gateway_load_balancer_endpoint") => {
                return self.elsewhere(Gate::Middlebox, id, "the appliances of a Gateway Load Balancer");
            }
            _ => {}
        }
        if let Err(halt) = self.groups(interface, false) {
            return halt;
        }
        if !self.is_reply
            && let Err(halt) = self.listeners(placed)
        {
            return halt;
        }
        self.steps.push(Step::new(Gate::Delivered, id, Decision::Allow).detail(placed.address.to_string()));
        Halt::Delivered(placed)
    }

    /// A route of a subnet, or of a gateway's edge, sends it to an interface, whose host may forward it.
    pub(super) fn through_middlebox(
        &mut self,
        vpc: Node<'i, Vpc>,
        from: Option<Node<'i, Subnet>>,
        id: &str,
    ) -> Halt<'i> {
        let Some(interface) = self.topology.interface(vpc.region(), id) else {
            return self.elsewhere(Gate::Middlebox, id, "an interface that was not seen");
        };
        if self
            .topology
            .inside(vpc.region(), &vpc.value.vpc_id, self.dst)
            .is_some_and(|owner| owner.value.network_interface_id == id)
        {
            return self.enter(vpc, from);
        }
        let subnet = match self.subnet_of(interface) {
            Ok(subnet) => subnet,
            Err(halt) => return halt,
        };
        let is_neighbour = from.is_some_and(|from| from.value.subnet_id == subnet.value.subnet_id);
        if !is_neighbour && let Err(halt) = self.acl(subnet, false) {
            return halt;
        }
        if let Err(halt) = self.groups(interface, false) {
            return halt;
        }
        if interface.value.source_dest_check == Some(true) {
            let why = format!("{id} drops what is not for its own addresses (SourceDestCheck)");
            return self.halt(Step::new(Gate::Middlebox, id, Decision::Deny), why);
        }
        self.elsewhere(Gate::Middlebox, id, "the host behind it")
    }

    /// Whether somebody is behind an interface.
    pub(super) fn host(&mut self, interface: Node<'i, NetworkInterface>) -> Result<(), Halt<'i>> {
        let id = &interface.value.network_interface_id;
        let (host, assumed) = self.topology.host(interface);
        self.assumptions.extend(assumed);
        match host {
            Host::Awake => Ok(()),
            Host::Asleep(why) => Err(self.halt(Step::new(Gate::Host, id, Decision::Deny), why)),
            Host::Unknown(missing) => {
                self.unsure(Gate::Host, id, missing);
                Ok(())
            }
        }
    }

    pub(super) fn subnet_of(&mut self, interface: Node<'i, NetworkInterface>) -> Result<Node<'i, Subnet>, Halt<'i>> {
        let found = interface.value.subnet_id.as_deref();
        found.and_then(|id| self.topology.subnet(interface.region(), id)).ok_or_else(|| {
            let missing = self.topology.require(interface.scope, "ec2:DescribeSubnets").err();
            let id = &interface.value.network_interface_id;
            let unseen = || Missing::because(format!("the subnet of {id} could not be seen"));
            self.lost(Gate::NetworkInterface, id, missing.unwrap_or_else(unseen))
        })
    }

    pub(super) fn vpc_of(&mut self, subnet: Node<'i, Subnet>) -> Result<Node<'i, Vpc>, Halt<'i>> {
        let found = subnet.value.vpc_id.as_deref();
        found.and_then(|id| self.topology.vpc(subnet.region(), id)).ok_or_else(|| {
            let missing = self.topology.require(subnet.scope, "ec2:DescribeVpcs").err();
            let id = &subnet.value.subnet_id;
            let unseen = || Missing::because(format!("the VPC of {id} could not be seen"));
            self.lost(Gate::Route, id, missing.unwrap_or_else(unseen))
        })
    }
}

impl Vpc {
    /// Whether an address is that of AWS's resolver: the third of a block.
    fn is_resolver(&self, address: IpAddr) -> bool {
        let third = |block: &str| {
            let set = IpSet::from_blocks([block]).ok()?;
            let first = set.v4().ranges().first()?.0;
            Some(IpAddr::V4(std::net::Ipv4Addr::from_bits(first.checked_add(2)?)))
        };
        self.blocks().any(|block| third(block) == Some(address))
    }
}

impl Subnet {
    /// Whether an address is in one of its blocks.
    pub fn holds(&self, address: IpAddr) -> bool {
        let v6 = self.ipv6_cidr_block_association_set.iter().filter_map(|one| one.ipv6_cidr_block.as_deref());
        let blocks = v6.chain(self.cidr_block.as_deref());
        blocks.filter_map(|block| IpSet::from_blocks([block]).ok()).any(|set| set.contains(address))
    }

    /// Its availability zone, by the id that is the same in every account where that is given.
    pub fn zone(&self) -> Option<&str> {
        self.availability_zone_id.as_deref().or(self.availability_zone.as_deref())
    }
}
