//! Attributes of principals, policies, organizations and of what watches.

use super::Table;
use crate::drift::orders::Order::{
    Either, GreaterStrengthens, GreaterWeakens, MoreStrengthens, MoreWeakens, Moves, Neutral, Never,
    PresentStrengthens, Special, TrueStrengthens, Words,
};
use crate::resource::ResourceType;

const SWITCH: &[&str] = &["DISABLED", "ENABLED"];
const ACTIVE: &[&str] = &["Active", "Inactive"];
const FREQUENCY: &[&str] = &["DAILY", "CONTINUOUS"];

pub(super) fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
        T::User | T::Group | T::Role => &[
            ("inline_policies", Special),
            ("attached_policies", Special),
            ("groups", MoreWeakens),
            ("permissions_boundary", PresentStrengthens),
            ("trust_policy", Special),
        ],
        T::ManagedPolicy | T::AwsManagedPolicy => &[("document", Special), ("other_versions", Neutral)],
        T::InstanceProfile => {
            &[("instance_profile_name", Never), ("instance_profile_id", Never), ("path", Never), ("roles", Either)]
        }
        T::AccessKey => {
            &[("access_key_id", Never), ("user_name", Never), ("last_used", Never), ("status", Words(ACTIVE))]
        }
        T::CredentialReport => {
            &[("password_enabled", MoreWeakens), ("mfa_active", MoreStrengthens), ("certificates_active", MoreWeakens)]
        }
        T::AccountSummary => &[
            ("users", Never),
            ("groups", Never),
            ("roles", Never),
            ("policies", Never),
            ("account_mfa_enabled", GreaterStrengthens),
            ("account_access_keys_present", GreaterWeakens),
            ("account_password_present", GreaterWeakens),
            ("account_signing_certificates_present", GreaterWeakens),
        ],
        T::AccountPasswordPolicy => &[
            ("minimum_length", GreaterStrengthens),
            ("reuse_prevention", GreaterStrengthens),
            ("max_age_days", Neutral),
            ("expire_passwords", Neutral),
            ("hard_expiry", Neutral),
            ("requires_symbols", TrueStrengthens),
            ("requires_numbers", TrueStrengthens),
            ("requires_uppercase", TrueStrengthens),
            ("requires_lowercase", TrueStrengthens),
            ("users_may_change", Neutral),
        ],
        T::AccountAlias => &[("account_alias", Neutral)],
        T::VirtualMfaDevice => &[("serial_number", Never), ("user_arn", PresentStrengthens)],
        T::ServerCertificate => &[
            ("server_certificate_name", Never),
            ("server_certificate_id", Never),
            ("path", Never),
            ("expiration", Neutral),
        ],
        T::SamlProvider => &[("valid_until", Neutral)],
        T::OidcProvider => &[("url", Either), ("audiences", MoreWeakens), ("thumbprint_list", MoreWeakens)],
        T::OrganizationsFeatures => &[("organization_id", Never), ("enabled_features", MoreStrengthens)],
        T::Organization => {
            &[("id", Never), ("feature_set", Words(&["CONSOLIDATED_BILLING", "ALL"])), ("master_account_id", Either)]
        }
        T::OrganizationRoot => &[("id", Never), ("name", Neutral), ("policy_types", MoreStrengthens)],
        T::OrganizationalUnit => &[("id", Never), ("path", Never), ("name", Neutral), ("parent_id", Moves)],
        T::OrganizationAccount => &[
            ("id", Never),
            ("path", Never),
            ("status", Never),
            ("name", Neutral),
            ("joined_method", Neutral),
            ("state", Neutral),
            ("parent_id", Moves),
        ],
        T::OrganizationPolicy => &[
            ("id", Never),
            ("name", Never),
            ("type", Never),
            ("aws_managed", Never),
            ("document", Special),
            ("settings", Either),
            ("targets", Special),
        ],
        T::DelegatedAdministrator => &[("id", Never), ("name", Neutral), ("delegated_services", MoreWeakens)],
        T::ContactInformation => &[("company_name", Neutral), ("country_code", Neutral)],
        T::AlternateContact => &[("alternate_contact_type", Never), ("email_address", Neutral)],
        T::ConfigurationRecorder => &[
            ("name", Never),
            ("role_arn", Neutral),
            ("recording_scope", Neutral),
            ("service_principal", Never),
            ("is_recording", TrueStrengthens),
            ("configuration_recorder_status", Never),
            ("records_all_supported", TrueStrengthens),
            ("records_global_types", TrueStrengthens),
            ("recorded_types", MoreStrengthens),
            ("excluded_types", MoreWeakens),
            ("recording_group", Neutral),
            ("frequency", Words(FREQUENCY)),
        ],
        T::DeliveryChannel => &[
            ("name", Never),
            ("delivery_channel_status", Never),
            ("kms_key", PresentStrengthens),
            ("sns_topic", Neutral),
            ("config_snapshot_delivery_properties", Neutral),
            ("s3_bucket", Either),
        ],
        T::ConfigurationAggregator => &[
            ("configuration_aggregator_name", Never),
            ("configuration_aggregator_arn", Never),
            ("created_by", Neutral),
            ("creation_time", Never),
            ("account_aggregation_sources", MoreStrengthens),
            ("organization_aggregation_source", PresentStrengthens),
            ("organization_aggregation_source.all_aws_regions", TrueStrengthens),
            ("organization_aggregation_source.aws_regions", MoreStrengthens),
            ("organization_aggregation_source.role_arn", Neutral),
        ],
        T::Trail => &[
            ("trail_arn", Never),
            ("name", Never),
            ("home_region", Never),
            ("is_multi_region", TrueStrengthens),
            ("is_organization", TrueStrengthens),
            ("include_global_service_events", TrueStrengthens),
            ("log_file_validation", TrueStrengthens),
            ("is_logging", TrueStrengthens),
            ("trail_status", Never),
            ("kms_key", PresentStrengthens),
            ("cloudwatch_log_group", PresentStrengthens),
            ("cloud_watch_logs_role_arn", Neutral),
            ("sns_topic_name", Neutral),
            ("sns_topic_arn", Neutral),
            ("has_custom_event_selectors", Never),
            ("has_insight_selectors", TrueStrengthens),
            ("s3_bucket", Either),
            ("s3_key_prefix", Neutral),
        ],
        T::Detector => &[
            ("detector_id", Never),
            ("service_role", Never),
            ("data_sources", Never),
            ("status", Words(SWITCH)),
            ("enabled_features", MoreStrengthens),
            ("finding_publishing_frequency", Words(&["SIX_HOURS", "ONE_HOUR", "FIFTEEN_MINUTES"])),
            // What was found is not what was set.
            ("finding_statistics", Never),
            ("organization_configuration.auto_enable_organization_members", Words(&["NONE", "NEW", "ALL"])),
            ("organization_configuration.member_account_limit_reached", Never),
        ],
        T::Hub => &[
            ("hub_arn", Never),
            ("standards", MoreStrengthens),
            ("auto_enable_controls", TrueStrengthens),
            ("control_finding_generator", Neutral),
            ("organization.auto_enable", TrueStrengthens),
            ("organization.configuration_type", Neutral),
        ],
        T::Analyzer => &[
            ("name", Never),
            ("type", Either),
            ("status", Words(&["FAILED", "DISABLED", "CREATING", "ACTIVE"])),
            ("status_reason", Never),
            ("last_resource_analyzed", Never),
            ("total_active_findings", Never),
            ("configuration", Neutral),
            ("managed_by", Neutral),
        ],
        T::InspectorStatus => &[
            ("account_id", Never),
            ("state.status", Words(SWITCH)),
            ("resource_state.ec2.status", Words(SWITCH)),
            ("resource_state.ecr.status", Words(SWITCH)),
            ("resource_state.lambda.status", Words(SWITCH)),
            ("resource_state.lambda_code.status", Words(SWITCH)),
            ("severity_counts", Never),
        ],
        T::MacieSession => &[
            ("account_id", Never),
            ("service_role", Never),
            ("created_at", Never),
            ("updated_at", Never),
            ("status", Words(&["PAUSED", "ENABLED"])),
            ("finding_publishing_frequency", Words(&["SIX_HOURS", "ONE_HOUR", "FIFTEEN_MINUTES"])),
            ("automated_discovery.status", Words(SWITCH)),
            ("automated_discovery.auto_enable_organization_members", Words(&["NONE", "NEW", "ALL"])),
        ],
        T::BehaviorGraph => &[("created_time", Never)],
        _ => &[],
    }
}
