//! Facts of what stands at the edge of networks, on small inventories.

use serde_json::{Value as Json, json};

use crate::arn::{AccountId, Partition, Scope};
use crate::inventory::{Account, Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::facts::{table, value};
use crate::model::{Model, Value};
use crate::net::IpSet;
use crate::resource::{Resource, ResourceType as T};

const ME: &str = "111122223333";
const OTHER: &str = "444455556666";
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

fn scope(account: &str, region: &str) -> Scope {
    Scope { partition: Partition::Aws, account: account.parse().unwrap(), region: region.parse().unwrap() }
}

/// What two accounts have in two regions, of which all was read but what is denied: an account, a region, an operation.
struct World(Inventory);

impl World {
    fn new(accounts: &[&str], denied: &[(&str, &str, &str)]) -> World {
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".into(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "test".into(),
            is_import: false,
        });
        for (number, account) in accounts.iter().enumerate() {
            let id: AccountId = account.parse().unwrap();
            let one = Account { partition: Partition::Aws, id: id.clone(), name: None, organizational_unit: None };
            inventory.accounts.insert(id, one);
            for of in T::ALL.iter().filter(|of| number == 0 || !of.is_organization_wide()) {
                let places = if of.is_global() { &["global"][..] } else { &REGIONS[..] };
                for (region, operation) in places.iter().flat_map(|r| of.operations().iter().map(move |o| (*r, *o))) {
                    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
                    let is_denied = denied.contains(&(*account, region, operation));
                    let outcome = if is_denied { Outcome::Gap(gap) } else { Outcome::Complete };
                    let cell = Cell { scope: scope(account, region), operation: operation.to_owned() };
                    inventory.ledger.record(cell, outcome);
                }
            }
        }
        World(inventory)
    }

    fn with(mut self, account: &str, region: &str, of: T, fields: Json) -> World {
        self.0.insert(scope(account, region), Resource::deserialize_as(of, fields).unwrap());
        self
    }

    /// A fact of the first resource of a type.
    fn fact(&self, of: T, name: &str) -> Value {
        let model = Model::new(&self.0, self.0.provenance.taken_at);
        let index = table(of).iter().position(|field| field.name == name).unwrap();
        let (scope, subject) = model.subjects(of).next().unwrap();
        value(&model, scope, subject, index)
    }
}

fn texts(all: &[&str]) -> Value {
    Value::Texts(all.iter().map(|text| (*text).to_owned()).collect())
}

fn is_unknown(value: Value, why: &str) {
    match value {
        Value::Unknown(missing) => assert!(missing.why.contains(why), "{missing}"),
        other => panic!("{other:?} is known"),
    }
}

fn firewall(more: Json) -> Json {
    let mut fields = json!({
        "FirewallName": "egress", "FirewallArn": "arn:aws:network-firewall:eu-west-1:111122223333:firewall/egress",
        "Firewall": {"VpcId": "vpc-1", "FirewallPolicyArn": "policy", "DeleteProtection": true, "SubnetChangeProtection": false,
            "FirewallPolicyChangeProtection": false, "SubnetMappings": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]},
        "FirewallPolicy": {"StatelessDefaultActions": ["aws:drop"], "StatelessFragmentDefaultActions": ["aws:pass"],
            "StatefulRuleGroupReferences": [{"ResourceArn": "b"}], "StatelessRuleGroupReferences": [{"ResourceArn": "a", "Priority": 1}]},
        "LoggingConfiguration": {"LogDestinationConfigs": [{"LogType": "FLOW"}, {"LogType": "ALERT"}]},
    });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

fn subnet(id: &str, zone: &str) -> Json {
    json!({"SubnetId": id, "VpcId": "vpc-1", "AvailabilityZone": zone})
}

#[test]
fn a_firewall_is_in_as_many_zones_as_its_subnets_are() {
    let of = |zones: [&str; 2], denied: &[(&str, &str, &str)]| {
        World::new(&[ME], denied)
            .with(ME, "eu-west-1", T::Firewall, firewall(json!({})))
            .with(ME, "eu-west-1", T::Subnet, subnet("subnet-1", zones[0]))
            .with(ME, "eu-west-1", T::Subnet, subnet("subnet-2", zones[1]))
    };
    assert_eq!(of(["a", "b"], &[]).fact(T::Firewall, "availability_zones"), texts(&["a", "b"]));
    assert_eq!(of(["a", "a"], &[]).fact(T::Firewall, "zone_count"), Value::Int(1));
    let alone = |denied| World::new(&[ME], denied).with(ME, "eu-west-1", T::Firewall, firewall(json!({})));
    is_unknown(alone(&[]).fact(T::Firewall, "zone_count"), "no list has the subnet subnet-1");
    is_unknown(
        alone(&[(ME, "eu-west-1", "ec2:DescribeSubnets")]).fact(T::Firewall, "zone_count"),
        "ec2:DescribeSubnets",
    );
    let at_gateway = json!({"Firewall": {"DeleteProtection": true, "SubnetChangeProtection": false, "FirewallPolicyChangeProtection": false,
        "AvailabilityZoneMappings": [{"AvailabilityZone": "b"}, {"AvailabilityZone": "a"}]}});
    let at_gateway = World::new(&[ME], &[]).with(ME, "eu-west-1", T::Firewall, firewall(at_gateway));
    assert_eq!(at_gateway.fact(T::Firewall, "availability_zones"), texts(&["a", "b"]));
    assert_eq!(at_gateway.fact(T::Firewall, "vpc_id"), Value::Absent);
}

#[test]
fn what_a_firewall_does_its_policy_says_and_where_that_was_not_read_nobody() {
    let whole = World::new(&[ME], &[]).with(ME, "eu-west-1", T::Firewall, firewall(json!({})));
    assert_eq!(whole.fact(T::Firewall, "rule_groups"), texts(&["a", "b"]));
    assert_eq!(whole.fact(T::Firewall, "stateless_fragment_default_actions"), texts(&["aws:pass"]));
    assert_eq!(whole.fact(T::Firewall, "log_types"), texts(&["ALERT", "FLOW"]));
    assert_eq!(whole.fact(T::Firewall, "deletion_protection"), true.into());
    for (field, operation, facts) in [
        ("Firewall", "network-firewall:DescribeFirewall", &["vpc_id", "deletion_protection", "zone_count"][..]),
        ("FirewallPolicy", "network-firewall:DescribeFirewallPolicy", &["rule_groups", "stateless_default_actions"]),
        ("LoggingConfiguration", "network-firewall:DescribeLoggingConfiguration", &["log_types"]),
    ] {
        let lacking = World::new(&[ME], &[(ME, "eu-west-1", operation)]);
        let lacking = lacking.with(ME, "eu-west-1", T::Firewall, firewall(json!({field: null})));
        facts.iter().for_each(|fact| is_unknown(lacking.fact(T::Firewall, fact), operation));
    }
    let gone = World::new(&[ME], &[]).with(ME, "eu-west-1", T::Firewall, firewall(json!({"FirewallPolicy": null})));
    is_unknown(gone.fact(T::Firewall, "rule_groups"), "gave nothing of egress");
}

#[test]
fn a_vpc_has_its_firewalls_and_routes_to_those_of_others() {
    let of = |routes: Json, denied: &[(&str, &str, &str)]| {
        let endpoint = |id: &str, kind: &str| json!({"VpcEndpointId": id, "VpcId": "vpc-1", "VpcEndpointType": kind});
        let table =
            json!({"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": routes});
        World::new(&[ME], denied)
            .with(ME, "eu-west-1", T::Vpc, json!({"VpcId": "vpc-1", "IsDefault": false}))
            .with(ME, "eu-west-1", T::Subnet, subnet("subnet-1", "a"))
            .with(ME, "eu-west-1", T::VpcEndpoint, endpoint("vpce-1", "GatewayLoadBalancer"))
            .with(ME, "eu-west-1", T::VpcEndpoint, endpoint("vpce-2", "Gateway"))
            .with(ME, "eu-west-1", T::RouteTable, table)
    };
    let route =
        |field: &str, target: &str, to: &str| json!([{"DestinationCidrBlock": to, field: target, "State": "active"}]);
    let routes = |routes| of(routes, &[]).fact(T::Vpc, "inspection_routes");
    assert_eq!(routes(route("GatewayId", "vpce-1", "0.0.0.0/0")), texts(&["vpce-1"]));
    assert_eq!(routes(route("TransitGatewayId", "tgw-1", "0.0.0.0/0")), texts(&["tgw-1"]));
    for elsewhere in [
        route("GatewayId", "vpce-2", "0.0.0.0/0"),
        route("GatewayId", "igw-1", "0.0.0.0/0"),
        route("TransitGatewayId", "tgw-1", "10.0.0.0/8"),
        json!([{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-1", "State": "blackhole"}]),
    ] {
        assert_eq!(routes(elsewhere.clone()), texts(&[]), "{elsewhere}");
    }
    let unread = of(json!([]), &[(ME, "eu-west-1", "ec2:DescribeVpcEndpoints")]);
    is_unknown(unread.fact(T::Vpc, "inspection_routes"), "ec2:DescribeVpcEndpoints");
    let own = of(json!([]), &[]).with(ME, "eu-west-1", T::Firewall, firewall(json!({})));
    assert_eq!(own.fact(T::Vpc, "firewalls"), texts(&["egress"]));
    assert_eq!(of(json!([]), &[]).fact(T::Vpc, "firewalls"), texts(&[]));
}

#[test]
fn a_load_balancer_has_the_web_acl_that_names_it() {
    let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1";
    let of = |arns: Json, denied: &[(&str, &str, &str)]| {
        World::new(&[ME], denied)
            .with(ME, "eu-west-1", T::LoadBalancer, json!({"LoadBalancerArn": arn, "Type": "application"}))
            .with(ME, "eu-west-1", T::WebAcl, json!({"ARN": "acl", "ResourceArns": arns}))
            .fact(T::LoadBalancer, "web_acl")
    };
    const RESOURCES: (&str, &str, &str) = (ME, "eu-west-1", "wafv2:ListResourcesForWebACL");
    assert_eq!(of(json!([arn]), &[]), "acl".into());
    assert_eq!(of(json!([arn]), &[RESOURCES]), "acl".into());
    assert_eq!(of(json!([]), &[]), Value::Absent);
    is_unknown(of(json!(null), &[RESOURCES]), "wafv2:ListResourcesForWebACL");
    is_unknown(of(json!([]), &[(ME, "eu-west-1", "wafv2:ListWebACLs")]), "wafv2:ListWebACLs");
}

#[test]
fn a_gateway_is_reached_over_as_many_connections_as_are_up() {
    let interface = |id: &str, connection: &str, state: &str| json!({"virtualInterfaceId": id, "connectionId": connection, "virtualInterfaceState": state, "directConnectGatewayId": "gateway"});
    let one = || {
        World::new(&[ME], &[]).with(ME, "eu-west-1", T::VirtualInterface, interface("dxvif-1", "dxcon-1", "available"))
    };
    let connections = |world: World| world.fact(T::VirtualInterface, "gateway_connections");
    // Two interfaces over one connection are one way.
    let same = one().with(ME, "eu-west-1", T::VirtualInterface, interface("dxvif-2", "dxcon-1", "available"));
    assert_eq!(connections(same), texts(&["dxcon-1"]));
    let down = one().with(ME, "eu-west-1", T::VirtualInterface, interface("dxvif-2", "dxcon-2", "down"));
    assert_eq!(down.fact(T::VirtualInterface, "gateway_connection_count"), Value::Int(1));
    // A gateway of Direct Connect is of no region.
    let elsewhere = one().with(ME, "us-east-1", T::VirtualInterface, interface("dxvif-2", "dxcon-2", "available"));
    assert_eq!(connections(elsewhere), texts(&["dxcon-1", "dxcon-2"]));
    let others = one().with(OTHER, "eu-west-1", T::VirtualInterface, interface("dxvif-2", "dxcon-2", "available"));
    assert_eq!(connections(others), texts(&["dxcon-1"]));
    let unread = World::new(&[ME], &[(ME, "us-east-1", "directconnect:DescribeVirtualInterfaces")]);
    let unread = unread.with(ME, "eu-west-1", T::VirtualInterface, interface("dxvif-1", "dxcon-1", "available"));
    is_unknown(connections(unread), "directconnect:DescribeVirtualInterfaces");
    let public =
        json!({"virtualInterfaceId": "dxvif-1", "connectionId": "dxcon-1", "virtualInterfaceState": "available"});
    let public = World::new(&[ME], &[]).with(ME, "eu-west-1", T::VirtualInterface, public);
    assert_eq!(connections(public), Value::Absent);
}

#[test]
fn an_accounts_connections_are_where_those_are_that_are_up() {
    let of = |denied: &[(&str, &str, &str)]| {
        let connection = |id: &str, state: &str, location: &str| json!({"connectionId": id, "connectionState": state, "location": location});
        World::new(&[ME], denied)
            .with(ME, "eu-west-1", T::Connection, connection("dxcon-1", "available", "EqDC2"))
            .with(ME, "us-east-1", T::Connection, connection("dxcon-2", "available", "EqDC2"))
            .with(ME, "us-east-1", T::Connection, connection("dxcon-3", "down", "CSVA1"))
            .with(ME, "us-east-1", T::Connection, connection("dxcon-4", "deleted", "SAVA1"))
    };
    assert_eq!(of(&[]).fact(T::Account, "direct_connect_count"), Value::Int(3));
    assert_eq!(of(&[]).fact(T::Account, "direct_connect_locations"), texts(&["EqDC2"]));
    assert_eq!(of(&[]).fact(T::Account, "direct_connect_location_count"), Value::Int(1));
    let unread = of(&[(ME, "us-east-1", "directconnect:DescribeConnections")]);
    is_unknown(unread.fact(T::Account, "direct_connect_location_count"), "directconnect:DescribeConnections");
}

/// The addresses of the zone's only record that nobody holds.
fn unheld(world: &World) -> Value {
    let Value::List(records) = world.fact(T::HostedZone, "address_records") else { panic!("no list") };
    records[0].values()[4].clone()
}

fn with_zone(world: World, kind: &str, addresses: &[&str]) -> World {
    let records = json!([{"Name": "www.example.com.", "Type": kind, "Addresses": addresses}]);
    let zone = json!({"Id": "/hostedzone/Z1", "Name": "example.com.", "Config": {"PrivateZone": false}, "ResourceRecordSets": records});
    world.with(ME, "global", T::HostedZone, zone)
}

fn ips(all: &[&str]) -> Value {
    Value::Ips(IpSet::from_blocks(all).unwrap())
}

#[test]
fn an_address_is_held_wherever_an_account_has_it() {
    let both = || World::new(&[ME, OTHER], &[]);
    let interface = json!({"NetworkInterfaceId": "eni-1", "Association": {"PublicIp": "52.0.0.2"}, "Ipv6Addresses": [{"Ipv6Address": "2600::2"}]});
    for (of, region, fields, held) in [
        (T::Address, "us-east-1", json!({"AllocationId": "e", "PublicIp": "52.0.0.1"}), "52.0.0.1"),
        (T::NetworkInterface, "us-east-1", interface.clone(), "52.0.0.2"),
        (T::NetworkInterface, "us-east-1", interface, "2600::2"),
        (
            T::Accelerator,
            "global",
            json!({"AcceleratorArn": "a", "IpSets": [{"IpAddresses": ["52.0.0.3"]}]}),
            "52.0.0.3",
        ),
        (
            T::Vpc,
            "us-east-1",
            json!({"VpcId": "vpc-1", "IsDefault": false, "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2600:1::/56"}]}),
            "2600:1::77",
        ),
    ] {
        let kind = if held.contains(':') { "AAAA" } else { "A" };
        let there = with_zone(both(), kind, &[held]);
        assert_eq!(unheld(&there), ips(&[held]));
        assert_eq!(unheld(&there.with(OTHER, region, of, fields)), ips(&[]));
    }
    // What no packet of the internet gets to is nobody's to take over.
    assert_eq!(unheld(&with_zone(both(), "A", &["10.0.0.1", "52.0.0.9"])), ips(&["52.0.0.9"]));
}

#[test]
fn an_address_may_be_held_where_nobody_looked() {
    for (region, operation) in [
        ("us-east-1", "ec2:DescribeAddresses"),
        ("eu-west-1", "ec2:DescribeNetworkInterfaces"),
        ("us-east-1", "ec2:DescribeVpcs"),
        ("global", "globalaccelerator:ListAccelerators"),
    ] {
        let world = World::new(&[ME, OTHER], &[(OTHER, region, operation)]);
        let world = with_zone(world, "A", &["52.0.0.1"]);
        is_unknown(unheld(&world), operation);
        // An address that is held is, whatever else was not read.
        let held = world.with(ME, "eu-west-1", T::Address, json!({"AllocationId": "e", "PublicIp": "52.0.0.1"}));
        assert_eq!(unheld(&held), ips(&[]));
    }
    let organization = |accounts: &[&str], denied: &[(&str, &str, &str)]| {
        let account = |id: &str, state: &str| json!({"Id": id, "Arn": format!("arn:aws:organizations::{ME}:account/o-1/{id}"), "State": state});
        let world = World::new(accounts, denied)
            .with(ME, "global", T::Organization, json!({"Id": "o-abcdefghij", "Arn": format!("arn:aws:organizations::{ME}:organization/o-abcdefghij"), "MasterAccountId": ME}))
            .with(ME, "global", T::OrganizationAccount, account(ME, "ACTIVE"))
            .with(ME, "global", T::OrganizationAccount, account(OTHER, "ACTIVE"))
            .with(ME, "global", T::OrganizationAccount, account("999988887777", "SUSPENDED"));
        unheld(&with_zone(world, "A", &["52.0.0.1"]))
    };
    assert_eq!(organization(&[ME, OTHER], &[]), ips(&["52.0.0.1"]));
    is_unknown(organization(&[ME], &[]), "account 444455556666 of the organization was not read");
    let lists = (ME, "global", "organizations:ListAccounts");
    is_unknown(organization(&[ME, OTHER], &[lists]), "accounts of the organization were not listed");
}
