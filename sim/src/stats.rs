//! What was called: the proof that a scan makes no more calls than it must, and
//! that it is polite.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use serde::Serialize;

use crate::hash::hash;
use crate::hash::word;
use crate::limits::BucketUse;
use crate::org::{NOT_OPTED_IN, Organization, REGIONS};
use crate::service::{OPERATIONS, Operation};

/// Calls with the same account, region, action and outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallCount {
    /// The account id, or `-` if the credentials were nobody's.
    pub account: String,
    pub region: String,
    pub service: String,
    pub action: String,
    /// The HTTP status; 0 for a connection that was dropped.
    pub status: u16,
    pub calls: u64,
}

/// How many requests of an account were under way at once, at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountUse {
    pub account: String,
    pub at_once: u32,
}

/// All calls so far, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub total: u64,
    pub calls: Vec<CallCount>,
    /// Every bucket of requests that was used. In a large organization those
    /// that are full again are left out.
    pub buckets: Vec<BucketUse>,
    /// For each action the bucket that was used most, of all that ever were.
    pub highest: Vec<BucketUse>,
    pub accounts: Vec<AccountUse>,
}

impl Stats {
    /// Calls of one action, whatever the account, region and outcome.
    pub fn of(&self, action: &str) -> u64 {
        let matching = self.calls.iter().filter(|count| count.action == action);
        matching.map(|count| count.calls).sum()
    }

    /// The same without accounts and regions: for organizations of which the
    /// whole would be hundreds of megabytes.
    pub fn summary(self) -> Stats {
        let mut sums: BTreeMap<(String, String, u16), u64> = BTreeMap::new();
        for count in self.calls {
            *sums.entry((count.service, count.action, count.status)).or_default() += count.calls;
        }
        let all = || "*".to_owned();
        let calls = sums.into_iter().map(|((service, action, status), calls)| CallCount {
            account: all(),
            region: all(),
            service,
            action,
            status,
            calls,
        });
        let at_once = self.accounts.iter().map(|of| of.at_once).max();
        Stats {
            total: self.total,
            calls: calls.collect(),
            buckets: Vec::new(),
            highest: self.highest,
            accounts: at_once.map(|at_once| AccountUse { account: all(), at_once }).into_iter().collect(),
        }
    }
}

/// The regions that requests may name, each with a number.
pub struct Regions(Vec<String>);

impl Regions {
    /// Those of the organization first, in their order.
    pub fn new(org: &Organization) -> Regions {
        let mut names = org.regions.clone();
        for name in REGIONS.into_iter().chain(NOT_OPTED_IN) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Regions(names)
    }

    pub fn index(&self, name: &str) -> Option<u16> {
        self.0.iter().position(|known| known == name).and_then(|index| u16::try_from(index).ok())
    }

    pub fn name(&self, index: u16) -> &str {
        self.0.get(usize::from(index)).map_or("-", String::as_str)
    }
}

/// What is counted for one account.
#[derive(Default)]
struct OfAccount {
    /// Answers with status 200, by region and operation: almost every call of a
    /// large scan is one, so they have a place each and nothing is looked up.
    complete: OnceLock<Box<[AtomicU32]>>,
    under_way: AtomicU32,
    at_once: AtomicU32,
}

const SHARDS: usize = 64;
type Key = (String, String, &'static str, &'static str, u16);

/// Counters behind [`Stats`].
pub struct Counters {
    accounts: Vec<OfAccount>,
    regions: usize,
    /// Everything else.
    shards: Vec<Mutex<HashMap<Key, u64>>>,
}

/// Who asks for what, as far as it is known.
pub struct Asked<'a> {
    pub account: Option<u32>,
    /// The region's number in [`Regions`].
    pub region: Option<u16>,
    pub region_name: &'a str,
    pub operation: Option<Operation>,
}

/// A request under way; counted until this is dropped.
pub struct UnderWay {
    counters: Arc<Counters>,
    account: u32,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(of) = self.counters.accounts.get(self.account as usize) {
            of.under_way.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Counters {
    pub fn new(org: &Organization, regions: &Regions) -> Counters {
        Counters {
            accounts: (0..org.accounts).map(|_| OfAccount::default()).collect(),
            regions: regions.0.len(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Counts a request of an account as under way.
    pub fn begin(self: &Arc<Self>, account: u32) -> UnderWay {
        if let Some(of) = self.accounts.get(account as usize) {
            let now = of.under_way.fetch_add(1, Ordering::Relaxed) + 1;
            of.at_once.fetch_max(now, Ordering::Relaxed);
        }
        UnderWay { counters: Arc::clone(self), account }
    }

    pub fn count(&self, asked: &Asked, status: u16, org: &Organization) {
        if let (Some(account), Some(region), Some(operation), 200) =
            (asked.account, asked.region, asked.operation, status)
            && let Some(of) = self.accounts.get(account as usize)
        {
            let counts =
                of.complete.get_or_init(|| (0..self.regions * OPERATIONS.len()).map(|_| AtomicU32::new(0)).collect());
            if let Some(count) = counts.get(usize::from(region) * OPERATIONS.len() + usize::from(operation.index)) {
                count.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
        let account = asked.account.map_or_else(|| "-".to_owned(), |index| org.account_id(index));
        let (service, action) = asked.operation.map_or(("-", "-"), |of| (of.service.name(), of.name));
        let place = hash(word(&account), &[word(asked.region_name), word(action)]) as usize % SHARDS;
        if let Some(shard) = self.shards.get(place) {
            let key = (account, asked.region_name.to_owned(), service, action, status);
            let mut counts = shard.lock().unwrap_or_else(|broken| broken.into_inner());
            *counts.entry(key).or_insert(0) += 1;
        }
    }

    /// The calls, and how many were under way at once, of one account or of all.
    pub fn calls(
        &self,
        org: &Organization,
        regions: &Regions,
        only: Option<&str>,
    ) -> (Vec<CallCount>, Vec<AccountUse>) {
        let wanted = |id: &str| only.is_none_or(|only| only == id);
        let mut calls = Vec::new();
        let mut accounts = Vec::new();
        for (index, of) in (0..).zip(&self.accounts) {
            let (at_once, counts) = (of.at_once.load(Ordering::Relaxed), of.complete.get());
            if at_once == 0 && counts.is_none() {
                continue;
            }
            let account = org.account_id(index);
            if !wanted(&account) {
                continue;
            }
            for (place, count) in counts.into_iter().flatten().enumerate() {
                let count = count.load(Ordering::Relaxed);
                let operation = OPERATIONS.get(place % OPERATIONS.len());
                if let (1.., Some(operation)) = (count, operation) {
                    calls.push(CallCount {
                        account: account.clone(),
                        region: regions.name(u16::try_from(place / OPERATIONS.len()).unwrap_or(u16::MAX)).to_owned(),
                        service: operation.service.name().to_owned(),
                        action: operation.name.to_owned(),
                        status: 200,
                        calls: u64::from(count),
                    });
                }
            }
            accounts.push(AccountUse { account, at_once });
        }
        for shard in &self.shards {
            let counts = shard.lock().unwrap_or_else(|broken| broken.into_inner());
            for ((account, region, service, action, status), count) in counts.iter() {
                if wanted(account) {
                    calls.push(CallCount {
                        account: account.clone(),
                        region: region.clone(),
                        service: (*service).to_owned(),
                        action: (*action).to_owned(),
                        status: *status,
                        calls: *count,
                    });
                }
            }
        }
        calls.sort_by(|a, b| {
            (&a.account, &a.region, &a.service, &a.action, a.status)
                .cmp(&(&b.account, &b.region, &b.service, &b.action, b.status))
        });
        (calls, accounts)
    }
}
