use std::collections::BTreeSet;

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::facts::exposure::{EXPOSURE, LATENT, READS, exposure, latent, ports};
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{Instance, NetworkInterface, Subnet};

use super::vpc::{covers_all, recorded};
use super::{addresses, is_owned, name, tag_keys, tags, texts};

facts! { NetworkInterface {
    "name": Kind::Text, "its `Name` tag", |interface, _| name(interface);
    "tag_keys": Kind::Texts, "the keys of its tags", |interface, _| tag_keys(interface);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |interface, _| tags(interface);
    "is_owned": Kind::Bool, "whether the account owns it",
        |interface, context| is_owned(context, interface.owner_id.as_deref());
    "description": Kind::Text, "what its maker wrote; services say here what it is for", |interface, _| Value::optional(interface.description.as_deref());
    "interface_type": Kind::Text, "`interface`, `nat_gateway`, `network_load_balancer`, `lambda` and others", |interface, _| Value::optional(interface.interface_type.as_deref());
    "vpc_id": Kind::Text, "its VPC", |interface, _| Value::optional(interface.vpc_id.as_deref());
    "subnet_id": Kind::Text, "its subnet", |interface, _| Value::optional(interface.subnet_id.as_deref());
    "status": Kind::Text, "`in-use`, `available`, `attaching`, `detaching` or `associated`", |interface, _| Value::optional(interface.status.as_deref());
    "is_requester_managed": Kind::Bool, "whether a service made it and manages it",
        |interface, _| interface.requester_managed.unwrap_or(false);
    "source_dest_check": Kind::Bool, "whether it drops packets that are not from or for its own addresses",
        |interface, _| Value::optional(interface.source_dest_check);
    "security_groups": Kind::Texts, "the ids of its security groups",
        |interface, _| texts(interface.groups.iter().map(|group| group.group_id.as_deref()));
    "instance": Kind::Text, "the instance that it is attached to",
        |interface, _| Value::optional(interface.attachment.as_ref().and_then(|a| a.instance_id.as_deref()));
    "private_addresses": Kind::Ips, "its IPv4 addresses in the VPC",
        |interface, _| addresses(interface.private_ip_addresses.iter().map(|a| a.private_ip_address.as_deref())
            .chain([interface.private_ip_address.as_deref()]));
    "public_addresses": Kind::Ips, "the public IPv4 addresses that lead to it",
        |interface, _| addresses(interface.public_addresses().map(Some));
    "ipv6_addresses": Kind::Ips, "its IPv6 addresses and blocks",
        |interface, _| addresses(interface.ipv6_addresses.iter().map(|a| a.ipv6_address.as_deref())
            .chain(interface.ipv6_prefixes.iter().map(|p| p.ipv6_prefix.as_deref())));
    "subnet_is_public": Kind::Bool, "whether its subnet routes to an internet gateway",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |interface, context| match &interface.subnet_id {
            Some(subnet) => Value::known(context.is_public(subnet)),
            None => Value::Absent,
        };
    "flow_log_traffic": Kind::Texts,
        "the kinds of traffic (`ACCEPT`, `REJECT`, `ALL`) that running flow logs record: its own, its subnet's and its VPC's",
        needs ["ec2:DescribeFlowLogs"],
        |interface, context| Value::known(flow_log_traffic(interface, context).map(|all| all.into_iter().collect::<Vec<_>>()));
    "internet_exposure": Kind::List(EXPOSURE), "what the internet gets answers from, on all its addresses and by every way", uses_all(READS),
        |interface, context| exposure(&context.interface_endpoints(&interface.network_interface_id), context.unread_balancing(interface.vpc_id.as_deref()));
    "internet_reachable_ports": Kind::Ports, "the ports of TCP and UDP from which anybody on the internet gets answers", uses_all(READS),
        |interface, context| ports(&context.interface_endpoints(&interface.network_interface_id), context.unread_balancing(interface.vpc_id.as_deref()));
    "latent_exposure": Kind::List(LATENT), "what its security groups admit from the internet to a public address, and another gate keeps out", uses_all(READS),
        |interface, context| latent(&context.interface_endpoints(&interface.network_interface_id));
    "is_told_elsewhere": Kind::Bool, "whether its exposure is told of at another resource: the instance or the load balancer that it belongs to, or in the account that owns it",
        uses ["ec2:DescribeInstances", "elb:DescribeLoadBalancers", "elbv2:DescribeLoadBalancers"],
        |interface, context| Value::known(is_told_elsewhere(interface, context));
}}

/// The kinds of traffic that running logs record of an interface.
///
/// # Errors
/// Its subnet is another account's, and that account's logs were not read.
pub(super) fn flow_log_traffic(
    interface: &NetworkInterface,
    context: &Context<'_>,
) -> Result<BTreeSet<String>, Missing> {
    let of = [Some(&interface.network_interface_id), interface.subnet_id.as_ref(), interface.vpc_id.as_ref()];
    let traffic = of.into_iter().flatten().flat_map(|id| recorded(context, id)).collect();
    if covers_all(&traffic) {
        return Ok(traffic);
    }
    let subnet = interface.subnet_id.as_deref().and_then(|id| context.model.inventory.get::<Subnet>(context.scope, id));
    let owner = subnet.and_then(|subnet| subnet.owner_id.as_deref()?.parse().ok());
    if let Some(account) = owner.filter(|owner| *owner != context.scope.account) {
        context.require_in(&Scope { account, ..context.scope.clone() }, "ec2:DescribeFlowLogs")?;
    }
    Ok(traffic)
}

fn is_told_elsewhere(interface: &NetworkInterface, context: &Context<'_>) -> Result<bool, Missing> {
    let owner = interface.owner_id.as_deref();
    if owner.is_some_and(|owner| owner != context.scope.account.as_str()) {
        return Ok(true);
    }
    let instance = interface.attachment.as_ref().and_then(|attachment| attachment.instance_id.as_deref());
    if let Some(id) = instance {
        if context.model.inventory.get::<Instance>(context.scope, id).is_some() {
            return Ok(true);
        }
        context.require("ec2:DescribeInstances")?;
    }
    let Some(node) = interface.description.as_deref().and_then(|text| text.strip_prefix("ELB ")) else {
        return Ok(false);
    };
    if context.interface_endpoints(&interface.network_interface_id).iter().any(|one| one.is_balancer()) {
        return Ok(true);
    }
    let current = node.contains('/');
    context.require(if current { "elbv2:DescribeLoadBalancers" } else { "elb:DescribeLoadBalancers" })?;
    Ok(false)
}
