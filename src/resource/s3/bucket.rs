use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::iam::PolicyText;
use crate::resource::AwsResource;

use super::PublicAccessBlock;

/// A general purpose bucket, in the region that it lies in. What AWS tells of it with calls of their own is none as
/// long as it was not read; where nobody has set something, AWS's answer that there is none is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bucket {
    pub name: String,
    pub creation_date: Option<Timestamp>,
    /// From `GetBucketPolicy`.
    pub bucket_policy: Option<BucketPolicy>,
    /// From `GetBucketAcl`.
    pub acl: Option<BucketAcl>,
    /// From `GetPublicAccessBlock`; the account's own block is over it.
    pub public_access_block_configuration: Option<PublicAccessBlock>,
    /// From `GetBucketOwnershipControls`.
    pub ownership_controls: Option<OwnershipControls>,
    /// From `GetBucketVersioning`.
    pub versioning: Option<BucketVersioning>,
    /// From `GetBucketLogging`.
    pub logging: Option<BucketLogging>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketPolicy {
    /// None if the bucket has none.
    pub policy: Option<PolicyText>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketAcl {
    pub owner: Option<BucketOwner>,
    #[serde(default)]
    pub grants: Vec<Grant>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketOwner {
    /// The owner's canonical user id.
    #[serde(rename = "ID")]
    pub id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grant {
    pub grantee: Option<Grantee>,
    /// `FULL_CONTROL`, `READ`, `WRITE`, `READ_ACP` or `WRITE_ACP`.
    pub permission: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grantee {
    /// A canonical user id.
    #[serde(rename = "ID")]
    pub id: Option<String>,
    /// A group of AWS's.
    #[serde(rename = "URI")]
    pub uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OwnershipControls {
    /// `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`; none if nobody has set it, which is as the last.
    pub object_ownership: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketVersioning {
    /// `Enabled` or `Suspended`; none if it never was.
    pub status: Option<String>,
    /// `Enabled` or `Disabled`; none if it never was.
    #[serde(rename = "MFADelete")]
    pub mfa_delete: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketLogging {
    /// None if access is not logged.
    pub logging_enabled: Option<LoggingEnabled>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoggingEnabled {
    pub target_bucket: Option<String>,
    pub target_prefix: Option<String>,
}

impl Bucket {
    /// Whether CloudTrail may be able to deliver to it: its policy names the service, or is not known.
    pub fn may_take_trails(&self) -> bool {
        let Some(policy) = &self.bucket_policy else { return true };
        let Some(policy) = &policy.policy else { return false };
        let Ok(document) = policy.document() else { return true };
        let mut principals = document.statements.iter().flat_map(|one| one.principals.iter()).flat_map(|all| &all.of);
        principals.any(|one| one.value == "cloudtrail.amazonaws.com")
    }
}

impl AwsResource for Bucket {
    const TYPE: &'static str = "AWS::S3::Bucket";
    const OPERATIONS: &'static [&'static str] = &[
        "s3:ListBuckets",
        "s3:GetBucketAcl",
        "s3:GetBucketLogging",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketVersioning",
        "s3:GetPublicAccessBlock",
    ];

    fn id(&self) -> &str {
        &self.name
    }
    /// Buckets' ARNs name neither region nor account: no two have one name.
    fn arn(&self, scope: &Scope) -> Arn {
        let given = format!("arn:{}:s3:::{}", scope.partition.as_str(), self.name).parse().ok();
        given.unwrap_or_else(|| scope.arn("s3", &self.name))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}
