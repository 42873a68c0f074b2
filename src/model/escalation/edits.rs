//! Edits: how one principal makes another, or itself, an administrator by changing what IAM holds about it.
//!
//! An edit counts only if its target is an administrator afterwards, under its boundary, its Denies and the
//! organization's policies. What a policy's new text could say is whatever IAM takes, so that it is supposed to allow
//! everything; what an older version or a group says is read.

use std::collections::BTreeSet;

use crate::iam::{Compiled, PolicyText, RequestContext, matches};
use crate::model::permission::Supposing;
use crate::resource::iam::{AttachedPolicy, ManagedPolicy};

use super::path::Hop;
use super::scout::{Scout, Who};
use super::world::{Body, Home};

/// IAM keeps so many versions of a policy.
const VERSIONS: usize = 5;

/// The calls of an edit, which as a rule is one.
#[derive(Debug, Clone)]
pub struct Edit {
    pub hops: Vec<Hop>,
    /// What it does, where the row of its actions does not say it.
    pub title: String,
}

/// The abilities without which there is no edit.
pub const EDITING: [&str; 16] = [
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    // Not edits by themselves; listed so that whoever has one is looked at.
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:UpdateAssumeRolePolicy",
];

impl<'m> Scout<'m> {
    /// The first edit, in the order of this file, by which one principal makes the other (or itself) an administrator.
    pub fn edits(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        let (actor, target) = (self.actor(by.index), self.actor(of.index));
        if actor.home != target.home || target.body.is_protected() {
            return None;
        }
        self.by_policy(by, of)
            .or_else(|| self.by_group(by, of))
            .or_else(|| self.by_version(by, of, depth))
            .or_else(|| self.by_boundary(by, of, depth))
            .or_else(|| self.by_wide_policy(by, of, depth))
            .or_else(|| self.by_membership(by, of, depth))
    }

    /// Those of its account that a principal may be able to edit, by what its policies name: never fewer than it can.
    pub fn editable(&self, by: usize) -> BTreeSet<usize> {
        const DIRECT: [&str; 8] = [
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteUserPermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
        ];
        const BY_POLICY: [&str; 2] = ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"];
        const BY_GROUP: [&str; 2] = ["iam:AttachGroupPolicy", "iam:PutGroupPolicy"];
        let actor = self.actor(by);
        let home = self.world.home(actor);
        let mut found = self.named_by(by, &DIRECT);
        let policies = self.patterns(by, &BY_POLICY);
        let groups = self.patterns(by, &BY_GROUP);
        let joins = actor.abilities.has("iam:AddUserToGroup");
        if policies.is_empty() && groups.is_empty() && !joins {
            return found;
        }
        let fits = |patterns: &BTreeSet<String>, arn: &str| patterns.iter().any(|pattern| matches(pattern, arn));
        for index in home.actors.clone() {
            let body = self.actor(index).body;
            let in_group = |team: &&super::world::Team<'_>| match body {
                Body::User(user) => user.group_list.contains(&team.group.group_name),
                Body::Role(_) => false,
            };
            let is_fit = joins && body.is_user()
                || !policies.is_empty() && own_policies(home, body).iter().any(|(arn, _)| fits(&policies, arn))
                || !groups.is_empty()
                    && home.groups.iter().filter(in_group).any(|team| fits(&groups, team.group.arn.as_str()));
            if is_fit {
                found.insert(index);
            }
        }
        found
    }

    fn can_edit(&self, by: Who<'_>, action: &str) -> bool {
        by.supposing.added.is_some()
            || by.supposing.replaced.is_some()
            || by.supposing.member_of.is_some()
            || self.actor(by.index).abilities.has(action)
    }

    fn edit(&self, by: Who<'_>, action: &str, resource: &str, context: &RequestContext) -> Option<Edit> {
        if !self.can_edit(by, action) {
            return None;
        }
        let hop = self.ask(by, action, resource, context)?;
        let title = super::methods::with_actions(&[action]).map_or("", |method| method.title);
        Some(Edit { hops: vec![hop], title: title.to_owned() })
    }

    /// A policy of its own, or AWS's AdministratorAccess.
    fn by_policy(&self, by: Who<'_>, of: Who<'_>) -> Option<Edit> {
        let target = self.actor(of.index);
        let (put, attach) = match target.body {
            Body::User(_) => ("iam:PutUserPolicy", "iam:AttachUserPolicy"),
            Body::Role(_) => ("iam:PutRolePolicy", "iam:AttachRolePolicy"),
        };
        if !self.can_edit(by, put) && !self.can_edit(by, attach) {
            return None;
        }
        let home = self.world.home(target);
        let attaching = || RequestContext::new().with("iam:PolicyARN", &home.aws_policy("AdministratorAccess"));
        self.edit(by, put, target.arn, &RequestContext::new())
            .or_else(|| self.edit(by, attach, target.arn, &attaching()))
            .filter(|_| self.is_elevated(of))
    }

    /// A policy of a group that the target is in.
    fn by_group(&self, by: Who<'_>, of: Who<'_>) -> Option<Edit> {
        let target = self.actor(of.index);
        let Body::User(user) = target.body else { return None };
        let (put, attach) = ("iam:PutGroupPolicy", "iam:AttachGroupPolicy");
        if user.group_list.is_empty() || !self.can_edit(by, put) && !self.can_edit(by, attach) || !self.is_elevated(of)
        {
            return None;
        }
        let home = self.world.home(target);
        let attaching = RequestContext::new().with("iam:PolicyARN", &home.aws_policy("AdministratorAccess"));
        home.groups.iter().filter(|team| user.group_list.contains(&team.group.group_name)).find_map(|team| {
            let arn = team.group.arn.as_str();
            self.edit(by, put, arn, &RequestContext::new()).or_else(|| self.edit(by, attach, arn, &attaching))
        })
    }

    /// A customer managed policy that it has, or that bounds it: a new version, or an older one.
    fn by_version(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        let (create, set) = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion");
        if !self.can_edit(by, create) && !self.can_edit(by, set) {
            return None;
        }
        let target = self.actor(of.index);
        let home = self.world.home(target);
        let policies = own_policies(home, target.body);
        for (arn, policy) in &policies {
            if of.supposing.replaced.is_some() {
                break;
            }
            let replaced = Supposing { replaced: Some((arn, &self.everything)), ..of.supposing };
            let changed = Who { supposing: replaced, ..of };
            let Some(mut edit) = self.edit(by, create, arn, &RequestContext::new()) else { continue };
            if !self.is_strong(changed, 0) {
                continue;
            }
            // A sixth version needs the room of one.
            if policy.policy_version_list.len() >= VERSIONS {
                let Some(hop) = self.ask(by, "iam:DeletePolicyVersion", arn, &RequestContext::new()) else { continue };
                edit.hops.insert(0, hop);
            }
            return Some(edit);
        }
        for (arn, policy) in &policies {
            if of.supposing.replaced.is_some() {
                break;
            }
            let Some(edit) = self.edit(by, set, arn, &RequestContext::new()) else { continue };
            let older = policy.policy_version_list.iter().filter(|version| !version.is_default_version);
            for version in older {
                let Some(compiled) = compiled(&version.document) else { continue };
                let replaced = Supposing { replaced: Some((arn, &compiled)), ..of.supposing };
                if self.is_strong(Who { supposing: replaced, ..of }, depth.min(1)) {
                    let title = format!("Goes back to version {} of a policy, which allows more", version.version_id);
                    return Some(Edit { title, ..edit });
                }
            }
        }
        None
    }

    /// A permissions boundary that hides an administrator, taken off or put aside.
    fn by_boundary(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        let target = self.actor(of.index);
        if target.body.boundary().is_none() || of.supposing.without_boundary {
            return None;
        }
        let (delete, put) = match target.body {
            Body::User(_) => ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
            Body::Role(_) => ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
        };
        if !self.can_edit(by, delete) && !self.can_edit(by, put) {
            return None;
        }
        let free = Who { supposing: Supposing { without_boundary: true, ..of.supposing }, ..of };
        if !self.is_strong(free, depth.min(1)) {
            return None;
        }
        let widest = self.world.home(target).aws_policy("AdministratorAccess");
        let putting = RequestContext::new().with("iam:PermissionsBoundary", &widest);
        self.edit(by, delete, target.arn, &RequestContext::new()).or_else(|| self.edit(by, put, target.arn, &putting))
    }

    /// Another managed policy that could make it an administrator, where AdministratorAccess may not be attached.
    fn by_wide_policy(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        let target = self.actor(of.index);
        if of.supposing.added.is_some() {
            return None;
        }
        let home = self.world.home(target);
        let mut places: Vec<(&str, &str)> = Vec::new();
        match target.body {
            Body::User(user) => {
                places.push(("iam:AttachUserPolicy", target.arn));
                let own = home.groups.iter().filter(|team| user.group_list.contains(&team.group.group_name));
                places.extend(own.map(|team| ("iam:AttachGroupPolicy", team.group.arn.as_str())));
            }
            Body::Role(_) => places.push(("iam:AttachRolePolicy", target.arn)),
        }
        places.retain(|(action, _)| self.can_edit(by, action));
        if places.is_empty() {
            return None;
        }
        for (policy, compiled) in self.wide(target) {
            let attaching = RequestContext::new().with("iam:PolicyARN", policy);
            for (action, resource) in &places {
                let Some(edit) = self.edit(by, action, resource, &attaching) else { continue };
                let added = Supposing { added: Some((name_of(policy), compiled)), ..of.supposing };
                if self.is_strong(Who { supposing: added, ..of }, depth.min(1)) {
                    return Some(Edit { title: format!("Attaches {policy}"), ..edit });
                }
            }
        }
        None
    }

    /// A group that allows more.
    fn by_membership(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        const ADD: &str = "iam:AddUserToGroup";
        let target = self.actor(of.index);
        let Body::User(user) = target.body else { return None };
        if of.supposing.member_of.is_some() || !self.can_edit(by, ADD) {
            return None;
        }
        let others = self.world.home(target).groups.iter();
        others.filter(|team| !user.group_list.contains(&team.group.group_name)).find_map(|team| {
            let edit = self.edit(by, ADD, team.group.arn.as_str(), &RequestContext::new())?;
            let member = Supposing { member_of: Some(team.id?), ..of.supposing };
            self.is_strong(Who { supposing: member, ..of }, depth.min(1)).then_some(edit)
        })
    }
}

/// The customer managed policies that it has by itself and by its groups, and the one that bounds it.
fn own_policies<'m>(home: &Home<'m>, body: Body<'m>) -> Vec<(&'m str, &'m ManagedPolicy)> {
    let mut arns: Vec<&str> = body.attached().iter().map(arn_of).collect();
    if let Body::User(user) = body {
        let own = home.groups.iter().filter(|team| user.group_list.contains(&team.group.group_name));
        arns.extend(own.flat_map(|team| &team.group.attached_managed_policies).map(arn_of));
    }
    arns.extend(body.boundary());
    let mut found: Vec<(&str, &ManagedPolicy)> = Vec::new();
    for arn in arns {
        if let Some((arn, policy)) = home.policies.get_key_value(arn)
            && !found.iter().any(|(known, _)| known == arn)
        {
            found.push((arn, policy));
        }
    }
    found
}

fn arn_of(policy: &AttachedPolicy) -> &str {
    policy.policy_arn.as_str()
}

fn compiled(text: &PolicyText) -> Option<Compiled> {
    text.shared().ok().map(|document| Compiled::new(std::sync::Arc::clone(document)))
}

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
