use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;

use crate::collect::reader::Reader;
use crate::resource::ec2::{
    TransitGatewayRoute, TransitGatewayRouteTable, TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
};

use super::mirror::{Mirror, listed, mirror, resources};

pub const LIST: &str = "ec2:DescribeTransitGatewayRouteTables";

/// The route tables of the account's transit gateways, each with three calls for what is in it.
pub async fn collect(reader: &Reader, ec2: &Client) {
    let tables = reader
        .pages(
            LIST,
            |token| ec2.describe_transit_gateway_route_tables().max_results(1000).set_next_token(token).send(),
            |page| (page.transit_gateway_route_tables.unwrap_or_default(), page.next_token),
        )
        .await;
    let tables = resources::<TransitGatewayRouteTable, _>(reader, tables);
    futures::future::join_all(tables.into_iter().map(async |mut table| {
        // EC2 lists a deleted table for a while, and refuses to say what was in it.
        if table.state.as_deref() != Some("deleted") {
            let id = &table.transit_gateway_route_table_id;
            let (associations, propagations, routes) =
                tokio::join!(associations(reader, ec2, id), propagations(reader, ec2, id), routes(reader, ec2, id));
            (table.associations, table.propagations) = (associations, propagations);
            (table.routes, table.additional_routes_available) = routes.map(|found| (found.routes, found.more)).unzip();
        }
        reader.insert(table);
    }))
    .await;
}

async fn associations(reader: &Reader, ec2: &Client, table: &str) -> Option<Vec<TransitGatewayRouteTableAssociation>> {
    let associations = reader
        .all_pages(
            "ec2:GetTransitGatewayRouteTableAssociations",
            |token| {
                let call = ec2.get_transit_gateway_route_table_associations().transit_gateway_route_table_id(table);
                call.max_results(1000).set_next_token(token).send()
            },
            |page| (page.associations.unwrap_or_default(), page.next_token),
        )
        .await;
    Some(Mirror::mirror(Some(associations?)))
}

async fn propagations(reader: &Reader, ec2: &Client, table: &str) -> Option<Vec<TransitGatewayRouteTablePropagation>> {
    let propagations = reader
        .all_pages(
            "ec2:GetTransitGatewayRouteTablePropagations",
            |token| {
                let call = ec2.get_transit_gateway_route_table_propagations().transit_gateway_route_table_id(table);
                call.max_results(1000).set_next_token(token).send()
            },
            |page| (page.transit_gateway_route_table_propagations.unwrap_or_default(), page.next_token),
        )
        .await;
    Some(Mirror::mirror(Some(propagations?)))
}

/// Routes, and whether there are more that AWS does not give.
struct Found {
    routes: Vec<TransitGatewayRoute>,
    more: bool,
}

/// What routes packets now: active routes and black holes. EC2 wants a filter.
async fn routes(reader: &Reader, ec2: &Client, table: &str) -> Option<Found> {
    const SEARCH: &str = "ec2:SearchTransitGatewayRoutes";
    let in_force = Filter::builder().name("state").values("active").values("blackhole").build();
    let pages = reader
        .all_pages(
            SEARCH,
            |token| {
                let call = ec2.search_transit_gateway_routes().transit_gateway_route_table_id(table);
                call.filters(in_force.clone()).max_results(1000).set_next_token(token).send()
            },
            |page| (vec![(page.routes, page.additional_routes_available == Some(true))], page.next_token),
        )
        .await?;
    // EC2 says "more" on every page but the last; where it says so there, some are kept back.
    let more = pages.last().is_some_and(|(_, more)| *more);
    if more {
        reader.malformed(SEARCH, format!("AWS does not give all routes of {table}"));
    }
    let routes = pages.into_iter().flat_map(|(routes, _)| routes.unwrap_or_default()).collect();
    Some(Found { routes: Mirror::mirror(Some::<Vec<_>>(routes)), more })
}

listed! { TransitGatewayRouteTable => TransitGatewayRouteTable by [transit_gateway_route_table_id] { transit_gateway_id, state, default_association_route_table, default_propagation_route_table, creation_time, tags } later { associations, propagations, routes, additional_routes_available } }
mirror! {
    TransitGatewayRouteTableAssociation => TransitGatewayRouteTableAssociation { transit_gateway_attachment_id, resource_id, resource_type, state }
    TransitGatewayRouteTablePropagation => TransitGatewayRouteTablePropagation { transit_gateway_attachment_id, resource_id, resource_type, state, transit_gateway_route_table_announcement_id }
    TransitGatewayRoute => TransitGatewayRoute { destination_cidr_block, prefix_list_id, transit_gateway_route_table_announcement_id, transit_gateway_attachments, r#type, state }
    TransitGatewayRouteAttachment => TransitGatewayRouteAttachment { resource_id, transit_gateway_attachment_id, resource_type }
}
