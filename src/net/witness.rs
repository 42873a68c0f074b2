//! One packet that stands for a set: what a reader can try.

use super::plane::{Family, Plane, Planes, Range, holds};
use super::{Intervals, IpSet, Packet, PacketSet, PortSet};

impl PacketSet {
    /// A packet of the set, the same for equal sets: of the first plane that has any, TCP, UDP, ICMP, others; from
    /// the internet, unless the plane has nothing from there; to the lowest of the preferred ports, or else the
    /// lowest; from the largest run of addresses that has that port, IPv4 before IPv6, and not from an address
    /// that ends in 0 or 255 if there is another.
    pub fn witness(&self, prefer: &PortSet) -> Option<Packet> {
        let public = self.within(&IpSet::internet());
        Plane::ALL.into_iter().find_map(|plane| {
            // A plane with private addresses only still comes before the next plane.
            [&public, self]
                .into_iter()
                .find_map(|set| set.v4.witness(plane, prefer).or_else(|| set.v6.witness(plane, prefer)))
        })
    }
}

impl<T: Family> Planes<T> {
    fn witness(&self, plane: Plane, prefer: &PortSet) -> Option<Packet> {
        let map = self.plane(plane);
        let lowest = |wanted: &[Range]| map.spans().filter_map(|(_, _, ranges)| lowest_of_both(ranges, wanted)).min();
        let preferred = if matches!(plane, Plane::Tcp | Plane::Udp) { lowest(prefer.ranges()) } else { None };
        let selector = preferred.or_else(|| lowest(plane.every::<T>()))?;
        let address = typical(&map.addresses(|ranges| holds(ranges, selector)))?.address();
        Some(match plane {
            Plane::Tcp => Packet { address, protocol: 6, l4: selector },
            Plane::Udp => Packet { address, protocol: 17, l4: selector },
            Plane::Icmp => Packet { address, protocol: T::ICMP, l4: selector },
            // Here the selector is the protocol, and no number of more than 8 bits is in the plane.
            Plane::Other => Packet { address, protocol: u8::try_from(selector).ok()?, l4: 0 },
        })
    }
}

fn lowest_of_both(a: &[Range], b: &[Range]) -> Option<u16> {
    let (mut i, mut j) = (0, 0);
    loop {
        let (left, right) = (a.get(i)?, b.get(j)?);
        let low = left.0.max(right.0);
        if low <= left.1.min(right.1) {
            return Some(low);
        }
        if left.1 < right.1 { i += 1 } else { j += 1 }
    }
}

/// An address of the largest run, or of the next if that has none but the first and the last of a block of 256.
fn typical<T: Family>(addresses: &Intervals<T>) -> Option<T> {
    let mut runs = addresses.ranges().to_vec();
    runs.sort_by_key(|(low, high)| (std::cmp::Reverse(T::distance(*low, *high)), *low));
    let usual = runs.iter().find_map(|&(low, high)| {
        // After 255 comes 0 and after that 1.
        std::iter::successors(Some(low), |address| address.next())
            .take(3)
            .find(|address| *address <= high && !matches!(T::distance(T::MIN, *address) & 0xff, 0 | 0xff))
    });
    usual.or_else(|| runs.first().map(|run| run.0))
}
