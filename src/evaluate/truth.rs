//! Three-valued truth of conditions, after Kleene: what is unknown makes a
//! whole unknown unless the rest decides it.

use crate::catalog::{Condition, ConditionKind, Order, Quantified, Quantifier};
use crate::evaluate::frame::Frame;
use crate::evaluate::operators;
use crate::inventory::Missing;
use crate::model::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

impl Truth {
    pub(super) fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }

    /// All of them: the first false decides.
    fn all(members: impl Iterator<Item = Truth>) -> Truth {
        let mut whole = Truth::True;
        for member in members {
            match member {
                Truth::False => return Truth::False,
                Truth::Unknown => whole = Truth::Unknown,
                Truth::True => {}
            }
        }
        whole
    }

    /// One of them: the first true decides.
    fn any(members: impl Iterator<Item = Truth>) -> Truth {
        Truth::all(members.map(Truth::not)).not()
    }
}

/// Whether a condition holds. It allocates nothing but what set operators need.
pub(super) fn truth(condition: &Condition, frame: &Frame<'_>) -> Truth {
    match &condition.kind {
        ConditionKind::All(members) => Truth::all(members.iter().map(|member| truth(member, frame))),
        ConditionKind::Any(members) => Truth::any(members.iter().map(|member| truth(member, frame))),
        ConditionKind::Not(inner) => truth(inner, frame).not(),
        ConditionKind::Test(predicate) => operators::test(predicate, frame.value(&predicate.fact), frame.now()),
        ConditionKind::Over(quantified) => over(quantified, frame),
    }
}

fn over(quantified: &Quantified, frame: &Frame<'_>) -> Truth {
    let records = match frame.value(&quantified.list) {
        Value::List(records) => records,
        // As with operators: of a list that is not there nothing holds.
        Value::Absent => return Truth::False,
        _ => return Truth::Unknown,
    };
    let mut members = records.iter().enumerate().map(|(position, record)| match &quantified.condition {
        Some(condition) => truth(condition, &frame.element(&quantified.list, position, record)),
        None => Truth::True,
    });
    match quantified.quantifier {
        Quantifier::Some => Truth::any(members),
        Quantifier::Every => Truth::all(members),
        Quantifier::Count(order, number) => {
            let (mut sure, mut perhaps) = (0i64, 0i64);
            members.by_ref().for_each(|member| match member {
                Truth::True => sure += 1,
                Truth::Unknown => perhaps += 1,
                Truth::False => {}
            });
            count(order, number, sure, sure + perhaps)
        }
    }
}

/// A comparison with a count that lies between two numbers.
fn count(order: Order, number: i64, low: i64, high: i64) -> Truth {
    let (first, last) = (order.holds(&low, &number), order.holds(&high, &number));
    let decided = match order {
        // The ends agree, and so does everything between them unless the number itself lies there.
        Order::Eq | Order::Ne => low == high || number < low || number > high,
        Order::Lt | Order::Le | Order::Gt | Order::Ge => first == last,
    };
    if decided { Truth::from(first) } else { Truth::Unknown }
}

/// What is missing to tell an unknown condition: that of the parts which leave it open.
pub(super) fn missing(condition: &Condition, frame: &Frame<'_>) -> Option<Missing> {
    if truth(condition, frame) != Truth::Unknown {
        return None;
    }
    match &condition.kind {
        ConditionKind::All(members) | ConditionKind::Any(members) => {
            merge(members.iter().filter_map(|member| missing(member, frame)))
        }
        ConditionKind::Not(inner) => missing(inner, frame),
        ConditionKind::Test(predicate) => Some(of_value(frame.value(&predicate.fact), predicate.fact.name)),
        ConditionKind::Over(quantified) => match (frame.value(&quantified.list), &quantified.condition) {
            (Value::List(records), Some(condition)) => {
                merge(records.iter().enumerate().filter_map(|(position, record)| {
                    missing(condition, &frame.element(&quantified.list, position, record))
                }))
            }
            (value, _) => Some(of_value(value, quantified.list.name)),
        },
    }
}

pub(super) fn of_value(value: &Value, name: &str) -> Missing {
    match value {
        Value::Unknown(missing) => missing.clone(),
        _ => Missing::because(format!("the fact `{name}` has a value of another kind than its table says")),
    }
}

pub(super) fn merge(missing: impl Iterator<Item = Missing>) -> Option<Missing> {
    missing.reduce(|all, one| all.and(&one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_between_two_numbers_is_decided_if_every_number_between_agrees() {
        for order in Order::ALL {
            for (low, high, number) in
                (0..5).flat_map(|low| (low..5).flat_map(move |high| (-1..6).map(move |number| (low, high, number))))
            {
                let answers: Vec<bool> = (low..=high).map(|count| order.holds(&count, &number)).collect();
                let agreed = answers.iter().all(|answer| *answer == answers[0]);
                let wanted = if agreed { Truth::from(answers[0]) } else { Truth::Unknown };
                assert_eq!(count(order, number, low, high), wanted, "{low}..={high} {} {number}", order.as_str());
            }
        }
    }
}
