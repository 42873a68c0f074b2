//! Attributes that are not AWS's fields as they stand: rules, routes, documents, and relations.

use serde_json::{Value, json};

use crate::arn::Region;
use crate::resource::Resource;
use crate::resource::balancing::{BalancerAttribute, LoadBalancer, TargetGroup};
use crate::resource::detective::{Detector, Hub, Trail};
use crate::resource::ec2::{
    IpPermission, NetworkAcl, NetworkInterface, RouteTable, SecurityGroup, Subnet, TransitGatewayRouteTable, Vpc,
    VpcPeeringConnection,
};
use crate::resource::lambda::Function;
use crate::resource::organizations::OrganizationPolicy;
use crate::resource::s3::Bucket;

use super::{AttributeKind, Writer, fields, iam};
use crate::drift::{filters, routes};

pub(super) fn write(out: &mut Writer<'_, '_>, resource: &Resource) {
    match resource {
        Resource::SecurityGroup(one) => security_group(out, one),
        Resource::NetworkAcl(one) => network_acl(out, one),
        Resource::RouteTable(one) => route_table(out, one),
        Resource::Vpc(one) => {
            fields::write(out, resource, &[]);
            vpc(out, one);
        }
        Resource::Subnet(one) => {
            fields::write(out, resource, &[]);
            subnet(out, one);
        }
        Resource::NetworkInterface(one) => interface(out, one),
        Resource::InternetGateway(one) => out.references("attached_vpcs", one.attached_vpcs()),
        Resource::EgressOnlyInternetGateway(one) => {
            out.references("attached_vpcs", one.attachments.iter().filter_map(|one| one.vpc_id.as_deref()));
        }
        Resource::VpnGateway(one) => {
            let attached = one.vpc_attachments.iter().filter(|one| one.state.as_deref() == Some("attached"));
            out.references("attached_vpcs", attached.filter_map(|one| one.vpc_id.as_deref()));
            out.scalar("amazon_side_asn", one.amazon_side_asn);
        }
        Resource::NatGateway(one) => {
            let addresses = one.nat_gateway_addresses.iter().filter_map(|one| one.public_ip.as_deref());
            out.set("addresses", addresses.map(|address| json!(address)).collect());
            out.scalar("connectivity_type", one.connectivity_type.as_deref());
        }
        Resource::Address(one) => {
            out.reference("network_interface", one.network_interface_id.as_deref());
            out.scalar("address", one.public_ip.as_deref());
        }
        Resource::VpcPeeringConnection(one) => peering(out, one),
        Resource::FlowLog(one) => {
            out.scalar("is_running", Some(one.is_running()));
            fields::write(out, resource, &FLOW_LOG_KEY);
        }
        Resource::PrefixList(one) => {
            let entries = one.entries.iter().flatten().filter_map(|entry| entry.cidr.as_deref());
            let set = crate::net::IpSet::from_blocks(entries).map(|set| set.blocks()).unwrap_or_default();
            out.put("addresses", AttributeKind::Packets, json!(set));
            out.scalar("max_entries", one.max_entries);
            out.scalar("address_family", one.address_family.as_deref());
        }
        Resource::VpcEndpoint(one) => {
            fields::write(out, resource, &["PolicyDocument", "Groups"]);
            iam::document(out, "policy", one.policy_document.as_ref());
            out.references("security_groups", one.groups.iter().filter_map(|group| group.group_id.as_deref()));
        }
        Resource::VpcEndpointService(one) => {
            fields::write(out, resource, &["AllowedPrincipals"]);
            let allowed = one.allowed_principals.iter().flatten().filter_map(|one| one.principal.as_deref());
            out.set("allowed_principals", allowed.map(|one| json!(one)).collect());
        }
        Resource::TransitGatewayRouteTable(one) => transit_table(out, one, resource),
        Resource::Instance(one) => {
            fields::write(out, resource, &["IamInstanceProfile"]);
            let profile = one.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_deref());
            out.scalar("instance_profile", profile);
        }
        Resource::LoadBalancer(one) => balancer(out, one, resource),
        Resource::TargetGroup(one) => targets(out, one, resource),
        Resource::User(one) => {
            iam::inline(out, &one.user_policy_list);
            iam::attached(out, &one.attached_managed_policies);
            out.set("groups", one.group_list.iter().map(|name| json!(name)).collect());
            let boundary = one.permissions_boundary.as_ref().map(|one| one.permissions_boundary_arn.as_str());
            out.scalar("permissions_boundary", boundary);
        }
        Resource::Group(one) => {
            iam::inline(out, &one.group_policy_list);
            iam::attached(out, &one.attached_managed_policies);
        }
        Resource::Role(one) => {
            iam::document(out, "trust_policy", Some(&one.assume_role_policy_document));
            iam::inline(out, &one.role_policy_list);
            iam::attached(out, &one.attached_managed_policies);
            let boundary = one.permissions_boundary.as_ref().map(|one| one.permissions_boundary_arn.as_str());
            out.scalar("permissions_boundary", boundary);
        }
        Resource::ManagedPolicy(one) => {
            iam::document(out, "document", one.default_version().map(|version| &version.document));
            iam::other_versions(out, one);
            out.scalar("description", one.description.as_deref());
        }
        Resource::AwsManagedPolicy(one) => iam::document(out, "document", one.document.as_ref()),
        Resource::CredentialReport(one) => iam::report(out, one),
        Resource::OrganizationPolicy(one) => organization_policy(out, one),
        Resource::Function(one) => function(out, one, resource),
        Resource::Bucket(one) => bucket(out, one, resource),
        Resource::Trail(one) => trail(out, one, resource),
        Resource::Detector(one) => detector(out, one, resource),
        Resource::Hub(one) => hub(out, one, resource),
        other => fields::write(out, other, &[]),
    }
}

/// What a flow log's key says already, and how its deliveries go.
const FLOW_LOG_KEY: [&str; 8] = [
    "FlowLogId",
    "ResourceId",
    "TrafficType",
    "LogDestination",
    "LogGroupName",
    "DeliverLogsErrorMessage",
    "DeliverLogsStatus",
    "FlowLogStatus",
];

fn security_group(out: &mut Writer<'_, '_>, group: &SecurityGroup) {
    let region = out.scope.region.clone();
    rules(out, &region, "ingress", "from", &group.ip_permissions);
    rules(out, &region, "egress", "to", &group.ip_permissions_egress);
    out.scalar("description", group.description.as_deref());
    let permissions = group.ip_permissions.iter().chain(&group.ip_permissions_egress);
    let said = permissions.flat_map(|one| {
        let blocks = one.ip_ranges.iter().map(|one| &one.description);
        let blocks = blocks.chain(one.ipv6_ranges.iter().map(|one| &one.description));
        let others = one.user_id_group_pairs.iter().map(|one| &one.description);
        blocks.chain(others).chain(one.prefix_list_ids.iter().map(|one| &one.description)).flatten()
    });
    out.set("rule_descriptions", said.map(|text| json!(text)).collect());
}

fn rules(out: &mut Writer<'_, '_>, region: &Region, path: &str, toward: &str, permissions: &[IpPermission]) {
    let value = match filters::of_group(out.side, region, permissions) {
        Ok(admits) => json!(admits.rules(toward)),
        // What cannot be understood is compared as it stands.
        Err(_) => fields::sorted(permissions.iter().map(|one| json!(one)).collect()),
    };
    out.put(path, AttributeKind::Packets, value);
}

fn network_acl(out: &mut Writer<'_, '_>, acl: &NetworkAcl) {
    for (path, offered, egress, toward) in
        [("ingress", "offered_ingress", false, "from"), ("egress", "offered_egress", true, "to")]
    {
        match filters::of_acl(acl, egress) {
            Ok((allowed, all)) => {
                out.put(path, AttributeKind::Packets, json!(filters::rules(&allowed, toward)));
                // What some entry allows and an earlier one denies.
                let hidden = all.difference(&allowed);
                out.put(offered, AttributeKind::Packets, json!(filters::rules(&hidden, toward)));
            }
            Err(_) => {
                let entries = acl.entries.iter().filter(|entry| entry.egress.unwrap_or(false) == egress);
                out.put(path, AttributeKind::Packets, fields::sorted(entries.map(|one| json!(one)).collect()));
            }
        }
    }
}

fn route_table(out: &mut Writer<'_, '_>, table: &RouteTable) {
    let routes = routes::all_in_words(out.side, &out.scope.region, table);
    out.set("routes", routes.into_iter().map(Value::String).collect());
    let gateways = table.associations.iter().filter(|one| one.is_in_force());
    out.references("gateways", gateways.filter_map(|one| one.gateway_id.as_deref()));
    out.references("propagating_vgws", table.propagating_vgws.iter().filter_map(|one| one.gateway_id.as_deref()));
}

fn vpc(out: &mut Writer<'_, '_>, vpc: &Vpc) {
    let associated = |state: Option<&str>| state.is_none_or(|state| state == "associated");
    let v4 = vpc
        .cidr_block_association_set
        .iter()
        .filter(|one| associated(one.cidr_block_state.as_ref().and_then(|state| state.state.as_deref())));
    let v4 = v4.filter_map(|one| one.cidr_block.as_deref()).chain(vpc.cidr_block.as_deref());
    let v6 = vpc
        .ipv6_cidr_block_association_set
        .iter()
        .filter(|one| associated(one.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_deref())));
    let blocks = v4.chain(v6.filter_map(|one| one.ipv6_cidr_block.as_deref()));
    out.set("cidr_blocks", blocks.map(|block| json!(routes::canonical_block(block))).collect());
    let main = out.side.table_of(&out.scope.region, &vpc.vpc_id).map(str::to_owned);
    out.reference("main_route_table", main.as_deref());
}

fn subnet(out: &mut Writer<'_, '_>, subnet: &Subnet) {
    let v6 = subnet.ipv6_cidr_block_association_set.iter().filter(|one| {
        let state = one.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_deref());
        state.is_none_or(|state| state == "associated")
    });
    let blocks = subnet.cidr_block.as_deref().into_iter().chain(v6.filter_map(|one| one.ipv6_cidr_block.as_deref()));
    out.set("cidr_blocks", blocks.map(|block| json!(routes::canonical_block(block))).collect());
    let region = out.scope.region.clone();
    // One without its own has its VPC's main table, whichever that is.
    let own = out.side.table_of(&region, &subnet.subnet_id).map(str::to_owned);
    match own {
        Some(own) => out.reference("route_table", Some(&own)),
        None => out.put("route_table", AttributeKind::Reference, json!("main")),
    }
    let acl = out.side.acl_of(&region, &subnet.subnet_id).map(str::to_owned);
    out.reference("network_acl", acl.as_deref());
}

fn interface(out: &mut Writer<'_, '_>, one: &NetworkInterface) {
    out.references("security_groups", one.groups.iter().filter_map(|group| group.group_id.as_deref()));
    out.scalar("source_dest_check", one.source_dest_check);
    out.scalar("deny_all_igw_traffic", one.deny_all_igw_traffic.filter(|denies| *denies));
    out.set("public_addresses", one.public_addresses().map(|address| json!(address)).collect());
    let v6 = one.ipv6_addresses.iter().filter_map(|one| one.ipv6_address.as_deref());
    out.set("ipv6_addresses", v6.map(|address| json!(address)).collect());
    out.reference("attached_to", one.attachment.as_ref().and_then(|one| one.instance_id.as_deref()));
    out.scalar("description", one.description.as_deref().map(|text| out.label(text)));
}

fn peering(out: &mut Writer<'_, '_>, one: &VpcPeeringConnection) {
    out.scalar("status", one.status.as_ref().and_then(|status| status.code.as_deref()));
    let sides = [("requester", &one.requester_vpc_info), ("accepter", &one.accepter_vpc_info)];
    let resolves = sides.iter().filter(|(_, side)| {
        let options = side.as_ref().and_then(|side| side.peering_options.as_ref());
        options.and_then(|options| options.allow_dns_resolution_from_remote_vpc) == Some(true)
    });
    out.set("dns_resolution", resolves.map(|(name, _)| json!(name)).collect());
}

fn transit_table(out: &mut Writer<'_, '_>, table: &TransitGatewayRouteTable, resource: &Resource) {
    fields::write(out, resource, &["Associations", "Propagations", "Routes"]);
    let attachments = table.associations.iter().flatten().map(|one| &one.transit_gateway_attachment_id);
    let attachments: Vec<&str> = attachments.filter_map(|id| id.as_deref()).collect();
    out.references("associations", attachments.into_iter());
    let attachments = table.propagations.iter().flatten().map(|one| &one.transit_gateway_attachment_id);
    let attachments: Vec<&str> = attachments.filter_map(|id| id.as_deref()).collect();
    out.references("propagations", attachments.into_iter());
    let routes = table.routes.iter().flatten().map(|route| {
        let to = route.destination_cidr_block.as_deref().map(routes::canonical_block);
        let to = to.or_else(|| route.prefix_list_id.as_deref().map(|id| out.label(id)));
        let by: std::collections::BTreeSet<String> = route
            .transit_gateway_attachments
            .iter()
            .filter_map(|one| one.transit_gateway_attachment_id.as_deref())
            .map(|id| out.label(id))
            .collect();
        let by = by.into_iter().collect::<Vec<_>>().join("+");
        let propagated = if route.r#type.as_deref() == Some("propagated") { " propagated" } else { "" };
        let lost = if route.state.as_deref() == Some("blackhole") { " blackhole" } else { "" };
        json!(format!("{} via {by}{propagated}{lost}", to.unwrap_or_else(|| "-".to_owned())))
    });
    let routes = routes.collect();
    out.set("routes", routes);
}

fn settings(out: &mut Writer<'_, '_>, attributes: Option<&[BalancerAttribute]>) {
    for one in attributes.into_iter().flatten() {
        if let (Some(key), Some(value)) = (&one.key, &one.value) {
            let value = out.label(value);
            out.scalar(format!("attributes.{key}"), Some(value));
        }
    }
}

fn balancer(out: &mut Writer<'_, '_>, one: &LoadBalancer, resource: &Resource) {
    fields::write(out, resource, &["Attributes", "SecurityGroups"]);
    settings(out, one.attributes.as_deref());
    out.references("security_groups", one.security_groups.iter().map(String::as_str));
}

fn targets(out: &mut Writer<'_, '_>, one: &TargetGroup, resource: &Resource) {
    fields::write(out, resource, &["Attributes", "TargetHealthDescriptions"]);
    settings(out, one.attributes.as_deref());
    let registered = one.target_health_descriptions.iter().flatten().filter(|one| {
        let state = one.target_health.as_ref().and_then(|health| health.state.as_deref());
        state != Some("draining")
    });
    let registered = registered.filter_map(|one| one.target.as_ref()).map(|target| {
        let port = target.port.map(|port| format!(":{port}")).unwrap_or_default();
        json!(format!("{}{port}", out.label(target.id.as_deref().unwrap_or("-"))))
    });
    let registered = registered.collect();
    out.set("targets", registered);
}

fn function(out: &mut Writer<'_, '_>, one: &Function, resource: &Resource) {
    fields::write(out, resource, &["FunctionPolicy", "FunctionUrlConfigs"]);
    iam::document(out, "policy", one.function_policy.as_ref().and_then(|policy| policy.policy.as_ref()));
    let urls = one.function_url_configs.iter().flatten().map(|url| json!(url));
    // The address itself is made up.
    let unnamed = urls.filter_map(|mut url| {
        url.as_object_mut()?.remove("FunctionUrl");
        fields::canonical(out, "FunctionUrlConfigs", url)
    });
    let urls = unnamed.collect();
    out.set("urls", urls);
}

/// What AWS tells of a bucket with calls of their own, each under a name of its own.
fn bucket(out: &mut Writer<'_, '_>, one: &Bucket, resource: &Resource) {
    fields::write(out, resource, &["BucketPolicy", "Acl", "OwnershipControls", "Versioning", "Logging"]);
    iam::document(out, "policy", one.bucket_policy.as_ref().and_then(|policy| policy.policy.as_ref()));
    let grants = one.acl.iter().flat_map(|acl| &acl.grants).map(|grant| {
        let to = grant.grantee.as_ref().and_then(|to| to.uri.as_deref().or(to.id.as_deref())).unwrap_or("-");
        json!(format!("{} to {to}", grant.permission.as_deref().unwrap_or("-")))
    });
    out.set("acl_grants", grants.collect());
    let ownership = one.ownership_controls.as_ref();
    out.scalar("object_ownership", ownership.map(|own| own.object_ownership.as_deref().unwrap_or("ObjectWriter")));
    out.scalar("versioning", one.versioning.as_ref().and_then(|versions| versions.status.as_deref()));
    out.scalar("mfa_delete", one.versioning.as_ref().and_then(|versions| versions.mfa_delete.as_deref()));
    let to = one.logging.as_ref().and_then(|logging| logging.logging_enabled.as_ref());
    out.scalar("logging_target", to.and_then(|to| to.target_bucket.as_deref()));
    out.scalar("logging_prefix", to.and_then(|to| to.target_prefix.as_deref()));
}

fn organization_policy(out: &mut Writer<'_, '_>, one: &OrganizationPolicy) {
    if let Some(content) = one.content.as_ref().filter(|_| !one.has_statements()) {
        let settings = serde_json::from_str(content).map_or_else(|_| content.clone(), |value: Value| value.to_string());
        out.scalar("settings", Some(settings));
    } else if let Some(content) = &one.content {
        match content.parse() {
            Ok(document) => {
                let value = iam::of_document(out, &document);
                out.put("document", AttributeKind::Document, value);
            }
            Err(_) => out.put("document", AttributeKind::Document, json!([{ "unreadable": content }])),
        }
    }
    out.references("targets", one.targets.iter().flatten().map(|target| target.target_id.as_str()));
    out.scalar("description", one.description.as_deref());
}

fn trail(out: &mut Writer<'_, '_>, one: &Trail, resource: &Resource) {
    fields::write(out, resource, &["EventSelectors"]);
    let Some(selectors) = &one.event_selectors else { return };
    let of = |value: Value| fields::canonical(out, "EventSelectors", value);
    // What a selector is called does not select.
    let unnamed = |mut value: Value| {
        if let Some(fields) = value.as_object_mut() {
            fields.remove("Name");
        }
        value
    };
    let basic = selectors.event_selectors.iter().map(|one| json!(one));
    let advanced = selectors.advanced_event_selectors.iter().map(|one| unnamed(json!(one)));
    let all: Vec<Value> = basic.chain(advanced).filter_map(of).collect();
    out.set("event_selectors", all);
}

fn detector(out: &mut Writer<'_, '_>, one: &Detector, resource: &Resource) {
    fields::write(out, resource, &["Features"]);
    let mut enabled = Vec::new();
    for feature in one.features.iter().filter(|feature| feature.status.as_deref() == Some("ENABLED")) {
        enabled.push(json!(feature.name));
        let more = feature.additional_configuration.iter().filter(|one| one.status.as_deref() == Some("ENABLED"));
        enabled.extend(more.map(|one| json!(format!("{}/{}", feature.name, one.name))));
    }
    out.set("enabled_features", enabled);
}

fn hub(out: &mut Writer<'_, '_>, one: &Hub, resource: &Resource) {
    fields::write(out, resource, &["StandardsSubscriptions"]);
    let on = one.standards_subscriptions.iter().filter(|one| one.standards_status.as_deref() != Some("DELETING"));
    out.set("standards", on.map(|one| json!(one.standards_arn)).collect());
}
