//! Slab maps: for every point of one line a set of points of another, in one canonical form.
//!
//! The first line is cut where the set changes; a *slab* runs from one cut to the next. Lines are addresses and
//! ports: mostly the ports of each address, and turned round the addresses of each port.

use super::Intervals;
use super::interval::{Point, append};

/// Which points of `P` each point of `A` has; below they are called ports and addresses.
///
/// INVARIANT: starts ascend; each slab's ports are canonical; neighbours differ, where what lies
/// before the first slab has no ports. A piecewise constant function has one such form, so equal
/// maps are equal values.
///
/// NOTE: all ports lie in one vector, one slab's after the other's. A thousand rules make some two
/// thousand slabs of a few ranges each: a vector for each of them would cost more than the algebra.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct SlabMap<A, P> {
    /// Where a slab starts, and where its ports end in `ranges`.
    slabs: Vec<(A, usize)>,
    ranges: Vec<(P, P)>,
}

impl<A: Point, P: Point> SlabMap<A, P> {
    /// These ports for these addresses, and none for the others.
    pub fn product(addresses: &Intervals<A>, ports: &[(P, P)]) -> Self {
        let mut map = SlabMap { slabs: Vec::new(), ranges: Vec::new() };
        for &(low, high) in addresses.ranges() {
            map.push(low, |out| out.extend_from_slice(ports));
            if let Some(after) = high.next() {
                map.push(after, |_| ());
            }
        }
        map
    }

    pub fn with_capacity(slabs: usize) -> Self {
        SlabMap { slabs: Vec::with_capacity(slabs), ranges: Vec::with_capacity(slabs) }
    }

    /// Appends a slab that starts after all others; `write` appends its ports in canonical form.
    pub fn push(&mut self, start: A, write: impl FnOnce(&mut Vec<(P, P)>)) {
        let begin = self.ranges.len();
        write(&mut self.ranges);
        let before = match self.slabs.len() {
            0 | 1 => 0,
            count => self.slabs[count - 2].1,
        };
        if self.ranges[begin..] == self.ranges[before..begin] {
            self.ranges.truncate(begin);
        } else {
            self.slabs.push((start, self.ranges.len()));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.slabs.is_empty()
    }

    /// All slabs in order, also those without ports: where each starts, and its ports.
    pub fn slabs(&self) -> impl Iterator<Item = (A, &[(P, P)])> {
        self.slabs.iter().enumerate().map(|(i, slab)| (slab.0, self.ports(i)))
    }

    /// The slabs that have ports: first and last address, and the ports.
    pub fn spans(&self) -> impl Iterator<Item = (A, A, &[(P, P)])> {
        self.slabs.iter().enumerate().filter_map(|(i, slab)| {
            let ports = self.ports(i);
            // The next slab starts above this one, so a point before it exists.
            let high = self.slabs.get(i + 1).map_or(Some(A::MAX), |next| next.0.previous())?;
            (!ports.is_empty()).then_some((slab.0, high, ports))
        })
    }

    /// The ports of one address.
    pub fn at(&self, address: A) -> &[(P, P)] {
        match self.slabs.partition_point(|slab| slab.0 <= address) {
            0 => &[],
            after => self.ports(after - 1),
        }
    }

    fn ports(&self, slab: usize) -> &[(P, P)] {
        let begin = slab.checked_sub(1).map_or(0, |before| self.slabs[before].1);
        &self.ranges[begin..self.slabs[slab].1]
    }

    /// The addresses whose ports satisfy a condition that no empty set satisfies.
    pub fn addresses(&self, wanted: impl Fn(&[(P, P)]) -> bool) -> Intervals<A> {
        let mut out = Vec::new();
        for (low, high, _) in self.spans().filter(|span| wanted(span.2)) {
            append(0, (low, high), &mut out);
        }
        Intervals::from_ranges(out)
    }

    /// Address by address, `write` appends what comes of the ports on both sides. Of two empty sets
    /// it has to make an empty one.
    pub fn combine(&self, other: &Self, write: impl Fn(&[(P, P)], &[(P, P)], &mut Vec<(P, P)>)) -> Self {
        let mut out = SlabMap::with_capacity(self.slabs.len().max(other.slabs.len()));
        for (start, left, right) in self.beside(other) {
            out.push(start, |ranges| write(left, right, ranges));
        }
        out
    }

    /// Both maps side by side, cut where either is cut.
    pub fn beside<'a>(&'a self, other: &'a Self) -> Beside<'a, A, P> {
        Beside { left: Cursor { map: self, next: 0, ports: &[] }, right: Cursor { map: other, next: 0, ports: &[] } }
    }
}

pub(super) struct Beside<'a, A, P> {
    left: Cursor<'a, A, P>,
    right: Cursor<'a, A, P>,
}

struct Cursor<'a, A, P> {
    map: &'a SlabMap<A, P>,
    next: usize,
    ports: &'a [(P, P)],
}

impl<A: Point, P: Point> Cursor<'_, A, P> {
    fn start(&self) -> Option<A> {
        self.map.slabs.get(self.next).map(|slab| slab.0)
    }

    fn go_to(&mut self, start: A) {
        if self.start() == Some(start) {
            self.ports = self.map.ports(self.next);
            self.next += 1;
        }
    }
}

impl<'a, A: Point, P: Point> Iterator for Beside<'a, A, P> {
    type Item = (A, &'a [(P, P)], &'a [(P, P)]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = match (self.left.start(), self.right.start()) {
            (Some(left), Some(right)) => left.min(right),
            (left, right) => left.or(right)?,
        };
        self.left.go_to(start);
        self.right.go_to(start);
        Some((start, self.left.ports, self.right.ports))
    }
}
