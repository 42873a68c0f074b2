//! Who administers accounts, and who can come to: tiers, methods, ways.
//!
//! *Administrator*: see `tiers`. *Way*: moves by which a principal comes to act as an administrator, each made of calls
//! that IAM allows. *Proven*: all that a way uses is in the inventory. What conditions ask that is not settled is told
//! beside the way; what is settled and fails keeps the way from being one.
//!
//! An organization need not be in memory as a whole for it: see `whole`.
//!
//! Limitations and known gaps: an attacker adds and does not tidy up: no Deny is detached, no user is deleted to be
//! made anew. One principal makes every call of a move, so that two who would have to act together on a third are not
//! found unless one of them reaches the other. Of services' things only EC2's instances are in inventories.

mod ability;
mod abroad;
mod access;
mod actions;
mod capability;
mod edits;
mod fresh;
pub mod methods;
mod newcomers;
mod outline;
mod passing;
mod path;
mod scout;
mod search;
mod tiers;
mod trace;
mod trust;
mod whole;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::arn::AccountId;
use crate::model::Model;
use crate::resource::ResourceType;

use outline::Outline;
use scout::Scout;
use search::{Phase, Reached, Search};
use trace::Told;
use world::{Reach, World};

pub use abroad::Abroad;
pub use outline::Nearness;
pub use path::{Finding, Hop, Move, Tier, Verdict};
pub use whole::{Goal, Look, Wanted, Whole, account_of};

/// Whether the search reads a type of resources.
pub fn reads(of: ResourceType) -> bool {
    use ResourceType as Of;
    let own = [
        Of::AccessKey,
        Of::AwsManagedPolicy,
        Of::CredentialReport,
        Of::Group,
        Of::Instance,
        Of::InstanceProfile,
        Of::ManagedPolicy,
        Of::Organization,
        Of::Role,
        Of::User,
    ];
    of.is_organization_wide() || own.contains(&of)
}

/// What is known of all principals.
pub struct Escalation<'m> {
    scout: Scout<'m>,
    reached: Vec<Option<Reached>>,
}

impl<'m> Escalation<'m> {
    /// Of all accounts, and between them.
    pub fn of(model: &'m Model<'_>) -> Escalation<'m> {
        Escalation::new(World::of(model.permissions(), model.inventory, Reach::All))
    }

    /// Of one account by itself: ways through other accounts are not looked for.
    pub fn within(model: &'m Model<'_>, account: &AccountId) -> Escalation<'m> {
        Escalation::new(World::of(model.permissions(), model.inventory, Reach::Within(account)))
    }

    fn new(world: World<'m>) -> Escalation<'m> {
        let scout = Scout::new(world);
        let mut search = Search::new(&scout);
        search.run(&Nearness::default());
        let reached = search.reached;
        Escalation { scout, reached }
    }

    /// Of one account beside roles of others, of which it is known how near they are; with the account's outline.
    fn beside(
        model: &'m Model<'_>,
        account: &AccountId,
        goal: Goal<'_>,
        abroad: &Nearness,
    ) -> (Escalation<'m>, Outline) {
        let scout = Scout::new(World::of(model.permissions(), model.inventory, Reach::From(account)));
        let mut search = Search::new(&scout);
        match goal {
            Goal::Administrators => search.run(abroad),
            Goal::Principal(arn) => {
                let here = scout.world.find(arn).filter(|index| !scout.actor(*index).is_foreign);
                search.to(here, abroad, None);
            }
        }
        let outline = search.outline();
        let reached = search.reached;
        (Escalation { scout, reached }, outline)
    }

    /// By ARN, for facts: of every account by itself.
    pub fn by_account(model: &Model<'_>, account: &AccountId) -> BTreeMap<String, Finding> {
        let findings = Escalation::within(model, account).findings();
        findings.into_iter().map(|finding| (finding.principal.clone(), finding)).collect()
    }

    /// Of every user and role, in the order of accounts and names.
    pub fn findings(&self) -> Vec<Finding> {
        (0..self.reached.len()).map(|index| self.told(index).finished(|_| None)).collect()
    }

    /// How many users and roles it is of, those of other accounts not among them.
    fn count(&self) -> usize {
        self.scout.world.actors.iter().filter(|actor| !actor.is_foreign).count()
    }

    /// Whether it is a role that trusts somebody of another account.
    fn is_trusting_others(&self, index: usize) -> bool {
        let actor = self.scout.actor(index);
        let trust = self.scout.world.permissions.trust(actor.id);
        let own = self.scout.world.home(actor).account().as_str();
        trust.is_some_and(|trust| abroad::is_trusting_others(trust.document(), own))
    }

    /// What is told of one, as far as this account knows it.
    fn told(&self, index: usize) -> Told {
        let actor = self.scout.actor(index);
        let mut finding = self.empty(index);
        let permissions = self.scout.world.permissions;
        finding.missing = permissions.missing_grants(actor.id).iter().map(|missing| missing.why.clone()).collect();
        let reached = self.reached.get(index).and_then(Option::as_ref);
        match reached {
            Some(reached) if reached.phase == Phase::Proven && reached.distance == 0 => {
                finding.verdict = Verdict::Admin;
                finding.tier = reached.tier;
                finding.granted_by = reached.grounds.clone().unwrap_or_default().statements;
                return Told { finding, trace: Some(self.trace(&self.reached, index)) };
            }
            Some(reached) if reached.phase != Phase::Unknown => {
                finding.verdict = if reached.phase == Phase::Proven { Verdict::Proven } else { Verdict::Possible };
                finding.tier = reached.tier;
                return Told { finding, trace: Some(self.trace(&self.reached, index)) };
            }
            // Something is there, and what it would bring cannot be read.
            Some(Reached { unread: Some(_), .. }) => {
                finding.verdict = Verdict::Unknown;
                return Told { finding, trace: Some(self.trace(&self.reached, index)) };
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
                    return Told { finding, trace: Some(self.trace(&self.reached, index)) };
                }
                (None, None) => {}
            },
        }
        Told { finding, trace: None }
    }

    /// The shortest way from one user or role to another, by their ARNs: `proven` or `none`. None if one is not there.
    pub fn between(&self, from: &str, to: &str) -> Option<Finding> {
        let (from, to) = (self.scout.world.find(from)?, self.scout.world.find(to)?);
        let mut search = Search::new(&self.scout);
        search.to(Some(to), &Nearness::default(), Some(from));
        Some(self.to_principal(&search.reached, from).finished(|_| None))
    }

    fn to_principal(&self, reached: &[Option<Reached>], from: usize) -> Told {
        let mut finding = self.empty(from);
        let mut trace = None;
        if reached.get(from).is_some_and(Option::is_some) {
            finding.verdict = Verdict::Proven;
            trace = Some(self.trace(reached, from));
        }
        Told { finding, trace }
    }

    fn empty(&self, index: usize) -> Finding {
        let actor = self.scout.actor(index);
        Finding::none(actor.arn, self.scout.world.home(actor).account())
    }
}
