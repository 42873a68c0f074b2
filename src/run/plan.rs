//! `driftline plan`: how many calls a scan makes, and how long it takes at least.
//!
//! The table of calls is the collectors' own. What an account holds is not
//! known before it is read, so the plan is for accounts of which each list fits
//! on one page and which hold what [`units`] says; more resources make more
//! calls, and the time is a lower bound.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::cli::{GlobalArgs, PlanArgs, PreparationFormat};
use crate::collect::{Environment, Limits, Operation, Per, Place, Rate, call_catalogue, used_rate};
use crate::config::targets::AccountSelection;

use super::settings::Settings;
use super::{Stop, collect, exit};

/// Policies of the organization, for want of knowing better.
const POLICIES: u64 = 10;
/// Calls of an account that wait for one another: credentials, regions, a list, what is in it, its parts.
const CHAIN: f64 = 6.0;

const ASSUMED: &str = "each list fits on one page; in each region 1 VPC, a configuration recorder, a delivery \
    channel, a detector, Security Hub, Inspector and Macie; in each account 5 users with keys; once 1 trail, 20 AWS managed \
    policies, 8 prefix lists a region; in the organization 10 policies, 6 units, 3 delegated administrators";

#[derive(Serialize)]
struct Plan {
    schema: &'static str,
    accounts: u64,
    /// In each account.
    regions: u64,
    latency_ms: u32,
    assumed: &'static str,
    services: Vec<ServiceCalls>,
    total: Calls,
    terms: Vec<Term>,
    /// The greatest of the terms.
    least_seconds: f64,
}

#[derive(Serialize)]
struct ServiceCalls {
    service: String,
    #[serde(flatten)]
    calls: Calls,
}

#[derive(Default, Clone, Copy, Serialize)]
struct Calls {
    per_account: u64,
    per_account_and_region: u64,
    /// For the whole scan: the organization, and what is read once for all accounts.
    once: u64,
    total: u64,
}

/// A bound: a scan takes no less.
#[derive(Serialize)]
struct Term {
    name: &'static str,
    seconds: f64,
    why: String,
    binds: bool,
}

pub(super) fn run(global: &GlobalArgs, args: &PlanArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let targets = settings.targets(&args.targets)?;
    let limits = settings.limits(&args.targets);
    let (accounts, regions, organization) = match (args.number_of_accounts, args.number_of_regions) {
        (Some(accounts), Some(regions)) => (u64::from(accounts), u64::from(regions), accounts > 1),
        _ => {
            settings.tell(global);
            let profile = args.targets.profile.clone().or_else(|| settings.config.profile.clone());
            let survey = collect::survey(&targets, &Environment::User { profile }, limits.clone())?;
            let organization = matches!(targets.accounts, AccountSelection::Organization { .. });
            (survey.accounts.len() as u64, survey.regions.len() as u64, organization)
        }
    };
    let plan = plan(accounts, regions, organization, args.latency, &limits);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match args.format {
        PreparationFormat::Text => text(&plan, &mut out)?,
        PreparationFormat::Json => {
            let text = serde_json::to_string_pretty(&plan);
            let text = text.map_err(|error| Stop::runtime(format!("cannot write the plan: {error}")))?;
            writeln!(out, "{text}")?;
        }
    }
    out.flush()?;
    Ok(exit::CLEAN)
}

/// Where a thing is counted, and how many there are.
enum Count {
    Account(u64),
    Region(u64),
    Once(u64),
}

fn units(operation: &Operation, accounts: u64, regions: u64, organization: bool) -> Count {
    let once_in_organization = |number: u64| Count::Once(if organization { number } else { 0 });
    match operation.per {
        Per::Place if operation.name == "organizations:ListAccounts" => {
            // Twice: to choose the accounts, and to read them.
            once_in_organization(2 * pages(accounts))
        }
        Per::Place => match operation.place {
            Place::Scan => Count::Once(1),
            Place::Organization => once_in_organization(1),
            Place::Account => Count::Account(1),
            Place::Region => Count::Region(1),
        },
        Per::RegionWithVpc
        | Per::Vpc
        | Per::RegionWithRecorder
        | Per::RegionWithChannel
        | Per::RegionWithHub
        | Per::RegionWithInspector
        | Per::RegionWithMacie
        | Per::ExternalAnalyzer
        | Per::RegionAndForeignImages
        | Per::Detector => Count::Region(1),
        Per::PartitionWithAccelerators => Count::Account(1),
        Per::UserWithKeys => Count::Account(5),
        Per::Trail => Count::Once(1),
        Per::AwsPolicyVersion => Count::Once(20),
        Per::PrefixListVersion => Count::Once(8 * regions),
        Per::OrganizationPolicy => once_in_organization(POLICIES),
        Per::Parent => once_in_organization(6),
        Per::DelegatedAdministrator => once_in_organization(3),
        Per::AssumedAccount => Count::Once(accounts.saturating_sub(1)),
        Per::EndpointService
        | Per::RegionWithVpcAttachment
        | Per::RegionWithPeeringAttachment
        | Per::RegionWithTransitGateway
        | Per::RegionWithLaunchTemplate
        | Per::TransitGatewayRouteTable
        | Per::Firewall
        | Per::FirewallPolicy
        | Per::Function
        | Per::DbSnapshot
        | Per::Document
        | Per::Bucket
        | Per::PublicZone
        | Per::WebAcl
        | Per::AccessPoint
        | Per::ClassicLoadBalancer
        | Per::ClassicLoadBalancerWithPolicy
        | Per::LoadBalancer
        | Per::ApplicationListener
        | Per::TargetGroupInUse
        | Per::Accelerator
        | Per::AcceleratorListener
        | Per::OidcProvider
        | Per::ParentIfNoPaths
        | Per::AccountIfByTag => Count::Once(0),
    }
}

fn plan(accounts: u64, regions: u64, organization: bool, latency_ms: u32, limits: &Limits) -> Plan {
    let mut services: BTreeMap<&str, Calls> = BTreeMap::new();
    for operation in call_catalogue() {
        let calls = services.entry(operation.service()).or_default();
        let each = u64::from(operation.calls);
        match units(operation, accounts, regions, organization) {
            Count::Account(number) => calls.per_account += number * each,
            Count::Region(number) => calls.per_account_and_region += number * each,
            Count::Once(number) => calls.once += number * each,
        }
    }
    let mut total = Calls::default();
    for calls in services.values_mut() {
        calls.total = (calls.per_account + calls.per_account_and_region * regions) * accounts + calls.once;
        total.per_account += calls.per_account;
        total.per_account_and_region += calls.per_account_and_region;
        total.once += calls.once;
        total.total += calls.total;
    }
    let mut terms = terms(accounts, regions, organization, latency_ms, limits, total);
    let least_seconds = terms.iter().map(|term| term.seconds).fold(0.0, f64::max);
    if let Some(term) = terms.iter_mut().find(|term| term.seconds >= least_seconds) {
        term.binds = true;
    }
    Plan {
        schema: "urn:driftline:plan:1",
        accounts,
        regions,
        latency_ms,
        assumed: ASSUMED,
        services: services
            .into_iter()
            .map(|(service, calls)| ServiceCalls { service: service.to_owned(), calls })
            .collect(),
        total,
        terms,
        least_seconds,
    }
}

fn terms(accounts: u64, regions: u64, organization: bool, latency_ms: u32, limits: &Limits, total: Calls) -> Vec<Term> {
    let latency = f64::from(latency_ms) / 1000.0;
    let rate = |operation| used_rate(operation, limits.politeness);
    let assumed = accounts.saturating_sub(1);
    let term = |name, seconds: f64, why: String| Term { name, seconds: seconds.max(0.0), why, binds: false };
    let in_account = (total.per_account + total.per_account_and_region * regions) as f64;
    let at_once = limits.accounts_at_once(usize::try_from(accounts).unwrap_or(usize::MAX));
    let mut terms = vec![
        term(
            "network",
            total.total as f64 * latency / limits.max_in_flight as f64,
            format!("{} calls of {latency_ms} ms, {} under way at once", total.total, limits.max_in_flight),
        ),
        term(
            "accounts",
            in_account * latency / limits.max_in_flight_per_account as f64
                * (accounts as f64 / at_once as f64).max(1.0),
            format!(
                "{in_account} calls in each, {} under way at once, {at_once} accounts at a time",
                limits.max_in_flight_per_account
            ),
        ),
        term("chain", CHAIN * latency, format!("{CHAIN} calls that wait for one another")),
        term(
            "sts:AssumeRole",
            of_bucket(assumed, rate("sts:AssumeRole")),
            format!("{assumed} roles at {} a second", rate("sts:AssumeRole").refill),
        ),
    ];
    if organization {
        let (pages, listing) = (pages(accounts), rate("organizations:ListAccounts"));
        terms.push(term(
            "organizations:ListAccounts",
            of_bucket(pages, listing).max(pages as f64 * latency),
            format!("{pages} pages, one after another, at {} a second", listing.refill),
        ));
        let describing = rate("organizations:DescribePolicy");
        terms.push(term(
            "organizations:DescribePolicy",
            of_bucket(POLICIES, describing),
            format!("{POLICIES} policies at {} a second", describing.refill),
        ));
    }
    terms
}

/// Pages of the list of accounts.
fn pages(accounts: u64) -> u64 {
    let listing = call_catalogue().iter().find(|operation| operation.name == "organizations:ListAccounts");
    accounts.div_ceil(listing.and_then(|operation| operation.page).map_or(1, u64::from))
}

/// Seconds until a full bucket has given so many tokens.
fn of_bucket(tokens: u64, rate: Rate) -> f64 {
    ((tokens as f64 - rate.burst) / rate.refill).max(0.0)
}

fn text(plan: &Plan, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{} accounts x {} regions; {}", plan.accounts, plan.regions, plan.assumed)?;
    writeln!(out, "\nservice            per account  per account and region       once       calls")?;
    let row = |out: &mut dyn Write, name: &str, of: &Calls| {
        let (account, region) = (of.per_account, of.per_account_and_region);
        writeln!(out, "{name:<18}{account:>12}{region:>24}{:>11}{:>12}", of.once, of.total)
    };
    for service in &plan.services {
        row(out, &service.service, &service.calls)?;
    }
    row(out, "total", &plan.total)?;
    writeln!(out, "\nat least {:.1} s, the longest of these:", plan.least_seconds)?;
    for term in &plan.terms {
        let mark = if term.binds { "->" } else { "  " };
        writeln!(out, "{mark} {:>9.1} s  {:<28}  {}", term.seconds, term.name, term.why)?;
    }
    writeln!(out, "More resources make more calls and pages; AWS makes a credential report in seconds of its own.")
}
