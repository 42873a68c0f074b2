//! Small networks in AWS's words.

use serde_json::{Value, json};

use crate::arn::Scope;
use crate::inventory::{Cell, Inventory, Outcome, Provenance};
use crate::model::topology::Topology;
use crate::model::walk::{Answer, Gate, Probe, ProbeProtocol, Verdict, reach};
use crate::resource::{Resource, ResourceType};

/// Resources in AWS's words, all of them in one account and region unless they say otherwise.
#[derive(Default)]
pub(super) struct Net(Vec<(&'static str, &'static str, Value)>);

/// Egress, number, action, protocol, ports, block.
pub(super) type Entry<'t> = (bool, i32, &'t str, &'t str, Option<(i32, i32)>, &'t str);

pub(super) const HERE: &str = "eu-west-1";

impl Net {
    pub(super) fn put(&mut self, of: &'static str, value: Value) -> &mut Net {
        self.put_in(HERE, of, value)
    }

    pub(super) fn put_in(&mut self, region: &'static str, of: &'static str, value: Value) -> &mut Net {
        self.0.push((region, of, value));
        self
    }

    /// Changes every resource of a type.
    pub(super) fn edit(&mut self, of: &str, change: impl Fn(&mut Value)) -> &mut Net {
        self.0.iter_mut().filter(|(_, own, _)| *own == of).for_each(|(_, _, value)| change(value));
        self
    }

    /// A VPC with an open network ACL `acl-NAME` and a main table `rtb-NAME` with these routes.
    pub(super) fn vpc(&mut self, name: &str, block: &str, routes: &[Value]) -> &mut Net {
        self.vpc_in(HERE, name, block, routes)
    }

    pub(super) fn vpc_in(&mut self, region: &'static str, name: &str, block: &str, routes: &[Value]) -> &mut Net {
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

    pub(super) fn subnet(&mut self, vpc: &str, name: &str, block: &str, zone: &str) -> &mut Net {
        self.subnet_in(HERE, vpc, name, block, zone)
    }

    pub(super) fn subnet_in(
        &mut self,
        region: &'static str,
        vpc: &str,
        name: &str,
        block: &str,
        zone: &str,
    ) -> &mut Net {
        self.put_in(
            region,
            "AWS::EC2::Subnet",
            json!({ "SubnetId": format!("subnet-{name}"), "VpcId": format!("vpc-{vpc}"),
            "CidrBlock": block, "AvailabilityZone": zone }),
        )
    }

    /// A network ACL `acl-of-SUBNET`: entries as (egress, number, action, protocol, ports, block).
    pub(super) fn acl(&mut self, vpc: &str, subnet: &str, entries: &[Entry<'_>]) -> &mut Net {
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
    pub(super) fn table(&mut self, vpc: &str, block: &str, subnet: &str, routes: &[Value]) -> &mut Net {
        let mut all = vec![json!({ "DestinationCidrBlock": block, "GatewayId": "local", "State": "active" })];
        all.extend_from_slice(routes);
        self.put(
            "AWS::EC2::RouteTable",
            json!({ "RouteTableId": format!("rtb-{subnet}"), "VpcId": format!("vpc-{vpc}"),
            "Associations": [{ "SubnetId": format!("subnet-{subnet}"), "Main": false }], "Routes": all }),
        )
    }

    /// A group with one ingress rule and open egress.
    pub(super) fn group(&mut self, vpc: &str, name: &str, ingress: &[Value]) -> &mut Net {
        self.put("AWS::EC2::SecurityGroup", json!({ "GroupId": format!("sg-{name}"), "GroupName": name, "VpcId": format!("vpc-{vpc}"),
            "IpPermissions": ingress, "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }], "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] }] }))
    }

    pub(super) fn interface(
        &mut self,
        vpc: &str,
        subnet: &str,
        group: &str,
        address: &str,
        public: Option<&str>,
    ) -> &mut Net {
        self.interface_in(HERE, vpc, subnet, group, address, public)
    }

    /// An interface `eni-ADDRESS` of an instance `i-ADDRESS`.
    pub(super) fn interface_in(
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

    /// An interface with an IPv6 address, in a subnet whose ACL lets all of IPv6 pass.
    pub(super) fn six(&mut self, vpc: &str, subnet: &str, group: &str, address: &str) -> &mut Net {
        let open = |egress: bool| json!({ "Egress": egress, "RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "Ipv6CidrBlock": "::/0" });
        self.put(
            "AWS::EC2::NetworkAcl",
            json!({ "NetworkAclId": format!("acl-of-{subnet}"), "VpcId": format!("vpc-{vpc}"), "IsDefault": false,
            "Associations": [{ "SubnetId": format!("subnet-{subnet}") }], "Entries": [open(false), open(true)] }),
        );
        self.put(
            "AWS::EC2::NetworkInterface",
            json!({ "NetworkInterfaceId": format!("eni-{address}"), "VpcId": format!("vpc-{vpc}"),
            "SubnetId": format!("subnet-{subnet}"), "Groups": [{ "GroupId": format!("sg-{group}") }],
            "InterfaceType": "interface", "Ipv6Addresses": [{ "Ipv6Address": address }] }),
        )
    }

    pub(super) fn internet_gateway(&mut self, vpc: &str) -> &mut Net {
        self.put(
            "AWS::EC2::InternetGateway",
            json!({ "InternetGatewayId": format!("igw-{vpc}"),
            "Attachments": [{ "State": "available", "VpcId": format!("vpc-{vpc}") }] }),
        )
    }

    /// Two VPCs, `a` (10.1/16) and `b` (10.2/16), with a host each in zones of the caller's choice.
    pub(super) fn pair(route_a: &[Value], route_b: &[Value], zones: (&str, &str)) -> Net {
        let mut net = Net::default();
        net.vpc("a", "10.1.0.0/16", route_a).vpc("b", "10.2.0.0/16", route_b);
        net.subnet("a", "a", "10.1.0.0/24", zones.0).subnet("b", "b", "10.2.0.0/24", zones.1);
        net.group("a", "a", &[all_from("10.0.0.0/8")]).group("b", "b", &[all_from("10.0.0.0/8")]);
        net.interface("a", "a", "a", "10.1.0.5", None).interface("b", "b", "b", "10.2.0.5", None);
        net
    }

    pub(super) fn inventory(&self) -> Inventory {
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
            is_import: false,
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

    pub(super) fn ask(&self, from: &str, to: &str, protocol: ProbeProtocol) -> Answer {
        let inventory = self.inventory();
        let topology = Topology::new(&inventory);
        reach(&topology, &Probe { from: from.into(), to: to.into(), protocol })
    }

    #[track_caller]
    pub(super) fn expect(&self, from: &str, to: &str, port: u16, verdict: Verdict, at: Option<Gate>) {
        let answer = self.ask(from, to, ProbeProtocol::Tcp(port));
        assert_eq!(answer.verdict, verdict, "{answer:#?}");
        if let Some(at) = at {
            let last = if verdict == Verdict::OneWay { answer.return_path.last() } else { answer.path.last() };
            assert_eq!(last.map(|step| step.gate), Some(at), "{answer:#?}");
        }
    }
}

pub(super) fn all_from(block: &str) -> Value {
    json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": block }] })
}

pub(super) fn from_group(group: &str) -> Value {
    json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": format!("sg-{group}") }] })
}

pub(super) fn to(block: &str, target: &str, id: &str) -> Value {
    json!({ "DestinationCidrBlock": block, target: id, "State": "active", "Origin": "CreateRoute" })
}

pub(super) fn peering(code: &str, far_region: &str) -> Value {
    json!({ "VpcPeeringConnectionId": "pcx-1", "Status": { "Code": code },
        "RequesterVpcInfo": { "VpcId": "vpc-a", "Region": HERE, "CidrBlock": "10.1.0.0/16" },
        "AccepterVpcInfo": { "VpcId": "vpc-b", "Region": far_region, "CidrBlock": "10.2.0.0/16" } })
}

pub(super) fn peered() -> Net {
    let mut net = Net::pair(
        &[to("10.2.0.0/16", "VpcPeeringConnectionId", "pcx-1")],
        &[to("10.1.0.0/16", "VpcPeeringConnectionId", "pcx-1")],
        ("eu-west-1a", "eu-west-1a"),
    );
    net.put("AWS::EC2::VPCPeeringConnection", peering("active", HERE));
    net
}

/// Transit gateway `tgw-1` with attachments of `a` and `b`, associated with and propagated into one table.
pub(super) fn transit(zones: (&str, &str), landing_zone: &str) -> Net {
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

/// VPC `a` with a public subnet `p` and a private one `a`, whose default route is the NAT gateway in `p`.
pub(super) fn behind_nat() -> Net {
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

/// VPC `a` with a network load balancer in `p` (zone `z`) and a target in `t`.
pub(super) fn balanced(target_zone: &str, group_rules: &[Value], kind: &str, attributes: Value) -> Net {
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
