//! SARIF 2.1.0, as GitHub code scanning takes it in; other readers (Azure
//! DevOps, DefectDojo, editors) take the same file.
//!
//! Failures are results of kind `fail`, one each. Passes and skips are left
//! out: GitHub does not look at `kind` and shows every result as an alert.
//!
//! NOTE on unknown verdicts. The standard has a kind for them: `open`, "there
//! was insufficient information to decide" (3.27.9), with level `none`, which
//! any kind but `fail` demands (3.27.10). Left out, they would lie: GitHub
//! closes an alert as fixed when its result is gone, so a scan that could read
//! nothing would close all. One result for each would lie too: GitHub ignores
//! kind and level here and shows it with the rule's severity, and a denied
//! operation in an organization gives thousands, which bury the failures under
//! alerts of the same look. So there is one result of kind `open` per check,
//! after all failures; its fingerprint is made of the check alone, so that it
//! stays one alert from run to run until everything was told. Each cell that
//! is missing is a notification as well, and makes the invocation not successful.
//!
//! NOTE on suppressed findings. They are results with a `suppression` (3.27.23), as the standard has it. GitHub shows
//! such a result as any other; its action `advanced-security/dismiss-alerts` dismisses what the file suppresses.
//!
//! Where an earlier run is compared with, every result has a `baselineState` (3.27.24). What is gone is no result:
//! as `absent` it would stay an alert on GitHub, which closes alerts whose results are gone.

mod decisions;
mod model;
mod rules;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};

use crate::finding::{FileLocation, Finding, Fingerprint, Severity, Status};
use crate::triage::{Answer, Framework, Report, Rule};

use super::sanitize::{shorten, visible, visible_up_to};
use super::{Options, fix};
use model::{
    ArtifactLocation, AutomationDetails, Descriptor, DescriptorReference, Driver, Invocation, Location, Log,
    LogicalLocation, Notification, PhysicalLocation, Region, Run, SarifResult, Text, Tool,
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// GitHub takes 25,000 results and shows 5,000, not always the worst ones.
const MOST_RESULTS: usize = 5000;
/// The file has to stay under 10 MB compressed; the JSON report has every gap.
const MOST_NOTIFICATIONS: usize = 1000;
/// ARNs and scopes that one result names.
const MOST_SUBJECTS: usize = 100;
/// GitHub's limit for descriptions; a longer message is not read either.
const LONGEST_TEXT: usize = 1024;

const NOT_READ: &str = "driftline/not-read";
const LEFT_OUT: &str = "driftline/left-out";

/// Writes the report as SARIF.
///
/// # Errors
/// Those of the sink.
pub fn write(report: &Report, out: &mut dyn io::Write, _options: &Options) -> io::Result<()> {
    let (results, left_out) = results(report);
    let mut notifications = gap_notifications(report);
    if left_out > 0 {
        notifications.insert(0, left_out_notification(left_out, results.len()));
    }
    let identity = &report.identity;
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool {
                driver: Driver {
                    name: "driftline",
                    version: visible_up_to(&identity.tool_version, 100),
                    rules: report.rules.values().map(rules::descriptor).chain(decisions::descriptors(report)).collect(),
                    notifications: vec![
                        notification_descriptor(NOT_READ, "An operation could not be read to its end"),
                        notification_descriptor(LEFT_OUT, "Results were left out of this file"),
                    ],
                },
            },
            automation_details: AutomationDetails { id: format!("driftline/{}/", scope(report)) },
            invocations: vec![Invocation {
                execution_successful: report.coverage.gaps.is_empty()
                    && report.coverage.complete == report.coverage.cells,
                start_time_utc: identity.taken_at.to_string(),
                tool_execution_notifications: notifications,
            }],
            column_kind: "unicodeCodePoints",
            results,
            properties: run_properties(report),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn run_properties(report: &Report) -> BTreeMap<&'static str, Value> {
    let identity = &report.identity;
    let mut properties = BTreeMap::from([
        ("asOf", json!(identity.as_of.to_string())),
        ("catalogSha256", json!(identity.catalog_sha256)),
        ("snapshotSha256", json!(identity.snapshot_sha256)),
        ("coveragePercent", json!(report.coverage.percent())),
    ]);
    if let Some(against) = &report.against {
        properties.insert("against", decisions::against(against));
    }
    if let Some(of) = &report.statistics {
        let services = of.services.iter().map(|one| {
            json!({
                "service": visible_up_to(&one.service, 100), "calls": one.calls, "throttled": one.throttled,
                "retries": one.retries, "p50Ms": one.p50_ms, "p95Ms": one.p95_ms,
            })
        });
        let statistics = json!({
            "wallSeconds": of.wall_seconds, "calls": of.calls, "throttled": of.throttled, "retries": of.retries,
            "resumedAccounts": of.resumed_accounts, "peakMemoryBytes": of.peak_memory_bytes,
            "services": services.collect::<Value>(),
        });
        properties.insert("statistics", statistics);
    }
    if !report.frameworks.is_empty() {
        properties.insert("frameworks", report.frameworks.iter().map(|one| framework(one, report)).collect());
    }
    properties
}

/// Each control with its verdict.
fn framework(of: &Framework, report: &Report) -> Value {
    let answers = report.answers(of);
    let control = |answer: &Answer<'_>| (visible_up_to(&answer.control.id, 100), json!(answer.verdict.as_str()));
    json!({
        "id": visible_up_to(&of.id, 100), "name": visible_up_to(&of.name, 200),
        "version": visible_up_to(&of.version, 100),
        "controls": Value::Object(answers.iter().map(control).collect()),
        "partial": answers.iter().filter(|answer| answer.is_partial()).map(|answer| visible_up_to(&answer.control.id, 100)).collect::<Vec<_>>(),
    })
}

/// What was looked at, in a form that stays the same from run to run: GitHub
/// replaces the results of the same tool and category.
fn scope(report: &Report) -> String {
    let mut accounts = report.accounts.keys();
    if let (Some(only), None) = (accounts.next(), accounts.next()) {
        return only.to_string();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { ' ' };
    let words: String = report.identity.source.chars().map(plain).take(100).collect();
    let slug = words.split_whitespace().collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if slug.is_empty() { "all".to_owned() } else { slug }
}

/// The results, worst first, and how many were left out.
fn results(report: &Report) -> (Vec<SarifResult>, usize) {
    let index: BTreeMap<&str, usize> =
        report.rules.keys().enumerate().map(|(index, id)| (id.as_str(), index)).collect();
    let mut failures: Vec<&Finding> = report.findings.iter().filter(|finding| finding.status == Status::Fail).collect();
    // What fails the run before what an earlier one knew; the rest is cut off first.
    failures.sort_by_key(|finding| (decisions::is_known(report, finding), Reverse(finding.severity)));
    let mut unknowns: BTreeMap<(Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        if matches!(finding.status, Status::Unknown(_)) {
            let severity = report.rules.get(&*finding.rule).map_or(finding.severity, |rule| rule.severity);
            unknowns.entry((Reverse(severity), &finding.rule)).or_default().push(finding);
        }
    }
    // There are at most as many as checks; they keep their places when failures are cut off. So do exceptions.
    let stale = decisions::stale(report);
    let room = MOST_RESULTS.saturating_sub(unknowns.len() + stale.len());
    let of = |finding: &Finding| (report.rules.get(&*finding.rule), index.get(&*finding.rule).copied());
    let suppressed = report.suppressed.iter().map(|one| SarifResult {
        suppressions: vec![decisions::suppression(&one.exception)],
        ..failure(&one.finding, of(&one.finding).0, of(&one.finding).1)
    });
    let left_out = (failures.len() + report.suppressed.len()).saturating_sub(room);
    let results = failures
        .into_iter()
        .map(|finding| SarifResult {
            baseline_state: decisions::state(report, finding),
            ..failure(finding, of(finding).0, of(finding).1)
        })
        .chain(
            suppressed
                .map(|result| SarifResult { baseline_state: report.against.as_ref().map(|_| "unchanged"), ..result }),
        )
        .take(room)
        .chain(unknowns.iter().map(|((_, check), findings)| SarifResult {
            baseline_state: decisions::state_of_all(report, findings),
            ..open(report, check, findings, index.get(check).copied())
        }))
        .chain(stale)
        .take(MOST_RESULTS)
        .collect();
    (results, left_out)
}

fn failure(finding: &Finding, rule: Option<&Rule>, rule_index: Option<usize>) -> SarifResult {
    let mut properties = BTreeMap::from([
        ("account", json!(finding.scope.account)),
        ("region", json!(finding.scope.region)),
        ("severity", json!(finding.severity)),
    ]);
    if let Some(resource) = &finding.resource {
        properties.insert("arn", json!(visible(resource.arn.as_str())));
        properties.insert("resourceType", json!(visible(&resource.resource_type)));
        properties.insert("resourceId", json!(visible_up_to(&resource.id, LONGEST_TEXT)));
        if let Some(name) = &resource.name {
            properties.insert("resourceName", json!(visible_up_to(name, LONGEST_TEXT)));
        }
    }
    if !finding.evidence.is_empty() {
        let evidence = finding.evidence.iter().take(MOST_SUBJECTS).map(|evidence| {
            json!({
                "fact": visible_up_to(&evidence.fact, LONGEST_TEXT),
                "value": visible_up_to(&evidence.value, LONGEST_TEXT),
                "condition": visible_up_to(&evidence.condition, LONGEST_TEXT),
            })
        });
        properties.insert("evidence", evidence.collect());
    }
    SarifResult {
        rule_id: visible_up_to(&finding.rule, 255),
        rule_index,
        kind: "fail",
        level: rules::level(finding.severity),
        message: Text { text: message(finding, rule) },
        locations: vec![location(&finding.location, logical(finding).into_iter().collect())],
        partial_fingerprints: BTreeMap::from([(LINE_HASH, finding.fingerprint.to_string())]),
        baseline_state: None,
        suppressions: Vec::new(),
        properties,
    }
}

/// The only one of GitHub's fingerprints. Without it the upload fills in a hash
/// of the source line, and all findings of one check would become one alert.
const LINE_HASH: &str = "primaryLocationLineHash";

/// One result for all unknown verdicts of a check.
fn open(report: &Report, check: &str, findings: &[&Finding], rule_index: Option<usize>) -> SarifResult {
    let location_of = |finding: &&Finding| (*finding.location).clone();
    let at = report.rules.get(check).map(|rule| FileLocation { path: rule.path.as_str().into(), line: rule.line });
    let at = findings.first().map(location_of).or(at).unwrap_or(FileLocation { path: "".into(), line: 1 });
    let accounts: BTreeSet<&str> = findings.iter().map(|finding| finding.scope.account.as_str()).collect();
    let whys: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| match &finding.status {
            Status::Unknown(missing) => Some(missing.why.as_str()),
            _ => None,
        })
        .collect();
    let why = whys.iter().take(3).map(|why| visible_up_to(why, 200)).collect::<Vec<_>>().join("; ");
    let more = if whys.len() > 3 { format!("; + {} more reasons", whys.len() - 3) } else { String::new() };
    let text = format!(
        "Unknown, neither failed nor passed: {} of this check could not be told. In {}. Missing: {why}{more}",
        plural(findings.len(), "verdict"),
        plural(accounts.len(), "account"),
    );
    SarifResult {
        rule_id: visible_up_to(check, 255),
        rule_index,
        kind: "open",
        level: "none",
        message: Text { text: plain_message(&text) },
        locations: vec![location(&at, findings.iter().take(MOST_SUBJECTS).filter_map(|f| logical(f)).collect())],
        partial_fingerprints: BTreeMap::from([(LINE_HASH, Fingerprint::new(check, "unknown", "").to_string())]),
        baseline_state: None,
        suppressions: Vec::new(),
        properties: BTreeMap::from([
            ("unknown", json!(findings.len())),
            ("accounts", accounts.iter().take(MOST_SUBJECTS).copied().collect::<Value>()),
        ]),
    }
}

/// GitHub takes the first sentence as the title, so the message comes first;
/// of a result it shows this text alone, so the rest is in it too.
fn message(finding: &Finding, rule: Option<&Rule>) -> String {
    let said = visible_up_to(&finding.message.to_string(), 400);
    let stop = if said.ends_with(['.', '!', '?']) { "" } else { "." };
    let subject = match &finding.resource {
        Some(resource) => visible_up_to(resource.arn.as_str(), 250),
        None => finding.scope.to_string(),
    };
    let mut text = format!("{said}{stop}\nResource: {subject}");
    if let Some(fix) = rule.and_then(|rule| fix::command(rule, finding)) {
        text.push_str("\nFix: ");
        text.push_str(&fix);
    }
    for evidence in finding.evidence.iter() {
        let (fact, value) = (visible_up_to(&evidence.fact, 60), visible_up_to(&evidence.value, 100));
        text.push_str(&format!("\nHave: {fact} = {value}"));
    }
    plain_message(&text)
}

/// In a message `[text](target)` is a link (3.11.6), and text from AWS must not make one.
fn plain_message(text: &str) -> String {
    shorten(&text.replace("](", "] ("), LONGEST_TEXT)
}

fn location(at: &FileLocation, logical_locations: Vec<LogicalLocation>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: rules::uri(&at.path) },
            // Zero is not a line, and GitHub refuses the whole file for it.
            region: Region { start_line: at.line.max(1) },
        },
        logical_locations,
    }
}

fn logical(finding: &Finding) -> Option<LogicalLocation> {
    let resource = finding.resource.as_ref()?;
    Some(LogicalLocation {
        name: resource.name.as_ref().map(|name| visible_up_to(name, 255)),
        fully_qualified_name: visible(resource.arn.as_str()).into_owned(),
        kind: "resource",
    })
}

fn gap_notifications(report: &Report) -> Vec<Notification> {
    let gaps = &report.coverage.gaps;
    let mut notifications: Vec<Notification> = gaps
        .iter()
        .take(MOST_NOTIFICATIONS)
        .map(|gap| {
            let part = if gap.gap.partial { ", read in part" } else { "" };
            let text = format!(
                "{} {}: {}{part} ({}). {}",
                gap.cell.scope,
                visible_up_to(&gap.cell.operation, 120),
                gap.gap.reason,
                visible_up_to(&gap.gap.message, 400),
                match gap.checks.len() {
                    0 => "No check needed it.".to_owned(),
                    number => format!("{} unknown because of it.", plural(number, "check")),
                },
            );
            let properties = BTreeMap::from([
                ("account", json!(gap.cell.scope.account)),
                ("region", json!(gap.cell.scope.region)),
                ("operation", json!(visible_up_to(&gap.cell.operation, 120))),
                ("reason", json!(gap.gap.reason.as_str())),
                ("checks", gap.checks.iter().map(|check| visible(check).into_owned()).collect::<Value>()),
            ]);
            notification(NOT_READ, text, properties)
        })
        .collect();
    if gaps.len() > MOST_NOTIFICATIONS {
        let text = format!("{} more are in the JSON report.", plural(gaps.len() - MOST_NOTIFICATIONS, "gap"));
        notifications.push(notification(NOT_READ, text, BTreeMap::new()));
    }
    notifications
}

fn left_out_notification(left_out: usize, written: usize) -> Notification {
    let text = format!(
        "{} left out, the least severe ones; this file has {written}, as GitHub shows no more than {MOST_RESULTS}. \
         The JSON report has all.",
        plural(left_out, "result")
    );
    notification(LEFT_OUT, text, BTreeMap::from([("leftOut", json!(left_out))]))
}

fn notification(id: &'static str, text: String, properties: BTreeMap<&'static str, Value>) -> Notification {
    Notification {
        descriptor: DescriptorReference { id },
        level: "warning",
        message: Text { text: plain_message(&text) },
        properties,
    }
}

fn notification_descriptor(id: &'static str, text: &'static str) -> Descriptor {
    Descriptor {
        id: id.to_owned(),
        name: None,
        short_description: Text { text: text.to_owned() },
        full_description: None,
        help: None,
        help_uri: None,
        default_configuration: None,
        properties: BTreeMap::new(),
    }
}

fn plural(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
