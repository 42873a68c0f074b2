//! Direct Connect: the data platform has two lines, to two places, and over each of them a way to one gateway.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::call::{Call, request_id};
use crate::cell::Cell;
use crate::org::Class;
use crate::page::Limits;

const PAGE: Limits = Limits::sized(100, 100);
const LINES: u32 = 2;
const LOCATIONS: [&str; LINES as usize] = ["EqDC2", "CSVA1"];

pub fn operation(call: &Call) -> Outcome {
    let cell = &call.cell;
    let total = if cell.class() == Class::DataProd && cell.region == 0 { LINES } else { 0 };
    match call.action {
        "DescribeConnections" => list(call, "connections", total, PAGE, |index| Some(connection(cell, index))),
        "DescribeVirtualInterfaces" => {
            list(call, "virtualInterfaces", total, PAGE, |index| Some(virtual_interface(cell, index)))
        }
        _ => Err(unknown(call)),
    }
}

fn id(cell: &Cell, prefix: &str, index: u32) -> String {
    let letters = cell.hash(prefix, u64::from(index)) & 0xffff_ffff;
    format!("{prefix}-fg{letters:08x}")
}

fn location(index: u32) -> &'static str {
    LOCATIONS.get(index as usize).copied().unwrap_or_default()
}

fn connection(cell: &Cell, index: u32) -> Value {
    json!({
        "ownerAccount": cell.owner(),
        "connectionId": id(cell, "dxcon", index),
        "connectionName": format!("warehouse-{index}"),
        "connectionState": "available",
        "region": cell.region_name(),
        "location": location(index),
        "bandwidth": "1Gbps",
        "vlan": 100 + index,
        "hasLogicalRedundancy": "no",
        "jumboFrameCapable": true,
        "macSecCapable": false,
        "portEncryptionStatus": "Encryption Down",
        "tags": [{"key": "Team", "value": "network"}],
    })
}

fn virtual_interface(cell: &Cell, index: u32) -> Value {
    json!({
        "ownerAccount": cell.owner(),
        "virtualInterfaceId": id(cell, "dxvif", index),
        "location": location(index),
        "connectionId": id(cell, "dxcon", index),
        "virtualInterfaceType": "transit",
        "virtualInterfaceName": format!("warehouse-{index}"),
        "vlan": 100 + index,
        "asn": 65_010,
        "asnLong": 65_010,
        "amazonSideAsn": 64_512,
        "authKey": "simulated-key",
        "amazonAddress": format!("169.254.{index}.1/30"),
        "customerAddress": format!("169.254.{index}.2/30"),
        "addressFamily": "ipv4",
        "virtualInterfaceState": "available",
        "mtu": 8500,
        "jumboFrameCapable": true,
        "directConnectGatewayId": request_id(cell.hash("dx-gateway", 0)),
        "routeFilterPrefixes": [],
        "bgpPeers": [],
        "region": cell.region_name(),
        "siteLinkEnabled": false,
        "tags": [],
    })
}
