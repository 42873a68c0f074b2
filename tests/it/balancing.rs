//! Load balancers and transit gateways as another reader of AWS sees them: moto says what there is, boto3 reads it,
//! and what driftline collected is the same.

use std::process::Command;

use serde_json::Value;

use driftline::inventory::Inventory;
use driftline::inventory::snapshot::{Archive, Snapshot};
use driftline::resource::{Resource, ResourceType};

use crate::moto::Moto;
use crate::schema::python;

/// What boto3 reads, by type.
fn of_boto3(moto: &Moto) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/seed_balancers.py");
    let output = Command::new(python()).args([script, &moto.url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn collected(moto: &Moto) -> Inventory {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("moto.dls");
    let output = moto.driftline(&["snapshot", "-r", "us-east-1", "-o", &file.display().to_string()]);
    assert!(file.is_file(), "{}", String::from_utf8_lossy(&output.stderr));
    let archive = Archive::open(std::fs::File::open(file).unwrap()).unwrap();
    Snapshot::open(Box::new(archive)).unwrap().load_all().unwrap().inventory
}

/// AWS gives lists in no order, and we sort them.
fn in_order(value: &mut Value) {
    match value {
        Value::Array(all) => {
            all.iter_mut().for_each(in_order);
            all.sort_by_key(ToString::to_string);
        }
        Value::Object(fields) => fields.values_mut().for_each(in_order),
        _ => {}
    }
}

fn ordered(resource: &Resource) -> Value {
    let mut value = serde_json::to_value(resource).unwrap();
    in_order(&mut value);
    if let (ResourceType::TransitGatewayRouteTable, Some(fields)) = (resource.resource_type(), value.as_object_mut()) {
        BROKEN_IN_MOTO.iter().for_each(|name| drop(fields.remove(*name)));
    }
    value
}

/// moto 5 fails (500) where routes are asked for in pages, as driftline does; the simulated endpoint gives them.
const BROKEN_IN_MOTO: [&str; 2] = ["Routes", "AdditionalRoutesAvailable"];

#[test]
fn what_is_collected_is_what_boto3_reads() {
    let moto = Moto::start(true);
    let boto3 = of_boto3(&moto);
    let inventory = collected(&moto);
    for (name, count) in [
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", 2),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", 4),
        ("AWS::ElasticLoadBalancing::LoadBalancer", 1),
        ("AWS::EC2::TransitGatewayRouteTable", 3),
    ] {
        let of = ResourceType::from_name(name).unwrap();
        let theirs = boto3[name].as_array().unwrap();
        let ours: Vec<&Resource> =
            inventory.resources().filter(|(key, _)| key.resource_type == of).map(|(_, resource)| resource).collect();
        assert_eq!((theirs.len(), ours.len()), (count, count), "{name}");
        for fields in theirs {
            let expected = Resource::deserialize_as(of, fields).unwrap();
            let found = ours.iter().find(|one| one.id() == expected.id()).unwrap_or_else(|| panic!("{fields}"));
            assert_eq!(ordered(found), ordered(&expected), "{name}");
        }
    }
}
