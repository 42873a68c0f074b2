//! What IAM says of the account as a whole.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::SummaryKeyType;

use crate::collect::classify::Failure;
use crate::collect::reader::Reader;
use crate::inventory::{Outcome, Reason};
use crate::resource::iam::{AccountAlias, AccountPasswordPolicy, AccountSummary, OrganizationsFeatures};

use super::{PAGE, next};

pub async fn collect(reader: &Reader, iam: &Client) {
    let organization = async {
        if reader.account.is_caller {
            organizations_features(reader, iam).await;
        }
    };
    tokio::join!(summary(reader, iam), password_policy(reader, iam), aliases(reader, iam), organization);
}

/// What IAM does for the whole organization, which it says in the management account and to its own delegated
/// administrator.
async fn organizations_features(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:ListOrganizationsFeatures";
    const NO_ACCESS: &[&str] = &["ServiceAccessNotEnabled", "ServiceAccessNotEnabledException"];
    // There is nothing to do for others: the account is in no organization, or in one that shares its bill alone.
    const NOTHING: &[&str] = &[
        "OrganizationNotFound",
        "OrganizationNotFoundException",
        "OrganizationNotInAllFeaturesMode",
        "OrganizationNotInAllFeaturesModeException",
    ];
    const NOT_FOR_MEMBERS: &[&str] =
        &["AccountNotManagementOrDelegatedAdministrator", "AccountNotManagementOrDelegatedAdministratorException"];
    let is = |failure: &Failure, codes: &[&str]| failure.code.as_deref().is_some_and(|code| codes.contains(&code));
    let (organization_id, enabled) = match reader.call(OPERATION, || iam.list_organizations_features().send()).await {
        Ok(output) => (output.organization_id, output.enabled_features.unwrap_or_default()),
        Err(failure) if is(&failure, NO_ACCESS) => (None, Vec::new()),
        Err(failure) if is(&failure, NOTHING) => return reader.record(OPERATION, Outcome::Complete),
        // A member may not know.
        Err(failure) if is(&failure, NOT_FOR_MEMBERS) => {
            return reader.gap(OPERATION, Reason::AccessDenied, failure.message, false);
        }
        Err(failure) => return reader.gap(OPERATION, failure.reason, failure.message, false),
    };
    let mut enabled_features: Vec<_> = enabled.into_iter().map(|feature| feature.as_str().to_owned()).collect();
    enabled_features.sort();
    reader.insert(OrganizationsFeatures { organization_id, enabled_features });
    reader.record(OPERATION, Outcome::Complete);
}

async fn summary(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:GetAccountSummary";
    let Some(output) = reader.one(OPERATION, || iam.get_account_summary().send()).await else { return };
    let Some(map) = output.summary_map else {
        return reader.malformed(OPERATION, "no summary in the answer");
    };
    let count = |key: SummaryKeyType| map.get(&key).copied();
    reader.insert(AccountSummary {
        account_mfa_enabled: count(SummaryKeyType::AccountMfaEnabled),
        account_access_keys_present: count(SummaryKeyType::AccountAccessKeysPresent),
        account_password_present: count(SummaryKeyType::AccountPasswordPresent),
        account_signing_certificates_present: count(SummaryKeyType::AccountSigningCertificatesPresent),
        users: count(SummaryKeyType::Users),
        groups: count(SummaryKeyType::Groups),
        roles: count(SummaryKeyType::Roles),
        policies: count(SummaryKeyType::Policies),
    });
}

async fn password_policy(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:GetAccountPasswordPolicy";
    let output = reader.one_or(OPERATION, &["NoSuchEntity"], || iam.get_account_password_policy().send()).await;
    let Some(output) = output else { return };
    let Some(policy) = output.password_policy else {
        return reader.malformed(OPERATION, "no policy in the answer");
    };
    reader.insert(AccountPasswordPolicy {
        minimum_password_length: policy.minimum_password_length,
        require_symbols: policy.require_symbols,
        require_numbers: policy.require_numbers,
        require_uppercase_characters: policy.require_uppercase_characters,
        require_lowercase_characters: policy.require_lowercase_characters,
        allow_users_to_change_password: policy.allow_users_to_change_password,
        expire_passwords: policy.expire_passwords,
        max_password_age: policy.max_password_age,
        password_reuse_prevention: policy.password_reuse_prevention,
        hard_expiry: policy.hard_expiry,
    });
}

async fn aliases(reader: &Reader, iam: &Client) {
    let aliases = reader
        .pages(
            "iam:ListAccountAliases",
            |token| iam.list_account_aliases().max_items(PAGE).set_marker(token).send(),
            |page| (page.account_aliases, next(page.is_truncated, page.marker)),
        )
        .await;
    aliases.into_iter().for_each(|account_alias| reader.insert(AccountAlias { account_alias }));
}
