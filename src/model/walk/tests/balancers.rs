//! What AWS documents of load balancers, asked of both readers: the walk of a packet to the front, and the sets of what
//! is behind it.

use serde_json::{Value, json};

use super::super::{Gate, Verdict};
use super::networks::{HERE, Net, all_from, balanced, from_group, to};
use crate::arn::Scope;
use crate::inventory::{Cell, Gap, Inventory, Outcome, Reason};
use crate::model::exposure::{Class, Exposed, Exposure};
use crate::model::topology::Topology;
use crate::model::walk::{Probe, ProbeProtocol, reach};
use crate::resource::{Resource, ResourceType};

const CLIENT: &str = "198.41.0.4";
const FRONT: &str = "52.0.0.9";
const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const INTERFACE: &str = "AWS::EC2::NetworkInterface";

/// What the sets say of the target at 10.1.2.5.
fn behind(inventory: &Inventory) -> String {
    let topology = Topology::new(inventory);
    let is_target = |resource: &str, class: Class| resource == "eni-10.1.2.5" && class == Class::ViaLoadBalancer;
    let all = Exposure::of(&topology).endpoints;
    let found = all.iter().find(|one| is_target(&one.resource, one.class));
    found.map_or("not told".to_owned(), |one| one.verdict().as_str().to_owned())
}

#[track_caller]
fn both(net: &Net, expected: &str) {
    let inventory = net.inventory();
    assert_both(&inventory, expected);
}

#[track_caller]
fn assert_both(inventory: &Inventory, expected: &str) {
    let topology = Topology::new(inventory);
    let probe = Probe { from: CLIENT.into(), to: FRONT.into(), protocol: ProbeProtocol::Tcp(443) };
    let answer = reach(&topology, &probe);
    let walked = match answer.verdict {
        Verdict::Blocked => "closed",
        Verdict::OneWay => "one-way",
        Verdict::Reachable => "reachable",
        Verdict::Unknown => "unknown",
    };
    assert_eq!(walked, expected, "{answer:#?}");
    let told = behind(inventory);
    assert!(told == expected || (told == "not told" && expected == "closed"), "{told}, and it is {expected}");
}

fn refused(inventory: &mut Inventory, operation: &str) {
    let (scope, _) = inventory.ledger.outcomes_of(operation).find(|(scope, _)| scope.region.as_str() == HERE).unwrap();
    let cell = Cell { scope: scope.clone(), operation: operation.to_owned() };
    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
    inventory.ledger.record(cell, Outcome::Gap(gap));
}

/// The balancer's nodes have this group, whose rules of what goes out are these.
fn grouped(egress: &[Value]) -> Net {
    let mut net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([]));
    net.put(
        "AWS::EC2::SecurityGroup",
        json!({ "GroupId": "sg-lb", "GroupName": "lb", "VpcId": "vpc-a",
        "IpPermissions": [all_from("0.0.0.0/0")], "IpPermissionsEgress": egress }),
    );
    net.edit(BALANCER, |balancer| balancer["SecurityGroups"] = json!(["sg-lb"]));
    net.edit(INTERFACE, |eni| {
        if eni["NetworkInterfaceId"] == "eni-nlb" {
            eni["Groups"] = json!([{ "GroupId": "sg-lb" }]);
        }
    });
    net
}

#[test]
fn the_groups_of_a_network_load_balancer_decide_what_leaves_it() {
    both(&grouped(&[]), "closed");
    both(&grouped(&[all_from("10.1.2.0/24")]), "reachable");
    both(&grouped(&[all_from("10.1.3.0/24")]), "closed");
    both(&grouped(&[from_group("t")]), "reachable");
    grouped(&[]).expect(CLIENT, FRONT, 443, Verdict::Blocked, Some(Gate::SecurityGroupEgress));
}

#[test]
fn a_client_of_ipv6_comes_to_a_target_of_ipv4_from_the_nodes_own_address_of_that_family() {
    for (rules, expected) in [
        (json!([all_from("10.1.1.9/32")]), Verdict::Reachable),
        (json!([{ "IpProtocol": "-1", "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }]), Verdict::Blocked),
    ] {
        let mut net = balanced("z", rules.as_array().unwrap(), "instance", json!([]));
        let way = json!({ "DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-a", "State": "active" });
        net.table("a", "10.1.0.0/16", "p", &[to("0.0.0.0/0", "GatewayId", "igw-a"), way]);
        let open = |egress: bool, six: bool| {
            let block = if six { ("Ipv6CidrBlock", "::/0") } else { ("CidrBlock", "0.0.0.0/0") };
            json!({ "Egress": egress, "RuleNumber": 100 + i32::from(six), "RuleAction": "allow", "Protocol": "-1", block.0: block.1 })
        };
        let entries = [open(false, false), open(false, true), open(true, false), open(true, true)];
        net.edit("AWS::EC2::NetworkAcl", |acl| acl["Entries"] = json!(entries));
        let six = json!([{ "Ipv6CidrBlock": "2600::/56", "Ipv6CidrBlockState": { "State": "associated" } }]);
        net.edit("AWS::EC2::VPC", |vpc| vpc["Ipv6CidrBlockAssociationSet"] = six.clone());
        net.edit(INTERFACE, |eni| {
            if eni["NetworkInterfaceId"] == "eni-nlb" {
                eni["Ipv6Addresses"] = json!([{ "Ipv6Address": "2600::9" }]);
            }
        });
        net.expect("2a00::1", "2600::9", 443, expected, None);
        let inventory = net.inventory();
        let all = Exposure::of(&Topology::new(&inventory)).endpoints;
        let target = all.iter().find(|one| one.class == Class::ViaLoadBalancer && one.family == 6).unwrap();
        let wanted = if expected == Verdict::Reachable { "reachable" } else { "closed" };
        assert_eq!(target.verdict().as_str(), wanted);
    }
}

#[test]
fn a_target_groups_setting_keeps_an_application_load_balancer_in_its_zone() {
    for (attributes, expected) in [
        (json!([]), "reachable"),
        (
            json!([{ "Key": "load_balancing.cross_zone.enabled", "Value": "use_load_balancer_configuration" }]),
            "reachable",
        ),
        (json!([{ "Key": "load_balancing.cross_zone.enabled", "Value": "false" }]), "not told"),
    ] {
        let mut net = balanced("other", &[all_from("0.0.0.0/0")], "instance", attributes);
        net.edit(BALANCER, |balancer| {
            balancer["Type"] = json!("application");
            balancer["Listeners"][0]["Protocol"] = json!("HTTPS");
        });
        assert_eq!(behind(&net.inventory()), expected);
    }
}

/// A classic balancer in front of the target in some zone.
fn classic(zone: &str, attributes: &Value) -> Net {
    let mut net = balanced(zone, &[all_from("10.1.1.9/32")], "instance", json!([]));
    net.subnet("a", "o", "10.1.3.0/24", "other");
    net.edit(INTERFACE, |eni| {
        if eni["NetworkInterfaceId"] == "eni-nlb" {
            eni["Description"] = json!("ELB old");
            eni["InterfaceType"] = json!("interface");
        }
    });
    net.put(CLASSIC, json!({ "LoadBalancerName": "old", "Scheme": "internet-facing", "Subnets": ["subnet-p", "subnet-o"],
        "ListenerDescriptions": [{ "Listener": { "Protocol": "TCP", "LoadBalancerPort": 443, "InstanceProtocol": "TCP", "InstancePort": 80 } }],
        "Instances": [{ "InstanceId": "i-10.1.2.5" }], "LoadBalancerAttributes": attributes }));
    net
}

#[test]
fn a_classic_load_balancer_speaks_to_other_zones_if_it_is_told_to() {
    let told = |crosses: bool| json!({ "CrossZoneLoadBalancing": { "Enabled": crosses } });
    assert_eq!(behind(&classic("z", &told(false)).inventory()), "reachable");
    assert_eq!(behind(&classic("other", &told(false)).inventory()), "not told");
    assert_eq!(behind(&classic("other", &told(true)).inventory()), "reachable");
    assert_eq!(behind(&classic("third", &told(true)).inventory()), "not told", "not a zone of the balancer");
    let mut unread = classic("other", &Value::Null).inventory();
    refused(&mut unread, "elb:DescribeLoadBalancerAttributes");
    assert_eq!(behind(&unread), "unknown");
}

#[test]
fn too_few_healthy_targets_make_a_node_speak_to_all() {
    let least = |count: &str| {
        let key = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count";
        let mut net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([{ "Key": key, "Value": count }]));
        net.interface("a", "t", "t", "10.1.2.6", None);
        net.edit(TARGETS, |group| {
            group["TargetHealthDescriptions"] = json!([
                { "Target": { "Id": "i-10.1.2.5", "Port": 8443 }, "TargetHealth": { "State": "unhealthy" } },
                { "Target": { "Id": "i-10.1.2.6", "Port": 8443 }, "TargetHealth": { "State": "healthy" } }]);
        });
        net
    };
    assert_eq!(behind(&least("1").inventory()), "not told");
    assert_eq!(behind(&least("2").inventory()), "reachable");
}

#[test]
fn a_node_speaks_from_high_ports_and_the_client_from_any() {
    let open = |egress: bool| (egress, 100, "allow", "-1", None, "0.0.0.0/0");
    let answers_to = |low: i32, high: i32| {
        let mut net = balanced("z", &[all_from("10.1.1.0/24")], "ip", json!([]));
        net.acl("a", "t", &[open(false), (true, 90, "allow", "6", Some((low, high)), "0.0.0.0/0")]);
        net
    };
    both(&answers_to(0, 1023), "one-way");
    both(&answers_to(1024, 1024), "reachable");
    // The node's port and the client's are two, and need not be the same.
    let mut net = answers_to(1024, 65_535);
    net.acl(
        "a",
        "p",
        &[
            open(false),
            (true, 90, "allow", "6", Some((100, 200)), "0.0.0.0/0"),
            (true, 91, "allow", "6", Some((8443, 8443)), "10.1.2.0/24"),
        ],
    );
    both(&net, "reachable");
}

#[test]
fn settings_that_were_refused_leave_the_targets_unknown() {
    let mut net = balanced("z", &[], "instance", json!([]));
    net.edit(TARGETS, |group| group["Attributes"] = Value::Null);
    let mut inventory = net.inventory();
    refused(&mut inventory, "elbv2:DescribeTargetGroupAttributes");
    // Whether the target's groups are asked about the client or the node is not known.
    assert_both(&inventory, "unknown");
    let mut net = balanced("other", &[all_from("0.0.0.0/0")], "instance", json!([]));
    net.edit(BALANCER, |balancer| balancer["Attributes"] = Value::Null);
    let mut inventory = net.inventory();
    refused(&mut inventory, "elbv2:DescribeLoadBalancerAttributes");
    assert_both(&inventory, "unknown");
}

#[test]
fn rules_that_were_not_read_may_lead_anywhere() {
    let application = |rules: &Value| {
        let mut net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([]));
        net.edit(BALANCER, |balancer| {
            balancer["Type"] = json!("application");
            balancer["VpcId"] = json!("vpc-a");
            balancer["Listeners"][0]["Protocol"] = json!("HTTPS");
            balancer["Listeners"][0]["Rules"] = rules.clone();
        });
        net.inventory()
    };
    let mut inventory = application(&Value::Null);
    refused(&mut inventory, "elbv2:DescribeRules");
    let exposed = Exposed::of(&Topology::new(&inventory));
    let missing = exposed.unread_balancing(HERE, "vpc-a").unwrap();
    assert!(missing.cells.iter().any(|cell| cell.operation == "elbv2:DescribeRules"), "{missing:?}");
    let inventory = application(&json!([]));
    assert_eq!(Exposed::of(&Topology::new(&inventory)).unread_balancing(HERE, "vpc-a"), None);
}

#[test]
fn behind_a_network_load_balancer_an_application_load_balancer_has_targets_of_its_own() {
    let chain = |listened: u16| {
        let mut net = balanced("z", &[all_from("10.1.4.7/32")], "instance", json!([]));
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/inner/1";
        net.edit(TARGETS, |group| {
            group["TargetType"] = json!("alb");
            group["TargetHealthDescriptions"] =
                json!([{ "Target": { "Id": arn, "Port": 8443 }, "TargetHealth": { "State": "healthy" } }]);
        });
        net.subnet("a", "i", "10.1.4.0/24", "z").group("a", "i", &[all_from("0.0.0.0/0")]);
        net.put(INTERFACE, json!({ "NetworkInterfaceId": "eni-alb", "VpcId": "vpc-a", "SubnetId": "subnet-i",
            "Groups": [{ "GroupId": "sg-i" }], "InterfaceType": "interface", "RequesterManaged": true,
            "Description": "ELB app/inner/1", "PrivateIpAddress": "10.1.4.7", "PrivateIpAddresses": [{ "PrivateIpAddress": "10.1.4.7" }] }));
        let own = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/own/1";
        net.put(BALANCER, json!({ "LoadBalancerArn": arn, "LoadBalancerName": "inner", "Type": "application", "Scheme": "internal",
            "Attributes": [], "SecurityGroups": ["sg-i"], "Listeners": [{ "Port": listened, "Protocol": "HTTPS", "Rules": [],
            "DefaultActions": [{ "Type": "forward", "TargetGroupArn": own }] }] }));
        net.put(
            TARGETS,
            json!({ "TargetGroupArn": own, "TargetGroupName": "own", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-a",
            "TargetType": "instance", "Attributes": [], "TargetHealthDescriptions": [
                { "Target": { "Id": "i-10.1.2.5", "Port": 80 }, "TargetHealth": { "State": "healthy" } }] }),
        );
        net.inventory()
    };
    assert_both(&chain(8443), "reachable");
    // Where the inner one does not listen, nothing goes on.
    assert_both(&chain(9443), "closed");
}

#[test]
fn classic_load_balancers_of_two_accounts_may_have_one_name() {
    let mut inventory = classic("z", &json!({ "CrossZoneLoadBalancing": { "Enabled": false } })).inventory();
    let (scope, _) = inventory
        .ledger
        .outcomes_of("elb:DescribeLoadBalancers")
        .find(|(scope, _)| scope.region.as_str() == HERE)
        .unwrap();
    let other = Scope { account: "000000000001".parse().unwrap(), ..scope.clone() };
    let of = ResourceType::from_name(CLASSIC).unwrap();
    let value =
        json!({ "LoadBalancerName": "old", "Scheme": "internet-facing", "ListenerDescriptions": [], "Instances": [] });
    inventory.insert(other, Resource::deserialize_as(of, value).unwrap());
    assert_eq!(behind(&inventory), "reachable");
}

#[test]
fn what_is_meant_for_one_interface_is_not_a_balancers_that_has_its_address() {
    let mut net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([]));
    net.interface("a", "p", "t", "10.1.1.20", None);
    net.vpc("b", "10.1.0.0/16", &[]).subnet("b", "b", "10.1.1.0/24", "z").group("b", "b", &[all_from("0.0.0.0/0")]);
    net.interface("b", "b", "b", "10.1.1.9", None);
    net.expect("eni-10.1.1.20", "10.1.1.9", 443, Verdict::Reachable, None);
    net.expect("eni-10.1.1.20", "eni-10.1.1.9", 443, Verdict::Blocked, None);
}
