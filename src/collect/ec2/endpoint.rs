use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{AllowedPrincipal, VpcEndpoint, VpcEndpointService};

use super::mirror::{Mirror, insert, listed, mirror};

pub async fn endpoints(reader: &Reader, ec2: &Client) {
    let endpoints = reader
        .pages(
            "ec2:DescribeVpcEndpoints",
            |token| ec2.describe_vpc_endpoints().max_results(1000).set_next_token(token).send(),
            |page| (page.vpc_endpoints.unwrap_or_default(), page.next_token),
        )
        .await;
    let endpoints = endpoints.into_iter().map(|mut endpoint| {
        // A kind of endpoint that has no policy may come with an empty one.
        endpoint.policy_document = endpoint.policy_document.filter(|text| !text.trim().is_empty());
        endpoint
    });
    insert::<VpcEndpoint, _>(reader, endpoints.collect());
}

/// The services that this account offers, each with a call for who may use it.
pub async fn services(reader: &Reader, ec2: &Client) {
    let services = reader
        .pages(
            "ec2:DescribeVpcEndpointServiceConfigurations",
            |token| ec2.describe_vpc_endpoint_service_configurations().max_results(1000).set_next_token(token).send(),
            |page| (page.service_configurations.unwrap_or_default(), page.next_token),
        )
        .await;
    let services = super::mirror::resources::<VpcEndpointService, _>(reader, services);
    futures::future::join_all(services.into_iter().map(async |mut service| {
        service.allowed_principals = allowed_principals(reader, ec2, &service.service_id).await;
        reader.insert(service);
    }))
    .await;
}

/// Who may make endpoints to a service; none if that could not be read to its end.
async fn allowed_principals(reader: &Reader, ec2: &Client, service: &str) -> Option<Vec<AllowedPrincipal>> {
    let principals = reader
        .all_pages(
            "ec2:DescribeVpcEndpointServicePermissions",
            |token| {
                let call = ec2.describe_vpc_endpoint_service_permissions().service_id(service);
                call.max_results(1000).set_next_token(token).send()
            },
            |page| (page.allowed_principals.unwrap_or_default(), page.next_token),
        )
        .await;
    Some(Mirror::mirror(Some(principals?)))
}

listed! { VpcEndpoint => VpcEndpoint by [vpc_endpoint_id] { vpc_endpoint_type, vpc_id, service_name, state, policy_document, route_table_ids, subnet_ids, groups, ip_address_type, private_dns_enabled, requester_managed, network_interface_ids, creation_timestamp, owner_id, last_error, ipv4_prefixes, ipv6_prefixes, failure_reason, service_network_arn, resource_configuration_arn, service_region, tags } }
listed! { ServiceConfiguration => VpcEndpointService by [service_id] { service_type, service_name, service_state, availability_zone_ids, availability_zones, acceptance_required, manages_vpc_endpoints, network_load_balancer_arns, gateway_load_balancer_arns, supported_ip_address_types, private_dns_name, payer_responsibility, supported_regions, remote_access_enabled, tags } later { allowed_principals } }
mirror! {
    SecurityGroupIdentifier => GroupIdentifier { group_id, group_name }
    LastError => VpcEndpointLastError { message, code }
    SubnetIpPrefixes => SubnetIpPrefixes { subnet_id, ip_prefixes }
    ServiceTypeDetail => ServiceTypeDetail { service_type }
    SupportedRegionDetail => SupportedRegionDetail { region, service_state }
    AllowedPrincipal => AllowedPrincipal { principal, principal_type, service_permission_id }
}
