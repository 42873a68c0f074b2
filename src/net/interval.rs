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
        for (low, high) in ranges {
            match merged.last_mut() {
                // Adjacent intervals merge too: [0,1] and [2,3] are one set of four points.
                Some(last) if last.1.next().is_none_or(|after| low <= after) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
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
        Intervals::from_ranges(self.0.iter().chain(&other.0).copied())
    }

    pub fn intersection(&self, other: &Self) -> Self {
        let (mut a, mut b, mut out) = (0, 0, Vec::new());
        while let (Some(left), Some(right)) = (self.0.get(a), other.0.get(b)) {
            let (low, high) = (left.0.max(right.0), left.1.min(right.1));
            if low <= high {
                out.push((low, high));
            }
            if left.1 < right.1 { a += 1 } else { b += 1 }
        }
        // Pieces of two canonical sets never touch: a gap of either lies between them.
        Intervals(out)
    }

    pub fn complement(&self) -> Self {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut next = Some(T::MIN);
        for &(low, high) in &self.0 {
            if let (Some(start), Some(end)) = (next, low.previous())
                && start <= end
            {
                out.push((start, end));
            }
            next = high.next();
        }
        if let Some(start) = next {
            out.push((start, T::MAX));
        }
        Intervals(out)
    }

    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }
}
