//! Conditions against what is known of a request.
//!
//! | key | positive | negated | `IfExists` | `ForAllValues:` | `ForAnyValue:` | `Null` |
//! |---|---|---|---|---|---|---|
//! | absent | false | true | true | true | false | tests it |
//! | not known | unknown, unless every value and absence come out the same | | | | | unknown |
//!
//! Source: the IAM User Guide on condition operators and on keys with several values.

use super::compare::compare;
use super::context::{Fact, Facts};
use super::operator::{Comparison, Operator, Quantifier};
use super::template::{Text, has_variables};
use super::{Condition, Truth, Version};

/// A condition with its operator read and its key in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// None if the language has no such operator: then nothing is known.
    operator: Option<Operator>,
    key: Box<str>,
}

impl Test {
    pub fn new(condition: &Condition) -> Test {
        Test { operator: Operator::parse(&condition.operator), key: condition.key.to_ascii_lowercase().into() }
    }

    /// Whether the condition holds; `condition` is the one that the test was made of.
    pub fn holds(&self, condition: &Condition, version: Version, facts: &dyn Facts) -> Truth {
        let Some(operator) = self.operator else { return Truth::Unknown };
        let fact = facts.fact(&self.key);
        if operator.comparison == Comparison::Null {
            return null(condition, &fact);
        }
        match &fact {
            Fact::Absent => without_value(operator).into(),
            Fact::Unknown => {
                let whatever = every_value_matches(operator, condition, version);
                match (whatever, without_value(operator)) {
                    // It holds for any value, and without one.
                    (true, true) if !operator.negated => Truth::True,
                    (true, false) if operator.negated => Truth::False,
                    _ => Truth::Unknown,
                }
            }
            Fact::Begins(known) => {
                let given = Text { known, open: true };
                satisfies(operator, condition, version, given, facts)
            }
            Fact::Is(values) => {
                let each = || {
                    let one = |value| satisfies(operator, condition, version, Text::whole(value), facts);
                    values.iter().map(move |value| one(value.as_ref()))
                };
                match operator.quantifier {
                    Quantifier::All => Truth::all(each()),
                    Quantifier::Any => Truth::any(each()),
                    // What several values are without a quantifier, AWS does not say.
                    Quantifier::One => {
                        let (all, any) = (Truth::all(each()), Truth::any(each()));
                        if all == any { all } else { Truth::Unknown }
                    }
                }
            }
        }
    }
}

/// Whether a condition of a document in the current language holds.
pub fn condition_holds(condition: &Condition, facts: &dyn Facts) -> Truth {
    Test::new(condition).holds(condition, Version::V2012, facts)
}

/// Whether it holds where the request does not have the key.
fn without_value(operator: Operator) -> bool {
    operator.if_exists
        || match operator.quantifier {
            Quantifier::All => true,
            Quantifier::Any => false,
            Quantifier::One => operator.negated,
        }
}

/// Whether one value of the request passes: it equals one of the policy's, or differs from all.
fn satisfies(operator: Operator, condition: &Condition, version: Version, given: Text<'_>, facts: &dyn Facts) -> Truth {
    let equal =
        Truth::any(condition.values.iter().map(|wanted| compare(operator.comparison, wanted, version, given, facts)));
    if operator.negated { !equal } else { equal }
}

/// Whether the policy's values leave out no value that a request could have.
fn every_value_matches(operator: Operator, condition: &Condition, version: Version) -> bool {
    let has = |wanted: &str| condition.values.iter().any(|value| value.eq_ignore_ascii_case(wanted));
    match operator.comparison {
        Comparison::StringLike | Comparison::Arn => condition
            .values
            .iter()
            .any(|value| !value.is_empty() && !has_variables(value, version) && value.bytes().all(|byte| byte == b'*')),
        Comparison::Bool => has("true") && has("false"),
        _ => false,
    }
}

/// `Null`: the value `true` asks that the key is not there, `false` that it is.
fn null(condition: &Condition, fact: &Fact<'_>) -> Truth {
    let wants = |wanted: &str| condition.values.iter().any(|value| value.eq_ignore_ascii_case(wanted));
    let (absent, present) = (wants("true"), wants("false"));
    match fact {
        _ if absent && present => Truth::True,
        _ if !absent && !present => Truth::Unknown,
        Fact::Unknown => Truth::Unknown,
        Fact::Absent => absent.into(),
        Fact::Is(_) | Fact::Begins(_) => present.into(),
    }
}
