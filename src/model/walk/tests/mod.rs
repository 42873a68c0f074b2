//! What AWS documents of each gate, on networks that are small enough to read.

mod balancers;
mod edges;
mod networks;

use serde_json::{Value, json};

use super::{Gate, ProbeProtocol, Verdict};
use networks::{HERE, Net, all_from, balanced, behind_nat, from_group, peered, peering, to, transit};

#[test]
fn peered_networks_talk_where_both_route_to_each_other() {
    peered().expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, Some(Gate::Delivered));
    let mut one_sided =
        Net::pair(&[to("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")], &[], ("eu-west-1a", "eu-west-1a"));
    one_sided.put("AWS::EC2::VPCPeeringConnection", peering("active", HERE));
    one_sided.expect("10.1.0.5", "10.2.0.5", 22, Verdict::OneWay, Some(Gate::Route));
    one_sided.expect("10.2.0.5", "10.1.0.5", 22, Verdict::Blocked, Some(Gate::Route));
}

#[test]
fn a_peering_passes_nothing_that_is_not_active_or_not_for_the_other_vpc() {
    let mut pending = Net::pair(&[to("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")], &[], ("z", "z"));
    pending.put("AWS::EC2::VPCPeeringConnection", peering("pending-acceptance", HERE));
    pending.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, Some(Gate::VpcPeering));
    // Edge to edge: a VPC behind the other side is not reached through it.
    let mut net = peered();
    net.table("a", "10.1.0.0/16", "a", &[to("10.0.0.0/8", "VpcPeeringConnectionId", "pcx-1")]);
    net.expect("10.1.0.5", "10.3.0.5", 22, Verdict::Blocked, Some(Gate::VpcPeering));
}

#[test]
fn a_rule_that_names_a_group_holds_over_a_peering_of_the_region_and_not_of_another() {
    let named = |far: &'static str| {
        let mut net = Net::default();
        net.vpc("a", "10.1.0.0/16", &[to("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")]);
        net.vpc_in(far, "b", "10.2.0.0/16", &[to("10.1.0.0/16", "VpcPeeringConnectionId", "pcx-1")]);
        net.subnet("a", "a", "10.1.0.0/24", "z").subnet_in(far, "b", "b", "10.2.0.0/24", "z");
        net.group("a", "a", &[]).group("b", "b", &[from_group("a")]);
        net.put_in(
            far,
            "AWS::EC2::SecurityGroup",
            json!({ "GroupId": "sg-far", "GroupName": "far", "IpPermissions": [from_group("a")] }),
        );
        net.interface("a", "a", "a", "10.1.0.5", None).interface_in(far, "b", "b", "far", "10.2.0.5", None);
        net.put("AWS::EC2::VPCPeeringConnection", peering("active", far));
        net
    };
    named(HERE).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
    named("us-east-1").expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, Some(Gate::SecurityGroupIngress));
}

#[test]
fn neighbours_do_not_meet_the_network_acl() {
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[]).subnet("a", "a", "10.1.0.0/24", "z").subnet("a", "c", "10.1.1.0/24", "z");
    net.acl("a", "a", &[]);
    net.group("a", "a", &[all_from("10.0.0.0/8")]);
    net.interface("a", "a", "a", "10.1.0.5", None).interface("a", "a", "a", "10.1.0.6", None);
    net.interface("a", "c", "a", "10.1.1.5", None);
    net.expect("10.1.0.5", "10.1.0.6", 22, Verdict::Reachable, None);
    net.expect("10.1.0.5", "10.1.1.5", 22, Verdict::Blocked, Some(Gate::NetworkAclEgress));
    net.expect("10.1.1.5", "10.1.0.5", 22, Verdict::Blocked, Some(Gate::NetworkAclIngress));
}

#[test]
fn a_network_acl_that_lets_no_answer_back_makes_it_one_way_and_one_that_does_tells_the_ports() {
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[]).subnet("a", "a", "10.1.0.0/24", "z").subnet("a", "c", "10.1.1.0/24", "z");
    net.acl(
        "a",
        "c",
        &[
            (false, 100, "allow", "6", Some((443, 443)), "10.1.0.0/24"),
            (true, 90, "deny", "6", Some((40000, 40999)), "10.1.0.0/24"),
            (true, 100, "allow", "6", Some((32768, 60999)), "10.1.0.0/24"),
        ],
    );
    net.group("a", "a", &[all_from("10.0.0.0/8")]);
    net.interface("a", "a", "a", "10.1.0.5", None).interface("a", "c", "a", "10.1.1.5", None);
    let answer = net.ask("10.1.0.5", "10.1.1.5", ProbeProtocol::Tcp(443));
    assert_eq!(answer.verdict, Verdict::Reachable);
    assert_eq!(answer.client_ports.unwrap().to_string(), "32768-39999,41000-60999");
    net.expect("10.1.1.5", "10.1.0.5", 443, Verdict::Blocked, Some(Gate::NetworkAclEgress));
    let echo = net.ask("10.1.0.5", "10.1.1.5", ProbeProtocol::IcmpEcho);
    assert_eq!((echo.verdict, echo.path.last().unwrap().gate), (Verdict::Blocked, Gate::NetworkAclIngress));
}

#[test]
fn a_transit_gateway_is_reached_from_the_zones_it_has_a_subnet_in() {
    transit(("z1", "z1"), "z1").expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
    transit(("z2", "z1"), "z1").expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, Some(Gate::TransitGateway));
    // It delivers to any zone, but the answer does not leave that one.
    transit(("z1", "z2"), "z1").expect("10.1.0.5", "10.2.0.5", 22, Verdict::OneWay, Some(Gate::TransitGateway));
}

#[test]
fn network_acls_beside_a_transit_gateway_are_asked_as_aws_documents() {
    let open_but = |entry| {
        let open = |egress| (egress, 100, "allow", "-1", None, "0.0.0.0/0");
        vec![entry, open(false), open(true)]
    };
    // On the way in to the transit gateway the attachment's subnet asks its inward rules about the source ...
    let mut net = transit(("z", "z"), "z");
    net.acl("a", "la", &open_but((false, 90, "deny", "-1", None, "10.1.0.0/16")));
    net.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, Some(Gate::NetworkAclIngress));
    // ... and not its outward ones about the destination, which are for what comes out of it.
    let mut net = transit(("z", "z"), "z");
    net.acl("a", "la", &open_but((true, 90, "deny", "-1", None, "10.2.0.0/16")));
    net.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
    let mut net = transit(("z", "z"), "z");
    net.acl("b", "lb", &open_but((true, 90, "deny", "-1", None, "10.2.0.0/16")));
    net.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, Some(Gate::NetworkAclEgress));
    // What comes out of it does not meet the inward rules of the attachment's subnet.
    let mut net = transit(("z", "z"), "z");
    net.acl("b", "lb", &open_but((false, 90, "deny", "-1", None, "10.1.0.0/16")));
    net.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
}

#[test]
fn transit_gateway_tables_decide_static_before_propagated() {
    let with = |routes: Value| {
        let mut net = transit(("z", "z"), "z");
        let propagated = json!([{ "TransitGatewayAttachmentId": "tgw-attach-b", "ResourceId": "vpc-b", "ResourceType": "vpc", "State": "enabled" },
            { "TransitGatewayAttachmentId": "tgw-attach-a", "ResourceId": "vpc-a", "ResourceType": "vpc", "State": "enabled" }]);
        net.put(
            "AWS::EC2::TransitGatewayRouteTable",
            json!({ "TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": routes, "Propagations": propagated }),
        );
        net
    };
    let hole = |block: &str| json!({ "DestinationCidrBlock": block, "Type": "static", "State": "blackhole" });
    with(json!([hole("10.2.0.0/16")])).expect(
        "10.1.0.5",
        "10.2.0.5",
        22,
        Verdict::Blocked,
        Some(Gate::TransitGatewayRoute),
    );
    with(json!([hole("10.0.0.0/8")])).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
    with(json!([hole("10.2.0.5/32")])).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, None);
    with(json!([hole("10.1.0.0/24")])).expect(
        "10.1.0.5",
        "10.2.0.5",
        22,
        Verdict::OneWay,
        Some(Gate::TransitGatewayRoute),
    );
}

#[test]
fn an_address_that_nobody_has_is_blocked_and_a_table_that_was_not_read_is_unknown() {
    peered().expect("10.1.0.5", "10.2.0.77", 22, Verdict::Blocked, Some(Gate::NetworkInterface));
    let mut net = transit(("z", "z"), "z");
    net.put("AWS::EC2::TransitGatewayRouteTable", json!({ "TransitGatewayRouteTableId": "tgw-rtb-1" }));
    net.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Unknown, Some(Gate::TransitGatewayRoute));
}

#[test]
fn a_nat_gateway_lets_out_and_never_in() {
    let net = behind_nat();
    net.expect("10.1.0.5", "198.41.0.4", 443, Verdict::Reachable, None);
    // The neighbour's public address sees the NAT gateway's and answers it.
    net.expect("10.1.0.5", "52.0.0.5", 443, Verdict::Reachable, None);
    net.expect("internet", "52.0.0.9", 443, Verdict::Blocked, Some(Gate::NatGateway));
    net.expect("10.1.1.5", "10.1.1.9", 443, Verdict::Blocked, Some(Gate::NatGateway));
    // A host with a public address whose answers leave by a NAT gateway gets packets and is not heard.
    let mut net = behind_nat();
    net.interface("a", "a", "a", "10.1.0.7", Some("52.0.0.7"));
    net.expect("internet", "52.0.0.7", 443, Verdict::OneWay, Some(Gate::NatGateway));
}

#[test]
fn an_answer_through_a_nat_gateway_meets_the_acl_of_both_subnets() {
    let mut net = behind_nat();
    let open = |egress| (egress, 100, "allow", "-1", None, "0.0.0.0/0");
    net.acl("a", "p", &[(false, 90, "deny", "6", Some((1024, 65535)), "198.41.0.0/24"), open(false), open(true)]);
    net.expect("10.1.0.5", "198.41.0.4", 443, Verdict::OneWay, Some(Gate::NetworkAclIngress));
    let mut net = behind_nat();
    net.acl("a", "a", &[(false, 90, "deny", "-1", None, "198.41.0.0/24"), open(false), open(true)]);
    net.expect("10.1.0.5", "198.41.0.4", 443, Verdict::OneWay, Some(Gate::NetworkAclIngress));
}

#[test]
fn block_public_access_closes_the_door_and_leaves_nat_gateways_theirs() {
    let with = |mode: &str| {
        let mut net = behind_nat();
        net.put(
            "AWS::EC2::VPCBlockPublicAccessOptions",
            json!({ "AwsRegion": HERE, "InternetGatewayBlockMode": mode, "State": "update-complete" }),
        );
        net
    };
    with("block-ingress").expect("internet", "52.0.0.5", 443, Verdict::Blocked, Some(Gate::BlockPublicAccess));
    with("block-ingress").expect("10.1.0.5", "198.41.0.4", 443, Verdict::Reachable, None);
    with("block-ingress").expect("10.1.1.5", "198.41.0.4", 443, Verdict::Blocked, Some(Gate::BlockPublicAccess));
    with("block-bidirectional").expect("10.1.0.5", "198.41.0.4", 443, Verdict::Blocked, Some(Gate::BlockPublicAccess));
    let mut excluded = with("block-bidirectional");
    excluded.put("AWS::EC2::VPCBlockPublicAccessExclusion", json!({ "ExclusionId": "vpcbpa-exclude-1", "State": "create-complete",
        "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-p", "InternetGatewayExclusionMode": "allow-bidirectional" }));
    excluded.expect("internet", "52.0.0.5", 443, Verdict::Reachable, None);
}

#[test]
fn the_internet_is_asked_for_every_source_that_rules_tell_apart() {
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[to("0.0.0.0/0", "GatewayId", "igw-a")]).internet_gateway("a");
    net.subnet("a", "a", "10.1.0.0/24", "z").group("a", "a", &[all_from("91.7.3.16/32"), all_from("10.0.0.0/8")]);
    net.interface("a", "a", "a", "10.1.0.5", Some("52.0.0.5"));
    net.expect("internet", "52.0.0.5", 22, Verdict::Reachable, None);
    net.expect("91.7.3.17", "52.0.0.5", 22, Verdict::Blocked, Some(Gate::SecurityGroupIngress));
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[to("0.0.0.0/0", "GatewayId", "igw-a")]).internet_gateway("a");
    net.subnet("a", "a", "10.1.0.0/24", "z").group("a", "a", &[all_from("10.0.0.0/8"), all_from("192.0.2.0/24")]);
    net.interface("a", "a", "a", "10.1.0.5", Some("52.0.0.5"));
    net.expect("internet", "52.0.0.5", 22, Verdict::Blocked, None);
}

#[test]
fn targets_of_a_network_load_balancer_see_the_client_and_answer_by_the_node() {
    // The target's subnet has no way to the internet and needs none.
    let net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([]));
    net.expect("198.41.0.4", "52.0.0.9", 443, Verdict::Reachable, None);
    net.expect("internet", "web", 443, Verdict::Reachable, None);
    net.expect("198.41.0.4", "52.0.0.9", 8443, Verdict::Blocked, Some(Gate::Listener));
    assert_eq!(net.ask("198.41.0.4", "52.0.0.9", ProbeProtocol::IcmpEcho).verdict, Verdict::Blocked);
    balanced("z", &[all_from("10.1.0.0/16")], "instance", json!([])).expect(
        "198.41.0.4",
        "52.0.0.9",
        443,
        Verdict::Blocked,
        Some(Gate::SecurityGroupIngress),
    );
    // Targets by address see the node, unless the group is told to keep the client.
    balanced("z", &[all_from("10.1.1.0/24")], "ip", json!([])).expect(
        "198.41.0.4",
        "52.0.0.9",
        443,
        Verdict::Reachable,
        None,
    );
    balanced("z", &[all_from("10.1.1.0/24")], "ip", json!([{ "Key": "preserve_client_ip.enabled", "Value": "true" }]))
        .expect("198.41.0.4", "52.0.0.9", 443, Verdict::Blocked, Some(Gate::SecurityGroupIngress));
}

#[test]
fn the_acl_of_a_targets_subnet_sees_the_client() {
    let mut net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([]));
    let open = |egress| (egress, 100, "allow", "-1", None, "0.0.0.0/0");
    net.acl("a", "t", &[(false, 90, "deny", "-1", None, "198.41.0.0/24"), open(false), open(true)]);
    net.expect("198.41.0.4", "52.0.0.9", 443, Verdict::Blocked, Some(Gate::NetworkAclIngress));
    net.expect("internet", "52.0.0.9", 443, Verdict::Reachable, None);
    let mut net = balanced("z", &[all_from("0.0.0.0/0")], "instance", json!([]));
    net.acl("a", "t", &[(true, 90, "deny", "-1", None, "198.41.0.0/24"), open(false), open(true)]);
    net.expect("198.41.0.4", "52.0.0.9", 443, Verdict::OneWay, Some(Gate::NetworkAclEgress));
}

#[test]
fn a_node_hands_on_within_its_zone_unless_it_is_told_to_cross() {
    balanced("other", &[all_from("0.0.0.0/0")], "instance", json!([])).expect(
        "198.41.0.4",
        "52.0.0.9",
        443,
        Verdict::Blocked,
        Some(Gate::Target),
    );
    balanced(
        "other",
        &[all_from("0.0.0.0/0")],
        "instance",
        json!([{ "Key": "load_balancing.cross_zone.enabled", "Value": "true" }]),
    )
    .expect("198.41.0.4", "52.0.0.9", 443, Verdict::Reachable, None);
}

#[test]
fn routes_win_by_length_then_by_how_they_came() {
    let table = |routes: &[Value]| {
        let mut net = Net::default();
        net.vpc("a", "10.1.0.0/16", routes).internet_gateway("a");
        net.subnet("a", "a", "10.1.0.0/24", "z").group("a", "a", &[all_from("0.0.0.0/0")]);
        net.interface("a", "a", "a", "10.1.0.5", Some("52.0.0.5"));
        net
    };
    let default = to("0.0.0.0/0", "GatewayId", "igw-a");
    let hole =
        json!({ "DestinationCidrBlock": "198.41.0.0/24", "NetworkInterfaceId": "eni-gone", "State": "blackhole" });
    // A black hole wins by its length and does not fall through.
    table(&[default.clone(), hole]).expect("198.41.0.4", "52.0.0.5", 22, Verdict::OneWay, Some(Gate::Route));
    let learnt = json!({ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vgw-1", "State": "active", "Origin": "EnableVgwRoutePropagation" });
    table(&[learnt, default]).expect("198.41.0.4", "52.0.0.5", 22, Verdict::Reachable, None);
    let halves = [to("0.0.0.0/1", "GatewayId", "igw-a"), to("128.0.0.0/1", "GatewayId", "igw-a")];
    table(&halves).expect("198.41.0.4", "52.0.0.5", 22, Verdict::Reachable, None);
}

#[test]
fn a_stopped_host_answers_nobody_and_a_host_reaches_itself() {
    let mut net = behind_nat();
    net.put("AWS::EC2::Instance", json!({ "InstanceId": "i-10.1.1.5", "State": { "Name": "stopped" } }));
    net.expect("internet", "52.0.0.5", 443, Verdict::Blocked, Some(Gate::Host));
    let mut net = behind_nat();
    net.group("a", "a", &[]);
    net.expect("10.1.0.5", "10.1.0.5", 443, Verdict::Reachable, Some(Gate::Host));
}

#[test]
fn central_egress_goes_through_the_transit_gateway_and_back() {
    let mut net = behind_nat();
    // Spoke `b` sends everything to the transit gateway, whose default is the egress VPC `a`.
    net.vpc("b", "10.2.0.0/16", &[to("0.0.0.0/0", "TransitGatewayId", "tgw-1")]).subnet("b", "b", "10.2.0.0/24", "z");
    net.group("b", "b", &[]).interface("b", "b", "b", "10.2.0.5", None);
    net.table(
        "a",
        "10.1.0.0/16",
        "p",
        &[to("0.0.0.0/0", "GatewayId", "igw-a"), to("10.2.0.0/16", "TransitGatewayId", "tgw-1")],
    );
    for (vpc, subnet) in [("a", "a"), ("b", "b")] {
        net.put("AWS::EC2::TransitGatewayAttachment", json!({ "TransitGatewayAttachmentId": format!("tgw-attach-{vpc}"), "TransitGatewayId": "tgw-1",
            "ResourceType": "vpc", "ResourceId": format!("vpc-{vpc}"), "State": "available", "TransitGatewayOwnerId": "111122223333",
            "Association": { "TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated" },
            "VpcAttachment": { "SubnetIds": [format!("subnet-{subnet}")] } }));
    }
    let route = |block: &str, vpc: &str| {
        json!({ "DestinationCidrBlock": block, "Type": "static", "State": "active",
        "TransitGatewayAttachments": [{ "TransitGatewayAttachmentId": format!("tgw-attach-{vpc}"), "ResourceType": "vpc" }] })
    };
    net.put(
        "AWS::EC2::TransitGatewayRouteTable",
        json!({ "TransitGatewayRouteTableId": "tgw-rtb-1",
        "Routes": [route("0.0.0.0/0", "a"), route("10.2.0.0/16", "b")] }),
    );
    net.expect("10.2.0.5", "198.41.0.4", 443, Verdict::Reachable, None);
}

#[test]
fn transit_gateways_of_two_regions_talk_over_their_peering() {
    let far = "us-east-1";
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[to("10.2.0.0/16", "TransitGatewayId", "tgw-1")]);
    net.vpc_in(far, "b", "10.2.0.0/16", &[to("10.1.0.0/16", "TransitGatewayId", "tgw-2")]);
    net.subnet("a", "a", "10.1.0.0/24", "z").subnet_in(far, "b", "b", "10.2.0.0/24", "y");
    net.group("a", "a", &[]).put_in(
        far,
        "AWS::EC2::SecurityGroup",
        json!({ "GroupId": "sg-b", "GroupName": "b", "IpPermissions": [all_from("10.1.0.0/16")] }),
    );
    net.interface("a", "a", "a", "10.1.0.5", None).interface_in(far, "b", "b", "b", "10.2.0.5", None);
    for (region, own, other, vpc, mine, theirs) in [
        (HERE, "tgw-1", "tgw-2", "a", "10.1.0.0/16", "10.2.0.0/16"),
        (far, "tgw-2", "tgw-1", "b", "10.2.0.0/16", "10.1.0.0/16"),
    ] {
        let attachment = |id: &str, of: &str, resource: &str| {
            json!({ "TransitGatewayAttachmentId": id, "TransitGatewayId": own, "ResourceType": of, "ResourceId": resource,
                "State": "available", "TransitGatewayOwnerId": "111122223333",
                "Association": { "TransitGatewayRouteTableId": format!("tgw-rtb-{vpc}"), "State": "associated" },
                "VpcAttachment": { "SubnetIds": [format!("subnet-{vpc}")] } })
        };
        let route = |block: &str, to: &str| {
            json!({ "DestinationCidrBlock": block, "Type": "static", "State": "active",
                "TransitGatewayAttachments": [{ "TransitGatewayAttachmentId": to }] })
        };
        let name = format!("tgw-attach-{vpc}");
        net.put_in(region, "AWS::EC2::TransitGatewayAttachment", attachment(&name, "vpc", &format!("vpc-{vpc}")));
        net.put_in(region, "AWS::EC2::TransitGatewayAttachment", attachment("tgw-attach-peer", "peering", other));
        net.put_in(
            region,
            "AWS::EC2::TransitGatewayRouteTable",
            json!({ "TransitGatewayRouteTableId": format!("tgw-rtb-{vpc}"), "TransitGatewayId": own,
                "Routes": [route(mine, &name), route(theirs, "tgw-attach-peer")] }),
        );
    }
    net.expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
}

#[test]
fn the_resolver_of_a_vpc_is_no_address_that_nobody_has() {
    peered().expect("10.1.0.5", "10.1.0.2", 53, Verdict::Unknown, None);
    peered().expect("10.1.0.5", "10.1.0.3", 53, Verdict::Blocked, Some(Gate::NetworkInterface));
}
