//! What policies grant: statements, and managed policies that are attached.

use crate::arn::Arn;
use crate::iam::{Denials, Effect, PolicyText, Selection, Statement};
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::wholesale::{ACTION, SERVICE, managed_actions, managed_services};
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::iam::{
    AttachedPermissionsBoundary, AttachedPolicy, AwsManagedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User,
};

pub const STATEMENT: &[Field] = &[
    Field { name: "policy", kind: Kind::Text, doc: "the policy's name" },
    Field { name: "sid", kind: Kind::Text, doc: "the statement's own name, if it has one" },
    Field { name: "effect", kind: Kind::Text, doc: "`Allow` or `Deny`" },
    Field { name: "actions", kind: Kind::Texts, doc: "patterns of `Action`; absent with `NotAction`" },
    Field { name: "not_actions", kind: Kind::Texts, doc: "patterns of `NotAction`; absent with `Action`" },
    Field { name: "resources", kind: Kind::Texts, doc: "patterns of `Resource`; absent with `NotResource`" },
    Field { name: "not_resources", kind: Kind::Texts, doc: "patterns of `NotResource`; absent with `Resource`" },
    Field { name: "condition_keys", kind: Kind::Texts, doc: "the keys that its conditions test" },
    Field { name: "is_conditional", kind: Kind::Bool, doc: "whether it has a condition" },
    Field {
        name: "grants_everything",
        kind: Kind::Bool,
        doc: "whether it allows every action on every resource, or on all but some (`NotResource`), \
              and its policy (for those of a principal itself: none of them) does not deny everything again",
    },
    Field {
        name: "grants_iam",
        kind: Kind::Bool,
        doc: "whether it allows an action of IAM that gives permissions on every resource, or on all but some, \
              that is not denied again",
    },
    Field {
        name: "grants_all_of",
        kind: Kind::Texts,
        doc: "services of which it allows every action on every resource, or on all but some, \
              and that are not denied again; `*` is every service",
    },
];

pub const ATTACHED: &[Field] = &[
    Field { name: "policy", kind: Kind::Text, doc: "the managed policy's name" },
    Field { name: "policy_arn", kind: Kind::Text, doc: "its ARN" },
    Field { name: "is_aws_managed", kind: Kind::Bool, doc: "whether it is AWS's own" },
    Field {
        name: "grants_everything",
        kind: Kind::Bool,
        doc: "whether it allows every action on every resource without a condition",
    },
];

/// Actions by which who has them on every resource gives itself all others.
const GIVING: [&str; 8] = [
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// The statements of a principal's own policies. What one denies, another does not grant.
pub fn inline(policies: &[InlinePolicy]) -> Value {
    let documents = policies.iter().filter_map(|policy| policy.policy_document.document().ok());
    let denials = Denials::of(documents);
    let records = policies.iter().flat_map(|policy| records(&policy.policy_name, &policy.policy_document, &denials));
    records.collect::<Vec<_>>().into()
}

/// The statements of one policy.
pub fn of_document(policy: &str, text: &PolicyText) -> Vec<Record> {
    let denials = text.document().map_or_else(|_| Denials::default(), |document| document.denials());
    records(policy, text, &denials)
}

/// A policy that cannot be read is a record of unknowns.
fn records(policy: &str, text: &PolicyText, denials: &Denials<'_>) -> Vec<Record> {
    match text.document() {
        Ok(document) => document.statements.iter().map(|statement| record(policy, statement, denials)).collect(),
        Err(error) => {
            vec![unknown(policy, &Missing::because(format!("the policy `{policy}` cannot be read: {error}")))]
        }
    }
}

fn record(policy: &str, statement: &Statement, denials: &Denials<'_>) -> Record {
    let texts = |patterns: Option<&std::collections::BTreeSet<String>>| {
        Value::optional(patterns.map(|patterns| patterns.iter().cloned().collect::<Vec<_>>()))
    };
    let resources = statement.resources.as_ref();
    let allows = statement.effect == Effect::Allow && !denials.everything();
    let gives = GIVING.iter().any(|action| statement.covers_action(action) && !denials.action(action));
    Record::new(
        STATEMENT,
        [
            policy.into(),
            Value::optional(statement.sid.as_deref()),
            statement.effect.as_str().into(),
            texts(statement.actions.only()),
            texts(statement.actions.all_but()),
            texts(resources.and_then(Selection::only)),
            texts(resources.and_then(Selection::all_but)),
            statement.condition_keys().into(),
            statement.is_conditional().into(),
            (allows && statement.covers_everything()).into(),
            (allows && statement.covers_broadly() && gives).into(),
            services(statement, allows, denials).into(),
        ],
    )
}

/// The services that a pattern such as `kms:*` grants whole; `*` stands for all.
fn services(statement: &Statement, allows: bool, denials: &Denials<'_>) -> Vec<String> {
    if !allows || !statement.covers_broadly() {
        return Vec::new();
    }
    if statement.covers_every_action() {
        return vec!["*".to_owned()];
    }
    let whole = |pattern: &String| {
        let (service, name) = pattern.split_once(':')?;
        name.chars().all(|c| c == '*').then(|| service.to_ascii_lowercase())
    };
    let mut services: Vec<String> = statement.actions.only().into_iter().flatten().filter_map(whole).collect();
    services.retain(|service| !denials.service(service));
    services.sort();
    services.dedup();
    services
}

fn unknown(policy: &str, missing: &Missing) -> Record {
    let values: Vec<Value> = std::iter::once(policy.into())
        .chain(STATEMENT.iter().skip(1).map(|_| Value::Unknown(missing.clone())))
        .collect();
    Record::new(STATEMENT, values)
}

/// The managed policies on a principal.
pub fn attached(policies: &[AttachedPolicy], context: &Context<'_>) -> Value {
    let records = policies.iter().map(|policy| {
        let name = policy.policy_arn.resource().rsplit('/').next().unwrap_or_default();
        Record::new(
            ATTACHED,
            [
                policy.policy_name.as_deref().unwrap_or(name).into(),
                policy.policy_arn.as_str().into(),
                (policy.policy_arn.account() == "aws").into(),
                Value::known(grants_everything(policy, context)),
            ],
        )
    });
    records.collect::<Vec<_>>().into()
}

/// Whether a policy on a role, attached or its own, allows everything.
pub fn role_grants_everything(role: &Role, context: &Context<'_>) -> Value {
    let own = role.role_policy_list.iter().map(|policy| match policy.policy_document.document() {
        Ok(document) => Ok(document.grants_everything()),
        Err(error) => Err(Missing::because(format!("a policy of role {} cannot be read: {error}", role.role_name))),
    });
    let attached = role.attached_managed_policies.iter().map(|policy| grants_everything(policy, context));
    let mut unknown: Option<Missing> = None;
    for one in own.chain(attached) {
        match one {
            Ok(true) => return true.into(),
            Ok(false) => {}
            Err(missing) => unknown = Some(unknown.map_or_else(|| missing.clone(), |all| all.and(&missing))),
        }
    }
    unknown.map_or_else(|| false.into(), Value::Unknown)
}

fn grants_everything(policy: &AttachedPolicy, context: &Context<'_>) -> Result<bool, Missing> {
    let arn = policy.policy_arn.as_str();
    let (inventory, scope) = (context.model.inventory, context.scope);
    let read = |text: &PolicyText| match text.document() {
        Ok(document) => Ok(document.grants_everything()),
        Err(error) => Err(Missing::because(format!("the policy {arn} cannot be read: {error}"))),
    };
    let not_seen = |operation: &str| match context.require(operation) {
        Err(missing) => missing,
        Ok(()) => Missing::because(format!("{arn} was not among the account's policies")),
    };
    if policy.policy_arn.account() == "aws" {
        let Some(policy) = inventory.get::<AwsManagedPolicy>(scope, arn) else {
            return Err(not_seen("iam:ListPolicies"));
        };
        return policy.document.as_ref().map_or_else(|| Err(not_seen("iam:GetPolicyVersion")), read);
    }
    let Some(policy) = inventory.get::<ManagedPolicy>(scope, arn) else {
        return Err(not_seen("iam:GetAccountAuthorizationDetails"));
    };
    match policy.default_version() {
        Some(version) => read(&version.document),
        None => Err(Missing::because(format!("{arn} has no default version"))),
    }
}

facts! { ManagedPolicy {
    "policy_name": Kind::Text, "the policy's name", |policy, _| &policy.policy_name;
    "path": Kind::Text, "the policy's path", |policy, _| Value::optional(policy.path.as_deref());
    "attachment_count": Kind::Int, "how many users, groups and roles have it",
        |policy, context| counted(policy.attachment_count, context, || attachments(&policy.arn, context));
    "boundary_count": Kind::Int, "how many users and roles have it as their permissions boundary",
        |policy, context| counted(policy.permissions_boundary_usage_count, context, || boundaries(&policy.arn, context));
    "is_aws_managed": Kind::Bool, "whether it is AWS's own", |_, _| false;
    "version_count": Kind::Int, "how many versions of it IAM keeps", |policy, _| policy.policy_version_list.len();
    "statements": Kind::List(STATEMENT), "the statements of its default version", |policy, _| match policy.default_version() {
        Some(version) => of_document(&policy.policy_name, &version.document),
        None => vec![unknown(&policy.policy_name, &Missing::because("no version of the policy is the default one"))],
    };
    "whole_services": Kind::List(SERVICE), "the services of which it gives every action, on every resource and without a condition; none where everything is given",
        |policy, context| managed_services(policy, context);
    "broad_actions": Kind::List(ACTION), "of `aws-marketplace:Subscribe`, `iam:PassRole`, `kms:Decrypt`, `kms:ReEncryptFrom`, `secretsmanager:GetSecretValue` and `sts:AssumeRole` those that it gives on everything and without a condition; none where everything is given",
        |policy, context| managed_actions(policy, context);
}}

facts! { AwsManagedPolicy {
    "policy_name": Kind::Text, "the policy's name", |policy, _| &policy.policy_name;
    "attachment_count": Kind::Int, "how many users, groups and roles of the account have it",
        |policy, _| count(policy.attachment_count, &policy.policy_name);
    "boundary_count": Kind::Int, "how many users and roles have it as their permissions boundary",
        |policy, _| Value::Int(policy.permissions_boundary_usage_count.unwrap_or(0).into());
    "is_aws_managed": Kind::Bool, "whether it is AWS's own", |_, _| true;
    "statements": Kind::List(STATEMENT), "the statements of its default version", uses ["iam:GetPolicyVersion"],
        |policy, context| match &policy.document {
            Some(document) => Value::from(of_document(&policy.policy_name, document)),
            None => context.field("iam:GetPolicyVersion", None::<bool>),
        };
}}

/// AWS always gives the count; where it is not there, nothing says that it is zero.
fn count(count: Option<i32>, policy: &str) -> Value {
    match count {
        Some(count) => count.into(),
        None => Value::Unknown(Missing::because(format!("AWS did not say how often `{policy}` is attached"))),
    }
}

/// AWS's own count of the account's policies or, where it is not there, ours of those who were listed.
fn counted(count: Option<i32>, context: &Context<'_>, listed: impl FnOnce() -> usize) -> Value {
    match (count, context.require("iam:GetAccountAuthorizationDetails")) {
        (Some(count), _) => count.into(),
        (None, Ok(())) => listed().into(),
        (None, Err(missing)) => Value::Unknown(missing),
    }
}

fn attachments(policy: &Arn, context: &Context<'_>) -> usize {
    let has = |attached: &[AttachedPolicy]| attached.iter().any(|one| one.policy_arn == *policy);
    let (inventory, scope) = (context.model.inventory, context.scope);
    let users = inventory.in_scope::<User>(scope).filter(|user| has(&user.attached_managed_policies)).count();
    let groups = inventory.in_scope::<Group>(scope).filter(|group| has(&group.attached_managed_policies)).count();
    let roles = inventory.in_scope::<Role>(scope).filter(|role| has(&role.attached_managed_policies)).count();
    users + groups + roles
}

fn boundaries(policy: &Arn, context: &Context<'_>) -> usize {
    let is_it = |boundary: &Option<AttachedPermissionsBoundary>| {
        boundary.as_ref().is_some_and(|boundary| boundary.permissions_boundary_arn == *policy)
    };
    let (inventory, scope) = (context.model.inventory, context.scope);
    let users = inventory.in_scope::<User>(scope).filter(|user| is_it(&user.permissions_boundary)).count();
    let roles = inventory.in_scope::<Role>(scope).filter(|role| is_it(&role.permissions_boundary)).count();
    users + roles
}
