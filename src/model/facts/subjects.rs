//! Facts of what the model adds itself: accounts and regions as a whole.

use crate::model::facts::ec2::settings;
use crate::model::facts::facts;
use crate::model::{AccountSubject, Context, Kind, RegionSubject, Value};
use crate::resource::ec2::VpcBlockPublicAccessOptions;

facts! { AccountSubject {
    "name": Kind::Text, "the account's name in its organization", |account, _| Value::optional(account.name.as_deref());
}}

facts! { RegionSubject {
    "region": Kind::Text, "the region's name", |region, _| region.region.as_str();
    // -- EC2's defaults
    "ebs_encryption_by_default": Kind::Bool, "whether new EBS volumes are encrypted unasked",
        needs ["ec2:GetEbsEncryptionByDefault"],
        |_, context| settings(context, "ec2:GetEbsEncryptionByDefault", |all| all.ebs_encryption_by_default);
    "snapshot_block_public_access": Kind::Text,
        "what keeps EBS snapshots from being public: `block-all-sharing`, `block-new-sharing` or `unblocked`",
        needs ["ec2:GetSnapshotBlockPublicAccessState"],
        |_, context| settings(context, "ec2:GetSnapshotBlockPublicAccessState",
            |all| all.snapshot_block_public_access_state.as_deref());
    "image_block_public_access": Kind::Text,
        "what keeps images from being public: `block-new-sharing` or `unblocked`",
        needs ["ec2:GetImageBlockPublicAccessState"],
        |_, context| settings(context, "ec2:GetImageBlockPublicAccessState",
            |all| all.image_block_public_access_state.as_deref());
    "instance_metadata_default_http_tokens": Kind::Text,
        "what new instances get where their launch does not say: `required` (IMDSv2) or `optional`; absent if the account has no preference",
        needs ["ec2:GetInstanceMetadataDefaults"],
        |_, context| settings(context, "ec2:GetInstanceMetadataDefaults",
            |all| all.instance_metadata_defaults.as_ref()?.http_tokens.as_deref());
    "serial_console_access": Kind::Bool, "whether instances' serial consoles can be opened",
        needs ["ec2:GetSerialConsoleAccessStatus"],
        |_, context| settings(context, "ec2:GetSerialConsoleAccessStatus", |all| all.serial_console_access_enabled);
    "vpc_block_public_access_mode": Kind::Text,
        "whether the region's internet gateways are shut: `off`, `block-bidirectional` or `block-ingress`",
        needs ["ec2:DescribeVpcBlockPublicAccessOptions"],
        |_, context| settings_of_gateways(context);
}}

fn settings_of_gateways(context: &Context<'_>) -> Value {
    let mut options = context.model.inventory.in_scope::<VpcBlockPublicAccessOptions>(context.scope);
    Value::optional(options.next().and_then(|options| options.internet_gateway_block_mode.as_deref()))
}
