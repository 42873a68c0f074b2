//! The doors between networks: internet and NAT gateways, peerings.

use crate::inventory::Missing;
use crate::model::topology::{BlockMode, Choice, Node, Placed};
use crate::net::{IpSet, PortSet};
use crate::resource::ec2::{Subnet, TargetKind, Vpc, VpcPeeringConnectionVpcInfo};

use super::flow::{Flow, Halt, Translator};
use super::step::{Decision, Gate, Step};

/// The ports that a NAT gateway picks from.
pub(super) fn nat_ports() -> PortSet {
    PortSet::range(1024, u16::MAX)
}

impl<'i> Flow<'_, 'i> {
    pub(super) fn out_by_internet_gateway(
        &mut self,
        subnet: Node<'i, Subnet>,
        vpc: Node<'i, Vpc>,
        id: &str,
    ) -> Halt<'i> {
        let step = |decision| Step::new(Gate::InternetGateway, id, decision);
        if self.in_transit {
            return self.no_transit(Gate::InternetGateway, id);
        }
        match self.topology.internet_gateway(vpc) {
            Ok(Some(gateway)) if gateway.value.internet_gateway_id == id => {}
            Ok(_) => {
                let why = format!("internet gateway {id} is not attached to {}", vpc.value.vpc_id);
                return self.halt(step(Decision::Deny), why);
            }
            Err(missing) => self.unsure(Gate::InternetGateway, id, missing),
        }
        // What goes out through a NAT gateway does so under the NAT gateway's address.
        let by_nat = self
            .translators
            .iter()
            .any(|one| matches!(one, Translator::Nat { interface, .. } if interface.value.has_address(self.src)));
        if let Err(halt) = self.block_public_access(subnet, |mode| match mode {
            BlockMode::Off => true,
            BlockMode::Ingress => by_nat,
            BlockMode::Bidirectional => false,
        }) {
            return halt;
        }
        let source = self.topology.inside(vpc.region(), &vpc.value.vpc_id, self.src);
        let public = source.and_then(|interface| self.topology.public_of(Placed { interface, address: self.src }));
        let Some(public) = public.filter(|public| self.topology.is_public(*public)) else {
            let why = format!("{} has no public address, so internet gateway {id} drops what it sends", self.src);
            return self.halt(step(Decision::Deny), why);
        };
        if !self.topology.is_public(self.dst) {
            let why = format!("the internet does not route {}", self.dst);
            return self.halt(step(Decision::Deny), why);
        }
        let passed = step(Decision::Pass);
        self.steps.push(if public == self.src {
            passed
        } else {
            passed.detail(format!("{} becomes {public}", self.src))
        });
        self.src = public;
        self.identities.clear();
        self.by_gateway = false;
        self.over_the_internet()
    }

    /// AWS takes no packets from other networks through a VPC to its gateways (edge to edge): the sender has to be an
    /// interface of the VPC.
    fn no_transit(&mut self, gate: Gate, id: &str) -> Halt<'i> {
        let why = format!("{id} passes nothing on that comes from another network through the VPC");
        self.halt(Step::new(gate, id, Decision::Deny), why)
    }

    pub(super) fn out_by_egress_only(&mut self, subnet: Node<'i, Subnet>, vpc: Node<'i, Vpc>, id: &str) -> Halt<'i> {
        let step = |decision| Step::new(Gate::EgressOnlyInternetGateway, id, decision);
        if self.in_transit {
            return self.no_transit(Gate::EgressOnlyInternetGateway, id);
        }
        if self.is_reply {
            let why = format!("the answer leaves by {id}, which knows nothing of the connection");
            return self.halt(step(Decision::Deny), why);
        }
        match self.topology.is_egress_only_attached(vpc, id) {
            Ok(true) => {}
            Ok(false) => {
                let why = format!("egress-only internet gateway {id} is not attached to {}", vpc.value.vpc_id);
                return self.halt(step(Decision::Deny), why);
            }
            Err(missing) => self.unsure(Gate::EgressOnlyInternetGateway, id, missing),
        }
        // Block Public Access in its bidirectional mode closes these gateways too.
        if let Err(halt) = self.block_public_access(subnet, |mode| mode != BlockMode::Bidirectional) {
            return halt;
        }
        if !vpc.value.announces(self.src, subnet.value) {
            let why = format!("{} is of a private IPv6 block", self.src);
            return self.halt(step(Decision::Deny), why);
        }
        if !self.topology.is_public(self.dst) {
            let why = format!("the internet does not route {}", self.dst);
            return self.halt(step(Decision::Deny), why);
        }
        self.steps.push(step(Decision::Pass));
        self.translators.push(Translator::EgressOnly { vpc: vpc.value.vpc_id.as_str() });
        self.identities.clear();
        self.over_the_internet()
    }

    fn over_the_internet(&mut self) -> Halt<'i> {
        if self.topology.behind(self.dst).is_some() {
            return self.in_from_internet();
        }
        match self.topology.leads_nowhere(self.dst) {
            Some(why) => self.halt(Step::new(Gate::NetworkInterface, self.dst.to_string(), Decision::Deny), why),
            None => Halt::Internet,
        }
    }

    /// Comes in from the internet, to a public address.
    pub(super) fn in_from_internet(&mut self) -> Halt<'i> {
        let Some(placed) = self.topology.behind(self.dst) else {
            if let Some(why) = self.topology.leads_nowhere(self.dst) {
                return self.halt(Step::new(Gate::NetworkInterface, self.dst.to_string(), Decision::Deny), why);
            }
            let missing = Missing::because(format!("no network interface that was read has the address {}", self.dst));
            return self.lost(Gate::NetworkInterface, &self.dst.to_string(), missing);
        };
        let interface = placed.interface;
        let id = &interface.value.network_interface_id;
        let subnet = match self.subnet_of(interface) {
            Ok(subnet) => subnet,
            Err(halt) => return halt,
        };
        let vpc = match self.vpc_of(subnet) {
            Ok(vpc) => vpc,
            Err(halt) => return halt,
        };
        let vpc_id = vpc.value.vpc_id.as_str();
        let is_answer_to_egress_only = self.is_reply
            && self.translators.iter().any(|one| matches!(one, Translator::EgressOnly { vpc } if *vpc == vpc_id));
        if !is_answer_to_egress_only && let Err(halt) = self.in_by_internet_gateway(placed, subnet, vpc) {
            return halt;
        }
        if interface.value.deny_all_igw_traffic == Some(true) && !is_answer_to_egress_only {
            let why = format!("{id} refuses what comes by internet gateways (DenyAllIgwTraffic)");
            return self.halt(Step::new(Gate::NetworkInterface, id, Decision::Deny), why);
        }
        self.dst = placed.address;
        self.by_gateway |= !self.is_reply;
        self.enter(vpc, None)
    }

    fn in_by_internet_gateway(
        &mut self,
        placed: Placed<'i>,
        subnet: Node<'i, Subnet>,
        vpc: Node<'i, Vpc>,
    ) -> Result<(), Halt<'i>> {
        let vpc_id = &vpc.value.vpc_id;
        let gateway = match self.topology.internet_gateway(vpc) {
            Ok(Some(gateway)) => Some(gateway.value.internet_gateway_id.as_str()),
            Ok(None) => {
                let step = Step::new(Gate::InternetGateway, vpc_id, Decision::Deny);
                return Err(self.halt(step, format!("no internet gateway is attached to {vpc_id}")));
            }
            Err(missing) => {
                // Another gate may be closed for certain.
                self.unsure(Gate::InternetGateway, vpc_id, missing);
                None
            }
        };
        if placed.address.is_ipv6() && !vpc.value.announces(placed.address, subnet.value) {
            let why = format!("{} is of a private IPv6 block", placed.address);
            let step = Step::new(Gate::InternetGateway, gateway.unwrap_or(vpc_id), Decision::Deny);
            return Err(self.halt(step, why));
        }
        // Answers to a NAT gateway come in where nothing else does.
        let is_nat = matches!(placed.interface.value.interface_type.as_deref(), Some("nat_gateway" | "natGateway"));
        let to_nat = self.is_reply && is_nat;
        self.block_public_access(subnet, |mode| mode == BlockMode::Off || (mode == BlockMode::Ingress && to_nat))?;
        let Some(id) = gateway else { return Ok(()) };
        let step = Step::new(Gate::InternetGateway, id, Decision::Pass);
        let translated = placed.address != self.dst;
        let shown = format!("{} becomes {}", self.dst, placed.address);
        self.steps.push(if translated { step.detail(shown) } else { step });
        match self.topology.edge_table(vpc.region(), id, vpc.scope) {
            Ok(None) => Ok(()),
            Ok(Some(table)) => {
                let id = &table.value.route_table_id;
                match self.topology.route(table, placed.address) {
                    Choice::Route(hop) => {
                        let to = hop.target.map_or("nothing", |(_, to)| to);
                        let step =
                            Step::new(Gate::EdgeRoute, id, Decision::Pass).rule(format!("{} -> {to}", hop.destination));
                        if !hop.route.is_active() {
                            let why =
                                format!("the edge route of {id} to {} does not pass anything on", hop.destination);
                            return Err(self.halt(Step { decision: Decision::Deny, ..step }, why));
                        }
                        self.steps.push(step);
                        match hop.target {
                            Some((TargetKind::Local, _)) => Ok(()),
                            Some((TargetKind::NetworkInterface, to))
                                if to == placed.interface.value.network_interface_id =>
                            {
                                Ok(())
                            }
                            Some((TargetKind::NetworkInterface, to)) => Err(self.through_middlebox(vpc, None, to)),
                            _ => Err(self.elsewhere(Gate::Middlebox, to, "an appliance")),
                        }
                    }
                    Choice::None => Ok(()),
                    Choice::Unknown(missing) => Err(self.lost(Gate::EdgeRoute, id, missing)),
                }
            }
            Err(missing) => {
                self.unsure(Gate::EdgeRoute, id, missing);
                Ok(())
            }
        }
    }

    fn block_public_access(
        &mut self,
        subnet: Node<'i, Subnet>,
        passes: impl Fn(BlockMode) -> bool,
    ) -> Result<(), Halt<'i>> {
        let id = &subnet.value.subnet_id;
        match self.topology.block_mode(subnet) {
            Ok((mode, assumed)) => {
                self.assumptions.extend(assumed);
                if passes(mode) {
                    return Ok(());
                }
                let why = format!("VPC Block Public Access closes {id}");
                Err(self.halt(Step::new(Gate::BlockPublicAccess, id, Decision::Deny), why))
            }
            Err(missing) => {
                self.unsure(Gate::BlockPublicAccess, id, missing);
                Ok(())
            }
        }
    }

    pub(super) fn through_nat(&mut self, from: Node<'i, Subnet>, id: &str) -> Halt<'i> {
        let step = |decision| Step::new(Gate::NatGateway, id, decision);
        if self.is_reply {
            let why = format!("the answer leaves by NAT gateway {id}, which knows nothing of the connection");
            return self.halt(step(Decision::Deny), why);
        }
        if self.src.is_ipv6() {
            let nat64 = IpSet::from_blocks(["64:ff9b::/96"]).is_ok_and(|set| set.contains(self.dst));
            if nat64 {
                return self.elsewhere(Gate::NatGateway, id, "an address of IPv4 (NAT64)");
            }
            let why = format!("NAT gateway {id} takes IPv6 packets for addresses of IPv4 only");
            return self.halt(step(Decision::Deny), why);
        }
        if !matches!(self.protocol, 1 | 6 | 17) {
            let why = format!("NAT gateway {id} translates TCP, UDP and ICMP, and no protocol {}", self.protocol);
            return self.halt(step(Decision::Deny), why);
        }
        let Some(nat) = self.topology.nat_gateway(from.region(), id) else {
            let missing = self.topology.require(from.scope, "ec2:DescribeNatGateways").err();
            let unseen = || Missing::because(format!("NAT gateway {id} could not be seen"));
            return self.lost(Gate::NatGateway, id, missing.unwrap_or_else(unseen));
        };
        if nat.value.state.as_deref() != Some("available") {
            let state = nat.value.state.as_deref().unwrap_or("in no state");
            return self.halt(step(Decision::Deny), format!("NAT gateway {id} is {state}"));
        }
        let mut addresses = nat.value.nat_gateway_addresses.iter();
        let interface =
            addresses.find_map(|one| self.topology.interface(nat.region(), one.network_interface_id.as_deref()?));
        let place = interface.and_then(|interface| {
            let address = interface.value.pairs().next()?.0;
            Some((interface, address))
        });
        let Some((interface, address)) = place else {
            return self.elsewhere(Gate::NatGateway, id, "an interface that was not seen");
        };
        let subnet = match self.subnet_of(interface) {
            Ok(subnet) => subnet,
            Err(halt) => return halt,
        };
        if subnet.value.subnet_id != from.value.subnet_id
            && let Err(halt) = self.acl(subnet, false)
        {
            return halt;
        }
        self.translators.push(Translator::Nat { interface, before: self.src });
        self.steps.push(step(Decision::Pass).detail(format!("{} becomes {address}", self.src)));
        self.src = address;
        self.in_transit = false;
        self.identities.clear();
        self.leave_subnet(subnet)
    }

    /// At a NAT gateway's own address: the answer to something that went out by it, or nothing that it lets in.
    pub(super) fn back_at_nat(&mut self, placed: Placed<'i>) -> Halt<'i> {
        let id = placed.interface.value.network_interface_id.as_str();
        let mine = self.translators.iter().enumerate().rev().find_map(|(at, one)| match one {
            Translator::Nat { interface, before } if interface.value.network_interface_id == id => Some((at, *before)),
            _ => None,
        });
        let Some((at, before)) = mine.filter(|_| self.is_reply) else {
            let why = format!("{id} belongs to a NAT gateway, which lets no connection in");
            return self.halt(Step::new(Gate::NatGateway, id, Decision::Deny), why);
        };
        if self.ports != nat_ports() && super::probe::has_ports(self.protocol) {
            self.assumptions.push(format!("{id} happens to pick one of the ports {}", self.ports));
        }
        self.steps
            .push(Step::new(Gate::NatGateway, id, Decision::Pass).detail(format!("{} becomes {before}", self.dst)));
        self.dst = before;
        self.in_transit = false;
        self.translators.truncate(at);
        if let Some(ports) = super::probe::reply_ports(self).filter(|_| super::probe::has_ports(self.protocol)) {
            // From here on the port is the one that the client chose, or the NAT gateway before this one.
            self.ports = ports;
        }
        match self.subnet_of(placed.interface) {
            Ok(subnet) => self.leave_subnet(subnet),
            Err(halt) => halt,
        }
    }

    pub(super) fn through_peering(&mut self, vpc: Node<'i, Vpc>, id: &str) -> Halt<'i> {
        let step = |decision| Step::new(Gate::VpcPeering, id, decision);
        if self.in_transit {
            return self.no_transit(Gate::VpcPeering, id);
        }
        let Some(peering) = self.topology.peering(vpc.region(), id) else {
            let missing = self.topology.require(vpc.scope, "ec2:DescribeVpcPeeringConnections").err();
            let unseen = || Missing::because(format!("peering {id} could not be seen"));
            return self.lost(Gate::VpcPeering, id, missing.unwrap_or_else(unseen));
        };
        let state = peering.value.status.as_ref().and_then(|status| status.code.as_deref()).unwrap_or("in no state");
        if state != "active" {
            return self.halt(step(Decision::Deny), format!("peering {id} is {state}"));
        }
        let Some(other) = peering.value.other_side(&vpc.value.vpc_id) else {
            return self.elsewhere(Gate::VpcPeering, id, "a VPC that it does not name");
        };
        let name = other.vpc_id.as_deref().unwrap_or("a VPC without id");
        let region = other.region.as_deref().unwrap_or(vpc.region());
        if !other.may_hold(self.dst) {
            let why = format!("peering {id} leads to {name}, which does not have {}, and passes nothing on", self.dst);
            return self.halt(step(Decision::Deny), why);
        }
        let Some(there) = self.topology.vpc(region, name) else {
            return self.elsewhere(Gate::VpcPeering, id, "a VPC that was not read");
        };
        self.steps.push(step(Decision::Pass).detail(format!("to {name}")));
        if region != vpc.region() {
            self.identities.clear();
        }
        self.enter(there, None)
    }
}

impl crate::resource::ec2::NetworkInterface {
    fn has_address(&self, address: std::net::IpAddr) -> bool {
        self.pairs().any(|(private, _)| private == address)
    }
}

impl crate::resource::ec2::VpcPeeringConnection {
    /// The VPC at the other end than this one.
    pub fn other_side(&self, vpc: &str) -> Option<&VpcPeeringConnectionVpcInfo> {
        let (accepter, requester) = (self.accepter_vpc_info.as_ref()?, self.requester_vpc_info.as_ref()?);
        Some(if accepter.vpc_id.as_deref() == Some(vpc) { requester } else { accepter })
    }
}

impl VpcPeeringConnectionVpcInfo {
    /// Whether an address may be in the VPC: in one of its blocks, or they are not given.
    pub fn may_hold(&self, address: std::net::IpAddr) -> bool {
        let v4 = self.cidr_block_set.iter().filter_map(|one| one.cidr_block.as_deref());
        let v6 = self.ipv6_cidr_block_set.iter().filter_map(|one| one.ipv6_cidr_block.as_deref());
        let blocks: Vec<&str> = v4.chain(v6).chain(self.cidr_block.as_deref()).collect();
        let known = IpSet::from_blocks(&blocks);
        blocks.is_empty() || known.is_ok_and(|set| set.contains(address))
    }
}

impl Vpc {
    /// Whether an IPv6 address is of a block that the internet may route to.
    pub fn announces(&self, address: std::net::IpAddr, subnet: &Subnet) -> bool {
        if !IpSet::internet().contains(address) {
            return false;
        }
        let within = |block: &Option<String>| {
            block.as_deref().and_then(|block| IpSet::from_blocks([block]).ok()).is_some_and(|set| set.contains(address))
        };
        let of_subnet = subnet.ipv6_cidr_block_association_set.iter().filter(|one| within(&one.ipv6_cidr_block));
        let of_vpc = self.ipv6_cidr_block_association_set.iter().filter(|one| within(&one.ipv6_cidr_block));
        let of_subnet = of_subnet.map(|one| (one.ipv6_address_attribute.as_deref(), one.ip_source.as_deref()));
        let of_vpc = of_vpc.map(|one| (one.ipv6_address_attribute.as_deref(), one.ip_source.as_deref()));
        // `private` is said of blocks that AWS does not announce; older answers say nothing of public ones.
        of_subnet.chain(of_vpc).all(|(attribute, source)| attribute != Some("private") && source != Some("none"))
    }
}
