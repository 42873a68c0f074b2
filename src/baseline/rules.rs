//! Rules of packet filters as one text each: `tcp 443 from 10.0.0.0/8`.
//!
//! ```text
//! all|tcp|udp|icmp|icmpv6|NUMBER  [PORT[-PORT] | TYPE[/CODE]]  from|to  BLOCK | @SET | anywhere | KIND:KEY
//! ```
//!
//! `@SET` stands for the blocks of a set of the file, `anywhere` for all addresses of both families, and `KIND:KEY`
//! for what is not named by addresses: a security group (`sg:prod/web`) or a prefix list (`pl:offices`).

use std::collections::BTreeMap;

use crate::net::{Block, IpSet, PacketSet, PortSet, Protocols};

/// Which way the packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toward {
    From,
    To,
}

/// What rules admit: of addresses, and of each peer that is no addresses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Admitted {
    plain: PacketSet,
    named: BTreeMap<String, PacketSet>,
}

/// The sets of a file, by name.
pub type Sets = BTreeMap<String, IpSet>;

impl Toward {
    pub fn as_str(self) -> &'static str {
        match self {
            Toward::From => "from",
            Toward::To => "to",
        }
    }
}

/// What stands behind `from` or `to`.
enum Peer {
    Addresses(IpSet),
    Named(String),
}

impl Admitted {
    /// Adds one rule.
    ///
    /// # Errors
    /// What is wrong with the text, and what is wanted in its place.
    pub fn add(&mut self, text: &str, toward: Toward, sets: &Sets) -> Result<(), String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (traffic, direction, peer) = match words[..] {
            [protocol, direction, peer] => ((protocol, None), direction, peer),
            [protocol, ports, direction, peer] => ((protocol, Some(ports)), direction, peer),
            _ => return Err(format!("`{text}` is not a rule: {}", form(toward))),
        };
        if direction != toward.as_str() {
            let help = if direction == "from" || direction == "to" { "" } else { ", as in " };
            let shown = if help.is_empty() { String::new() } else { form(toward) };
            return Err(format!("`{direction}` cannot stand here: `{}` is wanted{help}{shown}", toward.as_str()));
        }
        let (protocols, ports) = traffic_of(traffic.0, traffic.1)?;
        match peer_of(peer, sets)? {
            Peer::Addresses(addresses) => {
                let block = |protocols| Block { addresses: &addresses, protocols, ports: &ports };
                self.plain = self.plain.union(&PacketSet::union_of(protocols.into_iter().map(block)));
            }
            Peer::Named(name) => {
                let all = self.named.entry(name).or_default();
                for protocols in protocols {
                    // Each family has an ICMP of its own; the other's number means nothing in it.
                    let family = match protocols {
                        Protocols::One(1) => IpSet::all_v4(),
                        Protocols::One(58) => IpSet::all_v6(),
                        _ => IpSet::all(),
                    };
                    *all = all.union(&PacketSet::of(&family, protocols, &ports));
                }
            }
        }
        Ok(())
    }

    /// What all of the texts admit, which are the engine's own or were read before; one that is no rule counts as a
    /// peer of its own, so that it is equal to itself and to nothing else.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>, toward: Toward, sets: &Sets) -> Admitted {
        let mut all = Admitted::default();
        for text in texts {
            if all.add(text, toward, sets).is_err() {
                all.named.insert(text.to_owned(), PacketSet::all());
            }
        }
        all
    }

    /// What this admits and the other does not.
    #[must_use]
    pub fn beyond(&self, other: &Admitted) -> Admitted {
        let named = self.named.iter().filter_map(|(name, set)| {
            let left = other.named.get(name).map_or_else(|| set.clone(), |theirs| set.difference(theirs));
            (!left.is_empty()).then(|| (name.clone(), left))
        });
        Admitted { plain: self.plain.difference(&other.plain), named: named.collect() }
    }

    /// Whether every packet of the set is admitted.
    pub fn admits(&self, packets: &PacketSet) -> bool {
        packets.is_subset(&self.plain)
    }

    pub fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.named.values().all(PacketSet::is_empty)
    }

    /// The addresses whose packets it admits, those of named peers left out.
    pub fn addresses(&self) -> IpSet {
        self.plain.addresses()
    }

    /// A packet of it, of a port that matters most if there is one: what it is, and its peer.
    pub fn example(&self, sensitive: &PortSet) -> Option<(String, String)> {
        if let Some(packet) = self.plain.witness(sensitive) {
            return Some((traffic(packet.protocol, packet.l4), packet.address.to_string()));
        }
        let (name, set) = self.named.iter().find(|(_, set)| !set.is_empty())?;
        let packet = set.witness(sensitive)?;
        Some((traffic(packet.protocol, packet.l4), name.clone()))
    }

    /// The fewest rules that say the same, in the engine's order.
    pub fn texts(&self, toward: Toward) -> Vec<String> {
        let toward = toward.as_str();
        let mut out = Vec::new();
        for region in self.plain.regions() {
            for what in words(&region.protocol, &region.ports) {
                out.extend(region.addresses.blocks().iter().map(|block| format!("{what} {toward} {block}")));
            }
        }
        for (name, set) in &self.named {
            let mut seen = Vec::new();
            for region in set.regions() {
                for what in words(&region.protocol, &region.ports) {
                    // Both families say the same.
                    if !seen.contains(&what) {
                        out.push(format!("{what} {toward} {name}"));
                        seen.push(what);
                    }
                }
            }
        }
        out
    }
}

fn form(toward: Toward) -> String {
    format!("a protocol, ports, `{}` and a peer are wanted, such as `tcp 443 {0} 10.0.0.0/8`", toward.as_str())
}

fn traffic_of(protocol: &str, ports: Option<&str>) -> Result<(Vec<Protocols>, PortSet), String> {
    let none = |protocols| match ports {
        None => Ok((protocols, PortSet::all())),
        Some(ports) => Err(format!("`{protocol}` has no ports, and `{ports}` stands behind it")),
    };
    match protocol {
        "all" => none(vec![Protocols::All]),
        "tcp" | "udp" => {
            let number = if protocol == "tcp" { 6 } else { 17 };
            let ports = ports.map_or_else(|| Ok(PortSet::all()), str::parse);
            ports.map(|ports| (vec![Protocols::One(number)], ports)).map_err(|error| format!("{error}"))
        }
        "icmp" | "icmpv6" => {
            let number = if protocol == "icmp" { 1 } else { 58 };
            let selectors = ports.map_or_else(|| Ok(PortSet::all()), messages)?;
            Ok((vec![Protocols::One(number)], selectors))
        }
        number => match numbers(number) {
            Some(numbers) => none(numbers.map(Protocols::One).collect()),
            None => Err(format!(
                "`{protocol}` is not a protocol: `all`, `tcp`, `udp`, `icmp`, `icmpv6` or a number is wanted"
            )),
        },
    }
}

/// A protocol's number, or several as `2-5`.
fn numbers(text: &str) -> Option<std::ops::RangeInclusive<u8>> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then_some(low..=high)
}

/// `8`, `8/0`, or `8/0-9/3`, as the engine tells what is no whole type.
fn messages(text: &str) -> Result<PortSet, String> {
    let wrong = || format!("`{text}` is not a type of ICMP: `8` or `8/0` is wanted");
    let one = |text: &str| -> Result<(u16, u16), String> {
        let (kind, code) = match text.split_once('/') {
            Some((kind, code)) => (kind, Some(code.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let kind = u16::from(kind.parse::<u8>().map_err(|_| wrong())?) << 8;
        Ok(code.map_or((kind, kind | 0xff), |code| (kind | u16::from(code), kind | u16::from(code))))
    };
    match text.split_once('-') {
        None => one(text).map(|(low, high)| PortSet::range(low, high)),
        Some((low, high)) => {
            let (low, high) = (one(low)?.0, one(high)?.1);
            if low > high { Err(wrong()) } else { Ok(PortSet::range(low, high)) }
        }
    }
}

fn peer_of(text: &str, sets: &Sets) -> Result<Peer, String> {
    if let Some(name) = text.strip_prefix('@') {
        return match sets.get(name) {
            Some(set) => Ok(Peer::Addresses(set.clone())),
            None => {
                let near = crate::text::did_you_mean(name, sets.keys().map(String::as_str));
                let near = near.map_or_else(String::new, |near| format!("; did you mean `@{near}`?"));
                Err(format!("there is no set `{name}` in this file{near}"))
            }
        };
    }
    if text == "anywhere" {
        return Ok(Peer::Addresses(IpSet::all()));
    }
    match IpSet::from_blocks([text]) {
        Ok(addresses) => Ok(Peer::Addresses(addresses)),
        // `sg:prod/web`; an IPv6 block has colons too, but begins with no word.
        Err(_) if text.split_once(':').is_some_and(|(kind, key)| is_kind(kind) && !key.is_empty()) => {
            Ok(Peer::Named(text.to_owned()))
        }
        Err(error) => {
            Err(format!("{error}; or `@SET`, `anywhere`, a security group `sg:KEY` or a prefix list `pl:KEY`"))
        }
    }
}

fn is_kind(text: &str) -> bool {
    text.len() >= 2
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && text != "fe"
        && text != "fd"
}

fn traffic(protocol: u8, l4: u16) -> String {
    let [kind, code] = l4.to_be_bytes();
    match protocol {
        6 => format!("tcp {l4}"),
        17 => format!("udp {l4}"),
        1 => format!("icmp {kind}/{code}"),
        58 => format!("icmpv6 {kind}/{code}"),
        number => format!("protocol {number}"),
    }
}

/// What stands before the peer, as the engine of comparison writes it.
fn words(protocol: &str, ports: &PortSet) -> Vec<String> {
    if *ports == PortSet::all() {
        return vec![protocol.to_owned()];
    }
    let of_types = matches!(protocol, "icmp" | "icmpv6");
    let one = |&(low, high): &(u16, u16)| {
        let [kind, code] = low.to_be_bytes();
        match high {
            // Protocols by number.
            high if protocol == "other" && high == low => low.to_string(),
            high if protocol == "other" => format!("{low}-{high}"),
            high if of_types && high == low => format!("{protocol} {kind}/{code}"),
            high if of_types && code == 0 && high == low | 0xff => format!("{protocol} {kind}"),
            high if of_types => {
                let [last_kind, last_code] = high.to_be_bytes();
                format!("{protocol} {kind}/{code}-{last_kind}/{last_code}")
            }
            high if high == low => format!("{protocol} {low}"),
            high => format!("{protocol} {low}-{high}"),
        }
    };
    ports.ranges().iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sets() -> Sets {
        let set = IpSet::from_blocks(["198.51.100.0/24", "2001:db8:40::/48"]).unwrap();
        Sets::from([("vpn".to_owned(), set)])
    }

    fn read(texts: &[&str]) -> Admitted {
        let mut all = Admitted::default();
        for text in texts {
            all.add(text, Toward::From, &sets()).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        all
    }

    #[test]
    fn rules_are_equal_if_they_admit_the_same() {
        assert_eq!(read(&["tcp 22 from @vpn"]), read(&["tcp 22 from 198.51.100.0/24", "tcp 22 from 2001:db8:40::/48"]));
        assert_eq!(
            read(&["tcp 1-80 from 10.0.0.0/9", "tcp 1-80 from 10.128.0.0/9"]),
            read(&["tcp 1-80 from 10.1.2.3/8"])
        );
        assert_eq!(read(&["all from anywhere"]), read(&["all from 0.0.0.0/0", "all from ::/0"]));
        assert_eq!(read(&["tcp 0-65535 from 10.0.0.0/8"]), read(&["tcp from 10.0.0.0/8"]));
        assert_eq!(
            read(&["tcp 22,80-81 from sg:prod/web"]),
            read(&["tcp 22 from sg:prod/web", "tcp 80-81 from sg:prod/web"])
        );
        assert_eq!(read(&["icmp 8 from 10.0.0.0/8"]), read(&["icmp 8/0-8/255 from 10.0.0.0/8"]));
        assert_ne!(read(&["tcp 22 from sg:prod/web"]), read(&["tcp 22 from sg:prod/db"]));
    }

    #[test]
    fn what_is_no_rule_is_told() {
        for (text, told) in [
            ("tcp 443", "is not a rule"),
            ("tcp 443 to 10.0.0.0/8", "`from` is wanted"),
            ("tpc 443 from 10.0.0.0/8", "is not a protocol"),
            ("tcp 70000 from 10.0.0.0/8", "70000"),
            ("all 22 from 10.0.0.0/8", "has no ports"),
            ("tcp 22 from @vpm", "did you mean `@vpn`?"),
            ("tcp 22 from office", "office"),
            ("icmp 8/x from 10.0.0.0/8", "is not a type"),
            ("tcp 22 from 10.0.0.0/40", "10.0.0.0/40"),
        ] {
            let error = Admitted::default().add(text, Toward::From, &sets()).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    fn rule() -> impl Strategy<Value = String> {
        let traffic = prop_oneof![
            Just("all".to_owned()),
            (0u8..=255, 0u8..=255).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
            (0u8..=255).prop_map(|number| number.to_string()),
            (0u16..=65535, 0u16..=65535).prop_map(|(a, b)| format!("tcp {}-{}", a.min(b), a.max(b))),
            (0u16..=65535).prop_map(|port| format!("udp {port}")),
            (0u8..=255, 0u8..=255).prop_map(|(kind, code)| format!("icmp {kind}/{code}")),
            (0u8..=255).prop_map(|kind| format!("icmpv6 {kind}")),
        ];
        let peer = prop::sample::select(vec![
            "10.0.0.0/8",
            "0.0.0.0/0",
            "2001:db8::/32",
            "@vpn",
            "sg:prod/web",
            "pl:o",
            "192.0.2.1/32",
        ]);
        (traffic, peer).prop_map(|(traffic, peer)| format!("{traffic} from {peer}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_reads_the_same(rules in prop::collection::vec(rule(), 0..6)) {
            let texts: Vec<&str> = rules.iter().map(String::as_str).collect();
            let all = read(&texts);
            let written = all.texts(Toward::From);
            let again = read(&written.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert_eq!(&again, &all, "{:?}", written);
            prop_assert!(again.beyond(&all).is_empty());
        }
    }
}
