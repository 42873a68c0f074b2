//! Which organization an account is in, where, and which policies bound it there.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arn::{AccountId, Scope};
use crate::inventory::{Cell, Inventory, Missing};
use crate::resource::organizations::{Organization, OrganizationAccount, OrganizationPolicy, OrganizationRoot};

pub const SERVICE_CONTROL: &str = "SERVICE_CONTROL_POLICY";
pub const RESOURCE_CONTROL: &str = "RESOURCE_CONTROL_POLICY";

/// What has to be read of an organization's policies.
const READS: [&str; 3] =
    ["organizations:ListPolicies", "organizations:DescribePolicy", "organizations:ListTargetsForPolicy"];

/// What of it says which policies there are, and on what.
const ATTACHING: [&str; 2] = ["organizations:ListPolicies", "organizations:ListTargetsForPolicy"];

/// An account's organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// It is in none.
    None,
    Member {
        organization: Arc<str>,
        management: Option<Arc<str>>,
        /// `o-../r-../ou-../`, if it is known.
        path: Option<Arc<str>>,
    },
    Unknown,
}

impl Membership {
    /// Whether the account rules the organization, so that its policies do not bind it.
    pub fn is_management(&self, account: &AccountId) -> bool {
        matches!(self, Membership::Member { management: Some(id), .. } if **id == *account.as_str())
    }
}

/// What is known of an inventory's organizations.
pub struct Organizations<'i> {
    inventory: &'i Inventory,
    /// Of each account that an organization listed.
    listed: BTreeMap<&'i str, &'i OrganizationAccount>,
    /// What each account said of its own organization.
    described: BTreeMap<&'i Scope, &'i Organization>,
    roots: Vec<&'i OrganizationRoot>,
    /// Each with where it was read.
    policies: Vec<(&'i Scope, &'i OrganizationPolicy)>,
    /// Where the organization's policies were asked for.
    readers: Vec<&'i Scope>,
}

/// The policies of a kind on an account and on what it lies in, from the root down.
pub struct Bounds<'i> {
    pub levels: Vec<(String, Vec<(&'i Scope, &'i OrganizationPolicy)>)>,
    /// Whether there may be more policies at each level, which may allow what these do not.
    pub is_partial: bool,
    pub missing: Vec<Missing>,
}

impl<'i> Organizations<'i> {
    pub fn of(inventory: &'i Inventory) -> Organizations<'i> {
        let mut readers: Vec<&Scope> = inventory.account_lists().map(|(scope, _)| scope).collect();
        readers.extend(inventory.of_type::<OrganizationPolicy>().map(|(scope, _)| scope));
        readers.sort();
        readers.dedup();
        let mut policies: Vec<(&Scope, &OrganizationPolicy)> = inventory.of_type().collect();
        // Of what several accounts read, the copy of which most was read.
        policies.sort_by_key(|(_, one)| (&one.arn, one.content.is_none(), one.targets.is_none()));
        policies.dedup_by(|(_, a), (_, b)| a.arn == b.arn);
        Organizations {
            inventory,
            listed: inventory
                .of_type()
                .map(|(_, account): (_, &OrganizationAccount)| (&*account.id, account))
                .collect(),
            described: inventory.of_type::<Organization>().collect(),
            roots: inventory.of_type::<OrganizationRoot>().map(|(_, root)| root).collect(),
            policies,
            readers,
        }
    }

    pub fn membership(&self, scope: &Scope) -> Membership {
        let account = scope.account.as_str();
        let listed = self.listed.get(account);
        let known = self.inventory.account(&scope.account).and_then(|known| known.organizational_unit.as_deref());
        let path = listed.and_then(|listed| listed.path.as_deref()).or(known).filter(|path| path.starts_with("o-"));
        // arn:aws:organizations::MANAGEMENT:account/o-../ACCOUNT
        let of_arn = listed.and_then(|listed| Some((listed.arn.resource().split('/').nth(1)?, listed.arn.account())));
        let (organization, management) = match (self.described.get(scope), of_arn) {
            (Some(described), _) => (described.id.as_str(), described.master_account_id.as_deref()),
            (None, Some((id, management))) => (id, Some(management)),
            (None, None) => {
                return match (path.and_then(|path| path.split('/').next()), self.was_told_of_none(scope)) {
                    (Some(id), _) => {
                        Membership::Member { organization: id.into(), management: None, path: path.map(Arc::from) }
                    }
                    (None, true) => Membership::None,
                    (None, false) => Membership::Unknown,
                };
            }
        };
        Membership::Member {
            organization: organization.into(),
            management: management.map(Arc::from),
            path: path.map(Arc::from),
        }
    }

    fn was_told_of_none(&self, scope: &Scope) -> bool {
        self.inventory.why_incomplete(scope, "organizations:DescribeOrganization").is_none()
    }

    /// What of one kind bounds an account.
    pub fn bounds(&self, scope: &Scope, membership: &Membership, kind: &str) -> Bounds<'i> {
        let mut bounds = Bounds { levels: Vec::new(), is_partial: false, missing: Vec::new() };
        let account = &scope.account;
        let words = if kind == SERVICE_CONTROL { "service control policies" } else { "resource control policies" };
        let (organization, path) = match membership {
            Membership::None => return bounds,
            Membership::Member { organization, path, .. } => (organization, path),
            Membership::Unknown => {
                let why = self.inventory.why_incomplete(scope, "organizations:DescribeOrganization");
                let cell = cell(scope, "organizations:DescribeOrganization");
                let why = format!(
                    "organization policies of {account} were not read ({})",
                    why.unwrap_or_else(|| "its organization is not known".to_owned())
                );
                bounds.missing.push(Missing { why, cells: [cell].into() });
                return bounds;
            }
        };
        if membership.is_management(account) {
            return bounds;
        }
        let described = self.described.get(scope);
        if described.is_some_and(|described| described.feature_set.as_deref() == Some("CONSOLIDATED_BILLING")) {
            return bounds;
        }
        let own = |arn: &str| arn.contains(&format!("/{organization}/"));
        let mut roots = self.roots.iter().filter(|root| own(root.arn.as_str())).peekable();
        let is_on = |root: &&&OrganizationRoot| {
            root.policy_types.iter().any(|of| of.policy_type == kind && of.status.as_deref() == Some("ENABLED"))
        };
        if roots.peek().is_some() && !roots.any(|root| is_on(&root)) {
            return bounds;
        }
        bounds.is_partial = self.unread(&ATTACHING).is_some();
        if let Some(missing) = self.unread(&READS) {
            let why = format!("organization policies of {account} were not all read ({})", missing.why);
            bounds.missing.push(Missing { why, ..missing });
        }
        let mut targets: Vec<String> = match path {
            Some(path) => path.split('/').skip(1).filter(|place| !place.is_empty()).map(str::to_owned).collect(),
            None => {
                bounds.missing.push(Missing::because(format!(
                    "organization policies of {account} are not all known (where it lies in the organization was not read)"
                )));
                let roots = self.roots.iter().filter(|root| own(root.arn.as_str()));
                roots.map(|root| root.id.clone()).collect()
            }
        };
        targets.push(account.as_str().to_owned());
        let of_kind = || {
            self.policies.iter().filter(|(_, policy)| {
                policy.policy_type == kind && (policy.arn.account() == "aws" || own(policy.arn.as_str()))
            })
        };
        for target in targets {
            let here = of_kind().filter(|(scope, policy)| self.inventory.is_attached(scope, policy, &target));
            let here: Vec<_> = here.copied().collect();
            // AWS keeps at least one service control policy on everything.
            if here.is_empty() && kind == SERVICE_CONTROL && bounds.missing.is_empty() {
                bounds.missing.push(Missing::because(format!(
                    "organization policies of {account} are not all known (no {words} of {target} were read)"
                )));
            }
            bounds.levels.push((target, here));
        }
        bounds
    }

    /// Why one of these operations did not read everything of the organization's policies.
    fn unread(&self, operations: &[&str]) -> Option<Missing> {
        if self.readers.is_empty() {
            return Some(Missing::because("organizations:ListPolicies was not read"));
        }
        let each = self.readers.iter().map(|scope| {
            let incomplete = operations.iter().filter_map(|operation| {
                let why = self.inventory.why_incomplete(scope, operation)?;
                Some(Missing { why, cells: [cell(scope, operation)].into() })
            });
            incomplete.reduce(|all, one| all.and(&one))
        });
        // One account that could read everything is enough.
        let mut first = None;
        for missing in each {
            match missing {
                None => return None,
                Some(missing) => first = first.or(Some(missing)),
            }
        }
        first
    }
}

fn cell(scope: &Scope, operation: &str) -> Cell {
    Cell { scope: scope.account_wide(), operation: operation.to_owned() }
}
