//! Who administers accounts, and who can come to: tiers, methods, ways.
//!
//! *Administrator*: see `tiers`. *Way*: moves by which a principal comes to act as an administrator, each made of calls
//! that IAM allows. *Proven*: all that a way uses is in the inventory. What conditions ask that is not settled is told
//! beside the way; what is settled and fails keeps the way from being one.
//!
//! Limitations and known gaps: an attacker adds and does not tidy up: no Deny is detached, no user is deleted to be
//! made anew. One principal makes every call of a move, so that two who would have to act together on a third are not
//! found unless one of them reaches the other. Of services' things only EC2's instances are in inventories.

mod ability;
mod access;
mod actions;
mod capability;
mod edits;
mod fresh;
pub mod methods;
mod newcomers;
mod passing;
mod path;
mod scout;
mod search;
mod tiers;
mod trust;
mod world;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::AccountId;
use crate::model::Model;

use scout::Scout;
use search::{Phase, Reached, Search};
use world::World;

pub use path::{Finding, Hop, Move, Tier, Verdict};

/// What is known of all principals.
pub struct Escalation<'m> {
    scout: Scout<'m>,
    reached: Vec<Option<Reached>>,
}

/// A user or role of an [`Escalation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of(usize);

impl<'m> Escalation<'m> {
    /// Of all accounts, and between them.
    pub fn of(model: &'m Model<'_>) -> Escalation<'m> {
        Escalation::new(World::of(model.permissions(), model.inventory, None))
    }

    /// Of one account by itself: ways through other accounts are not looked for.
    pub fn within(model: &'m Model<'_>, account: &AccountId) -> Escalation<'m> {
        Escalation::new(World::of(model.permissions(), model.inventory, Some(account)))
    }

    fn new(world: World<'m>) -> Escalation<'m> {
        let scout = Scout::new(world);
        let reached = Search::new(&scout).run();
        Escalation { scout, reached }
    }

    /// By ARN, for facts: of every account by itself.
    pub fn by_account(model: &Model<'_>, account: &AccountId) -> BTreeMap<String, Finding> {
        let findings = Escalation::within(model, account).findings();
        findings.into_iter().map(|finding| (finding.principal.clone(), finding)).collect()
    }

    /// Of every user and role, in the order of accounts and names.
    pub fn findings(&self) -> Vec<Finding> {
        (0..self.reached.len()).map(|index| self.finding(Of(index))).collect()
    }

    /// The user or role with this ARN, or with this name if only one has it.
    ///
    /// # Errors
    /// There is none, or several are called so.
    pub fn find(&self, name: &str) -> Result<Of, String> {
        if let Some(index) = self.scout.world.find(name) {
            return Ok(Of(index));
        }
        let mut called = self.scout.world.actors.iter().enumerate().filter(|(_, actor)| actor.body.name() == name);
        match (called.next(), called.next()) {
            (Some((index, _)), None) => Ok(Of(index)),
            (Some((_, one)), Some((_, other))) => Err(format!(
                "`{name}` is the name of several principals, such as {} and {}: write the ARN",
                one.arn, other.arn
            )),
            (None, _) => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let near = self.scout.world.actors.iter().map(|actor| {
            let known = if name.starts_with("arn:") { actor.arn } else { actor.body.name() };
            (strsim::damerau_levenshtein(known, name), known)
        });
        let near = near.filter(|(distance, _)| *distance <= 3).min();
        let hint = near.map(|(_, known)| format!(": did you mean `{known}`?")).unwrap_or_default();
        format!("the snapshot has no user or role `{name}`{hint}")
    }

    /// What is told of one.
    pub fn finding(&self, of: Of) -> Finding {
        let index = of.0;
        let actor = self.scout.actor(index);
        let mut finding = self.empty(index);
        let permissions = self.scout.world.permissions;
        finding.missing = permissions.missing_grants(actor.id).iter().map(|missing| missing.why.clone()).collect();
        match self.reached.get(index).and_then(Option::as_ref) {
            Some(reached) if reached.phase == Phase::Proven && reached.distance == 0 => {
                finding.verdict = Verdict::Admin;
                finding.tier = reached.tier;
                let grounds = reached.grounds.clone().unwrap_or_default();
                finding.granted_by = grounds.statements;
                finding.open = grounds.conditions.clone();
                finding.conditions = grounds.conditions;
                self.note_unread(&mut finding, BTreeSet::from([actor.home]));
            }
            Some(reached) if reached.phase != Phase::Unknown => {
                finding.verdict = if reached.phase == Phase::Proven { Verdict::Proven } else { Verdict::Possible };
                finding.tier = reached.tier;
                self.follow(&mut finding, &self.reached, index);
            }
            // What AWS's own hand could do is no news.
            None if actor.body.is_service_linked() => {}
            reached => match (self.scout.capability(index), reached) {
                (Some(step), _) => {
                    finding.verdict = Verdict::Capability;
                    finding.conditions = step.hops.iter().flat_map(|hop| hop.conditions.clone()).collect();
                    finding.open = finding.conditions.clone();
                    finding.moves = vec![step];
                }
                (None, Some(_)) => {
                    finding.verdict = Verdict::Unknown;
                    // The way leads to the principal whose policies were not read.
                    let end = self.follow(&mut finding, &self.reached, index);
                    let there = permissions.missing_grants(self.scout.actor(end).id);
                    finding.missing.extend(there.iter().map(|missing| missing.why.clone()));
                    finding.unread = there.iter().cloned().reduce(|all, one| all.and(&one));
                    finding.missing = tiers::once_each(std::mem::take(&mut finding.missing));
                    finding.moves.clear();
                    finding.conditions.clear();
                    finding.open.clear();
                }
                (None, None) => {}
            },
        }
        finding
    }

    /// The shortest way from one principal to another: `proven` or `none`.
    pub fn between(&self, from: Of, to: Of) -> Finding {
        let reached = Search::new(&self.scout).to(to.0, from.0);
        let mut finding = self.empty(from.0);
        if reached.get(from.0).is_some_and(Option::is_some) {
            finding.verdict = Verdict::Proven;
            self.follow(&mut finding, &reached, from.0);
        }
        finding
    }

    fn empty(&self, index: usize) -> Finding {
        let actor = self.scout.actor(index);
        Finding {
            principal: actor.arn.to_owned(),
            account: self.scout.world.home(actor).account().as_str().to_owned(),
            verdict: Verdict::None,
            tier: None,
            moves: Vec::new(),
            granted_by: Vec::new(),
            conditions: Vec::new(),
            open: Vec::new(),
            missing: Vec::new(),
            unread: None,
        }
    }

    /// Puts the way from a principal into its finding, and says where it ends.
    fn follow(&self, finding: &mut Finding, reached: &[Option<Reached>], from: usize) -> usize {
        let mut at = from;
        let mut homes = BTreeSet::new();
        let mut conditions = Vec::new();
        // A way is no longer than there are principals.
        for _ in 0..=reached.len() {
            homes.insert(self.scout.actor(at).home);
            let Some(here) = reached.get(at).and_then(Option::as_ref) else { break };
            conditions.extend(here.grounds.iter().flat_map(|grounds| grounds.conditions.clone()));
            if let Some(step) = &here.step {
                conditions.extend(step.hops.iter().flat_map(|hop| hop.conditions.clone()));
                finding.moves.push(step.clone());
            }
            match here.next {
                Some(next) => at = next,
                None => break,
            }
        }
        finding.open = tiers::once_each(conditions);
        finding.conditions = finding.open.clone();
        self.note_unread(finding, homes);
        at
    }

    /// Names the organization policies that were not read, of the accounts that a way goes through.
    fn note_unread(&self, finding: &mut Finding, homes: BTreeSet<usize>) {
        let world = &self.scout.world;
        for home in homes.into_iter().filter_map(|home| world.homes.get(home)) {
            let missing = world.permissions.missing_denials(home.account());
            finding.conditions.extend(missing.iter().map(|missing| missing.why.clone()));
        }
        finding.conditions = tiers::once_each(std::mem::take(&mut finding.conditions));
    }
}
