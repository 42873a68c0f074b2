//! Frameworks and what their controls come to, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::triage::{Answer, ControlVerdict, Framework, Report, Tally};

#[derive(Serialize)]
pub struct FrameworkView<'r> {
    id: &'r str,
    name: &'r str,
    version: &'r str,
    source: &'r str,
    /// How many controls come to each verdict.
    totals: BTreeMap<&'static str, usize>,
    controls: Vec<ControlView<'r>>,
}

#[derive(Serialize)]
struct ControlView<'r> {
    id: &'r str,
    title: Option<&'r str>,
    level: Option<i64>,
    verdict: &'static str,
    /// Some of what the control asks was not looked at.
    partial: bool,
    /// Why no tool can tell.
    manual: Option<&'r str>,
    /// What of it no check looks at.
    beyond: Option<&'r str>,
    evidence: Vec<EvidenceView<'r>>,
}

#[derive(Serialize)]
struct EvidenceView<'r> {
    check: &'r str,
    /// None for a check that did not run.
    tally: Option<Tally>,
}

pub fn framework<'r>(framework: &'r Framework, report: &Report) -> FrameworkView<'r> {
    let answers = report.answers(framework);
    let number = |verdict| answers.iter().filter(|answer| answer.verdict == verdict).count();
    FrameworkView {
        id: &framework.id,
        name: &framework.name,
        version: &framework.version,
        source: &framework.source,
        totals: ControlVerdict::ALL.map(|verdict| (verdict.as_str(), number(verdict))).into(),
        controls: answers.iter().map(control).collect(),
    }
}

fn control<'r>(answer: &Answer<'r>) -> ControlView<'r> {
    let of = answer.control;
    ControlView {
        id: &of.id,
        title: of.title.as_deref(),
        level: of.level,
        verdict: answer.verdict.as_str(),
        partial: answer.is_partial(),
        manual: of.manual.as_deref(),
        beyond: of.beyond.as_deref(),
        evidence: answer.evidence.iter().map(|(check, tally)| EvidenceView { check, tally: *tally }).collect(),
    }
}
