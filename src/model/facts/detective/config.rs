//! Facts of AWS Config: recorders, delivery channels, the rules' summary.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::detective::{
    ComplianceSummary, ConfigurationRecorder, ConfigurationRecorderStatus, DeliveryChannel, DeliveryChannelStatus,
    RecordingGroup,
};

/// The resource types that are global and that a recorder takes only if told to.
const GLOBAL_TYPES: [&str; 4] = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"];

facts! { ConfigurationRecorder {
    "name": Kind::Text, "the recorder's name", |recorder, _| &recorder.name;
    "role_arn": Kind::Text, "the role that Config reads with", |recorder, _| Value::optional(recorder.role_arn.as_deref());
    "uses_service_role": Kind::Bool, "whether that role is Config's own service-linked role",
        |recorder, _| Value::optional(recorder.role_arn.as_deref().map(is_service_role));
    "service_principal": Kind::Text, "the AWS service whose own recorder it is; none for the customer's",
        |recorder, _| Value::optional(recorder.service_principal.as_deref());
    "is_recording": Kind::Bool, "whether it is recording", needs ["config:DescribeConfigurationRecorderStatus"],
        |recorder, _| status(recorder, |status| status.recording.into());
    "last_status": Kind::Text, "how its last recording went: `success`, `failure`, `pending` or `notapplicable`",
        needs ["config:DescribeConfigurationRecorderStatus"],
        |recorder, _| status(recorder, |s| Value::optional(s.last_status.as_deref().map(str::to_lowercase)));
    "last_error": Kind::Text, "what its last recording failed with",
        needs ["config:DescribeConfigurationRecorderStatus"],
        |recorder, _| status(recorder, |s| Value::optional(s.last_error_code.as_deref().or(s.last_error_message.as_deref())));
    "strategy": Kind::Text, "how types are chosen: `all`, `inclusion` or `exclusion`",
        |recorder, _| Value::known(strategy(recorder).map(Strategy::word));
    "records_all_supported": Kind::Bool, "whether it records every supported type that is not global",
        |recorder, _| Value::known(strategy(recorder).map(|strategy| strategy == Strategy::All));
    "recorded_types": Kind::Texts, "the only types that it records; none if it is not limited to some",
        |recorder, _| Value::known(recorded_types(recorder));
    "excluded_types": Kind::Texts, "the types that it leaves out by name",
        |recorder, _| Value::known(excluded_types(recorder));
    "records_global_types": Kind::Bool, "whether it records IAM users, groups, roles and policies",
        |recorder, _| Value::known(records_global_types(recorder));
    "frequency": Kind::Text, "how often changes are recorded: `CONTINUOUS` or `DAILY`",
        |recorder, _| Value::optional(recorder.recording_mode.as_ref().map(|mode| &mode.recording_frequency));
    "daily_types": Kind::Texts, "the types that are recorded once a day, whatever the rest",
        |recorder, _| daily_types(recorder);
}}

facts! { DeliveryChannel {
    "name": Kind::Text, "the channel's name", |channel, _| &channel.name;
    "s3_bucket": Kind::Text, "the bucket that it delivers to", |channel, _| Value::optional(channel.s3_bucket_name.as_deref());
    "sns_topic": Kind::Text, "the topic that it notifies", |channel, _| Value::optional(channel.sns_topic_arn.as_deref());
    "kms_key": Kind::Text, "the KMS key that it encrypts deliveries with",
        |channel, _| Value::optional(channel.s3_kms_key_arn.as_deref());
    "snapshot_frequency": Kind::Text, "how often it delivers a snapshot; none for never",
        |channel, _| Value::optional(
            channel.config_snapshot_delivery_properties.as_ref().and_then(|p| p.delivery_frequency.as_deref()));
    "is_failing": Kind::Bool, "whether the last delivery of any kind failed",
        needs ["config:DescribeDeliveryChannelStatus"],
        |channel, _| Value::known(failures(channel).map(|failures| !failures.is_empty()));
    "failures": Kind::Texts, "the kinds of delivery of which the last failed, each with AWS's error",
        needs ["config:DescribeDeliveryChannelStatus"],
        |channel, _| Value::known(failures(channel));
    "last_history_delivery": Kind::Time, "when configuration history was last delivered",
        needs ["config:DescribeDeliveryChannelStatus"],
        |channel, _| channel_status(channel).map_or_else(Value::Unknown, |status| Value::optional(
            status.config_history_delivery_info.as_ref().and_then(|info| info.last_successful_time)));
}}

facts! { ComplianceSummary {
    "compliant_rules": Kind::Int, "Config rules that every resource meets; AWS stops counting at 25",
        |summary, _| count(summary.compliant_resource_count.map(|c| c.capped_count));
    "non_compliant_rules": Kind::Int, "Config rules that some resource breaks; AWS stops counting at 25",
        |summary, _| count(summary.non_compliant_resource_count.map(|c| c.capped_count));
    "is_capped": Kind::Bool, "whether there are more non-compliant rules than AWS counts",
        |summary, _| Value::optional(summary.non_compliant_resource_count.map(|c| c.cap_exceeded));
}}

fn daily_types(recorder: &ConfigurationRecorder) -> Vec<String> {
    let overrides = recorder.recording_mode.iter().flat_map(|mode| &mode.recording_mode_overrides);
    let daily = overrides.filter(|over| over.recording_frequency == "DAILY");
    daily.flat_map(|over| &over.resource_types).cloned().collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    All,
    Inclusion,
    Exclusion,
}

impl Strategy {
    fn word(self) -> &'static str {
        match self {
            Strategy::All => "all",
            Strategy::Inclusion => "inclusion",
            Strategy::Exclusion => "exclusion",
        }
    }
}

fn strategy(recorder: &ConfigurationRecorder) -> Result<Strategy, Missing> {
    // Without a group AWS records all supported types but the global ones.
    let Some(group) = &recorder.recording_group else { return Ok(Strategy::All) };
    match group.recording_strategy.as_ref().and_then(|strategy| strategy.use_only.as_deref()) {
        Some("ALL_SUPPORTED_RESOURCE_TYPES") => Ok(Strategy::All),
        Some("INCLUSION_BY_RESOURCE_TYPES") => Ok(Strategy::Inclusion),
        Some("EXCLUSION_BY_RESOURCE_TYPES") => Ok(Strategy::Exclusion),
        Some(other) => Err(Missing::because(format!("the recording strategy {other} is not one that driftline knows"))),
        // Recorders from before strategies.
        None if group.all_supported => Ok(Strategy::All),
        None if !excluded(group).is_empty() => Ok(Strategy::Exclusion),
        None => Ok(Strategy::Inclusion),
    }
}

fn excluded(group: &RecordingGroup) -> &[String] {
    group.exclusion_by_resource_types.as_ref().map_or(&[], |excluded| &excluded.resource_types)
}

fn recorded_types(recorder: &ConfigurationRecorder) -> Result<Vec<String>, Missing> {
    let listed = recorder.recording_group.as_ref().map(|group| group.resource_types.clone()).unwrap_or_default();
    Ok(if strategy(recorder)? == Strategy::Inclusion { listed } else { Vec::new() })
}

fn excluded_types(recorder: &ConfigurationRecorder) -> Result<Vec<String>, Missing> {
    let listed = recorder.recording_group.as_ref().map(|group| excluded(group).to_vec()).unwrap_or_default();
    Ok(if strategy(recorder)? == Strategy::Exclusion { listed } else { Vec::new() })
}

pub(super) fn records_all_supported(recorder: &ConfigurationRecorder) -> Result<bool, Missing> {
    strategy(recorder).map(|strategy| strategy == Strategy::All)
}

pub(super) fn records_global_types(recorder: &ConfigurationRecorder) -> Result<bool, Missing> {
    let Some(group) = &recorder.recording_group else { return Ok(false) };
    let listed = |types: &[String], name: &str| types.iter().any(|t| t == name);
    Ok(match strategy(recorder)? {
        Strategy::All => group.include_global_resource_types,
        Strategy::Inclusion => GLOBAL_TYPES.iter().all(|name| listed(&group.resource_types, name)),
        Strategy::Exclusion => !GLOBAL_TYPES.iter().any(|name| listed(excluded(group), name)),
    })
}

fn is_service_role(arn: &str) -> bool {
    arn.contains(":role/aws-service-role/config.amazonaws.com/")
}

fn status(recorder: &ConfigurationRecorder, value: impl Fn(&ConfigurationRecorderStatus) -> Value) -> Value {
    recorder_status(recorder).map_or_else(Value::Unknown, value)
}

pub(super) fn recorder_status(recorder: &ConfigurationRecorder) -> Result<&ConfigurationRecorderStatus, Missing> {
    let missing = || Missing::because(format!("AWS gives no status of the recorder {}", recorder.name));
    recorder.configuration_recorder_status.as_ref().ok_or_else(missing)
}

fn channel_status(channel: &DeliveryChannel) -> Result<&DeliveryChannelStatus, Missing> {
    let missing = || Missing::because(format!("AWS gives no status of the delivery channel {}", channel.name));
    channel.delivery_channel_status.as_ref().ok_or_else(missing)
}

pub(super) fn failures(channel: &DeliveryChannel) -> Result<Vec<String>, Missing> {
    let status = channel_status(channel)?;
    let history = status.config_history_delivery_info.as_ref().map(|i| (&i.last_status, &i.last_error_code));
    let snapshot = status.config_snapshot_delivery_info.as_ref().map(|i| (&i.last_status, &i.last_error_code));
    let stream = status.config_stream_delivery_info.as_ref().map(|i| (&i.last_status, &i.last_error_code));
    let kinds = [("history", history), ("snapshot", snapshot), ("stream", stream)];
    Ok(kinds
        .into_iter()
        .filter_map(|(kind, info)| Some((kind, info?)))
        // The API's model writes `Failure`, its answers `FAILURE`.
        .filter(|(_, (status, _))| status.as_deref().is_some_and(|s| s.eq_ignore_ascii_case("failure")))
        .map(|(kind, (_, error))| format!("{kind}: {}", error.as_deref().unwrap_or("no error code")))
        .collect())
}

fn count(of: Option<i32>) -> Value {
    let missing = || Value::Unknown(Missing::because("the summary does not have the count"));
    of.map_or_else(missing, Value::from)
}
