//! Transit gateways. The security account has two in its first region, peered
//! with each other: one that a VPC is attached to, and one at the edge.

use super::{Outcome, list};
use crate::call::Call;
use crate::cell::{Cell, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::org::Class;
use crate::page::Limits;
use crate::xml::Xml;

const PAGE: Limits = Limits::ec2(1000);

/// How many there are.
fn gateway_count(cell: &Cell) -> u32 {
    if cell.class() == Class::Security && cell.regular_vpcs() > 0 { 2 } else { 0 }
}

pub fn gateways(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    list(call, x, "transitGatewaySet", gateway_count(&cell), PAGE, |x, n| {
        let (number, name) = (u64::from(n), NAMES[n as usize % NAMES.len()]);
        let id = cell.id("tgw", number);
        x.put("transitGatewayId", &id);
        x.put("transitGatewayArn", cell.arn("ec2", &format!("transit-gateway/{id}")));
        x.put("state", "available");
        x.put("ownerId", cell.owner());
        x.put("description", name);
        x.put("creationTime", iso_millis(cell.created("tgw", number)));
        x.node("options", |x| {
            x.put("amazonSideAsn", 64_512 + n);
            x.put("autoAcceptSharedAttachments", "disable");
            x.put("defaultRouteTableAssociation", "enable");
            x.put("associationDefaultRouteTableId", table_id(&cell, n));
            x.put("defaultRouteTablePropagation", "enable");
            x.put("propagationDefaultRouteTableId", table_id(&cell, n));
            x.put("vpnEcmpSupport", "enable");
            x.put("dnsSupport", "enable");
        });
        x.tag_set(&[("Name", name.to_owned())]);
    })
}

const NAMES: [&str; 2] = ["inspection", "edge"];

/// Each gateway has one table.
fn table_id(cell: &Cell, gateway: u32) -> String {
    cell.id("tgw-rtb", u64::from(gateway))
}

/// An attachment: of which gateway, and what is attached.
struct Attachment {
    number: u64,
    gateway: u32,
    kind: &'static str,
    resource: String,
}

impl Attachment {
    fn id(&self, cell: &Cell) -> String {
        cell.id("tgw-attach", self.number)
    }
}

/// The VPC, and each end of the peering with an id of its own.
fn all_attachments(cell: &Cell) -> Vec<Attachment> {
    if gateway_count(cell) == 0 {
        return Vec::new();
    }
    let attachment = |number, gateway, kind, resource| Attachment { number, gateway, kind, resource };
    vec![
        attachment(0, 0, "vpc", cell.vpc_id(Vpc::Regular(0))),
        attachment(1, 0, "peering", cell.id("tgw", 1)),
        attachment(2, 1, "peering", cell.id("tgw", 0)),
    ]
}

pub fn attachments(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let all = all_attachments(&cell);
    list(call, x, "transitGatewayAttachments", all.len() as u32, PAGE, |x, n| {
        let Some(one) = all.get(n as usize) else { return };
        x.put("transitGatewayAttachmentId", one.id(&cell));
        x.put("transitGatewayId", cell.id("tgw", u64::from(one.gateway)));
        x.put("transitGatewayOwnerId", cell.owner());
        x.put("resourceOwnerId", cell.owner());
        x.put("resourceType", one.kind);
        x.put("resourceId", &one.resource);
        x.put("state", "available");
        x.node("association", |x| {
            x.put("transitGatewayRouteTableId", table_id(&cell, one.gateway));
            x.put("state", "associated");
        });
        x.put("creationTime", iso_millis(cell.created("tgw-attach", one.number)));
        x.tag_set(&[]);
    })
}

/// The attachments of VPCs, with the subnets they are in.
pub fn vpc_attachments(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let vpc = Vpc::Regular(0);
    let total = u32::from(gateway_count(&cell) > 0);
    list(call, x, "transitGatewayVpcAttachments", total, PAGE, |x, _| {
        x.put("transitGatewayAttachmentId", cell.id("tgw-attach", 0));
        x.put("transitGatewayId", cell.id("tgw", 0));
        x.put("vpcId", cell.vpc_id(vpc));
        x.put("vpcOwnerId", cell.owner());
        x.put("state", "available");
        x.texts("subnetIds", "item", (0..ZONES).map(|zone| cell.subnet_id(vpc, ZONES + zone)));
        x.put("creationTime", iso_millis(cell.created("tgw-attach", 0)));
        x.node("options", |x| {
            x.put("dnsSupport", "enable");
            x.put("securityGroupReferencingSupport", "enable");
            x.put("ipv6Support", "disable");
            x.put("applianceModeSupport", "enable");
        });
        x.tag_set(&[]);
    })
}

/// The peering of the two, whose ends have ids of their own.
pub fn peering_attachments(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = u32::from(gateway_count(&cell) > 0);
    list(call, x, "transitGatewayPeeringAttachments", total, PAGE, |x, _| {
        x.put("transitGatewayAttachmentId", cell.id("tgw-attach", 1));
        x.put("accepterTransitGatewayAttachmentId", cell.id("tgw-attach", 2));
        for (tag, gateway) in [("requesterTgwInfo", 0), ("accepterTgwInfo", 1)] {
            x.node(tag, |x| {
                x.put("transitGatewayId", cell.id("tgw", gateway));
                x.put("ownerId", cell.owner());
                x.put("region", cell.region_name());
            });
        }
        x.node("status", |x| {
            x.put("code", "available");
            x.put("message", "Available");
        });
        x.put("state", "available");
        x.put("creationTime", iso_millis(cell.created("tgw-attach", 1)));
        x.tag_set(&[]);
    })
}

pub fn route_tables(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    list(call, x, "transitGatewayRouteTables", gateway_count(&cell), PAGE, |x, n| {
        x.put("transitGatewayRouteTableId", table_id(&cell, n));
        x.put("transitGatewayId", cell.id("tgw", u64::from(n)));
        x.put("state", "available");
        x.put("defaultAssociationRouteTable", true);
        x.put("defaultPropagationRouteTable", true);
        x.put("creationTime", iso_millis(cell.created("tgw-rtb", u64::from(n))));
        x.tag_set(&[]);
    })
}

/// The gateway whose table a call is about.
fn gateway_of_table(call: &Call) -> Result<u32, ApiError> {
    let table = call.need("TransitGatewayRouteTableId")?;
    let found = (0..gateway_count(&call.cell)).find(|gateway| table_id(&call.cell, *gateway) == table);
    let text = || format!("Transit Gateway Route Table {table} was deleted or does not exist.");
    found.ok_or_else(|| ApiError::new(400, "InvalidRouteTableID.NotFound", text()))
}

/// Every attachment is associated with its gateway's table.
pub fn associations(call: &Call, x: &mut Xml) -> Outcome {
    of_table(call, x, "associations", |_| true, "associated")
}

/// Only VPCs propagate: a peering has static routes.
pub fn propagations(call: &Call, x: &mut Xml) -> Outcome {
    of_table(call, x, "transitGatewayRouteTablePropagations", |one| one.kind == "vpc", "enabled")
}

fn of_table(call: &Call, x: &mut Xml, set: &str, wanted: fn(&Attachment) -> bool, state: &str) -> Outcome {
    let gateway = gateway_of_table(call)?;
    let cell = call.cell;
    let all: Vec<Attachment> =
        all_attachments(&cell).into_iter().filter(|one| one.gateway == gateway && wanted(one)).collect();
    list(call, x, set, all.len() as u32, PAGE, |x, n| {
        if let Some(one) = all.get(n as usize) {
            attached(&cell, one, x);
            x.put("state", state);
        }
    })
}

fn attached(cell: &Cell, one: &Attachment, x: &mut Xml) {
    x.put("transitGatewayAttachmentId", one.id(cell));
    x.put("resourceId", &one.resource);
    x.put("resourceType", one.kind);
}

/// Destination, the attachment that it leads to, and type.
fn all_routes(cell: &Cell, gateway: u32) -> Vec<(String, Option<usize>, &'static str)> {
    match gateway {
        0 => vec![
            (cell.vpc_cidr(Vpc::Regular(0)), Some(0), "propagated"),
            ("0.0.0.0/0".to_owned(), Some(0), "static"),
            ("172.16.0.0/12".to_owned(), Some(1), "static"),
            ("192.168.0.0/16".to_owned(), None, "static"),
        ],
        _ => vec![("10.0.0.0/8".to_owned(), Some(2), "static")],
    }
}

/// The routes in one of the states that are asked for; no other filter is simulated.
pub fn routes(call: &Call, x: &mut Xml) -> Outcome {
    let gateway = gateway_of_table(call)?;
    if call.need("Filter.1.Name")? != "state" || call.params.any("Filter.2.") {
        return Err(ApiError::not_simulated(call.service.protocol(), "filters but `state`"));
    }
    let states = call.params.list("Filter.1.Value");
    let cell = call.cell;
    let all = all_attachments(&cell);
    let state = |to: Option<usize>| if to.is_some() { "active" } else { "blackhole" };
    let mut routes = all_routes(&cell, gateway);
    routes.retain(|(_, to, _)| states.contains(&state(*to)));
    let total = routes.len() as u32;
    let page = call.page(total, PAGE)?;
    x.put("additionalRoutesAvailable", page.next.is_some());
    let range = page.range.start as usize..page.range.end as usize;
    x.items("routeSet", "item", routes.get(range).unwrap_or_default(), |x, (destination, to, kind)| {
        x.put("destinationCidrBlock", destination);
        x.items("transitGatewayAttachments", "item", to.and_then(|to| all.get(to)), |x, one| attached(&cell, one, x));
        x.put("type", *kind);
        x.put("state", state(*to));
    });
    if let Some(token) = page.next {
        x.put("nextToken", token);
    }
    Ok(())
}
