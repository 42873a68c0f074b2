use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::{Image, Instance};

use super::{given, is_owned, name, tag_keys, tags, texts, time};

facts! { Image {
    "name": Kind::Text, "its name", |image, _| name(image);
    "tag_keys": Kind::Texts, "the keys of its tags", |image, _| tag_keys(image);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |image, _| tags(image);
    "is_owned": Kind::Bool, "whether the account owns it, and not somebody whose image its instances were launched from",
        |image, context| is_owned(context, image.owner_id.as_deref());
    "owner": Kind::Text, "the account that owns it", |image, _| Value::optional(image.owner_id.as_deref());
    "owner_alias": Kind::Text, "`amazon`, `aws-backup-vault` or `aws-marketplace`", |image, _| Value::optional(image.image_owner_alias.as_deref());
    "is_public": Kind::Bool, "whether anyone may launch from it", |image, _| given(image.public, "Public");
    "state": Kind::Text, "`available`, `pending`, `disabled` and others", |image, _| Value::optional(image.state.as_deref());
    "created_at": Kind::Time, "when it was made", |image, _| time(image.creation_date.as_deref());
    "deprecated_at": Kind::Time, "from when on it counts as outdated", |image, _| time(image.deprecation_time.as_deref());
    "imds_support": Kind::Text, "`v2.0` if instances from it want session tokens of IMDSv2 unless their launch says otherwise",
        |image, _| Value::optional(image.imds_support.as_deref());
    "used_by": Kind::Texts, "the account's instances that were launched from it", needs ["ec2:DescribeInstances"],
        |image, context| texts(context.model.inventory.in_scope::<Instance>(context.scope)
            .filter(|instance| instance.image_id.as_ref() == Some(&image.image_id))
            .map(|instance| Some(instance.instance_id.as_str())));
}}
