use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// Where AWS Config delivers what it records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryChannel {
    pub name: String,
    pub s3_bucket_name: Option<String>,
    pub s3_key_prefix: Option<String>,
    pub s3_kms_key_arn: Option<String>,
    #[serde(rename = "snsTopicARN")]
    pub sns_topic_arn: Option<String>,
    pub config_snapshot_delivery_properties: Option<ConfigSnapshotDeliveryProperties>,
    /// From `DescribeDeliveryChannelStatus`; none if that was not read.
    pub delivery_channel_status: Option<DeliveryChannelStatus>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigSnapshotDeliveryProperties {
    pub delivery_frequency: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryChannelStatus {
    pub config_snapshot_delivery_info: Option<ConfigExportDeliveryInfo>,
    pub config_history_delivery_info: Option<ConfigExportDeliveryInfo>,
    pub config_stream_delivery_info: Option<ConfigStreamDeliveryInfo>,
}

/// How deliveries of files to the bucket go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigExportDeliveryInfo {
    /// `SUCCESS`, `FAILURE` or `NOT_APPLICABLE`, in whichever case AWS chose to write it.
    pub last_status: Option<String>,
    pub last_error_code: Option<String>,
    pub last_error_message: Option<String>,
    pub last_attempt_time: Option<Timestamp>,
    pub last_successful_time: Option<Timestamp>,
    pub next_delivery_time: Option<Timestamp>,
}

/// How notifications to the topic go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigStreamDeliveryInfo {
    pub last_status: Option<String>,
    pub last_error_code: Option<String>,
    pub last_error_message: Option<String>,
    pub last_status_change_time: Option<Timestamp>,
}

impl AwsResource for DeliveryChannel {
    const TYPE: &'static str = "AWS::Config::DeliveryChannel";
    const OPERATIONS: &'static [&'static str] =
        &["config:DescribeDeliveryChannels", "config:DescribeDeliveryChannelStatus"];

    fn id(&self) -> &str {
        &self.name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        // AWS gives delivery channels no ARN of their own.
        scope.arn("config", format_args!("delivery-channel/{}", self.name))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}
