//! Facts of security groups.

use crate::arn::Scope;
use crate::inventory::Missing;
use crate::model::facts::exposure::{EXPOSURE, READS, of_group};
use crate::model::facts::facts;
use crate::model::packet_filter::{Peer, PeerRule, broadly_admitted, peer_rules};
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::ec2::{IpPermission, SecurityGroup, VpcPeeringConnection};

use super::{BROAD_V4, BROAD_V6, EFFECTIVE_EGRESS, EFFECTIVE_INGRESS, effective, is_owned, tag_keys, tags};

const INGRESS: &[Field] = &[
    Field { name: "protocol", kind: Kind::Text, doc: "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `all`" },
    Field { name: "ports", kind: Kind::Ports, doc: "the ports; for icmp and icmpv6 type * 256 + code" },
    Field { name: "sources", kind: Kind::Ips, doc: "the source addresses, a prefix list expanded; absent for a group" },
    Field { name: "source", kind: Kind::Text, doc: "the block, prefix list or group, as it stands in the rule" },
    Field { name: "prefix_list", kind: Kind::Text, doc: "the prefix list, if that is the source" },
    Field { name: "group", kind: Kind::Text, doc: "the security group, if that is the source" },
    Field { name: "group_account", kind: Kind::Text, doc: "the account of that group" },
    Field { name: "description", kind: Kind::Text, doc: "what its author wrote" },
];

const EGRESS: &[Field] = &[
    Field { name: "protocol", kind: Kind::Text, doc: "`tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `all`" },
    Field { name: "ports", kind: Kind::Ports, doc: "the other end's ports; for icmp and icmpv6 type * 256 + code" },
    Field {
        name: "destinations",
        kind: Kind::Ips,
        doc: "the destination addresses, a prefix list expanded; absent for a group",
    },
    Field { name: "destination", kind: Kind::Text, doc: "the block, prefix list or group, as it stands in the rule" },
    Field { name: "prefix_list", kind: Kind::Text, doc: "the prefix list, if that is the destination" },
    Field { name: "group", kind: Kind::Text, doc: "the security group, if that is the destination" },
    Field { name: "group_account", kind: Kind::Text, doc: "the account of that group" },
    Field { name: "description", kind: Kind::Text, doc: "what its author wrote" },
];

facts! { SecurityGroup {
    "group_name": Kind::Text, "the group's name", |group, _| &group.group_name;
    "name": Kind::Text, "the group's name", |group, _| &group.group_name;
    "tag_keys": Kind::Texts, "the keys of its tags", |group, _| tag_keys(group);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |group, _| tags(group);
    "description": Kind::Text, "what its author wrote", |group, _| Value::optional(group.description.as_deref());
    "vpc_id": Kind::Text, "its VPC", |group, _| Value::optional(group.vpc_id.as_deref());
    "is_owned": Kind::Bool, "whether the account owns it, and another does not share it with the account",
        |group, context| is_owned(context, group.owner_id.as_deref());
    "is_default": Kind::Bool, "whether it is its VPC's default group", |group, _| group.group_name == "default";
    "ingress": Kind::List(INGRESS), "the rules for what comes in, one for each source",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |group, context| rules(INGRESS, &group.ip_permissions, context);
    "egress": Kind::List(EGRESS), "the rules for what goes out, one for each destination",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |group, context| rules(EGRESS, &group.ip_permissions_egress, context);
    "effective_ingress": Kind::List(EFFECTIVE_INGRESS),
        "what all ingress rules together admit: for runs of ports with the same sources, the union of those sources",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |group, context| effective(EFFECTIVE_INGRESS, context.admitted_by_group(&group.ip_permissions, "from"));
    "effective_egress": Kind::List(EFFECTIVE_EGRESS),
        "what all egress rules together allow: for runs of ports with the same destinations, their union",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |group, context| effective(EFFECTIVE_EGRESS, context.admitted_by_group(&group.ip_permissions_egress, "to"));
    "public_ingress": Kind::List(EFFECTIVE_INGRESS),
        "for each protocol, all ports that admit a broad part of the internet, at least an IPv4 /8 or an IPv6 /32, and their sources together",
        uses ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |group, context| effective(EFFECTIVE_INGRESS, context.admitted_by_group(&group.ip_permissions, "from")
            .map(|all| broadly_admitted(&all, BROAD_V4, BROAD_V6)));
    "attached_interfaces": Kind::Int, "how many network interfaces have it", needs ["ec2:DescribeNetworkInterfaces"],
        |group, context| context.model.network().attached(context.scope, &group.group_id);
    "referenced_by": Kind::Texts, "the other groups whose rules name it, in this account and in the ones that its VPC is peered with",
        uses ["ec2:DescribeVpcPeeringConnections"],
        |group, context| Value::known(referenced_by(group, context));
    "is_unused": Kind::Bool, "whether no network interface has it and no other group's rules name it",
        uses ["ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcPeeringConnections"],
        |group, context| Value::known(is_unused(group, context));
    "effective_exposure": Kind::List(EXPOSURE), "what its own rules let the internet have answers from, where other gates let it too", uses_all(READS),
        |group, context| {
            let exposed = context.model.exposure();
            let region = context.scope.region.as_str();
            match context.require("ec2:DescribeNetworkInterfaces") {
                Err(missing) => Value::Unknown(missing),
                Ok(()) => match exposed.group(region, &group.group_id) {
                    Some(admits) => {
                        let unread = context.unread_balancing(group.vpc_id.as_deref());
                        of_group(&admits, &exposed.of_group(region, &group.group_id), unread)
                    }
                    None => Value::List(Vec::new()),
                },
            }
        };
}}

/// Those that were seen, if none can have been missed.
fn referenced_by(group: &SecurityGroup, context: &Context<'_>) -> Result<Vec<String>, Missing> {
    peers_are_read(group, context)?;
    Ok(seen_references(group, context))
}

fn seen_references(group: &SecurityGroup, context: &Context<'_>) -> Vec<String> {
    let groups = context.model.network().referenced_by(context.model.inventory, context.scope, &group.group_id);
    groups.into_iter().filter(|other| *other != group.group_id).map(str::to_owned).collect()
}

/// One interface or reference that was seen is enough to be in use; to be unused takes that all were.
fn is_unused(group: &SecurityGroup, context: &Context<'_>) -> Result<bool, Missing> {
    let attached = context.model.network().attached(context.scope, &group.group_id) > 0;
    if attached || !seen_references(group, context).is_empty() {
        return Ok(false);
    }
    context.require("ec2:DescribeNetworkInterfaces")?;
    peers_are_read(group, context)?;
    Ok(true)
}

/// Rules of a peered VPC can name the group too: fails unless the groups of every
/// scanned account that its VPC is peered with were read. (An account outside of the
/// scan is not waited for; what it names is not known to anybody here.)
fn peers_are_read(group: &SecurityGroup, context: &Context<'_>) -> Result<(), Missing> {
    context.require("ec2:DescribeVpcPeeringConnections")?;
    let inventory = context.model.inventory;
    let mut missing: Option<Missing> = None;
    for connection in inventory.in_scope::<VpcPeeringConnection>(context.scope) {
        let sides = [&connection.requester_vpc_info, &connection.accepter_vpc_info];
        let touches = sides.iter().any(|side| side.as_ref().is_some_and(|side| side.vpc_id == group.vpc_id));
        if group.vpc_id.is_none() || !touches {
            continue;
        }
        let accounts = sides.into_iter().flatten().filter_map(|side| side.owner_id.as_deref()?.parse().ok());
        for account in accounts.filter(|account| inventory.account(account).is_some()) {
            let scope = Scope { account, ..context.scope.clone() };
            if let Err(more) = context.require_in(&scope, "ec2:DescribeSecurityGroups") {
                missing = Some(missing.map_or(more.clone(), |all| all.and(&more)));
            }
        }
    }
    missing.map_or(Ok(()), Err)
}

fn rules(fields: &'static [Field], permissions: &[IpPermission], context: &Context<'_>) -> Value {
    let record = |rule: &PeerRule<'_>| {
        let (text, list, group, account) = match rule.peer {
            Peer::Block(block) => (block, None, None, None),
            Peer::PrefixList(id) => (id, Some(id), None, None),
            Peer::Group { id, account } => (id, None, Some(id), account),
        };
        let addresses = match group {
            Some(_) => Value::Absent,
            None => Value::known(context.addresses_of(&rule.peer)),
        };
        let values = vec![
            rule.protocol.name().into(),
            rule.ports.clone().into(),
            addresses,
            text.into(),
            Value::optional(list),
            Value::optional(group),
            Value::optional(account),
            Value::optional(rule.description),
        ];
        Record::new(fields, values)
    };
    Value::known(peer_rules(permissions).map(|rules| rules.iter().map(record).collect::<Vec<_>>()))
}
