//! Facts of users. Passwords and keys come from the credential report, and
//! their ages count to the time it was made.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::account::has_virtual_mfa;
use crate::model::facts::iam::credentials::{
    KeyTimes, Row, active_keys, console_idle, days, newest_key_age, of_row, of_two, signing_certificate, user_age,
    user_idle, with_password,
};
use crate::model::facts::iam::escalation::{READS, conditions, is_effective_admin, path, tier, verdict};
use crate::model::facts::iam::policies::{ATTACHED, STATEMENT, attached, inline};
use crate::model::facts::iam::principal::names;
use crate::model::facts::iam::wholesale::{ACTION, SERVICE, inline_actions, inline_services};
use crate::model::{Context, Kind, ReportedUser, Value, flag};
use crate::resource::iam::User;

facts! { User {
    "name": Kind::Text, "the user's name", |user, _| &user.user_name;
    "path": Kind::Text, "the user's path", |user, _| Value::optional(user.path.as_deref());
    "age_days": Kind::Int, "whole days since the user was made", uses ["iam:GetCredentialReport"],
        |user, context| match user.create_date {
            Some(time) => context.credential_days(time),
            None => of_row(context.report_row(&user.user_name), |row| user_age(row, context)),
        };
    "idle_days": Kind::Int,
        "whole days since its password or one of its keys was last used or, if none ever was, since the user was made",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), |row| user_idle(row, user.create_date, context));
    "is_in_report": Kind::Bool, "whether the credential report knows the user", needs ["iam:GetCredentialReport"],
        |user, context| context.credential_report().is_ok_and(|report| report.rows.contains_key(&user.user_name));
    "password_enabled": Kind::Bool, "whether the user can sign in to the console with a password", uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), |row| flag(row.password_enabled));
    "mfa_active": Kind::Bool, "whether the user has an MFA device", uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), |row| flag(row.mfa_active));
    "has_virtual_mfa": Kind::Bool, "whether one of the user's MFA devices is a program, and not hardware",
        needs ["iam:ListVirtualMFADevices"],
        |user, context| has_virtual_mfa(context, user.arn.as_str());
    "password_last_used_days": Kind::Int, "whole days since the password was last used; absent if it never was, or there is none",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), |row| days(row.password_last_used, context));
    "password_age_days": Kind::Int, "whole days since the password was last changed; absent if there is none",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), |row| {
            with_password(row, |row| days(row.password_last_changed, context))
        });
    "console_idle_days": Kind::Int,
        "whole days since the password was last used or, if it never was, since it was last changed; absent if there is none",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), |row| {
            with_password(row, |row| console_idle(row, context))
        });
    "active_key_count": Kind::Int, "how many active access keys the user has",
        uses ["iam:GetCredentialReport", "iam:ListAccessKeys"],
        |user, context| Value::known(keys(user, context).map(|keys| keys.len()));
    "newest_active_key_age_days": Kind::Int, "the age of the youngest active access key; absent without one",
        uses ["iam:GetCredentialReport", "iam:ListAccessKeys"],
        |user, context| newest_key_age(keys(user, context), context);
    "newest_active_key_never_used": Kind::Bool, "whether the younger of two active access keys was never used; absent if there are not two",
        uses ["iam:GetCredentialReport", "iam:ListAccessKeys"],
        |user, context| of_two(keys(user, context), |_, younger| younger.never_used());
    "oldest_active_key_idle_days": Kind::Int,
        "whole days since the older of two active access keys was last used; absent if it never was, or there are not two",
        uses ["iam:GetCredentialReport", "iam:ListAccessKeys"],
        |user, context| of_two(keys(user, context), |older, _| older.idle_days(context));
    "signing_certificate_active": Kind::Bool, "whether the user has an active signing certificate",
        uses ["iam:GetCredentialReport"],
        |user, context| of_row(context.report_row(&user.user_name), signing_certificate);
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
    "whole_services": Kind::List(SERVICE), "the services of which its own policies give every action, on every resource and without a condition; none where everything is given",
        |user, context| inline_services(&user.user_policy_list, context);
    "broad_actions": Kind::List(ACTION), "of `aws-marketplace:Subscribe`, `iam:PassRole`, `kms:Decrypt`, `kms:ReEncryptFrom`, `secretsmanager:GetSecretValue` and `sts:AssumeRole` those that its own policies give on everything and without a condition; none where everything is given",
        |user, context| inline_actions(&user.user_policy_list, context);
}}

fn keys(user: &User, context: &Context<'_>) -> Result<Vec<KeyTimes>, Missing> {
    active_keys(&user.user_name, context.report_row(&user.user_name), context)
}

facts! { ReportedUser {
    "age_days": Kind::Int, "whole days since the user was made", |user, context| of_row(row(user), |row| user_age(row, context));
    "idle_days": Kind::Int,
        "whole days since its password or one of its keys was last used or, if none ever was, since the user was made",
        |user, context| of_row(row(user), |row| user_idle(row, None, context));
    "password_enabled": Kind::Bool, "whether the user can sign in to the console with a password",
        |user, _| of_row(row(user), |row| flag(row.password_enabled));
    "mfa_active": Kind::Bool, "whether the user has an MFA device", |user, _| of_row(row(user), |row| flag(row.mfa_active));
    "password_last_used_days": Kind::Int, "whole days since the password was last used; absent if it never was, or there is none",
        |user, context| of_row(row(user), |row| days(row.password_last_used, context));
    "password_age_days": Kind::Int, "whole days since the password was last changed; absent if there is none",
        |user, context| of_row(row(user), |row| with_password(row, |row| days(row.password_last_changed, context)));
    "console_idle_days": Kind::Int,
        "whole days since the password was last used or, if it never was, since it was last changed; absent if there is none",
        |user, context| of_row(row(user), |row| with_password(row, |row| console_idle(row, context)));
    "active_key_count": Kind::Int, "how many active access keys the user has", uses ["iam:ListAccessKeys"],
        |user, context| Value::known(reported_keys(user, context).map(|keys| keys.len()));
    "newest_active_key_age_days": Kind::Int, "the age of the youngest active access key; absent without one",
        uses ["iam:ListAccessKeys"],
        |user, context| newest_key_age(reported_keys(user, context), context);
    "newest_active_key_never_used": Kind::Bool, "whether the younger of two active access keys was never used; absent if there are not two",
        uses ["iam:ListAccessKeys"],
        |user, context| of_two(reported_keys(user, context), |_, younger| younger.never_used());
    "oldest_active_key_idle_days": Kind::Int,
        "whole days since the older of two active access keys was last used; absent if it never was, or there are not two",
        uses ["iam:ListAccessKeys"],
        |user, context| of_two(reported_keys(user, context), |older, _| older.idle_days(context));
    "signing_certificate_active": Kind::Bool, "whether the user has an active signing certificate",
        |user, _| of_row(row(user), signing_certificate);
}}

fn row(user: &ReportedUser) -> Row<'_> {
    user.known.require().map(|()| &user.row)
}

fn reported_keys(user: &ReportedUser, context: &Context<'_>) -> Result<Vec<KeyTimes>, Missing> {
    active_keys(&user.user_name, row(user), context)
}
