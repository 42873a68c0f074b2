//! Sorted, disjoint, non-adjacent closed intervals over an integer line.

/// An integer line with a smallest and a greatest point.
pub trait Point: Copy + Ord {
    const MIN: Self;
    const MAX: Self;
    /// The next point, unless this is the greatest.
    fn next(self) -> Option<Self>;
    /// The point before, unless this is the smallest.
    fn previous(self) -> Option<Self>;
}

macro_rules! point {
    ($($t:ty),*) => {$(
        impl Point for $t {
            const MIN: Self = <$t>::MIN;
            const MAX: Self = <$t>::MAX;
            fn next(self) -> Option<Self> { self.checked_add(1) }
            fn previous(self) -> Option<Self> { self.checked_sub(1) }
        }
    )*};
}
point!(u16, u32, u128);

/// A set of points.
///
/// INVARIANT: intervals are sorted, `low <= high`, and between two of them lies
/// at least one point that is not in the set. So equal sets are equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intervals<T>(Vec<(T, T)>);

impl<T: Point> Default for Intervals<T> {
    fn default() -> Self {
        Intervals(Vec::new())
    }
}

impl<T: Point> Intervals<T> {
    pub fn all() -> Self {
        Intervals(vec![(T::MIN, T::MAX)])
    }

    /// The union of any intervals in any order; one with `low > high` is empty.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut ranges: Vec<(T, T)> = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(ranges.len());
        for range in ranges {
            append(0, range, &mut merged);
        }
        Intervals(merged)
    }

    pub fn ranges(&self) -> &[(T, T)] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, point: T) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= point);
        after > 0 && self.0[after - 1].1 >= point
    }

    pub fn union(&self, other: &Self) -> Self {
        Intervals::written(|out| union_into(&self.0, &other.0, out))
    }

    pub fn intersection(&self, other: &Self) -> Self {
        Intervals::written(|out| intersection_into(&self.0, &other.0, out))
    }

    pub fn difference(&self, other: &Self) -> Self {
        Intervals::written(|out| difference_into(&self.0, &other.0, out))
    }

    fn written(write: impl FnOnce(&mut Vec<(T, T)>)) -> Self {
        let mut out = Vec::new();
        write(&mut out);
        Intervals(out)
    }

    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }
}

/// Appends the union of two canonical runs to `out`. Like the two below it reads and writes runs
/// that satisfy the invariant, and leaves alone what stood in `out` before.
pub(super) fn union_into<T: Point>(a: &[(T, T)], b: &[(T, T)], out: &mut Vec<(T, T)>) {
    let begin = out.len();
    let (mut i, mut j) = (0, 0);
    loop {
        let next = match (a.get(i), b.get(j)) {
            (Some(left), Some(right)) if right < left => right,
            (None, Some(right)) => right,
            (Some(left), _) => left,
            (None, None) => return,
        };
        if a.get(i) == Some(next) {
            i += 1
        } else {
            j += 1
        }
        append(begin, *next, out);
    }
}

/// Appends an interval that starts no lower than those in `out[begin..]`, merging it with the last of them.
pub(super) fn append<T: Point>(begin: usize, (low, high): (T, T), out: &mut Vec<(T, T)>) {
    match out[begin..].last_mut() {
        // Adjacent intervals merge too: [0,1] and [2,3] are one set of four points.
        Some(last) if last.1.next().is_none_or(|after| low <= after) => last.1 = last.1.max(high),
        _ => out.push((low, high)),
    }
}

/// Pieces of two canonical runs never touch: a gap of either lies between them.
pub(super) fn intersection_into<T: Point>(a: &[(T, T)], b: &[(T, T)], out: &mut Vec<(T, T)>) {
    let (mut i, mut j) = (0, 0);
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        let (low, high) = (left.0.max(right.0), left.1.min(right.1));
        if low <= high {
            out.push((low, high));
        }
        if left.1 < right.1 { i += 1 } else { j += 1 }
    }
}

pub(super) fn difference_into<T: Point>(a: &[(T, T)], b: &[(T, T)], out: &mut Vec<(T, T)>) {
    let mut holes = b;
    for &(low, high) in a {
        let mut rest = Some(low);
        while let Some(&(from, to)) = holes.first().filter(|hole| hole.0 <= high) {
            if let (Some(start), Some(end)) = (rest, from.previous())
                && start <= end
            {
                out.push((start, end));
            }
            // A hole wholly before `low` leaves what is left as it was.
            rest = rest.and_then(|start| to.next().map(|after| after.max(start)));
            // A hole that reaches past this interval may reach into the next.
            if to > high {
                break;
            }
            holes = &holes[1..];
        }
        if let Some(start) = rest.filter(|start| *start <= high) {
            out.push((start, high));
        }
    }
}
