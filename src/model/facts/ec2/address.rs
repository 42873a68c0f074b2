use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::Address;

use super::{addresses, name, tag_keys, tags};

facts! { Address {
    "name": Kind::Text, "its `Name` tag", |address, _| name(address);
    "tag_keys": Kind::Texts, "the keys of its tags", |address, _| tag_keys(address);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |address, _| tags(address);
    "address": Kind::Ips, "the address", |address, _| addresses([address.public_ip.as_deref()]);
    "is_associated": Kind::Bool, "whether it leads to a network interface or an instance",
        |address, _| address.association_id.is_some() || address.instance_id.as_deref().is_some_and(|id| !id.is_empty());
    "network_interface": Kind::Text, "the network interface that it leads to", |address, _| Value::optional(address.network_interface_id.as_deref());
    "instance": Kind::Text, "the instance that it leads to", |address, _| Value::optional(address.instance_id.as_deref());
    "service_managed": Kind::Text, "the service that manages it, if one does", |address, _| Value::optional(address.service_managed.as_deref());
}}
