//! Facts of disks and of their copies.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{Snapshot, Volume};

use super::{given, is_owned, name, tag_keys, tags, texts};

facts! { Volume {
    "name": Kind::Text, "its `Name` tag", |volume, _| name(volume);
    "tag_keys": Kind::Texts, "the keys of its tags", |volume, _| tag_keys(volume);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |volume, _| tags(volume);
    "state": Kind::Text, "`creating`, `available`, `in-use`, `deleting`, `deleted` or `error`", |volume, _| Value::optional(volume.state.as_deref());
    "is_encrypted": Kind::Bool, "whether it is encrypted", |volume, _| given(volume.encrypted, "Encrypted");
    "kms_key": Kind::Text, "the key that it is encrypted with", |volume, _| Value::optional(volume.kms_key_id.as_deref());
    "attached_instances": Kind::Texts, "the instances that it is attached to",
        |volume, _| texts(volume.attachments.iter().map(|attachment| attachment.instance_id.as_deref()));
    "created_at": Kind::Time, "when it was made", |volume, _| Value::optional(volume.create_time);
    "has_snapshot": Kind::Bool, "whether the account has a snapshot of it", needs ["ec2:DescribeSnapshots"],
        |volume, context| context.model.network().latest_snapshot(context.scope, &volume.volume_id).is_some();
    "latest_snapshot_at": Kind::Time, "when the latest snapshot of it was begun; absent if there is none",
        needs ["ec2:DescribeSnapshots"],
        |volume, context| Value::optional(context.model.network().latest_snapshot(context.scope, &volume.volume_id).flatten());
}}

facts! { Snapshot {
    "name": Kind::Text, "its `Name` tag", |snapshot, _| name(snapshot);
    "tag_keys": Kind::Texts, "the keys of its tags", |snapshot, _| tag_keys(snapshot);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |snapshot, _| tags(snapshot);
    "is_owned": Kind::Bool, "whether the account owns it", |snapshot, context| is_owned(context, snapshot.owner_id.as_deref());
    "volume_id": Kind::Text, "the volume that it was made of", |snapshot, _| Value::optional(snapshot.volume_id.as_deref());
    "state": Kind::Text, "`pending`, `completed`, `error`, `recoverable` or `recovering`", |snapshot, _| Value::optional(snapshot.state.as_deref());
    "started_at": Kind::Time, "when it was begun", |snapshot, _| Value::optional(snapshot.start_time);
    "is_public": Kind::Bool, "whether anyone may make volumes of it", uses ["ec2:DescribeSnapshots"],
        |snapshot, context| is_public(snapshot, context);
    "is_encrypted": Kind::Bool, "whether it is encrypted", |snapshot, _| given(snapshot.encrypted, "Encrypted");
    "kms_key": Kind::Text, "the key that it is encrypted with", |snapshot, _| Value::optional(snapshot.kms_key_id.as_deref());
}}

/// The list of snapshots does not say it: it is in a second list, of those that all may restore.
fn is_public(snapshot: &Snapshot, context: &Context<'_>) -> Value {
    match (snapshot.public, context.require("ec2:DescribeSnapshots")) {
        (Some(public), _) => public.into(),
        (None, Err(missing)) => Value::Unknown(missing),
        (None, Ok(())) => Value::Unknown(Missing::because("the list of snapshots that all may restore was not read")),
    }
}
