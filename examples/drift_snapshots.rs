//! Makes two snapshots of an organization that differ in so many resources, to measure `driftline diff` on:
//! `cargo run --release --no-default-features --example drift_snapshots -- FOLDER ACCOUNTS RESOURCES CHANGES`
//! writes `old.dls` and `new.dls` with that many resources in each account and that many changes in all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that cannot go on says so by a panic"
)]

use std::collections::BTreeMap;
use std::path::Path;

use driftline::arn::{AccountId, Partition, Region, Scope};
use driftline::inventory::snapshot::{PROVENANCE, PartInfo, Snapshot, encode, encode_provenance};
use driftline::inventory::{Account, Cell, Inventory, Outcome, Provenance};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

const REGION: &str = "eu-west-1";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, accounts, resources, changes] = arguments.as_slice() else {
        println!("wanted: FOLDER ACCOUNTS RESOURCES CHANGES");
        return;
    };
    let [accounts, resources, changes] =
        [accounts, resources, changes].map(|number| number.parse::<usize>().expect("a number"));
    for (name, changes) in [("old.dls", 0), ("new.dls", changes)] {
        let provenance = Provenance {
            tool_version: "0.1.0".to_owned(),
            taken_at: "2026-11-23T00:00:00Z".parse().expect("a time"),
            caller: None,
            source: format!("{accounts} made accounts"),
            is_import: false,
        };
        let mut store = BTreeMap::from([(PROVENANCE.to_owned(), encode_provenance(&provenance).expect("JSON"))]);
        for number in 0..accounts {
            // Spread over the accounts; the first have one more.
            let own = changes / accounts + usize::from(number < changes % accounts);
            let part = account(number, resources, own, &provenance);
            store.insert(format!("accounts/{:012}.ndjson.zst", 100_000_000_000 + number), encode(&part).expect("JSON"));
        }
        let parts = store.iter().map(|(name, bytes)| (name.clone(), PartInfo::of(bytes))).collect();
        let snapshot = Snapshot::of_parts(Box::new(store), parts).expect("a snapshot");
        let file = std::fs::File::create(Path::new(folder).join(name)).expect("a file");
        snapshot.write_archive(std::io::BufWriter::new(file)).expect("a file");
    }
    println!("{accounts} accounts with {resources} resources each, {changes} changes");
}

fn account(number: usize, resources: usize, changes: usize, provenance: &Provenance) -> Inventory {
    let id: AccountId = format!("{:012}", 100_000_000_000 + number).parse().expect("an account");
    let scope = |region: &str| Scope {
        partition: Partition::Aws,
        account: id.clone(),
        region: region.parse().expect("a region"),
    };
    let mut inventory = Inventory::new(provenance.clone());
    let about = Account { partition: Partition::Aws, id: id.clone(), name: None, organizational_unit: None };
    inventory.accounts.insert(id.clone(), about);
    for of in ResourceType::ALL.iter().filter(|of| !of.is_organization_wide()) {
        for operation in of.operations() {
            let place = scope(if of.is_global() || operation.starts_with("iam:") { Region::GLOBAL } else { REGION });
            inventory.ledger.record(Cell { scope: place, operation: (*operation).to_owned() }, Outcome::Complete);
        }
    }
    let mut add = |of: ResourceType, value: Value| {
        let place = scope(if of.is_global() { Region::GLOBAL } else { REGION });
        inventory.insert(place, Resource::deserialize_as(of, value).expect("a resource"));
    };
    let named = |name: &str| json!([{ "Key": "Name", "Value": name }]);
    add(
        ResourceType::Vpc,
        json!({ "VpcId": "vpc-0a000001", "OwnerId": id, "CidrBlock": "10.0.0.0/8", "IsDefault": false, "Tags": named("prod") }),
    );
    add(
        ResourceType::Subnet,
        json!({ "SubnetId": "subnet-0a000001", "VpcId": "vpc-0a000001", "OwnerId": id,
        "CidrBlock": "10.0.0.0/16", "AvailabilityZone": "eu-west-1a" }),
    );
    add(
        ResourceType::InternetGateway,
        json!({ "InternetGatewayId": "igw-0a000001", "OwnerId": id,
        "Attachments": [{ "State": "available", "VpcId": "vpc-0a000001" }] }),
    );
    add(
        ResourceType::RouteTable,
        json!({ "RouteTableId": "rtb-0a000001", "VpcId": "vpc-0a000001", "OwnerId": id,
        "Associations": [{ "Main": true, "RouteTableAssociationId": "rtbassoc-1" }],
        "Routes": [{ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a000001", "State": "active" }] }),
    );
    add(
        ResourceType::NetworkAcl,
        json!({ "NetworkAclId": "acl-0a000001", "VpcId": "vpc-0a000001", "OwnerId": id, "IsDefault": true,
        "Associations": [{ "SubnetId": "subnet-0a000001", "NetworkAclId": "acl-0a000001" }],
        "Entries": [{ "Egress": false, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0" },
                    { "Egress": true, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0" }] }),
    );
    // Of each five resources beyond these: a group, an interface, an instance, a role, a policy.
    for one in 0..resources.saturating_sub(5) / 5 {
        let changed = one < changes;
        let hex = format!("{one:08x}");
        let port = if changed { 22 } else { 443 };
        add(
            ResourceType::SecurityGroup,
            json!({ "GroupId": format!("sg-{hex}"), "GroupName": format!("group-{one}"), "VpcId": "vpc-0a000001",
            "OwnerId": id, "IpPermissions": [
                { "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] },
                { "IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8090, "IpRanges": [{ "CidrIp": format!("10.{}.0.0/16", one % 250) }] }],
            "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] }),
        );
        let address = format!("10.0.{}.{}", one / 250 % 250, one % 250);
        add(
            ResourceType::NetworkInterface,
            json!({ "NetworkInterfaceId": format!("eni-{hex}"), "VpcId": "vpc-0a000001",
            "SubnetId": "subnet-0a000001", "OwnerId": id, "Groups": [{ "GroupId": format!("sg-{hex}") }], "PrivateIpAddress": address,
            "SourceDestCheck": true, "Attachment": { "InstanceId": format!("i-{hex}"), "DeviceIndex": 0 },
            "PrivateIpAddresses": [{ "Primary": true, "PrivateIpAddress": address }] }),
        );
        add(
            ResourceType::Instance,
            json!({ "InstanceId": format!("i-{hex}"), "VpcId": "vpc-0a000001", "SubnetId": "subnet-0a000001",
            "ImageId": "ami-1", "InstanceType": "t3.micro", "State": { "Code": 16, "Name": "running" }, "PrivateIpAddress": address,
            "Tags": named(&format!("server-{one}")) }),
        );
        let statement = json!({ "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": format!("arn:aws:s3:::bucket-{one}/*") });
        let policy = format!("arn:aws:iam::{id}:policy/policy-{one}");
        add(
            ResourceType::Role,
            json!({ "RoleName": format!("role-{one}"), "RoleId": format!("AROA{hex}"), "Path": "/",
            "Arn": format!("arn:aws:iam::{id}:role/role-{one}"), "AttachedManagedPolicies": [{ "PolicyArn": policy }],
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": { "Service": "ec2.amazonaws.com" } }] } }),
        );
        add(
            ResourceType::ManagedPolicy,
            json!({ "PolicyName": format!("policy-{one}"), "Arn": policy, "Path": "/", "PolicyId": format!("ANPA{hex}"),
            "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true,
                "Document": { "Version": "2012-10-17", "Statement": [statement] } }] }),
        );
    }
    inventory
}
