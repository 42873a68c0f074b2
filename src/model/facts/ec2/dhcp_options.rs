use crate::model::Kind;
use crate::model::facts::facts;
use crate::resource::ec2::DhcpOptions;

use super::{is_owned, name, tag_keys, tags};

facts! { DhcpOptions {
    "name": Kind::Text, "its `Name` tag", |options, _| name(options);
    "tag_keys": Kind::Texts, "the keys of its tags", |options, _| tag_keys(options);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |options, _| tags(options);
    "is_owned": Kind::Bool, "whether the account owns it", |options, context| is_owned(context, options.owner_id.as_deref());
    "name_servers": Kind::Texts, "the name servers that it hands out, in the order of preference",
        |options, _| values(options, "domain-name-servers");
    "domain_names": Kind::Texts, "the domain names that it hands out", |options, _| values(options, "domain-name");
}}

fn values(options: &DhcpOptions, key: &str) -> Vec<String> {
    let of_key = options.dhcp_configurations.iter().filter(|configuration| configuration.key.as_deref() == Some(key));
    of_key.flat_map(|configuration| &configuration.values).filter_map(|value| value.value.clone()).collect()
}
