//! Load balancers of the second generation, each with its attributes, its listeners and their rules.

use aws_sdk_elasticloadbalancingv2::Client;

use crate::collect::mirror::{Mirror, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::balancing::{BalancerAttribute, Listener, LoadBalancer, Rule};

pub async fn collect(reader: &Reader, elbv2: &Client) {
    let balancers = reader
        .pages(
            "elbv2:DescribeLoadBalancers",
            |marker| elbv2.describe_load_balancers().page_size(400).set_marker(marker).send(),
            |page| (page.load_balancers.unwrap_or_default(), page.next_marker),
        )
        .await;
    let balancers = resources::<LoadBalancer, _>(reader, balancers);
    futures::future::join_all(balancers.into_iter().map(async |mut balancer| {
        (balancer.attributes, balancer.listeners) =
            tokio::join!(attributes(reader, elbv2, &balancer.load_balancer_arn), listeners(reader, elbv2, &balancer));
        reader.insert(balancer);
    }))
    .await;
    // Of listeners that could not be listed nobody asked for the rules.
    reader.ends_as("elbv2:DescribeRules", "elbv2:DescribeListeners");
}

async fn attributes(reader: &Reader, elbv2: &Client, balancer: &str) -> Option<Vec<BalancerAttribute>> {
    let call = || elbv2.describe_load_balancer_attributes().load_balancer_arn(balancer).send();
    let answer = reader.one("elbv2:DescribeLoadBalancerAttributes", call).await?;
    Some(Mirror::mirror(answer.attributes))
}

/// The listeners of a load balancer; none if they could not be read to their end. AWS lists them for one load balancer
/// at a time.
async fn listeners(reader: &Reader, elbv2: &Client, of: &LoadBalancer) -> Option<Vec<Listener>> {
    let listeners = reader
        .all_pages(
            "elbv2:DescribeListeners",
            |marker| {
                let call = elbv2.describe_listeners().load_balancer_arn(&of.load_balancer_arn);
                call.page_size(400).set_marker(marker).send()
            },
            |page| (page.listeners.unwrap_or_default(), page.next_marker),
        )
        .await?;
    let mut listeners: Vec<Listener> = listeners.into_iter().map(Listener::mirror).collect();
    if of.r#type.as_deref() == Some("application") {
        futures::future::join_all(listeners.iter_mut().map(async |listener| {
            if let Some(arn) = &listener.listener_arn {
                listener.rules = rules(reader, elbv2, arn).await;
            }
        }))
        .await;
    }
    // AWS gives them in no order.
    listeners.sort();
    Some(listeners)
}

async fn rules(reader: &Reader, elbv2: &Client, listener: &str) -> Option<Vec<Rule>> {
    let rules = reader
        .all_pages(
            "elbv2:DescribeRules",
            |marker| elbv2.describe_rules().listener_arn(listener).page_size(400).set_marker(marker).send(),
            |page| (page.rules.unwrap_or_default(), page.next_marker),
        )
        .await?;
    Some(Mirror::mirror(Some(rules)))
}

listed_of! { [aws_sdk_elasticloadbalancingv2, balancing] LoadBalancer => LoadBalancer by [load_balancer_arn] { load_balancer_name, dns_name, canonical_hosted_zone_id, created_time, scheme, vpc_id, state, r#type, availability_zones, security_groups, ip_address_type, customer_owned_ipv4_pool, enforce_security_group_inbound_rules_on_private_link_traffic, enable_prefix_for_ipv6_source_nat, ipam_pools } later { attributes, listeners } }
mirror_of! { [aws_sdk_elasticloadbalancingv2, balancing]
    LoadBalancerState => LoadBalancerState { code, reason }
    AvailabilityZone => LoadBalancerZone { zone_name, subnet_id, outpost_id, load_balancer_addresses, source_nat_ipv6_prefixes }
    LoadBalancerAddress => LoadBalancerAddress { ip_address, allocation_id, private_ipv4_address, ipv6_address }
    IpamPools => BalancerIpamPools { ipv4_ipam_pool_id }
    LoadBalancerAttribute => BalancerAttribute { key, value }
    Certificate => Certificate { certificate_arn, is_default }
    MutualAuthenticationAttributes => MutualAuthentication { mode, trust_store_arn, ignore_client_certificate_expiry, trust_store_association_status, advertise_trust_store_ca_names }
    Action => Action { r#type, target_group_arn, order, redirect_config, forward_config }
    RedirectActionConfig => RedirectActionConfig { protocol, port, host, path, query, status_code }
    ForwardActionConfig => ForwardActionConfig { target_groups }
    TargetGroupTuple => TargetGroupTuple { target_group_arn, weight }
    Rule => Rule { rule_arn, priority, actions, is_default }
}

/// Its rules are read with a call of their own.
impl Mirror<aws_sdk_elasticloadbalancingv2::types::Listener> for Listener {
    fn mirror(of: aws_sdk_elasticloadbalancingv2::types::Listener) -> Listener {
        Listener {
            listener_arn: of.listener_arn,
            load_balancer_arn: of.load_balancer_arn,
            port: of.port,
            protocol: Mirror::mirror(of.protocol),
            certificates: Mirror::mirror(of.certificates),
            ssl_policy: of.ssl_policy,
            default_actions: Mirror::mirror(of.default_actions),
            alpn_policy: Mirror::mirror(of.alpn_policy),
            mutual_authentication: Mirror::mirror(of.mutual_authentication),
            rules: None,
        }
    }
}
