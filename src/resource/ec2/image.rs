use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::unowned_arn;
use crate::resource::{AwsResource, Tag};

/// What instances are launched from: those of the account, and those of others that its instances were launched from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Image {
    pub image_id: String,
    pub name: Option<String>,
    pub owner_id: Option<String>,
    /// `amazon`, `aws-backup-vault` or `aws-marketplace`; none for accounts.
    pub image_owner_alias: Option<String>,
    /// Whether anyone may launch from it.
    pub public: Option<bool>,
    pub state: Option<String>,
    pub image_type: Option<String>,
    pub architecture: Option<String>,
    pub platform_details: Option<String>,
    pub virtualization_type: Option<String>,
    /// `v2.0` if instances from it ask for IMDSv2 unless their launch says otherwise.
    pub imds_support: Option<String>,
    pub creation_date: Option<String>,
    pub deprecation_time: Option<String>,
    pub source_image_id: Option<String>,
    pub source_image_region: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for Image {
    const TYPE: &'static str = "AWS::EC2::Image";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeImages"];

    fn id(&self) -> &str {
        &self.image_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        unowned_arn(scope, format_args!("image/{}", self.image_id))
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
