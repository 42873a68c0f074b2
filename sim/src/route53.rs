//! Route 53: the shop's production has a public zone, whose names lead to its NAT gateways and its load balancer, and a
//! private one.
//!
//! AWS begins a page of records at a name, a type and an identifier; here the identifier alone says where.

use crate::balancers;
use crate::call::{Call, request_id};
use crate::cell::{Cell, Vpc, ZONES};
use crate::ec2::address_key;
use crate::error::ApiError;
use crate::hash::{BASE32, letters};
use crate::org::Class;
use crate::page::Limits;
use crate::xml::Xml;

const ZONE_PAGE: Limits = Limits::sized(100, 100);
const RECORD_PAGE: Limits = Limits::sized(300, 300);
/// The public one, then the private one.
const KINDS: u32 = 2;
const PUBLIC: u32 = 0;
/// Name servers and the alias, before the addresses.
const OTHERS: u32 = 2;

/// The body of a reply.
pub fn serve(call: &Call) -> Result<String, ApiError> {
    // What is kept once for an account is told as of its first region.
    let cell = &call.cell;
    let total = if cell.class() == Class::ShopProd && cell.regular_vpcs() > 0 { KINDS } else { 0 };
    let mut x = Xml::with_room(call.room.get());
    match call.action {
        "ListHostedZones" => {
            let page = call.page(total, ZONE_PAGE)?;
            root(call, &mut x, "ListHostedZonesResponse", |x| {
                x.items("HostedZones", "HostedZone", page.range, |x, kind| zone(cell, kind, x));
                x.put("IsTruncated", page.next.is_some());
                if let Some(marker) = page.next {
                    x.put("NextMarker", marker);
                }
                x.put("MaxItems", 100);
            });
        }
        "ListResourceRecordSets" => {
            let asked = call.need("Name")?;
            if !(0..total).any(|kind| id(cell, kind) == asked) {
                return Err(ApiError::new(404, "NoSuchHostedZone", format!("No hosted zone found with ID: {asked}")));
            }
            let records = if asked == id(cell, PUBLIC) { OTHERS + cell.regular_vpcs() * ZONES } else { 1 };
            let page = call.page(records, RECORD_PAGE)?;
            root(call, &mut x, "ListResourceRecordSetsResponse", |x| {
                x.items("ResourceRecordSets", "ResourceRecordSet", page.range.clone(), |x, index| {
                    record(cell, index, x);
                });
                x.put("IsTruncated", page.next.is_some());
                if let Some(identifier) = page.next {
                    x.put("NextRecordName", name(cell, page.range.end));
                    x.put("NextRecordType", "A");
                    x.put("NextRecordIdentifier", identifier);
                }
                x.put("MaxItems", 300);
            });
        }
        name => return Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
    Ok(x.finish())
}

/// An answer in its root element.
fn root(call: &Call, x: &mut Xml, tag: &str, inside: impl FnOnce(&mut Xml)) {
    x.raw(&format!("<{tag} xmlns=\"{}\">", call.service.namespace()));
    inside(x);
    x.raw(&format!("</{tag}>"));
}

fn id(cell: &Cell, kind: u32) -> String {
    format!("Z{}", letters(cell.hash("zone", u64::from(kind)), BASE32, 20))
}

fn domain(cell: &Cell, kind: u32) -> String {
    let top = if kind == PUBLIC { "example" } else { "internal" };
    format!("shop-{}.{top}.", cell.owner())
}

fn name(cell: &Cell, index: u32) -> String {
    let domain = domain(cell, PUBLIC);
    match index {
        0 => domain,
        1 => format!("www.{domain}"),
        _ => format!("out-{}.{domain}", index - OTHERS),
    }
}

fn zone(cell: &Cell, kind: u32, x: &mut Xml) {
    x.put("Id", format!("/hostedzone/{}", id(cell, kind)));
    x.put("Name", domain(cell, kind));
    x.put("CallerReference", request_id(cell.hash("zone-reference", u64::from(kind))));
    x.node("Config", |x| x.put("PrivateZone", kind != PUBLIC));
    x.put("ResourceRecordSetCount", if kind == PUBLIC { OTHERS + cell.regular_vpcs() * ZONES } else { 1 });
}

fn record(cell: &Cell, index: u32, x: &mut Xml) {
    x.put("Name", name(cell, index));
    match index {
        0 => {
            x.put("Type", "NS");
            x.put("TTL", 172_800);
            x.items(
                "ResourceRecords",
                "ResourceRecord",
                ["ns-1.awsdns-00.org.", "ns-2.awsdns-01.com."],
                |x, server| {
                    x.put("Value", server);
                },
            );
        }
        1 => {
            x.put("Type", "A");
            let target = balancers::all(cell).into_iter().next().map_or_else(String::new, |of| of.dns_name(cell));
            x.node("AliasTarget", |x| {
                x.put("HostedZoneId", "Z35SXDOTRQ7X7K");
                x.put("DNSName", format!("{target}."));
                x.put("EvaluateTargetHealth", false);
            });
        }
        _ => {
            let gateway = index - OTHERS;
            let key = address_key(Vpc::Regular(gateway / ZONES), gateway % ZONES);
            x.put("Type", "A");
            x.put("TTL", 300);
            x.items("ResourceRecords", "ResourceRecord", [()], |x, ()| {
                x.put("Value", cell.public_address("public", key));
            });
        }
    }
}
