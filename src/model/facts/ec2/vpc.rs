use std::collections::BTreeSet;

use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::Vpc;

use super::{addresses, is_owned, name, tag_keys, tags};

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
    "flow_log_traffic": Kind::Texts,
        "the kinds of traffic (`ACCEPT`, `REJECT`, `ALL`) that running flow logs record in all of it: logs of its own, or one of every subnet",
        needs ["ec2:DescribeFlowLogs"], |vpc, context| flow_log_traffic(vpc, context);
    "has_flow_log": Kind::Bool, "whether running flow logs record some kind of traffic in all of it",
        needs ["ec2:DescribeFlowLogs"], |vpc, context| match flow_log_traffic(vpc, context) {
            Value::Texts(traffic) => Value::Bool(!traffic.is_empty()),
            unknown => unknown,
        };
}}

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

fn covers_all(traffic: &BTreeSet<String>) -> bool {
    traffic.contains("ALL") || (traffic.contains("ACCEPT") && traffic.contains("REJECT"))
}

fn recorded(context: &Context<'_>, resource: &str) -> BTreeSet<String> {
    let logs = context.model.network().flow_logs(context.model.inventory, context.scope, resource);
    logs.filter(|log| log.is_running()).filter_map(|log| log.traffic_type.clone()).collect()
}
