//! Network Firewall: each firewall with its settings and with where it logs, and each policy that one of them has.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_networkfirewall::{Client, types as sdk};

use crate::collect::mirror::{Mirror, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::Tag;
use crate::resource::network_firewall::{Firewall, FirewallLogging, FirewallPolicy, FirewallSettings, LogDestination};

pub async fn collect(reader: &Reader) {
    let client = &reader.network_firewall();
    let firewalls = reader
        .pages(
            "network-firewall:ListFirewalls",
            |token| client.list_firewalls().max_results(100).set_next_token(token).send(),
            |page| (page.firewalls.unwrap_or_default(), page.next_token),
        )
        .await;
    let firewalls = resources::<Firewall, _>(reader, firewalls);
    let described = futures::future::join_all(firewalls.into_iter().map(async |mut firewall| {
        let name = firewall.firewall_name.as_str();
        let arn = firewall.firewall_arn.as_deref();
        let (settings, logging) = tokio::join!(settings(reader, client, name, arn), logging(reader, client, name, arn));
        (firewall.firewall, firewall.logging_configuration) = (settings, logging);
        firewall
    }))
    .await;
    // Often one policy is that of many firewalls.
    let arns = described.iter().filter_map(|firewall| firewall.firewall.as_ref()?.firewall_policy_arn.clone());
    let arns: BTreeSet<String> = arns.collect();
    let policies = arns.into_iter().map(async |arn| (policy(reader, client, &arn).await, arn));
    let policies: BTreeMap<String, FirewallPolicy> = futures::future::join_all(policies)
        .await
        .into_iter()
        .filter_map(|(policy, arn)| Some((arn, policy?)))
        .collect();
    for mut firewall in described {
        let arn = firewall.firewall.as_ref().and_then(|settings| settings.firewall_policy_arn.as_deref());
        firewall.firewall_policy = arn.and_then(|arn| policies.get(arn).cloned());
        reader.insert(firewall);
    }
}

/// A firewall's ARN, or its name where the list left that out.
async fn settings(reader: &Reader, client: &Client, name: &str, arn: Option<&str>) -> Option<FirewallSettings> {
    let call = || {
        let call = client.describe_firewall();
        match arn {
            Some(arn) => call.firewall_arn(arn),
            None => call.firewall_name(name),
        }
        .send()
    };
    let answer = reader.one("network-firewall:DescribeFirewall", call).await?;
    Mirror::mirror(answer.firewall)
}

async fn logging(reader: &Reader, client: &Client, name: &str, arn: Option<&str>) -> Option<FirewallLogging> {
    let call = || {
        let call = client.describe_logging_configuration();
        match arn {
            Some(arn) => call.firewall_arn(arn),
            None => call.firewall_name(name),
        }
        .send()
    };
    let answer = reader.one("network-firewall:DescribeLoggingConfiguration", call).await?;
    // A firewall that never logged has no configuration.
    let configs = answer.logging_configuration.map(|logging| logging.log_destination_configs);
    Some(FirewallLogging { log_destination_configs: Mirror::mirror(configs) })
}

async fn policy(reader: &Reader, client: &Client, arn: &str) -> Option<FirewallPolicy> {
    let call = || client.describe_firewall_policy().firewall_policy_arn(arn).send();
    let answer = reader.one("network-firewall:DescribeFirewallPolicy", call).await?;
    Mirror::mirror(answer.firewall_policy)
}

/// AWS's tags have both parts.
impl Mirror<sdk::Tag> for Tag {
    fn mirror(of: sdk::Tag) -> Tag {
        Tag { key: of.key, value: of.value }
    }
}

impl Mirror<sdk::LogDestinationConfig> for LogDestination {
    fn mirror(of: sdk::LogDestinationConfig) -> LogDestination {
        LogDestination {
            log_type: Some(of.log_type.as_str().to_owned()),
            log_destination_type: Some(of.log_destination_type.as_str().to_owned()),
            log_destination: of.log_destination.into_iter().collect(),
        }
    }
}

impl Mirror<sdk::Firewall> for FirewallSettings {
    fn mirror(of: sdk::Firewall) -> FirewallSettings {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        FirewallSettings {
            firewall_policy_arn: given(of.firewall_policy_arn),
            // The SDK takes what is left out of one at a transit gateway for an empty text.
            vpc_id: given(of.vpc_id),
            subnet_mappings: Mirror::mirror(Some(of.subnet_mappings)),
            availability_zone_mappings: Mirror::mirror(of.availability_zone_mappings),
            transit_gateway_id: of.transit_gateway_id,
            delete_protection: of.delete_protection,
            subnet_change_protection: of.subnet_change_protection,
            firewall_policy_change_protection: of.firewall_policy_change_protection,
            description: of.description,
            tags: Mirror::mirror(of.tags),
        }
    }
}

impl Mirror<sdk::FirewallPolicy> for FirewallPolicy {
    fn mirror(of: sdk::FirewallPolicy) -> FirewallPolicy {
        FirewallPolicy {
            stateless_rule_group_references: Mirror::mirror(of.stateless_rule_group_references),
            stateless_default_actions: Mirror::mirror(Some(of.stateless_default_actions)),
            stateless_fragment_default_actions: Mirror::mirror(Some(of.stateless_fragment_default_actions)),
            stateful_rule_group_references: Mirror::mirror(of.stateful_rule_group_references),
            stateful_default_actions: Mirror::mirror(of.stateful_default_actions),
            stateful_engine_options: Mirror::mirror(of.stateful_engine_options),
            tls_inspection_configuration_arn: of.tls_inspection_configuration_arn,
        }
    }
}

listed_of! { [aws_sdk_networkfirewall, network_firewall] FirewallMetadata => Firewall by [firewall_name] { firewall_arn, transit_gateway_attachment_id } later { firewall, firewall_policy, logging_configuration } }
mirror_of! { [aws_sdk_networkfirewall, network_firewall]
    SubnetMapping => FirewallSubnet { subnet_id, ip_address_type }
    AvailabilityZoneMapping => FirewallZone { availability_zone }
    StatelessRuleGroupReference => RuleGroupReference { resource_arn, priority }
    StatefulRuleGroupReference => RuleGroupReference { resource_arn, priority }
    StatefulEngineOptions => StatefulEngineOptions { rule_order, stream_exception_policy }
}
