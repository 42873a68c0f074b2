use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::Operator;
use crate::resource::{AwsResource, Tag};

/// What launches of instances can be made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplate {
    pub launch_template_id: String,
    pub launch_template_name: Option<String>,
    pub create_time: Option<Timestamp>,
    pub created_by: Option<String>,
    pub default_version_number: Option<i64>,
    pub latest_version_number: Option<i64>,
    pub operator: Option<Operator>,
    /// From `DescribeLaunchTemplateVersions`, the default one and the latest; none if that was not read.
    pub versions: Option<Vec<LaunchTemplateVersion>>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A version. Its user data is not kept: AWS sends it along, and it goes no further.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateVersion {
    pub version_number: Option<i64>,
    pub default_version: Option<bool>,
    pub launch_template_data: Option<LaunchTemplateData>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateData {
    pub image_id: Option<String>,
    pub instance_type: Option<String>,
    pub key_name: Option<String>,
    pub iam_instance_profile: Option<LaunchTemplateInstanceProfile>,
    pub metadata_options: Option<LaunchTemplateMetadataOptions>,
    #[serde(default)]
    pub network_interfaces: Vec<LaunchTemplateNetworkInterface>,
    #[serde(default)]
    pub security_group_ids: Vec<String>,
    #[serde(default)]
    pub security_groups: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateInstanceProfile {
    pub arn: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateMetadataOptions {
    pub http_tokens: Option<String>,
    pub http_endpoint: Option<String>,
    pub http_put_response_hop_limit: Option<i32>,
    pub http_protocol_ipv6: Option<String>,
    pub instance_metadata_tags: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateNetworkInterface {
    pub device_index: Option<i32>,
    pub associate_public_ip_address: Option<bool>,
    pub network_interface_id: Option<String>,
    pub subnet_id: Option<String>,
    #[serde(default)]
    pub groups: Vec<String>,
}

impl AwsResource for LaunchTemplate {
    const TYPE: &'static str = "AWS::EC2::LaunchTemplate";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"];

    fn id(&self) -> &str {
        &self.launch_template_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("launch-template/{}", self.launch_template_id))
    }
    fn name(&self) -> Option<&str> {
        self.launch_template_name.as_deref()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
