//! Differences as findings, for the formats that know findings: one rule for each effect.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::arn::{AccountId, Partition, Region, Scope};
use crate::drift::{AWS, Effect, Item, NotChecked};
use crate::finding::{Evidence, FileLocation, Finding, Fingerprint, ResourceRef, Severity, Status, Tallies};
use crate::inventory::{Account, Cell, Gap, Missing, Reason};
use crate::triage::{Coverage, CoverageGap, Identity, Outcome, Remediation, Report, Rule};

use super::{Told, fails};

const NOT_CHECKED: &str = "drift-not-checked";

/// The report that JUnit and SARIF are written from.
pub(super) fn report(told: &Told<'_>) -> Report {
    let path = told.old.path.display().to_string().replace('\\', "/").into();
    let location = Arc::new(FileLocation { path, line: 1 });
    let comparison = &told.comparison;
    let mut findings: Vec<Finding> =
        comparison.items.iter().filter_map(|item| finding(told, item, &location)).collect();
    findings.extend(comparison.not_checked.iter().filter_map(|one| unknown(one, &location)));
    let mut tallies = Tallies::default();
    for finding in &findings {
        let tally = tallies.entry(&finding.rule, &finding.scope.account);
        match finding.status {
            Status::Fail => tally.fail += 1,
            Status::Unknown(_) => tally.unknown += 1,
            Status::Pass => tally.pass += 1,
            Status::Skip(_) => tally.skip += 1,
        }
    }
    let gaps = comparison.not_checked.iter().filter_map(|one| {
        Some(CoverageGap {
            cell: Cell { scope: scope(&one.account, &one.region)?, operation: operation(one) },
            gap: Gap { reason: Reason::SkippedByConfig, message: one.why.clone(), partial: true },
            checks: vec![NOT_CHECKED.to_owned()],
        })
    });
    let gaps: Vec<CoverageGap> = gaps.collect();
    let provenance = told.new.provenance();
    let accounts: BTreeSet<AccountId> = findings.iter().map(|finding| finding.scope.account.clone()).collect();
    let about = |id: AccountId| {
        let partition = Partition::Aws;
        (id.clone(), Account { partition, id, name: None, organizational_unit: None })
    };
    Report {
        identity: Identity {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at: provenance.taken_at,
            as_of: provenance.taken_at,
            caller: provenance.caller.clone(),
            source: format!("differences of {}", provenance.source),
            catalog_sha256: String::new(),
            snapshot_sha256: told.new.snapshot.sha256().to_owned(),
        },
        outcome: match told.outcome {
            super::Outcome::Pass => Outcome::Pass,
            super::Outcome::Fail => Outcome::Fail,
            super::Outcome::Incomplete => Outcome::Incomplete,
        },
        fail_on: Severity::Informational,
        accounts: accounts.into_iter().map(about).collect(),
        regions: findings
            .iter()
            .map(|finding| finding.scope.region.to_string())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        rules: rules(&location),
        coverage: Coverage {
            cells: comparison.unchanged + comparison.items.len() + gaps.len(),
            complete: comparison.unchanged + comparison.items.len(),
            gaps,
        },
        findings,
        suppressed: Vec::new(),
        exceptions: Vec::new(),
        against: None,
        tallies,
        frameworks: Vec::new(),
        resources: comparison.unchanged + comparison.items.len(),
        statistics: None,
    }
}

fn rule_of(effect: Effect) -> String {
    format!("drift-{effect}")
}

fn finding(told: &Told<'_>, item: &Item, location: &Arc<FileLocation>) -> Option<Finding> {
    let scope = scope(&item.account, &item.region)?;
    let what = if item.path.is_empty() { String::new() } else { format!(" {}", item.path) };
    let mut evidence = Vec::new();
    for (fact, value) in [("before", &item.before), ("after", &item.after)] {
        if let Some(value) = value {
            evidence.push(Evidence { fact: fact.into(), value: super::text::plain(value), condition: "".into() });
        }
    }
    let more = [("witness", &item.witness), ("follows from", &item.cause)];
    evidence.extend(
        more.into_iter().filter_map(|(fact, value)| {
            Some(Evidence { fact: fact.into(), value: value.clone()?, condition: "".into() })
        }),
    );
    let arn = scope.arn("driftline", format_args!("{}/{}", item.resource_type.name(), item.key));
    // What does not fail the run is told as what passed.
    let status = if fails(item, told.fail_on) { Status::Fail } else { Status::Pass };
    Some(Finding {
        rule: rule_of(item.effect).into(),
        severity: item.severity,
        status,
        resource: Some(Arc::new(ResourceRef {
            resource_type: item.resource_type.name().into(),
            id: format!("{} {}{what}", item.resource_type.name(), item.key).into(),
            arn,
            name: Some(item.key.as_str().into()),
        })),
        message: format!("{} {}{what} {}: {}", item.resource_type.name(), item.key, item.class, item.because).into(),
        evidence: evidence.into(),
        location: location.clone(),
        fingerprint: Fingerprint::new("drift", &scope.to_string(), &item.id),
        scope: scope.into(),
    })
}

fn unknown(one: &NotChecked, location: &Arc<FileLocation>) -> Option<Finding> {
    let scope = scope(&one.account, &one.region)?;
    let cell = Cell { scope: scope.clone(), operation: operation(one) };
    Some(Finding {
        rule: NOT_CHECKED.into(),
        severity: Severity::Medium,
        status: Status::Unknown(Missing { why: one.why.clone(), cells: BTreeSet::from([cell]) }.into()),
        resource: None,
        message: format!("{} {} was not compared: {}", scope, operation(one), one.why).into(),
        evidence: Arc::default(),
        location: location.clone(),
        fingerprint: Fingerprint::new(NOT_CHECKED, &scope.to_string(), &one.operation),
        scope: scope.into(),
    })
}

fn operation(one: &NotChecked) -> String {
    if one.operation.is_empty() { "everything".to_owned() } else { one.operation.clone() }
}

/// Where an item is. What belongs to AWS has no account, and is put under zeros; none if the account is no account.
fn scope(account: &str, region: &str) -> Option<Scope> {
    let account = if account == AWS { "000000000000" } else { account };
    let region = region.parse().unwrap_or_else(|_| Region::global());
    Some(Scope { partition: Partition::of_region(region.as_str()), account: account.parse().ok()?, region })
}

fn rules(location: &Arc<FileLocation>) -> BTreeMap<String, Rule> {
    let rule = |id: String, title: &str, severity, rationale: &str| {
        let rule = Rule {
            id: id.clone(),
            title: title.to_owned(),
            severity,
            resource_types: Vec::new(),
            rationale: rationale.to_owned(),
            remediation: Remediation {
                text: "Find out who made the change and why; take it back, or take the newer snapshot for the one to \
                       compare with."
                    .to_owned(),
                cli: None,
                terraform: None,
            },
            references: Vec::new(),
            controls: BTreeMap::new(),
            path: location.path.to_string(),
            line: 1,
        };
        (id, rule)
    };
    let of = |effect: Effect, title: &str, severity, why: &str| rule(rule_of(effect), title, severity, why);
    BTreeMap::from([
        of(
            Effect::Weakening,
            "A change allows more than before",
            Severity::High,
            "More packets pass, more requests are allowed, or less is watched than before.",
        ),
        of(
            Effect::Mixed,
            "A change allows more in one respect and less in another",
            Severity::High,
            "What it allows has to be looked at by itself.",
        ),
        of(
            Effect::Unknown,
            "A change of which it is not known what it allows",
            Severity::Medium,
            "Something that decides was not read, or no order is known for the attribute.",
        ),
        of(
            Effect::Strengthening,
            "A change allows less than before",
            Severity::Informational,
            "It may be meant, or be the first half of something.",
        ),
        of(
            Effect::Neutral,
            "A change allows the same as before",
            Severity::Informational,
            "It is not as it was, and nothing more is allowed.",
        ),
        rule(
            NOT_CHECKED.to_owned(),
            "Something could not be compared",
            Severity::Medium,
            "What one snapshot does not hold is neither removed nor added.",
        ),
    ])
}
