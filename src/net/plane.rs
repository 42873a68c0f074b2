//! The planes of one family, and what tells the families apart.

use std::borrow::Cow;
use std::net::IpAddr;

use super::interval::{self, Point};
use super::packet::{Block, Protocols};
use super::slab::SlabMap;
use super::{Intervals, IpSet, PortSet, Verdict, sweep};

/// A run of selectors, as `Intervals` keeps them.
pub(super) type Range = (u16, u16);

/// The planes of one family, in the order of [`Plane::ALL`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Planes<T>(pub(super) [SlabMap<T, u16>; 4]);

impl<T: Family> Planes<T> {
    fn each(make: impl Fn(Plane) -> SlabMap<T, u16>) -> Self {
        Planes(Plane::ALL.map(make))
    }

    pub fn of(block: &Block) -> Self {
        Planes::each(|plane| SlabMap::product(T::intervals(block.addresses), &plane.selectors::<T>(block)))
    }

    pub fn union_of(blocks: &[Block]) -> Self {
        Planes::each(|plane| sweep::union(blocks.iter().flat_map(|block| plane.rectangles(block)).collect()))
    }

    pub fn first_match(rules: &[(Verdict, Block)]) -> Self {
        Planes::each(|plane| {
            let numbered = rules.iter().enumerate().flat_map(|(number, (verdict, block))| {
                plane.rectangles(block).into_iter().map(move |rectangle| (rectangle, number, *verdict))
            });
            sweep::first_match(numbered.collect())
        })
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(SlabMap::is_empty)
    }

    pub fn combine(&self, other: &Self, write: impl Fn(&[Range], &[Range], &mut Vec<Range>) + Copy) -> Self {
        Planes::each(|plane| self.plane(plane).combine(other.plane(plane), write))
    }

    pub fn is_subset(&self, other: &Self) -> bool {
        let mut rest = Vec::new();
        self.0.iter().zip(&other.0).all(|(left, right)| {
            left.beside(right).all(|(_, left, right)| {
                interval::difference_into(left, right, &mut rest);
                rest.is_empty()
            })
        })
    }

    pub fn plane(&self, plane: Plane) -> &SlabMap<T, u16> {
        &self.0[plane as usize]
    }

    pub fn addresses(&self, wanted: impl Fn(&[Range]) -> bool + Copy) -> IpSet {
        T::set(Intervals::from_ranges(
            self.0.iter().flat_map(|map| map.addresses(wanted).ranges().to_vec()).collect::<Vec<_>>(),
        ))
    }

    /// What one address has of a protocol.
    pub fn at(&self, address: T, protocol: u8) -> &[Range] {
        let plane = Plane::of::<T>(protocol);
        let ranges = self.plane(plane).at(address);
        match plane {
            Plane::Other if holds(ranges, u16::from(protocol)) => &ALL,
            Plane::Other => &[],
            _ => ranges,
        }
    }

    pub fn ports(&self, protocol: u8) -> PortSet {
        let plane = Plane::of::<T>(protocol);
        let spans = self.plane(plane).spans();
        let ports = PortSet::from_ranges(spans.flat_map(|span| span.2.iter().copied()));
        match plane {
            Plane::Other if ports.contains(u16::from(protocol)) => PortSet::all(),
            Plane::Other => PortSet::default(),
            _ => ports,
        }
    }

    pub fn sources(&self, protocol: u8, l4: u16) -> IpSet {
        let plane = Plane::of::<T>(protocol);
        let selector = if plane == Plane::Other { u16::from(protocol) } else { l4 };
        T::set(self.plane(plane).addresses(|ranges| holds(ranges, selector)))
    }
}

const ALL: [Range; 1] = [(u16::MIN, u16::MAX)];

pub(super) fn holds(ranges: &[Range], selector: u16) -> bool {
    let after = ranges.partition_point(|range| range.0 <= selector);
    after > 0 && ranges[after - 1].1 >= selector
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plane {
    Tcp,
    Udp,
    Icmp,
    Other,
}

impl Plane {
    pub const ALL: [Plane; 4] = [Plane::Tcp, Plane::Udp, Plane::Icmp, Plane::Other];

    pub fn of<T: Family>(protocol: u8) -> Plane {
        match protocol {
            6 => Plane::Tcp,
            17 => Plane::Udp,
            icmp if icmp == T::ICMP => Plane::Icmp,
            _ => Plane::Other,
        }
    }

    pub fn name<T: Family>(self) -> &'static str {
        match self {
            Plane::Tcp => "tcp",
            Plane::Udp => "udp",
            Plane::Icmp if T::NUMBER == 4 => "icmp",
            Plane::Icmp => "icmpv6",
            Plane::Other => "other",
        }
    }

    /// Every selector of the plane.
    pub fn every<T: Family>(self) -> &'static [Range] {
        if self == Plane::Other { T::OTHERS } else { &ALL }
    }

    /// The selectors that a block has in the plane.
    fn selectors<'a, T: Family>(self, block: &Block<'a>) -> Cow<'a, [Range]> {
        match block.protocols {
            Protocols::One(protocol) if Plane::of::<T>(protocol) != self => Cow::Borrowed(&[]),
            Protocols::One(protocol) if self == Plane::Other => {
                Cow::Owned(vec![(u16::from(protocol), u16::from(protocol))])
            }
            Protocols::All if self == Plane::Other => Cow::Borrowed(T::OTHERS),
            _ => Cow::Borrowed(block.ports.ranges()),
        }
    }

    fn rectangles<T: Family>(self, block: &Block) -> Vec<sweep::Rectangle<T, u16>> {
        let selectors = self.selectors::<T>(block);
        let addresses = T::intervals(block.addresses).ranges();
        let each = addresses.iter().flat_map(|(low, high)| selectors.iter().map(|range| (*low, *high, *range)));
        each.collect()
    }
}

/// A family of addresses, by the integers that its addresses are.
pub(super) trait Family: Point {
    const NUMBER: u8;
    /// The number of its ICMP.
    const ICMP: u8;
    /// The protocols without a plane of their own.
    const OTHERS: &'static [Range];
    fn intervals(set: &IpSet) -> &Intervals<Self>;
    fn set(intervals: Intervals<Self>) -> IpSet;
    /// How far `high` lies above `low`, which it must not lie below.
    fn distance(low: Self, high: Self) -> u128;
    fn address(self) -> IpAddr;
}

impl Family for u32 {
    const NUMBER: u8 = 4;
    const ICMP: u8 = 1;
    const OTHERS: &'static [Range] = &[(0, 0), (2, 5), (7, 16), (18, 255)];

    fn intervals(set: &IpSet) -> &Intervals<u32> {
        set.v4()
    }

    fn set(intervals: Intervals<u32>) -> IpSet {
        IpSet::from(intervals)
    }

    fn distance(low: u32, high: u32) -> u128 {
        u128::from(high - low)
    }

    fn address(self) -> IpAddr {
        IpAddr::V4(self.into())
    }
}

impl Family for u128 {
    const NUMBER: u8 = 6;
    const ICMP: u8 = 58;
    const OTHERS: &'static [Range] = &[(0, 5), (7, 16), (18, 57), (59, 255)];

    fn intervals(set: &IpSet) -> &Intervals<u128> {
        set.v6()
    }

    fn set(intervals: Intervals<u128>) -> IpSet {
        IpSet::from(intervals)
    }

    fn distance(low: u128, high: u128) -> u128 {
        high - low
    }

    fn address(self) -> IpAddr {
        IpAddr::V6(self.into())
    }
}
