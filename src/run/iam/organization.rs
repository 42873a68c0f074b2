//! A snapshot's policies, account by account: what each account has to know of the others, and the account itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::arn::AccountId;
use crate::inventory::snapshot::{Snapshot, SnapshotError};
use crate::inventory::{Inventory, Surroundings};
use crate::model::Model;
use crate::model::escalation::{self, Abroad, Goal, Look, Sieve, Wanted, Whole, account_of};
use crate::model::permission::bucket_of;
use crate::resource::ResourceType;
use crate::resource::s3::Bucket;
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
            |account| {
                let sieve = Sieve::new(account);
                snapshot.load_lines(account, |line| sieve.takes(line))
            },
            |part| {
                surroundings.note(&part);
                abroad.note(&part);
            },
        )?;
        Ok(Organization { snapshot, accounts, surroundings: Arc::new(surroundings), abroad })
    }

    /// As [`Organization::survey`], where the surroundings are known.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn among(snapshot: &'s Snapshot, surroundings: Arc<Surroundings>) -> Result<Organization<'s>, SnapshotError> {
        let accounts: Vec<AccountId> = snapshot.accounts().collect();
        let mut abroad = Abroad::default();
        on_all_cores(
            &accounts,
            |account| {
                let sieve = Sieve::new(account);
                snapshot.load_lines(account, |line| sieve.takes(line))
            },
            |part| abroad.note(&part),
        )?;
        Ok(Organization { snapshot, accounts, surroundings, abroad })
    }

    /// An account's principals and policies over what is known of the others.
    fn account(&self, account: &AccountId) -> Result<Inventory, SnapshotError> {
        let mut part = self.snapshot.load_only(account, escalation::reads)?;
        self.abroad.put_beside(account, &mut part);
        Ok(part.over(account.clone(), Arc::clone(&self.surroundings)))
    }

    /// An account, and of another one what is acted on, over what is known of all.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn with_target(&self, account: &AccountId, target: &str) -> Result<Inventory, SnapshotError> {
        use ResourceType as Of;
        let things = |of: Of| matches!(of, Of::AccountPublicAccessBlock | Of::Bucket | Of::Function);
        let mut part = self.snapshot.load_only(account, |of| escalation::reads(of) || things(of))?;
        let owner = match bucket_of(target) {
            Some(name) => self.owner_of_bucket(name)?,
            None => account_of(target),
        };
        if let Some(owner) = owner.filter(|owner| owner != account && self.accounts.contains(owner)) {
            let wanted = |of: Of| things(of) || matches!(of, Of::Organization | Of::Role | Of::User);
            let mut there = self.snapshot.load_only(&owner, wanted)?;
            there.retain(|key, resource| {
                matches!(key.resource_type, Of::Organization | Of::AccountPublicAccessBlock)
                    || target.starts_with(resource.arn(&key.scope).as_str())
            });
            part.absorb(there);
        }
        Ok(part.over(account.clone(), Arc::clone(&self.surroundings)))
    }

    /// The account that has a bucket: its ARN does not say it.
    fn owner_of_bucket(&self, name: &str) -> Result<Option<AccountId>, SnapshotError> {
        let mut owner = None;
        on_all_cores(
            &self.accounts,
            |account| {
                let part = self.snapshot.load_only(account, |of| of == ResourceType::Bucket)?;
                let has = part.of_type::<Bucket>().any(|(_, bucket)| bucket.name == name);
                Ok(has.then(|| account.clone()))
            },
            |found| owner = owner.take().or(found),
        )?;
        Ok(owner)
    }

    fn look(&self, account: &AccountId, goal: Goal<'_>, wanted: Wanted<'_>) -> Result<Look, SnapshotError> {
        let inventory = self.account(account)?;
        let model = Model::new(&inventory, self.snapshot.provenance().taken_at);
        Ok(Look::at(&model, account, goal, wanted))
    }

    /// How near everybody is to an administrator.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn everybody(&self, wanted: Wanted<'_>) -> Result<Whole, SnapshotError> {
        let mut looks = Vec::new();
        let look = |account: &AccountId| self.look(account, Goal::Administrators, wanted);
        on_all_cores(&self.accounts, look, |look| looks.push(look))?;
        Ok(Whole::of(looks))
    }

    /// How near one user or role is to an administrator or to another one. Only accounts are looked at that a way could
    /// lead through.
    ///
    /// # Errors
    /// A part is damaged.
    pub fn one(&self, from: &str, goal: Goal<'_>) -> Result<Whole, SnapshotError> {
        let wanted = Wanted::One(from);
        let (mut looks, mut seen) = (Vec::new(), BTreeSet::new());
        let mut next: BTreeSet<AccountId> = account_of(from).into_iter().collect();
        while !next.is_empty() {
            let here: Vec<AccountId> = std::mem::take(&mut next).into_iter().collect();
            seen.extend(here.iter().cloned());
            on_all_cores(
                &here,
                |account| self.look(account, goal, wanted),
                |look| {
                    next.extend(look.abroad().filter_map(account_of));
                    looks.push(look);
                },
            )?;
            next.retain(|account| !seen.contains(account) && self.accounts.contains(account));
        }
        Ok(Whole::of(looks))
    }
}
