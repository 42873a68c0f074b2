//! Route tables.

use super::{Outcome, list, tags};
use crate::call::Call;
use crate::cell::{Cell, TABLES, Vpc, ZONES};
use crate::defects::Code;
use crate::page::Limits;
use crate::xml::Xml;

pub fn tables(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let regular = cell.regular_vpcs() * TABLES;
    let default = u32::from(cell.has(Code::VpcDefaultPresent));
    let limits = Limits::ec2(100);
    list(call, x, "routeTableSet", regular + default, limits, |x, n| {
        if n < regular {
            table_item(&cell, Vpc::Regular(n / TABLES), n % TABLES, x);
        } else {
            table_item(&cell, Vpc::Default, 0, x);
        }
    })
}

/// A regular VPC's table by index.
const NAMES: [&str; 6] = ["main", "public", "private-0", "private-1", "private-2", "data"];

/// Where a route leads: the element that names it and the id in it.
type Target = (&'static str, String);

fn table_item(cell: &Cell, vpc: Vpc, table: u32, x: &mut Xml) {
    let id = cell.table_id(vpc, table);
    x.put("routeTableId", &id);
    x.put("vpcId", cell.vpc_id(vpc));
    x.put("ownerId", cell.owner());
    x.node("routeSet", |x| {
        route(x, "destinationCidrBlock", &cell.vpc_cidr(vpc), &local(), "CreateRouteTable");
        if cell.has_ipv6() {
            route(x, "destinationIpv6CidrBlock", &cell.ipv6_cidr(vpc), &local(), "CreateRouteTable");
        }
        for (kind, destination, target) in routes(cell, vpc, table) {
            route(x, kind, &destination, &target, "CreateRoute");
        }
    });
    x.node("associationSet", |x| {
        if table == 0 {
            association(cell, vpc, table, None, x);
        }
        for subnet in associated_subnets(vpc, table) {
            association(cell, vpc, table, Some(subnet), x);
        }
    });
    x.items("propagatingVgwSet", "item", vpn_propagation(cell, vpc, table), |x, id| {
        x.put("gatewayId", id);
    });
    let name = NAMES.get(table as usize).copied().unwrap_or("main");
    x.tag_set(&tags(cell, vpc, "rtb", name));
}

/// Subnets with an association of their own.
fn associated_subnets(vpc: Vpc, table: u32) -> Vec<u32> {
    match (vpc, table) {
        (Vpc::Default, _) | (_, 0) => Vec::new(),
        (_, 1) => (0..ZONES).collect(),
        (_, 5) => (2 * ZONES..3 * ZONES).collect(),
        (_, private) => vec![ZONES + private - 2],
    }
}

fn routes(cell: &Cell, vpc: Vpc, table: u32) -> Vec<(&'static str, String, Target)> {
    let mut routes = Vec::new();
    let everywhere = "0.0.0.0/0".to_owned();
    let internet = ("gatewayId", cell.gateway_id(vpc));
    match (vpc, table) {
        (Vpc::Default, _) => routes.push(("destinationCidrBlock", everywhere, internet)),
        (_, 0) => {}
        (_, 1) => {
            routes.push(("destinationCidrBlock", everywhere, internet.clone()));
            if cell.has_ipv6() {
                routes.push(("destinationIpv6CidrBlock", "::/0".to_owned(), internet));
            }
        }
        (Vpc::Regular(index), table) => {
            if table < 5 {
                let nat = ("natGatewayId", cell.nat_id(vpc, table - 2));
                routes.push(("destinationCidrBlock", everywhere, nat));
                if cell.has_ipv6() {
                    let egress = ("egressOnlyInternetGatewayId", cell.vpc_part("eigw", vpc, 0));
                    routes.push(("destinationIpv6CidrBlock", "::/0".to_owned(), egress));
                }
            }
            let s3 = ("gatewayId", cell.endpoint_id(vpc, 0));
            routes.push(("destinationPrefixListId", super::groups::s3_prefix_list(cell), s3));
            if index == 0
                && let Some(peer) = cell.peer()
            {
                let wide = table == 2 && cell.has(Code::RtPeeringWide);
                let destination = if wide { "10.0.0.0/8".to_owned() } else { peer.vpc_cidr(Vpc::Regular(0)) };
                let peering = ("vpcPeeringConnectionId", cell.peering_id());
                routes.push(("destinationCidrBlock", destination, peering));
            }
        }
    }
    routes
}

/// The VPN gateway of the cell, if it announces routes to this table.
fn vpn_propagation(cell: &Cell, vpc: Vpc, table: u32) -> Option<String> {
    let here = super::gateways::has_vpn(cell) && vpc == Vpc::Regular(0) && (2..5).contains(&table);
    here.then(|| cell.id("vgw", 0))
}

fn local() -> Target {
    ("gatewayId", "local".to_owned())
}

fn route(x: &mut Xml, kind: &str, destination: &str, target: &Target, origin: &str) {
    x.node("item", |x| {
        x.put(kind, destination);
        x.put(target.0, &target.1);
        x.put("state", "active");
        x.put("origin", origin);
    });
}

fn association(cell: &Cell, vpc: Vpc, table: u32, subnet: Option<u32>, x: &mut Xml) {
    let number = subnet.map_or(0, |subnet| subnet + 1);
    x.node("item", |x| {
        x.put("routeTableAssociationId", cell.vpc_part("rtbassoc", vpc, number));
        x.put("routeTableId", cell.table_id(vpc, table));
        if let Some(subnet) = subnet {
            x.put("subnetId", cell.subnet_id(vpc, subnet));
        }
        x.put("main", subnet.is_none());
        x.node("associationState", |x| x.put("state", "associated"));
    });
}
