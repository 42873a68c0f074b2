//! Newcomers: users and roles that a principal makes, makes administrators, and acts as.
//!
//! A grant that names a path or a beginning is one on every name that fits it. A boundary that new principals must have
//! (a condition on `iam:PermissionsBoundary`) bounds them, unless it may be taken off again.

use std::collections::BTreeSet;

use crate::iam::RequestContext;
use crate::model::permission::{Principal, PrincipalKind, Supposing};

use super::methods::Way;
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
        self.new_role(by).or_else(|| self.new_user(by)).or_else(|| self.new_role_of_service(by))
    }

    /// A role that a service is made to use, where taking roles on is denied.
    fn new_role_of_service(&self, by: usize) -> Option<Move> {
        const PASS: &str = "iam:PassRole";
        let abilities = self.actor(by).abilities;
        if !abilities.has("iam:CreateRole") || !abilities.has(PASS) {
            return None;
        }
        let gives = ROLES.iter().map(|(_, give)| *give).filter(|give| abilities.has(give));
        gives.into_iter().find_map(|give| {
            self.passing(by).iter().find_map(|means| {
                let Way::Pass(services) = means.method.way else { return None };
                // An instance would need a profile as well.
                let services = services.iter().filter(|service| !service.starts_with("ec2."));
                services.into_iter().find_map(|service| {
                    self.boundaries(by, "iam:CreateRole").into_iter().find_map(|boundary| {
                        let calls = ["iam:CreateRole", give, PASS];
                        let asked = Asked { boundary: boundary.as_deref(), service };
                        let (role, mut hops) = self.made(by, &calls, PrincipalKind::Role, asked)?;
                        hops.extend(means.hops.iter().cloned());
                        Some(Move {
                            method: None,
                            title: format!("Makes a role; then: {}", means.method.title),
                            hops,
                            becomes: role,
                            makes_admin: true,
                            needs: means.method.needs.map(|need| format!("there is {need}")).into_iter().collect(),
                        })
                    })
                })
            })
        })
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
                let asked = Asked { boundary, service: "" };
                self.made(by, &["iam:CreateUser", give, enter], PrincipalKind::User, asked)
            });
            if let Some((user, hops)) = found {
                return Some(as_move(id, user, hops));
            }
        }
        None
    }

    fn with_group(&self, by: usize, enter: &str, boundary: Option<&str>) -> Option<Made> {
        let actor = self.actor(by);
        let home = self.world.home(actor);
        let groups = home.groups.iter().filter_map(|team| Some((team.group.arn.as_str(), team.id?)));
        groups.into_iter().find_map(|(arn, group)| {
            let add = self.ask(Who::as_is(by), "iam:AddUserToGroup", arn, &RequestContext::new())?;
            let hops = self.on_new(Who::as_is(by), &["iam:CreateUser", enter], |_, call, resource| {
                let asked = Asked { boundary, service: "" };
                self.ask(Who::as_is(by), call, resource, &asked.of_new(call, ""))
            })?;
            let arn = hops.first()?.target.clone();
            let user = self.made_as(by, PrincipalKind::User, &arn, boundary);
            let supposing = Supposing { member_of: Some(group), ..Supposing::default() };
            self.grounds(Whose::New(&user, actor.home), supposing)?;
            let mut hops = hops.into_iter();
            Some((arn, hops.next().into_iter().chain([add]).chain(hops).collect()))
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
                let asked = Asked { boundary: boundary.as_deref(), service: "" };
                let (role, mut hops) = self.made(by, &["iam:CreateRole", give], PrincipalKind::Role, asked)?;
                // It trusts the principal from the beginning; only a Deny can be in the way.
                let trusted = Supposing { trusts_caller: true, ..Supposing::default() };
                let who = Who { index: by, supposing: trusted };
                let mut assume = self.ask(who, "sts:AssumeRole", &role, &RequestContext::new())?;
                assume.statement = "the trust policy that it is made with".to_owned();
                hops.push(assume);
                Some((role, hops))
            });
            if let Some((role, hops)) = found {
                return Some(as_move(id, role, hops));
            }
        }
        None
    }

    /// The calls on one new name, if whoever is made by them is an administrator.
    fn made(&self, by: usize, calls: &[&str], kind: PrincipalKind, asked: Asked<'_>) -> Option<Made> {
        let home = self.world.home(self.actor(by));
        let widest = home.aws_policy("AdministratorAccess");
        self.made_with(by, calls, kind, asked, &widest).or_else(|| {
            // Where that may not be attached, maybe one of the principal's own making.
            let attach = calls.iter().find(|call| call.starts_with("iam:Attach"))?;
            let policy = self.new_policy(Who::as_is(by), attach, |_| true)?;
            let (arn, mut hops) = self.made_with(by, calls, kind, asked, &policy.target)?;
            hops.insert(1, policy);
            Some((arn, hops))
        })
    }

    fn made_with(
        &self,
        by: usize,
        calls: &[&str],
        kind: PrincipalKind,
        asked: Asked<'_>,
        widest: &str,
    ) -> Option<Made> {
        let home = self.actor(by).home;
        // Unless the boundary may be taken off again, it bounds.
        let take_off = match kind {
            PrincipalKind::Role => "iam:DeleteRolePermissionsBoundary",
            _ => "iam:DeleteUserPermissionsBoundary",
        };
        let freeing: Vec<&str> = calls.iter().copied().chain([take_off]).collect();
        let ways: [(&[&str], Option<&str>); 2] = [(calls, asked.boundary), (&freeing, None)];
        ways.into_iter().take(if asked.boundary.is_some() { 2 } else { 1 }).find_map(|(calls, bounded_by)| {
            let hops = self.on_new(Who::as_is(by), calls, |_, call, resource| {
                self.ask(Who::as_is(by), call, resource, &asked.of_new(call, widest))
            })?;
            let arn = hops.first()?.target.clone();
            let newcomer = self.made_as(by, kind, &arn, bounded_by);
            let supposing = Supposing { added: Some(("", &self.everything)), ..Supposing::default() };
            self.grounds(Whose::New(&newcomer, home), supposing)?;
            Some((arn, hops))
        })
    }

    fn made_as(&self, by: usize, kind: PrincipalKind, arn: &str, boundary: Option<&str>) -> Principal {
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

/// Whoever was made, and the calls.
type Made = (String, Vec<Hop>);

/// What a principal is made with.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    boundary: Option<&'a str>,
    /// The service that the role is handed to, if any.
    service: &'a str,
}

impl Asked<'_> {
    /// What is known of a call on somebody new.
    fn of_new(self, call: &str, policy: &str) -> RequestContext {
        let mut context = RequestContext::new();
        match self.boundary {
            Some(arn) => context.set("iam:PermissionsBoundary", [arn]),
            None => context.absent("iam:PermissionsBoundary"),
        };
        if call.starts_with("iam:Attach") {
            context.set("iam:PolicyARN", [policy]);
        }
        if call == "iam:PassRole" {
            context.set("iam:PassedToService", [self.service]);
        }
        context
    }
}

fn as_move(id: &'static str, becomes: String, hops: Vec<Hop>) -> Move {
    let method = super::methods::with_id(id);
    Move {
        method,
        title: method.map_or("", |method| method.title).to_owned(),
        hops,
        becomes,
        makes_admin: true,
        needs: Vec::new(),
    }
}
