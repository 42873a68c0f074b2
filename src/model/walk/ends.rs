//! Who a probe is from and to: addresses, interfaces, instances, balancers, the internet.

use std::net::IpAddr;

use crate::model::topology::{Node, Placed, Topology};
use crate::net::IpSet;
use crate::resource::ec2::NetworkInterface;

/// One end of a probe.
#[derive(Clone, Copy)]
pub enum End<'i> {
    /// Any host on the internet.
    Internet,
    /// One address that no interface has: a host on the internet, or one that was not seen.
    Outside(IpAddr),
    Interface(Placed<'i>),
}

/// Why a probe's end is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    #[error("`{0}` is no address, interface, instance or load balancer that was read")]
    Nobody(String),
    #[error("`{text}` is an address of several interfaces ({}); name one of them", among.join(", "))]
    Several { text: String, among: Vec<String> },
    #[error("`{0}` has no address of this kind")]
    NoAddress(String),
}

impl<'i> End<'i> {
    /// Reads an end: `internet`, an address, or the id or name of something that has addresses. There is more than
    /// one end only for a balancer with several nodes.
    ///
    /// # Errors
    /// It names nothing that was read, or several things.
    pub fn parse(topology: &Topology<'i>, text: &str) -> Result<Vec<End<'i>>, EndError> {
        if text == "internet" {
            return Ok(vec![End::Internet]);
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return End::of_address(topology, text, address).map(|end| vec![end]);
        }
        let named: Vec<End<'i>> = topology.placed_by_name(text).into_iter().map(End::Interface).collect();
        if named.is_empty() { Err(EndError::Nobody(text.to_owned())) } else { Ok(named) }
    }

    /// Reads whom a packet is for. Of an address that several interfaces have, the sender's routes tell who gets it.
    ///
    /// # Errors
    /// It names nothing that was read, or several things.
    pub(super) fn parse_target(topology: &Topology<'i>, text: &str) -> Result<Vec<End<'i>>, EndError> {
        match (End::parse(topology, text), text.parse()) {
            (Err(EndError::Several { .. }), Ok(address)) => Ok(vec![End::Outside(address)]),
            (parsed, _) => parsed,
        }
    }

    /// The interface that has to get it, where an id or a name says so. An address is whoever has it.
    pub(super) fn meant(&self, text: &str) -> Option<Node<'i, NetworkInterface>> {
        match self {
            End::Interface(placed) if text.parse::<IpAddr>().is_err() => Some(placed.interface),
            _ => None,
        }
    }

    fn of_address(topology: &Topology<'i>, text: &str, address: IpAddr) -> Result<End<'i>, EndError> {
        if let Some(placed) = topology.behind(address) {
            return Ok(End::Interface(placed));
        }
        let mut inside = topology.everywhere_inside(address);
        match (inside.next(), inside.next()) {
            (None, _) => Ok(End::Outside(address)),
            (Some(only), None) => Ok(End::Interface(only)),
            (Some(first), Some(second)) => {
                let all = [first, second].into_iter().chain(inside);
                let among = all.map(|placed| placed.interface.value.network_interface_id.clone()).collect();
                Err(EndError::Several { text: text.to_owned(), among })
            }
        }
    }

    /// The address that a packet to this end carries: a literal address is kept as it was written, and an interface
    /// is spoken to at its public address from outside and at its private one from inside.
    pub(super) fn destination(&self, topology: &Topology<'i>, text: &str, from_outside: bool) -> Option<IpAddr> {
        if let Ok(address) = text.parse() {
            return Some(address);
        }
        match self {
            End::Internet => None,
            End::Outside(address) => Some(*address),
            End::Interface(placed) if from_outside => topology.public_of(*placed),
            End::Interface(placed) => Some(placed.address),
        }
    }
}

/// Whether hosts on the internet have addresses like this one.
pub(super) fn is_public(address: IpAddr) -> bool {
    IpSet::internet().contains(address)
}

impl<'i> Topology<'i> {
    /// The interfaces that an id or a name stands for, with their primary addresses: of an interface, of an
    /// instance, of a load balancer (its name, ARN or DNS name).
    fn placed_by_name(&self, name: &str) -> Vec<Placed<'i>> {
        let primary = |interface: Node<'i, NetworkInterface>| {
            let address = interface.value.pairs().next().map(|(private, _)| private).or(interface.value.ipv6().next());
            address.map(|address| Placed { interface, address })
        };
        if name.starts_with("eni-") {
            let found = self.interfaces().find(|one| one.value.network_interface_id == name);
            return found.and_then(primary).into_iter().collect();
        }
        if name.starts_with("i-") {
            let found = self.interfaces().find_map(|one| {
                let attachment = one.value.attachment.as_ref()?;
                let is_mine = attachment.instance_id.as_deref() == Some(name) && attachment.device_index == Some(0);
                is_mine.then_some(one)
            });
            return found.and_then(primary).into_iter().collect();
        }
        self.balancer_nodes(name).filter_map(primary).collect()
    }
}
