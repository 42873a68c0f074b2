//! The table of keys: what the AWS CLI prints under them, and which operation it printed.
//!
//! A file is known by its keys alone, because everybody names files as they like. What is under a key are
//! resources, or *parts*: what AWS tells with calls of its own and driftline keeps in a field of the resource.

use crate::resource::ResourceType::{self, self as T};

/// What a key means.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) key: &'static str,
    /// As in the ledger.
    pub(super) operation: &'static str,
    pub(super) holds: Holds,
}

#[derive(Debug)]
pub(super) enum Holds {
    /// Resources, in AWS's own field names.
    Resources(ResourceType),
    /// Instances, by the reservation that launched them.
    Reservations,
    /// Managed prefix lists, or those of `describe-prefix-lists`, which have their addresses in `Cidrs`.
    PrefixLists,
    Parts(Parts),
    /// Nothing that a snapshot keeps.
    Nothing,
}

/// What belongs into a field of resources that another key lists.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) of: ResourceType,
    pub(super) field: &'static str,
    pub(super) take: Take,
    pub(super) by: By,
}

/// What of an item goes into the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Take {
    /// The item itself, and there is one.
    Whole,
    /// The item is one of the field's list.
    Element,
    /// The list under this name in the item.
    Member(&'static str),
    /// The `Value` in it.
    Value,
}

/// How the resource is told that a part belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum By {
    /// The item names it under this name.
    Member(&'static str),
    /// The file names it beside the key.
    Beside(&'static str),
    /// The file's or a folder's name holds an id that begins so.
    IdInPath(&'static str),
    /// The file or a folder is named after it: its ARN, the end of that, or its name.
    NamedInPath,
    /// A rule's ARN has that of its listener in it.
    RuleArn,
}

/// What AWS prints around its answers.
pub(super) const ENVELOPE: &[&str] = &["ResponseMetadata", "MaxResults", "$schema"];

/// Where a page of IAM says so.
pub(super) const IS_TRUNCATED: &str = "IsTruncated";

/// Where a page says that another follows.
pub(super) const TOKENS: &[&str] = &["NextToken", "nextToken", "NextMarker", "Marker"];

/// Keys beside others that are read with them.
pub(super) const BESIDE: &[&str] = &[
    "VpcId",
    "AdditionalRoutesAvailable",
    "Account",
    "Arn",
    "UserId",
    "UserName",
    "GroupName",
    "RoleName",
    "PolicyName",
    "GeneratedTime",
    "ReportFormat",
    "Url",
];

const fn resources(key: &'static str, operation: &'static str, of: ResourceType) -> Shape {
    Shape { key, operation, holds: Holds::Resources(of) }
}

const fn parts(
    key: &'static str,
    operation: &'static str,
    of: ResourceType,
    field: &'static str,
    take: Take,
    by: By,
) -> Shape {
    Shape { key, operation, holds: Holds::Parts(Parts { of, field, take, by }) }
}

const fn nothing(key: &'static str) -> Shape {
    Shape { key, operation: "", holds: Holds::Nothing }
}

/// Every key that is known; more may have the same.
#[rustfmt::skip]
pub(super) const SHAPES: &[Shape] = &[
    // -- network
    resources("Vpcs", "ec2:DescribeVpcs", T::Vpc),
    resources("Subnets", "ec2:DescribeSubnets", T::Subnet),
    resources("RouteTables", "ec2:DescribeRouteTables", T::RouteTable),
    resources("NetworkAcls", "ec2:DescribeNetworkAcls", T::NetworkAcl),
    resources("SecurityGroups", "ec2:DescribeSecurityGroups", T::SecurityGroup),
    resources("NetworkInterfaces", "ec2:DescribeNetworkInterfaces", T::NetworkInterface),
    resources("InternetGateways", "ec2:DescribeInternetGateways", T::InternetGateway),
    resources("EgressOnlyInternetGateways", "ec2:DescribeEgressOnlyInternetGateways", T::EgressOnlyInternetGateway),
    resources("CarrierGateways", "ec2:DescribeCarrierGateways", T::CarrierGateway),
    resources("NatGateways", "ec2:DescribeNatGateways", T::NatGateway),
    resources("Addresses", "ec2:DescribeAddresses", T::Address),
    resources("VpcPeeringConnections", "ec2:DescribeVpcPeeringConnections", T::VpcPeeringConnection),
    resources("VpcEndpoints", "ec2:DescribeVpcEndpoints", T::VpcEndpoint),
    resources("ServiceConfigurations", "ec2:DescribeVpcEndpointServiceConfigurations", T::VpcEndpointService),
    resources("CustomerGateways", "ec2:DescribeCustomerGateways", T::CustomerGateway),
    resources("VpnGateways", "ec2:DescribeVpnGateways", T::VpnGateway),
    resources("VpnConnections", "ec2:DescribeVpnConnections", T::VpnConnection),
    resources("TransitGateways", "ec2:DescribeTransitGateways", T::TransitGateway),
    resources("TransitGatewayAttachments", "ec2:DescribeTransitGatewayAttachments", T::TransitGatewayAttachment),
    resources("TransitGatewayRouteTables", "ec2:DescribeTransitGatewayRouteTables", T::TransitGatewayRouteTable),
    resources("FlowLogs", "ec2:DescribeFlowLogs", T::FlowLog),
    resources("DhcpOptions", "ec2:DescribeDhcpOptions", T::DhcpOptions),
    resources("VpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessOptions", T::VpcBlockPublicAccessOptions),
    resources("VpcBlockPublicAccessExclusions", "ec2:DescribeVpcBlockPublicAccessExclusions", T::VpcBlockPublicAccessExclusion),
    resources("Images", "ec2:DescribeImages", T::Image),
    resources("Volumes", "ec2:DescribeVolumes", T::Volume),
    resources("Snapshots", "ec2:DescribeSnapshots", T::Snapshot),
    resources("LaunchTemplates", "ec2:DescribeLaunchTemplates", T::LaunchTemplate),
    resources("ClientVpnEndpoints", "ec2:DescribeClientVpnEndpoints", T::ClientVpnEndpoint),
    Shape { key: "Reservations", operation: "ec2:DescribeInstances", holds: Holds::Reservations },
    Shape { key: "PrefixLists", operation: LISTS, holds: Holds::PrefixLists },

    parts("EnableDnsSupport", "ec2:DescribeVpcAttribute", T::Vpc, "EnableDnsSupport", Take::Value, By::Beside("VpcId")),
    parts("EnableDnsHostnames", "ec2:DescribeVpcAttribute", T::Vpc, "EnableDnsHostnames", Take::Value, By::Beside("VpcId")),
    parts("AllowedPrincipals", "ec2:DescribeVpcEndpointServicePermissions", T::VpcEndpointService, "AllowedPrincipals", Take::Element, By::IdInPath("vpce-svc-")),
    parts("LaunchTemplateVersions", "ec2:DescribeLaunchTemplateVersions", T::LaunchTemplate, "Versions", Take::Element, By::Member("LaunchTemplateId")),
    parts("Entries", ENTRIES, T::PrefixList, "Entries", Take::Element, By::IdInPath("pl-")),

    // -- transit gateways
    parts("TransitGatewayVpcAttachments", "ec2:DescribeTransitGatewayVpcAttachments", T::TransitGatewayAttachment, "VpcAttachment", Take::Whole, By::Member("TransitGatewayAttachmentId")),
    parts("TransitGatewayPeeringAttachments", "ec2:DescribeTransitGatewayPeeringAttachments", T::TransitGatewayAttachment, "PeeringAttachment", Take::Whole, By::Member("TransitGatewayAttachmentId")),
    parts("Associations", "ec2:GetTransitGatewayRouteTableAssociations", T::TransitGatewayRouteTable, "Associations", Take::Element, By::IdInPath("tgw-rtb-")),
    parts("TransitGatewayRouteTablePropagations", "ec2:GetTransitGatewayRouteTablePropagations", T::TransitGatewayRouteTable, "Propagations", Take::Element, By::IdInPath("tgw-rtb-")),
    parts("TransitGatewayPropagations", "ec2:GetTransitGatewayRouteTablePropagations", T::TransitGatewayRouteTable, "Propagations", Take::Member("TransitGatewayRouteTablePropagations"), By::Member("TransitGatewayRouteTableId")),
    parts("Routes", ROUTES, T::TransitGatewayRouteTable, "Routes", Take::Element, By::IdInPath("tgw-rtb-")),
    parts(STATIC_ROUTES, ROUTES, T::TransitGatewayRouteTable, "Routes", Take::Member("Routes"), By::Member("TransitGatewayRouteTableId")),

    // -- load balancers
    resources("LoadBalancers", "elbv2:DescribeLoadBalancers", T::LoadBalancer),
    resources("TargetGroups", "elbv2:DescribeTargetGroups", T::TargetGroup),
    resources("LoadBalancerDescriptions", "elb:DescribeLoadBalancers", T::ClassicLoadBalancer),
    parts("LoadBalancerAttributes", CLASSIC_ATTRIBUTES, T::ClassicLoadBalancer, "LoadBalancerAttributes", Take::Whole, By::NamedInPath),
    parts("PolicyDescriptions", CLASSIC_POLICIES, T::ClassicLoadBalancer, "PolicyDescriptions", Take::Element, By::NamedInPath),
    parts("Listeners", "elbv2:DescribeListeners", T::LoadBalancer, "Listeners", Take::Element, By::Member("LoadBalancerArn")),
    parts("LoadBalancerListeners", "elbv2:DescribeListeners", T::LoadBalancer, "Listeners", Take::Member("Listeners"), By::Member("LoadBalancerArn")),
    parts("Rules", RULES, T::LoadBalancer, "Rules", Take::Element, By::RuleArn),
    parts("LoadBalancerAttributes", "elbv2:DescribeLoadBalancerAttributes", T::LoadBalancer, "Attributes", Take::Member("Attributes"), By::Member("LoadBalancerArn")),
    parts("Attributes", "elbv2:DescribeLoadBalancerAttributes", T::LoadBalancer, "Attributes", Take::Element, By::NamedInPath),
    parts("Attributes", "elbv2:DescribeTargetGroupAttributes", T::TargetGroup, "Attributes", Take::Element, By::NamedInPath),
    parts("TargetGroupAttributes", "elbv2:DescribeTargetGroupAttributes", T::TargetGroup, "Attributes", Take::Member("Attributes"), By::Member("TargetGroupArn")),
    parts("TargetHealthDescriptions", "elbv2:DescribeTargetHealth", T::TargetGroup, "TargetHealthDescriptions", Take::Element, By::NamedInPath),
    parts("LoadBalancerTargetHealth", "elbv2:DescribeTargetHealth", T::TargetGroup, "TargetHealthDescriptions", Take::Member("TargetHealthDescriptions"), By::Member("TargetGroupArn")),

    // -- not kept
    nothing("AvailabilityZones"),
    nothing("Regions"),
    nothing("ServiceDetails"),
    nothing("ServiceNames"),
    nothing("DBInstances"),
    nothing("DomainStatusList"),
];

pub(super) const LISTS: &str = "ec2:DescribeManagedPrefixLists";
pub(super) const ENTRIES: &str = "ec2:GetManagedPrefixListEntries";
pub(super) const ROUTES: &str = "ec2:SearchTransitGatewayRoutes";
pub(super) const CLASSIC_ATTRIBUTES: &str = "elb:DescribeLoadBalancerAttributes";
pub(super) const CLASSIC_POLICIES: &str = "elb:DescribeLoadBalancerPolicies";
pub(super) const RULES: &str = "elbv2:DescribeRules";
/// Static routes only, as a collection of networks keeps them.
pub(super) const STATIC_ROUTES: &str = "TransitGatewayStaticRoutes";

/// What a key may mean; nothing if it is not known.
pub(super) fn of_key(key: &str) -> impl Iterator<Item = &'static Shape> + Clone + use<'_> {
    SHAPES.iter().filter(move |shape| shape.key == key)
}

/// The types that an import can hold, each once.
pub(super) fn types() -> impl Iterator<Item = ResourceType> {
    ResourceType::ALL.iter().copied().filter(|of| {
        SHAPES.iter().any(|shape| match &shape.holds {
            Holds::Resources(held) => held == of,
            Holds::Reservations => *of == T::Instance,
            Holds::PrefixLists => *of == T::PrefixList,
            Holds::Parts(_) | Holds::Nothing => false,
        })
    })
}

/// Of an operation that is asked of each resource by itself: their type, and the fields that it fills.
pub(super) fn asked_of_each(operation: &str) -> Option<(ResourceType, Vec<&'static str>)> {
    let mut found: Option<(ResourceType, Vec<&'static str>)> = None;
    for shape in SHAPES.iter().filter(|shape| shape.operation == operation) {
        let Holds::Parts(parts) = &shape.holds else { continue };
        // What a list of its own tells is not asked of each.
        if parts.take != Take::Whole || parts.by == By::NamedInPath {
            let fields = &mut found.get_or_insert_with(|| (parts.of, Vec::new())).1;
            if !fields.contains(&parts.field) {
                fields.push(parts.field);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_every_type_that_an_import_can_hold_has_a_key() {
        let without: Vec<_> = types()
            .flat_map(|of| of.operations())
            .filter(|operation| !SHAPES.iter().any(|shape| shape.operation == **operation))
            .collect();
        assert_eq!(without, Vec::<&&str>::new());
    }

    #[test]
    fn every_operation_is_one_of_its_types() {
        for shape in SHAPES {
            let of = match &shape.holds {
                Holds::Resources(of) | Holds::Parts(Parts { of, .. }) => *of,
                Holds::Reservations => T::Instance,
                Holds::PrefixLists => T::PrefixList,
                Holds::Nothing => continue,
            };
            assert!(of.operations().contains(&shape.operation), "{}: {}", shape.key, shape.operation);
            let lists = !matches!(shape.holds, Holds::Parts(_));
            assert_eq!(of.listing() == Some(shape.operation), lists, "{}", shape.key);
        }
    }

    #[test]
    fn what_is_held_is_regional() {
        assert!(types().all(|of| !of.is_global()));
        assert_eq!(types().count(), 34);
    }
}
