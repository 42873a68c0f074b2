//! The authorization details: users, groups, roles and the account's own policies.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arn::{Arn, Scope};
use crate::inventory::{Gap, Outcome, Reason};
use crate::resource::iam::{AttachedPolicy, InlinePolicy, PolicyVersion};
use crate::resource::{Resource, ResourceType};

use super::kinds::{AUTHORIZATION, role_names};
use super::{Answers, Item, Kind, Out, some_of};

const KINDS: [(Kind, &str); 4] = [
    (Kind::UserDetail, "UserDetailList"),
    (Kind::GroupDetail, "GroupDetailList"),
    (Kind::RoleDetail, "RoleDetailList"),
    (Kind::PolicyDetail, "Policies"),
];

/// Adds what the details tell of.
pub(super) fn add(scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
    if !KINDS.iter().any(|(kind, _)| answers.has(*kind)) {
        return;
    }
    for item in answers.of(Kind::UserDetail) {
        add_as(scope, ResourceType::User, item, item.value.clone(), out);
    }
    for item in answers.of(Kind::GroupDetail) {
        add_as(scope, ResourceType::Group, item, item.value.clone(), out);
    }
    for item in answers.of(Kind::RoleDetail) {
        let mut value = item.value.clone();
        for profile in profiles(&mut value) {
            out.keep(scope, ResourceType::InstanceProfile, AUTHORIZATION, item, profile);
        }
        add_as(scope, ResourceType::Role, item, value, out);
    }
    for item in answers.of(Kind::PolicyDetail).iter().filter(|item| !is_of_aws(item)) {
        add_as(scope, ResourceType::ManagedPolicy, item, item.value.clone(), out);
    }
    if let Some(outcome) = outcome(scope, answers, out) {
        out.seen.decide(scope, AUTHORIZATION, outcome);
    }
}

/// Whether a policy is AWS's own.
pub(super) fn is_of_aws(item: &Item) -> bool {
    item.text("Arn").is_some_and(|arn| arn.parse::<Arn>().is_ok_and(|arn| arn.account() == "aws"))
}

/// Adds one of them in the order in which lists of it are kept.
pub(super) fn add_as(scope: &Scope, of: ResourceType, item: &Item, value: Value, out: &mut Out<'_>) {
    match Resource::deserialize_as(of, value) {
        Ok(mut resource) => {
            order(&mut resource);
            out.resource(scope, resource, item);
        }
        Err(error) => out.wrong(scope, AUTHORIZATION, item, &error.to_string()),
    }
}

fn order(resource: &mut Resource) {
    let by_name = |policies: &mut Vec<InlinePolicy>| policies.sort_by(|a, b| a.policy_name.cmp(&b.policy_name));
    match resource {
        Resource::User(user) => {
            user.group_list.sort();
            by_name(&mut user.user_policy_list);
            user.attached_managed_policies.sort();
        }
        Resource::Group(group) => {
            by_name(&mut group.group_policy_list);
            group.attached_managed_policies.sort();
        }
        Resource::Role(role) => {
            role.instance_profile_list.sort();
            by_name(&mut role.role_policy_list);
            role.attached_managed_policies.sort();
        }
        Resource::ManagedPolicy(policy) => {
            // v2 before v10.
            policy.policy_version_list.sort_by_key(|version| (version.version_id.len(), version.version_id.clone()));
        }
        _ => {}
    }
}

/// Takes the instance profiles out of a role, of which their names stay.
fn profiles(role: &mut Value) -> Vec<Value> {
    let Some(Value::Array(list)) = role.get_mut("InstanceProfileList") else { return Vec::new() };
    let mut whole = Vec::new();
    for profile in list.iter_mut() {
        if let Some(name) = profile.get("InstanceProfileName").cloned() {
            let mut taken = std::mem::replace(profile, name);
            role_names(&mut taken);
            whole.push(taken);
        }
    }
    whole
}

/// Whether the details are whole; none if their last page is missing, which the pages say themselves.
fn outcome(scope: &Scope, answers: &Answers, out: &Out<'_>) -> Option<Outcome> {
    let gap = |reason, message: String| Some(Outcome::Gap(Gap { reason, message, partial: true }));
    let pages = || KINDS.iter().flat_map(|(kind, _)| answers.pages(*kind));
    // Pages hold all four lists; an answer with one of them ends that one.
    let all_end = pages().any(|page| !page.is_alone && !page.has_more);
    let ends = |kind: Kind| all_end || answers.pages(kind).iter().any(|page| !page.has_more);
    if KINDS.iter().any(|(kind, _)| answers.has(*kind) && !ends(*kind)) {
        return gap(Reason::Malformed, crate::import::cells::NO_LAST_PAGE.to_owned());
    }
    let without: Vec<&str> = KINDS.iter().filter(|(kind, _)| !answers.has(*kind)).map(|(_, key)| *key).collect();
    if !without.is_empty() {
        return gap(Reason::NotImported, format!("the imported files have no {}", without.join(", ")));
    }
    // What one list speaks of and the other does not have: the details were asked for with a filter, or are of two times.
    let mut lost = BTreeSet::new();
    let listed = |of: ResourceType| -> BTreeSet<String> {
        out.joined.of_type(scope, of).map(|(resource, _)| resource.id().to_owned()).collect()
    };
    let (groups, policies) = (listed(ResourceType::Group), listed(ResourceType::ManagedPolicy));
    let mut want = |attached: &[AttachedPolicy], boundary: Option<&Arn>| {
        let arns = attached.iter().map(|policy| &policy.policy_arn).chain(boundary);
        let own = arns.filter(|arn| arn.account() != "aws" && !policies.contains(arn.as_str()));
        lost.extend(own.map(|arn| arn.as_str().to_owned()));
    };
    let mut lost_groups = BTreeSet::new();
    for (resource, _) in out.joined.of_type(scope, ResourceType::User) {
        let Resource::User(user) = resource else { continue };
        let boundary = user.permissions_boundary.as_ref().map(|boundary| &boundary.permissions_boundary_arn);
        want(&user.attached_managed_policies, boundary);
        lost_groups.extend(user.group_list.iter().filter(|group| !groups.contains(*group)).cloned());
    }
    for (resource, _) in out.joined.of_type(scope, ResourceType::Group) {
        let Resource::Group(group) = resource else { continue };
        want(&group.attached_managed_policies, None);
    }
    for (resource, _) in out.joined.of_type(scope, ResourceType::Role) {
        let Resource::Role(role) = resource else { continue };
        let boundary = role.permissions_boundary.as_ref().map(|boundary| &boundary.permissions_boundary_arn);
        want(&role.attached_managed_policies, boundary);
    }
    lost.extend(lost_groups.into_iter().map(|group| format!("group {group}")));
    if !lost.is_empty() {
        return gap(Reason::NotImported, format!("the imported lists lack what is used: {}", some_of(&lost)));
    }
    Some(Outcome::Complete)
}

/// A policy's default version among several, by what they say of themselves or by the policy's word.
pub(super) fn default_version<'v>(versions: &'v [PolicyVersion], id: Option<&str>) -> Option<&'v PolicyVersion> {
    let by_flag = versions.iter().find(|version| version.is_default_version);
    by_flag.or_else(|| versions.iter().find(|version| Some(version.version_id.as_str()) == id))
}
