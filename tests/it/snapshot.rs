//! A snapshot gives back what was put in, and says when it was tampered with.

use std::collections::BTreeMap;

use driftline::arn::{Partition, Region, Scope};
use driftline::inventory::snapshot::{Parts, SnapshotError};
use driftline::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
use driftline::resource::ec2::SecurityGroup;

fn inventory() -> Inventory {
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0.1.0".to_owned(),
        taken_at: "2026-11-23T06:00:00Z".parse().unwrap(),
        caller: Some("arn:aws:sts::111122223333:assumed-role/audit/ci".parse().unwrap()),
        source: "account 111122223333".to_owned(),
    });
    let id: driftline::arn::AccountId = "111122223333".parse().unwrap();
    inventory.accounts.insert(
        id.clone(),
        Account { partition: Partition::Aws, id: id.clone(), name: Some("prod".to_owned()), organizational_unit: None },
    );
    for region in ["eu-west-1", "us-east-1"] {
        let scope = Scope { partition: Partition::Aws, account: id.clone(), region: region.parse::<Region>().unwrap() };
        inventory.insert(
            scope.clone(),
            SecurityGroup {
                group_id: format!("sg-{region}"),
                group_name: "we\u{1b}b\n\"'<".to_owned(),
                description: None,
                owner_id: Some(id.to_string()),
                vpc_id: None,
                security_group_arn: None,
                ip_permissions: Vec::new(),
                ip_permissions_egress: Vec::new(),
                tags: Vec::new(),
            }
            .into(),
        );
        let cell = |operation: &str| Cell { scope: scope.clone(), operation: operation.to_owned() };
        inventory.ledger.record(cell("ec2:DescribeSecurityGroups"), Outcome::Complete);
        let gap = Gap { reason: Reason::DeniedByScp, message: "no".to_owned(), partial: false };
        inventory.ledger.record(cell("ec2:DescribeVpcs"), Outcome::Gap(gap));
    }
    inventory
}

fn archive(parts: &Parts) -> Vec<u8> {
    let mut bytes = Vec::new();
    parts.write_archive(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_goes_in_comes_out() {
    let parts = Parts::of(&inventory()).unwrap();
    let bytes = archive(&parts);
    let loaded = Parts::read_archive(bytes.as_slice()).unwrap().load().unwrap();
    assert_eq!(loaded.inventory, inventory());
    assert_eq!(loaded.sha256, parts.sha256());
    assert_eq!(loaded.ignored, Vec::<String>::new());
    assert_eq!(archive(&Parts::of(&loaded.inventory).unwrap()), bytes, "the same inventory is the same bytes");
}

#[test]
fn no_changed_byte_goes_unnoticed() {
    let parts = Parts::of(&inventory()).unwrap();
    for (name, bytes) in parts.iter() {
        for change in ["flip", "drop", "add"] {
            let mut named: BTreeMap<String, Vec<u8>> = parts.iter().map(|(n, b)| (n.to_owned(), b.to_vec())).collect();
            match change {
                "flip" => named.get_mut(name).unwrap()[bytes.len() / 2] ^= 1,
                "drop" => drop(named.remove(name)),
                _ => drop(named.insert(format!("{name}.more"), Vec::new())),
            }
            assert!(Parts::from_named(named).load().is_err(), "{change} {name}");
        }
    }
}

#[test]
fn a_cut_or_foreign_file_is_no_snapshot() {
    let bytes = archive(&Parts::of(&inventory()).unwrap());
    for length in 0..bytes.len() {
        let read = Parts::read_archive(&bytes[..length]).and_then(|parts| parts.load());
        assert!(read.is_err(), "{length} of {} bytes", bytes.len());
    }
    let error = Parts::read_archive(&b"{\"a\": 1}"[..]).and_then(|parts| parts.load()).unwrap_err();
    assert!(matches!(error, SnapshotError::NotASnapshot(_)), "{error}");
}

#[test]
fn a_newer_format_is_named() {
    let parts = Parts::of(&inventory()).unwrap();
    let mut named: BTreeMap<String, Vec<u8>> = parts.iter().map(|(n, b)| (n.to_owned(), b.to_vec())).collect();
    let manifest = String::from_utf8(named.remove("manifest.json").unwrap()).unwrap();
    named.insert("manifest.json".to_owned(), manifest.replace("\"version\": 1", "\"version\": 2").into_bytes());
    let error = Parts::from_named(named).load().unwrap_err();
    assert!(matches!(error, SnapshotError::TooNew { found: 2 }), "{error}");
}
