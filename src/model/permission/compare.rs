//! What became of a principal's permissions between two inventories: by all the
//! policies that bear on it, so that a policy that another layer takes back, or a
//! document that is only written in another way, is no change.

use std::collections::BTreeSet;

use crate::iam::{
    CRITICAL, Change, Comparison, Compiled, Fact, Facts, RequestContext, Seeds, Stack, Witness, compare_documents,
    compare_stacks,
};

use super::known::Known;
use super::{Boundary, Permissions, PrincipalId, PrincipalKind, Trust};

/// How many of the inventory's principals are asked about as resources.
const MOST_RESOURCES: usize = 40;

/// A principal of one of the two inventories.
#[derive(Debug, Clone, Copy)]
pub struct Side<'p> {
    pub permissions: &'p Permissions,
    pub who: PrincipalId,
}

/// The facts of a principal's requests that are the same for all of them.
struct Steady<'k>(Known<'k>);

impl Facts for Steady<'_> {
    fn fact(&self, key: &str) -> Fact<'_> {
        let steady = key.starts_with("aws:principal") || matches!(key, "aws:username" | "aws:userid");
        if steady { self.0.fact(key) } else { Fact::Unknown }
    }
}

/// Compares what a principal may do, before and after.
///
/// Where policies were not read on one of the sides, what is not known to be different is `Unknown`.
pub fn compare_permissions(old: Side<'_>, new: Side<'_>) -> Comparison {
    let is_partial = old.is_partial() || new.is_partial();
    let unchanged = if is_partial { Change::Unknown } else { Change::Equal };
    if old.says_the_same(new) {
        return Comparison { change: unchanged, gained: None, lost: None };
    }
    let nothing = RequestContext::new();
    let (before, after) = (Steady(old.known(&nothing)), Steady(new.known(&nothing)));
    let resources = resources(old, new);
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    let seeds = Seeds { actions: &CRITICAL, resources: &resources };
    let mut found = compare_stacks(&old.stack(), &new.stack(), Some((&before, &after)), seeds);
    if is_partial {
        found.change = match found.change {
            Change::Equal => Change::Unknown,
            // What was not read may make up for it on the other side.
            Change::Widened | Change::Narrowed => Change::Mixed,
            other => other,
        };
    }
    found.gained = found.gained.filter(|witness| confirmed(old, new, witness));
    found.lost = found.lost.filter(|witness| confirmed(new, old, witness));
    found
}

/// Compares who may take a role on, before and after; none if one of them is no role.
pub fn compare_trust(old: Side<'_>, new: Side<'_>) -> Option<Comparison> {
    let trust = |side: Side<'_>| matches!(side.permissions.principal(side.who).trust, Trust::None);
    if trust(old) || trust(new) {
        return None;
    }
    match (old.permissions.trust(old.who), new.permissions.trust(new.who)) {
        (Some(old), Some(new)) => Some(compare_documents(old.document(), new.document())),
        _ => Some(Comparison { change: Change::Unknown, gained: None, lost: None }),
    }
}

/// Whether a request is denied on one side and allowed on the other, by all that is known there.
pub fn confirmed(denied: Side<'_>, allowed: Side<'_>, witness: &Witness) -> bool {
    let ask = |side: Side<'_>| {
        let answer = side.permissions.can(side.who, &witness.action, &witness.resource, &witness.context);
        (answer.may, answer.must)
    };
    let ((was, _), (is, _)) = (ask(denied), ask(allowed));
    !was && is
}

/// What a witness may speak of: the principals themselves, then others.
fn resources(old: Side<'_>, new: Side<'_>) -> Vec<String> {
    let account = new.permissions.account(new.who);
    let others = new
        .permissions
        .principals()
        .filter(|id| new.permissions.kind(*id) != PrincipalKind::Root && new.permissions.account(*id) == account);
    let mut all = vec![old.permissions.arn(old.who).to_owned(), new.permissions.arn(new.who).to_owned()];
    all.extend(others.take(MOST_RESOURCES).map(|id| new.permissions.arn(id).to_owned()));
    let mut seen = BTreeSet::new();
    all.retain(|arn| seen.insert(arn.clone()));
    all
}

impl<'p> Side<'p> {
    fn known<'k>(self, given: &'k RequestContext) -> Known<'k>
    where
        'p: 'k,
    {
        let principal = self.permissions.principal(self.who);
        Known {
            permissions: self.permissions,
            principal: Some(principal),
            caller: self.permissions.caller(principal),
            action: "",
            resource: "*",
            owner: Some(self.permissions.account(self.who).as_str()),
            target: None,
            given,
            tagged: &[],
            target_tagged: &[],
        }
    }

    /// The policies that decide, layer by layer.
    fn stack(self) -> Stack<'p> {
        let permissions = self.permissions;
        let principal = permissions.principal(self.who);
        let documents = |numbers: &'p [u32]| permissions.numbered(numbers).map(|(_, document)| document).collect();
        let mut layers: Vec<Vec<&Compiled>> = Vec::new();
        if principal.kind != PrincipalKind::Root {
            layers.push(documents(&principal.policies));
        }
        if let Boundary::Policy(number) = &principal.boundary {
            layers.push(vec![permissions.policy(*number).1]);
        }
        if !principal.is_service_linked() {
            let levels = &permissions.account_of(principal).service_control;
            layers.extend(levels.iter().filter(|level| !level.is_partial).map(|level| documents(&level.policies)));
        }
        Stack { layers }
    }

    /// Whether policies that bear on it were not read.
    fn is_partial(self) -> bool {
        let principal = self.permissions.principal(self.who);
        let bounds = self.permissions.account_of(principal).service_control.iter().any(|level| level.is_partial);
        !principal.missing.is_empty() || matches!(principal.boundary, Boundary::Unread(_)) || bounds
    }

    /// Whether it has the same documents and particulars as the other.
    fn says_the_same(self, other: Side<'_>) -> bool {
        let (own, others) = (self.stack(), other.stack());
        let same = |own: &Vec<&Compiled>, other: &Vec<&Compiled>| {
            own.len() == other.len() && own.iter().zip(other).all(|(own, other)| own.document() == other.document())
        };
        let same_policies = own.layers.len() == others.layers.len()
            && own.layers.iter().zip(&others.layers).all(|(own, other)| same(own, other));
        let (principal, counterpart) = (self.permissions.principal(self.who), other.permissions.principal(other.who));
        same_policies
            && principal.tags == counterpart.tags
            && principal.arn == counterpart.arn
            && principal.unique_id == counterpart.unique_id
    }
}
