//! Sets of packets for people: a few disjoint regions, each one protocol, some addresses and some ports.

use std::fmt;

use super::interval::Point;
use super::plane::{Family, Plane, Planes};
use super::slab::SlabMap;
use super::{Intervals, IpSet, PacketSet, PortSet, interval, sweep};

/// These addresses with these ports, of one family.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// 4 or 6.
    pub family: u8,
    /// `all`; `tcp`, `udp`, `icmp` or `icmpv6`; the number of one other protocol; `other` for more than one.
    pub protocol: String,
    pub addresses: IpSet,
    /// Ports of TCP and UDP; `type << 8 | code` of ICMP; all for `all` and for a number; for `other` the
    /// protocols' numbers.
    pub ports: PortSet,
}

impl PacketSet {
    /// The set in disjoint regions, IPv4 first; in each family what all protocols have in common comes first, then
    /// TCP, UDP, ICMP and the others, and in each protocol the lowest port.
    ///
    /// A plane is cut by its ports (who reaches 443) or by its addresses (what this office reaches), whichever
    /// takes fewer words; by its ports if that is the same.
    pub fn regions(&self) -> Vec<Region> {
        let mut out = self.v4.regions();
        out.extend(self.v6.regions());
        out
    }
}

impl Region {
    /// What it is without whose: `tcp 22,80-443`, `icmp echo-request`, `protocol 47`, `all traffic`.
    pub fn traffic(&self) -> String {
        match self.protocol.as_str() {
            "all" => "all traffic".to_owned(),
            "tcp" | "udp" if self.ports == PortSet::all() => format!("{} all ports", self.protocol),
            "tcp" | "udp" => format!("{} {}", self.protocol, self.ports),
            "icmp" | "icmpv6" if self.ports == PortSet::all() => format!("{} all types", self.protocol),
            "icmp" => format!("icmp {}", messages(&self.ports, &ICMP)),
            "icmpv6" => format!("icmpv6 {}", messages(&self.ports, &ICMP_V6)),
            "other" => format!("protocols {}", self.ports),
            number => format!("protocol {number}"),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.traffic(), self.addresses.describe())
    }
}

impl<T: Family> Planes<T> {
    fn regions(&self) -> Vec<Region> {
        let whole = Plane::ALL
            .map(|plane| self.plane(plane).addresses(|ranges| ranges == plane.every::<T>()))
            .into_iter()
            .reduce(|all, one| all.intersection(&one))
            .unwrap_or_default();
        let mut out = Vec::new();
        if !whole.is_empty() {
            out.push(region("all".to_owned(), whole.clone(), PortSet::all()));
        }
        for plane in Plane::ALL {
            let told = SlabMap::product(&whole, plane.every::<T>());
            let rest = self.plane(plane).combine(&told, interval::difference_into);
            out.extend(parts(&rest).into_iter().map(|(ports, addresses)| {
                let ports = PortSet::from_ranges(ports.ranges().iter().copied());
                let one = ports.ranges().first().filter(|range| range.0 == range.1 && ports.count() == 1);
                match one {
                    Some((number, _)) if plane == Plane::Other => region(number.to_string(), addresses, PortSet::all()),
                    _ => region(plane.name::<T>().to_owned(), addresses, ports),
                }
            }));
        }
        out
    }
}

fn region<T: Family>(protocol: String, addresses: Intervals<T>, ports: PortSet) -> Region {
    Region { family: T::NUMBER, protocol, addresses: T::set(addresses), ports }
}

/// Ports that have the same addresses, or addresses that have the same ports.
type Parts<T> = Vec<(Intervals<u16>, Intervals<T>)>;

fn parts<T: Family>(map: &SlabMap<T, u16>) -> Parts<T> {
    let mut parts = alike(map);
    let boxes: Vec<(u16, u16, (T, T))> = map
        .spans()
        .flat_map(|(low, high, ports)| ports.iter().map(move |ports| (ports.0, ports.1, (low, high))))
        .collect();
    // Thousands of ranges that overlap each other cost the square of their number when they are turned round,
    // and are shorter by address anyhow.
    if crossings(&boxes) <= words(&parts).saturating_mul(16) {
        let turned = alike(&sweep::union(boxes));
        let by_port: Parts<T> = turned.into_iter().map(|(addresses, ports)| (ports, addresses)).collect();
        if words(&by_port) <= words(&parts) {
            parts = by_port;
        }
    }
    parts.sort();
    parts
}

fn words<T: Family>(parts: &Parts<T>) -> usize {
    parts.iter().map(|(ports, addresses)| ports.ranges().len() + T::set(addresses.clone()).count_blocks()).sum()
}

/// How many pieces there would be, if boxes were cut wherever one begins or ends.
fn crossings<T>(boxes: &[(u16, u16, T)]) -> usize {
    let mut lows: Vec<u16> = boxes.iter().map(|one| one.0).collect();
    let mut highs: Vec<u16> = boxes.iter().map(|one| one.1).collect();
    lows.sort_unstable();
    highs.sort_unstable();
    let mut cuts: Vec<u16> = lows.iter().copied().chain(highs.iter().filter_map(|high| high.checked_add(1))).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let begun = |cut: u16| lows.partition_point(|low| *low <= cut);
    let ended = |cut: u16| highs.partition_point(|high| *high < cut);
    cuts.iter().map(|cut| begun(*cut) - ended(*cut)).sum()
}

/// For each set of ports, all the addresses that have exactly it.
fn alike<A: Point, P: Point>(map: &SlabMap<A, P>) -> Vec<(Intervals<P>, Intervals<A>)> {
    let mut spans: Vec<_> = map.spans().collect();
    spans.sort_by_key(|span| span.2);
    let groups = spans.chunk_by(|a, b| a.2 == b.2);
    let sets = groups.map(|group| {
        let ports = group.first().map(|span| span.2.iter().copied());
        (
            Intervals::from_ranges(ports.into_iter().flatten()),
            Intervals::from_ranges(group.iter().map(|span| (span.0, span.1))),
        )
    });
    sets.collect()
}

/// Types that people know by name (IANA's registries of ICMP and ICMPv6 parameters).
const ICMP: [(u16, &str); 8] = [
    (0, "echo-reply"),
    (3, "destination-unreachable"),
    (5, "redirect"),
    (8, "echo-request"),
    (11, "time-exceeded"),
    (12, "parameter-problem"),
    (13, "timestamp-request"),
    (14, "timestamp-reply"),
];

const ICMP_V6: [(u16, &str); 11] = [
    (1, "destination-unreachable"),
    (2, "packet-too-big"),
    (3, "time-exceeded"),
    (4, "parameter-problem"),
    (128, "echo-request"),
    (129, "echo-reply"),
    (133, "router-solicitation"),
    (134, "router-advertisement"),
    (135, "neighbor-solicitation"),
    (136, "neighbor-advertisement"),
    (137, "redirect"),
];

/// ICMP's selectors in words, types with all their codes as types.
fn messages(selectors: &PortSet, names: &[(u16, &str)]) -> String {
    let name = |kind: u16| {
        let known = names.iter().find(|(number, _)| *number == kind);
        known.map_or_else(|| format!("type {kind}"), |(_, name)| (*name).to_owned())
    };
    let mut out = Vec::new();
    for &(low, high) in selectors.ranges() {
        let (first, last) = (low >> 8, high >> 8);
        // Whole types in the middle; the first and the last may have some of their codes only.
        let mut whole: Option<(u16, u16)> = None;
        for kind in first..=last {
            let from = if kind == first { low & 0xff } else { 0 };
            let to = if kind == last { high & 0xff } else { 0xff };
            if (from, to) == (0, 0xff) {
                whole = Some((whole.map_or(kind, |run| run.0), kind));
                continue;
            }
            out.extend(whole.take().map(|run| types(run, name)));
            let codes = if from == to { format!("code {from}") } else { format!("codes {from}-{to}") };
            out.push(format!("{} {codes}", name(kind)));
        }
        out.extend(whole.map(|run| types(run, name)));
    }
    out.join(", ")
}

fn types((first, last): (u16, u16), name: impl Fn(u16) -> String) -> String {
    if first == last { name(first) } else { format!("types {first}-{last}") }
}
