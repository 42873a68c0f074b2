//! What follows from an inventory: relations between resources and the facts
//! that checks speak of.
//!
//! *Fact*: a named, typed value of a resource, such as `ingress` of a security
//! group. A fact that rests on something that was not read is `Unknown` with
//! the name of what is missing; it is never a default.

mod addresses;
pub mod escalation;
mod event_selectors;
pub mod exposure;
pub mod facts;
mod identity;
mod network;
pub mod packet_filter;
pub mod permission;
mod resource_policy;
pub mod topology;
mod trust;
mod value;
pub mod walk;
mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::Timestamp;

use crate::arn::{AccountId, Arn, Region, Scope};
use crate::inventory::{Cell, Inventory, Missing};
use crate::resource::{Resource, ResourceType, Tag};

pub use identity::{Identity, Known, ReportedAccessKey, ReportedUser, flag, unreadable};
pub use network::Network;
pub use value::{Field, Kind, Record, Value};

/// An inventory with its relations.
pub struct Model<'i> {
    pub inventory: &'i Inventory,
    /// The time that ages are counted to: when the inventory was taken, unless
    /// the user asked for another.
    pub now: Timestamp,
    accounts: Vec<(Scope, AccountSubject)>,
    regions: Vec<(Scope, RegionSubject)>,
    watching: OnceLock<watching::WatchIndex>,
    network: OnceLock<Network>,
    held: OnceLock<addresses::Held>,
    identity: OnceLock<Identity>,
    exposure: OnceLock<exposure::Exposed>,
    permissions: OnceLock<permission::Permissions>,
    /// By ARN.
    escalation: OnceLock<BTreeMap<String, escalation::Finding>>,
    /// What knows the organization's ways, where the inventory is a part of one.
    ways: Option<&'i dyn escalation::Ways>,
}

/// Stands for an account in checks that are about the account as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountSubject {
    pub account: AccountId,
    pub name: Option<String>,
}

/// Stands for one region of one account, in checks such as "no detector in a region".
#[derive(Debug, Clone, PartialEq)]
pub struct RegionSubject {
    pub region: Region,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'m> {
    Resource(&'m Resource),
    Account(&'m AccountSubject),
    Region(&'m RegionSubject),
    ReportedUser(&'m ReportedUser),
    ReportedAccessKey(&'m ReportedAccessKey),
}

/// What a fact's getter may look at.
#[derive(Clone, Copy)]
pub struct Context<'m> {
    pub model: &'m Model<'m>,
    /// Where the resource is.
    pub scope: &'m Scope,
}

impl<'i> Model<'i> {
    pub fn new(inventory: &'i Inventory, now: Timestamp) -> Model<'i> {
        let mut accounts: BTreeMap<&AccountId, Scope> = BTreeMap::new();
        let mut regions = BTreeSet::new();
        for scope in inventory.ledger.scopes() {
            accounts.entry(&scope.account).or_insert_with(|| scope.account_wide());
            if !scope.region.is_global() {
                regions.insert(scope.clone());
            }
        }
        let name = |id: &AccountId| inventory.accounts.get(id).and_then(|account| account.name.clone());
        Model {
            inventory,
            now,
            escalation: OnceLock::new(),
            ways: None,
            watching: OnceLock::new(),
            accounts: accounts
                .into_iter()
                .map(|(id, scope)| (scope, AccountSubject { account: id.clone(), name: name(id) }))
                .collect(),
            regions: regions
                .into_iter()
                .map(|scope| {
                    let region = scope.region.clone();
                    (scope, RegionSubject { region })
                })
                .collect(),
            network: OnceLock::new(),
            held: OnceLock::new(),
            identity: OnceLock::new(),
            exposure: OnceLock::new(),
            permissions: OnceLock::new(),
        }
    }

    /// Where trails and analyzers are; found out when first asked for.
    fn watching(&self) -> &watching::WatchIndex {
        self.watching.get_or_init(|| watching::WatchIndex::new(self.inventory))
    }

    /// The relations of EC2's resources.
    pub fn network(&self) -> &Network {
        self.network.get_or_init(|| Network::of(self.inventory))
    }

    /// Which public addresses accounts hold; found out when first asked for.
    fn held(&self) -> &addresses::Held {
        self.held.get_or_init(|| addresses::Held::of(self))
    }

    /// What the internet reaches; found out when first asked for.
    pub fn exposure(&self) -> &exposure::Exposed {
        self.exposure.get_or_init(|| exposure::Exposed::of(&topology::Topology::new(self.inventory)))
    }

    /// Who may do what; found out when first asked for.
    pub fn permissions(&self) -> &permission::Permissions {
        self.permissions.get_or_init(|| permission::Permissions::of(self.inventory, self.now))
    }

    /// The relations of IAM's users.
    pub fn identity(&self) -> &Identity {
        self.identity.get_or_init(|| Identity::of(self.inventory))
    }

    /// The same model, as a part of an organization of which something knows the ways.
    pub fn among(self, ways: &'i dyn escalation::Ways) -> Model<'i> {
        Model { ways: Some(ways), ..self }
    }

    /// The account, if the inventory has no more than one.
    fn only_account(&self) -> Option<&AccountId> {
        match self.accounts.as_slice() {
            [(scope, _)] => Some(&scope.account),
            _ => None,
        }
    }

    /// How near users and roles are to administrators, by their ARNs; found out when first asked for.
    pub fn escalation(&self) -> &BTreeMap<String, escalation::Finding> {
        self.escalation.get_or_init(|| escalation::Escalation::by_arn(self))
    }

    /// Everything of one type that was seen, in the order of the inventory.
    pub fn subjects(&self, of: ResourceType) -> Box<dyn Iterator<Item = (&Scope, Subject<'_>)> + '_> {
        match of {
            ResourceType::Account => Box::new(self.accounts.iter().map(|(scope, a)| (scope, Subject::Account(a)))),
            ResourceType::Region => Box::new(self.regions.iter().map(|(scope, r)| (scope, Subject::Region(r)))),
            ResourceType::ReportedUser => {
                let users = self.identity().reported_users.iter();
                Box::new(users.map(|(scope, user)| (scope, Subject::ReportedUser(user))))
            }
            ResourceType::ReportedAccessKey => {
                let keys = self.identity().reported_keys.iter();
                Box::new(keys.map(|(scope, key)| (scope, Subject::ReportedAccessKey(key))))
            }
            _ => Box::new(
                self.inventory
                    .resources()
                    .filter(move |(key, _)| key.resource_type == of)
                    .map(|(key, resource)| (&key.scope, Subject::Resource(resource))),
            ),
        }
    }
}

impl Subject<'_> {
    pub fn resource_type(self) -> ResourceType {
        match self {
            Subject::Resource(r) => r.resource_type(),
            Subject::Account(_) => ResourceType::Account,
            Subject::Region(_) => ResourceType::Region,
            Subject::ReportedUser(_) => ResourceType::ReportedUser,
            Subject::ReportedAccessKey(_) => ResourceType::ReportedAccessKey,
        }
    }

    pub fn id(&self) -> &str {
        match self {
            Subject::Resource(r) => r.id(),
            Subject::Account(a) => a.account.as_str(),
            Subject::Region(r) => r.region.as_str(),
            Subject::ReportedUser(u) => &u.user_name,
            Subject::ReportedAccessKey(k) => &k.id,
        }
    }

    pub fn arn(self, scope: &Scope) -> Arn {
        match self {
            Subject::Resource(r) => r.arn(scope),
            Subject::Account(_) => scope.arn("iam", "root"),
            Subject::Region(_) => scope.arn("account", "region"),
            Subject::ReportedUser(u) => u.arn(scope),
            Subject::ReportedAccessKey(k) => k.arn(scope),
        }
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Subject::Resource(r) => r.name(),
            Subject::Account(a) => a.name.as_deref(),
            Subject::Region(_) => None,
            Subject::ReportedUser(u) => Some(&u.user_name),
            Subject::ReportedAccessKey(k) => Some(&k.user_name),
        }
    }

    /// Why a good word on it is no pass; none if nothing speaks against it.
    pub fn doubt(&self) -> Option<&Missing> {
        match self {
            Subject::ReportedUser(u) => u.known.doubt(),
            Subject::ReportedAccessKey(k) => k.known.doubt(),
            _ => None,
        }
    }

    pub fn tags(&self) -> &[Tag] {
        match self {
            Subject::Resource(r) => r.tags(),
            _ => &[],
        }
    }
}

impl<'m> Context<'m> {
    /// Fails with what is missing if the operation was not read to its end: in
    /// this scope, or in the account's global scope if the operation is global.
    ///
    /// # Errors
    /// The cell, and what went wrong with it.
    pub fn require(&self, operation: &str) -> Result<(), Missing> {
        if is_global_operation(operation) {
            self.require_in(&self.scope.account_wide(), operation)
        } else {
            self.require_in(self.scope, operation)
        }
    }

    /// As [`Context::require`], in exactly this scope.
    ///
    /// # Errors
    /// The cell, and what went wrong with it.
    pub fn require_in(&self, scope: &Scope, operation: &str) -> Result<(), Missing> {
        match self.model.inventory.why_incomplete(scope, operation) {
            Some(why) => {
                let cell = Cell { scope: scope.clone(), operation: operation.to_owned() };
                Err(Missing { why, cells: BTreeSet::from([cell]) })
            }
            None => Ok(()),
        }
    }

    /// A field that one call per resource fills: none means unread when that
    /// operation is incomplete here, and absent when it is complete.
    pub fn field<T: Into<Value>>(&self, operation: &str, value: Option<T>) -> Value {
        match (value, self.require(operation)) {
            (Some(value), _) => value.into(),
            (None, Err(missing)) => Value::Unknown(missing),
            (None, Ok(())) => Value::Absent,
        }
    }

    /// Whole days from a time to the model's now; negative if it lies ahead.
    pub fn days_since(&self, time: Timestamp) -> i64 {
        (self.model.now.as_second() - time.as_second()).div_euclid(86_400)
    }
}

/// Whether AWS answers the operation once per account, and not in each region.
pub fn is_global_operation(operation: &str) -> bool {
    let service = operation.split(':').next().unwrap_or(operation);
    matches!(service, "iam" | "organizations" | "account" | "sts" | "globalaccelerator" | "route53")
        || matches!(
            operation,
            "ec2:DescribeRegions" | "s3control:GetPublicAccessBlock" | "s3control:ListMultiRegionAccessPoints"
        )
}
