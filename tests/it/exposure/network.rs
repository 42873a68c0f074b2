//! Small networks as `aws ec2 describe-*` prints them, each a change of one standard public network.

use std::collections::BTreeMap;
use std::path::Path;

use driftline::arn::{Partition, Region, Scope};
use serde_json::{Value, json};

/// The account that owns every network here, unless one says otherwise.
pub const ACCOUNT: &str = "111111111111";

/// The public address of `eni-1`, and its IPv6 address where there is one.
pub const PUBLIC: &str = "52.10.0.1";
pub const PUBLIC6: &str = "2600:1f18:1:100::a";

/// Each file's top-level key, and which member is the id of what is in it.
const FILES: [(&str, &str); 26] = [
    ("Vpcs", "VpcId"),
    ("Subnets", "SubnetId"),
    ("RouteTables", "RouteTableId"),
    ("NetworkAcls", "NetworkAclId"),
    ("SecurityGroups", "GroupId"),
    ("InternetGateways", "InternetGatewayId"),
    ("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ("CarrierGateways", "CarrierGatewayId"),
    ("NatGateways", "NatGatewayId"),
    ("NetworkInterfaces", "NetworkInterfaceId"),
    ("Addresses", "AllocationId"),
    ("Reservations", "ReservationId"),
    ("PrefixLists", "PrefixListId"),
    ("VpcBlockPublicAccessOptions", ""),
    ("VpcBlockPublicAccessExclusions", "ExclusionId"),
    ("VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("VpcEndpoints", "VpcEndpointId"),
    ("VpnGateways", "VpnGatewayId"),
    ("TransitGateways", "TransitGatewayId"),
    ("TransitGatewayAttachments", "TransitGatewayAttachmentId"),
    ("TransitGatewayRouteTables", "TransitGatewayRouteTableId"),
    ("LoadBalancerDescriptions", "LoadBalancerName"),
    ("LoadBalancers", "LoadBalancerArn"),
    ("LoadBalancerListeners", "LoadBalancerArn"),
    ("TargetGroups", "TargetGroupArn"),
    ("LoadBalancerTargetHealth", "TargetGroupArn"),
];

/// What the `describe-*` calls of one account and region print.
#[derive(Debug, Clone)]
pub struct Network {
    pub account: String,
    files: BTreeMap<String, Value>,
    /// Files that are in a folder of their own, because what they print does not say what it is of.
    others: BTreeMap<String, Value>,
    accelerators: Vec<Value>,
}

/// A VPC with an internet gateway, one subnet that routes everything to it, an ACL that admits everything, and one
/// running instance with a public address, whose group admits nothing.
pub fn public() -> Network {
    let mut network = Network {
        account: ACCOUNT.to_owned(),
        files: FILES.iter().map(|(key, _)| ((*key).to_owned(), json!([]))).collect(),
        others: BTreeMap::new(),
        accelerators: Vec::new(),
    };
    network.files.insert(
        "VpcBlockPublicAccessOptions".to_owned(),
        json!({ "AwsAccountId": ACCOUNT, "AwsRegion": "us-east-1", "State": "default-state",
                "InternetGatewayBlockMode": "off", "ExclusionsAllowed": "allowed" }),
    );
    network
        .vpc("vpc-1", "10.0.0.0/16")
        .gateway("igw-1", "vpc-1")
        .table("rtb-1", "vpc-1", &[], &["10.0.0.0/16 local", "0.0.0.0/0 igw-1"])
        .subnet("subnet-1", "vpc-1", "10.0.1.0/24")
        .acl("acl-1", "vpc-1", &["subnet-1"], &OPEN)
        .group("sg-1", "vpc-1", &[])
        .interface("eni-1", "subnet-1", "10.0.1.10", Some(PUBLIC), &["sg-1"])
        .instance("i-1", "running", &["eni-1"])
}

/// The entries of a default ACL.
pub const OPEN: [&str; 2] = ["in 100 allow all 0.0.0.0/0", "out 100 allow all 0.0.0.0/0"];
/// The same, of a VPC that has an IPv6 block.
pub const OPEN6: [&str; 4] = [OPEN[0], OPEN[1], "in 101 allow all ::/0", "out 101 allow all ::/0"];

impl Network {
    // -- changes of the standard network

    /// `sg-1` admits what the rules say: `tcp 22-25 from 0.0.0.0/1, 128.0.0.0/1`.
    pub fn admits(self, rules: &[&str]) -> Network {
        self.group_admits("sg-1", rules)
    }

    pub fn group_admits(self, group: &str, rules: &[&str]) -> Network {
        let rules: Vec<Value> = rules.iter().map(|rule| permission(rule)).collect();
        self.edit("SecurityGroups", group, |group| group["IpPermissions"] = json!(rules))
    }

    /// The entries of `acl-1`: `in 90 deny tcp 22 0.0.0.0/0`. A direction without an entry stays as it is.
    pub fn entries(self, entries: &[&str]) -> Network {
        let new: Vec<Value> = entries.iter().map(|text| entry(text)).collect();
        self.edit("NetworkAcls", "acl-1", |acl| {
            let old = acl["Entries"].as_array().unwrap().clone();
            let untouched = |old: &&Value| {
                old["RuleNumber"].as_u64() > Some(32_766) || new.iter().all(|new| new["Egress"] != old["Egress"])
            };
            let kept = old.iter().filter(untouched).cloned();
            acl["Entries"] = new.iter().cloned().chain(kept).collect();
        })
    }

    /// The routes of `rtb-1` beside the local ones: `198.41.0.0/24 igw-1`, and `blackhole` after that.
    pub fn routes(self, routes: &[&str]) -> Network {
        let routes: Vec<Value> = routes.iter().map(|text| route(text)).collect();
        self.edit("RouteTables", "rtb-1", |table| {
            let old = table["Routes"].as_array().unwrap().clone();
            let local = old.into_iter().filter(|route| route["GatewayId"] == "local");
            table["Routes"] = local.chain(routes).collect();
        })
    }

    /// The VPC has an IPv6 block, `eni-1` an address of it, the table a route, and the default ACL what AWS adds.
    pub fn with_ipv6(self) -> Network {
        let state = json!({ "State": "associated" });
        let block = |cidr: &str| {
            json!([{ "AssociationId": "vpc-cidr-assoc-6", "Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": state,
            "NetworkBorderGroup": "us-east-1", "Ipv6Pool": "Amazon", "Ipv6AddressAttribute": "public", "IpSource": "amazon" }])
        };
        self.edit("Vpcs", "vpc-1", |vpc| vpc["Ipv6CidrBlockAssociationSet"] = block("2600:1f18:1:100::/56"))
            .edit("Subnets", "subnet-1", |subnet| subnet["Ipv6CidrBlockAssociationSet"] = block("2600:1f18:1:100::/64"))
            .edit("NetworkInterfaces", "eni-1", |eni| {
                eni["Ipv6Addresses"] = json!([{ "Ipv6Address": PUBLIC6, "IsPrimaryIpv6": false }])
            })
            .edit("RouteTables", "rtb-1", |table| {
                let routes = table["Routes"].as_array_mut().unwrap();
                routes.insert(1, route("2600:1f18:1:100::/56 local"));
                routes.push(route("::/0 igw-1"));
            })
            .entries(&OPEN6)
    }

    /// Without the public IPv4 address of `eni-1`.
    pub fn without_public_address(self) -> Network {
        self.edit("NetworkInterfaces", "eni-1", |eni| {
            eni.as_object_mut().unwrap().remove("Association");
            eni["PrivateIpAddresses"][0].as_object_mut().unwrap().remove("Association");
        })
    }

    /// The internet gateway is attached to nothing.
    pub fn detached(self) -> Network {
        self.edit("InternetGateways", "igw-1", |gateway| gateway["Attachments"] = json!([]))
    }

    /// VPC Block Public Access is on.
    pub fn blocking(mut self, mode: &str) -> Network {
        let options = self.files.get_mut("VpcBlockPublicAccessOptions").unwrap();
        options["InternetGatewayBlockMode"] = json!(mode);
        options["State"] = json!("update-complete");
        self
    }

    /// An exclusion of Block Public Access for a VPC or subnet.
    pub fn excluding(self, resource: &str, mode: &str) -> Network {
        let id = format!("vpcbpa-exclude-{resource}");
        let kind = if resource.starts_with("vpc-") { "vpc" } else { "subnet" };
        let arn = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/{resource}");
        self.add(
            "VpcBlockPublicAccessExclusions",
            json!({ "ExclusionId": id, "ResourceArn": arn, "State": "create-complete",
            "InternetGatewayExclusionMode": mode, "CreationTimestamp": "2026-01-01T00:00:00+00:00" }),
        )
    }

    // -- further objects

    pub fn vpc(self, id: &str, cidr: &str) -> Network {
        let associations = json!([{ "AssociationId": format!("vpc-cidr-assoc-{id}"), "CidrBlock": cidr, "CidrBlockState": { "State": "associated" } }]);
        self.add(
            "Vpcs",
            json!({ "VpcId": id, "OwnerId": ACCOUNT, "CidrBlock": cidr, "CidrBlockAssociationSet": associations,
            "IsDefault": false, "State": "available", "InstanceTenancy": "default", "DhcpOptionsId": "dopt-1" }),
        )
    }

    pub fn gateway(self, id: &str, vpc: &str) -> Network {
        let attachments = json!([{ "State": "available", "VpcId": vpc }]);
        self.add(
            "InternetGateways",
            json!({ "InternetGatewayId": id, "OwnerId": ACCOUNT, "Attachments": attachments, "Tags": [] }),
        )
    }

    /// A route table of these subnets; of none, the VPC's main one.
    pub fn table(self, id: &str, vpc: &str, subnets: &[&str], routes: &[&str]) -> Network {
        let association = |subnet: Option<&&str>| {
            let mut association = json!({ "Main": subnet.is_none(), "RouteTableId": id, "AssociationState": { "State": "associated" },
                "RouteTableAssociationId": format!("rtbassoc-{id}-{}", subnet.unwrap_or(&"main")) });
            if let Some(subnet) = subnet {
                association["SubnetId"] = json!(subnet);
            }
            association
        };
        let associations: Vec<Value> = match subnets {
            [] => vec![association(None)],
            subnets => subnets.iter().map(|subnet| association(Some(subnet))).collect(),
        };
        let routes: Vec<Value> = routes.iter().map(|text| route(text)).collect();
        self.add(
            "RouteTables",
            json!({ "RouteTableId": id, "VpcId": vpc, "OwnerId": ACCOUNT, "Associations": associations,
            "Routes": routes, "PropagatingVgws": [], "Tags": [] }),
        )
    }

    pub fn subnet(self, id: &str, vpc: &str, cidr: &str) -> Network {
        self.add("Subnets", json!({ "SubnetId": id, "VpcId": vpc, "OwnerId": ACCOUNT, "CidrBlock": cidr, "State": "available",
            "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1", "DefaultForAz": false, "MapPublicIpOnLaunch": false,
            "AssignIpv6AddressOnCreation": false, "Ipv6CidrBlockAssociationSet": [], "Tags": [],
            "SubnetArn": format!("arn:aws:ec2:us-east-1:{ACCOUNT}:subnet/{id}") }))
    }

    pub fn acl(self, id: &str, vpc: &str, subnets: &[&str], entries: &[&str]) -> Network {
        let associations: Vec<Value> = subnets.iter().map(|subnet| {
            json!({ "NetworkAclAssociationId": format!("aclassoc-{subnet}"), "NetworkAclId": id, "SubnetId": subnet })
        }).collect();
        let last = ["in 32767 deny all 0.0.0.0/0", "out 32767 deny all 0.0.0.0/0"];
        let entries: Vec<Value> = entries.iter().chain(&last).map(|text| entry(text)).collect();
        self.add(
            "NetworkAcls",
            json!({ "NetworkAclId": id, "VpcId": vpc, "OwnerId": ACCOUNT, "IsDefault": true,
            "Associations": associations, "Entries": entries, "Tags": [] }),
        )
    }

    /// A group that lets everything out.
    pub fn group(self, id: &str, vpc: &str, rules: &[&str]) -> Network {
        let out = [permission("all from 0.0.0.0/0"), permission("all from ::/0")];
        self.add(
            "SecurityGroups",
            json!({ "GroupId": id, "GroupName": format!("name-of-{id}"), "Description": "a group", "VpcId": vpc,
            "OwnerId": ACCOUNT, "IpPermissions": [], "IpPermissionsEgress": out, "Tags": [] }),
        )
        .group_admits(id, rules)
    }

    pub fn interface(self, id: &str, subnet: &str, private: &str, public: Option<&str>, groups: &[&str]) -> Network {
        let vpc = self.get("Subnets", subnet)["VpcId"].clone();
        let groups: Vec<Value> =
            groups.iter().map(|id| json!({ "GroupId": id, "GroupName": format!("name-of-{id}") })).collect();
        let mut address = json!({ "Primary": true, "PrivateIpAddress": private });
        let mut eni = json!({ "NetworkInterfaceId": id, "SubnetId": subnet, "VpcId": vpc, "OwnerId": ACCOUNT,
            "AvailabilityZone": "us-east-1a", "Description": "", "Groups": groups, "InterfaceType": "interface", "Status": "available",
            "Ipv6Addresses": [], "PrivateIpAddress": private, "RequesterManaged": false, "SourceDestCheck": true, "TagSet": [] });
        if let Some(public) = public {
            let association = json!({ "PublicIp": public, "IpOwnerId": ACCOUNT, "PublicDnsName": "",
                "AllocationId": format!("eipalloc-{id}"), "AssociationId": format!("eipassoc-{id}") });
            address["Association"] = association.clone();
            eni["Association"] = association;
        }
        eni["PrivateIpAddresses"] = json!([address]);
        self.add("NetworkInterfaces", eni)
    }

    /// An instance with interfaces that are there already; the first is its primary one.
    pub fn instance(mut self, id: &str, state: &str, interfaces: &[&str]) -> Network {
        for (index, eni) in interfaces.iter().enumerate() {
            self = self.edit("NetworkInterfaces", eni, |eni| {
                eni["Status"] = json!("in-use");
                eni["Attachment"] = json!({ "AttachTime": "2026-01-01T00:00:00+00:00", "AttachmentId": format!("eni-attach-{index}-{id}"),
                    "DeleteOnTermination": true, "DeviceIndex": index, "InstanceId": id, "InstanceOwnerId": ACCOUNT, "Status": "attached" });
            });
        }
        let primary = self.get("NetworkInterfaces", interfaces[0]).clone();
        let attached: Vec<Value> = interfaces
            .iter()
            .map(|eni| {
                let mut eni = self.get("NetworkInterfaces", eni).clone();
                eni["Attachment"].as_object_mut().unwrap().remove("InstanceId");
                eni["Attachment"].as_object_mut().unwrap().remove("InstanceOwnerId");
                eni
            })
            .collect();
        let code = [("pending", 0), ("running", 16), ("stopping", 64), ("stopped", 80)]
            .into_iter()
            .find(|(name, _)| *name == state);
        let instance = json!({ "InstanceId": id, "ImageId": "ami-1", "InstanceType": "t3.micro", "LaunchTime": "2026-01-01T00:00:00+00:00",
            "State": { "Code": code.unwrap().1, "Name": state }, "VpcId": primary["VpcId"], "SubnetId": primary["SubnetId"],
            "PrivateIpAddress": primary["PrivateIpAddress"], "SecurityGroups": primary["Groups"], "NetworkInterfaces": attached,
            "Placement": { "AvailabilityZone": "us-east-1a", "Tenancy": "default" }, "Architecture": "x86_64", "Tags": [] });
        self.add(
            "Reservations",
            json!({ "ReservationId": format!("r-{id}"), "OwnerId": ACCOUNT, "Groups": [], "Instances": [instance] }),
        )
    }

    /// A customer-managed prefix list, and what `get-managed-prefix-list-entries` prints of it.
    pub fn prefix_list(self, id: &str, name: &str, blocks: &[&str]) -> Network {
        let owner = if name.starts_with("com.amazonaws.") { "AWS" } else { ACCOUNT };
        let family = if blocks.iter().any(|block| block.contains(':')) { "IPv6" } else { "IPv4" };
        let entries: Vec<Value> = blocks.iter().map(|block| json!({ "Cidr": block, "Description": "" })).collect();
        let mut network = self.add(
            "PrefixLists",
            json!({ "PrefixListId": id, "PrefixListName": name, "AddressFamily": family, "OwnerId": owner,
            "PrefixListArn": format!("arn:aws:ec2:us-east-1:{ACCOUNT}:prefix-list/{id}"), "State": "create-complete",
            "MaxEntries": 100, "Version": 1, "Tags": [] }),
        );
        network.others.insert(format!("get-managed-prefix-list-entries/{id}"), json!({ "Entries": entries }));
        network
    }

    /// An accelerator of Global Accelerator as a scan puts it together.
    pub fn accelerator(mut self, accelerator: Value) -> Network {
        self.accelerators.push(accelerator);
        self
    }

    // -- any change

    pub fn add(mut self, file: &str, object: Value) -> Network {
        self.files.get_mut(file).unwrap_or_else(|| panic!("no file {file}")).as_array_mut().unwrap().push(object);
        self
    }

    pub fn edit(mut self, file: &str, id: &str, change: impl FnOnce(&mut Value)) -> Network {
        let member = FILES.iter().find(|(key, _)| *key == file).unwrap().1;
        let objects = self.files.get_mut(file).unwrap().as_array_mut().unwrap();
        change(objects.iter_mut().find(|object| object[member] == id).unwrap_or_else(|| panic!("no {id} in {file}")));
        self
    }

    pub fn get(&self, file: &str, id: &str) -> &Value {
        let member = FILES.iter().find(|(key, _)| *key == file).unwrap().1;
        self.files[file]
            .as_array()
            .unwrap()
            .iter()
            .find(|object| object[member] == id)
            .unwrap_or_else(|| panic!("no {id} in {file}"))
    }

    /// The file was never written; `Entries` are those of prefix lists.
    pub fn without_file(mut self, file: &str) -> Network {
        if file == "Entries" {
            self.others.clear();
        }
        self.files.remove(file);
        self
    }

    /// Every list of every file turned around: no order in AWS's answers means anything.
    pub fn reversed(mut self) -> Network {
        fn turn(value: &mut Value) {
            match value {
                Value::Array(list) => {
                    list.reverse();
                    list.iter_mut().for_each(turn);
                }
                Value::Object(members) => members.values_mut().for_each(turn),
                _ => {}
            }
        }
        self.files.values_mut().for_each(turn);
        self
    }

    /// The same of another account: nothing in it has the name or address of anything of the first.
    pub fn of_account(mut self, number: usize) -> Network {
        self.account = format!("{:012}", 222_222_000_000 + number);
        self
    }

    /// What is no file: the accelerators, and where they are.
    pub fn accelerators(&self) -> impl Iterator<Item = (Scope, Value)> {
        let account = self.account.parse().unwrap();
        let scope = Scope { partition: Partition::Aws, account, region: Region::global() };
        self.accelerators.iter().map(move |accelerator| (scope.clone(), self.renamed(accelerator.clone())))
    }

    /// Writes the files where `driftline import describe` looks for them: by account and region.
    pub fn write(&self, folder: &Path) {
        let here = folder.join(&self.account).join("us-east-1");
        let files = self.files.iter().map(|(key, content)| (key.clone(), json!({ key.as_str(): content })));
        for (name, content) in files.chain(self.others.clone()) {
            let path = here.join(format!("{name}.json"));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, self.renamed(content).to_string()).unwrap();
        }
    }
}

impl Network {
    /// Where the network is of another account, ids and addresses that are unique in AWS differ too.
    fn renamed(&self, mut value: Value) -> Value {
        if self.account == ACCOUNT {
            return value;
        }
        let number = self.account.trim_start_matches('2').parse::<u32>().unwrap();
        match &mut value {
            Value::Array(list) => list.iter_mut().for_each(|one| *one = self.renamed(one.take())),
            Value::Object(members) => members.values_mut().for_each(|one| *one = self.renamed(one.take())),
            Value::String(text) => {
                *text = text.replace(ACCOUNT, &self.account).replace(PUBLIC, &format!("52.10.1.{number}"));
                *text = text.replace(PUBLIC6, &format!("2600:1f18:1:100::a:{number}"));
                let kind = text.split('-').next().unwrap_or_default();
                if ["vpc", "subnet", "rtb", "acl", "sg", "igw", "eni", "i", "vgw"].contains(&kind) && text.len() < 12 {
                    text.push_str(&format!("x{number}"));
                }
            }
            _ => {}
        }
        value
    }
}

/// `tcp 22-25 from 0.0.0.0/1, sg-2, pl-1, ::/0` as an `IpPermission`. ICMP has `TYPE/CODE` for ports, -1 is any.
pub fn permission(text: &str) -> Value {
    let (what, sources) = text.split_once(" from ").unwrap_or_else(|| panic!("no sources in `{text}`"));
    let (protocol, ports) = what.split_once(' ').map_or((what, None), |(protocol, ports)| (protocol, Some(ports)));
    let protocol = if protocol == "all" { "-1" } else { protocol };
    let (mut v4, mut v6, mut lists, mut groups) = (vec![], vec![], vec![], vec![]);
    for source in sources.split(", ") {
        match source {
            group if group.starts_with("sg-") => groups.push(json!({ "GroupId": group, "UserId": ACCOUNT })),
            list if list.starts_with("pl-") => lists.push(json!({ "PrefixListId": list })),
            block if block.contains(':') => v6.push(json!({ "CidrIpv6": block })),
            block => v4.push(json!({ "CidrIp": block })),
        }
    }
    let mut rule = json!({ "IpProtocol": protocol, "IpRanges": v4, "Ipv6Ranges": v6, "PrefixListIds": lists, "UserIdGroupPairs": groups });
    if let Some(ports) = ports {
        let (from, to) = two(ports);
        rule["FromPort"] = json!(from);
        rule["ToPort"] = json!(to);
    }
    rule
}

/// `in 90 deny tcp 22 0.0.0.0/0` as an entry of a network ACL.
pub fn entry(text: &str) -> Value {
    let words: Vec<&str> = text.split(' ').collect();
    let [direction, number, action, protocol, rest @ ..] = &words[..] else { panic!("no entry: `{text}`") };
    let (ports, block) = match rest {
        [block] => (None, block),
        [ports, block] => (Some(two(ports)), block),
        _ => panic!("no entry: `{text}`"),
    };
    let names = [("all", "-1"), ("tcp", "6"), ("udp", "17"), ("icmp", "1"), ("icmpv6", "58")];
    let protocol = names.iter().find(|(name, _)| name == protocol).map_or(*protocol, |(_, number)| number);
    let mut entry = json!({ "Egress": *direction == "out", "RuleNumber": number.parse::<u32>().unwrap(), "RuleAction": action, "Protocol": protocol });
    entry[if block.contains(':') { "Ipv6CidrBlock" } else { "CidrBlock" }] = json!(block);
    if let Some((from, to)) = ports {
        if ["1", "58"].contains(&protocol) {
            entry["IcmpTypeCode"] = json!({ "Type": from, "Code": to });
        } else {
            entry["PortRange"] = json!({ "From": from, "To": to });
        }
    }
    entry
}

/// `0.0.0.0/0 igw-1` as a route; the target's prefix says what it is.
pub fn route(text: &str) -> Value {
    let mut words = text.split(' ');
    let (destination, target) = (words.next().unwrap(), words.next().unwrap());
    let member = match target.split('-').next().unwrap() {
        "nat" => "NatGatewayId",
        "eigw" => "EgressOnlyInternetGatewayId",
        "tgw" => "TransitGatewayId",
        "pcx" => "VpcPeeringConnectionId",
        "eni" => "NetworkInterfaceId",
        _ => "GatewayId",
    };
    let destination_member = match destination {
        list if list.starts_with("pl-") => "DestinationPrefixListId",
        block if block.contains(':') => "DestinationIpv6CidrBlock",
        _ => "DestinationCidrBlock",
    };
    let origin = if target == "local" { "CreateRouteTable" } else { "CreateRoute" };
    json!({ destination_member: destination, member: target, "Origin": origin, "State": words.next().unwrap_or("active") })
}

/// `22`, `22-25`, or `8/-1` as two numbers.
fn two(text: &str) -> (i32, i32) {
    let (from, to) = text.split_once('/').or_else(|| text.split_once('-')).unwrap_or((text, text));
    (from.parse().unwrap(), to.parse().unwrap())
}
