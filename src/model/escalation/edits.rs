//! Edits: how one principal makes another, or itself, an administrator by changing what IAM holds about it.
//!
//! An edit counts only if its target is an administrator afterwards, under its boundary, its Denies and the
//! organization's policies. What a policy's new text could say is whatever IAM takes, so that it is supposed to allow
//! everything; what an older version or a group says is read.

use std::collections::{BTreeMap, BTreeSet};

use crate::iam::{Compiled, Effect, PolicyText, RequestContext, matches};
use crate::inventory::Missing;
use crate::model::permission::Supposing;
use crate::resource::iam::{AttachedPolicy, ManagedPolicy};

use super::path::Hop;
use super::scout::{Holders, Scout, Who};
use super::tags::{OWN_TAGS, tagging};
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
pub const EDITING: [&str; 18] = [
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
    "iam:TagRole",
    "iam:TagUser",
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
            .or_else(|| self.by_made_policy(by, of))
            .or_else(|| self.by_tags(by, of, depth))
    }

    /// Those of its account that a principal may be able to edit, by what its policies name: never fewer than it can.
    pub fn editable(&self, by: usize) -> BTreeSet<usize> {
        const DIRECT: [&str; 10] = [
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteUserPermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
            "iam:TagRole",
            "iam:TagUser",
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
        if joins {
            found.extend(home.actors.clone().filter(|index| self.actor(*index).body.is_user()));
        }
        if let Some(holders) = self.holders(actor.home) {
            for (patterns, held) in [(&policies, &holders.policies), (&groups, &holders.groups)] {
                for pattern in patterns {
                    if pattern.contains(['*', '?']) {
                        let fitting = held.iter().filter(|(arn, _)| matches(pattern, arn));
                        found.extend(fitting.flat_map(|(_, holders)| holders));
                    } else {
                        found.extend(held.get(pattern.as_str()).into_iter().flatten());
                    }
                }
            }
        }
        found
    }

    /// Of a home, whom a change of a policy or a group changes; found once.
    fn holders(&self, home: usize) -> Option<&Holders<'m>> {
        let find = || {
            let mut holders = Holders::default();
            let Some(home) = self.world.homes.get(home) else { return holders };
            let arns: BTreeMap<&str, &'m str> =
                home.groups.iter().map(|team| (team.group.group_name.as_str(), team.group.arn.as_str())).collect();
            for index in home.actors.clone() {
                let body = self.actor(index).body;
                for (arn, _) in own_policies(home, body) {
                    holders.policies.entry(arn).or_default().push(index);
                }
                if let Body::User(user) = body {
                    for arn in user.group_list.iter().filter_map(|name| arns.get(name.as_str())) {
                        holders.groups.entry(arn).or_default().push(index);
                    }
                }
            }
            holders
        };
        self.holders.get(home).map(|known| known.get_or_init(find))
    }

    /// Why it is not known whether a principal makes itself or another an administrator by going back to an older version
    /// of a policy: one that cannot be read.
    pub fn unread_version(&self, by: usize) -> Option<Missing> {
        const SET: &str = "iam:SetDefaultPolicyVersion";
        let actor = self.actor(by);
        if !actor.abilities.has(SET) || actor.body.is_service_linked() {
            return None;
        }
        self.world.home(actor).policies.iter().find_map(|(arn, policy)| {
            let older = policy.policy_version_list.iter().filter(|version| !version.is_default_version);
            let (version, error) =
                older.into_iter().find_map(|version| Some((version, version.document.document().err()?)))?;
            self.ask(Who::as_is(by), SET, arn, &RequestContext::new())?;
            let holders = self.holders(actor.home)?.policies.get(arn)?;
            holders.iter().find(|of| **of == by || self.access(by, **of).is_some())?;
            let id = &version.version_id;
            Some(Missing::because(format!("version {id} of the policy {arn} cannot be read: {error}")))
        })
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
        let places = self.attaching(by, of);
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

    /// The calls that attach a policy to somebody, and what they are made on.
    fn attaching(&self, by: Who<'_>, of: Who<'_>) -> Vec<(&'static str, &'m str)> {
        let target = self.actor(of.index);
        let mut places: Vec<(&str, &str)> = Vec::new();
        match target.body {
            Body::User(user) => {
                places.push(("iam:AttachUserPolicy", target.arn));
                let groups = self.world.home(target).groups.iter();
                let own = groups.filter(|team| user.group_list.contains(&team.group.group_name));
                places.extend(own.map(|team| ("iam:AttachGroupPolicy", team.group.arn.as_str())));
            }
            Body::Role(_) => places.push(("iam:AttachRolePolicy", target.arn)),
        }
        places.retain(|(action, _)| self.can_edit(by, action));
        places
    }

    /// A customer managed policy that says whatever is wanted, where only some may be attached: a new one, or one that is
    /// rewritten.
    fn by_made_policy(&self, by: Who<'_>, of: Who<'_>) -> Option<Edit> {
        const REWRITE: &str = "iam:CreatePolicyVersion";
        let target = self.actor(of.index);
        let places = self.attaching(by, of);
        let can_make = self.can_edit(by, "iam:CreatePolicy") || self.can_edit(by, REWRITE);
        if places.is_empty() || !can_make || of.supposing.added.is_some() || !self.is_elevated(of) {
            return None;
        }
        let attach = |place: &(&str, &str), policy: &str| {
            self.ask(by, place.0, place.1, &RequestContext::new().with("iam:PolicyARN", policy))
        };
        for place in &places {
            if let Some(made) = self.new_policy(by, place.0, |policy| attach(place, policy).is_some())
                && let Some(hop) = attach(place, &made.target)
            {
                return Some(Edit { hops: vec![made, hop], title: "Makes a policy and attaches it".to_owned() });
            }
        }
        if !self.can_edit(by, REWRITE) {
            return None;
        }
        self.world.home(target).policies.iter().find_map(|(arn, policy)| {
            let rewrite = self.ask(by, REWRITE, arn, &RequestContext::new())?;
            let hop = places.iter().find_map(|place| attach(place, arn))?;
            let mut hops = vec![rewrite, hop];
            if policy.policy_version_list.len() >= VERSIONS {
                hops.insert(0, self.ask(by, "iam:DeletePolicyVersion", arn, &RequestContext::new())?);
            }
            Some(Edit { hops, title: "Rewrites a policy and attaches it".to_owned() })
        })
    }

    /// The making of a policy that may be attached by a call, by what conditions on `iam:PolicyARN` ask for.
    pub fn new_policy(&self, by: Who<'_>, attach: &str, fits: impl Fn(&str) -> bool) -> Option<Hop> {
        const MAKE: &str = "iam:CreatePolicy";
        if !self.can_edit(by, MAKE) {
            return None;
        }
        let home = self.world.home(self.actor(by.index));
        let mut lists: Vec<Vec<String>> = Vec::new();
        let (mut allowed, mut is_open) = (Vec::new(), false);
        for statement in self.statements(by.index, attach) {
            let conditions = statement.conditions.iter().filter(|condition| condition.is_on("iam:PolicyARN"));
            let is_allow = statement.effect == Effect::Allow;
            // What a Deny spares is named by a negated operator.
            let telling = conditions.filter(|condition| is_allow != condition.base_operator().contains("not"));
            let patterns: Vec<String> = telling.flat_map(|condition| condition.values.iter().cloned()).collect();
            if is_allow {
                is_open |= patterns.is_empty();
                allowed.extend(patterns);
            } else if !patterns.is_empty() {
                lists.push(patterns);
            }
        }
        let allowed: Vec<Vec<String>> = (!is_open && !allowed.is_empty()).then_some(allowed).into_iter().collect();
        lists.extend(allowed.iter().cloned());
        let ask = |_: usize, call: &str, policy: &str| {
            if home.policies.contains_key(policy) || !fits(policy) {
                return None;
            }
            self.ask(by, call, policy, &RequestContext::new())
        };
        let made = self.on_new_fitting(by, &[MAKE], &lists, ask);
        // Denials that spare nothing in common may never apply at once.
        made.or_else(|| self.on_new_fitting(by, &[MAKE], &allowed, ask))?.into_iter().next()
    }

    /// The tags that its policies ask for.
    fn by_tags(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        if !of.supposing.tagged.is_empty() || !self.can_edit(by, tagging(self.actor(of.index).body)) {
            return None;
        }
        let (hop, tags) = self.tag(by, of.index, &self.asked_tags(of.index, OWN_TAGS))?;
        let tagged = Who { supposing: Supposing { tagged: &tags, ..of.supposing }, ..of };
        let title = "Sets the tags that its policies ask for".to_owned();
        self.is_strong(tagged, depth.min(1)).then(|| Edit { hops: vec![hop], title })
    }

    /// A group that allows more, or that is made to.
    fn by_membership(&self, by: Who<'_>, of: Who<'_>, depth: usize) -> Option<Edit> {
        const ADD: &str = "iam:AddUserToGroup";
        let target = self.actor(of.index);
        let Body::User(user) = target.body else { return None };
        if of.supposing.member_of.is_some() || !self.can_edit(by, ADD) {
            return None;
        }
        let home = self.world.home(target);
        let attaching = RequestContext::new().with("iam:PolicyARN", &home.aws_policy("AdministratorAccess"));
        let others = home.groups.iter().filter(|team| !user.group_list.contains(&team.group.group_name));
        let ways = others.filter_map(|team| {
            let arn = team.group.arn.as_str();
            let mut edit = self.edit(by, ADD, arn, &RequestContext::new())?;
            let member = Who { supposing: Supposing { member_of: Some(team.id?), ..of.supposing }, ..of };
            if self.is_strong(member, depth.min(1)) {
                return Some(edit);
            }
            let made = self
                .edit(by, "iam:PutGroupPolicy", arn, &RequestContext::new())
                .or_else(|| self.edit(by, "iam:AttachGroupPolicy", arn, &attaching))
                .filter(|_| self.is_elevated(member))?;
            edit.hops.splice(0..0, made.hops);
            Some(Edit { title: "Makes a group one of administrators and joins it".to_owned(), ..edit })
        });
        // Stable: of ways with equally many calls the first stays.
        ways.min_by_key(|edit| edit.hops.len())
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
