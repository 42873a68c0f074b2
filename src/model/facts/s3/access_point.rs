//! Facts of access points, and of the account's block.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::s3::{AccessPoint, AccountPublicAccessBlock, MultiRegionAccessPoint};

use super::{is_on, unblocked};

facts! { AccessPoint {
    "name": Kind::Text, "its name", |point, _| Value::optional(Some(point.name.as_str()));
    "bucket": Kind::Text, "the bucket that it leads to", |point, _| Value::optional(point.bucket.as_deref());
    "bucket_account": Kind::Text, "the account that owns the bucket", |point, _| Value::optional(point.bucket_account_id.as_deref());
    "network_origin": Kind::Text, "`Internet` or `VPC`", |point, _| Value::optional(point.network_origin.as_deref());
    "vpc_id": Kind::Text, "the VPC that it can be used from alone; absent if it is not bound to one",
        |point, _| Value::optional(point.vpc_configuration.as_ref().and_then(|of| of.vpc_id.as_deref()));
    "public_access_unblocked": Kind::Texts, "those of the four flags of its own block that are off; they cannot be changed later",
        uses ["s3control:GetAccessPoint"],
        |point, context| match &point.public_access_block_configuration {
            Some(block) => unblocked(|flag| is_on(block, flag)),
            None => {
                let gave_none = || Missing::because("s3control:GetAccessPoint gave no block");
                Value::Unknown(context.require("s3control:GetAccessPoint").err().unwrap_or_else(gave_none))
            }
        };
}}

facts! { MultiRegionAccessPoint {
    "name": Kind::Text, "its name", |point, _| Value::optional(Some(point.name.as_str()));
    "status": Kind::Text, "`READY`, `CREATING`, `DELETING` and so on", |point, _| Value::optional(point.status.as_deref());
    "buckets": Kind::Texts, "the buckets that it leads to", |point, _| {
        point.regions.iter().filter_map(|one| one.bucket.clone()).collect::<Vec<_>>()
    };
    "public_access_unblocked": Kind::Texts, "those of the four flags of its own block that are off; they cannot be changed later",
        |point, _| match &point.public_access_block {
            Some(block) => unblocked(|flag| is_on(block, flag)),
            None => Value::Unknown(Missing::because("s3control:ListMultiRegionAccessPoints gave no block")),
        };
}}

facts! { AccountPublicAccessBlock {
    "public_access_unblocked": Kind::Texts, "those of the four flags that are off; all where nobody has set any",
        |block, _| unblocked(|flag| is_on(&block.public_access_block_configuration, flag));
}}
