//! The cases in a check's file, run.

use crate::catalog::{Case, Check, CheckId, Expect, TypeRule};
use crate::evaluate::frame::Frame;
use crate::evaluate::verdict::{Verdict, judge};
use crate::finding::Piece;
use crate::resource::ResourceType;
use crate::text::Diagnostic;

/// How a case came out against one of its check's types.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseResult {
    pub check: CheckId,
    pub case: String,
    pub resource_type: ResourceType,
    pub expected: Expect,
    pub actual: Expect,
    /// What is not as the case says; none if all is.
    pub mistake: Option<Diagnostic>,
}

impl CaseResult {
    pub fn passed(&self) -> bool {
        self.mistake.is_none()
    }
}

/// Runs all of a check's cases against each of the types that they are about.
pub fn run_cases(check: &Check) -> Vec<CaseResult> {
    let mut results = Vec::new();
    for case in &check.cases {
        for rule in check.rules.iter().filter(|rule| case.values.contains_key(&rule.resource_type)) {
            let verdict = run(rule, case);
            results.push(CaseResult {
                check: check.id.clone(),
                case: case.name.clone(),
                resource_type: rule.resource_type,
                expected: case.expect,
                actual: outcome(&verdict),
                mistake: mistake(check, rule, case, &verdict),
            });
        }
    }
    results
}

/// A message on the made-up resource.
pub(super) fn message(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.shown("example", "example")).collect()
}

/// Runs the case against the check as the case asks it.
pub(super) fn run(rule: &TypeRule, case: &Case) -> Verdict {
    run_as(case.rule(rule), case)
}

/// Runs the case against exactly this form of the check.
pub(super) fn run_as(rule: &TypeRule, case: &Case) -> Verdict {
    static NONE: Vec<crate::model::Value> = Vec::new();
    let facts = case.values.get(&rule.resource_type).unwrap_or(&NONE);
    judge(rule, &Frame::Resource { facts, now: case.now })
}

pub(super) fn outcome(verdict: &Verdict) -> Expect {
    match verdict {
        Verdict::Skip => Expect::Skip,
        Verdict::Judged { failures, .. } if !failures.is_empty() => Expect::Fail,
        Verdict::Judged { unknown: Some(_), .. } => Expect::Unknown,
        Verdict::Judged { .. } => Expect::Pass,
    }
}

fn mistake(check: &Check, rule: &TypeRule, case: &Case, verdict: &Verdict) -> Option<Diagnostic> {
    let error = |message: String| Diagnostic::error(check.source(), case.span, message);
    let actual = outcome(verdict);
    if actual != case.expect {
        let message =
            format!("case `{}` expects `{}`, and `{}` has `{actual}`", case.name, case.expect, rule.resource_type);
        let help = match verdict {
            Verdict::Judged { failures, unknown } => match (failures.first(), unknown) {
                (Some(failure), _) => Some(format!("it fails because {}", reasons(&failure.evidence))),
                (None, Some(unknown)) => Some(format!("it is unknown because {}", reasons(&unknown.evidence))),
                (None, None) => Some("no condition of `[fail]` is met".to_owned()),
            },
            Verdict::Skip => Some("the condition of `[when]` is not met".to_owned()),
        };
        return Some(error(message).maybe_help(help));
    }
    let Verdict::Judged { failures, .. } = verdict else { return None };
    if let Some(wanted) = case.fails.filter(|wanted| *wanted != failures.len()) {
        return Some(error(format!("case `{}` expects {wanted} findings, and has {}", case.name, failures.len())));
    }
    let severity = failures.first().map(|failure| failure.severity.unwrap_or(check.severity));
    if let (Some(wanted), Some(severity)) = (case.severity, severity)
        && wanted != severity
    {
        return Some(error(format!("case `{}` expects the severity `{wanted}`, and has `{severity}`", case.name)));
    }
    let message = failures.first().map(|failure| self::message(&failure.message));
    match (&case.message, message) {
        (Some(wanted), Some(message)) if *wanted != message => {
            Some(error(format!("case `{}` expects another message", case.name)).help(format!("it is `{message}`")))
        }
        _ => None,
    }
}

fn reasons(evidence: &[crate::finding::Evidence]) -> String {
    let shown: Vec<String> =
        evidence.iter().map(|one| format!("`{}` is {} ({})", one.fact, one.value, one.condition)).collect();
    shown.join(", ")
}
