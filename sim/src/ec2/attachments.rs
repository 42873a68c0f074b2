//! What joins VPCs to each other and to services: peerings and endpoints.

use serde_json::{Value, json};

use super::{Outcome, list, tags};
use crate::balancers::{Balancer, has_data_api};
use crate::call::Call;
use crate::cell::{Cell, FOREIGN_ACCOUNT, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::error::ApiError;
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

fn endpoint_service_id(cell: &Cell) -> String {
    cell.id("vpce-svc", 0)
}

/// The service is for the accounts of its neighbour alone.
pub fn endpoint_service_permissions(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let service = call.need("ServiceId")?;
    if !has_data_api(&cell) || service != endpoint_service_id(&cell) {
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
    let offered = has_data_api(&cell);
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
        x.texts("networkLoadBalancerArnSet", "item", [Balancer::DataApi.arn(&cell)]);
        x.tag_set(&[("Name", "data-api".to_owned())]);
    })
}
