//! What a collector works with: a scope, its clients, and calls that record
//! how they ended.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_s3control::config::endpoint::{Endpoint, EndpointFuture};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::arn::{AccountId, Region, Scope};
use crate::inventory::{Cell, Gap, Inventory, Outcome, Reason, Statistics};
use crate::resource::{Resource, ResourceType};

use super::clients::Clients;
use super::credentials::Credentials;
use super::guard::{ReadOnly, WholeBody};
use super::permits::{Experience, Permits};
use super::rate::Paces;
use super::recorder::{Recorder, Times};

/// How hard and how long a scan tries.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Requests under way at once, in all accounts together.
    pub max_in_flight: usize,
    /// Requests under way at once in one account.
    pub max_in_flight_per_account: usize,
    /// Accounts that are read at once at the most.
    pub max_accounts: usize,
    /// Tries of one call, the first included.
    pub max_attempts: u32,
    /// The longest that one try may take.
    pub attempt_timeout: Duration,
    /// The longest that one call may take, from its first try on.
    pub call_timeout: Duration,
    /// The longest that one list may take, from its first page on.
    pub list_timeout: Duration,
    /// The part of AWS's request rates that is used, 0.1 to 1: others call AWS in these accounts too.
    pub politeness: f64,
    /// Connections to one host that are kept for later while nobody uses them.
    pub max_idle_per_host: usize,
}

impl Limits {
    /// Requests to one service in one region under way at once.
    pub(super) const MOST_PER_HOST: usize = 64;

    /// How many of so many accounts are read at once, so that none are left over for a last round which leaves most
    /// places empty: of 50 with room for 20 it is 17. It is two thirds of the room at the least, for one of them may hang.
    pub fn accounts_at_once(&self, accounts: usize) -> usize {
        let most = self.max_accounts.max(1);
        let rounds = accounts.div_ceil(most).max(1);
        accounts.div_ceil(rounds).max(most - most / 3)
    }
}

impl Default for Limits {
    fn default() -> Limits {
        // Each decodes what it gets: more than the cores can keep up with only fills memory.
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let max_in_flight = (256 * cores).min(512);
        Limits {
            max_in_flight,
            max_in_flight_per_account: 32,
            // Four fifths of them fill all places; the others are there so that one that hangs holds nobody up. Each is
            // some 8 MB of what was read and of calls that wait.
            max_accounts: (max_in_flight * 5 / 128).clamp(8, 64),
            max_attempts: 8,
            attempt_timeout: Duration::from_secs(60),
            call_timeout: Duration::from_secs(300),
            // A million items, a hundred a page and five pages a second.
            list_timeout: Duration::from_secs(3_600),
            politeness: 0.5,
            max_idle_per_host: Limits::MOST_PER_HOST,
        }
    }
}

/// Counters of a running scan, for whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    pub accounts: AtomicU64,
    pub accounts_done: AtomicU64,
    pub cells: AtomicU64,
    pub cells_done: AtomicU64,
    pub calls: AtomicU64,
    pub throttled: AtomicU64,
    pub denied: AtomicU64,
    /// Calls that were not made, because others had shown how they would end.
    pub spared: AtomicU64,
}

/// What all readers of a scan share.
pub struct Shared {
    pub limits: Limits,
    pub progress: Arc<Progress>,
    /// True once the user asked to stop.
    pub stop: watch::Receiver<bool>,
    pub(super) permits: Permits,
    /// Buckets of what all accounts draw on together.
    pub(super) paces: Paces,
    pub(super) recorder: Recorder,
    begun: Instant,
    /// Documents of AWS's own policies, which no account has to itself.
    pub(super) documents: super::iam::Documents,
    /// Entries of prefix lists, which are the same in every account that sees them.
    pub(super) prefix_lists: super::ec2::PrefixLists,
    /// The regions of the caller's own account, if they could be listed.
    pub(super) regions_of_caller: OnceLock<Vec<Region>>,
    /// What trails do that several accounts see.
    pub(super) trails: super::detective::Trails,
    /// What was read of the organization to select its accounts.
    pub(super) organization: super::organizations::Known,
}

impl Shared {
    pub fn new(limits: Limits, progress: Arc<Progress>, stop: watch::Receiver<bool>) -> Shared {
        Shared {
            permits: Permits::new(&limits),
            paces: Paces::default(),
            recorder: Recorder::default(),
            begun: Instant::now(),
            limits,
            progress,
            stop,
            documents: super::iam::Documents::default(),
            prefix_lists: super::ec2::PrefixLists::default(),
            regions_of_caller: OnceLock::new(),
            trails: super::detective::Trails::default(),
            organization: super::organizations::Known::default(),
        }
    }

    /// What the collection came to so far.
    pub fn statistics(&self) -> Statistics {
        self.recorder.statistics()
    }

    /// The time that buckets go by.
    pub(super) fn clock(&self) -> Duration {
        self.begun.elapsed()
    }

    pub fn stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// The outcome of the work; none if the scan is stopped first.
    pub(super) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            // A channel that is closed will never say so.
            Ok(_) = stop.wait_for(|stop| *stop) => None,
            outcome = work => Some(outcome),
        }
    }
}

/// What the readers of one account share.
pub(super) struct AccountShared {
    pub id: AccountId,
    pub shared: Arc<Shared>,
    pub clients: Arc<Clients>,
    pub credentials: Arc<Credentials>,
    pub in_flight: Semaphore,
    /// Buckets of its own: they end with it.
    pub paces: Paces,
    pub times: Times,
    pub experience: Experience,
    /// Whether it is the caller's own: only from there is the organization read.
    pub is_caller: bool,
    /// The caller's own account, where this is another: it is asked for what all members of the organization share,
    /// so that the answer does not depend on which of them comes first.
    pub caller: Option<Arc<AccountShared>>,
    /// Whether any call of this account was answered: tells bad credentials from a region that is off.
    pub answered: AtomicBool,
    pub inventory: Mutex<Inventory>,
}

/// Reads one scope.
#[derive(Clone)]
pub struct Reader {
    pub(super) account: Arc<AccountShared>,
    scope: Scope,
    here: Arc<Experience>,
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $sdk:ident,)*) => {
        impl Reader {
            $($(#[$doc])*
            pub fn $name(&self) -> $sdk::Client {
                self.account.clients.get(self.region(), |config| {
                    let config = $sdk::config::Builder::from(config).interceptor(ReadOnly).interceptor(WholeBody);
                    $sdk::Client::from_conf(config.build())
                })
            })*
        }
    };
}
clients! {
    /// A client for this scope.
    ec2: aws_sdk_ec2,
    iam: aws_sdk_iam,
    sts: aws_sdk_sts,
    organizations: aws_sdk_organizations,
    config_service: aws_sdk_config,
    cloudtrail: aws_sdk_cloudtrail,
    cloudwatch: aws_sdk_cloudwatch,
    guardduty: aws_sdk_guardduty,
    inspector2: aws_sdk_inspector2,
    macie2: aws_sdk_macie2,
    detective: aws_sdk_detective,
    securityhub: aws_sdk_securityhub,
    accessanalyzer: aws_sdk_accessanalyzer,
    account_management: aws_sdk_account,
    elb: aws_sdk_elasticloadbalancing,
    elbv2: aws_sdk_elasticloadbalancingv2,
    direct_connect: aws_sdk_directconnect,
    lambda: aws_sdk_lambda,
    network_firewall: aws_sdk_networkfirewall,
    rds: aws_sdk_rds,
    route53: aws_sdk_route53,
    waf: aws_sdk_wafv2,
    ssm: aws_sdk_ssm,
}

/// The endpoint that is given, whatever is asked.
#[derive(Debug)]
struct Given(String);

impl aws_sdk_s3control::config::endpoint::ResolveEndpoint for Given {
    fn resolve_endpoint<'a>(&'a self, _: &'a aws_sdk_s3control::config::endpoint::Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.0.clone()).build()))
    }
}

impl Reader {
    pub(super) fn new(account: Arc<AccountShared>, scope: Scope) -> Reader {
        Reader { account, scope, here: Arc::default() }
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What was learned of this scope.
    pub(super) fn here(&self) -> &Experience {
        &self.here
    }

    /// The documents of AWS's own policies that the scan has read, in this account or another.
    pub(super) fn documents(&self) -> &super::iam::Documents {
        &self.account.shared.documents
    }

    /// The entries of prefix lists that the scan has read, in this account or another.
    pub(super) fn prefix_lists(&self) -> &super::ec2::PrefixLists {
        &self.account.shared.prefix_lists
    }

    /// What trails do, as far as the scan has read it in this account or another.
    pub(super) fn trails(&self) -> &super::detective::Trails {
        &self.account.shared.trails
    }

    /// A reader of the caller's own account, in the same region.
    pub(super) fn of_caller(&self) -> Reader {
        let account = self.account.caller.as_ref().unwrap_or(&self.account);
        let scope = Scope { account: account.id.clone(), ..self.scope.clone() };
        Reader::new(Arc::clone(account), scope)
    }

    /// A reader of the same account elsewhere.
    pub(super) fn at(&self, scope: Scope) -> Reader {
        Reader::new(Arc::clone(&self.account), scope)
    }

    /// A client of Global Accelerator, which answers in one region for the whole account.
    pub fn globalaccelerator(&self) -> aws_sdk_globalaccelerator::Client {
        self.account.clients.get("us-west-2", |config| {
            let builder = aws_sdk_globalaccelerator::config::Builder::from(config);
            aws_sdk_globalaccelerator::Client::from_conf(builder.interceptor(ReadOnly).interceptor(WholeBody).build())
        })
    }

    /// A client of S3. Names of buckets are in the path where an endpoint is given: what answers there need not have
    /// a host for each of them.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        self.account.clients.get(self.region(), |config| {
            let builder = aws_sdk_s3::config::Builder::from(config).force_path_style(config.endpoint_url().is_some());
            aws_sdk_s3::Client::from_conf(builder.interceptor(ReadOnly).interceptor(WholeBody).build())
        })
    }

    /// A client of S3's control plane in this scope.
    pub fn s3control(&self) -> aws_sdk_s3control::Client {
        self.s3control_in(self.region())
    }

    /// A client of S3's control plane where it answers for access points of several regions.
    pub fn s3control_of_all_regions(&self) -> aws_sdk_s3control::Client {
        self.s3control_in("us-west-2")
    }

    fn s3control_in(&self, region: &str) -> aws_sdk_s3control::Client {
        self.account.clients.get(region, |config| {
            let builder = aws_sdk_s3control::config::Builder::from(config);
            let mut builder = builder.interceptor(ReadOnly).interceptor(WholeBody);
            if let Some(url) = config.endpoint_url() {
                // AWS's hosts begin with the account's id; an endpoint that is given has one host.
                builder = builder.endpoint_resolver(Given(url.to_owned()));
            }
            aws_sdk_s3control::Client::from_conf(builder.build())
        })
    }

    /// Where this scope is asked for.
    fn region(&self) -> &str {
        let region = &self.scope.region;
        if region.is_global() { super::session::home_region(self.scope.partition) } else { region.as_str() }
    }

    /// Adds a resource to the inventory, in this scope.
    pub fn insert(&self, resource: impl Into<Resource>) {
        self.inventory().insert(self.scope.clone(), resource.into());
    }

    /// Records how an operation ended in this scope.
    pub fn record(&self, operation: &str, outcome: Outcome) {
        let cell = Cell { scope: self.scope.clone(), operation: operation.to_owned() };
        self.inventory().ledger.record(cell, outcome);
    }

    /// Records a gap.
    pub fn gap(&self, operation: &str, reason: Reason, message: impl Into<String>, partial: bool) {
        self.record(operation, Outcome::Gap(Gap { reason, message: message.into(), partial }));
    }

    /// Records that an answer held something that cannot be: the rest of it counts.
    pub fn malformed(&self, operation: &str, message: impl Into<String>) {
        self.gap(operation, Reason::Malformed, message, true);
    }

    /// Settles the cells that nothing was asked in: an operation that goes
    /// resource by resource ends as its type's listing did if there was nothing to ask.
    pub(super) fn settle(&self) {
        let mut inventory = self.inventory();
        for of in self.types() {
            let Some(listing) = of.listing() else { continue };
            let listed = inventory.ledger.outcome(&self.scope, listing).cloned().unwrap_or_else(|| {
                Outcome::Gap(Gap { reason: Reason::Interrupted, message: "was not reached".to_owned(), partial: false })
            });
            for operation in of.operations() {
                if inventory.ledger.outcome(&self.scope, operation).is_none() {
                    let cell = Cell { scope: self.scope.clone(), operation: (*operation).to_owned() };
                    inventory.ledger.record(cell, listed.clone());
                }
            }
        }
        drop(inventory);
        let cells = self.operations().len() as u64;
        self.account.shared.progress.cells_done.fetch_add(cells, Ordering::Relaxed);
    }

    /// The types that are expected here.
    fn types(&self) -> impl Iterator<Item = ResourceType> + use<> {
        types_of(self.scope.region.is_global(), self.account.is_caller)
    }

    /// Every operation that is expected here; sorted.
    pub(super) fn operations(&self) -> Vec<&'static str> {
        operations_of(self.scope.region.is_global(), self.account.is_caller)
    }

    /// Records that an operation ended as another did, on which it depends: it
    /// has nothing to ask about where that one gave nothing.
    pub fn ends_as(&self, operation: &str, other: &str) {
        let mut inventory = self.inventory();
        if let Some(outcome) = inventory.ledger.outcome(&self.scope, other).cloned() {
            let cell = Cell { scope: self.scope.clone(), operation: operation.to_owned() };
            inventory.ledger.record(cell, outcome);
        }
    }

    pub(super) fn inventory(&self) -> std::sync::MutexGuard<'_, Inventory> {
        // A panic in another task does not make what was read so far wrong.
        self.account.inventory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The types that a scan expects to read in a scope.
fn types_of(global: bool, is_caller: bool) -> impl Iterator<Item = ResourceType> {
    let expected = move |of: &ResourceType| of.is_global() == global && (is_caller || !of.is_organization_wide());
    ResourceType::ALL.iter().copied().filter(expected)
}

/// Every operation that a scan expects to make in a global, or regional, scope of an account; sorted.
pub(super) fn operations_of(global: bool, is_caller: bool) -> Vec<&'static str> {
    let mut all: Vec<_> = types_of(global, is_caller).flat_map(|of| of.operations()).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_go_in_even_rounds_and_in_no_more_of_them() {
        let at_once = |max_accounts, accounts| Limits { max_accounts, ..Limits::default() }.accounts_at_once(accounts);
        assert_eq!([50, 150, 1_000].map(|accounts| at_once(20, accounts)), [17, 19, 20]);
        for most in 1..70 {
            for accounts in 0..300 {
                let even = at_once(most, accounts);
                assert!(even <= most && 3 * even >= 2 * most, "{even} of {most} for {accounts}");
                assert_eq!(accounts.div_ceil(even), accounts.div_ceil(most), "{even} of {most} for {accounts}");
            }
        }
        assert_eq!(at_once(0, 5), 1, "none at once would be a scan without an end");
    }
}
