//! What accounts have to know of each other: the roles that trust somebody of another account.
//!
//! Nothing else of IAM crosses accounts. A role is kept without its policies, since what it may do is its own account's
//! question; its trust policy, tags and boundary decide with the caller's policies whether it can be taken on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::arn::{AccountId, Scope};
use crate::iam::{Document, Effect, PolicyText, PrincipalKind, account_named};
use crate::inventory::Inventory;
use crate::inventory::snapshot::Line;
use crate::resource::ResourceType;
use crate::resource::iam::{Role, User};
use crate::resource::organizations::Organization;

/// The roles of an organization that trust principals of other accounts than their own.
#[derive(Debug, Clone, Default)]
pub struct Abroad {
    roles: Vec<(Scope, Role)>,
    /// By their places among the roles: those that may mean anybody, those that name an account or somebody of it, and
    /// those that name a unique id, which does not say whose it is.
    everyone: Vec<usize>,
    by_account: BTreeMap<AccountId, Vec<usize>>,
    by_unique_id: BTreeMap<String, Vec<usize>>,
    /// What accounts with such roles said of their organization.
    organizations: BTreeMap<Scope, Organization>,
}

/// Whom a trust policy means beside its own account.
#[derive(Debug, Default)]
struct Addressees<'d> {
    everyone: bool,
    accounts: BTreeSet<&'d str>,
    unique_ids: BTreeSet<&'d str>,
}

/// Sorts out of an account's lines those that others have to know.
pub struct Sieve<'a> {
    own: &'a AccountId,
    /// Trust policies that mean nobody else, as the lines have them: the same few stand in most roles.
    harmless: RefCell<Vec<Vec<u8>>>,
}

impl<'a> Sieve<'a> {
    /// So many are kept; each is compared with each role's.
    const KEPT: usize = 16;

    pub fn new(own: &'a AccountId) -> Sieve<'a> {
        Sieve { own, harmless: RefCell::default() }
    }

    /// Whether [`Abroad::note`] looks at a resource, or [`crate::inventory::Surroundings`] keep it for permissions.
    pub fn takes(&self, line: &Line<'_>) -> bool {
        match line.of {
            ResourceType::Role => self.takes_role(line),
            ResourceType::Organization | ResourceType::AwsManagedPolicy => true,
            of => of.is_organization_wide(),
        }
    }

    /// Most trust nobody else, and the rest of them is not read for that.
    fn takes_role(&self, line: &Line<'_>) -> bool {
        /// Of a role.
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Trusting {
            assume_role_policy_document: PolicyText,
        }
        let is_trusting =
            |text: &PolicyText| text.document().is_ok_and(|document| is_trusting_others(document, self.own.as_str()));
        let Some(rest) = line.from_member("AssumeRolePolicyDocument") else {
            return line.read().is_none_or(|role: Trusting| is_trusting(&role.assume_role_policy_document));
        };
        // What begins with a whole object is that object.
        if self.harmless.borrow().iter().any(|known| rest.starts_with(known)) {
            return false;
        }
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<PolicyText>();
        let Some(Ok(text)) = values.next() else { return true };
        let takes = is_trusting(&text);
        let own = rest.get(..values.byte_offset()).filter(|own| own.starts_with(b"{"));
        if !takes && let Some(own) = own {
            let mut harmless = self.harmless.borrow_mut();
            let has_room = harmless.len() < Self::KEPT;
            harmless.extend(has_room.then(|| own.to_vec()));
        }
        takes
    }
}

impl Abroad {
    /// Adds what others have to know of an account.
    pub fn note(&mut self, part: &Inventory) {
        let mut scopes = BTreeSet::new();
        for (scope, role) in part.of_type::<Role>() {
            let Ok(document) = role.assume_role_policy_document.document() else { continue };
            let addressees = Addressees::of(document, scope.account.as_str());
            if addressees.is_empty() {
                continue;
            }
            let place = self.roles.len();
            if addressees.everyone {
                self.everyone.push(place);
            }
            for account in addressees.accounts.iter().filter_map(|account| account.parse().ok()) {
                self.by_account.entry(account).or_default().push(place);
            }
            for id in addressees.unique_ids {
                self.by_unique_id.entry(id.to_owned()).or_default().push(place);
            }
            scopes.insert(scope.account_wide());
            self.roles.push((scope.clone(), without_policies(role)));
        }
        for (scope, organization) in part.of_type::<Organization>().filter(|(scope, _)| scopes.contains(scope)) {
            self.organizations.insert(scope.clone(), organization.clone());
        }
    }

    /// Puts beside an account the roles of others that may trust somebody of it.
    pub fn put_beside(&self, own: &AccountId, part: &mut Inventory) {
        let mut wanted: BTreeSet<usize> = self.everyone.iter().copied().collect();
        wanted.extend(self.by_account.get(own).into_iter().flatten());
        if !self.by_unique_id.is_empty() {
            let users = part.of_type::<User>().filter_map(|(_, user)| user.user_id.as_ref());
            let roles = part.of_type::<Role>().filter_map(|(_, role)| role.role_id.as_ref());
            wanted.extend(users.chain(roles).filter_map(|id| self.by_unique_id.get(id)).flatten());
        }
        let roles = wanted.into_iter().filter_map(|place| self.roles.get(place));
        for (scope, role) in roles.filter(|(scope, _)| scope.account != *own) {
            if let Some(organization) = self.organizations.get(&scope.account_wide()) {
                part.insert(scope.account_wide(), organization.clone().into());
            }
            part.insert(scope.clone(), role.clone().into());
        }
    }
}

/// Whether a trust policy of an account means somebody of another.
pub fn is_trusting_others(document: &Document, own: &str) -> bool {
    !Addressees::of(document, own).is_empty()
}

impl<'d> Addressees<'d> {
    fn of(document: &'d Document, own: &str) -> Addressees<'d> {
        let mut all = Addressees::default();
        for statement in &document.statements {
            if statement.effect != Effect::Allow || !statement.covers_action("sts:AssumeRole") {
                continue;
            }
            let Some(principals) = &statement.principals else { continue };
            all.everyone |= principals.all_but;
            for principal in &principals.of {
                let value = principal.value.as_str();
                match principal.kind {
                    PrincipalKind::Anyone => all.everyone = true,
                    PrincipalKind::Aws if value.contains(['*', '?']) => all.everyone = true,
                    PrincipalKind::Aws if !value.contains(':') && account_named(value).is_none() => {
                        all.unique_ids.insert(value);
                    }
                    PrincipalKind::Aws => {
                        let account = account_named(value).or_else(|| value.split(':').nth(4));
                        all.accounts.extend(account.filter(|account| *account != own));
                    }
                    _ => {}
                }
            }
        }
        all
    }

    fn is_empty(&self) -> bool {
        !self.everyone && self.accounts.is_empty() && self.unique_ids.is_empty()
    }
}

fn without_policies(role: &Role) -> Role {
    Role {
        role_policy_list: Vec::new(),
        attached_managed_policies: Vec::new(),
        instance_profile_list: Vec::new(),
        role_last_used: None,
        ..role.clone()
    }
}
