//! Facts of application, network and gateway load balancers.

use crate::model::facts::exposure::{EXPOSURE, LATENT, READS, exposure, latent};
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::balancing::{Action, Listener, LoadBalancer};

use super::{faces_internet, ports, texts};

const LISTENERS: &[Field] = &[
    Field { name: "ports", kind: Kind::Ports, doc: "the port; a gateway load balancer's listener has none" },
    Field {
        name: "protocol",
        kind: Kind::Text,
        doc: "`HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `QUIC` or `TCP_QUIC`",
    },
    Field { name: "ssl_policy", kind: Kind::Text, doc: "the security policy of HTTPS and TLS" },
    Field { name: "certificates", kind: Kind::Texts, doc: "the ARNs of its default certificate" },
    Field {
        name: "actions",
        kind: Kind::Texts,
        doc: "the types of its default actions, such as `forward` or `redirect`",
    },
    Field { name: "redirects_to", kind: Kind::Text, doc: "the protocol that its default action redirects to" },
    Field {
        name: "target_groups",
        kind: Kind::Texts,
        doc: "the target groups of its default actions and of all its rules",
    },
];

facts! { LoadBalancer {
    "name": Kind::Text, "its name", |balancer, _| Value::optional(balancer.load_balancer_name.as_deref());
    "kind": Kind::Text, "`application`, `network` or `gateway`", |balancer, _| Value::optional(balancer.r#type.as_deref());
    "scheme": Kind::Text, "`internet-facing` or `internal`; absent for a gateway load balancer", |balancer, _| Value::optional(balancer.scheme.as_deref());
    "is_internet_facing": Kind::Bool, "whether it has public addresses; absent for a gateway load balancer", |balancer, _| faces_internet(balancer.scheme.as_deref());
    "state": Kind::Text, "`active`, `provisioning`, `active_impaired` or `failed`",
        |balancer, _| Value::optional(balancer.state.as_ref().and_then(|state| state.code.as_deref()));
    "dns_name": Kind::Text, "its DNS name", |balancer, _| Value::optional(balancer.dns_name.as_deref());
    "ip_address_type": Kind::Text, "`ipv4`, `dualstack` or `dualstack-without-public-ipv4`", |balancer, _| Value::optional(balancer.ip_address_type.as_deref());
    "vpc_id": Kind::Text, "its VPC", |balancer, _| Value::optional(balancer.vpc_id.as_deref());
    "subnets": Kind::Texts, "the subnets that it has interfaces in",
        |balancer, _| texts(balancer.availability_zones.iter().map(|zone| zone.subnet_id.as_deref()));
    "security_groups": Kind::Texts, "the ids of its security groups; a network load balancer may have none",
        |balancer, _| texts(balancer.security_groups.iter().map(|id| Some(id.as_str())));
    "listener_ports": Kind::Ports, "the ports that it listens on", uses ["elbv2:DescribeListeners"],
        |balancer, context| context.field("elbv2:DescribeListeners",
            balancer.listeners.as_ref().map(|all| ports(all.iter().filter_map(|one| Some((one.port?, one.port?))))));
    "listeners": Kind::List(LISTENERS), "what it listens on", uses ["elbv2:DescribeListeners", "elbv2:DescribeRules"],
        |balancer, context| context.field("elbv2:DescribeListeners",
            balancer.listeners.as_ref().map(|all| all.iter().map(|one| record(balancer, one, context)).collect::<Vec<_>>()));
    "deletion_protection": Kind::Bool, "whether it cannot be deleted before that is turned off",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "deletion_protection.enabled");
    "access_logs": Kind::Bool, "whether it writes access logs to S3", uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "access_logs.s3.enabled");
    "drop_invalid_header_fields": Kind::Bool, "whether an application load balancer drops malformed header fields",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "routing.http.drop_invalid_header_fields.enabled");
    "desync_mitigation_mode": Kind::Text, "`defensive`, `strictest` or `monitor`, for an application load balancer",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| attribute(balancer, context, "routing.http.desync_mitigation_mode");
    "denies_internet_gateway": Kind::Bool, "whether IPv6 packets from and to an internet gateway are dropped",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "ipv6.deny_all_igw_traffic");
    "internet_exposure": Kind::List(EXPOSURE), "what the internet gets answers from, on all its nodes", uses_all(READS),
        |balancer, context| context.of_balancer(&balancer.load_balancer_arn, |endpoints| exposure(endpoints, None));
    "latent_exposure": Kind::List(LATENT), "what its security groups admit from the internet to what it listens to, and another gate keeps out", uses_all(READS),
        |balancer, context| context.of_balancer(&balancer.load_balancer_arn, latent);
    "is_told_elsewhere": Kind::Bool, "whether its exposure is told of at another resource; it never is", |_, _| false;
}}

fn attribute(balancer: &LoadBalancer, context: &Context<'_>, key: &str) -> Value {
    let read = balancer.attributes.as_ref().map(|_| Value::optional(balancer.attribute(key)));
    context.field("elbv2:DescribeLoadBalancerAttributes", read)
}

/// AWS writes these as `true` and `false`; one that the kind of load balancer does not have is absent.
fn flag(balancer: &LoadBalancer, context: &Context<'_>, key: &str) -> Value {
    match attribute(balancer, context, key) {
        Value::Text(text) => Value::Bool(text == "true"),
        other => other,
    }
}

fn record(balancer: &LoadBalancer, listener: &Listener, context: &Context<'_>) -> Record {
    let actions = || listener.default_actions.iter();
    let redirects = actions().find_map(|action| action.redirect_config.as_ref()?.protocol.as_deref());
    let values = vec![
        match listener.port {
            Some(port) => ports([(port, port)]),
            None => Value::Absent,
        },
        Value::optional(listener.protocol.as_deref()),
        Value::optional(listener.ssl_policy.as_deref()),
        texts(listener.certificates.iter().map(|one| one.certificate_arn.as_deref())).into(),
        texts(actions().map(|action| action.r#type.as_deref())).into(),
        // `#{protocol}` keeps the request's own.
        Value::optional(
            redirects.map(|to| if to == "#{protocol}" { listener.protocol.as_deref().unwrap_or(to) } else { to }),
        ),
        target_groups(balancer, listener, context),
    ];
    Record::new(LISTENERS, values)
}

/// Only an application load balancer's listeners have rules beside the default.
fn target_groups(balancer: &LoadBalancer, listener: &Listener, context: &Context<'_>) -> Value {
    let of = |actions: &[Action]| actions.iter().flat_map(Action::target_groups).map(str::to_owned).collect::<Vec<_>>();
    let mut groups = of(&listener.default_actions);
    if balancer.r#type.as_deref() == Some("application") {
        match (&listener.rules, context.require("elbv2:DescribeRules")) {
            (Some(rules), _) => groups.extend(rules.iter().flat_map(|rule| of(&rule.actions))),
            (None, Err(missing)) => return Value::Unknown(missing),
            (None, Ok(())) => {}
        }
    }
    texts(groups.iter().map(|group| Some(group.as_str()))).into()
}
