//! Sets of packets, held against a second, naive implementation, and what is said of them.

mod cells;
mod examples;
mod laws;
mod naive;

use super::{PacketSet, PortSet, Protocols, Region};

/// What a region says, read as its documentation says.
fn packets_of(region: &Region) -> PacketSet {
    let of = |protocols, ports: &PortSet| PacketSet::of(&region.addresses, protocols, ports);
    match region.protocol.as_str() {
        "all" => of(Protocols::All, &region.ports),
        "tcp" => of(Protocols::One(6), &region.ports),
        "udp" => of(Protocols::One(17), &region.ports),
        "icmp" => of(Protocols::One(1), &region.ports),
        "icmpv6" => of(Protocols::One(58), &region.ports),
        "other" => {
            let numbers = region.ports.ranges().iter().flat_map(|(low, high)| *low..=*high);
            let each = numbers.map(|number| of(Protocols::One(number.try_into().unwrap()), &PortSet::all()));
            each.fold(PacketSet::default(), |sum, one| sum.union(&one))
        }
        number => of(Protocols::One(number.parse().unwrap()), &region.ports),
    }
}
