//! What each operator says of a value that is there.

use jiff::Timestamp;

use crate::catalog::{Operator, Predicate, SetTest};
use crate::evaluate::truth::Truth;
use crate::model::Value;
use crate::net::{IpSet, PortSet};

const DAY: i64 = 86_400;

/// Whether the predicate holds of the value.
pub(super) fn test(predicate: &Predicate, value: &Value, now: Timestamp) -> Truth {
    let holds = match (&predicate.operator, value) {
        (_, Value::Unknown(_)) => return Truth::Unknown,
        (Operator::Exists(wanted), value) => *wanted == !matches!(value, Value::Absent),
        // What is not there is neither equal to anything nor different from it.
        (_, Value::Absent) => false,
        (Operator::Bool(comparison), Value::Bool(value)) => comparison.holds(value),
        (Operator::Int(comparison), Value::Int(value)) => comparison.holds(value),
        (Operator::Text(comparison), Value::Text(value)) => comparison.holds(value),
        (Operator::Time(comparison), Value::Time(value)) => comparison.holds(value),
        (Operator::OlderThanDays(days), Value::Time(value)) => age(*value, now) > days * DAY,
        (Operator::NewerThanDays(days), Value::Time(value)) => age(*value, now) < days * DAY,
        (Operator::Matches(globs), Value::Text(value)) => globs.iter().any(|glob| glob.matches(value)),
        (Operator::Contains(texts), Value::Texts(values)) => values.iter().any(|value| texts.contains(value)),
        (Operator::ContainsMatch(globs), Value::Texts(values)) => {
            values.iter().any(|value| globs.iter().any(|glob| glob.matches(value)))
        }
        (Operator::WithinTexts(texts), Value::Texts(values)) => values.iter().all(|value| texts.contains(value)),
        (Operator::IsEmpty(wanted), Value::Texts(values)) => *wanted == values.is_empty(),
        (Operator::IsEmpty(wanted), Value::List(values)) => *wanted == values.is_empty(),
        (Operator::IsEmpty(wanted), Value::Ports(value)) => *wanted == value.is_empty(),
        (Operator::Ports(test), Value::Ports(value)) => ports(test, value),
        (Operator::CountGt(number), Value::Ports(value)) => i64::from(value.count()) > *number,
        (operator, Value::Ips(value)) => {
            let rest;
            let value = match &predicate.except {
                Some((except, _)) => {
                    rest = value.difference(except);
                    &rest
                }
                None => value,
            };
            match operator {
                Operator::Ips(test) => ips(test, value),
                Operator::IsEmpty(wanted) => *wanted == value.is_empty(),
                Operator::PublicAtLeast { ipv4, ipv6 } => value.public_at_least(*ipv4, *ipv6),
                _ => return Truth::Unknown,
            }
        }
        // The loader lets no operator meet another kind of value. If a fact's getter breaks
        // its table's word, that is not knowing, and never a pass.
        _ => return Truth::Unknown,
    };
    Truth::from(holds)
}

/// Seconds between a time and now; negative if it lies ahead.
fn age(time: Timestamp, now: Timestamp) -> i64 {
    now.as_second() - time.as_second()
}

fn ips(test: &SetTest<IpSet>, value: &IpSet) -> bool {
    match test {
        SetTest::Intersects(other) => !value.intersection(other).is_empty(),
        SetTest::Within(other) => value.is_subset(other),
        SetTest::Covers(other) => other.is_subset(value),
    }
}

fn ports(test: &SetTest<PortSet>, value: &PortSet) -> bool {
    match test {
        SetTest::Intersects(other) => !value.intersection(other).is_empty(),
        SetTest::Within(other) => value.is_subset(other),
        SetTest::Covers(other) => other.is_subset(value),
    }
}
