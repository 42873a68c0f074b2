//! The facts that a verdict rests on.

use crate::catalog::{Condition, ConditionKind, Quantified, show_value};
use crate::evaluate::frame::Frame;
use crate::evaluate::truth::{Truth, truth};
use crate::finding::Evidence;
use crate::model::Value;

/// How many elements of a list speak for a quantifier.
const ELEMENTS: usize = 3;

/// The predicates because of which the condition has this truth.
pub(super) fn evidence(condition: &Condition, frame: &Frame<'_>, because: Truth) -> Vec<Evidence> {
    let mut out = Vec::new();
    gather(condition, frame, because, false, &mut out);
    out.dedup();
    out
}

fn gather(condition: &Condition, frame: &Frame<'_>, because: Truth, negated: bool, out: &mut Vec<Evidence>) {
    if truth(condition, frame) != because {
        return;
    }
    match &condition.kind {
        ConditionKind::All(members) | ConditionKind::Any(members) => {
            members.iter().for_each(|member| gather(member, frame, because, negated, out));
        }
        ConditionKind::Not(inner) => gather(inner, frame, because.not(), !negated, out),
        ConditionKind::Test(predicate) => out.push(Evidence {
            fact: frame.name(&predicate.fact).into(),
            value: show_value(frame.value(&predicate.fact)),
            condition: words(&predicate.words(), negated).into(),
        }),
        ConditionKind::Over(quantified) => over(quantified, frame, because, negated, out),
    }
}

fn over(quantified: &Quantified, frame: &Frame<'_>, because: Truth, negated: bool, out: &mut Vec<Evidence>) {
    let value = frame.value(&quantified.list);
    out.push(Evidence {
        fact: frame.name(&quantified.list).into(),
        value: show_value(value),
        condition: words(&quantified.to_string(), negated).into(),
    });
    let (Value::List(records), Some(condition)) = (value, &quantified.condition) else { return };
    let elements = records.iter().enumerate();
    elements
        .map(|(position, record)| frame.element(&quantified.list, position, record))
        .filter(|element| truth(condition, element) == because)
        .take(ELEMENTS)
        .for_each(|element| gather(condition, &element, because, negated, out));
}

fn words(condition: &str, negated: bool) -> String {
    if negated { format!("not ({condition})") } else { condition.to_owned() }
}
