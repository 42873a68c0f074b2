//! An organization as JSON in AWS's own field names, so that it can be changed and rewritten as text.

use std::collections::BTreeSet;

use driftline::arn::{AccountId, Partition, Scope};
use driftline::inventory::{Account, Cell, Inventory, Outcome, Provenance};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Value, json};

pub const REGION: &str = "eu-west-1";
pub const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];

#[derive(Debug, Clone)]
pub struct Thing {
    pub account: String,
    pub region: String,
    pub of: ResourceType,
    pub value: Value,
}

#[derive(Debug, Clone, Default)]
pub struct World {
    pub accounts: Vec<String>,
    pub things: Vec<Thing>,
    next: u32,
}

/// What of a world is left to chance.
#[derive(Debug, Clone)]
pub struct Chance {
    pub accounts: usize,
    /// Rules of groups: a port below 9000, the length of a prefix, a number for its address.
    pub rules: Vec<(u16, u8, u8)>,
    /// Actions of policies, by number.
    pub actions: Vec<u8>,
}

pub fn scope(account: &str, region: &str) -> Scope {
    Scope { partition: Partition::Aws, account: account.parse().unwrap(), region: region.parse().unwrap() }
}

impl World {
    pub fn id(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}-{:08x}", 0x0a00_0000 + self.next)
    }

    pub fn add(&mut self, account: &str, of: ResourceType, value: Value) {
        let region = if of.is_global() { "global" } else { REGION };
        self.things.push(Thing { account: account.to_owned(), region: region.to_owned(), of, value });
    }

    pub fn inventory(&self) -> Inventory {
        let mut inventory = Inventory::new(Provenance {
            tool_version: "0".to_owned(),
            taken_at: "2026-11-23T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "a test".to_owned(),
            is_import: false,
        });
        for account in &self.accounts {
            let id: AccountId = account.parse().unwrap();
            let about = Account { partition: Partition::Aws, id: id.clone(), name: None, organizational_unit: None };
            inventory.accounts.insert(id, about);
            for of in ResourceType::ALL.iter().filter(|of| !of.is_organization_wide() || account == ACCOUNTS[0]) {
                let scope = scope(account, if of.is_global() { "global" } else { REGION });
                for operation in of.operations() {
                    let place = if operation.starts_with("iam:") { scope.account_wide() } else { scope.clone() };
                    let cell = Cell { scope: place, operation: (*operation).to_owned() };
                    inventory.ledger.record(cell, Outcome::Complete);
                }
            }
        }
        for thing in &self.things {
            let resource = Resource::deserialize_as(thing.of, without_null(thing.value.clone()))
                .unwrap_or_else(|error| panic!("{}: {error}: {:#}", thing.of.name(), thing.value));
            assert!(inventory.insert(scope(&thing.account, &thing.region), resource), "{:#}", thing.value);
        }
        inventory
    }

    /// The one thing of a type that a test calls by this name.
    pub fn find(&mut self, account: &str, of: ResourceType, called: &str) -> &mut Value {
        let index = self.position(account, of, called);
        &mut self.things[index].value
    }

    pub fn position(&self, account: &str, of: ResourceType, called: &str) -> usize {
        let is = |thing: &Thing| thing.account == account && thing.of == of && name(&thing.value) == called;
        let mut found = self.things.iter().enumerate().filter(|(_, thing)| is(thing)).map(|(index, _)| index);
        let first = found.next().unwrap_or_else(|| panic!("no {} {called} in {account}", of.name()));
        assert!(found.next().is_none(), "two {} {called}", of.name());
        first
    }

    pub fn remove(&mut self, account: &str, of: ResourceType, called: &str) -> Value {
        let index = self.position(account, of, called);
        self.things.remove(index).value
    }

    /// The id of a thing that a test calls by this name.
    pub fn id_of(&mut self, account: &str, of: ResourceType, called: &str, field: &str) -> String {
        self.find(account, of, called)[field].as_str().unwrap().to_owned()
    }
}

/// To look at a member of a JSON object for writing makes one.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_null(value)))
            .collect(),
        Value::Array(all) => all.into_iter().map(without_null).collect(),
        other => other,
    }
}

/// What a test calls a thing: its name, or its `Name` tag.
fn name(value: &Value) -> String {
    const NAMES: [&str; 7] =
        ["GroupName", "PrefixListName", "UserName", "RoleName", "PolicyName", "Name", "InstanceProfileName"];
    let tag = ["Tags", "TagSet"].iter().find_map(|tags| {
        let tags = value[*tags].as_array()?;
        Some(tags.iter().find(|tag| tag["Key"] == "Name")?["Value"].as_str()?.to_owned())
    });
    let own = NAMES.iter().find_map(|field| value[*field].as_str().map(str::to_owned));
    tag.or(own).or_else(|| Some(value["DetectorId"].as_str().map(|_| "detector")?.to_owned())).unwrap_or_default()
}

pub fn named(name: &str) -> Value {
    json!([{ "Key": "Name", "Value": name }])
}

/// `tcp 22 10.0.0.0/8`, or a group's or list's id in the place of the block.
pub fn permission(protocol: &str, from: u16, to: u16, peer: &str) -> Value {
    let mut rule = json!({ "IpProtocol": protocol, "FromPort": from, "ToPort": to });
    match peer.split('-').next() {
        Some("sg") => rule["UserIdGroupPairs"] = json!([{ "GroupId": peer }]),
        Some("pl") => rule["PrefixListIds"] = json!([{ "PrefixListId": peer }]),
        _ if peer.contains(':') => rule["Ipv6Ranges"] = json!([{ "CidrIpv6": peer }]),
        _ => rule["IpRanges"] = json!([{ "CidrIp": peer }]),
    }
    rule
}

pub fn entry(number: u32, egress: bool, action: &str, protocol: &str, ports: Option<(u16, u16)>, block: &str) -> Value {
    let mut entry = json!({ "RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol });
    entry[if block.contains(':') { "Ipv6CidrBlock" } else { "CidrBlock" }] = json!(block);
    if let Some((from, to)) = ports {
        entry["PortRange"] = json!({ "From": from, "To": to });
    }
    entry
}

pub fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

pub fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

const ACTIONS: [&str; 6] =
    ["s3:GetObject", "s3:ListBucket", "ec2:Describe*", "logs:PutLogEvents", "sqs:SendMessage", "kms:Decrypt"];

/// The standard organization: in each account a VPC `prod` with something of nearly everything, a VPC `doomed` with the
/// least, and principals.
pub fn organization(chance: &Chance) -> World {
    let mut world =
        World { accounts: ACCOUNTS[..chance.accounts].iter().map(|id| (*id).to_owned()).collect(), ..World::default() };
    for (index, account) in ACCOUNTS[..chance.accounts].iter().enumerate() {
        network(&mut world, account, index as u8 + 1, chance);
        doomed(&mut world, account, index as u8 + 101);
        principals(&mut world, account, chance);
        watching(&mut world, account);
    }
    world
}

fn vpc(world: &mut World, account: &str, name: &str, block: &str) -> String {
    let (id, association) = (world.id("vpc"), world.id("vpc-cidr-assoc"));
    world.add(
        account,
        ResourceType::Vpc,
        json!({
            "VpcId": id, "OwnerId": account, "CidrBlock": block, "IsDefault": false, "State": "available",
            "InstanceTenancy": "default", "EnableDnsSupport": true, "EnableDnsHostnames": true, "Tags": named(name),
            "CidrBlockAssociationSet": [{ "AssociationId": association, "CidrBlock": block,
                "CidrBlockState": { "State": "associated" } }],
        }),
    );
    id
}

fn subnet(world: &mut World, account: &str, vpc: &str, block: &str, zone: &str, name: &str) -> String {
    let id = world.id("subnet");
    world.add(account, ResourceType::Subnet, json!({
        "SubnetId": id, "VpcId": vpc, "OwnerId": account, "CidrBlock": block, "AvailabilityZone": format!("{REGION}{zone}"),
        "MapPublicIpOnLaunch": false, "State": "available", "Tags": named(name),
    }));
    id
}

pub fn group(world: &mut World, account: &str, vpc: &str, name: &str, rules: Vec<Value>) -> String {
    let id = world.id("sg");
    world.add(
        account,
        ResourceType::SecurityGroup,
        json!({
            "GroupId": id, "GroupName": name, "VpcId": vpc, "OwnerId": account, "Description": "a group",
            "IpPermissions": rules,
            "IpPermissionsEgress": [permission("tcp", 443, 443, "0.0.0.0/0")],
        }),
    );
    id
}

fn table(world: &mut World, account: &str, vpc: &str, name: &str, subnets: &[&str], routes: Vec<Value>) -> String {
    let id = world.id("rtb");
    let mut associations: Vec<Value> = subnets
        .iter()
        .map(|subnet| {
            json!({
                "RouteTableAssociationId": world.id("rtbassoc"), "RouteTableId": id, "SubnetId": subnet, "Main": false,
                "AssociationState": { "State": "associated" },
            })
        })
        .collect();
    if subnets.is_empty() {
        let association = world.id("rtbassoc");
        associations.push(json!({ "RouteTableAssociationId": association, "RouteTableId": id, "Main": true,
            "AssociationState": { "State": "associated" } }));
    }
    world.add(
        account,
        ResourceType::RouteTable,
        json!({
            "RouteTableId": id, "VpcId": vpc, "OwnerId": account, "Associations": associations, "Routes": routes,
            "Tags": named(name),
        }),
    );
    id
}

pub fn route(block: &str, field: &str, target: &str) -> Value {
    let origin = if target == "local" { "CreateRouteTable" } else { "CreateRoute" };
    json!({ "DestinationCidrBlock": block, field: target, "State": "active", "Origin": origin })
}

fn acl(world: &mut World, account: &str, vpc: &str, name: &str, subnets: &[&str], entries: Vec<Value>) -> String {
    let id = world.id("acl");
    let associations: Vec<Value> = subnets
        .iter()
        .map(|subnet| {
            json!({
                "NetworkAclAssociationId": world.id("aclassoc"), "NetworkAclId": id, "SubnetId": subnet,
            })
        })
        .collect();
    let last =
        [entry(32767, false, "deny", "-1", None, "0.0.0.0/0"), entry(32767, true, "deny", "-1", None, "0.0.0.0/0")];
    world.add(account, ResourceType::NetworkAcl, json!({
        "NetworkAclId": id, "VpcId": vpc, "OwnerId": account, "IsDefault": name == "default", "Associations": associations,
        "Entries": entries.into_iter().chain(last).collect::<Vec<_>>(), "Tags": named(name),
    }));
    id
}

fn open() -> Vec<Value> {
    vec![entry(100, false, "allow", "-1", None, "0.0.0.0/0"), entry(100, true, "allow", "-1", None, "0.0.0.0/0")]
}

fn interface(
    world: &mut World,
    account: &str,
    name: &str,
    place: (&str, &str),
    address: &str,
    groups: &[&str],
) -> String {
    let (id, instance, attachment, (vpc, subnet)) = (world.id("eni"), world.id("i"), world.id("eni-attach"), place);
    let groups: Vec<Value> = groups.iter().map(|id| json!({ "GroupId": id })).collect();
    world.add(
        account,
        ResourceType::NetworkInterface,
        json!({
            "NetworkInterfaceId": id, "VpcId": vpc, "SubnetId": subnet, "OwnerId": account, "Groups": groups,
            "InterfaceType": "interface", "PrivateIpAddress": address, "SourceDestCheck": true, "Status": "in-use",
            "RequesterManaged": false, "TagSet": named(name),
            "PrivateIpAddresses": [{ "Primary": true, "PrivateIpAddress": address }],
            "Attachment": { "AttachmentId": attachment, "DeviceIndex": 0, "InstanceId": instance, "Status": "attached",
                "AttachTime": "2026-01-01T00:00:00Z" },
        }),
    );
    world.add(account, ResourceType::Instance, json!({
        "InstanceId": instance, "VpcId": vpc, "SubnetId": subnet, "ImageId": "ami-1", "InstanceType": "t3.micro",
        "State": { "Code": 16, "Name": "running" }, "PrivateIpAddress": address, "LaunchTime": "2026-01-01T00:00:00Z",
        "MetadataOptions": { "HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1 },
        "Tags": named(name),
    }));
    id
}

fn network(world: &mut World, account: &str, number: u8, chance: &Chance) {
    let prod = vpc(world, account, "prod", &format!("10.{number}.0.0/16"));
    let subnets: Vec<String> = ["a", "b", "c"]
        .iter()
        .enumerate()
        .map(|(index, zone)| {
            subnet(world, account, &prod, &format!("10.{number}.{}.0/24", index + 1), zone, &format!("subnet-{zone}"))
        })
        .collect();
    let [a, b, c] = [subnets[0].as_str(), &subnets[1], &subnets[2]];
    let igw = world.id("igw");
    world.add(account, ResourceType::InternetGateway, json!({
        "InternetGatewayId": igw, "OwnerId": account, "Attachments": [{ "State": "available", "VpcId": prod }], "Tags": named("door"),
    }));
    let loose = world.id("igw");
    world.add(
        account,
        ResourceType::InternetGateway,
        json!({
            "InternetGatewayId": loose, "OwnerId": account, "Attachments": [], "Tags": named("loose"),
        }),
    );
    let nat = world.id("nat");
    world.add(account, ResourceType::NatGateway, json!({
        "NatGatewayId": nat, "VpcId": prod, "SubnetId": a, "State": "available", "ConnectivityType": "public", "Tags": named("nat"),
    }));
    let list = world.id("pl");
    world.add(account, ResourceType::PrefixList, json!({
        "PrefixListId": list, "PrefixListName": "offices", "OwnerId": account, "AddressFamily": "IPv4", "State": "create-complete",
        "MaxEntries": 10, "Version": 3, "Entries": [{ "Cidr": "198.41.0.0/24" }, { "Cidr": "198.41.1.0/24" }],
    }));
    let rules: Vec<Value> = chance
        .rules
        .iter()
        .map(|(port, length, place)| {
            let length = 8 + length % 25;
            permission("tcp", port % 9000, port % 9000 + u16::from(*place) % 50, &format!("52.{place}.0.0/{length}"))
        })
        .collect();
    let web = group(world, account, &prod, "web", [rules.clone(), vec![permission("tcp", 8443, 8443, &list)]].concat());
    group(world, account, &prod, "narrow", [rules.clone(), vec![permission("udp", 9100, 9100, "52.0.0.0/8")]].concat());
    group(world, account, &prod, "other", [rules, vec![permission("udp", 9200, 9200, "52.0.0.0/8")]].concat());
    let (one, other) = (world.id("sg"), world.id("sg"));
    for (id, peer, name) in [(&one, &other, "left"), (&other, &one, "right")] {
        world.add(
            account,
            ResourceType::SecurityGroup,
            json!({
                "GroupId": id, "GroupName": name, "VpcId": prod, "OwnerId": account, "Description": "a group",
                "IpPermissions": [permission("tcp", 5432, 5432, peer)], "IpPermissionsEgress": [],
            }),
        );
    }
    let gone = group(world, account, &prod, "gone", vec![]);
    group(
        world,
        account,
        &prod,
        "naming",
        vec![permission("tcp", 6379, 6379, &gone), permission("tcp", 6380, 6380, "10.0.0.0/8")],
    );
    let wide = group(world, account, &prod, "wide", vec![permission("tcp", 9300, 9300, "52.0.0.0/8")]);
    interface(world, account, "server", (&prod, a), &format!("10.{number}.1.10"), &[&web]);
    interface(world, account, "second", (&prod, b), &format!("10.{number}.2.10"), &[&web]);
    interface(world, account, "third", (&prod, c), &format!("10.{number}.3.10"), &[&web, &wide]);
    let address = world.id("eipalloc");
    world.add(
        account,
        ResourceType::Address,
        json!({
            "AllocationId": address, "PublicIp": format!("52.20.0.{number}"), "Domain": "vpc", "Tags": named("address"),
        }),
    );
    let local = route(&format!("10.{number}.0.0/16"), "GatewayId", "local");
    table(world, account, &prod, "main", &[], vec![local.clone()]);
    table(world, account, &prod, "public", &[a, c], vec![local.clone(), route("0.0.0.0/0", "GatewayId", &igw)]);
    table(world, account, &prod, "private", &[b], vec![local.clone(), route("0.0.0.0/0", "NatGatewayId", &nat)]);
    table(world, account, &prod, "spare", &[], vec![local]);
    // Only one table is main.
    world.find(account, ResourceType::RouteTable, "spare")["Associations"] = json!([]);
    acl(world, account, &prod, "default", &[a, b], open());
    acl(
        world,
        account,
        &prod,
        "strict",
        &[c],
        [
            vec![
                entry(50, false, "deny", "17", Some((9900, 9900)), "0.0.0.0/0"),
                entry(60, false, "deny", "17", Some((9950, 9950)), "0.0.0.0/0"),
            ],
            open(),
        ]
        .concat(),
    );
    let log = world.id("fl");
    world.add(account, ResourceType::FlowLog, json!({
        "FlowLogId": log, "ResourceId": prod, "TrafficType": "ALL", "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS",
        "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::logs", "Tags": named("log"),
    }));
    let endpoint = world.id("vpce");
    world.add(account, ResourceType::VpcEndpoint, json!({
        "VpcEndpointId": endpoint, "VpcEndpointType": "Gateway", "VpcId": prod, "ServiceName": "com.amazonaws.eu-west-1.s3",
        "State": "available", "OwnerId": account, "PolicyDocument": document(&[json!({ "Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*" })]), "Tags": named("endpoint"),
    }));
}

/// A VPC that goes as a whole.
fn doomed(world: &mut World, account: &str, number: u8) {
    let doomed = vpc(world, account, "doomed", &format!("10.{number}.0.0/16"));
    let inner = subnet(world, account, &doomed, &format!("10.{number}.1.0/24"), "a", "inner");
    group(world, account, &doomed, "inside", vec![permission("tcp", 22, 22, "10.0.0.0/8")]);
    table(
        world,
        account,
        &doomed,
        "doomed-main",
        &[],
        vec![route(&format!("10.{number}.0.0/16"), "GatewayId", "local")],
    );
    acl(world, account, &doomed, "default", &[&inner], open());
    // Two ACLs are called `default`, each in its VPC: a test never asks for this one by its name.
    let last = world.things.len() - 1;
    world.things[last].value["Tags"] = json!([]);
}

fn principals(world: &mut World, account: &str, chance: &Chance) {
    let statements: Vec<Value> = chance
        .actions
        .iter()
        .map(|number| {
            allow(ACTIONS[usize::from(*number) % ACTIONS.len()], &format!("arn:aws:s3:::bucket-{}/*", number / 8))
        })
        .collect();
    let statements = if statements.is_empty() { vec![allow("s3:GetObject", "*")] } else { statements };
    let arn = |kind: &str, name: &str| format!("arn:aws:iam::{account}:{kind}/{name}");
    for (name, more) in [
        ("alice", json!({})),
        ("bob", json!({})),
        (
            "carol",
            json!({
        "PermissionsBoundary": { "PermissionsBoundaryArn": arn("policy", "fence") } }),
        ),
    ] {
        let mut user = json!({
            "UserName": name, "UserId": format!("AIDA{}", name.to_uppercase()), "Arn": arn("user", name), "Path": "/",
            "GroupList": ["staff"], "UserPolicyList": [{ "PolicyName": "own", "PolicyDocument": document(&statements) }],
            "AttachedManagedPolicies": [],
        });
        for (key, value) in more.as_object().unwrap() {
            user[key] = value.clone();
        }
        world.add(account, ResourceType::User, user);
    }
    for name in ["staff", "wheel"] {
        world.add(
            account,
            ResourceType::Group,
            json!({
                "GroupName": name, "GroupId": format!("AGPA{name}"), "Arn": arn("group", name), "Path": "/",
                "GroupPolicyList": [{ "PolicyName": "common", "PolicyDocument": document(&statements) }],
            }),
        );
    }
    let trust = |who: Value| document(&[json!({ "Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole" })]);
    for name in ["deployer", "auditor", "phoenix"] {
        world.add(account, ResourceType::Role, json!({
            "RoleName": name, "RoleId": format!("AROA{}", name.to_uppercase()), "Arn": arn("role", name), "Path": "/",
            "AssumeRolePolicyDocument": trust(json!({ "AWS": [account, arn("user", "alice")] })),
            "RolePolicyList": [], "AttachedManagedPolicies": [{ "PolicyArn": arn("policy", "fence") }],
            "RoleLastUsed": { "LastUsedDate": "2026-11-01T00:00:00Z", "Region": REGION },
        }));
    }
    for name in ["fence", "power"] {
        let document = if name == "power" { document(&[allow("*", "*")]) } else { document(&statements) };
        world.add(account, ResourceType::ManagedPolicy, json!({
            "PolicyName": name, "PolicyId": format!("ANPA{name}"), "Arn": arn("policy", name), "Path": "/", "DefaultVersionId": "v1",
            "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": document }],
        }));
    }
    world.add(account, ResourceType::AccessKey, json!({
        "AccessKeyId": format!("AKIABOB{account}"), "UserName": "bob", "Status": "Active", "CreateDate": "2026-01-01T00:00:00Z",
    }));
    world.add(account, ResourceType::AccessKey, json!({
        "AccessKeyId": format!("AKIACAROL{account}"), "UserName": "carol", "Status": "Inactive", "CreateDate": "2026-01-01T00:00:00Z",
    }));
    world.add(
        account,
        ResourceType::VirtualMfaDevice,
        json!({
            "SerialNumber": format!("arn:aws:iam::{account}:mfa/alice"), "UserArn": arn("user", "alice"),
        }),
    );
}

fn watching(world: &mut World, account: &str) {
    world.add(account, ResourceType::Trail, json!({
        "TrailARN": format!("arn:aws:cloudtrail:{REGION}:{account}:trail/audit"), "Name": "audit", "HomeRegion": REGION,
        "IsMultiRegionTrail": true, "LogFileValidationEnabled": true, "S3BucketName": "logs",
        "TrailStatus": { "IsLogging": true, "LatestDeliveryTime": "2026-11-22T00:00:00Z" },
    }));
    world.add(
        account,
        ResourceType::Detector,
        json!({
            "DetectorId": format!("d{account}"), "Status": "ENABLED", "Features": [],
            "CreatedAt": "2026-01-01T00:00:00Z",
        }),
    );
    world.add(
        account,
        ResourceType::ConfigurationRecorder,
        json!({
            "name": "default", "configurationRecorderStatus": { "recording": true, "lastStatus": "SUCCESS" },
            "recordingGroup": { "allSupported": true, "includeGlobalResourceTypes": true },
        }),
    );
}

/// Every id that AWS makes up, that could be another after a rebuild.
pub fn made_ids(world: &World) -> BTreeSet<String> {
    let own = |thing: &Thing| {
        let field = match thing.of {
            ResourceType::Vpc => "VpcId",
            ResourceType::Subnet => "SubnetId",
            ResourceType::SecurityGroup => "GroupId",
            ResourceType::RouteTable => "RouteTableId",
            ResourceType::NetworkAcl => "NetworkAclId",
            ResourceType::InternetGateway => "InternetGatewayId",
            ResourceType::NatGateway => "NatGatewayId",
            ResourceType::PrefixList => "PrefixListId",
            ResourceType::NetworkInterface => "NetworkInterfaceId",
            ResourceType::Instance => "InstanceId",
            ResourceType::Address => "AllocationId",
            ResourceType::FlowLog => "FlowLogId",
            ResourceType::VpcEndpoint => "VpcEndpointId",
            ResourceType::Detector => "DetectorId",
            _ => return None,
        };
        thing.value[field].as_str().map(str::to_owned)
    };
    world.things.iter().filter_map(own).collect()
}
