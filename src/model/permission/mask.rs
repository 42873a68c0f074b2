//! What a principal may do at all, for a fixed list of actions: a quick sieve
//! before resources are looked at.

use super::{Boundary, GroupId, Permissions, PrincipalId, PrincipalKind};
use crate::iam::{Compiled, Effect};

/// A set of the actions of one list, by their places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct ActionMask([u64; 4]);

/// Of every document, which actions of a list it speaks of. A list has at most 256 actions.
#[derive(Debug)]
pub struct ActionMasks<'p> {
    permissions: &'p Permissions,
    all: ActionMask,
    allows: Vec<ActionMask>,
    /// Denied on every resource without a condition.
    denies: Vec<ActionMask>,
}

impl ActionMask {
    /// The greatest number of actions in a list.
    pub const MOST: usize = 256;

    pub fn insert(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    pub fn contains(self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    #[must_use]
    pub fn union(self, other: ActionMask) -> ActionMask {
        self.combine(other, |a, b| a | b)
    }

    #[must_use]
    pub fn intersection(self, other: ActionMask) -> ActionMask {
        self.combine(other, |a, b| a & b)
    }

    #[must_use]
    pub fn difference(self, other: ActionMask) -> ActionMask {
        self.combine(other, |a, b| a & !b)
    }

    pub fn is_empty(self) -> bool {
        self == ActionMask::default()
    }

    fn combine(self, other: ActionMask, with: impl Fn(u64, u64) -> u64) -> ActionMask {
        let mut words = self.0;
        for (word, other) in words.iter_mut().zip(other.0) {
            *word = with(*word, other);
        }
        ActionMask(words)
    }
}

impl Permissions {
    /// Looks through every document for the actions of a list; of more than [`ActionMask::MOST`] the rest is not told.
    pub fn masks(&self, actions: &[&str]) -> ActionMasks<'_> {
        let mut all = ActionMask::default();
        (0..actions.len()).for_each(|at| all.insert(at));
        let of = |document: &Compiled, effect: Effect| {
            let mut mask = ActionMask::default();
            for (at, action) in actions.iter().enumerate() {
                let speaks = document.speaking_of(action).any(|(_, statement)| {
                    statement.effect == effect
                        && (effect == Effect::Allow
                            || (!statement.is_conditional()
                                && statement.principals.is_none()
                                && statement.resources.as_ref().is_none_or(|all| all.only().is_some())
                                && statement.covers_broadly()))
                });
                if speaks {
                    mask.insert(at);
                }
            }
            mask
        };
        ActionMasks {
            permissions: self,
            all,
            allows: self.documents.iter().map(|document| of(document, Effect::Allow)).collect(),
            denies: self.documents.iter().map(|document| of(document, Effect::Deny)).collect(),
        }
    }
}

impl ActionMasks<'_> {
    /// The actions that the principal's identity policies, its boundary and its account's service control policies may
    /// allow on some resource: never fewer than [`Permissions::can`] allows on any. Roles that trust it by itself are
    /// not told here.
    pub fn of(&self, who: PrincipalId) -> ActionMask {
        self.supposing(who, false, None)
    }

    /// As [`ActionMasks::of`], without its boundary or with one more group.
    pub fn supposing(&self, who: PrincipalId, without_boundary: bool, member_of: Option<GroupId>) -> ActionMask {
        let permissions = self.permissions;
        let principal = permissions.principal(who);
        let more = member_of.map_or(&[][..], |group| &permissions.group(group).policies);
        let mut mask = if principal.kind == PrincipalKind::Root {
            self.all
        } else {
            self.either(principal.policies.iter().chain(more), &self.allows)
        };
        mask = mask.difference(self.either(principal.policies.iter().chain(more), &self.denies));
        if let Boundary::Policy(number) = &principal.boundary
            && !without_boundary
        {
            let one = [*number];
            mask = mask.intersection(self.either(one.iter(), &self.allows));
            mask = mask.difference(self.either(one.iter(), &self.denies));
        }
        if !principal.is_service_linked() {
            for level in &permissions.account_of(principal).service_control {
                if !level.is_partial {
                    mask = mask.intersection(self.either(level.policies.iter(), &self.allows));
                }
                mask = mask.difference(self.either(level.policies.iter(), &self.denies));
            }
        }
        mask
    }

    fn either<'n>(&self, policies: impl Iterator<Item = &'n u32>, of: &[ActionMask]) -> ActionMask {
        let documents = policies.map(|number| self.permissions.policies[*number as usize].document);
        documents.fold(ActionMask::default(), |mask, document| {
            mask.union(of.get(document as usize).copied().unwrap_or_default())
        })
    }
}
