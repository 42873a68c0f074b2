//! CloudWatch: each NAT gateway has an alarm on the bytes that go out and one on the ports that are used up; and there is
//! one that has nothing to do with them.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::Call;
use crate::cell::{Cell, Vpc, ZONES};
use crate::page::Limits;

const PAGE: Limits = Limits::sized(50, 100);
/// Alarms of a NAT gateway.
const EACH: u32 = 2;

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    match call.action {
        "DescribeAlarms" => {
            let gateways = cell.regular_vpcs() * ZONES;
            list(call, "MetricAlarms", gateways * EACH + 1, PAGE, |index| Some(alarm(cell, index)))
        }
        _ => Err(unknown(call)),
    }
}

fn alarm(cell: &Cell, index: u32) -> Value {
    let (gateway, kind) = (index / EACH, index % EACH);
    let vpc = Vpc::Regular(gateway / ZONES);
    let id = (gateway < cell.regular_vpcs() * ZONES).then(|| cell.nat_id(vpc, gateway % ZONES));
    let (name, metric, statistic, period, periods, threshold, operator) = match (&id, kind) {
        (None, _) => ("disk".to_owned(), "disk_used_percent", "Maximum", 300, 1, 90.0, "GreaterThanThreshold"),
        (Some(id), 0) => {
            let operator = "GreaterThanOrEqualToThreshold";
            (format!("{id}-out"), "BytesOutToDestination", "Sum", 900, 1, 5_000_000.0, operator)
        }
        (Some(id), _) => (format!("{id}-ports"), "ErrorPortAllocation", "Maximum", 300, 3, 0.0, "GreaterThanThreshold"),
    };
    let dimensions = id.iter().map(|id| json!({"Name": "NatGatewayId", "Value": id}));
    json!({
        "AlarmName": name,
        "AlarmArn": cell.arn("cloudwatch", &format!("alarm:{name}")),
        "ActionsEnabled": true,
        "OKActions": [],
        "AlarmActions": [cell.arn("sns", "alarms")],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateReason": "Threshold not crossed",
        "MetricName": metric,
        "Namespace": if id.is_some() { "AWS/NATGateway" } else { "CWAgent" },
        "Statistic": statistic,
        "Dimensions": dimensions.collect::<Vec<_>>(),
        "Period": period,
        "EvaluationPeriods": periods,
        "Threshold": threshold,
        "ComparisonOperator": operator,
        "TreatMissingData": "notBreaching",
    })
}
