//! Facts of application, network and gateway load balancers.

use crate::inventory::Missing;
use crate::model::facts::exposure::{EXPOSURE, LATENT, READS, exposure, latent};
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::balancing::{Action, Listener, LoadBalancer};

use super::{faces_internet, ports, texts, tls};

const LISTENERS: &[Field] = &[
    Field { name: "ports", kind: Kind::Ports, doc: "the port; a gateway load balancer's listener has none" },
    Field {
        name: "protocol",
        kind: Kind::Text,
        doc: "`HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `QUIC` or `TCP_QUIC`",
    },
    Field { name: "ssl_policy", kind: Kind::Text, doc: "the security policy of HTTPS and TLS" },
    Field {
        name: "least_tls",
        kind: Kind::Text,
        doc: "the oldest version of TLS that its policy admits, such as `1.2`; absent without TLS",
    },
    Field {
        name: "is_post_quantum",
        kind: Kind::Bool,
        doc: "whether its policy offers key exchanges for the time of quantum computers; absent without TLS",
    },
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
    Field {
        name: "serves_plain_http",
        kind: Kind::Bool,
        doc: "whether it is of HTTP and some rule, the default among them, does other things than to redirect to HTTPS \
            or to answer with a fixed text",
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
    "zone_count": Kind::Int, "the number of availability zones that it is in", |balancer, _| balancer.availability_zones.len();
    "listener_ports": Kind::Ports, "the ports that it listens on", uses ["elbv2:DescribeListeners"],
        |balancer, context| context.field("elbv2:DescribeListeners",
            balancer.listeners.as_ref().map(|all| ports(all.iter().filter_map(|one| Some((one.port?, one.port?))))));
    "listeners": Kind::List(LISTENERS), "what it listens on", uses ["elbv2:DescribeListeners", "elbv2:DescribeRules"],
        |balancer, context| context.field("elbv2:DescribeListeners",
            balancer.listeners.as_ref().map(|all| all.iter().map(|one| record(balancer, one, context)).collect::<Vec<_>>()));
    "deletion_protection": Kind::Bool, "whether it cannot be deleted before that is turned off",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "deletion_protection.enabled", EVERY);
    "access_logs": Kind::Bool, "whether it writes access logs to S3", uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "access_logs.s3.enabled", &["application", "network"]);
    "can_log_access": Kind::Bool, "whether its access logs would have something in them: of a network load balancer what listeners of TLS take, of a gateway load balancer nothing",
        uses ["elbv2:DescribeListeners"],
        |balancer, context| can_log_access(balancer, context);
    "cross_zone": Kind::Bool, "whether each node hands on to targets in all zones",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "load_balancing.cross_zone.enabled", EVERY);
    "drop_invalid_header_fields": Kind::Bool, "whether an application load balancer drops malformed header fields",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "routing.http.drop_invalid_header_fields.enabled", APPLICATION);
    "desync_mitigation_mode": Kind::Text, "`defensive`, `strictest` or `monitor`, for an application load balancer",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| attribute(balancer, context, "routing.http.desync_mitigation_mode", APPLICATION);
    "denies_internet_gateway": Kind::Bool, "whether IPv6 packets from and to an internet gateway are dropped",
        uses ["elbv2:DescribeLoadBalancerAttributes"],
        |balancer, context| flag(balancer, context, "ipv6.deny_all_igw_traffic", &[]);
    "web_acl": Kind::Text, "the ARN of the web ACL of AWS WAF that stands before it",
        uses ["wafv2:ListWebACLs", "wafv2:ListResourcesForWebACL"], |balancer, context| web_acl(balancer, context);
    "internet_exposure": Kind::List(EXPOSURE), "what the internet gets answers from, on all its nodes", uses_all(READS),
        |balancer, context| context.of_balancer(&balancer.load_balancer_arn, |endpoints| exposure(endpoints, None));
    "latent_exposure": Kind::List(LATENT), "what its security groups admit from the internet to what it listens to, and another gate keeps out", uses_all(READS),
        |balancer, context| context.of_balancer(&balancer.load_balancer_arn, latent);
    "is_told_elsewhere": Kind::Bool, "whether its exposure is told of at another resource; it never is", |_, _| false;
}}

/// None only if every web ACL said what it stands before.
fn web_acl(balancer: &LoadBalancer, context: &Context<'_>) -> Value {
    let found = context.model.network().web_acl(context.scope, &balancer.load_balancer_arn);
    match context.require("wafv2:ListWebACLs").and_then(|()| context.require("wafv2:ListResourcesForWebACL")) {
        Err(missing) if found.is_none() => Value::Unknown(missing),
        _ => Value::optional(found),
    }
}

/// Kinds of load balancers.
const EVERY: &[&str] = &["application", "network", "gateway"];
const APPLICATION: &[&str] = &["application"];

/// AWS always gives it for load balancers of these kinds: where it does not, it is not known.
fn attribute(balancer: &LoadBalancer, context: &Context<'_>, key: &str, kinds: &[&str]) -> Value {
    let read = balancer.attributes.as_ref().map(|_| match balancer.attribute(key) {
        None if balancer.r#type.as_deref().is_none_or(|kind| kinds.contains(&kind)) => {
            Value::Unknown(Missing::because(format!("the answer does not give {key}")))
        }
        given => Value::optional(given),
    });
    context.field("elbv2:DescribeLoadBalancerAttributes", read)
}

fn can_log_access(balancer: &LoadBalancer, context: &Context<'_>) -> Value {
    match balancer.r#type.as_deref() {
        Some("gateway") => false.into(),
        Some("network") => {
            let tls =
                balancer.listeners.as_ref().map(|all| all.iter().any(|one| one.protocol.as_deref() == Some("TLS")));
            context.field("elbv2:DescribeListeners", tls)
        }
        _ => true.into(),
    }
}

/// AWS writes these as `true` and `false`; one that the kind of load balancer does not have is absent.
fn flag(balancer: &LoadBalancer, context: &Context<'_>, key: &str, kinds: &[&str]) -> Value {
    match attribute(balancer, context, key, kinds) {
        Value::Text(text) => Value::Bool(text == "true"),
        other => other,
    }
}

fn record(balancer: &LoadBalancer, listener: &Listener, context: &Context<'_>) -> Record {
    let actions = || listener.default_actions.iter();
    let redirects = actions().find_map(|action| action.redirect_config.as_ref()?.protocol.as_deref());
    // Other listeners have none, and one of TLS always has one.
    let of_policy = |is: fn(&str) -> Value| match (listener.ssl_policy.as_deref(), listener.protocol.as_deref()) {
        (Some(policy), _) => is(policy),
        (None, Some("HTTPS" | "TLS")) => {
            Value::Unknown(Missing::because("the answer does not give its security policy"))
        }
        (None, _) => Value::Absent,
    };
    let values = vec![
        match listener.port {
            Some(port) => ports([(port, port)]),
            None => Value::Absent,
        },
        Value::optional(listener.protocol.as_deref()),
        Value::optional(listener.ssl_policy.as_deref()),
        of_policy(|policy| Value::known(tls::least(policy))),
        of_policy(|policy| Value::known(tls::is_post_quantum(policy))),
        texts(listener.certificates.iter().map(|one| one.certificate_arn.as_deref())).into(),
        texts(actions().map(|action| action.r#type.as_deref())).into(),
        // `#{protocol}` keeps the request's own.
        Value::optional(
            redirects.map(|to| if to == "#{protocol}" { listener.protocol.as_deref().unwrap_or(to) } else { to }),
        ),
        target_groups(balancer, listener, context),
        serves_plain_http(listener, context),
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

/// Whether requests over HTTP get further than to a redirection or a fixed answer. Only an application load balancer
/// has listeners of HTTP.
fn serves_plain_http(listener: &Listener, context: &Context<'_>) -> Value {
    if listener.protocol.as_deref() != Some("HTTP") {
        return false.into();
    }
    let goes_on = |action: &Action| match action.r#type.as_deref() {
        Some("fixed-response") => false,
        Some("redirect") => action.redirect_config.as_ref().and_then(|to| to.protocol.as_deref()) != Some("HTTPS"),
        _ => true,
    };
    let rules = listener.rules.iter().flatten().flat_map(|rule| &rule.actions);
    if listener.default_actions.iter().chain(rules).any(goes_on) {
        return true.into();
    }
    match (&listener.rules, context.require("elbv2:DescribeRules")) {
        (None, Err(missing)) => Value::Unknown(missing),
        _ => false.into(),
    }
}
