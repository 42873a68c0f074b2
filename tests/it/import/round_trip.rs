//! Every type that an import can hold, written out as the AWS CLI prints it, and read again.

use std::collections::{BTreeMap, BTreeSet};

use driftline::arn::Scope;
use driftline::inventory::{Account, Cell, Inventory, Provenance};
use driftline::resource::{Resource, ResourceType};
use serde_json::{Map, Value, json};

use super::{options, scope, try_import};

type Files = BTreeMap<String, Value>;

/// What a field's answer is called, where AWS tells it with a call of its own: key, and the file's name of an id.
const PARTS: &[(ResourceType, &str, &str)] = &[
    (ResourceType::PrefixList, "Entries", "Entries"),
    (ResourceType::TransitGatewayRouteTable, "Associations", "Associations"),
    (ResourceType::TransitGatewayRouteTable, "Propagations", "TransitGatewayRouteTablePropagations"),
    (ResourceType::TransitGatewayRouteTable, "Routes", "Routes"),
    (ResourceType::LoadBalancer, "Attributes", "Attributes"),
    (ResourceType::LoadBalancer, "Listeners", "Listeners"),
    (ResourceType::ClassicLoadBalancer, "LoadBalancerAttributes", "LoadBalancerAttributes"),
    (ResourceType::ClassicLoadBalancer, "PolicyDescriptions", "PolicyDescriptions"),
    (ResourceType::TargetGroup, "Attributes", "Attributes"),
    (ResourceType::TargetGroup, "TargetHealthDescriptions", "TargetHealthDescriptions"),
    (ResourceType::VpcEndpointService, "AllowedPrincipals", "AllowedPrincipals"),
];

fn list_key(of: ResourceType) -> &'static str {
    match of {
        ResourceType::Vpc => "Vpcs",
        ResourceType::Subnet => "Subnets",
        ResourceType::RouteTable => "RouteTables",
        ResourceType::NetworkAcl => "NetworkAcls",
        ResourceType::SecurityGroup => "SecurityGroups",
        ResourceType::NetworkInterface => "NetworkInterfaces",
        ResourceType::InternetGateway => "InternetGateways",
        ResourceType::EgressOnlyInternetGateway => "EgressOnlyInternetGateways",
        ResourceType::CarrierGateway => "CarrierGateways",
        ResourceType::NatGateway => "NatGateways",
        ResourceType::Address => "Addresses",
        ResourceType::VpcPeeringConnection => "VpcPeeringConnections",
        ResourceType::VpcEndpoint => "VpcEndpoints",
        ResourceType::VpcEndpointService => "ServiceConfigurations",
        ResourceType::CustomerGateway => "CustomerGateways",
        ResourceType::VpnGateway => "VpnGateways",
        ResourceType::VpnConnection => "VpnConnections",
        ResourceType::TransitGateway => "TransitGateways",
        ResourceType::TransitGatewayAttachment => "TransitGatewayAttachments",
        ResourceType::TransitGatewayRouteTable => "TransitGatewayRouteTables",
        ResourceType::PrefixList => "PrefixLists",
        ResourceType::FlowLog => "FlowLogs",
        ResourceType::DhcpOptions => "DhcpOptions",
        ResourceType::Instance => "Reservations",
        ResourceType::Image => "Images",
        ResourceType::Volume => "Volumes",
        ResourceType::Snapshot => "Snapshots",
        ResourceType::LaunchTemplate => "LaunchTemplates",
        ResourceType::ClientVpnEndpoint => "ClientVpnEndpoints",
        ResourceType::VpcBlockPublicAccessOptions => "VpcBlockPublicAccessOptions",
        ResourceType::VpcBlockPublicAccessExclusion => "VpcBlockPublicAccessExclusions",
        ResourceType::LoadBalancer => "LoadBalancers",
        ResourceType::TargetGroup => "TargetGroups",
        ResourceType::ClassicLoadBalancer => "LoadBalancerDescriptions",
        other => panic!("{other} is of no file"),
    }
}

/// As the CLI prints: without what there is not.
fn printed(resource: &Resource) -> Map<String, Value> {
    fn strip(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::Object(members) => {
                members.retain(|_, value| !value.is_null());
                members.values_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let mut value = serde_json::to_value(resource).unwrap();
    strip(&mut value);
    value.as_object().unwrap().clone()
}

fn push(files: &mut Files, file: String, key: &str, item: Value) {
    files.entry(file).or_insert_with(|| json!({ key: [] }))[key].as_array_mut().unwrap().push(item);
}

/// The resources as files, by names that mean nothing but where nothing else says whose a part is.
fn write(inventory: &Inventory) -> Files {
    let mut files = Files::new();
    for (key, resource) in inventory.resources() {
        let folder = format!("{}/{}", key.scope.account, key.scope.region);
        let mut item = printed(resource);
        let escaped = key.id.replace(':', "%3A").replace('/', "%2F");
        for name in ["EnableDnsSupport", "EnableDnsHostnames"] {
            if let Some(flag) = item.remove(name) {
                let file = json!({ "VpcId": key.id, name: { "Value": flag } });
                files.insert(format!("{folder}/{name}-of-{}", key.id), file);
            }
        }
        for (_, field, answer) in PARTS.iter().filter(|(of, ..)| *of == key.resource_type) {
            let Some(mut value) = item.remove(*field) else { continue };
            for listener in value.as_array_mut().into_iter().flatten().filter(|_| *field == "Listeners") {
                let Some(rules) = listener.as_object_mut().unwrap().remove("Rules") else { continue };
                for rule in rules.as_array().unwrap() {
                    push(&mut files, format!("{folder}/rules"), "Rules", rule.clone());
                }
            }
            let mut file = json!({ *answer: value });
            if *field == "Routes"
                && let Some(more) = item.remove("AdditionalRoutesAvailable")
            {
                file["AdditionalRoutesAvailable"] = more;
            }
            files.insert(format!("{folder}/{field}/{escaped}"), file);
        }
        for (field, answer) in [
            ("VpcAttachment", "TransitGatewayVpcAttachments"),
            ("PeeringAttachment", "TransitGatewayPeeringAttachments"),
        ] {
            if let Some(mut detail) = item.remove(field) {
                detail["TransitGatewayAttachmentId"] = json!(key.id);
                push(&mut files, format!("{folder}/{answer}"), answer, detail);
            }
        }
        if key.resource_type == ResourceType::LaunchTemplate {
            for mut version in item.remove("Versions").unwrap().as_array().unwrap().clone() {
                version["LaunchTemplateId"] = json!(key.id);
                // What a snapshot may not hold.
                version["LaunchTemplateData"]["UserData"] = json!("c2VjcmV0");
                push(&mut files, format!("{folder}/versions"), "LaunchTemplateVersions", version);
            }
        }
        let list = list_key(key.resource_type);
        match key.resource_type {
            ResourceType::Instance => {
                let owner = item.remove("ReservationOwnerId");
                let mut reservation = json!({ "ReservationId": format!("r-{}", key.id), "Instances": [item] });
                if let Some(owner) = owner {
                    reservation["OwnerId"] = owner;
                }
                push(&mut files, format!("{folder}/a"), list, reservation);
            }
            ResourceType::VpcBlockPublicAccessOptions => {
                files.insert(format!("{folder}/bpa"), json!({ list: item }));
            }
            // Several lists in a file, and several files of a list.
            of => {
                let number = key.id.bytes().map(usize::from).sum::<usize>() % 3;
                let name =
                    format!("{folder}/{}-{number}", if (of as usize).is_multiple_of(2) { "even" } else { "odd" });
                let file = files.entry(name).or_insert_with(|| json!({}));
                if file[list].is_null() {
                    file[list] = json!([]);
                }
                file[list].as_array_mut().unwrap().push(Value::Object(item));
            }
        }
    }
    files
}

fn read(files: &Files) -> driftline::import::Imported {
    let bytes: Vec<_> = files
        .iter()
        .map(|(path, value)| (path.split('/').map(str::to_owned).collect(), serde_json::to_vec_pretty(value).unwrap()))
        .collect();
    try_import(options(), &bytes).unwrap()
}

fn of_type(of: ResourceType, value: Value) -> Resource {
    Resource::deserialize_as(of, value).unwrap_or_else(|error| panic!("{of}: {error}"))
}

/// A resource of every type, with every part.
fn everything(scope: &Scope) -> Inventory {
    use ResourceType as T;
    let elb = |kind: &str| format!("arn:aws:elasticloadbalancing:{}:{}:{kind}", scope.region, scope.account);
    let (balancer, group) = (elb("loadbalancer/app/web/50dc"), elb("targetgroup/web/6d0e"));
    let tags = json!([{ "Key": "Name", "Value": "" }]);
    let resources = [
        (
            T::Vpc,
            json!({ "VpcId": "vpc-1", "IsDefault": false, "CidrBlock": "10.0.0.0/16", "Tags": tags, "EnableDnsSupport": true, "EnableDnsHostnames": false }),
        ),
        (
            T::Subnet,
            json!({ "SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "OwnerId": "999988887777", "MapPublicIpOnLaunch": true }),
        ),
        (
            T::RouteTable,
            json!({ "RouteTableId": "rtb-1", "Routes": [{ "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active" }], "Associations": [{ "Main": true }] }),
        ),
        (
            T::NetworkAcl,
            json!({ "NetworkAclId": "acl-1", "Entries": [{ "Egress": false, "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0" }] }),
        ),
        (
            T::SecurityGroup,
            json!({ "GroupId": "sg-1", "GroupName": "web", "Description": "", "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] }),
        ),
        (
            T::NetworkInterface,
            json!({ "NetworkInterfaceId": "eni-1", "TagSet": tags, "Attachment": { "AttachTime": "2026-01-02T03:04:05Z" }, "Ipv6Addresses": [{ "Ipv6Address": "2001:db8::1" }] }),
        ),
        (
            T::InternetGateway,
            json!({ "InternetGatewayId": "igw-1", "Attachments": [{ "State": "available", "VpcId": "vpc-1" }] }),
        ),
        (T::EgressOnlyInternetGateway, json!({ "EgressOnlyInternetGatewayId": "eigw-1" })),
        (T::CarrierGateway, json!({ "CarrierGatewayId": "cagw-1", "VpcId": "vpc-1" })),
        (T::NatGateway, json!({ "NatGatewayId": "nat-1", "CreateTime": "2026-01-02T03:04:05.678Z" })),
        (T::Address, json!({ "AllocationId": "eipalloc-1", "PublicIp": "203.0.113.7" })),
        (
            T::VpcPeeringConnection,
            json!({ "VpcPeeringConnectionId": "pcx-1", "AccepterVpcInfo": { "Region": "ap-southeast-2" } }),
        ),
        (T::VpcEndpoint, json!({ "VpcEndpointId": "vpce-1", "PolicyDocument": "{\"Statement\":[]}" })),
        (T::VpcEndpointService, json!({ "ServiceId": "vpce-svc-1", "AllowedPrincipals": [{ "Principal": "*" }] })),
        (T::CustomerGateway, json!({ "CustomerGatewayId": "cgw-1", "BgpAsn": "65000" })),
        (T::VpnGateway, json!({ "VpnGatewayId": "vgw-1", "AmazonSideAsn": 64512 })),
        (
            T::VpnConnection,
            json!({ "VpnConnectionId": "vpn-1", "VgwTelemetry": [{ "Status": "UP", "LastStatusChange": "2026-01-01T00:00:00Z" }] }),
        ),
        (T::TransitGateway, json!({ "TransitGatewayId": "tgw-1", "OwnerId": "999988887777" })),
        (
            T::TransitGatewayAttachment,
            json!({ "TransitGatewayAttachmentId": "tgw-attach-1", "ResourceType": "vpc", "VpcAttachment": { "VpcId": "vpc-1", "SubnetIds": ["subnet-1"] } }),
        ),
        (
            T::TransitGatewayAttachment,
            json!({ "TransitGatewayAttachmentId": "tgw-attach-2", "ResourceType": "peering", "PeeringAttachment": { "RequesterTgwInfo": { "TransitGatewayId": "tgw-1", "Region": "us-east-1" } } }),
        ),
        (
            T::TransitGatewayRouteTable,
            json!({ "TransitGatewayRouteTableId": "tgw-rtb-1", "Associations": [{ "ResourceId": "vpc-1" }], "Propagations": [], "AdditionalRoutesAvailable": false,
            "Routes": [{ "DestinationCidrBlock": "10.0.0.0/8", "Type": "static", "State": "active", "TransitGatewayAttachments": [{ "ResourceId": "vpc-1" }] }] }),
        ),
        (
            T::PrefixList,
            json!({ "PrefixListId": "pl-1", "PrefixListName": "offices", "Entries": [{ "Cidr": "198.51.100.0/24", "Description": "" }] }),
        ),
        (T::PrefixList, json!({ "PrefixListId": "pl-2", "PrefixListName": "none", "Entries": [] })),
        (T::FlowLog, json!({ "FlowLogId": "fl-1", "CreationTime": "2026-01-02T03:04:05Z" })),
        (
            T::DhcpOptions,
            json!({ "DhcpOptionsId": "dopt-1", "DhcpConfigurations": [{ "Key": "domain-name-servers", "Values": [{ "Value": "AmazonProvidedDNS" }] }] }),
        ),
        (
            T::Instance,
            json!({ "InstanceId": "i-1", "ReservationOwnerId": "111122223333", "LaunchTime": "2026-02-03T04:05:06Z", "StateTransitionReason": "" }),
        ),
        (T::Instance, json!({ "InstanceId": "i-2" })),
        (
            T::Image,
            json!({ "ImageId": "ami-1", "Name": "base", "Public": false, "CreationDate": "2025-01-02T03:04:05Z" }),
        ),
        (
            T::Volume,
            json!({ "VolumeId": "vol-1", "Encrypted": true, "Attachments": [{ "InstanceId": "i-1", "Device": "/dev/xvda" }] }),
        ),
        (
            T::Snapshot,
            json!({ "SnapshotId": "snap-1", "VolumeId": "vol-1", "Encrypted": true, "StartTime": "2026-01-05T03:04:05Z" }),
        ),
        (
            T::LaunchTemplate,
            json!({ "LaunchTemplateId": "lt-1", "LaunchTemplateName": "app", "LatestVersionNumber": 2, "DefaultVersionNumber": 1,
            "Versions": [{ "VersionNumber": 1, "DefaultVersion": true, "LaunchTemplateData": { "ImageId": "ami-1" } },
                { "VersionNumber": 2, "DefaultVersion": false, "LaunchTemplateData": { "SecurityGroupIds": ["sg-1"], "MetadataOptions": { "HttpTokens": "required" } } }] }),
        ),
        (
            T::ClientVpnEndpoint,
            json!({ "ClientVpnEndpointId": "cvpn-endpoint-1", "Status": { "Code": "available" }, "ConnectionLogOptions": { "Enabled": true } }),
        ),
        (T::VpcBlockPublicAccessOptions, json!({ "AwsRegion": scope.region, "InternetGatewayBlockMode": "off" })),
        (T::VpcBlockPublicAccessExclusion, json!({ "ExclusionId": "vpcbpa-exclude-1" })),
        (
            T::LoadBalancer,
            json!({ "LoadBalancerArn": balancer, "Type": "application", "DNSName": "web.example.com", "Attributes": [{ "Key": "a", "Value": "" }],
            "Listeners": [{ "ListenerArn": elb("listener/app/web/50dc/f2f7"), "LoadBalancerArn": balancer, "Port": 443, "Protocol": "HTTPS",
                "Rules": [{ "RuleArn": elb("listener-rule/app/web/50dc/f2f7/9683"), "Priority": "default", "IsDefault": true }] }] }),
        ),
        (
            T::TargetGroup,
            json!({ "TargetGroupArn": group, "Attributes": [{ "Key": "preserve_client_ip.enabled", "Value": "true" }],
            "TargetHealthDescriptions": [{ "Target": { "Id": "i-1", "Port": 80 }, "TargetHealth": { "State": "healthy" } }] }),
        ),
        (
            T::ClassicLoadBalancer,
            json!({ "LoadBalancerName": "old", "DNSName": "old.example.com", "VPCId": "vpc-1", "LoadBalancerAttributes": { "AccessLog": { "Enabled": false } } }),
        ),
        (
            T::ClassicLoadBalancer,
            json!({ "LoadBalancerName": "older", "ListenerDescriptions": [{ "Listener": { "Protocol": "SSL" }, "PolicyNames": ["p"] }],
            "LoadBalancerAttributes": { "ConnectionDraining": { "Enabled": true, "Timeout": 300 }, "AdditionalAttributes": [{ "Key": "elb.http.desyncmitigationmode", "Value": "monitor" }] },
            "PolicyDescriptions": [{ "PolicyName": "p", "PolicyTypeName": "SSLNegotiationPolicyType", "PolicyAttributeDescriptions": [{ "AttributeName": "Protocol-TLSv1", "AttributeValue": "true" }] }] }),
        ),
    ];
    let mut inventory = Inventory::new(Provenance {
        tool_version: "0.1.0".to_owned(),
        taken_at: "2026-03-01T00:00:00Z".parse().unwrap(),
        caller: None,
        source: "a test".to_owned(),
        is_import: false,
    });
    for (of, value) in resources {
        inventory.insert(scope.clone(), of_type(of, value));
    }
    let account = scope.account.clone();
    let account = Account { partition: scope.partition, id: account, name: None, organizational_unit: None };
    inventory.accounts.insert(account.id.clone(), account);
    inventory
}

#[test]
fn every_type_comes_back_as_it_was() {
    let mut inventory = everything(&scope("111122223333", "eu-west-1"));
    inventory.absorb(everything(&scope("111122223333", "us-east-1")));
    inventory.absorb(everything(&scope("444455556666", "eu-west-1")));
    let imported = read(&write(&inventory));
    assert_eq!(imported.account.complaints, Vec::<String>::new());
    assert_eq!(imported.account.unknown, []);
    let resources = |of: &Inventory| of.resources().map(|(k, r)| (k.clone(), r.clone())).collect::<BTreeMap<_, _>>();
    let (was, is) = (resources(&inventory), resources(&imported.inventory));
    for (key, resource) in &was {
        assert_eq!(Some(resource), is.get(key), "{key:?}");
    }
    assert_eq!(was.len(), is.len());
    assert_eq!(imported.inventory.accounts, inventory.accounts);
    // Nothing is missing.
    let gaps: Vec<_> = imported.inventory.ledger.gaps().collect();
    assert_eq!(gaps, []);
    let types: BTreeSet<_> = was.keys().map(|key| key.resource_type).collect();
    let operations: BTreeSet<_> = types.iter().flat_map(|of| of.operations()).map(|one| (*one).to_owned()).collect();
    let complete: BTreeSet<_> = imported.inventory.ledger.cells().map(|(cell, _)| cell.operation).collect();
    assert_eq!(operations, complete);
    assert_eq!(imported.inventory.provenance.taken_at, "2026-02-03T04:05:06Z".parse().unwrap());
}

#[test]
fn without_one_file_the_rest_is_as_it_was_and_what_is_gone_is_a_gap() {
    let region = scope("111122223333", "eu-west-1");
    let inventory = everything(&region);
    let all = write(&inventory);
    for gone in all.keys() {
        let mut files = all.clone();
        files.remove(gone);
        let imported = read(&files);
        let gaps: Vec<Cell> = imported.inventory.ledger.gaps().map(|(cell, _)| cell).collect();
        for (key, resource) in imported.inventory.resources() {
            let was = inventory.resources().find(|(was, _)| *was == key);
            let same = was.is_some_and(|(_, was)| was == resource);
            let mut operations = key.resource_type.operations().iter();
            let is_gap = operations.any(|one| gaps.iter().any(|cell| cell.operation == *one));
            assert!(same || is_gap, "without {gone}: {key:?}");
        }
        // Where another file holds the same list, nobody can know that one is gone.
        assert!(!gaps.is_empty() || gone.contains("/even-") || gone.contains("/odd-"), "without {gone}");
    }
}
