use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// The organization that an account belongs to. Every member may ask for it;
/// an account in no organization has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organization {
    pub id: String,
    pub arn: Arn,
    /// `ALL`, or `CONSOLIDATED_BILLING`, which has no policies.
    pub feature_set: Option<String>,
    /// The management account; AWS still calls it master here.
    pub master_account_id: Option<String>,
}

/// A kind of policy, and whether a root has it switched on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyTypeSummary {
    #[serde(rename = "Type")]
    pub policy_type: String,
    /// `ENABLED`, `PENDING_ENABLE` or `PENDING_DISABLE`.
    pub status: Option<String>,
}

impl AwsResource for Organization {
    const TYPE: &'static str = "AWS::Organizations::Organization";
    const OPERATIONS: &'static [&'static str] = &["organizations:DescribeOrganization"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.id
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
}
