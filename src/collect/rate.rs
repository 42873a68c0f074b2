//! Request rates: a token bucket for each of AWS's own, filled at a part of
//! AWS's rate, so that the rest stays with those who work in the account.
//!
//! A bucket is told the time and waits for nothing; [`Pace`] is the queue
//! before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::arn::Region;

use super::catalogue;

/// A token bucket's size and refill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens a second.
    pub refill: f64,
    /// Tokens that a full bucket holds.
    pub burst: f64,
}

/// Which calls draw on one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    /// Those of one action in one region of an account.
    Action,
    /// All of the service's in one region of an account.
    Service,
    /// Those of one action in the whole organization.
    Organization,
    /// All of the service's with the caller's own credentials.
    Caller,
}

/// AWS's rates; where it publishes none, a start from which throttling leads to the right one.
fn documented(operation: &str) -> (Rate, Shared) {
    let rate = |refill, burst| Rate { refill, burst };
    let (service, action) = operation.split_once(':').unwrap_or((operation, ""));
    match (service, action) {
        // EC2 API reference, "Request throttling": every read with pages or a filter, each by itself.
        ("ec2", _) => (rate(20.0, 100.0), Shared::Action),
        // IAM publishes none. AWS's own large scripts are throttled beyond this (aws-samples/bulk-policy-migrator).
        ("iam", "GetAccountAuthorizationDetails") => (rate(2.0, 4.0), Shared::Action),
        // What Steampipe's authors measured, who read IAM for a living.
        ("iam", "GetPolicyVersion") => (rate(35.0, 35.0), Shared::Action),
        ("iam", _) => (rate(15.0, 15.0), Shared::Action),
        // Organizations user guide, "Quotas", the column of a single account.
        ("organizations", "ListAccounts") => (rate(8.0, 12.0), Shared::Organization),
        ("organizations", "DescribeOrganization" | "ListRoots") => (rate(1.0, 2.0), Shared::Organization),
        ("organizations", "DescribePolicy") => (rate(2.0, 2.0), Shared::Organization),
        ("organizations", "ListTagsForResource") => (rate(10.0, 15.0), Shared::Organization),
        // ListPolicies, ListTargetsForPolicy, the children of a parent, delegated administrators.
        ("organizations", _) => (rate(5.0, 8.0), Shared::Organization),
        // IAM user guide, "IAM and AWS STS quotas": 600 a second for all calls with the caller's credentials
        // together.
        ("sts", _) => (rate(600.0, 600.0), Shared::Caller),
        // CloudTrail user guide, "Quotas": ten a second for all that gets, describes and lists.
        ("cloudtrail", _) => (rate(10.0, 10.0), Shared::Service),
        // CloudWatch user guide, "Service quotas": nine a second for this one.
        ("cloudwatch", "DescribeAlarms") => (rate(9.0, 9.0), Shared::Action),
        // Elastic Load Balancing user guide, "Request throttling": all that reads together, each generation by itself.
        ("elb" | "elbv2", _) => (rate(10.0, 40.0), Shared::Service),
        // Lambda developer guide, "Quotas": policies by themselves, all other calls of the control plane together.
        ("lambda", "GetPolicy") => (rate(15.0, 15.0), Shared::Action),
        ("lambda", _) => (rate(15.0, 15.0), Shared::Service),
        // Route 53 developer guide, "Quotas": five a second for an account, whatever is asked.
        ("route53", _) => (rate(5.0, 5.0), Shared::Service),
        // S3 publishes rates of objects alone. Six calls of each bucket are its own; `SlowDown` says when they are too
        // many.
        ("s3", _) => (rate(50.0, 100.0), Shared::Service),
        // Config, GuardDuty, Security Hub, Access Analyzer, Inspector, Macie, Detective, Global Accelerator, Systems
        // Manager and Account Management publish none.
        _ => (rate(5.0, 10.0), Shared::Service),
    }
}

/// The share of the rate that a halving leaves at the least.
const FLOOR: f64 = 1.0 / 32.0;
/// Sessions begun in a second, however polite: the credentials that assume roles are mostly somebody's else too, and
/// accounts are not read faster than this.
const SESSIONS: Rate = Rate { refill: 50.0, burst: 50.0 };

/// What is used of an operation's rate at a politeness, the part of AWS's own.
pub fn used(operation: &str, politeness: f64) -> Rate {
    let (rate, _) = documented(operation);
    let most = if operation.starts_with("sts:") { SESSIONS } else { rate };
    // One token at least, or nothing would ever be taken.
    Rate {
        refill: (rate.refill * politeness).min(most.refill),
        burst: (rate.burst * politeness).min(most.burst).max(1.0),
    }
}

/// A rate is halved at most this often: one burst of refusals is one sign.
const BETWEEN_CUTS: Duration = Duration::from_secs(1);
/// How long a rate stays as it is without throttling, before it rises by [`RISE`] of its ceiling.
const BETWEEN_RISES: Duration = Duration::from_secs(5);
const RISE: f64 = 0.05;
/// The longest that an endpoint's word keeps a bucket shut.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A token bucket whose refill falls when AWS throttles and slowly rises again. Times are since any fixed moment.
#[derive(Debug)]
pub struct Bucket {
    ceiling: Rate,
    refill: f64,
    tokens: f64,
    /// The moment that `tokens` is true for; in the future while the bucket is shut.
    at: Duration,
    last_cut: Option<Duration>,
    last_change: Duration,
    /// Throttled answers since the last other one.
    streak: u32,
}

impl Bucket {
    /// A full one.
    pub fn new(ceiling: Rate, now: Duration) -> Bucket {
        Bucket {
            refill: ceiling.refill,
            tokens: ceiling.burst,
            ceiling,
            at: now,
            last_cut: None,
            last_change: now,
            streak: 0,
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// How long to wait before one is there.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.fill(now);
        let wait = self.wait(now);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        self.tokens -= 1.0;
        Ok(())
    }

    /// How long until there is a token.
    pub fn until_token(&mut self, now: Duration) -> Duration {
        self.fill(now);
        self.wait(now)
    }

    fn wait(&self, now: Duration) -> Duration {
        // What is missing by less than this is missing by rounding.
        const DUST: f64 = 1e-9;
        if self.at <= now && self.tokens >= 1.0 - DUST {
            return Duration::ZERO;
        }
        let missing = (1.0 - self.tokens).max(0.0) / self.refill;
        // Rounded up, or the one who waits would come a moment too early for ever.
        self.at.saturating_sub(now) + Duration::from_secs_f64(missing) + Duration::from_micros(1)
    }

    /// AWS said that this was too fast, and perhaps how long to wait.
    pub fn throttled(&mut self, now: Duration, asked: Option<Duration>) {
        self.fill(now);
        self.streak = self.streak.saturating_add(1);
        if self.last_cut.is_none_or(|cut| now.saturating_sub(cut) >= BETWEEN_CUTS) {
            self.refill = (self.refill / 2.0).max(self.ceiling.refill * FLOOR);
            self.last_cut = Some(now);
        }
        self.last_change = now;
        self.tokens = self.tokens.min(0.0);
        self.at = self.at.max(now + asked.unwrap_or_default().min(LONGEST_PAUSE));
    }

    /// AWS answered, with whatever.
    pub fn answered(&mut self) {
        self.streak = 0;
    }

    /// Throttled answers since the last other one.
    pub fn streak(&self) -> u32 {
        self.streak
    }

    /// Brings tokens and refill up to now.
    fn fill(&mut self, now: Duration) {
        while self.refill < self.ceiling.refill && now.saturating_sub(self.last_change) >= BETWEEN_RISES {
            let rises_at = self.last_change + BETWEEN_RISES;
            self.add(rises_at);
            self.refill = (self.refill + self.ceiling.refill * RISE).min(self.ceiling.refill);
            self.last_change = rises_at;
        }
        self.add(now);
    }

    fn add(&mut self, until: Duration) {
        let since = until.saturating_sub(self.at);
        self.tokens = (self.tokens + since.as_secs_f64() * self.refill).min(self.ceiling.burst);
        self.at = self.at.max(until);
    }
}

/// A bucket and the queue before it: first come, first served.
#[derive(Debug)]
pub struct Pace {
    /// Held by whoever is next.
    pub turn: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
}

impl Pace {
    /// Looks at or changes the bucket.
    pub fn with<T>(&self, act: impl FnOnce(&mut Bucket) -> T) -> T {
        act(&mut self.bucket.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a bucket is for: a region, unless it is all of them, and an operation or a service.
type Key = (Option<Region>, &'static str);

/// Buckets by region, if they are regional, and service or action; made when first asked for.
#[derive(Debug, Default)]
pub struct Paces(Mutex<HashMap<Key, Arc<Pace>>>);

impl Paces {
    fn get(&self, region: Option<Region>, name: &'static str, make: impl FnOnce() -> Bucket) -> Arc<Pace> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Pace { turn: tokio::sync::Mutex::default(), bucket: Mutex::new(make()) });
        Arc::clone(paces.entry((region, name)).or_insert_with(new))
    }
}

/// The bucket that a call draws on: one of the account's or one of those that all accounts share.
pub fn pace(
    of_account: Option<&Paces>,
    of_scan: &Paces,
    region: &Region,
    operation: &'static str,
    politeness: f64,
    now: Duration,
) -> Arc<Pace> {
    let (_, shared) = documented(operation);
    let make = || Bucket::new(used(operation, politeness), now);
    let service = catalogue::service(operation);
    let here = of_account.unwrap_or(of_scan);
    match shared {
        Shared::Action => here.get(Some(region.clone()), operation, make),
        Shared::Service => here.get(Some(region.clone()), service, make),
        Shared::Organization => of_scan.get(None, operation, make),
        Shared::Caller => of_scan.get(None, service, make),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: Rate = Rate { refill: 20.0, burst: 100.0 };

    /// A part of it, as it is used of EC2's, which is the same.
    fn part(politeness: f64) -> Rate {
        used("ec2:DescribeVpcs", politeness)
    }

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn half_of_the_burst_and_then_half_of_the_rate() {
        let mut bucket = Bucket::new(part(0.5), at(0.0));
        assert_eq!((0..200).filter(|_| bucket.take(at(0.0)).is_ok()).count(), 50);
        assert_eq!((0..200).filter(|_| bucket.take(at(1.0)).is_ok()).count(), 10);
        let wait = bucket.take(at(1.0)).unwrap_err();
        assert!((0.1..0.101).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(bucket.take(at(1.0) + wait), Ok(()));
        // A bucket never holds more than its burst.
        assert_eq!((0..200).filter(|_| bucket.take(at(1_000.0)).is_ok()).count(), 50);
    }

    #[test]
    fn throttling_drains_it_and_halves_its_rate_once_a_second() {
        let mut bucket = Bucket::new(RATE, at(0.0));
        bucket.throttled(at(0.0), None);
        bucket.throttled(at(0.5), None);
        assert_eq!(bucket.refill, 10.0);
        assert!(bucket.take(at(0.5)).is_err());
        bucket.throttled(at(1.0), None);
        assert_eq!(bucket.refill, 5.0);
        for second in 2..100 {
            bucket.throttled(at(f64::from(second)), None);
        }
        assert_eq!(bucket.refill, 20.0 / 32.0);
        assert_eq!(bucket.streak(), 101);
        bucket.answered();
        assert_eq!(bucket.streak(), 0);
    }

    #[test]
    fn a_rate_recovers_by_a_twentieth_every_five_seconds() {
        let mut bucket = Bucket::new(RATE, at(0.0));
        bucket.throttled(at(0.0), None);
        bucket.until_token(at(4.9));
        assert_eq!(bucket.refill, 10.0);
        bucket.until_token(at(5.0));
        assert_eq!(bucket.refill, 11.0);
        bucket.until_token(at(49.9));
        assert_eq!(bucket.refill, 19.0);
        bucket.until_token(at(600.0));
        assert_eq!(bucket.refill, 20.0);
    }

    #[test]
    fn it_stays_shut_for_as_long_as_aws_says_and_no_longer_than_a_minute() {
        let mut bucket = Bucket::new(RATE, at(0.0));
        bucket.throttled(at(0.0), Some(at(3.0)));
        let wait = bucket.take(at(1.0)).unwrap_err();
        assert!((2.1..2.11).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(bucket.take(at(3.2)), Ok(()));
        bucket.throttled(at(4.0), Some(Duration::MAX));
        assert_eq!(bucket.take(at(65.0)), Ok(()));
    }

    #[test]
    fn buckets_are_shared_as_aws_shares_them() {
        let (account, other, scan) = (Paces::default(), Paces::default(), Paces::default());
        let of = |account: &Paces, region: &str, operation| {
            pace(Some(account), &scan, &region.parse().unwrap(), operation, 0.5, Duration::ZERO)
        };
        let same = |a: &Arc<Pace>, b: &Arc<Pace>| Arc::ptr_eq(a, b);
        let vpcs = of(&account, "eu-west-1", "ec2:DescribeVpcs");
        assert!(same(&vpcs, &of(&account, "eu-west-1", "ec2:DescribeVpcs")));
        assert!(!same(&vpcs, &of(&account, "eu-west-2", "ec2:DescribeVpcs")));
        assert!(!same(&vpcs, &of(&account, "eu-west-1", "ec2:DescribeSubnets")));
        assert!(!same(&vpcs, &of(&other, "eu-west-1", "ec2:DescribeVpcs")));
        let status = of(&account, "eu-west-1", "cloudtrail:GetTrailStatus");
        assert!(same(&status, &of(&account, "eu-west-1", "cloudtrail:DescribeTrails")));
        assert!(!same(&status, &of(&other, "eu-west-1", "cloudtrail:GetTrailStatus")));
        let balancers = of(&account, "eu-west-1", "elbv2:DescribeLoadBalancers");
        assert!(same(&balancers, &of(&account, "eu-west-1", "elbv2:DescribeTargetHealth")));
        assert!(!same(&balancers, &of(&account, "eu-west-1", "elb:DescribeLoadBalancers")));
        let accounts = of(&account, "us-east-1", "organizations:ListAccounts");
        assert!(same(&accounts, &of(&other, "us-east-1", "organizations:ListAccounts")));
        assert!(!same(&accounts, &of(&other, "us-east-1", "organizations:ListRoots")));
        assert!(same(&of(&account, "us-east-1", "sts:AssumeRole"), &of(&other, "us-east-1", "sts:GetCallerIdentity")));
    }

    #[test]
    fn every_operation_has_a_rate_within_aws_limits() {
        for operation in catalogue::call_catalogue() {
            let (rate, used) = (documented(operation.name).0, used(operation.name, 1.0));
            assert!(used.refill > 0.0 && used.burst >= 1.0 && used.burst <= 100.0, "{}", operation.name);
            assert!(used.refill <= rate.refill && used.burst <= rate.burst, "{}", operation.name);
        }
    }

    #[test]
    fn no_more_sessions_are_begun_for_being_impolite() {
        for politeness in [0.1, 0.5, 1.0] {
            assert_eq!(used("sts:AssumeRole", politeness), SESSIONS);
        }
        assert_eq!(used("ec2:DescribeVpcs", 1.0), RATE);
        assert_eq!(used("organizations:DescribePolicy", 0.1).burst, 1.0);
    }

    /// What happens to a bucket: time passes, somebody wants some, AWS throttles.
    #[derive(Debug, Clone)]
    enum Event {
        Pass(u32),
        Take(u8),
        Throttled(Option<u16>),
        Answered,
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0..20_000_u32).prop_map(Event::Pass),
            (1..120_u8).prop_map(Event::Take),
            proptest::option::of(0..5_000_u16).prop_map(Event::Throttled),
            Just(Event::Answered),
        ]
    }

    proptest! {
        #[test]
        fn no_window_has_more_than_the_burst_and_the_rate(
            events in proptest::collection::vec(event(), 1..80),
            politeness in 0.1..1.0_f64,
        ) {
            let mut bucket = Bucket::new(part(politeness), Duration::ZERO);
            let (mut now, mut taken) = (Duration::ZERO, Vec::new());
            for event in events {
                match event {
                    Event::Pass(ms) => now += Duration::from_millis(u64::from(ms)),
                    Event::Take(wanted) => taken.extend((0..wanted).filter(|_| bucket.take(now).is_ok()).map(|_| now)),
                    Event::Throttled(ms) => bucket.throttled(now, ms.map(|ms| Duration::from_millis(u64::from(ms)))),
                    Event::Answered => bucket.answered(),
                }
            }
            let (burst, refill) = ((RATE.burst * politeness).max(1.0), RATE.refill * politeness);
            for (first, from) in taken.iter().enumerate() {
                for (last, to) in taken.iter().enumerate().skip(first) {
                    let window = (*to - *from).as_secs_f64();
                    let most = burst + refill * window + 1e-6;
                    prop_assert!((last - first + 1) as f64 <= most, "{} in {window} s", last - first + 1);
                }
            }
        }

        /// Whatever happened, who waits as long as he is told gets his token, within a bounded time.
        #[test]
        fn a_token_always_comes(events in proptest::collection::vec(event(), 0..80), politeness in 0.1..1.0_f64) {
            let mut bucket = Bucket::new(part(politeness), Duration::ZERO);
            let mut now = Duration::ZERO;
            for event in events {
                match event {
                    Event::Pass(ms) => now += Duration::from_millis(u64::from(ms)),
                    Event::Take(wanted) => for _ in 0..wanted { let _ = bucket.take(now); },
                    Event::Throttled(ms) => bucket.throttled(now, ms.map(|ms| Duration::from_millis(u64::from(ms)))),
                    Event::Answered => bucket.answered(),
                }
            }
            let start = now;
            let mut waits = 0;
            while let Err(wait) = bucket.take(now) {
                now += wait;
                waits += 1;
                prop_assert!(waits <= 2, "told to wait again and again");
            }
            let longest = LONGEST_PAUSE.as_secs_f64() + 1.0 / (RATE.refill * politeness * FLOOR) + 0.1;
            prop_assert!((now - start).as_secs_f64() <= longest);
        }
    }
}
