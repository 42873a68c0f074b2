//! Rows 38 to 46: what stands behind an address, and what stands in front of an instance.

use serde_json::{Value, json};

use super::acls::conversational_of_all;
use super::{Probes, Row, answer, case, closed, dormant, open, row};
use crate::exposure::network::{ACCOUNT, Network, OPEN, PUBLIC, public};
use crate::exposure::packets::Packets;

fn ssh() -> Network {
    public().admits(&["tcp 22 from 0.0.0.0/0"])
}

/// A load balancer `front` of this type in `subnet-1`, with a listener and target group for `i-1` at each TCP port.
fn with_balancer(
    network: Network,
    kind: &str,
    scheme: &str,
    groups: &[&str],
    public: Option<&str>,
    ports: &[u16],
) -> Network {
    let short = if kind == "network" { "net" } else { "app" };
    let arn = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/{short}/front/1111111111111111");
    let protocol = if kind == "network" { "TCP" } else { "HTTPS" };
    let mut balancer = json!({ "LoadBalancerArn": arn, "LoadBalancerName": "front", "DNSName": "front-1.elb.us-east-1.amazonaws.com",
        "CanonicalHostedZoneId": "Z1", "CreatedTime": "2026-01-01T00:00:00+00:00", "Scheme": scheme, "VpcId": "vpc-1", "Type": kind,
        "State": { "Code": "active" }, "IpAddressType": "ipv4",
        "AvailabilityZones": [{ "ZoneName": "us-east-1a", "SubnetId": "subnet-1", "LoadBalancerAddresses": [] }] });
    if !groups.is_empty() {
        balancer["SecurityGroups"] = json!(groups);
    }
    let mut listeners = Vec::new();
    let mut network = network.interface("eni-lb", "subnet-1", "10.0.1.50", public, groups).edit("NetworkInterfaces", "eni-lb", |eni| {
        eni["InterfaceType"] = json!(if kind == "network" { "network_load_balancer" } else { "interface" });
        eni["Description"] = json!(format!("ELB {short}/front/1111111111111111"));
        eni["RequesterManaged"] = json!(true);
        eni["RequesterId"] = json!("amazon-elb");
        eni["Status"] = json!("in-use");
        eni["Attachment"] = json!({ "AttachmentId": "ela-attach-lb", "DeviceIndex": 1, "InstanceOwnerId": "amazon-elb",
            "DeleteOnTermination": false, "Status": "attached" });
    });
    for port in ports {
        let target =
            format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/back-{port}/2222222222222222");
        listeners.push(json!({ "ListenerArn": format!("{}/{port}", arn.replace(":loadbalancer/", ":listener/")), "LoadBalancerArn": arn,
            "Port": port, "Protocol": protocol, "DefaultActions": [{ "Type": "forward", "TargetGroupArn": target, "Order": 1,
            "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": target, "Weight": 1 }] } }] }));
        network = network
            .add("TargetGroups", json!({ "TargetGroupArn": target, "TargetGroupName": format!("back-{port}"), "Protocol": protocol, "Port": port,
                "VpcId": "vpc-1", "TargetType": "instance", "LoadBalancerArns": [arn], "HealthCheckPort": "traffic-port",
                "HealthCheckProtocol": protocol, "HealthCheckEnabled": true, "IpAddressType": "ipv4" }))
            .add("LoadBalancerTargetHealth", json!({ "TargetGroupArn": target, "TargetHealthDescriptions": [
                { "Target": { "Id": "i-1", "Port": port }, "HealthCheckPort": port.to_string(), "TargetHealth": { "State": "healthy" } }] }));
    }
    network
        .add("LoadBalancers", balancer)
        .add("LoadBalancerListeners", json!({ "LoadBalancerArn": arn, "Listeners": listeners }))
}

/// An accelerator with this endpoint behind its TCP port 443, as a scan keeps it.
fn with_accelerator(network: Network, endpoint: &str) -> Network {
    let arn = format!("arn:aws:globalaccelerator::{ACCOUNT}:accelerator/aaaa");
    let groups: Value = json!([{ "EndpointGroupArn": format!("{arn}/listener/bbbb/endpoint-group/cccc"), "EndpointGroupRegion": "us-east-1",
        "EndpointDescriptions": [{ "EndpointId": endpoint, "Weight": 128, "HealthState": "HEALTHY", "ClientIPPreservationEnabled": true }],
        "TrafficDialPercentage": 100.0, "PortOverrides": [] }]);
    network.accelerator(json!({ "AcceleratorArn": arn, "Name": "fast", "IpAddressType": "IPV4", "Enabled": true, "Status": "DEPLOYED",
        "IpSets": [{ "IpFamily": "IPv4", "IpAddresses": ["75.2.60.5", "99.83.190.102"] }], "DnsName": "a1.awsglobalaccelerator.com",
        "Listeners": [{ "ListenerArn": format!("{arn}/listener/bbbb"), "PortRanges": [{ "FromPort": 443, "ToPort": 443 }], "Protocol": "TCP",
            "ClientAffinity": "NONE", "EndpointGroups": groups }] }))
}

pub fn rows() -> Vec<Row> {
    let stopped = |network: Network| {
        network.edit("Reservations", "r-i-1", |r| r["Instances"][0]["State"] = json!({ "Code": 80, "Name": "stopped" }))
    };
    let everything =
        || answer("reachable", Packets::parse("all from internet"), conversational_of_all(), conversational_of_all());
    let nat = public()
        .interface("eni-nat", "subnet-1", "10.0.1.99", Some("52.10.9.9"), &[])
        .edit("NetworkInterfaces", "eni-nat", |eni| {
            eni["InterfaceType"] = json!("nat_gateway");
            eni["Description"] = json!("Interface for NAT Gateway nat-1");
            eni["RequesterManaged"] = json!(true);
            eni["Status"] = json!("in-use");
        })
        .add("NatGateways", json!({ "NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available",
            "NatGatewayAddresses": [{ "NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.1.99", "PublicIp": "52.10.9.9" }] }));
    let front = "52.10.0.50";
    let target = || public().without_public_address();
    vec![
        row(38, "a stopped instance with a public address and an open group", [
            case(stopped(ssh()), [(PUBLIC, dormant(&["tcp 22 from internet"]))]),
        ]),
        row(39, "a NAT gateway's interface: a public address and no group", [
            case(nat, [("52.10.9.9", closed())]),
        ]),
        row(40, "an internet-facing network load balancer without groups", [
            case(
                with_balancer(target().admits(&["tcp 80 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0"]), "network", "internet-facing", &[], Some(front), &[80, 443]),
                [(front, open(&["tcp 80,443 from internet"]).probed(Probes::ButEcho))],
            ),
            // What is open is the front, whether or not a target lets the client on.
            case(
                with_balancer(target(), "network", "internet-facing", &[], Some(front), &[80, 443]),
                [(front, open(&["tcp 80,443 from internet"]).probed(Probes::None))],
            ),
        ]),
        row(41, "a target's group admits the open group of a network load balancer, which keeps the client's address", [
            case(
                with_balancer(public().without_public_address().group("sg-lb", "vpc-1", &["tcp 443 from 0.0.0.0/0"]), "network", "internet-facing",
                    &["sg-lb"], Some(front), &[443]).admits(&["tcp 443 from sg-lb"]),
                [("eni-1", open(&["tcp 443 from internet"]).class("via-load-balancer")), ("eni-1", closed()), (front, open(&["tcp 443 from internet"]).probed(Probes::ButEcho))],
            ),
        ]),
        row(42, "an accelerator in front of an instance in a private subnet; the VPC has a gateway", [
            case(
                with_accelerator(public().without_public_address().admits(&["tcp 443 from 0.0.0.0/0"]).routes(&[]), "i-1"),
                [("eni-1", open(&["tcp 443 from internet"]).class("via-global-accelerator")), ("eni-1", closed())],
            ),
            // What the ACL would keep out comes in by the accelerator all the same.
            case(
                with_accelerator(public().without_public_address().admits(&["tcp 443 from 0.0.0.0/0"]).routes(&[]), "i-1").entries(&["in 100 deny all 0.0.0.0/0"]),
                [("eni-1", open(&["tcp 443 from internet"]).class("via-global-accelerator"))],
            ),
            case(
                with_accelerator(public().without_public_address().admits(&["tcp 443 from 0.0.0.0/0"]).routes(&[]).detached(), "i-1"),
                [("eni-1", closed().class("via-global-accelerator"))],
            ),
        ]),
        row(43, "an application load balancer whose group admits exactly its listener's tcp/443", [
            case(
                with_balancer(public().group("sg-lb", "vpc-1", &["tcp 443 from 0.0.0.0/0"]), "application", "internet-facing", &["sg-lb"], Some(front), &[443]),
                [(front, open(&["tcp 443 from internet"]).probed(Probes::ButEcho)), (PUBLIC, closed())],
            ),
            // Where nothing listens, an open group opens nothing.
            case(
                with_balancer(public().group("sg-lb", "vpc-1", &["all from 0.0.0.0/0"]), "application", "internet-facing", &["sg-lb"], Some(front), &[443]),
                [(front, open(&["tcp 443 from internet"]).probed(Probes::ButEcho))],
            ),
        ]),
        row(44, "an open group that is attached to nothing", [
            case(public().group("sg-2", "vpc-1", &["tcp 22 from 0.0.0.0/0"]), [(PUBLIC, closed()), ("eni-1", closed())]),
        ]),
        row(45, "a default route to a NAT gateway, and no public address", [
            case(ssh().without_public_address().subnet("subnet-nat", "vpc-1", "10.0.9.0/24")
                    .table("rtb-nat", "vpc-1", &["subnet-nat"], &["10.0.0.0/16 local", "0.0.0.0/0 igw-1"])
                    .acl("acl-nat", "vpc-1", &["subnet-nat"], &OPEN)
                    .add("NatGateways", json!({ "NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-nat", "State": "available", "NatGatewayAddresses": [] }))
                    .routes(&["0.0.0.0/0 nat-1"]),
                [("eni-1", closed()), (PUBLIC, closed())]),
        ]),
        row(46, "a rule with protocol -1 from everywhere", [
            case(public().admits(&["all from 0.0.0.0/0"]), [(PUBLIC, everything())]),
            // Terraform writes ports beside it, which mean nothing.
            case(public().admits(&["all 0-0 from 0.0.0.0/0"]), [(PUBLIC, everything())]),
        ]),
    ]
}
