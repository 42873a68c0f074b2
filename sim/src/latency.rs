//! How long a reply takes.

use serde::Deserialize;

use crate::hash::{hash, mix, word};

/// A distribution of latencies: a base, a lognormal tail on top of it, and
/// something for each item of a page.
///
/// It is drawn from the seed and the request, so the same request always takes
/// the same time; another attempt of it (`amz-sdk-request: attempt=2`) takes
/// another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// A service as in the credential scope, such as `ec2`; none is every one.
    pub service: Option<String>,
    /// A region; none is every one.
    pub region: Option<String>,
    /// Milliseconds that every reply takes.
    pub base_ms: u32,
    /// Median of the tail, in milliseconds.
    pub tail_ms: u32,
    /// How wide the tail is: the standard deviation of its logarithm, in
    /// percent. With 100, one reply of twenty takes over five times the median.
    pub spread: u32,
    /// Microseconds for each item on the page.
    pub item_us: u32,
}

/// No reply takes longer: a lognormal tail has no end.
const LONGEST_US: f64 = 120e6;

impl Latency {
    /// Reads `base=20,tail=10,spread=80,item=50,service=ec2,region=eu-west-1`.
    ///
    /// # Errors
    /// A sentence that names the part that is wrong.
    pub fn parse(text: &str) -> Result<Latency, String> {
        let mut latency = Latency::default();
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("`{part}` is not NAME=VALUE"))?;
            let number = || value.parse().map_err(|_| format!("`{value}` is not a number for `{name}`"));
            match name {
                "base" => latency.base_ms = number()?,
                "tail" => latency.tail_ms = number()?,
                "spread" => latency.spread = number()?,
                "item" => latency.item_us = number()?,
                "service" => latency.service = Some(value.to_owned()),
                "region" => latency.region = Some(value.to_owned()),
                _ => {
                    return Err(format!(
                        "`{name}` is none of `base`, `tail`, `spread`, `item`, `service` and `region`"
                    ));
                }
            }
        }
        Ok(latency)
    }

    /// Whether it is for requests to a service in a region.
    pub fn matches(&self, service: &str, region: &str) -> bool {
        self.service.as_deref().is_none_or(|name| name == service)
            && self.region.as_deref().is_none_or(|name| name == region)
    }

    /// Microseconds for a reply with so many items, drawn from a state.
    pub fn draw(&self, state: u64, items: u32) -> u64 {
        let fixed = u64::from(self.base_ms) * 1000 + u64::from(self.item_us) * u64::from(items);
        if self.tail_ms == 0 {
            return fixed;
        }
        let tail = f64::from(self.tail_ms) * 1000.0 * (f64::from(self.spread) / 100.0 * normal(state)).exp();
        fixed + tail.min(LONGEST_US) as u64
    }
}

/// The state that a request's latency is drawn from.
pub fn state(seed: u64, request: u64, attempt: u64) -> u64 {
    hash(seed, &[word("latency"), request, attempt])
}

/// A standard normal number (Box and Muller).
fn normal(state: u64) -> f64 {
    // 53 bits, of which the first draw is never zero: its logarithm is taken.
    let unit = |word: u64, offset: f64| ((word >> 11) as f64 + offset) / (1_u64 << 53) as f64;
    let (first, second) = (unit(mix(state), 1.0), unit(mix(state ^ 1), 0.0));
    (-2.0 * first.ln()).sqrt() * (std::f64::consts::TAU * second).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_replies_are_slower_than_the_median() {
        let latency = Latency::parse("base=20,tail=10,spread=80,item=50").expect("it is one");
        let mut drawn: Vec<u64> = (0..10_001).map(|n| latency.draw(state(7, n, 1), 100)).collect();
        drawn.sort_unstable();
        // 20 ms, 100 items of 50 us each, and the median of the tail.
        let median = drawn[5000];
        assert!((34_000..36_000).contains(&median), "{median}");
        // The 95th percentile of a lognormal is the median by exp(1.645 sigma), here 3.73.
        let late = drawn[9500] - 25_000;
        assert!((34_000..41_000).contains(&late), "{late}");
        assert!(drawn[0] > 25_000);
    }

    #[test]
    fn the_same_request_takes_the_same_time_and_its_next_attempt_another() {
        let latency = Latency { tail_ms: 10, spread: 100, ..Latency::default() };
        assert_eq!(latency.draw(state(7, 1, 1), 0), latency.draw(state(7, 1, 1), 0));
        assert_ne!(latency.draw(state(7, 1, 1), 0), latency.draw(state(7, 1, 2), 0));
    }

    #[test]
    fn what_is_no_latency_is_told() {
        for (text, said) in [("20", "NAME=VALUE"), ("base=x", "not a number"), ("bse=1", "none of")] {
            let error = Latency::parse(text).expect_err(text);
            assert!(error.contains(said), "{error}");
        }
        let one = Latency::parse("base=1,service=ec2,region=eu-west-1").expect("it is one");
        assert!(one.matches("ec2", "eu-west-1") && !one.matches("iam", "eu-west-1") && !one.matches("ec2", "x"));
    }
}
