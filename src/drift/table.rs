//! What is compared of each type: for each attribute the order that says which of two values allows more.
//!
//! An attribute that stands in no table is compared, and its effect is unknown: nobody has said what it means. Paths
//! are AWS's field names in the form of facts, under the name of the fact where there is one; a path stands for all
//! below it.

use crate::resource::ResourceType;

use super::orders::Order::{
    self, Either, GreaterStrengthens, GreaterWeakens, MoreStrengthens, MoreWeakens, Moves, Neutral, Never,
    PresentStrengthens, PresentWeakens, Special, TrueStrengthens, TrueWeakens, Words,
};

type Table = &'static [(&'static str, Order)];

/// The order of an attribute.
pub(super) fn order_of(of: ResourceType, path: &str) -> Order {
    let found = |table: Table| {
        let meant = |(name, _): &&(&str, Order)| {
            path == *name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        };
        // The longest name is the most exact.
        table.iter().filter(meant).max_by_key(|(name, _)| name.len()).map(|(_, order)| *order)
    };
    found(table(of)).or_else(|| found(EVERYWHERE)).unwrap_or(Order::Unknown)
}

/// The names that attributes have instead of AWS's.
pub(super) fn renamed(of: ResourceType, path: &str) -> &str {
    use ResourceType as T;
    match (of, path) {
        (T::Vpc, "dhcp_options_id") => "dhcp_options",
        (T::VpcEndpoint, "subnet_ids") => "subnets",
        (T::VpcEndpoint, "route_table_ids") => "route_tables",
        (T::Instance, "iam_instance_profile") => "instance_profile",
        (T::Trail, "is_multi_region_trail") => "is_multi_region",
        (T::Trail, "is_organization_trail") => "is_organization",
        (T::Trail, "log_file_validation_enabled") => "log_file_validation",
        (T::Trail, "s3_bucket_name") => "s3_bucket",
        (T::Trail, "kms_key_id") => "kms_key",
        (T::Trail, "cloud_watch_logs_log_group_arn") => "cloudwatch_log_group",
        (T::Trail, "trail_status.is_logging") => "is_logging",
        (T::DeliveryChannel, "s3_bucket_name") => "s3_bucket",
        (T::DeliveryChannel, "s3_kms_key_arn") => "kms_key",
        (T::DeliveryChannel, "sns_topic_arn") => "sns_topic",
        (T::ConfigurationRecorder, "configuration_recorder_status.recording") => "is_recording",
        (T::ConfigurationRecorder, "recording_group.all_supported") => "records_all_supported",
        (T::ConfigurationRecorder, "recording_group.include_global_resource_types") => "records_global_types",
        (T::ConfigurationRecorder, "recording_group.resource_types") => "recorded_types",
        (T::ConfigurationRecorder, "recording_group.exclusion_by_resource_types.resource_types") => "excluded_types",
        (T::ConfigurationRecorder, "recording_mode.recording_frequency") => "frequency",
        (T::Accelerator, "enabled") => "is_enabled",
        (T::AccountPasswordPolicy, "minimum_password_length") => "minimum_length",
        (T::AccountPasswordPolicy, "password_reuse_prevention") => "reuse_prevention",
        (T::AccountPasswordPolicy, "max_password_age") => "max_age_days",
        (T::AccountPasswordPolicy, "require_symbols") => "requires_symbols",
        (T::AccountPasswordPolicy, "require_numbers") => "requires_numbers",
        (T::AccountPasswordPolicy, "require_uppercase_characters") => "requires_uppercase",
        (T::AccountPasswordPolicy, "require_lowercase_characters") => "requires_lowercase",
        (T::AccountPasswordPolicy, "allow_users_to_change_password") => "users_may_change",
        (T::OidcProvider, "client_id_list") => "audiences",
        (T::VpcBlockPublicAccessOptions, "internet_gateway_block_mode") => "mode",
        (T::VpcBlockPublicAccessExclusion, "internet_gateway_exclusion_mode") => "mode",
        (T::AccountSettings, "snapshot_block_public_access_state") => "snapshot_block_public_access",
        (T::AccountSettings, "image_block_public_access_state") => "image_block_public_access",
        (T::AccountSettings, "serial_console_access_enabled") => "serial_console_access",
        (_, path) => match (of, path.strip_prefix("metadata_options.")) {
            (T::Instance, Some(name)) => name,
            _ => path,
        },
    }
}

/// What missing means where it does not mean false.
pub(super) fn is_true_by_default(of: ResourceType, path: &str) -> bool {
    use ResourceType as T;
    matches!(
        (of, path),
        (T::Vpc, "enable_dns_support") | (T::NetworkInterface, "source_dest_check") | (T::Accelerator, "is_enabled")
    )
}

const EVERYWHERE: Table = &[("tags", Neutral), ("description", Neutral), ("owner_id", Never), ("arn", Never)];

const SCHEMES: &[&str] = &["internet-facing", "internal"];
const BLOCKING: &[&str] = &["unblocked", "block-new-sharing", "block-all-sharing"];
const TOKENS: &[&str] = &["optional", "no-preference", "required"];
const SWITCH: &[&str] = &["DISABLED", "ENABLED"];
/// Of what forbids when it is on.
const ENABLE_WEAKENS: &[&str] = &["enable", "disable"];
const ACTIVE: &[&str] = &["Active", "Inactive"];
const FREQUENCY: &[&str] = &["DAILY", "CONTINUOUS"];

pub(super) fn names(of: ResourceType) -> Table {
    table(of)
}

fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
        T::Vpc => &[
            ("vpc_id", Never),
            ("state", Never),
            ("cidr_block", Never),
            ("cidr_block_association_set", Never),
            ("ipv6_cidr_block_association_set", Never),
            ("block_public_access_states", Never),
            ("cidr_blocks", Neutral),
            ("instance_tenancy", Neutral),
            ("is_default", Neutral),
            ("enable_dns_support", Neutral),
            ("enable_dns_hostnames", Neutral),
            ("main_route_table", Special),
            ("encryption_control.mode", Words(&["monitor", "enforce"])),
            ("encryption_control", Never),
        ],
        T::Subnet => &[
            ("subnet_id", Never),
            ("subnet_arn", Never),
            ("state", Never),
            ("cidr_block", Never),
            ("availability_zone", Never),
            ("availability_zone_id", Never),
            ("ipv6_cidr_block_association_set", Never),
            ("block_public_access_states", Never),
            ("vpc_id", Never),
            ("cidr_blocks", Neutral),
            ("default_for_az", Neutral),
            ("type", Never),
            ("map_public_ip_on_launch", TrueWeakens),
            ("assign_ipv6_address_on_creation", TrueWeakens),
            ("map_customer_owned_ip_on_launch", TrueWeakens),
            ("enable_dns64", Neutral),
            ("private_dns_name_options_on_launch", Neutral),
            ("route_table", Special),
            ("network_acl", Special),
        ],
        T::RouteTable => &[("routes", Special), ("gateways", Either), ("propagating_vgws", MoreWeakens)],
        T::NetworkAcl => {
            &[("ingress", Special), ("egress", Special), ("offered_ingress", Special), ("offered_egress", Special)]
        }
        T::SecurityGroup => &[("ingress", Special), ("egress", Special), ("rule_descriptions", Neutral)],
        T::NetworkInterface => &[
            ("security_groups", Special),
            ("source_dest_check", TrueStrengthens),
            ("public_addresses", Special),
            ("ipv6_addresses", Special),
            ("deny_all_igw_traffic", TrueStrengthens),
            ("attached_to", Moves),
        ],
        T::InternetGateway | T::VpnGateway => &[("attached_vpcs", Special), ("amazon_side_asn", Neutral)],
        T::EgressOnlyInternetGateway => &[("attached_vpcs", MoreWeakens)],
        T::CarrierGateway => &[("vpc_id", Never), ("state", Never), ("carrier_gateway_id", Never)],
        T::NatGateway => &[("addresses", Neutral), ("connectivity_type", Words(&["public", "private"]))],
        T::Address => &[("network_interface", Moves), ("address", Neutral)],
        T::VpcPeeringConnection => &[
            ("status", Words(&["active", "provisioning", "pending-acceptance", "initiating-request"])),
            ("dns_resolution", MoreWeakens),
        ],
        T::VpcEndpoint => &[
            ("vpc_endpoint_id", Never),
            ("vpc_id", Never),
            ("service_name", Never),
            ("vpc_endpoint_type", Never),
            ("state", Never),
            ("last_error", Never),
            ("failure_reason", Never),
            ("network_interface_ids", Never),
            ("ipv4_prefixes", Never),
            ("ipv6_prefixes", Never),
            ("policy", Special),
            ("security_groups", Special),
            ("subnets", Neutral),
            ("route_tables", Neutral),
            ("private_dns_enabled", Neutral),
            ("ip_address_type", Neutral),
            ("requester_managed", Neutral),
        ],
        T::VpcEndpointService => &[
            ("service_id", Never),
            ("service_name", Never),
            ("service_type", Neutral),
            ("service_state", Never),
            ("availability_zones", Neutral),
            ("availability_zone_ids", Neutral),
            ("base_endpoint_dns_names", Never),
            ("acceptance_required", TrueStrengthens),
            ("allowed_principals", MoreWeakens),
            ("network_load_balancer_arns", Either),
            ("gateway_load_balancer_arns", Either),
            ("supported_regions", MoreWeakens),
            ("private_dns_name", Neutral),
            ("payer_responsibility", Neutral),
            ("supported_ip_address_types", Neutral),
        ],
        T::CustomerGateway => &[
            ("customer_gateway_id", Never),
            ("state", Never),
            ("ip_address", Never),
            ("bgp_asn", Never),
            ("bgp_asn_extended", Never),
            ("device_name", Neutral),
            ("type", Neutral),
        ],
        T::VpnConnection => &[
            ("vpn_connection_id", Never),
            ("state", Never),
            ("vgw_telemetry", Never),
            ("gateway_association_state", Never),
            ("pre_shared_key_arn", Neutral),
            ("transit_gateway_id", Never),
            ("vpn_gateway_id", Never),
            ("customer_gateway_id", Never),
            ("routes", MoreWeakens),
            ("category", Neutral),
            ("type", Neutral),
            ("options.enable_acceleration", Neutral),
            ("options.tunnel_bandwidth", Neutral),
        ],
        T::TransitGateway => &[
            ("transit_gateway_id", Never),
            ("transit_gateway_arn", Never),
            ("state", Never),
            ("options.amazon_side_asn", Neutral),
            ("options.auto_accept_shared_attachments", Words(ENABLE_WEAKENS)),
            ("options.default_route_table_association", Words(ENABLE_WEAKENS)),
            ("options.default_route_table_propagation", Words(ENABLE_WEAKENS)),
            ("options.security_group_referencing_support", Words(ENABLE_WEAKENS)),
            ("options.multicast_support", Words(ENABLE_WEAKENS)),
            ("options.dns_support", Neutral),
            ("options.vpn_ecmp_support", Neutral),
            ("options.transit_gateway_cidr_blocks", MoreWeakens),
        ],
        T::TransitGatewayAttachment => &[
            ("transit_gateway_attachment_id", Never),
            ("transit_gateway_id", Never),
            ("transit_gateway_owner_id", Never),
            ("resource_owner_id", Never),
            ("resource_type", Never),
            ("resource_id", Never),
            // Told where the table is.
            ("association", Never),
            ("peering_attachment", Neutral),
            ("nat_gateway_support", Words(ENABLE_WEAKENS)),
            ("state", Words(&["available", "modifying", "pending", "initiating", "pendingAcceptance"])),
            ("vpc_attachment.vpc_id", Never),
            ("vpc_attachment.vpc_owner_id", Never),
            ("vpc_attachment.subnet_ids", MoreWeakens),
            ("vpc_attachment.options.security_group_referencing_support", Words(ENABLE_WEAKENS)),
            ("vpc_attachment.options", Neutral),
        ],
        T::TransitGatewayRouteTable => &[
            ("transit_gateway_route_table_id", Never),
            ("transit_gateway_id", Never),
            ("state", Never),
            ("default_association_route_table", TrueWeakens),
            ("default_propagation_route_table", TrueWeakens),
            ("associations", MoreWeakens),
            ("propagations", MoreWeakens),
            ("routes", Special),
            ("additional_routes_available", Never),
        ],
        T::PrefixList => &[("addresses", Special), ("max_entries", Neutral), ("address_family", Neutral)],
        T::FlowLog => &[
            ("is_running", TrueStrengthens),
            ("deliver_logs_permission_arn", Neutral),
            ("deliver_cross_account_role", Neutral),
            ("log_format", Neutral),
            ("max_aggregation_interval", Neutral),
            ("destination_options", Neutral),
            ("log_destination_type", Never),
        ],
        T::DhcpOptions => &[("dhcp_options_id", Never)],
        T::Instance => &[
            ("instance_id", Never),
            ("architecture", Neutral),
            ("instance_lifecycle", Neutral),
            // Told of the interfaces themselves.
            ("network_interfaces", Never),
            ("security_groups", Never),
            ("source_dest_check", Never),
            ("private_ip_address", Never),
            ("public_ip_address", Never),
            ("ipv6_address", Never),
            ("subnet_id", Moves),
            ("vpc_id", Never),
            ("state_reason", Never),
            ("state_transition_reason", Never),
            ("spot_instance_request_id", Never),
            ("reservation_owner_id", Never),
            ("virtualization_type", Neutral),
            ("root_device_type", Neutral),
            ("enclave_options", Neutral),
            ("platform_details", Neutral),
            ("platform", Neutral),
            ("tpm_support", Neutral),
            ("operator", Neutral),
            ("instance_type", Neutral),
            ("placement", Neutral),
            ("monitoring", Neutral),
            ("state.name", Neutral),
            ("state", Never),
            ("instance_profile", PresentWeakens),
            ("http_tokens", Words(TOKENS)),
            ("http_endpoint", Words(&["enabled", "disabled"])),
            ("http_put_response_hop_limit", GreaterWeakens),
            ("http_protocol_ipv6", Words(&["enabled", "disabled"])),
            ("instance_metadata_tags", Words(&["enabled", "disabled"])),
        ],
        T::VpcBlockPublicAccessOptions => &[
            ("aws_region", Never),
            ("aws_account_id", Never),
            ("state", Never),
            ("reason", Never),
            ("mode", Words(&["off", "block-ingress", "block-bidirectional"])),
            ("managed_by", Words(&["account", "declarative-policy"])),
            ("exclusions_allowed", Words(&["allowed", "not-allowed"])),
        ],
        T::VpcBlockPublicAccessExclusion => &[
            ("exclusion_id", Never),
            ("resource_arn", Never),
            ("state", Never),
            ("reason", Never),
            ("mode", Words(&["allow-bidirectional", "allow-egress"])),
        ],
        T::AccountSettings => &[
            ("region", Never),
            ("ebs_encryption_by_default", TrueStrengthens),
            ("snapshot_block_public_access", Words(BLOCKING)),
            ("image_block_public_access", Words(BLOCKING)),
            ("serial_console_access", TrueWeakens),
            ("instance_metadata_defaults.http_tokens_enforced", Words(&["disabled", "enabled"])),
            ("instance_metadata_defaults.http_tokens", Words(TOKENS)),
            ("instance_metadata_defaults.http_endpoint", Words(&["enabled", "disabled"])),
            ("instance_metadata_defaults.http_put_response_hop_limit", GreaterWeakens),
            ("instance_metadata_defaults.managed_by", Neutral),
            ("instance_metadata_defaults.instance_metadata_tags", Words(&["enabled", "no-preference", "disabled"])),
        ],
        T::LoadBalancer => &[
            ("load_balancer_arn", Never),
            ("load_balancer_name", Never),
            ("dns_name", Never),
            ("canonical_hosted_zone_id", Never),
            ("state", Never),
            ("scheme", Words(SCHEMES)),
            ("vpc_id", Never),
            ("type", Neutral),
            ("availability_zones", Neutral),
            ("security_groups", Special),
            ("ip_address_type", Neutral),
            ("listeners", Either),
            ("attributes.access_logs.s3.enabled", TrueStrengthens),
            ("attributes.connection_logs.s3.enabled", TrueStrengthens),
            ("attributes.deletion_protection.enabled", TrueStrengthens),
            ("attributes.routing.http.drop_invalid_header_fields.enabled", TrueStrengthens),
            ("attributes.routing.http.desync_mitigation_mode", Words(&["monitor", "defensive", "strictest"])),
            ("attributes.waf.fail_open.enabled", TrueWeakens),
            ("attributes", Neutral),
        ],
        T::TargetGroup => &[
            ("target_group_arn", Never),
            ("target_group_name", Never),
            ("vpc_id", Never),
            ("load_balancer_arns", Never),
            ("targets", Either),
            ("health_check_protocol", Neutral),
            ("health_check_port", Neutral),
            ("health_check_enabled", Neutral),
            ("health_check_interval_seconds", Neutral),
            ("health_check_timeout_seconds", Neutral),
            ("healthy_threshold_count", Neutral),
            ("unhealthy_threshold_count", Neutral),
            ("health_check_path", Neutral),
            ("matcher", Neutral),
            ("attributes", Neutral),
            ("ip_address_type", Neutral),
            ("protocol_version", Neutral),
        ],
        T::ClassicLoadBalancer => &[
            ("load_balancer_name", Never),
            ("dns_name", Never),
            ("canonical_hosted_zone_name", Never),
            ("canonical_hosted_zone_name_id", Never),
            ("source_security_group", Never),
            ("availability_zones", Never),
            ("vpc_id", Never),
            ("subnets", Neutral),
            ("scheme", Words(SCHEMES)),
            ("health_check", Neutral),
            ("security_groups", Special),
            ("listener_descriptions", Either),
            ("policy_descriptions", Either),
            ("backend_server_descriptions", Neutral),
            ("load_balancer_attributes.access_log.enabled", TrueStrengthens),
            ("load_balancer_attributes.additional_attributes", Either),
            ("load_balancer_attributes", Neutral),
            ("instances", Either),
        ],
        T::Accelerator => &[
            ("accelerator_arn", Never),
            ("name", Never),
            ("dns_name", Never),
            ("dual_stack_dns_name", Never),
            ("status", Never),
            ("events", Never),
            ("ip_sets", Neutral),
            ("ip_address_type", Neutral),
            ("is_enabled", TrueWeakens),
            ("listeners", Either),
        ],
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
            ("targets", Special),
        ],
        T::DelegatedAdministrator => &[("id", Never), ("name", Neutral), ("delegated_services", MoreWeakens)],
        T::ContactInformation => &[("company_name", Neutral), ("country_code", Neutral)],
        T::AlternateContact => &[("alternate_contact_type", Never), ("email_address", Neutral)],
        T::Function => &[
            ("function_name", Never),
            ("function_arn", Never),
            ("runtime", Neutral),
            ("role", Either),
            ("package_type", Neutral),
            ("vpc_config", Either),
            ("policy", Special),
            ("urls", Either),
        ],
        T::DbInstance => &[
            ("db_instance_identifier", Never),
            ("db_instance_arn", Never),
            ("db_instance_status", Never),
            ("engine", Neutral),
            ("engine_version", Neutral),
            ("db_cluster_identifier", Neutral),
            ("endpoint.port", Neutral),
            ("endpoint", Never),
            ("publicly_accessible", TrueWeakens),
            ("db_subnet_group", Either),
            ("vpc_security_groups", Either),
            ("storage_encrypted", TrueStrengthens),
            ("multi_az", Neutral),
            ("deletion_protection", TrueStrengthens),
            ("tag_list", Neutral),
        ],
        T::DbSnapshot => &[
            ("db_snapshot_identifier", Never),
            ("db_snapshot_arn", Never),
            ("db_instance_identifier", Neutral),
            ("engine", Neutral),
            ("status", Never),
            ("encrypted", TrueStrengthens),
            ("db_snapshot_attributes", MoreWeakens),
            ("tag_list", Neutral),
        ],
        T::DbClusterSnapshot => &[
            ("db_cluster_snapshot_identifier", Never),
            ("db_cluster_snapshot_arn", Never),
            ("db_cluster_identifier", Neutral),
            ("engine", Neutral),
            ("status", Never),
            ("storage_encrypted", TrueStrengthens),
            ("db_cluster_snapshot_attributes", MoreWeakens),
            ("tag_list", Neutral),
        ],
        T::Bucket => &[
            ("name", Never),
            ("policy", Special),
            ("acl_grants", MoreWeakens),
            ("public_access_block_configuration", TrueStrengthens),
            ("object_ownership", Words(&["ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"])),
            ("versioning", Words(&["Suspended", "Enabled"])),
            ("mfa_delete", Words(&["Disabled", "Enabled"])),
            ("logging_target", PresentStrengthens),
            ("logging_prefix", Neutral),
        ],
        T::AccessPoint => &[
            ("name", Never),
            ("access_point_arn", Never),
            ("alias", Never),
            ("bucket", Either),
            ("bucket_account_id", Either),
            ("network_origin", Words(&["Internet", "VPC"])),
            ("vpc_configuration", Either),
            ("public_access_block_configuration", TrueStrengthens),
        ],
        T::MultiRegionAccessPoint => &[
            ("name", Never),
            ("alias", Never),
            ("status", Never),
            ("regions", Either),
            ("public_access_block", TrueStrengthens),
        ],
        T::AccountPublicAccessBlock => &[("account_id", Never), ("public_access_block_configuration", TrueStrengthens)],
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
        ],
        T::Hub => &[
            ("hub_arn", Never),
            ("standards", MoreStrengthens),
            ("auto_enable_controls", TrueStrengthens),
            ("control_finding_generator", Neutral),
        ],
        T::Analyzer => &[
            ("name", Never),
            ("type", Either),
            ("status", Words(&["FAILED", "DISABLED", "CREATING", "ACTIVE"])),
            ("status_reason", Never),
            ("last_resource_analyzed", Never),
            ("configuration", Neutral),
            ("managed_by", Neutral),
        ],
        T::ComplianceSummary | T::Account | T::Region | T::ReportedUser | T::ReportedAccessKey => &[],
    }
}

/// Whether the type is compared at all.
pub(super) fn is_compared(of: ResourceType) -> bool {
    // A count of rules that are met says nothing that the configuration does not.
    !matches!(
        of,
        ResourceType::ComplianceSummary
            | ResourceType::Account
            | ResourceType::Region
            | ResourceType::ReportedUser
            | ResourceType::ReportedAccessKey
    )
}

/// The effect of a thing's being there: what its appearance does, and its disappearance the other way round.
pub(super) fn presence(of: ResourceType) -> Order {
    use ResourceType as T;
    match of {
        T::VpcPeeringConnection
        | T::TransitGatewayAttachment
        | T::VpnConnection
        | T::VpcBlockPublicAccessExclusion
        | T::User
        | T::Role
        | T::AccessKey
        | T::SamlProvider
        | T::OidcProvider
        | T::DelegatedAdministrator
        | T::AccessPoint
        | T::MultiRegionAccessPoint
        | T::CarrierGateway => PresentWeakens,
        T::FlowLog
        | T::Trail
        | T::Detector
        | T::Hub
        | T::Analyzer
        | T::ConfigurationRecorder
        | T::DeliveryChannel
        | T::AccountPasswordPolicy
        | T::AlternateContact
        | T::VirtualMfaDevice => PresentStrengthens,
        T::SecurityGroup
        | T::NetworkInterface
        | T::InternetGateway
        | T::VpnGateway
        | T::NatGateway
        | T::Address
        | T::Instance
        | T::LoadBalancer
        | T::ClassicLoadBalancer
        | T::Accelerator
        | T::OrganizationPolicy
        | T::EgressOnlyInternetGateway
        | T::VpcEndpointService => Special,
        T::OrganizationAccount => Order::Unknown,
        _ => Neutral,
    }
}
