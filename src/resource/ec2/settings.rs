use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What EC2 does by default in one region of the account, for all that is made
/// there. CloudFormation has no type for it: AWS reads each with a call of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountSettings {
    /// The region; AWS gives these settings no id.
    pub region: String,
    /// From `GetEbsEncryptionByDefault`: whether new volumes are encrypted unasked.
    pub ebs_encryption_by_default: Option<bool>,
    /// From `GetSnapshotBlockPublicAccessState`: `block-all-sharing`, `block-new-sharing` or `unblocked`.
    pub snapshot_block_public_access_state: Option<String>,
    /// From `GetImageBlockPublicAccessState`: `block-new-sharing` or `unblocked`.
    pub image_block_public_access_state: Option<String>,
    /// From `GetInstanceMetadataDefaults`; none if that was not read.
    pub instance_metadata_defaults: Option<InstanceMetadataDefaults>,
    /// From `GetSerialConsoleAccessStatus`: whether instances' serial consoles can be opened.
    pub serial_console_access_enabled: Option<bool>,
}

/// What an instance gets where its launch does not say; an absent field is no preference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceMetadataDefaults {
    /// `required` (IMDSv2 only) or `optional`.
    pub http_tokens: Option<String>,
    pub http_put_response_hop_limit: Option<i32>,
    /// `enabled` or `disabled`.
    pub http_endpoint: Option<String>,
    pub instance_metadata_tags: Option<String>,
    /// `account` or `declarative-policy`.
    pub managed_by: Option<String>,
    /// `enabled` if launches that ask for IMDSv1 fail.
    pub http_tokens_enforced: Option<String>,
}

impl AwsResource for AccountSettings {
    const TYPE: &'static str = "AWS::EC2::AccountSettings";
    const OPERATIONS: &'static [&'static str] = &[
        "ec2:GetEbsEncryptionByDefault",
        "ec2:GetSnapshotBlockPublicAccessState",
        "ec2:GetImageBlockPublicAccessState",
        "ec2:GetInstanceMetadataDefaults",
        "ec2:GetSerialConsoleAccessStatus",
    ];

    fn id(&self) -> &str {
        &self.region
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", "account-settings")
    }
}
