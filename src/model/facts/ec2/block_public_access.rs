use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::{VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions};

use super::{name, tag_keys, tags};

facts! { VpcBlockPublicAccessOptions {
    "mode": Kind::Text, "`off`, `block-bidirectional` or `block-ingress`", |options, _| Value::optional(options.internet_gateway_block_mode.as_deref());
    "state": Kind::Text, "`default-state`, `update-in-progress` or `update-complete`", |options, _| Value::optional(options.state.as_deref());
    "managed_by": Kind::Text, "`account` or `declarative-policy`", |options, _| Value::optional(options.managed_by.as_deref());
    "exclusions_allowed": Kind::Text, "`allowed` or `not-allowed`", |options, _| Value::optional(options.exclusions_allowed.as_deref());
}}

facts! { VpcBlockPublicAccessExclusion {
    "name": Kind::Text, "its `Name` tag", |exclusion, _| name(exclusion);
    "tag_keys": Kind::Texts, "the keys of its tags", |exclusion, _| tag_keys(exclusion);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |exclusion, _| tags(exclusion);
    "mode": Kind::Text, "`allow-bidirectional` or `allow-egress`", |exclusion, _| Value::optional(exclusion.internet_gateway_exclusion_mode.as_deref());
    "resource": Kind::Text, "the ARN of the VPC or subnet", |exclusion, _| Value::optional(exclusion.resource_arn.as_deref());
    "state": Kind::Text, "`create-complete`, `update-complete`, `delete-complete` and others", |exclusion, _| Value::optional(exclusion.state.as_deref());
}}
