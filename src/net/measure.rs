//! How large a set of packets is, and a name for its content.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::PacketSet;
use super::plane::{Family, Plane, Planes};

/// The size of one family's part of one plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaneCount {
    /// 4 or 6.
    pub family: u8,
    /// `tcp`, `udp`, `icmp`, `icmpv6` or `other`.
    pub protocol: &'static str,
    /// How many addresses have any packet here; at most `u128::MAX` (the whole of IPv6 has one more).
    pub addresses: u128,
    /// Pairs of address and selector (of address and protocol for `other`); at most `u128::MAX`.
    pub packets: u128,
}

impl PacketSet {
    /// The size of each plane that is not empty, IPv4 first. Exact unless a figure says `u128::MAX`.
    pub fn counts(&self) -> Vec<PlaneCount> {
        let mut out = self.v4.counts();
        out.extend(self.v6.counts());
        out
    }

    /// 32 hexadecimal digits that are the same for equal sets and differ for others, in this and in later
    /// versions: it hashes a form that is written down here and not the one in memory.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"driftline packet set 1\n");
        self.v4.write(&mut hash);
        self.v6.write(&mut hash);
        let digest = hash.finalize();
        digest.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl<T: Family> Planes<T> {
    fn counts(&self) -> Vec<PlaneCount> {
        let mut out = Vec::new();
        for plane in Plane::ALL {
            let mut count = PlaneCount { family: T::NUMBER, protocol: plane.name::<T>(), addresses: 0, packets: 0 };
            for (low, high, ranges) in self.plane(plane).spans() {
                let addresses = T::distance(low, high).saturating_add(1);
                let selectors: u128 = ranges.iter().map(|(low, high)| u128::from(high - low) + 1).sum();
                count.addresses = count.addresses.saturating_add(addresses);
                count.packets = count.packets.saturating_add(addresses.saturating_mul(selectors));
            }
            if count.addresses > 0 {
                out.push(count);
            }
        }
        out
    }

    /// Family; for each plane the number of slabs; for each slab its first address, the number of its ranges,
    /// and the ranges. Counts have 8 bytes, the rest what it needs; big end first.
    fn write(&self, hash: &mut Sha256) {
        hash.update([T::NUMBER]);
        for map in &self.0 {
            hash.update((map.slabs().count() as u64).to_be_bytes());
            for (start, ranges) in map.slabs() {
                hash.update(&T::distance(T::MIN, start).to_be_bytes()[16 - size_of::<T>()..]);
                hash.update((ranges.len() as u64).to_be_bytes());
                for (low, high) in ranges {
                    hash.update(low.to_be_bytes());
                    hash.update(high.to_be_bytes());
                }
            }
        }
    }
}
