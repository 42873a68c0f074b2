//! Users, groups, roles and customer policies, with all that is on them.

use std::collections::BTreeSet;

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{self, EntityType};

use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::iam::PolicyText;
use crate::inventory::Outcome;
use crate::resource::Resource;
use crate::resource::iam::{
    AttachedPermissionsBoundary, AttachedPolicy, Group, InlinePolicy, ManagedPolicy, PolicyVersion, Role, RoleLastUsed,
    User,
};

use super::{AUTHORIZATION, PAGE, arn, next, tags};

#[derive(PartialEq)]
enum Detail {
    User(types::UserDetail),
    Group(types::GroupDetail),
    Role(types::RoleDetail),
    Policy(types::ManagedPolicyDetail),
}

/// AWS's own policies are left out: every account would give the same megabytes.
const KINDS: [EntityType; 4] = [EntityType::User, EntityType::Group, EntityType::Role, EntityType::LocalManagedPolicy];

/// All of them: in one call where they fit one page, and where they do not in one chain of pages for each kind.
async fn details(reader: &Reader, iam: &Client) -> Vec<Detail> {
    let page = |kinds: &[EntityType], token| {
        let call = iam.get_account_authorization_details().set_filter(Some(kinds.to_vec()));
        call.max_items(PAGE).set_marker(token).send()
    };
    match reader.call(AUTHORIZATION, || page(&KINDS, None)).await {
        Ok(output) if output.is_truncated => {}
        Ok(output) => {
            let details = split(reader, &KINDS, output).0;
            // What was missing from it counts for more.
            reader.record(AUTHORIZATION, Outcome::Complete);
            return details;
        }
        Err(failure) => {
            reader.gap(AUTHORIZATION, failure.reason, failure.message, false);
            return Vec::new();
        }
    }
    // What is on the first page comes again: where it ends says nothing of the order of the rest.
    let chains = KINDS.iter().map(|kind| {
        let kinds = std::slice::from_ref(kind);
        reader.pages(AUTHORIZATION, |token| page(kinds, token), |output| split(reader, kinds, output))
    });
    futures::future::join_all(chains).await.into_iter().flatten().collect()
}

/// An answer has a list for each kind that was asked for, be it an empty one. Whether it has the others' too, AWS
/// does not say.
fn split(
    reader: &Reader,
    kinds: &[EntityType],
    page: GetAccountAuthorizationDetailsOutput,
) -> (Vec<Detail>, Option<String>) {
    let there = |kind: &EntityType| match kind {
        EntityType::User => page.user_detail_list.is_some(),
        EntityType::Group => page.group_detail_list.is_some(),
        EntityType::Role => page.role_detail_list.is_some(),
        _ => page.policies.is_some(),
    };
    if let Some(missing) = kinds.iter().find(|kind| !there(kind)) {
        reader.malformed(AUTHORIZATION, format!("the answer has no list for {}", missing.as_str()));
    }
    let mut details: Vec<Detail> = Vec::new();
    details.extend(page.user_detail_list.into_iter().flatten().map(Detail::User));
    details.extend(page.group_detail_list.into_iter().flatten().map(Detail::Group));
    details.extend(page.role_detail_list.into_iter().flatten().map(Detail::Role));
    details.extend(page.policies.into_iter().flatten().map(Detail::Policy));
    (details, next(page.is_truncated, page.marker))
}

/// Reads them and returns the names of the users.
pub async fn collect(reader: &Reader, iam: &Client) -> BTreeSet<String> {
    let details = details(reader, iam).await;
    let mut users = BTreeSet::new();
    for detail in details {
        let (what, resource) = match detail {
            Detail::User(user) => {
                users.extend(user.user_name.clone());
                ("a user", user_of(user).map(Resource::from))
            }
            Detail::Group(group) => ("a group", group_of(group).map(Resource::from)),
            Detail::Role(role) => ("a role", role_of(role).map(Resource::from)),
            Detail::Policy(policy) => ("a policy", policy_of(policy).map(Resource::from)),
        };
        match resource {
            Some(resource) => reader.insert(resource),
            None => reader.malformed(AUTHORIZATION, format!("{what} without a name, an ARN or a document")),
        }
    }
    users
}

fn user_of(user: types::UserDetail) -> Option<User> {
    let mut group_list = user.group_list.unwrap_or_default();
    group_list.sort();
    Some(User {
        user_name: user.user_name?,
        user_id: user.user_id,
        arn: arn(user.arn.as_deref())?,
        path: user.path,
        create_date: timestamp(user.create_date),
        group_list,
        user_policy_list: inline(user.user_policy_list)?,
        attached_managed_policies: attached(user.attached_managed_policies)?,
        permissions_boundary: boundary(user.permissions_boundary)?,
        tags: tags(user.tags),
    })
}

fn group_of(group: types::GroupDetail) -> Option<Group> {
    Some(Group {
        group_name: group.group_name?,
        group_id: group.group_id,
        arn: arn(group.arn.as_deref())?,
        path: group.path,
        create_date: timestamp(group.create_date),
        group_policy_list: inline(group.group_policy_list)?,
        attached_managed_policies: attached(group.attached_managed_policies)?,
    })
}

fn role_of(role: types::RoleDetail) -> Option<Role> {
    let profiles = role.instance_profile_list.into_iter().flatten();
    let mut instance_profile_list: Vec<String> = profiles.map(|profile| profile.instance_profile_name).collect();
    instance_profile_list.sort();
    Some(Role {
        role_name: role.role_name?,
        role_id: role.role_id,
        arn: arn(role.arn.as_deref())?,
        path: role.path,
        create_date: timestamp(role.create_date),
        assume_role_policy_document: PolicyText::new(&role.assume_role_policy_document?),
        instance_profile_list,
        role_policy_list: inline(role.role_policy_list)?,
        attached_managed_policies: attached(role.attached_managed_policies)?,
        permissions_boundary: boundary(role.permissions_boundary)?,
        role_last_used: role
            .role_last_used
            .map(|used| RoleLastUsed { last_used_date: timestamp(used.last_used_date), region: used.region }),
        tags: tags(role.tags),
    })
}

fn policy_of(policy: types::ManagedPolicyDetail) -> Option<ManagedPolicy> {
    let versions = policy.policy_version_list.into_iter().flatten().map(|version| {
        Some(PolicyVersion {
            version_id: version.version_id?,
            is_default_version: version.is_default_version,
            document: PolicyText::new(&version.document?),
            create_date: timestamp(version.create_date),
        })
    });
    let mut policy_version_list: Vec<PolicyVersion> = versions.collect::<Option<_>>()?;
    // v2 before v10.
    policy_version_list.sort_by_key(|version| (version.version_id.len(), version.version_id.clone()));
    let arn = arn(policy.arn.as_deref())?;
    // The name is the end of the ARN; moto gives only that.
    let name = policy.policy_name.or_else(|| arn.resource().rsplit('/').next().map(str::to_owned));
    Some(ManagedPolicy {
        policy_name: name?,
        policy_id: policy.policy_id,
        arn,
        path: policy.path,
        description: policy.description,
        default_version_id: policy.default_version_id,
        attachment_count: policy.attachment_count,
        permissions_boundary_usage_count: policy.permissions_boundary_usage_count,
        create_date: timestamp(policy.create_date),
        update_date: timestamp(policy.update_date),
        policy_version_list,
    })
}

/// None if one of them has no name or no document: a policy that is lost would read as none.
fn inline(of: Option<Vec<types::PolicyDetail>>) -> Option<Vec<InlinePolicy>> {
    let policies = of.into_iter().flatten().map(|policy| {
        Some(InlinePolicy {
            policy_name: policy.policy_name?,
            policy_document: PolicyText::new(&policy.policy_document?),
        })
    });
    let mut policies: Vec<InlinePolicy> = policies.collect::<Option<_>>()?;
    policies.sort_by(|a, b| a.policy_name.cmp(&b.policy_name));
    Some(policies)
}

fn attached(of: Option<Vec<types::AttachedPolicy>>) -> Option<Vec<AttachedPolicy>> {
    let policies = of.into_iter().flatten().map(|policy| {
        Some(AttachedPolicy { policy_arn: arn(policy.policy_arn.as_deref())?, policy_name: policy.policy_name })
    });
    let mut policies: Vec<AttachedPolicy> = policies.collect::<Option<_>>()?;
    policies.sort();
    Some(policies)
}

/// The inner none is no boundary, the outer one is a boundary without its ARN.
fn boundary(of: Option<types::AttachedPermissionsBoundary>) -> Option<Option<AttachedPermissionsBoundary>> {
    let Some(of) = of else { return Some(None) };
    let permissions_boundary_arn = arn(of.permissions_boundary_arn.as_deref())?;
    Some(Some(AttachedPermissionsBoundary { permissions_boundary_arn }))
}
