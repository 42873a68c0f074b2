//! A region's defaults, as facts of [`AccountSettings`] and of the region as a whole.

use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::AccountSettings;

facts! { AccountSettings {
    "ebs_encryption_by_default": Kind::Bool, "whether new EBS volumes are encrypted unasked",
        |settings, context| context.field("ec2:GetEbsEncryptionByDefault", settings.ebs_encryption_by_default);
    "snapshot_block_public_access": Kind::Text, "what keeps EBS snapshots from being public: `block-all-sharing`, `block-new-sharing` or `unblocked`",
        uses ["ec2:GetSnapshotBlockPublicAccessState"],
        |settings, context| context.field("ec2:GetSnapshotBlockPublicAccessState", settings.snapshot_block_public_access_state.as_deref());
    "image_block_public_access": Kind::Text, "what keeps images from being public: `block-new-sharing` or `unblocked`",
        uses ["ec2:GetImageBlockPublicAccessState"],
        |settings, context| context.field("ec2:GetImageBlockPublicAccessState", settings.image_block_public_access_state.as_deref());
    "instance_metadata_default_http_tokens": Kind::Text, "what new instances get where their launch does not say: `required` (IMDSv2) or `optional`; absent if the account has no preference",
        uses ["ec2:GetInstanceMetadataDefaults"],
        |settings, context| context.field("ec2:GetInstanceMetadataDefaults", http_tokens(settings));
    "serial_console_access": Kind::Bool, "whether instances' serial consoles can be opened",
        uses ["ec2:GetSerialConsoleAccessStatus"],
        |settings, context| context.field("ec2:GetSerialConsoleAccessStatus", settings.serial_console_access_enabled);
}}

fn http_tokens(settings: &AccountSettings) -> Option<&str> {
    settings.instance_metadata_defaults.as_ref().and_then(|defaults| defaults.http_tokens.as_deref())
}

/// A field of the settings of the context's region, read by `operation`.
pub fn settings<'m, T: Into<Value>>(
    context: &Context<'m>,
    operation: &str,
    of: impl Fn(&'m AccountSettings) -> Option<T>,
) -> Value {
    let region = context.scope.region.as_str();
    context.field(operation, context.model.inventory.get::<AccountSettings>(context.scope, region).and_then(of))
}
