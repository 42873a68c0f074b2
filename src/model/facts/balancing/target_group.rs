//! Facts of target groups and of what is registered with them.

use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::balancing::{TargetGroup, TargetHealthDescription};

use super::texts;

const TARGETS: &[Field] = &[
    Field { name: "id", kind: Kind::Text, doc: "an instance, an address, or an ARN of a function or load balancer" },
    Field { name: "port", kind: Kind::Int, doc: "the port that it gets connections on; a function has none" },
    Field {
        name: "health",
        kind: Kind::Text,
        doc: "`healthy`, `unhealthy`, `initial`, `draining`, `unused` or `unavailable`",
    },
    Field { name: "reason", kind: Kind::Text, doc: "why it is not healthy, such as `Target.Timeout`" },
];

facts! { TargetGroup {
    "name": Kind::Text, "its name", |group, _| Value::optional(group.target_group_name.as_deref());
    "target_type": Kind::Text, "`instance`, `ip`, `lambda` or `alb`", |group, _| Value::optional(group.target_type.as_deref());
    "protocol": Kind::Text, "the protocol that targets are spoken to in", |group, _| Value::optional(group.protocol.as_deref());
    "port": Kind::Int, "the port of targets that have none of their own", |group, _| Value::optional(group.port);
    "vpc_id": Kind::Text, "the VPC of its targets", |group, _| Value::optional(group.vpc_id.as_deref());
    "load_balancers": Kind::Texts, "the ARNs of the load balancers that use it",
        |group, _| texts(group.load_balancer_arns.iter().map(|arn| Some(arn.as_str())));
    "preserves_client_address": Kind::Bool, "whether targets of a network load balancer see the client's own address",
        uses ["elbv2:DescribeTargetGroupAttributes"],
        |group, context| context.field("elbv2:DescribeTargetGroupAttributes", group.attributes.as_ref()
            .map(|_| Value::optional(group.attribute("preserve_client_ip.enabled").map(|value| value == "true"))));
    "targets": Kind::List(TARGETS), "what is registered", uses ["elbv2:DescribeTargetHealth"],
        |group, context| targets(group, context, |all| all.iter().map(record).collect::<Vec<_>>().into());
    "target_ids": Kind::Texts, "what is registered, by id, address or ARN", uses ["elbv2:DescribeTargetHealth"],
        |group, context| targets(group, context, |all| texts(all.iter().map(id)).into());
    "healthy_targets": Kind::Int, "how many targets are healthy", uses ["elbv2:DescribeTargetHealth"],
        |group, context| targets(group, context, |all| all.iter().filter(|one| state(one) == Some("healthy")).count().into());
}}

fn targets(group: &TargetGroup, context: &Context<'_>, of: impl Fn(&[TargetHealthDescription]) -> Value) -> Value {
    context.field("elbv2:DescribeTargetHealth", group.target_health_descriptions.as_deref().map(of))
}

fn id(of: &TargetHealthDescription) -> Option<&str> {
    of.target.as_ref()?.id.as_deref()
}

fn state(of: &TargetHealthDescription) -> Option<&str> {
    of.target_health.as_ref()?.state.as_deref()
}

fn record(of: &TargetHealthDescription) -> Record {
    let values = vec![
        Value::optional(id(of)),
        Value::optional(of.target.as_ref().and_then(|target| target.port)),
        Value::optional(state(of)),
        Value::optional(of.target_health.as_ref().and_then(|health| health.reason.as_deref())),
    ];
    Record::new(TARGETS, values)
}
