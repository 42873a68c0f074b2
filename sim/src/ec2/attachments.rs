//! What joins VPCs to each other and to services: peerings, endpoints, transit
//! gateways.

use serde_json::{Value, json};

use super::{Outcome, list, tags};
use crate::call::Call;
use crate::cell::{Cell, FOREIGN_ACCOUNT, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::error::ApiError;
use crate::org::Class;
use crate::page::Limits;
use crate::xml::Xml;

/// The id of the peering with an account outside the organization.
pub fn foreign_peering_id(cell: &Cell) -> String {
    cell.id("pcx", 1)
}

/// One end of a peering.
struct End {
    account: String,
    vpc: String,
    cidr: String,
}

impl End {
    fn of(cell: &Cell) -> End {
        let vpc = Vpc::Regular(0);
        End { account: cell.owner(), vpc: cell.vpc_id(vpc), cidr: cell.vpc_cidr(vpc) }
    }
}

pub fn peerings(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    // (id, requester, accepter)
    let mut all = Vec::new();
    if let Some(peer) = cell.peer() {
        let (low, high) = if cell.account < peer.account { (cell, peer) } else { (peer, cell) };
        all.push((cell.peering_id(), End::of(&low), End::of(&high)));
    }
    if cell.has(Code::PeeringForeign) && cell.regular_vpcs() > 0 {
        let foreign = End {
            account: FOREIGN_ACCOUNT.to_owned(),
            vpc: cell.id("vpc", 1 << 61),
            cidr: "192.168.64.0/20".to_owned(),
        };
        all.push((foreign_peering_id(&cell), foreign, End::of(&cell)));
    }
    let limits = Limits::ec2(1000);
    let total = all.len() as u32;
    list(call, x, "vpcPeeringConnectionSet", total, limits, |x, n| {
        if let Some((id, requester, accepter)) = all.get(n as usize) {
            x.put("vpcPeeringConnectionId", id);
            end(&cell, "requesterVpcInfo", requester, x);
            end(&cell, "accepterVpcInfo", accepter, x);
            x.node("status", |x| {
                x.put("code", "active");
                x.put("message", "Active");
            });
            x.tag_set(&[]);
        }
    })
}

fn end(cell: &Cell, tag: &str, end: &End, x: &mut Xml) {
    x.node(tag, |x| {
        x.put("ownerId", &end.account);
        x.put("vpcId", &end.vpc);
        x.put("cidrBlock", &end.cidr);
        x.items("cidrBlockSet", "item", [&end.cidr], |x, cidr| {
            x.put("cidrBlock", cidr);
        });
        x.put("region", cell.region_name());
        x.node("peeringOptions", |x| {
            x.put("allowDnsResolutionFromRemoteVpc", false);
        });
    });
}

/// The endpoint of a VPC that lets everyone do everything.
pub fn open_endpoint(cell: &Cell) -> String {
    cell.endpoint_id(Vpc::Regular(0), 0)
}

fn endpoint_policy(cell: &Cell, open: bool) -> Value {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*"
    });
    if !open {
        statement["Condition"] = json!({
            "StringEquals": {"aws:PrincipalOrgID": cell.org.org_id()}
        });
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

pub fn endpoints(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = cell.regular_vpcs() * 2;
    let limits = Limits::ec2(1000);
    list(call, x, "vpcEndpointSet", total, limits, |x, n| {
        let vpc = Vpc::Regular(n / 2);
        let gateway = n % 2 == 0;
        let id = cell.endpoint_id(vpc, n % 2);
        let open = gateway && cell.has(Code::VpceOpenPolicy) && id == open_endpoint(&cell);
        let service = if gateway { "s3" } else { "ssm" };
        x.put("vpcEndpointId", &id);
        x.put("vpcEndpointType", if gateway { "Gateway" } else { "Interface" });
        x.put("vpcId", cell.vpc_id(vpc));
        x.put("serviceName", format!("com.amazonaws.{}.{service}", cell.region_name()));
        x.put("state", "available");
        x.put("policyDocument", endpoint_policy(&cell, open));
        let tables = if gateway { 2..6 } else { 0..0 };
        x.texts("routeTableIdSet", "item", tables.map(|n| cell.table_id(vpc, n)));
        let zones = if gateway { 0..0 } else { 0..ZONES };
        x.texts("subnetIdSet", "item", zones.clone().map(|n| cell.subnet_id(vpc, ZONES + n)));
        x.texts("networkInterfaceIdSet", "item", zones.map(|n| cell.interface_id(vpc, 2 * ZONES + n)));
        x.items("groupSet", "item", (!gateway).then_some(()), |x, ()| {
            x.put("groupId", cell.group_id(vpc, 4));
            x.put("groupName", "endpoints");
        });
        x.put("privateDnsEnabled", !gateway);
        x.put("requesterManaged", false);
        x.put("creationTimestamp", iso_millis(cell.created("vpce", u64::from(n))));
        x.put("ownerId", cell.owner());
        x.tag_set(&tags(&cell, vpc, "vpce", service));
    })
}

/// Whether the account offers a service through endpoints here.
fn offers_service(cell: &Cell) -> bool {
    cell.class() == Class::DataProd && cell.region == 0
}

fn endpoint_service_id(cell: &Cell) -> String {
    cell.id("vpce-svc", 0)
}

/// The service is for the accounts of its neighbour alone.
pub fn endpoint_service_permissions(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let service = call.need("ServiceId")?;
    if !offers_service(&cell) || service != endpoint_service_id(&cell) {
        let text = format!("The VpcEndpointService Id '{service}' does not exist");
        return Err(ApiError::new(400, "InvalidVpcEndpointServiceId.NotFound", text));
    }
    let allowed = cell.peer();
    list(call, x, "allowedPrincipals", u32::from(allowed.is_some()), Limits::ec2(1000), |x, _| {
        if let Some(peer) = allowed {
            x.put("principalType", "Account");
            x.put("principal", format!("arn:aws:iam::{}:root", peer.owner()));
            x.put("servicePermissionId", cell.id("vpce-svc-perm", 0));
            x.tag_set(&[]);
            x.put("serviceId", service);
        }
    })
}

pub fn endpoint_services(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let offered = offers_service(&cell);
    let limits = Limits::ec2(1000);
    let set = "serviceConfigurationSet";
    list(call, x, set, u32::from(offered), limits, |x, _| {
        let id = endpoint_service_id(&cell);
        let name = format!("com.amazonaws.vpce.{}.{id}", cell.region_name());
        x.items("serviceType", "item", [()], |x, ()| x.put("serviceType", "Interface"));
        x.put("serviceId", &id);
        x.put("serviceName", name);
        x.put("serviceState", "Available");
        x.texts("availabilityZoneSet", "item", (0..ZONES).map(|n| cell.zone(n)));
        x.put("acceptanceRequired", true);
        x.put("managesVpcEndpoints", false);
        let balancer = cell.arn("elasticloadbalancing", "loadbalancer/net/data-api/50dc6c495c0c9188");
        x.texts("networkLoadBalancerArnSet", "item", [balancer]);
        x.tag_set(&[("Name", "data-api".to_owned())]);
    })
}

/// Whether the cell has the transit gateway of its region.
fn has_transit(cell: &Cell) -> bool {
    cell.class() == Class::Security && cell.regular_vpcs() > 0
}

pub fn transit_gateways(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = u32::from(has_transit(&cell));
    let limits = Limits::ec2(1000);
    list(call, x, "transitGatewaySet", total, limits, |x, _| {
        let id = cell.id("tgw", 0);
        x.put("transitGatewayId", &id);
        x.put("transitGatewayArn", cell.arn("ec2", &format!("transit-gateway/{id}")));
        x.put("state", "available");
        x.put("ownerId", cell.owner());
        x.put("description", "inspection");
        x.put("creationTime", iso_millis(cell.created("tgw", 0)));
        x.node("options", |x| {
            x.put("amazonSideAsn", 64_512_u32);
            x.put("autoAcceptSharedAttachments", "disable");
            x.put("defaultRouteTableAssociation", "enable");
            x.put("associationDefaultRouteTableId", cell.id("tgw-rtb", 0));
            x.put("defaultRouteTablePropagation", "enable");
            x.put("propagationDefaultRouteTableId", cell.id("tgw-rtb", 0));
            x.put("vpnEcmpSupport", "enable");
            x.put("dnsSupport", "enable");
        });
        x.tag_set(&[("Name", "inspection".to_owned())]);
    })
}

pub fn transit_attachments(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = u32::from(has_transit(&cell));
    let limits = Limits::ec2(1000);
    list(call, x, "transitGatewayAttachments", total, limits, |x, _| {
        x.put("transitGatewayAttachmentId", cell.id("tgw-attach", 0));
        x.put("transitGatewayId", cell.id("tgw", 0));
        x.put("transitGatewayOwnerId", cell.owner());
        x.put("resourceOwnerId", cell.owner());
        x.put("resourceType", "vpc");
        x.put("resourceId", cell.vpc_id(Vpc::Regular(0)));
        x.put("state", "available");
        x.node("association", |x| {
            x.put("transitGatewayRouteTableId", cell.id("tgw-rtb", 0));
            x.put("state", "associated");
        });
        x.put("creationTime", iso_millis(cell.created("tgw-attach", 0)));
        x.tag_set(&[]);
    })
}

/// The same attachments as [`transit_attachments`], with the subnets they are in.
pub fn transit_vpc_attachments(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let vpc = Vpc::Regular(0);
    let total = u32::from(has_transit(&cell));
    list(call, x, "transitGatewayVpcAttachments", total, Limits::ec2(1000), |x, _| {
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
