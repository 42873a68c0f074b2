use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::ec2::{TransitGateway, TransitGatewayAttachment, TransitGatewayOptions};

use super::{given, is_owned, name, tag_keys, tags, texts};

facts! { TransitGateway {
    "name": Kind::Text, "its `Name` tag", |gateway, _| name(gateway);
    "tag_keys": Kind::Texts, "the keys of its tags", |gateway, _| tag_keys(gateway);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |gateway, _| tags(gateway);
    "is_owned": Kind::Bool, "whether the account owns it, and another does not share it with the account",
        |gateway, context| is_owned(context, gateway.owner_id.as_deref());
    "state": Kind::Text, "`available`, `pending`, `modifying`, `deleting` or `deleted`", |gateway, _| Value::optional(gateway.state.as_deref());
    "auto_accept_shared_attachments": Kind::Bool, "whether attachments that other accounts ask for are accepted unseen",
        |gateway, _| given(option(gateway, |options| &options.auto_accept_shared_attachments).map(|value| value == "enable"), "AutoAcceptSharedAttachments");
    "default_route_table_association": Kind::Bool, "whether new attachments get the default route table",
        |gateway, _| Value::optional(option(gateway, |options| &options.default_route_table_association).map(|value| value == "enable"));
    "default_route_table_propagation": Kind::Bool, "whether new attachments write their routes into the default route table",
        |gateway, _| Value::optional(option(gateway, |options| &options.default_route_table_propagation).map(|value| value == "enable"));
    "security_group_referencing_support": Kind::Bool, "whether security groups may name groups of other attached VPCs",
        |gateway, _| Value::optional(option(gateway, |options| &options.security_group_referencing_support).map(|value| value == "enable"));
}}

facts! { TransitGatewayAttachment {
    "name": Kind::Text, "its `Name` tag", |attachment, _| name(attachment);
    "tag_keys": Kind::Texts, "the keys of its tags", |attachment, _| tag_keys(attachment);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |attachment, _| tags(attachment);
    "transit_gateway": Kind::Text, "the transit gateway", |attachment, _| Value::optional(attachment.transit_gateway_id.as_deref());
    "transit_gateway_account": Kind::Text, "the account of the transit gateway", |attachment, _| Value::optional(attachment.transit_gateway_owner_id.as_deref());
    "resource_type": Kind::Text, "`vpc`, `vpn`, `direct-connect-gateway`, `connect`, `peering` and others", |attachment, _| Value::optional(attachment.resource_type.as_deref());
    "resource_id": Kind::Text, "what is attached", |attachment, _| Value::optional(attachment.resource_id.as_deref());
    "resource_account": Kind::Text, "the account of what is attached", |attachment, _| Value::optional(attachment.resource_owner_id.as_deref());
    "state": Kind::Text, "`available`, `pendingAcceptance`, `rejected`, `deleted` and others", |attachment, _| Value::optional(attachment.state.as_deref());
    "route_table": Kind::Text, "the transit gateway route table that it is associated with",
        |attachment, _| Value::optional(attachment.association.as_ref()
            .and_then(|association| association.transit_gateway_route_table_id.as_deref()));
    "subnets": Kind::Texts, "the subnets of an attached VPC that it has interfaces in",
        uses ["ec2:DescribeTransitGatewayVpcAttachments"],
        |attachment, context| context.field("ec2:DescribeTransitGatewayVpcAttachments",
            attachment.vpc_attachment.as_ref().map(|vpc| texts(vpc.subnet_ids.iter().map(|id| Some(id.as_str())))));
}}

fn option<'g>(
    gateway: &'g TransitGateway,
    of: impl Fn(&'g TransitGatewayOptions) -> &'g Option<String>,
) -> Option<&'g str> {
    gateway.options.as_ref().and_then(|options| of(options).as_deref())
}
