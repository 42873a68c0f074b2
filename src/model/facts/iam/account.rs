//! Facts of an account as a whole that rest on IAM: its root user, its password policy.

use std::collections::BTreeSet;

use crate::inventory::Missing;
use crate::model::facts::iam::credentials::{of_row, signing_certificate};
use crate::model::{Context, Value, unreadable};
use crate::resource::iam::{
    AccountPasswordPolicy, AccountSummary, AwsManagedPolicy, CredentialReportRow, OidcProvider, ROOT_ROW, ReportFlag,
    ReportKey, ReportTime, Role, SamlProvider, User, VirtualMfaDevice,
};

const SUMMARY: &str = "iam:GetAccountSummary";

fn root_row<'m>(context: &Context<'m>) -> Result<&'m CredentialReportRow, Missing> {
    context.report_row(ROOT_ROW)
}

/// A number of the summary, which tells what is now; the report may be four hours old.
fn counted(context: &Context<'_>, get: fn(&AccountSummary) -> Option<i32>) -> Result<i32, Missing> {
    let summary = context.model.inventory.in_scope::<AccountSummary>(context.scope).next();
    match summary.and_then(get) {
        Some(count) => Ok(count),
        None => Err(match context.require(SUMMARY) {
            Err(missing) => missing,
            Ok(()) => Missing::because("the account summary does not say"),
        }),
    }
}

/// One source after the other; both being silent, what both lack.
fn either<T>(first: Result<T, Missing>, second: impl FnOnce() -> Result<T, Missing>) -> Result<T, Missing> {
    first.or_else(|missing| second().map_err(|other| missing.and(&other)))
}

pub fn root_mfa_active(context: &Context<'_>) -> Value {
    let summary = counted(context, |summary| summary.account_mfa_enabled).map(|count| count > 0);
    let report = || match root_row(context)?.mfa_active {
        ReportFlag::NotSupported => Err(Missing::because("the credential report says `not_supported`")),
        ReportFlag::Unreadable => Err(unreadable()),
        flag => Ok(flag == ReportFlag::True),
    };
    Value::known(either(summary, report))
}

pub fn root_has_password(context: &Context<'_>) -> Result<bool, Missing> {
    let summary = counted(context, |summary| summary.account_password_present).map(|count| count > 0);
    let report = || match root_row(context)?.password_enabled {
        // What reports say of root users that can sign in.
        ReportFlag::True | ReportFlag::NotSupported => Ok(true),
        ReportFlag::False => Ok(false),
        ReportFlag::Unreadable => Err(unreadable()),
    };
    either(summary, report)
}

fn root_has_any_key(context: &Context<'_>) -> Result<bool, Missing> {
    let summary = counted(context, |summary| summary.account_access_keys_present).map(|count| count > 0);
    let report = || {
        let keys = &root_row(context)?.access_keys;
        if keys.iter().any(|key| key.active == ReportFlag::Unreadable) {
            return Err(unreadable());
        }
        Ok(keys.iter().any(ReportKey::exists))
    };
    either(summary, report)
}

/// Whether the root user has a password or a key; either is enough.
pub fn root_has_credentials(context: &Context<'_>) -> Value {
    match (root_has_password(context), root_has_any_key(context)) {
        (Ok(true), _) | (_, Ok(true)) => Value::Bool(true),
        (Ok(false), Ok(false)) => Value::Bool(false),
        (Err(one), Err(other)) => Value::Unknown(one.and(&other)),
        (Err(missing), _) | (_, Err(missing)) => Value::Unknown(missing),
    }
}

/// Whether it has an active key. The summary counts keys in any state, so that
/// none there is none; which are active only the report tells.
pub fn root_has_active_key(context: &Context<'_>) -> Value {
    let summary = counted(context, |summary| summary.account_access_keys_present);
    if summary == Ok(0) {
        return Value::Bool(false);
    }
    match (root_row(context), summary) {
        (Ok(row), _) if row.access_keys.iter().any(|key| key.active == ReportFlag::True) => Value::Bool(true),
        (Ok(row), _) if row.access_keys.iter().any(|key| key.active == ReportFlag::Unreadable) => {
            Value::Unknown(unreadable())
        }
        (Ok(row), Ok(_)) if !row.has_keys() => {
            Value::Unknown(Missing::because("the root user's key is younger than the credential report"))
        }
        (Ok(_), _) => Value::Bool(false),
        (Err(missing), _) => Value::Unknown(missing),
    }
}

/// Days since the root user's password or one of its keys was last used.
pub fn root_last_used_days(context: &Context<'_>) -> Value {
    match root_row(context) {
        Ok(row) => {
            let keys = row.access_keys.iter().map(|key| key.last_used_date);
            let times: Vec<ReportTime> = keys.chain([row.password_last_used]).collect();
            if times.contains(&ReportTime::Unreadable) {
                return Value::Unknown(unreadable());
            }
            let last = times.into_iter().filter_map(ReportTime::at).max();
            Value::optional(last.map(|time| context.credential_days(time)))
        }
        Err(missing) => Value::Unknown(missing),
    }
}

/// Whether the root user has an active signing certificate. The summary counts those in any state.
pub fn root_has_active_signing_certificate(context: &Context<'_>) -> Value {
    if counted(context, |summary| summary.account_signing_certificates_present) == Ok(0) {
        return Value::Bool(false);
    }
    of_row(root_row(context), signing_certificate)
}

pub fn root_has_virtual_mfa(context: &Context<'_>) -> bool {
    let mut devices = context.model.inventory.in_scope::<VirtualMfaDevice>(context.scope);
    devices.any(|device| device.user_arn.as_ref().is_some_and(|arn| arn.resource() == "root"))
}

pub fn has_virtual_mfa(context: &Context<'_>, user: &str) -> bool {
    let mut devices = context.model.inventory.in_scope::<VirtualMfaDevice>(context.scope);
    devices.any(|device| device.user_arn.as_ref().is_some_and(|arn| arn.as_str() == user))
}

pub fn password_policy(context: &Context<'_>, get: impl Fn(&AccountPasswordPolicy) -> Value) -> Value {
    let policy = context.model.inventory.in_scope::<AccountPasswordPolicy>(context.scope).next();
    policy.map_or(Value::Absent, get)
}

/// IAM's own least, where the policy names none.
pub fn minimum_length(policy: &AccountPasswordPolicy) -> Value {
    Value::Int(policy.minimum_password_length.unwrap_or(6).into())
}

pub fn reuse_prevention(policy: &AccountPasswordPolicy) -> Value {
    Value::optional(policy.password_reuse_prevention.filter(|number| *number > 0))
}

pub fn max_age(policy: &AccountPasswordPolicy) -> Value {
    Value::optional(policy.max_password_age.filter(|days| policy.expire_passwords && *days > 0))
}

/// The kinds of character that every password has to have.
pub fn character_classes(policy: &AccountPasswordPolicy) -> Value {
    let classes = [
        ("lowercase", policy.require_lowercase_characters),
        ("number", policy.require_numbers),
        ("symbol", policy.require_symbols),
        ("uppercase", policy.require_uppercase_characters),
    ];
    classes.into_iter().filter(|(_, required)| *required).map(|(class, _)| class.to_owned()).collect::<Vec<_>>().into()
}

pub fn user_count(context: &Context<'_>) -> usize {
    context.model.inventory.in_scope::<User>(context.scope).count()
}

pub fn saml_provider_count(context: &Context<'_>) -> usize {
    context.model.inventory.in_scope::<SamlProvider>(context.scope).count()
}

pub fn oidc_provider_count(context: &Context<'_>) -> usize {
    context.model.inventory.in_scope::<OidcProvider>(context.scope).count()
}

/// AWS's own policies that a user, a group or a role has.
pub fn aws_policies_attached(context: &Context<'_>) -> Vec<String> {
    let policies = context.model.inventory.in_scope::<AwsManagedPolicy>(context.scope);
    let attached = policies.filter(|policy| policy.attachment_count.is_some_and(|count| count > 0));
    let mut names: Vec<String> = attached.map(|policy| policy.policy_name.clone()).collect();
    names.sort();
    names
}

/// AWS's own policies that a role has.
pub fn aws_policies_on_roles(context: &Context<'_>) -> Vec<String> {
    let roles = context.model.inventory.in_scope::<Role>(context.scope);
    let attached = roles.flat_map(|role| &role.attached_managed_policies);
    let own = attached.filter(|policy| policy.policy_arn.account() == "aws");
    let names: BTreeSet<&str> = own.filter_map(|policy| policy.policy_arn.resource().rsplit('/').next()).collect();
    names.into_iter().map(str::to_owned).collect()
}
