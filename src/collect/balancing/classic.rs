//! Load balancers of the first generation: one list says all of them.

use crate::collect::mirror::{insert, listed_of, mirror_of};
use crate::collect::reader::Reader;
use crate::resource::balancing::ClassicLoadBalancer;

pub async fn collect(reader: &Reader) {
    let elb = reader.elb();
    let balancers = reader
        .pages(
            "elb:DescribeLoadBalancers",
            |marker| elb.describe_load_balancers().page_size(400).set_marker(marker).send(),
            |page| (page.load_balancer_descriptions.unwrap_or_default(), page.next_marker),
        )
        .await;
    insert::<ClassicLoadBalancer, _>(reader, balancers);
}

listed_of! { [aws_sdk_elasticloadbalancing, balancing] LoadBalancerDescription => ClassicLoadBalancer by [load_balancer_name] { dns_name, canonical_hosted_zone_name, canonical_hosted_zone_name_id, listener_descriptions, backend_server_descriptions, availability_zones, subnets, vpc_id, instances, health_check, source_security_group, security_groups, created_time, scheme } }
mirror_of! { [aws_sdk_elasticloadbalancing, balancing]
    ListenerDescription => ListenerDescription { listener, policy_names }
    Listener => ClassicListener { protocol, load_balancer_port, instance_protocol, instance_port, ssl_certificate_id }
    BackendServerDescription => BackendServerDescription { instance_port, policy_names }
    Instance => ClassicInstance { instance_id }
    HealthCheck => ClassicHealthCheck { target, interval, timeout, unhealthy_threshold, healthy_threshold }
    SourceSecurityGroup => SourceSecurityGroup { owner_alias, group_name }
}
