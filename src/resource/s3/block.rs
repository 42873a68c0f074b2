use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What S3 keeps from being public, whatever ACLs and policies say. Where nobody has set it AWS blocks nothing, and
/// all four are false.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicAccessBlock {
    /// No public ACL can be set any more.
    pub block_public_acls: Option<bool>,
    /// ACLs that are public count for nothing.
    pub ignore_public_acls: Option<bool>,
    /// No public policy can be set any more.
    pub block_public_policy: Option<bool>,
    /// With a public policy the bucket is for its own account and AWS's services alone.
    pub restrict_public_buckets: Option<bool>,
}

/// One of the four, by AWS's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockFlag {
    BlockPublicAcls,
    IgnorePublicAcls,
    BlockPublicPolicy,
    RestrictPublicBuckets,
}

impl BlockFlag {
    pub const ALL: [BlockFlag; 4] = [
        BlockFlag::BlockPublicAcls,
        BlockFlag::BlockPublicPolicy,
        BlockFlag::IgnorePublicAcls,
        BlockFlag::RestrictPublicBuckets,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            BlockFlag::BlockPublicAcls => "BlockPublicAcls",
            BlockFlag::IgnorePublicAcls => "IgnorePublicAcls",
            BlockFlag::BlockPublicPolicy => "BlockPublicPolicy",
            BlockFlag::RestrictPublicBuckets => "RestrictPublicBuckets",
        }
    }
}

impl PublicAccessBlock {
    /// As it is where nobody has set it.
    pub fn none() -> PublicAccessBlock {
        let off = Some(false);
        PublicAccessBlock {
            block_public_acls: off,
            ignore_public_acls: off,
            block_public_policy: off,
            restrict_public_buckets: off,
        }
    }

    pub fn flag(&self, flag: BlockFlag) -> Option<bool> {
        match flag {
            BlockFlag::BlockPublicAcls => self.block_public_acls,
            BlockFlag::IgnorePublicAcls => self.ignore_public_acls,
            BlockFlag::BlockPublicPolicy => self.block_public_policy,
            BlockFlag::RestrictPublicBuckets => self.restrict_public_buckets,
        }
    }
}

/// The account's own block, over all of its buckets and access points. There is always one: see [`PublicAccessBlock`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountPublicAccessBlock {
    pub account_id: String,
    pub public_access_block_configuration: PublicAccessBlock,
}

impl AwsResource for AccountPublicAccessBlock {
    const TYPE: &'static str = "AWS::S3::AccountPublicAccessBlock";
    const OPERATIONS: &'static [&'static str] = &["s3control:GetPublicAccessBlock"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.account_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("s3", "account-public-access-block")
    }
}
