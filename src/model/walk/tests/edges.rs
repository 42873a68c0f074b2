//! What the evaluator of `tests/eastwest` found: gates at the edges of gateways, and addresses that are there twice.

use serde_json::{Value, json};

use super::super::{Gate, ProbeProtocol, Verdict};
use super::networks::{HERE, Net, all_from, behind_nat, to, transit};
use crate::model::exposure::Exposure;
use crate::model::topology::Topology;

/// VPC `a` with a host at 2600::5, whose IPv6 leaves by `eigw-1`.
fn egress_only(attached_to: &str) -> Net {
    let mut net = Net::default();
    net.vpc(
        "a",
        "10.1.0.0/16",
        &[json!({ "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active" })],
    );
    net.subnet("a", "a", "10.1.0.0/24", "z").group("a", "a", &[]).six("a", "a", "a", "2600::5");
    net.put(
        "AWS::EC2::EgressOnlyInternetGateway",
        json!({ "EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{ "State": "attached", "VpcId": attached_to }] }),
    );
    net
}

fn blocked_in_mode(mut net: Net, mode: &str) -> Net {
    net.put(
        "AWS::EC2::VPCBlockPublicAccessOptions",
        json!({ "AwsRegion": HERE, "InternetGatewayBlockMode": mode, "State": "update-complete" }),
    );
    net
}

#[test]
fn an_egress_only_gateway_lets_out_where_it_is_attached_and_public_access_is_not_blocked() {
    let outside = "2001:4860:4860::8888";
    egress_only("vpc-a").expect("2600::5", outside, 443, Verdict::Reachable, None);
    let at = Some(Gate::EgressOnlyInternetGateway);
    egress_only("vpc-b").expect("2600::5", outside, 443, Verdict::Blocked, at);
    // AWS: "block ingress" leaves NAT gateways and egress-only gateways alone, "block bidirectional" does not.
    blocked_in_mode(egress_only("vpc-a"), "block-ingress").expect("2600::5", outside, 443, Verdict::Reachable, None);
    let at = Some(Gate::BlockPublicAccess);
    blocked_in_mode(egress_only("vpc-a"), "block-bidirectional").expect("2600::5", outside, 443, Verdict::Blocked, at);
}

fn attachment(vpc: &str, subnets: &[&str], ipv6: &str) -> Value {
    json!({ "TransitGatewayAttachmentId": format!("tgw-attach-{vpc}"), "TransitGatewayId": "tgw-1", "ResourceType": "vpc",
        "ResourceId": format!("vpc-{vpc}"), "State": "available", "TransitGatewayOwnerId": "111122223333",
        "Association": { "TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated" },
        "VpcAttachment": { "VpcId": format!("vpc-{vpc}"), "SubnetIds": subnets, "Options": { "Ipv6Support": ipv6 } } })
}

fn routes(routes: &[(&str, &str)]) -> Value {
    let route = |(block, attachment): &(&str, &str)| {
        json!({ "DestinationCidrBlock": block, "Type": "static", "State": "active",
            "TransitGatewayAttachments": [{ "TransitGatewayAttachmentId": attachment, "ResourceType": "vpc" }] })
    };
    let routes: Vec<Value> = routes.iter().map(route).collect();
    json!({ "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "Routes": routes })
}

#[test]
fn an_attachment_carries_ipv6_if_that_is_enabled_on_both_sides() {
    let with = |here: &str, there: &str| {
        let six = |own: &str, far: &str| {
            [
                json!({ "DestinationIpv6CidrBlock": own, "GatewayId": "local", "State": "active" }),
                json!({ "DestinationIpv6CidrBlock": far, "TransitGatewayId": "tgw-1", "State": "active" }),
            ]
        };
        let mut net = Net::default();
        net.vpc("a", "10.1.0.0/16", &six("2600:a::/56", "2600:b::/56"));
        net.vpc("b", "10.2.0.0/16", &six("2600:b::/56", "2600:a::/56"));
        for (vpc, block, address) in [("a", "10.1.0.0/24", "2600:a::5"), ("b", "10.2.0.0/24", "2600:b::5")] {
            net.subnet(vpc, vpc, block, "z");
            net.group(vpc, vpc, &[json!({ "IpProtocol": "-1", "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] })]);
            net.six(vpc, vpc, vpc, address);
        }
        net.put("AWS::EC2::TransitGateway", json!({ "TransitGatewayId": "tgw-1" }));
        net.put("AWS::EC2::TransitGatewayAttachment", attachment("a", &["subnet-a"], here));
        net.put("AWS::EC2::TransitGatewayAttachment", attachment("b", &["subnet-b"], there));
        let both = [("2600:a::/56", "tgw-attach-a"), ("2600:b::/56", "tgw-attach-b")];
        net.put("AWS::EC2::TransitGatewayRouteTable", routes(&both));
        net
    };
    with("enable", "enable").expect("2600:a::5", "2600:b::5", 22, Verdict::Reachable, None);
    let at = Some(Gate::TransitGateway);
    with("disable", "enable").expect("2600:a::5", "2600:b::5", 22, Verdict::Blocked, at);
    with("enable", "disable").expect("2600:a::5", "2600:b::5", 22, Verdict::Blocked, at);
}

/// Spoke `b` (10.2/16), whose default leads through `tgw-1` into `a` (10.1/16), where a table of the attachment's own
/// subnet says how it goes on.
fn hub(landing_routes: &[Value]) -> Net {
    let mut net = behind_nat();
    net.vpc("b", "10.2.0.0/16", &[to("0.0.0.0/0", "TransitGatewayId", "tgw-1")]).subnet("b", "b", "10.2.0.0/24", "z");
    net.group("b", "b", &[]).interface("b", "b", "b", "10.2.0.5", None);
    net.subnet("a", "landing", "10.1.9.0/28", "z").table("a", "10.1.0.0/16", "landing", landing_routes);
    net.table(
        "a",
        "10.1.0.0/16",
        "p",
        &[to("0.0.0.0/0", "GatewayId", "igw-a"), to("10.2.0.0/16", "TransitGatewayId", "tgw-1")],
    );
    net.put("AWS::EC2::TransitGateway", json!({ "TransitGatewayId": "tgw-1" }));
    net.put("AWS::EC2::TransitGatewayAttachment", attachment("a", &["subnet-landing"], "disable"));
    net.put("AWS::EC2::TransitGatewayAttachment", attachment("b", &["subnet-b"], "disable"));
    net.put(
        "AWS::EC2::TransitGatewayRouteTable",
        routes(&[("0.0.0.0/0", "tgw-attach-a"), ("10.2.0.0/16", "tgw-attach-b")]),
    );
    net
}

/// An interface `eni-twin` with an address that another one has elsewhere.
fn twin(net: &mut Net, vpc: &str, subnet: &str, address: &str, public: Option<&str>) {
    let association = public.map(|public| json!({ "PublicIp": public }));
    net.put(
        "AWS::EC2::NetworkInterface",
        json!({ "NetworkInterfaceId": "eni-twin", "VpcId": format!("vpc-{vpc}"), "SubnetId": format!("subnet-{subnet}"),
            "InterfaceType": "interface", "Groups": [{ "GroupId": format!("sg-{vpc}") }], "PrivateIpAddress": address,
            "Association": association, "PrivateIpAddresses": [{ "PrivateIpAddress": address, "Association": association }] }),
    );
}

#[test]
fn a_vpc_is_no_transit_from_a_transit_gateway_to_its_gateways_and_peerings() {
    let by_nat = hub(&[to("0.0.0.0/0", "NatGatewayId", "nat-1")]);
    by_nat.expect("10.2.0.5", "198.41.0.4", 443, Verdict::Reachable, None);
    // Even if the VPC has an interface of its own with the sender's address, and that one a public address.
    let mut by_gateway = hub(&[to("0.0.0.0/0", "GatewayId", "igw-a")]);
    twin(&mut by_gateway, "a", "p", "10.2.0.5", Some("52.0.0.77"));
    by_gateway.expect("eni-10.2.0.5", "198.41.0.4", 443, Verdict::Blocked, Some(Gate::InternetGateway));
    let mut by_peering = hub(&[to("10.3.0.0/16", "VpcPeeringConnectionId", "pcx-1")]);
    by_peering.vpc("c", "10.3.0.0/16", &[to("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")]);
    by_peering.subnet("c", "c", "10.3.0.0/24", "z").group("c", "c", &[all_from("10.0.0.0/8")]);
    by_peering.interface("c", "c", "c", "10.3.0.5", None);
    by_peering.put(
        "AWS::EC2::VPCPeeringConnection",
        json!({ "VpcPeeringConnectionId": "pcx-1", "Status": { "Code": "active" },
            "RequesterVpcInfo": { "VpcId": "vpc-a", "Region": HERE, "CidrBlock": "10.1.0.0/16" },
            "AccepterVpcInfo": { "VpcId": "vpc-c", "Region": HERE, "CidrBlock": "10.3.0.0/16" } }),
    );
    by_peering.expect("10.2.0.5", "10.3.0.5", 443, Verdict::Blocked, Some(Gate::VpcPeering));
}

#[test]
fn where_no_landing_is_in_the_senders_zone_and_they_differ_it_is_not_known() {
    let with = |denied: &[&str]| {
        let mut net = transit(("z", "y"), "z");
        net.subnet("b", "one", "10.2.8.0/28", "x").subnet("b", "two", "10.2.9.0/28", "y");
        net.put("AWS::EC2::TransitGatewayAttachment", attachment("b", &["subnet-one", "subnet-two"], "disable"));
        for subnet in denied {
            let open = |egress| (egress, 100, "allow", "-1", None, "0.0.0.0/0");
            net.acl("b", subnet, &[(true, 90, "deny", "-1", None, "10.2.0.0/16"), open(false), open(true)]);
        }
        net
    };
    with(&[]).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Reachable, None);
    with(&["one"]).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Unknown, Some(Gate::TransitGateway));
    with(&["two"]).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Unknown, Some(Gate::TransitGateway));
    with(&["one", "two"]).expect("10.1.0.5", "10.2.0.5", 22, Verdict::Blocked, Some(Gate::NetworkAclEgress));
}

#[test]
fn an_address_that_is_there_twice_is_whoever_the_routes_lead_to() {
    let mut net = Net::pair(&[], &[], ("z", "z"));
    net.interface("a", "a", "a", "10.1.0.9", None);
    twin(&mut net, "b", "b", "10.1.0.9", None);
    net.expect("10.1.0.5", "10.1.0.9", 22, Verdict::Reachable, None);
    net.expect("10.1.0.5", "eni-10.1.0.9", 22, Verdict::Reachable, None);
    net.expect("10.1.0.5", "eni-twin", 22, Verdict::Blocked, None);
    // Who sends is not told by any route.
    net.expect("10.1.0.9", "10.1.0.5", 22, Verdict::Unknown, None);
}

#[test]
fn a_nat_gateway_translates_three_protocols_of_ipv4() {
    let net = behind_nat();
    assert_eq!(net.ask("10.1.0.5", "198.41.0.4", ProbeProtocol::IcmpEcho).verdict, Verdict::Reachable);
    assert_eq!(net.ask("10.1.0.5", "198.41.0.4", ProbeProtocol::Number(47)).verdict, Verdict::Blocked);
}

#[test]
fn whoever_shares_a_vpc_does_not_see_what_belongs_to_it() {
    let mut net = behind_nat();
    net.put(
        "AWS::EC2::VPC",
        json!({ "VpcId": "vpc-a", "CidrBlock": "10.1.0.0/16", "IsDefault": false, "OwnerId": "444455556666" }),
    );
    net.put("AWS::EC2::InternetGateway", json!({ "InternetGatewayId": "igw-a", "Attachments": [] }));
    net.expect("10.1.1.5", "198.41.0.4", 443, Verdict::Unknown, None);
    net.expect("internet", "52.0.0.5", 443, Verdict::Unknown, None);
}

#[test]
fn whoever_says_on_the_internet_to_be_in_the_vpc_is_no_witness() {
    let way = json!({ "DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-a", "State": "active" });
    let local = json!({ "DestinationIpv6CidrBlock": "2600::/56", "GatewayId": "local", "State": "active" });
    let rule = json!({ "IpProtocol": "-1", "Ipv6Ranges": [{ "CidrIpv6": "2600::5/128" }] });
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[way, local]).internet_gateway("a");
    net.edit("AWS::EC2::VPC", |vpc| {
        vpc["Ipv6CidrBlockAssociationSet"] =
            json!([{ "Ipv6CidrBlock": "2600::/56", "Ipv6CidrBlockState": { "State": "associated" } }]);
    });
    net.subnet("a", "a", "10.1.0.0/24", "z").group("a", "a", &[rule]).six("a", "a", "a", "2600::5");
    let inventory = net.inventory();
    let topology = Topology::new(&inventory);
    let all = Exposure::of(&topology).endpoints;
    let endpoint = all.iter().find(|one| one.address.as_deref() == Some("2600::5")).unwrap();
    assert_eq!(endpoint.verdict().as_str(), "one-way");
    assert_eq!(endpoint.witness(&topology), Ok(None));
}
