//! The values of a condition key that tell some conditions on it apart.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::atoms::atoms;
use crate::iam::compare::time;
use crate::iam::context::{Fact, Facts, RequestContext};
use crate::iam::operator::{Comparison, Operator, Quantifier};
use crate::iam::template::{Template, variables};
use crate::iam::{Condition, Version};

/// What a request may have for a key: nothing, or values.
pub type Choice = Option<Vec<String>>;

/// The choices for a key, and whether any other request fares as one with one of these.
pub struct Choices {
    pub of: Vec<Choice>,
    pub is_complete: bool,
}

/// The choices that the conditions on one key ask for. `generic` has a value for every key that variables name.
pub fn choices(
    conditions: &[(&Condition, Version)],
    is_variable: bool,
    generic: &RequestContext,
    key: &str,
) -> Choices {
    let mut values: Vec<String> = Vec::new();
    let mut patterns = Vec::new();
    let (mut is_complete, mut in_any_case, mut several) = (true, false, false);
    for (condition, version) in conditions {
        let Some(operator) = Operator::parse(&condition.operator) else {
            is_complete = false;
            continue;
        };
        several |= operator.quantifier != Quantifier::One;
        let text = |wildcards| {
            condition.values.iter().flat_map(move |value| {
                let filled = Template::new(value, *version, wildcards, generic);
                filled.into_iter().chain(Template::new(value, *version, wildcards, &Without))
            })
        };
        is_complete &=
            !condition.values.iter().any(|value| variables(value, *version).len() > 1 && value.contains(','));
        match operator.comparison {
            Comparison::StringEquals => patterns.extend(text(false)),
            Comparison::StringEqualsIgnoreCase => {
                in_any_case = true;
                patterns.extend(text(false));
            }
            Comparison::StringLike | Comparison::Arn => patterns.extend(text(true)),
            Comparison::Null => values.push("x".to_owned()),
            Comparison::Bool => values.extend(["true", "false"].map(str::to_owned)),
            Comparison::Binary => {
                values.extend(condition.values.iter().cloned());
                values.push("AAAA".to_owned());
            }
            Comparison::Numeric(_) => is_complete &= condition.values.iter().all(|value| numbers(value, &mut values)),
            Comparison::Date(_) => is_complete &= condition.values.iter().all(|value| times(value, &mut values)),
            Comparison::IpAddress => is_complete &= condition.values.iter().all(|value| addresses(value, &mut values)),
        }
    }
    if is_variable {
        // A value of its own, which nothing else has.
        if let Some((_, Some(own))) = generic.stated().find(|(known, _)| *known == key) {
            values.extend(own.iter().cloned());
        }
        is_complete &= conditions.is_empty();
    }
    if !patterns.is_empty() {
        let found = atoms(&patterns, None, &[]);
        is_complete &= found.is_complete;
        values.extend(found.texts);
        if in_any_case {
            let swapped: Vec<String> = values.iter().map(|value| swap_case(value)).collect();
            values.extend(swapped);
        }
    }
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.clone()));
    let mut of: Vec<Choice> = values.iter().map(|value| Some(vec![value.clone()])).collect();
    of.push(None);
    if several {
        const MOST: usize = 8;
        is_complete &= values.len() <= MOST;
        for (at, one) in values.iter().enumerate().take(MOST) {
            of.extend(values.iter().take(MOST).skip(at + 1).map(|other| Some(vec![one.clone(), other.clone()])));
        }
    }
    Choices { of, is_complete }
}

/// Nothing has a value.
struct Without;

impl Facts for Without {
    fn fact(&self, _: &str) -> Fact<'_> {
        Fact::Absent
    }
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

fn numbers(value: &str, into: &mut Vec<String>) -> bool {
    let Ok(number) = value.trim().parse::<f64>() else { return false };
    // Numbers of policies are whole, or near to it.
    into.extend([number, number - 0.5, number + 0.5].map(|number| number.to_string()));
    true
}

fn times(value: &str, into: &mut Vec<String>) -> bool {
    let Some(time) = time(value) else { return false };
    let near = [0, -1, 1]
        .into_iter()
        .filter_map(|seconds| jiff::Timestamp::from_second(time.as_second().saturating_add(seconds)).ok());
    into.extend(near.map(|time| time.to_string()));
    true
}

/// The first and the last address of a block, and those beside them.
fn addresses(value: &str, into: &mut Vec<String>) -> bool {
    let (address, length) = match value.split_once('/') {
        Some((address, length)) => (address, length.parse::<u32>().ok()),
        None => (value, Some(128)),
    };
    let (Ok(address), Some(length)) = (address.parse::<IpAddr>(), length) else { return false };
    let mut add = |address: IpAddr| into.push(address.to_string());
    match address {
        IpAddr::V4(v4) => {
            let hosts = u32::MAX.checked_shr(length.min(32)).unwrap_or(0);
            let first = v4.to_bits() & !hosts;
            let last = first | hosts;
            for bits in [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)].into_iter().flatten() {
                add(IpAddr::V4(bits.into()));
            }
            // Of the other family.
            add(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST));
        }
        IpAddr::V6(v6) => {
            let hosts = u128::MAX.checked_shr(length.min(128)).unwrap_or(0);
            let first = v6.to_bits() & !hosts;
            let last = first | hosts;
            for bits in [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)].into_iter().flatten() {
                add(IpAddr::V6(bits.into()));
            }
            add(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
        }
    }
    true
}
