use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::{Operator, unowned_arn};
use crate::resource::{AwsResource, Tag, name_tag};

/// A disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Volume {
    pub volume_id: String,
    pub volume_type: Option<String>,
    pub size: Option<i32>,
    pub availability_zone: Option<String>,
    /// `creating`, `available`, `in-use`, `deleting`, `deleted` or `error`.
    pub state: Option<String>,
    pub create_time: Option<Timestamp>,
    pub encrypted: Option<bool>,
    pub kms_key_id: Option<String>,
    /// What it was made from.
    pub snapshot_id: Option<String>,
    pub source_volume_id: Option<String>,
    pub multi_attach_enabled: Option<bool>,
    pub operator: Option<Operator>,
    #[serde(default)]
    pub attachments: Vec<VolumeAttachment>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VolumeAttachment {
    pub instance_id: Option<String>,
    /// The service that holds an instance of which no id is given.
    pub instance_owning_service: Option<String>,
    pub device: Option<String>,
    pub state: Option<String>,
    pub delete_on_termination: Option<bool>,
}

impl AwsResource for Volume {
    const TYPE: &'static str = "AWS::EC2::Volume";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeVolumes"];

    fn id(&self) -> &str {
        &self.volume_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("volume/{}", self.volume_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// A copy of a disk at a moment, of this account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Snapshot {
    pub snapshot_id: String,
    pub owner_id: Option<String>,
    pub volume_id: Option<String>,
    pub volume_size: Option<i32>,
    pub state: Option<String>,
    pub start_time: Option<Timestamp>,
    pub encrypted: Option<bool>,
    pub kms_key_id: Option<String>,
    pub storage_tier: Option<String>,
    /// Whether anyone may make volumes of it: whether it is in the list of those that all may restore; none if that
    /// list was not read.
    pub public: Option<bool>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for Snapshot {
    const TYPE: &'static str = "AWS::EC2::Snapshot";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeSnapshots"];

    fn id(&self) -> &str {
        &self.snapshot_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        unowned_arn(scope, format_args!("snapshot/{}", self.snapshot_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
