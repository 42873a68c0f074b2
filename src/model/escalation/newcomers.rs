//! Newcomers: users and roles that a principal makes, makes administrators, and acts as.
//!
//! A grant that names a path or a beginning is one on every name that fits it. A boundary that new principals must have
//! (a condition on `iam:PermissionsBoundary`) bounds them, unless it may be taken off again.

use std::collections::BTreeSet;

use crate::iam::RequestContext;
use crate::model::permission::{Principal, PrincipalKind, Supposing};

use super::path::{Hop, Move};
use super::scout::{Scout, Who};
use super::tiers::Whose;

/// How the newcomer becomes an administrator, the calls that it takes beside making it.
const USERS: [(&str, [&str; 2]); 6] = [
    ("iam-new-user-put-key", ["iam:PutUserPolicy", "iam:CreateAccessKey"]),
    ("iam-new-user-attach-key", ["iam:AttachUserPolicy", "iam:CreateAccessKey"]),
    ("iam-new-user-group-key", ["iam:AddUserToGroup", "iam:CreateAccessKey"]),
    ("iam-new-user-put-password", ["iam:PutUserPolicy", "iam:CreateLoginProfile"]),
    ("iam-new-user-attach-password", ["iam:AttachUserPolicy", "iam:CreateLoginProfile"]),
    ("iam-new-user-group-password", ["iam:AddUserToGroup", "iam:CreateLoginProfile"]),
];

const ROLES: [(&str, &str); 2] =
    [("iam-new-role-put", "iam:PutRolePolicy"), ("iam-new-role-attach", "iam:AttachRolePolicy")];

impl<'m> Scout<'m> {
    /// Makes somebody new who is an administrator: a role, which takes fewer calls, or a user.
    pub fn newcomer(&self, by: usize) -> Option<Move> {
        self.new_role(by).or_else(|| self.new_user(by))
    }

    fn new_user(&self, by: usize) -> Option<Move> {
        let actor = self.actor(by);
        if !actor.abilities.has("iam:CreateUser") {
            return None;
        }
        for (id, [give, enter]) in USERS {
            if !actor.abilities.has_all(&[give, enter]) {
                continue;
            }
            let found = self.boundaries(by, "iam:CreateUser").into_iter().find_map(|boundary| {
                let boundary = boundary.as_deref();
                if give == "iam:AddUserToGroup" {
                    return self.with_group(by, enter, boundary);
                }
                self.made(by, &["iam:CreateUser", give, enter], PrincipalKind::User, boundary)
            });
            if let Some(hops) = found {
                return Some(as_move(id, hops));
            }
        }
        None
    }

    fn with_group(&self, by: usize, enter: &str, boundary: Option<&str>) -> Option<Vec<Hop>> {
        let actor = self.actor(by);
        let home = self.world.home(actor);
        let groups = home.groups.iter().filter_map(|team| Some((team.group.arn.as_str(), team.id?)));
        groups.into_iter().find_map(|(arn, group)| {
            let add = self.ask(Who::as_is(by), "iam:AddUserToGroup", arn, &RequestContext::new())?;
            let hops = self.on_new(Who::as_is(by), &["iam:CreateUser", enter], |_, call, resource| {
                self.ask(Who::as_is(by), call, resource, &of_new(call, boundary, ""))
            })?;
            let user = self.made_as(by, PrincipalKind::User, &hops, boundary);
            let supposing = Supposing { member_of: Some(group), ..Supposing::default() };
            self.grounds(Whose::New(&user, actor.home), supposing)?;
            let mut hops = hops.into_iter();
            Some(hops.next().into_iter().chain([add]).chain(hops).collect())
        })
    }

    fn new_role(&self, by: usize) -> Option<Move> {
        let actor = self.actor(by);
        if !actor.abilities.has("iam:CreateRole") {
            return None;
        }
        for (id, give) in ROLES {
            if !actor.abilities.has(give) {
                continue;
            }
            let found = self.boundaries(by, "iam:CreateRole").into_iter().find_map(|boundary| {
                let mut hops = self.made(by, &["iam:CreateRole", give], PrincipalKind::Role, boundary.as_deref())?;
                // It trusts the principal from the beginning; only a Deny can be in the way.
                let trusted = Supposing { trusts_caller: true, ..Supposing::default() };
                let role = hops.first().map(|hop| hop.target.clone())?;
                let who = Who { index: by, supposing: trusted };
                let mut assume = self.ask(who, "sts:AssumeRole", &role, &RequestContext::new())?;
                assume.statement = "the trust policy that it is made with".to_owned();
                hops.push(assume);
                Some(hops)
            });
            if let Some(hops) = found {
                return Some(as_move(id, hops));
            }
        }
        None
    }

    /// The calls on one new name, if whoever is made by them is an administrator.
    fn made(&self, by: usize, calls: &[&str], kind: PrincipalKind, boundary: Option<&str>) -> Option<Vec<Hop>> {
        let actor = self.actor(by);
        let home = self.world.home(actor);
        let widest = home.aws_policy("AdministratorAccess");
        // Unless the boundary may be taken off again, it bounds.
        let take_off = match kind {
            PrincipalKind::Role => "iam:DeleteRolePermissionsBoundary",
            _ => "iam:DeleteUserPermissionsBoundary",
        };
        let freeing: Vec<&str> = calls.iter().copied().chain([take_off]).collect();
        let ways: [(&[&str], Option<&str>); 2] = [(calls, boundary), (&freeing, None)];
        ways.into_iter().take(if boundary.is_some() { 2 } else { 1 }).find_map(|(calls, bounded_by)| {
            let hops = self.on_new(Who::as_is(by), calls, |_, call, resource| {
                self.ask(Who::as_is(by), call, resource, &of_new(call, boundary, &widest))
            })?;
            let newcomer = self.made_as(by, kind, &hops, bounded_by);
            let supposing = Supposing { added: Some(("", &self.everything)), ..Supposing::default() };
            self.grounds(Whose::New(&newcomer, actor.home), supposing)?;
            Some(hops)
        })
    }

    fn made_as(&self, by: usize, kind: PrincipalKind, hops: &[Hop], boundary: Option<&str>) -> Principal {
        let arn = hops.first().map_or("", |hop| hop.target.as_str());
        self.world.permissions.newcomer(self.actor(by).id, kind, arn, boundary)
    }

    /// The boundaries that a new principal may be given: none, and those that the policies name.
    fn boundaries(&self, by: usize, create: &str) -> Vec<Option<String>> {
        let mut named: BTreeSet<String> = BTreeSet::new();
        for statement in self.statements(by, create) {
            let conditions = statement.conditions.iter();
            for condition in conditions.filter(|condition| condition.is_on("iam:PermissionsBoundary")) {
                named.extend(condition.values.iter().filter(|value| !value.contains(['*', '?', '$'])).cloned());
            }
        }
        std::iter::once(None).chain(named.into_iter().map(Some)).collect()
    }
}

/// What is known of a call on somebody new.
fn of_new(call: &str, boundary: Option<&str>, policy: &str) -> RequestContext {
    let mut context = RequestContext::new();
    match boundary {
        Some(arn) => context.set("iam:PermissionsBoundary", [arn]),
        None => context.absent("iam:PermissionsBoundary"),
    };
    if call.starts_with("iam:Attach") {
        context.set("iam:PolicyARN", [policy]);
    }
    context
}

fn as_move(id: &'static str, hops: Vec<Hop>) -> Move {
    let method = super::methods::with_id(id);
    let becomes = hops.first().map_or_else(String::new, |hop| hop.target.clone());
    Move {
        method,
        title: method.map_or("", |method| method.title).to_owned(),
        hops,
        becomes,
        makes_admin: true,
        needs: Vec::new(),
    }
}
