use crate::model::facts::facts;
use crate::model::packet_filter::{admitted_by_acl, broadly_admitted};
use crate::model::{Field, Kind, Record, Value};
use crate::resource::ec2::{NetworkAcl, NetworkAclEntry};

use super::{
    BROAD_V4, BROAD_V6, EFFECTIVE_EGRESS, EFFECTIVE_INGRESS, addresses, effective, is_owned, name, tag_keys, tags,
    texts,
};

const ENTRIES: &[Field] = &[
    Field { name: "number", kind: Kind::Int, doc: "its number; the lowest that matches decides" },
    Field { name: "egress", kind: Kind::Bool, doc: "whether it is for packets that leave the subnet" },
    Field { name: "action", kind: Kind::Text, doc: "`allow` or `deny`" },
    Field { name: "protocol", kind: Kind::Text, doc: "a protocol number, or `-1` for all" },
    Field { name: "addresses", kind: Kind::Ips, doc: "the other end's addresses" },
];

facts! { NetworkAcl {
    "name": Kind::Text, "its `Name` tag", |acl, _| name(acl);
    "tag_keys": Kind::Texts, "the keys of its tags", |acl, _| tag_keys(acl);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |acl, _| tags(acl);
    "is_owned": Kind::Bool, "whether the account owns it, and does not see it because a subnet is shared",
        |acl, context| is_owned(context, acl.owner_id.as_deref());
    "vpc_id": Kind::Text, "its VPC", |acl, _| Value::optional(acl.vpc_id.as_deref());
    "is_default": Kind::Bool, "whether it is the ACL of the VPC's subnets that have no other",
        |acl, _| acl.is_default.unwrap_or(false);
    "associated_subnets": Kind::Texts, "the subnets that it guards",
        |acl, _| texts(acl.associations.iter().map(|association| association.subnet_id.as_deref()));
    "entries": Kind::List(ENTRIES), "its entries, by number", |acl, _| entries(acl);
    "effective_ingress": Kind::List(EFFECTIVE_INGRESS),
        "what it lets into its subnets, the first entry that matches deciding",
        |acl, _| effective(EFFECTIVE_INGRESS, admitted_by_acl(acl, false));
    "effective_egress": Kind::List(EFFECTIVE_EGRESS),
        "what it lets out of its subnets, the first entry that matches deciding",
        |acl, _| effective(EFFECTIVE_EGRESS, admitted_by_acl(acl, true));
    "public_ingress": Kind::List(EFFECTIVE_INGRESS),
        "for each protocol, all ports that admit a broad part of the internet, at least an IPv4 /8 or an IPv6 /32, and their sources together",
        |acl, _| effective(EFFECTIVE_INGRESS, admitted_by_acl(acl, false)
            .map(|all| broadly_admitted(&all, BROAD_V4, BROAD_V6)));
}}

fn entries(acl: &NetworkAcl) -> Vec<Record> {
    let mut entries: Vec<&NetworkAclEntry> = acl.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.egress, entry.rule_number));
    let record = |entry: &NetworkAclEntry| {
        let values = vec![
            Value::optional(entry.rule_number),
            Value::optional(entry.egress),
            Value::optional(entry.rule_action.as_deref()),
            Value::optional(entry.protocol.as_deref()),
            addresses([entry.cidr_block.as_deref(), entry.ipv6_cidr_block.as_deref()]),
        ];
        Record::new(ENTRIES, values)
    };
    entries.into_iter().map(record).collect()
}
