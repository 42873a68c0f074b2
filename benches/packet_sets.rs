//! What the algebra of packet sets costs on rules as large accounts have them.
//!
//! `cargo bench --no-default-features`. Rules are drawn with a fixed seed, so every run measures the same sets.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot begin says so")]

use std::net::{Ipv4Addr, Ipv6Addr};

use divan::{Bencher, black_box};
use driftline::net::{Block, IpSet, PacketSet, PortSet, Protocols, Verdict};

fn main() {
    divan::main();
}

/// Rules of a security group (or of many on one interface) and entries of a network ACL.
const SIZES: [(usize, usize); 5] = [(60, 20), (300, 40), (1_000, 40), (5_000, 40), (20_000, 40)];

#[divan::bench(args = SIZES)]
fn union_and_acl(bencher: Bencher, (rules, entries): (usize, usize)) {
    let (groups, acl) = drawn(rules, entries);
    bencher.bench(|| admitted(black_box(&groups), black_box(&acl)));
}

#[divan::bench(args = SIZES)]
fn union(bencher: Bencher, (rules, entries): (usize, usize)) {
    let (groups, _) = drawn(rules, entries);
    bencher.bench(|| PacketSet::union_of(black_box(&groups).iter().map(Rule::block)));
}

#[divan::bench(args = [20, 40])]
fn first_match(bencher: Bencher, entries: usize) {
    let (_, acl) = drawn(0, entries);
    bencher.bench(|| PacketSet::first_match(black_box(&acl).iter().map(|(verdict, rule)| (*verdict, rule.block()))));
}

/// Both directions of a change: some rules are gone and others have come.
#[divan::bench(args = SIZES)]
fn diff(bencher: Bencher, (rules, entries): (usize, usize)) {
    let (mut groups, acl) = drawn(rules, entries);
    let before = admitted(&groups, &acl);
    groups.drain(..rules / 20);
    groups.extend(drawn(rules / 20 + 7, 1).0);
    let after = admitted(&groups, &acl);
    bencher.bench(|| (black_box(&after).difference(black_box(&before)), before.difference(&after)));
}

#[divan::bench(args = SIZES)]
fn fingerprint(bencher: Bencher, (rules, entries): (usize, usize)) {
    let (groups, acl) = drawn(rules, entries);
    let set = admitted(&groups, &acl);
    bencher.bench(|| black_box(&set).fingerprint());
}

#[divan::bench(args = SIZES)]
fn regions(bencher: Bencher, (rules, entries): (usize, usize)) {
    let (groups, acl) = drawn(rules, entries);
    let set = admitted(&groups, &acl);
    bencher.bench(|| black_box(&set).regions());
}

fn admitted(groups: &[Rule], acl: &[(Verdict, Rule)]) -> PacketSet {
    let groups = PacketSet::union_of(groups.iter().map(Rule::block));
    let acl = PacketSet::first_match(acl.iter().map(|(verdict, rule)| (*verdict, rule.block())));
    groups.intersection(&acl)
}

struct Rule {
    addresses: IpSet,
    protocols: Protocols,
    ports: PortSet,
}

impl Rule {
    fn block(&self) -> Block<'_> {
        Block { addresses: &self.addresses, protocols: self.protocols, ports: &self.ports }
    }
}

/// Three services for everybody; all else from blocks that lie apart, so that the sets grow with the rules: mostly
/// TCP, some UDP, ICMP and all protocols, some ranges of ports, some of IPv6.
fn drawn(rules: usize, entries: usize) -> (Vec<Rule>, Vec<(Verdict, Rule)>) {
    let mut dice = Dice(rules as u64 * 1_000 + entries as u64 + 1);
    let public = [("0.0.0.0/0", 443), ("::/0", 443), ("0.0.0.0/0", 80)].map(|(block, port)| Rule {
        addresses: IpSet::from_blocks([block]).unwrap_or_default(),
        protocols: Protocols::One(6),
        ports: PortSet::range(port, port),
    });
    let groups = public.into_iter().chain((3..rules).map(|_| dice.rule())).collect();
    let mut acl: Vec<_> =
        (1..entries).map(|_| (if dice.below(3) == 0 { Verdict::Allow } else { Verdict::Deny }, dice.rule())).collect();
    let all = Rule { addresses: IpSet::all(), protocols: Protocols::All, ports: PortSet::all() };
    acl.push((Verdict::Allow, all));
    (groups, acl)
}

/// SplitMix64: enough for a benchmark, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn rule(&mut self) -> Rule {
        let low = self.below(64_000) as u16;
        let ports = match self.below(10) {
            0..=6 => {
                let port = [22, 80, 443, 3306, 3389, 5432, 6379, 8080, 8443, 9200][self.below(10) as usize];
                (port, port)
            }
            7..=8 => (low, low + self.below(500) as u16),
            _ => (1024 + low / 2, 65_535),
        };
        let (protocols, (low, high)) = match self.below(100) {
            0..=79 => (Protocols::One(6), ports),
            80..=92 => (Protocols::One(17), ports),
            93..=98 => (Protocols::One(1), (8 << 8, 8 << 8 | 0xff)),
            _ => (Protocols::All, (0, u16::MAX)),
        };
        Rule { addresses: self.addresses(), protocols, ports: PortSet::range(low, high) }
    }

    fn addresses(&mut self) -> IpSet {
        let block = match self.below(100) {
            0..=9 => format!("{}/48", Ipv6Addr::from_bits(0x2600 << 112 | u128::from(self.next()) << 48)),
            _ => {
                let length = [12, 16, 20, 24, 24, 24, 28, 32, 32, 32][self.below(10) as usize];
                format!("{}/{length}", Ipv4Addr::from_bits(self.next() as u32))
            }
        };
        IpSet::from_blocks([block]).unwrap_or_default()
    }
}
