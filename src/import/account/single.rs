//! Users, groups, roles and policies that were asked for one by one instead of with the authorization details.
//!
//! Each is kept if everything that belongs to it is there: a role without its policies would read as one that may do
//! nothing. `list-users` and `list-roles` leave out permissions boundaries and the last use, so that `get-user` and
//! `get-role` are needed too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::arn::Scope;
use crate::import::cells::NOT_THERE;
use crate::inventory::{Gap, Outcome, Reason};
use crate::resource::ResourceType;

use super::detail::{add_as, is_of_aws};
use super::kinds::{AUTHORIZATION, role_names};
use super::{Answers, Item, Kind, Out, owner, some_of};

/// Adds what is whole, where there are no authorization details.
pub(super) fn add(scope: &Scope, answers: &Answers, out: &mut Out<'_>) {
    const SINGLE: [Kind; 4] = [Kind::User, Kind::Group, Kind::Role, Kind::Policy];
    let has_details = [Kind::UserDetail, Kind::GroupDetail, Kind::RoleDetail, Kind::PolicyDetail];
    if has_details.iter().any(|kind| answers.has(*kind)) || !SINGLE.iter().any(|kind| answers.has(*kind)) {
        return;
    }
    let mut lacking: BTreeSet<String> = BTreeSet::new();
    for principal in [USERS, GROUPS, ROLES] {
        for (name, (value, item)) in named(answers, principal) {
            match whole(answers, principal, &name, value) {
                Ok(value) => add_as(scope, principal.of, item, value, out),
                Err(what) => _ = lacking.insert(format!("{what} of {} {name}", principal.word)),
            }
        }
    }
    for item in answers.of(Kind::Policy).iter().filter(|item| !is_of_aws(item)) {
        match policy(answers, item) {
            Ok(value) => add_as(scope, ResourceType::ManagedPolicy, item, value, out),
            Err(what) => _ = lacking.insert(what),
        }
    }
    for kind in SINGLE {
        // What is asked for by its name is one of a list.
        if !answers.pages(kind).iter().any(|page| !page.is_single && !page.has_more) {
            lacking.insert(match kind {
                Kind::User => "list-users".to_owned(),
                Kind::Group => "list-groups".to_owned(),
                Kind::Role => "list-roles".to_owned(),
                _ => "list-policies".to_owned(),
            });
        }
    }
    let outcome = if lacking.is_empty() {
        Outcome::Complete
    } else {
        let message = format!("{NOT_THERE} whole, but single answers without {}", some_of(&lacking));
        Outcome::Gap(Gap { reason: Reason::NotImported, message, partial: true })
    };
    out.seen.decide(scope, AUTHORIZATION, outcome);
}

/// What is asked of users, of groups and of roles.
#[derive(Clone, Copy)]
struct Principal {
    kind: Kind,
    of: ResourceType,
    word: &'static str,
    name: &'static str,
    inline: &'static str,
}

const USERS: Principal =
    Principal { kind: Kind::User, of: ResourceType::User, word: "user", name: "UserName", inline: "UserPolicyList" };
const GROUPS: Principal = Principal {
    kind: Kind::Group,
    of: ResourceType::Group,
    word: "group",
    name: "GroupName",
    inline: "GroupPolicyList",
};
const ROLES: Principal =
    Principal { kind: Kind::Role, of: ResourceType::Role, word: "role", name: "RoleName", inline: "RolePolicyList" };

/// Each by its name, with the members of all answers that tell of it.
fn named(answers: &Answers, principal: Principal) -> BTreeMap<String, (Value, &Item)> {
    let mut all: BTreeMap<String, (Value, &Item)> = BTreeMap::new();
    for item in answers.of(principal.kind) {
        let Some(name) = item.text(principal.name) else { continue };
        let (known, _) = all.entry(name.to_owned()).or_insert_with(|| (json!({}), item));
        if let (Value::Object(known), Value::Object(members)) = (known, &item.value) {
            known.extend(members.clone());
            if item.key == principal.kind_key() {
                known.insert(ASKED.to_owned(), json!(true));
            }
        }
    }
    all
}

/// Marks what was asked for by its name.
const ASKED: &str = "driftline:asked";

impl Principal {
    /// The key of the answer that tells of one.
    fn kind_key(self) -> &'static str {
        match self.kind {
            Kind::User => "User",
            Kind::Group => "Group",
            _ => "Role",
        }
    }

    /// Whether an answer is of the one of that name: its file has to say so.
    fn is_of(self, names: &[String], name: &str) -> bool {
        let is_of_kind = names.iter().any(|file| file.to_ascii_lowercase().contains(self.word));
        is_of_kind && names.iter().any(|file| owner::is_named(file, name))
    }
}

/// What the details would say of it.
///
/// # Errors
/// What is missing.
fn whole(answers: &Answers, principal: Principal, name: &str, value: Value) -> Result<Value, &'static str> {
    let mut value = value;
    let Value::Object(members) = &mut value else { return Err("its description") };
    let was_asked = members.remove(ASKED).is_some();
    if !was_asked && principal.kind != Kind::Group {
        return Err(if principal.kind == Kind::User { "get-user" } else { "get-role" });
    }
    let told = |kind: Kind| {
        let mut pages = answers.pages(kind).iter();
        pages.any(|page| !page.has_more && principal.is_of(&page.names, name))
    };
    let its = |kind: Kind| answers.of(kind).iter().filter(move |item| principal.is_of(&item.names, name));
    if !told(Kind::Attached) {
        return Err("the attached policies");
    }
    members.insert("AttachedManagedPolicies".to_owned(), its(Kind::Attached).map(|item| item.value.clone()).collect());
    if !told(Kind::InlineNames) {
        return Err("the names of the inline policies");
    }
    let mut inline = Vec::new();
    for policy in its(Kind::InlineNames).filter_map(|item| item.value.as_str()) {
        let is_it = |item: &&Item| {
            let said = |key: &str| item.beside.get(key).and_then(Value::as_str);
            said(principal.name) == Some(name) && said("PolicyName") == Some(policy)
        };
        let Some(document) = answers.of(Kind::InlinePolicy).iter().find(is_it) else {
            return Err("the documents of the inline policies");
        };
        inline.push(json!({ "PolicyName": policy, "PolicyDocument": document.value }));
    }
    members.insert(principal.inline.to_owned(), Value::Array(inline));
    match principal.kind {
        Kind::User => {
            let groups = groups(answers, name).ok_or("the groups")?;
            members.insert("GroupList".to_owned(), json!(groups));
        }
        Kind::Role => {
            if !answers.pages(Kind::InstanceProfile).iter().any(|page| !page.is_single && !page.has_more) {
                return Err("the instance profiles");
            }
            members.insert("InstanceProfileList".to_owned(), json!(profiles(answers, name)));
        }
        _ => {}
    }
    Ok(value)
}

/// The groups that a user is in; none if neither the user's nor every group's word on it is there.
fn groups(answers: &Answers, user: &str) -> Option<BTreeSet<String>> {
    let is_told = |page: &super::PageOf| !page.has_more && USERS.is_of(&page.names, user);
    if answers.pages(Kind::GroupOfUser).iter().any(is_told) {
        let its = answers.of(Kind::GroupOfUser).iter().filter(|item| USERS.is_of(&item.names, user));
        return Some(its.filter_map(|item| item.text("GroupName").map(str::to_owned)).collect());
    }
    let group_of =
        |beside: &BTreeMap<String, Value>| beside.get("GroupName").and_then(Value::as_str).map(str::to_owned);
    let told: BTreeSet<String> = answers
        .pages(Kind::GroupMember)
        .iter()
        .filter(|page| !page.has_more)
        .filter_map(|page| group_of(&page.beside))
        .collect();
    let is_listed = answers.pages(Kind::Group).iter().any(|page| !page.is_single && !page.has_more);
    let all = answers.of(Kind::Group).iter().filter_map(|item| item.text("GroupName"));
    if !is_listed || all.into_iter().any(|group| !told.contains(group)) {
        return None;
    }
    let members = answers.of(Kind::GroupMember).iter().filter(|item| item.text("UserName") == Some(user));
    Some(members.filter_map(|item| group_of(&item.beside)).collect())
}

fn profiles(answers: &Answers, role: &str) -> BTreeSet<String> {
    let with_role = answers.of(Kind::InstanceProfile).iter().filter(|item| {
        let mut profile = item.value.clone();
        role_names(&mut profile);
        profile.get("Roles").and_then(Value::as_array).is_some_and(|roles| roles.contains(&json!(role)))
    });
    with_role.filter_map(|item| item.text("InstanceProfileName").map(str::to_owned)).collect()
}

/// A policy of the account's own with the document of its default version.
///
/// # Errors
/// What is missing, and of which policy.
fn policy(answers: &Answers, item: &Item) -> Result<Value, String> {
    let (arn, name) = (item.text("Arn").unwrap_or_default(), item.text("PolicyName").unwrap_or_default());
    let is_its = |version: &&Item| {
        let of_policy = |file: &String| file.contains(arn) || owner::is_named(file, name);
        !arn.is_empty() && version.value.get("Document").is_some() && version.names.iter().any(of_policy)
    };
    let versions: Vec<&Value> = answers.of(Kind::PolicyVersion).iter().filter(is_its).map(|item| &item.value).collect();
    let default = item.text("DefaultVersionId");
    if !versions.iter().any(|version| version["VersionId"].as_str() == default) {
        return Err(format!("the default version of policy {name}"));
    }
    let mut value = item.value.clone();
    if let Value::Object(members) = &mut value {
        members.insert("PolicyVersionList".to_owned(), json!(versions));
    }
    Ok(value)
}
