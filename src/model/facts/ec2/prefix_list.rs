use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::PrefixList;

use super::{is_owned, name, tag_keys, tags};

facts! { PrefixList {
    "name": Kind::Text, "its name", |list, _| name(list);
    "tag_keys": Kind::Texts, "the keys of its tags", |list, _| tag_keys(list);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |list, _| tags(list);
    "is_owned": Kind::Bool, "whether the account owns it, and not AWS or another account",
        |list, context| is_owned(context, list.owner_id.as_deref());
    "is_aws_managed": Kind::Bool, "whether it is one of AWS's own",
        |list, _| list.owner_id.as_deref() == Some("AWS");
    "address_family": Kind::Text, "`IPv4` or `IPv6`", |list, _| Value::optional(list.address_family.as_deref());
    "version": Kind::Int, "its version", |list, _| Value::optional(list.version);
    "addresses": Kind::Ips, "all addresses of its entries", uses ["ec2:GetManagedPrefixListEntries"],
        |list, context| Value::known(context.prefix_list(&list.prefix_list_id));
    "entry_count": Kind::Int, "how many entries it has", uses ["ec2:GetManagedPrefixListEntries"],
        |list, context| context.field("ec2:GetManagedPrefixListEntries", list.entries.as_ref().map(Vec::len));
}}
