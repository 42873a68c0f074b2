//! JUnit XML, in the dialect that every reader of it takes: GitLab, Jenkins,
//! Azure DevOps, CodeBuild, and the two schemas that exist for it.
//!
//! One suite per account and check. A failure is `<failure>`, an unknown is
//! `<error>`: readers show the two apart, and neither is a pass. Passes are one
//! case per check and account, as a case per resource would pass the readers'
//! limits (GitLab: 250,000 objects) in any organization.
//!
//! What an exception covers is `<skipped>`, with the reason; so is a failure that an earlier run had, where one is
//! compared with: a job that goes by this file fails on what the command fails on. An exception that is to be mended
//! is a failure of a suite of its own.
//!
//! The crate `junit-report` makes the document; [`dialect`] mends what it
//! cannot express. NOTE: it writes strings into attributes and CDATA as they
//! are, so none reaches it that has not been through [`super::sanitize`].

mod dialect;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use jiff::Timestamp;
use junit_report::{Duration, OffsetDateTime, TestCase, TestCaseBuilder, TestSuite};

use crate::arn::AccountId;
use crate::exceptions::{Exception, Use};
use crate::finding::{Finding, Fingerprint, Status};
use crate::inventory::{Cell, Missing, Reason, ServiceStatistics};
use crate::triage::{ControlVerdict, Framework, Report, Rule, Tally};

use super::sanitize::{shorten, xml_line, xml_lines};
use super::{Options, fix};
use dialect::Extra;

/// Azure DevOps cuts a name at 512 characters, which would make different names one.
const LONGEST_NAME: usize = 512;
/// A reader shows the message as a heading; the rest is in the text.
const LONGEST_MESSAGE: usize = 1000;
/// Jenkins keeps 100,000 characters of a failure's text.
const LONGEST_LINE: usize = 4000;

/// Writes the report as JUnit XML.
///
/// # Errors
/// Those of the sink.
pub fn write(report: &Report, out: &mut dyn io::Write, _options: &Options) -> io::Result<()> {
    let timestamp = timestamp(report.identity.taken_at);
    let mut document = junit_report::Report::new();
    let mut extras = Vec::new();
    for (key, content) in suites(report) {
        let mut suite = TestSuite::new(&format!("{} {}", xml_line(key.check), key.account));
        suite.package = format!("driftline.{}", key.account);
        suite.hostname = key.account.to_owned();
        suite.set_timestamp(timestamp);
        suite.add_testcases(cases(report, &key, &content));
        // Constant and empty: Apache Ant's schema demands them, and what is said in
        // them would be in CDATA, which the crate does not escape.
        suite.set_system_out("");
        suite.set_system_err("");
        let mut properties = suite_properties(report, &key, &content);
        properties.extend(controls(report, key.check).map(|all| ("driftline.controls", all)));
        if extras.is_empty() {
            properties.extend(run_properties(report));
        }
        extras.push(Extra { properties, skipped: suite.skipped() });
        document.add_testsuite(suite);
    }
    if !report.exceptions.is_empty() {
        let mut suite = TestSuite::new(EXCEPTIONS);
        suite.package = format!("driftline.{NO_ACCOUNT}");
        suite.hostname = NO_ACCOUNT.to_owned();
        suite.set_timestamp(timestamp);
        suite.add_testcases(exception_cases(report));
        suite.set_system_out("");
        suite.set_system_err("");
        let properties = vec![("driftline.version", xml_line(&report.identity.tool_version))];
        extras.push(Extra { properties, skipped: suite.skipped() });
        document.add_testsuite(suite);
    }
    let mut xml = Vec::new();
    document.write_xml(&mut xml).map_err(io::Error::other)?;
    dialect::mend(&xml, &extras, out)
}

/// Stands for the account where a check judged nothing in any.
const NO_ACCOUNT: &str = "none";

/// The suite of exceptions that stand in the user's file.
const EXCEPTIONS: &str = "exceptions";

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SuiteKey<'r> {
    account: &'r str,
    check: &'r str,
}

#[derive(Default)]
struct Content<'r> {
    tally: Tally,
    /// Each with the exception that covers it.
    findings: Vec<(&'r Finding, Option<&'r Exception>)>,
}

/// Ordered by account and check. Every check has a suite, so that no report is
/// empty: Jenkins and Azure DevOps take a file without cases for a broken run.
fn suites(report: &Report) -> BTreeMap<SuiteKey<'_>, Content<'_>> {
    let mut suites: BTreeMap<SuiteKey<'_>, Content<'_>> = BTreeMap::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (check, account, tally) in report.tallies.iter() {
        seen.insert(check);
        suites.entry(SuiteKey { account: account.as_str(), check }).or_default().tally.add(tally);
    }
    let open = report.findings.iter().map(|finding| (finding, None));
    let covered = report.suppressed.iter().map(|one| (&one.finding, Some(&one.exception)));
    for (finding, exception) in open.chain(covered) {
        let check = &*finding.rule;
        seen.insert(check);
        let account: &AccountId = &finding.scope.account;
        suites.entry(SuiteKey { account: account.as_str(), check }).or_default().findings.push((finding, exception));
    }
    for check in report.rules.keys().filter(|check| !seen.contains(check.as_str())) {
        suites.insert(SuiteKey { account: NO_ACCOUNT, check }, Content::default());
    }
    if suites.is_empty() {
        suites.insert(SuiteKey { account: NO_ACCOUNT, check: "checks" }, Content::default());
    }
    suites
}

fn cases(report: &Report, key: &SuiteKey<'_>, content: &Content<'_>) -> Vec<TestCase> {
    let rule = report.rules.get(key.check);
    let check = xml_line(key.check);
    let mut cases = Vec::new();
    let findings: Vec<&Finding> = content.findings.iter().map(|(finding, _)| *finding).collect();
    for ((finding, exception), name) in content.findings.iter().zip(names(&findings)) {
        let mut case = match exception {
            Some(exception) => {
                let why = shorten(&xml_line(&exception.why()), LONGEST_MESSAGE);
                TestCase::skipped_with_cause(&name, "suppressed", &why)
            }
            None => case(report, rule, finding, &name),
        };
        let class = format!("driftline.{}.{}.{}", key.account, finding.scope.region, service(rule, Some(finding)));
        case.set_classname(&class);
        cases.push(case);
    }
    let everywhere = format!("driftline.{}.all.{}", key.account, service(rule, None));
    let mut whole_account = |mut case: TestCase| {
        case.set_classname(&everywhere);
        cases.push(case);
    };
    let listed_passes = findings.iter().filter(|finding| finding.status == Status::Pass).count() as u64;
    if content.tally.pass > listed_passes {
        // Without the number, which would make it another case in the next run; it is in the properties.
        whole_account(TestCase::success(&shorten(&format!("{check} all that passed"), LONGEST_NAME), Duration::ZERO));
    } else if content.findings.is_empty() {
        let name = shorten(&format!("{check} not applicable"), LONGEST_NAME);
        let message = match (rule, content.tally.fail + content.tally.unknown) {
            (None, _) => "no check ran",
            (Some(_), 0) => "nothing that the check applies to was seen",
            // A report that counts verdicts which it does not list; better said than hidden.
            (Some(_), _) => "the report counts verdicts that it does not list",
        };
        whole_account(TestCase::skipped_with_cause(&name, "skip", message));
    }
    cases
}

/// A case for each exception: a failure if the file is to be mended.
fn exception_cases(report: &Report) -> Vec<TestCase> {
    let class = format!("driftline.{NO_ACCOUNT}.global.{EXCEPTIONS}");
    let case = |one: &Use| {
        // What it is about is its name from run to run; its value tells it from another about the same.
        let about = &one.exception.about;
        let id = Fingerprint::new(EXCEPTIONS, &format!("{about:?}"), "");
        let name = format!("{} [{}]", shorten(&xml_line(&format!("exception {about}")), LONGEST_NAME - 20), id.short());
        let mut case = if one.is_finding() {
            let message = shorten(&xml_line(&one.message()), LONGEST_MESSAGE);
            let at = one.exception.location();
            let details = format!(
                "found: {}\nreason: {}\nwant: {}:{}",
                xml_line(&one.message()),
                xml_line(&one.exception.why()),
                xml_line(&at.path),
                at.line
            );
            TestCaseBuilder::failure(&name, Duration::ZERO, Use::SEVERITY.as_str(), &message)
                .set_trace(&dialect::cdata(&details))
                .build()
        } else {
            TestCase::success(&name, Duration::ZERO)
        };
        case.set_classname(&class);
        case
    };
    report.exceptions.iter().map(case).collect()
}

/// A name for each finding: unique, and the same in every run in which the finding is there.
fn names(findings: &[&Finding]) -> Vec<String> {
    let plain = |finding: &Finding| {
        let subject = match &finding.resource {
            Some(resource) if !resource.id.is_empty() => xml_line(&resource.id),
            Some(resource) => xml_line(resource.arn.as_str()),
            None => finding.scope.region.to_string(),
        };
        format!("{} {subject}", xml_line(&finding.rule))
    };
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        *uses.entry(shorten(&plain(finding), LONGEST_NAME)).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    findings
        .iter()
        .map(|finding| {
            let full = plain(finding);
            let short = shorten(&full, LONGEST_NAME);
            let shared = uses.get(&short).is_some_and(|uses| *uses > 1);
            let mut name = short;
            if shared {
                // Room for the fingerprint, which tells findings of one resource apart.
                name = format!("{} [{}]", shorten(&full, LONGEST_NAME - 20), finding.fingerprint.short());
            }
            let mut copy = 2;
            while !taken.insert(name.clone()) {
                // GitLab drops the second of two cases of one name.
                name = format!("{} [{} {copy}]", shorten(&full, LONGEST_NAME - 40), finding.fingerprint.short());
                copy += 1;
            }
            name
        })
        .collect()
}

fn case(report: &Report, rule: Option<&Rule>, finding: &Finding, name: &str) -> TestCase {
    let message = shorten(&xml_line(&finding.message.to_string()), LONGEST_MESSAGE);
    match &finding.status {
        Status::Fail if report.against.as_ref().is_some_and(|against| !against.change(finding).fails()) => {
            let since = report.against.as_ref().map_or("", |against| against.change(finding).as_str());
            TestCase::skipped_with_cause(name, since, &shorten(&format!("{since}: {message}"), LONGEST_MESSAGE))
        }
        Status::Fail => TestCaseBuilder::failure(name, Duration::ZERO, finding.severity.as_str(), &message)
            .set_trace(&dialect::cdata(&details(rule, finding, None)))
            .build(),
        Status::Unknown(missing) => {
            let why = shorten(&xml_line(&missing.why), LONGEST_MESSAGE);
            TestCaseBuilder::error(name, Duration::ZERO, reason(report, missing), &why)
                .set_trace(&dialect::cdata(&details(rule, finding, Some(missing))))
                .build()
        }
        Status::Pass => TestCase::success(name, Duration::ZERO),
        Status::Skip(why) => TestCase::skipped_with_cause(name, "skip", &shorten(&xml_line(why), LONGEST_MESSAGE)),
    }
}

/// The gap's reason, as a word; the first of them, by cell, if there are several.
fn reason(report: &Report, missing: &Missing) -> &'static str {
    let gap = |cell: &Cell| -> Option<Reason> {
        // INVARIANT: coverage gaps are ordered by cell.
        let at = report.coverage.gaps.binary_search_by(|gap| gap.cell.cmp(cell)).ok()?;
        report.coverage.gaps.get(at).map(|gap| gap.gap.reason)
    };
    match missing.cells.iter().find_map(gap) {
        Some(reason) => reason.as_str(),
        None if missing.cells.is_empty() => "Unknown",
        None => "NotRead",
    }
}

/// Everything that a reader of the case may want, line by line.
fn details(rule: Option<&Rule>, finding: &Finding, missing: Option<&Missing>) -> String {
    let mut lines = Vec::new();
    // A line of its own per item: a line break inside of one is shown as its escape.
    let mut add = |label: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{label}: {}", shorten(&xml_line(text), LONGEST_LINE)));
        }
    };
    // GitLab shows the text and not the message, so what it says is said again.
    add(if missing.is_some() { "unknown" } else { "found" }, &finding.message.to_string());
    add("because", missing.map_or("", |missing| missing.why.as_str()));
    if let Some(resource) = &finding.resource {
        add("resource", resource.arn.as_str());
        add("name", resource.name.as_deref().unwrap_or(""));
    }
    add("scope", &finding.scope.to_string());
    for evidence in finding.evidence.iter() {
        let condition = if evidence.condition.is_empty() { "" } else { "   # " };
        add("have", &format!("{} = {}{condition}{}", evidence.fact, evidence.value, evidence.condition));
    }
    for cell in missing.iter().flat_map(|missing| &missing.cells) {
        add("missing", &format!("{} {}", cell.scope, cell.operation));
    }
    add("want", &format!("{}:{}", finding.location.path, finding.location.line));
    if let Some(rule) = rule {
        add("title", &rule.title);
        if missing.is_none() {
            add("fix", &fix::command(rule, finding).unwrap_or_default());
        }
        if let Some(reference) = rule.references.first() {
            add("docs", reference);
        }
    }
    add("fingerprint", &finding.fingerprint.to_string());
    xml_lines(&lines.join("\n"))
}

/// `ec2` of `AWS::EC2::SecurityGroup`: the last part of a class name, so without dots.
fn service(rule: Option<&Rule>, finding: Option<&Finding>) -> String {
    let from_finding = finding.and_then(|finding| finding.resource.as_ref()).map(|resource| &*resource.resource_type);
    let of = from_finding.or_else(|| rule.and_then(|rule| rule.resource_types.first().map(String::as_str)));
    let part = of.and_then(|name| name.split("::").skip(1).find(|part| !part.is_empty())).unwrap_or("");
    let plain: String =
        part.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(40).collect();
    if plain.is_empty() { "aws".to_owned() } else { plain }
}

/// Identities are repeated in every suite because readers take suites apart.
fn suite_properties(report: &Report, key: &SuiteKey<'_>, content: &Content<'_>) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("driftline.version", xml_line(&report.identity.tool_version)),
        ("driftline.catalog", xml_line(&report.identity.catalog_sha256)),
        ("driftline.snapshot", xml_line(&report.identity.snapshot_sha256)),
        ("driftline.coverage", format!("{:.1}%", report.coverage.percent())),
    ];
    let partition =
        report.accounts.iter().find(|(id, _)| id.as_str() == key.account).map(|(_, account)| account.partition);
    if let Some(partition) = partition {
        properties.push(("driftline.partition", partition.to_string()));
    }
    if let Some(rule) = report.rules.get(key.check) {
        properties.push(("driftline.severity", rule.severity.to_string()));
    }
    properties.push(("driftline.pass", content.tally.pass.to_string()));
    properties.push(("driftline.skip", content.tally.skip.to_string()));
    if content.tally.suppressed > 0 {
        properties.push(("driftline.suppressed", content.tally.suppressed.to_string()));
    }
    properties
}

/// How the collection went. In the first suite alone: in thousands of suites these would pass
/// GitLab's limit of objects, and neither schema allows properties of the whole document.
fn run_properties(report: &Report) -> Vec<(&'static str, String)> {
    let mut properties: Vec<(&'static str, String)> =
        report.frameworks.iter().map(|framework| ("driftline.framework", of_framework(framework, report))).collect();
    let Some(of) = &report.statistics else { return properties };
    properties.extend([
        ("driftline.run.seconds", format!("{:.1}", of.wall_seconds)),
        ("driftline.run.calls", of.calls.to_string()),
        ("driftline.run.throttled", of.throttled.to_string()),
        ("driftline.run.retries", of.retries.to_string()),
    ]);
    if let Some(bytes) = of.peak_memory_bytes {
        properties.push(("driftline.run.peak_memory_bytes", bytes.to_string()));
    }
    let service = |one: &ServiceStatistics| {
        format!("{} {} calls p50 {:.0} ms p95 {:.0} ms", one.service, one.calls, one.p50_ms, one.p95_ms)
    };
    let services: Vec<String> = of.services.iter().map(service).collect();
    properties.push(("driftline.run.services", xml_line(&services.join("; "))));
    properties
}

/// How many of its controls come to what: `cis-aws-7.0: 3 fail, 40 pass`.
fn of_framework(framework: &Framework, report: &Report) -> String {
    let answers = report.answers(framework);
    let counts: Vec<String> = ControlVerdict::ALL
        .into_iter()
        .map(|verdict| (answers.iter().filter(|answer| answer.verdict == verdict).count(), verdict))
        .filter(|(number, _)| *number > 0)
        .map(|(number, verdict)| format!("{number} {}", verdict.words()))
        .collect();
    xml_line(&format!("{}: {}", framework.id, counts.join(", ")))
}

/// The controls that a check answers, of the frameworks that were asked for.
fn controls(report: &Report, check: &str) -> Option<String> {
    let of = |framework: &Framework| -> Vec<String> {
        let answered = framework.controls.iter().filter(|control| control.checks.iter().any(|id| id == check));
        answered.map(|control| format!("{}/{}", framework.id, control.id)).collect()
    };
    let all: Vec<String> = report.frameworks.iter().flat_map(of).collect();
    (!all.is_empty()).then(|| xml_line(&all.join(" ")))
}

/// Whole seconds: readers disagree on fractions.
fn timestamp(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
