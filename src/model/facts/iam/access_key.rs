//! Facts of access keys; ages count to the time of the credential report.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::credentials::KeyTimes;
use crate::model::{Context, Kind, ReportedAccessKey, Value, flag};
use crate::resource::iam::{AccessKey, AccessKeyLastUsed, ReportFlag};

facts! { AccessKey {
    "key": Kind::Text, "the key's id", |key, _| &key.access_key_id;
    "user": Kind::Text, "the user whose key it is", |key, _| &key.user_name;
    "status": Kind::Text, "`Active` or `Inactive`", |key, _| &key.status;
    "is_active": Kind::Bool, "whether it can be used", |key, _| key.is_active();
    "age_days": Kind::Int, "whole days since it was made",
        |key, context| KeyTimes::of_listed(key, context).age_days(context);
    "never_used": Kind::Bool, "whether it was not used since it was made, or since AWS keeps track (April 2015)",
        uses ["iam:GetCredentialReport"],
        |key, context| KeyTimes::of_listed(key, context).never_used();
    "no_use": Kind::Text, "in words, that it was never used; absent if it was", uses ["iam:GetCredentialReport"],
        |key, context| KeyTimes::of_listed(key, context).no_use(context);
    "idle_days": Kind::Int, "whole days since it was last used; absent if it never was", uses ["iam:GetCredentialReport"],
        |key, context| KeyTimes::of_listed(key, context).idle_days(context);
    "last_used_service": Kind::Text, "the service that it was last used with", uses ["iam:GetCredentialReport"],
        |key, context| of_use(key, context, |used| Value::optional(used.service_name.as_deref()));
    "last_used_region": Kind::Text, "the region that it was last used in", uses ["iam:GetCredentialReport"],
        |key, context| of_use(key, context, |used| Value::optional(used.region.as_deref()));
    "active_sibling_age_days": Kind::Int, "the age of the user's other active key; absent without one",
        |key, context| sibling(key, context);
}}

facts! { ReportedAccessKey {
    "key": Kind::Text, "the key's place in the credential report, `access_key_1` or `access_key_2`: reports give no ids",
        |key, _| format!("access_key_{}", key.slot + 1);
    "user": Kind::Text, "the user whose key it is; `<root_account>` is the root user", |key, _| &key.user_name;
    "is_active": Kind::Bool, "whether it can be used",
        |key, _| of_slot(key, |_| match key.slot().active {
            ReportFlag::NotSupported => Value::Bool(false),
            active => flag(active),
        });
    "age_days": Kind::Int, "whole days since it was made or last changed",
        |key, context| of_slot(key, |times| times.age_days(context));
    "never_used": Kind::Bool, "whether it was not used since it was made, or since AWS keeps track (April 2015)",
        |key, _| of_slot(key, KeyTimes::never_used);
    "no_use": Kind::Text, "in words, that it was never used; absent if it was",
        |key, context| of_slot(key, |times| times.no_use(context));
    "idle_days": Kind::Int, "whole days since it was last used; absent if it never was",
        |key, context| of_slot(key, |times| times.idle_days(context));
    "last_used_service": Kind::Text, "the service that it was last used with",
        |key, _| Value::optional(key.slot().last_used_service.as_deref());
    "last_used_region": Kind::Text, "the region that it was last used in",
        |key, _| Value::optional(key.slot().last_used_region.as_deref());
}}

fn of_slot(key: &ReportedAccessKey, get: impl Fn(&KeyTimes) -> Value) -> Value {
    match key.known.require() {
        Ok(()) => get(&KeyTimes::of_slot(key.slot())),
        Err(missing) => Value::Unknown(missing),
    }
}

fn of_use(key: &AccessKey, context: &Context<'_>, get: impl Fn(&AccessKeyLastUsed) -> Value) -> Value {
    let Some(used) = &key.last_used else {
        let why = context.report_row(&key.user_name).err().unwrap_or_else(|| {
            Missing::because(format!("no slot of the credential report is {}'s: the key is younger", key.access_key_id))
        });
        return Value::Unknown(why);
    };
    get(used)
}

fn sibling(key: &AccessKey, context: &Context<'_>) -> Value {
    let keys = context.model.identity().keys(context.model.inventory, context.scope, &key.user_name);
    let other = keys.into_iter().find(|other| other.access_key_id != key.access_key_id && other.is_active());
    Value::optional(other.and_then(|other| other.create_date).map(|time| context.credential_days(time)))
}
