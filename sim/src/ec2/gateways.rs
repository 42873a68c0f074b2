//! Gateways: internet, egress-only, carrier, NAT, customer and VPN.

use super::interfaces::address_key;
use super::{Outcome, list, tags, whole};
use crate::call::Call;
use crate::cell::{Cell, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::org::Class;
use crate::page::Limits;
use crate::xml::Xml;

/// The id of the internet gateway that is attached to nothing.
pub fn detached_id(cell: &Cell) -> String {
    cell.id("igw", 1 << 61)
}

pub fn internet(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let vpcs: Vec<Vpc> = cell.vpcs().collect();
    let total = vpcs.len() as u32 + u32::from(cell.has(Code::IgwDetached));
    let limits = Limits::ec2(1000);
    list(call, x, "internetGatewaySet", total, limits, |x, n| {
        let vpc = vpcs.get(n as usize).copied();
        let id = vpc.map_or_else(|| detached_id(&cell), |vpc| cell.gateway_id(vpc));
        x.put("internetGatewayId", id);
        x.put("ownerId", cell.owner());
        x.items("attachmentSet", "item", vpc, |x, vpc| {
            x.put("vpcId", cell.vpc_id(vpc));
            x.put("state", "available");
        });
        x.tag_set(&vpc.map_or_else(Vec::new, |vpc| tags(&cell, vpc, "igw", "igw")));
    })
}

pub fn egress_only(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = if cell.has_ipv6() { cell.regular_vpcs() } else { 0 };
    let limits = Limits::ec2(255);
    list(call, x, "egressOnlyInternetGatewaySet", total, limits, |x, n| {
        let vpc = Vpc::Regular(n);
        x.put("egressOnlyInternetGatewayId", cell.vpc_part("eigw", vpc, 0));
        x.items("attachmentSet", "item", [vpc], |x, vpc| {
            x.put("vpcId", cell.vpc_id(vpc));
            x.put("state", "attached");
        });
        x.tag_set(&tags(&cell, vpc, "eigw", "eigw"));
    })
}

pub fn carrier(call: &Call, x: &mut Xml) -> Outcome {
    list(call, x, "carrierGatewaySet", 0, Limits::ec2(1000), |_, _| {})
}

pub fn nat(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = cell.regular_vpcs() * ZONES;
    let limits = Limits::ec2(1000);
    list(call, x, "natGatewaySet", total, limits, |x, n| {
        let (vpc, zone) = (Vpc::Regular(n / ZONES), n % ZONES);
        x.put("natGatewayId", cell.nat_id(vpc, zone));
        x.put("vpcId", cell.vpc_id(vpc));
        x.put("subnetId", cell.subnet_id(vpc, zone));
        x.put("state", "available");
        x.put("connectivityType", "public");
        x.put("createTime", iso_millis(cell.created("nat", u64::from(n))));
        x.items("natGatewayAddressSet", "item", [()], |x, ()| {
            x.put("allocationId", cell.allocation_id(vpc, zone));
            x.put("associationId", cell.vpc_part("eipassoc", vpc, zone));
            x.put("networkInterfaceId", cell.interface_id(vpc, zone));
            x.put("privateIp", cell.host(vpc, zone, 0));
            x.put("publicIp", cell.public_address("public", address_key(vpc, zone)));
            x.put("isPrimary", true);
            x.put("status", "succeeded");
        });
        x.tag_set(&tags(&cell, vpc, "nat", &format!("nat-{zone}")));
    })
}

/// Whether the cell has a VPN to the head office.
pub fn has_vpn(cell: &Cell) -> bool {
    cell.class() == Class::ShopProd && cell.region == 0 && cell.regular_vpcs() > 0
}

/// The id of the customer gateway without a connection.
pub fn idle_customer_gateway(cell: &Cell) -> String {
    cell.id("cgw", 1)
}

pub fn customer(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let mut found = Vec::new();
    if has_vpn(&cell) {
        found.push((cell.id("cgw", 0), "203.0.113.12"));
    }
    if cell.has(Code::CgwUnused) {
        found.push((idle_customer_gateway(&cell), "198.51.100.77"));
    }
    whole(x, "customerGatewaySet", found, |x, (id, address)| {
        x.put("customerGatewayId", id);
        x.put("state", "available");
        x.put("type", "ipsec.1");
        x.put("ipAddress", address);
        x.put("bgpAsn", "65010");
        x.tag_set(&[("Name", "office".to_owned())]);
    })
}

pub fn vpn_gateways(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    whole(x, "vpnGatewaySet", has_vpn(&cell).then_some(()), |x, ()| {
        x.put("vpnGatewayId", cell.id("vgw", 0));
        x.put("state", "available");
        x.put("type", "ipsec.1");
        x.put("amazonSideAsn", 64_512_u32);
        x.items("attachments", "item", [()], |x, ()| {
            x.put("vpcId", cell.vpc_id(Vpc::Regular(0)));
            x.put("state", "attached");
        });
        x.tag_set(&[("Name", "office".to_owned())]);
    })
}

pub fn vpn_connections(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    whole(x, "vpnConnectionSet", has_vpn(&cell).then_some(()), |x, ()| {
        x.put("vpnConnectionId", cell.id("vpn", 0));
        x.put("state", "available");
        x.put("type", "ipsec.1");
        x.put("category", "VPN");
        x.put("customerGatewayId", cell.id("cgw", 0));
        x.put("vpnGatewayId", cell.id("vgw", 0));
        x.node("options", |x| {
            x.put("staticRoutesOnly", false);
            x.put("localIpv4NetworkCidr", "0.0.0.0/0");
            x.put("remoteIpv4NetworkCidr", "0.0.0.0/0");
            x.put("tunnelInsideIpVersion", "ipv4");
        });
        x.items("vgwTelemetry", "item", 0..2_u64, |x, n| {
            x.put("outsideIpAddress", cell.public_address("tunnel", n));
            x.put("status", if n == 0 { "UP" } else { "DOWN" });
            x.put("acceptedRouteCount", if n == 0 { 2 } else { 0 });
            x.put("lastStatusChange", iso_millis(cell.created("tunnel", n)));
        });
        x.tag_set(&[("Name", "office".to_owned())]);
    })
}
