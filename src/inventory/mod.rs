//! What was read and what could not be: resources, and the coverage ledger.
//!
//! *Cell*: one operation in one scope, such as `ec2:DescribeVpcs` in
//! 111122223333 eu-west-1. Every cell that a scan meant to read ends as
//! complete or with a gap; a cell that is in no ledger was never meant to be
//! read, and counts as a gap too when a check needs it.
//!
//! *Surroundings*: what one account's judgement has to know of the others. An
//! organization is judged account by account, each over the same surroundings,
//! so that no more than a few accounts are in memory at once.

mod held;
mod ledger;
mod lookup;
pub mod snapshot;
mod statistics;
mod surroundings;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, Arn, Partition, Region, Scope};
use crate::iam::PolicyText;
use crate::net::IpSet;
use crate::resource::iam::AUTHORIZATION;
use crate::resource::organizations::OrganizationPolicy;
use crate::resource::{Resource, ResourceType, Typed};

pub use ledger::{Cell, Gap, Ledger, Missing, Outcome, Reason, why_incomplete};
pub use statistics::{CellTime, ServiceStatistics, Statistics};
pub use surroundings::Surroundings;

/// Where and when an inventory was taken, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// driftline's version.
    pub tool_version: String,
    /// When the collection began.
    pub taken_at: Timestamp,
    /// Who read it; none if nobody could say.
    pub caller: Option<Arn>,
    /// How the targets were chosen, in a few words such as `organization o-1234`.
    pub source: String,
    /// Whether it was put together from files, which need not be of one time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_import: bool,
}

/// An account that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub partition: Partition,
    pub id: AccountId,
    pub name: Option<String>,
    /// Its path of organizational units, as Organizations gives it, if known.
    pub organizational_unit: Option<String>,
}

/// A resource's place in the order of an inventory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceKey {
    pub scope: Scope,
    pub resource_type: ResourceType,
    pub id: String,
}

/// Everything one scan read, and everything it could not; or one account's part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    pub provenance: Provenance,
    pub accounts: BTreeMap<AccountId, Account>,
    pub ledger: Ledger,
    resources: BTreeMap<ResourceKey, Resource>,
    around: Option<Around>,
}

/// What is known of the accounts beside the one that an inventory holds.
#[derive(Debug, Clone)]
struct Around {
    own: AccountId,
    surroundings: Arc<Surroundings>,
}

impl PartialEq for Around {
    fn eq(&self, other: &Around) -> bool {
        self.own == other.own && Arc::ptr_eq(&self.surroundings, &other.surroundings)
    }
}

impl Inventory {
    pub fn new(provenance: Provenance) -> Inventory {
        Inventory {
            provenance,
            accounts: BTreeMap::new(),
            ledger: Ledger::default(),
            resources: BTreeMap::new(),
            around: None,
        }
    }

    /// The same account with what is known of the others: lookups of another
    /// account's resources and cells go there, what is this account's own stays.
    pub fn over(self, own: AccountId, surroundings: Arc<Surroundings>) -> Inventory {
        Inventory { around: Some(Around { own, surroundings }), ..self }
    }

    /// The surroundings that answer for an account; none if this inventory does itself.
    fn around(&self, account: &AccountId) -> Option<&Surroundings> {
        self.around.as_ref().filter(|around| around.own != *account).map(|around| &*around.surroundings)
    }

    /// Adds a resource. If AWS gave the same one twice (a list that shifted
    /// between two pages), the later answer stays; returns whether it was new.
    pub fn insert(&mut self, scope: Scope, resource: Resource) -> bool {
        let key = ResourceKey { resource_type: resource.resource_type(), id: resource.id().to_owned(), scope };
        self.resources.insert(key, resource).is_none()
    }

    /// As [`Inventory::insert`] of each, which costs more where they are many and in order.
    pub fn insert_all(&mut self, resources: impl IntoIterator<Item = (Scope, Resource)>) {
        let keyed = resources.into_iter().map(|(scope, resource)| {
            (ResourceKey { resource_type: resource.resource_type(), id: resource.id().to_owned(), scope }, resource)
        });
        let mut all: BTreeMap<ResourceKey, Resource> = keyed.collect();
        if self.resources.is_empty() {
            self.resources = all;
        } else {
            self.resources.append(&mut all);
        }
    }

    /// Lets go of the resources of which this does not hold.
    pub fn retain(&mut self, holds: impl Fn(&ResourceKey, &Resource) -> bool) {
        self.resources.retain(|key, resource| holds(key, resource));
    }

    /// Adds all that another inventory holds.
    pub fn absorb(&mut self, other: Inventory) {
        self.accounts.extend(other.accounts);
        self.ledger.absorb(&other.ledger);
        self.resources.extend(other.resources);
    }

    /// Takes it apart into one inventory for each account, by id.
    pub fn into_accounts(self) -> BTreeMap<AccountId, Inventory> {
        let Inventory { provenance, accounts, ledger, resources, .. } = self;
        let mut parts: BTreeMap<AccountId, Inventory> = BTreeMap::new();
        let new = || Inventory::new(provenance.clone());
        for (id, account) in accounts {
            parts.entry(id.clone()).or_insert_with(new).accounts.insert(id, account);
        }
        for (cell, outcome) in ledger.cells() {
            let part = parts.entry(cell.scope.account.clone()).or_insert_with(new);
            part.ledger.record(cell, outcome.clone());
        }
        for (key, resource) in resources {
            parts.entry(key.scope.account.clone()).or_insert_with(new).resources.insert(key, resource);
        }
        parts
    }

    pub fn len(&self) -> usize {
        self.resources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// Every resource, ordered by account, region, type and id; not those of the surroundings.
    pub fn resources(&self) -> impl Iterator<Item = (&ResourceKey, &Resource)> {
        self.resources.iter()
    }

    /// The resources of one type in one scope, by id.
    pub fn in_scope<R: Typed>(&self, scope: &Scope) -> impl Iterator<Item = &R> {
        let key = ResourceKey { scope: scope.clone(), resource_type: R::RESOURCE_TYPE, id: String::new() };
        let here = self
            .resources
            .range(key..)
            .take_while({
                let scope = scope.clone();
                move |(k, _)| k.scope == scope && k.resource_type == R::RESOURCE_TYPE
            })
            .filter_map(|(_, resource)| R::of(resource));
        let there = self.around(&scope.account).map(|around| around.of_type::<R>()).into_iter().flatten();
        let scope = scope.clone();
        here.chain(there.filter(move |(place, _)| **place == scope).map(|(_, found)| found))
    }

    /// The resources of one type that are this inventory's own.
    pub fn own_of_type<R: Typed>(&self) -> impl Iterator<Item = (&Scope, &R)> {
        self.resources.iter().filter_map(|(key, resource)| Some((&key.scope, R::of(resource)?)))
    }

    /// Every resource of one type, wherever it is, in the order of scopes: of
    /// other accounts those that the surroundings keep.
    pub fn of_type<R: Typed>(&self) -> impl Iterator<Item = (&Scope, &R)> {
        let own = self.own_of_type();
        let around = || {
            let own = self.around.as_ref().map(|around| &around.own);
            let all = self.around.as_ref().map(|around| around.surroundings.of_type::<R>());
            all.into_iter().flatten().filter_map(move |(scope, found)| Some((own?.cmp(&scope.account), scope, found)))
        };
        let those =
            |wanted| around().filter(move |(order, ..)| *order == wanted).map(|(_, scope, found)| (scope, found));
        those(std::cmp::Ordering::Greater).chain(own).chain(those(std::cmp::Ordering::Less))
    }

    /// The security groups of the surroundings whose rules name a group of a region.
    pub fn references_around<'i>(&'i self, region: &Region, group: &str) -> impl Iterator<Item = &'i str> {
        self.around.iter().flat_map(move |around| around.surroundings.references(region, group))
    }

    /// Whether a policy of the organization, as it was read in a scope, is attached to a target.
    pub fn is_attached(&self, scope: &Scope, policy: &OrganizationPolicy, target: &str) -> bool {
        match self.around(&scope.account) {
            Some(around) => around.lookup().is_attached(scope, &policy.id, target),
            None => policy.targets.iter().flatten().any(|attached| attached.target_id == target),
        }
    }

    /// What a policy of the organization says, as it was read in a scope; none if that was not read.
    pub fn policy_text(&self, scope: &Scope, policy: &OrganizationPolicy) -> Option<Cow<'_, PolicyText>> {
        let known = self.around(&scope.account).and_then(|around| around.lookup().text(scope, &policy.id));
        match known {
            Some(text) => Some(Cow::Borrowed(text)),
            None => Some(Cow::Owned(PolicyText::new(policy.content.as_deref()?))),
        }
    }

    pub fn get<R: Typed>(&self, scope: &Scope, id: &str) -> Option<&R> {
        if let Some(around) = self.around(&scope.account) {
            return around.get::<R>(scope, id);
        }
        let key = ResourceKey { scope: scope.clone(), resource_type: R::RESOURCE_TYPE, id: id.to_owned() };
        self.resources.get(&key).and_then(R::of)
    }

    /// How a cell of this account or of another ended; none if no scan meant to read it.
    pub fn outcome(&self, scope: &Scope, operation: &str) -> Option<&Outcome> {
        self.around(&scope.account).map_or(&self.ledger, |around| &around.ledger).outcome(scope, operation)
    }

    /// Why a cell of this account or of another is not complete, in one line; none if it is complete.
    pub fn why_incomplete(&self, scope: &Scope, operation: &str) -> Option<String> {
        why_incomplete(operation, self.outcome(scope, operation))
    }

    /// An account that was looked at, here or around.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.around(id).map_or(&self.accounts, |around| &around.accounts).get(id)
    }

    /// Whether some account, here or around, was asked for an operation.
    pub fn was_asked(&self, operation: &str) -> bool {
        let around = self.around.as_ref().is_some_and(|around| around.surroundings.ledger.knows(operation));
        around || self.ledger.knows(operation)
    }

    /// Every place that a scan meant to read, here and around.
    pub fn scopes_around(&self) -> impl Iterator<Item = &Scope> {
        self.around.as_ref().map_or(&self.ledger, |around| &around.surroundings.ledger).scopes()
    }

    /// The public addresses and blocks that accounts hold, here and around.
    pub fn held_addresses(&self) -> IpSet {
        match &self.around {
            Some(around) => around.surroundings.held_addresses(),
            None => held::set(self.resources.values().flat_map(held::by)),
        }
    }

    /// Accounts of which not every user and role could be listed, here and around.
    pub fn unlisted_accounts(&self) -> impl Iterator<Item = (&Scope, &Gap)> {
        let own = self.around.is_none().then(|| self.ledger.gaps_of(AUTHORIZATION));
        let around = self.around.iter().flat_map(|around| around.surroundings.unlisted_accounts());
        own.into_iter().flatten().chain(around)
    }

    /// Where the organization's accounts were listed, and how that ended.
    pub fn account_lists(&self) -> impl Iterator<Item = (&Scope, &Outcome)> {
        let own = self.around.is_none().then(|| self.ledger.outcomes_of(surroundings::LIST_ACCOUNTS));
        let around = self.around.iter().flat_map(|around| around.surroundings.account_lists());
        own.into_iter().flatten().chain(around)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resource::iam::{Group, User};

    /// However many are put in at once: the later of two that are the same stays.
    #[test]
    fn all_at_once_are_as_one_by_one() {
        let scope: Scope = serde_json::from_value(json!({
            "partition": "aws", "account": "111122223333", "region": "global",
        }))
        .unwrap();
        let user = |name: &str, path: &str| -> (Scope, Resource) {
            let arn = format!("arn:aws:iam::111122223333:user/{name}");
            let user: User = serde_json::from_value(json!({"UserName": name, "Arn": arn, "Path": path})).unwrap();
            (scope.clone(), user.into())
        };
        let group: Group = serde_json::from_value(json!({
            "GroupName": "g", "Arn": "arn:aws:iam::111122223333:group/g", "Path": "/",
        }))
        .unwrap();
        let first = [user("b", "/"), (scope.clone(), group.into()), user("a", "/"), user("b", "/later/")];
        let second = [user("a", "/later/"), user("c", "/")];
        let provenance: Provenance = serde_json::from_value(json!({
            "tool_version": "0", "taken_at": "2026-01-01T00:00:00Z", "caller": null, "source": "a test",
        }))
        .unwrap();
        let (mut one_by_one, mut at_once) = (Inventory::new(provenance.clone()), Inventory::new(provenance));
        for (scope, resource) in first.iter().chain(&second) {
            one_by_one.insert(scope.clone(), resource.clone());
        }
        at_once.insert_all(first);
        at_once.insert_all(second);
        assert_eq!(one_by_one, at_once);
        assert_eq!(at_once.len(), 4);
    }
}
