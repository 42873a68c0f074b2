//! The examples that come with driftline: each is kept by one organization, and every line of it is broken by another
//! that differs in one thing.

use driftline::baseline::{self, Baseline, Found};
use driftline::resource::ResourceType;
use driftline::text::{SourceFile, render};
use serde_json::{Value, json};

use super::world::{ACCOUNTS, Chance, REGION, World, organization, permission};

fn plain() -> Chance {
    Chance { accounts: 1, rules: Vec::new(), actions: Vec::new() }
}

fn read(text: &str) -> Baseline {
    let (baseline, diagnostics) = baseline::read(SourceFile::new("baseline.toml", text));
    assert!(diagnostics.is_empty(), "{}\n{text}", render(&diagnostics, false));
    baseline
}

fn compare(baseline: &Baseline, world: &World) -> Found {
    baseline::compare_all(std::slice::from_ref(baseline), &world.inventory(), "2026-11-23T00:00:00Z".parse().unwrap())
}

fn example(name: &str) -> Baseline {
    let path = format!("{}/baselines/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    // The world's account and region in the place of the example's.
    read(&text.replace("111122223333", ACCOUNTS[0]))
}

fn deviations(baseline: &Baseline, world: &World) -> Vec<String> {
    let found = compare(baseline, world);
    let wrong = baseline::mistakes(std::slice::from_ref(baseline), &found);
    assert!(wrong.is_empty(), "{}", render(&wrong, false));
    assert_eq!(found.unchecked.len(), 0, "{:#?}", found.unchecked);
    let one = |one: &baseline::Deviation| {
        let path = if one.item.path.is_empty() { one.item.class.as_str() } else { &one.item.path };
        format!("{} {} {path}", one.item.resource_type, one.item.key)
    };
    let mut all: Vec<String> = found.deviations.iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn iam_without_users() {
    let baseline = example("iam-without-users");
    let mut kept = organization(&plain());
    kept.things.retain(|thing| !["AWS::IAM::User", "AWS::IAM::AccessKey"].contains(&thing.of.name()));
    root(&mut kept);
    assert_eq!(deviations(&baseline, &kept), Vec::<String>::new());
    let account = format!("AWS::::Account {} ", ACCOUNTS[0]);
    let of_account = |path: &str| format!("{account}{path}");
    breaks(&baseline, &kept, |world| root_row(world)["mfa_active"] = json!("false"), &[&of_account("root_mfa_active")]);
    breaks(
        &baseline,
        &kept,
        |world| root_row(world)["access_keys"][0] = key("true", "2026-01-01T00:00:00Z"),
        &[&of_account("root_has_active_access_key")],
    );
    let user = |world: &mut World| {
        let arn = format!("arn:aws:iam::{}:user/mallory", ACCOUNTS[0]);
        let user = json!({ "UserName": "mallory", "UserId": "AIDAM", "Path": "/", "Arn": arn });
        world.add(ACCOUNTS[0], ResourceType::User, user);
    };
    breaks(&baseline, &kept, user, &[&of_account("user_count"), "AWS::IAM::User mallory added"]);
    let with_key = |world: &mut World| {
        user(world);
        let key = json!({ "AccessKeyId": "AKIAM", "UserName": "mallory", "Status": "Active" });
        world.add(ACCOUNTS[0], ResourceType::AccessKey, key);
    };
    let all = [&of_account("user_count"), "AWS::IAM::AccessKey mallory added", "AWS::IAM::User mallory added"];
    breaks(&baseline, &kept, with_key, &all);
}

#[test]
fn a_data_vpc_without_a_way_out() {
    let baseline = example("data-vpc");
    let mut world = organization(&plain());
    world.things.clear();
    let tags = |name: &str| json!([{ "Key": "Name", "Value": name }]);
    let account = ACCOUNTS[0];
    world.add(
        account,
        ResourceType::Vpc,
        json!({ "VpcId": "vpc-1", "OwnerId": account, "CidrBlock": "10.0.0.0/16",
        "IsDefault": false, "EnableDnsSupport": true, "EnableDnsHostnames": false, "Tags": tags("data") }),
    );
    world.add(account, ResourceType::Subnet, json!({ "SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": account,
        "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": false, "State": "available" }));
    world.add(account, ResourceType::RouteTable, json!({ "RouteTableId": "rtb-1", "VpcId": "vpc-1", "OwnerId": account,
        "Associations": [{ "RouteTableAssociationId": "rtbassoc-1", "RouteTableId": "rtb-1", "Main": true,
            "AssociationState": { "State": "associated" } }],
        "Routes": [{ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable" }] }));
    world.add(account, ResourceType::FlowLog, json!({ "FlowLogId": "fl-1", "ResourceId": "vpc-1", "TrafficType": "ALL",
        "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "LogDestination": "arn:aws:s3:::logs", "LogDestinationType": "s3" }));
    let application = super::world::group(&mut world, account, "vpc-1", "application", vec![]);
    let rules = vec![
        permission("tcp", 5432, 5432, &application),
        permission("tcp", 22, 22, "198.51.100.0/24"),
        permission("tcp", 22, 22, "2001:db8:40::/48"),
    ];
    super::world::group(&mut world, account, "vpc-1", "database", rules);
    world.find(account, ResourceType::SecurityGroup, "database")["IpPermissionsEgress"] = json!([]);
    assert_eq!(deviations(&baseline, &world), Vec::<String>::new());

    // Each entry by itself.
    let [account_of_vpc, vpc] = [account, "AWS::EC2::VPC data "];
    breaks(
        &baseline,
        &world,
        |world| world.find(account, ResourceType::Vpc, "data")["EnableDnsSupport"] = json!(false),
        &[&format!("{vpc}enable_dns_support")],
    );
    breaks(
        &baseline,
        &world,
        |world| world.find(account, ResourceType::FlowLog, "")["TrafficType"] = json!("ACCEPT"),
        &[&format!("{vpc}flow_log_traffic")],
    );
    let nat = json!({ "NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available" });
    breaks(
        &baseline,
        &world,
        |world| world.add(account_of_vpc, ResourceType::NatGateway, nat.clone()),
        &["AWS::EC2::NatGateway data/10.0.1.0/24/eu-west-1a added"],
    );
    let open = json!([permission("tcp", 443, 443, "0.0.0.0/0")]);
    breaks(
        &baseline,
        &world,
        |world| world.find(account, ResourceType::SecurityGroup, "database")["IpPermissionsEgress"] = open.clone(),
        &["AWS::EC2::SecurityGroup data/database egress"],
    );
    breaks(
        &baseline,
        &world,
        |world| drop(world.remove(account, ResourceType::SecurityGroup, "database")),
        &["AWS::EC2::SecurityGroup data/database removed"],
    );

    world.add(
        account,
        ResourceType::InternetGateway,
        json!({ "InternetGatewayId": "igw-1", "OwnerId": account,
        "Attachments": [{ "State": "available", "VpcId": "vpc-1" }] }),
    );
    world.find(account, ResourceType::Subnet, "")["MapPublicIpOnLaunch"] = json!(true);
    let group = world.find(account, ResourceType::SecurityGroup, "database");
    group["IpPermissions"].as_array_mut().unwrap().push(permission("tcp", 22, 22, "0.0.0.0/0"));
    world.things.retain(|thing| thing.of != ResourceType::FlowLog);
    assert_eq!(
        deviations(&baseline, &world),
        [
            "AWS::EC2::InternetGateway data added",
            "AWS::EC2::SecurityGroup data/database ingress",
            "AWS::EC2::Subnet data/10.0.1.0/24/eu-west-1a map_public_ip_on_launch",
            "AWS::EC2::VPC data flow_log_traffic",
            "AWS::EC2::VPC data has_internet_gateway",
        ]
    );
}

#[test]
fn a_hardened_landing_zone() {
    let baseline = example("landing-zone");
    let mut kept = organization(&plain());
    root(&mut kept);
    landing(&mut kept);
    assert_eq!(deviations(&baseline, &kept), Vec::<String>::new());

    let account = format!("AWS::::Account {}", ACCOUNTS[0]);
    let region = format!("AWS::::Region {REGION}");
    use ResourceType as T;
    let first = ACCOUNTS[0];
    type Break = fn(&mut World);
    let of_account: [(Break, &[&str]); 6] = [
        (|world| drop(take(world, T::Organization)), &["in_organization"]),
        (
            |world| world.find(ACCOUNTS[0], T::Trail, "audit")["IsMultiRegionTrail"] = json!(false),
            &["cloudtrail_multi_region_logging"],
        ),
        (
            |world| root_row(world)["access_keys"][0] = key("true", "2026-01-01T00:00:00Z"),
            &["root_has_active_access_key"],
        ),
        (|world| root_row(world)["mfa_active"] = json!("false"), &["root_mfa_active"]),
        (|world| drop(take(world, T::AlternateContact)), &["has_security_contact"]),
        (|world| drop(take(world, T::AccountPasswordPolicy)), &["password_policy_exists"]),
    ];
    for (make, paths) in of_account {
        let wanted: Vec<String> = paths.iter().map(|path| format!("{account} {path}")).collect();
        breaks(&baseline, &kept, make, &wanted.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let of_region: [(Break, &[&str]); 12] = [
        (
            |world| {
                world.find(ACCOUNTS[0], T::ConfigurationRecorder, "")["configurationRecorderStatus"]["recording"] =
                    json!(false)
            },
            &["config_recording", "config_records_all_supported"],
        ),
        (
            |world| {
                world.find(ACCOUNTS[0], T::ConfigurationRecorder, "")["recordingGroup"]["allSupported"] = json!(false)
            },
            &["config_records_all_supported"],
        ),
        (|world| drop(take(world, T::DeliveryChannel)), &["config_delivery_channel"]),
        (
            |world| world.find(ACCOUNTS[0], T::Trail, "audit")["LogFileValidationEnabled"] = json!(false),
            &["cloudtrail_log_file_validation"],
        ),
        (
            |world| world.find(ACCOUNTS[0], T::Detector, "detector")["Status"] = json!("DISABLED"),
            &["guardduty_enabled"],
        ),
        (|world| drop(take(world, T::Hub)), &["security_hub_enabled"]),
        (|world| drop(take(world, T::Analyzer)), &["access_analyzer_exists"]),
        (|world| settings(world)["EbsEncryptionByDefault"] = json!(false), &["ebs_encryption_by_default"]),
        (
            |world| settings(world)["SnapshotBlockPublicAccessState"] = json!("unblocked"),
            &["snapshot_block_public_access"],
        ),
        (|world| settings(world)["ImageBlockPublicAccessState"] = json!("unblocked"), &["image_block_public_access"]),
        (
            |world| settings(world)["InstanceMetadataDefaults"]["HttpTokens"] = json!("optional"),
            &["instance_metadata_default_http_tokens"],
        ),
        (|world| settings(world)["SerialConsoleAccessEnabled"] = json!(true), &["serial_console_access"]),
    ];
    for (make, paths) in of_region {
        let wanted: Vec<String> = paths.iter().map(|path| format!("{region} {path}")).collect();
        breaks(&baseline, &kept, make, &wanted.iter().map(String::as_str).collect::<Vec<_>>());
    }
    // A trail that is stopped logs nowhere, and signs nothing.
    let stopped = [
        format!("{account} cloudtrail_multi_region_logging"),
        format!("{region} cloudtrail_log_file_validation"),
        format!("{region} cloudtrail_logging"),
    ];
    breaks(
        &baseline,
        &kept,
        |world| world.find(ACCOUNTS[0], T::Trail, "audit")["TrailStatus"]["IsLogging"] = json!(false),
        &stopped.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    // What AWS makes by itself: a default VPC, and a default group with its rules.
    breaks(
        &baseline,
        &kept,
        |world| world.find(ACCOUNTS[0], T::Vpc, "doomed")["IsDefault"] = json!(true),
        &["AWS::EC2::VPC doomed added"],
    );
    for (field, path) in [("IpPermissions", "ingress"), ("IpPermissionsEgress", "egress")] {
        let open = |world: &mut World| {
            let group = world.find(first, T::SecurityGroup, "default");
            group[field] = json!([permission("tcp", 443, 443, "0.0.0.0/0")]);
        };
        breaks(&baseline, &kept, open, &[&format!("AWS::EC2::SecurityGroup prod/default {path}")]);
    }
}

/// What the made organization lacks of a landing zone.
fn landing(world: &mut World) {
    use ResourceType as T;
    let account = ACCOUNTS[0];
    world.add(
        account,
        T::Organization,
        json!({ "Id": "o-1", "Arn": format!("arn:aws:organizations::{account}:organization/o-1"),
        "FeatureSet": "ALL", "MasterAccountId": account }),
    );
    world.find(account, T::Trail, "audit")["EventSelectors"] =
        json!({ "EventSelectors": [{ "ReadWriteType": "All", "IncludeManagementEvents": true }] });
    world.add(
        account,
        T::AlternateContact,
        json!({ "AlternateContactType": "SECURITY", "EmailAddress": "s@example.com" }),
    );
    world.add(
        account,
        T::AccountPasswordPolicy,
        json!({ "MinimumPasswordLength": 14, "RequireSymbols": true,
        "RequireNumbers": true, "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true,
        "AllowUsersToChangePassword": true, "ExpirePasswords": false }),
    );
    world.add(account, T::DeliveryChannel, json!({ "name": "default", "s3BucketName": "config" }));
    world.add(account, T::Hub, json!({ "HubArn": format!("arn:aws:securityhub:{REGION}:{account}:hub/default") }));
    world.add(
        account,
        T::Analyzer,
        json!({ "arn": format!("arn:aws:access-analyzer:{REGION}:{account}:analyzer/a"), "name": "a",
        "type": "ACCOUNT", "status": "ACTIVE" }),
    );
    world.add(
        account,
        T::AccountSettings,
        json!({ "Region": REGION, "EbsEncryptionByDefault": true,
        "SnapshotBlockPublicAccessState": "block-all-sharing", "ImageBlockPublicAccessState": "block-new-sharing",
        "InstanceMetadataDefaults": { "HttpTokens": "required" }, "SerialConsoleAccessEnabled": false }),
    );
    // A default group without rules is the only one that every VPC has anyway.
    let vpc = world.id_of(account, T::Vpc, "prod", "VpcId");
    super::world::group(world, account, &vpc, "default", Vec::new());
    world.find(account, T::SecurityGroup, "default")["IpPermissionsEgress"] = json!([]);
}

/// The root user with a second factor and without a key, as the credential report says it.
fn root(world: &mut World) {
    let none = key("false", "N/A");
    let row = json!({ "user_creation_time": "2026-01-01T00:00:00Z", "password_enabled": "not_supported", "password_last_used": "N/A",
        "password_last_changed": "not_supported", "mfa_active": "true", "access_keys": [none, none],
        "certificates_active": ["false", "false"] });
    let report = json!({ "GeneratedTime": "2026-11-22T12:00:00Z", "Rows": { "<root_account>": row } });
    world.add(ACCOUNTS[0], ResourceType::CredentialReport, report);
}

fn key(active: &str, rotated: &str) -> Value {
    json!({ "active": active, "last_rotated": rotated, "last_used_date": "N/A" })
}

fn root_row(world: &mut World) -> &mut Value {
    let report = world.things.iter_mut().find(|thing| thing.of == ResourceType::CredentialReport).unwrap();
    &mut report.value["Rows"]["<root_account>"]
}

fn settings(world: &mut World) -> &mut Value {
    &mut world.things.iter_mut().find(|thing| thing.of == ResourceType::AccountSettings).unwrap().value
}

/// Takes the only one of a type away.
fn take(world: &mut World, of: ResourceType) -> Value {
    let at = world.things.iter().position(|thing| thing.of == of).unwrap();
    world.things.remove(at).value
}

/// A world that keeps a baseline and is changed deviates in exactly these.
#[track_caller]
fn breaks(baseline: &Baseline, kept: &World, make: impl Fn(&mut World), wanted: &[&str]) {
    let mut broken = kept.clone();
    make(&mut broken);
    assert_eq!(deviations(baseline, &broken), wanted);
}
