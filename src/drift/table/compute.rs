//! Attributes of what instances are made of.

use crate::resource::ResourceType;

use super::Table;
use crate::drift::orders::Order::{Either, Moves, Neutral, Never, PresentStrengthens, TrueStrengthens, TrueWeakens};

pub(super) fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
        T::Image => &[
            ("image_id", Never),
            ("name", Never),
            ("state", Never),
            ("creation_date", Never),
            ("is_public", TrueWeakens),
            ("imds_support", PresentStrengthens),
            ("image_owner_alias", Never),
            ("image_type", Neutral),
            ("architecture", Neutral),
            ("platform_details", Neutral),
            ("virtualization_type", Neutral),
            ("deprecation_time", Neutral),
            ("source_image_id", Neutral),
            ("source_image_region", Neutral),
        ],
        T::Volume => &[
            ("volume_id", Never),
            ("state", Never),
            ("create_time", Never),
            ("is_encrypted", TrueStrengthens),
            ("kms_key", PresentStrengthens),
            ("attachments", Either),
            ("volume_type", Neutral),
            ("size", Neutral),
            ("availability_zone", Moves),
            ("snapshot_id", Neutral),
            ("source_volume_id", Neutral),
            ("multi_attach_enabled", Neutral),
            ("operator", Neutral),
        ],
        T::Snapshot => &[
            ("snapshot_id", Never),
            ("state", Never),
            ("start_time", Never),
            ("is_public", TrueWeakens),
            ("is_encrypted", TrueStrengthens),
            ("kms_key", PresentStrengthens),
            ("volume_id", Neutral),
            ("volume_size", Neutral),
            ("storage_tier", Neutral),
        ],
        T::LaunchTemplate => &[
            ("launch_template_id", Never),
            ("launch_template_name", Never),
            ("create_time", Never),
            ("created_by", Neutral),
            ("default_version_number", Neutral),
            ("latest_version_number", Neutral),
            ("versions", Either),
            ("operator", Neutral),
        ],
        _ => &[],
    }
}
