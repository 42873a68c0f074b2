//! The way from a principal, put together of what each account on it knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::AccountId;
use crate::inventory::Missing;

use super::path::{Finding, Move, Verdict};
use super::scout::Scout;
use super::search::Reached;
use super::shelf::kept;
use super::tiers;

/// A way, or the part of one that is known by itself.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    moves: Vec<Move>,
    /// What policies on it leave open.
    open: Vec<String>,
    /// Organization policies that were not read, of the accounts that it goes through.
    denials: BTreeMap<AccountId, Vec<String>>,
    /// What was not read of whom it ends at.
    missing: Vec<Missing>,
    /// The place of the principal from which it goes on, where it was cut.
    pub onward: Option<usize>,
}

kept!(Trace { moves, open, denials, missing, onward });

impl Trace {
    /// Goes on with what comes after it.
    pub fn go_on(&mut self, rest: &Trace) {
        self.moves.extend(rest.moves.iter().cloned());
        self.open.extend(rest.open.iter().cloned());
        self.denials.extend(rest.denials.iter().map(|(account, missing)| (account.clone(), missing.clone())));
        self.missing.clone_from(&rest.missing);
        self.onward = rest.onward;
    }

    /// Goes on with a move, made in an account.
    pub fn step(&mut self, step: Move, account: &AccountId, denials: &[String]) {
        self.open.extend(step.hops.iter().flat_map(|hop| hop.conditions.clone()));
        self.moves.push(step);
        self.denials.insert(account.clone(), denials.to_vec());
    }

    /// A finding with its way.
    pub fn finish(self, mut finding: Finding) -> Finding {
        if finding.verdict == Verdict::Unknown {
            // To whom it comes only by something of a service there is no way to tell.
            let all: Vec<Missing> =
                if self.missing.is_empty() { finding.nearer.iter().cloned().collect() } else { self.missing };
            finding.missing.extend(all.iter().map(|missing| missing.why.clone()));
            finding.missing = tiers::once_each(std::mem::take(&mut finding.missing));
            finding.unread = all.into_iter().reduce(|all, one| all.and(&one));
            return finding;
        }
        finding.moves = self.moves;
        finding.open = tiers::once_each(self.open);
        let denials = self.denials.into_values().flatten();
        finding.conditions = tiers::once_each(finding.open.iter().cloned().chain(denials));
        finding
    }
}

impl Scout<'_> {
    /// The way from a principal that was reached, up to the first on it at which it is to be cut.
    pub fn trace(&self, reached: &[Option<Reached>], from: usize, is_cut: impl Fn(usize) -> bool) -> Trace {
        let world = &self.world;
        let mut at = from;
        let mut homes = BTreeSet::new();
        let mut trace = Trace::default();
        // A way is no longer than there are principals.
        for _ in 0..=reached.len() {
            let actor = self.actor(at);
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
            if is_cut(at) {
                trace.onward = Some(at);
                break;
            }
        }
        for home in homes.into_iter().filter_map(|home| world.homes.get(home)) {
            trace.denials.insert(home.account().clone(), self.denials(home.account()));
        }
        if trace.onward.is_none() {
            trace.missing = world.permissions.missing_grants(self.actor(at).id).to_vec();
            let here = reached.get(at).and_then(Option::as_ref);
            trace.missing.extend(here.and_then(|here| here.unread.clone()));
        }
        trace
    }

    /// The organization policies of an account that were not read.
    pub fn denials(&self, account: &AccountId) -> Vec<String> {
        let missing = self.world.permissions.missing_denials(account);
        missing.iter().map(|missing| missing.why.clone()).collect()
    }
}
