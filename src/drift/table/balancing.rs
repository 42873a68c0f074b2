//! Attributes of balancers.

use super::Table;
use crate::drift::orders::Order::{Either, Neutral, Never, Special, TrueStrengthens, TrueWeakens, Words};
use crate::resource::ResourceType;

const SCHEMES: &[&str] = &["internet-facing", "internal"];

pub(super) fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
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
        _ => &[],
    }
}
