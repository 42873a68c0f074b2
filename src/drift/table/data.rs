//! Attributes of what keeps data and runs code for others: buckets, databases, functions.

use crate::resource::ResourceType;

use super::Table;
use crate::drift::orders::Order::{
    Either, MoreWeakens, Neutral, Never, PresentStrengthens, Special, TrueStrengthens, TrueWeakens, Words,
};

pub(super) fn table(of: ResourceType) -> Table {
    use ResourceType as T;
    match of {
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
        T::Layer => &[
            ("layer_name", Never),
            ("layer_arn", Never),
            // Another version is other code.
            ("latest_matching_version.version", Either),
            ("latest_matching_version.created_date", Never),
            ("latest_matching_version", Neutral),
        ],
        T::Document => &[
            ("name", Never),
            ("document_type", Neutral),
            ("document_format", Neutral),
            ("document_version", Either),
            ("target_type", Neutral),
            ("account_ids", MoreWeakens),
        ],
        T::ManagedInstance => &[
            ("instance_id", Never),
            ("name", Neutral),
            // Agents come and go, and renew themselves.
            ("ping_status", Never),
            ("agent_version", Never),
            ("resource_type", Neutral),
            ("platform_type", Neutral),
            ("platform_name", Neutral),
            ("platform_version", Neutral),
            ("iam_role", Either),
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
        _ => &[],
    }
}
