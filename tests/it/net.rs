//! Set algebra against a second, naive implementation.

use std::collections::BTreeSet;

use driftline::net::{Allowed, IpSet, PortSet, Rule, Verdict, segments};
use proptest::prelude::*;

/// Short ranges near both ends of the line, so that they meet often.
fn ranges() -> impl Strategy<Value = Vec<(u16, u16)>> {
    let low = (0u16..12, 0u16..12);
    let high = (65_524u16..=65_535, 65_524u16..=65_535);
    let range = prop_oneof![low, high].prop_map(|(a, b)| (a.min(b), a.max(b)));
    prop::collection::vec(range, 0..6)
}

fn naive(ranges: &[(u16, u16)]) -> BTreeSet<u16> {
    ranges.iter().flat_map(|(low, high)| *low..=*high).collect()
}

fn points(set: &PortSet) -> BTreeSet<u16> {
    naive(set.ranges())
}

proptest! {
    #[test]
    fn port_sets_are_sets(a in ranges(), b in ranges()) {
        let (x, y) = (PortSet::from_ranges(a.clone()), PortSet::from_ranges(b.clone()));
        let (p, q) = (naive(&a), naive(&b));
        prop_assert_eq!(points(&x), p.clone());
        prop_assert_eq!(points(&x.union(&y)), p.union(&q).copied().collect::<BTreeSet<_>>());
        prop_assert_eq!(points(&x.intersection(&y)), p.intersection(&q).copied().collect::<BTreeSet<_>>());
        prop_assert_eq!(points(&x.difference(&y)), p.difference(&q).copied().collect::<BTreeSet<_>>());
        prop_assert_eq!(x.is_subset(&y), p.is_subset(&q));
        prop_assert_eq!(x == y, p == q, "equal sets are equal values");
        prop_assert_eq!(x.count() as usize, p.len());
        prop_assert_eq!(x.to_string().parse::<PortSet>().unwrap(), x);
    }

    #[test]
    fn blocks_of_a_set_make_the_set_again(cidrs in prop::collection::vec((any::<u32>(), 0u8..=32), 0..8), wide in prop::collection::vec((any::<u128>(), 0u8..=128), 0..8)) {
        let v4 = cidrs.iter().map(|(a, l)| format!("{}/{l}", std::net::Ipv4Addr::from_bits(*a)));
        let v6 = wide.iter().map(|(a, l)| format!("{}/{l}", std::net::Ipv6Addr::from_bits(*a)));
        let set = IpSet::from_blocks(v4.chain(v6)).unwrap();
        prop_assert_eq!(IpSet::from_blocks(set.blocks()).unwrap(), set.clone());
        prop_assert!(set.difference(&set).is_empty());
        prop_assert!(set.is_subset(&IpSet::all()));
        prop_assert_eq!(IpSet::all().difference(&IpSet::all().difference(&set)), set);
    }

    /// Packet by packet, the first rule that matches decides; no rule denies.
    #[test]
    fn segments_admit_what_the_rules_admit(rules in prop::collection::vec((any::<bool>(), ranges(), prop::collection::vec(0u8..4, 0..3)), 0..6)) {
        let blocks = ["1.0.0.0/8", "2.0.0.0/8", "1.128.0.0/9", "2600::/16"];
        let rules: Vec<Rule> = rules.into_iter().enumerate().map(|(i, (allow, ports, sources))| Rule {
            id: i.to_string(),
            verdict: if allow { Verdict::Allow } else { Verdict::Deny },
            ports: PortSet::from_ranges(ports),
            sources: IpSet::from_blocks(sources.iter().map(|s| blocks[usize::from(*s)])).unwrap(),
        }).collect();
        let allowed = segments(&rules);
        for port in (0u16..14).chain(65_522..=65_535) {
            for source in ["1.0.0.1", "1.200.0.1", "2.0.0.1", "2600::1", "9.9.9.9"] {
                let source = source.parse().unwrap();
                let first = rules.iter().find(|r| r.ports.contains(port) && r.sources.contains(source));
                let expected = first.is_some_and(|r| r.verdict == Verdict::Allow);
                let admits = |a: &&Allowed| a.ports.contains(port) && a.sources.contains(source);
                prop_assert_eq!(allowed.iter().filter(admits).count(), usize::from(expected), "{} {}", port, source);
            }
        }
    }
}

#[test]
fn the_internet_is_more_than_one_text() {
    let set = |text: &str| text.parse::<IpSet>().unwrap();
    for (text, is_broad) in [
        ("0.0.0.0/0", true),
        ("0.0.0.0/1, 128.0.0.0/1", true),
        ("::/0", true),
        ("2000::/3", true),
        ("52.0.0.0/8", true),
        ("52.0.0.0/9, 18.0.0.0/9", true),
        ("52.0.0.0/9", false),
        ("10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16", false),
        ("fc00::/7", false),
        ("2600::/33", false),
        ("", false),
    ] {
        assert_eq!(set(text).public_at_least(8, 32), is_broad, "{text}");
    }
    assert!(set("0.0.0.0/0").public_at_least(0, 0), "all of IPv4 is all that the internet has");
    assert!(!set("0.0.0.0/1").public_at_least(0, 0));
}

#[test]
fn addresses_that_are_none_are_refused() {
    for bad in ["10.0.0.0/33", "::/129", "10.0.0/8", "x", "10.0.0.0/-1", "10.0.0.0/"] {
        assert!(IpSet::from_blocks([bad]).is_err(), "{bad}");
    }
    assert_eq!(IpSet::from_blocks(["10.1.2.3/8"]).unwrap(), IpSet::from_blocks(["10.0.0.0/8"]).unwrap());
    for bad in ["22-", "80-22", "65536", "-1", "a"] {
        assert!(bad.parse::<PortSet>().is_err(), "{bad}");
    }
}
