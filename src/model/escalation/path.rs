//! What is told of a principal: a verdict, and the way that it rests on.

use crate::arn::AccountId;
use crate::inventory::Missing;

use super::methods::Method;
use super::search::Weight;

/// What is known of a principal, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It may do everything as it is.
    Admin,
    /// A way to an administrator, all of whose ends are in the inventory.
    Proven,
    /// A way through something that no inventory holds, such as a function that has a role.
    Possible,
    /// It has permissions that make administrators, and nothing that they would work on now.
    Capability,
    /// Nothing was found, and policies that could grant were not read.
    Unknown,
    /// Everything was read, and nothing was found.
    None,
}

impl Verdict {
    pub const ALL: [Verdict; 6] =
        [Verdict::Admin, Verdict::Proven, Verdict::Possible, Verdict::Capability, Verdict::Unknown, Verdict::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Admin => "admin",
            Verdict::Proven => "proven",
            Verdict::Possible => "possible",
            Verdict::Capability => "capability",
            Verdict::Unknown => "unknown",
            Verdict::None => "none",
        }
    }
}

/// How near a principal is to everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// May do everything as it is.
    A0,
    /// Makes itself one that may, in one step of IAM.
    A1,
    /// Becomes another principal that is A0 or A1.
    A2,
}

impl Tier {
    pub const ALL: [Tier; 3] = [Tier::A0, Tier::A1, Tier::A2];

    pub fn as_str(self) -> &'static str {
        match self {
            Tier::A0 => "A0",
            Tier::A1 => "A1",
            Tier::A2 => "A2",
        }
    }
}

/// One call on a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The principal that makes it.
    pub caller: String,
    /// As IAM writes it, such as `iam:PutUserPolicy`.
    pub action: String,
    /// The ARN that it is made on; something that does not exist yet has a name that says so.
    pub target: String,
    /// The statement that allows it, as `policy#Sid` or `policy#0`.
    pub statement: String,
    /// Whether it is allowed whatever the request is otherwise like.
    pub certain: bool,
    /// What has to hold for it where it is not.
    pub conditions: Vec<String>,
}

/// What one method does on a way: one call or several.
#[derive(Debug, Clone)]
pub struct Move {
    /// None where steps combine as no list has it.
    pub method: Option<&'static Method>,
    /// In words, a sentence without a full stop.
    pub title: String,
    pub hops: Vec<Hop>,
    /// Who the caller is after it.
    pub becomes: String,
    /// Whether it ends in an administrator by itself: the caller, or who it becomes, is made one.
    pub makes_admin: bool,
    /// What it takes beside the permissions and is not known to be so.
    pub needs: Vec<String>,
}

impl Move {
    pub fn weight(&self) -> Weight {
        (!self.needs.is_empty(), self.hops.len())
    }
}

/// All that is told of a user or role.
#[derive(Debug, Clone)]
pub struct Finding {
    pub principal: String,
    pub account: String,
    pub verdict: Verdict,
    /// For `admin` and `proven`.
    pub tier: Option<Tier>,
    /// The way; none for `admin`, `none` and `unknown`. For `capability` the one call of what it may do.
    pub moves: Vec<Move>,
    /// For `admin`: the statements that make it one.
    pub granted_by: Vec<String>,
    /// What is not settled, for the principal itself and on the way, organization policies that were not read among it.
    pub conditions: Vec<String>,
    /// Those of the conditions that policies set.
    pub open: Vec<String>,
    /// Policies that were not read and could grant more.
    pub missing: Vec<String>,
    /// The same with what would have told, of all but `admin`, whom nothing brings nearer.
    pub unread: Option<Missing>,
    /// What was not read of itself or others by which it could be nearer; none of `admin` and `proven`.
    pub nearer: Option<Missing>,
}

impl Finding {
    /// Of a principal of whom there is nothing to tell.
    pub fn none(principal: &str, account: &AccountId) -> Finding {
        Finding {
            principal: principal.to_owned(),
            account: account.as_str().to_owned(),
            verdict: Verdict::None,
            tier: None,
            moves: Vec::new(),
            granted_by: Vec::new(),
            conditions: Vec::new(),
            open: Vec::new(),
            missing: Vec::new(),
            unread: None,
            nearer: None,
        }
    }

    /// What was not read and could make it nearer: its own policies, or if these were read what others' would tell.
    pub fn not_read(&self) -> impl Iterator<Item = &str> {
        let of_others = self.nearer.iter().filter(|_| self.missing.is_empty());
        self.missing.iter().map(String::as_str).chain(of_others.map(|missing| missing.why.as_str()))
    }

    /// The calls of the way, in order.
    pub fn hops(&self) -> impl Iterator<Item = &Hop> {
        self.moves.iter().flat_map(|one| &one.hops)
    }

    /// Who is an administrator at the end of the way.
    pub fn ends_as(&self) -> &str {
        self.moves.last().map_or(&self.principal, |one| &one.becomes)
    }

    /// Whether it is an administrator or can become one within the inventory.
    pub fn is_effective_admin(&self) -> bool {
        matches!(self.verdict, Verdict::Admin | Verdict::Proven)
    }
}
