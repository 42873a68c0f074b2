//! Global Accelerator: the shop's production has one accelerator, which leads to
//! the load balancer of its first VPC.

use serde_json::{Value, json};

use super::{Outcome, list, unknown};
use crate::balancers::{self, Balancer};
use crate::call::{Call, request_id};
use crate::cell::Cell;
use crate::error::ApiError;
use crate::page::Limits;

const PAGE: Limits = Limits::sized(10, 100);

pub fn operation(call: &Call) -> Outcome {
    // What is kept once for an account is told as of its first region.
    let cell = &call.cell;
    let target = balancers::all(cell).into_iter().next().filter(|_| balancers::has_accelerator(cell));
    let total = u32::from(target.is_some());
    match call.action {
        "ListAccelerators" => list(call, "Accelerators", total, PAGE, |_| Some(accelerator(cell))),
        "ListListeners" => {
            known(call, total, "AcceleratorArn", &arn(cell))?;
            list(call, "Listeners", 1, PAGE, |_| {
                Some(json!({
                    "ListenerArn": listener_arn(cell),
                    "PortRanges": [{"FromPort": 443, "ToPort": 443}],
                    "Protocol": "TCP",
                    "ClientAffinity": "NONE",
                }))
            })
        }
        "ListEndpointGroups" => {
            known(call, total, "ListenerArn", &listener_arn(cell))?;
            list(call, "EndpointGroups", 1, PAGE, |_| target.map(|target| endpoint_group(cell, target)))
        }
        _ => Err(unknown(call)),
    }
}

/// Whether the call is about the one that there is.
fn known(call: &Call, total: u32, parameter: &str, wanted: &str) -> Result<(), ApiError> {
    if total == 1 && call.need(parameter)? == wanted {
        return Ok(());
    }
    let code = if parameter == "ListenerArn" { "ListenerNotFoundException" } else { "AcceleratorNotFoundException" };
    Err(ApiError::new(400, code, "It does not exist."))
}

fn arn(cell: &Cell) -> String {
    let id = request_id(cell.hash("accelerator", 0));
    format!("arn:aws:globalaccelerator::{}:accelerator/{id}", cell.owner())
}

fn listener_arn(cell: &Cell) -> String {
    format!("{}/listener/{:08x}", arn(cell), cell.hash("accelerator-listener", 0) >> 32)
}

fn accelerator(cell: &Cell) -> Value {
    let created = cell.created("accelerator", 0);
    json!({
        "AcceleratorArn": arn(cell),
        "Name": "shop-edge",
        "IpAddressType": "IPV4",
        "Enabled": true,
        "IpSets": [{
            "IpFamily": "IPv4",
            "IpAddresses": [cell.public_address("accelerator", 0), cell.public_address("accelerator", 1)],
            "IpAddressFamily": "IPv4",
        }],
        "DnsName": format!("a{:016x}.awsglobalaccelerator.com", cell.hash("accelerator-dns", 0)),
        "Status": "DEPLOYED",
        "CreatedTime": created,
        "LastModifiedTime": created,
    })
}

fn endpoint_group(cell: &Cell, target: Balancer) -> Value {
    json!({
        "EndpointGroupArn": format!("{}/endpoint-group/{:012x}", listener_arn(cell), cell.hash("endpoint-group", 0) >> 16),
        "EndpointGroupRegion": cell.region_name(),
        "EndpointDescriptions": [{
            "EndpointId": target.arn(cell),
            "Weight": 128,
            "HealthState": "HEALTHY",
            "ClientIPPreservationEnabled": true,
        }],
        "TrafficDialPercentage": 100.0,
        "HealthCheckPort": 443,
        "HealthCheckProtocol": "TCP",
        "HealthCheckIntervalSeconds": 30,
        "ThresholdCount": 3,
    })
}
