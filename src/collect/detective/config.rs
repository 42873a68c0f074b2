//! AWS Config: recorders and delivery channels, each with its status, and the rules' summary.

use std::collections::HashMap;

use aws_sdk_config::{Client, types as sdk};

use crate::collect::reader::Reader;
use crate::resource::detective::{
    AccountAggregationSource, ComplianceContributorCount, ComplianceSummary, ConfigExportDeliveryInfo,
    ConfigSnapshotDeliveryProperties, ConfigStreamDeliveryInfo, ConfigurationAggregator, ConfigurationRecorder,
    ConfigurationRecorderStatus, DeliveryChannel, DeliveryChannelStatus, ExclusionByResourceTypes,
    OrganizationAggregationSource, RecordingGroup, RecordingMode, RecordingModeOverride, RecordingStrategy,
};

use super::time;

const NO_RECORDER: &[&str] = &["NoSuchConfigurationRecorderException", "NoAvailableConfigurationRecorderException"];
const NO_CHANNEL: &[&str] = &["NoSuchDeliveryChannelException", "NoAvailableDeliveryChannelException"];

pub async fn collect(reader: &Reader) {
    let config = reader.config_service();
    tokio::join!(
        recorders(reader, &config),
        channels(reader, &config),
        compliance(reader, &config),
        aggregators(reader, &config)
    );
}

async fn aggregators(reader: &Reader, config: &Client) {
    const OPERATION: &str = "config:DescribeConfigurationAggregators";
    let aggregators = reader
        .pages(
            OPERATION,
            |token| config.describe_configuration_aggregators().limit(100).set_next_token(token).send(),
            |page| (page.configuration_aggregators.unwrap_or_default(), page.next_token),
        )
        .await;
    for aggregator in aggregators {
        let Some(name) = aggregator.configuration_aggregator_name else {
            reader.malformed(OPERATION, "an aggregator without a name");
            continue;
        };
        let accounts = aggregator.account_aggregation_sources.into_iter().flatten();
        reader.insert(ConfigurationAggregator {
            configuration_aggregator_name: name,
            configuration_aggregator_arn: aggregator.configuration_aggregator_arn,
            account_aggregation_sources: accounts
                .map(|source| AccountAggregationSource {
                    account_ids: source.account_ids,
                    all_aws_regions: source.all_aws_regions,
                    aws_regions: source.aws_regions.unwrap_or_default(),
                })
                .collect(),
            organization_aggregation_source: aggregator.organization_aggregation_source.map(|source| {
                OrganizationAggregationSource {
                    role_arn: source.role_arn,
                    all_aws_regions: source.all_aws_regions,
                    aws_regions: source.aws_regions.unwrap_or_default(),
                }
            }),
            created_by: aggregator.created_by,
            creation_time: time(aggregator.creation_time),
        });
    }
}

async fn recorders(reader: &Reader, config: &Client) {
    const RECORDERS: &str = "config:DescribeConfigurationRecorders";
    const STATUS: &str = "config:DescribeConfigurationRecorderStatus";
    // Neither call has pages: a region has one recorder of the customer's own. Most
    // regions of most accounts have none, and their status is not worth a call.
    let output = reader.one_or(RECORDERS, NO_RECORDER, || config.describe_configuration_recorders().send()).await;
    let recorders = output.and_then(|output| output.configuration_recorders).unwrap_or_default();
    if recorders.is_empty() {
        return;
    }
    let mut statuses: HashMap<String, ConfigurationRecorderStatus> = reader
        .one_or(STATUS, NO_RECORDER, || config.describe_configuration_recorder_status().send())
        .await
        .and_then(|output| output.configuration_recorders_status)
        .into_iter()
        .flatten()
        .filter_map(|status| Some((status.name.clone()?, status_of(status))))
        .collect();
    for recorder in recorders {
        let Some(name) = recorder.name.clone() else {
            reader.malformed(RECORDERS, "a recorder without a name");
            continue;
        };
        let status = statuses.remove(&name);
        reader.insert(recorder_of(name, recorder, status));
    }
}

async fn channels(reader: &Reader, config: &Client) {
    const CHANNELS: &str = "config:DescribeDeliveryChannels";
    const STATUS: &str = "config:DescribeDeliveryChannelStatus";
    let output = reader.one_or(CHANNELS, NO_CHANNEL, || config.describe_delivery_channels().send()).await;
    let channels = output.and_then(|output| output.delivery_channels).unwrap_or_default();
    if channels.is_empty() {
        return;
    }
    let mut statuses: HashMap<String, DeliveryChannelStatus> = reader
        .one_or(STATUS, NO_CHANNEL, || config.describe_delivery_channel_status().send())
        .await
        .and_then(|output| output.delivery_channels_status)
        .into_iter()
        .flatten()
        .filter_map(|status| Some((status.name.clone()?, channel_status_of(status))))
        .collect();
    for channel in channels {
        let Some(name) = channel.name else {
            reader.malformed(CHANNELS, "a delivery channel without a name");
            continue;
        };
        reader.insert(DeliveryChannel {
            delivery_channel_status: statuses.remove(&name),
            name,
            s3_bucket_name: channel.s3_bucket_name,
            s3_key_prefix: channel.s3_key_prefix,
            s3_kms_key_arn: channel.s3_kms_key_arn,
            sns_topic_arn: channel.sns_topic_arn,
            config_snapshot_delivery_properties: channel.config_snapshot_delivery_properties.map(|properties| {
                ConfigSnapshotDeliveryProperties {
                    delivery_frequency: properties.delivery_frequency.map(|f| f.as_str().to_owned()),
                }
            }),
        });
    }
}

async fn compliance(reader: &Reader, config: &Client) {
    const SUMMARY: &str = "config:GetComplianceSummaryByConfigRule";
    let Some(output) = reader.one(SUMMARY, || config.get_compliance_summary_by_config_rule().send()).await else {
        return;
    };
    let Some(summary) = output.compliance_summary else {
        reader.malformed(SUMMARY, "an answer without a summary");
        return;
    };
    let count = |count: Option<sdk::ComplianceContributorCount>| {
        count.map(|c| ComplianceContributorCount { capped_count: c.capped_count, cap_exceeded: c.cap_exceeded })
    };
    reader.insert(ComplianceSummary {
        compliant_resource_count: count(summary.compliant_resource_count),
        non_compliant_resource_count: count(summary.non_compliant_resource_count),
        compliance_summary_timestamp: time(summary.compliance_summary_timestamp),
    });
}

fn recorder_of(
    name: String,
    recorder: sdk::ConfigurationRecorder,
    status: Option<ConfigurationRecorderStatus>,
) -> ConfigurationRecorder {
    ConfigurationRecorder {
        arn: recorder.arn,
        name,
        role_arn: recorder.role_arn,
        recording_group: recorder.recording_group.map(|group| RecordingGroup {
            all_supported: group.all_supported,
            include_global_resource_types: group.include_global_resource_types,
            resource_types: names(group.resource_types),
            exclusion_by_resource_types: group
                .exclusion_by_resource_types
                .map(|excluded| ExclusionByResourceTypes { resource_types: names(excluded.resource_types) }),
            recording_strategy: group
                .recording_strategy
                .map(|strategy| RecordingStrategy { use_only: strategy.use_only.map(|s| s.as_str().to_owned()) }),
        }),
        recording_mode: recorder.recording_mode.map(|mode| RecordingMode {
            recording_frequency: mode.recording_frequency.as_str().to_owned(),
            recording_mode_overrides: mode
                .recording_mode_overrides
                .into_iter()
                .flatten()
                .map(|over| RecordingModeOverride {
                    description: over.description,
                    resource_types: names(Some(over.resource_types)),
                    recording_frequency: over.recording_frequency.as_str().to_owned(),
                })
                .collect(),
        }),
        recording_scope: recorder.recording_scope.map(|scope| scope.as_str().to_owned()),
        service_principal: recorder.service_principal,
        configuration_recorder_status: status,
    }
}

fn status_of(status: sdk::ConfigurationRecorderStatus) -> ConfigurationRecorderStatus {
    ConfigurationRecorderStatus {
        recording: status.recording,
        last_status: status.last_status.map(|s| s.as_str().to_owned()),
        last_error_code: status.last_error_code,
        last_error_message: status.last_error_message,
        last_start_time: time(status.last_start_time),
        last_stop_time: time(status.last_stop_time),
        last_status_change_time: time(status.last_status_change_time),
    }
}

fn channel_status_of(status: sdk::DeliveryChannelStatus) -> DeliveryChannelStatus {
    let export = |info: sdk::ConfigExportDeliveryInfo| ConfigExportDeliveryInfo {
        last_status: info.last_status.map(|s| s.as_str().to_owned()),
        last_error_code: info.last_error_code,
        last_error_message: info.last_error_message,
        last_attempt_time: time(info.last_attempt_time),
        last_successful_time: time(info.last_successful_time),
        next_delivery_time: time(info.next_delivery_time),
    };
    DeliveryChannelStatus {
        config_snapshot_delivery_info: status.config_snapshot_delivery_info.map(export),
        config_history_delivery_info: status.config_history_delivery_info.map(export),
        config_stream_delivery_info: status.config_stream_delivery_info.map(|info| ConfigStreamDeliveryInfo {
            last_status: info.last_status.map(|s| s.as_str().to_owned()),
            last_error_code: info.last_error_code,
            last_error_message: info.last_error_message,
            last_status_change_time: time(info.last_status_change_time),
        }),
    }
}

/// The names of resource types, sorted: AWS gives them in no order.
fn names(types: Option<Vec<sdk::ResourceType>>) -> Vec<String> {
    let mut names: Vec<String> = types.into_iter().flatten().map(|t| t.as_str().to_owned()).collect();
    names.sort();
    names
}
