//! What an inventory knows of a request: who asks, what is asked for, and when.

use crate::iam::{Caller, Fact, Facts, RequestContext};

use super::organization::Membership;
use super::{Account, Boundary, Permissions, Principal, PrincipalKind, Trust};

/// The condition keys of a request by someone, as far as they are known.
pub struct Known<'k> {
    pub permissions: &'k Permissions,
    /// One of the inventory's principals, or someone else.
    pub principal: Option<&'k Principal>,
    pub caller: Caller<'k>,
    pub action: &'k str,
    pub resource: &'k str,
    /// The account that owns the resource, if it is known: where an ARN names none, mostly the caller's own.
    pub owner: Option<&'k str>,
    /// The user or role that is acted on, if the inventory has it.
    pub target: Option<&'k Principal>,
    /// What the question says itself, which goes before all else.
    pub given: &'k RequestContext,
    /// Tags that the principal, and that the target are supposed to have: keys, and values if not any.
    pub tagged: &'k [(String, Option<String>)],
    pub target_tagged: &'k [(String, Option<String>)],
}

impl Facts for Known<'_> {
    fn fact(&self, key: &str) -> Fact<'_> {
        match self.given.fact(key) {
            Fact::Unknown => {}
            known => return known,
        }
        match key.split_once('/') {
            Some(("aws:principaltag", tag)) => self.principal_tag(tag),
            Some(("aws:resourcetag" | "iam:resourcetag", tag)) => self.resource_tag(tag),
            Some(_) => Fact::Unknown,
            None => self.plain(key),
        }
    }
}

impl<'k> Known<'k> {
    fn plain(&self, key: &str) -> Fact<'_> {
        let now = self.permissions.now;
        let service = self.action.split(':').next().unwrap_or_default();
        match key {
            "aws:currenttime" => Fact::one(now.to_string()),
            "aws:epochtime" => Fact::one(now.as_second().to_string()),
            // No caller has to do without TLS, and of these services only S3 answers without.
            "aws:securetransport" if !service.eq_ignore_ascii_case("s3") => Fact::one("true"),
            "aws:requestedregion" => self.region(service),
            "aws:resourceaccount" => self.owner.map_or(Fact::Unknown, Fact::one),
            "aws:resourceorgid" | "aws:resourceorgpaths" => {
                let account = self.owner.and_then(|account| self.permissions.account_by_id(account));
                account.map_or(Fact::Unknown, |account| organization(account, key.ends_with("paths")))
            }
            "iam:permissionsboundary" => self.target_boundary(),
            _ => self.of_caller(key),
        }
    }

    fn of_caller(&self, key: &str) -> Fact<'_> {
        let by_service = matches!(self.caller, Caller::Service(_));
        match key {
            "aws:principalisawsservice" => Fact::one(if by_service { "true" } else { "false" }),
            // A service says for whom it calls; a principal that calls itself has no such key.
            "aws:sourcearn" | "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" if !by_service => {
                Fact::Absent
            }
            "aws:principalservicename" | "aws:principalservicenameslist" if !by_service => Fact::Absent,
            _ if by_service || matches!(self.caller, Caller::Federated(_)) => Fact::Unknown,
            "aws:principalaccount" => self.caller.account().map_or(Fact::Unknown, Fact::one),
            "aws:principalorgid" | "aws:principalorgpaths" | "aws:principalorgmasteraccount" => {
                let account = self.caller.account().and_then(|id| self.permissions.account_by_id(id));
                match (account, key) {
                    (None, _) => Fact::Unknown,
                    (Some(account), "aws:principalorgmasteraccount") => match &account.membership {
                        Membership::None => Fact::Absent,
                        Membership::Member { management: Some(id), .. } => Fact::one(&**id),
                        _ => Fact::Unknown,
                    },
                    (Some(account), key) => organization(account, key.ends_with("paths")),
                }
            }
            _ => match self.principal {
                Some(principal) => self.of_principal(principal, key),
                None => Fact::Unknown,
            },
        }
    }

    fn of_principal(&self, principal: &'k Principal, key: &str) -> Fact<'k> {
        let kind = principal.kind;
        match key {
            "aws:principalarn" => Fact::one(&*principal.arn),
            "aws:principaltype" => Fact::one(match kind {
                PrincipalKind::Root => "Account",
                PrincipalKind::User => "User",
                PrincipalKind::Role => "AssumedRole",
            }),
            "aws:username" if kind == PrincipalKind::User => Fact::one(&*principal.name),
            "aws:username" => Fact::Absent,
            "aws:userid" => match (kind, &principal.unique_id) {
                (PrincipalKind::Root, _) => Fact::one(&*principal.name),
                (PrincipalKind::User, Some(id)) => Fact::one(&**id),
                // The session's name follows, which is chosen when the role is taken on.
                (PrincipalKind::Role, Some(id)) => Fact::Begins(format!("{id}:").into()),
                (_, None) => Fact::Unknown,
            },
            "aws:federatedprovider" if kind != PrincipalKind::Role => Fact::Absent,
            _ => Fact::Unknown,
        }
    }

    fn principal_tag(&self, tag: &str) -> Fact<'_> {
        if let Some(fact) = supposed(self.tagged, tag) {
            return fact;
        }
        let Some(principal) = self.principal else { return Fact::Unknown };
        let own = principal.tags.iter().find(|own| own.key.eq_ignore_ascii_case(tag));
        // A session may bring tags of its own, which go before the role's, if the trust policy lets it.
        let from_session = match &principal.trust {
            Trust::None => false,
            Trust::Unreadable(_) => true,
            Trust::Document(number) => {
                let document = self.permissions.documents[*number as usize].document();
                document.statements.iter().any(|statement| {
                    statement.effect == crate::iam::Effect::Allow && statement.covers_action("sts:TagSession")
                })
            }
        };
        if from_session { Fact::Unknown } else { Fact::of(own.map(|own| own.value.as_str())) }
    }

    fn resource_tag(&self, tag: &str) -> Fact<'_> {
        if let Some(fact) = supposed(self.target_tagged, tag) {
            return fact;
        }
        match self.target {
            Some(target) => {
                let own = target.tags.iter().find(|own| own.key.eq_ignore_ascii_case(tag));
                Fact::of(own.map(|own| own.value.as_str()))
            }
            None => Fact::Unknown,
        }
    }

    /// The boundary of the user or role that is acted on. Where an action brings a new one,
    /// only the question knows it.
    fn target_boundary(&self) -> Fact<'_> {
        let action = self.action.to_ascii_lowercase();
        let brings = ["createuser", "createrole", "permissionsboundary"];
        let brings_new = brings.iter().any(|name| action.ends_with(name)) && !action.starts_with("iam:delete");
        match self.target {
            Some(target) if !brings_new => match &target.boundary {
                Boundary::None => Fact::Absent,
                Boundary::Policy(number) => Fact::of(self.permissions.policy(*number).0.arn()),
                Boundary::Unread(arn) => Fact::one(&**arn),
            },
            _ => Fact::Unknown,
        }
    }

    fn region(&self, service: &str) -> Fact<'_> {
        const GLOBAL: [&str; 3] = ["iam", "organizations", "account"];
        if GLOBAL.iter().any(|global| service.eq_ignore_ascii_case(global)) {
            // Where the other partitions answer for them is not told by the request.
            return match self.principal.map(|principal| principal.arn.starts_with("arn:aws:")) {
                Some(true) => Fact::one("us-east-1"),
                _ => Fact::Unknown,
            };
        }
        match self.resource.split(':').nth(3) {
            Some(region) if !region.is_empty() && !region.contains(['*', '?']) => Fact::one(region),
            _ => Fact::Unknown,
        }
    }
}

fn supposed<'k>(tags: &'k [(String, Option<String>)], tag: &str) -> Option<Fact<'k>> {
    let (_, value) = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(tag))?;
    Some(value.as_deref().map_or(Fact::Unknown, Fact::one))
}

fn organization(account: &Account, path: bool) -> Fact<'_> {
    match &account.membership {
        Membership::None => Fact::Absent,
        Membership::Unknown => Fact::Unknown,
        Membership::Member { path: Some(at), .. } if path => Fact::one(&**at),
        Membership::Member { .. } if path => Fact::Unknown,
        Membership::Member { organization, .. } => Fact::one(&**organization),
    }
}
