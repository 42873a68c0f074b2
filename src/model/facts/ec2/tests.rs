//! Answers by hand, in the spelling of the AWS CLI, and the facts that follow.

use serde_json::{Value as Json, json};

use crate::arn::Scope;
use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::facts::{table, value};
use crate::model::{Kind, Model, Value};
use crate::resource::{Resource, ResourceType, ResourceType as T};

const ACCOUNT: &str = "111122223333";

fn scope(account: &str, region: &str) -> Scope {
    Scope { partition: crate::arn::Partition::Aws, account: account.parse().unwrap(), region: region.parse().unwrap() }
}

fn texts(of: &[&str]) -> Value {
    Value::Texts(of.iter().map(|text| (*text).to_owned()).collect())
}

/// Resources of one account, in regions all of whose operations were read but for those that are denied.
struct World(Inventory);

impl World {
    fn of(resources: &[(T, Json)]) -> World {
        World::in_regions(&["eu-west-1"], &[], resources)
    }

    fn denied(denied: &[&str], resources: &[(T, Json)]) -> World {
        World::in_regions(&["eu-west-1"], denied, resources)
    }

    /// The resources are in the first region; what is denied is denied in the last.
    fn in_regions(regions: &[&str], denied: &[&str], resources: &[(T, Json)]) -> World {
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".to_owned(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "test".to_owned(),
            is_import: false,
        });
        for region in regions {
            for operation in ResourceType::ALL.iter().filter(|of| !of.is_global()).flat_map(|of| of.operations()) {
                let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
                let is_denied = denied.contains(operation) && Some(region) == regions.last();
                let outcome = if is_denied { Outcome::Gap(gap) } else { Outcome::Complete };
                let cell = Cell { scope: scope(ACCOUNT, region), operation: (*operation).to_owned() };
                inventory.ledger.record(cell, outcome);
            }
        }
        for (of, fields) in resources {
            let resource = Resource::deserialize_as(*of, fields.clone()).unwrap();
            inventory.insert(scope(ACCOUNT, regions[0]), resource);
        }
        World(inventory)
    }

    fn also(mut self, region: &str, of: T, fields: Json) -> World {
        self.0.insert(scope(ACCOUNT, region), Resource::deserialize_as(of, fields).unwrap());
        self
    }

    /// The fact of the first subject of a type.
    fn fact(&self, of: T, name: &str) -> Value {
        self.fact_of(of, None, name)
    }

    fn fact_of(&self, of: T, id: Option<&str>, name: &str) -> Value {
        let model = Model::new(&self.0, "2026-01-01T00:00:00Z".parse().unwrap());
        let index = table(of).iter().position(|field| field.name == name).unwrap();
        let (scope, subject) = model.subjects(of).find(|(_, one)| id.is_none_or(|id| one.id() == id)).unwrap();
        value(&model, scope, subject, index)
    }

    /// A field of each record of a list.
    fn fields(&self, of: T, list: &str, field: &str) -> Vec<Value> {
        let fact = table(of).into_iter().find(|fact| fact.name == list).unwrap();
        let Kind::List(fields) = fact.kind else { panic!("{list} is no list") };
        let index = fields.iter().position(|one| one.name == field).unwrap();
        match self.fact(of, list) {
            Value::List(records) => records.iter().map(|record| record.get(index).clone()).collect(),
            other => panic!("{other:?}"),
        }
    }
}

fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Unknown(_))
}

/// A VPC with a subnet each for `ids`; those that begin with `pub` have a table to the internet.
fn network(ids: &[(&str, &str)]) -> Vec<(T, Json)> {
    let mut all = vec![
        (T::Vpc, json!({ "VpcId": "vpc-1", "IsDefault": false, "OwnerId": ACCOUNT })),
        (
            T::InternetGateway,
            json!({ "InternetGatewayId": "igw-1", "Attachments": [{ "VpcId": "vpc-1", "State": "available" }] }),
        ),
        (
            T::RouteTable,
            json!({ "RouteTableId": "rtb-main", "VpcId": "vpc-1", "Routes": [],
                "Associations": [{ "Main": true, "AssociationState": { "State": "associated" } }] }),
        ),
    ];
    for (id, zone) in ids {
        all.push((
            T::Subnet,
            json!({ "SubnetId": id, "VpcId": "vpc-1", "OwnerId": ACCOUNT, "AvailabilityZone": zone }),
        ));
        if id.starts_with("pub") {
            all.push((
                T::RouteTable,
                json!({ "RouteTableId": format!("rtb-{id}"), "VpcId": "vpc-1",
                    "Associations": [{ "Main": false, "SubnetId": id, "AssociationState": { "State": "associated" } }],
                    "Routes": [{ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active" }] }),
            ));
        }
    }
    all
}

fn interface(id: &str, subnet: &str) -> (T, Json) {
    (T::NetworkInterface, json!({ "NetworkInterfaceId": id, "SubnetId": subnet, "VpcId": "vpc-1", "OwnerId": ACCOUNT }))
}

fn log(of: &str, traffic: &str, delivery: &str) -> (T, Json) {
    let id = format!("fl-{of}-{traffic}");
    (
        T::FlowLog,
        json!({ "FlowLogId": id, "ResourceId": of, "TrafficType": traffic, "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": delivery }),
    )
}

fn instance(fields: Json) -> (T, Json) {
    let mut all = json!({ "InstanceId": "i-1" });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    (T::Instance, all)
}

#[test]
fn an_instance_says_since_when_it_is_stopped() {
    let stopped = |reason: &str| {
        World::of(&[instance(json!({ "State": { "Name": "stopped" }, "StateTransitionReason": reason }))])
            .fact(T::Instance, "stopped_at")
    };
    let at: jiff::Timestamp = "2025-10-02T03:04:05Z".parse().unwrap();
    assert_eq!(stopped("User initiated (2025-10-02 03:04:05 GMT)"), Value::Time(at));
    assert_eq!(
        stopped("Server.ScheduledStop: Stopped due to scheduled retirement (2025-10-02 03:04:05 GMT)"),
        Value::Time(at)
    );
    for reason in ["", "Server.InternalError", "User initiated (yesterday GMT)", "User initiated (2025-10-02 03:04:05)"]
    {
        assert!(is_unknown(&stopped(reason)), "{reason}");
    }
    let running = World::of(&[instance(json!({ "State": { "Name": "running" }, "StateTransitionReason": "" }))]);
    assert_eq!(running.fact(T::Instance, "stopped_at"), Value::Absent);
}

#[test]
fn an_image_counts_as_it_is_listed() {
    let of = |id: &str| instance(json!({ "ImageId": id }));
    let image = (
        T::Image,
        json!({ "ImageId": "ami-1", "OwnerId": "137112412989", "DeprecationTime": "2025-06-01T00:00:00.000Z" }),
    );
    let world = World::of(&[of("ami-1"), image.clone()]);
    assert_eq!(world.fact(T::Instance, "image_is_listed"), Value::Bool(true));
    assert_eq!(world.fact(T::Instance, "image_deprecated_at"), Value::Time("2025-06-01T00:00:00Z".parse().unwrap()));
    assert_eq!(world.fact(T::Image, "is_owned"), Value::Bool(false));
    assert_eq!(world.fact(T::Image, "used_by"), texts(&["i-1"]));
    assert_eq!(World::of(&[of("ami-2"), image]).fact(T::Instance, "image_is_listed"), Value::Bool(false));
    let denied = World::denied(&["ec2:DescribeImages"], &[of("ami-1")]);
    assert!(is_unknown(&denied.fact(T::Instance, "image_is_listed")));
    assert!(is_unknown(&denied.fact(T::Instance, "image_deprecated_at")));
}

#[test]
fn a_vpc_knows_its_subnets_zones_and_endpoints() {
    let mut all = network(&[("pub-1", "eu-west-1a"), ("priv-1", "eu-west-1a"), ("priv-2", "eu-west-1b")]);
    // Another VPC's main table leads to the internet: that is no matter of this one's subnets.
    all.push((T::Vpc, json!({ "VpcId": "vpc-2", "IsDefault": false })));
    all.push((
        T::InternetGateway,
        json!({ "InternetGatewayId": "igw-2", "Attachments": [{ "VpcId": "vpc-2", "State": "available" }] }),
    ));
    all.push((
        T::RouteTable,
        json!({ "RouteTableId": "rtb-2", "VpcId": "vpc-2", "Associations": [{ "Main": true, "AssociationState": { "State": "associated" } }],
            "Routes": [{ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-2", "State": "active" }] }),
    ));
    for (id, service, state, subnets) in [
        ("vpce-1", "com.amazonaws.eu-west-1.ec2", "available", json!(["priv-1", "pub-1"])),
        ("vpce-2", "com.amazonaws.eu-west-1.sts", "failed", json!(["priv-1", "priv-2"])),
    ] {
        all.push((T::VpcEndpoint, json!({ "VpcEndpointId": id, "VpcId": "vpc-1", "ServiceName": service, "State": state, "SubnetIds": subnets })));
    }
    let world = World::of(&all);
    let vpc = |name: &str| world.fact_of(T::Vpc, Some("vpc-1"), name);
    assert_eq!(vpc("public_subnets"), texts(&["pub-1"]));
    assert_eq!(vpc("private_subnets"), texts(&["priv-1", "priv-2"]));
    assert_eq!(vpc("availability_zones"), texts(&["eu-west-1a", "eu-west-1b"]));
    assert_eq!(vpc("zone_count"), Value::Int(2));
    assert_eq!(vpc("is_in_use"), Value::Bool(false));
    assert_eq!(vpc("endpoint_services"), texts(&["com.amazonaws.eu-west-1.ec2"]));
    // Two subnets, one zone.
    assert_eq!(world.fact_of(T::VpcEndpoint, Some("vpce-1"), "zone_count"), Value::Int(1));
    assert_eq!(world.fact_of(T::VpcEndpoint, Some("vpce-2"), "zone_count"), Value::Int(2));
    all.push(interface("eni-1", "priv-2"));
    assert_eq!(World::of(&all).fact_of(T::Vpc, Some("vpc-1"), "is_in_use"), Value::Bool(true));
    let denied = World::denied(&["ec2:DescribeRouteTables"], &all);
    assert!(is_unknown(&denied.fact_of(T::Vpc, Some("vpc-1"), "private_subnets")));
    // A subnet that was not seen is in some zone.
    let unseen = World::of(&[(T::VpcEndpoint, json!({ "VpcEndpointId": "vpce-1", "SubnetIds": ["subnet-9"] }))]);
    assert!(is_unknown(&unseen.fact(T::VpcEndpoint, "zone_count")));
}

#[test]
fn an_interface_is_recorded_by_its_own_its_subnets_or_its_vpcs_log() {
    let with = |logs: &[(T, Json)]| {
        let mut all = network(&[("priv-1", "a"), ("priv-2", "b")]);
        all.extend([interface("eni-1", "priv-1"), interface("eni-2", "priv-1"), interface("eni-3", "priv-2")]);
        all.extend(logs.iter().cloned());
        let world = World::of(&all);
        let of = |subnet: &str, name: &str| match world.fact_of(T::Subnet, Some(subnet), name) {
            Value::Texts(ids) => ids.join(" "),
            other => panic!("{other:?}"),
        };
        ["priv-1", "priv-2"]
            .map(|subnet| (of(subnet, "interfaces_without_flow_log"), of(subnet, "interfaces_recorded_in_part")))
    };
    let told = |all: [(&str, &str); 2]| all.map(|(none, part)| (none.to_owned(), part.to_owned()));
    assert_eq!(with(&[]), told([("eni-1 eni-2", ""), ("eni-3", "")]));
    assert_eq!(with(&[log("vpc-1", "ALL", "SUCCESS")]), told([("", ""), ("", "")]));
    // The VPC's log is gone, one subnet's remains.
    assert_eq!(with(&[log("priv-1", "ALL", "SUCCESS")]), told([("", ""), ("eni-3", "")]));
    assert_eq!(with(&[log("eni-2", "ALL", "SUCCESS")]), told([("eni-1", ""), ("eni-3", "")]));
    // Rejected traffic alone is a part; both halves are all, whoever records them.
    assert_eq!(with(&[log("vpc-1", "REJECT", "SUCCESS")]), told([("", "eni-1 eni-2"), ("", "eni-3")]));
    let halves = [log("vpc-1", "REJECT", "SUCCESS"), log("priv-1", "ACCEPT", "SUCCESS")];
    assert_eq!(with(&halves), told([("", ""), ("", "eni-3")]));
    // Records that do not arrive are none.
    assert_eq!(with(&[log("vpc-1", "ALL", "FAILED")]), told([("eni-1 eni-2", ""), ("eni-3", "")]));
}

#[test]
fn of_a_subnet_that_is_shared_its_owners_logs_are_waited_for() {
    let other = "444455556666";
    let mut all = network(&[]);
    all.push((T::Subnet, json!({ "SubnetId": "theirs", "VpcId": "vpc-9", "OwnerId": other })));
    all.push(interface("eni-1", "theirs"));
    let fact = |world: &World| world.fact(T::NetworkInterface, "flow_log_traffic");
    let mut world = World::of(&all);
    assert!(is_unknown(&fact(&world)));
    let operation = "ec2:DescribeFlowLogs".to_owned();
    world.0.ledger.record(Cell { scope: scope(other, "eu-west-1"), operation }, Outcome::Complete);
    assert_eq!(fact(&world), texts(&[]));
    // What is recorded as a whole is, whoever else records it.
    all.push(log("eni-1", "ALL", "SUCCESS"));
    assert_eq!(fact(&World::of(&all)), texts(&["ALL"]));
}

#[test]
fn a_volume_knows_its_snapshots() {
    let volume = (T::Volume, json!({ "VolumeId": "vol-1", "Encrypted": true }));
    let snapshot = |id: &str, of: &str, state: &str, time: &str| {
        (T::Snapshot, json!({ "SnapshotId": id, "VolumeId": of, "State": state, "StartTime": time, "Encrypted": true }))
    };
    let none = World::of(&[volume.clone(), snapshot("snap-1", "vol-2", "completed", "2025-01-01T00:00:00Z")]);
    assert_eq!(none.fact(T::Volume, "has_snapshot"), Value::Bool(false));
    assert_eq!(none.fact(T::Volume, "latest_snapshot_at"), Value::Absent);
    let some = World::of(&[
        volume.clone(),
        snapshot("snap-1", "vol-1", "completed", "2025-03-01T00:00:00Z"),
        snapshot("snap-2", "vol-1", "completed", "2025-02-01T00:00:00Z"),
        snapshot("snap-3", "vol-1", "error", "2025-04-01T00:00:00Z"),
    ]);
    assert_eq!(some.fact(T::Volume, "has_snapshot"), Value::Bool(true));
    assert_eq!(some.fact(T::Volume, "latest_snapshot_at"), Value::Time("2025-03-01T00:00:00Z".parse().unwrap()));
    let denied = World::denied(&["ec2:DescribeSnapshots"], &[volume]);
    assert!(is_unknown(&denied.fact(T::Volume, "has_snapshot")));
}

#[test]
fn nobody_calls_a_snapshot_private_of_which_it_was_not_read() {
    let of = |public: Json| {
        World::of(&[(T::Snapshot, json!({ "SnapshotId": "snap-1", "Public": public }))]).fact(T::Snapshot, "is_public")
    };
    assert_eq!(of(json!(true)), Value::Bool(true));
    assert_eq!(of(json!(false)), Value::Bool(false));
    assert!(is_unknown(&of(json!(null))));
}

fn template(versions: Json) -> (T, Json) {
    (
        T::LaunchTemplate,
        json!({ "LaunchTemplateId": "lt-1", "LatestVersionNumber": 3, "DefaultVersionNumber": 2, "Versions": versions }),
    )
}

#[test]
fn what_a_launch_gets_is_the_versions_word_then_the_accounts_then_the_images() {
    let version = |options: Json| json!([{ "VersionNumber": 3, "DefaultVersion": true, "LaunchTemplateData": { "ImageId": "ami-1", "MetadataOptions": options } }]);
    let tokens = |options: Json, account: Option<&str>, image: Option<&str>| {
        let defaults = account.map_or(json!({}), |tokens| json!({ "HttpTokens": tokens }));
        let mut all = vec![
            template(version(options)),
            (T::AccountSettings, json!({ "Region": "eu-west-1", "InstanceMetadataDefaults": defaults })),
        ];
        all.extend(image.map(|support| (T::Image, json!({ "ImageId": "ami-1", "ImdsSupport": support }))));
        World::of(&all).fields(T::LaunchTemplate, "versions", "http_tokens").remove(0)
    };
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(tokens(json!({ "HttpTokens": "optional" }), Some("required"), Some("v2.0")), text("optional"));
    assert_eq!(tokens(json!({ "HttpTokens": "required" }), Some("optional"), None), text("required"));
    assert_eq!(tokens(json!(null), Some("required"), None), text("required"));
    assert_eq!(tokens(json!({ "HttpEndpoint": "enabled" }), Some("optional"), Some("v2.0")), text("optional"));
    assert_eq!(tokens(json!(null), None, Some("v2.0")), text("required"));
    assert_eq!(tokens(json!(null), Some("no-preference"), Some("v2.0")), text("required"));
    assert_eq!(tokens(json!(null), None, None), text("optional"));
    for operation in ["ec2:DescribeImages", "ec2:GetInstanceMetadataDefaults"] {
        let denied = World::denied(&[operation], &[template(version(json!(null)))]);
        assert!(is_unknown(&denied.fields(T::LaunchTemplate, "versions", "http_tokens")[0]), "{operation}");
    }
}

#[test]
fn of_a_template_those_versions_count_that_launches_get() {
    let version = |number: u32, data: Json| json!({ "VersionNumber": number, "DefaultVersion": number == 2, "LaunchTemplateData": data });
    let interfaces = |one: Json| json!({ "NetworkInterfaces": [one] });
    let world = World::of(&[
        template(json!([
            version(1, interfaces(json!({ "AssociatePublicIpAddress": true }))),
            version(2, interfaces(json!({ "NetworkInterfaceId": "eni-1" }))),
            version(3, interfaces(json!({ "NetworkInterfaceId": "eni-9" }))),
        ])),
        (T::NetworkInterface, json!({ "NetworkInterfaceId": "eni-1", "Association": { "PublicIp": "52.1.2.3" } })),
    ]);
    assert_eq!(world.fields(T::LaunchTemplate, "versions", "number"), [Value::Int(2), Value::Int(3)]);
    assert_eq!(world.fields(T::LaunchTemplate, "versions", "is_latest"), [Value::Bool(false), Value::Bool(true)]);
    assert_eq!(
        world.fields(T::LaunchTemplate, "versions", "assigns_public_address"),
        [Value::Bool(true), Value::Bool(false)]
    );
    let denied = World::denied(
        &["ec2:DescribeNetworkInterfaces"],
        &[template(json!([version(3, interfaces(json!({ "NetworkInterfaceId": "eni-9" })))]))],
    );
    assert!(is_unknown(&denied.fields(T::LaunchTemplate, "versions", "assigns_public_address")[0]));
    let unread = World::denied(&["ec2:DescribeLaunchTemplateVersions"], &[template(json!(null))]);
    assert!(is_unknown(&unread.fact(T::LaunchTemplate, "versions")));
}

#[test]
fn what_somebody_made_in_a_region_is_in_use() {
    let fact = |world: &World| world.fact(T::Region, "resources_in_use");
    // What AWS makes, and what belongs to others.
    let idle = [
        (T::Vpc, json!({ "VpcId": "vpc-1", "IsDefault": true })),
        (T::Vpc, json!({ "VpcId": "vpc-2", "IsDefault": false, "OwnerId": "444455556666" })),
        (T::Subnet, json!({ "SubnetId": "subnet-1", "VpcId": "vpc-1" })),
        (T::Image, json!({ "ImageId": "ami-1", "OwnerId": "137112412989" })),
    ];
    assert_eq!(fact(&World::of(&idle)), texts(&[]));
    let stopped = instance(json!({ "State": { "Name": "stopped" } }));
    let used = [stopped, (T::Volume, json!({ "VolumeId": "vol-1" })), (T::Snapshot, json!({ "SnapshotId": "snap-1" }))];
    let expected = ["1 AWS::EC2::Instance", "1 AWS::EC2::Volume", "1 AWS::EC2::Snapshot"];
    assert_eq!(fact(&World::of(&used)), texts(&expected));
    // Code that nothing uses is there too.
    let code = [(T::Layer, json!({ "LayerName": "l", "LatestMatchingVersion": { "Version": 1 } }))];
    assert_eq!(fact(&World::of(&code)), texts(&["1 AWS::Lambda::Layer"]));
    // What was seen is there, whatever was not; that nothing is there takes all, and so does the list.
    let any = |world: &World| world.fact(T::Region, "is_in_use");
    assert_eq!((any(&World::of(&idle)), any(&World::of(&used))), (Value::Bool(false), Value::Bool(true)));
    let part = World::denied(&["elbv2:DescribeLoadBalancers"], &used);
    assert_eq!(any(&part), Value::Bool(true));
    assert!(is_unknown(&fact(&part)));
    for operation in super::region::IN_USE {
        assert!(is_unknown(&any(&World::denied(&[operation], &idle))), "{operation}");
    }
}

#[test]
fn an_accounts_vpcs_are_counted_over_its_regions() {
    let vpc = |id: &str, default: bool| json!({ "VpcId": id, "IsDefault": default, "OwnerId": ACCOUNT });
    let regions = ["eu-west-1", "us-east-1"];
    let fact = |world: &World| world.fact(T::Account, "vpcs_in_several_regions");
    let none = World::in_regions(&regions, &[], &[(T::Vpc, vpc("vpc-1", true))]);
    assert_eq!(fact(&none), Value::Absent);
    let one = World::in_regions(&regions, &[], &[(T::Vpc, vpc("vpc-1", false))]).also(
        "us-east-1",
        T::Vpc,
        vpc("vpc-2", true),
    );
    assert_eq!(fact(&one), Value::Bool(false));
    assert_eq!(one.fact(T::Account, "vpc_regions"), texts(&["eu-west-1"]));
    let two = World::in_regions(&regions, &[], &[(T::Vpc, vpc("vpc-1", false))]).also(
        "us-east-1",
        T::Vpc,
        vpc("vpc-2", false),
    );
    assert_eq!(fact(&two), Value::Bool(true));
    let denied = World::in_regions(&regions, &["ec2:DescribeVpcs"], &[(T::Vpc, vpc("vpc-1", false))]);
    assert!(is_unknown(&fact(&denied)));
}

#[test]
fn routes_to_a_peering_are_held_against_the_other_end_whichever_that_is() {
    let end = |vpc: &str, blocks: &[&str]| {
        let all: Vec<Json> = blocks.iter().map(|block| json!({"CidrBlock": block})).collect();
        json!({"VpcId": vpc, "OwnerId": ACCOUNT, "Region": "eu-west-1", "CidrBlock": blocks[0], "CidrBlockSet": all})
    };
    let peering = json!({
        "VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"},
        "RequesterVpcInfo": end("vpc-r", &["10.1.0.0/16"]),
        "AccepterVpcInfo": end("vpc-a", &["10.2.0.0/16", "10.3.0.0/16"]),
    });
    let covers = |vpc: &str, blocks: &[&str]| {
        let to =
            |block: &&str| json!({"DestinationCidrBlock": block, "VpcPeeringConnectionId": "pcx-1", "State": "active"});
        let routes: Vec<Json> = blocks.iter().map(to).collect();
        let table = json!({"RouteTableId": "rtb-1", "VpcId": vpc, "OwnerId": ACCOUNT, "Routes": routes});
        let world = World::of(&[(T::VpcPeeringConnection, peering.clone()), (T::RouteTable, table)]);
        world.fields(T::RouteTable, "peering_routes", "covers_peer")
    };
    assert_eq!(covers("vpc-r", &["10.2.0.0/15"]), [true.into()]);
    // The second block counts too.
    assert_eq!(covers("vpc-r", &["10.2.0.0/16"]), [false.into()]);
    assert_eq!(covers("vpc-r", &["10.2.0.0/16", "10.3.0.0/16"]), [true.into()]);
    assert_eq!(covers("vpc-a", &["10.1.0.0/16"]), [true.into()]);
    assert_eq!(covers("vpc-a", &["10.1.0.0/17"]), [false.into()]);
    // One's own addresses are not the peer's.
    assert_eq!(covers("vpc-a", &["10.2.0.0/15"]), [false.into()]);
}
