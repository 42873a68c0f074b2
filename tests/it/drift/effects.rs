//! What a deviation from a baseline comes to is what the engine of comparison computes: for routes, documents, groups
//! and whole tables, and not only for rules.

use driftline::baseline::{self, Deviation};
use driftline::drift::Effect;
use driftline::finding::Severity;
use driftline::resource::ResourceType as T;
use driftline::text::{SourceFile, render};
use serde_json::{Value, json};

use super::world::{ACCOUNTS, Chance, World, allow, document, organization, permission, route};

const ACCOUNT: &str = ACCOUNTS[0];

/// The one deviation of an attribute from a draft of the organization as it was.
fn deviation(change: impl Fn(&mut World), of: T, path: &str) -> Deviation {
    let old = organization(&Chance { accounts: 1, rules: Vec::new(), actions: vec![0] });
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    let (draft, wrong) =
        baseline::read(SourceFile::new("b.toml", baseline::record_all(&old.inventory(), now, &[of]).as_str()));
    assert!(wrong.is_empty(), "{}", render(&wrong, false));
    let mut new = old;
    change(&mut new);
    let found = baseline::compare_all(std::slice::from_ref(&draft), &new.inventory(), now);
    let mut all = found.deviations.into_iter().filter(|one| one.item.path == path);
    let one = all.next().unwrap_or_else(|| panic!("nothing of {path} deviates"));
    assert!(all.next().is_none(), "several deviate in {path}");
    one
}

/// Changes, the attribute that deviates, and what that comes to.
#[track_caller]
fn comes_to(change: impl Fn(&mut World), of: T, path: &str, effect: Effect, says: &str) -> Deviation {
    let one = deviation(change, of, path);
    assert_eq!(one.item.effect, effect, "{:#?}", one.item);
    assert!(one.item.because.contains(says), "`{says}` is not in: {}", one.item.because);
    one
}

fn routes<'w>(world: &'w mut World, table: &str) -> &'w mut Vec<Value> {
    world.find(ACCOUNT, T::RouteTable, table)["Routes"].as_array_mut().unwrap()
}

#[test]
fn routes_are_judged_by_where_packets_go() {
    let path = "routes";
    let igw = |world: &mut World| world.id_of(ACCOUNT, T::InternetGateway, "door", "InternetGatewayId");
    let out = |world: &mut World| {
        let igw = igw(world);
        routes(world, "main").push(route("0.0.0.0/0", "GatewayId", &igw));
    };
    let one = comes_to(out, T::RouteTable, path, Effect::Weakening, "go by igw:prod now");
    assert!(one.item.witness.unwrap().starts_with("a packet to "));
    // From a NAT gateway to the door itself.
    let wider = |world: &mut World| {
        let igw = igw(world);
        *routes(world, "private").last_mut().unwrap() = route("0.0.0.0/0", "GatewayId", &igw);
    };
    comes_to(wider, T::RouteTable, path, Effect::Weakening, "go by igw:prod now");
    let closed = |world: &mut World| drop(routes(world, "public").pop());
    comes_to(closed, T::RouteTable, path, Effect::Neutral, "the default route is gone");
    // Two halves go the way of the whole.
    let halves = |world: &mut World| {
        let igw = igw(world);
        let all = routes(world, "public");
        all.pop();
        all.extend(["0.0.0.0/1", "128.0.0.0/1"].map(|half| route(half, "GatewayId", &igw)));
    };
    comes_to(halves, T::RouteTable, path, Effect::Neutral, "packets go the same ways");
    let lost = |world: &mut World| routes(world, "public").last_mut().unwrap()["State"] = json!("blackhole");
    comes_to(lost, T::RouteTable, path, Effect::Neutral, "the default route is gone");
}

#[test]
fn documents_are_judged_by_what_they_grant() {
    let inline = |statements: Vec<Value>| {
        move |world: &mut World| {
            world.find(ACCOUNT, T::User, "bob")["UserPolicyList"] =
                json!([{ "PolicyName": "own", "PolicyDocument": document(&statements) }]);
        }
    };
    let own = "inline_policies.own";
    let was = allow("s3:GetObject", "arn:aws:s3:::bucket-0/*");
    comes_to(
        inline(vec![was.clone(), allow("s3:PutObject", "arn:aws:s3:::bucket-0/*")]),
        T::User,
        own,
        Effect::Weakening,
        "s3:putobject",
    );
    let all = comes_to(inline(vec![allow("*", "*")]), T::User, own, Effect::Weakening, "is new");
    assert_eq!(all.item.severity, Severity::Critical);
    comes_to(
        inline(vec![allow("s3:GetObject", "arn:aws:s3:::bucket-0/a/*")]),
        T::User,
        own,
        Effect::Strengthening,
        "is gone",
    );
    let exchanged = inline(vec![allow("sqs:SendMessage", "*")]);
    comes_to(exchanged, T::User, own, Effect::Mixed, "and something else is not any more");
    let denied = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" });
    comes_to(inline(vec![was, denied]), T::User, own, Effect::Strengthening, "`deny s3:*");

    let trust = |who: Value| {
        move |world: &mut World| {
            world.find(ACCOUNT, T::Role, "deployer")["AssumeRolePolicyDocument"] =
                document(&[json!({ "Effect": "Allow", "Principal": who.clone(), "Action": "sts:AssumeRole" })]);
        }
    };
    let everybody = comes_to(trust(json!("*")), T::Role, "trust_policy", Effect::Weakening, "by *");
    assert_eq!(everybody.item.severity, Severity::Critical);
    let fewer = trust(json!({ "AWS": ACCOUNT }));
    comes_to(fewer, T::Role, "trust_policy", Effect::Strengthening, "is gone");
}

#[test]
fn attachments_are_judged_by_what_is_attached() {
    let power = format!("arn:aws:iam::{ACCOUNT}:policy/power");
    let attach = |world: &mut World| {
        world.find(ACCOUNT, T::User, "bob")["AttachedManagedPolicies"] = json!([{ "PolicyArn": power }]);
    };
    let one = comes_to(attach, T::User, "attached_policies", Effect::Weakening, "is new");
    assert_eq!(one.item.severity, Severity::Critical);
    // A policy whose document nobody read may grant anything.
    let unread = |world: &mut World| {
        world.find(ACCOUNT, T::User, "bob")["AttachedManagedPolicies"] =
            json!([{ "PolicyArn": "arn:aws:iam::aws:policy/Unread" }]);
    };
    comes_to(unread, T::User, "attached_policies", Effect::Unknown, "was not read");

    let groups = |names: &'static [&'static str]| {
        move |world: &mut World| {
            let ids: Vec<Value> = names
                .iter()
                .map(|name| json!({ "GroupId": world.id_of(ACCOUNT, T::SecurityGroup, name, "GroupId") }))
                .collect();
            world.find(ACCOUNT, T::NetworkInterface, "second")["Groups"] = json!(ids);
        }
    };
    let more = groups(&["web", "wide"]);
    comes_to(more, T::NetworkInterface, "security_groups", Effect::Weakening, "tcp 9300");
    comes_to(groups(&["gone"]), T::NetworkInterface, "security_groups", Effect::Strengthening, "not let through");
}

#[test]
fn tables_are_judged_by_where_they_lead() {
    let follow = |table: &'static str| {
        move |world: &mut World| {
            let subnet = world.id_of(ACCOUNT, T::Subnet, "subnet-b", "SubnetId");
            let own = world.find(ACCOUNT, T::RouteTable, "private");
            let association = own["Associations"].as_array_mut().unwrap().pop().unwrap();
            assert_eq!(association["SubnetId"], json!(subnet));
            world.find(ACCOUNT, T::RouteTable, table)["Associations"].as_array_mut().unwrap().push(association);
        }
    };
    comes_to(follow("public"), T::Subnet, "route_table", Effect::Weakening, "go by igw:prod now");
    comes_to(follow("spare"), T::Subnet, "route_table", Effect::Neutral, "the default route is gone");
    let acl = |world: &mut World| {
        let association = world.find(ACCOUNT, T::NetworkAcl, "strict")["Associations"].as_array_mut().unwrap().pop();
        let index = world
            .things
            .iter()
            .position(|thing| thing.of == T::NetworkAcl && thing.value["Associations"].as_array().unwrap().len() == 2)
            .unwrap();
        world.things[index].value["Associations"].as_array_mut().unwrap().push(association.unwrap());
    };
    comes_to(acl, T::Subnet, "network_acl", Effect::Weakening, "udp 99");
    // Rules of groups are as they were: a packet that passes now is named.
    let open = |world: &mut World| {
        let group = world.find(ACCOUNT, T::SecurityGroup, "web");
        group["IpPermissions"].as_array_mut().unwrap().push(permission("tcp", 22, 22, "0.0.0.0/0"));
    };
    let one = comes_to(open, T::SecurityGroup, "ingress", Effect::Weakening, "which is not wanted");
    assert!(one.item.witness.unwrap().contains("passes and is not wanted to"));
}
