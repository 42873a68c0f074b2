//! What goes wrong on purpose, and when.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::hash::{hash, mix, word};
use crate::org::Organization;

/// One way to go wrong. Errors take the shape and status of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `RequestLimitExceeded` (503) from EC2, `Throttling` (400) from IAM and
    /// STS, `ThrottlingException` or `TooManyRequestsException` elsewhere.
    Throttle,
    /// 500.
    ServerError,
    /// No identity policy allows it.
    AccessDenied,
    /// A service control policy denies it; only the message says so.
    ScpDenied,
    /// The region is not enabled: `AuthFailure` (401) from EC2.
    RegionDisabled,
    /// The session ran out.
    ExpiredToken,
    /// `GenerateCredentialReport` says `STARTED` and `GetCredentialReport` says
    /// 404 `ReportInProgress`. Other operations ignore it.
    ReportInProgress,
    /// The connection closes without a reply.
    Reset,
    /// Headers, then nothing.
    Stall,
    /// The body arrives in twenty pieces over about five seconds.
    SlowBody,
    /// A body cut in the middle of a list whose `Content-Length` matches it.
    TruncatedXml,
    /// The next token is the token that was sent. For lists with pages.
    RepeatedToken,
    /// The first page is empty and has a token. For lists with pages.
    EmptyPageWithToken,
    /// 200 with an HTML page.
    Garbage,
    /// Everything in one page, padded with white space to 32 MiB.
    HugePage,
}

/// When a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// To every request.
    Always,
    /// To the first requests for each account, region and action. A page counts
    /// as a request.
    First(u32),
    /// To all but the first requests for each account, region and action.
    After(u32),
    /// To this many of a thousand requests, drawn from the seed, the request
    /// and how often it was repeated.
    PerThousand(u32),
}

/// A fault and the requests it is for. What is not set matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// An account id.
    pub account: Option<String>,
    /// A region name. For IAM, Organizations and Account it is the region that
    /// the client signs for, so a rule for them is better without one.
    pub region: Option<String>,
    /// `DescribeVpcs`, `ec2:DescribeVpcs` or, with a star at the end,
    /// `ec2:Describe*`.
    pub action: Option<String>,
    pub fault: Fault,
    pub when: When,
}

impl Rule {
    /// A rule for every request.
    pub fn new(fault: Fault) -> Rule {
        Rule { account: None, region: None, action: None, fault, when: When::Always }
    }

    pub fn account(mut self, id: impl Into<String>) -> Rule {
        self.account = Some(id.into());
        self
    }

    pub fn region(mut self, name: impl Into<String>) -> Rule {
        self.region = Some(name.into());
        self
    }

    pub fn action(mut self, name: impl Into<String>) -> Rule {
        self.action = Some(name.into());
        self
    }

    pub fn when(mut self, when: When) -> Rule {
        self.when = when;
        self
    }

    fn matches(&self, about: &Subject) -> bool {
        let same = |mine: &Option<String>, asked: &str| mine.as_ref().is_none_or(|m| m == asked);
        same(&self.account, about.account)
            && same(&self.region, about.region)
            && self.action.as_ref().is_none_or(|pattern| {
                let full = format!("{}:{}", about.service, about.action);
                match pattern.strip_suffix('*') {
                    Some(start) => full.starts_with(start) || about.action.starts_with(start),
                    None => full == *pattern || about.action == pattern,
                }
            })
    }
}

/// Everything that makes the endpoint less than perfect. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first rule that matches and applies wins.
    pub rules: Vec<Rule>,
    /// Added to every reply.
    pub latency_ms: u64,
    /// Whether the documented request rates are enforced.
    pub limits: bool,
}

impl Faults {
    /// The two faults of the demo, which show what a scan says about what it
    /// could not read: the network ACLs of one region of the data platform are
    /// denied by an organization policy, and the credential report of the
    /// security account is denied.
    pub fn demo(org: &Organization) -> Faults {
        let ids = org.account_ids();
        let mut rules = Vec::new();
        if let (Some(data), Some(region)) = (ids.get(3), org.regions.get(1)) {
            rules.push(Rule::new(Fault::ScpDenied).account(data).region(region).action("ec2:DescribeNetworkAcls"));
        }
        if let Some(security) = ids.get(1) {
            rules.push(Rule::new(Fault::AccessDenied).account(security).action("iam:GetCredentialReport"));
        }
        Faults { rules, ..Faults::default() }
    }
}

/// What a request is about, as far as rules can tell.
pub struct Subject<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub service: &'a str,
    pub action: &'a str,
    /// A hash that tells repetitions of a request from other requests for the
    /// same action. Only rates need it.
    pub request: &'a dyn Fn() -> u64,
}

const SHARDS: usize = 64;

/// Rules with the counters they need. Nothing is counted for rules that always
/// apply.
pub struct FaultState {
    rules: Vec<Rule>,
    seed: u64,
    counters: Vec<Mutex<HashMap<u64, u32>>>,
}

impl FaultState {
    pub fn new(rules: Vec<Rule>, seed: u64) -> FaultState {
        FaultState { rules, seed, counters: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// The fault for a request, if any.
    pub fn pick(&self, about: &Subject) -> Option<Fault> {
        self.rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.matches(about))
            .find(|(n, rule)| self.applies(*n as u64, rule.when, about))
            .map(|(_, rule)| rule.fault)
    }

    fn applies(&self, rule: u64, when: When, about: &Subject) -> bool {
        let key = hash(rule, &[word(about.account), word(about.region), word(about.service), word(about.action)]);
        match when {
            When::Always => true,
            When::First(count) => self.count(key) < count,
            When::After(count) => self.count(key) >= count,
            When::PerThousand(rate) => {
                let key = mix(key ^ (about.request)());
                let attempt = self.count(key);
                hash(self.seed, &[key, u64::from(attempt)]) % 1000 < u64::from(rate)
            }
        }
    }

    /// How often this was asked before.
    fn count(&self, key: u64) -> u32 {
        let Some(shard) = self.counters.get(key as usize % SHARDS) else {
            return 0;
        };
        // A panic elsewhere cannot leave a counter half written.
        let mut counters = shard.lock().unwrap_or_else(|broken| broken.into_inner());
        let counter = counters.entry(key).or_insert(0);
        let before = *counter;
        *counter = counter.saturating_add(1);
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(action: &'static str) -> Subject<'static> {
        Subject { account: "1", region: "eu-west-1", service: "ec2", action, request: &|| 5 }
    }

    #[test]
    fn actions_match_by_name_by_service_and_by_prefix() {
        for (pattern, expected) in [
            ("DescribeVpcs", true),
            ("ec2:DescribeVpcs", true),
            ("ec2:Describe*", true),
            ("ec2:*", true),
            ("iam:*", false),
            ("DescribeVpc", false),
        ] {
            let rule = Rule::new(Fault::Throttle).action(pattern);
            assert_eq!(rule.matches(&subject("DescribeVpcs")), expected, "{pattern}");
        }
    }

    #[test]
    fn the_first_requests_are_counted_by_action() {
        let rule = Rule::new(Fault::Throttle).when(When::First(2));
        let state = FaultState::new(vec![rule], 1);
        let picks = |action| state.pick(&subject(action)).is_some();
        assert_eq!([picks("A"), picks("A"), picks("A")], [true, true, false]);
        assert_eq!([picks("B"), picks("B"), picks("B")], [true, true, false]);
        let state = FaultState::new(vec![Rule::new(Fault::Throttle).when(When::After(1))], 1);
        let picks = |action| state.pick(&subject(action)).is_some();
        assert_eq!([picks("A"), picks("A"), picks("B"), picks("A")], [false, true, false, true]);
    }

    #[test]
    fn a_rate_is_met_and_repeats_itself() {
        let draw = || -> Vec<bool> {
            let rule = Rule::new(Fault::Reset).when(When::PerThousand(200));
            let state = FaultState::new(vec![rule], 3);
            (0..2000).map(|_| state.pick(&subject("A")).is_some()).collect()
        };
        let first = draw();
        let hits = first.iter().filter(|hit| **hit).count();
        assert!((300..500).contains(&hits), "{hits} of 2000");
        assert_eq!(first, draw());
    }
}
