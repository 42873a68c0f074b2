use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::FlowLog;

use super::mirror::{insert, listed, mirror};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let logs = reader
        .pages(
            "ec2:DescribeFlowLogs",
            |token| ec2.describe_flow_logs().max_results(1000).set_next_token(token).send(),
            |page| (page.flow_logs.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<FlowLog, _>(reader, logs);
}

listed! { FlowLog => FlowLog by [flow_log_id] { creation_time, deliver_logs_error_message, deliver_logs_permission_arn, deliver_cross_account_role, deliver_logs_status, flow_log_status, log_group_name, resource_id, traffic_type, log_destination_type, log_destination, log_format, max_aggregation_interval, destination_options, tags } }
mirror! {
    DestinationOptionsResponse => FlowLogDestinationOptions { file_format, hive_compatible_partitions, per_hour_partition }
}
