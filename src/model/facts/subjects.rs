//! Facts of what the model adds itself: accounts and regions as a whole.

use crate::model::facts::detective::aggregator::aggregates_organization;
use crate::model::facts::detective::{graph, inspector, macie, regions};
use crate::model::facts::direct_connect;
use crate::model::facts::ec2::region;
use crate::model::facts::facts;
use crate::model::facts::iam::account;
use crate::model::facts::organizations::{
    REGION, closed_regions, delegated_services, has_contact, in_organization, is_management_account, open_regions,
};
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

    "config_aggregates_organization": Kind::Bool,
        "whether an aggregator of the account gathers Config's data of the whole organization, from every region",
        uses ["config:DescribeConfigurationAggregators"],
        |_, context| aggregates_organization(context);
    // -- networks
    "vpc_regions": Kind::Texts, "the regions that were read in which the account has a VPC that is no default VPC",
        uses ["ec2:DescribeVpcs"],
        |_, context| region::vpc_regions(context);
    "vpcs_in_several_regions": Kind::Bool, "whether the account has VPCs that are no default VPCs in more than one region; absent if it has none",
        uses ["ec2:DescribeVpcs"],
        |_, context| region::vpcs_in_several_regions(context);
    "direct_connect_count": Kind::Int, "how many connections of Direct Connect the account has or has ordered, in all regions that were read",
        uses ["directconnect:DescribeConnections"],
        |_, context| direct_connect::count(context);
    "direct_connect_locations": Kind::Texts, "where those of them meet AWS that are available",
        uses ["directconnect:DescribeConnections"],
        |_, context| direct_connect::locations(context);
    "direct_connect_location_count": Kind::Int, "how many places these are",
        uses ["directconnect:DescribeConnections"],
        |_, context| direct_connect::location_count(context);

    // -- IAM: the root user
    "root_has_credentials": Kind::Bool, "whether the root user has a password or an access key",
        uses ["iam:GetAccountSummary", "iam:GetCredentialReport"],
        |_, context| account::root_has_credentials(context);
    "root_has_password": Kind::Bool, "whether the root user has a password",
        uses ["iam:GetAccountSummary", "iam:GetCredentialReport"],
        |_, context| Value::known(account::root_has_password(context));
    "root_has_active_access_key": Kind::Bool, "whether the root user has an active access key",
        uses ["iam:GetAccountSummary", "iam:GetCredentialReport"],
        |_, context| account::root_has_active_key(context);
    "root_mfa_active": Kind::Bool, "whether the root user has an MFA device",
        uses ["iam:GetAccountSummary", "iam:GetCredentialReport"],
        |_, context| account::root_mfa_active(context);
    "root_has_virtual_mfa": Kind::Bool, "whether the root user's MFA device is a program, and not hardware",
        needs ["iam:ListVirtualMFADevices"],
        |_, context| account::root_has_virtual_mfa(context);
    "root_last_used_days": Kind::Int, "whole days since the root user's password or keys were last used; absent if they never were",
        uses ["iam:GetCredentialReport"],
        |_, context| account::root_last_used_days(context);
    "root_has_active_signing_certificate": Kind::Bool, "whether the root user has an active signing certificate",
        uses ["iam:GetAccountSummary", "iam:GetCredentialReport"],
        |_, context| account::root_has_active_signing_certificate(context);

    // -- IAM: the rest of the account
    "user_count": Kind::Int, "how many IAM users the account has", needs ["iam:GetAccountAuthorizationDetails"],
        |_, context| account::user_count(context);
    "password_policy_exists": Kind::Bool, "whether the account has a password policy of its own",
        needs ["iam:GetAccountPasswordPolicy"],
        |_, context| !matches!(account::password_policy(context, |_| Value::Bool(true)), Value::Absent);
    "password_policy_minimum_length": Kind::Int, "the fewest characters of a password; absent without a policy",
        needs ["iam:GetAccountPasswordPolicy"],
        |_, context| account::password_policy(context, account::minimum_length);
    "password_policy_reuse_prevention": Kind::Int, "how many old passwords may not come back; absent if all may",
        needs ["iam:GetAccountPasswordPolicy"],
        |_, context| account::password_policy(context, account::reuse_prevention);
    "password_policy_max_age_days": Kind::Int, "after how many days a password expires; absent if never",
        needs ["iam:GetAccountPasswordPolicy"],
        |_, context| account::password_policy(context, account::max_age);
    "password_policy_character_classes": Kind::Texts,
        "the kinds of character that a password must have, of `lowercase`, `number`, `symbol` and `uppercase`; absent without a policy",
        needs ["iam:GetAccountPasswordPolicy"],
        |_, context| account::password_policy(context, account::character_classes);
    "saml_provider_count": Kind::Int, "how many SAML identity providers the account has", needs ["iam:ListSAMLProviders"],
        |_, context| account::saml_provider_count(context);
    "oidc_provider_count": Kind::Int, "how many OpenID Connect identity providers the account has",
        needs ["iam:ListOpenIDConnectProviders"],
        |_, context| account::oidc_provider_count(context);
    "aws_policies_attached": Kind::Texts, "the names of AWS's own policies that a user, a group or a role has",
        needs ["iam:ListPolicies"],
        |_, context| account::aws_policies_attached(context);
    "aws_policies_on_roles": Kind::Texts, "the names of AWS's own policies that a role has",
        needs ["iam:GetAccountAuthorizationDetails"],
        |_, context| account::aws_policies_on_roles(context);

    // -- Organizations and contacts
    "in_organization": Kind::Bool, "whether the account belongs to an organization",
        uses ["organizations:DescribeOrganization"],
        |_, context| in_organization(context);
    "is_management_account": Kind::Bool, "whether the account rules its organization",
        uses ["organizations:DescribeOrganization"],
        |_, context| is_management_account(context);
    "delegated_services": Kind::Texts, "the services, such as `guardduty.amazonaws.com`, that the account manages for its organization",
        uses ["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"],
        |_, context| Value::known(delegated_services(context, Some(context.scope.account.as_str())));
    "open_regions": Kind::List(REGION), "of the regions that accounts have unasked, and of those that were looked at, those in which the organization's policies let the account start instances",
        uses ["organizations:DescribeOrganization", "organizations:DescribePolicy", "organizations:ListAccounts", "organizations:ListPolicies", "organizations:ListRoots", "organizations:ListTargetsForPolicy"],
        |_, context| open_regions(context);
    "closed_regions": Kind::Texts, "of the same regions, those in which the organization's policies do not",
        uses ["organizations:DescribeOrganization", "organizations:DescribePolicy", "organizations:ListAccounts", "organizations:ListPolicies", "organizations:ListRoots", "organizations:ListTargetsForPolicy"],
        |_, context| closed_regions(context);
    "has_security_contact": Kind::Bool, "whether AWS has a contact for security matters", needs ["account:GetAlternateContact"],
        |_, context| has_contact(context, "SECURITY");
    "has_operations_contact": Kind::Bool, "whether AWS has a contact for operations", needs ["account:GetAlternateContact"],
        |_, context| has_contact(context, "OPERATIONS");
    "has_billing_contact": Kind::Bool, "whether AWS has a contact for billing", needs ["account:GetAlternateContact"],
        |_, context| has_contact(context, "BILLING");
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
    "inspector_scannable": Kind::Texts, "what the region has of what Inspector scans, of `EC2` and `LAMBDA`; images of containers are not read",
        needs ["ec2:DescribeInstances", "lambda:ListFunctions"],
        |_, context| inspector::scannable(context).into_iter().map(str::to_owned).collect::<Vec<_>>();
    "inspector_unscanned": Kind::Texts, "what of that Inspector does not scan",
        needs ["inspector2:BatchGetAccountStatus", "ec2:DescribeInstances", "lambda:ListFunctions"],
        |_, context| inspector::unscanned(context);
    "macie_enabled": Kind::Bool, "whether Macie is on and not paused",
        needs ["macie2:GetMacieSession"],
        |_, context| macie::enabled(context);
    "macie_status": Kind::Text, "`ENABLED` or `PAUSED`; absent where Macie is off",
        needs ["macie2:GetMacieSession"],
        |_, context| macie::region_status(context);
    "bucket_count": Kind::Int, "how many buckets lie in the region",
        needs ["s3:ListBuckets"],
        |_, context| macie::bucket_count(context);
    "detective_graph_exists": Kind::Bool, "whether the account administers a behavior graph of Detective",
        needs ["detective:ListGraphs"],
        |_, context| graph::exists(context);
    "detective_is_its_to_have": Kind::Bool, "whether a behavior graph would be the account's: it manages Detective for its organization, rules one in which nobody does, or is in none",
        uses ["organizations:DescribeOrganization", "organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"],
        |_, context| Value::known(graph::is_its_to_have(context));
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
    "is_in_use": Kind::Bool, "whether somebody made anything in the region; what AWS puts into every region does not count",
        uses_all(region::IN_USE),
        |_, context| region::is_in_use(context);
    "resources_in_use": Kind::Texts, "what somebody made in the region, as a number and a type each; what AWS puts into every region does not count",
        uses_all(region::IN_USE),
        |_, context| region::resources_in_use(context);
    "vpc_block_public_access_mode": Kind::Text,
        "whether the region's internet gateways are shut: `off`, `block-bidirectional` or `block-ingress`",
        needs ["ec2:DescribeVpcBlockPublicAccessOptions"],
        |_, context| region::block_public_access_mode(context);
}}
