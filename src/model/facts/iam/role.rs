//! Facts of roles: who may take them on, what they may do, and whether anyone does.

use crate::iam::{Caller, Document, PrincipalKind, RequestContext, Statement};
use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::escalation::{READS, conditions, is_effective_admin, path, tier, verdict};
use crate::model::facts::iam::policies::{ATTACHED, STATEMENT, attached, inline};
use crate::model::facts::iam::principal::names;
use crate::model::facts::iam::wholesale::{ACTION, SERVICE, inline_actions, inline_services};
use crate::model::{Context, Field, Kind, Record, Value, trust};
use crate::resource::iam::Role;

const TRUST: &[Field] = &[
    Field { name: "sid", kind: Kind::Text, doc: "the statement's own name, if it has one" },
    Field { name: "effect", kind: Kind::Text, doc: "`Allow` or `Deny`" },
    Field { name: "principals", kind: Kind::Texts, doc: "whom it names" },
    Field { name: "principal_kinds", kind: Kind::Texts, doc: "of `*`, `AWS`, `Service`, `Federated`" },
    Field { name: "is_not_principal", kind: Kind::Bool, doc: "whether it means everyone but those" },
    Field { name: "actions", kind: Kind::Texts, doc: "patterns of `Action`; absent with `NotAction`" },
    Field { name: "allows_assuming", kind: Kind::Bool, doc: "whether it lets them take the role on" },
    Field { name: "condition_keys", kind: Kind::Texts, doc: "the keys that its conditions test" },
    Field { name: "is_conditional", kind: Kind::Bool, doc: "whether it has a condition" },
    Field {
        name: "is_bounded",
        kind: Kind::Bool,
        doc: "whether a condition names the callers' organization or account in full",
    },
    Field { name: "wants_external_id", kind: Kind::Bool, doc: "whether the callers must know an external id" },
    Field { name: "wants_mfa", kind: Kind::Bool, doc: "whether the callers must have used MFA" },
    Field {
        name: "names_source",
        kind: Kind::Bool,
        doc: "whether a service that calls must say for which resource, account or organization",
    },
    Field {
        name: "is_open_federation",
        kind: Kind::Bool,
        doc: "whether tokens of an OpenID Connect provider are taken without naming a subject, of a code forge a repository",
    },
    Field { name: "accounts", kind: Kind::Texts, doc: "the accounts that it names, its own among them" },
    Field {
        name: "external_accounts",
        kind: Kind::Texts,
        doc: "those of them that belong neither to the organization nor to the accounts that were looked at",
    },
    Field { name: "orphans", kind: Kind::Texts, doc: "unique ids of principals that were deleted" },
];

/// AWS remembers the last use of a role for so many days.
const TRACKED_DAYS: i64 = 400;

facts! { Role {
    "name": Kind::Text, "the role's name", |role, _| &role.role_name;
    "path": Kind::Text, "the role's path", |role, _| Value::optional(role.path.as_deref());
    "is_service_linked": Kind::Bool, "whether AWS made it for a service of its own, and rules it",
        |role, _| role.path.as_deref().is_some_and(|path| path.starts_with("/aws-service-role/"));
    "is_reserved": Kind::Bool, "whether IAM Identity Center made it, and rules it",
        |role, _| role.path.as_deref().is_some_and(|path| path.starts_with("/aws-reserved/"));
    "age_days": Kind::Int, "whole days since the role was made",
        |role, context| match role.create_date {
            Some(time) => context.days_since(time).into(),
            None => Value::Unknown(undated()),
        };
    "last_used_days": Kind::Int, "whole days since it was last taken on; absent if it was not in the last 400 days",
        |role, context| Value::optional(last_used(role, context));
    "idle_days": Kind::Int,
        "whole days since it was last taken on or, if it never was, since it was made; at most 400 in the latter case, as AWS looks back no further",
        |role, context| idle(role, context);
    "disuse": Kind::Text, "in words, when it was last taken on", |role, context| disuse(role, context);
    "trusts_anyone": Kind::Bool, "whether any AWS account may take it on, and no condition names whose callers it means",
        |role, context| match document(role) {
            Ok(document) => Value::Bool(trusts_anyone(role, document, context)),
            Err(missing) => Value::Unknown(missing),
        };
    "trust_statements": Kind::List(TRUST), "the statements of its trust policy",
        uses ["organizations:DescribeOrganization", "organizations:ListAccounts"],
        |role, context| match document(role) {
            Ok(document) => document.statements.iter().map(|statement| record(role, statement, context)).collect::<Vec<_>>().into(),
            Err(missing) => Value::Unknown(missing),
        };
    "instance_profiles": Kind::Texts, "the instance profiles that hand it out", |role, _| role.instance_profile_list.clone();
    "has_permissions_boundary": Kind::Bool, "whether a permissions boundary bounds the role",
        |role, _| role.permissions_boundary.is_some();
    "attached_policies": Kind::List(ATTACHED), "the managed policies on the role", uses ["iam:ListPolicies", "iam:GetPolicyVersion"],
        |role, context| attached(&role.attached_managed_policies, context);
    "inline_policies": Kind::Texts, "the names of the role's own policies", |role, _| names(&role.role_policy_list);
    "admin_tier": Kind::Text, "`A0` if it may do everything in its account, `A1` if it makes itself able to, `A2` if it becomes one who is; absent otherwise",
        uses_all(READS), |role, context| tier(context, role.arn.as_str());
    "escalation_verdict": Kind::Text, "`admin`, `proven`, `possible`, `capability` or `none`, as `driftline iam paths` tells it, of ways within the account",
        uses_all(READS), |role, context| verdict(context, role.arn.as_str());
    "is_effective_admin": Kind::Bool, "whether it administers its account, or becomes one who does by a way that is all in the inventory",
        uses_all(READS), |role, context| is_effective_admin(context, role.arn.as_str());
    "escalation_path": Kind::Texts, "the calls of its way to an administrator, in order; empty for one that is",
        uses_all(READS), |role, context| path(context, role.arn.as_str());
    "escalation_conditions": Kind::Texts, "what has to hold beside, such as MFA",
        uses_all(READS), |role, context| conditions(context, role.arn.as_str());
    "statements": Kind::List(STATEMENT), "the statements of the role's own policies", |role, _| inline(&role.role_policy_list);
    "whole_services": Kind::List(SERVICE), "the services of which its own policies give every action, on every resource and without a condition; none where everything is given",
        |role, context| inline_services(&role.role_policy_list, context);
    "broad_actions": Kind::List(ACTION), "of `aws-marketplace:Subscribe`, `iam:PassRole`, `kms:Decrypt`, `kms:ReEncryptFrom`, `secretsmanager:GetSecretValue` and `sts:AssumeRole` those that its own policies give on everything and without a condition; none where everything is given",
        |role, context| inline_actions(&role.role_policy_list, context);
}}

fn last_used(role: &Role, context: &Context<'_>) -> Option<i64> {
    role.role_last_used.as_ref()?.last_used_date.map(|time| context.days_since(time).max(0))
}

fn idle(role: &Role, context: &Context<'_>) -> Value {
    if let Some(days) = last_used(role, context) {
        return days.into();
    }
    match role.create_date {
        Some(time) => context.days_since(time).clamp(0, TRACKED_DAYS).into(),
        None => Value::Unknown(undated()),
    }
}

fn undated() -> Missing {
    Missing::because("AWS did not say when the role was made")
}

fn disuse(role: &Role, context: &Context<'_>) -> Value {
    if let Some(days) = last_used(role, context) {
        return format!("was last taken on {days} days ago").into();
    }
    match role.create_date.map(|time| context.days_since(time).max(0)) {
        Some(days) if days <= TRACKED_DAYS => format!("was not taken on since it was made {days} days ago").into(),
        Some(_) => format!("was not taken on in the {TRACKED_DAYS} days that AWS looks back").into(),
        None => Value::Unknown(undated()),
    }
}

fn document(role: &Role) -> Result<&Document, Missing> {
    role.assume_role_policy_document
        .document()
        .map_err(|error| Missing::because(format!("the trust policy of `{}` cannot be read: {error}", role.role_name)))
}

fn record(role: &Role, statement: &Statement, context: &Context<'_>) -> Record {
    let principals = statement.principals.iter().flat_map(|principals| &principals.of);
    let kinds = statement.principals_by_kind().into_keys().map(|kind: PrincipalKind| kind.as_str().to_owned());
    let actions = statement.actions.only().map(|patterns| patterns.iter().cloned().collect::<Vec<_>>());
    let accounts = trust::accounts(statement);
    let partition = role.arn.partition();
    let shut = trust::callers(statement).iter().all(|caller| is_shut(role, *caller, context));
    Record::new(
        TRUST,
        [
            Value::optional(statement.sid.as_deref()),
            statement.effect.as_str().into(),
            principals.map(|principal| principal.value.clone()).collect::<Vec<_>>().into(),
            kinds.collect::<Vec<_>>().into(),
            statement.principals.as_ref().is_some_and(|principals| principals.all_but).into(),
            Value::optional(actions),
            (trust::allows_assuming(statement) && !shut).into(),
            statement.condition_keys().into(),
            statement.is_conditional().into(),
            trust::is_bounded(statement, partition).into(),
            trust::wants_external_id(statement).into(),
            trust::wants_mfa(statement).into(),
            trust::names_source(statement).into(),
            trust::is_open_federation(statement).into(),
            accounts.clone().into(),
            external(role, accounts, context),
            trust::orphans(statement).into(),
        ],
    )
}

/// Whether a stranger may take it on, by its trust policy and the organization's resource control policies. What was
/// not read of those could only close what is open: until then it is.
fn trusts_anyone(role: &Role, document: &Document, context: &Context<'_>) -> bool {
    if !trust::trusts_anyone(document, role.arn.partition()) {
        return false;
    }
    let permissions = context.model.permissions();
    let Some(id) = permissions.find(role.arn.as_str()) else { return true };
    trust::strangers(role.arn.partition())
        .iter()
        .any(|stranger| permissions.can_be_assumed_by(stranger.caller, id, stranger.action, &stranger.context).may)
}

/// Whether a statement of its trust policy or of a resource control policy denies it to a caller, whatever allows it.
fn is_shut(role: &Role, caller: Caller<'_>, context: &Context<'_>) -> bool {
    let permissions = context.model.permissions();
    let Some(id) = permissions.find(role.arn.as_str()) else { return false };
    let partition = role.arn.partition();
    let denied =
        |action, given: &RequestContext| permissions.can_be_assumed_by(caller, id, action, given).is_explicit_denial();
    match caller {
        Caller::SomebodyOf { account } if matches!(context.is_own_account(account), Ok(false)) => {
            [true, false].iter().all(|own| denied("sts:AssumeRole", &trust::foreign(account, partition, *own)))
        }
        Caller::Federated(_) => ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
            .iter()
            .all(|action| denied(action, &RequestContext::new())),
        _ => denied("sts:AssumeRole", &RequestContext::new()),
    }
}

/// Those of the accounts that are none of one's own and are not shut out again.
fn external(role: &Role, accounts: Vec<String>, context: &Context<'_>) -> Value {
    let mut external = Vec::new();
    let mut missing: Option<Missing> = None;
    for account in accounts {
        match context.is_own_account(&account) {
            Ok(true) => {}
            Ok(false) => {
                if !is_shut(role, Caller::SomebodyOf { account: &account }, context) {
                    external.push(account);
                }
            }
            Err(why) => missing = Some(missing.map_or(why.clone(), |all| all.and(&why))),
        }
    }
    match missing {
        Some(missing) => Value::Unknown(missing),
        None => external.into(),
    }
}
