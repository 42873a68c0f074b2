//! Capabilities: permissions that would make an administrator, and that nothing is there for now.
//!
//! They count where they hold for things that nobody has named, so that the next user, role or policy is at their
//! mercy; or for what exists and cannot be used. `sts:AssumeRole` by itself is none: without a role that trusts the
//! principal it is nothing, and that role would be the news.

use std::sync::LazyLock;

use crate::iam::RequestContext;

use super::ability::Abilities;
use super::methods::{Way, with_actions, with_id};
use super::passing::able_to_pass;
use super::path::{Hop, Move};
use super::scout::{Scout, Who};
use super::tiers::giving;
use super::world::Body;

/// Single actions of IAM that are enough on the right thing.
const ALONE: [&str; 13] = [
    "iam:PutUserPolicy",
    "iam:AttachUserPolicy",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:PutGroupPolicy",
    "iam:AttachGroupPolicy",
    "iam:AddUserToGroup",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:UpdateAssumeRolePolicy",
];

static ABLE_ALONE: LazyLock<Abilities> = LazyLock::new(|| Abilities::these(&ALONE));

impl<'m> Scout<'m> {
    /// The first that a principal has.
    pub fn capability(&self, index: usize) -> Option<Move> {
        let actor = self.actor(index);
        let who = Who::as_is(index);
        let home = self.world.home(actor);
        let alone = if actor.abilities.meets(&ABLE_ALONE) { &ALONE[..] } else { &[] };
        for action in alone.iter().copied().filter(|action| actor.abilities.has(action)) {
            let found = self.on_new(who, &[action], |_, call, resource| {
                let mut context = giving(home.place());
                if !call.starts_with("iam:Attach") {
                    context = RequestContext::new().without("iam:PermissionsBoundary");
                }
                self.ask(who, call, resource, &context)
            });
            // What fits only one that exists is no capability on others.
            let open = found.filter(|hops| hops.iter().all(|hop| hop.target.contains(super::actions::NEW)));
            if let Some(hops) = open.or_else(|| self.on_existing(index, action)) {
                return Some(step(action, hops));
            }
        }
        for method in able_to_pass(actor.abilities) {
            let Way::Pass(services) = method.way else { continue };
            let passed = services.iter().find_map(|service| {
                let context = RequestContext::new().with("iam:PassedToService", service);
                self.on_new(who, &["iam:PassRole"], |_, call, resource| self.ask(who, call, resource, &context))
            });
            let Some(mut hops) = passed.filter(|hops| hops.iter().all(|hop| hop.target.contains(super::actions::NEW)))
            else {
                continue;
            };
            let rest: Vec<&str> = method.actions.iter().copied().filter(|action| *action != "iam:PassRole").collect();
            let Some(rest) = self.ask_new(who, &rest) else { continue };
            hops.extend(rest);
            return Some(of_method(method.id, hops));
        }
        let means = self.running(index).into_iter().next()?;
        Some(of_method(means.method.id, means.hops))
    }

    /// A role that nobody can act as, or the principal's own policy that has no better version.
    fn on_existing(&self, index: usize, action: &str) -> Option<Vec<Hop>> {
        let actor = self.actor(index);
        let home = self.world.home(actor);
        let who = Who::as_is(index);
        match action {
            "iam:PutRolePolicy" | "iam:AttachRolePolicy" => {
                self.named_by(index, &[action]).into_iter().find_map(|role| {
                    let target = self.actor(role);
                    if !matches!(target.body, Body::Role(_)) || target.body.is_protected() || role == index {
                        return None;
                    }
                    let mut context = RequestContext::new();
                    if action == "iam:AttachRolePolicy" {
                        context.set("iam:PolicyARN", [home.aws_policy("AdministratorAccess")]);
                    }
                    let hop = self.ask(who, action, target.arn, &context)?;
                    self.is_elevated(Who::as_is(role)).then(|| vec![hop])
                })
            }
            "iam:SetDefaultPolicyVersion" => actor.body.attached().iter().find_map(|policy| {
                let arn = policy.policy_arn.as_str();
                home.policies.contains_key(arn).then_some(())?;
                Some(vec![self.ask(who, action, arn, &RequestContext::new())?])
            }),
            _ => None,
        }
    }
}

fn step(action: &str, hops: Vec<Hop>) -> Move {
    let method = with_actions(&[action]);
    let becomes = hops.first().map_or_else(String::new, |hop| hop.target.clone());
    let title = method.map_or_else(|| action.to_owned(), |method| method.title.to_owned());
    Move { method, title, hops, becomes, makes_admin: false, needs: Vec::new() }
}

fn of_method(id: &str, hops: Vec<Hop>) -> Move {
    let method = with_id(id);
    let becomes = hops.first().map_or_else(String::new, |hop| hop.target.clone());
    let needs = method.map(|method| format!("there is {}", method.target)).into_iter().collect();
    Move {
        method,
        title: method.map_or("", |method| method.title).to_owned(),
        hops,
        becomes,
        makes_admin: false,
        needs,
    }
}
