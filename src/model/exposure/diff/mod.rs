//! What a change of a network means: which packets it lets in that were kept out, and the other way round.
//!
//! *Level*: what is compared: one object's rules, what is delivered at an address, or what is answered there.
//! *Latent*: an object lets in more than before, and another gate still keeps all of it out.

mod objects;
mod places;

use std::collections::BTreeMap;

use crate::inventory::Missing;
use crate::model::topology::Topology;
use crate::model::walk;
use crate::net::PacketSet;

use super::{Bounds, Exposure, Witness};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    SecurityGroup,
    NetworkAcl,
    RouteTable,
    Delivered,
    Conversational,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::SecurityGroup => "security-group",
            Level::NetworkAcl => "network-acl",
            Level::RouteTable => "route-table",
            Level::Delivered => "delivered",
            Level::Conversational => "conversational",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }
}

/// What a change comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    Equal,
    /// Something decides that was not read.
    Unknown,
    Latent,
    Narrowed,
    Widened,
    Mixed,
}

impl Drift {
    pub fn as_str(self) -> &'static str {
        match self {
            Drift::Equal => "equal",
            Drift::Unknown => "unknown",
            Drift::Latent => "latent",
            Drift::Narrowed => "narrowed",
            Drift::Widened => "widened",
            Drift::Mixed => "mixed",
        }
    }

    fn of(opens: bool, closes: bool) -> Drift {
        match (opens, closes) {
            (false, false) => Drift::Equal,
            (true, false) => Drift::Widened,
            (false, true) => Drift::Narrowed,
            (true, true) => Drift::Mixed,
        }
    }
}

/// What of one object, or at one address, is not as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub level: Level,
    pub resource: String,
    /// The interface, where the resource is not one.
    pub interface: Option<String>,
    pub vpc: Option<String>,
    pub address: Option<String>,
    pub class: Option<super::Class>,
    pub direction: Option<Direction>,
    pub verdict: Drift,
    /// The gate that keeps out what a latent change would let in.
    pub masked_by: Option<String>,
    pub opened: PacketSet,
    pub closed: PacketSet,
    /// The same of the members of groups, by group.
    pub opened_to: BTreeMap<String, PacketSet>,
    pub closed_to: BTreeMap<String, PacketSet>,
    pub witness: Option<Witnessed>,
    pub cause: String,
    /// What is missing to know more.
    pub missing: Option<Missing>,
}

/// A packet whose fate has changed, walked through both networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Witnessed {
    pub witness: Witness,
    pub before: walk::Verdict,
    pub after: walk::Verdict,
}

/// All changes, and what they come to at addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    pub verdict: Drift,
    pub changes: Vec<Change>,
}

/// One side of a comparison: a whole network, or one thing in it.
#[derive(Clone, Copy)]
pub struct Side<'t, 'i> {
    pub topology: &'t Topology<'i>,
    /// The id of the one thing.
    pub only: Option<&'t str>,
}

/// Why two networks cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    #[error("`{0}` is in neither snapshot")]
    Nowhere(String),
}

/// Compares what is before with what is after.
///
/// # Errors
/// What is to be compared is in neither.
pub fn diff(before: Side<'_, '_>, after: Side<'_, '_>) -> Result<Diff, DiffError> {
    let (exposed_before, exposed_after) = (Exposure::of(before.topology), Exposure::of(after.topology));
    let at_places = places::compare(before, after, &exposed_before, &exposed_after);
    let of_objects = objects::compare(before, after, &at_places.latent, &at_places.opened);
    if let (Some(before), Some(after)) = (before.only, after.only)
        && !of_objects.met
        && !at_places.met
    {
        let names = if before == after { before.to_owned() } else { format!("{before}` or `{after}") };
        return Err(DiffError::Nowhere(names));
    }
    let is_object = after.only.is_some_and(|id| ["sg-", "acl-", "rtb-"].iter().any(|kind| id.starts_with(kind)));
    let mut changes = of_objects.changes;
    if !is_object {
        changes.extend(at_places.changes);
    }
    let verdict = verdict(&changes, is_object);
    Ok(Diff { verdict, changes })
}

/// What changes come to: at addresses; of an object, in itself.
fn verdict(changes: &[Change], of_object: bool) -> Drift {
    let decides = |change: &&Change| if of_object { true } else { change.level == Level::Conversational };
    let counted: Vec<&Change> = changes.iter().filter(decides).filter(|one| one.verdict != Drift::Latent).collect();
    let opens = counted.iter().any(|one| !one.opened.is_empty() || !one.opened_to.is_empty());
    let closes = counted.iter().any(|one| !one.closed.is_empty() || !one.closed_to.is_empty());
    if opens || closes {
        return Drift::of(opens, closes);
    }
    if changes.iter().any(|one| one.verdict == Drift::Unknown) {
        return Drift::Unknown;
    }
    if changes.iter().any(|one| one.verdict == Drift::Latent) { Drift::Latent } else { Drift::Equal }
}

/// What is certainly let in that was certainly kept out, the other way round, and what is missing to know more.
struct Compared {
    opened: PacketSet,
    closed: PacketSet,
    missing: Option<Missing>,
}

impl Compared {
    fn of(before: &Bounds, after: &Bounds) -> Compared {
        let opened = after.must().difference(before.may());
        let closed = before.must().difference(after.may());
        let exact = before.is_exact() && after.is_exact();
        let in_doubt = || [before.missing(), after.missing()].into_iter().flatten().cloned();
        let missing = if exact { None } else { in_doubt().reduce(|all, one| all.and(&one)) };
        Compared { opened, closed, missing }
    }

    /// A mistake of this program: neither the sets nor the walk is believed here, and nothing counts as changed.
    fn disbelieve(&mut self, error: &super::Disagreement) {
        self.opened = PacketSet::default();
        self.closed = PacketSet::default();
        self.missing = Some(Missing::because(error.to_string()));
    }

    fn verdict(&self) -> Drift {
        match Drift::of(!self.opened.is_empty(), !self.closed.is_empty()) {
            Drift::Equal if self.missing.is_some() => Drift::Unknown,
            known => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exposure::{Disagreement, internet};

    #[test]
    fn what_the_walk_contradicts_is_unknown_and_opens_nothing() {
        let mut compared = Compared::of(&Bounds::default(), &Bounds::exactly(internet(4)));
        assert_eq!(compared.verdict(), Drift::Widened);
        compared.disbelieve(&Disagreement {
            from: "198.41.0.4".to_owned(),
            to: "52.0.0.5".to_owned(),
            protocol: "tcp 22".to_owned(),
            expected: "reachable",
            found: "blocked",
            reason: "no rule".to_owned(),
        });
        assert_eq!(compared.verdict(), Drift::Unknown);
        assert!(compared.opened.is_empty() && compared.missing.is_some());
    }
}
