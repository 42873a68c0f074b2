//! CloudWatch: of all alarms of metrics, those that watch NAT gateways. AWS lists alarms by name and by state, and by
//! metric only one metric at a time, which would be a call for each gateway.

use aws_sdk_cloudwatch::types::AlarmType;

use crate::collect::mirror::{listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::cloudwatch::Alarm;

pub async fn collect(reader: &Reader) {
    let client = &reader.cloudwatch();
    let alarms = reader
        .pages(
            "cloudwatch:DescribeAlarms",
            |token| {
                let call = client.describe_alarms().alarm_types(AlarmType::MetricAlarm);
                call.max_records(100).set_next_token(token).send()
            },
            |page| (page.metric_alarms.unwrap_or_default(), page.next_token),
        )
        .await;
    let alarms = resources::<Alarm, _>(reader, alarms);
    alarms.into_iter().filter(|alarm| alarm.watched().is_some()).for_each(|alarm| reader.insert(alarm));
}

listed_of! { [aws_sdk_cloudwatch, cloudwatch] MetricAlarm => Alarm by [alarm_name] { alarm_arn, actions_enabled, alarm_actions, namespace, metric_name, statistic, extended_statistic, dimensions, period, evaluation_periods, datapoints_to_alarm, threshold, comparison_operator, treat_missing_data, metrics, threshold_metric_id } }
mirror_of! { [aws_sdk_cloudwatch, cloudwatch]
    Dimension => Dimension { name, value }
    MetricDataQuery => MetricQuery { id, expression, metric_stat, return_data }
    MetricStat => MetricStat { metric, period, stat }
    Metric => Metric { namespace, metric_name, dimensions }
}
