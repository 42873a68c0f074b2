//! Facts of security groups.

use crate::model::Kind;
use crate::model::facts::facts;
use crate::resource::ec2::SecurityGroup;

facts! { SecurityGroup {
    "group_name": Kind::Text, "the group's name", |group, _| &group.group_name;
    "is_default": Kind::Bool, "whether it is its VPC's default group", |group, _| group.group_name == "default";
}}
