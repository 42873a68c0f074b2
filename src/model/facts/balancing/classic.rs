//! Facts of load balancers of the first generation.

use crate::inventory::Missing;
use crate::model::facts::exposure::{EXPOSURE, LATENT, READS, exposure, latent};
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::balancing::{ClassicAttributes, ClassicListener, ClassicLoadBalancer, PolicyDescription};

use super::{faces_internet, ports, texts};

const ATTRIBUTES: &str = "elb:DescribeLoadBalancerAttributes";
const POLICIES: &str = "elb:DescribeLoadBalancerPolicies";

const LISTENERS: &[Field] = &[
    Field { name: "ports", kind: Kind::Ports, doc: "the port" },
    Field { name: "protocol", kind: Kind::Text, doc: "`HTTP`, `HTTPS`, `TCP` or `SSL`" },
    Field { name: "certificate", kind: Kind::Text, doc: "the ARN of its certificate" },
    Field { name: "instance_port", kind: Kind::Int, doc: "the port of the instances that it leads to" },
    Field { name: "instance_protocol", kind: Kind::Text, doc: "the protocol that it speaks to the instances" },
    Field { name: "tls_policy", kind: Kind::Text, doc: "its policy for TLS, or AWS's own that this is made from" },
    Field {
        name: "tls_protocols",
        kind: Kind::Texts,
        doc: "the versions that its policy for TLS admits, such as `TLSv1.2`; absent without TLS",
    },
];

facts! { ClassicLoadBalancer {
    "name": Kind::Text, "its name", |balancer, _| Value::optional(Some(balancer.load_balancer_name.as_str()));
    "scheme": Kind::Text, "`internet-facing` or `internal`", |balancer, _| Value::optional(balancer.scheme.as_deref());
    "is_internet_facing": Kind::Bool, "whether it has public addresses", |balancer, _| faces_internet(balancer.scheme.as_deref());
    "dns_name": Kind::Text, "its DNS name", |balancer, _| Value::optional(balancer.dns_name.as_deref());
    "vpc_id": Kind::Text, "its VPC; absent in EC2-Classic", |balancer, _| Value::optional(balancer.vpc_id.as_deref());
    "subnets": Kind::Texts, "the subnets that it has interfaces in",
        |balancer, _| texts(balancer.subnets.iter().map(|id| Some(id.as_str())));
    "security_groups": Kind::Texts, "the ids of its security groups",
        |balancer, _| texts(balancer.security_groups.iter().map(|id| Some(id.as_str())));
    "listener_ports": Kind::Ports, "the ports that it listens on",
        |balancer, _| ports(listeners(balancer).filter_map(|one| Some((one.load_balancer_port?, one.load_balancer_port?))));
    "listeners": Kind::List(LISTENERS), "what it listens on", uses ["elb:DescribeLoadBalancerPolicies"],
        |balancer, context| descriptions(balancer).map(|(one, names)| record(balancer, one, names, context)).collect::<Vec<_>>();
    "zone_count": Kind::Int, "the number of availability zones that it is in", |balancer, _| balancer.availability_zones.len();
    "access_logs": Kind::Bool, "whether it writes access logs to S3", uses ["elb:DescribeLoadBalancerAttributes"],
        |balancer, context| attribute(balancer, context, |all| all.access_log.as_ref().map(|log| log.enabled));
    "can_log_access": Kind::Bool, "whether its access logs would have something in them; it is always so", |_, _| true;
    "cross_zone": Kind::Bool, "whether each node hands on to instances in all zones", uses ["elb:DescribeLoadBalancerAttributes"],
        |balancer, context| attribute(balancer, context, |all| all.cross_zone_load_balancing.as_ref().map(|one| one.enabled));
    "connection_draining": Kind::Bool, "whether connections to an instance that is taken out may end by themselves",
        uses ["elb:DescribeLoadBalancerAttributes"],
        |balancer, context| attribute(balancer, context, |all| all.connection_draining.as_ref().map(|one| one.enabled));
    "desync_mitigation_mode": Kind::Text, "`defensive`, `strictest` or `monitor`", uses ["elb:DescribeLoadBalancerAttributes"],
        |balancer, context| attribute(balancer, context, |all| {
            let mut all = all.additional_attributes.iter();
            all.find(|one| one.key.as_deref() == Some("elb.http.desyncmitigationmode"))?.value.as_deref()
        });
    "instances": Kind::Texts, "the instances that are registered with it",
        |balancer, _| texts(balancer.instances.iter().map(|one| one.instance_id.as_deref()));
    "internet_exposure": Kind::List(EXPOSURE), "what the internet gets answers from, on all its nodes", uses_all(READS),
        |balancer, context| context.of_balancer(&balancer.load_balancer_name, |endpoints| exposure(endpoints, None));
    "latent_exposure": Kind::List(LATENT), "what its security groups admit from the internet to what it listens to, and another gate keeps out", uses_all(READS),
        |balancer, context| context.of_balancer(&balancer.load_balancer_name, latent);
    "is_told_elsewhere": Kind::Bool, "whether its exposure is told of at another resource; it never is", |_, _| false;
}}

fn listeners(of: &ClassicLoadBalancer) -> impl Iterator<Item = &ClassicListener> {
    of.listener_descriptions.iter().filter_map(|described| described.listener.as_ref())
}

/// Listeners, each with the names of its policies.
fn descriptions(of: &ClassicLoadBalancer) -> impl Iterator<Item = (&ClassicListener, &[String])> {
    of.listener_descriptions.iter().filter_map(|one| Some((one.listener.as_ref()?, one.policy_names.as_slice())))
}

/// A setting; what the answer leaves out is not known, because AWS gives each.
fn attribute<'b, T: Into<Value>>(
    balancer: &'b ClassicLoadBalancer,
    context: &Context<'_>,
    of: impl FnOnce(&'b ClassicAttributes) -> Option<T>,
) -> Value {
    let missing = || Missing::because(format!("{ATTRIBUTES} does not say it"));
    let read = balancer.load_balancer_attributes.as_ref();
    context.field(ATTRIBUTES, read.map(|all| Value::known(of(all).ok_or_else(missing))))
}

/// The policy for TLS among those of a listener, and the versions that it admits.
fn tls(
    balancer: &ClassicLoadBalancer,
    listener: &ClassicListener,
    names: &[String],
    context: &Context<'_>,
) -> (Value, Value) {
    let protocol = listener.protocol.as_deref().unwrap_or_default();
    if !protocol.eq_ignore_ascii_case("HTTPS") && !protocol.eq_ignore_ascii_case("SSL") {
        return (Value::Absent, Value::Absent);
    }
    let unknown = |missing: Missing| (Value::Unknown(missing.clone()), Value::Unknown(missing));
    let Some(described) = &balancer.policy_descriptions else {
        return match context.require(POLICIES) {
            Err(missing) => unknown(missing),
            Ok(()) => unknown(Missing::because("the listener names no policy for TLS")),
        };
    };
    let of_listener = |one: &&PolicyDescription| one.policy_name.as_ref().is_some_and(|name| names.contains(name));
    let is_tls = |one: &&PolicyDescription| one.policy_type_name.as_deref() == Some("SSLNegotiationPolicyType");
    let Some(policy) = described.iter().filter(of_listener).find(is_tls) else {
        return unknown(Missing::because(format!("{POLICIES} has none for TLS among {}", names.join(", "))));
    };
    let said = || policy.policy_attribute_descriptions.iter();
    let named = |name: &str| said().find(|one| one.attribute_name.as_deref() == Some(name))?.attribute_value.as_deref();
    let on = said().filter(|one| one.attribute_value.as_deref() == Some("true"));
    let protocols = texts(on.map(|one| one.attribute_name.as_deref()?.strip_prefix("Protocol-")));
    let name = named("Reference-Security-Policy").or(policy.policy_name.as_deref());
    if protocols.is_empty() {
        return (Value::optional(name), Value::Unknown(Missing::because("the policy admits no version of TLS")));
    }
    (Value::optional(name), protocols.into())
}

fn record(balancer: &ClassicLoadBalancer, of: &ClassicListener, names: &[String], context: &Context<'_>) -> Record {
    let (tls_policy, tls_protocols) = tls(balancer, of, names, context);
    let values = vec![
        match of.load_balancer_port {
            Some(port) => ports([(port, port)]),
            None => Value::Absent,
        },
        Value::optional(of.protocol.as_ref().map(|protocol| protocol.to_ascii_uppercase())),
        Value::optional(of.ssl_certificate_id.as_deref()),
        Value::optional(of.instance_port),
        Value::optional(of.instance_protocol.as_ref().map(|protocol| protocol.to_ascii_uppercase())),
        tls_policy,
        tls_protocols,
    ];
    Record::new(LISTENERS, values)
}
