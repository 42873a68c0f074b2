use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::ClientVpnEndpoint;

use super::{addresses, given, name, tag_keys, tags, texts};

facts! { ClientVpnEndpoint {
    "name": Kind::Text, "its `Name` tag", |endpoint, _| name(endpoint);
    "tag_keys": Kind::Texts, "the keys of its tags", |endpoint, _| tag_keys(endpoint);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |endpoint, _| tags(endpoint);
    "description": Kind::Text, "what its author wrote", |endpoint, _| Value::optional(endpoint.description.as_deref());
    "state": Kind::Text, "`pending-associate`, `available`, `deleting` or `deleted`",
        |endpoint, _| Value::optional(endpoint.status.as_ref().and_then(|status| status.code.as_deref()));
    "connection_logging": Kind::Bool, "whether it records who connects and who tries to",
        |endpoint, _| given(endpoint.connection_log_options.as_ref().and_then(|options| options.enabled), "ConnectionLogOptions");
    "log_group": Kind::Text, "the log group that the records go to",
        |endpoint, _| Value::optional(endpoint.connection_log_options.as_ref().and_then(|o| o.cloudwatch_log_group.as_deref()));
    "authentication": Kind::Texts, "how people prove who they are: `certificate-authentication`, `directory-service-authentication`, `federated-authentication`",
        |endpoint, _| texts(endpoint.authentication_options.iter().map(|option| option.r#type.as_deref()));
    "client_addresses": Kind::Ips, "the addresses that clients get", |endpoint, _| addresses([endpoint.client_cidr_block.as_deref()]);
    "split_tunnel": Kind::Bool, "whether clients send only what is for the VPC through it", |endpoint, _| Value::optional(endpoint.split_tunnel);
    "vpc_id": Kind::Text, "the VPC that it leads into", |endpoint, _| Value::optional(endpoint.vpc_id.as_deref());
    "security_groups": Kind::Texts, "the ids of its security groups",
        |endpoint, _| texts(endpoint.security_group_ids.iter().map(|id| Some(id.as_str())));
}}
