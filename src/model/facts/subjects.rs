//! Facts of what the model adds itself: accounts and regions as a whole.

use crate::model::facts::detective::regions;
use crate::model::facts::ec2::region;
use crate::model::facts::facts;
use crate::model::{AccountSubject, Kind, RegionSubject, Value};

facts! { AccountSubject {
    "name": Kind::Text, "the account's name in its organization", |account, _| Value::optional(account.name.as_deref());

    // -- services that watch
    "cloudtrail_multi_region_logging": Kind::Bool, "whether a multi-region trail is logging all management events",
        uses ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"],
        |_, context| Value::known(context.multi_region_logging());
    "regions_without_s3_object_reads": Kind::Texts, "the regions in which no trail logs reads of the objects in all S3 buckets",
        uses ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"],
        |_, context| Value::known(context.regions_without_s3_objects(|logged| logged.reads));
    "regions_without_s3_object_writes": Kind::Texts, "the regions in which no trail logs writes of the objects in all S3 buckets",
        uses ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"],
        |_, context| Value::known(context.regions_without_s3_objects(|logged| logged.writes));
    "config_records_global_resource_types": Kind::Bool, "whether Config records IAM users, groups, roles and policies in some region",
        uses ["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"],
        |_, context| regions::account_records_global_types(context);
}}

facts! { RegionSubject {
    "region": Kind::Text, "the region's name", |region, _| region.region.as_str();

    // -- services that watch
    "config_recording": Kind::Bool, "whether a Config recorder is recording",
        needs ["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"],
        |_, context| regions::config_recording(context);
    "config_records_all_supported": Kind::Bool, "whether a Config recorder is recording every supported type that is not global",
        needs ["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"],
        |_, context| regions::config_records_all_supported(context);
    "config_includes_global_resource_types": Kind::Bool, "whether a Config recorder is recording IAM users, groups, roles and policies",
        needs ["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"],
        |_, context| regions::config_records_global_types(context);
    "config_delivery_channel": Kind::Bool, "whether Config has a delivery channel",
        needs ["config:DescribeDeliveryChannels"],
        |_, context| regions::config_delivery_channel(context);
    "config_delivery_failing": Kind::Bool, "whether the last delivery of any kind of Config's channel failed",
        needs ["config:DescribeDeliveryChannels", "config:DescribeDeliveryChannelStatus"],
        |_, context| regions::config_delivery_failing(context);
    "cloudtrail_trail_exists": Kind::Bool, "whether some trail covers the region, be it logging or stopped",
        uses ["cloudtrail:DescribeTrails"],
        |_, context| Value::known(context.some_trail_exists(context.scope));
    "cloudtrail_logging": Kind::Bool, "whether a trail that covers the region is logging: its own, a multi-region or an organization's one",
        uses ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"],
        |_, context| Value::known(context.some_trail_logs(context.scope, |_| Ok(true)));
    "cloudtrail_management_events_logged": Kind::Bool, "whether trails that are logging log reads and writes of all management events",
        uses ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"],
        |_, context| Value::known(context.management_events_logged(context.scope));
    "cloudtrail_log_file_validation": Kind::Bool, "whether a trail that is logging signs its log files",
        uses ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"],
        |_, context| regions::cloudtrail_log_file_validation(context);
    "guardduty_enabled": Kind::Bool, "whether GuardDuty has a detector that is not suspended",
        needs ["guardduty:ListDetectors", "guardduty:GetDetector"],
        |_, context| regions::guardduty_enabled(context);
    "security_hub_enabled": Kind::Bool, "whether Security Hub is enabled",
        needs ["securityhub:DescribeHub"],
        |_, context| regions::security_hub_enabled(context);
    "security_hub_standards": Kind::Texts, "the standards that Security Hub checks; none if it is not enabled",
        needs ["securityhub:DescribeHub", "securityhub:GetEnabledStandards"],
        |_, context| regions::security_hub_standards(context);
    "access_analyzer_exists": Kind::Bool, "whether the account has an active analyzer of access from outside",
        uses ["access-analyzer:ListAnalyzers"],
        |_, context| Value::known(context.has_external_analyzer());
    "access_analyzer_covers": Kind::Bool, "whether such an analyzer watches the region: the account's own or its organization's",
        uses ["access-analyzer:ListAnalyzers"],
        |_, context| regions::access_analyzer_covers(context);
    // -- EC2's defaults
    "ebs_encryption_by_default": Kind::Bool, "whether new EBS volumes are encrypted unasked",
        needs ["ec2:GetEbsEncryptionByDefault"],
        |_, context| region::ebs_encryption(context);
    "snapshot_block_public_access": Kind::Text,
        "what keeps EBS snapshots from being public: `block-all-sharing`, `block-new-sharing` or `unblocked`",
        needs ["ec2:GetSnapshotBlockPublicAccessState"],
        |_, context| region::snapshots(context);
    "image_block_public_access": Kind::Text,
        "what keeps images from being public: `block-new-sharing` or `unblocked`",
        needs ["ec2:GetImageBlockPublicAccessState"],
        |_, context| region::images(context);
    "instance_metadata_default_http_tokens": Kind::Text,
        "what new instances get where their launch does not say: `required` (IMDSv2) or `optional`; absent if the account has no preference",
        needs ["ec2:GetInstanceMetadataDefaults"],
        |_, context| region::http_tokens(context);
    "serial_console_access": Kind::Bool, "whether instances' serial consoles can be opened",
        needs ["ec2:GetSerialConsoleAccessStatus"],
        |_, context| region::serial_console(context);
    "vpc_block_public_access_mode": Kind::Text,
        "whether the region's internet gateways are shut: `off`, `block-bidirectional` or `block-ingress`",
        needs ["ec2:DescribeVpcBlockPublicAccessOptions"],
        |_, context| region::block_public_access_mode(context);
}}
