//! What AWS documents of each gate, on networks that are small enough to read.

use serde_json::{Value, json};

use super::{Answer, Probe, ProbeProtocol, Verdict, reach};
use crate::arn::Scope;
use crate::inventory::{Cell, Inventory, Outcome, Provenance};
use crate::model::topology::Topology;
use crate::model::walk::Gate;
use crate::resource::{Resource, ResourceType};

/// Resources in AWS's words, all of them in one account and region unless they say otherwise.
#[derive(Default)]
struct Net(Vec<(&'static str, &'static str, Value)>);

const HERE: &str = "eu-west-1";

impl Net {
    fn put(&mut self, of: &'static str, value: Value) -> &mut Net {
        self.put_in(HERE, of, value)
    }

    fn put_in(&mut self, region: &'static str, of: &'static str, value: Value) -> &mut Net {
        self.0.push((region, of, value));
        self
    }

    /// A VPC with an open network ACL `acl-NAME` and a main table `rtb-NAME` with these routes.
    fn vpc(&mut self, name: &str, block: &str, routes: &[Value]) -> &mut Net {
        self.vpc_in(HERE, name, block, routes)
    }

    fn vpc_in(&mut self, region: &'static str, name: &str, block: &str, routes: &[Value]) -> &mut Net {
        let mut all = vec![json!({ "DestinationCidrBlock": block, "GatewayId": "local", "State": "active" })];
        all.extend_from_slice(routes);
        self.put_in(
            region,
            "AWS::EC2::VPC",
            json!({ "VpcId": format!("vpc-{name}"), "CidrBlock": block, "IsDefault": false }),
        );
        self.put_in(
            region,
            "AWS::EC2::RouteTable",
            json!({ "RouteTableId": format!("rtb-{name}"), "VpcId": format!("vpc-{name}"),
            "Associations": [{ "Main": true }], "Routes": all }),
        );
        let open = |egress: bool| json!({ "Egress": egress, "RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0" });
        self.put_in(
            region,
            "AWS::EC2::NetworkAcl",
            json!({ "NetworkAclId": format!("acl-{name}"), "VpcId": format!("vpc-{name}"),
            "IsDefault": true, "Entries": [open(false), open(true)] }),
        )
    }

    fn subnet(&mut self, vpc: &str, name: &str, block: &str, zone: &str) -> &mut Net {
        self.subnet_in(HERE, vpc, name, block, zone)
    }

    fn subnet_in(&mut self, region: &'static str, vpc: &str, name: &str, block: &str, zone: &str) -> &mut Net {
        self.put_in(
            region,
            "AWS::EC2::Subnet",
            json!({ "SubnetId": format!("subnet-{name}"), "VpcId": format!("vpc-{vpc}"),
            "CidrBlock": block, "AvailabilityZone": zone }),
        )
    }

    /// A network ACL of a subnet: entries as (egress, number, action, protocol, ports, block).
    fn acl(
        &mut self,
        vpc: &str,
        subnet: &str,
        entries: &[(bool, i32, &str, &str, Option<(i32, i32)>, &str)],
    ) -> &mut Net {
        let entries: Vec<Value> = entries.iter().map(|(egress, number, action, protocol, ports, block)| {
            let mut entry = json!({ "Egress": egress, "RuleNumber": number, "RuleAction": action, "Protocol": protocol, "CidrBlock": block });
            if let Some((from, to)) = ports { entry["PortRange"] = json!({ "From": from, "To": to }); }
            entry
        }).collect();
        self.put(
            "AWS::EC2::NetworkAcl",
            json!({ "NetworkAclId": format!("acl-of-{subnet}"), "VpcId": format!("vpc-{vpc}"),
            "IsDefault": false, "Associations": [{ "SubnetId": format!("subnet-{subnet}") }], "Entries": entries }),
        )
    }

    /// A route table of a subnet.
    fn table(&mut self, vpc: &str, block: &str, subnet: &str, routes: &[Value]) -> &mut Net {
        let mut all = vec![json!({ "DestinationCidrBlock": block, "GatewayId": "local", "State": "active" })];
        all.extend_from_slice(routes);
        self.put(
            "AWS::EC2::RouteTable",
            json!({ "RouteTableId": format!("rtb-{subnet}"), "VpcId": format!("vpc-{vpc}"),
            "Associations": [{ "SubnetId": format!("subnet-{subnet}"), "Main": false }], "Routes": all }),
        )
    }

    /// A group with one ingress rule and open egress.
    fn group(&mut self, vpc: &str, name: &str, ingress: &[Value]) -> &mut Net {
        self.put("AWS::EC2::SecurityGroup", json!({ "GroupId": format!("sg-{name}"), "GroupName": name, "VpcId": format!("vpc-{vpc}"),
            "IpPermissions": ingress, "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }], "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }] }))
    }

    fn interface(&mut self, vpc: &str, subnet: &str, group: &str, address: &str, public: Option<&str>) -> &mut Net {
        self.interface_in(HERE, vpc, subnet, group, address, public)
    }

    /// An interface `eni-ADDRESS` of an instance `i-ADDRESS`.
    fn interface_in(
        &mut self,
        region: &'static str,
        vpc: &str,
        subnet: &str,
        group: &str,
        address: &str,
        public: Option<&str>,
    ) -> &mut Net {
        let association = public.map(|public| json!({ "PublicIp": public }));
        self.put_in(region, "AWS::EC2::NetworkInterface", json!({ "NetworkInterfaceId": format!("eni-{address}"), "VpcId": format!("vpc-{vpc}"),
            "SubnetId": format!("subnet-{subnet}"), "Groups": [{ "GroupId": format!("sg-{group}") }], "InterfaceType": "interface",
            "PrivateIpAddress": address, "Association": association, "SourceDestCheck": true,
            "PrivateIpAddresses": [{ "PrivateIpAddress": address, "Primary": true, "Association": association }],
            "Attachment": { "InstanceId": format!("i-{address}"), "DeviceIndex": 0 } }))
    }

    fn internet_gateway(&mut self, vpc: &str) -> &mut Net {
        self.put(
            "AWS::EC2::InternetGateway",
            json!({ "InternetGatewayId": format!("igw-{vpc}"),
            "Attachments": [{ "State": "available", "VpcId": format!("vpc-{vpc}") }] }),
        )
    }

    /// Two VPCs, `a` (10.1/16) and `b` (10.2/16), with a host each in zones of the caller's choice.
    fn pair(route_a: &[Value], route_b: &[Value], zones: (&str, &str)) -> Net {
        let mut net = Net::default();
        net.vpc("a", "10.1.0.0/16", route_a).vpc("b", "10.2.0.0/16", route_b);
        net.subnet("a", "a", "10.1.0.0/24", zones.0).subnet("b", "b", "10.2.0.0/24", zones.1);
        net.group("a", "a", &[all_from("10.0.0.0/8")]).group("b", "b", &[all_from("10.0.0.0/8")]);
        net.interface("a", "a", "a", "10.1.0.5", None).interface("b", "b", "b", "10.2.0.5", None);
        net
    }

    fn inventory(&self) -> Inventory {
        let scope = |region: &str| Scope {
            partition: crate::arn::Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: region.parse().unwrap(),
        };
        let mut inventory = Inventory::new(Provenance {
            tool_version: "0".into(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "test".into(),
        });
        for region in [HERE, "us-east-1"] {
            for operation in ResourceType::ALL.iter().filter(|of| !of.is_global()).flat_map(|of| of.operations()) {
                let cell = Cell { scope: scope(region), operation: (*operation).to_owned() };
                inventory.ledger.record(cell, Outcome::Complete);
            }
        }
        let off = json!({ "AwsRegion": HERE, "InternetGatewayBlockMode": "off", "State": "default-state" });
        let of = ResourceType::from_name("AWS::EC2::VPCBlockPublicAccessOptions").unwrap();
        inventory.insert(scope(HERE), Resource::deserialize_as(of, off).unwrap());
        for (region, of, value) in &self.0 {
            let of = ResourceType::from_name(of).unwrap();
            inventory.insert(scope(region), Resource::deserialize_as(of, value.clone()).unwrap());
        }
        inventory
    }

    fn ask(&self, from: &str, to: &str, protocol: ProbeProtocol) -> Answer {
        let inventory = self.inventory();
        let topology = Topology::new(&inventory);
        reach(&topology, &Probe { from: from.into(), to: to.into(), protocol })
    }

    #[track_caller]
    fn expect(&self, from: &str, to: &str, port: u16, verdict: Verdict, at: Option<Gate>) {
        let answer = self.ask(from, to, ProbeProtocol::Tcp(port));
        assert_eq!(answer.verdict, verdict, "{answer:#?}");
        if let Some(at) = at {
            let last = if verdict == Verdict::OneWay { answer.return_path.last() } else { answer.path.last() };
            assert_eq!(last.map(|step| step.gate), Some(at), "{answer:#?}");
        }
    }
}

fn all_from(block: &str) -> Value {
    json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": block }] })
}

fn from_group(group: &str) -> Value {
    json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": format!("sg-{group}") }] })
}

fn to(block: &str, target: &str, id: &str) -> Value {
    json!({ "DestinationCidrBlock": block, target: id, "State": "active", "Origin": "CreateRoute" })
}

fn peering(code: &str, far_region: &str) -> Value {
    json!({ "VpcPeeringConnectionId": "pcx-1", "Status": { "Code": code },
        "RequesterVpcInfo": { "VpcId": "vpc-a", "Region": HERE, "CidrBlock": "10.1.0.0/16" },
        "AccepterVpcInfo": { "VpcId": "vpc-b", "Region": far_region, "CidrBlock": "10.2.0.0/16" } })
}

fn peered() -> Net {
    let mut net = Net::pair(
        &[to("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")],
        &[to("10.1.0.0/16", "VpcPeeringConnectionId", "pcx-1")],
        ("eu-west-1a", "eu-west-1a"),
    );
    net.put("AWS::EC2::VPCPeeringConnection", peering("active", HERE));
    net
}

/// Transit gateway `tgw-1` with attachments of `a` and `b`, associated with and propagated into one table.
fn transit(zones: (&str, &str), landing_zone: &str) -> Net {
    let mut net = Net::pair(
        &[to("10.2.0.0/16", "TransitGatewayId", "tgw-1")],
        &[to("10.1.0.0/16", "TransitGatewayId", "tgw-1")],
        zones,
    );
    net.subnet("a", "la", "10.1.9.0/28", landing_zone).subnet("b", "lb", "10.2.9.0/28", landing_zone);
    net.put("AWS::EC2::TransitGateway", json!({ "TransitGatewayId": "tgw-1" }));
    for vpc in ["a", "b"] {
        net.put("AWS::EC2::TransitGatewayAttachment", json!({ "TransitGatewayAttachmentId": format!("tgw-attach-{vpc}"),
            "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": format!("vpc-{vpc}"), "State": "available",
            "TransitGatewayOwnerId": "111122223333",
            "Association": { "TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated" },
            "VpcAttachment": { "VpcId": format!("vpc-{vpc}"), "SubnetIds": [format!("subnet-l{vpc}")] } }));
    }
    let propagated = |vpc: &str| {
        json!({ "TransitGatewayAttachmentId": format!("tgw-attach-{vpc}"), "ResourceId": format!("vpc-{vpc}"),
        "ResourceType": "vpc", "State": "enabled" })
    };
    net.put(
        "AWS::EC2::TransitGatewayRouteTable",
        json!({ "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1",
        "Routes": [], "Propagations": [propagated("a"), propagated("b")] }),
    );
    net
}

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

/// VPC `a` with a public subnet `p` and a private one `a`, whose default route is the NAT gateway in `p`.
fn behind_nat() -> Net {
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[to("0.0.0.0/0", "NatGatewayId", "nat-1")]).internet_gateway("a");
    net.subnet("a", "a", "10.1.0.0/24", "z").subnet("a", "p", "10.1.1.0/24", "z");
    net.table("a", "10.1.0.0/16", "p", &[to("0.0.0.0/0", "GatewayId", "igw-a")]);
    net.group("a", "a", &[all_from("0.0.0.0/0")]);
    net.interface("a", "a", "a", "10.1.0.5", None).interface("a", "p", "a", "10.1.1.5", Some("52.0.0.5"));
    net.put("AWS::EC2::NetworkInterface", json!({ "NetworkInterfaceId": "eni-nat", "VpcId": "vpc-a", "SubnetId": "subnet-p", "Groups": [],
        "InterfaceType": "nat_gateway", "PrivateIpAddress": "10.1.1.9", "RequesterManaged": true, "Association": { "PublicIp": "52.0.0.9" },
        "PrivateIpAddresses": [{ "PrivateIpAddress": "10.1.1.9", "Association": { "PublicIp": "52.0.0.9" } }] }));
    net.put("AWS::EC2::NatGateway", json!({ "NatGatewayId": "nat-1", "State": "available", "SubnetId": "subnet-p", "VpcId": "vpc-a",
        "NatGatewayAddresses": [{ "NetworkInterfaceId": "eni-nat", "PrivateIp": "10.1.1.9", "PublicIp": "52.0.0.9" }] }));
    net
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

/// VPC `a` with a network load balancer in `p` (zone `z`) and a target in `t`.
fn balanced(target_zone: &str, group_rules: &[Value], kind: &str, attributes: Value) -> Net {
    let mut net = Net::default();
    net.vpc("a", "10.1.0.0/16", &[]).internet_gateway("a");
    net.subnet("a", "p", "10.1.1.0/24", "z").subnet("a", "t", "10.1.2.0/24", target_zone);
    net.table("a", "10.1.0.0/16", "p", &[to("0.0.0.0/0", "GatewayId", "igw-a")]);
    net.group("a", "t", group_rules).interface("a", "t", "t", "10.1.2.5", None);
    net.put("AWS::EC2::NetworkInterface", json!({ "NetworkInterfaceId": "eni-nlb", "VpcId": "vpc-a", "SubnetId": "subnet-p", "Groups": [],
        "InterfaceType": "network_load_balancer", "RequesterManaged": true, "Description": "ELB net/web/0123456789abcdef",
        "PrivateIpAddress": "10.1.1.9", "Association": { "PublicIp": "52.0.0.9" },
        "PrivateIpAddresses": [{ "PrivateIpAddress": "10.1.1.9", "Association": { "PublicIp": "52.0.0.9" } }] }));
    let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/1";
    net.put("AWS::ElasticLoadBalancingV2::LoadBalancer", json!({
        "LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/web/0123456789abcdef",
        "LoadBalancerName": "web", "DNSName": "web-1.elb.amazonaws.com", "Scheme": "internet-facing", "Type": "network", "Attributes": [],
        "Listeners": [{ "Port": 443, "Protocol": "TCP", "DefaultActions": [{ "Type": "forward", "TargetGroupArn": arn }] }] }));
    let id = if kind == "ip" { "10.1.2.5" } else { "i-10.1.2.5" };
    net.put("AWS::ElasticLoadBalancingV2::TargetGroup", json!({ "TargetGroupArn": arn, "TargetGroupName": "t", "Protocol": "TCP", "Port": 8443,
        "VpcId": "vpc-a", "TargetType": kind, "Attributes": attributes,
        "TargetHealthDescriptions": [{ "Target": { "Id": id, "Port": 8443 }, "TargetHealth": { "State": "healthy" } }] }));
    net
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
