//! Facts of Network Firewall's firewalls: where they stand, what their policies do with packets, what they log.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::ec2::Subnet;
use crate::resource::network_firewall::{Firewall, FirewallPolicy, FirewallSettings};

const SETTINGS: &str = "network-firewall:DescribeFirewall";
const POLICY: &str = "network-firewall:DescribeFirewallPolicy";
const LOGGING: &str = "network-firewall:DescribeLoggingConfiguration";

facts! { Firewall {
    "name": Kind::Text, "its name", |one, _| Value::optional(Some(one.firewall_name.as_str()));
    "vpc_id": Kind::Text, "the VPC that it stands in; absent for one at a transit gateway", uses ["network-firewall:DescribeFirewall"],
        |one, context| settings(one, context, |of| Value::optional(of.vpc_id.as_deref()));
    "policy": Kind::Text, "the ARN of its policy", uses ["network-firewall:DescribeFirewall"],
        |one, context| settings(one, context, |of| Value::optional(of.firewall_policy_arn.as_deref()));
    "availability_zones": Kind::Texts, "the availability zones that it has endpoints in",
        uses ["network-firewall:DescribeFirewall", "ec2:DescribeSubnets"],
        |one, context| settings(one, context, |of| Value::known(zones(of, context)));
    "zone_count": Kind::Int, "how many availability zones it has endpoints in",
        uses ["network-firewall:DescribeFirewall", "ec2:DescribeSubnets"],
        |one, context| settings(one, context, |of| Value::known(zones(of, context).map(|zones| zones.len())));
    "deletion_protection": Kind::Bool, "whether it cannot be deleted before that is turned off", uses ["network-firewall:DescribeFirewall"],
        |one, context| settings(one, context, |of| of.delete_protection.into());
    "subnet_change_protection": Kind::Bool, "whether its subnets cannot be changed before that is turned off", uses ["network-firewall:DescribeFirewall"],
        |one, context| settings(one, context, |of| of.subnet_change_protection.into());
    "policy_change_protection": Kind::Bool, "whether it cannot get another policy before that is turned off", uses ["network-firewall:DescribeFirewall"],
        |one, context| settings(one, context, |of| of.firewall_policy_change_protection.into());
    "log_types": Kind::Texts, "what it logs: `ALERT`, `FLOW`, `TLS`", uses ["network-firewall:DescribeLoggingConfiguration"],
        |one, context| context.field(LOGGING, one.logging_configuration.as_ref()
            .map(|of| texts(of.log_destination_configs.iter().map(|to| to.log_type.as_deref()))));
    "rule_groups": Kind::Texts, "the ARNs of the rule groups that its policy has, stateless and stateful", uses ["network-firewall:DescribeFirewall", "network-firewall:DescribeFirewallPolicy"],
        |one, context| policy(one, context, rule_groups);
    "stateless_default_actions": Kind::Texts, "what becomes of a whole packet that fits no stateless rule: `aws:pass`, `aws:drop` or `aws:forward_to_sfe`, and actions of the policy's own",
        uses ["network-firewall:DescribeFirewall", "network-firewall:DescribeFirewallPolicy"],
        |one, context| policy(one, context, |of| of.stateless_default_actions.clone());
    "stateless_fragment_default_actions": Kind::Texts, "the same for a fragment of a packet of UDP", uses ["network-firewall:DescribeFirewall", "network-firewall:DescribeFirewallPolicy"],
        |one, context| policy(one, context, |of| of.stateless_fragment_default_actions.clone());
    "stateful_default_actions": Kind::Texts, "what becomes of what fits no stateful rule; none unless rules are asked in strict order",
        uses ["network-firewall:DescribeFirewall", "network-firewall:DescribeFirewallPolicy"],
        |one, context| policy(one, context, |of| of.stateful_default_actions.clone());
}}

fn settings(one: &Firewall, context: &Context<'_>, get: impl FnOnce(&FirewallSettings) -> Value) -> Value {
    context.field(SETTINGS, one.firewall.as_ref().map(get))
}

/// Every firewall has a policy, and which one its settings say.
fn policy(one: &Firewall, context: &Context<'_>, get: impl FnOnce(&FirewallPolicy) -> Vec<String>) -> Value {
    let Some(policy) = &one.firewall_policy else {
        let missing = context.require(SETTINGS).and_then(|()| context.require(POLICY)).err();
        let nothing = || Missing::because(format!("{POLICY} gave nothing of {}", one.firewall_name));
        return Value::Unknown(missing.unwrap_or_else(nothing));
    };
    get(policy).into()
}

fn rule_groups(of: &FirewallPolicy) -> Vec<String> {
    let all = of.stateless_rule_group_references.iter().chain(&of.stateful_rule_group_references);
    texts(all.map(|one| one.resource_arn.as_deref()))
}

/// The subnets' zones: two endpoints in one zone fail together.
fn zones(of: &FirewallSettings, context: &Context<'_>) -> Result<Vec<String>, Missing> {
    let mut zones: Vec<Option<&str>> =
        of.availability_zone_mappings.iter().map(|zone| zone.availability_zone.as_deref()).collect();
    for id in of.subnet_mappings.iter().filter_map(|mapping| mapping.subnet_id.as_deref()) {
        let Some(subnet) = context.model.inventory.get::<Subnet>(context.scope, id) else {
            context.require("ec2:DescribeSubnets")?;
            return Err(Missing::because(format!("no list has the subnet {id}")));
        };
        zones.push(subnet.availability_zone.as_deref());
    }
    Ok(texts(zones.into_iter()))
}

/// Each once, sorted.
fn texts<'t>(all: impl Iterator<Item = Option<&'t str>>) -> Vec<String> {
    let all: std::collections::BTreeSet<&str> = all.flatten().collect();
    all.into_iter().map(str::to_owned).collect()
}
