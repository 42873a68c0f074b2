//! The sets are held to the walk: on random small networks, at every corner of the grid that the rules' borders make,
//! both say the same of a packet. Between two borders nothing changes, so agreement there is agreement everywhere.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Class, Endpoint, Exposure, Witness};
use crate::arn::Scope;
use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::topology::{Host, Topology};
use crate::model::walk;
use crate::net::{IpSet, Packet};
use crate::resource::{Resource, ResourceType};

/// Adjacent, nested and overlapping blocks, the whole line and its halves, single addresses, private ones, and the
/// VPC's own, which is of public space.
const BLOCKS: [&str; 16] = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "52.0.0.0/8",
    "52.0.0.0/9",
    "52.128.0.0/9",
    "52.7.0.0/16",
    "52.7.7.7/32",
    "10.0.0.0/8",
    "20.0.0.0/16",
    "20.0.0.0/24",
    "::/0",
    "8000::/1",
    "2600::/16",
    "2600:7::/32",
    "2600:7::7/128",
];
const PROTOCOLS: [&str; 8] = ["-1", "tcp", "udp", "icmp", "icmpv6", "47", "6", "58"];
const PORTS: [i32; 8] = [0, 1, 22, 23, 80, 443, 65_534, 65_535];
const PUBLIC: &str = "54.1.1.1";
const PUBLIC_V6: &str = "2600:9::a";
const TARGETS: [&str; 6] = ["igw-1", "igw-2", "nat-1", "local", "vgw-1", "eigw-1"];

#[derive(Debug, Clone)]
struct Rule {
    protocol: &'static str,
    ports: Option<(i32, i32)>,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Block(&'static str),
    List(usize),
    Group,
}

#[derive(Debug, Clone)]
struct Entry {
    number: i32,
    egress: bool,
    allow: bool,
    protocol: &'static str,
    ports: Option<(i32, i32)>,
    block: &'static str,
}

#[derive(Debug, Clone)]
struct Route {
    destination: Result<&'static str, usize>,
    target: &'static str,
    active: bool,
    propagated: bool,
}

#[derive(Debug, Clone)]
struct Net {
    groups: Vec<Vec<Rule>>,
    entries: Vec<Entry>,
    routes: Vec<Route>,
    /// Each prefix list's blocks; none if it was not read. The last is CloudFront's.
    lists: Vec<Option<Vec<&'static str>>>,
    attached: bool,
    block_public_access: Option<&'static str>,
    denies_gateway: bool,
    stopped: bool,
    /// Operations that were not answered.
    failed: Vec<&'static str>,
}

fn ports() -> impl Strategy<Value = Option<(i32, i32)>> {
    let pair = (proptest::sample::select(&PORTS[..]), proptest::sample::select(&PORTS[..]));
    prop_oneof![1 => Just(None), 1 => Just(Some((-1, -1))), 4 => pair.prop_map(|(a, b)| Some((a.min(b), a.max(b))))]
}

fn rules() -> impl Strategy<Value = Rule> {
    let source = prop_oneof![
        6 => proptest::sample::select(&BLOCKS[..]).prop_map(Source::Block),
        2 => (0..3usize).prop_map(Source::List),
        1 => Just(Source::Group),
    ];
    (proptest::sample::select(&PROTOCOLS[..]), ports(), source).prop_map(|(protocol, ports, source)| Rule {
        protocol,
        ports,
        source,
    })
}

fn entries() -> impl Strategy<Value = Entry> {
    let block = proptest::sample::select(&BLOCKS[..]);
    (1..6i32, any::<bool>(), proptest::bool::weighted(0.7), proptest::sample::select(&PROTOCOLS[..]), ports(), block)
        .prop_map(|(number, egress, allow, protocol, ports, block)| Entry {
            number,
            egress,
            allow,
            protocol,
            ports,
            block,
        })
}

fn routes() -> impl Strategy<Value = Route> {
    let destination = prop_oneof![
        6 => proptest::sample::select(&BLOCKS[..]).prop_map(Ok),
        1 => (0..3usize).prop_map(Err),
    ];
    let target = prop_oneof![3 => Just("igw-1"), 2 => proptest::sample::select(&TARGETS[..])];
    (destination, target, proptest::bool::weighted(0.85), proptest::bool::weighted(0.2))
        .prop_map(|(destination, target, active, propagated)| Route { destination, target, active, propagated })
}

fn nets() -> impl Strategy<Value = Net> {
    let blocks = proptest::collection::vec(proptest::sample::select(&BLOCKS[..]), 0..3);
    let list = proptest::option::weighted(0.8, blocks);
    let failed = [
        "ec2:DescribeInternetGateways",
        "ec2:DescribeRouteTables",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeInstances",
        "ec2:DescribeVpcBlockPublicAccessOptions",
    ];
    (
        proptest::collection::vec(proptest::collection::vec(rules(), 0..4), 1..3),
        proptest::collection::vec(entries(), 0..5),
        proptest::collection::vec(routes(), 0..4),
        proptest::collection::vec(list, 3..4),
        (proptest::bool::weighted(0.9), any::<bool>(), proptest::bool::weighted(0.1), proptest::bool::weighted(0.1)),
        proptest::option::weighted(0.2, proptest::sample::select(vec!["off", "block-ingress", "block-bidirectional"])),
        proptest::collection::vec(proptest::sample::select(failed.to_vec()), 0..2),
    )
        .prop_map(|(groups, mut entries, mut routes, lists, flags, block_public_access, failed)| {
            let (attached, open_acl, denies_gateway, stopped) = flags;
            if open_acl {
                // Without these most networks would be closed.
                for (egress, block) in [(false, "0.0.0.0/0"), (true, "0.0.0.0/0"), (false, "::/0"), (true, "::/0")] {
                    entries.push(Entry { number: 6, egress, allow: true, protocol: "-1", ports: None, block });
                }
                for block in ["0.0.0.0/0", "::/0"] {
                    routes.push(Route { destination: Ok(block), target: "igw-1", active: true, propagated: true });
                }
            }
            // A number is used once in each direction and family.
            let mut used = BTreeSet::new();
            entries.retain(|entry| used.insert((entry.number, entry.egress, entry.block.contains(':'))));
            let failed = if failed.len() == 1 && groups.len() > 1 { failed } else { Vec::new() };
            Net { groups, entries, routes, lists, attached, block_public_access, denies_gateway, stopped, failed }
        })
}

fn block_field(block: &str, v4: &str, v6: &str) -> (String, Value) {
    (if block.contains(':') { v6 } else { v4 }.to_owned(), json!(block))
}

impl Net {
    fn inventory(&self) -> Inventory {
        let scope: Scope = Scope {
            partition: crate::arn::Partition::Aws,
            account: "111111111111".parse().unwrap(),
            region: "eu-west-1".parse().unwrap(),
        };
        let mut inventory = Inventory::new(Provenance {
            tool_version: "0".to_owned(),
            taken_at: "2026-01-01T00:00:00Z".parse().unwrap(),
            caller: None,
            source: "a test".to_owned(),
            is_import: false,
        });
        let mut put = |of: ResourceType, value: Value| {
            inventory.insert(scope.clone(), Resource::deserialize_as(of, value).unwrap());
        };
        put(
            ResourceType::Vpc,
            json!({ "VpcId": "vpc-1", "IsDefault": false, "CidrBlock": "20.0.0.0/16", "OwnerId": "111111111111" }),
        );
        put(
            ResourceType::Subnet,
            json!({ "SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "20.0.0.0/24",
            "Ipv6CidrBlockAssociationSet": [{ "Ipv6CidrBlock": "2600:9::/64" }] }),
        );
        for (number, rules) in self.groups.iter().enumerate() {
            let permissions: Vec<Value> = rules.iter().map(Rule::permission).collect();
            put(
                ResourceType::SecurityGroup,
                json!({ "GroupId": format!("sg-{number}"), "GroupName": "x", "VpcId": "vpc-1",
                "IpPermissions": permissions, "IpPermissionsEgress": [] }),
            );
        }
        let names = ["a", "b", "com.amazonaws.global.cloudfront.origin-facing"];
        for (number, blocks) in self.lists.iter().enumerate() {
            let mut list = json!({ "PrefixListId": format!("pl-{number}"), "PrefixListName": names[number] });
            if let Some(blocks) = blocks {
                list["Entries"] = blocks.iter().map(|block| json!({ "Cidr": block })).collect();
            }
            put(ResourceType::PrefixList, list);
        }
        let entries: Vec<Value> = self.entries.iter().map(Entry::json).collect();
        put(
            ResourceType::NetworkAcl,
            json!({ "NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Entries": entries }),
        );
        let mut routes =
            vec![json!({ "DestinationCidrBlock": "20.0.0.0/16", "GatewayId": "local", "State": "active" })];
        routes.extend(self.routes.iter().map(Route::json));
        put(
            ResourceType::RouteTable,
            json!({ "RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{ "Main": true }], "Routes": routes }),
        );
        let attachments = if self.attached { json!([{ "State": "available", "VpcId": "vpc-1" }]) } else { json!([]) };
        put(ResourceType::InternetGateway, json!({ "InternetGatewayId": "igw-1", "Attachments": attachments }));
        if let Some(mode) = self.block_public_access {
            put(
                ResourceType::VpcBlockPublicAccessOptions,
                json!({ "AwsAccountId": "111111111111", "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": mode, "State": "update-complete" }),
            );
        }
        let groups: Vec<Value> =
            (0..self.groups.len()).map(|number| json!({ "GroupId": format!("sg-{number}") })).collect();
        put(
            ResourceType::NetworkInterface,
            json!({ "NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
            "Groups": groups, "InterfaceType": "interface", "PrivateIpAddress": "20.0.0.10", "Association": { "PublicIp": PUBLIC },
            "DenyAllIgwTraffic": self.denies_gateway, "Ipv6Addresses": [{ "Ipv6Address": PUBLIC_V6 }],
            "Attachment": { "InstanceId": "i-1", "DeviceIndex": 0 } }),
        );
        let state = if self.stopped { "stopped" } else { "running" };
        if !self.failed.contains(&"ec2:DescribeInstances") {
            put(ResourceType::Instance, json!({ "InstanceId": "i-1", "State": { "Name": state } }));
        }
        for of in ResourceType::ALL {
            for operation in of.operations() {
                let unsupported =
                    *operation == "ec2:DescribeVpcBlockPublicAccessOptions" && self.block_public_access.is_none();
                let outcome = if self.failed.contains(operation) || unsupported {
                    let reason = if unsupported { Reason::Unsupported } else { Reason::AccessDenied };
                    Outcome::Gap(Gap { reason, message: "no".to_owned(), partial: false })
                } else {
                    Outcome::Complete
                };
                let scope = if of.is_global() { scope.account_wide() } else { scope.clone() };
                inventory.ledger.record(Cell { scope, operation: (*operation).to_owned() }, outcome);
            }
        }
        inventory
    }

    /// One address of each run of addresses in which nothing changes.
    fn addresses(&self) -> Vec<IpAddr> {
        let mut v4: BTreeSet<u32> = [Ipv4Addr::new(198, 41, 0, 4).to_bits()].into();
        let mut v6: BTreeSet<u128> = ["2620:1::5".parse::<Ipv6Addr>().unwrap().to_bits()].into();
        let internet = IpSet::internet();
        let of_rules = self.groups.iter().flatten().filter_map(|rule| match &rule.source {
            Source::Block(block) => Some(*block),
            _ => None,
        });
        let of_routes = self.routes.iter().filter_map(|route| route.destination.ok());
        let of_lists = self.lists.iter().flatten().flatten().copied();
        let own = ["20.0.0.0/16", "20.0.0.0/24", "2600:9::/64"];
        let named = of_rules.chain(self.entries.iter().map(|entry| entry.block)).chain(of_routes).chain(of_lists);
        let named: BTreeSet<&str> = named.chain(own).collect();
        let named = named.into_iter().map(|block| IpSet::from_blocks([block]).unwrap());
        for set in named.chain([internet.clone()]) {
            for (low, high) in set.v4().ranges() {
                v4.insert(*low);
                v4.extend(high.checked_add(1));
            }
            for (low, high) in set.v6().ranges() {
                v6.insert(*low);
                v6.extend(high.checked_add(1));
            }
        }
        let all = v4
            .into_iter()
            .map(|bits| IpAddr::V4(bits.into()))
            .chain(v6.into_iter().map(|bits| IpAddr::V6(bits.into())));
        // The walk takes an address that an interface has for that interface.
        all.filter(|address| internet.contains(*address) && address.to_string() != PUBLIC_V6).collect()
    }

    /// One packet of each kind that rules can tell apart.
    fn kinds(&self, is_v4: bool) -> Vec<(u8, u16)> {
        let mut edges: BTreeSet<u16> = [0].into();
        let of_rules = self.groups.iter().flatten().filter_map(|rule| rule.ports);
        for (low, high) in of_rules.chain(self.entries.iter().filter_map(|entry| entry.ports)) {
            edges.extend(u16::try_from(low).ok());
            edges.extend(u16::try_from(high).ok().and_then(|high| high.checked_add(1)));
        }
        let mut all: Vec<(u8, u16)> = edges.iter().flat_map(|port| [(6, *port), (17, *port)]).collect();
        let icmp = if is_v4 { 1 } else { 58 };
        // Types and codes from the same numbers, the types that have answers, and the types behind those.
        let small = |edge: &u16| u8::try_from(*edge).ok();
        let answered = [8u8, 9, 13, 14, 15, 16, 17, 18, 128, 129];
        let types: BTreeSet<u8> = edges.iter().filter_map(small).chain(answered).collect();
        let codes: BTreeSet<u8> = edges.iter().filter_map(small).collect();
        for kind in types {
            all.extend(codes.iter().map(|code| (icmp, u16::from_be_bytes([kind, *code]))));
        }
        all.extend([(47, 0), (46, 0), (if is_v4 { 58 } else { 1 }, 0)]);
        all
    }
}

impl Rule {
    fn permission(&self) -> Value {
        let mut permission = json!({ "IpProtocol": self.protocol });
        if let Some((from, to)) = self.ports {
            permission["FromPort"] = json!(from);
            permission["ToPort"] = json!(to);
        }
        match &self.source {
            Source::Block(block) if block.contains(':') => permission["Ipv6Ranges"] = json!([{ "CidrIpv6": block }]),
            Source::Block(block) => permission["IpRanges"] = json!([{ "CidrIp": block }]),
            Source::List(number) => permission["PrefixListIds"] = json!([{ "PrefixListId": format!("pl-{number}") }]),
            Source::Group => permission["UserIdGroupPairs"] = json!([{ "GroupId": "sg-0", "UserId": "111111111111" }]),
        }
        permission
    }
}

impl Entry {
    fn json(&self) -> Value {
        let number = match self.protocol {
            "tcp" => "6",
            "udp" => "17",
            "icmp" => "1",
            "icmpv6" => "58",
            other => other,
        };
        let mut entry = json!({ "RuleNumber": self.number, "Egress": self.egress, "Protocol": number,
            "RuleAction": if self.allow { "allow" } else { "deny" } });
        let (field, block) = block_field(self.block, "CidrBlock", "Ipv6CidrBlock");
        entry[field] = block;
        if let Some((from, to)) = self.ports {
            if matches!(number, "1" | "58") {
                entry["IcmpTypeCode"] = json!({ "Type": from, "Code": to });
            } else {
                entry["PortRange"] = json!({ "From": from.max(0), "To": if to < 0 { 65_535 } else { to } });
            }
        }
        entry
    }
}

impl Route {
    fn json(&self) -> Value {
        let mut route = json!({ "State": if self.active { "active" } else { "blackhole" },
            "Origin": if self.propagated { "EnableVgwRoutePropagation" } else { "CreateRoute" } });
        match self.destination {
            Ok(block) => {
                let (field, block) = block_field(block, "DestinationCidrBlock", "DestinationIpv6CidrBlock");
                route[field] = block;
            }
            Err(list) => route["DestinationPrefixListId"] = json!(format!("pl-{list}")),
        }
        let field = match self.target.split('-').next() {
            Some("nat") => "NatGatewayId",
            Some("eigw") => "EgressOnlyInternetGatewayId",
            _ => "GatewayId",
        };
        route[field] = json!(self.target);
        route
    }
}

/// What the sets say of a packet.
fn told(endpoints: &[&Endpoint], packet: &Packet) -> walk::Verdict {
    let any = |of: &dyn Fn(&Endpoint) -> bool| endpoints.iter().any(|endpoint| of(endpoint));
    if any(&|one| one.live().must().contains(packet)) {
        return walk::Verdict::Reachable;
    }
    if !any(&|one| one.delivered().may().contains(packet)) || any(&|one| matches!(one.host, Host::Asleep(_))) {
        return walk::Verdict::Blocked;
    }
    let delivered = any(&|one| one.delivered().must().contains(packet));
    let answered = any(&|one| one.conversational().may().contains(packet));
    let in_doubt = any(&|one| matches!(one.host, Host::Unknown(_)));
    if delivered && !answered && !in_doubt { walk::Verdict::OneWay } else { walk::Verdict::Unknown }
}

fn holds(net: &Net) -> Result<(), TestCaseError> {
    let inventory = net.inventory();
    let topology = Topology::new(&inventory);
    let exposure = Exposure::of(&topology);
    let addresses = net.addresses();
    for (to, is_v4) in [(PUBLIC, true), (PUBLIC_V6, false)] {
        let endpoints: Vec<&Endpoint> =
            exposure.endpoints.iter().filter(|one| one.address.as_deref() == Some(to)).collect();
        prop_assert!(!endpoints.is_empty());
        for from in addresses.iter().filter(|address| address.is_ipv4() == is_v4) {
            for (protocol, l4) in net.kinds(is_v4) {
                let packet = Packet { address: *from, protocol, l4 };
                let expected = told(&endpoints, &packet);
                let answer = Witness { from: *from, to: to.to_owned(), packet }.ask(&topology);
                // Routes to what was not read: the walk does not say by which of several wrong ways an answer leaves.
                let sharper =
                    expected == walk::Verdict::OneWay && answer.verdict == walk::Verdict::Unknown && net.is_ambiguous();
                prop_assert!(
                    answer.verdict == expected || sharper,
                    "{from} -> {to} {protocol}/{l4}: the sets say {}, the walk {} ({})",
                    expected.as_str(),
                    answer.verdict.as_str(),
                    answer.reason
                );
            }
        }
        // The classes share nothing, and the sets are nested.
        for endpoint in &endpoints {
            prop_assert!(endpoint.conversational().must().is_subset(endpoint.delivered().must()));
            prop_assert!(endpoint.conversational().may().is_subset(endpoint.delivered().may()));
            prop_assert!(endpoint.delivered().must().is_subset(endpoint.delivered().may()));
            prop_assert!(endpoint.waterfall().windows(2).all(|pair| pair[1].left.is_subset(&pair[0].left)));
        }
        if let [one, other] = endpoints[..] {
            prop_assert!(
                one.class != other.class && (one.class == Class::ViaCloudfront || other.class == Class::ViaCloudfront)
            );
            prop_assert!(one.delivered().must().intersection(other.delivered().must()).is_empty());
        }
        for endpoint in endpoints {
            prop_assert!(endpoint.witness(&topology).is_ok(), "{:?}", endpoint.witness(&topology).err());
        }
    }
    Ok(())
}

impl Net {
    /// Whether it may be unknown which of several routes an answer takes.
    fn is_ambiguous(&self) -> bool {
        let written = self.routes.iter().map(|route| (route.destination, route.propagated));
        // The VPC's own route is one of them.
        let ends: Vec<_> = std::iter::once((Ok("20.0.0.0/16"), false)).chain(written).collect();
        let tie = ends.iter().enumerate().any(|(index, one)| ends[..index].contains(one));
        let by_list = self.routes.iter().any(|route| route.destination.is_err());
        tie || by_list
    }
}

proptest! {
    // PROPTEST_CASES=10000 makes it ten thousand networks.
    #![proptest_config(ProptestConfig::with_cases(std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(96)))]

    #[test]
    fn the_sets_say_what_the_walk_says(net in nets()) {
        holds(&net)?;
    }
}
