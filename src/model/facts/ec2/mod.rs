//! Facts of EC2's networks.

mod address;
mod block_public_access;
mod client_vpn;
mod dhcp_options;
mod endpoint;
mod flow_log;
mod image;
mod instance;
mod internet_gateway;
mod launch_template;
mod nat_gateway;
mod network_acl;
mod network_interface;
mod peering;
mod prefix_list;
pub mod region;
mod route_table;
mod security_group;
mod subnet;
mod transit_gateway;
mod transit_gateway_route_table;
mod volume;
mod vpc;
mod vpn;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::inventory::Missing;
use crate::model::{Context, Field, Kind, Value};
use crate::net::IpSet;
use crate::resource::AwsResource;

fn name<R: AwsResource>(resource: &R) -> Value {
    Value::optional(resource.name())
}

fn tag_keys<R: AwsResource>(resource: &R) -> Vec<String> {
    resource.tags().iter().map(|tag| tag.key.clone()).collect()
}

/// `Key=Value` of every tag.
fn tags<R: AwsResource>(resource: &R) -> Vec<String> {
    resource.tags().iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect()
}

/// A value that EC2 gives in every answer: one that is not there is not known, and no `none`.
fn given<T: Into<Value>>(value: Option<T>, what: &str) -> Value {
    value.map_or_else(|| Value::Unknown(Missing::because(format!("the answer did not give {what}"))), Into::into)
}

/// A time that AWS gives as a text; unknown if it is none.
fn time(text: Option<&str>) -> Value {
    let time = text.map(str::parse::<Timestamp>).transpose();
    time.map_or_else(|error| Value::Unknown(Missing::because(format!("no time: {error}"))), Value::optional)
}

/// Whether the account owns it; EC2 also lists what others share with it.
fn is_owned(context: &Context<'_>, owner: Option<&str>) -> bool {
    owner.is_none_or(|owner| owner == context.scope.account.as_str())
}

/// Address blocks as a set; unknown if one of them is none.
fn addresses<'a>(blocks: impl IntoIterator<Item = Option<&'a str>>) -> Value {
    let set = IpSet::from_blocks(blocks.into_iter().flatten());
    Value::known(set.map_err(|error| Missing::because(error.to_string())))
}

/// Texts without those that are absent, sorted, each once.
fn texts<'a>(of: impl IntoIterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut texts: Vec<String> = of.into_iter().flatten().map(str::to_owned).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// How long a block may be at most to be a broad part of the internet.
const BROAD_V4: u8 = 8;
const BROAD_V6: u8 = 32;

/// The fields of `effective_ingress`.
const EFFECTIVE_INGRESS: &[Field] = &[
    Field {
        name: "protocol",
        kind: Kind::Text,
        doc: "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, `other` for those that no rule names, or `all` for what every protocol admits; a protocol's own elements count `all` in, and are there only where they admit more",
    },
    Field {
        name: "ports",
        kind: Kind::Ports,
        doc: "the ports; for icmp and icmpv6 type * 256 + code; all of them for protocols without ports",
    },
    Field {
        name: "sources",
        kind: Kind::Ips,
        doc: "who is admitted to exactly these ports: the union over all rules, prefix lists expanded, members of named groups not counted",
    },
    Field { name: "rules", kind: Kind::Texts, doc: "the rules that admit them" },
];

/// The fields of `effective_egress`.
const EFFECTIVE_EGRESS: &[Field] = &[
    Field { name: "protocol", kind: Kind::Text, doc: "as in `effective_ingress`" },
    Field { name: "ports", kind: Kind::Ports, doc: "the other end's ports; as in `effective_ingress`" },
    Field { name: "destinations", kind: Kind::Ips, doc: "who can be reached on exactly these ports, over all rules" },
    Field { name: "rules", kind: Kind::Texts, doc: "the rules that allow them" },
];

/// What is admitted, as records of one of the two tables above.
fn effective(fields: &'static [Field], admitted: Result<Vec<crate::model::packet_filter::Admitted>, Missing>) -> Value {
    Value::known(admitted.map(|all| {
        let record = |one: crate::model::packet_filter::Admitted| {
            let values = vec![one.protocol.into(), one.ports.into(), Value::known(one.sources), one.rules.into()];
            crate::model::Record::new(fields, values)
        };
        all.into_iter().map(record).collect::<Vec<_>>()
    }))
}
