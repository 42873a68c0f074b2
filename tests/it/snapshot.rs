//! A snapshot gives back what was put in, and says when it was tampered with.

use std::collections::BTreeMap;
use std::io::Cursor;

use driftline::arn::{Partition, Region, Scope};
use driftline::inventory::snapshot::{Archive, Loaded, Snapshot, SnapshotError, decode, encode};
use driftline::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
use driftline::resource::ec2::SecurityGroup;

fn inventory() -> Inventory {
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0.1.0".to_owned(),
        taken_at: "2026-11-23T06:00:00Z".parse().unwrap(),
        caller: Some("arn:aws:sts::111122223333:assumed-role/audit/ci".parse().unwrap()),
        source: "account 111122223333".to_owned(),
        is_import: false,
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

fn archive(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot.write_archive(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> Result<Loaded, SnapshotError> {
    let archive = Archive::open(Cursor::new(bytes.to_vec()))?;
    Snapshot::open(Box::new(archive))?.load_all()
}

/// Every part by name, as it lies in a folder.
fn parts(snapshot: &Snapshot) -> BTreeMap<String, Vec<u8>> {
    let mut parts = BTreeMap::new();
    let take = |name: &str, bytes: &[u8]| {
        parts.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    };
    snapshot.each_part(take).unwrap();
    parts
}

fn open_parts(parts: BTreeMap<String, Vec<u8>>) -> Result<Loaded, SnapshotError> {
    Snapshot::open(Box::new(parts))?.load_all()
}

#[test]
fn what_goes_in_comes_out() {
    let snapshot = Snapshot::of(&inventory()).unwrap();
    let bytes = archive(&snapshot);
    let loaded = open(&bytes).unwrap();
    assert_eq!(loaded.inventory, inventory());
    assert_eq!(loaded.ignored, BTreeMap::new());
    let again = Snapshot::of(&loaded.inventory).unwrap();
    assert_eq!(archive(&again), bytes, "the same inventory is the same bytes");
    assert_eq!(again.sha256(), snapshot.sha256());
    assert_eq!(open_parts(parts(&snapshot)).unwrap().inventory, inventory());
}

#[test]
fn no_changed_part_goes_unnoticed() {
    let whole = parts(&Snapshot::of(&inventory()).unwrap());
    for (name, bytes) in &whole {
        for change in ["flip", "drop", "add"] {
            let mut named = whole.clone();
            match change {
                "flip" => named.get_mut(name).unwrap()[bytes.len() / 2] ^= 1,
                "drop" => drop(named.remove(name)),
                _ => drop(named.insert(format!("{name}.more"), Vec::new())),
            }
            assert!(open_parts(named).is_err(), "{change} {name}");
        }
    }
}

#[test]
fn no_changed_byte_of_a_file_goes_unnoticed() {
    let bytes = archive(&Snapshot::of(&inventory()).unwrap());
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(open(&changed).is_err(), "byte {place} of {}", bytes.len());
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(open(&longer).is_err(), "a byte too many");
}

#[test]
fn a_cut_or_foreign_file_is_no_snapshot() {
    let bytes = archive(&Snapshot::of(&inventory()).unwrap());
    for length in 0..bytes.len() {
        assert!(open(&bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
    for foreign in [&b"{\"a\": 1}"[..], &[b'x'; 5000], &[]] {
        let error = open(foreign).unwrap_err();
        assert!(matches!(error, SnapshotError::NotASnapshot(_)), "{error}");
    }
}

#[test]
fn an_account_of_which_a_part_is_missing_is_damaged() {
    let (provenance, id) = (inventory().provenance, "111122223333".parse().unwrap());
    let whole = encode(&inventory()).unwrap();
    assert!(decode("part", &whole, &id, &provenance).is_ok());
    for length in 0..whole.len() {
        assert!(decode("part", &whole[..length], &id, &provenance).is_err(), "{length} of {} bytes", whole.len());
    }
    // Lines that are whole, and one of them missing.
    let text = String::from_utf8(zstd::decode_all(whole.as_slice()).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for missing in 0..lines.len() {
        let rest: String =
            lines.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, line)| format!("{line}\n")).collect();
        let bytes = zstd::encode_all(rest.as_bytes(), 1).unwrap();
        assert!(decode("part", &bytes, &id, &provenance).is_err(), "without line {missing}: {}", lines[missing]);
    }
    let other = "999999999999".parse().unwrap();
    assert!(decode("part", &whole, &other, &provenance).is_err(), "an account under another's name");
}

#[test]
fn a_type_of_a_newer_driftline_is_counted() {
    let (provenance, id) = (inventory().provenance, "111122223333".parse().unwrap());
    let text = String::from_utf8(zstd::decode_all(encode(&inventory()).unwrap().as_slice()).unwrap()).unwrap();
    let newer = text.replace("AWS::EC2::SecurityGroup", "AWS::EC2::Sentinel");
    let bytes = zstd::encode_all(newer.as_bytes(), 1).unwrap();
    let loaded = decode("part", &bytes, &id, &provenance).unwrap();
    assert_eq!(loaded.ignored, BTreeMap::from([("AWS::EC2::Sentinel".to_owned(), 2)]));
    assert!(loaded.inventory.is_empty());
}

#[test]
fn another_format_is_named() {
    let whole = parts(&Snapshot::of(&inventory()).unwrap());
    for (version, hint) in [(3, "newer driftline"), (1, "take it anew")] {
        let mut named = whole.clone();
        let manifest = String::from_utf8(named.remove("manifest.json").unwrap()).unwrap();
        let manifest = manifest.replace("\"version\": 2", &format!("\"version\": {version}"));
        named.insert("manifest.json".to_owned(), manifest.into_bytes());
        let error = open_parts(named).unwrap_err();
        assert!(matches!(error, SnapshotError::OtherVersion { found, .. } if found == version), "{error}");
        assert!(error.to_string().contains(hint), "{error}");
    }
    // As a file, version 1 was compressed as a whole.
    let error = open(&zstd::encode_all(&[0; 4096][..], 1).unwrap().repeat(40)).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherVersion { found: 1, .. }), "{error}");
}
