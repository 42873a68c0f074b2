use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::{CarrierGateway, EgressOnlyInternetGateway, InternetGateway, Vpc};

use super::{is_owned, name, tag_keys, tags, texts};

facts! { InternetGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "is_owned": Kind::Bool, "whether the account owns it", |gateway, context| is_owned(context, gateway.owner_id.as_deref());
    "attached_vpcs": Kind::Texts, "the VPC that it is attached to; none or one",
        |gateway, _| texts(gateway.attached_vpcs().map(Some));
    "is_attached": Kind::Bool, "whether it is attached to a VPC", |gateway, _| gateway.attached_vpcs().next().is_some();
    "vpc_tags": Kind::Texts, "the tags of that VPC, each as `Key=Value`", needs ["ec2:DescribeVpcs"],
        |gateway, context| texts_of_vpc(gateway, context);
    "vpc_name": Kind::Text, "the `Name` tag of that VPC", needs ["ec2:DescribeVpcs"],
        |gateway, context| match vpc(gateway, context) {
            Some(vpc) => name(vpc),
            None => Value::Absent,
        };
}}

facts! { EgressOnlyInternetGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "attached_vpcs": Kind::Texts, "the VPC that it is attached to; none or one",
        |gateway, _| texts(gateway.attachments.iter().map(|attachment| attachment.vpc_id.as_deref()));
}}

facts! { CarrierGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "is_owned": Kind::Bool, "whether the account owns it", |gateway, context| is_owned(context, gateway.owner_id.as_deref());
    "vpc_id": Kind::Text, "its VPC", |gateway, _| Value::optional(gateway.vpc_id.as_deref());
    "state": Kind::Text, "`available`, `pending`, `deleting` or `deleted`", |gateway, _| Value::optional(gateway.state.as_deref());
}}

fn vpc<'m>(gateway: &InternetGateway, context: &Context<'m>) -> Option<&'m Vpc> {
    let vpc = gateway.attached_vpcs().next()?;
    context.model.inventory.get::<Vpc>(context.scope, vpc)
}

fn texts_of_vpc(gateway: &InternetGateway, context: &Context<'_>) -> Value {
    vpc(gateway, context).map_or(Value::Absent, |vpc| tags(vpc).into())
}
