//! Whose files are, what they hold besides, and what a user is told.

use driftline::import::{ImportError, Options, Taken};
use driftline::inventory::{Outcome, Reason};
use driftline::resource::{Resource, ResourceType};

use super::{Look, assert_not_imported, import, options, texts, try_import};
use crate::cli::world::{Ran, World};

const VPC: &str = r#"{"Vpcs": [{"VpcId": "vpc-1", "IsDefault": true, "CidrBlock": "10.0.0.0/16"}]}"#;
const ELB: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333";

fn balancer() -> String {
    format!(
        r#"{{"LoadBalancers": [{{"LoadBalancerArn": "{ELB}:loadbalancer/app/web/1", "LoadBalancerName": "web", "Type": "application"}}]}}"#
    )
}

// -- whose

fn scopes(options: Options, files: &[(&str, &str)]) -> Result<Vec<String>, ImportError> {
    let imported = try_import(options, &texts(files))?;
    Ok(imported.inventory.ledger.scopes().map(ToString::to_string).collect())
}

#[test]
fn the_account_and_region_are_from_flags_then_folders_then_the_files() {
    let says =
        r#"{"Subnets": [{"SubnetId": "subnet-1", "OwnerId": "111122223333", "AvailabilityZone": "eu-west-1a"}]}"#;
    let found = |options, path| scopes(options, &[(path, says)]).unwrap();
    assert_eq!(found(options(), "x.json"), ["111122223333 eu-west-1"]);
    assert_eq!(found(options(), "444455556666/us-east-1/x.json"), ["444455556666 us-east-1"]);
    assert_eq!(found(options(), "444455556666/x.json"), ["444455556666 eu-west-1"]);
    let root = Options { root: vec!["777788889999".to_owned(), "eu-south-1".to_owned()], ..options() };
    assert_eq!(found(root.clone(), "444455556666/x.json"), ["444455556666 eu-south-1"]);
    let said =
        Options { account: Some("123456789012".parse().unwrap()), region: Some("sa-east-1".parse().unwrap()), ..root };
    assert_eq!(found(said, "444455556666/us-east-1/x.json"), ["123456789012 sa-east-1"]);
}

#[test]
fn a_file_that_does_not_say_is_of_its_neighbours_place() {
    let says = r#"{"Reservations": [{"OwnerId": "111122223333", "Instances": [{"InstanceId": "i-1", "Placement": {"AvailabilityZone": "eu-west-1a"}}]}]}"#;
    // The VPC is shared by another account.
    let shared = r#"{"Vpcs": [{"VpcId": "vpc-1", "IsDefault": false, "OwnerId": "999988887777"}]}"#;
    let found =
        scopes(options(), &[("a/i.json", says), ("a/v.json", shared), ("a/deep/er.json", r#"{"FlowLogs": []}"#)]);
    assert_eq!(found.unwrap(), ["111122223333 eu-west-1"]);
}

#[test]
fn who_cannot_be_told_is_asked_for() {
    let error = scopes(options(), &[("a/Vpcs.json", VPC)]).unwrap_err().to_string();
    assert_eq!(
        error,
        "a/Vpcs.json: nothing says which account it is from; pass `--account`, or put it into a folder of that name"
    );
    let error = scopes(options(), &[("111122223333/Vpcs.json", VPC)]).unwrap_err().to_string();
    assert!(error.contains("111122223333/Vpcs.json: nothing says which region"), "{error}");
    let two = r#"{"Vpcs": [{"VpcId": "vpc-1", "IsDefault": true, "OwnerId": "111122223333"}, {"VpcId": "vpc-2", "IsDefault": true, "OwnerId": "999988887777"}]}"#;
    let error = scopes(options(), &[("eu-west-1/Vpcs.json", two)]).unwrap_err().to_string();
    assert!(error.contains("which account it is from without a doubt"), "{error}");
}

#[test]
fn a_flag_does_not_make_one_of_several() {
    let options = Options { region: Some("eu-west-1".parse().unwrap()), ..options() };
    let files = [("111122223333/us-east-1/v.json", VPC), ("111122223333/us-west-1/v.json", VPC)];
    let error = scopes(options, &files).unwrap_err().to_string();
    assert!(error.contains("several regions (us-east-1, us-west-1)"), "{error}");
}

#[test]
fn the_partition_is_the_regions() {
    let imported = try_import(options(), &texts(&[("111122223333/us-gov-west-1/v.json", VPC)])).unwrap();
    let (key, resource) = imported.inventory.resources().next().unwrap();
    assert_eq!(resource.arn(&key.scope).as_str(), "arn:aws-us-gov:ec2:us-gov-west-1:111122223333:vpc/vpc-1");
}

// -- when

#[test]
fn the_time_is_the_newest_that_had_been() {
    let files = r#"{"NatGateways": [{"NatGatewayId": "nat-1", "CreateTime": "2020-04-22 01:29:09+00:00"}],
        "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "ExpirationTime": "2030-01-01T00:00:00Z"}]}"#;
    let imported = import(&[("x", files)]);
    assert_eq!(
        (imported.taken, imported.inventory.provenance.taken_at.to_string().as_str()),
        (Taken::Newest, "2020-04-22T01:29:09Z")
    );
    let imported = import(&[("x", VPC)]);
    assert_eq!((imported.taken, imported.inventory.provenance.taken_at.as_second()), (Taken::Nothing, 0));
}

// -- what

#[test]
fn a_file_may_hold_several_lists_and_a_list_several_files() {
    let imported = import(&[
        (
            "a",
            r#"{"Vpcs": [{"VpcId": "vpc-1", "IsDefault": true}], "Subnets": [], "ResponseMetadata": {"HTTPStatusCode": 200}, "NextToken": "more"}"#,
        ),
        (
            "b",
            r#"{"Vpcs": [{"VpcId": "vpc-2", "IsDefault": true}]} {"Vpcs": [{"VpcId": "vpc-3", "IsDefault": true}], "NextToken": ""}"#,
        ),
    ]);
    assert_eq!(imported.ids(ResourceType::Vpc), ["vpc-1", "vpc-2", "vpc-3"]);
    assert_eq!(imported.outcome("ec2:DescribeVpcs"), Some(Outcome::Complete));
    // Nothing ends the list of subnets.
    let gap = imported.gap("ec2:DescribeSubnets");
    assert_eq!((gap.reason, gap.partial), (Reason::Malformed, true));
    assert!(imported.account.complaints.is_empty() && imported.account.unknown.is_empty());
}

#[test]
fn pages_of_one_listener_list_do_not_end_anothers() {
    let listener = |balancer: &str| {
        format!(
            r#"{{"ListenerArn": "{ELB}:listener/app/{balancer}/1", "LoadBalancerArn": "{ELB}:loadbalancer/app/{balancer}/1"}}"#
        )
    };
    let balancers =
        balancer().replace("}]}", &format!(r#"}}, {{"LoadBalancerArn": "{ELB}:loadbalancer/app/b/1"}}]}}"#));
    let whole = format!(r#"{{"Listeners": [{}]}}"#, listener("web"));
    let cut = format!(r#"{{"Listeners": [{}], "NextMarker": "x"}}"#, listener("b"));
    let imported = import(&[("b", &balancers), ("l1", &whole), ("l2", &cut)]);
    assert_eq!(imported.gap("elbv2:DescribeListeners").reason, Reason::Malformed);
    let imported = import(&[("b", &balancers), ("l1", &whole)]);
    let gap = imported.gap("elbv2:DescribeListeners");
    assert_not_imported(&gap, true);
    assert_eq!(gap.message, format!("the imported files do not hold it of 1 of 2, such as {ELB}:loadbalancer/app/b/1"));
}

#[test]
fn parts_are_of_what_the_file_or_folder_is_named_after() {
    let routes = r#"{"Routes": [{"DestinationCidrBlock": "10.0.0.0/8", "Type": "propagated", "State": "active"}], "AdditionalRoutesAvailable": true}"#;
    for path in ["tgw-rtb-1.json", "routes-tgw-rtb-1", "tgw-rtb-1/x.json", "a/search_tgw-rtb-1_active/1/x"] {
        let imported = import(&[(path, routes)]);
        let Resource::TransitGatewayRouteTable(table) = imported.one() else { panic!("no table") };
        assert_eq!((table.id_of(), table.routes.as_ref().map(Vec::len)), ("tgw-rtb-1", Some(1)));
        assert_eq!(table.additional_routes_available, Some(true));
        assert_eq!(imported.outcome("ec2:SearchTransitGatewayRoutes"), Some(Outcome::Complete));
        assert_not_imported(&imported.gap("ec2:DescribeTransitGatewayRouteTables"), true);
    }
    let imported = import(&[("v", VPC), ("entries.json", r#"{"Entries": [{"Cidr": "10.0.0.0/8"}]}"#)]);
    assert_eq!(imported.ids(ResourceType::PrefixList), Vec::<String>::new());
    let unknown = "Entries (name the file or its folder after what it is of, pl-...)".to_owned();
    assert_eq!(imported.account.unknown, [("entries.json".to_owned(), vec![unknown])]);
    // Of a balancer by its name; an empty list says that there is none.
    let imported = import(&[("b", &balancer()), ("web.json", r#"{"Listeners": []}"#)]);
    assert_eq!(imported.outcome("elbv2:DescribeListeners"), Some(Outcome::Complete));
    let imported = import(&[("b", &balancer()), ("other.json", r#"{"Listeners": []}"#)]);
    assert_not_imported(&imported.gap("elbv2:DescribeListeners"), false);
    assert_eq!(imported.account.complaints.len(), 1, "{:?}", imported.account.complaints);
}

trait Id {
    fn id_of(&self) -> &str;
}
impl<R: driftline::resource::AwsResource> Id for R {
    fn id_of(&self) -> &str {
        self.id()
    }
}

#[test]
fn a_list_that_lacks_what_there_are_parts_of_is_not_whole() {
    let entries = r#"{"Entries": [{"Cidr": "10.0.0.0/8"}]}"#;
    let imported = import(&[("l", r#"{"PrefixLists": []}"#), ("pl-1", entries)]);
    assert_eq!(imported.ids(ResourceType::PrefixList), ["pl-1"]);
    assert_eq!(imported.account.complaints, ["pl-1: Entries: no list has pl-1"]);
    let gap = imported.gap("ec2:DescribeManagedPrefixLists");
    assert_eq!((gap.reason, gap.partial), (Reason::Malformed, true));
    // Without the list there is nothing to complain of.
    let imported = import(&[("pl-1", entries)]);
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    assert_not_imported(&imported.gap("ec2:DescribeManagedPrefixLists"), true);
}

#[test]
fn keys_of_the_same_name_in_other_services_are_left_alone() {
    let others = r#"{"Rules": [{"Name": "nightly"}], "Listeners": [{"ListenerArn": "arn:aws:globalaccelerator::1:x"}],
        "Attributes": {"QueueArn": "x"}, "Associations": [{"AssociationId": "y"}],
        "Routes": [], "Entries": 3, "EnableDnsSupport": {"Value": true}}"#;
    let imported = import(&[("v", VPC), ("others", others)]);
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    assert_eq!(imported.account.unknown[0].1.len(), 7, "{:?}", imported.account.unknown);
    assert_eq!(imported.inventory.len(), 1);
    assert!(imported.inventory.ledger.gaps().all(|(_, gap)| gap.reason == Reason::NotImported));
}

#[test]
fn attributes_of_a_classic_load_balancer_are_of_the_one_that_the_file_is_named_after() {
    let list = r#"{"LoadBalancerDescriptions": [{"LoadBalancerName": "web"}, {"LoadBalancerName": "web-old"}]}"#;
    let attributes = r#"{"LoadBalancerAttributes": {"AccessLog": {"Enabled": true}}}"#;
    let read = |files: &[(&str, &str)]| {
        let imported = import(files);
        let outcome = imported.outcome("elb:DescribeLoadBalancerAttributes");
        (imported.account.complaints.clone(), outcome)
    };
    let (complaints, outcome) = read(&[("l", list), ("web/attributes", attributes), ("web-old", attributes)]);
    assert_eq!((complaints, outcome), (Vec::new(), Some(Outcome::Complete)));
    // A longer name has the shorter one in it.
    let (complaints, outcome) = read(&[("l", list), ("web-old", attributes)]);
    assert_eq!(complaints, Vec::<String>::new());
    assert!(outcome != Some(Outcome::Complete));
    let (complaints, _) = read(&[("l", list), ("x", attributes)]);
    assert_eq!(complaints.len(), 1, "{complaints:?}");
}

#[test]
fn a_list_in_both_forms_has_the_entries_of_one_and_the_rest_of_the_other() {
    let legacy = r#"{"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["10.0.0.0/8"]}]}"#;
    let managed = r#"{"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "OwnerId": "AWS", "MaxEntries": 5}]}"#;
    for files in [[("a", legacy), ("b", managed)], [("a", managed), ("b", legacy)]] {
        let imported = import(&files);
        let Resource::PrefixList(list) = imported.one() else { panic!("no list") };
        assert_eq!((list.max_entries, list.entries.as_ref().map(Vec::len)), (Some(5), Some(1)));
        assert_eq!(imported.outcome("ec2:DescribeManagedPrefixLists"), Some(Outcome::Complete));
        assert_eq!(imported.account.complaints, Vec::<String>::new());
    }
}

#[test]
fn a_resource_in_two_files_is_told_if_they_differ() {
    let other = VPC.replace("true", "false");
    let imported = import(&[("a", VPC), ("b", VPC)]);
    assert_eq!((imported.account.repeated, imported.outcome("ec2:DescribeVpcs")), (1, Some(Outcome::Complete)));
    let imported = import(&[("b", &other), ("a", VPC)]);
    assert_eq!(imported.account.complaints, ["vpc-1 in b: Vpcs[0] is not as in a: Vpcs[0]; the latter is kept"]);
    let gap = imported.gap("ec2:DescribeVpcs");
    assert_eq!((gap.reason, gap.partial), (Reason::Malformed, true));
    assert!(matches!(imported.one(), Resource::Vpc(vpc) if vpc.is_default));
}

#[test]
fn static_routes_are_all_where_nothing_propagates() {
    let tables = r#"{"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}],
        "TransitGatewayStaticRoutes": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": []}],
        "TransitGatewayPropagations": [{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayRouteTablePropagations": []}]}"#;
    assert_eq!(import(&[("x", tables)]).outcome("ec2:SearchTransitGatewayRoutes"), Some(Outcome::Complete));
    let some = tables.replace("Propagations\": []", "Propagations\": [{\"ResourceId\": \"vpc-1\"}]");
    assert_not_imported(&import(&[("x", &some)]).gap("ec2:SearchTransitGatewayRoutes"), true);
}

// -- the command

fn described(world: &World, more: &[&str]) -> Ran {
    world.run(&[&["import", "describe", "dump", "-o", "x.dls"], more].concat())
}

#[test]
fn the_command_writes_a_snapshot_and_says_what_became_of_the_files() {
    let world = World::new();
    world.write("dump/111122223333/eu-west-1/Vpcs.json", VPC);
    world.write("dump/111122223333/eu-west-1/zones.json", r#"{"AvailabilityZones": [], "Regions": []}"#);
    world.write("dump/README.md", "Read me.");
    world.write("dump/other.json", r#"{"Things": [1]}"#);
    let ran = described(&world, &["--as-of", "2026-11-01T00:00:00Z"]);
    assert_eq!(ran.code, 0, "{ran}");
    for wanted in [
        "source         import describe dump\n",
        "taken          2026-11-01T00:00:00Z by driftline",
        "regions        1 (eu-west-1)\n",
        "        1  AWS::EC2::VPC\n",
        "  NotImported    ec2:DescribeSubnets  111122223333 eu-west-1: the imported files do not hold it\n",
        "files          1 of 4 used\n",
        "not kept       AvailabilityZones (1), Regions (1)\n",
    ] {
        assert!(ran.out.contains(wanted), "{wanted:?} is not in {ran}");
    }
    assert_eq!(ran.err, "warning: README.md:1:1: expected value\nother.json: not recognized: Things\n");
    let judged = world.scan("x.dls", &[]);
    assert_eq!(judged.code, 3, "{judged}");
    assert!(judged.out.contains("vpc-1 is a default VPC"), "{judged}");
    // The same again, byte for byte.
    let first = std::fs::read(world.path("x.dls")).unwrap();
    described(&world, &["--as-of", "2026-11-01T00:00:00Z"]);
    assert_eq!(first, std::fs::read(world.path("x.dls")).unwrap());
}

#[test]
fn what_was_not_imported_is_named_by_the_verdict_that_needs_it() {
    let world = World::new();
    world.write("dump/111122223333/eu-west-1/Subnets.json", r#"{"Subnets": []}"#);
    described(&world, &[]).said(0, "no file holds a time");
    let ran = world.scan("x.dls", &[]);
    assert_eq!(ran.code, 4, "{ran}");
    assert!(ran.out.contains("unknown[NotImported]") && ran.out.contains("ec2:DescribeVpcs"), "{ran}");
}

#[test]
fn exit_codes_of_an_import() {
    let world = World::new();
    described(&world, &[]).said(1, "cannot read `dump`");
    world.write("dump/x.txt", "no JSON");
    described(&world, &[]).said(1, "`dump`: no file holds what `aws ... describe-*` or `aws iam ...` prints");
    world.write("dump/Vpcs.json", VPC);
    described(&world, &[]).said(2, "Vpcs.json: nothing says which account it is from; pass `--account`");
    described(&world, &["--account", "1234"]).said(2, "twelve digits are wanted");
    described(&world, &["--account", "111122223333", "--region", "global"]).said(2, "a region's name is wanted");
    described(&world, &["--account", "111122223333", "--region", "eu-west-1"]).said(0, "no file holds a time");
    let ran = world.run(&["import", "describe", "dump/Vpcs.json", "-o", "none/x.dls"]);
    ran.said(1, "cannot write into `none`");
    let one =
        ["import", "describe", "dump/Vpcs.json", "-o", "one.dls", "--account", "111122223333", "--region", "eu-west-1"];
    assert_eq!(world.run(&one).code, 0);
}

#[cfg(unix)]
#[test]
fn links_may_lead_in_a_circle_and_nowhere() {
    let world = World::new();
    world.write("dump/111122223333/eu-west-1/Vpcs.json", VPC);
    std::os::unix::fs::symlink("..", world.path("dump/111122223333/back")).unwrap();
    std::os::unix::fs::symlink("nowhere", world.path("dump/gone.json")).unwrap();
    let ran = described(&world, &[]);
    ran.said(0, "gone.json: it cannot be read");
    assert!(ran.out.contains("files          1 of 2 used"), "{ran}");
}
