//! Attributes of what stands at the edge of networks.

use crate::resource::ResourceType;

use super::Table;
use crate::drift::orders::Order::{
    Either, MoreStrengthens, MoreWeakens, Neutral, Never, TrueStrengthens, TrueWeakens, Words,
};

pub(super) fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
        T::Firewall => &[
            ("firewall_name", Never),
            ("firewall_arn", Never),
            ("transit_gateway_attachment_id", Never),
            ("firewall.delete_protection", TrueStrengthens),
            ("firewall.subnet_change_protection", TrueStrengthens),
            ("firewall.firewall_policy_change_protection", TrueStrengthens),
            ("firewall.description", Neutral),
            ("firewall.tags", Neutral),
            ("firewall", Either),
            ("firewall_policy", Either),
            ("logging_configuration", MoreStrengthens),
        ],
        T::WebAcl => &[("arn", Never), ("name", Never), ("description", Neutral), ("resource_arns", MoreStrengthens)],
        T::Alarm => &[
            ("alarm_name", Never),
            ("alarm_arn", Never),
            ("actions_enabled", TrueStrengthens),
            ("alarm_actions", Either),
            ("namespace", Either),
            ("metric_name", Either),
            ("statistic", Either),
            ("extended_statistic", Either),
            ("dimensions", Either),
            ("period", Either),
            ("evaluation_periods", Either),
            ("datapoints_to_alarm", Either),
            ("threshold", Either),
            ("comparison_operator", Either),
            ("treat_missing_data", Either),
            ("metrics", Either),
            ("threshold_metric_id", Either),
        ],
        T::Connection => &[
            ("connection_id", Never),
            ("connection_name", Never),
            ("owner_account", Never),
            ("connection_state", Never),
            ("region", Never),
            ("location", Either),
            ("bandwidth", Neutral),
            ("lag_id", Neutral),
            ("partner_name", Neutral),
            ("encryption_mode", Words(&["no_encrypt", "should_encrypt", "must_encrypt"])),
        ],
        T::VirtualInterface => &[
            ("virtual_interface_id", Never),
            ("virtual_interface_name", Never),
            ("owner_account", Never),
            ("virtual_interface_state", Never),
            ("virtual_interface_type", Either),
            ("connection_id", Neutral),
            ("location", Neutral),
            ("virtual_gateway_id", Either),
            ("direct_connect_gateway_id", Either),
            ("asn", Either),
            ("amazon_side_asn", Neutral),
            ("route_filter_prefixes", MoreWeakens),
            ("site_link_enabled", TrueWeakens),
        ],
        T::HostedZone => &[
            ("id", Never),
            ("name", Never),
            ("config.private_zone", Never),
            ("resource_record_set_count", Never),
            ("resource_record_sets", Either),
        ],
        _ => &[],
    }
}
