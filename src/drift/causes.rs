//! What follows from what: the parts of a VPC that is gone, the rules that named a group that is gone. Such an item
//! names the item that it follows from, so that a cascade is told once, at its cause.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::resource::{Resource, ResourceType};

use super::compare::{Both, Found};
use super::item::{Class, Item};
use super::key::kind;

/// By region and label, the item of a resource that appeared or disappeared.
type Wholes = BTreeMap<(String, String), String>;

/// Gives every item that follows from another its cause.
pub(super) fn name(both: &Both<'_, '_>, found: &mut [Found<'_, '_>]) {
    let (mut added, mut removed) = (Wholes::new(), Wholes::new());
    for one in found.iter() {
        let into = match one.item.class {
            Class::Added => &mut added,
            Class::Removed => &mut removed,
            _ => continue,
        };
        let resource = one.pair.new.or(one.pair.old);
        for label in labels(&one.item, resource) {
            into.insert((one.item.region.clone(), label), one.item.id.clone());
        }
    }
    let moved = moved_addresses(found);
    let recreated = recreated(found);
    for one in found.iter_mut().filter(|one| one.item.cause.is_none()) {
        let cause = match one.item.class {
            Class::Added => parents(both, one, &added),
            Class::Removed => parents(both, one, &removed),
            _ => named(&one.item, &added, &removed)
                .or_else(|| address(&one.item, &moved))
                .or_else(|| orphaned(&one.item, &recreated)),
        };
        one.item.cause = cause.filter(|cause| *cause != one.item.id);
    }
}

/// What attributes call a resource by.
fn labels(item: &Item, resource: Option<&Resource>) -> Vec<String> {
    let mut all = vec![format!("{}:{}", kind(item.resource_type), item.key)];
    match resource {
        Some(Resource::ManagedPolicy(policy)) => all.push(policy.arn.to_string()),
        Some(Resource::Group(group)) => all.push(format!("groups/{}", group.group_name)),
        Some(Resource::Role(role)) => all.extend([role.arn.to_string(), format!("roles/{}", role.role_name)]),
        Some(Resource::User(user)) => all.extend([user.arn.to_string(), format!("users/{}", user.user_name)]),
        Some(Resource::InstanceProfile(profile)) => all.push(profile.arn.to_string()),
        _ => {}
    }
    all
}

/// The item of what a resource is a part of.
fn parents(both: &Both<'_, '_>, one: &Found<'_, '_>, wholes: &Wholes) -> Option<String> {
    let side = if one.item.class == Class::Added { both.new } else { both.old };
    let region = &one.pair.scope.region;
    let find = |label: &str| wholes.get(&(region.to_string(), label.to_owned())).cloned();
    let by_id = |id: Option<&str>| find(side.names.label(region, id?)?);
    let of = |ids: [Option<&String>; 2]| ids.into_iter().find_map(|id| by_id(id.map(String::as_str)));
    match one.pair.new.or(one.pair.old)? {
        Resource::Subnet(part) => of([part.vpc_id.as_ref(), None]),
        Resource::SecurityGroup(part) => of([part.vpc_id.as_ref(), None]),
        Resource::NetworkAcl(part) => of([part.vpc_id.as_ref(), None]),
        Resource::RouteTable(part) => of([part.vpc_id.as_ref(), None]),
        Resource::CarrierGateway(part) => of([part.vpc_id.as_ref(), None]),
        Resource::VpcEndpoint(part) => of([part.vpc_id.as_ref(), None]),
        Resource::InternetGateway(part) => part.attached_vpcs().find_map(|vpc| by_id(Some(vpc))),
        Resource::EgressOnlyInternetGateway(part) => {
            part.attachments.iter().find_map(|one| by_id(one.vpc_id.as_deref()))
        }
        Resource::VpnGateway(part) => part.vpc_attachments.iter().find_map(|one| by_id(one.vpc_id.as_deref())),
        Resource::NatGateway(part) => of([part.subnet_id.as_ref(), part.vpc_id.as_ref()]),
        Resource::Instance(part) => of([part.subnet_id.as_ref(), part.vpc_id.as_ref()]),
        Resource::Volume(part) => part.attachments.iter().find_map(|one| by_id(one.instance_id.as_deref())),
        Resource::ClientVpnEndpoint(part) => of([part.vpc_id.as_ref(), None]),
        Resource::NetworkInterface(part) => {
            let instance = part.attachment.as_ref().and_then(|one| one.instance_id.as_deref());
            by_id(instance).or_else(|| of([part.subnet_id.as_ref(), part.vpc_id.as_ref()]))
        }
        Resource::Address(part) => of([part.network_interface_id.as_ref(), part.instance_id.as_ref()]),
        Resource::LoadBalancer(part) => of([part.vpc_id.as_ref(), None]),
        Resource::TargetGroup(part) => of([part.vpc_id.as_ref(), None]),
        Resource::ClassicLoadBalancer(part) => of([part.vpc_id.as_ref(), None]),
        Resource::FlowLog(part) => of([part.resource_id.as_ref(), None]),
        Resource::VpcPeeringConnection(part) => {
            let ends = [&part.requester_vpc_info, &part.accepter_vpc_info];
            ends.into_iter().flatten().find_map(|end| by_id(end.vpc_id.as_deref()))
        }
        Resource::TransitGatewayAttachment(part) => of([part.resource_id.as_ref(), part.transit_gateway_id.as_ref()]),
        Resource::TransitGatewayRouteTable(part) => of([part.transit_gateway_id.as_ref(), None]),
        Resource::VpnConnection(part) => [&part.vpn_gateway_id, &part.transit_gateway_id, &part.customer_gateway_id]
            .into_iter()
            .find_map(|id| by_id(id.as_deref())),
        Resource::VpcBlockPublicAccessExclusion(part) => by_id(part.resource_arn.as_deref()?.rsplit('/').next()),
        // By the user's name alone: a key does not say its path.
        Resource::AccessKey(part) => find(&format!("users/{}", part.user_name)),
        Resource::VirtualMfaDevice(part) => find(part.user_arn.as_ref()?.as_str()),
        Resource::InstanceProfile(part) => part.roles.iter().find_map(|role| find(&format!("roles/{role}"))),
        Resource::OrganizationalUnit(part) => by_id(Some(&part.parent_id)),
        _ => None,
    }
}

/// The item of a resource that everything in a difference names.
fn named(item: &Item, added: &Wholes, removed: &Wholes) -> Option<String> {
    let values: Vec<&Value> = [&item.before, &item.after].into_iter().flatten().collect();
    let mut parts = Vec::new();
    for value in values {
        match value {
            Value::Array(all) => parts.extend(all),
            one => parts.push(one),
        }
    }
    let mut cause = None;
    for part in parts {
        let text = part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        let found = words(&text).into_iter().find_map(|word| {
            let word = match (item.resource_type, item.path.as_str()) {
                (ResourceType::User, "groups") => format!("groups/{word}"),
                (ResourceType::InstanceProfile, "roles") => format!("roles/{word}"),
                _ => word,
            };
            let at = (item.region.clone(), word);
            removed.get(&at).or_else(|| added.get(&at)).cloned()
        })?;
        cause.get_or_insert(found);
    }
    cause
}

/// The labels and names in a text.
fn words(text: &str) -> Vec<String> {
    // A key may have a blank in it, so that what follows a word like `via` is tried as a whole too.
    let mut all: Vec<String> = vec![text.to_owned()];
    all.extend(
        [" from ", " to ", " via "]
            .iter()
            .filter_map(|mark| text.split_once(mark))
            .map(|(_, rest)| rest.trim_end_matches(" blackhole").trim_end_matches(" propagated").to_owned()),
    );
    all.extend(text.split([' ', '"', ',']).map(str::to_owned));
    all
}

/// By region and interface's label, the item of an address that came or went.
fn moved_addresses(found: &[Found<'_, '_>]) -> Wholes {
    let mut out = Wholes::new();
    for one in found.iter().filter(|one| one.item.resource_type == ResourceType::Address) {
        for value in [&one.item.before, &one.item.after].into_iter().flatten() {
            let label = value.as_str().or_else(|| value.get("network_interface").and_then(Value::as_str));
            if let Some(label) = label.filter(|label| label.starts_with("eni:")) {
                out.insert((one.item.region.clone(), label.to_owned()), one.item.id.clone());
            }
        }
    }
    out
}

fn address(item: &Item, moved: &Wholes) -> Option<String> {
    let is_of_address = item.resource_type == ResourceType::NetworkInterface && item.path == "public_addresses";
    let label = format!("eni:{}", item.key);
    moved.get(&(item.region.clone(), label)).filter(|_| is_of_address).cloned()
}

/// By the unique id of what was there before, the item of what stands in its place.
fn recreated(found: &[Found<'_, '_>]) -> BTreeMap<String, String> {
    let all = found.iter().filter(|one| one.item.class == Class::Recreated);
    all.filter_map(|one| Some((one.item.before.as_ref()?.as_str()?.to_owned(), one.item.id.clone()))).collect()
}

/// A document that names the unique id of a principal that was made anew: it does so because that one is gone.
fn orphaned(item: &Item, recreated: &BTreeMap<String, String>) -> Option<String> {
    let text = item.after.as_ref()?.to_string();
    recreated
        .iter()
        .find(|(unique, _)| item.path != "unique_id" && text.contains(unique.as_str()))
        .map(|(_, id)| id.clone())
}
