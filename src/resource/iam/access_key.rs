use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

use super::ReportTime;

/// A user's long-lived key. The secret half is nowhere to be read, and not here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    pub access_key_id: String,
    pub user_name: String,
    /// `Active` or `Inactive`.
    pub status: String,
    pub create_date: Option<Timestamp>,
    /// From the credential report's slot of this key; none if no slot could be told to be this key's.
    pub last_used: Option<AccessKeyLastUsed>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeyLastUsed {
    pub date: ReportTime,
    pub region: Option<String>,
    pub service_name: Option<String>,
}

impl AccessKey {
    pub fn is_active(&self) -> bool {
        self.status == "Active"
    }
}

impl AwsResource for AccessKey {
    const TYPE: &'static str = "AWS::IAM::AccessKey";
    const OPERATIONS: &'static [&'static str] =
        &["iam:ListAccessKeys", "iam:GetCredentialReport", "iam:GenerateCredentialReport"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.access_key_id
    }
    /// Keys have no ARN of AWS's; this one is in the manner of their user's.
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", format_args!("user/{}/access-key/{}", self.user_name, self.access_key_id))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.user_name)
    }
}
