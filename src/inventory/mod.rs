//! What was read and what could not be: resources, and the coverage ledger.
//!
//! *Cell*: one operation in one scope, such as `ec2:DescribeVpcs` in
//! 111122223333 eu-west-1. Every cell that a scan meant to read ends as
//! complete or with a gap; a cell that is in no ledger was never meant to be
//! read, and counts as a gap too when a check needs it.

mod ledger;
pub mod snapshot;
mod statistics;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{AccountId, Arn, Partition, Scope};
use crate::resource::{Resource, ResourceType, Typed};

pub use ledger::{Cell, Gap, Ledger, Missing, Outcome, Reason};
pub use statistics::{CellTime, ServiceStatistics, Statistics};

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

/// Everything one scan read, and everything it could not.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    pub provenance: Provenance,
    pub accounts: BTreeMap<AccountId, Account>,
    pub ledger: Ledger,
    resources: BTreeMap<ResourceKey, Resource>,
}

impl Inventory {
    pub fn new(provenance: Provenance) -> Inventory {
        Inventory { provenance, accounts: BTreeMap::new(), ledger: Ledger::default(), resources: BTreeMap::new() }
    }

    /// Adds a resource. If AWS gave the same one twice (a list that shifted
    /// between two pages), the later answer stays; returns whether it was new.
    pub fn insert(&mut self, scope: Scope, resource: Resource) -> bool {
        let key = ResourceKey { resource_type: resource.resource_type(), id: resource.id().to_owned(), scope };
        self.resources.insert(key, resource).is_none()
    }

    /// Adds all that another inventory holds.
    pub fn absorb(&mut self, other: Inventory) {
        self.accounts.extend(other.accounts);
        self.ledger.absorb(other.ledger);
        self.resources.extend(other.resources);
    }

    pub fn len(&self) -> usize {
        self.resources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// Every resource, ordered by account, region, type and id.
    pub fn resources(&self) -> impl Iterator<Item = (&ResourceKey, &Resource)> {
        self.resources.iter()
    }

    /// The resources of one type in one scope, by id.
    pub fn in_scope<R: Typed>(&self, scope: &Scope) -> impl Iterator<Item = &R> {
        let key = |id: &str| ResourceKey { scope: scope.clone(), resource_type: R::RESOURCE_TYPE, id: id.to_owned() };
        self.resources
            .range(key("")..)
            .take_while({
                let scope = scope.clone();
                move |(k, _)| k.scope == scope && k.resource_type == R::RESOURCE_TYPE
            })
            .filter_map(|(_, resource)| R::of(resource))
    }

    /// Every resource of one type, wherever it is.
    pub fn of_type<R: Typed>(&self) -> impl Iterator<Item = (&Scope, &R)> {
        self.resources.iter().filter_map(|(key, resource)| Some((&key.scope, R::of(resource)?)))
    }

    pub fn get<R: Typed>(&self, scope: &Scope, id: &str) -> Option<&R> {
        let key = ResourceKey { scope: scope.clone(), resource_type: R::RESOURCE_TYPE, id: id.to_owned() };
        self.resources.get(&key).and_then(R::of)
    }
}
