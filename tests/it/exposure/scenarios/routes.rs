//! Rows 27 to 37: the way there and the way back.

use serde_json::json;

use super::{Row, answer, case, closed, one_way, open, open6, row};
use crate::exposure::network::{Network, OPEN, PUBLIC, PUBLIC6, public};
use crate::exposure::packets::Packets;

fn ssh() -> Network {
    public().admits(&["tcp 22 from 0.0.0.0/0"])
}

/// A VPC beside the standard one, with an instance of its own, whose subnet has no table but the VPC's main one.
fn with_second_vpc(network: Network) -> Network {
    network
        .vpc("vpc-2", "10.2.0.0/16")
        .table("rtb-2", "vpc-2", &[], &["10.2.0.0/16 local"])
        .subnet("subnet-2", "vpc-2", "10.2.1.0/24")
        .acl("acl-2", "vpc-2", &["subnet-2"], &OPEN)
        .group("sg-2", "vpc-2", &["tcp 22 from 0.0.0.0/0"])
        .interface("eni-2", "subnet-2", "10.2.1.10", Some("52.10.0.2"), &["sg-2"])
        .instance("i-2", "running", &["eni-2"])
}

fn with_nat_gateway(network: Network) -> Network {
    network
        .subnet("subnet-nat", "vpc-1", "10.0.9.0/24")
        .table("rtb-nat", "vpc-1", &["subnet-nat"], &["10.0.0.0/16 local", "0.0.0.0/0 igw-1"])
        .acl("acl-nat", "vpc-1", &["subnet-nat"], &OPEN)
        .interface("eni-nat", "subnet-nat", "10.0.9.10", Some("52.10.9.9"), &[])
        .edit("NetworkInterfaces", "eni-nat", |eni| {
            eni["InterfaceType"] = json!("nat_gateway");
            eni["Description"] = json!("Interface for NAT Gateway nat-1");
            eni["RequesterManaged"] = json!(true);
            eni["SourceDestCheck"] = json!(false);
            eni["Status"] = json!("in-use");
            eni["Attachment"] = json!({ "AttachmentId": "ela-attach-1", "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws",
                "DeleteOnTermination": false, "Status": "attached" });
        })
        .add("NatGateways", json!({ "NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-nat", "State": "available",
            "ConnectivityType": "public", "CreateTime": "2026-01-01T00:00:00+00:00", "NatGatewayAddresses": [
            { "AllocationId": "eipalloc-eni-nat", "NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.9.10", "PublicIp": "52.10.9.9" }] }))
}

pub fn rows() -> Vec<Row> {
    let some = "198.41.0.0/24";
    let back_to_some = || {
        answer(
            "reachable",
            Packets::parse("tcp 22 from internet"),
            Packets::parse(&format!("tcp 22 from {some}")),
            Packets::parse(&format!("tcp 22 from {some}")),
        )
    };
    let ssh6 = || public().with_ipv6().without_public_address().admits(&["tcp 22 from ::/0"]);
    let egress_only = || {
        ssh6().routes(&["0.0.0.0/0 igw-1", "::/0 eigw-1"]).add("EgressOnlyInternetGateways",
        json!({ "EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{ "State": "attached", "VpcId": "vpc-1" }], "Tags": [] }))
    };
    vec![
        row(
            27,
            "a public address in a subnet whose default route is a NAT gateway",
            [case(
                with_nat_gateway(ssh()).routes(&["0.0.0.0/0 nat-1"]),
                [(PUBLIC, one_way(&["tcp 22 from internet"]))],
            )],
        ),
        row(
            28,
            "an open group, no public address, no IPv6",
            [case(ssh().without_public_address(), [("eni-1", closed()), (PUBLIC, closed())])],
        ),
        row(
            29,
            "the default route in two halves",
            [case(
                ssh().routes(&["0.0.0.0/1 igw-1", "128.0.0.0/1 igw-1"]),
                [(PUBLIC, open(&["tcp 22 from internet"]))],
            )],
        ),
        row(
            30,
            "a subnet without a table of its own, and another VPC's main table that is public",
            [
                case(with_second_vpc(ssh()), [("52.10.0.2", closed()), (PUBLIC, open(&["tcp 22 from internet"]))]),
                // With a gateway of its own the packets come in, and nothing gets back.
                case(
                    with_second_vpc(ssh()).gateway("igw-2", "vpc-2"),
                    [("52.10.0.2", one_way(&["tcp 22 from internet"]))],
                ),
            ],
        ),
        row(
            31,
            "the internet gateway is detached, its route a black hole",
            [
                case(ssh().detached().routes(&["0.0.0.0/0 igw-1 blackhole"]), [(PUBLIC, closed())]),
                // A route that claims to be active does not attach a gateway.
                case(ssh().detached(), [(PUBLIC, closed())]),
                // And a black hole wins over the shorter prefix.
                case(
                    ssh().routes(&["0.0.0.0/0 igw-1", &format!("{some} igw-9 blackhole")]),
                    [(
                        PUBLIC,
                        answer("reachable", Packets::parse("tcp 22 from internet"), without(some), without(some)),
                    )],
                ),
            ],
        ),
        row(
            32,
            "::/0 to the gateway, an IPv6 address, no public IPv4 address",
            [case(ssh6(), [(PUBLIC6, open6(&["tcp 22 from internet6"])), (PUBLIC, closed())])],
        ),
        row(
            33,
            "::/0 to an egress-only gateway",
            [
                case(egress_only().detached(), [(PUBLIC6, closed())]),
                // Where a gateway is attached for IPv4's sake, what comes in by it has no way back.
                case(egress_only(), [(PUBLIC6, one_way(&["tcp 22 from internet6"]))]),
            ],
        ),
        row(
            34,
            "an open group on the secondary interface, the primary one closed",
            [case(
                public()
                    .group("sg-2", "vpc-1", &["tcp 22 from 0.0.0.0/0"])
                    .interface("eni-2", "subnet-1", "10.0.1.20", Some("52.10.0.2"), &["sg-2"])
                    .interface("eni-3", "subnet-1", "10.0.1.30", None, &["sg-1"])
                    .instance("i-2", "running", &["eni-3", "eni-2"]),
                [("52.10.0.2", open(&["tcp 22 from internet"]).with("instance", json!("i-2"))), (PUBLIC, closed())],
            )],
        ),
        row(
            35,
            "a route to the gateway for one /24 alone",
            [case(ssh().routes(&[&format!("{some} igw-1")]), [(PUBLIC, back_to_some())])],
        ),
        row(
            36,
            "Block Public Access blocks what comes in",
            [
                case(ssh().blocking("block-ingress"), [(PUBLIC, closed())]),
                case(ssh().blocking("block-bidirectional"), [(PUBLIC, closed())]),
                case(ssh().blocking("off"), [(PUBLIC, open(&["tcp 22 from internet"]))]),
            ],
        ),
        row(
            37,
            "Block Public Access, and an exclusion that lets things out",
            [
                case(ssh().blocking("block-bidirectional").excluding("subnet-1", "allow-egress"), [(PUBLIC, closed())]),
                case(ssh().blocking("block-ingress").excluding("vpc-1", "allow-egress"), [(PUBLIC, closed())]),
                case(
                    ssh().blocking("block-ingress").excluding("subnet-1", "allow-bidirectional"),
                    [(PUBLIC, open(&["tcp 22 from internet"]))],
                ),
                case(
                    ssh().blocking("block-ingress").excluding("subnet-9", "allow-bidirectional"),
                    [(PUBLIC, closed())],
                ),
            ],
        ),
    ]
}

fn without(block: &str) -> Packets {
    Packets::parse("tcp 22 from internet").minus(&Packets::parse(&format!("tcp 22 from {block}")))
}
