//! Agreement with the naive implementation in every cell: for each instance a proof and not a sample.

use proptest::prelude::*;

use super::naive::{Cell, Rule, any_matches, cases, cells, first_allows, first_match, packet_set, rules, union_of};
use crate::net::{Packet, PacketSet, PortSet};

type Naive = fn(&[Rule], &Cell) -> bool;

fn made(rules: &[Rule], in_order: bool) -> (PacketSet, Naive) {
    if in_order { (first_match(rules), first_allows) } else { (union_of(rules), any_matches) }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn every_operation_agrees_in_every_cell(
        left in (rules(5), any::<bool>()),
        right in (rules(5), any::<bool>()),
    ) {
        let ((a, in_a), (b, in_b)) = (made(&left.0, left.1), made(&right.0, right.1));
        let (union, both, rest) = (a.union(&b), a.intersection(&b), a.difference(&b));
        let (mut alike, mut inside, mut nothing) = (true, true, true);
        for cell in cells(&[&left.0, &right.0]) {
            let (p, q, packet) = (in_a(&left.0, &cell), in_b(&right.0, &cell), cell.packet());
            prop_assert_eq!(a.contains(&packet), p, "{:?}", cell);
            prop_assert_eq!(b.contains(&packet), q, "{:?}", cell);
            prop_assert_eq!(union.contains(&packet), p || q, "union: {:?}", cell);
            prop_assert_eq!(both.contains(&packet), p && q, "intersection: {:?}", cell);
            prop_assert_eq!(rest.contains(&packet), p && !q, "difference: {:?}", cell);
            alike &= p == q;
            inside &= !p || q;
            nothing &= !p;
        }
        prop_assert_eq!(a == b, alike, "equal sets are equal values");
        prop_assert_eq!(a.fingerprint() == b.fingerprint(), alike);
        prop_assert_eq!(a.is_subset(&b), inside);
        prop_assert_eq!(rest.is_empty(), inside);
        prop_assert_eq!(a.is_empty(), nothing);
    }
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn every_view_agrees_in_every_cell(rules in rules(4), in_order in any::<bool>(), other in packet_set()) {
        let (set, is_in) = made(&rules, in_order);
        let some = other.addresses();
        let within = set.within(&some);
        let all = cells(&[&rules]);
        for cell in &all {
            let (packet, expected) = (cell.packet(), is_in(&rules, cell));
            let Packet { address, protocol, l4 } = packet;
            prop_assert_eq!(within.contains(&packet), expected && some.contains(address), "{:?}", cell);
            prop_assert_eq!(set.sources(protocol, l4).contains(address), expected, "{:?}", cell);
            prop_assert_eq!(set.ports_from(address, protocol).contains(l4), expected, "{:?}", cell);
            let anybody = all.iter().any(|other| {
                let same = other.protocol == protocol && (other.port == l4 || !other.has_ports());
                same && is_in(&rules, other)
            });
            prop_assert_eq!(set.ports(protocol).contains(l4), anybody, "{:?}", cell);
            let anything = all.iter().any(|other| {
                (other.v6, other.address) == (cell.v6, cell.address) && is_in(&rules, other)
            });
            prop_assert_eq!(set.addresses().contains(address), anything, "{:?}", cell);
        }
        for protocol in [0, 1, 6, 17, 47, 58, 255] {
            let only = set.of_protocol(protocol);
            for cell in &all {
                let expected = cell.protocol == protocol && is_in(&rules, cell);
                prop_assert_eq!(only.contains(&cell.packet()), expected, "{:?}", cell);
            }
        }
    }

    /// Cells have a width on each axis; what is admitted adds up to the counts.
    #[test]
    fn counts_are_what_the_cells_add_up_to(rules in rules(4), in_order in any::<bool>()) {
        let (set, is_in) = made(&rules, in_order);
        let all = cells(&[&rules]);
        let mut expected: Vec<(u8, &str, u128)> = Vec::new();
        for v6 in [false, true] {
            for (name, numbers) in [("tcp", vec![6]), ("udp", vec![17]), (if v6 { "icmpv6" } else { "icmp" }, vec![if v6 { 58 } else { 1 }]), ("other", (0..=255u8).collect())] {
                let mut sum = 0u128;
                for protocol in numbers {
                    // A protocol that is in no rule is as good as the one that was drawn for all of those.
                    let named = all.iter().any(|cell| cell.protocol == protocol);
                    let Some(like) = (if named { Some(protocol) } else { unnamed(&all, &rules) }) else { continue };
                    for cell in all.iter().filter(|cell| cell.v6 == v6 && cell.protocol == like && is_in(&rules, cell)) {
                        if name == "other" && (Cell { protocol, ..*cell }).has_ports() {
                            continue;
                        }
                        let end = if v6 { u128::MAX } else { u128::from(u32::MAX) };
                        let next = all.iter().filter(|o| o.v6 == v6 && o.address > cell.address).map(|o| o.address - 1).min();
                        let addresses = (next.unwrap_or(end) - cell.address).saturating_add(1);
                        let port = all.iter().filter(|o| o.has_ports() && o.port > cell.port).map(|o| o.port).min();
                        let ports = if cell.has_ports() { port.map_or(65_536, u128::from) - u128::from(cell.port) } else { 1 };
                        sum = sum.saturating_add(addresses.saturating_mul(ports));
                    }
                }
                if sum > 0 {
                    expected.push((if v6 { 6 } else { 4 }, name, sum));
                }
            }
        }
        let counted: Vec<(u8, &str, u128)> = set.counts().iter().map(|count| (count.family, count.protocol, count.packets)).collect();
        prop_assert_eq!(counted, expected);
        for count in set.counts().iter().filter(|count| count.protocol == "tcp" && count.family == 4) {
            let addresses = set.of_protocol(6).addresses();
            prop_assert_eq!(count.addresses, u128::from(addresses.count_v4()));
        }
    }

    #[test]
    fn regions_are_the_set_in_disjoint_parts(set in packet_set()) {
        let mut sum = PacketSet::default();
        for region in set.regions() {
            prop_assert!(!region.addresses.is_empty() && !region.ports.is_empty(), "{:?}", region);
            prop_assert_eq!(region.addresses.v4().is_empty(), region.family == 6);
            prop_assert_eq!(region.addresses.v6().is_empty(), region.family == 4);
            let part = super::packets_of(&region);
            prop_assert!(sum.intersection(&part).is_empty(), "{:?}", region);
            sum = sum.union(&part);
        }
        prop_assert_eq!(sum, set);
    }

    #[test]
    fn a_witness_is_in_the_set_and_as_usual_as_can_be(set in packet_set(), prefer in prop::sample::select(vec!["", "22", "443-444", "0-65535"])) {
        let prefer: PortSet = prefer.parse().unwrap();
        let Some(packet) = set.witness(&prefer) else {
            prop_assert!(set.is_empty());
            return Ok(());
        };
        prop_assert!(set.contains(&packet), "{:?}", packet);
        let icmp = if packet.address.is_ipv4() { 1 } else { 58 };
        let rank = match packet.protocol { 6 => 0, 17 => 1, number if number == icmp => 2, _ => 3 };
        prop_assert!(rank < 1 || set.of_protocol(6).is_empty());
        prop_assert!(rank < 2 || set.of_protocol(17).is_empty());
        let internet = crate::net::IpSet::internet();
        if rank < 2 {
            let plane = set.of_protocol(packet.protocol);
            let public = plane.within(&internet);
            prop_assert_eq!(internet.contains(packet.address), !public.is_empty());
            let ours = if public.is_empty() { plane } else { public };
            let ours = ours.within(&if packet.address.is_ipv4() { crate::net::IpSet::all_v4() } else { crate::net::IpSet::all_v6() });
            let ports = ours.ports(packet.protocol);
            let preferred = ports.intersection(&prefer);
            let from = if preferred.is_empty() { &ports } else { &preferred };
            prop_assert_eq!(from.ranges()[0].0, packet.l4);
        }
    }
}

/// A protocol of the cells that no rule names and no family treats as its own.
fn unnamed(all: &[Cell], rules: &[Rule]) -> Option<u8> {
    let named = |number: u8| rules.iter().any(|rule| rule.protocol == Some(number));
    all.iter().map(|cell| cell.protocol).find(|number| ![1, 6, 17, 58].contains(number) && !named(*number))
}
