//! Sets of packets as a test understands them: boxes of source addresses and selectors in each plane, made canonical
//! by cutting the address line at every edge. It shares no line with `driftline::net`, which it is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use serde_json::Value;

/// What RFC 6890 and its registry keep off the internet, as version 1 of the constant has it.
const SPECIAL: [&str; 19] = [
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
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
];

/// A family, 4 or 6, and what the selector means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Plane(pub u8, pub Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The selector is the destination port.
    Tcp,
    Udp,
    /// The family's own: the selector is type and code.
    Icmp,
    /// The selector is the protocol's number.
    Other,
}

type Range = (u128, u128);
type Column = (Range, Vec<(u32, u32)>);

/// A set of packets from the internet. Equal sets are equal values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Packets(BTreeMap<Plane, Vec<Column>>);

impl Packets {
    /// `tcp 22,80-90 from 52.0.0.0/8, internet6`: protocols are `tcp`, `udp`, `icmp`, `icmpv6` (`echo` is a selector),
    /// `all` or a number; sources are blocks, `internet` or `internet6`. What is not on the internet falls out.
    pub fn parse(text: &str) -> Packets {
        let (what, sources) = text.split_once(" from ").unwrap_or_else(|| panic!("no sources in `{text}`"));
        let (protocol, selectors) = what.split_once(' ').unwrap_or((what, ""));
        let mut set = Packets::default();
        for source in sources.split(", ") {
            let block = match source {
                "internet" => "0.0.0.0/0",
                "internet6" => "::/0",
                block => block,
            };
            let (family, range) = block_range(block);
            let selectors: Vec<(u32, u32)> = match selectors {
                "" => vec![(0, 65_535)],
                "echo" if family == 4 => vec![(8 << 8, (8 << 8) + 255)],
                "echo" => vec![(128 << 8, (128 << 8) + 255)],
                list => list.split(',').map(port_range).collect(),
            };
            set = set.union(&Packets::of(family, protocol, &selectors, &[range]));
        }
        set
    }

    pub fn all_of(texts: &[&str]) -> Packets {
        texts.iter().fold(Packets::default(), |set, text| set.union(&Packets::parse(text)))
    }

    /// The regions that `exposure` prints, as DESIGN fixes them: protocol, ports, sources.
    pub fn from_json(regions: &Value) -> Packets {
        let mut set = Packets::default();
        for region in regions.as_array().unwrap_or_else(|| panic!("no list of regions: {regions}")) {
            let protocol = region["protocol"].as_str().unwrap_or_else(|| panic!("no protocol: {region}"));
            let pair = |p: &Value| (p[0].as_u64().unwrap() as u32, p[1].as_u64().unwrap() as u32);
            let mut ports: Vec<_> = region["ports"].as_array().unwrap().iter().map(pair).collect();
            if ports.is_empty() {
                ports.push((0, 65_535));
            }
            let mut families: BTreeMap<u8, Vec<Range>> = BTreeMap::new();
            for source in region["sources"].as_array().unwrap() {
                let (family, range) = block_range(source.as_str().unwrap());
                families.entry(family).or_default().push(range);
            }
            for (family, ranges) in families {
                let part = Packets::of(family, protocol, &ports, &ranges);
                if region["all_internet"] == true {
                    assert_eq!(part, Packets::of(family, protocol, &ports, &[everything(family)]), "{region}");
                }
                set = set.union(&part);
            }
        }
        set
    }

    fn of(family: u8, protocol: &str, selectors: &[(u32, u32)], addresses: &[Range]) -> Packets {
        let addresses = on_the_internet(family, addresses);
        let mut set = Packets::default();
        let mut add = |kind: Kind, selectors: &[(u32, u32)]| {
            let columns = addresses.iter().map(|range| (*range, selectors.to_vec())).collect();
            set.0.insert(Plane(family, kind), columns);
        };
        match protocol {
            "tcp" | "6" => add(Kind::Tcp, selectors),
            "udp" | "17" => add(Kind::Udp, selectors),
            "icmp" if family == 4 => add(Kind::Icmp, selectors),
            "icmpv6" | "58" if family == 6 => add(Kind::Icmp, selectors),
            // Of what has a name of its own already, `other` says nothing.
            "all" | "other" => {
                let icmp = if family == 4 { 1 } else { 58 };
                let mut numbers = selectors.to_vec();
                if protocol == "all" {
                    for kind in [Kind::Tcp, Kind::Udp, Kind::Icmp] {
                        add(kind, &[(0, 65_535)]);
                    }
                    numbers = vec![(0, 255)];
                }
                let others = (0..=255).filter(|p| ![6, 17, icmp].contains(p));
                let others = others.filter(|p| numbers.iter().any(|(low, high)| low <= p && p <= high));
                add(Kind::Other, &others.map(|p| (p, p)).collect::<Vec<_>>());
            }
            number => {
                let name = |p: &str| ["icmp", "1"].contains(&p).then_some(1).or((p == "icmpv6").then_some(58));
                let (low, high) = name(number).map_or_else(|| port_range(number), |n| (n, n));
                add(Kind::Other, &[(low, high)]);
            }
        }
        set.canonical()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn union(&self, other: &Packets) -> Packets {
        let mut planes = self.0.clone();
        for (plane, columns) in &other.0 {
            planes.entry(*plane).or_default().extend(columns.iter().cloned());
        }
        Packets(planes).canonical()
    }

    pub fn minus(&self, other: &Packets) -> Packets {
        let mut out = Packets::default();
        for (plane, columns) in &self.0 {
            let none = Vec::new();
            let taken = other.0.get(plane).unwrap_or(&none);
            let pieces = pieces(columns.iter().chain(taken)).into_iter().map(|range| {
                let mut left = at(columns, range.0);
                for (low, high) in at(taken, range.0) {
                    left = left.into_iter().flat_map(|piece| without(piece, (low, high))).collect();
                }
                (range, left)
            });
            out.0.insert(*plane, pieces.collect());
        }
        out.canonical()
    }

    pub fn intersection(&self, other: &Packets) -> Packets {
        self.minus(&self.minus(other))
    }

    pub fn is_subset(&self, other: &Packets) -> bool {
        self.minus(other).is_empty()
    }

    pub fn contains(&self, plane: Plane, address: u128, selector: u32) -> bool {
        self.0
            .get(&plane)
            .is_some_and(|columns| at(columns, address).iter().any(|r| r.0 <= selector && selector <= r.1))
    }

    /// Every edge of the set: addresses and selectors on both sides of each, at most some of each.
    pub fn edges(&self, at_most: usize) -> BTreeSet<(Plane, u128, u32)> {
        let mut points = BTreeSet::new();
        for (plane, columns) in &self.0 {
            for ((low, high), selectors) in columns {
                for address in [low.wrapping_sub(1), *low, *high, high + 1] {
                    for (first, last) in selectors {
                        for selector in [first.saturating_sub(1), *first, *last, (last + 1).min(65_535)] {
                            points.insert((*plane, address, selector));
                        }
                    }
                }
            }
        }
        let step = points.len().div_ceil(at_most).max(1);
        points.into_iter().step_by(step).collect()
    }

    fn canonical(self) -> Packets {
        let mut out = BTreeMap::new();
        for (plane, columns) in self.0 {
            let mut merged: Vec<Column> = Vec::new();
            for range in pieces(columns.iter()) {
                let selectors = at(&columns, range.0);
                match merged.last_mut() {
                    Some((last, same)) if *same == selectors && last.1 + 1 == range.0 => last.1 = range.1,
                    _ => merged.push((range, selectors)),
                }
            }
            merged.retain(|(_, selectors)| !selectors.is_empty());
            if !merged.is_empty() {
                out.insert(plane, merged);
            }
        }
        Packets(out)
    }
}

/// The address line cut wherever a column begins or ends.
fn pieces<'c>(columns: impl Iterator<Item = &'c Column>) -> Vec<Range> {
    let cuts: BTreeSet<u128> = columns.flat_map(|((low, high), _)| [*low, high + 1]).collect();
    let cuts: Vec<u128> = cuts.into_iter().collect();
    cuts.windows(2).map(|cut| (cut[0], cut[1] - 1)).collect()
}

/// The selectors at an address: sorted, apart from each other.
fn at(columns: &[Column], address: u128) -> Vec<(u32, u32)> {
    let here = columns.iter().filter(|((low, high), _)| *low <= address && address <= *high);
    let mut selectors: Vec<(u32, u32)> = here.flat_map(|(_, selectors)| selectors.iter().copied()).collect();
    selectors.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (low, high) in selectors {
        match merged.last_mut() {
            Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    merged
}

fn without((low, high): (u32, u32), (from, to): (u32, u32)) -> Vec<(u32, u32)> {
    if to < low || high < from {
        return vec![(low, high)];
    }
    let before = (low < from).then(|| (low, from - 1));
    let after = (to < high).then(|| (to + 1, high));
    before.into_iter().chain(after).collect()
}

fn everything(family: u8) -> Range {
    (0, if family == 4 { u128::from(u32::MAX) } else { u128::MAX })
}

/// The parts of ranges that hosts on the internet can have.
fn on_the_internet(family: u8, ranges: &[Range]) -> Vec<Range> {
    let global = if family == 4 { everything(4) } else { block_range("2000::/3").1 };
    let clip = |(low, high): &Range| (*low.max(&global.0), *high.min(&global.1));
    let mut left: Vec<Range> = ranges.iter().map(clip).filter(|(low, high)| low <= high).collect();
    for (_, (from, to)) in SPECIAL.map(block_range).into_iter().filter(|(of, _)| *of == family) {
        let mut next = Vec::new();
        for (low, high) in left {
            if to < low || high < from {
                next.push((low, high));
                continue;
            }
            next.extend((low < from).then(|| (low, from - 1)));
            next.extend((to < high).then(|| (to + 1, high)));
        }
        left = next;
    }
    left
}

fn port_range(text: &str) -> (u32, u32) {
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("no number: `{text}`"));
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    (number(low), number(high))
}

/// A block's family and addresses; host bits are cleared, as AWS does.
fn block_range(block: &str) -> (u8, Range) {
    let (address, length) = block.split_once('/').map_or((block, None), |(a, l)| (a, Some(l)));
    let (family, bits, width) = match address.parse().unwrap_or_else(|_| panic!("no address: `{block}`")) {
        IpAddr::V4(v4) => (4, u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (6, v6.to_bits(), 128),
    };
    let length: u32 = length.map_or(width, |text| text.parse().unwrap());
    let span = if width == length { 0 } else { u128::MAX >> (128 - (width - length)) };
    (family, (bits & !span, (bits & !span) | span))
}

pub fn address(family: u8, bits: u128) -> String {
    if family == 4 {
        std::net::Ipv4Addr::from_bits(bits as u32).to_string()
    } else {
        std::net::Ipv6Addr::from_bits(bits).to_string()
    }
}

/// The bits of an address, whatever its family.
pub fn bits(text: &str) -> (u8, u128) {
    let (family, range) = block_range(text);
    (family, range.0)
}

impl fmt::Debug for Packets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return out.write_str("nothing");
        }
        for (Plane(family, kind), columns) in &self.0 {
            for ((low, high), selectors) in columns.iter().take(8) {
                let (low, high) = (address(*family, *low), address(*family, *high));
                write!(out, "\n      {kind:?} {selectors:?} from {low}..{high}")?;
            }
            if columns.len() > 8 {
                write!(out, "\n      {kind:?} and {} more columns", columns.len() - 8)?;
            }
        }
        Ok(())
    }
}

#[test]
fn sets_of_packets_are_sets() {
    let p = Packets::parse;
    assert_eq!(p("tcp 22 from 0.0.0.0/1").union(&p("tcp 22 from 128.0.0.0/1")), p("tcp 22 from internet"));
    assert_eq!(p("tcp 0-21,22-65535 from internet"), p("tcp from internet"));
    assert_eq!(p("all from internet").minus(&p("all from internet")), Packets::default());
    assert_eq!(p("tcp 22 from 10.0.0.0/8, fc00::/7"), Packets::default());
    assert_ne!(p("tcp 22 from 0.0.0.0/1"), p("tcp 22 from internet"));
    assert_eq!(p("tcp 22 from 2000::/3"), p("tcp 22 from internet6"));
    let holed = p("udp from internet").minus(&p("udp 1 from 1.1.1.1/32"));
    assert!(holed.is_subset(&p("all from internet")) && !p("udp from internet").is_subset(&holed));
    assert_eq!(holed.union(&p("udp 1 from 1.1.1.1/32")), p("udp from internet"));
    assert_eq!(p("58 from internet"), Packets::of(4, "icmpv6", &[(0, 65_535)], &[everything(4)]));
    assert!(p("58 from internet").intersection(&p("icmp from internet")).is_empty());
}
