//! A region's defaults, as facts of [`AccountSettings`] and of the region as a whole.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::watching::any;
use crate::model::{Context, Kind, Value};
use crate::resource::balancing::{ClassicLoadBalancer, LoadBalancer};
use crate::resource::ec2::{
    AccountSettings, Address, ClientVpnEndpoint, CustomerGateway, Image, Instance, LaunchTemplate, NatGateway,
    NetworkInterface, Snapshot, TransitGateway, Volume, Vpc, VpcBlockPublicAccessOptions, VpcEndpoint, VpnConnection,
    VpnGateway,
};
use crate::resource::lambda::{Function, Layer};
use crate::resource::{ResourceType, Typed};

use super::is_owned;

facts! { AccountSettings {
    "ebs_encryption_by_default": Kind::Bool, "whether new EBS volumes are encrypted unasked",
        |_, context| ebs_encryption(context);
    "snapshot_block_public_access": Kind::Text,
        "what keeps EBS snapshots from being public: `block-all-sharing`, `block-new-sharing` or `unblocked`",
        uses ["ec2:GetSnapshotBlockPublicAccessState"], |_, context| snapshots(context);
    "image_block_public_access": Kind::Text,
        "what keeps images from being public: `block-new-sharing` or `unblocked`",
        uses ["ec2:GetImageBlockPublicAccessState"], |_, context| images(context);
    "instance_metadata_default_http_tokens": Kind::Text,
        "what new instances get where their launch does not say: `required` (IMDSv2) or `optional`; absent if the account has no preference",
        uses ["ec2:GetInstanceMetadataDefaults"], |_, context| http_tokens(context);
    "serial_console_access": Kind::Bool, "whether instances' serial consoles can be opened",
        uses ["ec2:GetSerialConsoleAccessStatus"], |_, context| serial_console(context);
}}

pub fn ebs_encryption(context: &Context<'_>) -> Value {
    answered(context, "ec2:GetEbsEncryptionByDefault", |all| all.ebs_encryption_by_default)
}

pub fn snapshots(context: &Context<'_>) -> Value {
    answered(context, "ec2:GetSnapshotBlockPublicAccessState", |all| all.snapshot_block_public_access_state.as_deref())
}

pub fn images(context: &Context<'_>) -> Value {
    answered(context, "ec2:GetImageBlockPublicAccessState", |all| all.image_block_public_access_state.as_deref())
}

pub fn serial_console(context: &Context<'_>) -> Value {
    answered(context, "ec2:GetSerialConsoleAccessStatus", |all| all.serial_console_access_enabled)
}

/// An account without a preference has none: the answer is empty then.
pub fn http_tokens(context: &Context<'_>) -> Value {
    let defaults = settings(context).and_then(|all| all.instance_metadata_defaults.as_ref());
    let tokens = defaults.and_then(|defaults| defaults.http_tokens.as_deref());
    context.field("ec2:GetInstanceMetadataDefaults", tokens.filter(|tokens| *tokens != "no-preference"))
}

pub fn block_public_access_mode(context: &Context<'_>) -> Value {
    const OPERATION: &str = "ec2:DescribeVpcBlockPublicAccessOptions";
    let mut options = context.model.inventory.in_scope::<VpcBlockPublicAccessOptions>(context.scope);
    let mode = options.next().and_then(|options| options.internet_gateway_block_mode.as_deref());
    known_or_missing(context, OPERATION, mode)
}

fn settings<'m>(context: &Context<'m>) -> Option<&'m AccountSettings> {
    context.model.inventory.get::<AccountSettings>(context.scope, context.scope.region.as_str())
}

/// A setting of the context's region that its operation always answers with.
fn answered<'m, T: Into<Value>>(
    context: &Context<'m>,
    operation: &str,
    of: impl Fn(&'m AccountSettings) -> Option<T>,
) -> Value {
    known_or_missing(context, operation, settings(context).and_then(of))
}

fn known_or_missing<T: Into<Value>>(context: &Context<'_>, operation: &str, value: Option<T>) -> Value {
    match (value, context.require(operation)) {
        (Some(value), _) => value.into(),
        (None, Err(missing)) => Value::Unknown(missing),
        (None, Ok(())) => Value::Unknown(Missing::because(format!("the answer to {operation} did not say"))),
    }
}

/// The operations that [`resources_in_use`] rests on.
pub const IN_USE: &[&str] = &[
    "ec2:DescribeAddresses",
    "ec2:DescribeClientVpnEndpoints",
    "ec2:DescribeCustomerGateways",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSnapshots",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "ec2:DescribeVpnConnections",
    "ec2:DescribeVpnGateways",
    "elb:DescribeLoadBalancers",
    "elbv2:DescribeLoadBalancers",
    "lambda:ListFunctions",
    "lambda:ListLayers",
];

/// How many somebody made in the region, by type: what AWS puts into every region, and what watches it, does not count.
fn in_use(context: &Context<'_>) -> [(ResourceType, usize); 19] {
    let own_vpcs = context.model.inventory.in_scope::<Vpc>(context.scope);
    let own_vpcs = own_vpcs.filter(|vpc| !vpc.is_default && is_owned(context, vpc.owner_id.as_deref())).count();
    [
        count::<Instance>(context),
        (ResourceType::Image, owned(context, |image: &Image| image.owner_id.as_deref())),
        count::<Volume>(context),
        (ResourceType::Snapshot, owned(context, |snapshot: &Snapshot| snapshot.owner_id.as_deref())),
        count::<LaunchTemplate>(context),
        count::<NetworkInterface>(context),
        (ResourceType::Vpc, own_vpcs),
        count::<Address>(context),
        count::<NatGateway>(context),
        count::<VpcEndpoint>(context),
        count::<TransitGateway>(context),
        count::<CustomerGateway>(context),
        count::<VpnGateway>(context),
        count::<VpnConnection>(context),
        count::<ClientVpnEndpoint>(context),
        count::<LoadBalancer>(context),
        count::<ClassicLoadBalancer>(context),
        count::<Function>(context),
        count::<Layer>(context),
    ]
}

/// The first list of those that was not read to its end.
fn unread(context: &Context<'_>, counts: &[(ResourceType, usize)]) -> Option<Missing> {
    let listings = counts.iter().filter_map(|(of, _)| of.listing());
    any(listings.map(|listing| context.require(listing).map(|()| false))).err()
}

/// Whether there is anything of that. One is enough; that there is none only complete lists say.
pub fn is_in_use(context: &Context<'_>) -> Value {
    let counts = in_use(context);
    if counts.iter().any(|(_, number)| *number > 0) {
        return Value::Bool(true);
    }
    unread(context, &counts).map_or(Value::Bool(false), Value::Unknown)
}

/// All of that, by type.
pub fn resources_in_use(context: &Context<'_>) -> Value {
    let counts = in_use(context);
    if let Some(missing) = unread(context, &counts) {
        return Value::Unknown(missing);
    }
    let found = counts.iter().filter(|(_, number)| *number > 0);
    found.map(|(of, number)| format!("{number} {of}")).collect::<Vec<String>>().into()
}

/// How many of a type the account owns: it sees those of others too.
fn owned<R: Typed>(context: &Context<'_>, owner: impl Fn(&R) -> Option<&str>) -> usize {
    context.model.inventory.in_scope::<R>(context.scope).filter(|one| is_owned(context, owner(one))).count()
}

fn count<R: Typed>(context: &Context<'_>) -> (ResourceType, usize) {
    (R::RESOURCE_TYPE, context.model.inventory.in_scope::<R>(context.scope).count())
}

/// The regions in which the account has a VPC that AWS did not make for it, as far as they were read.
fn with_vpcs(context: &Context<'_>) -> Vec<String> {
    let own = |scope: &crate::arn::Scope| {
        let mut vpcs = context.model.inventory.in_scope::<Vpc>(scope);
        vpcs.any(|vpc| !vpc.is_default && is_owned(context, vpc.owner_id.as_deref()))
    };
    let regions = context.model.regions_of(context.scope).filter(|scope| own(scope));
    regions.map(|scope| scope.region.as_str().to_owned()).collect()
}

/// A region whose VPCs were not read to their end.
fn without_vpcs(context: &Context<'_>) -> Option<Missing> {
    let regions = context.model.regions_of(context.scope);
    any(regions.map(|region| context.require_in(region, "ec2:DescribeVpcs").map(|()| false))).err()
}

pub fn vpc_regions(context: &Context<'_>) -> Value {
    without_vpcs(context).map_or_else(|| with_vpcs(context).into(), Value::Unknown)
}

/// Absent if there is no such VPC at all.
pub fn vpcs_in_several_regions(context: &Context<'_>) -> Value {
    let found = with_vpcs(context).len();
    match without_vpcs(context) {
        _ if found > 1 => true.into(),
        Some(missing) => Value::Unknown(missing),
        None if found == 0 => Value::Absent,
        None => false.into(),
    }
}
