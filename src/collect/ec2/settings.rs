use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::AccountSettings;

use super::mirror::{Mirror, mirror};

/// Each setting has a call of its own; one that fails leaves its field empty and its cell a gap.
pub async fn collect(reader: &Reader, ec2: &Client) {
    let (encryption, snapshots, images, metadata, console) = tokio::join!(
        reader.one("ec2:GetEbsEncryptionByDefault", || ec2.get_ebs_encryption_by_default().send()),
        reader.one("ec2:GetSnapshotBlockPublicAccessState", || ec2.get_snapshot_block_public_access_state().send()),
        reader.one("ec2:GetImageBlockPublicAccessState", || ec2.get_image_block_public_access_state().send()),
        reader.one("ec2:GetInstanceMetadataDefaults", || ec2.get_instance_metadata_defaults().send()),
        reader.one("ec2:GetSerialConsoleAccessStatus", || ec2.get_serial_console_access_status().send()),
    );
    reader.insert(AccountSettings {
        region: reader.scope().region.to_string(),
        ebs_encryption_by_default: encryption.and_then(|answer| answer.ebs_encryption_by_default),
        snapshot_block_public_access_state: snapshots.and_then(|answer| Mirror::mirror(answer.state)),
        image_block_public_access_state: images.and_then(|answer| answer.image_block_public_access_state),
        instance_metadata_defaults: metadata.and_then(|answer| Mirror::mirror(answer.account_level)),
        serial_console_access_enabled: console.and_then(|answer| answer.serial_console_access_enabled),
    });
}

mirror! {
    InstanceMetadataDefaultsResponse => InstanceMetadataDefaults {
        http_tokens, http_put_response_hop_limit, http_endpoint, instance_metadata_tags, managed_by,
        http_tokens_enforced
    }
}
