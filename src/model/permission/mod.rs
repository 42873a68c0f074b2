//! Who may do what: the principals of an inventory with all the policies that
//! bear on them, over all its accounts.
//!
//! An answer has two bounds (see [`crate::iam`]). What AWS weighs, in its order:
//!
//! 1. A Deny of any policy that applies.
//! 2. Service control policies of the principal's account, of which every level
//!    from the root to the account must allow; resource control policies of the
//!    resource's account, which only deny. The management account is not bound
//!    by either, service-linked roles are not bound by the former as principals
//!    nor by the latter as resources.
//! 3. In the same account an identity policy or, for a role that is to be
//!    assumed, its trust policy; across accounts both. A trust policy that names
//!    the account leaves it to identity policies; one that names the principal
//!    itself is enough.
//! 4. The permissions boundary, which bounds what identity policies allow, and
//!    what a trust policy allows to a role; not what it allows to a user or a
//!    session by its own ARN.
//! 5. Where it is asked for ([`Permissions::can_on`]), the policy of what is acted
//!    on: in its own account it allows as a trust policy does, or leaves it to
//!    identity policies; across accounts both have to allow.
//!
//! Limitations and known gaps: without that, of resources' policies only trust
//! policies are weighed, so that in the same account a Deny of another resource
//! policy is not seen (nor a grant), and across accounts nothing but
//! `sts:AssumeRole` is more than conditional; the same goes for KMS keys by ARN.
//! Session policies and what `sts:GetFederationToken` leaves are the caller's
//! choice and not in any inventory: sessions have all their role has. VPC
//! endpoint policies bound what goes through their endpoint, which no caller has
//! to. Resource control policies are weighed for the services that AWS documented
//! for them in 2025.

mod build;
mod compare;
mod decide;
mod decision;
mod known;
mod mask;
mod organization;
mod thing;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::arn::AccountId;
use crate::iam::{Compiled, Document, RequestContext};
use crate::inventory::Missing;
use crate::resource::Tag;

pub use compare::{Side, compare_permissions, compare_trust, confirmed};
pub use decide::Supposing;
pub use mask::{ActionMask, ActionMasks};
pub use thing::{OwnPolicy, Thing, bucket_of};

/// The principals and policies of an inventory.
#[derive(Debug, Default)]
pub struct Permissions {
    now: Timestamp,
    /// Every document once, however often it is used.
    documents: Vec<Compiled>,
    /// Every name of a document once.
    policies: Vec<Policy>,
    accounts: Vec<Account>,
    numbers: BTreeMap<AccountId, u32>,
    principals: Vec<Principal>,
    groups: Vec<Group>,
    by_arn: HashMap<Arc<str>, PrincipalId>,
    groups_by_arn: HashMap<Arc<str>, GroupId>,
}

/// A principal, by its number in the order of accounts, kinds and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalId(u32);

/// A group, by its number in the order of accounts and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// The root user of an account.
    Root,
    User,
    /// The sessions of a role.
    Role,
}

impl PrincipalKind {
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalKind::Root => "root",
            PrincipalKind::User => "user",
            PrincipalKind::Role => "role",
        }
    }
}

/// A policy under the name that its owner knows.
#[derive(Debug)]
pub struct Policy {
    name: Box<str>,
    /// Of managed policies.
    arn: Option<Box<str>>,
    document: u32,
}

/// A user, a role or an account's root user.
#[derive(Debug)]
pub struct Principal {
    arn: Arc<str>,
    account: u32,
    kind: PrincipalKind,
    name: Box<str>,
    /// `AIDA..` or `AROA..`, if it was read.
    unique_id: Option<Box<str>>,
    path: Option<Box<str>>,
    /// Its own, attached, and its groups' policies, by number.
    policies: Box<[u32]>,
    groups: Box<[GroupId]>,
    boundary: Boundary,
    trust: Trust,
    tags: Box<[Tag]>,
    missing: Box<[Missing]>,
}

#[derive(Debug)]
enum Boundary {
    None,
    Policy(u32),
    /// It has one, of this ARN, whose document was not read.
    Unread(Box<str>),
}

#[derive(Debug)]
enum Trust {
    /// It is no role.
    None,
    /// By number of the document.
    Document(u32),
    Unreadable(Box<str>),
}

#[derive(Debug)]
struct Group {
    arn: Arc<str>,
    account: u32,
    name: Box<str>,
    policies: Box<[u32]>,
    missing: Box<[Missing]>,
}

/// An account with what bounds everyone in it.
#[derive(Debug)]
struct Account {
    id: AccountId,
    membership: organization::Membership,
    /// From the root down; of each level its policies, by number. An empty level does not bound.
    service_control: Vec<Level>,
    resource_control: Vec<Level>,
    missing_denials: Vec<Missing>,
    /// Whether all its roles were read, so that one that is not here does not exist.
    is_complete: bool,
}

#[derive(Debug, Clone)]
struct Level {
    /// The root, unit or account that the policies are attached to.
    target: Box<str>,
    policies: Vec<u32>,
    /// Whether a policy here was not read, which might allow what the others do not.
    is_partial: bool,
}

impl Permissions {
    /// Every principal, in the order of accounts; of an account first its root user, then users and roles by name.
    pub fn principals(&self) -> impl ExactSizeIterator<Item = PrincipalId> {
        (0..self.principals.len() as u32).map(PrincipalId)
    }

    /// The principal with this ARN; `arn:aws:iam::ACCOUNT:root` is the root user.
    pub fn find(&self, arn: &str) -> Option<PrincipalId> {
        self.by_arn.get(arn).copied()
    }

    /// A principal's particulars.
    pub fn principal(&self, who: PrincipalId) -> &Principal {
        // INVARIANT: ids are made by this value alone, one for each of its principals.
        &self.principals[who.0 as usize]
    }

    pub fn arn(&self, who: PrincipalId) -> &str {
        &self.principal(who).arn
    }

    pub fn kind(&self, who: PrincipalId) -> PrincipalKind {
        self.principal(who).kind
    }

    pub fn account(&self, who: PrincipalId) -> &AccountId {
        &self.account_of(self.principal(who)).id
    }

    /// The group with this ARN.
    pub fn find_group(&self, arn: &str) -> Option<GroupId> {
        self.groups_by_arn.get(arn).copied()
    }

    pub fn groups(&self) -> impl ExactSizeIterator<Item = GroupId> {
        (0..self.groups.len() as u32).map(GroupId)
    }

    pub fn group_arn(&self, group: GroupId) -> &str {
        &self.group(group).arn
    }

    pub fn group_name(&self, group: GroupId) -> &str {
        &self.group(group).name
    }

    pub fn group_account(&self, group: GroupId) -> &AccountId {
        &self.accounts[self.group(group).account as usize].id
    }

    /// Policies that could grant more and that were not read: an attached policy or a group without its document, or
    /// one that cannot be read.
    pub fn missing_grants(&self, who: PrincipalId) -> &[Missing] {
        &self.principal(who).missing
    }

    /// As [`Permissions::missing_grants`], of a group's members.
    pub fn group_missing_grants(&self, group: GroupId) -> &[Missing] {
        &self.group(group).missing
    }

    /// Policies that could only take away and were not read: the organization's.
    pub fn missing_denials(&self, account: &AccountId) -> &[Missing] {
        self.numbers.get(account).map_or(&[], |number| &self.accounts[*number as usize].missing_denials)
    }

    /// The policies that a principal has: its own, attached, and its groups'.
    pub fn policies(&self, who: PrincipalId) -> impl Iterator<Item = (&Policy, &Compiled)> {
        self.numbered(&self.principal(who).policies)
    }

    /// The numbers of the documents of these.
    pub fn document_numbers(&self, who: PrincipalId) -> impl Iterator<Item = usize> {
        self.principal(who).policies.iter().map(|number| self.policies[*number as usize].document as usize)
    }

    /// A document by its number.
    pub fn document(&self, number: usize) -> Option<&Document> {
        self.documents.get(number).map(Compiled::document)
    }

    /// The policies of a group, its own and attached.
    pub fn group_policies(&self, group: GroupId) -> impl Iterator<Item = (&Policy, &Compiled)> {
        self.numbered(&self.group(group).policies)
    }

    /// Whether a policy that bears on somebody, of the organization's service control policies too, asks for the region
    /// of a request.
    pub fn asks_for_region(&self, principal: &Principal) -> bool {
        self.bearing_on(principal).iter().any(|document| document.asks_for("aws:RequestedRegion"))
    }

    /// The documents of its policies, of its boundary and of the organization's policies above it.
    pub fn bearing_on(&self, principal: &Principal) -> Vec<&Document> {
        let boundary = match principal.boundary {
            Boundary::Policy(number) => Some(number),
            Boundary::None | Boundary::Unread(_) => None,
        };
        let levels = self.account_of(principal).service_control.iter().flat_map(|level| &level.policies);
        let all = principal.policies.iter().chain(&boundary).chain(levels);
        all.map(|number| self.policy(*number).1.document()).collect()
    }

    /// A role's trust policy; none for others, and if it cannot be read.
    pub fn trust(&self, role: PrincipalId) -> Option<&Compiled> {
        match self.principal(role).trust {
            Trust::Document(document) => Some(&self.documents[document as usize]),
            Trust::None | Trust::Unreadable(_) => None,
        }
    }

    /// Whether a principal may take a role on: its own policies and the role's trust policy.
    pub fn can_assume(&self, who: PrincipalId, role: PrincipalId) -> crate::iam::Answer<'_> {
        self.can(who, "sts:AssumeRole", self.arn(role), &RequestContext::new())
    }

    /// How many documents there are, each counted once.
    pub fn count_documents(&self) -> usize {
        self.documents.len()
    }

    fn group(&self, group: GroupId) -> &Group {
        &self.groups[group.0 as usize]
    }

    fn account_of(&self, principal: &Principal) -> &Account {
        &self.accounts[principal.account as usize]
    }

    fn account_by_id(&self, id: &str) -> Option<&Account> {
        let number = self.numbers.get(&id.parse::<AccountId>().ok()?)?;
        self.accounts.get(*number as usize)
    }

    fn policy(&self, number: u32) -> (&Policy, &Compiled) {
        let policy = &self.policies[number as usize];
        (policy, &self.documents[policy.document as usize])
    }

    fn numbered<'p>(&'p self, numbers: &'p [u32]) -> impl Iterator<Item = (&'p Policy, &'p Compiled)> {
        numbers.iter().map(|number| self.policy(*number))
    }
}

impl Policy {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ARN of a managed policy; none for one that lives in its principal.
    pub fn arn(&self) -> Option<&str> {
        self.arn.as_deref()
    }
}

impl Principal {
    pub fn arn(&self) -> &str {
        &self.arn
    }

    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The name of a user or role, the account's id of a root user.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn groups(&self) -> &[GroupId] {
        &self.groups
    }

    pub fn has_boundary(&self) -> bool {
        !matches!(self.boundary, Boundary::None)
    }

    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Whether AWS made the role for a service of its own: service control policies do not bind it.
    pub fn is_service_linked(&self) -> bool {
        self.kind == PrincipalKind::Role
            && self.path.as_deref().is_some_and(|path| path.starts_with("/aws-service-role/"))
    }
}

#[cfg(test)]
mod tests;
