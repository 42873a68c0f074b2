//! One check, one resource: the verdict.

use std::collections::BTreeMap;

use crate::catalog::{Each, Part, Template, TypeRule, show_value};
use crate::evaluate::evidence::evidence;
use crate::evaluate::frame::Frame;
use crate::evaluate::truth::{Truth, merge, missing, of_value, truth};
use crate::finding::{Evidence, Piece, Severity};
use crate::inventory::Missing;
use crate::model::{Record, Value};

/// What a check says of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// The check's `[when]` is not met.
    Skip,
    /// Neither failures nor anything unknown is a pass.
    Judged { failures: Vec<Failure>, unknown: Option<Unknown> },
}

/// One thing that is wrong with the resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    /// Tells it from others of the same check and resource; empty if there is but one.
    pub(super) discriminator: String,
    pub(super) message: Vec<Piece>,
    pub(super) evidence: Vec<Evidence>,
    /// Where it is not the check's own.
    pub(super) severity: Option<Severity>,
}

/// What could not be told of the resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unknown {
    pub(super) missing: Missing,
    pub(super) evidence: Vec<Evidence>,
}

/// Judges the resource whose facts the frame has.
pub(super) fn judge(rule: &TypeRule, frame: &Frame<'_>) -> Verdict {
    if let Some(when) = &rule.when {
        match truth(&when.condition, frame) {
            Truth::True => {}
            Truth::False => return Verdict::Skip,
            Truth::Unknown => {
                let unknown = Unknown {
                    missing: missing(&when.condition, frame).unwrap_or_default(),
                    evidence: evidence(&when.condition, frame, Truth::Unknown),
                };
                return Verdict::Judged { failures: Vec::new(), unknown: Some(unknown) };
            }
        }
    }
    match &rule.fail.each {
        Some(each) => judge_elements(rule, each, frame),
        None => judge_whole(rule, frame),
    }
}

fn judge_whole(rule: &TypeRule, frame: &Frame<'_>) -> Verdict {
    let condition = &rule.fail.condition;
    match truth(condition, frame) {
        Truth::False => Verdict::Judged { failures: Vec::new(), unknown: None },
        Truth::True => {
            let mut evidence = evidence(condition, frame, Truth::True);
            let severity = graded(rule, frame, &mut evidence);
            let message = fill(&rule.fail.message, frame);
            let failure = Failure { discriminator: String::new(), message, evidence, severity };
            Verdict::Judged { failures: vec![failure], unknown: None }
        }
        Truth::Unknown => {
            let unknown = Unknown {
                missing: missing(condition, frame).unwrap_or_default(),
                evidence: evidence(condition, frame, Truth::Unknown),
            };
            Verdict::Judged { failures: Vec::new(), unknown: Some(unknown) }
        }
    }
}

fn judge_elements(rule: &TypeRule, each: &Each, frame: &Frame<'_>) -> Verdict {
    let condition = &rule.fail.condition;
    let value = frame.value(&each.list);
    let records = match value {
        Value::List(records) => records.as_slice(),
        // What is not there has no elements.
        Value::Absent => &[],
        other => {
            let shown = Evidence {
                fact: frame.name(&each.list).into(),
                value: show_value(other),
                condition: format!("each where {condition}").into(),
            };
            let unknown = Unknown { missing: of_value(other, each.list.name), evidence: vec![shown] };
            return Verdict::Judged { failures: Vec::new(), unknown: Some(unknown) };
        }
    };
    let mut failures: Vec<Failure> = Vec::new();
    // Which failure has which name: a list may have thousands that fail.
    let mut named_so: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: Vec<Unknown> = Vec::new();
    for (position, record) in records.iter().enumerate() {
        let element = frame.element(&each.list, position, record);
        match truth(condition, &element) {
            Truth::False => {}
            Truth::True => {
                let discriminator = discriminator(each, record);
                let mut evidence = evidence(condition, &element, Truth::True);
                let severity = graded(rule, &element, &mut evidence);
                // Two elements of one name are one finding, so that fingerprints are unique.
                match named_so.get(&discriminator).and_then(|index| failures.get_mut(*index)) {
                    Some(failure) => failure.evidence.extend(evidence),
                    None => {
                        named_so.insert(discriminator.clone(), failures.len());
                        let message = fill(&rule.fail.message, &element);
                        failures.push(Failure { discriminator, message, evidence, severity });
                    }
                }
            }
            Truth::Unknown => open.push(Unknown {
                missing: missing(condition, &element).unwrap_or_default(),
                evidence: evidence(condition, &element, Truth::Unknown),
            }),
        }
    }
    let evidence: Vec<Evidence> = open.iter_mut().flat_map(|unknown| std::mem::take(&mut unknown.evidence)).collect();
    let unknown = merge(open.into_iter().map(|unknown| unknown.missing)).map(|missing| Unknown { missing, evidence });
    Verdict::Judged { failures, unknown }
}

/// The severity that a failure has instead of the check's own, and the facts that give it. What is not known to be
/// milder is not.
fn graded(rule: &TypeRule, frame: &Frame<'_>, shown: &mut Vec<Evidence>) -> Option<Severity> {
    let mut graded = rule.fail.severities.iter();
    let first = graded.find(|graded| truth(&graded.condition, frame) == Truth::True)?;
    for one in evidence(&first.condition, frame, Truth::True) {
        if !shown.contains(&one) {
            shown.push(one);
        }
    }
    Some(first.severity)
}

/// The element's name: its values with their lengths, so that no two lists of values look alike.
fn discriminator(each: &Each, record: &Record) -> String {
    let parts: Vec<String> = each
        .discriminator
        .iter()
        .map(|index| {
            let shown = match record.get(*index) {
                // Why something is unknown changes from run to run.
                Value::Unknown(_) => "unknown".to_owned(),
                value => value.to_string(),
            };
            format!("{}:{shown}", shown.len())
        })
        .collect();
    parts.join(",")
}

/// The message, in as few pieces as it can be.
fn fill(template: &Template, frame: &Frame<'_>) -> Vec<Piece> {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    for part in &template.0 {
        let called = match part {
            Part::Literal(literal) => {
                text.push_str(literal);
                continue;
            }
            Part::Fact(path) => {
                text.push_str(&show_value(frame.value(path)));
                continue;
            }
            Part::Name => Piece::Name,
            Part::Id => Piece::Id,
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text).into()));
        }
        pieces.push(called);
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    pieces
}
