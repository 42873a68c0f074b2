use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// Whether a region's internet gateways are shut for all VPCs of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcBlockPublicAccessOptions {
    pub aws_region: String,
    pub aws_account_id: Option<String>,
    pub state: Option<String>,
    /// `off`, `block-bidirectional` or `block-ingress`.
    pub internet_gateway_block_mode: Option<String>,
    pub reason: Option<String>,
    pub last_update_timestamp: Option<Timestamp>,
    /// `account` or `declarative-policy`.
    pub managed_by: Option<String>,
    pub exclusions_allowed: Option<String>,
}

impl AwsResource for VpcBlockPublicAccessOptions {
    const TYPE: &'static str = "AWS::EC2::VPCBlockPublicAccessOptions";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpcBlockPublicAccessOptions"];

    fn id(&self) -> &str {
        &self.aws_region
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpc-block-public-access-options/{}", self.aws_region))
    }
}

/// A VPC or subnet that VPC Block Public Access leaves open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcBlockPublicAccessExclusion {
    pub exclusion_id: String,
    /// `allow-bidirectional` or `allow-egress`.
    pub internet_gateway_exclusion_mode: Option<String>,
    pub resource_arn: Option<String>,
    pub state: Option<String>,
    pub reason: Option<String>,
    pub creation_timestamp: Option<Timestamp>,
    pub last_update_timestamp: Option<Timestamp>,
    pub deletion_timestamp: Option<Timestamp>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for VpcBlockPublicAccessExclusion {
    const TYPE: &'static str = "AWS::EC2::VPCBlockPublicAccessExclusion";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVpcBlockPublicAccessExclusions"];

    fn id(&self) -> &str {
        &self.exclusion_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpc-block-public-access-exclusion/{}", self.exclusion_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
