//! From an inventory to its permissions: documents are interned, references resolved.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

use jiff::Timestamp;

use crate::arn::{AccountId, Arn, Scope};
use crate::iam::{Compiled, Document, PolicyText};
use crate::inventory::{Cell, Inventory, Missing};
use crate::resource::iam::{
    AUTHORIZATION, AttachedPermissionsBoundary, AttachedPolicy, AwsManagedPolicy, Group as IamGroup, InlinePolicy,
    ManagedPolicy, Role, User,
};
use crate::resource::organizations::OrganizationPolicy;

use super::organization::{Bounds, Organizations, RESOURCE_CONTROL, SERVICE_CONTROL};
use super::{
    Account, Boundary, Group, GroupId, Level, Permissions, Policy, Principal, PrincipalId, PrincipalKind, Trust,
};

impl Permissions {
    /// What an inventory says of its principals, at a time.
    pub fn of(inventory: &Inventory, now: Timestamp) -> Permissions {
        Builder::new(inventory, now).build()
    }
}

impl Permissions {
    /// A user or role of somebody's account that does not exist yet: without policies, and with the managed policy of
    /// this ARN as its boundary.
    pub fn newcomer(&self, beside: PrincipalId, kind: PrincipalKind, arn: &str, boundary: Option<&str>) -> Principal {
        let known = |arn: &str| self.policies.iter().zip(0_u32..).find(|(policy, _)| policy.arn() == Some(arn));
        Principal {
            arn: arn.into(),
            account: self.principal(beside).account,
            kind,
            name: arn.rsplit('/').next().unwrap_or(arn).into(),
            unique_id: None,
            path: None,
            policies: Box::default(),
            groups: Box::default(),
            boundary: match boundary {
                None => Boundary::None,
                Some(arn) => known(arn).map_or_else(|| Boundary::Unread(arn.into()), |(_, at)| Boundary::Policy(at)),
            },
            trust: Trust::None,
            tags: Box::default(),
            missing: Box::default(),
        }
    }
}

/// A policy's name, its ARN if it is managed, and the number of its document.
type Called = (Box<str>, Option<Box<str>>, u32);

/// A document by its content, hashed once.
#[derive(PartialEq, Eq)]
struct Content {
    hash: u64,
    document: Arc<Document>,
}

impl Hash for Content {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// What is hashed, in one piece: a document has many short texts, and to hash each by itself costs several times as much.
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

struct Builder<'i> {
    inventory: &'i Inventory,
    made: Permissions,
    documents: HashMap<Content, u32>,
    /// Keys of every content hash.
    keys: RandomState,
    /// Kept from one content to the next.
    buffer: Vec<u8>,
    policies: HashMap<Called, u32>,
    /// Documents of managed policies, by ARN; AWS's own as whichever account read them.
    managed: HashMap<&'i str, Result<u32, Missing>>,
}

/// Policies found, and those that were not.
#[derive(Default)]
struct Found {
    policies: Vec<u32>,
    missing: Vec<Missing>,
}

impl<'i> Builder<'i> {
    fn new(inventory: &'i Inventory, now: Timestamp) -> Builder<'i> {
        Builder {
            inventory,
            made: Permissions { now, ..Permissions::default() },
            documents: HashMap::new(),
            keys: RandomState::new(),
            buffer: Vec::new(),
            policies: HashMap::new(),
            managed: HashMap::new(),
        }
    }

    fn build(mut self) -> Permissions {
        self.read_managed();
        let mut scopes: BTreeSet<Scope> = self.inventory.ledger.scopes().map(Scope::account_wide).collect();
        scopes.extend(self.inventory.of_type::<User>().map(|(scope, _)| scope.account_wide()));
        scopes.extend(self.inventory.of_type::<Role>().map(|(scope, _)| scope.account_wide()));
        let organizations = Organizations::of(self.inventory);
        for scope in &scopes {
            self.account(scope, &organizations);
        }
        self.made
    }

    /// The number of a document, a new one if it is the first of its content.
    fn intern(&mut self, document: &Arc<Document>) -> u32 {
        let mut bytes = Bytes(std::mem::take(&mut self.buffer));
        document.hash(&mut bytes);
        let content = Content { hash: self.keys.hash_one(&bytes.0), document: Arc::clone(document) };
        self.buffer = bytes.0;
        self.buffer.clear();
        let made = &mut self.made.documents;
        *self.documents.entry(content).or_insert_with(|| {
            made.push(Compiled::new(Arc::clone(document)));
            (made.len() - 1) as u32
        })
    }

    fn named(&mut self, name: &str, arn: Option<&str>, document: u32) -> u32 {
        let key = (Box::from(name), arn.map(Box::from), document);
        if let Some(number) = self.policies.get(&key) {
            return *number;
        }
        let number = self.made.policies.len() as u32;
        self.made.policies.push(Policy { name: key.0.clone(), arn: key.1.clone(), document });
        self.policies.insert(key, number);
        number
    }

    fn read_managed(&mut self) {
        let mut managed: HashMap<&'i str, Result<u32, Missing>> = HashMap::new();
        for (scope, policy) in self.inventory.of_type::<AwsManagedPolicy>() {
            let arn = policy.arn.as_str();
            if matches!(managed.get(arn), Some(Ok(_))) {
                continue;
            }
            let document = match &policy.document {
                Some(text) => self.managed_document(arn, &policy.policy_name, text),
                None => Err(self.unread(scope, arn, "iam:GetPolicyVersion")),
            };
            managed.insert(arn, document);
        }
        for (scope, policy) in self.inventory.of_type::<ManagedPolicy>() {
            let arn = policy.arn.as_str();
            if matches!(managed.get(arn), Some(Ok(_))) {
                continue;
            }
            let document = match policy.default_version() {
                Some(version) => self.managed_document(arn, &policy.policy_name, &version.document),
                None => Err(self.unread(scope, arn, AUTHORIZATION)),
            };
            managed.insert(arn, document);
        }
        self.managed = managed;
    }

    fn managed_document(&mut self, arn: &str, name: &str, text: &PolicyText) -> Result<u32, Missing> {
        let document =
            text.shared().map_err(|error| Missing::because(format!("the policy {arn} cannot be read: {error}")))?;
        let number = self.intern(document);
        Ok(self.named(name, Some(arn), number))
    }

    fn unread(&self, scope: &Scope, what: &str, operation: &str) -> Missing {
        let why = self.inventory.why_incomplete(&scope.account_wide(), operation);
        let because = why.map_or_else(String::new, |why| format!(" ({why})"));
        Missing {
            why: format!("{what} was not read{because}"),
            cells: [Cell { scope: scope.account_wide(), operation: operation.to_owned() }].into(),
        }
    }

    fn account(&mut self, scope: &Scope, organizations: &Organizations<'i>) {
        let number = self.made.accounts.len() as u32;
        let membership = organizations.membership(scope);
        let mut missing_denials = Vec::new();
        let service = organizations.bounds(scope, &membership, SERVICE_CONTROL);
        let service_control = self.levels(service, &scope.account, &mut missing_denials);
        let resource = organizations.bounds(scope, &membership, RESOURCE_CONTROL);
        let resource_control = self.levels(resource, &scope.account, &mut missing_denials);
        self.made.numbers.insert(scope.account.clone(), number);
        self.made.accounts.push(Account {
            id: scope.account.clone(),
            membership,
            service_control,
            resource_control,
            missing_denials,
            is_complete: self.inventory.why_incomplete(scope, AUTHORIZATION).is_none(),
        });
        self.root(scope, number);
        let groups = self.groups(scope, number);
        let inventory = self.inventory;
        for user in inventory.in_scope::<User>(scope) {
            self.user(scope, number, user, &groups);
        }
        for role in inventory.in_scope::<Role>(scope) {
            self.role(scope, number, role);
        }
    }

    fn levels(&mut self, bounds: Bounds<'i>, account: &AccountId, missing: &mut Vec<Missing>) -> Vec<Level> {
        for one in bounds.missing {
            if !missing.contains(&one) {
                missing.push(one);
            }
        }
        let mut levels = Vec::new();
        for (target, here) in bounds.levels {
            let mut level =
                Level { target: target.into(), policies: Vec::new(), is_partial: bounds.is_partial || here.is_empty() };
            for (scope, policy) in here {
                match self.organization_policy(scope, policy) {
                    Ok(number) => level.policies.push(number),
                    Err(why) => {
                        level.is_partial = true;
                        missing.push(Missing::because(format!(
                            "organization policies of {account} were not all read ({why})"
                        )));
                    }
                }
            }
            levels.push(level);
        }
        levels
    }

    fn organization_policy(&mut self, scope: &Scope, policy: &OrganizationPolicy) -> Result<u32, String> {
        let text = self.inventory.policy_text(scope, policy);
        let text = text.ok_or_else(|| format!("{} has no content", policy.id))?;
        let document = text.shared().map_err(|error| format!("{} cannot be read: {error}", policy.id))?;
        let number = self.intern(document);
        Ok(self.named(policy.name.as_deref().unwrap_or(&policy.id), Some(policy.arn.as_str()), number))
    }

    fn add(&mut self, principal: Principal) {
        let id = PrincipalId(self.made.principals.len() as u32);
        self.made.by_arn.insert(Arc::clone(&principal.arn), id);
        self.made.principals.push(principal);
    }

    fn root(&mut self, scope: &Scope, account: u32) {
        self.add(Principal {
            arn: scope.arn("iam", "root").as_str().into(),
            account,
            kind: PrincipalKind::Root,
            name: scope.account.as_str().into(),
            unique_id: None,
            path: None,
            policies: Box::default(),
            groups: Box::default(),
            boundary: Boundary::None,
            trust: Trust::None,
            tags: Box::default(),
            missing: Box::default(),
        });
    }

    fn groups(&mut self, scope: &Scope, account: u32) -> BTreeMap<&'i str, GroupId> {
        let mut groups = BTreeMap::new();
        let inventory = self.inventory;
        for group in inventory.in_scope::<IamGroup>(scope) {
            let mut found = Found::default();
            self.inline(&group.group_policy_list, group.arn.as_str(), &mut found);
            self.attached(scope, &group.attached_managed_policies, &mut found);
            let id = GroupId(self.made.groups.len() as u32);
            let arn: Arc<str> = group.arn.as_str().into();
            self.made.groups_by_arn.insert(Arc::clone(&arn), id);
            self.made.groups.push(Group {
                arn,
                account,
                name: group.group_name.as_str().into(),
                policies: found.policies.into(),
                missing: found.missing.into(),
            });
            groups.insert(group.group_name.as_str(), id);
        }
        groups
    }

    fn user(&mut self, scope: &Scope, account: u32, user: &'i User, groups: &BTreeMap<&'i str, GroupId>) {
        let mut found = Found::default();
        self.inline(&user.user_policy_list, user.arn.as_str(), &mut found);
        self.attached(scope, &user.attached_managed_policies, &mut found);
        let mut member_of = Vec::new();
        for name in &user.group_list {
            match groups.get(name.as_str()) {
                Some(id) => {
                    let group = self.made.group(*id);
                    found.policies.extend(&group.policies);
                    found.missing.extend(group.missing.iter().cloned());
                    member_of.push(*id);
                }
                None => found.missing.push(self.unread(scope, &format!("the group `{name}`"), AUTHORIZATION)),
            }
        }
        let boundary = self.boundary(user.permissions_boundary.as_ref());
        self.add(Principal {
            arn: user.arn.as_str().into(),
            account,
            kind: PrincipalKind::User,
            name: user.user_name.as_str().into(),
            unique_id: user.user_id.as_deref().map(Box::from),
            path: user.path.as_deref().map(Box::from),
            policies: once_each(found.policies),
            groups: member_of.into(),
            boundary,
            trust: Trust::None,
            tags: user.tags.clone().into(),
            missing: found.missing.into(),
        });
    }

    fn role(&mut self, scope: &Scope, account: u32, role: &'i Role) {
        let mut found = Found::default();
        self.inline(&role.role_policy_list, role.arn.as_str(), &mut found);
        self.attached(scope, &role.attached_managed_policies, &mut found);
        let boundary = self.boundary(role.permissions_boundary.as_ref());
        let trust = match role.assume_role_policy_document.shared() {
            Ok(document) => Trust::Document(self.intern(document)),
            Err(error) => Trust::Unreadable(error.to_string().into()),
        };
        self.add(Principal {
            arn: role.arn.as_str().into(),
            account,
            kind: PrincipalKind::Role,
            name: role.role_name.as_str().into(),
            unique_id: role.role_id.as_deref().map(Box::from),
            path: role.path.as_deref().map(Box::from),
            policies: once_each(found.policies),
            groups: Box::default(),
            boundary,
            trust,
            tags: role.tags.clone().into(),
            missing: found.missing.into(),
        });
    }

    fn inline(&mut self, policies: &[InlinePolicy], owner: &str, found: &mut Found) {
        for policy in policies {
            match policy.policy_document.shared() {
                Ok(document) => {
                    let document = self.intern(document);
                    let number = self.named(&policy.policy_name, None, document);
                    found.policies.push(number);
                }
                Err(error) => found.missing.push(Missing::because(format!(
                    "the policy `{}` of {owner} cannot be read: {error}",
                    policy.policy_name
                ))),
            }
        }
    }

    fn attached(&mut self, scope: &Scope, policies: &[AttachedPolicy], found: &mut Found) {
        for policy in policies {
            match self.managed_policy(&policy.policy_arn) {
                Some(Ok(number)) => found.policies.push(number),
                // One that says what is wrong with the document is true of all accounts.
                Some(Err(missing)) if missing.cells.is_empty() => found.missing.push(missing),
                // Where it was not read, the account's own call is what is missing, whoever else lists the policy.
                Some(Err(_)) | None => {
                    let arn = policy.policy_arn.as_str();
                    let is_listed = || self.inventory.get::<AwsManagedPolicy>(scope, arn).is_some();
                    let operation = match policy.policy_arn.account() {
                        "aws" if is_listed() => "iam:GetPolicyVersion",
                        "aws" => "iam:ListPolicies",
                        _ => AUTHORIZATION,
                    };
                    found.missing.push(self.unread(scope, policy.policy_arn.as_str(), operation));
                }
            }
        }
    }

    fn managed_policy(&mut self, arn: &Arn) -> Option<Result<u32, Missing>> {
        let known = self.managed.get(arn.as_str()).cloned();
        if !matches!(known, Some(Ok(_)))
            && arn.account() == "aws"
            && arn.resource() == "policy/AdministratorAccess"
            && let Ok(document) = administrator_access()
        {
            // What this one says is its name.
            let document = self.intern(&document);
            return Some(Ok(self.named("AdministratorAccess", Some(arn.as_str()), document)));
        }
        known
    }

    fn boundary(&mut self, boundary: Option<&AttachedPermissionsBoundary>) -> Boundary {
        let Some(arn) = boundary.map(|boundary| &boundary.permissions_boundary_arn) else { return Boundary::None };
        match self.managed_policy(arn) {
            Some(Ok(number)) => Boundary::Policy(number),
            _ => Boundary::Unread(arn.as_str().into()),
        }
    }
}

/// The document of AWS's AdministratorAccess, version v1 since 2015.
fn administrator_access() -> Result<Arc<Document>, crate::iam::PolicyError> {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    text.parse().map(Arc::new)
}

/// In the order in which they came; a user may have a policy from several groups.
fn once_each(policies: Vec<u32>) -> Box<[u32]> {
    let mut seen = BTreeSet::new();
    policies.into_iter().filter(|policy| seen.insert(*policy)).collect()
}
