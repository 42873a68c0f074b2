//! From many rules to one slab map: a line is swept over the addresses, and where a rule begins or
//! ends the ports of the rules that are under way are put together anew.

use std::cmp::Reverse;

use super::Verdict;
use super::interval::{Point, append};
use super::slab::SlabMap;

/// First and last address, and first and last port: a rectangle that a rule covers.
pub(super) type Rectangle<A, P> = (A, A, (P, P));

/// What any of the rectangles covers.
pub(super) fn union<A: Point, P: Point>(rectangles: Vec<Rectangle<A, P>>) -> SlabMap<A, P> {
    sweep(rectangles, |under_way, out| {
        let begin = out.len();
        for &range in under_way {
            append(begin, range, out);
            // They come by their lowest port: nothing lies above the end of the line.
            if range.1 == P::MAX {
                break;
            }
        }
    })
}

/// What is allowed where the rectangle of the lowest number decides.
pub(super) fn first_match<A: Point>(rules: Vec<(Rectangle<A, u16>, usize, Verdict)>) -> SlabMap<A, u16> {
    let keyed = rules.into_iter().map(|((low, high, ports), number, verdict)| {
        // Numbers fall, so that the rule that decides is painted over all others.
        (low, high, (Reverse(number), ports, verdict == Verdict::Allow))
    });
    sweep(keyed.collect(), |under_way, out| {
        let begin = out.len();
        // What lies under a rule for every port cannot be seen.
        let lowest = under_way.iter().rposition(|rule| rule.1 == (u16::MIN, u16::MAX)).unwrap_or(0);
        for (_, ports, allows) in &under_way[lowest..] {
            paint(begin, *ports, *allows, out);
        }
    })
}

/// `write` gets what is under way in ascending order and appends the ports that come of it; of nothing, nothing.
fn sweep<A: Point, P: Point, K: Ord + Copy>(
    rectangles: Vec<(A, A, K)>,
    write: impl Fn(&[K], &mut Vec<(P, P)>),
) -> SlabMap<A, P> {
    let mut edges = Vec::with_capacity(rectangles.len() * 2);
    for (low, high, key) in rectangles {
        edges.push((low, true, key));
        edges.extend(high.next().map(|after| (after, false, key)));
    }
    edges.sort_unstable_by_key(|edge| edge.0);
    let mut map = SlabMap::with_capacity(edges.len());
    let mut under_way: Vec<K> = Vec::new();
    for edges in edges.chunk_by(|a, b| a.0 == b.0) {
        for &(_, begins, key) in edges {
            let place = under_way.partition_point(|other| *other < key);
            if begins {
                under_way.insert(place, key);
            } else {
                under_way.remove(place);
            }
        }
        map.push(edges[0].0, |out| write(&under_way, out));
    }
    map
}

/// Adds the range to the canonical run `out[begin..]`, or takes it away.
fn paint(begin: usize, (low, high): (u16, u16), adds: bool, out: &mut Vec<(u16, u16)>) {
    // The ranges that the painted one meets; when it adds, also those that it touches.
    let reach = u16::from(adds);
    let (from, to) = (low.saturating_sub(reach), high.saturating_add(reach));
    let first = begin + out[begin..].partition_point(|range| range.1 < from);
    let after = begin + out[begin..].partition_point(|range| range.0 <= to);
    let (mut below, mut above) = (None, None);
    if let Some(met) = out.get(first..after)
        && let (Some(lowest), Some(highest)) = (met.first(), met.last())
    {
        below = (lowest.0 < low).then_some(lowest.0);
        above = (highest.1 > high).then_some(highest.1);
    }
    if adds {
        out.splice(first..after, [(below.unwrap_or(low), above.unwrap_or(high))]);
    } else {
        let left = below.zip(low.checked_sub(1));
        let right = high.checked_add(1).zip(above);
        out.splice(first..after, left.into_iter().chain(right));
    }
}
