//! Facts of accelerators of Global Accelerator.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::net::IpSet;
use crate::resource::balancing::{Accelerator, AcceleratorListener};

use super::{ports, texts};

const LISTENERS: &[Field] = &[
    Field { name: "ports", kind: Kind::Ports, doc: "the ports" },
    Field { name: "protocol", kind: Kind::Text, doc: "`TCP` or `UDP`" },
    Field {
        name: "endpoints",
        kind: Kind::Texts,
        doc: "what it leads to, in all regions: ARNs of load balancers, instances, allocation ids of addresses",
    },
];

facts! { Accelerator {
    "name": Kind::Text, "its name", |accelerator, _| Value::optional(accelerator.name.as_deref());
    "is_enabled": Kind::Bool, "whether it takes connections", |accelerator, _| Value::optional(accelerator.enabled);
    "ip_address_type": Kind::Text, "`IPV4` or `DUAL_STACK`", |accelerator, _| Value::optional(accelerator.ip_address_type.as_deref());
    "dns_name": Kind::Text, "its DNS name", |accelerator, _| Value::optional(accelerator.dns_name.as_deref());
    "addresses": Kind::Ips, "its public addresses", |accelerator, _| addresses(accelerator);
    "listener_ports": Kind::Ports, "the ports that it listens on", uses ["globalaccelerator:ListListeners"],
        |accelerator, context| context.field("globalaccelerator:ListListeners",
            accelerator.listeners.as_ref().map(|all| ports(all.iter().flat_map(ranges))));
    "listeners": Kind::List(LISTENERS), "what it listens on",
        uses ["globalaccelerator:ListListeners", "globalaccelerator:ListEndpointGroups"],
        |accelerator, context| context.field("globalaccelerator:ListListeners",
            accelerator.listeners.as_ref().map(|all| all.iter().map(|one| record(one, context)).collect::<Vec<_>>()));
}}

fn addresses(of: &Accelerator) -> Value {
    let all = of.ip_sets.iter().flat_map(|set| &set.ip_addresses).map(String::as_str);
    Value::known(IpSet::from_blocks(all).map_err(|error| Missing::because(error.to_string())))
}

fn ranges(of: &AcceleratorListener) -> impl Iterator<Item = (i32, i32)> {
    of.port_ranges.iter().filter_map(|range| Some((range.from_port?, range.to_port?)))
}

fn record(of: &AcceleratorListener, context: &Context<'_>) -> Record {
    let endpoints = of.endpoint_groups.as_ref().map(|groups| {
        let all = groups.iter().flat_map(|group| &group.endpoint_descriptions);
        texts(all.map(|endpoint| endpoint.endpoint_id.as_deref()))
    });
    let values = vec![
        ports(ranges(of)),
        Value::optional(of.protocol.as_deref()),
        context.field("globalaccelerator:ListEndpointGroups", endpoints),
    ];
    Record::new(LISTENERS, values)
}
