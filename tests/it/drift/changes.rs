//! Real changes, each with what has to be said of it. No two of them touch the same attribute.

use std::collections::BTreeSet;

use driftline::drift::{Class, Comparison, Effect};
use driftline::resource::ResourceType;
use serde_json::{Value, json};

use super::world::{REGION, World, allow, document, entry, group, named, permission, route};

/// An item as it has to be found: account, region, type, key, path, class, effect, and whether it follows from another.
pub type Expected = (String, String, &'static str, String, String, Class, Effect, bool);

/// A change of one account.
pub struct Change {
    pub name: &'static str,
    /// Makes the change and says what has to be found.
    pub make: fn(&mut World, &str, &mut Told),
}

/// Collects what has to be found.
pub struct Told {
    account: String,
    pub items: BTreeSet<Expected>,
}

impl Told {
    pub fn of(account: &str) -> Told {
        Told { account: account.to_owned(), items: BTreeSet::new() }
    }

    pub fn item(&mut self, of: ResourceType, key: &str, path: &str, class: Class, effect: Effect) {
        self.push(of, key, path, class, effect, false);
    }

    /// One that follows from another.
    fn follows(&mut self, of: ResourceType, key: &str, path: &str, class: Class, effect: Effect) {
        self.push(of, key, path, class, effect, true);
    }

    fn push(&mut self, of: ResourceType, key: &str, path: &str, class: Class, effect: Effect, follows: bool) {
        let region = if of.is_global() { "global" } else { REGION };
        let (account, key, path) = (self.account.clone(), key.to_owned(), path.to_owned());
        self.items.insert((account, region.to_owned(), of.name(), key, path, class, effect, follows));
    }

    /// The third part of the account's VPC's addresses.
    fn number(&self) -> &str {
        &self.account[..1]
    }
}

/// What was found, in the same form.
pub fn found(comparison: &Comparison) -> BTreeSet<Expected> {
    let all = comparison.items.iter().map(|item| {
        (
            item.account.clone(),
            item.region.clone(),
            item.resource_type.name(),
            item.key.clone(),
            item.path.clone(),
            item.class,
            item.effect,
            item.cause.is_some(),
        )
    });
    all.collect()
}

use Class::{Added, Changed, Moved, Recreated, Removed};
use Effect::{Mixed, Neutral, Strengthening, Weakening};
use ResourceType as T;

fn list<'v>(value: &'v mut Value, field: &str) -> &'v mut Vec<Value> {
    value[field].as_array_mut().unwrap_or_else(|| panic!("no list {field}"))
}

fn push(value: &mut Value, field: &str, one: Value) {
    if value[field].is_null() {
        value[field] = json!([]);
    }
    list(value, field).push(one);
}

pub const CHANGES: &[Change] = &[
    Change {
        name: "a rule is added",
        make: |world, account, told| {
            let group = world.find(account, T::SecurityGroup, "web");
            push(group, "IpPermissions", permission("tcp", 22, 22, "203.0.113.7/32"));
            push(group, "IpPermissions", permission("tcp", 9500, 9500, "0.0.0.0/0"));
            told.item(T::SecurityGroup, "prod/web", "ingress", Changed, Weakening);
        },
    },
    Change {
        name: "a rule is narrowed",
        make: |world, account, told| {
            let group = world.find(account, T::SecurityGroup, "narrow");
            list(group, "IpPermissions").retain(|rule| rule["FromPort"] != 9100);
            push(group, "IpPermissions", permission("udp", 9100, 9100, "52.0.0.0/9"));
            told.item(T::SecurityGroup, "prod/narrow", "ingress", Changed, Strengthening);
        },
    },
    Change {
        name: "a rule is exchanged",
        make: |world, account, told| {
            let group = world.find(account, T::SecurityGroup, "other");
            list(group, "IpPermissions").retain(|rule| rule["FromPort"] != 9200);
            push(group, "IpPermissions", permission("udp", 9201, 9201, "52.0.0.0/8"));
            told.item(T::SecurityGroup, "prod/other", "ingress", Changed, Mixed);
        },
    },
    Change {
        name: "everything may go out",
        make: |world, account, told| {
            let group = world.find(account, T::SecurityGroup, "left");
            push(group, "IpPermissionsEgress", json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }));
            told.item(T::SecurityGroup, "prod/left", "egress", Changed, Weakening);
        },
    },
    Change {
        name: "a group is new, and nothing has it",
        make: |world, account, told| {
            let vpc = world.id_of(account, T::Vpc, "prod", "VpcId");
            group(world, account, &vpc, "fresh", vec![permission("tcp", 22, 22, "0.0.0.0/0")]);
            told.item(T::SecurityGroup, "prod/fresh", "", Added, Neutral);
        },
    },
    Change {
        name: "a group that others name is gone, with the rule that names it",
        make: |world, account, told| {
            world.remove(account, T::SecurityGroup, "gone");
            let group = world.find(account, T::SecurityGroup, "naming");
            list(group, "IpPermissions").retain(|rule| rule["FromPort"] != 6379);
            told.item(T::SecurityGroup, "prod/gone", "", Removed, Neutral);
            told.follows(T::SecurityGroup, "prod/naming", "ingress", Changed, Strengthening);
        },
    },
    Change {
        name: "a group's description changes",
        make: |world, account, told| {
            world.find(account, T::SecurityGroup, "right")["IpPermissions"][0]["UserIdGroupPairs"][0]["Description"] =
                json!("why");
            told.item(T::SecurityGroup, "prod/right", "rule_descriptions", Changed, Neutral);
        },
    },
    Change {
        name: "an allow before a deny",
        make: |world, account, told| {
            let acl = world.find(account, T::NetworkAcl, "strict");
            push(acl, "Entries", entry(1, false, "allow", "17", Some((9900, 9900)), "198.41.0.0/24"));
            told.item(T::NetworkAcl, "prod/strict", "ingress", Changed, Weakening);
        },
    },
    Change {
        name: "a deny before an allow",
        make: |world, account, told| {
            let acl = world.find(account, T::NetworkAcl, "strict");
            push(acl, "Entries", entry(1, true, "deny", "6", Some((25, 25)), "0.0.0.0/0"));
            told.item(T::NetworkAcl, "prod/strict", "egress", Changed, Strengthening);
        },
    },
    Change {
        name: "a subnet gets another ACL, which lets more through",
        make: |world, account, told| {
            // From the strict one to the default one.
            let subnet = world.id_of(account, T::Subnet, "subnet-c", "SubnetId");
            let default = world.id_of(account, T::NetworkAcl, "default", "NetworkAclId");
            let strict = world.find(account, T::NetworkAcl, "strict");
            let mut association = list(strict, "Associations").remove(0);
            association["NetworkAclId"] = json!(default);
            push(world.find(account, T::NetworkAcl, "default"), "Associations", association);
            let _ = subnet;
            let key = format!("prod/10.{}.3.0/24/eu-west-1c", told.number());
            told.item(T::Subnet, &key, "network_acl", Changed, Weakening);
        },
    },
    Change {
        name: "a private table gets the internet",
        make: |world, account, told| {
            let igw = world.id_of(account, T::InternetGateway, "door", "InternetGatewayId");
            let table = world.find(account, T::RouteTable, "private");
            list(table, "Routes").retain(|route| route["NatGatewayId"].is_null());
            push(table, "Routes", route("0.0.0.0/0", "GatewayId", &igw));
            told.item(T::RouteTable, "prod/private", "routes", Changed, Weakening);
        },
    },
    Change {
        name: "a public table loses the internet",
        make: |world, account, told| {
            list(world.find(account, T::RouteTable, "public"), "Routes").retain(|route| route["GatewayId"] == "local");
            told.item(T::RouteTable, "prod/public", "routes", Changed, Neutral);
        },
    },
    Change {
        name: "a way to another network",
        make: |world, account, told| {
            push(
                world.find(account, T::RouteTable, "spare"),
                "Routes",
                route("172.16.0.0/12", "TransitGatewayId", "tgw-00000001"),
            );
            told.item(T::RouteTable, "prod/spare", "routes", Changed, Weakening);
        },
    },
    Change {
        name: "another table is the main one",
        make: |world, account, told| {
            let spare = world.id_of(account, T::RouteTable, "spare", "RouteTableId");
            let main = list(world.find(account, T::RouteTable, "main"), "Associations").remove(0);
            push(world.find(account, T::RouteTable, "spare"), "Associations", main);
            world.find(account, T::RouteTable, "spare")["Associations"][0]["RouteTableId"] = json!(spare);
            // Both send packets the same ways, unless another change gave one a way out.
            told.item(T::Vpc, "prod", "main_route_table", Changed, Neutral);
        },
    },
    Change {
        name: "public addresses at launch",
        make: |world, account, told| {
            world.find(account, T::Subnet, "subnet-b")["MapPublicIpOnLaunch"] = json!(true);
            let key = format!("prod/10.{}.2.0/24/eu-west-1b", told.number());
            told.item(T::Subnet, &key, "map_public_ip_on_launch", Changed, Weakening);
        },
    },
    Change {
        name: "a gateway is attached",
        make: |world, account, told| {
            let vpc = world.id_of(account, T::Vpc, "doomed", "VpcId");
            let id = world.id("igw");
            let attached = json!([{ "State": "available", "VpcId": vpc }]);
            world.add(
                account,
                T::InternetGateway,
                json!({
                "InternetGatewayId": id, "OwnerId": account, "Attachments": attached, "Tags": named("new door") }),
            );
            told.item(T::InternetGateway, "doomed", "", Added, Weakening);
        },
    },
    Change {
        name: "an address is put on an interface",
        make: |world, account, told| {
            let interface = world.id_of(account, T::NetworkInterface, "server", "NetworkInterfaceId");
            let address = world.find(account, T::Address, "address");
            address["NetworkInterfaceId"] = json!(interface);
            address["AssociationId"] = json!("eipassoc-1");
            let association =
                json!({ "PublicIp": address["PublicIp"], "IpOwnerId": account, "AssociationId": "eipassoc-1" });
            world.find(account, T::NetworkInterface, "server")["Association"] = association;
            told.item(T::Address, "address", "network_interface", Moved, Neutral);
            told.follows(T::NetworkInterface, "server/0", "public_addresses", Changed, Weakening);
        },
    },
    Change {
        name: "an interface no longer checks sources",
        make: |world, account, told| {
            world.find(account, T::NetworkInterface, "second")["SourceDestCheck"] = json!(false);
            told.item(T::NetworkInterface, "second/0", "source_dest_check", Changed, Weakening);
        },
    },
    Change {
        name: "an interface leaves a group",
        make: |world, account, told| {
            list(world.find(account, T::NetworkInterface, "third"), "Groups").pop();
            told.item(T::NetworkInterface, "third/0", "security_groups", Changed, Strengthening);
        },
    },
    Change {
        name: "an instance gives its credentials to old requests",
        make: |world, account, told| {
            world.find(account, T::Instance, "second")["MetadataOptions"]["HttpTokens"] = json!("optional");
            told.item(T::Instance, "second", "http_tokens", Changed, Weakening);
        },
    },
    Change {
        name: "a tag",
        make: |world, account, told| {
            push(world.find(account, T::Vpc, "prod"), "Tags", json!({ "Key": "owner", "Value": "net" }));
            told.item(T::Vpc, "prod", "tags", Changed, Neutral);
        },
    },
    Change {
        name: "a prefix list grows",
        make: |world, account, told| {
            let list = world.find(account, T::PrefixList, "offices");
            push(list, "Entries", json!({ "Cidr": "52.0.0.0/8" }));
            list["Version"] = json!(4);
            told.item(T::PrefixList, "offices", "addresses", Changed, Weakening);
        },
    },
    Change {
        name: "flow logs are gone",
        make: |world, account, told| {
            world.remove(account, T::FlowLog, "log");
            told.item(T::FlowLog, "prod/ALL/arn:aws:s3:::logs", "", Removed, Weakening);
        },
    },
    Change {
        name: "an endpoint's policy is opened",
        make: |world, account, told| {
            world.find(account, T::VpcEndpoint, "endpoint")["PolicyDocument"] =
                document(&[json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" })]);
            told.item(T::VpcEndpoint, "prod/com.amazonaws.eu-west-1.s3/Gateway", "policy", Changed, Weakening);
        },
    },
    Change {
        name: "a user with a key is new",
        make: |world, account, told| {
            world.add(
                account,
                T::User,
                json!({ "UserName": "mallory", "UserId": "AIDAMALLORY", "Path": "/",
                "Arn": format!("arn:aws:iam::{account}:user/mallory") }),
            );
            world.add(
                account,
                T::AccessKey,
                json!({ "AccessKeyId": format!("AKIAMALLORY{account}"), "UserName": "mallory",
                "Status": "Active", "CreateDate": "2026-11-20T00:00:00Z" }),
            );
            told.item(T::User, "mallory", "", Added, Weakening);
            told.follows(T::AccessKey, "mallory", "", Added, Weakening);
        },
    },
    Change {
        name: "a user gets a second key",
        make: |world, account, told| {
            world.add(
                account,
                T::AccessKey,
                json!({ "AccessKeyId": format!("AKIABOC{account}"), "UserName": "bob",
                "Status": "Active", "CreateDate": "2026-11-20T00:00:00Z" }),
            );
            told.item(T::AccessKey, "bob#2", "", Added, Weakening);
        },
    },
    Change {
        name: "a key is switched on",
        make: |world, account, told| {
            let id = format!("AKIACAROL{account}");
            let key = world.things.iter_mut().find(|thing| thing.value["AccessKeyId"] == json!(id)).unwrap();
            key.value["Status"] = json!("Active");
            told.item(T::AccessKey, "carol", "status", Changed, Weakening);
        },
    },
    Change {
        name: "a user joins a group",
        make: |world, account, told| {
            push(world.find(account, T::User, "bob"), "GroupList", json!("wheel"));
            told.item(T::User, "bob", "groups", Changed, Weakening);
        },
    },
    Change {
        name: "a user loses an inline policy",
        make: |world, account, told| {
            world.find(account, T::User, "bob")["UserPolicyList"] = json!([]);
            told.item(T::User, "bob", "inline_policies.own", Changed, Strengthening);
        },
    },
    Change {
        name: "a boundary is taken away",
        make: |world, account, told| {
            world.find(account, T::User, "carol").as_object_mut().unwrap().remove("PermissionsBoundary");
            told.item(T::User, "carol", "permissions_boundary", Changed, Weakening);
        },
    },
    Change {
        name: "a group's policy is made conditional",
        make: |world, account, told| {
            let statements =
                list(&mut world.find(account, T::Group, "wheel")["GroupPolicyList"][0]["PolicyDocument"], "Statement");
            for statement in statements {
                statement["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
            }
            told.item(T::Group, "wheel", "inline_policies.common", Changed, Strengthening);
        },
    },
    Change {
        name: "a role trusts one more",
        make: |world, account, told| {
            let document = &mut world.find(account, T::Role, "deployer")["AssumeRolePolicyDocument"];
            push(
                document,
                "Statement",
                json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": { "AWS": "arn:aws:iam::999999999999:root" } }),
            );
            told.item(T::Role, "deployer", "trust_policy", Changed, Weakening);
        },
    },
    Change {
        name: "a role gets everything",
        make: |world, account, told| {
            let arn = format!("arn:aws:iam::{account}:policy/power");
            push(world.find(account, T::Role, "auditor"), "AttachedManagedPolicies", json!({ "PolicyArn": arn }));
            told.item(T::Role, "auditor", "attached_policies", Changed, Weakening);
        },
    },
    Change {
        name: "a role is made anew under its name",
        make: |world, account, told| {
            world.find(account, T::Role, "phoenix")["RoleId"] = json!("AROAANOTHER");
            told.item(T::Role, "phoenix", "unique_id", Recreated, Neutral);
        },
    },
    Change {
        name: "a policy denies something",
        make: |world, account, told| {
            let version = &mut world.find(account, T::ManagedPolicy, "fence")["PolicyVersionList"][0];
            push(
                &mut version["Document"],
                "Statement",
                json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" }),
            );
            told.item(T::ManagedPolicy, "fence", "document", Changed, Strengthening);
        },
    },
    Change {
        name: "a policy allows one thing more, in a new version",
        make: |world, account, told| {
            let policy = world.find(account, T::ManagedPolicy, "power");
            policy["DefaultVersionId"] = json!("v2");
            policy["PolicyVersionList"] = json!([{ "VersionId": "v2", "IsDefaultVersion": true,
                "Document": document(&[allow("s3:*", "*")]) }]);
            told.item(T::ManagedPolicy, "power", "document", Changed, Strengthening);
        },
    },
    Change {
        name: "a second factor is gone",
        make: |world, account, told| {
            let index =
                world.things.iter().position(|one| one.account == account && one.of == T::VirtualMfaDevice).unwrap();
            world.things.remove(index);
            told.item(T::VirtualMfaDevice, "alice", "", Removed, Weakening);
        },
    },
    Change {
        name: "a trail stops",
        make: |world, account, told| {
            world.find(account, T::Trail, "audit")["TrailStatus"]["IsLogging"] = json!(false);
            told.item(T::Trail, "audit", "is_logging", Changed, Weakening);
        },
    },
    Change {
        name: "a detector is suspended",
        make: |world, account, told| {
            world.find(account, T::Detector, "detector")["Status"] = json!("DISABLED");
            told.item(T::Detector, "detector", "status", Changed, Weakening);
        },
    },
    Change {
        name: "a recorder stops",
        make: |world, account, told| {
            let recorder =
                world.things.iter_mut().find(|one| one.account == account && one.of == T::ConfigurationRecorder);
            recorder.unwrap().value["configurationRecorderStatus"]["recording"] = json!(false);
            told.item(T::ConfigurationRecorder, "default", "is_recording", Changed, Weakening);
        },
    },
];

/// The VPC `doomed` goes, with all that is in it. It excludes the change that attaches a gateway to it.
pub fn doom(world: &mut World, account: &str, told: &mut Told) {
    let vpc = world.id_of(account, T::Vpc, "doomed", "VpcId");
    world.things.retain(|thing| thing.account != account || thing.value["VpcId"] != json!(vpc));
    let subnet = format!("doomed/10.{}.1.0/24/eu-west-1a", 100 + told.number().parse::<u8>().unwrap());
    told.item(T::Vpc, "doomed", "", Removed, Neutral);
    for (of, key) in [
        (T::Subnet, subnet.as_str()),
        (T::SecurityGroup, "doomed/inside"),
        (T::RouteTable, "doomed/doomed-main"),
        (T::NetworkAcl, "doomed/default"),
    ] {
        told.follows(of, key, "", Removed, Neutral);
    }
}
