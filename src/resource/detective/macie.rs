use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// Macie in one region, where it is on or paused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MacieSession {
    /// Whose it is: AWS gives it no id.
    pub account_id: String,
    /// `ENABLED` or `PAUSED`.
    pub status: Option<String>,
    pub finding_publishing_frequency: Option<String>,
    pub service_role: Option<String>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    /// From `GetAutomatedDiscoveryConfiguration`; none if that was not read.
    pub automated_discovery: Option<AutomatedDiscovery>,
}

/// How Macie looks through samples of all buckets by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutomatedDiscovery {
    /// `ENABLED` or `DISABLED`.
    pub status: Option<String>,
    /// Of which of the organization's accounts, as its administrator set it: `ALL`, `NEW` or `NONE`.
    pub auto_enable_organization_members: Option<String>,
}

impl AwsResource for MacieSession {
    const TYPE: &'static str = "AWS::Macie::Session";
    const OPERATIONS: &'static [&'static str] =
        &["macie2:GetMacieSession", "macie2:GetAutomatedDiscoveryConfiguration"];

    fn id(&self) -> &str {
        &self.account_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("macie2", "session")
    }
}
