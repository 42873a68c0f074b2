//! EC2, in the `ec2Query` protocol of 2016-11-15.

mod addresses;
mod attachments;
mod gateways;
mod groups;
mod instances;
mod interfaces;
mod nacls;
mod routes;
mod settings;
mod storage;
mod transit;
mod vpcs;

pub use addresses::spare_id;
pub use attachments::{foreign_peering_id, open_endpoint};
pub use gateways::{detached_id, idle_customer_gateway};
pub use interfaces::address_key;
pub use storage::{client_vpn_id, first_snapshot_id, image_id, machine, machines, plain_volume_id, template_id};

use crate::call::Call;
use crate::cell::{Cell, Vpc};
use crate::error::{ApiError, DECLARATION};
use crate::page::Limits;
use crate::xml::Xml;

/// What an operation writes into its reply.
type Outcome = Result<(), ApiError>;

/// The body of a successful reply.
pub fn serve(call: &Call) -> Result<String, ApiError> {
    // Routes of a transit gateway cannot be asked for without; images by their ids can, so that those that are gone are
    // no error.
    let filtered = matches!(call.action, "SearchTransitGatewayRoutes" | "DescribeImages");
    if call.params.any("Filter.") && !filtered {
        let protocol = call.service.protocol();
        return Err(ApiError::not_simulated(protocol, "filters"));
    }
    // `VpcId.1` and its like; a plain `VpcId` is a parameter of its own.
    if call.params.form.iter().any(|(name, _)| name.contains("Id.")) {
        let protocol = call.service.protocol();
        return Err(ApiError::not_simulated(protocol, "lists of ids"));
    }
    let mut x = Xml::with_room(call.room.get());
    x.raw(DECLARATION);
    x.raw(&format!("<{}Response xmlns=\"{}\">", call.action, call.service.namespace()));
    x.put("requestId", call.request_id());
    operation(call, &mut x)?;
    x.raw(&format!("</{}Response>", call.action));
    Ok(x.finish())
}

fn operation(call: &Call, x: &mut Xml) -> Outcome {
    match call.action {
        "DescribeRegions" => settings::regions(call, x),
        "DescribeVpcs" => vpcs::vpcs(call, x),
        "DescribeVpcAttribute" => vpcs::attribute(call, x),
        "DescribeSubnets" => vpcs::subnets(call, x),
        "DescribeDhcpOptions" => vpcs::dhcp_options(call, x),
        "DescribeFlowLogs" => vpcs::flow_logs(call, x),
        "DescribeRouteTables" => routes::tables(call, x),
        "DescribeNetworkAcls" => nacls::nacls(call, x),
        "DescribeSecurityGroups" => groups::groups(call, x),
        "DescribeManagedPrefixLists" => groups::prefix_lists(call, x),
        "GetManagedPrefixListEntries" => groups::prefix_list_entries(call, x),
        "DescribeNetworkInterfaces" => interfaces::interfaces(call, x),
        "DescribeInternetGateways" => gateways::internet(call, x),
        "DescribeEgressOnlyInternetGateways" => gateways::egress_only(call, x),
        "DescribeCarrierGateways" => gateways::carrier(call, x),
        "DescribeNatGateways" => gateways::nat(call, x),
        "DescribeAddresses" => addresses::addresses(call, x),
        "DescribeVpcPeeringConnections" => attachments::peerings(call, x),
        "DescribeVpcEndpoints" => attachments::endpoints(call, x),
        "DescribeVpcEndpointServiceConfigurations" => attachments::endpoint_services(call, x),
        "DescribeVpcEndpointServicePermissions" => attachments::endpoint_service_permissions(call, x),
        "DescribeCustomerGateways" => gateways::customer(call, x),
        "DescribeVpnGateways" => gateways::vpn_gateways(call, x),
        "DescribeVpnConnections" => gateways::vpn_connections(call, x),
        "DescribeTransitGateways" => transit::gateways(call, x),
        "DescribeTransitGatewayAttachments" => transit::attachments(call, x),
        "DescribeTransitGatewayVpcAttachments" => transit::vpc_attachments(call, x),
        "DescribeTransitGatewayPeeringAttachments" => transit::peering_attachments(call, x),
        "DescribeTransitGatewayRouteTables" => transit::route_tables(call, x),
        "GetTransitGatewayRouteTableAssociations" => transit::associations(call, x),
        "GetTransitGatewayRouteTablePropagations" => transit::propagations(call, x),
        "SearchTransitGatewayRoutes" => transit::routes(call, x),
        "DescribeInstances" => instances::instances(call, x),
        "DescribeImages" => storage::images(call, x),
        "DescribeVolumes" => storage::volumes(call, x),
        "DescribeSnapshots" => storage::snapshots(call, x),
        "DescribeLaunchTemplates" => storage::templates(call, x),
        "DescribeLaunchTemplateVersions" => storage::template_versions(call, x),
        "DescribeClientVpnEndpoints" => storage::client_vpns(call, x),
        "DescribeVpcBlockPublicAccessOptions" => settings::block_public_access(call, x),
        "DescribeVpcBlockPublicAccessExclusions" => settings::exclusions(call, x),
        "GetEbsEncryptionByDefault" => settings::ebs_encryption(call, x),
        "GetSnapshotBlockPublicAccessState" => settings::snapshot_access(call, x),
        "GetImageBlockPublicAccessState" => settings::image_access(call, x),
        "GetInstanceMetadataDefaults" => settings::metadata_defaults(call, x),
        "GetSerialConsoleAccessStatus" => settings::serial_console(call, x),
        name => Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
}

/// Writes one page of a list of `total` things, the n-th by `each`.
fn list(call: &Call, x: &mut Xml, set: &str, total: u32, limits: Limits, each: impl FnMut(&mut Xml, u32)) -> Outcome {
    let page = call.page(total, limits)?;
    x.items(set, "item", page.range, each);
    if let Some(token) = page.next {
        x.put("nextToken", token);
    }
    Ok(())
}

/// A list that AWS gives in one piece.
fn whole<T>(x: &mut Xml, set: &str, values: impl IntoIterator<Item = T>, each: impl FnMut(&mut Xml, T)) -> Outcome {
    x.items(set, "item", values, each);
    Ok(())
}

/// Tags that every resource of a VPC has.
fn tags(cell: &Cell, vpc: Vpc, kind: &str, name: &str) -> Vec<(&'static str, String)> {
    let Vpc::Regular(index) = vpc else {
        return Vec::new();
    };
    let key = cell.hash(kind, u64::from(index) ^ crate::hash::word(name));
    let mut tags = vec![("Name", format!("{}-{index}-{name}", team(cell))), ("team", team(cell).to_owned())];
    match cell.org.changes(key) {
        0 => {}
        changes => tags.push(("release", format!("r{changes}"))),
    }
    tags
}

/// The team that owns an account's resources.
pub fn team(cell: &Cell) -> &'static str {
    use crate::org::Class;
    match cell.class() {
        Class::Management => "platform",
        Class::Security => "security",
        Class::ShopProd | Class::ShopDev => "shop",
        Class::DataProd => "data",
        Class::Sandbox => "sandbox",
    }
}
