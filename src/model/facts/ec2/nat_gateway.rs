use crate::model::facts::cloudwatch::{ALARMS, of_nat_gateway};
use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::NatGateway;

use super::{addresses, given, name, tag_keys, tags};

facts! { NatGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "state": Kind::Text, "`pending`, `available`, `failed`, `deleting` or `deleted`", |gateway, _| Value::optional(gateway.state.as_deref());
    "connectivity_type": Kind::Text, "`public` or `private`", |gateway, _| connectivity_type(gateway);
    "vpc_id": Kind::Text, "its VPC", |gateway, _| Value::optional(gateway.vpc_id.as_deref());
    "subnet_id": Kind::Text, "its subnet; a regional NAT gateway has none", |gateway, _| Value::optional(gateway.subnet_id.as_deref());
    "public_addresses": Kind::Ips, "its public addresses",
        |gateway, _| addresses(gateway.nat_gateway_addresses.iter().map(|a| a.public_ip.as_deref()));
    "subnet_is_public": Kind::Bool, "whether its subnet routes to an internet gateway",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |gateway, context| match &gateway.subnet_id {
            Some(subnet) => Value::known(context.is_public(subnet)),
            None => Value::Absent,
        };
    "alarms": Kind::List(ALARMS), "the alarms of CloudWatch on its metrics", uses ["cloudwatch:DescribeAlarms"],
        |gateway, context| of_nat_gateway(&gateway.nat_gateway_id, context);
}}

/// An answer that does not name the type, as before there was a choice, is about a public one if it has a public address.
fn connectivity_type(gateway: &NatGateway) -> Value {
    let has_public = gateway.nat_gateway_addresses.iter().any(|address| address.public_ip.is_some());
    given(gateway.connectivity_type.as_deref().or(has_public.then_some("public")), "ConnectivityType")
}
