//! Facts of what IAM keeps beside principals and policies.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::iam::account::{max_age, minimum_length, reuse_prevention};
use crate::model::{Kind, Value};
use crate::resource::iam::{
    AccountAlias, AccountPasswordPolicy, AccountSummary, CredentialReport, OidcProvider, OrganizationsFeatures,
    SamlProvider, ServerCertificate, VirtualMfaDevice,
};

const OIDC: &str = "iam:GetOpenIDConnectProvider";

facts! { CredentialReport {
    "generated_time": Kind::Time, "when AWS made it",
        |report, _| report.generated_time.map_or_else(undated, Value::from);
    "age_days": Kind::Int, "how many whole days it was made before the inventory was taken, or before the time that ages are made to count to",
        |report, context| report.as_of().map_or_else(undated, |time| context.days_since(time).max(0).into());
    "user_count": Kind::Int, "how many rows it has, the root user's among them", |report, _| report.rows.len();
}}

facts! { AccountSummary {
    "users": Kind::Int, "how many users the account has", |summary, _| Value::optional(summary.users);
    "roles": Kind::Int, "how many roles the account has", |summary, _| Value::optional(summary.roles);
}}

facts! { AccountPasswordPolicy {
    "minimum_length": Kind::Int, "the fewest characters of a password", |policy, _| minimum_length(policy);
    "reuse_prevention": Kind::Int, "how many old passwords may not come back; absent if all may",
        |policy, _| reuse_prevention(policy);
    "max_age_days": Kind::Int, "after how many days a password expires; absent if never",
        |policy, _| max_age(policy);
    "requires_symbols": Kind::Bool, "whether a symbol is required", |policy, _| policy.require_symbols;
    "requires_numbers": Kind::Bool, "whether a digit is required", |policy, _| policy.require_numbers;
    "requires_uppercase": Kind::Bool, "whether an upper-case letter is required", |policy, _| policy.require_uppercase_characters;
    "requires_lowercase": Kind::Bool, "whether a lower-case letter is required", |policy, _| policy.require_lowercase_characters;
    "users_may_change": Kind::Bool, "whether users may change their own password", |policy, _| policy.allow_users_to_change_password;
}}

facts! { OrganizationsFeatures {
    "enabled": Kind::Texts,
        "what IAM does for the root users of all accounts: `RootCredentialsManagement`, which takes their credentials away, and `RootSessions`",
        |features, _| features.enabled_features.clone();
}}

facts! { AccountAlias {
    "alias": Kind::Text, "the name in the sign-in address", |alias, _| &alias.account_alias;
}}

facts! { VirtualMfaDevice {
    "is_assigned": Kind::Bool, "whether it is somebody's", |device, _| device.user_arn.is_some();
    "user_arn": Kind::Text, "whose it is", |device, _| Value::optional(device.user_arn.as_ref().map(|arn| arn.as_str()));
}}

facts! { ServerCertificate {
    "expires": Kind::Time, "when it ends", |certificate, _| expiration(certificate);
    "days_left": Kind::Int, "whole days until it ends; negative if it has", |certificate, context| match certificate.expiration {
        Some(time) => Value::Int((time.as_second() - context.model.now.as_second()).div_euclid(86_400)),
        None => expiration(certificate),
    };
}}

facts! { SamlProvider {
    "valid_until": Kind::Time, "when its metadata ends", |provider, _| Value::optional(provider.valid_until);
    "days_left": Kind::Int, "whole days until its metadata ends; negative if it has", |provider, context| {
        Value::optional(provider.valid_until.map(|time| (time.as_second() - context.model.now.as_second()).div_euclid(86_400)))
    };
}}

facts! { OidcProvider {
    "url": Kind::Text, "the provider, without its scheme", uses ["iam:GetOpenIDConnectProvider"],
        |provider, context| context.field(OIDC, provider.url.as_deref());
    "audiences": Kind::Texts, "the audiences (client ids) that it issues tokens for", uses ["iam:GetOpenIDConnectProvider"],
        |provider, context| context.field(OIDC, provider.client_id_list.clone());
}}

fn undated() -> Value {
    Value::Unknown(Missing::because("nothing says when the credential report was made"))
}

fn expiration(certificate: &ServerCertificate) -> Value {
    match certificate.expiration {
        Some(time) => time.into(),
        None => Value::Unknown(Missing::because("AWS did not say when the certificate ends")),
    }
}
