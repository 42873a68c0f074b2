//! How the sides of a question come together to an answer.

use crate::iam::{
    Answer, Applied, Compiled, Effect, Facts, Found, Naming, PolicyKind, Request, Truth, Unsettled, Weighed,
};

use super::thing::Thing;
use super::{Principal, Trust};

/// What one side of a decision says.
#[derive(Default)]
pub struct Side<'p> {
    pub weighed: Weighed<'p>,
    /// Where no statement says so: whatever is asked is allowed, or whether it is is not known.
    pub unread: Option<String>,
    pub open: bool,
}

impl Side<'_> {
    pub fn allows(&self) -> Truth {
        let stated = self.weighed.allow.map_or(Truth::False, |found| found.applied.truth);
        let unread = if self.unread.is_some() { Truth::Unknown } else { Truth::False };
        stated.or(unread).or(Truth::from(self.open))
    }
}

/// What a resource's policy, or a role's trust policy, says of a caller, by how it names it.
#[derive(Default)]
pub struct Trusted<'p> {
    pub ways: Vec<(Naming, Found<'p>)>,
    pub deny: Vec<Found<'p>>,
}

/// What the policy of a resource of this name says of a request.
pub fn named_in<'p>(name: &'p str, document: &'p Compiled, request: &Request<'_>) -> Trusted<'p> {
    let mut trusted = Trusted::default();
    let mut deny = Weighed::default();
    document.each_applied(request, |effect, applied: Applied<'p>| {
        let found = Found { kind: PolicyKind::Resource, policy: name, applied };
        match effect {
            Effect::Deny => deny.take(Effect::Deny, found),
            Effect::Allow => match trusted.ways.iter_mut().find(|(naming, _)| *naming == applied.naming) {
                Some((_, known)) if known.applied.truth < applied.truth => *known = found,
                Some(_) => {}
                None => trusted.ways.push((applied.naming, found)),
            },
        }
    });
    trusted.deny = deny.deny;
    trusted
}

/// What a policy of a resource leaves to others, by how it names the caller: whether identity policies have to allow it
/// too, and whether the boundary has to.
fn leaves(naming: Naming, crosses: bool) -> (bool, bool) {
    let identity = crosses || naming == Naming::Account;
    // What it allows a user or a session by its own ARN, no boundary takes back by its silence.
    (identity, identity || naming != Naming::Itself)
}

/// How sure a way is by which a policy of a resource allows it.
fn worth(way: &(Naming, Found<'_>), identity: &Side<'_>, boundary: &Side<'_>, crosses: bool) -> Truth {
    let (by_identity, by_boundary) = leaves(way.0, crosses);
    let mut truth = way.1.applied.truth;
    if by_identity {
        truth = truth.and(identity.allows());
    }
    if by_boundary {
        truth = truth.and(boundary.allows());
    }
    truth
}

/// An answer in the making.
pub struct Decision<'f, 'p> {
    facts: &'f dyn Facts,
    truth: Truth,
    deciding: Vec<crate::iam::Deciding<'p>>,
    conditions: Vec<Unsettled<'p>>,
}

impl<'f, 'p> Decision<'f, 'p> {
    pub fn new(facts: &'f dyn Facts) -> Decision<'f, 'p> {
        Decision { facts, truth: Truth::True, deciding: Vec::new(), conditions: Vec::new() }
    }

    pub fn allowed_by(&mut self, found: &Found<'p>) {
        self.truth = self.truth.and(found.applied.truth);
        self.deciding.push(found.deciding(Effect::Allow));
        found.unsettled(Effect::Allow, self.facts, &mut self.conditions);
    }

    pub fn unknown(&mut self, why: String) {
        self.truth = self.truth.and(Truth::Unknown);
        self.conditions.push(Unsettled::Unknown(why));
    }

    /// A bound has to allow it; its statement is not told unless it has open conditions.
    pub fn bounded_by(&mut self, side: &Side<'p>) {
        self.truth = self.truth.and(side.allows());
        if side.allows() != Truth::Unknown {
            return;
        }
        if let Some(found) = &side.weighed.allow {
            found.unsettled(Effect::Allow, self.facts, &mut self.conditions);
        }
        self.conditions.extend(side.unread.clone().map(Unsettled::Unknown));
    }

    fn allowed_by_side(&mut self, side: &Side<'p>) {
        match &side.weighed.allow {
            Some(found) if !side.open => self.allowed_by(found),
            _ => self.bounded_by(side),
        }
    }

    /// The principal's own policies, within the boundary.
    pub fn act(&mut self, identity: &Side<'p>, boundary: &Side<'p>, lacks: Option<String>) {
        self.truth = self.truth.and(identity.allows()).and(boundary.allows());
        if identity.allows() == Truth::False {
            self.conditions.push(Unsettled::Unknown("no identity policy allows it".to_owned()));
        } else if let Some(why) = lacks {
            self.conditions.push(Unsettled::Unknown(why));
        } else {
            self.allowed_by_side(identity);
            self.bounded_by(boundary);
        }
    }

    /// Why it is not allowed; none if it may be.
    pub fn lacking(&self) -> Option<String> {
        if self.truth != Truth::False {
            return None;
        }
        self.conditions.iter().rev().find_map(|one| match one {
            Unsettled::Unknown(why) => Some(why.clone()),
            Unsettled::Condition { .. } => None,
        })
    }

    /// A role is to be taken on: its trust policy must allow it, and by how that names the caller, others too.
    pub fn assume(
        &mut self,
        role: &Principal,
        trusted: &Trusted<'p>,
        identity: &Side<'p>,
        boundary: &Side<'p>,
        crosses: bool,
        boundary_lacks: Option<String>,
    ) -> Option<String> {
        if let Trust::Unreadable(why) = &role.trust {
            self.act(identity, boundary, boundary_lacks);
            self.unknown(format!("the trust policy of {} cannot be read: {why}", role.arn));
            return self.lacking();
        }
        let rank = |way: &&(Naming, Found<'p>)| (worth(way, identity, boundary, crosses), way.0);
        let Some(way) = trusted.ways.iter().max_by_key(rank) else {
            return Some("the role's trust policy does not allow it".to_owned());
        };
        if worth(way, identity, boundary, crosses) == Truth::False {
            if leaves(way.0, crosses).0 && identity.allows() == Truth::False {
                return Some("the role's trust policy leaves it to identity policies, and none allows it".to_owned());
            }
            return boundary_lacks.or_else(|| Some("the permissions boundary does not allow it".to_owned()));
        }
        self.allowed_by_way(way, identity, boundary, crosses);
        None
    }

    fn allowed_by_way(&mut self, way: &(Naming, Found<'p>), identity: &Side<'p>, boundary: &Side<'p>, crosses: bool) {
        let (by_identity, by_boundary) = leaves(way.0, crosses);
        self.allowed_by(&way.1);
        if by_identity {
            self.allowed_by_side(identity);
        }
        if by_boundary {
            self.bounded_by(boundary);
        }
    }

    /// Something is acted on that has a policy: in its own account that or the principal's policies must allow it, from
    /// another account both must.
    pub fn act_on(
        &mut self,
        thing: &Thing,
        named: &Trusted<'p>,
        identity: &Side<'p>,
        boundary: &Side<'p>,
        crosses: bool,
        boundary_lacks: Option<String>,
    ) -> Option<String> {
        let best = named.ways.iter().max_by_key(|way| (worth(way, identity, boundary, crosses), way.0));
        if crosses {
            self.act(identity, boundary, boundary_lacks);
            if let Some(why) = self.lacking() {
                return Some(why);
            }
            match (best, thing.unread(), &thing.lets_in) {
                (Some((_, found)), ..) => {
                    self.allowed_by(found);
                    thing.keeps_out.iter().for_each(|why| self.unknown(why.clone()));
                }
                (None, Some(why), _) => self.unknown(why.to_owned()),
                (None, None, Some(why)) => self.unknown(why.clone()),
                (None, None, None) => return Some(format!("no policy of {} lets another account do it", thing.arn)),
            }
            return None;
        }
        match best.filter(|way| worth(way, identity, boundary, false) > identity.allows().and(boundary.allows())) {
            Some(way) => self.allowed_by_way(way, identity, boundary, false),
            None => self.act(identity, boundary, boundary_lacks),
        }
        let lacking = self.lacking();
        if lacking.is_none() {
            // It might deny it.
            thing.unread().into_iter().for_each(|why| self.unknown(why.to_owned()));
        }
        lacking
    }

    pub fn finish(mut self, denials: &[Found<'p>]) -> Answer<'p> {
        for deny in denials {
            deny.unsettled(Effect::Deny, self.facts, &mut self.conditions);
        }
        let may = self.truth.may();
        let must = self.truth.must() && denials.is_empty();
        Answer { may, must, deciding: self.deciding, conditions: self.conditions, lacking: None }
    }
}
