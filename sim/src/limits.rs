//! Request rates: a token bucket per account, region and action, as far as AWS
//! tells or others measured. Every bucket is watched, whether or not the rates
//! are enforced, so that a test can say how much of each a scanner took.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Instant;

use serde::Serialize;

use crate::hash::hash;
use crate::service::{Operation, Service};

/// Where a rate is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// AWS's documentation.
    Documented,
    /// Measured by other tools: AWS publishes none.
    Measured,
    /// Nobody knows: a rate that a polite client keeps to. Never enforced.
    Assumed,
}

/// Who shares a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    /// Nobody: each action has its own.
    Action,
    /// All actions of the service.
    Service,
}

/// A bucket's size and its refill per second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Budget {
    burst: f32,
    rate: f32,
    source: Source,
    shared: Shared,
}

const fn documented(rate: f32, burst: f32) -> Budget {
    Budget { burst, rate, source: Source::Documented, shared: Shared::Action }
}

const fn measured(rate: f32) -> Budget {
    Budget { burst: rate, rate, source: Source::Measured, shared: Shared::Action }
}

const fn assumed(rate: f32, burst: f32) -> Budget {
    Budget { burst, rate, source: Source::Assumed, shared: Shared::Action }
}

/// EC2 reads with a smaller bucket where neither a page size nor a filter is sent.
const UNPAGED: [&str; 7] = [
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSnapshots",
    "DescribeSpotInstanceRequests",
    "DescribeVolumes",
];

/// The bucket of an account for an action.
fn budget(service: Service, action: &str, paged: bool) -> Budget {
    match service {
        Service::Ec2 => match action {
            name if !paged && UNPAGED.contains(&name) => documented(10.0, 50.0),
            _ => documented(20.0, 100.0),
        },
        Service::Sts => Budget { shared: Shared::Service, ..documented(600.0, 600.0) },
        Service::CloudTrail => Budget { shared: Shared::Service, ..documented(10.0, 10.0) },
        Service::Route53 => Budget { shared: Shared::Service, ..documented(5.0, 5.0) },
        Service::CloudWatch => documented(9.0, 9.0),
        Service::Organizations => match action {
            "ListAccounts" => documented(8.0, 12.0),
            "ListChildren" => documented(6.0, 10.0),
            "DescribeAccount" => documented(20.0, 30.0),
            "DescribePolicy" => documented(2.0, 2.0),
            "ListRoots" | "DescribeOrganization" => documented(1.0, 2.0),
            "ListAWSServiceAccessForOrganization" => documented(1.0, 3.0),
            "ListTagsForResource" => documented(10.0, 15.0),
            _ => documented(5.0, 8.0),
        },
        Service::Account => assumed(5.0, 5.0),
        Service::Iam => match action {
            "GetRole" | "ListAttachedRolePolicies" | "ListRolePolicies" | "ListInstanceProfilesForRole" => {
                measured(15.0)
            }
            "GetPolicy" | "GetPolicyVersion" => measured(35.0),
            "ListEntitiesForPolicy" => measured(40.0),
            "GetAccountAuthorizationDetails" => assumed(2.0, 4.0),
            _ => assumed(15.0, 15.0),
        },
        Service::Elb | Service::Elbv2 => Budget { shared: Shared::Service, ..documented(10.0, 40.0) },
        Service::Lambda if action == "GetPolicy" => documented(15.0, 15.0),
        Service::Lambda => Budget { shared: Shared::Service, ..documented(15.0, 15.0) },
        Service::S3 => Budget { shared: Shared::Service, ..assumed(50.0, 100.0) },
        Service::S3Control
        | Service::DirectConnect
        | Service::NetworkFirewall
        | Service::Rds
        | Service::Config
        | Service::GuardDuty
        | Service::SecurityHub
        | Service::AccessAnalyzer
        | Service::Ssm
        | Service::Inspector2
        | Service::Macie2
        | Service::Detective
        | Service::GlobalAccelerator
        | Service::Waf => assumed(5.0, 10.0),
    }
}

/// The bucket that all accounts of an organization share besides their own.
fn of_organization(service: Service, action: &str) -> Option<Budget> {
    if service != Service::Organizations {
        return None;
    }
    Some(match action {
        "ListAccounts" => documented(9.0, 15.0),
        "ListChildren" => documented(7.0, 12.0),
        "DescribeAccount" => documented(24.0, 36.0),
        "DescribePolicy" => documented(2.0, 3.0),
        "ListParents"
        | "ListAccountsForParent"
        | "ListOrganizationalUnitsForParent"
        | "ListPolicies"
        | "ListPoliciesForTarget"
        | "ListTargetsForPolicy" => documented(6.0, 10.0),
        _ => return None,
    })
}

/// How much of a bucket was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BucketUse {
    /// The account id; `*` for the bucket that an organization shares.
    pub account: String,
    pub region: String,
    pub service: String,
    /// `*` where the actions of a service share a bucket.
    pub action: String,
    pub burst: u32,
    /// Refill per second.
    pub rate: u32,
    pub source: Source,
    /// The most that was ever gone from the bucket, in percent of its size.
    /// Above 100 where rates are not enforced and were not kept to.
    pub percent: u32,
    /// The most requests within any second, to a tenth of a second.
    pub in_a_second: u32,
    /// Requests that found the bucket empty.
    pub throttled: u64,
}

/// Which bucket.
#[derive(Clone, Copy)]
struct Place {
    /// `u32::MAX` for the organization's.
    account: u32,
    region: u16,
    service: Service,
    action: &'static str,
    /// The operation's index; `u16::MAX` where all of a service share it.
    index: u16,
}

/// Tenths of a second that requests are counted by.
const SLOTS: usize = 10;

struct Bucket {
    place: Place,
    budget: Budget,
    tokens: f32,
    lowest: f32,
    /// Microseconds since the start.
    filled: u64,
    slots: [u16; SLOTS],
    /// The tenth of a second that was counted last.
    slot: u64,
    in_a_second: u32,
    throttled: u64,
}

impl Bucket {
    fn new(place: Place, budget: Budget, now: u64) -> Bucket {
        let (tokens, lowest) = (budget.burst, budget.burst);
        Bucket { place, budget, tokens, lowest, filled: now, slots: [0; SLOTS], slot: 0, in_a_second: 0, throttled: 0 }
    }

    /// Takes a token; false if there is none and that is to be held against it.
    fn take(&mut self, now: u64, enforced: bool) -> bool {
        let elapsed = now.saturating_sub(self.filled) as f32 / 1e6;
        self.tokens = (self.tokens + elapsed * self.budget.rate).min(self.budget.burst);
        self.filled = now;
        self.count(now / 100_000);
        if self.tokens < 1.0 {
            self.throttled += 1;
            if enforced {
                self.lowest = self.lowest.min(0.0);
                return false;
            }
        }
        self.tokens -= 1.0;
        self.lowest = self.lowest.min(self.tokens);
        true
    }

    fn count(&mut self, slot: u64) {
        let passed = slot.saturating_sub(self.slot).min(SLOTS as u64);
        for n in 0..passed {
            if let Some(count) = self.slots.get_mut(((slot - n) % SLOTS as u64) as usize) {
                *count = 0;
            }
        }
        self.slot = slot;
        if let Some(count) = self.slots.get_mut((slot % SLOTS as u64) as usize) {
            *count = count.saturating_add(1);
        }
        self.in_a_second = self.in_a_second.max(self.slots.iter().map(|count| u32::from(*count)).sum());
    }

    /// Whether it is as good as new, so that it need not be kept.
    fn is_full(&self, now: u64) -> bool {
        let elapsed = now.saturating_sub(self.filled) as f32 / 1e6;
        elapsed > 1.0 && self.tokens + elapsed * self.budget.rate >= self.budget.burst
    }

    fn percent(&self) -> u32 {
        ((self.budget.burst - self.lowest) / self.budget.burst * 100.0).ceil() as u32
    }
}

const SHARDS: usize = 64;
/// Buckets in a shard beyond which those that are full again are let go.
const KEPT: usize = 2_048;

/// All buckets, created when first used.
pub struct Buckets {
    started: Instant,
    enforced: bool,
    shards: Vec<Mutex<HashMap<u64, Bucket>>>,
    /// The worst of those that were let go, by service and action.
    past: Mutex<HashMap<(Service, &'static str), Bucket>>,
}

impl Buckets {
    pub fn new(enforced: bool) -> Buckets {
        Buckets {
            started: Instant::now(),
            enforced,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            past: Mutex::default(),
        }
    }

    /// Takes a token; false means the request is throttled. `region` is an
    /// index of the caller's.
    pub fn take(&self, account: u32, region: u16, operation: Operation, paged: bool) -> bool {
        let (service, action) = (operation.service, operation.name);
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let own = budget(service, action, paged);
        let place = match own.shared {
            Shared::Action => Place { account, region, service, action, index: operation.index },
            Shared::Service => Place { account, region, service, action: "*", index: u16::MAX },
        };
        if !self.take_from(place, own, now) {
            return false;
        }
        match of_organization(service, action) {
            Some(shared) => self.take_from(Place { account: u32::MAX, ..place }, shared, now),
            None => true,
        }
    }

    fn take_from(&self, place: Place, budget: Budget, now: u64) -> bool {
        let what = u64::from(place.index) << 8 | place.service as u64;
        let key = hash(u64::from(place.account) << 16 | u64::from(place.region), &[what]);
        // A small bucket and a large one of the same action are two buckets.
        let key = key ^ u64::from(budget.burst.to_bits());
        let Some(shard) = self.shards.get(key as usize % SHARDS) else {
            return true;
        };
        let mut buckets = shard.lock().unwrap_or_else(|broken| broken.into_inner());
        if buckets.len() >= KEPT && !buckets.contains_key(&key) {
            self.let_go(&mut buckets, now);
        }
        let bucket = buckets.entry(key).or_insert_with(|| Bucket::new(place, budget, now));
        bucket.take(now, self.enforced && budget.source != Source::Assumed)
    }

    fn let_go(&self, buckets: &mut HashMap<u64, Bucket>, now: u64) {
        let mut past = self.past.lock().unwrap_or_else(|broken| broken.into_inner());
        for (_, bucket) in buckets.extract_if(|_, bucket| bucket.is_full(now)) {
            worst(&mut past, bucket);
        }
    }

    /// Every bucket that is still kept, and the worst bucket of each action,
    /// kept or not. `names` turns indices into an account id and a region.
    pub fn report(&self, names: impl Fn(u32, u16) -> (String, String)) -> (Vec<BucketUse>, Vec<BucketUse>) {
        let told = |bucket: &Bucket| {
            let (account, region) = names(bucket.place.account, bucket.place.region);
            BucketUse {
                account,
                region,
                service: bucket.place.service.name().to_owned(),
                action: bucket.place.action.to_owned(),
                burst: bucket.budget.burst as u32,
                rate: bucket.budget.rate as u32,
                source: bucket.budget.source,
                percent: bucket.percent(),
                in_a_second: bucket.in_a_second,
                throttled: bucket.throttled,
            }
        };
        let order = |a: &BucketUse, b: &BucketUse| {
            (&a.account, &a.region, &a.service, &a.action, a.burst)
                .cmp(&(&b.account, &b.region, &b.service, &b.action, b.burst))
        };
        let mut all = Vec::new();
        let mut highest: BTreeMap<(String, String), BucketUse> = BTreeMap::new();
        let mut add = |used: BucketUse| {
            let key = (used.service.clone(), used.action.clone());
            match highest.get(&key) {
                Some(other) if (other.percent, other.in_a_second) >= (used.percent, used.in_a_second) => {}
                _ => drop(highest.insert(key, used)),
            }
        };
        for shard in &self.shards {
            let buckets = shard.lock().unwrap_or_else(|broken| broken.into_inner());
            for used in buckets.values().map(&told) {
                add(used.clone());
                all.push(used);
            }
        }
        let past = self.past.lock().unwrap_or_else(|broken| broken.into_inner());
        past.values().map(told).for_each(add);
        all.sort_by(order);
        (all, highest.into_values().collect())
    }
}

fn worst(past: &mut HashMap<(Service, &'static str), Bucket>, bucket: Bucket) {
    let key = (bucket.place.service, bucket.place.action);
    match past.get(&key) {
        Some(other) if (other.percent(), other.in_a_second) >= (bucket.percent(), bucket.in_a_second) => {}
        _ => drop(past.insert(key, bucket)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(buckets: &Buckets, account: u32, service: Service, action: &str) -> bool {
        buckets.take(account, 0, service.operation(action).expect("it is simulated"), true)
    }

    #[test]
    fn a_burst_is_served_and_the_rest_is_throttled() {
        let buckets = Buckets::new(true);
        let served = (0..300).filter(|_| take(&buckets, 1, Service::Ec2, "DescribeVpcs")).count();
        assert!((100..120).contains(&served), "{served}");
        assert!(take(&buckets, 2, Service::Ec2, "DescribeVpcs"));
        assert!(take(&buckets, 1, Service::Ec2, "DescribeSubnets"));
    }

    #[test]
    fn the_rates_are_those_of_the_documentation() {
        use Service::{CloudTrail, Ec2, Elb, Elbv2, Organizations, Sts};
        for (service, action, paged, burst, rate) in [
            (Ec2, "DescribeInstances", true, 100.0, 20.0),
            (Ec2, "DescribeInstances", false, 50.0, 10.0),
            (Ec2, "DescribeVpcs", false, 100.0, 20.0),
            (Organizations, "ListAccounts", true, 12.0, 8.0),
            (Organizations, "DescribePolicy", true, 2.0, 2.0),
            (Organizations, "ListRoots", true, 2.0, 1.0),
            (Organizations, "ListTargetsForPolicy", true, 8.0, 5.0),
            (CloudTrail, "GetTrailStatus", true, 10.0, 10.0),
            (Elb, "DescribeLoadBalancers", true, 40.0, 10.0),
            (Elbv2, "DescribeTargetHealth", true, 40.0, 10.0),
            (Sts, "AssumeRole", true, 600.0, 600.0),
        ] {
            let found = budget(service, action, paged);
            assert_eq!((found.burst, found.rate, found.source), (burst, rate, Source::Documented), "{action}");
        }
        let shared = of_organization(Organizations, "ListAccounts").map(|found| (found.rate, found.burst));
        assert_eq!(shared, Some((9.0, 15.0)));
    }

    #[test]
    fn use_is_watched_without_being_enforced() {
        let buckets = Buckets::new(false);
        assert!((0..150).all(|_| take(&buckets, 1, Service::Ec2, "DescribeVpcs")));
        assert!((0..30).all(|_| take(&buckets, 2, Service::Ec2, "DescribeVpcs")));
        let (all, highest) = buckets.report(|account, _| (account.to_string(), "r".to_owned()));
        let of = |account: &str| all.iter().find(|used| used.account == account).expect("it was used").clone();
        assert!(of("1").percent >= 140 && of("1").throttled >= 40, "{:?}", of("1"));
        assert!(of("1").in_a_second >= 100 && of("1").in_a_second <= 150);
        assert_eq!((of("2").percent, of("2").in_a_second, of("2").throttled), (30, 30, 0));
        assert_eq!(highest, [of("1")]);
    }

    #[test]
    fn actions_of_a_service_may_share_a_bucket() {
        let buckets = Buckets::new(true);
        let mut taken = 0;
        for action in ["DescribeTrails", "GetTrailStatus", "ListTrails"] {
            taken += (0..8).filter(|_| take(&buckets, 1, Service::CloudTrail, action)).count();
        }
        assert!((10..13).contains(&taken), "{taken}");
    }

    #[test]
    fn buckets_that_are_full_again_are_let_go() {
        let buckets = Buckets::new(false);
        let budget = documented(20.0, 100.0);
        for account in 0..300_000 {
            let place = Place { account, region: 0, service: Service::Ec2, action: "DescribeVpcs", index: 0 };
            // Ten microseconds later each; the first are full again after a second.
            buckets.take_from(place, budget, u64::from(account) * 10);
        }
        let kept: usize = buckets.shards.iter().map(|shard| shard.lock().expect("whole").len()).sum();
        assert!(kept <= 2 * KEPT * SHARDS, "{kept}");
        let (_, highest) = buckets.report(|account, _| (account.to_string(), String::new()));
        assert_eq!(highest.len(), 1);
    }
}
