//! Every fault on a call of every collector: the scan ends, and whatever is
//! still said is what is said without the fault. `matrix` has every call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use driftline::catalog::Catalog;
use driftline::collect::{Environment, Limits, Progress, Shared, collect};
use driftline::config::targets::{AccountSelection, RegionSelection, RoleName, RoleSettings, Targets};
use driftline::evaluate::{self, Options};
use driftline::finding::Status;
use driftline::inventory::{Inventory, Reason};
use driftline::model::{Model, Record, Value, facts};
use driftline::resource::ResourceType;
use driftline_sim::{Fault, Faults, Organization, Rule, Size, serve};
use tokio::sync::watch;

/// A slow body is a stall here, and a huge page costs a parser that is not optimized seconds: see `network`.
const FAULTS: [Fault; 18] = [
    Fault::Throttle,
    Fault::ServerError,
    Fault::AccessDenied,
    Fault::ScpDenied,
    Fault::RegionDisabled,
    Fault::ExpiredToken,
    Fault::ReportInProgress,
    Fault::Reset,
    Fault::ResetAfterHeaders,
    Fault::Stall,
    Fault::TruncatedXml,
    Fault::TruncatedChunked,
    Fault::NotUtf8,
    Fault::WrongRoot,
    Fault::RepeatedToken,
    Fault::EmptyPageWithToken,
    Fault::Garbage,
    Fault::MissingResult,
];

/// Accounts that faults are in, beside the caller's.
const FAULTY: usize = 4;

/// A call of every collector, dealt out to the accounts: those that depend on each other are in different ones.
const REGIONAL: [&str; 18] = [
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
    // The first of four is the one with transit gateways, the second the one with an accelerator, the fourth
    // the one with a load balancer of the first generation.
    "ec2:SearchTransitGatewayRoutes",
    "globalaccelerator:ListListeners",
    "elbv2:DescribeListeners",
    "elb:DescribeLoadBalancers",
    "elbv2:DescribeTargetHealth",
    "elbv2:DescribeRules",
];

/// Calls of the caller's own account.
const OF_CALLER: [&str; 4] = [
    "organizations:ListPolicies",
    "organizations:ListDelegatedAdministrators",
    "account:GetAlternateContact",
    "iam:GetCredentialReport",
];

fn organization() -> Organization {
    Organization {
        accounts: FAULTY as u32 + 1,
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
    scan_within(limits, organization, rules).await
}

async fn scan_within(limits: Limits, organization: Organization, rules: Vec<Rule>) -> Inventory {
    let (access_key_id, secret_access_key) = organization.operator_credentials();
    let role = RoleSettings::new(RoleName::Name(organization.audit_role.clone()));
    let faults = Faults { rules, ..Faults::default() };
    let server = serve(([127, 0, 0, 1], 0).into(), organization, faults).await.unwrap();
    let targets = Targets {
        accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags: Vec::new() },
        role: Some(role),
        // Of the usual regions, which are tried where those of the account cannot be listed, two are enough.
        regions: RegionSelection::new(&["us-east-*".to_owned()], &[]).unwrap(),
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

/// Scope, type, resource and fact.
type Asked = (String, ResourceType, String, &'static str);

/// Everything that a check could ask, by scope, type, resource and fact.
fn everything(inventory: &Inventory) -> BTreeMap<Asked, Value> {
    let model = Model::new(inventory, now());
    let mut all = BTreeMap::new();
    for of in ResourceType::ALL.iter().copied().chain([ResourceType::Account, ResourceType::Region]) {
        let table = facts::table(of);
        for (scope, subject) in model.subjects(of) {
            for (index, field) in table.iter().enumerate() {
                let key = (scope.to_string(), of, subject.id().to_owned(), field.name);
                all.insert(key, facts::value(&model, scope, subject, index));
            }
        }
    }
    all
}

/// The verdicts of the built-in checks that are known.
fn verdicts(inventory: &Inventory) -> BTreeMap<(String, String), (String, bool)> {
    let model = Model::new(inventory, now());
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);
    let judged = evaluate::judge(&CATALOG, &model, Options { passes: true });
    let known = judged.findings.into_iter().filter_map(|finding| {
        let failed = match finding.status {
            Status::Fail => true,
            Status::Pass => false,
            Status::Unknown(_) | Status::Skip(_) => return None,
        };
        let about = format!("{} {}", finding.rule, finding.message);
        Some(((finding.scope.to_string(), finding.fingerprint.as_str().to_owned()), (about, failed)))
    });
    known.collect()
}

/// A scan without faults, and what follows from it.
struct Clean {
    inventory: Inventory,
    scopes: BTreeSet<String>,
    facts: BTreeMap<Asked, Value>,
    verdicts: BTreeMap<(String, String), (String, bool)>,
}

impl Clean {
    async fn scan(organization: Organization) -> Clean {
        let inventory = scan(organization, Vec::new()).await;
        assert_eq!(inventory.ledger.gaps().collect::<Vec<_>>(), []);
        Clean {
            scopes: inventory.ledger.scopes().map(|scope| scope.to_string()).collect(),
            facts: everything(&inventory),
            verdicts: verdicts(&inventory),
            inventory,
        }
    }

    /// No fact and no verdict that the fault made.
    fn assert_nothing_made_up(&self, faulty: &Inventory, what: &str) {
        // Where the regions could not be listed the usual ones are tried, of which the clean scan knows nothing.
        let known = |scope: &String| self.scopes.contains(scope);
        for (key, value) in everything(faulty).into_iter().filter(|(key, _)| known(&key.0)) {
            match self.facts.get(&key) {
                Some(was) => assert!(agrees(was, &value), "{what}: {key:?} was {was:?} and is {value:?}"),
                None => panic!("{what}: {key:?} is there only with the fault: {value:?}"),
            }
        }
        for (key, verdict) in verdicts(faulty).into_iter().filter(|(key, _)| known(&key.0)) {
            assert_eq!(self.verdicts.get(&key), Some(&verdict), "{what}");
        }
        // A resource that is not there any more is in a list that is known not to be whole.
        let left: BTreeSet<_> = faulty.resources().map(|(key, _)| key).collect();
        for (key, _) in self.inventory.resources().filter(|(key, _)| !left.contains(key)) {
            let listing = key.resource_type.listing().unwrap();
            let why = faulty.why_incomplete(&key.scope, listing);
            assert!(why.is_some(), "{what}: {key:?} is lost, and {listing} is complete");
        }
    }
}

/// Whether the second is the first, or unknown wherever it is not. A list loses
/// nothing, and what is new in it says that something of it is unknown.
fn agrees(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (_, Value::Unknown(_)) => true,
        (Value::List(before), Value::List(after)) => {
            let kept = before.iter().all(|old| after.iter().any(|new| same(old, new)));
            let open = |record: &Record| fields(record).any(|field| matches!(field, Value::Unknown(_)));
            kept && after.iter().all(|new| open(new) || before.iter().any(|old| same(old, new)))
        }
        _ => before == after,
    }
}

fn same(before: &Record, after: &Record) -> bool {
    fields(before).zip(fields(after)).all(|(before, after)| agrees(before, after))
}

/// More than any record has; beyond its last field a record is absent.
fn fields(record: &Record) -> impl Iterator<Item = &Value> {
    (0..64).map(|index| record.get(index))
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

#[test]
fn no_fault_makes_up_a_fact_or_a_verdict() {
    in_members(&FAULTS);
}

#[test]
fn no_fault_in_the_callers_account_does_either() {
    in_the_callers_account(&FAULTS);
}

fn in_members(faults: &[Fault]) {
    run(async {
        let clean = Clean::scan(organization()).await;
        let accounts = organization().account_ids();
        for fault in faults.iter().copied() {
            let rules = REGIONAL.iter().zip(accounts[1..].iter().cycle());
            let rules = rules.map(|(action, account)| Rule::new(fault).account(account).action(*action)).collect();
            let faulty = scan(organization(), rules).await;
            clean.assert_nothing_made_up(&faulty, &format!("{fault:?}"));
            for (cell, gap) in faulty.ledger.gaps() {
                let index = accounts.iter().position(|id| id == cell.scope.account.as_str()).unwrap();
                // On a busy machine any call may be late.
                let late = gap.reason == Reason::TimedOut;
                assert!(index > 0 || late, "{fault:?}: a gap in an account without faults: {cell:?} {gap:?}");
            }
        }
    });
}

fn in_the_callers_account(faults: &[Fault]) {
    run(async {
        let small = || Organization { accounts: 2, ..organization() };
        let clean = Clean::scan(small()).await;
        for fault in faults.iter().copied() {
            for actions in [&OF_CALLER[..], &["ec2:DescribeRegions"]] {
                let rule = |action: &&str| Rule::new(fault).account(&small().account_ids()[0]).action(*action);
                let faulty = scan(small(), actions.iter().map(rule).collect()).await;
                clean.assert_nothing_made_up(&faulty, &format!("{fault:?} of {actions:?}"));
            }
        }
    });
}
