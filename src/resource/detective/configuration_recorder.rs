use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What AWS Config records in one region, and whether it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationRecorder {
    pub arn: Option<String>,
    /// One per account and region that is the customer's own, nearly always `default`.
    pub name: String,
    #[serde(rename = "roleARN")]
    pub role_arn: Option<String>,
    pub recording_group: Option<RecordingGroup>,
    pub recording_mode: Option<RecordingMode>,
    /// `INTERNAL` or `PAID`.
    pub recording_scope: Option<String>,
    /// The AWS service whose own recorder it is; none for the customer's.
    pub service_principal: Option<String>,
    /// From `DescribeConfigurationRecorderStatus`; none if that was not read.
    pub configuration_recorder_status: Option<ConfigurationRecorderStatus>,
}

/// Which resource types are recorded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingGroup {
    /// AWS omits it when false.
    #[serde(default)]
    pub all_supported: bool,
    /// AWS omits it when false.
    #[serde(default)]
    pub include_global_resource_types: bool,
    #[serde(default)]
    pub resource_types: Vec<String>,
    pub exclusion_by_resource_types: Option<ExclusionByResourceTypes>,
    pub recording_strategy: Option<RecordingStrategy>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExclusionByResourceTypes {
    #[serde(default)]
    pub resource_types: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingStrategy {
    /// `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES` or `EXCLUSION_BY_RESOURCE_TYPES`.
    pub use_only: Option<String>,
}

/// How often changes are recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingMode {
    /// `CONTINUOUS` or `DAILY`.
    pub recording_frequency: String,
    #[serde(default)]
    pub recording_mode_overrides: Vec<RecordingModeOverride>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingModeOverride {
    pub description: Option<String>,
    #[serde(default)]
    pub resource_types: Vec<String>,
    pub recording_frequency: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationRecorderStatus {
    /// AWS omits it when false.
    #[serde(default)]
    pub recording: bool,
    /// `PENDING`, `SUCCESS`, `FAILURE` or `NOTAPPLICABLE`, in whichever case AWS chose to write it.
    pub last_status: Option<String>,
    pub last_error_code: Option<String>,
    pub last_error_message: Option<String>,
    pub last_start_time: Option<Timestamp>,
    pub last_stop_time: Option<Timestamp>,
    pub last_status_change_time: Option<Timestamp>,
}

impl AwsResource for ConfigurationRecorder {
    const TYPE: &'static str = "AWS::Config::ConfigurationRecorder";
    const OPERATIONS: &'static [&'static str] =
        &["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"];

    fn id(&self) -> &str {
        &self.name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.arn.as_deref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("config", format_args!("configuration-recorder/{}", self.name)))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}
