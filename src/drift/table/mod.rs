//! What is compared of each type: for each attribute the order that says which of two values allows more.
//!
//! An attribute that stands in no table is compared, and its effect is unknown: nobody has said what it means. Paths
//! are AWS's field names in the form of facts, under the name of the fact where there is one; a path stands for all
//! below it.

mod account;
mod balancing;
mod compute;
mod data;
mod edge;
mod network;

use crate::resource::ResourceType;

use super::orders::Order::{self, Neutral, Never, PresentStrengthens, PresentWeakens, Special};

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
        (T::Image | T::Snapshot, "public") => "is_public",
        (T::Volume | T::Snapshot, "encrypted") => "is_encrypted",
        (T::Volume | T::Snapshot, "kms_key_id") => "kms_key",
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

pub(super) fn names(of: ResourceType) -> Table {
    table(of)
}

/// Every type is named here, so that a new one is not forgotten.
fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
        T::Vpc
        | T::Subnet
        | T::RouteTable
        | T::NetworkAcl
        | T::SecurityGroup
        | T::NetworkInterface
        | T::InternetGateway
        | T::VpnGateway
        | T::EgressOnlyInternetGateway
        | T::CarrierGateway
        | T::NatGateway
        | T::Address
        | T::VpcPeeringConnection
        | T::VpcEndpoint
        | T::VpcEndpointService
        | T::CustomerGateway
        | T::VpnConnection
        | T::TransitGateway
        | T::TransitGatewayAttachment
        | T::TransitGatewayRouteTable
        | T::PrefixList
        | T::FlowLog
        | T::DhcpOptions
        | T::Instance
        | T::ClientVpnEndpoint
        | T::VpcBlockPublicAccessOptions
        | T::VpcBlockPublicAccessExclusion
        | T::AccountSettings => network::table(of),
        T::Image | T::Volume | T::Snapshot | T::LaunchTemplate => compute::table(of),
        T::Function
        | T::Layer
        | T::Document
        | T::ManagedInstance
        | T::DbInstance
        | T::DbSnapshot
        | T::DbClusterSnapshot
        | T::Bucket
        | T::AccessPoint
        | T::MultiRegionAccessPoint
        | T::AccountPublicAccessBlock => data::table(of),
        T::Firewall | T::WebAcl | T::Alarm | T::Connection | T::VirtualInterface | T::HostedZone => edge::table(of),
        T::LoadBalancer | T::TargetGroup | T::ClassicLoadBalancer | T::Accelerator => balancing::table(of),
        T::User
        | T::Group
        | T::Role
        | T::ManagedPolicy
        | T::AwsManagedPolicy
        | T::InstanceProfile
        | T::AccessKey
        | T::CredentialReport
        | T::AccountSummary
        | T::AccountPasswordPolicy
        | T::AccountAlias
        | T::VirtualMfaDevice
        | T::ServerCertificate
        | T::SamlProvider
        | T::OidcProvider
        | T::OrganizationsFeatures
        | T::Organization
        | T::OrganizationRoot
        | T::OrganizationalUnit
        | T::OrganizationAccount
        | T::OrganizationPolicy
        | T::DelegatedAdministrator
        | T::ContactInformation
        | T::AlternateContact
        | T::ConfigurationRecorder
        | T::ConfigurationAggregator
        | T::DeliveryChannel
        | T::Trail
        | T::Detector
        | T::Hub
        | T::Analyzer
        | T::InspectorStatus
        | T::MacieSession
        | T::BehaviorGraph => account::table(of),
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
        | T::VirtualInterface
        | T::VpcBlockPublicAccessExclusion
        | T::User
        | T::Role
        | T::AccessKey
        | T::ClientVpnEndpoint
        | T::SamlProvider
        | T::OidcProvider
        | T::DelegatedAdministrator
        | T::AccessPoint
        | T::MultiRegionAccessPoint
        | T::CarrierGateway => PresentWeakens,
        T::FlowLog
        | T::Firewall
        | T::WebAcl
        | T::Alarm
        | T::Trail
        | T::Detector
        | T::Hub
        | T::Analyzer
        | T::MacieSession
        | T::BehaviorGraph
        | T::ConfigurationRecorder
        | T::ConfigurationAggregator
        | T::OrganizationsFeatures
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
        | T::Image
        | T::Snapshot
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_compared_has_attributes() {
        for of in ResourceType::ALL.iter().filter(|of| is_compared(**of)) {
            assert!(!table(*of).is_empty(), "{}", of.name());
        }
    }
}
