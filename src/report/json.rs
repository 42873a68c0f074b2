//! The JSON report: a view with a version of its own, so that internal types
//! may change while `urn:driftline:report:1` does not. Its schema is
//! `schemas/report-1.schema.json`.
//!
//! JSON is data, not display: strings are as AWS gave them, and whoever shows
//! them has to escape them for where they are shown.

mod decisions;
mod frameworks;

use std::io;

use serde::{Serialize, Serializer};

use crate::finding::{Finding, Fingerprint, Message, Severity, Status};
use crate::inventory::{Cell, CellTime, ServiceStatistics, Statistics};
use crate::triage::{Against, CoverageGap, Outcome, Report, Rule, Tally};

use super::{Options, fix};

/// Names the form; a change that could break a reader gets a new number.
pub const SCHEMA: &str = crate::triage::previous::SCHEMA;

/// Writes the report as JSON.
///
/// # Errors
/// Those of the sink.
pub fn write(report: &Report, out: &mut dyn io::Write, _options: &Options) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &view(report))?;
    out.write_all(b"\n")
}

/// Seen one at a time while they are written: half a million views would be as large as the findings.
struct Findings<'r>(&'r Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.findings.iter().map(|one| finding(one, self.0)))
    }
}

/// As the findings: there is one for each check and account.
struct Tallies<'r>(&'r Report);

impl Serialize for Tallies<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let each = self.0.tallies.iter();
        to.collect_seq(each.map(|(rule, account, tally)| TallyView { rule, account: account.as_str(), tally }))
    }
}

#[derive(Serialize)]
struct View<'r> {
    schema: &'static str,
    /// The form of the fingerprints; those of one form can be compared.
    fingerprints: &'static str,
    tool: Tool<'r>,
    identity: IdentityView<'r>,
    outcome: Outcome,
    fail_on: Severity,
    resources: usize,
    accounts: Vec<AccountView<'r>>,
    regions: &'r [String],
    totals: Totals,
    coverage: CoverageView<'r>,
    rules: Vec<RuleView<'r>>,
    findings: Findings<'r>,
    suppressed: Vec<decisions::SuppressedView<'r>>,
    exceptions: Vec<decisions::UseView<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<decisions::AgainstView<'r>>,
    tallies: Tallies<'r>,
    /// Left out where none was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frameworks: Vec<frameworks::FrameworkView<'r>>,
    /// Left out where nothing was collected: reports from one snapshot are the same bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<StatisticsView<'r>>,
}

#[derive(Serialize)]
struct Tool<'r> {
    name: &'static str,
    version: &'r str,
}

#[derive(Serialize)]
struct IdentityView<'r> {
    taken_at: String,
    as_of: String,
    caller: Option<&'r str>,
    source: &'r str,
    catalog_sha256: &'r str,
    snapshot_sha256: &'r str,
}

#[derive(Serialize)]
struct AccountView<'r> {
    id: &'r str,
    partition: &'r str,
    name: Option<&'r str>,
    organizational_unit: Option<&'r str>,
}

#[derive(Serialize)]
struct Totals {
    #[serde(flatten)]
    tally: Tally,
    fail_by_severity: BySeverity,
}

#[derive(Default, Serialize)]
struct BySeverity {
    critical: u64,
    high: u64,
    medium: u64,
    low: u64,
    informational: u64,
}

#[derive(Serialize)]
struct CoverageView<'r> {
    cells: usize,
    complete: usize,
    percent: f64,
    gaps: Vec<GapView<'r>>,
}

#[derive(Serialize)]
struct CellView<'r> {
    partition: &'r str,
    account: &'r str,
    region: &'r str,
    operation: &'r str,
}

#[derive(Serialize)]
struct GapView<'r> {
    #[serde(flatten)]
    cell: CellView<'r>,
    reason: &'r str,
    message: &'r str,
    partial: bool,
    checks: &'r [String],
}

#[derive(Serialize)]
struct RuleView<'r> {
    id: &'r str,
    title: &'r str,
    severity: Severity,
    resource_types: &'r [String],
    rationale: &'r str,
    remediation: RemediationView<'r>,
    references: &'r [String],
    controls: &'r std::collections::BTreeMap<String, Vec<String>>,
    location: LocationView<'r>,
}

#[derive(Serialize)]
struct RemediationView<'r> {
    text: &'r str,
    cli: Option<&'r str>,
    terraform: Option<&'r str>,
}

#[derive(Serialize)]
struct LocationView<'r> {
    path: &'r str,
    line: u32,
}

#[derive(Serialize)]
struct FindingView<'r> {
    fingerprint: Fingerprint,
    rule: &'r str,
    severity: Severity,
    status: &'static str,
    /// What became of it since the earlier run; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    /// Its value then, if it was another.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'r [String]>,
    /// Why it is unknown or skipped.
    because: Option<&'r str>,
    /// The cells that would have told, where it is unknown.
    missing: Vec<CellView<'r>>,
    partition: &'r str,
    account: &'r str,
    region: &'r str,
    resource: Option<ResourceView<'r>>,
    message: &'r Message,
    evidence: Vec<EvidenceView<'r>>,
    /// The rule's command with this finding's names in it.
    fix: Option<String>,
    location: LocationView<'r>,
}

#[derive(Serialize)]
struct ResourceView<'r> {
    #[serde(rename = "type")]
    resource_type: &'r str,
    id: &'r str,
    arn: &'r str,
    name: Option<&'r str>,
}

#[derive(Serialize)]
struct EvidenceView<'r> {
    fact: &'r str,
    value: &'r str,
    condition: Option<&'r str>,
}

#[derive(Serialize)]
struct TallyView<'r> {
    rule: &'r str,
    account: &'r str,
    #[serde(flatten)]
    tally: Tally,
}

#[derive(Serialize)]
struct StatisticsView<'r> {
    wall_seconds: f64,
    calls: u64,
    throttled: u64,
    retries: u64,
    resumed_accounts: u64,
    peak_memory_bytes: Option<u64>,
    services: Vec<ServiceView<'r>>,
    slowest: Vec<SlowestView<'r>>,
}

#[derive(Serialize)]
struct ServiceView<'r> {
    service: &'r str,
    calls: u64,
    throttled: u64,
    retries: u64,
    p50_ms: f64,
    p95_ms: f64,
}

#[derive(Serialize)]
struct SlowestView<'r> {
    #[serde(flatten)]
    cell: CellView<'r>,
    seconds: f64,
    calls: u64,
}

fn view(report: &Report) -> View<'_> {
    let identity = &report.identity;
    View {
        schema: SCHEMA,
        fingerprints: Fingerprint::VERSION,
        tool: Tool { name: "driftline", version: &identity.tool_version },
        identity: IdentityView {
            taken_at: identity.taken_at.to_string(),
            as_of: identity.as_of.to_string(),
            caller: identity.caller.as_ref().map(|arn| arn.as_str()),
            source: &identity.source,
            catalog_sha256: &identity.catalog_sha256,
            snapshot_sha256: &identity.snapshot_sha256,
        },
        outcome: report.outcome,
        fail_on: report.fail_on,
        resources: report.resources,
        accounts: report
            .accounts
            .values()
            .map(|account| AccountView {
                id: account.id.as_str(),
                partition: account.partition.as_str(),
                name: account.name.as_deref(),
                organizational_unit: account.organizational_unit.as_deref(),
            })
            .collect(),
        regions: &report.regions,
        totals: totals(report),
        coverage: CoverageView {
            cells: report.coverage.cells,
            complete: report.coverage.complete,
            percent: report.coverage.percent(),
            gaps: report.coverage.gaps.iter().map(gap).collect(),
        },
        rules: report.rules.values().map(rule).collect(),
        findings: Findings(report),
        suppressed: report.suppressed.iter().map(|one| decisions::suppressed(one, report)).collect(),
        exceptions: report.exceptions.iter().map(decisions::used).collect(),
        against: report.against.as_ref().map(decisions::against),
        tallies: Tallies(report),
        frameworks: report.frameworks.iter().map(|one| frameworks::framework(one, report)).collect(),
        statistics: report.statistics.as_ref().map(statistics),
    }
}

fn totals(report: &Report) -> Totals {
    let mut tally = Tally::default();
    report.tallies.iter().for_each(|(_, _, one)| tally.add(one));
    let mut fail_by_severity = BySeverity::default();
    for finding in report.findings.iter().filter(|finding| finding.status == Status::Fail) {
        *match finding.severity {
            Severity::Critical => &mut fail_by_severity.critical,
            Severity::High => &mut fail_by_severity.high,
            Severity::Medium => &mut fail_by_severity.medium,
            Severity::Low => &mut fail_by_severity.low,
            Severity::Informational => &mut fail_by_severity.informational,
        } += 1;
    }
    Totals { tally, fail_by_severity }
}

fn cell(cell: &Cell) -> CellView<'_> {
    CellView {
        partition: cell.scope.partition.as_str(),
        account: cell.scope.account.as_str(),
        region: cell.scope.region.as_str(),
        operation: &cell.operation,
    }
}

fn statistics(of: &Statistics) -> StatisticsView<'_> {
    StatisticsView {
        wall_seconds: of.wall_seconds,
        calls: of.calls,
        throttled: of.throttled,
        retries: of.retries,
        resumed_accounts: of.resumed_accounts,
        peak_memory_bytes: of.peak_memory_bytes,
        services: of.services.iter().map(service).collect(),
        slowest: of.slowest.iter().map(slow).collect(),
    }
}

fn service(one: &ServiceStatistics) -> ServiceView<'_> {
    ServiceView {
        service: &one.service,
        calls: one.calls,
        throttled: one.throttled,
        retries: one.retries,
        p50_ms: one.p50_ms,
        p95_ms: one.p95_ms,
    }
}

fn slow(one: &CellTime) -> SlowestView<'_> {
    SlowestView { cell: cell(&one.cell), seconds: one.seconds, calls: one.calls }
}

fn gap(gap: &CoverageGap) -> GapView<'_> {
    GapView {
        cell: cell(&gap.cell),
        reason: gap.gap.reason.as_str(),
        message: &gap.gap.message,
        partial: gap.gap.partial,
        checks: &gap.checks,
    }
}

fn rule(rule: &Rule) -> RuleView<'_> {
    RuleView {
        id: &rule.id,
        title: &rule.title,
        severity: rule.severity,
        resource_types: &rule.resource_types,
        rationale: &rule.rationale,
        remediation: RemediationView {
            text: &rule.remediation.text,
            cli: rule.remediation.cli.as_deref(),
            terraform: rule.remediation.terraform.as_deref(),
        },
        references: &rule.references,
        controls: &rule.controls,
        location: LocationView { path: &rule.path, line: rule.line },
    }
}

fn finding<'r>(finding: &'r Finding, report: &'r Report) -> FindingView<'r> {
    let rule = report.rules.get(&*finding.rule);
    let since = report.against.as_ref().and_then(|against: &Against| against.since.get(&finding.fingerprint));
    let (because, missing) = match &finding.status {
        Status::Unknown(missing) => (Some(missing.why.as_str()), missing.cells.iter().map(cell).collect()),
        Status::Skip(why) => (Some(why.as_str()), Vec::new()),
        Status::Fail | Status::Pass => (None, Vec::new()),
    };
    FindingView {
        fingerprint: finding.fingerprint,
        rule: &finding.rule,
        severity: finding.severity,
        status: finding.status.as_str(),
        change: since.map(|since| since.change.as_str()),
        was: since.map(|since| since.was.as_slice()).filter(|was| !was.is_empty()),
        because,
        missing,
        partition: finding.scope.partition.as_str(),
        account: finding.scope.account.as_str(),
        region: finding.scope.region.as_str(),
        resource: finding.resource.as_ref().map(|resource| ResourceView {
            resource_type: &resource.resource_type,
            id: &resource.id,
            arn: resource.arn.as_str(),
            name: resource.name.as_deref(),
        }),
        message: &finding.message,
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| EvidenceView {
                fact: &evidence.fact,
                value: &evidence.value,
                condition: Some(&*evidence.condition).filter(|condition| !condition.is_empty()),
            })
            .collect(),
        fix: rule.filter(|_| finding.status == Status::Fail).and_then(|rule| fix::command(rule, finding)),
        location: LocationView { path: &finding.location.path, line: finding.location.line },
    }
}
