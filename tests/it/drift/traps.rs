//! What comparisons get wrong, one test for each: the traps of the specification that concern two snapshots.

use driftline::drift::{AWS, AWS_MANAGED_UPDATE, Class, Comparison, Effect, Item, compare_all};
use driftline::finding::Severity;
use driftline::inventory::{Cell, Gap, Inventory, Outcome, Reason};
use driftline::resource::ResourceType as T;
use serde_json::json;

use super::world::{
    ACCOUNTS, Chance, REGION, World, document, entry, group, named, organization, permission, route, scope,
};

const ACCOUNT: &str = ACCOUNTS[0];

fn world() -> World {
    organization(&Chance { accounts: 1, rules: vec![(80, 0, 1)], actions: vec![0, 9] })
}

fn diff(old: &World, new: &World) -> Comparison {
    compare_all(&old.inventory(), &new.inventory())
}

/// The one item of a difference.
#[track_caller]
fn only(comparison: &Comparison) -> &Item {
    assert_eq!(comparison.items.len(), 1, "{:#?}", comparison.items);
    &comparison.items[0]
}

#[track_caller]
fn none(comparison: &Comparison) {
    assert!(comparison.items.is_empty(), "{:#?}", comparison.items);
}

/// How the reading of an operation ended.
fn gap(inventory: &mut Inventory, region: &str, operation: &str) {
    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
    let cell = Cell { scope: scope(ACCOUNT, region), operation: operation.to_owned() };
    inventory.ledger.record(cell, Outcome::Gap(gap));
}

#[test]
fn a_block_with_host_bits_is_its_block() {
    let (mut old, mut new) = (world(), world());
    let rules = |world: &mut World, block: &str| {
        world.find(ACCOUNT, T::SecurityGroup, "wide")["IpPermissions"] = json!([permission("tcp", 22, 22, block)]);
    };
    rules(&mut old, "0.0.0.0/0");
    rules(&mut new, "208.236.235.254/0");
    none(&diff(&old, &new));
    // What no machine reads as an address is compared as it stands, and what it comes to is not known.
    rules(&mut new, "010.0.0.0/8");
    let comparison = diff(&old, &new);
    assert_eq!(only(&comparison).effect, Effect::Unknown);
    rules(&mut old, "010.0.0.0/8");
    none(&diff(&old, &new));
}

#[test]
fn a_change_that_was_taken_back_leaves_nothing() {
    let (old, mut new) = (world(), world());
    let list = |world: &mut World, entries: serde_json::Value, version: u32| {
        let list = world.find(ACCOUNT, T::PrefixList, "offices");
        list["Entries"] = entries;
        list["Version"] = json!(version);
    };
    list(&mut new, json!([{ "Cidr": "198.41.1.0/24" }, { "Cidr": "198.41.0.0/24" }]), 5);
    none(&diff(&old, &new));
}

#[test]
fn groups_that_name_each_other_and_are_rebuilt_are_equal() {
    let old = world();
    let mut new = world();
    let ids = ["left", "right"].map(|name| new.id_of(ACCOUNT, T::SecurityGroup, name, "GroupId"));
    let text = serde_json::to_string(&new.things.iter().map(|thing| thing.value.clone()).collect::<Vec<_>>()).unwrap();
    let text = text.replace(&ids[0], "sg-new-left").replace(&ids[1], "sg-new-right");
    let values: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    for (thing, value) in new.things.iter_mut().zip(values) {
        thing.value = value;
    }
    let comparison = diff(&old, &new);
    none(&comparison);
    let map: Vec<_> = comparison.id_map.iter().map(|one| (one.key.as_str(), one.new_id.as_str())).collect();
    assert_eq!(map, [("prod/left", "sg-new-left"), ("prod/right", "sg-new-right")]);
}

#[test]
fn a_rule_that_still_names_the_old_group_is_a_difference() {
    let old = world();
    let mut new = world();
    new.find(ACCOUNT, T::SecurityGroup, "left")["GroupId"] = json!("sg-00000009");
    // `right` names a group that is gone, by its id.
    let comparison = diff(&old, &new);
    let item = only(&comparison);
    assert_eq!((item.key.as_str(), item.path.as_str()), ("prod/right", "ingress"));
}

#[test]
fn a_role_made_anew_is_dead_to_whoever_trusted_it() {
    let mut old = world();
    let trust =
        |who: &str| document(&[json!({ "Effect": "Allow", "Principal": { "AWS": who }, "Action": "sts:AssumeRole" })]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/phoenix");
    old.find(ACCOUNT, T::Role, "auditor")["AssumeRolePolicyDocument"] = trust(&arn);
    let mut new = old.clone();
    new.find(ACCOUNT, T::Role, "phoenix")["RoleId"] = json!("AROAOTHER");
    // AWS shows the unique id of a principal that is gone.
    new.find(ACCOUNT, T::Role, "auditor")["AssumeRolePolicyDocument"] = trust("AROAPHOENIX");
    let comparison = diff(&old, &new);
    let recreated = comparison.items.iter().find(|item| item.class == Class::Recreated).unwrap();
    assert_eq!((recreated.key.as_str(), recreated.path.as_str()), ("phoenix", "unique_id"));
    let orphan = comparison.items.iter().find(|item| item.path == "trust_policy").unwrap();
    assert_eq!(orphan.cause.as_ref(), Some(&recreated.id), "the orphan follows from the role's end");
    assert_eq!(comparison.items.len(), 2, "{:#?}", comparison.items);
}

#[test]
fn ports_that_mean_nothing_are_no_difference() {
    let (mut old, mut new) = (world(), world());
    let everything = |world: &mut World, ports: serde_json::Value| {
        let mut rule = json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "10.0.0.0/8" }] });
        rule.as_object_mut().unwrap().extend(ports.as_object().unwrap().clone());
        world.find(ACCOUNT, T::SecurityGroup, "wide")["IpPermissions"] = json!([rule]);
    };
    everything(&mut old, json!({}));
    for ports in [
        json!({ "FromPort": null, "ToPort": null }),
        json!({ "FromPort": 0, "ToPort": 0 }),
        json!({ "FromPort": -1, "ToPort": -1 }),
        json!({ "FromPort": 0, "ToPort": 65535 }),
    ] {
        everything(&mut new, ports);
        none(&diff(&old, &new));
    }
    // All of TCP, by its name and by its number.
    let tcp = |world: &mut World, rule: serde_json::Value| {
        world.find(ACCOUNT, T::SecurityGroup, "wide")["IpPermissions"] = json!([rule]);
    };
    tcp(&mut old, permission("tcp", 0, 65535, "10.0.0.0/8"));
    tcp(&mut new, json!({ "IpProtocol": "6", "IpRanges": [{ "CidrIp": "10.0.0.0/9" }, { "CidrIp": "10.128.0.0/9" }] }));
    none(&diff(&old, &new));
}

#[test]
fn what_could_not_be_read_is_not_removed_and_not_added() {
    let old = world();
    let mut new = world();
    new.things.retain(|thing| !matches!(thing.of, T::SecurityGroup | T::User));
    for (lost, whole) in [(new.inventory(), old.inventory()), (old.inventory(), new.inventory())] {
        let is_newer = lost.len() < whole.len();
        // Of the inventory without them nobody was allowed to list them.
        let (mut without, with) = if is_newer { (lost, whole) } else { (whole, lost) };
        gap(&mut without, REGION, "ec2:DescribeSecurityGroups");
        gap(&mut without, "global", "iam:GetAccountAuthorizationDetails");
        for comparison in [compare_all(&with, &without), compare_all(&without, &with)] {
            let told: Vec<_> = comparison.items.iter().filter(|item| item.path.is_empty()).collect();
            assert!(told.is_empty(), "{told:#?}");
            let names: Vec<_> = comparison.not_checked.iter().map(|gap| gap.operation.as_str()).collect();
            assert_eq!(names, ["ec2:DescribeSecurityGroups", "iam:GetAccountAuthorizationDetails"]);
            assert!(comparison.not_checked[0].why.contains("AccessDenied"), "{:?}", comparison.not_checked);
        }
    }
}

#[test]
fn a_region_that_one_side_never_looked_at_is_said_once() {
    let old = world().inventory();
    let mut new = world().inventory();
    for operation in ["ec2:DescribeVpcs", "ec2:DescribeSubnets"] {
        let cell = Cell { scope: scope(ACCOUNT, "us-east-1"), operation: operation.to_owned() };
        new.ledger.record(cell, Outcome::Complete);
    }
    let comparison = compare_all(&old, &new);
    none(&comparison);
    assert_eq!(comparison.not_checked.len(), 1);
    assert_eq!(comparison.not_checked[0].region, "us-east-1");
    // A region that was read and holds nothing is another matter.
    let mut empty = world();
    empty.things.retain(|thing| thing.region == "global");
    let gone = compare_all(&old, &empty.inventory());
    assert!(
        gone.items.iter().all(|item| item.class == Class::Removed && item.region == REGION) && gone.items.len() > 20
    );
    assert!(gone.not_checked.is_empty());
}

#[test]
fn an_account_of_one_side_is_not_checked() {
    let old = organization(&Chance { accounts: 2, rules: vec![], actions: vec![] }).inventory();
    let new = organization(&Chance { accounts: 1, rules: vec![], actions: vec![] }).inventory();
    let comparison = compare_all(&old, &new);
    none(&comparison);
    let gap = &comparison.not_checked[0];
    assert_eq!((gap.account.as_str(), comparison.not_checked.len()), (ACCOUNTS[1], 1));
}

#[test]
fn an_attribute_that_was_not_read_is_not_gone() {
    let old = world().inventory();
    let mut without = world();
    for thing in without.things.iter_mut().filter(|thing| matches!(thing.of, T::Vpc | T::PrefixList | T::Trail)) {
        let fields = thing.value.as_object_mut().unwrap();
        for field in ["EnableDnsSupport", "EnableDnsHostnames", "Entries", "TrailStatus"] {
            fields.remove(field);
        }
    }
    let mut new = without.inventory();
    for operation in ["ec2:DescribeVpcAttribute", "ec2:GetManagedPrefixListEntries", "cloudtrail:GetTrailStatus"] {
        gap(&mut new, REGION, operation);
    }
    none(&compare_all(&old, &new));
    none(&compare_all(&new, &old));
    // Without the gap it would be one.
    let told = compare_all(&old, &without.inventory());
    assert!(told.items.iter().any(|item| item.path == "is_logging" && item.effect == Effect::Weakening));
}

#[test]
fn only_descriptions_changed() {
    let old = world();
    let mut new = world();
    let rule = &mut new.find(ACCOUNT, T::SecurityGroup, "wide")["IpPermissions"][0];
    rule["IpRanges"] =
        json!([{ "CidrIp": "52.0.0.0/9", "Description": "half" }, { "CidrIp": "52.128.0.0/9", "Description": "half" }]);
    let comparison = diff(&old, &new);
    let item = only(&comparison);
    assert_eq!(
        (item.path.as_str(), item.effect, item.severity),
        ("rule_descriptions", Effect::Neutral, Severity::Informational)
    );
}

#[test]
fn entries_are_compared_as_the_first_match_decides() {
    let old = world();
    let mut new = world();
    // Other numbers, the same order.
    for entry in new.find(ACCOUNT, T::NetworkAcl, "strict")["Entries"].as_array_mut().unwrap() {
        let number = entry["RuleNumber"].as_u64().unwrap();
        if number < 32767 {
            entry["RuleNumber"] = json!(number * 2 + 1);
        }
    }
    none(&diff(&old, &new));
    // An allow before the deny, and one behind it.
    let entries = |number: u32| {
        let mut new = world();
        let acl = new.find(ACCOUNT, T::NetworkAcl, "strict");
        acl["Entries"].as_array_mut().unwrap().push(entry(
            number,
            false,
            "allow",
            "17",
            Some((9900, 9900)),
            "52.0.0.0/8",
        ));
        new
    };
    let comparison = diff(&old, &entries(10));
    let before = only(&comparison).clone();
    assert_eq!((before.path.as_str(), before.effect), ("ingress", Effect::Weakening));
    assert_eq!(before.after, Some(json!(["udp 9900 from 52.0.0.0/8"])));
    assert_eq!(before.witness.as_deref().map(|text| text.starts_with("udp 9900 from 52.")), Some(true));
    // All of it is allowed by the last entry already, and denied before: nothing is new.
    none(&diff(&old, &entries(55)));
}

#[test]
fn what_aws_changes_in_its_own_policy_is_said_once() {
    let with = |action: &str| {
        let mut world = organization(&Chance { accounts: 3, rules: vec![], actions: vec![] });
        for account in ACCOUNTS {
            world.add(account, T::AwsManagedPolicy, json!({
                "PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "DefaultVersionId": "v9",
                "Document": document(&[super::world::allow(action, "*")]), "AttachmentCount": account.len(),
            }));
        }
        world
    };
    let comparison = diff(&with("s3:Get*"), &with("s3:*"));
    let item = only(&comparison);
    assert_eq!((item.account.as_str(), item.cause.as_deref()), (AWS, Some(AWS_MANAGED_UPDATE)));
    assert_eq!((item.path.as_str(), item.effect), ("document", Effect::Weakening));
    // That an account uses it for the first time is told of where it is attached.
    none(&diff(&organization(&Chance { accounts: 3, rules: vec![], actions: vec![] }), &with("s3:*")));
}

#[test]
fn a_subnet_that_loses_its_table_follows_the_main_one() {
    let old = world();
    let mut new = world();
    // AWS is told the association's id alone, and the subnet is not spoken of.
    new.find(ACCOUNT, T::RouteTable, "private")["Associations"] = json!([]);
    let comparison = diff(&old, &new);
    let item = only(&comparison);
    assert_eq!((item.resource_type, item.path.as_str()), (T::Subnet, "route_table"));
    // The main table knows no way out: the default route is lost, and nothing is opened.
    assert_eq!((item.effect, item.severity), (Effect::Neutral, Severity::Low));
    let igw = new.id_of(ACCOUNT, T::InternetGateway, "door", "InternetGatewayId");
    let routes = &mut new.find(ACCOUNT, T::RouteTable, "main")["Routes"];
    routes.as_array_mut().unwrap().push(route("0.0.0.0/0", "GatewayId", &igw));
    let comparison = diff(&old, &new);
    let subnet = comparison.items.iter().find(|item| item.resource_type == T::Subnet).unwrap();
    assert_eq!(subnet.effect, Effect::Weakening, "{subnet:#?}");
}

#[test]
fn a_route_whose_target_is_gone_names_it_as_before() {
    let old = world();
    let mut new = world();
    new.remove(ACCOUNT, T::InternetGateway, "door");
    for route in new.find(ACCOUNT, T::RouteTable, "public")["Routes"].as_array_mut().unwrap() {
        if route["DestinationCidrBlock"] == "0.0.0.0/0" {
            route["State"] = json!("blackhole");
        }
    }
    let comparison = diff(&old, &new);
    let gateway = comparison.items.iter().find(|item| item.resource_type == T::InternetGateway).unwrap();
    assert_eq!((gateway.class, gateway.effect), (Class::Removed, Effect::Strengthening));
    let routes = comparison.items.iter().find(|item| item.path == "routes").unwrap();
    assert_eq!(routes.after, Some(json!(["0.0.0.0/0 via igw:prod blackhole"])));
    assert_eq!(routes.cause.as_ref(), Some(&gateway.id));
    assert_eq!(routes.effect, Effect::Neutral);
}

#[test]
fn several_of_one_name_are_told_apart_by_what_they_say_or_not_at_all() {
    let many = |ids: &[(&str, &str)]| {
        let mut world = world();
        for (id, kind) in ids {
            let subnet = world.id_of(ACCOUNT, T::Subnet, "subnet-a", "SubnetId");
            world.add(
                ACCOUNT,
                T::Instance,
                json!({ "InstanceId": id, "SubnetId": subnet, "ImageId": kind, "InstanceType": kind,
                "State": { "Name": "running" }, "Tags": named("worker") }),
            );
        }
        world
    };
    // Equals among equals: it does not matter which is which.
    let comparison =
        diff(&many(&[("i-1", "a"), ("i-2", "a"), ("i-3", "b")]), &many(&[("i-7", "a"), ("i-8", "b"), ("i-9", "a")]));
    none(&comparison);
    assert_eq!((comparison.id_map.len(), comparison.ambiguities.len()), (3, 0));
    // Those that stayed are known by their ids.
    let comparison = diff(&many(&[("i-1", "a"), ("i-2", "b")]), &many(&[("i-1", "b"), ("i-2", "a")]));
    assert!(comparison.ambiguities.is_empty() && comparison.items.iter().all(|item| item.class == Class::Changed));
    // What cannot be told is said, and guessed neither way.
    let comparison = diff(&many(&[("i-1", "a"), ("i-2", "b")]), &many(&[("i-7", "c"), ("i-8", "d")]));
    assert_eq!(comparison.ambiguities.len(), 1);
    assert_eq!(comparison.ambiguities[0].old_ids, ["i-1", "i-2"]);
    let classes: Vec<Class> = comparison.items.iter().map(|item| item.class).collect();
    assert_eq!(classes.iter().filter(|class| **class == Class::Removed).count(), 2);
    assert_eq!(classes.iter().filter(|class| **class == Class::Added).count(), 2);
}

#[test]
fn what_aws_still_lists_after_its_end_is_gone() {
    let (old, mut new) = (world(), world());
    new.find(ACCOUNT, T::NatGateway, "nat")["State"] = json!("deleted");
    let comparison = diff(&old, &new);
    let item = comparison.items.iter().find(|item| item.resource_type == T::NatGateway).unwrap();
    assert_eq!(item.class, Class::Removed);
}

#[test]
fn a_vpc_that_is_called_otherwise_is_the_same_and_so_is_all_in_it() {
    let (old, mut new) = (world(), world());
    new.find(ACCOUNT, T::Vpc, "prod")["Tags"] = named("production");
    let comparison = diff(&old, &new);
    let item = only(&comparison);
    assert_eq!((item.path.as_str(), item.key.as_str(), item.effect), ("tags", "prod", Effect::Neutral));
}

#[test]
fn a_group_of_another_account_is_named_by_its_account() {
    let shared = |id: &str| {
        let mut world = organization(&Chance { accounts: 2, rules: vec![], actions: vec![] });
        let vpc = world.id_of(ACCOUNTS[1], T::Vpc, "prod", "VpcId");
        group(&mut world, ACCOUNTS[1], &vpc, "peer", vec![]);
        world.find(ACCOUNTS[1], T::SecurityGroup, "peer")["GroupId"] = json!(id);
        world.find(ACCOUNT, T::SecurityGroup, "wide")["IpPermissions"] = json!([{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{ "GroupId": id, "UserId": ACCOUNTS[1] }] }]);
        world
    };
    // Rebuilt in the other account, and named by its new id here.
    let comparison = diff(&shared("sg-0000000a"), &shared("sg-0000000b"));
    none(&comparison);
    let mut without = shared("sg-0000000a");
    without.find(ACCOUNT, T::SecurityGroup, "wide")["IpPermissions"] = json!([]);
    let comparison = diff(&shared("sg-0000000a"), &without);
    let rule = format!("tcp 22 from sg:{}/prod/peer", ACCOUNTS[1]);
    assert_eq!(only(&comparison).before, Some(json!([rule])));
}

#[test]
fn everything_that_can_be_had_is_critical() {
    let (old, mut new) = (world(), world());
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/power");
    new.find(ACCOUNT, T::Role, "auditor")["AttachedManagedPolicies"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "PolicyArn": arn }));
    let comparison = diff(&old, &new);
    let item = only(&comparison);
    assert_eq!((item.effect, item.severity), (Effect::Weakening, Severity::Critical));
    assert_eq!(item.witness.as_deref(), Some("allow * on *"));
    let mut new = world();
    new.find(ACCOUNT, T::Role, "auditor")["AssumeRolePolicyDocument"] =
        document(&[json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" })]);
    let comparison = diff(&old, &new);
    assert_eq!(only(&comparison).severity, Severity::Critical);
}

#[test]
fn grants_that_only_overlap_are_told_apart_request_by_request() {
    let with = |statement: serde_json::Value| {
        let mut world = world();
        world.find(ACCOUNT, T::User, "bob")["UserPolicyList"] =
            json!([{ "PolicyName": "own", "PolicyDocument": document(&[statement]) }]);
        world
    };
    let like = |pattern: &str| {
        json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": { "StringLike": { "aws:PrincipalTag/team": pattern } } })
    };
    let comparison = diff(&with(like("red-*")), &with(like("red*")));
    assert_eq!(only(&comparison).effect, Effect::Weakening, "{:#?}", comparison.items);
    let comparison = diff(&with(like("red*")), &with(like("red-*")));
    assert_eq!(only(&comparison).effect, Effect::Strengthening);
    let comparison = diff(&with(like("red-*")), &with(like("blue-*")));
    assert_eq!(only(&comparison).effect, Effect::Mixed);
}

/// What a change comes to for the principal, where it does not say so itself.
#[test]
fn attachments_groups_and_boundaries_are_judged_by_all_that_bears_on_a_principal() {
    let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
    let bounded = |by: &str| {
        let mut world = world();
        let carol = world.find(ACCOUNT, T::User, "carol");
        let everything = document(&[json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })]);
        carol["UserPolicyList"] = json!([{ "PolicyName": "own", "PolicyDocument": everything }]);
        carol["PermissionsBoundary"] = json!({ "PermissionsBoundaryArn": arn(by) });
        world
    };
    // One boundary for another: which is wider is a question of what both say.
    let comparison = diff(&bounded("fence"), &bounded("power"));
    let item = only(&comparison);
    assert_eq!((item.path.as_str(), item.effect), ("permissions_boundary", Effect::Weakening), "{item:#?}");
    let comparison = diff(&bounded("power"), &bounded("fence"));
    assert_eq!(only(&comparison).effect, Effect::Strengthening);
    // To be taken something away strengthens, and to join a group weakens, whatever is granted elsewhere today.
    let attached = |policies: &[&str]| {
        let mut world = world();
        let list: Vec<_> = policies.iter().map(|name| json!({ "PolicyArn": arn(name) })).collect();
        world.find(ACCOUNT, T::User, "bob")["AttachedManagedPolicies"] = json!(list);
        world
    };
    let comparison = diff(&attached(&["fence"]), &attached(&[]));
    assert_eq!(only(&comparison).effect, Effect::Strengthening, "{:#?}", comparison.items);
    let comparison = diff(&attached(&["power"]), &attached(&[]));
    assert_eq!(only(&comparison).effect, Effect::Strengthening);
    // What was not read may grant what goes.
    let comparison = diff(&attached(&["fence", "lost"]), &attached(&["lost"]));
    assert_ne!(only(&comparison).effect, Effect::Neutral);
    let grouped = |groups: &[&str]| {
        let mut world = world();
        world.find(ACCOUNT, T::User, "bob")["GroupList"] = json!(groups);
        world
    };
    let comparison = diff(&grouped(&["staff", "wheel"]), &grouped(&["staff"]));
    assert_eq!(only(&comparison).effect, Effect::Strengthening);
    let comparison = diff(&grouped(&["staff"]), &grouped(&["staff", "wheel"]));
    assert_eq!(only(&comparison).effect, Effect::Weakening);
}
