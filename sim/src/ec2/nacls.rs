//! Network ACLs.

use super::{Outcome, list, tags};
use crate::call::Call;
use crate::cell::{Cell, NACLS, Vpc, ZONES};
use crate::defects::Code;
use crate::page::Limits;
use crate::xml::Xml;

pub fn nacls(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let regular = cell.regular_vpcs() * NACLS;
    let default = u32::from(cell.has(Code::VpcDefaultPresent));
    let limits = Limits::ec2(1000);
    list(call, x, "networkAclSet", regular + default, limits, |x, n| {
        if n < regular {
            nacl_item(&cell, Vpc::Regular(n / NACLS), n % NACLS, x);
        } else {
            nacl_item(&cell, Vpc::Default, 0, x);
        }
    })
}

struct Entry {
    number: u32,
    /// `-1` for every protocol, else the number: 6 is TCP.
    protocol: i32,
    ports: Option<(u16, u16)>,
    source: &'static str,
    allow: bool,
    egress: bool,
}

const fn tcp(number: u32, ports: (u16, u16), source: &'static str, allow: bool) -> Entry {
    Entry { number, protocol: 6, ports: Some(ports), source, allow, egress: false }
}

const fn every(number: u32, source: &'static str, allow: bool, egress: bool) -> Entry {
    Entry { number, protocol: -1, ports: None, source, allow, egress }
}

const INTERNET: &str = "0.0.0.0/0";
/// The number that AWS gives the final deny.
const LAST: u32 = 32_767;

/// The entries of a NACL. Those of regular VPCs keep SSH and RDP out unless a
/// defect is planted; only return traffic and the web come in.
fn entries(cell: &Cell, vpc: Vpc, nacl: u32) -> Vec<Entry> {
    let mut entries = Vec::new();
    match (vpc, nacl) {
        (Vpc::Default, _) => {
            entries.push(every(100, INTERNET, true, false));
            entries.push(every(100, INTERNET, true, true));
        }
        (_, 0) => {
            entries.push(every(100, "10.0.0.0/8", true, false));
            entries.push(every(100, "10.0.0.0/8", true, true));
        }
        (Vpc::Regular(index), nacl) => {
            let public = nacl == 1;
            if index == 0 && public && cell.has(Code::NaclSshOpen) {
                entries.push(tcp(95, (22, 22), INTERNET, true));
            }
            if index == 0 && public && cell.has(Code::NaclDenyShadowed) {
                entries.push(tcp(90, (0, 65_535), INTERNET, true));
                entries.push(tcp(91, (22, 22), INTERNET, false));
            }
            entries.push(every(100, "10.0.0.0/8", true, false));
            if public {
                entries.push(tcp(110, (443, 443), INTERNET, true));
                entries.push(tcp(120, (80, 80), INTERNET, true));
            }
            entries.push(tcp(130, (3389, 3389), INTERNET, false));
            entries.push(tcp(140, (1024, 65_535), INTERNET, true));
            entries.push(every(100, INTERNET, true, true));
        }
    }
    entries.push(every(LAST, INTERNET, false, false));
    entries.push(every(LAST, INTERNET, false, true));
    entries
}

fn nacl_item(cell: &Cell, vpc: Vpc, nacl: u32, x: &mut Xml) {
    let id = cell.nacl_id(vpc, nacl);
    x.put("networkAclId", &id);
    x.put("vpcId", cell.vpc_id(vpc));
    x.put("ownerId", cell.owner());
    x.put("default", nacl == 0);
    x.items("entrySet", "item", entries(cell, vpc, nacl), |x, entry| {
        x.put("ruleNumber", entry.number);
        x.put("protocol", entry.protocol);
        x.put("ruleAction", if entry.allow { "allow" } else { "deny" });
        x.put("egress", entry.egress);
        x.put("cidrBlock", entry.source);
        if let Some((from, to)) = entry.ports {
            x.node("portRange", |x| {
                x.put("from", from);
                x.put("to", to);
            });
        }
    });
    let subnets = match (vpc, nacl) {
        (Vpc::Default, _) | (_, 1) => 0..ZONES,
        (_, 0) => 2 * ZONES..3 * ZONES,
        _ => ZONES..2 * ZONES,
    };
    x.items("associationSet", "item", subnets, |x, subnet| {
        x.put("networkAclAssociationId", cell.vpc_part("aclassoc", vpc, subnet));
        x.put("networkAclId", &id);
        x.put("subnetId", cell.subnet_id(vpc, subnet));
    });
    let name = ["default", "public", "private"][(nacl % NACLS) as usize];
    x.tag_set(&tags(cell, vpc, "acl", &format!("{name}-acl")));
}
