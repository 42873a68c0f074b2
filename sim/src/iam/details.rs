//! `GetAccountAuthorizationDetails`: users, groups, roles and policies as one
//! list that pages run through in this order.

use serde_json::{Value, json};

use super::Outcome;
use super::roles::{Access, Policy, Role, aws_policy, document};
use super::users::{User, Users};
use crate::call::Call;
use crate::clock::{DAY, iso};
use crate::hash::word;
use crate::page::Limits;
use crate::xml::Xml;

pub fn authorization_details(call: &Call, x: &mut Xml) -> Outcome {
    let (org, account) = (call.org, call.cell.account);
    let users = Users { org, account };
    let access = Access { org, account };
    let special = access.special_roles();
    let groups = users.groups();
    let group_count = groups.len() as u32;

    let filter = call.params.list("Filter");
    let known = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
    if let Some(other) = filter.iter().find(|name| !known.contains(name)) {
        return Err(call.invalid(format!("'{other}' is not a valid entity type")));
    }
    let wants = |name: &str| filter.is_empty() || filter.contains(&name);
    let counted = |name, count| if wants(name) { count } else { 0 };
    let aws = access.aws_policies(group_count);
    let sections = [
        counted("User", users.count()),
        counted("Group", group_count),
        counted("Role", access.role_count()),
        counted("LocalManagedPolicy", access.local_policy_count()),
        counted("AWSManagedPolicy", aws.len() as u32),
    ];
    let page = call.page(sections.iter().sum(), Limits::sized(100, 1000))?;

    // The part of each section that falls into the page.
    let mut start = 0;
    let mut parts = sections.map(|length| {
        let clamp = |n: u32| n.clamp(start, start + length) - start;
        let part = clamp(page.range.start)..clamp(page.range.end);
        start += length;
        part
    });
    let [user_part, group_part, role_part, local_part, aws_part] = &mut parts;

    let account_id = call.account_id();
    x.items("UserDetailList", "member", user_part, |x, n| {
        if let Some(user) = users.get(n) {
            user_item(&users, &account_id, &user, x);
        }
    });
    x.items("GroupDetailList", "member", group_part, |x, n| {
        if let Some(name) = groups.get(n as usize) {
            group_item(&users, &account_id, name, x);
        }
    });
    x.items("RoleDetailList", "member", role_part, |x, n| {
        role_item(&access, &account_id, &access.role(&special, n), x);
    });
    x.node("Policies", |x| {
        for n in local_part {
            policy_item(&access, &account_id, &access.local_policy(n), x);
        }
        for policy in aws.get(aws_part.start as usize..aws_part.end as usize).unwrap_or_default() {
            policy_item(&access, &account_id, policy, x);
        }
    });
    super::end_of_page(&page, x);
    Ok(())
}

/// A policy document as IAM sends it: percent-encoded by RFC 3986.
fn encoded(document: &Value) -> String {
    let text = document.to_string();
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn attached(x: &mut Xml, arns: &[String]) {
    x.items("AttachedManagedPolicies", "member", arns, |x, arn| {
        x.put("PolicyName", arn.rsplit('/').next().unwrap_or(arn));
        x.put("PolicyArn", arn);
    });
}

fn inline(x: &mut Xml, tag: &str, policy: Option<(&str, Value)>) {
    x.items(tag, "member", policy, |x, (name, document)| {
        x.put("PolicyName", name);
        x.put("PolicyDocument", encoded(&document));
    });
}

fn user_item(users: &Users, account_id: &str, user: &User, x: &mut Xml) {
    x.put("Path", "/");
    x.put("UserName", &user.name);
    x.put("UserId", users.org.unique_id("AIDA", users.account, &user.name));
    x.put("Arn", format!("arn:aws:iam::{account_id}:user/{}", user.name));
    x.put("CreateDate", iso(user.created));
    let policy = user.inline.then(|| {
        let statement = json!({
            "Effect": "Allow",
            "Action": ["s3:ListAllMyBuckets", "sqs:ListQueues"],
            "Resource": "*"
        });
        ("own", document(&[statement]))
    });
    inline(x, "UserPolicyList", policy);
    x.texts("GroupList", "member", &user.groups);
    let arns: Vec<String> = user.attached.iter().map(|name| aws_policy(name)).collect();
    attached(x, &arns);
    x.items("Tags", "member", [()], |x, ()| {
        x.put("Key", "kind");
        x.put("Value", if user.password.is_some() { "person" } else { "machine" });
    });
}

fn group_item(users: &Users, account_id: &str, name: &str, x: &mut Xml) {
    x.put("Path", "/");
    x.put("GroupName", name);
    x.put("GroupId", users.org.unique_id("AGPA", users.account, name));
    x.put("Arn", format!("arn:aws:iam::{account_id}:group/{name}"));
    x.put("CreateDate", iso(users.org.created(&[users.draw(name)])));
    inline(x, "GroupPolicyList", None);
    attached(x, &[aws_policy("ReadOnlyAccess")]);
}

fn role_head(access: &Access, account_id: &str, role: &Role, x: &mut Xml) {
    let org = access.org;
    x.put("Path", &role.path);
    x.put("RoleName", &role.name);
    x.put("RoleId", org.unique_id("AROA", access.account, &role.name));
    x.put("Arn", format!("arn:aws:iam::{account_id}:role{}{}", role.path, role.name));
    let created = org.created(&[word(&role.name), u64::from(access.account)]);
    x.put("CreateDate", iso(created));
    x.put("AssumeRolePolicyDocument", encoded(&role.trust));
}

fn role_item(access: &Access, account_id: &str, role: &Role, x: &mut Xml) {
    role_head(access, account_id, role, x);
    let profile = role.has_profile.then_some(());
    x.items("InstanceProfileList", "member", profile, |x, ()| profile_item(access, account_id, role, x));
    inline(x, "RolePolicyList", role.inline.clone());
    attached(x, &role.attached);
    x.node("Tags", |_| {});
    x.node("RoleLastUsed", |x| {
        if let Some(used) = role.used {
            x.put("LastUsedDate", iso(used));
            x.put("Region", access.org.home());
        }
    });
}

/// The profile of a role that has one, which is called like it.
fn profile_item(access: &Access, account_id: &str, role: &Role, x: &mut Xml) {
    let name = &role.name;
    x.put("Path", "/");
    x.put("InstanceProfileName", name);
    x.put("InstanceProfileId", access.org.unique_id("AIPA", access.account, name));
    x.put("Arn", format!("arn:aws:iam::{account_id}:instance-profile/{name}"));
    x.put("CreateDate", iso(access.org.created(&[word(name)])));
    x.items("Roles", "member", [role], |x, role| role_head(access, account_id, role, x));
}

pub fn instance_profiles(call: &Call, x: &mut Xml) -> Outcome {
    let access = Access { org: call.org, account: call.cell.account };
    let special = access.special_roles();
    let roles = (0..access.role_count()).map(|n| access.role(&special, n));
    let roles: Vec<Role> = roles.filter(|role| role.has_profile).collect();
    let page = call.page(roles.len() as u32, Limits::sized(100, 1000))?;
    let account_id = call.account_id();
    x.items("InstanceProfiles", "member", page.range.clone(), |x, n| {
        if let Some(role) = roles.get(n as usize) {
            profile_item(&access, &account_id, role, x);
        }
    });
    super::end_of_page(&page, x);
    Ok(())
}

/// The policies of a scope, `All`, `AWS` or `Local`; of AWS's own only those in use exist.
fn policies_of(call: &Call, scope: &str) -> Vec<Policy> {
    let access = Access { org: call.org, account: call.cell.account };
    let groups = Users { org: call.org, account: call.cell.account }.groups().len() as u32;
    let mut all: Vec<Policy> = (0..access.local_policy_count()).map(|n| access.local_policy(n)).collect();
    all.extend(access.aws_policies(groups));
    all.retain(|policy| scope == "All" || policy.aws == (scope == "AWS"));
    all
}

pub fn policies(call: &Call, x: &mut Xml) -> Outcome {
    let mut policies = policies_of(call, call.params.text("Scope").unwrap_or("All"));
    if call.params.text("OnlyAttached") == Some("true") {
        policies.retain(|policy| policy.attachments > 0);
    }
    let access = Access { org: call.org, account: call.cell.account };
    let page = call.page(policies.len() as u32, Limits::sized(100, 1000))?;
    let account_id = call.account_id();
    x.items("Policies", "member", page.range.clone(), |x, n| {
        if let Some(policy) = policies.get(n as usize) {
            policy_head(&access, &account_id, policy, x);
        }
    });
    super::end_of_page(&page, x);
    Ok(())
}

pub fn policy_version(call: &Call, x: &mut Xml) -> Outcome {
    let (arn, version) = (call.need("PolicyArn")?, call.need("VersionId")?);
    let access = Access { org: call.org, account: call.cell.account };
    let account_id = call.account_id();
    let policies = policies_of(call, "All");
    let policy = policies.iter().find(|policy| policy_arn(&account_id, policy) == arn);
    let number = version.strip_prefix('v').and_then(|n| n.parse::<usize>().ok()).and_then(|n| n.checked_sub(1));
    let (Some(policy), Some(n)) = (policy, number.filter(|n| policy.is_some_and(|p| *n < p.versions.len()))) else {
        return Err(super::no_such_entity(format!(
            "Policy {arn} version {version} does not exist or is not attachable."
        )));
    };
    x.node("PolicyVersion", |x| version_item(&access, policy, n, x));
    Ok(())
}

fn policy_arn(account_id: &str, policy: &Policy) -> String {
    let owner = if policy.aws { "aws" } else { account_id };
    format!("arn:aws:iam::{owner}:policy/{}", policy.name)
}

fn version_date(access: &Access, policy: &Policy, n: usize) -> String {
    iso(access.org.created(&[word(&policy.name)]) + n as u64 * 20 * DAY)
}

/// What every operation tells of a policy.
fn policy_head(access: &Access, account_id: &str, policy: &Policy, x: &mut Xml) {
    let last = policy.versions.len();
    x.put("PolicyName", &policy.name);
    let account = if policy.aws { u32::MAX } else { access.account };
    x.put("PolicyId", access.org.unique_id("ANPA", account, &policy.name));
    x.put("Arn", policy_arn(account_id, policy));
    x.put("Path", "/");
    x.put("DefaultVersionId", format!("v{last}"));
    x.put("AttachmentCount", policy.attachments);
    x.put("PermissionsBoundaryUsageCount", 0_u32);
    x.put("IsAttachable", true);
    x.put("CreateDate", version_date(access, policy, 0));
    x.put("UpdateDate", version_date(access, policy, last - 1));
}

fn version_item(access: &Access, policy: &Policy, n: usize, x: &mut Xml) {
    if let Some(document) = policy.versions.get(n) {
        x.put("Document", encoded(document));
    }
    x.put("VersionId", format!("v{}", n + 1));
    x.put("IsDefaultVersion", n + 1 == policy.versions.len());
    x.put("CreateDate", version_date(access, policy, n));
}

fn policy_item(access: &Access, account_id: &str, policy: &Policy, x: &mut Xml) {
    x.node("member", |x| {
        policy_head(access, account_id, policy, x);
        let newest_first = (0..policy.versions.len()).rev();
        x.items("PolicyVersionList", "member", newest_first, |x, n| version_item(access, policy, n, x));
    });
}
