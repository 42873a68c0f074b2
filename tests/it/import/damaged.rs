//! Files that are cut short, changed or hostile: what is whole still counts, and nothing is believed that is not there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use driftline::import::Imported;
use driftline::inventory::{Outcome, Reason, ResourceKey};
use driftline::resource::{Resource, ResourceType};
use proptest::prelude::*;
use serde_json::Value;

use super::{File, Look, data, files, import, options, try_import};

#[test]
fn a_resource_that_cannot_be_read_is_named_with_its_place_and_the_others_count() {
    let text = "{\n \"Vpcs\": [\n  {\"VpcId\": \"vpc-1\", \"IsDefault\": true},\n  {\"VpcId\": \"vpc-2\",\n   \"IsDefault\": \"no\"},\n  {\"IsDefault\": true},\n  7\n ]\n}";
    let imported = import(&[("a/Vpcs.json", text)]);
    assert_eq!(imported.ids(ResourceType::Vpc), ["vpc-1"]);
    assert_eq!(
        imported.account.complaints,
        [
            "a/Vpcs.json:5:20: Vpcs[1]: invalid type: string \"no\", expected a boolean",
            "a/Vpcs.json:6:21: Vpcs[2]: missing field `VpcId`",
            "a/Vpcs.json:7:3: Vpcs[3]: invalid type: integer `7`, expected struct Vpc",
        ]
    );
    let gap = imported.gap("ec2:DescribeVpcs");
    assert_eq!((gap.reason, gap.partial), (Reason::Malformed, true));
    assert!(gap.message.starts_with("a/Vpcs.json: Vpcs[1]: invalid type") && gap.message.ends_with("and 2 more"));
}

#[test]
fn an_instance_of_a_reservation_is_named_too() {
    let text = r#"{"Reservations": [{"OwnerId": "111122223333", "Instances": [{"InstanceId": "i-1"}, {"InstanceId": 3}]}, {}]}"#;
    let imported = import(&[("x", text)]);
    assert_eq!(imported.ids(ResourceType::Instance), ["i-1"]);
    let column = text.find("3}").unwrap() + 1;
    assert_eq!(
        imported.account.complaints,
        [format!("x:1:{column}: Reservations[0].Instances[1]: invalid type: integer `3`, expected a string")]
    );
}

#[test]
fn a_part_that_cannot_be_read_leaves_its_resource_and_a_gap() {
    let list = r#"{"PrefixLists": [{"PrefixListId": "pl-1"}]}"#;
    let imported = import(&[("l", list), ("pl-1.json", r#"{"Entries": [{"Cidr": 7}]}"#)]);
    assert!(matches!(imported.one(), Resource::PrefixList(list) if list.entries.is_none()));
    assert_eq!(imported.gap("ec2:GetManagedPrefixListEntries").reason, Reason::Malformed);
    assert_eq!(imported.outcome("ec2:DescribeManagedPrefixLists"), Some(Outcome::Complete));
    assert_eq!(imported.account.complaints.len(), 1, "{:?}", imported.account.complaints);
}

#[test]
fn a_list_that_is_none_does_not_hide_the_next() {
    let imported = import(&[("x", r#"{"Vpcs": "none", "Subnets": [{"SubnetId": "subnet-1"}]}"#)]);
    assert_eq!(imported.ids(ResourceType::Subnet), ["subnet-1"]);
    assert_eq!(imported.gap("ec2:DescribeVpcs").reason, Reason::Malformed);
    assert_eq!(imported.outcome("ec2:DescribeSubnets"), Some(Outcome::Complete));
}

#[test]
fn hostile_names_and_depths_are_survived() {
    let deep = format!(
        "{{\"Vpcs\": [{{\"VpcId\": \"vpc-1\", \"IsDefault\": true, \"Tags\": {}{}}}]}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let imported = import(&[("deep\u{1b}[31m", &deep)]);
    assert_eq!(imported.gap("ec2:DescribeVpcs").reason, Reason::Malformed);
    let deep = format!("{{\"Vpcs\": [], \"Else\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(import(&[("x", &deep)]).outcome("ec2:DescribeVpcs"), Some(Outcome::Complete));
}

/// The files of one region of a lab, and what they come to.
static LAB: LazyLock<(Vec<File>, Imported)> = LazyLock::new(|| {
    let mut files = files(&data("labs/aws_demo/describe"));
    files.retain(|(path, _)| path.iter().any(|name| name == "us-east-1"));
    let imported = try_import(options(), &files).unwrap();
    (files, imported)
});

fn resources(imported: &Imported) -> BTreeMap<&ResourceKey, &Resource> {
    imported.inventory.resources().collect()
}

/// What came of the files after one was changed: the other files' resources are as they were, and a list that says it
/// is complete is the one that it was.
fn assert_nothing_is_made_up(changed: &[File]) {
    let whole = &LAB.1;
    let Ok(imported) = try_import(options(), changed) else { return };
    let (was, is) = (resources(whole), resources(&imported));
    for key in was.keys() {
        let listing = key.resource_type.listing().unwrap();
        let complete = imported.inventory.ledger.outcome(&key.scope, listing) == Some(&Outcome::Complete);
        assert!(!complete || is.contains_key(key), "{key:?} is gone and nothing says so");
    }
    for (key, resource) in &is {
        assert!(was.get(key) == Some(resource) || is_joined(key.resource_type), "{key:?}");
    }
}

/// Whether other files than its list tell of it.
fn is_joined(of: ResourceType) -> bool {
    matches!(
        of,
        ResourceType::TransitGatewayAttachment
            | ResourceType::TransitGatewayRouteTable
            | ResourceType::LoadBalancer
            | ResourceType::TargetGroup
            | ResourceType::PrefixList
    )
}

/// Changes one leaf or branch of a value, found by a number.
fn mutate(value: &mut Value, choice: usize, with: &Value) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let (index, rest) = (choice % items.len(), choice / items.len());
            if rest.is_multiple_of(5) { items[index] = with.clone() } else { mutate(&mut items[index], rest, with) }
        }
        Value::Object(members) if !members.is_empty() => {
            let (index, rest) = (choice % members.len(), choice / members.len());
            let member = members.values_mut().nth(index).unwrap();
            if rest.is_multiple_of(7) { *member = with.clone() } else { mutate(member, rest, with) }
        }
        _ => *value = with.clone(),
    }
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
        Just(serde_json::json!([null, {"VpcId": ""}, [[]]])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_that_is_cut_short_loses_nothing_in_silence(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let mut files = LAB.0.clone();
        let file = file.index(files.len());
        let at = at.index(files[file].1.len());
        files[file].1.truncate(at);
        assert_nothing_is_made_up(&files);
    }

    #[test]
    fn no_change_of_a_value_makes_it_panic(
        file in any::<prop::sample::Index>(), choice in any::<usize>(), with in odd_value(),
    ) {
        let mut files = LAB.0.clone();
        let file = file.index(files.len());
        let mut value: Value = serde_json::from_slice(&files[file].1).unwrap();
        mutate(&mut value, choice, &with);
        files[file].1 = serde_json::to_vec(&value).unwrap();
        drop(try_import(options(), &files));
    }

    #[test]
    fn no_change_of_a_byte_makes_it_panic(
        file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut files = LAB.0.clone();
        let file = file.index(files.len());
        let at = at.index(files[file].1.len());
        files[file].1[at] = byte;
        drop(try_import(options(), &files));
    }
}
