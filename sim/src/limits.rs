//! Request rates, where AWS documents them: a token bucket per account, region
//! and action. Off unless asked for.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use crate::hash::{hash, word};
use crate::service::Service;

/// Burst and refill per second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Budget {
    burst: f64,
    rate: f64,
}

/// EC2 reads with a smaller budget if they ask for everything at once.
const UNPAGED: [&str; 3] = ["DescribeInstances", "DescribeNetworkInterfaces", "DescribeSecurityGroups"];

/// The budget of an action; services without published rates have none.
fn budget(service: Service, action: &str, paged: bool) -> Option<Budget> {
    let (burst, rate) = match (service, action) {
        (Service::Ec2, name) if !paged && UNPAGED.contains(&name) => (50.0, 10.0),
        (Service::Ec2, _) => (100.0, 20.0),
        (Service::CloudTrail, _) => (10.0, 10.0),
        (Service::Sts, _) => (600.0, 600.0),
        (Service::Organizations, "ListAccounts") => (12.0, 8.0),
        (Service::Organizations, "DescribePolicy" | "ListRoots" | "DescribeOrganization") => (2.0, 1.0),
        (Service::Organizations, "ListTagsForResource") => (15.0, 10.0),
        (Service::Organizations, _) => (8.0, 5.0),
        _ => return None,
    };
    Some(Budget { burst, rate })
}

const SHARDS: usize = 64;

struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// All buckets, created when first used.
pub struct Buckets {
    shards: Vec<Mutex<HashMap<u64, Bucket>>>,
}

impl Buckets {
    pub fn new() -> Buckets {
        Buckets { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// Takes a token; false means the request is throttled. STS shares one
    /// bucket among its actions.
    pub fn take(&self, account: u32, region: &str, service: Service, action: &str, paged: bool) -> bool {
        let Some(budget) = budget(service, action, paged) else {
            return true;
        };
        let action = if service == Service::Sts { "" } else { action };
        let key = hash(u64::from(account), &[word(region), word(service.scope()), word(action)]);
        let Some(shard) = self.shards.get(key as usize % SHARDS) else {
            return true;
        };
        let now = Instant::now();
        let mut buckets = shard.lock().unwrap_or_else(|broken| broken.into_inner());
        let bucket = buckets.entry(key).or_insert(Bucket { tokens: budget.burst, filled: now });
        let elapsed = now.duration_since(bucket.filled).as_secs_f64();
        bucket.tokens = (bucket.tokens + elapsed * budget.rate).min(budget.burst);
        bucket.filled = now;
        let enough = bucket.tokens >= 1.0;
        if enough {
            bucket.tokens -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_served_and_the_rest_is_throttled() {
        let buckets = Buckets::new();
        let served = (0..300).filter(|_| buckets.take(1, "eu-west-1", Service::Ec2, "DescribeVpcs", true)).count();
        assert!((100..120).contains(&served), "{served}");
        assert!(buckets.take(2, "eu-west-1", Service::Ec2, "DescribeVpcs", true));
        assert!(buckets.take(1, "eu-west-1", Service::Ec2, "DescribeSubnets", true));
    }
}
