//! Sets of IPv4 and IPv6 addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::Intervals;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address block: `10.0.0.0/8`, `2001:db8::/32` or one address is wanted")]
pub struct IpSetError(pub String);

/// A canonical set of addresses of both families.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpSet {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

/// IANA special-purpose IPv4 blocks that no internet host sends from.
const SPECIAL_V4: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// IANA special-purpose blocks inside 2000::/3, the only IPv6 space in use on the internet.
const SPECIAL_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

impl IpSet {
    pub fn all_v4() -> IpSet {
        IpSet { v4: Intervals::all(), v6: Intervals::default() }
    }

    pub fn all_v6() -> IpSet {
        IpSet { v4: Intervals::default(), v6: Intervals::all() }
    }

    pub fn all() -> IpSet {
        IpSet { v4: Intervals::all(), v6: Intervals::all() }
    }

    /// Every address that a host on the internet can send from (version 1 of this constant).
    pub fn internet() -> IpSet {
        static INTERNET: std::sync::LazyLock<IpSet> = std::sync::LazyLock::new(|| {
            let special = IpSet::from_blocks(SPECIAL_V4.iter().chain(&SPECIAL_V6)).unwrap_or_default();
            let global_v6 = IpSet::from_blocks(["2000::/3"]).unwrap_or_default();
            IpSet::all_v4().union(&global_v6).difference(&special)
        });
        INTERNET.clone()
    }

    /// The union of address blocks; host bits may be set, as AWS accepts them.
    ///
    /// # Errors
    /// The first text that is not a block.
    pub fn from_blocks<S: AsRef<str>>(blocks: impl IntoIterator<Item = S>) -> Result<IpSet, IpSetError> {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for block in blocks {
            match parse_block(block.as_ref())? {
                Block::V4(low, high) => v4.push((low, high)),
                Block::V6(low, high) => v6.push((low, high)),
            }
        }
        Ok(IpSet { v4: Intervals::from_ranges(v4), v6: Intervals::from_ranges(v6) })
    }

    pub fn v4(&self) -> &Intervals<u32> {
        &self.v4
    }

    pub fn v6(&self) -> &Intervals<u128> {
        &self.v6
    }

    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(a) => self.v4.contains(a.to_bits()),
            IpAddr::V6(a) => self.v6.contains(a.to_bits()),
        }
    }

    pub fn union(&self, other: &IpSet) -> IpSet {
        IpSet { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    pub fn intersection(&self, other: &IpSet) -> IpSet {
        IpSet { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    pub fn difference(&self, other: &IpSet) -> IpSet {
        IpSet { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    pub fn is_subset(&self, other: &IpSet) -> bool {
        self.v4.is_subset(&other.v4) && self.v6.is_subset(&other.v6)
    }

    /// How many IPv4 addresses: 0..=2^32.
    pub fn count_v4(&self) -> u64 {
        self.v4.ranges().iter().map(|(low, high)| u64::from(high - low) + 1).sum()
    }

    /// How many IPv6 addresses, at most `u128::MAX` (the whole space has one more).
    pub fn count_v6(&self) -> u128 {
        self.v6.ranges().iter().fold(0u128, |sum, (low, high)| sum.saturating_add((high - low).saturating_add(1)))
    }

    /// Whether the internet part of the set is at least as large as an IPv4 `/v4`
    /// or an IPv6 `/v6` block, in one piece or in many.
    pub fn public_at_least(&self, v4: u8, v6: u8) -> bool {
        let public = self.intersection(&IpSet::internet());
        let (want_v4, want_v6) = (1u64 << (32 - v4.min(32)), 1u128.checked_shl(u32::from(128 - v6.min(128))));
        // The whole of IPv4 or 2000::/3 less its special blocks is a bit smaller than the block it is
        // spoken of as, so `/0` asks for all that the internet has.
        let internet = IpSet::internet();
        public.count_v4() >= want_v4.min(internet.count_v4())
            || public.count_v6() >= want_v6.unwrap_or(u128::MAX).min(internet.count_v6())
    }

    /// The fewest blocks that make up the set, IPv4 first.
    pub fn blocks(&self) -> Vec<String> {
        let v4 = self.v4.ranges().iter().flat_map(|(low, high)| cover(u128::from(*low), u128::from(*high)));
        let v6 = self.v6.ranges().iter().flat_map(|(low, high)| cover(*low, *high));
        // The first fits: it came from 32 bits.
        v4.map(|(start, bits)| format!("{}/{}", Ipv4Addr::from_bits(start as u32), 32 - bits))
            .chain(v6.map(|(start, bits)| format!("{}/{}", Ipv6Addr::from_bits(start), 128 - bits)))
            .collect()
    }

    /// How many blocks [`IpSet::blocks`] gives.
    pub fn count_blocks(&self) -> usize {
        let v4 = self.v4.ranges().iter().map(|(low, high)| (u128::from(*low), u128::from(*high)));
        v4.chain(self.v6.ranges().iter().copied()).map(|(low, high)| cover(low, high).count()).sum()
    }

    /// The set in words, as seen from the internet: a family of which all of the internet is in the set is
    /// `all internet`, whatever else is, and one of which little is missing is told by what is missing.
    pub fn describe(&self) -> String {
        let internet = IpSet::internet();
        let mut parts = Vec::new();
        for (family, line) in [("v4", IpSet::all_v4()), ("v6", IpSet::all_v6())] {
            let own = self.intersection(&line);
            let missing = internet.intersection(&line).difference(&own);
            if missing.is_empty() {
                parts.push(format!("all internet ({family})"));
            } else if missing.count_blocks() < own.count_blocks() {
                parts.push(format!("all internet ({family}) except {missing}"));
            } else if !own.is_empty() {
                parts.push(own.to_string());
            }
        }
        if parts.is_empty() { "no address".to_owned() } else { parts.join(", ") }
    }
}

/// The fewest aligned blocks that make up a range: where each starts, and how many bits are free in it.
fn cover(low: u128, high: u128) -> impl Iterator<Item = (u128, u32)> {
    let mut next = Some(low);
    std::iter::from_fn(move || {
        let start = next.filter(|start| *start <= high)?;
        // Only the whole of IPv6 has more addresses than fit.
        let fits = (high - start).checked_add(1).map_or(128, u128::ilog2);
        let bits = start.trailing_zeros().min(fits);
        next = 1u128.checked_shl(bits).and_then(|step| start.checked_add(step));
        Some((start, bits))
    })
}

impl From<Intervals<u32>> for IpSet {
    fn from(v4: Intervals<u32>) -> IpSet {
        IpSet { v4, v6: Intervals::default() }
    }
}

impl From<Intervals<u128>> for IpSet {
    fn from(v6: Intervals<u128>) -> IpSet {
        IpSet { v4: Intervals::default(), v6 }
    }
}

enum Block {
    V4(u32, u32),
    V6(u128, u128),
}

fn parse_block(text: &str) -> Result<Block, IpSetError> {
    let bad = || IpSetError(text.to_owned());
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u32>().map_err(|_| bad())?)),
        None => (text, None),
    };
    match address.parse().map_err(|_| bad())? {
        IpAddr::V4(a) => {
            let length = length.unwrap_or(32);
            let host = u32::MAX.checked_shr(length).unwrap_or(0);
            if length > 32 { Err(bad()) } else { Ok(Block::V4(a.to_bits() & !host, a.to_bits() | host)) }
        }
        IpAddr::V6(a) => {
            let length = length.unwrap_or(128);
            let host = u128::MAX.checked_shr(length).unwrap_or(0);
            if length > 128 { Err(bad()) } else { Ok(Block::V6(a.to_bits() & !host, a.to_bits() | host)) }
        }
    }
}

impl FromStr for IpSet {
    type Err = IpSetError;
    /// Blocks separated by commas.
    fn from_str(text: &str) -> Result<Self, IpSetError> {
        IpSet::from_blocks(text.split(',').map(str::trim).filter(|part| !part.is_empty()))
    }
}

impl fmt::Display for IpSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.blocks().join(", "))
    }
}
