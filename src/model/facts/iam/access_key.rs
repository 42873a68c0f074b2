//! Facts of access keys; ages count to the time of the credential report.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::iam::{AccessKey, AccessKeyLastUsed, ReportTime};

facts! { AccessKey {
    "user": Kind::Text, "the user whose key it is", |key, _| &key.user_name;
    "status": Kind::Text, "`Active` or `Inactive`", |key, _| &key.status;
    "is_active": Kind::Bool, "whether it can be used", |key, _| key.is_active();
    "age_days": Kind::Int, "whole days since it was made", |key, context| match key.create_date {
        Some(time) => context.credential_days(time).into(),
        None => Value::Unknown(Missing::because("AWS did not say when the key was made")),
    };
    "never_used": Kind::Bool, "whether it was not used since it was made, or since AWS keeps track (April 2015)",
        uses ["iam:GetCredentialReport"],
        |key, context| of_use(key, context, |used| match used.date {
            ReportTime::At(_) => Value::Bool(false),
            ReportTime::NotApplicable | ReportTime::NoInformation => Value::Bool(true),
            ReportTime::NotSupported => Value::Unknown(Missing::because("the credential report says `not_supported`")),
        });
    "idle_days": Kind::Int, "whole days since it was last used; absent if it never was", uses ["iam:GetCredentialReport"],
        |key, context| of_use(key, context, |used| {
            Value::optional(used.date.at().map(|time| context.credential_days(time)))
        });
    "last_used_service": Kind::Text, "the service that it was last used with", uses ["iam:GetCredentialReport"],
        |key, context| of_use(key, context, |used| Value::optional(used.service_name.as_deref()));
    "last_used_region": Kind::Text, "the region that it was last used in", uses ["iam:GetCredentialReport"],
        |key, context| of_use(key, context, |used| Value::optional(used.region.as_deref()));
    "active_sibling_age_days": Kind::Int, "the age of the user's other active key; absent without one",
        |key, context| sibling(key, context);
}}

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
