//! AWS's own policies: of each account those that something in it uses, with a document from whichever account has it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::arn::{Arn, Scope};
use crate::inventory::{Gap, Outcome, Reason};
use crate::resource::iam::{AttachedPolicy, PolicyVersion};
use crate::resource::{Resource, ResourceType};

use super::detail::{default_version, is_of_aws};
use super::kinds::AUTHORIZATION;
use super::{Answers, Item, Kind, Out, owner, some_of};

const LIST: &str = "iam:ListPolicies";
const DOCUMENT: &str = "iam:GetPolicyVersion";

/// Documents by their policy's ARN and version: AWS gives all accounts the same.
#[derive(Debug, Default)]
pub(super) struct Pool {
    documents: BTreeMap<(String, String), Value>,
    /// The newest default version that is told of each policy, where another account lists it.
    defaults: BTreeMap<String, (usize, String)>,
}

impl Pool {
    pub(super) fn of<'a>(accounts: impl Iterator<Item = &'a Answers>) -> Pool {
        let mut pool = Pool::default();
        for answers in accounts {
            for item in answers.of(Kind::PolicyDetail).iter().filter(|item| is_of_aws(item)) {
                let arn = item.text("Arn").unwrap_or_default();
                for version in versions(item) {
                    let id = version.version_id.clone();
                    if let Ok(document) = serde_json::to_value(&version.document) {
                        pool.documents.insert((arn.to_owned(), id), document);
                    }
                }
                pool.note_default(arn, default_id(item));
            }
            for item in answers.of(Kind::Policy).iter().filter(|item| is_of_aws(item)) {
                pool.note_default(item.text("Arn").unwrap_or_default(), default_id(item));
            }
            for item in answers.of(Kind::PolicyVersion) {
                let (Some(id), Some(document)) = (item.text("VersionId"), item.value.get("Document")) else { continue };
                for arn in owner::arns_in(&item.names) {
                    pool.documents.insert((arn, id.to_owned()), document.clone());
                }
            }
        }
        pool
    }

    fn note_default(&mut self, arn: &str, id: Option<String>) {
        let Some(id) = id else { return };
        let rank = id.trim_start_matches('v').parse().unwrap_or(0);
        let known = self.defaults.entry(arn.to_owned()).or_insert((rank, id.clone()));
        if rank > known.0 {
            *known = (rank, id);
        }
    }

    fn document(&self, arn: &str, version: &str) -> Option<&Value> {
        self.documents.get(&(arn.to_owned(), version.to_owned()))
    }
}

fn versions(item: &Item) -> Vec<PolicyVersion> {
    let list = item.value.get("PolicyVersionList").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|version| serde_json::from_value(version.clone()).ok()).collect()
}

fn default_id(item: &Item) -> Option<String> {
    let said = item.text("DefaultVersionId").map(str::to_owned);
    said.or_else(|| default_version(&versions(item), None).map(|version| version.version_id.clone()))
}

/// What an account uses of AWS's policies, and how many users, groups and roles have each.
fn used(scope: &Scope, out: &Out<'_>) -> BTreeMap<String, usize> {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |attached: &[AttachedPolicy], boundary: Option<&Arn>| {
        for policy in attached.iter().filter(|policy| policy.policy_arn.account() == "aws") {
            *used.entry(policy.policy_arn.as_str().to_owned()).or_default() += 1;
        }
        if let Some(boundary) = boundary.filter(|arn| arn.account() == "aws") {
            used.entry(boundary.as_str().to_owned()).or_default();
        }
    };
    for of in [ResourceType::User, ResourceType::Group, ResourceType::Role] {
        for (resource, _) in out.joined.of_type(scope, of) {
            match resource {
                Resource::User(user) => count(
                    &user.attached_managed_policies,
                    user.permissions_boundary.as_ref().map(|boundary| &boundary.permissions_boundary_arn),
                ),
                Resource::Group(group) => count(&group.attached_managed_policies, None),
                Resource::Role(role) => count(
                    &role.attached_managed_policies,
                    role.permissions_boundary.as_ref().map(|boundary| &boundary.permissions_boundary_arn),
                ),
                _ => {}
            }
        }
    }
    used
}

/// Adds the account's, and says what is missing.
pub(super) fn add(scope: &Scope, answers: &Answers, pool: &Pool, out: &mut Out<'_>) {
    let used = used(scope, out);
    let listed = answers.of(Kind::PolicyDetail).iter().chain(answers.of(Kind::Policy)).filter(|item| is_of_aws(item));
    let mut listed: BTreeMap<String, &Item> =
        listed.filter_map(|item| Some((item.text("Arn")?.to_owned(), item))).collect();
    // `list-policies` tells of a thousand that nothing uses.
    listed.retain(|arn, item| {
        used.contains_key(arn) || item.value.get("AttachmentCount").and_then(Value::as_i64).is_some_and(|n| n > 0)
    });
    let (mut unlisted, mut undocumented) = (BTreeSet::new(), BTreeSet::new());
    let details_are_whole = !out.seen.is_gap(scope, AUTHORIZATION);
    for arn in listed.keys().chain(used.keys()).collect::<BTreeSet<_>>() {
        let item = listed.get(arn).copied();
        let version = item.and_then(default_id).or_else(|| pool.defaults.get(arn).map(|(_, id)| id.clone()));
        let document = version.as_deref().and_then(|version| pool.document(arn, version));
        if document.is_none() {
            undocumented.insert(arn.clone());
        }
        if item.is_none() && version.is_none() {
            unlisted.insert(arn.clone());
            continue;
        }
        let name = arn.rsplit('/').next().unwrap_or_default();
        let mut value = item.map_or_else(|| json!({ "Arn": arn, "PolicyName": name }), |item| item.value.clone());
        if let Value::Object(members) = &mut value {
            members.remove("PolicyVersionList");
            members.insert("Document".to_owned(), document.cloned().unwrap_or(Value::Null));
            members.entry("PolicyName").or_insert_with(|| json!(name));
            members.insert("DefaultVersionId".to_owned(), json!(version));
            if details_are_whole {
                // Where AWS's count is of another account, ours is of this one.
                let ours = used.get(arn).copied().unwrap_or(0);
                members.entry("AttachmentCount").or_insert_with(|| json!(ours));
            }
        }
        let origin = item.or_else(|| {
            answers
                .of(Kind::UserDetail)
                .iter()
                .chain(answers.of(Kind::RoleDetail))
                .chain(answers.of(Kind::GroupDetail))
                .next()
        });
        if let Some(origin) = origin {
            out.keep(scope, ResourceType::AwsManagedPolicy, LIST, origin, value);
        }
    }
    let told = answers.has(Kind::PolicyDetail) || answers.has(Kind::Policy) || answers.has(Kind::UserDetail);
    let outcome = |missing: &BTreeSet<String>, what: &str| {
        let gap = |message: String, partial| Outcome::Gap(Gap { reason: Reason::NotImported, message, partial });
        match (missing.is_empty(), details_are_whole) {
            (true, true) => Outcome::Complete,
            (false, _) => gap(format!("the imported files lack {what} {}", some_of(missing)), true),
            (true, false) if told => gap("which policies are used is not known to the end".to_owned(), true),
            (true, false) => gap(crate::import::cells::NOT_THERE.to_owned(), false),
        }
    };
    out.seen.decide(scope, LIST, outcome(&unlisted, "AWS's own policies that are used:"));
    out.seen.decide(scope, DOCUMENT, outcome(&undocumented, "the documents of AWS's own policies:"));
}
