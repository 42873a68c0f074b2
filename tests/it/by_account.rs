//! An organization that is judged account by account, each over what is known
//! of the others, comes out as if it were judged as a whole.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use driftline::arn::{AccountId, Partition, Scope};
use driftline::catalog::Catalog;
use driftline::evaluate::{self, Judgement, Options};
use driftline::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason, Surroundings};
use driftline::model::escalation::{Abroad, Finding, Goal, Look, Wanted, Ways, Whole};
use driftline::model::{Model, Value, facts};
use driftline::resource::{Resource, ResourceType};
use proptest::prelude::*;
use serde_json::json;

const ACCOUNTS: [&str; 4] = ["111111111111", "222222222222", "333333333333", "444444444444"];

fn now() -> jiff::Timestamp {
    "2026-11-23T00:00:00Z".parse().unwrap()
}

fn scope(account: &str, region: &str) -> Scope {
    Scope { partition: Partition::Aws, account: account.parse().unwrap(), region: region.parse().unwrap() }
}

/// Each account's inventory over the surroundings of all.
pub fn split(inventory: &Inventory) -> Vec<Inventory> {
    let parts = inventory.clone().into_accounts();
    let mut surroundings = Surroundings::default();
    // In no order that matters.
    parts.values().rev().for_each(|part| surroundings.note(part));
    let owners: Vec<AccountId> = surroundings.owners().cloned().collect();
    owners.iter().filter_map(|owner| parts.get(owner)).for_each(|part| surroundings.note_owner(part));
    let surroundings = Arc::new(surroundings);
    parts.into_iter().map(|(id, part)| part.over(id, Arc::clone(&surroundings))).collect()
}

/// The ways of all accounts together.
struct Known(Whole);

impl Ways for Known {
    fn of_account(&self, account: &AccountId) -> Option<Vec<Finding>> {
        self.0.of_account(account)
    }
}

fn ways(parts: &[Inventory]) -> Known {
    let mut abroad = Abroad::default();
    parts.iter().rev().for_each(|part| abroad.note(part));
    let look = |part: &Inventory| {
        let account = part.accounts.keys().next().unwrap();
        let mut beside = part.clone();
        abroad.put_beside(account, &mut beside);
        Look::at(&Model::new(&beside, now()), account, Goal::Administrators, Wanted::Remarkable)
    };
    Known(Whole::of(parts.iter().map(look)))
}

/// Scope, type, resource and fact.
type Asked = (Scope, ResourceType, String, &'static str);

/// Every fact of the inventory's own resources.
fn all_facts(model: &Model<'_>) -> BTreeMap<Asked, Value> {
    let mut all = BTreeMap::new();
    for of in ResourceType::ALL {
        for (scope, subject) in model.subjects(*of) {
            for (index, field) in facts::table(*of).iter().enumerate() {
                let asked = (scope.clone(), *of, subject.id().to_owned(), field.name);
                all.insert(asked, facts::value(model, scope, subject, index));
            }
        }
    }
    all
}

fn verdicts(model: &Model<'_>) -> Judgement {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);
    evaluate::judge(&CATALOG, model, Options { passes: true })
}

pub fn assert_the_same(whole: &Inventory) {
    let parts = split(whole);
    let ways = ways(&parts);
    let whole = Model::new(whole, now());
    let models: Vec<Model<'_>> = parts.iter().map(|part| Model::new(part, now()).among(&ways)).collect();
    let expected = all_facts(&whole);
    let found: BTreeMap<Asked, Value> = models.iter().flat_map(all_facts).collect();
    for (asked, value) in &expected {
        assert_eq!(Some(value), found.get(asked), "{asked:?}");
    }
    assert_eq!(expected.len(), found.len());
    let mut judged = Judgement::default();
    models.iter().map(verdicts).for_each(|one| judged.absorb(one));
    judged.sort();
    assert_eq!(verdicts(&whole), judged);
    crate::fingerprints::assert_distinct(&judged.findings);
}

/// One choice of many: an account, another one, two ids and a flag.
type Choice = (usize, usize, usize, usize, bool);

/// A VPC belongs to the account of its number; each choice puts a resource somewhere, or keeps a call from being answered.
fn organization(shared: &[(usize, usize)], choices: &[(u8, Choice)]) -> Inventory {
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0".to_owned(),
        taken_at: now(),
        caller: None,
        source: "a test".to_owned(),
        is_import: false,
    });
    let mut add = |account: &str, region: &str, of: ResourceType, fields: serde_json::Value| {
        inventory.insert(scope(account, region), Resource::deserialize_as(of, fields).unwrap());
    };
    let owner = |vpc: usize| ACCOUNTS[vpc % ACCOUNTS.len()];
    for (vpc, owner) in ACCOUNTS.iter().enumerate() {
        add(
            owner,
            "eu-west-1",
            ResourceType::Vpc,
            json!({"VpcId": format!("vpc-{vpc}"), "OwnerId": owner, "IsDefault": false}),
        );
    }
    let sees = |account: usize, vpc: usize| owner(vpc) == ACCOUNTS[account] || shared.contains(&(account, vpc));
    for (kind, (account, other, a, b, flag)) in choices {
        let (me, them) = (ACCOUNTS[*account], ACCOUNTS[*other]);
        // Nobody has anything in a VPC that is not shared with them.
        let vpc = if sees(*account, *a) { *a } else { *account };
        let (vpc_id, of_vpc) = (format!("vpc-{vpc}"), owner(vpc));
        let (subnet, group) = (format!("subnet-{vpc}-{b}"), format!("sg-{me}-{b}"));
        let (of, region, fields) = match kind % 24 {
            0 => (ResourceType::Subnet, "eu-west-1", json!({"SubnetId": subnet, "OwnerId": of_vpc, "VpcId": vpc_id})),
            1 => {
                let pairs = json!([{"GroupId": format!("sg-{them}-{a}"), "UserId": them}]);
                let rule = json!([{"IpProtocol": "-1", "UserIdGroupPairs": pairs}]);
                let open = json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
                let rules = if *flag {
                    rule
                } else if a % 2 == 0 {
                    open
                } else {
                    json!([])
                };
                (
                    ResourceType::SecurityGroup,
                    "eu-west-1",
                    json!({"GroupId": group, "GroupName": group, "OwnerId": me, "VpcId": vpc_id, "IpPermissions": rules}),
                )
            }
            2 => {
                let worn = if *flag { group } else { format!("sg-{of_vpc}-{b}") };
                let fields = json!({
                    "NetworkInterfaceId": format!("eni-{me}-{b}"), "OwnerId": me, "VpcId": vpc_id, "SubnetId": subnet,
                    "Groups": [{"GroupId": worn}], "PrivateIpAddress": format!("10.{vpc}.{b}.{}", 10 + account),
                    "Association": {"PublicIp": format!("54.{vpc}.{b}.{}", 10 + account)},
                    "Attachment": {"InstanceId": format!("i-{me}-{b}"), "DeviceIndex": 0},
                });
                (ResourceType::NetworkInterface, "eu-west-1", fields)
            }
            3 => {
                let what = if *flag { subnet } else { vpc_id };
                let fields = json!({
                    "FlowLogId": format!("fl-{me}-{b}"), "ResourceId": what, "FlowLogStatus": "ACTIVE", "TrafficType": "ALL",
                });
                (ResourceType::FlowLog, "eu-west-1", fields)
            }
            // Tables and gateways are the owner's, in its own VPC.
            4 => {
                let mut association = json!({"RouteTableAssociationId": format!("a-{b}"), "Main": *flag, "AssociationState": {"State": "associated"}});
                if !flag {
                    association["SubnetId"] = json!(format!("subnet-{account}-{b}"));
                }
                let fields = json!({
                    "RouteTableId": format!("rtb-{me}-{b}"), "OwnerId": me, "VpcId": format!("vpc-{account}"),
                    "Associations": [association],
                    "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": format!("igw-{account}"), "State": "active"}],
                });
                (ResourceType::RouteTable, "eu-west-1", fields)
            }
            5 => {
                let attached = json!([{"State": "available", "VpcId": format!("vpc-{account}")}]);
                let fields =
                    json!({"InternetGatewayId": format!("igw-{account}"), "OwnerId": me, "Attachments": attached});
                (ResourceType::InternetGateway, "eu-west-1", fields)
            }
            6 => {
                let region = if *flag { "eu-west-1" } else { "us-east-1" };
                let arn = format!("arn:aws:cloudtrail:eu-west-1:{them}:trail/t{b}");
                let mut fields = json!({
                    "TrailARN": arn, "Name": format!("t{b}"), "S3BucketName": format!("logs-{b}"), "HomeRegion": "eu-west-1", "IsMultiRegionTrail": true,
                    "IsOrganizationTrail": true,
                });
                if a % 2 == 0 && *flag {
                    fields["TrailStatus"] = json!({"IsLogging": b % 2 == 0});
                }
                (ResourceType::Trail, region, fields)
            }
            7 => {
                let of = if *flag { "ORGANIZATION" } else { "ACCOUNT" };
                let arn = format!("arn:aws:access-analyzer:eu-west-1:{me}:analyzer/{b}");
                (
                    ResourceType::Analyzer,
                    "eu-west-1",
                    json!({"arn": arn, "name": format!("{b}"), "type": of, "status": "ACTIVE"}),
                )
            }
            8 => {
                let side = |owner: &str, vpc: usize| json!({"OwnerId": owner, "VpcId": format!("vpc-{vpc}"), "Region": "eu-west-1"});
                let fields = json!({
                    "VpcPeeringConnectionId": format!("pcx-{account}-{other}"), "RequesterVpcInfo": side(me, *account),
                    "AccepterVpcInfo": side(them, *other), "Status": {"Code": "active"},
                });
                (ResourceType::VpcPeeringConnection, "eu-west-1", fields)
            }
            9 => {
                let mut fields =
                    json!({"PrefixListId": format!("pl-{a}"), "PrefixListName": "x", "OwnerId": owner(*a)});
                if *flag {
                    fields["Entries"] = json!([{"Cidr": format!("10.{account}.{b}.0/24")}]);
                }
                (ResourceType::PrefixList, "eu-west-1", fields)
            }
            10 => {
                let id = if *flag { them.to_owned() } else { format!("99999999999{b}") };
                let arn = format!("arn:aws:organizations::{me}:account/o-1/{id}");
                (
                    ResourceType::OrganizationAccount,
                    "global",
                    json!({"Id": id, "Arn": arn, "Name": "x", "State": "ACTIVE"}),
                )
            }
            12 => {
                let entry = |egress: bool| json!({"Egress": egress, "RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"});
                let entries = if *flag { json!([entry(true), entry(false)]) } else { json!([entry(false)]) };
                let fields = json!({
                    "NetworkAclId": format!("acl-{me}-{b}"), "OwnerId": me, "VpcId": format!("vpc-{account}"), "IsDefault": *flag,
                    "Associations": [{"SubnetId": format!("subnet-{account}-{a}")}], "Entries": entries,
                });
                (ResourceType::NetworkAcl, "eu-west-1", fields)
            }
            13 => {
                let mode = if *flag { "block-ingress" } else { "off" };
                let fields = json!({"AwsAccountId": me, "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": mode, "State": "update-complete"});
                (ResourceType::VpcBlockPublicAccessOptions, "eu-west-1", fields)
            }
            14 => {
                let fields = json!({
                    "ExclusionId": format!("x-{b}"), "ResourceArn": format!("arn:aws:ec2:eu-west-1:{me}:vpc/vpc-{account}"),
                    "InternetGatewayExclusionMode": "allow-bidirectional", "State": if *flag { "create-complete" } else { "delete-complete" },
                });
                (ResourceType::VpcBlockPublicAccessExclusion, "eu-west-1", fields)
            }
            15 => {
                let state = if *flag { "running" } else { "stopped" };
                let fields = json!({"InstanceId": format!("i-{me}-{b}"), "VpcId": vpc_id, "State": {"Name": state}});
                (ResourceType::Instance, "eu-west-1", fields)
            }
            // What a participant sees of a shared VPC.
            16 => {
                let fields = json!({"VpcId": vpc_id, "OwnerId": of_vpc, "IsDefault": false});
                (ResourceType::Vpc, "eu-west-1", fields)
            }
            17 => {
                let arn = format!("arn:aws:elasticloadbalancing:eu-west-1:{me}:loadbalancer/net/lb{b}/{vpc}");
                let target = format!("arn:aws:elasticloadbalancing:eu-west-1:{me}:targetgroup/tg{b}/{vpc}");
                let mut fields = json!({
                    "LoadBalancerArn": arn, "LoadBalancerName": format!("lb{b}"), "Scheme": "internet-facing", "VpcId": vpc_id,
                    "Type": "network", "AvailabilityZones": [{"SubnetId": subnet}],
                });
                if *flag {
                    fields["Listeners"] = json!([{"Port": 443, "Protocol": "TCP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": target}]}]);
                }
                (ResourceType::LoadBalancer, "eu-west-1", fields)
            }
            18 => {
                let target = format!("arn:aws:elasticloadbalancing:eu-west-1:{me}:targetgroup/tg{b}/{vpc}");
                let mut fields = json!({
                    "TargetGroupArn": target, "TargetGroupName": format!("tg{b}"), "Protocol": "TCP", "Port": 443, "VpcId": vpc_id,
                    "TargetType": "ip",
                });
                if *flag {
                    let id = format!("10.{vpc}.{b}.{}", 10 + other);
                    fields["TargetHealthDescriptions"] =
                        json!([{"Target": {"Id": id, "Port": 443}, "TargetHealth": {"State": "healthy"}}]);
                }
                (ResourceType::TargetGroup, "eu-west-1", fields)
            }
            19 => {
                let fields = json!({
                    "AcceleratorArn": format!("arn:aws:globalaccelerator::{me}:accelerator/{b}"), "Enabled": true,
                    "Listeners": [{"Protocol": "TCP", "PortRanges": [{"FromPort": 443, "ToPort": 443}], "EndpointGroups": [{
                        "EndpointGroupRegion": "eu-west-1",
                        "EndpointDescriptions": [{"EndpointId": format!("i-{them}-{b}"), "ClientIPPreservationEnabled": *flag}]}]}],
                });
                (ResourceType::Accelerator, "global", fields)
            }
            20 => {
                let mut fields =
                    json!({"PolicyName": "X", "Arn": "arn:aws:iam::aws:policy/X", "DefaultVersionId": "v1"});
                if *flag {
                    let all = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
                    fields["Document"] = json!({"Version": "2012-10-17", "Statement": all});
                }
                (ResourceType::AwsManagedPolicy, "global", fields)
            }
            // A name is one bucket, whoever asks for it.
            21 if account == b => {
                let mut fields = json!({"Name": format!("logs-{b}"), "Logging": {}, "Versioning": {}, "Acl": {}});
                fields["PublicAccessBlockConfiguration"] =
                    json!({"IgnorePublicAcls": flag, "RestrictPublicBuckets": flag});
                let service = json!({"Service": "cloudtrail.amazonaws.com"});
                let whom = if other % 2 == 0 { json!("*") } else { service };
                if *flag {
                    let allow = json!([{"Effect": "Allow", "Principal": whom, "Action": "s3:PutObject", "Resource": "*"},
                        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl", "Resource": "*"}]);
                    fields["BucketPolicy"] = json!({"Policy": {"Version": "2012-10-17", "Statement": allow}});
                }
                (ResourceType::Bucket, "eu-west-1", fields)
            }
            22 => {
                let flags = json!({"BlockPublicAcls": flag, "IgnorePublicAcls": flag, "BlockPublicPolicy": flag, "RestrictPublicBuckets": flag});
                let fields = json!({"AccountId": me, "PublicAccessBlockConfiguration": flags});
                (ResourceType::AccountPublicAccessBlock, "global", fields)
            }
            // Some of these addresses an interface of somebody's has.
            23 => {
                let records = json!([{"Name": "a.example.", "Type": "A", "Addresses": [format!("54.{a}.{b}.{}", 10 + other), "10.0.0.1"]}]);
                let fields = json!({"Id": format!("/hostedzone/Z{me}{b}"), "Name": "example.", "Config": {"PrivateZone": false}, "ResourceRecordSets": records});
                (ResourceType::HostedZone, "global", fields)
            }
            _ => {
                let own = match a {
                    0 => json!([]),
                    1 => json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]),
                    2 => {
                        json!([{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": format!("arn:aws:iam::{me}:role/r{b}")}])
                    }
                    _ => json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]),
                };
                let own = json!([{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": own}}]);
                let attached = json!([{"PolicyName": "X", "PolicyArn": "arn:aws:iam::aws:policy/X"}]);
                let attached = if other % 2 == 0 { attached } else { json!([]) };
                let principal = format!("arn:aws:iam::{}:root", if *flag { them } else { "999999999990" });
                let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": principal}}]});
                let fields = json!({
                    "RoleName": format!("r{b}"), "RoleId": format!("AROA{b}"), "Path": "/", "Arn": format!("arn:aws:iam::{me}:role/r{b}"),
                    "CreateDate": "2020-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust,
                    "RolePolicyList": own, "AttachedManagedPolicies": attached, "InstanceProfileList": [], "Tags": [],
                });
                (ResourceType::Role, "global", fields)
            }
        };
        add(me, region, of, fields);
    }
    for (number, id) in ACCOUNTS.iter().enumerate() {
        let id: AccountId = id.parse().unwrap();
        let organizational_unit = Some("o-1/r-1".to_owned()).filter(|_| number > 0);
        inventory
            .accounts
            .insert(id.clone(), Account { partition: Partition::Aws, id, name: None, organizational_unit });
    }
    // What each account meant to read; a choice decides which call failed.
    let failed = |account: usize, operation: &str| {
        choices.iter().any(|(_, (a, _, x, y, flag))| *a == account && *flag && (x * 5 + y) % 17 == operation.len() % 17)
    };
    for (number, account) in ACCOUNTS.iter().enumerate() {
        for of in ResourceType::ALL {
            let regions: &[&str] = if of.is_global() { &["global"] } else { &["eu-west-1", "us-east-1"] };
            if of.is_organization_wide() && number != 0 {
                continue;
            }
            for (region, operation) in regions.iter().flat_map(|r| of.operations().iter().map(move |o| (r, o))) {
                let outcome = if failed(number, operation) {
                    let (reason, message) = (Reason::AccessDenied, "no".to_owned());
                    Outcome::Gap(Gap { reason, message, partial: false })
                } else {
                    Outcome::Complete
                };
                let cell = Cell { scope: scope(account, region), operation: (*operation).to_owned() };
                inventory.ledger.record(cell, outcome);
            }
        }
    }
    inventory
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn an_organization_is_judged_the_same_account_by_account(
        shared in proptest::collection::vec((0..4usize, 0..4usize), 0..4),
        choices in proptest::collection::vec((0..24u8, (0..4usize, 0..4usize, 0..4usize, 0..3usize, any::<bool>())), 0..70),
    ) {
        assert_the_same(&organization(&shared, &choices));
    }
}

#[cfg(feature = "aws")]
#[test]
fn the_demo_is_judged_the_same_account_by_account() {
    use driftline::inventory::snapshot::{Archive, Snapshot};

    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("demo.dls");
    let mut command = crate::support::driftline(folder.path());
    let run = crate::support::Run::of({
        command.args(["demo", "--no-config", "--save-snapshot"]).arg(&saved);
        command
    });
    assert_eq!(run.code, 0, "{}", run.err);
    let archive = Archive::open(std::fs::File::open(saved).unwrap()).unwrap();
    assert_the_same(&Snapshot::open(Box::new(archive)).unwrap().load_all().unwrap().inventory);
}
