use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::net::IpSet;
use crate::resource::ec2::{TransitGatewayRoute, TransitGatewayRouteTable};

use super::{name, tag_keys, tags, texts};

const ROUTES: &[Field] = &[
    Field { name: "destination", kind: Kind::Ips, doc: "the addresses that it is for; a prefix list is expanded" },
    Field { name: "destination_id", kind: Kind::Text, doc: "the block or the prefix list, as it stands in the route" },
    Field {
        name: "attachments",
        kind: Kind::Texts,
        doc: "the attachments that it leads to; a black hole leads to none, VPN connections may share one",
    },
    Field { name: "origin", kind: Kind::Text, doc: "`static` or `propagated`" },
    Field { name: "state", kind: Kind::Text, doc: "`active` or `blackhole`" },
];

facts! { TransitGatewayRouteTable {
    "name": Kind::Text, "its `Name` tag", |table, _| name(table);
    "tag_keys": Kind::Texts, "the keys of its tags", |table, _| tag_keys(table);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |table, _| tags(table);
    "transit_gateway": Kind::Text, "its transit gateway", |table, _| Value::optional(table.transit_gateway_id.as_deref());
    "state": Kind::Text, "`available`, `pending`, `deleting` or `deleted`", |table, _| Value::optional(table.state.as_deref());
    "is_default_association": Kind::Bool, "whether new attachments are associated with it",
        |table, _| Value::optional(table.default_association_route_table);
    "is_default_propagation": Kind::Bool, "whether new attachments write their routes into it",
        |table, _| Value::optional(table.default_propagation_route_table);
    "associations": Kind::Texts, "the attachments whose traffic it routes",
        uses ["ec2:GetTransitGatewayRouteTableAssociations"],
        |table, context| context.field("ec2:GetTransitGatewayRouteTableAssociations", table.associations.as_ref()
            .map(|all| texts(all.iter().map(|one| one.transit_gateway_attachment_id.as_deref()))));
    "propagations": Kind::Texts, "the attachments whose routes it takes up by itself",
        uses ["ec2:GetTransitGatewayRouteTablePropagations"],
        |table, context| context.field("ec2:GetTransitGatewayRouteTablePropagations", table.propagations.as_ref()
            .map(|all| texts(all.iter().map(|one| one.transit_gateway_attachment_id.as_deref()))));
    "routes": Kind::List(ROUTES), "its active routes and its black holes",
        uses ["ec2:SearchTransitGatewayRoutes", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |table, context| routes(table, context);
}}

fn routes(table: &TransitGatewayRouteTable, context: &Context<'_>) -> Value {
    if table.additional_routes_available == Some(true) {
        return Value::Unknown(Missing::because("AWS has more routes of the table than it gave"));
    }
    let records = table.routes.as_ref().map(|all| all.iter().map(|route| record(route, context)).collect::<Vec<_>>());
    context.field("ec2:SearchTransitGatewayRoutes", records)
}

fn record(route: &TransitGatewayRoute, context: &Context<'_>) -> Record {
    let (block, list) = (route.destination_cidr_block.as_deref(), route.prefix_list_id.as_deref());
    let destination = match (block, list) {
        (Some(block), _) => IpSet::from_blocks([block]).map_err(|error| Missing::because(error.to_string())),
        (None, Some(list)) => context.prefix_list(list),
        (None, None) => Err(Missing::because("a route has no destination")),
    };
    let attachments = route.transit_gateway_attachments.iter();
    let values = vec![
        Value::known(destination),
        Value::optional(block.or(list)),
        texts(attachments.map(|one| one.transit_gateway_attachment_id.as_deref())).into(),
        Value::optional(route.r#type.as_deref()),
        Value::optional(route.state.as_deref()),
    ];
    Record::new(ROUTES, values)
}
