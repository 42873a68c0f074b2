//! The truth table of network drift, as `diff` has to tell it: which objects changed, in which direction, and whether
//! the internet gets anything of it.

use std::collections::BTreeSet;

use driftline::drift::{Comparison, Effect, compare_all};
use driftline::finding::Severity;
use driftline::inventory::Inventory;
use driftline::inventory::snapshot::{self, Archive};

use crate::exposure::ask::Snapshot;
use crate::exposure::network::Network;
use crate::exposure::scenarios::drift::rows;

/// What is said of one object: its type, attribute and effect.
type Said = (&'static str, &'static str, Effect);

/// A change by its row and place in it; what is said, and whether the internet reaches more than before.
const TABLE: &[(usize, usize, &[Said], bool)] = &[
    (1, 0, &[], false),
    (2, 0, &[], false),
    // Of the groups themselves it is a change; at the interface nothing is.
    (3, 0, &[("SecurityGroup", "ingress", Effect::Mixed)], false),
    (4, 0, &[], false),
    (4, 1, &[], false),
    (5, 0, &[], false),
    (6, 0, &[("NetworkAcl", "ingress", Effect::Weakening)], true),
    (7, 0, &[("NetworkAcl", "offered_ingress", Effect::Neutral)], false),
    (8, 0, &[("SecurityGroup", "ingress", Effect::Weakening)], false),
    (8, 1, &[("SecurityGroup", "ingress", Effect::Weakening)], false),
    // Once, at the list, and not at every group that names it.
    (9, 0, &[("PrefixList", "addresses", Effect::Weakening)], true),
    (
        10,
        0,
        &[("InternetGateway", "attached_vpcs", Effect::Weakening), ("RouteTable", "routes", Effect::Weakening)],
        true,
    ),
    (11, 0, &[("SecurityGroup", "ingress", Effect::Mixed)], true),
    (12, 0, IPV6, true),
    (12, 1, IPV6, false),
    (12, 2, &IPV6_WITHOUT_ROUTE, false),
];

const IPV6: &[Said] = &[
    ("VPC", "cidr_blocks", Effect::Neutral),
    ("Subnet", "cidr_blocks", Effect::Neutral),
    ("NetworkInterface", "ipv6_addresses", Effect::Weakening),
    ("NetworkAcl", "ingress", Effect::Weakening),
    ("NetworkAcl", "egress", Effect::Weakening),
    ("RouteTable", "routes", Effect::Weakening),
];

/// In the last network the standard way out is written anew, so that its tables differ in nothing.
const IPV6_WITHOUT_ROUTE: [Said; 5] = [IPV6[0], IPV6[1], IPV6[2], IPV6[3], IPV6[4]];

fn inventory(network: &Network) -> Inventory {
    let snapshot = Snapshot::of(network);
    let archive = Archive::open(std::fs::File::open(snapshot.file()).unwrap()).unwrap();
    snapshot::Snapshot::open(Box::new(archive)).unwrap().load_all().unwrap().inventory
}

fn said(comparison: &Comparison) -> BTreeSet<(String, String, Effect)> {
    let short = |name: &str| name.rsplit("::").next().unwrap().to_owned();
    comparison.items.iter().map(|item| (short(item.resource_type.name()), item.path.clone(), item.effect)).collect()
}

#[test]
fn every_change_is_told_at_its_object_with_its_effect() {
    let rows = rows();
    let mut wrong = Vec::new();
    for (row, index, expected, reaches) in TABLE {
        let drift = rows.iter().find(|drift| drift.number == *row).unwrap();
        let (before, after) = drift.networks().nth(*index).unwrap();
        let comparison = compare_all(&inventory(before), &inventory(after));
        let name = format!("{row} ({}), change {}", drift.says, index + 1);
        let expected: BTreeSet<_> =
            expected.iter().map(|(of, path, effect)| ((*of).to_owned(), (*path).to_owned(), *effect)).collect();
        if said(&comparison) != expected {
            wrong.push(format!("{name}: {:#?}\n  and not {expected:#?}", said(&comparison)));
        }
        let told = comparison.items.iter().any(|item| item.because.contains("the internet reaches"));
        let worst = comparison.items.iter().map(|item| item.severity).max();
        if told != *reaches || (worst >= Some(Severity::High)) != *reaches {
            let all: Vec<_> = comparison.items.iter().map(|item| (item.severity, &item.because)).collect();
            wrong.push(format!("{name}: the internet is said to reach more: {told}; {all:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let listed: BTreeSet<usize> = TABLE.iter().map(|(row, ..)| *row).collect();
    assert_eq!(listed, rows.iter().map(|drift| drift.number).collect(), "every row of the truth table is here");
}
