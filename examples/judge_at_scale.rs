//! Judges made accounts of a realistic mix with the whole catalogue, and says what each check costs.
//!
//! ```sh
//! cargo run --release --no-default-features --example judge_at_scale -- snapshot FILE 100 10000   # a million resources
//! cargo run --release --no-default-features --example judge_at_scale -- checks 2000 4             # 2,000, 4,000, .. 16,000
//! ```
//!
//! `snapshot` writes what `driftline scan --snapshot FILE` is measured on. `checks` judges one account with each check
//! alone, and then with twice as much in it, and again: a check whose time more than doubles each time is not linear.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that cannot go on says so by a panic"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use driftline::arn::{AccountId, Partition, Region, Scope};
use driftline::catalog::Catalog;
use driftline::evaluate::{Options, judge};
use driftline::inventory::snapshot::{PROVENANCE, PartInfo, Snapshot, encode, encode_provenance};
use driftline::inventory::{Account, Cell, Inventory, Outcome, Provenance};
use driftline::model::Model;
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

const REGIONS: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];

/// Resources in a unit (see [`Maker::unit`]), and units in a VPC.
const UNIT: usize = 20;
const UNITS_IN_VPC: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["snapshot", file, accounts, resources] => snapshot(file, number(accounts), number(resources)),
        ["checks", resources, times] => checks(number(resources), number(times)),
        _ => println!("wanted: snapshot FILE ACCOUNTS RESOURCES, or checks RESOURCES TIMES"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn provenance(source: String) -> Provenance {
    let taken_at = "2026-11-23T00:00:00Z".parse().expect("a time");
    Provenance { tool_version: "0.1.0".to_owned(), taken_at, caller: None, source }
}

fn snapshot(file: &str, accounts: usize, resources: usize) {
    let about = provenance(format!("{accounts} made accounts"));
    let mut store = BTreeMap::from([(PROVENANCE.to_owned(), encode_provenance(&about).expect("JSON"))]);
    let mut all = 0;
    for one in 0..accounts {
        let part = account(one, resources, &about);
        all += part.len();
        store.insert(format!("accounts/{:012}.ndjson.zst", 100_000_000_000 + one), encode(&part).expect("JSON"));
    }
    let parts = store.iter().map(|(name, bytes)| (name.clone(), PartInfo::of(bytes))).collect();
    let snapshot = Snapshot::of_parts(Box::new(store), parts).expect("a snapshot");
    let out = std::fs::File::create(file).expect("a file");
    snapshot.write_archive(std::io::BufWriter::new(out)).expect("a file");
    println!("{all} resources in {accounts} accounts: {file}");
}

/// The time of each check, alone, on accounts each twice as large as the one before.
fn checks(resources: usize, times: usize) {
    let catalog = Catalog::embedded();
    let ids: Vec<String> = catalog.checks().map(|check| check.id.as_str().to_owned()).collect();
    let mut rows: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let about = provenance("one made account".to_owned());
    for doubling in 0..times {
        let inventory = account(0, resources << doubling, &about);
        let (all, findings) = time(&catalog, &inventory);
        println!("{} resources: all {} checks in {all:.2?}, {findings} findings", inventory.len(), ids.len());
        rows.entry("(all together)".to_owned()).or_default().push(all);
        for id in &ids {
            let mut one = catalog.clone();
            one.retain(|check| check.id.as_str() == id);
            rows.entry(id.clone()).or_default().push(time(&one, &inventory).0);
        }
    }
    let mut rows: Vec<(String, Vec<Duration>)> = rows.into_iter().collect();
    rows.sort_by_key(|(_, times)| std::cmp::Reverse(times.last().copied()));
    println!("\n{:<60}{:>12}  growth from doubling to doubling", "check, with the indices it needs", "slowest");
    for (id, times) in rows {
        let grown = times.windows(2).map(|two| two[1].as_secs_f64() / two[0].as_secs_f64().max(1e-9));
        let grown: Vec<String> = grown.map(|factor| format!("{factor:.1}")).collect();
        println!("{id:<60}{:>12}  {}", format!("{:.1?}", times.last().copied().unwrap_or_default()), grown.join(" "));
    }
}

/// The fastest of three, each with a model of its own, so that indices are made anew.
fn time(catalog: &Catalog, inventory: &Inventory) -> (Duration, usize) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..3 {
        let begun = Instant::now();
        let model = Model::new(inventory, inventory.provenance.taken_at);
        let findings = judge(catalog, &model, Options::default()).findings.len();
        best = best.min((begun.elapsed(), findings));
    }
    best
}

fn account(number: usize, resources: usize, about: &Provenance) -> Inventory {
    let id: AccountId = format!("{:012}", 100_000_000_000 + number).parse().expect("an account");
    let mut maker = Maker { inventory: Inventory::new(about.clone()), id: id.clone() };
    let known = Account { partition: Partition::Aws, id, name: None, organizational_unit: None };
    maker.inventory.accounts.insert(known.id.clone(), known);
    for of in ResourceType::ALL.iter().filter(|of| !of.is_organization_wide()) {
        for operation in of.operations() {
            let everywhere = of.is_global() || operation.starts_with("iam:");
            for region in if everywhere { &[Region::GLOBAL][..] } else { &REGIONS[..] } {
                let cell = Cell { scope: maker.scope(region), operation: (*operation).to_owned() };
                maker.inventory.ledger.record(cell, Outcome::Complete);
            }
        }
    }
    for unit in 0..resources.div_ceil(UNIT) {
        if unit.is_multiple_of(UNITS_IN_VPC) {
            maker.vpc(unit / UNITS_IN_VPC);
        }
        maker.unit(unit);
    }
    maker.inventory
}

struct Maker {
    inventory: Inventory,
    id: AccountId,
}

impl Maker {
    fn scope(&self, region: &str) -> Scope {
        let region = region.parse().expect("a region");
        Scope { partition: Partition::Aws, account: self.id.clone(), region }
    }

    fn add(&mut self, of: ResourceType, region: &str, value: Value) {
        let scope = self.scope(if of.is_global() { Region::GLOBAL } else { region });
        self.inventory.insert(scope, Resource::deserialize_as(of, value).expect("a resource"));
    }

    /// A VPC with two subnets, a way to the internet and a NAT gateway: every fourth one in each region.
    fn vpc(&mut self, vpc: usize) {
        let (region, id) = (REGIONS[vpc % 4], self.id.clone());
        let (net, hex) = (format!("vpc-{vpc:08x}"), format!("{vpc:08x}"));
        self.add(
            ResourceType::Vpc,
            region,
            json!({ "VpcId": net, "OwnerId": id, "CidrBlock": "10.0.0.0/8", "IsDefault": false }),
        );
        for (place, table, gateway) in [
            ("a", "b", json!({ "GatewayId": format!("igw-{hex}") })),
            ("c", "d", json!({ "NatGatewayId": format!("nat-{hex}") })),
        ] {
            let subnet = format!("subnet-{place}{hex}");
            self.add(
                ResourceType::Subnet,
                region,
                json!({ "SubnetId": subnet, "VpcId": net, "OwnerId": id,
                "CidrBlock": if place == "a" { "10.0.0.0/16" } else { "10.1.0.0/16" }, "AvailabilityZone": format!("{region}a") }),
            );
            let mut route = json!({ "DestinationCidrBlock": "0.0.0.0/0", "State": "active" });
            route.as_object_mut().expect("an object").extend(gateway.as_object().expect("an object").clone());
            self.add(
                ResourceType::RouteTable,
                region,
                json!({ "RouteTableId": format!("rtb-{table}{hex}"), "VpcId": net, "OwnerId": id, "Routes": [route],
                "Associations": [{ "SubnetId": subnet, "RouteTableAssociationId": format!("rtbassoc-{table}{hex}") }] }),
            );
        }
        self.add(
            ResourceType::InternetGateway,
            region,
            json!({ "InternetGatewayId": format!("igw-{hex}"), "OwnerId": id,
            "Attachments": [{ "State": "available", "VpcId": net }] }),
        );
        self.add(
            ResourceType::NatGateway,
            region,
            json!({ "NatGatewayId": format!("nat-{hex}"), "VpcId": net, "SubnetId": format!("subnet-a{hex}"),
            "State": "available", "ConnectivityType": "public" }),
        );
        let everything = |egress: bool| json!({ "Egress": egress, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0" });
        self.add(
            ResourceType::NetworkAcl,
            region,
            json!({ "NetworkAclId": format!("acl-{hex}"), "VpcId": net, "OwnerId": id, "IsDefault": true,
            "Associations": [
                { "SubnetId": format!("subnet-a{hex}"), "NetworkAclId": format!("acl-{hex}") },
                { "SubnetId": format!("subnet-c{hex}"), "NetworkAclId": format!("acl-{hex}") }],
            "Entries": [everything(false), everything(true)] }),
        );
        self.add(
            ResourceType::FlowLog,
            region,
            json!({ "FlowLogId": format!("fl-{hex}"), "ResourceId": net, "TrafficType": "ALL", "FlowLogStatus": "ACTIVE",
            "DeliverLogsStatus": "SUCCESS", "LogDestinationType": "s3" }),
        );
    }

    /// Two groups, seven interfaces (four of instances, one with an address), four instances, an address, a user with a
    /// key, two roles, a policy, and a group of the network that is not used.
    fn unit(&mut self, unit: usize) {
        let vpc = unit / UNITS_IN_VPC;
        let (region, id, net) = (REGIONS[vpc % 4], self.id.clone(), format!("vpc-{vpc:08x}"));
        let hex = format!("{unit:08x}");
        for (letter, port) in [("a", if unit.is_multiple_of(10) { 22 } else { 443 }), ("b", 5432), ("c", 8080)] {
            let source = if letter == "a" { "0.0.0.0/0".to_owned() } else { format!("10.{}.0.0/16", unit % 250) };
            self.add(
                ResourceType::SecurityGroup,
                region,
                json!({ "GroupId": format!("sg-{letter}{hex}"), "GroupName": format!("{letter}-{unit}"), "VpcId": net, "OwnerId": id,
                "IpPermissions": [
                    { "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": source }] },
                    { "IpProtocol": "tcp", "FromPort": 9090, "ToPort": 9100, "UserIdGroupPairs": [{ "GroupId": format!("sg-b{hex}") }] }],
                "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] }),
            );
        }
        let allocation = format!("eipalloc-{hex}");
        let public = format!("52.{}.{}.{}", unit / 62_500 % 250, unit / 250 % 250, unit % 250);
        for one in 0..7 {
            let place = unit % UNITS_IN_VPC * 7 + one;
            let subnet = if one == 0 { "a" } else { "c" };
            let address = format!("10.{}.{}.{}", usize::from(one > 0), place / 250, place % 250);
            let mut interface = json!({ "NetworkInterfaceId": format!("eni-{one}{hex}"), "VpcId": net,
                "SubnetId": format!("subnet-{subnet}{vpc:08x}"), "OwnerId": id, "PrivateIpAddress": address, "SourceDestCheck": true,
                "Groups": [{ "GroupId": format!("sg-{}{hex}", if one == 0 { "a" } else { "b" }) }],
                "PrivateIpAddresses": [{ "Primary": true, "PrivateIpAddress": address }] });
            if one == 0 {
                let association = json!({ "PublicIp": public, "AllocationId": allocation, "IpOwnerId": id });
                interface["PrivateIpAddresses"][0]["Association"] = association.clone();
                interface["Association"] = association;
            }
            if one < 4 {
                let instance = format!("i-{one}{hex}");
                interface["Attachment"] = json!({ "InstanceId": instance, "DeviceIndex": 0, "Status": "attached" });
                let mut value = json!({ "InstanceId": instance, "VpcId": net, "SubnetId": format!("subnet-{subnet}{vpc:08x}"),
                    "ImageId": "ami-1", "InstanceType": "t3.micro", "State": { "Code": 16, "Name": "running" },
                    "PrivateIpAddress": address, "MetadataOptions": { "HttpTokens": "required", "HttpEndpoint": "enabled" },
                    "Tags": [{ "Key": "Name", "Value": format!("server-{unit}-{one}") }] });
                if one == 0 {
                    value["PublicIpAddress"] = public.clone().into();
                }
                self.add(ResourceType::Instance, region, value);
            }
            self.add(ResourceType::NetworkInterface, region, interface);
        }
        self.add(
            ResourceType::Address,
            region,
            json!({ "AllocationId": allocation, "AssociationId": format!("eipassoc-{hex}"), "Domain": "vpc", "PublicIp": public,
            "NetworkInterfaceId": format!("eni-0{hex}"), "InstanceId": format!("i-0{hex}") }),
        );
        self.identities(unit, &hex);
    }

    fn identities(&mut self, unit: usize, hex: &str) {
        let id = self.id.clone();
        let policy = format!("arn:aws:iam::{id}:policy/policy-{unit}");
        let attached = json!([{ "PolicyArn": policy, "PolicyName": format!("policy-{unit}") }]);
        self.add(
            ResourceType::User,
            "",
            json!({ "UserName": format!("user-{unit}"), "UserId": format!("AIDA{hex}"), "Path": "/",
            "Arn": format!("arn:aws:iam::{id}:user/user-{unit}"), "CreateDate": "2025-01-01T00:00:00Z",
            "AttachedManagedPolicies": attached }),
        );
        self.add(
            ResourceType::AccessKey,
            "",
            json!({ "AccessKeyId": format!("AKIA{hex:0>16}"), "UserName": format!("user-{unit}"), "Status": "Active",
            "CreateDate": if unit.is_multiple_of(3) { "2024-01-01T00:00:00Z" } else { "2026-11-01T00:00:00Z" } }),
        );
        for (letter, principal) in [
            ("a", json!({ "Service": "ec2.amazonaws.com" })),
            ("b", json!({ "AWS": format!("arn:aws:iam::{id}:role/role-a-{unit}") })),
        ] {
            self.add(
                ResourceType::Role,
                "",
                json!({ "RoleName": format!("role-{letter}-{unit}"), "RoleId": format!("AROA{letter}{hex}"), "Path": "/",
                "Arn": format!("arn:aws:iam::{id}:role/role-{letter}-{unit}"), "AttachedManagedPolicies": attached,
                "CreateDate": "2025-01-01T00:00:00Z",
                "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                    "Action": "sts:AssumeRole", "Principal": principal }] } }),
            );
        }
        let statement = json!({ "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": format!("arn:aws:s3:::bucket-{unit}/*") });
        self.add(
            ResourceType::ManagedPolicy,
            "",
            json!({ "PolicyName": format!("policy-{unit}"), "Arn": policy, "Path": "/", "PolicyId": format!("ANPA{hex}"),
            "AttachmentCount": 3, "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true,
                "Document": { "Version": "2012-10-17", "Statement": [statement] } }] }),
        );
    }
}
