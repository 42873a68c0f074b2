use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::ec2::{CustomerGateway, VgwTelemetry, VpnConnection, VpnGateway};

use super::{addresses, name, tag_keys, tags, texts};

const TUNNELS: &[Field] = &[
    Field { name: "outside_address", kind: Kind::Ips, doc: "AWS's end" },
    Field { name: "status", kind: Kind::Text, doc: "`UP` or `DOWN`" },
    Field { name: "days_in_status", kind: Kind::Int, doc: "whole days since its status changed" },
    Field { name: "accepted_routes", kind: Kind::Int, doc: "how many routes came in over it" },
];

facts! { CustomerGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "state": Kind::Text, "`available`, `pending`, `deleting` or `deleted`", |gateway, _| Value::optional(gateway.state.as_deref());
    "address": Kind::Ips, "the address of the device", |gateway, _| addresses([gateway.ip_address.as_deref()]);
    "vpn_connections": Kind::Texts, "the VPN connections that use it", needs ["ec2:DescribeVpnConnections"],
        |gateway, context| texts(context.model.network().vpn_connections(context.scope, &gateway.customer_gateway_id).map(Some));
    "is_used": Kind::Bool, "whether a VPN connection uses it", needs ["ec2:DescribeVpnConnections"],
        |gateway, context| context.model.network().vpn_connections(context.scope, &gateway.customer_gateway_id).next().is_some();
}}

facts! { VpnGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "state": Kind::Text, "`available`, `pending`, `deleting` or `deleted`", |gateway, _| Value::optional(gateway.state.as_deref());
    "attached_vpcs": Kind::Texts, "the VPC that it is attached to; none or one",
        |gateway, _| texts(gateway.vpc_attachments.iter().filter(|a| a.state.as_deref() == Some("attached"))
            .map(|a| a.vpc_id.as_deref()));
}}

facts! { VpnConnection {
    "name": Kind::Text, "its `Name` tag", |vpn, _| name(vpn);
    "tag_keys": Kind::Texts, "the keys of its tags", |vpn, _| tag_keys(vpn);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |vpn, _| tags(vpn);
    "state": Kind::Text, "`available`, `pending`, `deleting` or `deleted`", |vpn, _| Value::optional(vpn.state.as_deref());
    "customer_gateway": Kind::Text, "the customer gateway at the user's end", |vpn, _| Value::optional(vpn.customer_gateway_id.as_deref());
    "static_routes_only": Kind::Bool, "whether routes are written by hand and not learned by BGP",
        |vpn, _| Value::optional(vpn.options.as_ref().and_then(|options| options.static_routes_only));
    "tunnels": Kind::List(TUNNELS), "its tunnels, as AWS measures them; AWS makes two",
        |vpn, context| vpn.vgw_telemetry.iter().map(|tunnel| record(tunnel, context)).collect::<Vec<_>>();
    "tunnels_up": Kind::Int, "how many of its tunnels are up",
        |vpn, _| vpn.vgw_telemetry.iter().filter(|tunnel| tunnel.status.as_deref() == Some("UP")).count();
    "ike_versions": Kind::Texts, "the versions of IKE that its tunnels allow",
        |vpn, _| texts(vpn.options.iter().flat_map(|options| &options.tunnel_options)
            .flat_map(|tunnel| &tunnel.ike_versions).map(|version| version.value.as_deref()));
}}

fn record(tunnel: &VgwTelemetry, context: &Context<'_>) -> Record {
    let values = vec![
        addresses([tunnel.outside_ip_address.as_deref()]),
        Value::optional(tunnel.status.as_deref()),
        Value::optional(tunnel.last_status_change.map(|time| context.days_since(time))),
        Value::optional(tunnel.accepted_route_count),
    ];
    Record::new(TUNNELS, values)
}
