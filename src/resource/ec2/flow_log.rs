use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// A record of the traffic of a VPC, a subnet, an interface or a transit gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FlowLog {
    pub flow_log_id: String,
    pub creation_time: Option<Timestamp>,
    pub deliver_logs_error_message: Option<String>,
    pub deliver_logs_permission_arn: Option<String>,
    pub deliver_cross_account_role: Option<String>,
    /// `SUCCESS` or `FAILED`.
    pub deliver_logs_status: Option<String>,
    /// `ACTIVE` when it runs.
    pub flow_log_status: Option<String>,
    pub log_group_name: Option<String>,
    /// What is recorded.
    pub resource_id: Option<String>,
    /// `ACCEPT`, `REJECT` or `ALL`.
    pub traffic_type: Option<String>,
    pub log_destination_type: Option<String>,
    pub log_destination: Option<String>,
    pub log_format: Option<String>,
    pub max_aggregation_interval: Option<i32>,
    pub destination_options: Option<FlowLogDestinationOptions>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FlowLogDestinationOptions {
    pub file_format: Option<String>,
    pub hive_compatible_partitions: Option<bool>,
    pub per_hour_partition: Option<bool>,
}

impl FlowLog {
    /// Whether it records and its records arrive; a log that has recorded nothing yet has no delivery status.
    pub fn is_running(&self) -> bool {
        self.flow_log_status.as_deref() == Some("ACTIVE") && self.deliver_logs_status.as_deref() != Some("FAILED")
    }
}

impl AwsResource for FlowLog {
    const TYPE: &'static str = "AWS::EC2::FlowLog";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeFlowLogs"];

    fn id(&self) -> &str {
        &self.flow_log_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("vpc-flow-log/{}", self.flow_log_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
