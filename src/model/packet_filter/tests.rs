use serde_json::{Value, json};

use super::*;
use crate::resource::ec2::{NetworkAcl, SecurityGroup};

/// One line for each element: protocol, ports and sources.
fn shown_all(admitted: &[Admitted]) -> Vec<String> {
    let line = |one: &Admitted| {
        let sources = one.sources.as_ref().map_or_else(|missing| format!("unknown ({missing})"), IpSet::to_string);
        format!("{} {} {sources}", one.protocol, one.ports)
    };
    admitted.iter().map(line).collect()
}

/// What a group with these permissions admits; its prefix lists could not be read.
fn group(permissions: Value) -> Vec<String> {
    let group: SecurityGroup =
        serde_json::from_value(json!({ "GroupId": "sg-1", "GroupName": "g", "IpPermissions": permissions })).unwrap();
    let rules = peer_rules(&group.ip_permissions).unwrap();
    let rules = rules.iter().map(|rule| FilterRule {
        protocol: rule.protocol,
        verdict: Verdict::Allow,
        ports: rule.ports.clone(),
        sources: match &rule.peer {
            Peer::Block(block) => Ok(IpSet::from_blocks([block]).unwrap()),
            Peer::PrefixList(id) => Err(Missing::because(*id)),
            Peer::Group { .. } => Ok(IpSet::default()),
        },
        id: rule.id("from"),
    });
    shown_all(&admitted(&rules.collect::<Vec<_>>()))
}

fn v4(protocol: &str, from: i32, to: i32, blocks: &[&str]) -> Value {
    let blocks: Vec<Value> = blocks.iter().map(|block| json!({ "CidrIp": block })).collect();
    json!({ "IpProtocol": protocol, "FromPort": from, "ToPort": to, "IpRanges": blocks })
}

#[test]
fn group_rules_count_together() {
    let all = ["tcp 22 0.0.0.0/0"];
    assert_eq!(group(json!([v4("tcp", 22, 22, &["0.0.0.0/1"]), v4("6", 22, 22, &["128.0.0.0/1"])])), all);
    assert_eq!(
        group(json!([v4("tcp", 0, 32767, &["0.0.0.0/0"]), v4("tcp", 32768, 65535, &["0.0.0.0/0"])])),
        ["tcp 0-65535 0.0.0.0/0"]
    );
    // Half by a rule for all protocols, half by one for TCP.
    assert_eq!(
        group(json!([v4("-1", 0, 0, &["0.0.0.0/1"]), v4("tcp", 22, 22, &["128.0.0.0/1"])])),
        ["all 0-65535 0.0.0.0/1", "tcp 22 0.0.0.0/0"]
    );
    assert_eq!(
        group(json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }])),
        ["all 0-65535 0.0.0.0/0"]
    );
}

#[test]
fn ports_mean_something_only_where_the_protocol_has_them() {
    assert_eq!(group(json!([v4("47", 22, 22, &["0.0.0.0/0"])])), ["47 0-65535 0.0.0.0/0"]);
    assert_eq!(group(json!([v4("tcp", -1, -1, &["10.0.0.0/8"])])), ["tcp 0-65535 10.0.0.0/8"]);
    assert_eq!(group(json!([v4("icmp", 8, -1, &["10.0.0.0/8"])])), ["icmp 2048-2303 10.0.0.0/8"]);
    assert_eq!(group(json!([v4("icmp", 3, 4, &["10.0.0.0/8"])])), ["icmp 772 10.0.0.0/8"]);
    assert_eq!(group(json!([v4("icmp", -1, -1, &["10.0.0.0/8"])])), ["icmp 0-65535 10.0.0.0/8"]);
}

#[test]
fn a_prefix_list_that_was_not_read_is_an_element_of_its_own() {
    let rule = json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
        "IpRanges": [{ "CidrIp": "10.0.0.0/8" }], "PrefixListIds": [{ "PrefixListId": "pl-1" }] });
    assert_eq!(group(json!([rule])), ["tcp 22 10.0.0.0/8", "tcp 22 unknown (pl-1)"]);
    let other = json!([{ "IpProtocol": "sctp" }]);
    let other: Vec<IpPermission> = serde_json::from_value(other).unwrap();
    assert!(peer_rules(&other).is_err());
}

#[test]
fn members_of_a_named_group_are_no_addresses() {
    assert!(group(json!([{ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": "sg-1" }] }])).is_empty());
}

/// Number, action, protocol, ports, block.
type Entry<'t> = (i32, &'t str, &'t str, Option<(i32, i32)>, &'t str);

/// What an ACL with these ingress entries admits.
fn acl(entries: &[Entry<'_>]) -> Vec<String> {
    let entry = |(number, action, protocol, ports, block): &Entry<'_>| {
        let mut entry = json!({ "RuleNumber": number, "RuleAction": action, "Protocol": protocol, "Egress": false });
        let family = if block.contains(':') { "Ipv6CidrBlock" } else { "CidrBlock" };
        entry[family] = json!(block);
        if let Some((from, to)) = ports {
            entry["PortRange"] = json!({ "From": from, "To": to });
        }
        entry
    };
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    let acl: NetworkAcl = serde_json::from_value(json!({ "NetworkAclId": "acl-1", "Entries": entries })).unwrap();
    shown_all(&admitted_by_acl(&acl, false).unwrap())
}

const SSH: Option<(i32, i32)> = Some((22, 22));

#[test]
fn the_first_entry_that_matches_decides_in_whatever_order_they_come() {
    let last = (32767, "deny", "-1", None, "0.0.0.0/0");
    let all = (100, "allow", "-1", None, "0.0.0.0/0");
    assert_eq!(acl(&[last, all]), ["all 0-65535 0.0.0.0/0"]);
    let open_but_ssh = [
        "tcp 0-21,23-65535 0.0.0.0/0",
        "udp 0-65535 0.0.0.0/0",
        "icmp 0-65535 0.0.0.0/0",
        "icmpv6 0-65535 0.0.0.0/0",
        "other 0-65535 0.0.0.0/0",
    ];
    assert_eq!(acl(&[last, all, (90, "deny", "6", SSH, "0.0.0.0/0")]), open_but_ssh);
    assert_eq!(acl(&[(90, "deny", "6", SSH, "0.0.0.0/1"), all, (91, "deny", "6", SSH, "128.0.0.0/1")]), open_but_ssh);
    // A deny behind the allow is dead.
    assert_eq!(acl(&[all, (110, "deny", "6", SSH, "0.0.0.0/0"), last]), ["all 0-65535 0.0.0.0/0"]);
    // Half a deny leaves the other half.
    assert_eq!(
        acl(&[(90, "deny", "6", SSH, "0.0.0.0/1"), (100, "allow", "6", SSH, "0.0.0.0/0"), last]),
        ["tcp 22 128.0.0.0/1"]
    );
    assert_eq!(
        acl(&[(50, "allow", "6", SSH, "203.0.113.0/24"), (60, "deny", "-1", None, "0.0.0.0/0"), all]),
        ["tcp 22 203.0.113.0/24"]
    );
}

#[test]
fn the_families_of_an_acl_never_mix() {
    assert_eq!(acl(&[(90, "deny", "-1", None, "0.0.0.0/0"), (100, "allow", "-1", None, "::/0")]), ["all 0-65535 ::/0"]);
}

#[test]
fn a_deny_of_one_protocol_takes_it_out_of_all() {
    let lines = acl(&[(90, "deny", "17", None, "52.0.0.0/8"), (100, "allow", "-1", None, "52.0.0.0/7")]);
    assert_eq!(
        lines,
        [
            "all 0-65535 53.0.0.0/8",
            "tcp 0-65535 52.0.0.0/7",
            "icmp 0-65535 52.0.0.0/7",
            "icmpv6 0-65535 52.0.0.0/7",
            "other 0-65535 52.0.0.0/7"
        ]
    );
}

#[test]
fn broad_ingress_joins_ports_whatever_their_sources() {
    let of = |protocol: &str, ports: &str, sources: Result<&str, &str>| Admitted {
        protocol: protocol.to_owned(),
        ports: ports.parse().unwrap(),
        sources: sources.map(|text| text.parse().unwrap()).map_err(Missing::because),
        rules: vec![],
    };
    let broad = broadly_admitted(
        &[
            of("tcp", "0-442", Ok("0.0.0.0/0")),
            of("tcp", "443", Ok("0.0.0.0/0, ::/0")),
            of("tcp", "444-500", Ok("52.0.0.0/16")),
            of("udp", "53", Err("pl-1")),
            of("tcp", "444-65535", Err("pl-2")),
        ],
        8,
        32,
    );
    assert_eq!(shown_all(&broad), ["tcp 0-443 0.0.0.0/0, ::/0", "udp 53 unknown (pl-1)", "tcp 0-65535 unknown (pl-2)"]);
}
