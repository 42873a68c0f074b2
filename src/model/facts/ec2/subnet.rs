use std::collections::BTreeSet;

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{Subnet, TargetKind};

use super::network_interface::flow_log_traffic;
use super::vpc::covers_all;
use super::{addresses, given, is_owned, name, tag_keys, tags, texts};

facts! { Subnet {
    "name": Kind::Text, "its `Name` tag", |subnet, _| name(subnet);
    "tag_keys": Kind::Texts, "the keys of its tags", |subnet, _| tag_keys(subnet);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |subnet, _| tags(subnet);
    "is_owned": Kind::Bool, "whether the account owns it, and another does not share it with the account",
        |subnet, context| is_owned(context, subnet.owner_id.as_deref());
    "vpc_id": Kind::Text, "its VPC", |subnet, _| Value::optional(subnet.vpc_id.as_deref());
    "availability_zone": Kind::Text, "its availability zone", |subnet, _| Value::optional(subnet.availability_zone.as_deref());
    "default_for_az": Kind::Bool, "whether AWS made it as the zone's default subnet",
        |subnet, _| subnet.default_for_az.unwrap_or(false);
    "map_public_ip_on_launch": Kind::Bool, "whether interfaces that are made in it get a public IPv4 address",
        |subnet, _| given(subnet.map_public_ip_on_launch, "MapPublicIpOnLaunch");
    "assign_ipv6_address_on_creation": Kind::Bool, "whether interfaces that are made in it get an IPv6 address",
        |subnet, _| Value::optional(subnet.assign_ipv6_address_on_creation);
    "cidr_blocks": Kind::Ips, "all addresses of the subnet",
        |subnet, _| addresses(subnet.ipv6_cidr_block_association_set.iter().map(|a| a.ipv6_cidr_block.as_deref())
            .chain([subnet.cidr_block.as_deref()]));
    "route_table": Kind::Text, "the route table that its packets meet: its own, or its VPC's main one",
        needs ["ec2:DescribeRouteTables"],
        |subnet, context| Value::known(context.table_of(&subnet.subnet_id, subnet.vpc_id.as_deref())
            .map(|table| table.route_table_id.clone()));
    "has_own_route_table": Kind::Bool, "whether it names a route table, and does not fall back on its VPC's main one",
        needs ["ec2:DescribeRouteTables"],
        |subnet, context| context.model.network().has_own_table(context.scope, &subnet.subnet_id);
    "is_public": Kind::Bool, "whether its packets meet an active route to an internet gateway that is attached to its VPC",
        needs ["ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |subnet, context| Value::known(context.is_public(&subnet.subnet_id));
    "block_public_access_mode": Kind::Text,
        "what VPC Block Public Access comes to here: `off`, `block-bidirectional` or `block-ingress`",
        |subnet, _| Value::optional(subnet.block_public_access_states.as_ref()
            .and_then(|states| states.internet_gateway_block_mode.as_deref()));
    "has_flow_log": Kind::Bool, "whether a running flow log of its own or of its VPC records it",
        needs ["ec2:DescribeFlowLogs"],
        |subnet, context| [Some(subnet.subnet_id.as_str()), subnet.vpc_id.as_deref()].into_iter().flatten().any(|id| {
            let mut logs = context.model.network().flow_logs(context.model.inventory, context.scope, id);
            logs.any(|log| log.is_running())
        });
    "interfaces_without_flow_log": Kind::Texts,
        "the interfaces in it whose traffic no running flow log records: none of their own, of the subnet or of the VPC",
        needs ["ec2:DescribeFlowLogs", "ec2:DescribeNetworkInterfaces"],
        |subnet, context| interfaces_with(subnet, context, |traffic| traffic.is_empty());
    "interfaces_recorded_in_part": Kind::Texts,
        "the interfaces in it whose accepted or whose rejected traffic running flow logs record, and not both",
        needs ["ec2:DescribeFlowLogs", "ec2:DescribeNetworkInterfaces"],
        |subnet, context| interfaces_with(subnet, context, |traffic| !traffic.is_empty() && !covers_all(traffic));
}}

fn interfaces_with(subnet: &Subnet, context: &Context<'_>, is: impl Fn(&BTreeSet<String>) -> bool) -> Value {
    let interfaces = context.model.network().interfaces(context.model.inventory, context.scope, &subnet.subnet_id);
    let mut found = Vec::new();
    for interface in interfaces {
        match flow_log_traffic(interface, context) {
            Ok(traffic) if is(&traffic) => found.push(Some(interface.network_interface_id.as_str())),
            Ok(_) => {}
            Err(missing) => return Value::Unknown(missing),
        }
    }
    texts(found).into()
}

impl<'m> Context<'m> {
    /// The route table that a subnet's packets meet.
    ///
    /// # Errors
    /// No table was seen: every subnet has one.
    pub fn table_of(&self, subnet: &str, vpc: Option<&str>) -> Result<&'m crate::resource::ec2::RouteTable, Missing> {
        let table = self.model.network().table_of_subnet(self.model.inventory, self.scope, subnet, vpc);
        table.ok_or_else(|| Missing::because(format!("the route table of {subnet} could not be seen")))
    }

    /// Whether a subnet of this scope routes to an internet gateway that is attached to its VPC.
    ///
    /// # Errors
    /// What is missing to tell.
    pub fn is_public(&self, subnet: &str) -> Result<bool, Missing> {
        self.require("ec2:DescribeRouteTables")?;
        self.require("ec2:DescribeInternetGateways")?;
        let Some(subnet) = self.model.inventory.get::<Subnet>(self.scope, subnet) else {
            self.require("ec2:DescribeSubnets")?;
            return Err(Missing::because(format!("{subnet} could not be seen")));
        };
        let vpc = subnet.vpc_id.as_deref();
        let table = self.table_of(&subnet.subnet_id, vpc)?;
        let attached: Vec<&str> =
            vpc.into_iter().flat_map(|vpc| self.model.network().internet_gateways(self.scope, vpc)).collect();
        let mut to_gateways = table.routes.iter().filter(|route| route.is_active()).filter_map(|route| {
            route.target().filter(|(kind, _)| *kind == TargetKind::InternetGateway).map(|(_, id)| id)
        });
        // EC2 leaves a route to a gateway that was detached as a blackhole, but not at once.
        let found = to_gateways.clone().any(|id| attached.contains(&id));
        match to_gateways.next() {
            // A shared subnet's gateway is its owner's, and only the owner sees it.
            Some(gateway) if !found && attached.is_empty() && !is_owned(self, subnet.owner_id.as_deref()) => {
                Err(Missing::because(format!("{gateway} belongs to the subnet's owner and could not be seen")))
            }
            _ => Ok(found),
        }
    }
}
