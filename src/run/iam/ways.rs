//! The ways of a whole organization for the facts of its accounts, found out when one of them first asks.

use std::sync::{Arc, OnceLock};

use crate::arn::AccountId;
use crate::inventory::Surroundings;
use crate::inventory::snapshot::Snapshot;
use crate::model::escalation::{Finding, Wanted, Ways, Whole};

use super::organization::Organization;

/// The accounts of a snapshot, which are looked at once if anybody wants to know.
pub struct OrganizationWays<'s> {
    snapshot: &'s Snapshot,
    surroundings: &'s Arc<Surroundings>,
    /// None if a part is damaged, which whoever reads it tells.
    whole: OnceLock<Option<Whole>>,
}

impl<'s> OrganizationWays<'s> {
    pub fn new(snapshot: &'s Snapshot, surroundings: &'s Arc<Surroundings>) -> OrganizationWays<'s> {
        OrganizationWays { snapshot, surroundings, whole: OnceLock::new() }
    }
}

impl Ways for OrganizationWays<'_> {
    fn of_account(&self, account: &AccountId) -> Option<Vec<Finding>> {
        // One by itself has its own ways, and is in memory already.
        self.snapshot.accounts().nth(1)?;
        let find = || {
            let organization = Organization::among(self.snapshot, Arc::clone(self.surroundings));
            organization.and_then(|organization| organization.everybody(Wanted::Remarkable)).ok()
        };
        self.whole.get_or_init(find).as_ref()?.of_account(account)
    }
}
