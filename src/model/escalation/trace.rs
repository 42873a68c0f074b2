//! The way from a principal, put together of what each account on it knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::AccountId;
use crate::inventory::Missing;

use super::path::{Finding, Move, Verdict};
use super::search::Reached;
use super::{Escalation, tiers};

/// A way, as far as an account knows it.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    moves: Vec<Move>,
    /// What policies on it leave open.
    open: Vec<String>,
    /// Organization policies that were not read, of the accounts that it goes through.
    denials: BTreeMap<AccountId, Vec<String>>,
    /// What was not read of whom it ends at.
    missing: Vec<Missing>,
    /// The role of another account from which it goes on.
    onward: Option<Box<str>>,
}

/// What is told of a principal, but for what other accounts have to say of its way.
#[derive(Debug, Clone)]
pub struct Told {
    pub finding: Finding,
    pub trace: Option<Trace>,
}

impl Trace {
    /// The role of another account from which it goes on.
    pub fn onward(&self) -> Option<&str> {
        self.onward.as_deref()
    }

    /// Goes on with what the role's own account knows of its way.
    fn go_on<'t>(mut self, known: impl Fn(&str) -> Option<&'t Trace>) -> Trace {
        // Each role is nearer than the one before it, so that this ends.
        while let Some(arn) = self.onward.take() {
            let Some(rest) = known(&arn) else { break };
            self.moves.extend(rest.moves.iter().cloned());
            self.open.extend(rest.open.iter().cloned());
            self.denials.extend(rest.denials.iter().map(|(account, missing)| (account.clone(), missing.clone())));
            self.missing.clone_from(&rest.missing);
            self.onward.clone_from(&rest.onward);
        }
        self
    }
}

impl Told {
    /// The finding, with what is known of roles of other accounts.
    pub fn finished<'t>(self, known: impl Fn(&str) -> Option<&'t Trace>) -> Finding {
        let Told { mut finding, trace } = self;
        let Some(trace) = trace.map(|trace| trace.go_on(known)) else { return finding };
        if finding.verdict == Verdict::Unknown {
            finding.missing.extend(trace.missing.iter().map(|missing| missing.why.clone()));
            finding.missing = tiers::once_each(std::mem::take(&mut finding.missing));
            finding.unread = trace.missing.into_iter().reduce(|all, one| all.and(&one));
            return finding;
        }
        finding.moves = trace.moves;
        finding.open = tiers::once_each(trace.open);
        let denials = trace.denials.into_values().flatten();
        finding.conditions = tiers::once_each(finding.open.iter().cloned().chain(denials));
        finding
    }
}

impl Escalation<'_> {
    /// The way from a principal that was reached.
    pub(super) fn trace(&self, reached: &[Option<Reached>], from: usize) -> Trace {
        let world = &self.scout.world;
        let mut at = from;
        let mut homes = BTreeSet::new();
        let mut trace = Trace::default();
        // A way is no longer than there are principals.
        for _ in 0..=reached.len() {
            let actor = self.scout.actor(at);
            if actor.is_foreign {
                trace.onward = Some(actor.arn.into());
                break;
            }
            homes.insert(actor.home);
            let Some(here) = reached.get(at).and_then(Option::as_ref) else { break };
            trace.open.extend(here.grounds.iter().flat_map(|grounds| grounds.conditions.clone()));
            if let Some(step) = &here.step {
                trace.open.extend(step.hops.iter().flat_map(|hop| hop.conditions.clone()));
                trace.moves.push(step.clone());
            }
            match here.next {
                Some(next) => at = next,
                None => break,
            }
        }
        for home in homes.into_iter().filter_map(|home| world.homes.get(home)) {
            let missing = world.permissions.missing_denials(home.account());
            trace.denials.insert(home.account().clone(), missing.iter().map(|missing| missing.why.clone()).collect());
        }
        if trace.onward.is_none() {
            trace.missing = world.permissions.missing_grants(self.scout.actor(at).id).to_vec();
            let here = reached.get(at).and_then(Option::as_ref);
            trace.missing.extend(here.and_then(|here| here.unread.clone()));
        }
        trace
    }
}
