//! VPCs and what belongs to each as a whole: attributes, subnets, DHCP options
//! and flow logs.

use super::{Outcome, list, tags};
use crate::call::Call;
use crate::cell::{Cell, SUBNETS, Vpc, ZONES};
use crate::defects::Code;
use crate::error::ApiError;
use crate::page::Limits;
use crate::xml::Xml;

pub fn vpcs(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let all: Vec<Vpc> = cell.vpcs().collect();
    let limits = Limits::ec2(1000);
    list(call, x, "vpcSet", all.len() as u32, limits, |x, n| {
        if let Some(vpc) = all.get(n as usize) {
            vpc_item(&cell, *vpc, x);
        }
    })
}

fn vpc_item(cell: &Cell, vpc: Vpc, x: &mut Xml) {
    x.put("vpcId", cell.vpc_id(vpc));
    x.put("ownerId", cell.owner());
    x.put("state", "available");
    x.put("cidrBlock", cell.vpc_cidr(vpc));
    x.items("cidrBlockAssociationSet", "item", [()], |x, ()| {
        x.put("associationId", cell.vpc_part("vpc-cidr-assoc", vpc, 0));
        x.put("cidrBlock", cell.vpc_cidr(vpc));
        x.node("cidrBlockState", |x| x.put("state", "associated"));
    });
    if cell.has_ipv6() {
        x.items("ipv6CidrBlockAssociationSet", "item", [()], |x, ()| {
            x.put("associationId", cell.vpc_part("vpc-cidr-assoc", vpc, 1));
            x.put("ipv6CidrBlock", cell.ipv6_cidr(vpc));
            x.node("ipv6CidrBlockState", |x| x.put("state", "associated"));
            x.put("networkBorderGroup", cell.region_name());
            x.put("ipv6Pool", "Amazon");
        });
    }
    x.put("dhcpOptionsId", cell.id("dopt", 0));
    x.put("instanceTenancy", "default");
    x.put("isDefault", vpc == Vpc::Default);
    x.node("blockPublicAccessStates", |x| {
        x.put("internetGatewayBlockMode", "off");
    });
    x.tag_set(&tags(cell, vpc, "vpc", "vpc"));
}

pub fn attribute(call: &Call, x: &mut Xml) -> Outcome {
    let id = call.need("VpcId")?;
    let name = call.need("Attribute")?;
    if !call.cell.vpcs().any(|vpc| call.cell.vpc_id(vpc) == id) {
        return Err(ApiError::new(400, "InvalidVpcID.NotFound", format!("The vpc ID '{id}' does not exist")));
    }
    let value = match name {
        "enableDnsSupport" | "enableDnsHostnames" => true,
        "enableNetworkAddressUsageMetrics" => false,
        other => {
            return Err(call.invalid(format!("Value ({other}) for parameter attribute is invalid.")));
        }
    };
    x.put("vpcId", id);
    x.node(name, |x| x.put("value", value));
    Ok(())
}

pub fn subnets(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let regular = cell.regular_vpcs() * SUBNETS;
    let default = if cell.has(Code::VpcDefaultPresent) { ZONES } else { 0 };
    let limits = Limits::ec2(1000);
    list(call, x, "subnetSet", regular + default, limits, |x, n| {
        if n < regular {
            subnet_item(&cell, Vpc::Regular(n / SUBNETS), n % SUBNETS, x);
        } else {
            subnet_item(&cell, Vpc::Default, n - regular, x);
        }
    })
}

/// Whether instances get a public address at launch in this subnet.
pub fn maps_public_ip(cell: &Cell, vpc: Vpc, subnet: u32) -> bool {
    match vpc {
        Vpc::Default => true,
        Vpc::Regular(index) => index == 0 && subnet == 0 && cell.has(Code::SubnetAutoPublicIp),
    }
}

fn subnet_item(cell: &Cell, vpc: Vpc, subnet: u32, x: &mut Xml) {
    let id = cell.subnet_id(vpc, subnet);
    let tier = ["public", "private", "data"][(subnet / ZONES % 3) as usize];
    x.put("subnetArn", cell.arn("ec2", &format!("subnet/{id}")));
    x.put("subnetId", &id);
    x.put("vpcId", cell.vpc_id(vpc));
    x.put("ownerId", cell.owner());
    x.put("state", "available");
    x.put("cidrBlock", cell.subnet_cidr(vpc, subnet));
    x.put("availableIpAddressCount", 4091 - cell.hash("free", u64::from(subnet)) % 300);
    x.put("availabilityZone", cell.zone(subnet));
    x.put("availabilityZoneId", cell.zone_id(subnet));
    x.put("defaultForAz", vpc == Vpc::Default);
    x.put("mapPublicIpOnLaunch", maps_public_ip(cell, vpc, subnet));
    x.put("assignIpv6AddressOnCreation", false);
    x.node("ipv6CidrBlockAssociationSet", |_| {});
    x.put("ipv6Native", false);
    x.node("blockPublicAccessStates", |x| {
        x.put("internetGatewayBlockMode", "off");
    });
    x.tag_set(&tags(cell, vpc, "subnet", &format!("{tier}-{}", subnet % ZONES)));
}

pub fn dhcp_options(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = u32::from(cell.has_network());
    let limits = Limits::ec2(1000);
    list(call, x, "dhcpOptionsSet", total, limits, |x, _| {
        x.put("dhcpOptionsId", cell.id("dopt", 0));
        x.put("ownerId", cell.owner());
        let domain = if cell.region_name() == "us-east-1" {
            "ec2.internal".to_owned()
        } else {
            format!("{}.compute.internal", cell.region_name())
        };
        let options = [("domain-name", domain), ("domain-name-servers", "AmazonProvidedDNS".to_owned())];
        x.items("dhcpConfigurationSet", "item", options, |x, (key, value)| {
            x.put("key", key);
            x.items("valueSet", "item", [value], |x, value| x.put("value", value));
        });
        x.tag_set(&[]);
    })
}

/// Whether the VPC has a flow log.
pub fn has_flow_log(cell: &Cell, vpc: Vpc) -> bool {
    match vpc {
        Vpc::Default => false,
        Vpc::Regular(index) => !(index == 0 && cell.has(Code::VpcNoFlowLog)),
    }
}

pub fn flow_logs(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let logged: Vec<Vpc> = cell.vpcs().filter(|vpc| has_flow_log(&cell, *vpc)).collect();
    let limits = Limits::ec2(1000);
    list(call, x, "flowLogSet", logged.len() as u32, limits, |x, n| {
        if let Some(vpc) = logged.get(n as usize) {
            x.put("flowLogId", cell.vpc_part("fl", *vpc, 0));
            x.put("flowLogStatus", "ACTIVE");
            x.put("creationTime", crate::clock::iso_millis(cell.created("fl", vpc.number())));
            x.put("resourceId", cell.vpc_id(*vpc));
            x.put("trafficType", "ALL");
            x.put("deliverLogsStatus", "SUCCESS");
            x.put("logDestinationType", "s3");
            x.put("logDestination", format!("arn:aws:s3:::tidewater-flow-logs-{}", cell.region_name()));
            x.put("logFormat", "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}");
            x.put("maxAggregationInterval", 600_u32);
            x.tag_set(&tags(&cell, *vpc, "fl", "flow-log"));
        }
    })
}
