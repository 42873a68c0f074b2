//! EC2: one list call for each type, all at once.

mod address;
mod block_public_access;
mod client_vpn;
mod dhcp_options;
mod endpoint;
mod flow_log;
mod image;
mod instance;
mod internet_gateway;
mod launch_template;
mod mirror;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod peering;
mod prefix_list;
mod route_table;
mod security_group;
mod settings;
mod subnet;
mod transit_gateway;
mod transit_gateway_route_table;
mod volume;
mod vpc;
mod vpn;

pub use prefix_list::PrefixLists;

use crate::arn::Region;
use crate::inventory::Reason;

use super::classify::{Failure, Retry};
use super::reader::Reader;

/// The regions that the account has enabled, sorted.
///
/// # Errors
/// Why they could not be listed.
pub async fn regions(reader: &Reader) -> Result<Vec<Region>, Failure> {
    let client = reader.ec2();
    let output = reader.call("ec2:DescribeRegions", || client.describe_regions().all_regions(true).send()).await?;
    let mut regions = Vec::new();
    for region in output.regions().iter().filter(|region| region.opt_in_status() != Some("not-opted-in")) {
        let name = region.region_name().and_then(|name| name.parse().ok());
        regions.push(name.ok_or_else(|| malformed("a region without a name"))?);
    }
    // Every account has some: without any, a scan that saw nothing would look clean.
    if regions.is_empty() {
        return Err(malformed("the account has no region at all"));
    }
    regions.sort();
    Ok(regions)
}

fn malformed(message: &str) -> Failure {
    Failure { reason: Reason::Malformed, code: None, message: message.to_owned(), retry: Retry::No }
}

/// What only the owner of a VPC has, inside it. Interfaces, instances and security groups are not of it: those of an
/// account to which a subnet was shared stay when it is shared no more, and then no VPC shows.
const IN_VPCS: [&str; 7] = [
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeEgressOnlyInternetGateways",
    "ec2:DescribeCarrierGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeVpcEndpoints",
];

/// Reads all of EC2 in one region.
pub async fn collect(reader: &Reader) {
    let ec2 = &reader.ec2();
    let vpcs = async {
        let listed = vpc::list(reader, ec2).await;
        if listed.all && listed.vpcs.is_empty() {
            return IN_VPCS.iter().for_each(|operation| reader.ends_as(operation, vpc::LIST));
        }
        // Where the list failed there may be some.
        together!(
            vpc::attributes(reader, ec2, listed.vpcs),
            subnet::collect(reader, ec2),
            route_table::collect(reader, ec2),
            network_acl::collect(reader, ec2),
            internet_gateway::egress_only_internet_gateways(reader, ec2),
            internet_gateway::carrier_gateways(reader, ec2),
            nat_gateway::collect(reader, ec2),
            endpoint::endpoints(reader, ec2),
        )
        .await;
    };
    let machines = async {
        let (of_instances, of_templates, own) = tokio::join!(
            instance::collect(reader, ec2),
            launch_template::collect(reader, ec2),
            image::own(reader, ec2),
        );
        // A template may name a parameter in place of an image.
        let named = of_instances.union(&of_templates).filter(|id| id.starts_with("ami-") && !own.contains(*id));
        image::others(reader, ec2, named.cloned().collect()).await;
    };
    together!(
        vpcs,
        security_group::collect(reader, ec2),
        network_interface::collect(reader, ec2),
        internet_gateway::internet_gateways(reader, ec2),
        address::collect(reader, ec2),
        peering::collect(reader, ec2),
        endpoint::services(reader, ec2),
        vpn::customer_gateways(reader, ec2),
        vpn::vpn_gateways(reader, ec2),
        vpn::vpn_connections(reader, ec2),
        transit_gateway::gateways(reader, ec2),
        transit_gateway::attachments(reader, ec2),
        prefix_list::collect(reader, ec2),
        flow_log::collect(reader, ec2),
        dhcp_options::collect(reader, ec2),
        machines,
        volume::volumes(reader, ec2),
        volume::snapshots(reader, ec2),
        client_vpn::collect(reader, ec2),
        block_public_access::options(reader, ec2),
        block_public_access::exclusions(reader, ec2),
        settings::collect(reader, ec2),
    )
    .await;
}
