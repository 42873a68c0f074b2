use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// Whom AWS writes to about the account as a whole. Of a person's particulars
/// nothing is kept: only that the contact exists, and for which company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactInformation {
    pub company_name: Option<String>,
    pub country_code: String,
}

/// Whom AWS writes to about one matter. Name and telephone number are not kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlternateContact {
    /// `BILLING`, `OPERATIONS` or `SECURITY`.
    pub alternate_contact_type: String,
    pub email_address: Option<String>,
}

impl AwsResource for ContactInformation {
    const TYPE: &'static str = "AWS::Account::ContactInformation";
    const OPERATIONS: &'static [&'static str] = &["account:GetContactInformation"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        "primary"
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("account", "contact/primary")
    }
}

impl AwsResource for AlternateContact {
    const TYPE: &'static str = "AWS::Account::AlternateContact";
    const OPERATIONS: &'static [&'static str] = &["account:GetAlternateContact"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.alternate_contact_type
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("account", format_args!("contact/{}", self.alternate_contact_type))
    }
}
