//! A region's defaults, as facts of [`AccountSettings`] and of the region as a whole.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{AccountSettings, VpcBlockPublicAccessOptions};

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
