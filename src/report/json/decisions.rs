//! What people decided (exceptions), and what an earlier run already knew, as JSON.

use serde::Serialize;

use crate::exceptions::{About, Accepts, Exception, State, Suppressed, Use};
use crate::finding::{Fingerprint, Message};
use crate::triage::{Against, Change, Gone, GoneTo, Report};

use super::{FindingView, finding};

#[derive(Serialize)]
pub struct SuppressedView<'r> {
    finding: FindingView<'r>,
    exception: ExceptionView<'r>,
}

#[derive(Serialize)]
pub struct ExceptionView<'r> {
    about: AboutView<'r>,
    reason: &'r str,
    owner: Option<&'r str>,
    ticket: Option<&'r str>,
    /// None is permanent.
    expires: Option<String>,
    location: OwnLocation,
}

/// Of an exception's file; other locations borrow from the report.
#[derive(Serialize)]
struct OwnLocation {
    path: String,
    line: u32,
}

#[derive(Serialize)]
struct AboutView<'r> {
    check: Option<&'r str>,
    finding: Option<&'r str>,
    drift: Option<&'r str>,
    resource: Option<&'r str>,
    account: Option<&'r str>,
    region: Option<&'r str>,
    /// None is any value.
    value: Option<&'r [String]>,
}

#[derive(Serialize)]
pub struct UseView<'r> {
    state: &'static str,
    /// Whether it is a finding of its own, with the severity `low`.
    is_finding: bool,
    message: String,
    /// What is there in place of the accepted value.
    found: Option<&'r [String]>,
    #[serde(flatten)]
    exception: ExceptionView<'r>,
}

#[derive(Serialize)]
pub struct AgainstView<'r> {
    source: &'r str,
    taken_at: String,
    snapshot_sha256: &'r str,
    same_catalog: bool,
    checks_added: &'r [String],
    checks_removed: &'r [String],
    counts: Counts,
    gone: Vec<GoneView<'r>>,
}

#[derive(Serialize)]
struct Counts {
    new: usize,
    worse: usize,
    better: usize,
    unchanged: usize,
    now_unknown: usize,
    check_added: usize,
    fixed: usize,
    gone_unknown: usize,
    check_removed: usize,
    not_looked: usize,
    suppressed: usize,
}

#[derive(Serialize)]
struct GoneView<'r> {
    to: &'static str,
    fingerprint: Fingerprint,
    rule: &'r str,
    severity: crate::finding::Severity,
    account: &'r str,
    region: &'r str,
    arn: Option<&'r str>,
    message: &'r Message,
}

pub fn suppressed<'r>(one: &'r Suppressed, report: &'r Report) -> SuppressedView<'r> {
    SuppressedView { finding: finding(&one.finding, report), exception: exception(&one.exception) }
}

pub fn used(one: &Use) -> UseView<'_> {
    UseView {
        state: one.state.as_str(),
        is_finding: one.is_finding(),
        message: one.message(),
        found: match &one.state {
            State::Differs { is } => Some(is),
            _ => None,
        },
        exception: exception(&one.exception),
    }
}

fn exception(of: &Exception) -> ExceptionView<'_> {
    let location = of.location();
    ExceptionView {
        about: about(&of.about),
        reason: &of.reason,
        owner: of.owner.as_deref(),
        ticket: of.ticket.as_deref(),
        expires: of.expires.map(|day| day.to_string()),
        location: OwnLocation { path: location.path.to_string(), line: location.line },
    }
}

fn about(of: &About) -> AboutView<'_> {
    let value = match of.accepts() {
        Accepts::Exactly(lines) => Some(lines.as_slice()),
        Accepts::Any => None,
    };
    match of {
        About::Finding { check, fingerprint, resource, account, region, .. } => AboutView {
            check: Some(check),
            finding: fingerprint.as_deref(),
            drift: None,
            resource: resource.as_deref(),
            account: account.as_deref(),
            region: region.as_deref(),
            value,
        },
        About::Drift { item, .. } => AboutView {
            check: None,
            finding: None,
            drift: Some(item),
            resource: None,
            account: None,
            region: None,
            value,
        },
    }
}

pub fn against(of: &Against) -> AgainstView<'_> {
    AgainstView {
        source: &of.source,
        taken_at: of.taken_at.to_string(),
        snapshot_sha256: &of.snapshot_sha256,
        same_catalog: of.same_catalog,
        checks_added: &of.checks_added,
        checks_removed: &of.checks_removed,
        counts: Counts {
            new: of.count(Change::New),
            worse: of.count(Change::Worse),
            better: of.count(Change::Better),
            unchanged: of.count(Change::Unchanged),
            now_unknown: of.count(Change::NowUnknown),
            check_added: of.count(Change::CheckAdded),
            fixed: of.count_gone(GoneTo::Fixed),
            gone_unknown: of.count_gone(GoneTo::NowUnknown),
            check_removed: of.count_gone(GoneTo::CheckRemoved),
            not_looked: of.count_gone(GoneTo::NotLooked),
            suppressed: of.count_gone(GoneTo::Suppressed),
        },
        gone: of.gone.iter().map(gone).collect(),
    }
}

fn gone(one: &Gone) -> GoneView<'_> {
    let finding = &one.finding;
    GoneView {
        to: one.to.as_str(),
        fingerprint: finding.fingerprint,
        rule: &finding.rule,
        severity: finding.severity,
        account: finding.scope.account.as_str(),
        region: finding.scope.region.as_str(),
        arn: finding.resource.as_ref().map(|of| of.arn.as_str()),
        message: &finding.message,
    }
}
