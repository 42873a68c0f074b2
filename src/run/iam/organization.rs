//! A snapshot's policies, account by account: what each account has to know of the others, and the account itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::arn::AccountId;
use crate::inventory::snapshot::{Snapshot, SnapshotError};
use crate::inventory::{Inventory, Surroundings};
use crate::model::Model;
use crate::model::escalation::{self, Abroad, Goal, Look, Nearness, Wanted, Whole, account_of};
use crate::resource::ResourceType;
use crate::run::by_account::on_all_cores;

/// A snapshot whose accounts were looked through for what others have to know of them.
pub struct Organization<'s> {
    snapshot: &'s Snapshot,
    accounts: Vec<AccountId>,
    surroundings: Arc<Surroundings>,
    abroad: Abroad,
}

impl<'s> Organization<'s> {
    /// Looks every account through.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn survey(snapshot: &'s Snapshot) -> Result<Organization<'s>, SnapshotError> {
        let accounts: Vec<AccountId> = snapshot.accounts().collect();
        let (mut surroundings, mut abroad) = (Surroundings::default(), Abroad::default());
        on_all_cores(
            &accounts,
            |account| snapshot.load_only(account, Abroad::reads),
            |part| {
                surroundings.note(&part);
                abroad.note(&part);
            },
        )?;
        Ok(Organization { snapshot, accounts, surroundings: Arc::new(surroundings), abroad })
    }

    /// An account's principals and policies over what is known of the others.
    fn account(&self, account: &AccountId) -> Result<Inventory, SnapshotError> {
        let mut part = self.snapshot.load_only(account, escalation::reads)?;
        self.abroad.put_beside(account, &mut part);
        Ok(part.over(account.clone(), Arc::clone(&self.surroundings)))
    }

    /// An account, and of another one who is acted on, over what is known of all.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn with_target(&self, account: &AccountId, target: &str) -> Result<Inventory, SnapshotError> {
        let mut part = self.snapshot.load_only(account, escalation::reads)?;
        let other = account_of(target).filter(|other| other != account && self.accounts.contains(other));
        if let Some(other) = other {
            let mut there = self.snapshot.load_only(&other, |of| {
                matches!(of, ResourceType::Organization | ResourceType::Role | ResourceType::User)
            })?;
            there.retain(|key, resource| {
                key.resource_type == ResourceType::Organization || resource.arn(&key.scope).as_str() == target
            });
            part.absorb(there);
        }
        Ok(part.over(account.clone(), Arc::clone(&self.surroundings)))
    }

    fn first(&self, account: &AccountId, goal: Goal<'_>, wanted: Wanted<'_>) -> Result<Look, SnapshotError> {
        let inventory = self.account(account)?;
        let model = Model::new(&inventory, self.snapshot.provenance().taken_at);
        Ok(Look::first(&model, account, goal, wanted))
    }

    fn second(
        &self,
        account: &AccountId,
        goal: Goal<'_>,
        wanted: Wanted<'_>,
        nearness: &Nearness,
    ) -> Result<Look, SnapshotError> {
        let inventory = self.account(account)?;
        let model = Model::new(&inventory, self.snapshot.provenance().taken_at);
        Ok(Look::second(&model, account, goal, wanted, nearness))
    }

    /// How near everybody is to an administrator.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn everybody(&self, wanted: Wanted<'_>) -> Result<Whole, SnapshotError> {
        let mut whole = Whole::default();
        let goal = Goal::Administrators;
        on_all_cores(&self.accounts, |account| self.first(account, goal, wanted), |look| whole.take(look))?;
        let nearness = whole.solve().clone();
        let again = whole.unfinished();
        on_all_cores(&again, |account| self.second(account, goal, wanted, &nearness), |look| whole.take(look))?;
        Ok(whole)
    }

    /// How near one user or role is to an administrator or to another one. Only accounts are looked at that a way could
    /// lead through.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn one(&self, from: &str, goal: Goal<'_>) -> Result<Whole, SnapshotError> {
        let mut whole = Whole::default();
        let wanted = Wanted::One(from);
        let mut next: BTreeSet<AccountId> = account_of(from).into_iter().collect();
        while !next.is_empty() {
            let here: Vec<AccountId> = std::mem::take(&mut next).into_iter().collect();
            on_all_cores(
                &here,
                |account| self.first(account, goal, wanted),
                |look| {
                    next.extend(look.abroad().filter_map(account_of));
                    whole.take(look);
                },
            )?;
            next.retain(|account| !whole.has(account) && self.accounts.contains(account));
        }
        let nearness = whole.solve().clone();
        let mut again = account_of(from);
        while let Some(account) = again.take().filter(|account| whole.unfinished().contains(account)) {
            whole.take(self.second(&account, goal, wanted, &nearness)?);
            again = whole.wants();
        }
        Ok(whole)
    }
}
