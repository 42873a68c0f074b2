//! Which conditions no case would miss.
//!
//! Each member of each `all` and `any`, each `not`, each `where` of a
//! quantifier, each `except` and the `[when]` is left out in turn; if every
//! case still comes out the same, nothing tests that condition, and it may as
//! well say the opposite of what its author means.

use std::collections::BTreeMap;

use crate::catalog::{Check, Condition, ConditionKind, Expect, TypeRule};
use crate::evaluate::cases::{outcome, run_as};
use crate::evaluate::verdict::Verdict;
use crate::finding::Severity;
use crate::text::{Diagnostic, Span};

/// One diagnostic for each condition that can be left out without any case noticing.
pub fn untested_conditions(check: &Check) -> Vec<Diagnostic> {
    // A condition is one text, however many types it is compiled for: a case on any of them tests it.
    let mut noticed: BTreeMap<(Span, &'static str), bool> = BTreeMap::new();
    for rule in &check.rules {
        for (span, what, _) in reduced(rule) {
            noticed.entry((span, what)).or_default();
        }
        for case in check.cases.iter().filter(|case| case.values.contains_key(&rule.resource_type)) {
            let rule = case.rule(rule);
            let before = summary(&run_as(rule, case));
            for (span, what, without) in reduced(rule) {
                *noticed.entry((span, what)).or_default() |= summary(&run_as(&without, case)) != before;
            }
        }
    }
    let untested = noticed.into_iter().filter(|(_, noticed)| !noticed);
    untested
        .map(|((span, what), _)| {
            Diagnostic::error(check.source(), span, format!("no case tests {what}"))
                .label("every case comes out the same without it")
                .help("add a case whose verdict depends on it")
        })
        .collect()
}

/// What of a verdict a case can notice.
fn summary(verdict: &Verdict) -> (Expect, Vec<Option<Severity>>) {
    let severities = match verdict {
        Verdict::Judged { failures, .. } => failures.iter().map(|failure| failure.severity).collect(),
        Verdict::Skip => Vec::new(),
    };
    (outcome(verdict), severities)
}

/// The rule without one of its conditions, for each that can be left out.
fn reduced(rule: &TypeRule) -> Vec<(Span, &'static str, TypeRule)> {
    let mut out = Vec::new();
    if let Some(when) = &rule.when {
        out.push((when.condition.span, "`[when]`", TypeRule { when: None, ..rule.clone() }));
        for (span, what, condition) in without_one(&when.condition) {
            let mut rule = rule.clone();
            rule.when = rule.when.map(|when| crate::catalog::When { condition, ..when });
            out.push((span, what, rule));
        }
    }
    let condition = &rule.fail.condition;
    if rule.fail.each.is_some() && !has_members(condition) {
        let mut rule = rule.clone();
        rule.fail.condition = always(condition.span);
        out.push((condition.span, "this `where`", rule));
    }
    for (span, what, condition) in without_one(condition) {
        let mut rule = rule.clone();
        rule.fail.condition = condition;
        out.push((span, what, rule));
    }
    for (index, graded) in rule.fail.severities.iter().enumerate() {
        let mut without = rule.clone();
        without.fail.severities.remove(index);
        out.push((graded.condition.span, "this severity", without));
        for (span, what, condition) in without_one(&graded.condition) {
            let mut rule = rule.clone();
            if let Some(graded) = rule.fail.severities.get_mut(index) {
                graded.condition = condition;
            }
            out.push((span, what, rule));
        }
    }
    out
}

/// The condition without one of its parts, for each part.
fn without_one(condition: &Condition) -> Vec<(Span, &'static str, Condition)> {
    let rebuilt = |kind: ConditionKind| Condition { span: condition.span, kind };
    let mut out = Vec::new();
    match &condition.kind {
        ConditionKind::All(members) | ConditionKind::Any(members) => {
            let same = |members: Vec<Condition>| match &condition.kind {
                ConditionKind::Any(_) => rebuilt(ConditionKind::Any(members)),
                _ => rebuilt(ConditionKind::All(members)),
            };
            for (i, member) in members.iter().enumerate() {
                let mut rest = members.clone();
                rest.remove(i);
                out.push((member.span, "this condition", same(rest)));
                for (span, what, reduced) in without_one(member) {
                    let mut members = members.clone();
                    members[i] = reduced;
                    out.push((span, what, same(members)));
                }
            }
        }
        ConditionKind::Not(inner) => {
            out.push((condition.span, "this `not`", (**inner).clone()));
            for (span, what, reduced) in without_one(inner) {
                out.push((span, what, rebuilt(ConditionKind::Not(Box::new(reduced)))));
            }
        }
        ConditionKind::Test(predicate) => {
            if let Some((_, span)) = &predicate.except {
                let mut predicate = predicate.clone();
                predicate.except = None;
                out.push((*span, "this `except`", rebuilt(ConditionKind::Test(predicate))));
            }
        }
        ConditionKind::Over(quantified) => {
            let Some(inner) = &quantified.condition else { return out };
            let with = |condition: Condition| {
                let mut quantified = quantified.clone();
                quantified.condition = Some(Box::new(condition));
                rebuilt(ConditionKind::Over(quantified))
            };
            if !has_members(inner) {
                out.push((inner.span, "this `where`", with(always(inner.span))));
            }
            for (span, what, reduced) in without_one(inner) {
                out.push((span, what, with(reduced)));
            }
        }
    }
    out
}

/// Whether its members are left out one by one anyway.
fn has_members(condition: &Condition) -> bool {
    matches!(condition.kind, ConditionKind::All(_) | ConditionKind::Any(_))
}

/// All of no conditions: true of everything.
fn always(span: Span) -> Condition {
    Condition { span, kind: ConditionKind::All(Vec::new()) }
}
