//! Every fault on a call of every collector: the scan ends, and whatever is
//! still said is what is said without the fault.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use driftline::catalog::Catalog;
use driftline::collect::{Environment, Limits, Progress, Shared, collect};
use driftline::config::targets::{AccountSelection, RoleName, RoleSettings, Targets};
use driftline::evaluate::{self, Options};
use driftline::finding::Status;
use driftline::inventory::{Inventory, Reason};
use driftline::model::{Model, Value, facts};
use driftline::resource::ResourceType;
use driftline_sim::{Fault, Faults, Organization, Rule, Size, serve};
use tokio::sync::watch;

const FAULTS: [Fault; 15] = [
    Fault::Throttle,
    Fault::ServerError,
    Fault::AccessDenied,
    Fault::ScpDenied,
    Fault::RegionDisabled,
    Fault::ExpiredToken,
    Fault::ReportInProgress,
    Fault::Reset,
    Fault::Stall,
    Fault::SlowBody,
    Fault::TruncatedXml,
    Fault::RepeatedToken,
    Fault::EmptyPageWithToken,
    Fault::Garbage,
    Fault::HugePage,
];

/// A call of every collector: each in an account of its own, so that one scan tries them all.
const REGIONAL: [&str; 12] = [
    "ec2:DescribeVpcs",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeInstances",
    "ec2:GetManagedPrefixListEntries",
    "ec2:GetEbsEncryptionByDefault",
    "config:DescribeConfigurationRecorders",
    "cloudtrail:DescribeTrails",
    "guardduty:GetDetector",
    "securityhub:DescribeHub",
    "access-analyzer:ListAnalyzers",
    "iam:GetAccountAuthorizationDetails",
];

/// Calls that only the caller's own account makes, or that the scan begins with.
const OF_CALLER: [&str; 5] = [
    "organizations:ListPolicies",
    "organizations:ListDelegatedAdministrators",
    "account:GetAlternateContact",
    "iam:GetCredentialReport",
    "ec2:DescribeRegions",
];

/// Facts that count only what was read in other accounts and call it known,
/// each to be mended: references to a group come from groups of peered accounts too.
const NOT_YET_UNKNOWN: &[&str] = &["referenced_by"];

fn organization() -> Organization {
    Organization {
        accounts: REGIONAL.len() as u32 + 1,
        regions: vec!["us-east-1".to_owned()],
        size: Size { vpcs: 1, groups: 0, instances: 1, users: 1, roles: 1, policies: 1 },
        ..Organization::default()
    }
}

fn limits() -> Limits {
    Limits {
        max_attempts: 2,
        attempt_timeout: Duration::from_millis(1_500),
        call_timeout: Duration::from_secs(4),
        ..Limits::default()
    }
}

async fn scan(organization: Organization, rules: Vec<Rule>) -> Inventory {
    // Without faults nothing hangs, however busy the machine is.
    let limits = if rules.is_empty() { Limits::default() } else { limits() };
    let (access_key_id, secret_access_key) = organization.operator_credentials();
    let role = RoleSettings::new(RoleName::Name(organization.audit_role.clone()));
    let faults = Faults { rules, ..Faults::default() };
    let server = serve(([127, 0, 0, 1], 0).into(), organization, faults).await.unwrap();
    let targets = Targets {
        accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags: Vec::new() },
        role: Some(role),
        ..Targets::default()
    };
    let environment = Environment::Fixed { endpoint: server.url(), access_key_id, secret_access_key };
    let (_open, stop) = watch::channel(false);
    let shared = Arc::new(Shared::new(limits, Arc::new(Progress::default()), stop));
    let inventory = collect(&targets, &environment, shared, now()).await.unwrap();
    server.shutdown().await;
    inventory
}

fn now() -> jiff::Timestamp {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

/// Everything that a check could ask, by scope, type, resource and fact.
fn everything(inventory: &Inventory) -> BTreeMap<(String, ResourceType, String, &'static str), Value> {
    let model = Model::new(inventory, now());
    let mut all = BTreeMap::new();
    for of in ResourceType::ALL.iter().copied().chain([ResourceType::Account, ResourceType::Region]) {
        for (scope, subject) in model.subjects(of) {
            for (index, field) in facts::table(of).iter().enumerate() {
                let key = (scope.to_string(), of, subject.id().to_owned(), field.name);
                all.insert(key, facts::value(&model, scope, subject, index));
            }
        }
    }
    all
}

/// The verdicts of the built-in checks that are known.
fn verdicts(inventory: &Inventory) -> BTreeMap<String, (String, String, bool)> {
    let model = Model::new(inventory, now());
    let judged = evaluate::judge(&Catalog::embedded(), &model, Options { passes: true });
    let known = judged.findings.into_iter().filter_map(|finding| {
        let failed = match finding.status {
            Status::Fail => true,
            Status::Pass => false,
            Status::Unknown(_) | Status::Skip(_) => return None,
        };
        let about = format!("{} {}", finding.rule, finding.message);
        Some((finding.fingerprint.as_str().to_owned(), (finding.scope.to_string(), about, failed)))
    });
    known.collect()
}

/// No fact and no verdict that the fault made.
#[track_caller]
fn assert_nothing_made_up(clean: &Inventory, faulty: &Inventory, what: &str) {
    // Where the regions could not be listed the usual ones are tried, of which the clean scan knows nothing.
    let scopes: BTreeSet<String> = clean.ledger.scopes().iter().map(|scope| scope.to_string()).collect();
    let before = everything(clean);
    for (key, value) in everything(faulty).into_iter().filter(|(key, _)| !NOT_YET_UNKNOWN.contains(&key.3)) {
        if !scopes.contains(&key.0) {
            continue;
        }
        let known = !matches!(value, Value::Unknown(_));
        match before.get(&key) {
            Some(was) => assert!(!known || *was == value, "{what}: {key:?} was {was:?} and is {value:?}"),
            None => panic!("{what}: {key:?} is there only with the fault: {value:?}"),
        }
    }
    let before = verdicts(clean);
    for (fingerprint, verdict) in verdicts(faulty).into_iter().filter(|(_, verdict)| scopes.contains(&verdict.0)) {
        assert_eq!(before.get(&fingerprint), Some(&verdict), "{what}");
    }
    // A resource that is not there any more is in a list that is known not to be whole.
    let left: BTreeSet<_> = faulty.resources().map(|(key, _)| key).collect();
    for (key, _) in clean.resources().filter(|(key, _)| !left.contains(key)) {
        let of = key.resource_type;
        let listing = of.listing().unwrap();
        assert!(
            faulty.ledger.why_incomplete(&key.scope, listing).is_some(),
            "{what}: {key:?} is lost, and {listing} is complete"
        );
    }
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

#[test]
fn no_fault_makes_up_a_fact_or_a_verdict() {
    run(async {
        let clean = scan(organization(), Vec::new()).await;
        assert_eq!(clean.ledger.gaps().collect::<Vec<_>>(), []);
        let accounts = organization().account_ids();
        for fault in FAULTS {
            let rules = REGIONAL.iter().zip(&accounts[1..]);
            let rules = rules.map(|(action, account)| Rule::new(fault).account(account).action(*action)).collect();
            let faulty = scan(organization(), rules).await;
            assert_nothing_made_up(&clean, &faulty, &format!("{fault:?}"));
            for (cell, gap) in faulty.ledger.gaps() {
                let index = accounts.iter().position(|id| id == cell.scope.account.as_str()).unwrap();
                // On a busy machine any call may be late.
                let late = gap.reason == Reason::TimedOut;
                assert!(index > 0 || late, "{fault:?}: a gap in an account without faults: {cell:?} {gap:?}");
            }
        }
    });
}

#[test]
fn no_fault_in_the_callers_account_does_either() {
    run(async {
        let small = || Organization { accounts: 2, ..organization() };
        let clean = scan(small(), Vec::new()).await;
        for fault in FAULTS {
            for action in OF_CALLER {
                let rule = Rule::new(fault).account(&small().account_ids()[0]).action(action);
                let faulty = scan(small(), vec![rule]).await;
                assert_nothing_made_up(&clean, &faulty, &format!("{fault:?} of {action}"));
            }
        }
    });
}
