//! What it costs to say what the internet reaches, for whole organizations and for one heavy interface.
//!
//! `cargo bench --no-default-features --bench exposure`. Networks are drawn with a fixed seed.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot begin says so")]

use divan::{Bencher, black_box};
use driftline::arn::{Partition, Scope};
use driftline::inventory::{Cell, Inventory, Outcome, Provenance};
use driftline::model::exposure::Exposure;
use driftline::model::topology::Topology;
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// Interfaces; each VPC has 4 subnets, 2 route tables, 2 network ACLs and 20 groups of 10 rules, and 500 interfaces that
/// have two of the groups each, every second with a public address.
#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 5, sample_size = 1)]
fn organization(bencher: Bencher, interfaces: usize) {
    let inventory = inventory(interfaces);
    bencher.bench(|| Exposure::of(&Topology::new(black_box(&inventory))).endpoints.len());
}

/// One interface with 1,000 rules in its groups and 40 entries in its network ACL.
#[divan::bench(sample_count = 50)]
fn heavy_interface(bencher: Bencher) {
    let inventory = heavy();
    let topology = Topology::new(&inventory);
    bencher.bench(|| Exposure::of(black_box(&topology)).endpoints.len());
}

struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn scope(region: &str) -> Scope {
    Scope {
        partition: Partition::Aws,
        account: "111111111111".parse().expect("an account"),
        region: region.parse().expect("a region"),
    }
}

fn empty() -> Inventory {
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0".to_owned(),
        taken_at: "2026-01-01T00:00:00Z".parse().expect("a time"),
        caller: None,
        source: "a benchmark".to_owned(),
        is_import: false,
    });
    for of in ResourceType::ALL {
        for operation in of.operations() {
            let place = if of.is_global() { scope("eu-west-1").account_wide() } else { scope("eu-west-1") };
            inventory.ledger.record(Cell { scope: place, operation: (*operation).to_owned() }, Outcome::Complete);
        }
    }
    inventory.insert(
        scope("eu-west-1"),
        Resource::deserialize_as(
            ResourceType::VpcBlockPublicAccessOptions,
            json!({ "AwsAccountId": "111111111111", "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": "off", "State": "default-state" }),
        )
        .expect("options"),
    );
    inventory
}

fn put(inventory: &mut Inventory, of: ResourceType, value: Value) {
    inventory.insert(scope("eu-west-1"), Resource::deserialize_as(of, value).expect("a resource"));
}

fn rules(draw: &mut Draw, count: usize) -> Vec<Value> {
    const PORTS: [u64; 8] = [22, 80, 443, 3306, 3389, 5432, 8080, 9200];
    let all = (0..count).map(|_| {
        let port = PORTS[draw.next(8) as usize];
        let block = match draw.next(10) {
            0 => "0.0.0.0/0".to_owned(),
            1..=4 => format!("10.{}.0.0/16", draw.next(256)),
            _ => format!("{}.{}.{}.0/24", 11 + draw.next(80), draw.next(256), draw.next(256)),
        };
        json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port + draw.next(3), "IpRanges": [{ "CidrIp": block }] })
    });
    all.collect()
}

fn entries(draw: &mut Draw, count: u64) -> Vec<Value> {
    let mut all: Vec<Value> = (0..count).map(|number| {
        let block = format!("{}.{}.0.0/16", 11 + draw.next(80), draw.next(256));
        json!({ "RuleNumber": number + 1, "Egress": false, "RuleAction": "deny", "Protocol": "6", "CidrBlock": block,
            "PortRange": { "From": 22, "To": 22 } })
    }).collect();
    for egress in [false, true] {
        all.push(json!({ "RuleNumber": 1000, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0" }));
    }
    all
}

fn inventory(interfaces: usize) -> Inventory {
    let mut inventory = empty();
    let mut draw = Draw(7);
    for vpc in 0..interfaces.div_ceil(500) {
        network(&mut inventory, &mut draw, vpc, 20, 10, 10);
        for number in 0..500 {
            let (subnet, one, other) = (number % 4, draw.next(20), draw.next(20));
            let address = format!("10.{}.{}.{}", vpc % 256, subnet, number % 250 + 4);
            let mut interface = json!({ "NetworkInterfaceId": format!("eni-{vpc}-{number}"), "VpcId": format!("vpc-{vpc}"),
                "SubnetId": format!("subnet-{vpc}-{subnet}"), "InterfaceType": "interface", "PrivateIpAddress": address,
                "Groups": [{ "GroupId": format!("sg-{vpc}-{one}") }, { "GroupId": format!("sg-{vpc}-{other}") }] });
            if number % 2 == 0 {
                interface["Association"] = json!({ "PublicIp": format!("{}.{}.{}.{}", 52 + vpc / 256, vpc % 256, number / 250, number % 250) });
            }
            put(&mut inventory, ResourceType::NetworkInterface, interface);
        }
    }
    inventory
}

fn network(inventory: &mut Inventory, draw: &mut Draw, vpc: usize, groups: usize, each: usize, denied: u64) {
    let block = format!("10.{}.0.0/16", vpc % 256);
    put(inventory, ResourceType::Vpc, json!({ "VpcId": format!("vpc-{vpc}"), "IsDefault": false, "CidrBlock": block }));
    put(
        inventory,
        ResourceType::InternetGateway,
        json!({ "InternetGatewayId": format!("igw-{vpc}"),
        "Attachments": [{ "State": "available", "VpcId": format!("vpc-{vpc}") }] }),
    );
    for group in 0..groups {
        put(
            inventory,
            ResourceType::SecurityGroup,
            json!({ "GroupId": format!("sg-{vpc}-{group}"), "GroupName": "x",
            "VpcId": format!("vpc-{vpc}"), "IpPermissions": rules(draw, each), "IpPermissionsEgress": [] }),
        );
    }
    for number in 0..2 {
        let subnets: Vec<Value> = (0..4)
            .filter(|subnet| subnet % 2 == number)
            .map(|subnet| json!({ "SubnetId": format!("subnet-{vpc}-{subnet}") }))
            .collect();
        put(
            inventory,
            ResourceType::NetworkAcl,
            json!({ "NetworkAclId": format!("acl-{vpc}-{number}"), "VpcId": format!("vpc-{vpc}"),
            "IsDefault": false, "Associations": subnets, "Entries": entries(draw, denied) }),
        );
        put(
            inventory,
            ResourceType::RouteTable,
            json!({ "RouteTableId": format!("rtb-{vpc}-{number}"), "VpcId": format!("vpc-{vpc}"),
            "Associations": subnets, "Routes": [
                { "DestinationCidrBlock": block, "GatewayId": "local", "State": "active" },
                { "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": format!("igw-{vpc}"), "State": "active" }] }),
        );
    }
    for subnet in 0..4 {
        put(
            inventory,
            ResourceType::Subnet,
            json!({ "SubnetId": format!("subnet-{vpc}-{subnet}"), "VpcId": format!("vpc-{vpc}"),
            "CidrBlock": format!("10.{}.{subnet}.0/24", vpc % 256) }),
        );
    }
}

fn heavy() -> Inventory {
    let mut inventory = empty();
    let mut draw = Draw(11);
    network(&mut inventory, &mut draw, 0, 5, 200, 38);
    let groups: Vec<Value> = (0..5).map(|group| json!({ "GroupId": format!("sg-0-{group}") })).collect();
    put(
        &mut inventory,
        ResourceType::NetworkInterface,
        json!({ "NetworkInterfaceId": "eni-1", "VpcId": "vpc-0", "SubnetId": "subnet-0-0",
        "InterfaceType": "interface", "PrivateIpAddress": "10.0.0.4", "Association": { "PublicIp": "54.1.2.3" }, "Groups": groups }),
    );
    inventory
}
