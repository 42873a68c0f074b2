use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::FlowLog;

use super::{name, tag_keys, tags};

facts! { FlowLog {
    "name": Kind::Text, "its `Name` tag", |log, _| name(log);
    "tag_keys": Kind::Texts, "the keys of its tags", |log, _| tag_keys(log);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |log, _| tags(log);
    "resource": Kind::Text, "what is recorded: a VPC, a subnet, an interface or a transit gateway", |log, _| Value::optional(log.resource_id.as_deref());
    "traffic_type": Kind::Text, "`ACCEPT`, `REJECT` or `ALL`", |log, _| Value::optional(log.traffic_type.as_deref());
    "status": Kind::Text, "`ACTIVE` when it runs", |log, _| Value::optional(log.flow_log_status.as_deref());
    "delivery_status": Kind::Text, "`SUCCESS` or `FAILED`; absent before the first delivery", |log, _| Value::optional(log.deliver_logs_status.as_deref());
    "delivery_error": Kind::Text, "why records do not arrive", |log, _| Value::optional(log.deliver_logs_error_message.as_deref());
    "is_running": Kind::Bool, "whether it is active and its records arrive", |log, _| log.is_running();
    "destination_type": Kind::Text, "`cloud-watch-logs`, `s3` or `kinesis-data-firehose`", |log, _| Value::optional(log.log_destination_type.as_deref());
    "destination": Kind::Text, "where the records go: an ARN or a log group's name",
        |log, _| Value::optional(log.log_destination.as_deref().or(log.log_group_name.as_deref()));
}}
