//! Laws of the algebra, and changes of rules that change nothing.

use proptest::prelude::*;
use proptest::sample::Index;

use super::naive::{Prefix, Rule, cases, first_match, packet_set, rule, rules, union_of};
use crate::net::{IpSet, PacketSet};

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn laws_hold(a in packet_set(), b in packet_set(), c in packet_set()) {
        let all = PacketSet::all();
        let not = |set: &PacketSet| all.difference(set);
        prop_assert_eq!(not(&not(&a)), a.clone());
        prop_assert_eq!(not(&a.union(&b)), not(&a).intersection(&not(&b)), "De Morgan");
        prop_assert_eq!(not(&a.intersection(&b)), not(&a).union(&not(&b)), "De Morgan");
        prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
        prop_assert_eq!(a.difference(&b), a.intersection(&not(&b)));
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert_eq!(a.union(&b.union(&c)), a.union(&b).union(&c));
        prop_assert_eq!(a.intersection(&b.intersection(&c)), a.intersection(&b).intersection(&c));
        prop_assert_eq!(a.intersection(&b.union(&c)), a.intersection(&b).union(&a.intersection(&c)));
        prop_assert_eq!(a.union(&a.intersection(&b)), a.clone(), "absorption");
        prop_assert!(a.difference(&c).is_subset(&a.difference(&b).union(&b.difference(&c))));
        prop_assert_eq!(a.is_subset(&b) && b.is_subset(&a), a == b);
        prop_assert!(a.intersection(&not(&a)).is_empty());
        prop_assert_eq!(a.union(&not(&a)), all.clone());
        for set in [&a, &not(&b)] {
            prop_assert_eq!(&set.union(&PacketSet::default()), set);
            prop_assert_eq!(&set.intersection(&all), set);
            prop_assert!(set.is_subset(&all) && PacketSet::default().is_subset(set));
        }
    }

    #[test]
    fn security_groups_written_otherwise_admit_the_same(mut other in rules(5), edits in prop::collection::vec((0u8..7, any::<Index>(), any::<Index>()), 1..8)) {
        let before = union_of(&other);
        for (edit, at, place) in edits {
            if other.is_empty() {
                break;
            }
            let at = at.index(other.len());
            match edit {
                0 => { let moved = other.remove(at); other.insert(place.index(other.len() + 1), moved) }
                // A rule again, or a part of it.
                1 => other.insert(place.index(other.len() + 1), other[at].clone()),
                2 => { let part = smaller(&other[at], place); other.insert(place.index(other.len() + 1), part) }
                3 => halve(&mut other[at], place),
                4 => cut(&mut other[at], place),
                5 => if let Some(parts) = apart(&other[at]) { other.splice(at..=at, parts); },
                _ => if let Some(parts) = by_protocol(&other[at]) { other.splice(at..=at, parts); },
            }
        }
        let after = union_of(&other);
        prop_assert_eq!(&after, &before);
        prop_assert_eq!(after.fingerprint(), before.fingerprint());
    }

    #[test]
    fn network_acls_written_otherwise_admit_the_same(mut other in rules(5), edits in prop::collection::vec((0u8..7, any::<Index>(), any::<Index>()), 1..8)) {
        let before = first_match(&other);
        for (edit, at, place) in edits {
            if other.is_empty() {
                break;
            }
            let at = at.index(other.len());
            match edit {
                // Neighbours of one verdict may change places.
                0 => if at > 0 && other[at - 1].allow == other[at].allow { other.swap(at - 1, at) },
                // What a rule has decided, no later one decides otherwise.
                1 | 2 => {
                    let late = Rule { allow: edit == 1, ..smaller(&other[at], place) };
                    other.insert(at + 1 + place.index(other.len() - at), late);
                }
                3 => halve(&mut other[at], place),
                4 => cut(&mut other[at], place),
                5 => if let Some(parts) = apart(&other[at]) { other.splice(at..=at, parts); },
                _ => if let Some(parts) = by_protocol(&other[at]) { other.splice(at..=at, parts); },
            }
        }
        let after = first_match(&other);
        prop_assert_eq!(&after, &before);
        prop_assert_eq!(after.fingerprint(), before.fingerprint());
    }

    #[test]
    fn more_rules_go_one_way(rules in rules(5), more in rule(), place in any::<Index>()) {
        let mut wider = rules.clone();
        wider.insert(place.index(rules.len() + 1), more.clone());
        prop_assert!(union_of(&rules).is_subset(&union_of(&wider)));
        let with = |allow: bool| [&[Rule { allow, ..more.clone() }], &rules[..]].concat();
        prop_assert!(first_match(&with(false)).is_subset(&first_match(&rules)));
        prop_assert!(first_match(&rules).is_subset(&first_match(&with(true))));
        // Without a rule that denies, order is nothing.
        let allows: Vec<Rule> = rules.iter().map(|rule| Rule { allow: true, ..rule.clone() }).collect();
        prop_assert_eq!(first_match(&allows), union_of(&rules));
    }

    #[test]
    fn families_never_mix(rules in rules(5)) {
        let only = |v6: bool| -> Vec<Rule> {
            rules.iter().map(|rule| {
                let addresses = rule.addresses.iter().copied().filter(|block| block.v6 == v6).collect();
                Rule { addresses, ..rule.clone() }
            }).collect()
        };
        for make in [union_of, first_match] {
            let (whole, v4, v6) = (make(&rules), make(&only(false)), make(&only(true)));
            prop_assert_eq!(whole.within(&IpSet::all_v4()), v4.clone());
            prop_assert_eq!(whole.within(&IpSet::all_v6()), v6.clone());
            prop_assert!(v4.addresses().v6().is_empty() && v6.addresses().v4().is_empty());
            prop_assert_eq!(v4.union(&v6), whole);
        }
    }
}

/// A rule that matches a part of what this one does.
fn smaller(rule: &Rule, place: Index) -> Rule {
    let block = rule.addresses[place.index(rule.addresses.len())];
    let width = if block.v6 { 128 } else { 32 };
    let block = Prefix { length: block.length + place.index(width - block.length as usize + 1) as u32, ..block };
    let (low, high) = rule.ports[place.index(rule.ports.len())];
    let port = low + place.index(usize::from(high - low) + 1) as u16;
    Rule { addresses: vec![block], ports: vec![(port, high)], ..rule.clone() }
}

/// One block as its two halves.
fn halve(rule: &mut Rule, place: Index) {
    let at = place.index(rule.addresses.len());
    let block = rule.addresses[at];
    let width = if block.v6 { 128 } else { 32 };
    if block.length < width {
        let length = block.length + 1;
        rule.addresses[at] = Prefix { base: block.low(), length, ..block };
        rule.addresses.push(Prefix { base: block.high(), length, ..block });
    }
}

/// One range of ports as two.
fn cut(rule: &mut Rule, place: Index) {
    let at = place.index(rule.ports.len());
    let (low, high) = rule.ports[at];
    if low < high {
        let middle = low + place.index(usize::from(high - low)) as u16;
        rule.ports[at] = (low, middle);
        rule.ports.push((middle + 1, high));
    }
}

/// A rule for each block of addresses.
fn apart(rule: &Rule) -> Option<Vec<Rule>> {
    let each = rule.addresses.iter().map(|block| Rule { addresses: vec![*block], ..rule.clone() });
    (rule.addresses.len() > 1).then(|| each.collect())
}

/// A rule for all protocols as one for each.
fn by_protocol(rule: &Rule) -> Option<Vec<Rule>> {
    let each = (0..=255).map(|number| Rule { protocol: Some(number), ..rule.clone() });
    (rule.protocol.is_none() && rule.addresses.len() < 4).then(|| each.collect())
}
