use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What IAM does for the root users of all accounts of an organization. IAM keeps it in the management account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationsFeatures {
    /// None where IAM may not look into the organization, and so does nothing there.
    pub organization_id: Option<String>,
    /// Of `RootCredentialsManagement` and `RootSessions`, sorted.
    pub enabled_features: Vec<String>,
}

impl AwsResource for OrganizationsFeatures {
    const TYPE: &'static str = "AWS::IAM::OrganizationsFeatures";
    const OPERATIONS: &'static [&'static str] = &["iam:ListOrganizationsFeatures"];
    const GLOBAL: bool = true;
    const ORGANIZATION: bool = true;

    fn id(&self) -> &str {
        "organizations-features"
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", "organizations-features")
    }
}
