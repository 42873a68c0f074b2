//! The callers that some `Principal` elements tell apart.

use std::collections::BTreeSet;

use crate::iam::caller::account_named;
use crate::iam::{Caller, PrincipalKind, Statement};

/// An account that no policy names, since AWS gives no such id.
const STRANGER: &str = "000000000000";

/// Somebody who may ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// Whoever it is, where policies do not name principals.
    Whoever,
    User {
        arn: String,
        account: String,
        id: Option<String>,
    },
    Session {
        role: String,
        account: String,
        id: Option<String>,
    },
    Service(String),
    Federated(String),
}

/// One of each kind that the statements tell apart.
pub fn people<'s>(statements: impl Iterator<Item = &'s Statement>) -> Vec<Person> {
    let mut people: BTreeSet<Person> = BTreeSet::new();
    let somebody = |account: &str| Person::User {
        arn: format!("arn:aws:iam::{account}:user/some-user"),
        account: account.to_owned(),
        id: None,
    };
    for principal in statements.filter_map(|statement| statement.principals.as_ref()).flat_map(|all| &all.of) {
        people.insert(somebody(STRANGER));
        let value = principal.value.as_str();
        match principal.kind {
            PrincipalKind::Service => people.insert(Person::Service(value.to_owned())),
            PrincipalKind::Federated => people.insert(Person::Federated(value.to_owned())),
            PrincipalKind::Anyone | PrincipalKind::CanonicalUser => false,
            PrincipalKind::Aws => match account_named(value) {
                Some(account) => people.insert(somebody(account)),
                None => of_arn(value).into_iter().fold(false, |_, person| people.insert(person)),
            },
        };
    }
    if people.is_empty() {
        return vec![Person::Whoever];
    }
    people.into_iter().collect()
}

/// The one that is named, and somebody else of its account.
fn of_arn(value: &str) -> Vec<Person> {
    let id = || Some(value.to_owned());
    if value.starts_with("AIDA") {
        let arn = format!("arn:aws:iam::{STRANGER}:user/{value}");
        return vec![Person::User { arn, account: STRANGER.to_owned(), id: id() }];
    }
    if value.starts_with("AROA") {
        let role = format!("arn:aws:iam::{STRANGER}:role/{value}");
        return vec![Person::Session { role, account: STRANGER.to_owned(), id: id() }];
    }
    let mut fields = value.splitn(6, ':');
    let (Some(account), Some(resource)) = (fields.nth(4), fields.next()) else { return Vec::new() };
    let other =
        Person::User { arn: format!("arn:aws:iam::{account}:user/some-user"), account: account.to_owned(), id: None };
    let named = if resource.starts_with("user/") {
        Person::User { arn: value.to_owned(), account: account.to_owned(), id: None }
    } else if let Some(session) = resource.strip_prefix("assumed-role/") {
        let name = session.split('/').next().unwrap_or(session);
        Person::Session { role: format!("arn:aws:iam::{account}:role/{name}"), account: account.to_owned(), id: None }
    } else {
        Person::Session { role: value.to_owned(), account: account.to_owned(), id: None }
    };
    vec![named, other]
}

impl Person {
    pub fn as_caller(&self) -> Option<Caller<'_>> {
        Some(match self {
            Person::Whoever => return None,
            Person::User { arn, account, id } => Caller::User { arn, account, id: id.as_deref() },
            Person::Session { role, account, id } => Caller::Session { role_arn: role, account, id: id.as_deref() },
            Person::Service(name) => Caller::Service(name),
            Person::Federated(provider) => Caller::Federated(provider),
        })
    }

    pub fn name(&self) -> Option<String> {
        Some(match self {
            Person::Whoever => return None,
            Person::User { account, .. } if account == STRANGER => "somebody of another account".to_owned(),
            Person::User { arn, account, .. } if arn.ends_with("user/some-user") => format!("somebody of {account}"),
            Person::User { arn, .. } => arn.clone(),
            Person::Session { role, .. } => role.clone(),
            Person::Service(name) | Person::Federated(name) => name.clone(),
        })
    }
}
