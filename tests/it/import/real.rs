//! Answers that AWS gave: every item is there, and says what it said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use driftline::iam::PolicyText;
use driftline::import::{Imported, Taken};
use driftline::inventory::Outcome;
use driftline::inventory::snapshot::Snapshot;
use driftline::resource::{Resource, ResourceType};
use jiff::Timestamp;
use serde_json::Value;

use super::{File, Look, assert_not_imported, data, files, options, scope, try_import};

const LABS: [&str; 3] = ["aws_demo", "aws_traffic_in_igw_out_ngw", "aws_instance_multiple_interface"];

/// The keys of what driftline has types for, with the name of the id, written down here by hand.
const KEYS: &[(&str, &str, ResourceType)] = &[
    ("Vpcs", "VpcId", ResourceType::Vpc),
    ("Subnets", "SubnetId", ResourceType::Subnet),
    ("RouteTables", "RouteTableId", ResourceType::RouteTable),
    ("NetworkAcls", "NetworkAclId", ResourceType::NetworkAcl),
    ("SecurityGroups", "GroupId", ResourceType::SecurityGroup),
    ("NetworkInterfaces", "NetworkInterfaceId", ResourceType::NetworkInterface),
    ("InternetGateways", "InternetGatewayId", ResourceType::InternetGateway),
    ("NatGateways", "NatGatewayId", ResourceType::NatGateway),
    ("Addresses", "AllocationId", ResourceType::Address),
    ("VpcPeeringConnections", "VpcPeeringConnectionId", ResourceType::VpcPeeringConnection),
    ("VpcEndpoints", "VpcEndpointId", ResourceType::VpcEndpoint),
    ("CustomerGateways", "CustomerGatewayId", ResourceType::CustomerGateway),
    ("VpnGateways", "VpnGatewayId", ResourceType::VpnGateway),
    ("VpnConnections", "VpnConnectionId", ResourceType::VpnConnection),
    ("TransitGateways", "TransitGatewayId", ResourceType::TransitGateway),
    ("TransitGatewayAttachments", "TransitGatewayAttachmentId", ResourceType::TransitGatewayAttachment),
    ("TransitGatewayRouteTables", "TransitGatewayRouteTableId", ResourceType::TransitGatewayRouteTable),
    ("PrefixLists", "PrefixListId", ResourceType::PrefixList),
    ("LoadBalancers", "LoadBalancerArn", ResourceType::LoadBalancer),
    ("TargetGroups", "TargetGroupArn", ResourceType::TargetGroup),
    ("LoadBalancerDescriptions", "LoadBalancerName", ResourceType::ClassicLoadBalancer),
];

fn load(folder: &Path) -> Imported {
    let imported = try_import(options(), &files(folder)).unwrap();
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    imported
}

/// Every item of every list, by region, key and id: read with serde_json and nothing else.
fn items(folder: &Path, region_of: impl Fn(&[String]) -> String) -> BTreeMap<(String, ResourceType, String), Value> {
    let mut out = BTreeMap::new();
    for (path, bytes) in files(folder) {
        let Ok(file) = serde_json::from_slice::<Value>(&bytes) else { continue };
        for (key, id, of) in KEYS {
            for item in file[*key].as_array().into_iter().flatten() {
                let id = item[*id].as_str().unwrap().to_owned();
                assert!(out.insert((region_of(&path), *of, id), item.clone()).is_none());
            }
        }
        for reservation in file["Reservations"].as_array().into_iter().flatten() {
            for instance in reservation["Instances"].as_array().unwrap() {
                let id = instance["InstanceId"].as_str().unwrap().to_owned();
                let mut instance = instance.clone();
                instance["ReservationOwnerId"] = reservation["OwnerId"].clone();
                assert!(out.insert((region_of(&path), ResourceType::Instance, id), instance).is_none());
            }
        }
    }
    out
}

/// Every field that the type has says what the item said; what the item has besides is not kept.
fn assert_says_the_same(ours: &Value, theirs: &Value, at: &str) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, our) in ours {
                let none = |value: &Value| value.is_null() || *value == serde_json::json!([]);
                match theirs.get(key) {
                    Some(their) if !(none(our) && none(their)) => {
                        assert_says_the_same(our, their, &format!("{at}.{key}"));
                    }
                    _ => assert!(none(our), "{at}.{key} is made up: {our}"),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{at}");
            ours.iter().zip(theirs).for_each(|(our, their)| assert_says_the_same(our, their, at));
        }
        // Policies are kept in one form, however they are written.
        (ours, Value::String(their)) if at.ends_with(".PolicyDocument") => {
            assert_eq!(*ours, serde_json::to_value(PolicyText::new(their)).unwrap(), "{at}");
        }
        (Value::String(our), Value::String(their)) if our != their => {
            let times = (our.parse::<Timestamp>(), their.replacen(' ', "T", 1).parse::<Timestamp>());
            assert!(matches!(&times, (Ok(our), Ok(their)) if our == their), "{at}: {our} is not {their}");
        }
        _ => assert_eq!(ours, theirs, "{at}"),
    }
}

/// What other answers tell of a resource: another test looks at it.
fn joined(of: ResourceType) -> &'static [&'static str] {
    match of {
        ResourceType::TransitGatewayAttachment => &["VpcAttachment"],
        ResourceType::TransitGatewayRouteTable => &["Propagations", "Routes", "AdditionalRoutesAvailable"],
        ResourceType::PrefixList => &["Entries", "OwnerId"],
        ResourceType::LoadBalancer => &["Attributes", "Listeners"],
        ResourceType::ClassicLoadBalancer => &["LoadBalancerAttributes", "PolicyDescriptions"],
        ResourceType::TargetGroup => &["TargetHealthDescriptions"],
        _ => &[],
    }
}

fn assert_holds(imported: &Imported, items: &BTreeMap<(String, ResourceType, String), Value>) {
    // Another file of tests looks at what is of the account as a whole.
    let regional = || imported.inventory.resources().filter(|(key, _)| !key.scope.region.is_global());
    let found: BTreeSet<_> =
        regional().map(|(key, _)| (key.scope.region.to_string(), key.resource_type, key.id.clone())).collect();
    assert_eq!(found, items.keys().cloned().collect());
    for (key, resource) in regional() {
        let mut ours = serde_json::to_value(resource).unwrap();
        for name in joined(key.resource_type) {
            ours.as_object_mut().unwrap().remove(*name);
        }
        let theirs = &items[&(key.scope.region.to_string(), key.resource_type, key.id.clone())];
        assert_says_the_same(&ours, theirs, &key.id);
    }
}

#[test]
fn every_item_of_the_labs_is_there_and_says_what_it_said() {
    for lab in LABS {
        let folder = data("labs").join(lab).join("describe");
        let imported = load(&folder);
        let items = items(&folder, |path| path[1].clone());
        assert!(items.len() > 20, "{lab}");
        assert_holds(&imported, &items);
        assert_eq!(imported.inventory.accounts.keys().map(|id| id.as_str()).collect::<Vec<_>>(), ["028403472736"]);
        assert_eq!(imported.taken, Taken::Newest);
        assert_eq!(imported.account.unknown, []);
    }
}

#[test]
fn a_lab_is_imported_from_the_folder_above_too() {
    // Probes and a read-me lie there.
    let above = load_with_complaints(&data("labs").join("aws_demo"));
    let folder = load(&data("labs/aws_demo/describe"));
    assert_eq!(above.inventory.resources().count(), folder.inventory.resources().count());
    assert_eq!(above.inventory.ledger, folder.inventory.ledger);
    assert_eq!(above.account.unknown.len(), 1, "{:?}", above.account.unknown);
}

fn load_with_complaints(folder: &Path) -> Imported {
    try_import(options(), &files(folder)).unwrap()
}

#[test]
fn no_two_findings_in_a_real_network_look_alike() {
    for lab in LABS {
        let inventory = load_with_complaints(&data(&format!("labs/{lab}"))).inventory;
        let model = driftline::model::Model::new(&inventory, inventory.provenance.taken_at);
        let options = driftline::evaluate::Options { passes: true };
        let judged = driftline::evaluate::judge(&driftline::catalog::Catalog::embedded(), &model, options);
        assert!(!judged.findings.is_empty());
        crate::fingerprints::assert_distinct(&judged.findings);
    }
}

#[test]
fn what_a_lab_does_not_hold_is_a_gap_and_what_it_holds_is_complete() {
    let imported = load(&data("labs/aws_demo/describe"));
    let outcome = |operation: &str| {
        let region = scope("028403472736", "us-east-1");
        imported.inventory.ledger.outcome(&region, operation).cloned()
    };
    for complete in [
        "ec2:DescribeVpcs",
        "ec2:DescribeInstances",
        "ec2:DescribeVpnGateways",
        "ec2:DescribeTransitGatewayVpcAttachments",
        "ec2:GetTransitGatewayRouteTablePropagations",
        "ec2:GetManagedPrefixListEntries",
        "elbv2:DescribeListeners",
        "elbv2:DescribeLoadBalancerAttributes",
        "elbv2:DescribeTargetHealth",
        // There is neither an application load balancer nor a peering of transit gateways.
        "elbv2:DescribeRules",
        "ec2:DescribeTransitGatewayPeeringAttachments",
    ] {
        assert_eq!(outcome(complete), Some(Outcome::Complete), "{complete}");
    }
    for (missing, partial) in [
        ("ec2:DescribeVpcAttribute", false),
        ("ec2:DescribeVpcBlockPublicAccessOptions", false),
        ("ec2:DescribeCarrierGateways", false),
        ("ec2:GetTransitGatewayRouteTableAssociations", false),
        ("elbv2:DescribeTargetGroupAttributes", false),
        ("elb:DescribeLoadBalancers", false),
        ("ec2:DescribeManagedPrefixLists", true),
        // Static routes only, where attachments propagate others.
        ("ec2:SearchTransitGatewayRoutes", true),
    ] {
        match outcome(missing) {
            Some(Outcome::Gap(gap)) => assert_not_imported(&gap, partial),
            other => panic!("{missing}: {other:?}"),
        }
    }
    // What AWS keeps once per account was not asked for.
    assert!(imported.inventory.ledger.scopes().all(|scope| !scope.region.is_global()));
}

#[test]
fn the_parts_of_load_balancers_and_transit_gateways_are_with_them() {
    let folder = data("labs/aws_demo/describe/028403472736");
    let file = |region: &str, name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(region).join(name)).unwrap()).unwrap()
    };
    let imported = load(&data("labs/aws_demo/describe"));
    let mut seen = 0;
    for (key, resource) in imported.inventory.resources() {
        let region = key.scope.region.as_str();
        let of = |name: &str, id: &str| -> Value {
            let wrappers = file(region, &format!("{name}.json"));
            let found = wrappers[name].as_array().unwrap().iter().find(|item| item[id] == key.id.as_str());
            found.unwrap_or_else(|| panic!("{name} of {}", key.id)).clone()
        };
        let ours = serde_json::to_value(resource).unwrap();
        match resource {
            Resource::LoadBalancer(_) => {
                let wrapper = of("LoadBalancerListeners", "LoadBalancerArn");
                assert_says_the_same(&ours["Listeners"], &wrapper["Listeners"], &key.id);
                let wrapper = of("LoadBalancerAttributes", "LoadBalancerArn");
                assert_says_the_same(&ours["Attributes"], &wrapper["Attributes"], &key.id);
            }
            Resource::TargetGroup(_) => {
                let wrapper = of("LoadBalancerTargetHealth", "TargetGroupArn");
                let name = "TargetHealthDescriptions";
                assert_says_the_same(&ours[name], &wrapper[name], &key.id);
            }
            Resource::TransitGatewayRouteTable(_) => {
                let wrapper = of("TransitGatewayPropagations", "TransitGatewayRouteTableId");
                assert_says_the_same(&ours["Propagations"], &wrapper["TransitGatewayRouteTablePropagations"], &key.id);
                let wrapper = of("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId");
                assert_says_the_same(&ours["Routes"], &wrapper["Routes"], &key.id);
                assert_eq!(ours["AdditionalRoutesAvailable"], wrapper["AdditionalRoutesAvailable"]);
            }
            Resource::TransitGatewayAttachment(_) => {
                let detail = of("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId");
                assert_says_the_same(&ours["VpcAttachment"], &detail, &key.id);
            }
            Resource::PrefixList(list) => {
                let theirs = of("PrefixLists", "PrefixListId");
                let blocks: Vec<_> = list.entries.as_ref().unwrap().iter().map(|entry| entry.cidr.clone()).collect();
                assert_eq!(serde_json::json!(blocks), theirs["Cidrs"]);
                assert_eq!(list.owner_id.as_deref(), Some("AWS"));
            }
            _ => continue,
        }
        seen += 1;
    }
    assert_eq!(seen, 3 + 6 + 2 + 8 + 4);
}

#[test]
fn a_folder_of_another_tool_is_imported_as_it_is() {
    let folder = data("cloudmapper-demo");
    let imported = load(&folder);
    assert_holds(&imported, &items(&folder, |_| "us-east-1".to_owned()));
    // `sts get-caller-identity` says whose it is, an interface's owner another account.
    let scopes: Vec<_> = imported.inventory.ledger.scopes().cloned().collect();
    assert_eq!(scopes, [scope("123456789012", "global"), scope("123456789012", "us-east-1")]);
    let caller = imported.inventory.provenance.caller.as_ref().map(|arn| arn.as_str());
    assert_eq!(caller, Some("arn:aws:iam::123456789012:user/cloudmapper"));
    // The folder that is named after the load balancer's ARN.
    assert_eq!(imported.outcome("elbv2:DescribeLoadBalancerAttributes"), Some(Outcome::Complete));
    assert_not_imported(&imported.gap("ec2:DescribeRouteTables"), false);
    assert!(imported.account.unknown.iter().any(|(file, _)| file == "us-east-1/ecs-list-clusters.json"));
}

#[test]
fn the_same_files_give_the_same_bytes_in_whatever_order() {
    let mut all = files(&data("labs/aws_demo/describe"));
    let bytes = |all: &[File]| {
        let mut out = Vec::new();
        Snapshot::of(&try_import(options(), all).unwrap().inventory).unwrap().write_archive(&mut out).unwrap();
        out
    };
    let first = bytes(&all);
    all.reverse();
    assert_eq!(first, bytes(&all));
    all.rotate_left(7);
    assert_eq!(first, bytes(&all));
}
