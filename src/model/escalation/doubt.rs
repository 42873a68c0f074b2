//! Who could be nearer to an administrator than what was read shows: those of whom a policy was not read that could
//! grant, those who may act as somebody who was not listed, and whoever comes to them. That such a policy could deny as well
//! is not supposed: an administrator is told of rather than hidden behind what nobody read.

use std::collections::BTreeSet;

use crate::arn::Scope;
use crate::iam::RequestContext;
use crate::inventory::Missing;
use crate::model::permission::Supposing;

use super::access::ASSUME;
use super::scout::Who;
use super::search::{Phase, Search};

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

/// Whether a pattern of ARNs may mean something of an account.
fn may_be_of(pattern: &str, account: &str) -> bool {
    let mut fields = pattern.splitn(6, ':');
    let before: Vec<&str> = fields.by_ref().take(5).collect();
    // A wildcard may stand for colons too.
    before.iter().any(|field| field.contains(['*', '?'])) || before.get(4) == Some(&account)
}

impl Search<'_, '_> {
    /// Those of whom not every policy was read that could grant, with what else was not read. Who comes to an
    /// administrator for certain comes no nearer by it.
    pub(super) fn unread(&self) -> Vec<(usize, Option<Missing>)> {
        let own = self.scout.world.actors.iter().enumerate().filter(|(_, actor)| !actor.is_foreign);
        let found = own.filter_map(|(index, actor)| {
            if self.near(index).is_some_and(|near| near.0 == Phase::Proven) {
                return None;
            }
            let unread = self.scout.unread_version(index);
            (unread.is_some() || !self.scout.world.permissions.missing_grants(actor.id).is_empty())
                .then_some((index, unread))
        });
        found.collect()
    }

    /// Finds out who could be nearer by those, or by somebody who was not listed.
    pub(super) fn doubt(&mut self, unread: &[(usize, Option<Missing>)]) {
        if unread.is_empty() && self.scout.world.unlisted.is_empty() {
            return;
        }
        let unlisted = |index| Some(Doubt { by_service: false, missing: self.by_unlisted(index)? });
        let mut doubts: Vec<Option<Doubt>> = (0..self.scout.world.actors.len()).map(unlisted).collect();
        for (index, version) in unread {
            let grants = self.scout.world.permissions.missing_grants(self.scout.actor(*index).id);
            if let Some(place) = doubts.get_mut(*index) {
                let unlisted = place.take().map(|doubt| doubt.missing);
                let missing = grants.iter().chain(version).cloned().chain(unlisted).reduce(|all, one| all.and(&one));
                *place = missing.map(|missing| Doubt { by_service: false, missing });
            }
        }
        let takes = |index: usize, by_service: bool| match self.near(index) {
            Some((Phase::Proven, _)) => false,
            Some((Phase::Possible, _)) => !by_service,
            _ => true,
        };
        spread(
            &mut doubts,
            |target, take| {
                self.each_source(
                    target,
                    |index| takes(index, false),
                    |index, _, ask| {
                        if ask().is_some() {
                            take(index, false);
                        }
                    },
                );
                if !self.scout.actor(target).body.is_user() {
                    self.users_of(target).into_iter().for_each(|index| take(index, true));
                }
            },
            takes,
        );
        self.doubts = doubts;
    }

    /// Whether somebody may act as a user or role that was not listed. In its own account it takes no permission to be
    /// trusted by name; in another's it takes one to assume roles that could be there.
    fn by_unlisted(&self, index: usize) -> Option<Missing> {
        let (scout, actor) = (self.scout, self.scout.actor(index));
        let is_settled = self.near(index).is_some_and(|near| near.0 == Phase::Proven);
        if actor.is_foreign || actor.body.is_service_linked() || is_settled {
            return None;
        }
        let own = scout.world.home(actor).account();
        let unlisted = &scout.world.unlisted;
        if let Some((_, missing)) = unlisted.iter().find(|(scope, _)| scope.account == *own) {
            return Some(missing.clone());
        }
        if !actor.abilities.has(ASSUME) {
            return None;
        }
        let who = Who { index, supposing: Supposing { is_unlisted: true, ..Supposing::default() } };
        let may = |role: &str| scout.ask(who, ASSUME, role, &RequestContext::new()).is_some();
        // Most name the accounts whose roles they assume, and nobody is asked about all the others.
        let patterns = scout.patterns(index, &[ASSUME]);
        let is_named = |scope: &Scope| patterns.iter().any(|pattern| may_be_of(pattern, scope.account.as_str()));
        let mut unlisted = unlisted.iter().filter(|(scope, _)| is_named(scope));
        let of = unlisted.find(|(scope, _)| scout.names_of_roles(index, scope).iter().any(|role| may(role)));
        of.map(|(_, missing)| missing.clone())
    }
}
