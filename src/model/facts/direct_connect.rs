//! Facts of Direct Connect: which lines there are, and what is reached over how many of them.

use std::collections::BTreeSet;

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::direct_connect::{Connection, VirtualInterface};

const CONNECTIONS: &str = "directconnect:DescribeConnections";
const INTERFACES: &str = "directconnect:DescribeVirtualInterfaces";

facts! { Connection {
    "name": Kind::Text, "its name", |one, _| Value::optional(one.connection_name.as_deref());
    "state": Kind::Text, "`available`, `down`, `pending` and so on", |one, _| Value::optional(one.connection_state.as_deref());
    "location": Kind::Text, "where the line meets AWS", |one, _| Value::optional(one.location.as_deref());
    "bandwidth": Kind::Text, "its bandwidth, such as `1Gbps`", |one, _| Value::optional(one.bandwidth.as_deref());
}}

facts! { VirtualInterface {
    "name": Kind::Text, "its name", |one, _| Value::optional(one.virtual_interface_name.as_deref());
    "kind": Kind::Text, "`private`, `public` or `transit`", |one, _| Value::optional(one.virtual_interface_type.as_deref());
    "state": Kind::Text, "`available`, `down`, `confirming` and so on", |one, _| Value::optional(one.virtual_interface_state.as_deref());
    "connection": Kind::Text, "the connection, or group of connections, that it runs over", |one, _| Value::optional(one.connection_id.as_deref());
    "gateway": Kind::Text, "the virtual private gateway or Direct Connect gateway that it leads to; a public one leads to none",
        |one, _| Value::optional(one.gateway());
    "gateway_connections": Kind::Texts, "the connections over which available interfaces of the account, in all regions that were read, lead to the same gateway",
        uses ["directconnect:DescribeVirtualInterfaces"],
        |one, context| gateway_connections(one, context, |all| all.into_iter().map(str::to_owned).collect::<Vec<_>>().into());
    "gateway_connection_count": Kind::Int, "how many these are", uses ["directconnect:DescribeVirtualInterfaces"],
        |one, context| gateway_connections(one, context, |all| all.len().into());
}}

/// A gateway of Direct Connect is of no region: interfaces in all of them lead to it.
fn gateway_connections(
    one: &VirtualInterface,
    context: &Context<'_>,
    get: impl FnOnce(BTreeSet<&str>) -> Value,
) -> Value {
    let Some(gateway) = one.gateway() else { return Value::Absent };
    match every_region(context, INTERFACES) {
        Err(missing) => Value::Unknown(missing),
        Ok(()) => get(context.model.network().connections_to(context.scope, gateway).collect()),
    }
}

/// How many connections the account has or has ordered, in all regions that were read.
pub(super) fn count(context: &Context<'_>) -> Value {
    let gone = |one: &&Connection| matches!(one.connection_state.as_deref(), Some("deleting" | "deleted" | "rejected"));
    Value::known(every_region(context, CONNECTIONS).map(|()| connections(context).filter(|one| !gone(one)).count()))
}

/// Where those meet AWS that packets pass.
pub(super) fn locations(context: &Context<'_>) -> Value {
    Value::known(every_region(context, CONNECTIONS).map(|()| {
        let up: BTreeSet<&str> =
            connections(context).filter(|one| one.is_up()).filter_map(|one| one.location.as_deref()).collect();
        up.into_iter().map(str::to_owned).collect::<Vec<_>>()
    }))
}

pub(super) fn location_count(context: &Context<'_>) -> Value {
    match locations(context) {
        Value::Texts(all) => all.len().into(),
        unknown => unknown,
    }
}

fn connections<'m>(context: &Context<'m>) -> impl Iterator<Item = &'m Connection> {
    let model = context.model;
    model.regions_of(context.scope).flat_map(move |region| model.inventory.in_scope::<Connection>(region))
}

fn every_region(context: &Context<'_>, operation: &str) -> Result<(), Missing> {
    let regions = context.model.regions_of(context.scope);
    let missing = regions.filter_map(|region| context.require_in(region, operation).err());
    missing.reduce(|all, one| all.and(&one)).map_or(Ok(()), Err)
}
