//! The report of an earlier run, read again from its JSON.
//!
//! It is read for what a comparison needs: which checks ran where, and what they found. A field that a later
//! driftline adds is passed over; one that is missing here makes the file no report.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crate::arn::{AccountId, Arn, Partition, Region, Scope};
use crate::finding::{Evidence, FileLocation, Finding, Fingerprint, ResourceRef, Severity, Status};
use crate::inventory::{Cell, Missing};

/// What is known of an earlier run.
#[derive(Debug, Clone, PartialEq)]
pub struct Previous {
    /// Its file, as the user named it.
    pub source: String,
    pub taken_at: Timestamp,
    /// SHA-256 of its snapshot's manifest, in hexadecimal.
    pub snapshot_sha256: String,
    pub catalog_sha256: String,
    /// Ids of the checks that ran.
    pub checks: BTreeSet<String>,
    /// Failures and unknown verdicts.
    pub findings: Vec<Finding>,
    /// What exceptions covered.
    pub suppressed: BTreeSet<Fingerprint>,
}

/// Why a file is no report that can be compared with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreviousError {
    #[error("it is not a JSON report of driftline: {0}")]
    Form(String),
    #[error("it is of the form `{0}`, and this driftline reads `{expected}`", expected = SCHEMA)]
    Schema(String),
    #[error("its fingerprints are of the form `{0}`, and this driftline's are `{expected}`", expected = Fingerprint::VERSION)]
    Fingerprints(String),
}

/// The form that `report::json` writes.
pub const SCHEMA: &str = "urn:driftline:report:1";

impl Previous {
    /// Reads a JSON report.
    ///
    /// # Errors
    /// The user's: the file is something else, or of another version.
    pub fn read(source: &str, json: &[u8]) -> Result<Previous, PreviousError> {
        let form = |error: serde_json::Error| PreviousError::Form(error.to_string());
        // First its name, so that a report of another version is told as one.
        let named: Named = serde_json::from_slice(json).map_err(form)?;
        if named.schema != SCHEMA {
            return Err(PreviousError::Schema(named.schema));
        }
        let document: Document = serde_json::from_slice(json).map_err(form)?;
        // Reports from before there was a name for it are of the first form.
        if let Some(other) = document.fingerprints.filter(|version| version != Fingerprint::VERSION) {
            return Err(PreviousError::Fingerprints(other));
        }
        let findings = document.findings.into_iter().map(finding).filter(|one| is_verdict(&one.status));
        Ok(Previous {
            source: source.to_owned(),
            taken_at: document.identity.taken_at,
            snapshot_sha256: document.identity.snapshot_sha256,
            catalog_sha256: document.identity.catalog_sha256,
            checks: document.rules.into_iter().map(|rule| rule.id).collect(),
            findings: findings.collect(),
            suppressed: document.suppressed.into_iter().map(|one| one.finding.fingerprint).collect(),
        })
    }
}

fn is_verdict(status: &Status) -> bool {
    matches!(status, Status::Fail | Status::Unknown(_))
}

#[derive(Deserialize)]
struct Named {
    schema: String,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    fingerprints: Option<String>,
    identity: IdentityRead,
    rules: Vec<RuleRead>,
    findings: Vec<FindingRead>,
    #[serde(default)]
    suppressed: Vec<SuppressedRead>,
}

#[derive(Deserialize)]
struct IdentityRead {
    taken_at: Timestamp,
    snapshot_sha256: String,
    catalog_sha256: String,
}

#[derive(Deserialize)]
struct RuleRead {
    id: String,
}

#[derive(Deserialize)]
struct SuppressedRead {
    finding: FindingRead,
}

#[derive(Deserialize)]
struct FindingRead {
    fingerprint: Fingerprint,
    rule: String,
    severity: Severity,
    status: StatusRead,
    because: Option<String>,
    missing: Vec<CellRead>,
    partition: Partition,
    account: AccountId,
    region: Region,
    resource: Option<ResourceRead>,
    message: String,
    evidence: Vec<EvidenceRead>,
    location: FileLocation,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatusRead {
    Fail,
    Unknown,
    Pass,
    Skip,
}

#[derive(Deserialize)]
struct CellRead {
    partition: Partition,
    account: AccountId,
    region: Region,
    operation: String,
}

#[derive(Deserialize)]
struct ResourceRead {
    #[serde(rename = "type")]
    resource_type: String,
    id: String,
    arn: Arn,
    name: Option<String>,
}

#[derive(Deserialize)]
struct EvidenceRead {
    fact: String,
    value: String,
    condition: Option<String>,
}

fn finding(read: FindingRead) -> Finding {
    let because = read.because.unwrap_or_default();
    let cells = read.missing.into_iter().map(|cell| Cell {
        scope: Scope { partition: cell.partition, account: cell.account, region: cell.region },
        operation: cell.operation,
    });
    Finding {
        rule: read.rule.into(),
        severity: read.severity,
        status: match read.status {
            StatusRead::Fail => Status::Fail,
            StatusRead::Unknown => Status::Unknown(Missing { why: because, cells: cells.collect() }.into()),
            StatusRead::Pass => Status::Pass,
            StatusRead::Skip => Status::Skip(because),
        },
        scope: Scope { partition: read.partition, account: read.account, region: read.region }.into(),
        resource: read.resource.map(|of| {
            Arc::new(ResourceRef {
                resource_type: of.resource_type.into(),
                id: of.id.into(),
                arn: of.arn,
                name: of.name.map(Into::into),
            })
        }),
        message: read.message.into(),
        evidence: read
            .evidence
            .into_iter()
            .map(|one| Evidence {
                fact: one.fact.into(),
                value: one.value,
                condition: one.condition.unwrap_or_default().into(),
            })
            .collect(),
        location: read.location.into(),
        fingerprint: read.fingerprint,
    }
}
