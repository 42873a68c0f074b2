//! Target groups, and the attributes and targets of those that a load balancer uses.

use aws_sdk_elasticloadbalancingv2::Client;

use crate::collect::mirror::{Mirror, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::balancing::{BalancerAttribute, TargetGroup, TargetHealthDescription};

pub async fn collect(reader: &Reader, elbv2: &Client) {
    let groups = reader
        .pages(
            "elbv2:DescribeTargetGroups",
            |marker| elbv2.describe_target_groups().page_size(400).set_marker(marker).send(),
            |page| (page.target_groups.unwrap_or_default(), page.next_marker),
        )
        .await;
    let groups = resources::<TargetGroup, _>(reader, groups);
    futures::future::join_all(groups.into_iter().map(async |mut group| {
        // Nothing comes to a group that no load balancer uses: two calls are saved.
        if !group.load_balancer_arns.is_empty() {
            (group.attributes, group.target_health_descriptions) = tokio::join!(
                attributes(reader, elbv2, &group.target_group_arn),
                targets(reader, elbv2, &group.target_group_arn)
            );
        }
        reader.insert(group);
    }))
    .await;
}

async fn attributes(reader: &Reader, elbv2: &Client, group: &str) -> Option<Vec<BalancerAttribute>> {
    let call = || elbv2.describe_target_group_attributes().target_group_arn(group).send();
    let answer = reader.one("elbv2:DescribeTargetGroupAttributes", call).await?;
    Some(Mirror::mirror(answer.attributes))
}

/// What is registered. AWS gives it in one page.
async fn targets(reader: &Reader, elbv2: &Client, group: &str) -> Option<Vec<TargetHealthDescription>> {
    let call = || elbv2.describe_target_health().target_group_arn(group).send();
    let answer = reader.one("elbv2:DescribeTargetHealth", call).await?;
    Some(Mirror::mirror(answer.target_health_descriptions))
}

listed_of! { [aws_sdk_elasticloadbalancingv2, balancing] TargetGroup => TargetGroup by [target_group_arn] { target_group_name, protocol, port, vpc_id, health_check_protocol, health_check_port, health_check_enabled, health_check_interval_seconds, health_check_timeout_seconds, healthy_threshold_count, unhealthy_threshold_count, health_check_path, matcher, load_balancer_arns, target_type, protocol_version, ip_address_type } later { attributes, target_health_descriptions } }
mirror_of! { [aws_sdk_elasticloadbalancingv2, balancing]
    Matcher => Matcher { http_code, grpc_code }
    TargetGroupAttribute => BalancerAttribute { key, value }
    TargetHealthDescription => TargetHealthDescription { target, health_check_port, target_health }
    TargetDescription => TargetDescription { id, port, availability_zone }
    TargetHealth => TargetHealth { state, reason, description }
}
