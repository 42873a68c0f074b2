use std::collections::BTreeMap;

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::net::IpSet;
use crate::resource::ec2::{Route, RouteTable, TargetKind};

use super::{is_owned, name, tag_keys, tags, texts};

const ROUTES: &[Field] = &[
    Field { name: "destination", kind: Kind::Ips, doc: "the addresses that it is for; a prefix list is expanded" },
    Field { name: "destination_id", kind: Kind::Text, doc: "the block or the prefix list, as it stands in the route" },
    Field {
        name: "target_kind",
        kind: Kind::Text,
        doc: "`local`, `internet-gateway`, `nat-gateway`, `vpc-peering-connection`, `transit-gateway`, `vpn-gateway`, `vpc-endpoint`, `network-interface`, `egress-only-internet-gateway` and others",
    },
    Field { name: "target", kind: Kind::Text, doc: "the target's id" },
    Field { name: "state", kind: Kind::Text, doc: "`active`, `blackhole` or `filtered`" },
    Field {
        name: "origin",
        kind: Kind::Text,
        doc: "`CreateRouteTable`, `CreateRoute`, `EnableVgwRoutePropagation` or `Advertisement`",
    },
];

const PEERINGS: &[Field] = &[
    Field { name: "peering", kind: Kind::Text, doc: "the peering connection" },
    Field { name: "destinations", kind: Kind::Ips, doc: "all addresses that active routes lead to it for" },
    Field {
        name: "covers_peer",
        kind: Kind::Bool,
        doc: "whether those are all of the peer VPC's IPv4 addresses or all of its IPv6 addresses, or more",
    },
];

facts! { RouteTable {
    "name": Kind::Text, "its `Name` tag", |table, _| name(table);
    "tag_keys": Kind::Texts, "the keys of its tags", |table, _| tag_keys(table);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |table, _| tags(table);
    "is_owned": Kind::Bool, "whether the account owns it, and does not see it because a subnet is shared",
        |table, context| is_owned(context, table.owner_id.as_deref());
    "vpc_id": Kind::Text, "its VPC", |table, _| Value::optional(table.vpc_id.as_deref());
    "is_main": Kind::Bool, "whether it is the table of the VPC's subnets that have no other",
        |table, _| table.associations.iter().any(|a| a.main == Some(true) && a.is_in_force());
    "associated_subnets": Kind::Texts, "the subnets that are associated with it explicitly",
        |table, _| texts(table.associations.iter().filter(|a| a.is_in_force()).map(|a| a.subnet_id.as_deref()));
    "associated_gateways": Kind::Texts, "the gateways whose incoming packets it routes",
        |table, _| texts(table.associations.iter().filter(|a| a.is_in_force()).map(|a| a.gateway_id.as_deref()));
    "routes": Kind::List(ROUTES), "its routes",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |table, context| table.routes.iter().map(|route| record(route, context)).collect::<Vec<_>>();
    "peering_routes": Kind::List(PEERINGS), "the peering connections that its active routes lead to, the routes of each taken together",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ec2:DescribeVpcPeeringConnections"],
        |table, context| peerings(table, context);
}}

fn block(route: &Route) -> Option<&str> {
    route.destination_cidr_block.as_deref().or(route.destination_ipv6_cidr_block.as_deref())
}

fn destination(route: &Route, context: &Context<'_>) -> Result<IpSet, Missing> {
    match (block(route), route.destination_prefix_list_id.as_deref()) {
        (Some(block), _) => IpSet::from_blocks([block]).map_err(|error| Missing::because(error.to_string())),
        (None, Some(list)) => context.prefix_list(list),
        (None, None) => Err(Missing::because("a route has no destination")),
    }
}

fn record(route: &Route, context: &Context<'_>) -> Record {
    let (kind, target) = route.target().map_or((TargetKind::Other, None), |(kind, id)| (kind, Some(id)));
    let values = vec![
        Value::known(destination(route, context)),
        Value::optional(block(route).or(route.destination_prefix_list_id.as_deref())),
        kind.as_str().into(),
        Value::optional(target),
        Value::optional(route.state.as_deref()),
        Value::optional(route.origin.as_deref()),
    ];
    Record::new(ROUTES, values)
}

fn peerings(table: &RouteTable, context: &Context<'_>) -> Vec<Record> {
    let mut by_peering: BTreeMap<&str, Result<IpSet, Missing>> = BTreeMap::new();
    for route in table.routes.iter().filter(|route| route.is_active()) {
        if let Some((TargetKind::VpcPeeringConnection, peering)) = route.target() {
            let all = by_peering.entry(peering).or_insert_with(|| Ok(IpSet::default()));
            *all = match (&*all, destination(route, context)) {
                (Ok(all), Ok(one)) => Ok(all.union(&one)),
                (Err(missing), Ok(_)) => Err(missing.clone()),
                (Ok(_), Err(missing)) => Err(missing),
                (Err(first), Err(second)) => Err(first.clone().and(&second)),
            };
        }
    }
    let record = |(peering, destinations): (&str, Result<IpSet, Missing>)| {
        let covers = destinations.as_ref().map_err(Clone::clone).and_then(|destinations| {
            let peer = context.peer_addresses(peering, table.vpc_id.as_deref())?;
            let covers = |family: IpSet| {
                let of_peer = peer.intersection(&family);
                !of_peer.is_empty() && of_peer.is_subset(destinations)
            };
            Ok(covers(IpSet::all_v4()) || covers(IpSet::all_v6()))
        });
        Record::new(PEERINGS, vec![peering.into(), Value::known(destinations), Value::known(covers)])
    };
    by_peering.into_iter().map(record).collect()
}
