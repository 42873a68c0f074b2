//! Facts of load balancers of the first generation.

use crate::model::facts::exposure::{EXPOSURE, LATENT, READS, exposure, latent};
use crate::model::facts::facts;
use crate::model::{Field, Kind, Record, Value};
use crate::resource::balancing::{ClassicListener, ClassicLoadBalancer};

use super::{faces_internet, ports, texts};

const LISTENERS: &[Field] = &[
    Field { name: "ports", kind: Kind::Ports, doc: "the port" },
    Field { name: "protocol", kind: Kind::Text, doc: "`HTTP`, `HTTPS`, `TCP` or `SSL`" },
    Field { name: "certificate", kind: Kind::Text, doc: "the ARN of its certificate" },
    Field { name: "instance_port", kind: Kind::Int, doc: "the port of the instances that it leads to" },
    Field { name: "instance_protocol", kind: Kind::Text, doc: "the protocol that it speaks to the instances" },
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
    "listeners": Kind::List(LISTENERS), "what it listens on", |balancer, _| listeners(balancer).map(record).collect::<Vec<_>>();
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

fn record(of: &ClassicListener) -> Record {
    let values = vec![
        match of.load_balancer_port {
            Some(port) => ports([(port, port)]),
            None => Value::Absent,
        },
        Value::optional(of.protocol.as_ref().map(|protocol| protocol.to_ascii_uppercase())),
        Value::optional(of.ssl_certificate_id.as_deref()),
        Value::optional(of.instance_port),
        Value::optional(of.instance_protocol.as_ref().map(|protocol| protocol.to_ascii_uppercase())),
    ];
    Record::new(LISTENERS, values)
}
