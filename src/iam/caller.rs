//! Who asks, and whether a `Principal` element speaks of them.

use super::{Principal, PrincipalKind, Principals, Truth, matches};

/// Who makes a request, as far as `Principal` elements tell callers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller<'c> {
    User {
        arn: &'c str,
        account: &'c str,
        /// `AIDA..`, if known.
        id: Option<&'c str>,
    },
    /// A session of a role. Its name is chosen by who takes the role on.
    Session {
        role_arn: &'c str,
        account: &'c str,
        /// `AROA..` of the role, if known.
        id: Option<&'c str>,
    },
    Root {
        account: &'c str,
    },
    /// Somebody of an account, of whom nothing else is known.
    SomebodyOf {
        account: &'c str,
    },
    /// A service of AWS, such as `lambda.amazonaws.com`.
    Service(&'c str),
    /// Whoever an identity provider vouches for: its ARN, or the name of one of the built-in ones.
    Federated(&'c str),
}

/// How an element names a caller; the later, the less the caller needs beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Naming {
    /// By its account, which leaves the rest to that account's own policies.
    Account,
    /// As everyone, or everyone but some.
    Anyone,
    /// The role of the session.
    Role,
    /// The user, the session, the service or the provider itself.
    Itself,
}

impl<'c> Caller<'c> {
    /// The account whose policies bound the caller; none for services and people of providers.
    pub fn account(&self) -> Option<&'c str> {
        match *self {
            Caller::User { account, .. }
            | Caller::Session { account, .. }
            | Caller::Root { account }
            | Caller::SomebodyOf { account } => Some(account),
            Caller::Service(_) | Caller::Federated(_) => None,
        }
    }

    /// Every way in which the element speaks of the caller, with how sure that is.
    pub fn named_by(&self, principals: &Principals) -> Vec<(Naming, Truth)> {
        if principals.all_but {
            let not = !self.excepted(principals);
            return if not == Truth::False { Vec::new() } else { vec![(Naming::Anyone, not)] };
        }
        let mut ways: Vec<(Naming, Truth)> = Vec::new();
        for principal in &principals.of {
            let Some((naming, truth)) = self.is(principal) else { continue };
            match ways.iter_mut().find(|(known, _)| *known == naming) {
                Some((_, known)) => *known = known.or(truth),
                None => ways.push((naming, truth)),
            }
        }
        ways
    }

    /// Whether `NotPrincipal` leaves the caller out. AWS asks that the account is named
    /// beside its user or role; where it is not, what comes out is not certain.
    fn excepted(&self, principals: &Principals) -> Truth {
        let ways = principals.of.iter().filter_map(|principal| self.is(principal));
        let (mut itself, mut account) = (Truth::False, Truth::False);
        for (naming, truth) in ways {
            match naming {
                Naming::Account => account = account.or(truth),
                Naming::Anyone => return Truth::True,
                Naming::Role | Naming::Itself => itself = itself.or(truth),
            }
        }
        match self {
            Caller::Service(_) | Caller::Federated(_) | Caller::Root { .. } => itself.or(account),
            _ if itself.must() && account.must() && !matches!(self, Caller::Session { .. }) => Truth::True,
            _ if itself.may() || account.may() => Truth::Unknown,
            _ => Truth::False,
        }
    }

    /// Whether and how a single principal is the caller.
    fn is(&self, principal: &Principal) -> Option<(Naming, Truth)> {
        let value = principal.value.as_str();
        let sure = |naming| Some((naming, Truth::True));
        match (principal.kind, self) {
            (PrincipalKind::Anyone, _) => sure(Naming::Anyone),
            (PrincipalKind::Service, Caller::Service(name)) => {
                value.eq_ignore_ascii_case(name).then_some((Naming::Itself, Truth::True))
            }
            (PrincipalKind::Federated, Caller::Federated(provider)) => {
                (value == *provider).then_some((Naming::Itself, Truth::True))
            }
            (PrincipalKind::Aws, _) => self.is_aws(value),
            _ => None,
        }
    }

    fn is_aws(&self, value: &str) -> Option<(Naming, Truth)> {
        if is_everyone(value) {
            return Some((Naming::Anyone, Truth::True));
        }
        let account = self.account()?;
        if account_named(value) == Some(account) {
            // The root user is what the account's ARN means, among others.
            let naming = if matches!(self, Caller::Root { .. }) { Naming::Itself } else { Naming::Account };
            return Some((naming, Truth::True));
        }
        let (arn, id, naming) = match *self {
            Caller::User { arn, id, .. } => (arn, id, Naming::Itself),
            Caller::Session { role_arn, id, .. } => {
                if let Some(certain) = names_session(value, role_arn) {
                    return Some((Naming::Itself, certain));
                }
                (role_arn, id, Naming::Role)
            }
            Caller::Root { .. } | Caller::Service(_) | Caller::Federated(_) => return None,
            Caller::SomebodyOf { account } => {
                let same = value.split(':').nth(4) == Some(account);
                return same.then_some((Naming::Itself, Truth::Unknown));
            }
        };
        if value == arn || id == Some(value) {
            return Some((naming, Truth::True));
        }
        // AWS allows no pattern here; what stands there all the same is not known to name nobody.
        let pattern = value.contains(['*', '?']) && matches(value, arn);
        pattern.then_some((naming, Truth::Unknown))
    }
}

/// `*`, and `arn:aws:iam::*:root`, which AWS does not accept.
fn is_everyone(value: &str) -> bool {
    value.chars().all(|c| c == '*') && !value.is_empty()
        || value.split(':').nth(4).is_some_and(|account| account.contains(['*', '?']))
}

/// The account that is named as a whole: by its id or as `arn:aws:iam::ID:root`.
pub fn account_named(value: &str) -> Option<&str> {
    let is_id = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_id(value) {
        return Some(value);
    }
    let mut fields = value.splitn(6, ':');
    let (arn, service, account, resource) = (fields.next()?, fields.nth(1)?, fields.nth(1)?, fields.next()?);
    (arn == "arn" && service == "iam" && resource == "root" && is_id(account)).then_some(account)
}

/// Whether the value is the ARN of a session of the role: which one is not known beforehand.
fn names_session(value: &str, role_arn: &str) -> Option<Truth> {
    let mut session = value.splitn(6, ':');
    let mut role = role_arn.splitn(6, ':');
    let same_partition = session.nth(1) == role.nth(1);
    let (service, account) = (session.next()?, session.nth(1)?);
    let (role_account, role_resource) = (role.nth(2)?, role.next()?);
    let (kind, rest) = session.next()?.split_once('/')?;
    let (name, _) = rest.split_once('/')?;
    let role_name = role_resource.rsplit('/').next()?;
    (same_partition && service == "sts" && kind == "assumed-role" && account == role_account && name == role_name)
        .then_some(Truth::Unknown)
}
