//! Counts and times of the calls, from which a collection's statistics are made.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::arn::{Region, Scope};
use crate::inventory::{Cell, CellTime, ServiceStatistics, Statistics};

use super::{catalogue, system};

/// As many of the slowest cells are kept.
const SLOWEST: usize = 10;

/// How one try ended, as far as counts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Answered,
    Throttled,
    /// No answer.
    Failed,
}

/// Everything that was counted in a scan.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Recorded>);

#[derive(Debug, Default)]
struct Recorded {
    first: Option<Instant>,
    last: Option<Instant>,
    services: BTreeMap<&'static str, Service>,
    slowest: Vec<CellTime>,
}

#[derive(Debug, Default)]
struct Service {
    calls: u64,
    throttled: u64,
    retries: u64,
    latencies: Histogram,
}

impl Recorder {
    /// One try of an operation, which began at a time and ends now.
    pub fn tried(&self, operation: &'static str, began: Instant, is_retry: bool, ended: Ended) {
        let now = Instant::now();
        let mut recorded = self.lock();
        recorded.first = Some(recorded.first.map_or(began, |first| first.min(began)));
        recorded.last = Some(now);
        let service = recorded.services.entry(catalogue::service(operation)).or_default();
        service.calls += 1;
        service.retries += u64::from(is_retry);
        service.throttled += u64::from(ended == Ended::Throttled);
        // A try that was given up says how long we waited, not how long AWS takes.
        if ended != Ended::Failed {
            service.latencies.add(now - began);
        }
    }

    /// The times of an account's cells, which is done.
    pub fn finished(&self, account: &Scope, times: &Times) {
        let times = std::mem::take(&mut *times.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut recorded = self.lock();
        recorded.slowest.extend(times.into_iter().map(|((region, operation), time)| CellTime {
            cell: Cell { scope: Scope { region, ..account.clone() }, operation: operation.to_owned() },
            seconds: (time.last - time.first).as_secs_f64(),
            calls: time.calls,
        }));
        recorded.slowest.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then_with(|| a.cell.cmp(&b.cell)));
        recorded.slowest.truncate(SLOWEST);
    }

    pub fn statistics(&self) -> Statistics {
        let recorded = self.lock();
        let of = |count: fn(&Service) -> u64| recorded.services.values().map(count).sum();
        let wall = recorded.first.zip(recorded.last).map_or(Duration::ZERO, |(first, last)| last - first);
        Statistics {
            wall_seconds: wall.as_secs_f64(),
            calls: of(|service| service.calls),
            throttled: of(|service| service.throttled),
            retries: of(|service| service.retries),
            resumed_accounts: 0,
            peak_memory_bytes: system::peak_memory(),
            services: recorded
                .services
                .iter()
                .map(|(name, service)| ServiceStatistics {
                    service: (*name).to_owned(),
                    calls: service.calls,
                    throttled: service.throttled,
                    retries: service.retries,
                    p50_ms: service.latencies.quantile(0.50),
                    p95_ms: service.latencies.quantile(0.95),
                })
                .collect(),
            slowest: recorded.slowest.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the cells of one account were read, from the first call's begin to the last one's end.
#[derive(Debug, Default)]
pub struct Times(Mutex<HashMap<(Region, &'static str), Time>>);

#[derive(Debug)]
struct Time {
    first: Instant,
    last: Instant,
    calls: u64,
}

impl Times {
    /// A call with all its tries and waits.
    pub fn add(&self, region: &Region, operation: &'static str, began: Instant, tries: u64) {
        let now = Instant::now();
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let time =
            times.entry((region.clone(), operation)).or_insert_with(|| Time { first: began, last: now, calls: 0 });
        time.first = time.first.min(began);
        time.last = time.last.max(now);
        time.calls += tries;
    }
}

/// Eight steps to each doubling from 0.1 ms on: what it gives is wrong by 4.5 % at most.
#[derive(Debug)]
struct Histogram([u64; Histogram::STEPS]);

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram([0; Histogram::STEPS])
    }
}

impl Histogram {
    /// Up to seven minutes; the last step holds what is longer.
    const STEPS: usize = 22 * 8;
    const LEAST_MS: f64 = 0.1;

    fn add(&mut self, latency: Duration) {
        let steps = (latency.as_secs_f64() * 1_000.0 / Histogram::LEAST_MS).max(1.0).log2() * 8.0;
        let step = (steps as usize).min(Histogram::STEPS - 1);
        if let Some(count) = self.0.get_mut(step) {
            *count += 1;
        }
    }

    /// In milliseconds, the middle of its step; 0 of nothing.
    fn quantile(&self, part: f64) -> f64 {
        let total: u64 = self.0.iter().sum();
        let wanted = ((total as f64 * part).ceil() as u64).max(1);
        let mut seen = 0;
        let step = self.0.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        step.map_or(0.0, |step| Histogram::LEAST_MS * ((step as f64 + 0.5) / 8.0).exp2())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near_the_true_ones() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), 0.0);
        for ms in 1..=1_000 {
            histogram.add(Duration::from_millis(ms));
        }
        for (part, truth) in [(0.5, 500.0), (0.95, 950.0), (1.0, 1_000.0)] {
            let said = histogram.quantile(part);
            assert!((said / truth - 1.0).abs() < 0.046, "{part}: {said}");
        }
        histogram.add(Duration::from_secs(100_000));
        histogram.add(Duration::ZERO);
    }

    #[test]
    fn tries_are_counted_by_service_and_the_slowest_cells_kept() {
        let recorder = Recorder::default();
        let now = Instant::now();
        recorder.tried("ec2:DescribeVpcs", now, false, Ended::Throttled);
        recorder.tried("ec2:DescribeVpcs", now, true, Ended::Answered);
        recorder.tried("iam:ListPolicies", now, false, Ended::Failed);
        let scope: Scope = Scope {
            partition: crate::arn::Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: Region::global(),
        };
        let times = Times::default();
        for seconds in 0..20 {
            let region = format!("eu-west-{seconds}").parse().unwrap();
            times.add(&region, "ec2:DescribeVpcs", now - Duration::from_secs(seconds), 2);
        }
        recorder.finished(&scope, &times);
        let statistics = recorder.statistics();
        assert_eq!((statistics.calls, statistics.throttled, statistics.retries), (3, 1, 1));
        let names: Vec<_> = statistics.services.iter().map(|s| (s.service.as_str(), s.calls)).collect();
        assert_eq!(names, [("ec2", 2), ("iam", 1)]);
        assert_eq!(statistics.slowest.len(), 10);
        let slowest = statistics.slowest.first().unwrap();
        assert_eq!((slowest.cell.scope.region.as_str(), slowest.calls), ("eu-west-19", 2));
    }
}
