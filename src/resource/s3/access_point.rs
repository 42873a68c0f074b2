use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

use super::PublicAccessBlock;

/// A door of its own to a bucket, perhaps to another account's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessPoint {
    pub name: String,
    /// `Internet` or `VPC`.
    pub network_origin: Option<String>,
    pub vpc_configuration: Option<AccessPointVpc>,
    pub bucket: Option<String>,
    pub access_point_arn: Option<String>,
    pub alias: Option<String>,
    pub bucket_account_id: Option<String>,
    /// From `GetAccessPoint`; none if that was not read.
    pub public_access_block_configuration: Option<PublicAccessBlock>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessPointVpc {
    pub vpc_id: Option<String>,
}

/// A door to buckets in several regions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MultiRegionAccessPoint {
    pub name: String,
    pub alias: Option<String>,
    pub created_at: Option<Timestamp>,
    pub public_access_block: Option<PublicAccessBlock>,
    /// `READY`, `CREATING`, `DELETING` and so on.
    pub status: Option<String>,
    #[serde(default)]
    pub regions: Vec<MultiRegionAccessPointRegion>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MultiRegionAccessPointRegion {
    pub bucket: Option<String>,
    pub region: Option<String>,
    pub bucket_account_id: Option<String>,
}

impl AwsResource for AccessPoint {
    const TYPE: &'static str = "AWS::S3::AccessPoint";
    const OPERATIONS: &'static [&'static str] = &["s3control:ListAccessPoints", "s3control:GetAccessPoint"];

    fn id(&self) -> &str {
        &self.name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.access_point_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("s3", format_args!("accesspoint/{}", self.name)))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl AwsResource for MultiRegionAccessPoint {
    const TYPE: &'static str = "AWS::S3::MultiRegionAccessPoint";
    const OPERATIONS: &'static [&'static str] = &["s3control:ListMultiRegionAccessPoints"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.name
    }
    /// AWS's ARN has the alias, which a new one gets late.
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("s3", format_args!("accesspoint/{}", self.alias.as_deref().unwrap_or(&self.name)))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}
