//! What comes out of a question, between two bounds.

use std::fmt;

use super::compiled::{Applied, Compiled, Request};
use super::context::{Facts, RequestContext};
use super::{Condition, Document, Effect};

/// The answer in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Not allowed in any context.
    Denied,
    /// Allowed in some context and not in every one.
    Conditional,
    /// Allowed in every context that fits what is known.
    Allowed,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Denied => "denied",
            Verdict::Conditional => "conditional",
            Verdict::Allowed => "allowed",
        }
    }
}

/// What kind of policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// On a user, a role or a group, its own or attached.
    Identity,
    Boundary,
    ServiceControl,
    ResourceControl,
    /// On a resource: for a role, its trust policy.
    Resource,
}

impl PolicyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            PolicyKind::Identity => "identity policy",
            PolicyKind::Boundary => "permissions boundary",
            PolicyKind::ServiceControl => "service control policy",
            PolicyKind::ResourceControl => "resource control policy",
            PolicyKind::Resource => "resource policy",
        }
    }
}

/// A statement that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deciding<'d> {
    pub kind: PolicyKind,
    /// The policy's name.
    pub policy: &'d str,
    /// The statement's index in it, from 0.
    pub statement: usize,
    pub sid: Option<&'d str>,
    pub effect: Effect,
}

/// Something that is not settled, for which reason an answer is conditional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsettled<'d> {
    /// A condition of a statement that decides: it must hold (Allow) or must not (Deny).
    Condition { of: Deciding<'d>, condition: &'d Condition },
    /// Something else that decides and is not known, in one line.
    Unknown(String),
}

/// Whether something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'d> {
    /// Whether some context that fits what is known allows it.
    pub may: bool,
    /// Whether every such context does; implies `may`.
    pub must: bool,
    /// The statements that allow it; if it is denied, the one that denies it, or none if nothing allows it.
    pub deciding: Vec<Deciding<'d>>,
    /// Why it is not allowed in every context.
    pub conditions: Vec<Unsettled<'d>>,
    /// Why it is denied where no statement does that, in one line: no policy allows it, or which bound does not.
    pub lacking: Option<String>,
}

impl<'d> Answer<'d> {
    pub fn verdict(&self) -> Verdict {
        match (self.may, self.must) {
            (_, true) => Verdict::Allowed,
            (true, false) => Verdict::Conditional,
            (false, false) => Verdict::Denied,
        }
    }

    /// Nothing allows it.
    pub fn lacking(why: impl Into<String>) -> Answer<'d> {
        Answer { may: false, must: false, deciding: Vec::new(), conditions: Vec::new(), lacking: Some(why.into()) }
    }

    /// Whether a statement denies it, whatever else may allow it.
    pub fn is_explicit_denial(&self) -> bool {
        !self.may && self.deciding.iter().any(|deciding| deciding.effect == Effect::Deny)
    }
}

impl<'d> Deciding<'d> {
    pub fn new(kind: PolicyKind, policy: &'d str, applied: &Applied<'d>, effect: Effect) -> Deciding<'d> {
        let sid = applied.statement().and_then(|statement| statement.sid.as_deref());
        Deciding { kind, policy, statement: applied.index, sid, effect }
    }
}

impl fmt::Display for Deciding<'_> {
    /// `policy#Sid`, or `policy#0` where the statement has no name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sid.filter(|sid| !sid.is_empty()) {
            Some(sid) => write!(f, "{}#{sid}", self.policy),
            None => write!(f, "{}#{}", self.policy, self.statement),
        }
    }
}

impl fmt::Display for Unsettled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsettled::Condition { of, condition } => {
                let word = if of.effect == Effect::Deny { "unless " } else { "" };
                let values: Vec<&str> = condition.values.iter().map(String::as_str).collect();
                write!(f, "{word}{} {} {} ({of})", condition.key, condition.operator, values.join(" or "))
            }
            Unsettled::Unknown(why) => f.write_str(why),
        }
    }
}

/// Of the statements of some policies that apply to one request, those that count.
#[derive(Debug, Default)]
pub struct Weighed<'d> {
    /// The best that allows it: one that certainly applies, or the first that may.
    pub allow: Option<Found<'d>>,
    /// The one that denies it for certain, or every one that may.
    pub deny: Vec<Found<'d>>,
}

/// A statement that applies, and the policy that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Found<'d> {
    pub kind: PolicyKind,
    pub policy: &'d str,
    pub applied: Applied<'d>,
}

impl<'d> Found<'d> {
    pub fn deciding(&self, effect: Effect) -> Deciding<'d> {
        Deciding::new(self.kind, self.policy, &self.applied, effect)
    }

    /// Adds what of it is not settled.
    pub fn unsettled(&self, effect: Effect, facts: &dyn Facts, into: &mut Vec<Unsettled<'d>>) {
        if self.applied.truth.must() {
            return;
        }
        let of = self.deciding(effect);
        let open = self.applied.unsettled(facts);
        if open.is_empty() {
            into.push(Unsettled::Unknown(format!("whether {of} speaks of this request is not known")));
        }
        into.extend(open.into_iter().map(|condition| Unsettled::Condition { of, condition }));
    }
}

impl<'d> Weighed<'d> {
    /// Adds what a policy says of the request.
    pub fn add(&mut self, kind: PolicyKind, policy: &'d str, document: &'d Compiled, request: &Request<'_>) {
        document.each_applied(request, |effect, applied| self.take(effect, Found { kind, policy, applied }));
    }

    /// Adds a statement that applies.
    pub fn take(&mut self, effect: Effect, found: Found<'d>) {
        match effect {
            Effect::Allow => {
                if self.allow.is_none_or(|known| known.applied.truth < found.applied.truth) {
                    self.allow = Some(found);
                }
            }
            Effect::Deny => {
                if self.is_denied() {
                    return;
                }
                if found.applied.truth.must() {
                    self.deny.clear();
                }
                self.deny.push(found);
            }
        }
    }

    /// Whether a statement denies it for certain.
    pub fn is_denied(&self) -> bool {
        self.deny.first().is_some_and(|found| found.applied.truth.must())
    }

    /// The answer, where these policies are all that decide.
    pub fn answer(&self, facts: &dyn Facts) -> Answer<'d> {
        if self.is_denied() {
            let deciding = self.deny.iter().map(|found| found.deciding(Effect::Deny)).collect();
            return Answer { may: false, must: false, deciding, conditions: Vec::new(), lacking: None };
        }
        let Some(allow) = &self.allow else { return Answer::lacking("no policy allows it") };
        let mut conditions = Vec::new();
        allow.unsettled(Effect::Allow, facts, &mut conditions);
        for deny in &self.deny {
            deny.unsettled(Effect::Deny, facts, &mut conditions);
        }
        let must = allow.applied.truth.must() && self.deny.is_empty();
        Answer { may: true, must, deciding: vec![allow.deciding(Effect::Allow)], conditions, lacking: None }
    }
}

/// Compiled documents with their names, asked as the policies of one principal.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    policies: Vec<(String, Compiled)>,
}

impl PolicySet {
    pub fn new<'n>(policies: impl IntoIterator<Item = (&'n str, Document)>) -> PolicySet {
        let compiled = |(name, document): (&str, Document)| (name.to_owned(), Compiled::new(document.into()));
        PolicySet { policies: policies.into_iter().map(compiled).collect() }
    }

    /// Whether these policies allow an action on a resource. `Principal` elements are not looked at.
    pub fn can(&self, action: &str, resource: &str, context: &RequestContext) -> Answer<'_> {
        let request = Request { action, resource, facts: context, caller: None };
        let mut weighed = Weighed::default();
        for (name, document) in &self.policies {
            weighed.add(PolicyKind::Identity, name, document, &request);
        }
        weighed.answer(context)
    }
}
