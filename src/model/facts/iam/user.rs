//! Facts of users. Passwords and keys come from the credential report, and
//! their ages count to the time it was made.

use jiff::Timestamp;

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::escalation::{READS, conditions, is_effective_admin, path, tier, verdict};
use crate::model::facts::iam::policies::{ATTACHED, STATEMENT, attached, inline};
use crate::model::facts::iam::principal::names;
use crate::model::{Context, Kind, Value, flag};
use crate::resource::iam::{CredentialReportRow, ReportFlag, ReportTime, User};

facts! { User {
    "name": Kind::Text, "the user's name", |user, _| &user.user_name;
    "path": Kind::Text, "the user's path", |user, _| Value::optional(user.path.as_deref());
    "age_days": Kind::Int, "whole days since the user was made",
        |user, context| Value::optional(user.create_date.map(|time| context.credential_days(time)));
    "is_in_report": Kind::Bool, "whether the credential report knows the user", needs ["iam:GetCredentialReport"],
        |user, context| context.credential_report().is_ok_and(|report| report.rows.contains_key(&user.user_name));
    "password_enabled": Kind::Bool, "whether the user can sign in to the console with a password", uses ["iam:GetCredentialReport"],
        |user, context| of_row(user, context, |row| flag(row.password_enabled));
    "mfa_active": Kind::Bool, "whether the user has an MFA device", uses ["iam:GetCredentialReport"],
        |user, context| of_row(user, context, |row| flag(row.mfa_active));
    "password_last_used_days": Kind::Int, "whole days since the password was last used; absent if it never was, or there is none",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(user, context, |row| days(row.password_last_used, context));
    "password_age_days": Kind::Int, "whole days since the password was last changed; absent if there is none",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(user, context, |row| with_password(row, |row| days(row.password_last_changed, context)));
    "console_idle_days": Kind::Int,
        "whole days since the password was last used or, if it never was, since it was last changed; absent if there is none",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(user, context, |row| with_password(row, |row| console_idle(row, context)));
    "active_key_count": Kind::Int, "how many active access keys the user has",
        uses ["iam:GetCredentialReport", "iam:ListAccessKeys"],
        |user, context| Value::known(active_keys(user, context).map(|keys| keys.len()));
    "newest_active_key_age_days": Kind::Int, "the age of the youngest active access key; absent without one",
        uses ["iam:GetCredentialReport", "iam:ListAccessKeys"],
        |user, context| match active_keys(user, context) {
            Ok(keys) => Value::optional(keys.into_iter().max().map(|time| context.credential_days(time))),
            Err(missing) => Value::Unknown(missing),
        };
    "signing_certificate_active": Kind::Bool, "whether the user has an active signing certificate",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(user, context, |row| {
            Value::Bool(row.certificates_active.contains(&ReportFlag::True))
        });
    "groups": Kind::Texts, "the groups that the user is in", |user, _| user.group_list.clone();
    "has_permissions_boundary": Kind::Bool, "whether a permissions boundary bounds the user",
        |user, _| user.permissions_boundary.is_some();
    "attached_policies": Kind::List(ATTACHED), "the managed policies on the user", uses ["iam:ListPolicies", "iam:GetPolicyVersion"],
        |user, context| attached(&user.attached_managed_policies, context);
    "inline_policies": Kind::Texts, "the names of the user's own policies", |user, _| names(&user.user_policy_list);
    "admin_tier": Kind::Text, "`A0` if it may do everything in its account, `A1` if it makes itself able to, `A2` if it becomes one who is; absent otherwise",
        uses_all(READS), |user, context| tier(context, user.arn.as_str());
    "escalation_verdict": Kind::Text, "`admin`, `proven`, `possible`, `capability` or `none`, as `driftline iam paths` tells it, of ways within the account",
        uses_all(READS), |user, context| verdict(context, user.arn.as_str());
    "is_effective_admin": Kind::Bool, "whether it administers its account, or becomes one who does by a way that is all in the inventory",
        uses_all(READS), |user, context| is_effective_admin(context, user.arn.as_str());
    "escalation_path": Kind::Texts, "the calls of its way to an administrator, in order; empty for one that is",
        uses_all(READS), |user, context| path(context, user.arn.as_str());
    "escalation_conditions": Kind::Texts, "what has to hold beside, such as MFA",
        uses_all(READS), |user, context| conditions(context, user.arn.as_str());
    "statements": Kind::List(STATEMENT), "the statements of the user's own policies", |user, _| inline(&user.user_policy_list);
}}

fn of_row(user: &User, context: &Context<'_>, get: impl Fn(&CredentialReportRow) -> Value) -> Value {
    match context.report_row(&user.user_name) {
        Ok(row) => get(row),
        Err(missing) => Value::Unknown(missing),
    }
}

fn days(time: ReportTime, context: &Context<'_>) -> Value {
    Value::optional(time.at().map(|time| context.credential_days(time)))
}

fn with_password(row: &CredentialReportRow, get: impl Fn(&CredentialReportRow) -> Value) -> Value {
    match row.password_enabled {
        ReportFlag::True => get(row),
        ReportFlag::False => Value::Absent,
        ReportFlag::NotSupported => flag(row.password_enabled),
    }
}

fn console_idle(row: &CredentialReportRow, context: &Context<'_>) -> Value {
    match row.password_last_used.at().or_else(|| row.password_last_changed.at()) {
        Some(time) => context.credential_days(time).into(),
        None => Value::Unknown(Missing::because("the credential report does not say when the password was made")),
    }
}

/// When each active key was made. `ListAccessKeys` tells what is now, so it is asked first.
fn active_keys(user: &User, context: &Context<'_>) -> Result<Vec<Timestamp>, Missing> {
    let undated = || Missing::because("AWS did not say when a key was made");
    let listed = context.model.identity().keys(context.model.inventory, context.scope, &user.user_name);
    if !listed.is_empty() {
        let active = listed.into_iter().filter(|key| key.is_active());
        return active.map(|key| key.create_date.ok_or_else(undated)).collect();
    }
    // The report's word that there are none is enough; that there are some, the list must have confirmed.
    let row = context.report_row(&user.user_name);
    match (context.require("iam:ListAccessKeys"), row) {
        (Ok(()), _) => Ok(Vec::new()),
        (Err(_), Ok(row)) => {
            let active = row.access_keys.iter().filter(|key| key.active == ReportFlag::True);
            active.map(|key| key.last_rotated.at().ok_or_else(undated)).collect()
        }
        (Err(missing), Err(_)) => Err(missing),
    }
}
