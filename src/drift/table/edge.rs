//! Attributes of what stands at the edge of networks.

use crate::resource::ResourceType;

use super::Table;
use crate::drift::orders::Order::{Either, MoreStrengthens, Neutral, Never, TrueStrengthens};

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
        _ => &[],
    }
}
