//! What each resource is called whatever its id is.

use std::collections::BTreeSet;

use crate::arn::{Region, Scope};
use crate::resource::ec2::{
    NetworkAcl, NetworkInterface, RouteTable, VpcPeeringConnection, VpcPeeringConnectionVpcInfo,
};
use crate::resource::{Resource, ResourceType, name_tag};

use super::Names;

/// Every type, after all whose keys its own key holds.
pub(super) const ORDER: &[ResourceType] = {
    use ResourceType as T;
    &[
        T::Vpc,
        T::Subnet,
        T::SecurityGroup,
        T::NetworkAcl,
        T::RouteTable,
        T::DhcpOptions,
        T::PrefixList,
        T::InternetGateway,
        T::EgressOnlyInternetGateway,
        T::CarrierGateway,
        T::VpcPeeringConnection,
        T::Instance,
        T::LoadBalancer,
        T::ClassicLoadBalancer,
        T::TargetGroup,
        T::VpcEndpointService,
        T::VpcEndpoint,
        T::NatGateway,
        T::NetworkInterface,
        T::Address,
        T::CustomerGateway,
        T::VpnGateway,
        T::TransitGateway,
        T::VpnConnection,
        T::TransitGatewayAttachment,
        T::TransitGatewayRouteTable,
        T::FlowLog,
        T::Image,
        T::Volume,
        T::Snapshot,
        T::LaunchTemplate,
        T::ClientVpnEndpoint,
        T::VpcBlockPublicAccessOptions,
        T::VpcBlockPublicAccessExclusion,
        T::AccountSettings,
        T::Accelerator,
        T::Firewall,
        T::WebAcl,
        T::Alarm,
        T::Connection,
        T::VirtualInterface,
        T::HostedZone,
        T::User,
        T::Group,
        T::Role,
        T::ManagedPolicy,
        T::AwsManagedPolicy,
        T::InstanceProfile,
        T::AccessKey,
        T::CredentialReport,
        T::AccountSummary,
        T::AccountPasswordPolicy,
        T::AccountAlias,
        T::VirtualMfaDevice,
        T::ServerCertificate,
        T::SamlProvider,
        T::OidcProvider,
        T::OrganizationsFeatures,
        T::Organization,
        T::OrganizationRoot,
        T::OrganizationalUnit,
        T::OrganizationAccount,
        T::OrganizationPolicy,
        T::DelegatedAdministrator,
        T::ContactInformation,
        T::AlternateContact,
        T::Function,
        T::Layer,
        T::Document,
        T::ManagedInstance,
        T::DbInstance,
        T::DbSnapshot,
        T::DbClusterSnapshot,
        T::Bucket,
        T::AccessPoint,
        T::MultiRegionAccessPoint,
        T::AccountPublicAccessBlock,
        T::ConfigurationRecorder,
        T::DeliveryChannel,
        T::ConfigurationAggregator,
        T::ComplianceSummary,
        T::Trail,
        T::Detector,
        T::Hub,
        T::Analyzer,
        T::InspectorStatus,
        T::MacieSession,
        T::BehaviorGraph,
    ]
};

/// The word before a label's colon.
pub(super) fn kind(of: ResourceType) -> &'static str {
    use ResourceType as T;
    match of {
        T::Vpc => "vpc",
        T::Subnet => "subnet",
        T::SecurityGroup => "sg",
        T::NetworkAcl => "acl",
        T::RouteTable => "rtb",
        T::DhcpOptions => "dhcp",
        T::PrefixList => "pl",
        T::InternetGateway => "igw",
        T::EgressOnlyInternetGateway => "eigw",
        T::CarrierGateway => "cagw",
        T::VpcPeeringConnection => "peering",
        T::Instance => "instance",
        T::Image => "image",
        T::Volume => "volume",
        T::Snapshot => "snapshot",
        T::LaunchTemplate => "template",
        T::ClientVpnEndpoint => "client-vpn",
        T::LoadBalancer => "balancer",
        T::TargetGroup => "targets",
        T::Firewall => "firewall",
        T::WebAcl => "web-acl",
        T::Alarm => "alarm",
        T::Connection => "dx",
        T::VirtualInterface => "vif",
        T::HostedZone => "zone",
        T::VpcEndpoint => "endpoint",
        T::NatGateway => "nat",
        T::NetworkInterface => "eni",
        T::Address => "eip",
        T::CustomerGateway => "cgw",
        T::VpnGateway => "vgw",
        T::VpnConnection => "vpn",
        T::TransitGateway => "tgw",
        T::TransitGatewayAttachment => "attachment",
        T::TransitGatewayRouteTable => "tgw-rtb",
        T::Role => "role",
        T::User => "user",
        T::OrganizationalUnit => "ou",
        T::OrganizationPolicy => "policy",
        // `AWS::EC2::VPCEndpointService` is `VPCEndpointService`.
        other => match other.name().rsplit("::").next() {
            Some(name) => name,
            None => other.name(),
        },
    }
}

/// What a resource is called within its account, region and type, as far as it can be told from itself and from
/// the names of what it belongs to. Two resources may have one key.
pub fn natural_key(scope: &Scope, resource: &Resource, names: &Names) -> String {
    let region = &scope.region;
    let named = |id: &Option<String>| id.as_deref().map_or("-", |id| names.key(region, id)).to_owned();
    let text = |value: &Option<String>| value.as_deref().unwrap_or("-").to_owned();
    let tag = || name_tag(resource.tags()).map(str::to_owned);
    match resource {
        Resource::Vpc(one) => tag().unwrap_or_else(|| text(&one.cidr_block)),
        Resource::Subnet(one) => {
            let block = one.cidr_block.as_ref().or_else(|| {
                one.ipv6_cidr_block_association_set.first().and_then(|block| block.ipv6_cidr_block.as_ref())
            });
            let block = block.map_or("-", String::as_str);
            format!("{}/{block}/{}", named(&one.vpc_id), text(&one.availability_zone))
        }
        Resource::SecurityGroup(one) => format!("{}/{}", named(&one.vpc_id), one.group_name),
        Resource::NetworkAcl(one) => network_acl(region, one, names),
        Resource::RouteTable(one) => route_table(region, one, names),
        Resource::DhcpOptions(one) => tag().unwrap_or_else(|| {
            let all = one.dhcp_configurations.iter().map(|one| {
                let values: Vec<String> = one.values.iter().map(|value| text(&value.value)).collect();
                format!("{}={}", text(&one.key), values.join(" "))
            });
            joined(all)
        }),
        Resource::PrefixList(one) => text(&one.prefix_list_name),
        Resource::InternetGateway(one) => {
            tag_or_vpcs(tag(), one.attachments.iter().filter_map(|one| one.vpc_id.as_deref()), region, names)
        }
        Resource::EgressOnlyInternetGateway(one) => {
            tag_or_vpcs(tag(), one.attachments.iter().filter_map(|one| one.vpc_id.as_deref()), region, names)
        }
        Resource::VpnGateway(one) => {
            tag_or_vpcs(tag(), one.vpc_attachments.iter().filter_map(|one| one.vpc_id.as_deref()), region, names)
        }
        Resource::CarrierGateway(one) => named(&one.vpc_id),
        Resource::VpcPeeringConnection(one) => peering(scope, one, names),
        Resource::Instance(one) => match tag() {
            Some(name) => name,
            None => format!("{}/{}", named(&one.subnet_id), text(&one.private_ip_address)),
        },
        Resource::LoadBalancer(one) => text(&one.load_balancer_name),
        Resource::ClassicLoadBalancer(one) => one.load_balancer_name.clone(),
        Resource::TargetGroup(one) => text(&one.target_group_name),
        Resource::VpcEndpointService(one) => tag().or_else(|| one.private_dns_name.clone()).unwrap_or_else(|| {
            let balancers = one.network_load_balancer_arns.iter().chain(&one.gateway_load_balancer_arns);
            joined(balancers.map(|arn| names.key(region, arn).to_owned()))
        }),
        Resource::VpcEndpoint(one) => {
            format!("{}/{}/{}", named(&one.vpc_id), text(&one.service_name), text(&one.vpc_endpoint_type))
        }
        Resource::NatGateway(one) => with_tag(named(&one.subnet_id), tag()),
        Resource::NetworkInterface(one) => interface(region, one, names),
        Resource::Address(one) => tag().or_else(|| one.public_ip.clone()).unwrap_or_else(|| resource.id().to_owned()),
        Resource::CustomerGateway(one) => {
            let number = one.bgp_asn.as_ref().or(one.bgp_asn_extended.as_ref()).map_or("-", String::as_str);
            format!("{}/{number}", one.ip_address.as_ref().or(one.device_name.as_ref()).map_or("-", String::as_str))
        }
        Resource::TransitGateway(one) => tag().or_else(|| one.description.clone()).unwrap_or_else(|| {
            let number = one.options.as_ref().and_then(|options| options.amazon_side_asn);
            number.map_or_else(|| "-".to_owned(), |number| format!("AS{number}"))
        }),
        Resource::VpnConnection(one) => {
            let ours =
                one.transit_gateway_id.as_ref().or(one.vpn_gateway_id.as_ref()).or(one.core_network_arn.as_ref());
            format!("{}/{}", ours.map_or("-", |id| names.key(region, id)), named(&one.customer_gateway_id))
        }
        Resource::TransitGatewayAttachment(one) => {
            format!("{}/{}/{}", named(&one.transit_gateway_id), text(&one.resource_type), named(&one.resource_id))
        }
        Resource::TransitGatewayRouteTable(one) => {
            let default = one.default_association_route_table == Some(true);
            let own = tag().unwrap_or_else(|| if default { "default" } else { "-" }.to_owned());
            format!("{}/{own}", named(&one.transit_gateway_id))
        }
        Resource::FlowLog(one) => {
            let place = one.log_destination.as_ref().or(one.log_group_name.as_ref()).map_or("-", String::as_str);
            format!("{}/{}/{place}", named(&one.resource_id), text(&one.traffic_type))
        }
        Resource::Image(one) => text(&one.name),
        Resource::Volume(one) => match one.attachments.first() {
            // A disk is known by where it is before it is known by its own tag: many have the tag of their instance.
            Some(place) => format!("{}/{}", named(&place.instance_id), text(&place.device)),
            None => tag().unwrap_or_else(|| one.volume_id.clone()),
        },
        Resource::LaunchTemplate(one) => text(&one.launch_template_name),
        Resource::ClientVpnEndpoint(one) => {
            tag().or_else(|| one.description.clone()).unwrap_or_else(|| text(&one.client_cidr_block))
        }
        Resource::VpcBlockPublicAccessOptions(_) => "options".to_owned(),
        Resource::VpcBlockPublicAccessExclusion(one) => {
            let id = one.resource_arn.as_deref().and_then(|arn| arn.rsplit('/').next()).unwrap_or("-");
            names.key(region, id).to_owned()
        }
        Resource::AccountSettings(_) => "settings".to_owned(),
        Resource::Accelerator(one) => text(&one.name),
        Resource::WebAcl(one) => text(&one.name),
        Resource::HostedZone(one) => match one.is_private() {
            Some(true) => format!("{}/private", text(&one.name)),
            _ => text(&one.name),
        },
        Resource::Connection(one) => text(&one.connection_name),
        Resource::VirtualInterface(one) => format!("{}/{}", named(&one.connection_id), text(&one.virtual_interface_name)),
        Resource::AccountPublicAccessBlock(_) => "block".to_owned(),
        // An instance is known there by what it is known by here.
        Resource::ManagedInstance(one) => names.key(region, &one.instance_id).to_owned(),
        Resource::User(one) => pathed(&one.path, &one.user_name),
        Resource::Group(one) => pathed(&one.path, &one.group_name),
        Resource::Role(one) => pathed(&one.path, &one.role_name),
        Resource::InstanceProfile(one) => pathed(&one.path, &one.instance_profile_name),
        Resource::ManagedPolicy(one) => pathed(&one.path, &one.policy_name),
        Resource::ServerCertificate(one) => pathed(&one.path, &one.server_certificate_name),
        // The slot is found where keys of one user are told apart.
        Resource::AccessKey(one) => one.user_name.clone(),
        Resource::AwsManagedPolicy(_) | Resource::SamlProvider(_) | Resource::OidcProvider(_) => {
            let arn = resource.arn(scope);
            arn.resource().split_once('/').map_or_else(|| arn.resource().to_owned(), |(_, name)| name.to_owned())
        }
        Resource::VirtualMfaDevice(one) => {
            let name = one.serial_number.resource();
            name.split_once('/').map_or(name, |(_, name)| name).to_owned()
        }
        Resource::Organization(_) => "organization".to_owned(),
        Resource::OrganizationRoot(one) => text(&one.name),
        Resource::OrganizationalUnit(one) => {
            // A unit may be read before the one that it lies in: its own name and the id above are enough then.
            format!("{}/{}", names.key(region, &one.parent_id), one.name.as_deref().unwrap_or("-"))
        }
        Resource::OrganizationAccount(one) => one.id.clone(),
        Resource::OrganizationPolicy(one) => {
            format!("{}/{}", one.policy_type, one.name.as_deref().unwrap_or(&one.id))
        }
        Resource::DelegatedAdministrator(one) => one.id.clone(),
        Resource::Trail(one) => text(&one.name),
        Resource::Detector(_) => "detector".to_owned(),
        Resource::Hub(_) => "hub".to_owned(),
        Resource::InspectorStatus(_) => "inspector".to_owned(),
        Resource::MacieSession(_) => "macie".to_owned(),
        Resource::BehaviorGraph(_) => "graph".to_owned(),
        Resource::CredentialReport(_)
        | Resource::AccountSummary(_)
        | Resource::AccountPasswordPolicy(_)
        | Resource::AccountAlias(_)
        | Resource::ContactInformation(_)
        | Resource::AlternateContact(_)
        | Resource::ConfigurationRecorder(_)
        | Resource::DeliveryChannel(_)
        | Resource::ConfigurationAggregator(_)
        | Resource::OrganizationsFeatures(_)
        | Resource::ComplianceSummary(_)
        | Resource::Analyzer(_)
        // One moment of a disk is no other, whatever it is called.
        | Resource::Snapshot(_)
        | Resource::Firewall(_)
        | Resource::Alarm(_)
        | Resource::Function(_)
        | Resource::Layer(_)
        | Resource::Document(_)
        | Resource::DbInstance(_)
        | Resource::DbSnapshot(_)
        | Resource::DbClusterSnapshot(_)
        | Resource::Bucket(_)
        | Resource::AccessPoint(_)
        | Resource::MultiRegionAccessPoint(_) => resource.id().to_owned(),
    }
}

/// IAM's path and name: `/ci/deployer`; `/` is left out.
fn pathed(path: &Option<String>, name: &str) -> String {
    match path.as_deref() {
        None | Some("/" | "") => name.to_owned(),
        Some(path) => format!("{path}{name}"),
    }
}

fn with_tag(place: String, tag: Option<String>) -> String {
    match tag {
        Some(tag) => format!("{place}/{tag}"),
        None => place,
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: BTreeSet<String> = parts.collect();
    if parts.is_empty() { "-".to_owned() } else { parts.into_iter().collect::<Vec<_>>().join("+") }
}

fn tag_or_vpcs<'r>(tag: Option<String>, vpcs: impl Iterator<Item = &'r str>, region: &Region, names: &Names) -> String {
    let attached = joined(vpcs.map(|vpc| names.key(region, vpc).to_owned()));
    if attached == "-" { tag.unwrap_or_else(|| "detached".to_owned()) } else { attached }
}

/// A VPC has one default ACL; others are known by their tag, or by the subnets that they are of.
fn network_acl(region: &Region, acl: &NetworkAcl, names: &Names) -> String {
    let vpc = acl.vpc_id.as_deref().map_or("-", |id| names.key(region, id));
    if acl.is_default == Some(true) {
        return format!("{vpc}/default");
    }
    let own = name_tag(&acl.tags).map(str::to_owned).unwrap_or_else(|| {
        let subnets = acl.associations.iter().filter_map(|one| one.subnet_id.as_deref());
        joined(subnets.map(|id| names.key(region, id).to_owned()))
    });
    format!("{vpc}/{own}")
}

/// By its tag, because another may become the main one; by being the main one; by what it is of.
fn route_table(region: &Region, table: &RouteTable, names: &Names) -> String {
    let vpc = table.vpc_id.as_deref().map_or("-", |id| names.key(region, id));
    if let Some(tag) = name_tag(&table.tags) {
        return format!("{vpc}/{tag}");
    }
    let associations = || table.associations.iter().filter(|one| one.is_in_force());
    if associations().any(|one| one.main == Some(true)) {
        return format!("{vpc}/main");
    }
    let of = associations().filter_map(|one| one.subnet_id.as_deref().or(one.gateway_id.as_deref()));
    format!("{vpc}/{}", joined(of.map(|id| names.key(region, id).to_owned())))
}

/// Both ends; of the own account by its VPC's key, of another by account and VPC, or its block where nobody knows it.
fn peering(scope: &Scope, one: &VpcPeeringConnection, names: &Names) -> String {
    let end = |info: &Option<VpcPeeringConnectionVpcInfo>| {
        let Some(info) = info else { return "-".to_owned() };
        let region = info.region.as_deref().and_then(|name| name.parse().ok()).unwrap_or_else(|| scope.region.clone());
        let id = info.vpc_id.as_deref().unwrap_or("-");
        if names.label(&region, id).is_some() {
            return names.key(&region, id).to_owned();
        }
        let account = info.owner_id.as_deref().unwrap_or("-");
        format!("{account}/{}", info.cidr_block.as_deref().unwrap_or(id))
    };
    format!("{}~{}", end(&one.requester_vpc_info), end(&one.accepter_vpc_info))
}

/// By what it is attached to; what is attached to nothing, or is a service's, by its subnet and what it is called.
fn interface(region: &Region, one: &NetworkInterface, names: &Names) -> String {
    let attachment = one.attachment.as_ref();
    if let Some((instance, attachment)) =
        attachment.and_then(|attachment| Some((attachment.instance_id.as_deref()?, attachment)))
    {
        return format!("{}/{}", names.key(region, instance), attachment.device_index.unwrap_or(0));
    }
    let subnet = one.subnet_id.as_deref().map_or("-", |id| names.key(region, id));
    let called = name_tag(&one.tag_set).map(str::to_owned);
    let described = one.description.as_deref().filter(|text| !text.is_empty());
    let called = called.or_else(|| described.map(|text| names.rewrite(region, text).into_owned()));
    let called = called.or_else(|| one.private_ip_address.clone()).unwrap_or_else(|| "-".to_owned());
    format!("{subnet}/{called}")
}
