//! Exceptions and the comparison with an earlier run, in SARIF's terms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::exceptions::{Exception, Use};
use crate::finding::{Finding, Fingerprint};
use crate::report::sanitize::visible_up_to;
use crate::triage::{Against, Change, GoneTo, Report};

use super::model::{Configuration, Descriptor, Help, SarifResult, Suppression, Text};
use super::{LINE_HASH, LONGEST_TEXT, location, plain_message, rules};

/// Whether an earlier run had the finding, so that it does not fail this one.
pub fn is_known(report: &Report, finding: &Finding) -> bool {
    report.against.as_ref().is_some_and(|against| !against.change(finding).fails())
}

/// The result's `baselineState`; none where nothing is compared.
pub fn state(report: &Report, finding: &Finding) -> Option<&'static str> {
    Some(word(report.against.as_ref()?.change(finding)))
}

/// That of one result for all unknown verdicts of a check: new if one of them is.
pub fn state_of_all(report: &Report, findings: &[&Finding]) -> Option<&'static str> {
    let against = report.against.as_ref()?;
    let new = findings.iter().any(|finding| against.change(finding) != Change::Unchanged);
    Some(if new { "new" } else { "unchanged" })
}

fn word(change: Change) -> &'static str {
    match change {
        Change::New | Change::NowUnknown | Change::CheckAdded => "new",
        Change::Worse | Change::Better => "updated",
        Change::Unchanged => "unchanged",
    }
}

pub fn suppression(exception: &Exception) -> Suppression {
    Suppression {
        kind: "external",
        status: "accepted",
        justification: visible_up_to(&exception.why(), LONGEST_TEXT),
        location: location(&exception.location(), Vec::new()),
    }
}

/// The rules of exceptions that are findings, behind those of the checks.
pub fn descriptors(report: &Report) -> Vec<Descriptor> {
    let present: BTreeSet<String> = report.stale_exceptions().map(Use::rule).collect();
    let descriptor = |id: String| {
        let what = match id.as_str() {
            "exception-expired" => "An exception is over, and what it covered counts again",
            "exception-differs" => "An exception covers another value than the one that is there",
            "exception-ambiguous" => "An exception is about several findings, so it covers none",
            _ => "An exception covers nothing",
        };
        let text = "Take the exception out of its file, or decide anew. docs/exceptions.md has its rules.";
        Descriptor {
            name: Some(id.clone()),
            id,
            short_description: Text { text: what.to_owned() },
            full_description: Some(Text { text: what.to_owned() }),
            help: Some(Help { text: text.to_owned(), markdown: text.to_owned() }),
            help_uri: None,
            default_configuration: Some(Configuration { level: rules::level(Use::SEVERITY) }),
            properties: BTreeMap::from([
                ("tags", json!(["security", "aws"])),
                ("precision", json!("high")),
                ("security-severity", json!("3.0")),
            ]),
        }
    };
    present.into_iter().map(descriptor).collect()
}

/// A result for each exception that is a finding, at its line.
pub fn stale(report: &Report) -> Vec<SarifResult> {
    let first = report.rules.len();
    let present: BTreeSet<String> = report.stale_exceptions().map(Use::rule).collect();
    let index = |rule: &String| present.iter().position(|one| one == rule).map(|at| first + at);
    let result = |one: &Use| {
        let rule = one.rule();
        let text =
            format!("{}.\nReason: {}", visible_up_to(&one.message(), 700), visible_up_to(&one.exception.why(), 250));
        SarifResult {
            rule_index: index(&rule),
            kind: "fail",
            level: rules::level(Use::SEVERITY),
            message: Text { text: plain_message(&text) },
            locations: vec![location(&one.exception.location(), Vec::new())],
            partial_fingerprints: BTreeMap::from([(
                LINE_HASH,
                Fingerprint::new(&rule, &format!("{:?}", one.exception.about), "").to_string(),
            )]),
            // No earlier report says which exceptions were stale then.
            baseline_state: report.against.as_ref().map(|_| "new"),
            suppressions: Vec::new(),
            properties: BTreeMap::from([("severity", json!(Use::SEVERITY))]),
            rule_id: rule,
        }
    };
    report.stale_exceptions().map(result).collect()
}

pub fn against(of: &Against) -> Value {
    let changes = Change::ALL.into_iter().map(|change| (change.as_str().to_owned(), json!(of.count(change))));
    let gone = GoneTo::ALL.into_iter().map(|to| (to.as_str().to_owned(), json!(of.count_gone(to))));
    json!({
        "source": visible_up_to(&of.source, LONGEST_TEXT),
        "snapshotSha256": visible_up_to(&of.snapshot_sha256, 100),
        "present": changes.collect::<serde_json::Map<_, _>>(),
        "gone": gone.collect::<serde_json::Map<_, _>>(),
    })
}
