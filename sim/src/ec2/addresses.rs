//! Elastic addresses: one per NAT gateway, and one that nobody uses.

use super::interfaces::address_key;
use super::{Outcome, whole};
use crate::call::Call;
use crate::cell::{Cell, Vpc, ZONES};
use crate::defects::Code;
use crate::xml::Xml;

/// The allocation id of the address that nobody uses.
pub fn spare_id(cell: &Cell) -> String {
    cell.id("eipalloc", 1 << 61)
}

pub fn addresses(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let used = cell.regular_vpcs() * ZONES;
    let total = used + u32::from(cell.has(Code::EipUnassociated));
    whole(x, "addressesSet", 0..total, |x, n| {
        if n < used {
            nat_address(&cell, Vpc::Regular(n / ZONES), n % ZONES, x);
        } else {
            x.put("allocationId", spare_id(&cell));
            x.put("publicIp", cell.public_address("spare", 0));
        }
        x.put("domain", "vpc");
        x.put("publicIpv4Pool", "amazon");
        x.put("networkBorderGroup", cell.region_name());
        x.tag_set(&[]);
    })
}

fn nat_address(cell: &Cell, vpc: Vpc, zone: u32, x: &mut Xml) {
    x.put("allocationId", cell.allocation_id(vpc, zone));
    x.put("associationId", cell.vpc_part("eipassoc", vpc, zone));
    x.put("publicIp", cell.public_address("public", address_key(vpc, zone)));
    x.put("networkInterfaceId", cell.interface_id(vpc, zone));
    x.put("networkInterfaceOwnerId", cell.owner());
    x.put("privateIpAddress", cell.host(vpc, zone, 0));
}
