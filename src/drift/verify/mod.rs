//! After a recovery: what in an account is dangling, and what an intruder could still use.
//!
//! *Containment*: when the intruder was shut out. *Involved*: a principal that the intruder had. What was made inside
//! the incident and is still there, and what involved principals had before containment and still have, is not
//! hardened, whether or not it is as it was before.

mod dangling;
mod hardening;
mod made;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::inventory::Inventory;

/// What is known of the incident.
#[derive(Debug, Clone, Default)]
pub struct Incident {
    /// When it began and when it ended.
    pub window: Option<(Timestamp, Timestamp)>,
    pub contained: Option<Timestamp>,
    /// ARNs of involved principals: of users, of roles or of their sessions, of root users.
    pub actors: BTreeSet<String>,
    /// Ids or ARNs of what was made inside the incident and is meant to be there.
    pub expected: BTreeSet<String>,
}

impl Incident {
    /// Whether the user or role with this ARN is involved. CloudTrail names a role by its sessions, without its path.
    pub fn involves(&self, arn: &str) -> bool {
        self.actors.contains(arn) || self.actors.iter().any(|actor| is_session_of(actor, arn))
    }
}

/// Whether the first, such as `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`, is a session of this role.
pub fn is_session_of(session: &str, role: &str) -> bool {
    let parts = |arn: &str| -> Option<(String, String, String)> {
        let mut fields = arn.splitn(6, ':');
        let (partition, service) = (fields.nth(1)?, fields.next()?);
        let (account, resource) = (fields.nth(1)?, fields.next()?);
        let name = match (service, resource.split_once('/')?) {
            ("sts", ("assumed-role", rest)) => rest.split('/').next()?,
            ("iam", ("role", rest)) => rest.rsplit('/').next()?,
            _ => return None,
        };
        Some((partition.to_owned(), account.to_owned(), name.to_owned()))
    };
    session.contains(":assumed-role/")
        && role.contains(":role/")
        && parts(session).is_some_and(|of| Some(of) == parts(role))
}

/// Something that names what is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Dangling {
    pub account: String,
    pub region: String,
    pub resource_type: &'static str,
    pub id: String,
    pub what: String,
}

/// Something that was made inside the incident and is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Made {
    pub account: String,
    pub region: String,
    pub resource_type: &'static str,
    pub id: String,
    pub at: Timestamp,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    No,
    Unknown,
    Yes,
    /// The question was not asked: nothing was said of the incident that it needs.
    #[serde(rename = "not-asked")]
    NotAsked,
}

impl Holds {
    pub fn as_str(self) -> &'static str {
        match self {
            Holds::No => "no",
            Holds::Unknown => "unknown",
            Holds::Yes => "yes",
            Holds::NotAsked => "not asked",
        }
    }
}

/// One thing that has to hold for an account to be hardened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hardening {
    pub holds: Holds,
    /// What keeps it from holding, or from being known.
    pub because: BTreeSet<String>,
}

impl Hardening {
    /// Until something keeps it from holding.
    pub fn held() -> Hardening {
        Hardening { holds: Holds::Yes, because: BTreeSet::new() }
    }

    pub fn fails(&mut self, why: String) {
        self.holds = Holds::No;
        self.because.insert(why);
    }

    /// It cannot be told whether it holds; what was not asked stays so.
    pub fn unknown(&mut self, why: String) {
        if self.holds != Holds::NotAsked {
            self.holds = self.holds.min(Holds::Unknown);
            self.because.insert(why);
        }
    }

    pub fn not_asked(why: &str) -> Hardening {
        Hardening { holds: Holds::NotAsked, because: BTreeSet::from([why.to_owned()]) }
    }

    /// Both have to hold.
    pub fn absorb(&mut self, other: Hardening) {
        self.holds = self.holds.min(other.holds);
        self.because.extend(other.because);
    }
}

/// What has to hold, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// No key of an involved principal that is older than containment is active.
    KeysRotated,
    /// Passwords of involved users were changed after containment.
    PasswordsChanged,
    /// Sessions of involved roles that were issued before containment are denied.
    SessionsRevoked,
    /// Nothing that was made inside the incident is there.
    NothingLeftBehind,
    /// Trails, recorders, detectors and flow logs that are there work.
    Watched,
    /// The internet gets no answer that it did not get before.
    Unexposed,
    /// No check of the profile that was named fails.
    Checks,
}

impl Demand {
    /// Those that are about involved principals.
    pub const OF_PRINCIPALS: [Demand; 3] = [Demand::KeysRotated, Demand::PasswordsChanged, Demand::SessionsRevoked];

    pub fn in_words(self) -> &'static str {
        match self {
            Demand::KeysRotated => "no key of an involved principal from before containment is active",
            Demand::PasswordsChanged => "passwords of involved users were changed after containment",
            Demand::SessionsRevoked => "sessions of involved roles from before containment are denied",
            Demand::NothingLeftBehind => "nothing that was made inside the incident is still there",
            Demand::Watched => "trails, recorders, detectors and flow logs work",
            Demand::Unexposed => "the internet gets no answer that it did not get before",
            Demand::Checks => "no check of the hardening profile fails",
        }
    }
}

/// What one account comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Aftermath {
    pub dangling: Vec<Dangling>,
    pub made: Vec<Made>,
    pub hardening: BTreeMap<Demand, Hardening>,
}

impl Aftermath {
    pub fn absorb(&mut self, other: Aftermath) {
        self.dangling.extend(other.dangling);
        self.made.extend(other.made);
        for (demand, one) in other.hardening {
            match self.hardening.get_mut(&demand) {
                Some(all) => all.absorb(one),
                None => drop(self.hardening.insert(demand, one)),
            }
        }
    }
}

/// Looks at one account after its recovery; both inventories may be over surroundings.
pub fn aftermath(before: &Inventory, after: &Inventory, incident: &Incident) -> Aftermath {
    let mut out = Aftermath {
        dangling: dangling::dangling(after),
        made: made::made(after, incident),
        hardening: BTreeMap::new(),
    };
    out.hardening = BTreeMap::from([
        (Demand::KeysRotated, hardening::keys(after, incident)),
        (Demand::PasswordsChanged, hardening::passwords(after, incident)),
        (Demand::SessionsRevoked, hardening::sessions(after, incident)),
        (Demand::NothingLeftBehind, hardening::left_behind(after, incident, &out.made)),
        (Demand::Watched, hardening::watched(after)),
    ]);
    // A region that was not looked at may hold anything.
    let read: BTreeSet<_> = after.ledger.scopes().collect();
    for scope in before.ledger.scopes().filter(|scope| !read.contains(scope)) {
        for demand in [Demand::NothingLeftBehind, Demand::Watched] {
            if let Some(hardening) = out.hardening.get_mut(&demand) {
                hardening.unknown(format!("{scope}: it was not read after the recovery"));
            }
        }
    }
    out
}
