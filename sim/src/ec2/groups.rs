//! Security groups and the prefix lists that their rules name.

use super::{Outcome, list, tags};
use crate::call::Call;
use crate::cell::{Cell, GROUP_NAMES, GROUPS, Vpc};
use crate::defects::Code;
use crate::error::ApiError;
use crate::hash::{hash, word};
use crate::page::Limits;
use crate::xml::Xml;

/// One permission: a protocol, ports and who may use them.
struct Permission {
    /// `tcp`, or `-1` for everything.
    protocol: &'static str,
    ports: Option<(u16, u16)>,
    peers: Vec<Peer>,
}

/// Who a permission is for.
enum Peer {
    V4(String, &'static str),
    V6(&'static str, &'static str),
    Group(String),
    /// A group of the peered account, through the peering connection.
    FarGroup {
        group: String,
        account: String,
        peering: String,
    },
    List(String),
}

fn tcp(from: u16, to: u16, peers: Vec<Peer>) -> Permission {
    Permission { protocol: "tcp", ports: Some((from, to)), peers }
}

fn every(peers: Vec<Peer>) -> Permission {
    Permission { protocol: "-1", ports: None, peers }
}

fn v4(cidr: &str) -> Peer {
    Peer::V4(cidr.to_owned(), "")
}

const INTERNET: &str = "0.0.0.0/0";

/// A group of a cell.
enum Group {
    Regular(Vpc, u32),
    Planted(Code),
}

pub fn groups(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let per_vpc = cell.groups();
    let regular = cell.regular_vpcs() * per_vpc;
    let mut extra = Vec::new();
    if cell.regular_vpcs() > 0 {
        extra.extend(cell.planted_groups().into_iter().map(Group::Planted));
    }
    if cell.has(Code::VpcDefaultPresent) {
        extra.push(Group::Regular(Vpc::Default, 0));
    }
    let total = regular + extra.len() as u32;
    let limits = Limits::ec2(1000);
    list(call, x, "securityGroupInfo", total, limits, |x, n| {
        if n < regular {
            let vpc = Vpc::Regular(n / per_vpc);
            group_item(&cell, &Group::Regular(vpc, n % per_vpc), x);
        } else if let Some(group) = extra.get((n - regular) as usize) {
            group_item(&cell, group, x);
        }
    })
}

/// The name of a group of a regular VPC.
pub fn group_name(index: u32) -> String {
    match GROUP_NAMES.get(index as usize) {
        Some(name) => (*name).to_owned(),
        None => format!("svc-{}", index - GROUPS),
    }
}

/// The name of a planted group. None says what is wrong with it.
pub fn planted_name(code: Code) -> &'static str {
    match code {
        Code::SgSshV4 => "remote-access",
        Code::SgSshV6 => "ipv6-access",
        Code::SgSshSplit => "office-vpn",
        Code::SgSshSplitRules => "contractors",
        Code::SgSshPrefixList => "partners",
        Code::SgAllOpen => "playground",
        Code::SgRdpRange => "windows-desktops",
        Code::SgDbOpen => "reporting-db",
        _ => "old-migration",
    }
}

fn group_item(cell: &Cell, group: &Group, x: &mut Xml) {
    let (id, vpc, name) = match group {
        Group::Regular(vpc, index) => (cell.group_id(*vpc, *index), *vpc, group_name(*index)),
        Group::Planted(code) => (cell.planted_group_id(*code), Vpc::Regular(0), planted_name(*code).to_owned()),
    };
    x.put("groupId", &id);
    x.put("groupName", &name);
    let about = if name == "default" {
        "default VPC security group".to_owned()
    } else {
        format!("{name} of {}", super::team(cell))
    };
    x.put("groupDescription", about);
    x.put("vpcId", cell.vpc_id(vpc));
    x.put("ownerId", cell.owner());
    x.put("securityGroupArn", cell.arn("ec2", &format!("security-group/{id}")));
    let (ingress, egress) = match group {
        Group::Regular(vpc, index) => regular_rules(cell, *vpc, *index),
        Group::Planted(code) => (planted_rules(cell, *code), vec![every(vec![v4(INTERNET)])]),
    };
    permissions(cell, "ipPermissions", &ingress, x);
    permissions(cell, "ipPermissionsEgress", &egress, x);
    x.tag_set(&tags(cell, vpc, "sg", &name));
}

fn regular_rules(cell: &Cell, vpc: Vpc, index: u32) -> (Vec<Permission>, Vec<Permission>) {
    let group = |index| Peer::Group(cell.group_id(vpc, index));
    let out = vec![every(vec![v4(INTERNET)])];
    let ingress = match index {
        0 => {
            let open = vpc == Vpc::Default || (vpc == Vpc::Regular(0) && cell.has(Code::SgDefaultRules));
            return if open { (vec![every(vec![group(0)])], out) } else { (Vec::new(), Vec::new()) };
        }
        1 => vec![tcp(443, 443, vec![v4(INTERNET), Peer::V6("::/0", "web")]), tcp(80, 80, vec![v4(INTERNET)])],
        2 => {
            let mut rules = vec![tcp(8080, 8080, vec![group(1)])];
            let key = hash(word("app rule"), &[cell.hash("vpc", vpc.number())]);
            // A changed group lets in one more internal network per change.
            rules.extend((0..cell.org.changes(key)).map(|n| {
                let port = 9100 + u16::try_from(n).unwrap_or(0);
                tcp(port, port, vec![v4("10.0.0.0/8")])
            }));
            rules
        }
        3 => {
            let mut peers = vec![group(2)];
            peers.extend((GROUPS..cell.groups()).map(group));
            let mut rules = vec![tcp(5432, 5432, peers)];
            if vpc == Vpc::Regular(0)
                && let Some(peer) = cell.peer()
            {
                rules.push(tcp(
                    6432,
                    6432,
                    vec![Peer::FarGroup {
                        group: peer.group_id(Vpc::Regular(0), 2),
                        account: peer.owner(),
                        peering: cell.peering_id(),
                    }],
                ));
            }
            rules
        }
        4 => vec![tcp(443, 443, vec![Peer::V4(cell.vpc_cidr(vpc), "the VPC")])],
        5 => vec![tcp(22, 22, vec![Peer::List(corporate_list(cell))])],
        n => {
            let port = 7000 + u16::try_from(n % 1000).unwrap_or(0);
            vec![tcp(port, port, vec![group(1)])]
        }
    };
    (ingress, out)
}

fn planted_rules(cell: &Cell, code: Code) -> Vec<Permission> {
    let ssh = |peers| vec![tcp(22, 22, peers)];
    match code {
        Code::SgSshV4 => ssh(vec![Peer::V4(INTERNET.to_owned(), "temporary")]),
        Code::SgSshV6 => ssh(vec![Peer::V6("::/0", "temporary")]),
        Code::SgSshSplit => ssh(vec![v4("0.0.0.0/1"), v4("128.0.0.0/1")]),
        Code::SgSshSplitRules => vec![tcp(22, 22, vec![v4("0.0.0.0/1")]), tcp(20, 30, vec![v4("128.0.0.0/1")])],
        Code::SgSshPrefixList => ssh(vec![Peer::List(partner_list(cell))]),
        Code::SgAllOpen => vec![every(vec![v4(INTERNET)])],
        Code::SgRdpRange => vec![tcp(3380, 3400, vec![v4(INTERNET)])],
        Code::SgDbOpen => vec![tcp(5432, 5432, vec![v4(INTERNET)])],
        _ => vec![tcp(8443, 8443, vec![v4("10.0.0.0/8")])],
    }
}

fn permissions(cell: &Cell, tag: &str, rules: &[Permission], x: &mut Xml) {
    x.items(tag, "item", rules, |x, rule| {
        x.put("ipProtocol", rule.protocol);
        if let Some((from, to)) = rule.ports {
            x.put("fromPort", from);
            x.put("toPort", to);
        }
        x.node("groups", |x| {
            for peer in &rule.peers {
                match peer {
                    Peer::Group(id) => x.node("item", |x| {
                        x.put("groupId", id);
                        x.put("userId", cell.owner());
                    }),
                    Peer::FarGroup { group, account, peering } => x.node("item", |x| {
                        x.put("groupId", group);
                        x.put("userId", account);
                        x.put("vpcPeeringConnectionId", peering);
                        x.put("peeringStatus", "active");
                    }),
                    _ => {}
                }
            }
        });
        x.node("ipRanges", |x| {
            for peer in &rule.peers {
                if let Peer::V4(cidr, about) = peer {
                    range(x, "cidrIp", cidr, about);
                }
            }
        });
        x.node("ipv6Ranges", |x| {
            for peer in &rule.peers {
                if let Peer::V6(cidr, about) = peer {
                    range(x, "cidrIpv6", cidr, about);
                }
            }
        });
        x.node("prefixListIds", |x| {
            for peer in &rule.peers {
                if let Peer::List(id) = peer {
                    range(x, "prefixListId", id, "");
                }
            }
        });
    });
}

fn range(x: &mut Xml, tag: &str, value: &str, about: &str) {
    x.node("item", |x| {
        x.put(tag, value);
        if !about.is_empty() {
            x.put("description", about);
        }
    });
}

/// AWS's list of the addresses of S3, the same for every account of a region.
pub fn s3_prefix_list(cell: &Cell) -> String {
    format!("pl-{:08x}", hash(word("s3"), &[word(cell.region_name())]) & 0xffff_ffff)
}

fn corporate_list(cell: &Cell) -> String {
    cell.id("pl", 0)
}

/// The list whose entries add up to the internet.
pub fn partner_list(cell: &Cell) -> String {
    cell.id("pl", 1)
}

struct PrefixList {
    id: String,
    name: String,
    aws: bool,
    entries: Vec<(String, &'static str)>,
}

fn lists(cell: &Cell) -> Vec<PrefixList> {
    let named =
        |entries: &[(&str, &'static str)]| entries.iter().map(|(cidr, about)| ((*cidr).to_owned(), *about)).collect();
    let octet = hash(word("s3 range"), &[word(cell.region_name())]) % 60 + 160;
    let mut lists = vec![PrefixList {
        id: s3_prefix_list(cell),
        name: format!("com.amazonaws.{}.s3", cell.region_name()),
        aws: true,
        entries: vec![(format!("52.{octet}.0.0/17"), ""), (format!("3.5.{octet}.0/22"), "")],
    }];
    if cell.regular_vpcs() > 0 {
        lists.push(PrefixList {
            id: corporate_list(cell),
            name: "corporate-networks".to_owned(),
            aws: false,
            entries: named(&[("203.0.113.0/24", "head office"), ("198.51.100.0/25", "second office")]),
        });
    }
    if cell.has(Code::SgSshPrefixList) {
        lists.push(PrefixList {
            id: partner_list(cell),
            name: "partner-networks".to_owned(),
            aws: false,
            entries: named(&[("0.0.0.0/2", "partner A"), ("64.0.0.0/2", "partner B"), ("128.0.0.0/1", "partner C")]),
        });
    }
    lists
}

pub fn prefix_lists(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let all = lists(&cell);
    let limits = Limits { default: None, min: 1, max: 100 };
    list(call, x, "prefixListSet", all.len() as u32, limits, |x, n| {
        if let Some(found) = all.get(n as usize) {
            let owner = if found.aws { "AWS".to_owned() } else { cell.owner() };
            x.put("prefixListId", &found.id);
            x.put("prefixListName", &found.name);
            x.put("addressFamily", "IPv4");
            x.put("state", if found.aws { "create-complete" } else { "modify-complete" });
            let account = if found.aws { "aws" } else { owner.as_str() };
            x.put("prefixListArn", format!("arn:aws:ec2:{}:{account}:prefix-list/{}", cell.region_name(), found.id));
            if !found.aws {
                x.put("maxEntries", 20_u32);
                x.put("version", 1_u32);
            }
            x.put("ownerId", owner);
            x.tag_set(&[]);
        }
    })
}

pub fn prefix_list_entries(call: &Call, x: &mut Xml) -> Outcome {
    let id = call.need("PrefixListId")?;
    let all = lists(&call.cell);
    let Some(found) = all.iter().find(|found| found.id == id) else {
        return Err(ApiError::new(
            400,
            "InvalidPrefixListID.NotFound",
            format!("The prefix list ID '{id}' does not exist"),
        ));
    };
    let total = found.entries.len() as u32;
    list(call, x, "entrySet", total, Limits::ec2(100), |x, n| {
        if let Some((cidr, about)) = found.entries.get(n as usize) {
            range_entry(x, cidr, about);
        }
    })
}

fn range_entry(x: &mut Xml, cidr: &str, about: &str) {
    x.put("cidr", cidr);
    if !about.is_empty() {
        x.put("description", about);
    }
}
