//! Load balancers of the first generation, each with its attributes and its policies.

use aws_sdk_elasticloadbalancing::Client;

use crate::collect::mirror::{Mirror, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::balancing::{ClassicAttributes, ClassicLoadBalancer, PolicyDescription};

pub async fn collect(reader: &Reader) {
    let elb = &reader.elb();
    let balancers = reader
        .pages(
            "elb:DescribeLoadBalancers",
            |marker| elb.describe_load_balancers().page_size(400).set_marker(marker).send(),
            |page| (page.load_balancer_descriptions.unwrap_or_default(), page.next_marker),
        )
        .await;
    let balancers = resources::<ClassicLoadBalancer, _>(reader, balancers);
    futures::future::join_all(balancers.into_iter().map(async |mut balancer| {
        (balancer.load_balancer_attributes, balancer.policy_descriptions) =
            tokio::join!(attributes(reader, elb, &balancer.load_balancer_name), policies(reader, elb, &balancer));
        reader.insert(balancer);
    }))
    .await;
}

/// AWS tells them for one load balancer at a time.
async fn attributes(reader: &Reader, elb: &Client, balancer: &str) -> Option<ClassicAttributes> {
    let call = || elb.describe_load_balancer_attributes().load_balancer_name(balancer).send();
    let answer = reader.one("elb:DescribeLoadBalancerAttributes", call).await?;
    Mirror::mirror(answer.load_balancer_attributes)
}

/// What its listeners' policies say. Where none has one there is nothing to ask.
async fn policies(reader: &Reader, elb: &Client, of: &ClassicLoadBalancer) -> Option<Vec<PolicyDescription>> {
    if !of.has_policies() {
        return None;
    }
    let call = || elb.describe_load_balancer_policies().load_balancer_name(&of.load_balancer_name).send();
    let answer = reader.one("elb:DescribeLoadBalancerPolicies", call).await?;
    Some(Mirror::mirror(answer.policy_descriptions))
}

listed_of! { [aws_sdk_elasticloadbalancing, balancing] LoadBalancerDescription => ClassicLoadBalancer by [load_balancer_name] { dns_name, canonical_hosted_zone_name, canonical_hosted_zone_name_id, listener_descriptions, backend_server_descriptions, availability_zones, subnets, vpc_id, instances, health_check, source_security_group, security_groups, created_time, scheme } later { load_balancer_attributes, policy_descriptions } }
mirror_of! { [aws_sdk_elasticloadbalancing, balancing]
    ListenerDescription => ListenerDescription { listener, policy_names }
    Listener => ClassicListener { protocol, load_balancer_port, instance_protocol, instance_port, ssl_certificate_id }
    BackendServerDescription => BackendServerDescription { instance_port, policy_names }
    Instance => ClassicInstance { instance_id }
    HealthCheck => ClassicHealthCheck { target, interval, timeout, unhealthy_threshold, healthy_threshold }
    SourceSecurityGroup => SourceSecurityGroup { owner_alias, group_name }
    LoadBalancerAttributes => ClassicAttributes { cross_zone_load_balancing, access_log, connection_draining, connection_settings, additional_attributes }
    CrossZoneLoadBalancing => CrossZoneLoadBalancing { enabled }
    AccessLog => ClassicAccessLog { enabled, s3_bucket_name, emit_interval, s3_bucket_prefix }
    ConnectionDraining => ConnectionDraining { enabled, timeout }
    ConnectionSettings => ConnectionSettings { idle_timeout }
    AdditionalAttribute => AdditionalAttribute { key, value }
    PolicyDescription => PolicyDescription { policy_name, policy_type_name, policy_attribute_descriptions }
    PolicyAttributeDescription => PolicyAttributeDescription { attribute_name, attribute_value }
}
