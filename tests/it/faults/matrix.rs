//! Every fault on every operation of the catalogue, always and once: the scan
//! ends, every cell is complete or a gap, and whatever is still said is what is
//! said without the fault.
//!
//! Each account of one large organization has one fault, of operations that do
//! not wait for one another; the caller's own account is scanned once for each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use driftline::collect::{
    CollectError, Environment, Limits, Operation, Per, Place, Progress, Scan, Shared, call_catalogue, collect,
};
use driftline::config::targets::{AccountSelection, RegionSelection, RoleName, RoleSettings, Targets};
use driftline::inventory::{Inventory, Outcome, Reason};
use driftline_sim::{Fault, Faults, Organization, Rule, Size, Stats, When, serve};
use futures::StreamExt;
use tokio::sync::watch;

use super::clean::Clean;

/// Operations that others wait for: with these failing, those would not be asked.
const GATES: [&str; 34] = [
    "access-analyzer:ListAnalyzers",
    "cloudtrail:DescribeTrails",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeTransitGatewayAttachments",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpcEndpointServiceConfigurations",
    "ec2:DescribeVpcs",
    "elb:DescribeLoadBalancers",
    "elbv2:DescribeLoadBalancers",
    "elbv2:DescribeTargetGroups",
    "globalaccelerator:ListAccelerators",
    "guardduty:ListDetectors",
    "iam:GenerateCredentialReport",
    "iam:GetAccountAuthorizationDetails",
    "iam:ListOpenIDConnectProviders",
    "iam:ListPolicies",
    "inspector2:BatchGetAccountStatus",
    "lambda:ListFunctions",
    "macie2:GetMacieSession",
    "network-firewall:ListFirewalls",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListPolicies",
    "organizations:ListRoots",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBSnapshots",
    "route53:ListHostedZones",
    "s3:ListBuckets",
    "s3control:ListAccessPoints",
    "securityhub:DescribeHub",
    "ssm:ListDocuments",
    "wafv2:ListWebACLs",
];

/// Operations that wait for some, and for which others wait.
const BETWEEN: [&str; 5] = [
    "ec2:DescribeTransitGatewayRouteTables",
    "elbv2:DescribeListeners",
    "globalaccelerator:ListListeners",
    "iam:GetCredentialReport",
    "network-firewall:DescribeFirewall",
];

/// Operations that are asked once for all accounts, so that a fault of one account's may not be met; and what only
/// one of the simulated accounts has anything to ask about.
const SHARED: [&str; 9] = [
    "ec2:DescribeTransitGatewayPeeringAttachments",
    "ec2:DescribeTransitGatewayRouteTables",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:GetManagedPrefixListEntries",
    "ec2:GetTransitGatewayRouteTableAssociations",
    "ec2:GetTransitGatewayRouteTablePropagations",
    "ec2:SearchTransitGatewayRoutes",
    "iam:GetPolicyVersion",
    "organizations:DescribeOrganization",
];

/// Operations without which no scan begins.
const BEGINNING: [&str; 3] =
    ["organizations:ListAccounts", "organizations:ListTagsForResource", "sts:GetCallerIdentity"];

/// Faults that leave nothing to read, as long as they last.
const FATAL: [Fault; 16] = [
    Fault::Throttle,
    Fault::ServerError,
    Fault::AccessDenied,
    Fault::ScpDenied,
    Fault::RegionDisabled,
    Fault::ExpiredToken,
    Fault::Reset,
    Fault::ResetAfterHeaders,
    Fault::Stall,
    Fault::SlowHeaders,
    Fault::SlowBody,
    Fault::TruncatedXml,
    Fault::TruncatedChunked,
    Fault::NotUtf8,
    Fault::MissingResult,
    Fault::Garbage,
];

/// Faults that another try gets over.
const PASSING: [Fault; 12] = [
    Fault::Throttle,
    Fault::ServerError,
    Fault::ExpiredToken,
    Fault::Reset,
    Fault::ResetAfterHeaders,
    Fault::Stall,
    Fault::SlowHeaders,
    Fault::SlowBody,
    Fault::TruncatedXml,
    Fault::TruncatedChunked,
    Fault::NotUtf8,
    Fault::ReportInProgress,
];

/// Faults that keep a caller waiting until he gives up.
const SILENT: [Fault; 3] = [Fault::Stall, Fault::SlowHeaders, Fault::SlowBody];

const WHENS: [When; 2] = [When::Always, When::First(1)];

fn faults() -> impl Iterator<Item = (Fault, When)> {
    Fault::ALL.into_iter().flat_map(|fault| WHENS.map(|when| (fault, when)))
}

fn organization(accounts: u32) -> Organization {
    Organization {
        accounts,
        regions: vec!["us-east-1".to_owned()],
        size: Size { vpcs: 1, groups: 0, instances: 1, users: 2, roles: 1, policies: 1 },
        // Without them every account has what the calls ask about.
        defects: false,
        ..Organization::default()
    }
}

/// How long is waited for an answer, for a call, for a list. Where nothing is silent, waiting is for a busy machine.
fn limits(rules: &[Rule]) -> Limits {
    // Nobody else works here. Without faults nothing hangs, however busy the machine is.
    let limits = Limits { politeness: 1.0, ..Limits::default() };
    if rules.is_empty() {
        return limits;
    }
    let silent = rules.iter().any(|rule| SILENT.contains(&rule.fault));
    let (attempt, call) = if silent { (2_500, 6_000) } else { (20_000, 45_000) };
    Limits {
        max_attempts: 2,
        attempt_timeout: Duration::from_millis(attempt),
        call_timeout: Duration::from_millis(call),
        list_timeout: Duration::from_secs(4),
        ..limits
    }
}

/// What came of a scan, with what the endpoint counted.
struct Scanned {
    inventory: Inventory,
    stats: Stats,
}

/// A simulated organization to scan, and with what.
struct Field {
    server: driftline_sim::Server,
    targets: Targets,
    environment: Environment,
    shared: Arc<Shared>,
    _open: watch::Sender<bool>,
}

async fn field(organization: Organization, rules: Vec<Rule>, tags: &[(&str, &str)]) -> Field {
    let limits = limits(&rules);
    let (access_key_id, secret_access_key) = organization.operator_credentials();
    let role = RoleSettings::new(RoleName::Name(organization.audit_role.clone()));
    // A huge page costs a parser that is not optimized seconds; that 32 MiB are read, `network` shows.
    let faults = Faults { rules, huge_bytes: Some(1 << 20), ..Faults::default() };
    let server = serve(([127, 0, 0, 1], 0).into(), organization, faults).await.unwrap();
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let targets = Targets {
        accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags },
        role: Some(role),
        // Of the usual regions, which are tried where those of the account cannot be listed, two are enough.
        regions: RegionSelection::new(&["us-east-*".to_owned()], &[]).unwrap(),
        ..Targets::default()
    };
    let environment = Environment::Fixed { endpoint: server.url(), access_key_id, secret_access_key };
    let (_open, stop) = watch::channel(false);
    let shared = Arc::new(Shared::new(limits, Arc::new(Progress::default()), stop));
    Field { server, targets, environment, shared, _open }
}

/// Scans; longer than this no scan of these organizations may take, whatever its faults are.
async fn scan(organization: Organization, rules: Vec<Rule>) -> Result<Scanned, CollectError> {
    let now = now(&organization);
    let longest = Duration::from_secs(60 + 2 * u64::from(organization.accounts));
    let field = field(organization, rules, &[]).await;
    let collected = collect(&field.targets, &field.environment, Arc::clone(&field.shared), now);
    let inventory = tokio::time::timeout(longest, collected).await.expect("the scan hangs")?;
    for (cell, gap) in inventory.ledger.gaps() {
        assert!(!gap.message.contains("a mistake of its own"), "{cell:?}: {gap:?}");
    }
    let stats = field.server.stats();
    field.server.shutdown().await;
    Ok(Scanned { inventory, stats })
}

async fn clean(organization: Organization) -> Clean {
    let Scanned { inventory, stats } = scan(organization, Vec::new()).await.unwrap();
    Clean::new(inventory, stats)
}

/// The time that ages are counted from on both sides.
fn now(organization: &Organization) -> jiff::Timestamp {
    jiff::Timestamp::from_second(organization.now as i64).unwrap()
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

/// Accounts and operations that were called in them.
fn called(stats: &Stats) -> BTreeSet<(&str, String)> {
    stats.calls.iter().map(|count| (count.account.as_str(), format!("{}:{}", count.service, count.action))).collect()
}

/// Operations that wait for one another are in different layers, and so in different accounts.
fn layer(operation: &Operation) -> usize {
    match operation.name {
        name if GATES.contains(&name) => 1,
        name if BETWEEN.contains(&name) => 2,
        // For what is asked in any case nobody waits, and for what comes last neither.
        _ => 0,
    }
}

/// An account, and the operations that go wrong in it in the same way.
struct Bad {
    account: String,
    fault: Fault,
    when: When,
    layer: usize,
    operations: Vec<&'static Operation>,
}

impl Bad {
    /// An endpoint that is silent is given up after some calls: more of them than are tried would not be.
    fn has_room(&self, operation: &Operation) -> bool {
        let most = match self.when {
            _ if !SILENT.contains(&self.fault) => usize::MAX,
            When::Always => 3,
            _ => 6,
        };
        let same = |other: &&&Operation| (other.place == Place::Account) == (operation.place == Place::Account);
        self.layer == layer(operation) && self.operations.iter().filter(same).count() < most
    }
}

/// Every fault of every operation of members, each in an account in which it is called.
fn bad_accounts(clean: &Clean, accounts: &[String], faults: &[(Fault, When)]) -> Vec<Bad> {
    let called = called(&clean.stats);
    let of_members = call_catalogue().iter().filter(|operation| {
        matches!(operation.place, Place::Account | Place::Region) && !SHARED.contains(&operation.name)
    });
    // An account in which much is asked has room for what is asked everywhere.
    let mut of_members: Vec<&Operation> = of_members.collect();
    of_members.sort_by_key(|operation| called.iter().filter(|(_, name)| name == operation.name).count());
    let mut free: Vec<&String> = accounts.iter().collect();
    // What is asked everywhere is for those that have nothing else.
    free.sort_by_cached_key(|account| called.iter().filter(|(of, _)| of == account).count());
    let mut bad: Vec<Bad> = Vec::new();
    for (fault, when) in faults.iter().copied() {
        let from = bad.len();
        for operation in of_members.iter().copied() {
            let is_called = |account: &str| called.contains(&(account, operation.name.to_owned()));
            let has_room = |bad: &&mut Bad| bad.has_room(operation) && is_called(&bad.account);
            match bad[from..].iter_mut().find(has_room) {
                Some(bad) => bad.operations.push(operation),
                None => {
                    let at = free.iter().position(|account| is_called(account));
                    let at = at.unwrap_or_else(|| panic!("no account is left that calls {}", operation.name));
                    let account = free.remove(at).clone();
                    bad.push(Bad { account, fault, when, layer: layer(operation), operations: vec![operation] });
                }
            }
        }
    }
    bad
}

/// Some of them in each run of the tests: a list that ends too soon, one that does not end, one that is not there, and
/// what is denied or passes.
#[test]
fn no_fault_of_a_few_makes_up_a_fact_or_a_verdict() {
    let always = [Fault::TruncatedXml, Fault::EndlessToken, Fault::MissingResult, Fault::AccessDenied];
    let few = always.map(|fault| (fault, When::Always)).into_iter().chain([(Fault::Throttle, When::First(1))]);
    in_members(60, &few.collect::<Vec<_>>());
}

#[test]
#[ignore = "takes minutes: ./test --ignored faults::matrix"]
fn no_fault_makes_up_a_fact_or_a_verdict() {
    in_members(360, &faults().filter(|(fault, _)| !SILENT.contains(fault)).collect::<Vec<_>>());
}

#[test]
#[ignore = "takes minutes: ./test --ignored faults::matrix"]
fn no_endpoint_that_is_silent_does_either() {
    in_members(320, &faults().filter(|(fault, _)| SILENT.contains(fault)).collect::<Vec<_>>());
}

fn in_members(accounts: u32, faults: &[(Fault, When)]) {
    run(async {
        let organization = || organization(accounts);
        let clean = clean(organization()).await;
        // The first is the caller's, the second has no VPC like the others.
        let bad = bad_accounts(&clean, &organization().account_ids()[2..], faults);
        let rules = bad.iter().flat_map(|bad| {
            let rule = |operation: &&Operation| {
                Rule::new(bad.fault).account(&bad.account).action(operation.name).when(bad.when)
            };
            bad.operations.iter().map(rule)
        });
        let faulty = scan(organization(), rules.collect()).await.unwrap();
        clean.assert_nothing_made_up(&faulty.inventory, "in a member");

        let called = called(&faulty.stats);
        let outcomes: BTreeMap<(String, String), &Outcome> = (faulty.inventory.ledger.cells())
            .filter(|(cell, _)| clean.scopes.contains(&cell.scope.to_string()))
            .map(|(cell, outcome)| ((cell.scope.account.to_string(), cell.operation), outcome))
            .collect();
        let (mut cells, mut wrong) = (0, Vec::new());
        for bad in &bad {
            for operation in &bad.operations {
                let key = (bad.account.clone(), operation.name.to_owned());
                let what = format!("{:?} {:?} of {}", bad.fault, bad.when, operation.name);
                let outcome = outcomes.get(&key).unwrap_or_else(|| panic!("{what} is no cell"));
                let gap = match outcome {
                    Outcome::Gap(gap) => Some(gap.reason),
                    _ => None,
                };
                // On a busy machine any call may be late, and what waits for it is not made then.
                let met = called.contains(&(bad.account.as_str(), key.1.clone()));
                // Nor what is asked after policies of the organization denied several services of the region.
                let closed = bad.fault == Fault::ScpDenied && gap == Some(Reason::DeniedByScp);
                if !met && !closed && gap != Some(Reason::TimedOut) {
                    wrong.push(format!("{what} was not met"));
                }
                // This one may take twice as long as others.
                let in_time =
                    operation.name == "iam:GetAccountAuthorizationDetails" && SILENT[1..].contains(&bad.fault);
                // Members are refused here, and a refusal says so in its status and headers whatever its body is.
                let refused = matches!(bad.fault, Fault::TruncatedXml | Fault::NotUtf8)
                    && operation.name.ends_with(":DescribeOrganizationConfiguration");
                let excused = in_time || refused;
                if bad.when == When::Always && FATAL.contains(&bad.fault) && !excused && gap.is_none() {
                    wrong.push(format!("{what} is complete"));
                }
                let passes = bad.when != When::Always && PASSING.contains(&bad.fault);
                if passes && gap.is_some_and(|reason| reason != Reason::TimedOut) {
                    wrong.push(format!("{what}: {gap:?}"));
                }
                cells += 1;
            }
        }
        eprintln!("{cells} faults of members in {} accounts", bad.len());
        // Nowhere else than where they were.
        let theirs: BTreeSet<&str> = bad.iter().map(|bad| bad.account.as_str()).collect();
        for (cell, gap) in faulty.inventory.ledger.gaps() {
            let late = gap.reason == Reason::TimedOut;
            if !late && !theirs.contains(cell.scope.account.as_str()) {
                wrong.push(format!("without a fault: {cell:?} {gap:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

/// What members do not ask, or share: what others wait for, what waits, and entering an account at all.
fn of_caller() -> [Vec<&'static str>; 3] {
    let rest = call_catalogue().iter().filter(|operation| {
        let of_members = matches!(operation.place, Place::Account | Place::Region);
        (!of_members || SHARED.contains(&operation.name)) && !BEGINNING.contains(&operation.name)
    });
    let (entering, rest): (Vec<&Operation>, Vec<&Operation>) = rest.partition(|o| o.name == "sts:AssumeRole");
    let (first, then): (Vec<&Operation>, Vec<&Operation>) =
        rest.into_iter().partition(|operation| layer(operation) > 0 || operation.per == Per::Place);
    [first, then, entering].map(|operations| operations.into_iter().map(|operation| operation.name).collect())
}

#[test]
#[ignore = "takes minutes: ./test --ignored faults::matrix"]
fn no_fault_in_the_callers_account_does_either() {
    run(async {
        // Accounts come without their places, so that each unit is asked for its own.
        let organization = || Organization { places: false, ..organization(3) };
        let clean = clean(organization()).await;
        let clean = &clean;
        let scans = faults().flat_map(|(fault, when)| of_caller().map(|actions| (fault, when, actions)));
        let scans = scans.map(|(fault, when, actions)| async move {
            let rule = |action: &&str| Rule::new(fault).action(*action).when(when);
            // Where no account can be placed or entered, a scan of the others goes on.
            let faulty = scan(organization(), actions.iter().map(rule).collect()).await.unwrap();
            clean.assert_nothing_made_up(&faulty.inventory, &format!("{fault:?} {when:?} of {actions:?}"));
            let called: BTreeSet<String> = called(&faulty.stats).into_iter().map(|(_, action)| action).collect();
            for action in &actions {
                let late = faulty.inventory.ledger.gaps().any(|(_, gap)| gap.reason == Reason::TimedOut);
                assert!(called.contains(*action) || late, "{fault:?} {when:?} of {action} was not met");
                let complete = faulty.inventory.ledger.outcomes_of(action).all(|(_, o)| *o == Outcome::Complete);
                let told = *action == "sts:AssumeRole" || !complete;
                assert!(when != When::Always || !FATAL.contains(&fault) || told, "{fault:?} of {action} is complete");
            }
        });
        futures::stream::iter(scans).buffer_unordered(4).collect::<Vec<()>>().await;
    });
}

#[test]
fn a_scan_that_cannot_begin_says_so_and_one_that_begins_has_all_accounts() {
    run(async {
        let accounts = async |rules| {
            let organization = organization(6);
            let now = now(&organization);
            let field = field(organization, rules, &[("team", "shop")]).await;
            let prepared = Scan::prepare(&field.targets, &field.environment, Arc::clone(&field.shared), now, None);
            let prepared = tokio::time::timeout(Duration::from_secs(60), prepared).await.expect("it hangs");
            prepared.map(|scan| scan.accounts)
        };
        let clean = accounts(Vec::new()).await.unwrap();
        assert_eq!(clean.len(), 2);
        let clean = &clean;
        let cells = faults().flat_map(|(fault, when)| BEGINNING.map(|action| (fault, when, action)));
        let cells = cells.map(|(fault, when, action)| async move {
            let begun = accounts(vec![Rule::new(fault).action(action).when(when)]).await;
            match begun {
                Ok(accounts) => {
                    assert!(when != When::Always || !FATAL.contains(&fault), "{fault:?} of {action} went unnoticed");
                    assert_eq!(accounts, *clean, "{fault:?} {when:?} of {action}");
                }
                Err(error) => {
                    let late = error.to_string().contains("no answer");
                    // The user's own credentials are not renewed by asking again.
                    let passing =
                        when != When::Always && PASSING.contains(&fault) && fault != Fault::ExpiredToken && !late;
                    assert!(!passing, "{fault:?} {when:?} of {action}: {error}");
                }
            }
        });
        futures::stream::iter(cells).buffer_unordered(12).collect::<Vec<()>>().await;
    });
}

/// Each operation of the catalogue is in one of the tests above.
#[test]
fn the_matrix_has_every_operation() {
    let mut all: Vec<&str> = of_caller().concat();
    all.extend(BEGINNING);
    let members = call_catalogue().iter().filter(|o| matches!(o.place, Place::Account | Place::Region));
    all.extend(members.map(|operation| operation.name).filter(|name| !SHARED.contains(name)));
    all.sort_unstable();
    assert_eq!(all, call_catalogue().iter().map(|operation| operation.name).collect::<Vec<_>>());
}
