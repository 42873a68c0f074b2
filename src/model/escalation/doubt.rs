//! Who could be nearer to an administrator than what was read shows: those of whom a policy was not read that could
//! grant, and whoever comes to them. That such a policy could deny as well is not supposed: an administrator is told of
//! rather than hidden behind what nobody read.

use std::collections::BTreeSet;

use crate::inventory::Missing;

/// That a principal could be nearer than it is told to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Whether only by something of a service, which at best makes a way possible.
    pub by_service: bool,
    /// What was not read.
    pub missing: Missing,
}

/// Spreads doubts from whom they are of to whoever comes to those.
///
/// `sources` tells of a principal who comes to it, each with whether it takes something of a service; `takes` whether a
/// principal could be nearer by a doubt of that kind. Of several doubts a principal keeps the least, whatever the order.
pub fn spread(
    doubts: &mut [Option<Doubt>],
    mut sources: impl FnMut(usize, &mut dyn FnMut(usize, bool)),
    takes: impl Fn(usize, bool) -> bool,
) {
    // The least first: on its way a doubt never gets less, so that nobody is asked about twice.
    let mut waiting: BTreeSet<(Doubt, usize)> =
        doubts.iter().enumerate().filter_map(|(of, doubt)| Some((doubt.clone()?, of))).collect();
    while let Some((doubt, of)) = waiting.pop_first() {
        if doubts.get(of).is_none_or(|known| known.as_ref() != Some(&doubt)) {
            continue;
        }
        sources(of, &mut |from, service| {
            // Through two services' things: the first of them makes a way no more than possible.
            if service && doubt.by_service {
                return;
            }
            let by_service = service || doubt.by_service;
            if !takes(from, by_service) {
                return;
            }
            let next = Doubt { by_service, missing: doubt.missing.clone() };
            if let Some(place) = doubts.get_mut(from)
                && place.as_ref().is_none_or(|known| next < *known)
            {
                *place = Some(next.clone());
                waiting.insert((next, from));
            }
        });
    }
}
