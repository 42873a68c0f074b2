//! What was called: the proof that a scan makes no more calls than it must.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use serde::Serialize;

use crate::hash::hash;
use crate::hash::word;

/// Calls with the same account, region, action and outcome.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// All calls so far, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub total: u64,
    pub calls: Vec<CallCount>,
}

impl Stats {
    /// Calls of one action, whatever the account, region and outcome.
    pub fn of(&self, action: &str) -> u64 {
        let matching = self.calls.iter().filter(|count| count.action == action);
        matching.map(|count| count.calls).sum()
    }
}

const SHARDS: usize = 64;
type Key = (String, String, &'static str, &'static str, u16);

/// Counters behind [`Stats`].
pub struct Counters {
    shards: Vec<Mutex<HashMap<Key, u64>>>,
}

impl Counters {
    pub fn new() -> Counters {
        Counters { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    pub fn count(&self, account: &str, region: &str, service: &'static str, action: &'static str, status: u16) {
        let place = hash(word(account), &[word(region), word(action)]) as usize % SHARDS;
        if let Some(shard) = self.shards.get(place) {
            let key = (account.to_owned(), region.to_owned(), service, action, status);
            let mut counts = shard.lock().unwrap_or_else(|broken| broken.into_inner());
            *counts.entry(key).or_insert(0) += 1;
        }
    }

    pub fn stats(&self) -> Stats {
        let mut sorted = BTreeMap::new();
        for shard in &self.shards {
            let counts = shard.lock().unwrap_or_else(|broken| broken.into_inner());
            sorted.extend(counts.iter().map(|(key, calls)| (key.clone(), *calls)));
        }
        let calls: Vec<CallCount> = sorted
            .into_iter()
            .map(|((account, region, service, action, status), calls)| CallCount {
                account,
                region,
                service: service.to_owned(),
                action: action.to_owned(),
                status,
                calls,
            })
            .collect();
        Stats { total: calls.iter().map(|count| count.calls).sum(), calls }
    }
}
