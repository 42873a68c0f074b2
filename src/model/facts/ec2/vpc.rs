use std::collections::BTreeSet;

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{Subnet, Vpc};

use super::{addresses, is_owned, name, tag_keys, tags, texts};

facts! { Vpc {
    "name": Kind::Text, "its `Name` tag", |vpc, _| name(vpc);
    "tag_keys": Kind::Texts, "the keys of its tags", |vpc, _| tag_keys(vpc);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |vpc, _| tags(vpc);
    "is_owned": Kind::Bool, "whether the account owns it, and does not see it because a subnet is shared",
        |vpc, context| is_owned(context, vpc.owner_id.as_deref());
    "is_default": Kind::Bool, "whether AWS made it as the region's default VPC", |vpc, _| vpc.is_default;
    "state": Kind::Text, "`available` or `pending`", |vpc, _| Value::optional(vpc.state.as_deref());
    "enable_dns_support": Kind::Bool, "whether the VPC's resolver answers", uses ["ec2:DescribeVpcAttribute"],
        |vpc, context| context.field("ec2:DescribeVpcAttribute", vpc.enable_dns_support);
    "enable_dns_hostnames": Kind::Bool, "whether instances get public host names", uses ["ec2:DescribeVpcAttribute"],
        |vpc, context| context.field("ec2:DescribeVpcAttribute", vpc.enable_dns_hostnames);
    "cidr_blocks": Kind::Ips, "all addresses of the VPC", |vpc, _| cidr_blocks(vpc);
    "internet_gateways": Kind::Texts, "the internet gateways that are attached to it",
        needs ["ec2:DescribeInternetGateways"],
        |vpc, context| context.model.network().internet_gateways(context.scope, &vpc.vpc_id).map(str::to_owned)
            .collect::<Vec<_>>();
    "has_internet_gateway": Kind::Bool, "whether an internet gateway is attached to it",
        needs ["ec2:DescribeInternetGateways"],
        |vpc, context| context.model.network().internet_gateways(context.scope, &vpc.vpc_id).next().is_some();
    "block_public_access_mode": Kind::Text,
        "what VPC Block Public Access comes to here: `off`, `block-bidirectional` or `block-ingress`",
        |vpc, _| Value::optional(vpc.block_public_access_states.as_ref()
            .and_then(|states| states.internet_gateway_block_mode.as_deref()));
    "subnet_count": Kind::Int, "how many subnets it has", needs ["ec2:DescribeSubnets"],
        |vpc, context| context.model.network().subnets(context.scope, &vpc.vpc_id).count();
    "is_in_use": Kind::Bool, "whether a network interface is in it",
        needs ["ec2:DescribeSubnets", "ec2:DescribeNetworkInterfaces"],
        |vpc, context| subnets(vpc, context).any(|subnet| {
            context.model.network().interfaces(context.model.inventory, context.scope, &subnet.subnet_id).next().is_some()
        });
    "availability_zones": Kind::Texts, "the availability zones that it has subnets in", needs ["ec2:DescribeSubnets"],
        |vpc, context| zones(vpc, context);
    "zone_count": Kind::Int, "how many availability zones it has subnets in", needs ["ec2:DescribeSubnets"],
        |vpc, context| zones(vpc, context).len();
    "public_subnets": Kind::Texts, "its subnets that route to an internet gateway that is attached to it",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |vpc, context| subnets_that_are(vpc, context, true);
    "private_subnets": Kind::Texts, "its subnets that route to no internet gateway",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |vpc, context| subnets_that_are(vpc, context, false);
    "endpoint_services": Kind::Texts, "the services that available endpoints in it lead to",
        needs ["ec2:DescribeVpcEndpoints"],
        |vpc, context| texts(context.model.network().endpoints(context.model.inventory, context.scope, &vpc.vpc_id)
            .filter(|endpoint| endpoint.state.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("available")))
            .map(|endpoint| endpoint.service_name.as_deref()));
    "firewalls": Kind::Texts, "the firewalls of Network Firewall that stand in it",
        needs ["network-firewall:ListFirewalls", "network-firewall:DescribeFirewall"],
        |vpc, context| texts(context.model.network().firewalls(context.scope, &vpc.vpc_id).map(Some));
    "inspection_routes": Kind::Texts,
        "the endpoints of Gateway Load Balancers, as those of Network Firewall are, that a route of its subnets leads to, and the transit gateways that a default route does",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeVpcEndpoints"],
        |vpc, context| inspection_routes(vpc, context);
    "flow_log_traffic": Kind::Texts,
        "the kinds of traffic (`ACCEPT`, `REJECT`, `ALL`) that running flow logs record in all of it: logs of its own, or one of every subnet",
        needs ["ec2:DescribeFlowLogs"], |vpc, context| flow_log_traffic(vpc, context);
    "has_flow_log": Kind::Bool, "whether running flow logs record some kind of traffic in all of it",
        needs ["ec2:DescribeFlowLogs"], |vpc, context| match flow_log_traffic(vpc, context) {
            Value::Texts(traffic) => Value::Bool(!traffic.is_empty()),
            unknown => unknown,
        };
}}

/// Those that the account sees itself.
fn subnets<'m>(vpc: &Vpc, context: &Context<'m>) -> impl Iterator<Item = &'m Subnet> {
    let Context { model, scope } = *context;
    let ids = model.network().subnets(scope, &vpc.vpc_id);
    ids.filter_map(move |id| model.inventory.get::<Subnet>(scope, id))
}

fn zones(vpc: &Vpc, context: &Context<'_>) -> Vec<String> {
    texts(subnets(vpc, context).map(|subnet| subnet.availability_zone.as_deref()))
}

fn subnets_that_are(vpc: &Vpc, context: &Context<'_>, public: bool) -> Value {
    let known: Result<Vec<_>, Missing> =
        subnets(vpc, context).map(|subnet| Ok((subnet, context.is_public(&subnet.subnet_id)?))).collect();
    Value::known(known.map(|all| {
        texts(all.iter().filter(|(_, is)| *is == public).map(|(subnet, _)| Some(subnet.subnet_id.as_str())))
    }))
}

/// Where another network, or a firewall's, may look into what passes.
fn inspection_routes(vpc: &Vpc, context: &Context<'_>) -> Vec<String> {
    let Context { model, scope } = *context;
    let endpoints = model.network().endpoints(model.inventory, scope, &vpc.vpc_id);
    let inspecting: BTreeSet<&str> = endpoints
        .filter(|endpoint| endpoint.vpc_endpoint_type.as_deref() == Some("GatewayLoadBalancer"))
        .map(|endpoint| endpoint.vpc_endpoint_id.as_str())
        .collect();
    let subnets = model.network().subnets(scope, &vpc.vpc_id);
    let tables = subnets.filter_map(|subnet| {
        model.network().table_of_subnet(model.inventory, scope, subnet, Some(vpc.vpc_id.as_str()))
    });
    let routes = tables.flat_map(|table| &table.routes).filter(|route| route.is_active());
    texts(routes.map(|route| {
        let is_default = route.destination_cidr_block.as_deref() == Some("0.0.0.0/0")
            || route.destination_ipv6_cidr_block.as_deref() == Some("::/0");
        let endpoint = route.gateway_id.as_deref().filter(|id| inspecting.contains(id));
        endpoint.or(route.transit_gateway_id.as_deref().filter(|_| is_default))
    }))
}

fn cidr_blocks(vpc: &Vpc) -> Value {
    let v4 = vpc.cidr_block_association_set.iter().map(|association| association.cidr_block.as_deref());
    let v6 = vpc.ipv6_cidr_block_association_set.iter().map(|association| association.ipv6_cidr_block.as_deref());
    addresses(v4.chain(v6).chain([vpc.cidr_block.as_deref()]))
}

/// Logs of single interfaces are not counted: nobody says that an interface to come will have one.
fn flow_log_traffic(vpc: &Vpc, context: &Context<'_>) -> Value {
    let own = recorded(context, &vpc.vpc_id);
    if covers_all(&own) {
        return Value::Texts(own.into_iter().collect());
    }
    // A shared VPC's subnets may have logs in the accounts that use them; those that were read count.
    if let Err(missing) = context.require("ec2:DescribeSubnets") {
        return Value::Unknown(missing);
    }
    let subnets = context.model.network().subnets(context.scope, &vpc.vpc_id).map(|subnet| recorded(context, subnet));
    let in_every = subnets.reduce(|all, one| {
        let both = |kind: &&String| {
            let has = |set: &BTreeSet<String>| set.contains(*kind) || covers_all(set);
            has(&all) && has(&one)
        };
        all.union(&one).filter(both).cloned().collect()
    });
    Value::Texts(own.union(&in_every.unwrap_or_default()).cloned().collect())
}

pub(super) fn covers_all(traffic: &BTreeSet<String>) -> bool {
    traffic.contains("ALL") || (traffic.contains("ACCEPT") && traffic.contains("REJECT"))
}

pub(super) fn recorded(context: &Context<'_>, resource: &str) -> BTreeSet<String> {
    let logs = context.model.network().flow_logs(context.model.inventory, context.scope, resource);
    logs.filter(|log| log.is_running()).filter_map(|log| log.traffic_type.clone()).collect()
}
