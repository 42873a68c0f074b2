use std::collections::HashSet;

use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{Snapshot, Volume};

use super::mirror::{insert, listed, mirror, resources};

pub async fn volumes(reader: &Reader, ec2: &Client) {
    let volumes = reader
        .pages(
            "ec2:DescribeVolumes",
            |token| {
                let call = ec2.describe_volumes().include_managed_resources(true);
                call.max_results(1000).set_next_token(token).send()
            },
            |page| (page.volumes.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<Volume, _>(reader, volumes);
}

/// The account's own, and once more those of them that anyone may restore: a list does not say it of its elements, and
/// asking each takes a call for each.
pub async fn snapshots(reader: &Reader, ec2: &Client) {
    const LIST: &str = "ec2:DescribeSnapshots";
    let own = reader.pages(
        LIST,
        |token| ec2.describe_snapshots().owner_ids("self").max_results(1000).set_next_token(token).send(),
        |page| (page.snapshots.unwrap_or_default(), page.next_token),
    );
    let public = reader.list(
        LIST,
        &[],
        |token| {
            let call = ec2.describe_snapshots().owner_ids("self").restorable_by_user_ids("all");
            call.max_results(1000).set_next_token(token).send()
        },
        |page| (page.snapshots.unwrap_or_default(), page.next_token),
    );
    let (own, (public, all)) = tokio::join!(own, public);
    let public: HashSet<String> = public.into_iter().filter_map(|one| one.snapshot_id).collect();
    // AWS was asked for those of this account, and what belongs to another is none of them.
    let is_own = |one: &Snapshot| one.owner_id.as_deref().is_none_or(|owner| owner == reader.account.id.as_str());
    for mut snapshot in resources::<Snapshot, _>(reader, own).into_iter().filter(is_own) {
        // What is in a part of the list is public; what is not may be in the rest.
        let listed = public.contains(&snapshot.snapshot_id);
        snapshot.public = (listed || all).then_some(listed);
        reader.insert(snapshot);
    }
}

listed! { Volume => Volume by [volume_id] { volume_type, size, availability_zone, state, create_time, encrypted, kms_key_id, snapshot_id, source_volume_id, multi_attach_enabled, operator, attachments, tags } }
listed! { Snapshot => Snapshot by [snapshot_id] { owner_id, volume_id, volume_size, state, start_time, encrypted, kms_key_id, storage_tier, tags } later { public } }
mirror! {
    VolumeAttachment => VolumeAttachment { instance_id, instance_owning_service, device, state, delete_on_termination }
}
