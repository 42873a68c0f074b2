use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What IAM counts for the account, of which a few numbers are kept: they
/// speak of the root user independently of the credential report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountSummary {
    /// 1 if the root user has an MFA device.
    #[serde(rename = "AccountMFAEnabled")]
    pub account_mfa_enabled: Option<i32>,
    /// 1 if the root user has access keys, active or not.
    pub account_access_keys_present: Option<i32>,
    /// 1 if the root user has a password.
    pub account_password_present: Option<i32>,
    pub account_signing_certificates_present: Option<i32>,
    pub users: Option<i32>,
    pub groups: Option<i32>,
    pub roles: Option<i32>,
    pub policies: Option<i32>,
}

/// What passwords must be like. An account without one has AWS's default:
/// eight characters of three kinds, no expiry, no memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountPasswordPolicy {
    pub minimum_password_length: Option<i32>,
    pub require_symbols: bool,
    pub require_numbers: bool,
    pub require_uppercase_characters: bool,
    pub require_lowercase_characters: bool,
    pub allow_users_to_change_password: bool,
    pub expire_passwords: bool,
    /// In days.
    pub max_password_age: Option<i32>,
    /// How many old passwords may not come back.
    pub password_reuse_prevention: Option<i32>,
    pub hard_expiry: Option<bool>,
}

/// The name in the account's sign-in address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountAlias {
    pub account_alias: String,
}

impl AwsResource for AccountSummary {
    const TYPE: &'static str = "AWS::IAM::AccountSummary";
    const OPERATIONS: &'static [&'static str] = &["iam:GetAccountSummary"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        "account-summary"
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", "account-summary")
    }
}

impl AwsResource for AccountPasswordPolicy {
    const TYPE: &'static str = "AWS::IAM::AccountPasswordPolicy";
    const OPERATIONS: &'static [&'static str] = &["iam:GetAccountPasswordPolicy"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        "account-password-policy"
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", "account-password-policy")
    }
}

impl AwsResource for AccountAlias {
    const TYPE: &'static str = "AWS::IAM::AccountAlias";
    const OPERATIONS: &'static [&'static str] = &["iam:ListAccountAliases"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.account_alias
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", format_args!("account-alias/{}", self.account_alias))
    }
}
