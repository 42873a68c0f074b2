//! Facts of alarms, and of what a NAT gateway's alarms watch.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::cloudwatch::{Alarm, Watched};

facts! { Alarm {
    "name": Kind::Text, "its name", |alarm, _| Value::optional(Some(alarm.alarm_name.as_str()));
    "metric": Kind::Text, "the metric that it watches; absent if it watches what queries come to", |alarm, _| Value::optional(alarm.metric_name.as_deref());
    "statistic": Kind::Text, "the statistic of it, such as `Sum`; absent for a percentile", |alarm, _| Value::optional(alarm.statistic.as_deref());
    "actions": Kind::Texts, "the ARNs of what it sets off when it goes into alarm; none while its actions are off", |alarm, _| actions(alarm);
}}

pub(super) const ALARMS: &[Field] = &[
    Field { name: "name", kind: Kind::Text, doc: "its name" },
    Field { name: "metric", kind: Kind::Text, doc: "the gateway's metric, such as `BytesOutToDestination`" },
    Field { name: "statistic", kind: Kind::Text, doc: "the statistic, such as `Sum` or `Maximum`" },
    Field {
        name: "fires_at",
        kind: Kind::Int,
        doc: "the least whole value that is too much; absent if it watches for little or for a band",
    },
    Field {
        name: "fires_at_per_minute",
        kind: Kind::Int,
        doc: "that for a minute of its period, rounded down: what a sum is compared by",
    },
    Field { name: "datapoints", kind: Kind::Int, doc: "how many periods have to be too much" },
    Field { name: "seconds", kind: Kind::Int, doc: "how long all periods are that it looks at" },
    Field {
        name: "has_action",
        kind: Kind::Bool,
        doc: "whether its actions are on, and there is one for going into alarm",
    },
];

/// The alarms of a NAT gateway. Of one whose queries would have to be worked out, nothing but its name is known.
pub(super) fn of_nat_gateway(id: &str, context: &Context<'_>) -> Value {
    if let Err(missing) = context.require("cloudwatch:DescribeAlarms") {
        return Value::Unknown(missing);
    }
    let model = context.model;
    let alarms = model.network().alarms(model.inventory, context.scope, id);
    let records = alarms.map(|alarm| match alarm.watched() {
        Some(Watched::Gateway(_)) => Record::new(ALARMS, of_metric(alarm)),
        _ => {
            let why = format!("the alarm {} watches what queries come to, which are not worked out", alarm.alarm_name);
            let unknown = || Value::Unknown(Missing::because(why.clone()));
            let name = Value::Text(alarm.alarm_name.clone());
            let [a, b, c, d, e, f, g] = std::array::from_fn(|_| unknown());
            Record::new(ALARMS, [name, a, b, c, d, e, f, g])
        }
    });
    Value::List(records.collect())
}

fn of_metric(alarm: &Alarm) -> [Value; 8] {
    let given = |number: Option<i32>, name: &str| match number {
        Some(number) if number > 0 => Ok(i64::from(number)),
        _ => Err(Missing::because(format!("the answer gives the alarm {} no {name}", alarm.alarm_name))),
    };
    let period = given(alarm.period, "period");
    let periods = given(alarm.evaluation_periods, "evaluation periods");
    let datapoints =
        alarm.datapoints_to_alarm.map_or_else(|| periods.clone(), |number| given(Some(number), "datapoints"));
    let fires_at = fires_at(alarm);
    let per_minute = match (fires_at, &period) {
        (None, _) => Value::Absent,
        (_, Err(missing)) => Value::Unknown(missing.clone()),
        (Some(least), Ok(period)) => least.saturating_mul(60).div_euclid(*period).into(),
    };
    let seconds = period.and_then(|period| Ok(period.saturating_mul(periods?)));
    [
        Value::Text(alarm.alarm_name.clone()),
        Value::optional(alarm.metric_name.as_deref()),
        Value::optional(alarm.statistic.as_deref()),
        Value::optional(fires_at),
        per_minute,
        Value::known(datapoints),
        Value::known(seconds),
        match alarm.actions_enabled {
            _ if alarm.alarm_actions.is_empty() => false.into(),
            Some(enabled) => enabled.into(),
            None => Value::Unknown(Missing::because("AWS does not say whether its actions are on")),
        },
    ]
}

/// The metrics of NAT gateways count: between whole numbers there is nothing.
fn fires_at(alarm: &Alarm) -> Option<i64> {
    let threshold = alarm.threshold?;
    let least = match alarm.comparison_operator.as_deref()? {
        "GreaterThanThreshold" => threshold.floor() + 1.0,
        "GreaterThanOrEqualToThreshold" => threshold.ceil(),
        _ => return None,
    };
    // What is beyond the range is as good as never; `as` stops at its ends.
    Some(least as i64)
}

fn actions(alarm: &Alarm) -> Value {
    match alarm.actions_enabled {
        Some(true) => alarm.alarm_actions.clone().into(),
        Some(false) => Vec::<String>::new().into(),
        None => Value::Unknown(Missing::because("AWS does not say whether its actions are on")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::{Partition, Scope};
    use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
    use crate::model::Model;
    use crate::model::facts::{table, value};
    use crate::resource::{Resource, ResourceType};
    use serde_json::{Value as Json, json};

    /// What is known of the alarms of `nat-1`, as texts.
    fn alarms(of: &[Json], readable: bool) -> Result<Vec<String>, Missing> {
        let scope = Scope {
            partition: Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: "eu-west-1".parse().unwrap(),
        };
        let taken_at = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".into(),
            taken_at,
            caller: None,
            source: "test".into(),
            is_import: false,
        });
        for operation in ["ec2:DescribeNatGateways", "cloudwatch:DescribeAlarms"] {
            let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
            let is_read = readable || operation.starts_with("ec2:");
            let outcome = if is_read { Outcome::Complete } else { Outcome::Gap(gap) };
            inventory.ledger.record(Cell { scope: scope.clone(), operation: operation.to_owned() }, outcome);
        }
        let gateway = Resource::deserialize_as(ResourceType::NatGateway, json!({"NatGatewayId": "nat-1"})).unwrap();
        inventory.insert(scope.clone(), gateway);
        for fields in of {
            inventory.insert(scope.clone(), Resource::deserialize_as(ResourceType::Alarm, fields.clone()).unwrap());
        }
        let model = Model::new(&inventory, taken_at);
        let index = table(ResourceType::NatGateway).iter().position(|field| field.name == "alarms").unwrap();
        let (_, subject) = model.subjects(ResourceType::NatGateway).next().unwrap();
        match value(&model, &scope, subject, index) {
            Value::List(records) => Ok(records
                .iter()
                .map(|record| record.values().iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
                .collect()),
            Value::Unknown(missing) => Err(missing),
            other => panic!("{other:?}"),
        }
    }

    fn alarm(name: &str, more: Json) -> Json {
        let mut fields = json!({
            "AlarmName": name, "ActionsEnabled": true, "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:alarms"],
            "Namespace": "AWS/NATGateway", "MetricName": "BytesOutToDestination", "Statistic": "Sum",
            "Dimensions": [{"Name": "NatGatewayId", "Value": "nat-1"}], "Period": 900, "EvaluationPeriods": 1,
            "Threshold": 5_000_000.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    }

    #[test]
    fn an_alarm_is_as_strict_as_what_sets_it_off() {
        let one = |more: Json| alarms(&[alarm("a", more)], true).unwrap().join("\n");
        // Five million in a quarter of an hour are 333,333 and a third in a minute.
        assert_eq!(one(json!({})), "a BytesOutToDestination Sum 5000000 333333 1 900 true");
        let over = json!({"Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold", "Period": 300, "EvaluationPeriods": 3});
        assert_eq!(one(over), "a BytesOutToDestination Sum 1 0 3 900 true");
        let two_of_three = json!({"Period": 300, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 10.5});
        assert_eq!(one(two_of_three), "a BytesOutToDestination Sum 11 2 2 900 true");
        for silent in [json!({"ActionsEnabled": false}), json!({"AlarmActions": []})] {
            assert!(one(silent).ends_with("900 false"));
        }
        assert!(one(json!({"ActionsEnabled": null})).contains("900 unknown"));
        let below = one(json!({"ComparisonOperator": "LessThanThreshold"}));
        assert!(!below.contains("5000000"), "{below}");
    }

    #[test]
    fn an_alarm_of_something_else_is_none() {
        for other in [
            json!({"Dimensions": [{"Name": "NatGatewayId", "Value": "nat-2"}]}),
            json!({"Dimensions": []}),
            json!({"Dimensions": [{"Name": "NatGatewayId", "Value": "nat-1"}, {"Name": "Zone", "Value": "a"}]}),
            json!({"Namespace": "AWS/EC2"}),
        ] {
            assert_eq!(alarms(&[alarm("a", other)], true).unwrap(), [""; 0]);
        }
        assert!(alarms(&[], false).is_err());
    }

    #[test]
    fn what_queries_come_to_is_not_known() {
        let query = |of: Json| json!({"AlarmName": "q", "Metrics": [of]});
        let stat = |namespace: &str, id: &str| {
            query(json!({"Id": "m", "MetricStat": {"Period": 60, "Stat": "Sum", "Metric": {
                "Namespace": namespace, "MetricName": "BytesOutToDestination",
                "Dimensions": [{"Name": "NatGatewayId", "Value": id}]}}}))
        };
        let search =
            query(json!({"Id": "s", "Expression": "SELECT SUM(BytesOutToDestination) FROM \"AWS/NATGateway\""}));
        for unknown in [stat("AWS/NATGateway", "nat-1"), search] {
            let found = alarms(&[unknown], true).unwrap();
            assert_eq!(found.len(), 1);
            assert!(found[0].starts_with("q ") && !found[0].contains("Sum"), "{found:?}");
        }
        assert_eq!(alarms(&[stat("AWS/NATGateway", "nat-2")], true).unwrap(), [""; 0]);
        assert_eq!(alarms(&[stat("AWS/EC2", "nat-1")], true).unwrap(), [""; 0]);
    }
}
