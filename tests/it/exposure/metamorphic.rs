//! Changes that mean nothing, and changes that can mean one thing only, whatever the network is.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::ask::{Endpoint, Snapshot};
use super::network::{Network, entry, permission, public};
use super::packets::Packets;

/// A rule of a security group, in parts that can be split.
#[derive(Debug, Clone)]
struct Rule {
    protocol: &'static str,
    ports: Option<(u16, u16)>,
    sources: Vec<&'static str>,
}

/// An entry of the ACL; its number is its place.
#[derive(Debug, Clone)]
struct Entry {
    is_outbound: bool,
    is_allowed: bool,
    rule: Rule,
}

#[derive(Debug, Clone)]
struct Draft {
    groups: [Vec<Rule>; 2],
    entries: Vec<Entry>,
    routes: Vec<&'static str>,
}

const BLOCKS: [&str; 14] = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "52.0.0.0/8",
    "52.0.0.0/9",
    "52.128.0.0/9",
    "198.41.0.4/32",
    "255.255.255.255/32",
    "::/0",
    "::/1",
    "2000::/3",
    "2600::/16",
    "2600:0:0:8000::/49",
    "2a00:1450::1/128",
];
const PORTS: [u16; 8] = [0, 1, 22, 80, 443, 1024, 65_534, 65_535];
const ROUTES: [&str; 8] = [
    "0.0.0.0/0 igw-1",
    "128.0.0.0/1 igw-1",
    "52.0.0.0/9 igw-1",
    "52.0.0.0/8 vgw-1",
    "198.41.0.0/24 igw-1 blackhole",
    "::/0 igw-1",
    "2600::/16 igw-1",
    "2a00::/12 vgw-1",
];

fn rules(sources: std::ops::Range<usize>) -> impl Strategy<Value = Rule> {
    let protocol = prop::sample::select(vec!["tcp", "tcp", "tcp", "udp", "icmp", "all", "47"]);
    let ports = (prop::sample::select(&PORTS[..]), prop::sample::select(&PORTS[..]));
    (protocol, ports, prop::collection::vec(prop::sample::select(&BLOCKS[..]), sources)).prop_map(
        |(protocol, (a, b), sources)| Rule {
            protocol,
            ports: ["tcp", "udp"].contains(&protocol).then_some((a.min(b), a.max(b))),
            sources,
        },
    )
}

fn drafts() -> impl Strategy<Value = Draft> {
    let entry = (any::<bool>(), prop::bool::weighted(0.7), rules(1..2))
        .prop_map(|(is_outbound, is_allowed, rule)| Entry { is_outbound, is_allowed, rule });
    let groups = [prop::collection::vec(rules(1..4), 0..5), prop::collection::vec(rules(1..4), 0..5)];
    let routes = prop::sample::subsequence(&ROUTES[..], 0..=8);
    (groups, prop::collection::vec(entry, 0..8), prop::bool::weighted(0.7), routes).prop_map(
        |(groups, mut entries, is_open, mut routes)| {
            if is_open {
                for (is_outbound, block) in [(false, "0.0.0.0/0"), (true, "0.0.0.0/0"), (false, "::/0"), (true, "::/0")]
                {
                    entries.push(Entry {
                        is_outbound,
                        is_allowed: true,
                        rule: Rule { protocol: "all", ports: None, sources: vec![block] },
                    });
                }
            }
            // A destination is in a table once.
            routes.dedup_by_key(|route| route.split(' ').next());
            Draft { groups, entries, routes }
        },
    )
}

impl Rule {
    fn what(&self) -> String {
        match self.ports {
            Some((low, high)) => format!("{} {low}-{high}", self.protocol),
            None if self.protocol == "icmp" => "icmp -1/-1".to_owned(),
            None => self.protocol.to_owned(),
        }
    }

    fn text(&self) -> String {
        format!("{} from {}", self.what(), self.sources.join(", "))
    }

    /// In as many rules as it has ports and sources that can be told apart.
    fn split(&self) -> Vec<String> {
        let ports = match self.ports {
            Some((low, high)) if low < high => {
                let middle = low + (high - low) / 2;
                vec![Some((low, middle)), Some((middle + 1, high))]
            }
            ports => vec![ports],
        };
        let halves = self.sources.iter().flat_map(|block| halves(block));
        halves
            .flat_map(|half| {
                ports.iter().map(move |ports| format!("{} from {half}", Rule { ports: *ports, ..self.clone() }.what()))
            })
            .collect()
    }
}

/// A block as two, or as itself if it is one address.
fn halves(block: &str) -> Vec<String> {
    let (address, length) = block.split_once('/').unwrap();
    let (family, bits) = super::packets::bits(address);
    let (length, width) = (length.parse::<u32>().unwrap(), if family == 4 { 32 } else { 128 });
    if length == width {
        return vec![block.to_owned()];
    }
    let upper = bits | 1 << (width - length - 1);
    [bits, upper].map(|bits| format!("{}/{}", super::packets::address(family, bits), length + 1)).into()
}

impl Draft {
    /// The network of the rules as they are, of entries with these numbers.
    fn network(&self, number: impl Fn(usize) -> usize) -> Network {
        let texts = |rules: &[Rule]| rules.iter().map(Rule::text).collect::<Vec<_>>();
        self.network_of([texts(&self.groups[0]), texts(&self.groups[1])], self.entries(number))
    }

    fn entries(&self, number: impl Fn(usize) -> usize) -> Vec<String> {
        let text = |(place, entry): (usize, &Entry)| {
            let (direction, action) =
                (if entry.is_outbound { "out" } else { "in" }, if entry.is_allowed { "allow" } else { "deny" });
            format!("{direction} {} {action} {} {}", number(place), entry.rule.what(), entry.rule.sources[0])
        };
        self.entries.iter().enumerate().map(text).collect()
    }

    fn network_of(&self, groups: [Vec<String>; 2], entries: Vec<String>) -> Network {
        let [first, second] = groups.map(|texts| texts.iter().map(|text| permission(text)).collect::<Vec<_>>());
        let last = ["in 32767 deny all 0.0.0.0/0", "out 32767 deny all 0.0.0.0/0"];
        let entries: Vec<_> = entries.iter().map(String::as_str).chain(last).map(entry).collect();
        public()
            .with_ipv6()
            .routes(&self.routes)
            .group("sg-2", "vpc-1", &[])
            .edit("SecurityGroups", "sg-1", |group| group["IpPermissions"] = json!(first))
            .edit("SecurityGroups", "sg-2", |group| group["IpPermissions"] = json!(second))
            .edit("NetworkAcls", "acl-1", |acl| acl["Entries"] = json!(entries))
            .edit("NetworkInterfaces", "eni-1", |eni| {
                eni["Groups"] =
                    json!([{ "GroupId": "sg-1", "GroupName": "one" }, { "GroupId": "sg-2", "GroupName": "two" }]);
            })
    }

    /// What means the same.
    fn same(&self) -> Vec<(&'static str, Network)> {
        let number = |place: usize| 10 + place;
        let texts = |rules: &[Rule]| rules.iter().map(Rule::text).collect::<Vec<_>>();
        let [first, second] = [texts(&self.groups[0]), texts(&self.groups[1])];
        let of = |first: Vec<String>, second: Vec<String>| self.network_of([first, second], self.entries(number));
        let split = |rules: &[Rule]| rules.iter().flat_map(Rule::split).collect::<Vec<_>>();
        let total = ["in 30000 deny all 0.0.0.0/0", "in 30001 deny all ::/0"].map(str::to_owned);
        let behind = ["in 30002 allow all 0.0.0.0/0", "in 30003 allow all ::/0"].map(str::to_owned);
        let shadowed = [self.entries(number), total.to_vec(), behind.to_vec()].concat();
        let subsumed: Vec<String> =
            self.groups[0].iter().map(|rule| Rule { sources: vec![rule.sources[0]], ..rule.clone() }.text()).collect();
        vec![
            ("every list of JSON turned around", self.network(number).reversed()),
            (
                "rules in another order",
                of(first.iter().rev().cloned().collect(), second.iter().rev().cloned().collect()),
            ),
            ("rules moved to the other group", of(second.clone(), first.clone())),
            ("every rule in one group", of([first.clone(), second.clone()].concat(), Vec::new())),
            (
                "every rule in both groups",
                of([first.clone(), second.clone()].concat(), [second.clone(), first.clone()].concat()),
            ),
            ("ports and blocks split", of(split(&self.groups[0]), split(&self.groups[1]))),
            ("rules that others hold already", of([first.clone(), subsumed].concat(), second.clone())),
            ("entries renumbered in their order", self.network(|place| 7 + 3 * place)),
            ("entries behind one that matches everything", self.network_of([first, second], shadowed)),
        ]
    }

    /// Only these families' rules, entries and routes.
    fn of_family(&self, wants_v6: bool) -> Network {
        let is = |block: &str| block.contains(':') == wants_v6;
        let keep = |rule: &Rule| Rule {
            sources: rule.sources.iter().copied().filter(|block| is(block)).collect(),
            ..rule.clone()
        };
        let left = |rules: &[Rule]| rules.iter().map(keep).filter(|rule| !rule.sources.is_empty()).collect::<Vec<_>>();
        Draft {
            groups: [left(&self.groups[0]), left(&self.groups[1])],
            entries: self.entries.iter().filter(|entry| is(entry.rule.sources[0])).cloned().collect(),
            routes: self.routes.iter().copied().filter(|route| is(route.split(' ').next().unwrap())).collect(),
        }
        .network(|place| 10 + place)
    }
}

/// The sets of one network: delivered and conversational, of both of its addresses.
type Sets = BTreeMap<u64, (Packets, Packets, String)>;

fn sets(endpoints: &[Endpoint], account: &str) -> Sets {
    let mine = endpoints.iter().filter(|endpoint| endpoint.account() == account);
    let sets: Sets = mine
        .map(|e| {
            (e.json["family"].as_u64().unwrap(), (e.delivered.clone(), e.conversational.clone(), e.verdict.clone()))
        })
        .collect();
    assert_eq!(sets.len(), 2, "an IPv4 and an IPv6 endpoint in {account}");
    sets
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn what_means_the_same_is_told_the_same(draft in drafts(), more in rules(1..4)) {
        let number = |place: usize| 10 + place;
        let base = draft.network(number);
        let mut wider = draft.clone();
        wider.groups[1].push(more.clone());
        let mut narrower = draft.clone();
        narrower.entries.insert(0, Entry { is_outbound: false, is_allowed: false, rule: Rule { sources: vec![more.sources[0]], ..more.clone() } });
        let mut quieter = draft.clone();
        quieter.entries.insert(0, Entry { is_outbound: true, is_allowed: false, rule: Rule { sources: vec![more.sources[0]], ..more } });
        let same = draft.same();
        let others = [
            base.clone(), wider.network(number), narrower.network(number), quieter.network(number),
            base.clone().detached(), base.blocking("block-ingress"), draft.of_family(false), draft.of_family(true),
        ];
        let networks: Vec<Network> = others.into_iter().chain(same.iter().map(|(_, network)| network.clone())).enumerate()
            .map(|(place, network)| network.of_account(place)).collect();
        let endpoints = Snapshot::of_all(&networks).exposure();
        let told: Vec<Sets> = networks.iter().map(|network| sets(&endpoints, &network.account)).collect();

        for ((name, _), told_of) in same.iter().zip(&told[8..]) {
            prop_assert_eq!(told_of, &told[0], "{}", name);
        }
        for family in [4, 6] {
            let of = |place: usize| &told[place][&family];
            let ((delivered, conversational, _), nothing) = (of(0), Packets::default());
            prop_assert!(conversational.is_subset(delivered), "more is answered than delivered");
            prop_assert!(delivered.is_subset(&of(1).0) && conversational.is_subset(&of(1).1), "a rule more narrows");
            prop_assert!(of(2).0.is_subset(delivered) && of(2).1.is_subset(conversational), "a denying entry in front widens");
            prop_assert!(&of(3).0 == delivered && of(3).1.is_subset(conversational), "what may go out changes what comes in");
            prop_assert!(of(4).0 == nothing, "something comes through a gateway that is detached");
            prop_assert!(of(5).0 == nothing, "something comes through a gateway that is blocked");
            prop_assert_eq!(of(if family == 4 { 6 } else { 7 }), of(0), "the other family's rules count");
        }
    }
}
