//! What goes wrong on purpose, and when.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::Deserialize;

use crate::hash::{hash, mix, word};
use crate::latency::Latency;
use crate::org::Organization;

/// One way to go wrong. Errors take the shape and status of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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
    /// The connection is reset (RST) without a reply.
    Reset,
    /// Headers and a part of the body, then the connection is reset.
    ResetAfterHeaders,
    /// Headers, then nothing.
    Stall,
    /// Nothing for three seconds, then the reply.
    SlowHeaders,
    /// The body arrives in twenty pieces over about five seconds.
    SlowBody,
    /// A body cut in the middle of a list whose `Content-Length` matches it.
    TruncatedXml,
    /// A chunked body of which a part arrives and the last chunk does not.
    TruncatedChunked,
    /// A whole body with bytes in its middle that are no UTF-8.
    NotUtf8,
    /// A well-formed document with another root: an element of another
    /// operation, or a JSON list.
    WrongRoot,
    /// A success with nothing in it: the list, object or value that the
    /// operation is for is missing.
    MissingResult,
    /// The next token is the token that was sent. For lists with pages.
    RepeatedToken,
    /// Every page has a token that was never sent before; all pages after the
    /// last item are empty. For lists with pages.
    EndlessToken,
    /// The first page is empty and has a token. For lists with pages.
    EmptyPageWithToken,
    /// 200 with an HTML page.
    Garbage,
    /// Everything in one page, padded with white space to 32 MiB.
    HugePage,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 22] = [
        Fault::Throttle,
        Fault::ServerError,
        Fault::AccessDenied,
        Fault::ScpDenied,
        Fault::RegionDisabled,
        Fault::ExpiredToken,
        Fault::ReportInProgress,
        Fault::Reset,
        Fault::ResetAfterHeaders,
        Fault::Stall,
        Fault::SlowHeaders,
        Fault::SlowBody,
        Fault::TruncatedXml,
        Fault::TruncatedChunked,
        Fault::NotUtf8,
        Fault::WrongRoot,
        Fault::MissingResult,
        Fault::RepeatedToken,
        Fault::EndlessToken,
        Fault::EmptyPageWithToken,
        Fault::Garbage,
        Fault::HugePage,
    ];
}

/// When a rule applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum When {
    /// To every request.
    #[default]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(default)]
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

    /// Whether it is for this, the account aside.
    fn matches(&self, about: &Subject) -> bool {
        self.region.as_ref().is_none_or(|mine| mine == about.region)
            && self.action.as_ref().is_none_or(|pattern| {
                let pattern = match pattern.split_once(':') {
                    Some((service, _)) if service != about.service => return false,
                    Some((_, action)) => action,
                    None => pattern,
                };
                match pattern.strip_suffix('*') {
                    Some(start) => about.action.starts_with(start),
                    None => about.action == pattern,
                }
            })
    }
}

/// Everything that makes the endpoint less than perfect. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The first rule that matches and applies wins.
    pub rules: Vec<Rule>,
    /// Added to every reply.
    pub latency_ms: u64,
    /// How long replies take beside that: the first that matches counts.
    pub latency: Vec<Latency>,
    /// How large a huge page is; 32 MiB if it is not set.
    pub huge_bytes: Option<usize>,
    /// Whether AWS's request rates are enforced, as far as they are documented
    /// or were measured by others.
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
    /// Told only where a rule asks.
    pub account: &'a dyn Fn() -> String,
    pub region: &'a str,
    pub service: &'a str,
    pub action: &'a str,
    /// A hash that tells repetitions of a request from other requests for the
    /// same action.
    pub request: u64,
}

const SHARDS: usize = 64;

/// Rules with the counters they need. Nothing is counted for rules that always
/// apply.
pub struct FaultState {
    rules: Vec<Rule>,
    /// Where in `rules` those of each account are; those of no account are
    /// under the empty text. A test may have a rule for each of 2,000 accounts.
    by_account: HashMap<String, Vec<usize>>,
    seed: u64,
    counters: Vec<Mutex<HashMap<u64, u32>>>,
}

impl FaultState {
    pub fn new(rules: Vec<Rule>, seed: u64) -> FaultState {
        let mut by_account: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, rule) in rules.iter().enumerate() {
            by_account.entry(rule.account.clone().unwrap_or_default()).or_default().push(n);
        }
        FaultState { rules, by_account, seed, counters: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// The fault for a request, if any.
    pub fn pick(&self, about: &Subject) -> Option<Fault> {
        if self.rules.is_empty() {
            return None;
        }
        let account = (about.account)();
        let of = |account: &str| self.by_account.get(account).map_or(&[][..], Vec::as_slice);
        let (mut own, mut common) = (of(&account).iter().peekable(), of("").iter().peekable());
        // Both lists in the order in which the rules were given.
        loop {
            let take_own = match (own.peek(), common.peek()) {
                (Some(mine), Some(other)) => mine < other,
                (mine, _) => mine.is_some(),
            };
            let next = if take_own { own.next() } else { common.next() };
            let n = *next?;
            let rule = self.rules.get(n)?;
            if rule.matches(about) && self.applies(n as u64, rule.when, about, &account) {
                return Some(rule.fault);
            }
        }
    }

    fn applies(&self, rule: u64, when: When, about: &Subject, account: &str) -> bool {
        let key = hash(rule, &[word(account), word(about.region), word(about.service), word(about.action)]);
        match when {
            When::Always => true,
            When::First(count) => self.count(key) < count,
            When::After(count) => self.count(key) >= count,
            When::PerThousand(rate) => {
                let key = mix(key ^ about.request);
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
        Subject { account: &|| "1".to_owned(), region: "eu-west-1", service: "ec2", action, request: 5 }
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
    fn rules_of_an_account_and_of_all_keep_their_order() {
        let rules = [
            Rule::new(Fault::Reset).account("2"),
            Rule::new(Fault::Stall).action("B"),
            Rule::new(Fault::Throttle).account("1"),
            Rule::new(Fault::Garbage),
        ];
        let state = FaultState::new(rules.to_vec(), 1);
        assert_eq!(state.pick(&subject("A")), Some(Fault::Throttle));
        assert_eq!(state.pick(&subject("B")), Some(Fault::Stall));
        let other = Subject { account: &|| "3".to_owned(), ..subject("A") };
        assert_eq!(state.pick(&other), Some(Fault::Garbage));
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
