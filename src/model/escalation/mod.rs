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
mod doubt;
mod edits;
mod fresh;
pub mod methods;
mod newcomers;
mod outline;
mod passing;
mod path;
mod scout;
mod search;
mod shelf;
mod tags;
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
use crate::resource::iam::{Role, User};

use doubt::Doubt;
use outline::Outline;
use scout::Scout;
use search::{Phase, Reached, Search};
use trace::Trace;
use world::{Reach, World};

pub use abroad::{Abroad, Sieve};
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

/// What knows the ways of a whole organization, of which a model has one account.
pub trait Ways: Sync {
    /// What there is to tell of an account's users and roles; none if that cannot be found out.
    fn of_account(&self, account: &AccountId) -> Option<Vec<Finding>>;
}

/// What is known of all principals.
pub struct Escalation<'m> {
    scout: Scout<'m>,
    reached: Vec<Option<Reached>>,
    doubts: Vec<Option<Doubt>>,
}

impl<'m> Escalation<'m> {
    /// Of all accounts of the inventory, and between them.
    pub fn of(model: &'m Model<'_>) -> Escalation<'m> {
        let scout = Scout::new(World::of(model.permissions(), model.inventory, Reach::All));
        let mut search = Search::new(&scout);
        search.run();
        let (reached, doubts) = (search.reached, search.doubts);
        Escalation { scout, reached, doubts }
    }

    /// Of one account beside roles of others, with the account's outline.
    fn beside(model: &'m Model<'_>, account: &AccountId, goal: Goal<'_>) -> (Escalation<'m>, Outline) {
        let scout = Scout::new(World::of(model.permissions(), model.inventory, Reach::From(account)));
        let mut search = Search::new(&scout);
        match goal {
            Goal::Administrators => search.run(),
            Goal::Principal(arn) => {
                search.to(scout.world.find(arn).filter(|index| !scout.actor(*index).is_foreign), None);
            }
        }
        let outline = search.outline();
        let (reached, doubts) = (search.reached, search.doubts);
        (Escalation { scout, reached, doubts }, outline)
    }

    /// By ARN, for facts: of the inventory's accounts, with the ways through others if somebody knows them.
    pub fn by_arn(model: &Model<'_>) -> BTreeMap<String, Finding> {
        let findings = match model.only_account().and_then(|account| Some((account, model.ways?.of_account(account)?)))
        {
            Some((account, told)) => {
                let users = model.inventory.of_type::<User>().map(|(scope, user)| (scope, user.arn.as_str()));
                let roles = model.inventory.of_type::<Role>().map(|(scope, role)| (scope, role.arn.as_str()));
                let own = users.chain(roles).filter(|(scope, _)| scope.account == *account);
                own.map(|(_, arn)| Finding::none(arn, account)).chain(told).collect()
            }
            None => Escalation::of(model).findings(),
        };
        findings.into_iter().map(|finding| (finding.principal.clone(), finding)).collect()
    }

    /// Of every user and role, in the order of accounts and names.
    pub fn findings(&self) -> Vec<Finding> {
        (0..self.reached.len()).map(|index| self.with_way(self.told(index), &self.reached, index)).collect()
    }

    /// How many users and roles it is of, those of other accounts not among them.
    fn count(&self) -> usize {
        self.scout.world.actors.iter().filter(|actor| !actor.is_foreign).count()
    }

    /// What is told of one, but for its way.
    fn told(&self, index: usize) -> Finding {
        let actor = self.scout.actor(index);
        let mut finding = self.empty(index);
        let permissions = self.scout.world.permissions;
        let own = permissions.missing_grants(actor.id);
        finding.missing = own.iter().map(|missing| missing.why.clone()).collect();
        let doubt = self.doubts.get(index).and_then(Option::as_ref);
        let reached = self.reached.get(index).and_then(Option::as_ref);
        match reached {
            Some(reached) if reached.phase == Phase::Proven && reached.distance == 0 => {
                finding.verdict = Verdict::Admin;
                finding.tier = reached.tier;
                finding.granted_by = reached.grounds.clone().unwrap_or_default().statements;
            }
            Some(reached) if reached.phase != Phase::Unknown => {
                finding.verdict = if reached.phase == Phase::Proven { Verdict::Proven } else { Verdict::Possible };
                finding.tier = reached.tier;
            }
            // Something is there, and what it would bring cannot be read.
            Some(Reached { unread: Some(_), .. }) => finding.verdict = Verdict::Unknown,
            // What AWS's own hand could do is no news.
            None if actor.body.is_service_linked() && doubt.is_none() => {}
            None if actor.body.is_service_linked() => finding.verdict = Verdict::Unknown,
            reached => match (self.scout.capability(index), reached) {
                (Some(step), _) => {
                    finding.verdict = Verdict::Capability;
                    finding.conditions = step.hops.iter().flat_map(|hop| hop.conditions.clone()).collect();
                    finding.open = finding.conditions.clone();
                    finding.moves = vec![step];
                }
                // The way leads to the principal whose policies were not read.
                (None, Some(_)) => finding.verdict = Verdict::Unknown,
                (None, None) if doubt.is_some() => finding.verdict = Verdict::Unknown,
                (None, None) => {}
            },
        }
        if finding.verdict != Verdict::Admin {
            finding.unread = own.iter().cloned().reduce(|all, one| all.and(&one));
        }
        finding.nearer = doubt.map(|doubt| doubt.missing.clone());
        finding
    }

    /// With its way, if it has one.
    fn with_way(&self, finding: Finding, reached: &[Option<Reached>], index: usize) -> Finding {
        match finding.verdict {
            Verdict::None | Verdict::Capability => finding,
            // Nothing of it is known but that there may be one.
            _ if reached.get(index).is_none_or(Option::is_none) => Trace::default().finish(finding),
            _ => self.scout.trace(reached, index, |_| false).finish(finding),
        }
    }

    /// The shortest way from one user or role to another, by their ARNs: `proven`, `none` or `unknown`. None if one is not there.
    pub fn between(&self, from: &str, to: &str) -> Option<Finding> {
        let (from, to) = (self.scout.world.find(from)?, self.scout.world.find(to)?);
        let mut search = Search::new(&self.scout);
        search.to(Some(to), Some(from));
        Some(self.with_way(self.to_principal(&search.reached, &search.doubts, from), &search.reached, from))
    }

    fn to_principal(&self, reached: &[Option<Reached>], doubts: &[Option<Doubt>], from: usize) -> Finding {
        let mut finding = self.empty(from);
        let doubt = doubts.get(from).and_then(Option::as_ref);
        if reached.get(from).is_some_and(Option::is_some) {
            finding.verdict = Verdict::Proven;
        } else if doubt.is_some() {
            finding.verdict = Verdict::Unknown;
        }
        finding.nearer = doubt.map(|doubt| doubt.missing.clone());
        finding
    }

    fn empty(&self, index: usize) -> Finding {
        let actor = self.scout.actor(index);
        Finding::none(actor.arn, self.scout.world.home(actor).account())
    }
}
