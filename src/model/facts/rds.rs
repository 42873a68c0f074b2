//! Facts of databases: who reaches them, and whom their snapshots are shared with.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::net::{IpSet, PortSet};
use crate::resource::ec2::SecurityGroup;
use crate::resource::rds::{DbClusterSnapshot, DbInstance, DbSnapshot, SnapshotAttribute};

facts! { DbInstance {
    "name": Kind::Text, "its identifier", |one, _| Value::optional(Some(one.db_instance_identifier.as_str()));
    "engine": Kind::Text, "its engine, such as `postgres`", |one, _| Value::optional(one.engine.as_deref());
    "status": Kind::Text, "`available`, `stopped` and so on", |one, _| Value::optional(one.db_instance_status.as_deref());
    "vpc_id": Kind::Text, "its VPC", |one, _| Value::optional(one.db_subnet_group.as_ref().and_then(|group| group.vpc_id.as_deref()));
    "port": Kind::Ports, "the port that it listens on; absent as long as it is being made",
        |one, _| match port(one) {
            Some(known) => Value::known(known),
            None => Value::Absent,
        };
    "is_publicly_accessible": Kind::Bool, "whether its name leads to a public address",
        |one, _| match one.publicly_accessible {
            Some(flag) => flag.into(),
            None => Value::Unknown(Missing::because("AWS does not say whether it is publicly accessible")),
        };
    "admitted": Kind::Ips, "the addresses that its security groups admit to its port",
        uses ["ec2:DescribeSecurityGroups", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        |one, context| Value::known(admitted(one, context));
    "in_public_subnet": Kind::Bool, "whether a subnet of its subnet group routes to an internet gateway",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |one, context| Value::known(in_public_subnet(one, context));
}}

facts! { DbSnapshot {
    "name": Kind::Text, "its identifier", |one, _| Value::optional(Some(one.db_snapshot_identifier.as_str()));
    "of": Kind::Text, "the instance that it was made of", |one, _| Value::optional(one.db_instance_identifier.as_deref());
    "is_public": Kind::Bool, "whether every account may restore it", uses ["rds:DescribeDBSnapshotAttributes"],
        |one, context| context.field("rds:DescribeDBSnapshotAttributes", one.db_snapshot_attributes.as_deref().map(is_public));
    "shared_with": Kind::Texts, "the accounts that may restore it, or `all`", uses ["rds:DescribeDBSnapshotAttributes"],
        |one, context| context.field("rds:DescribeDBSnapshotAttributes", one.db_snapshot_attributes.as_deref().map(shared_with));
}}

facts! { DbClusterSnapshot {
    "name": Kind::Text, "its identifier", |one, _| Value::optional(Some(one.db_cluster_snapshot_identifier.as_str()));
    "of": Kind::Text, "the cluster that it was made of", |one, _| Value::optional(one.db_cluster_identifier.as_deref());
    "is_public": Kind::Bool, "whether every account may restore it", uses ["rds:DescribeDBClusterSnapshotAttributes"],
        |one, context| context.field("rds:DescribeDBClusterSnapshotAttributes", one.db_cluster_snapshot_attributes.as_deref().map(is_public));
    "shared_with": Kind::Texts, "the accounts that may restore it, or `all`", uses ["rds:DescribeDBClusterSnapshotAttributes"],
        |one, context| context.field("rds:DescribeDBClusterSnapshotAttributes", one.db_cluster_snapshot_attributes.as_deref().map(shared_with));
}}

fn shared_with(attributes: &[SnapshotAttribute]) -> Vec<String> {
    let restore = attributes.iter().filter(|one| one.attribute_name.as_deref() == Some("restore"));
    let mut all: Vec<String> = restore.flat_map(|one| one.attribute_values.iter().cloned()).collect();
    all.sort();
    all.dedup();
    all
}

fn is_public(attributes: &[SnapshotAttribute]) -> bool {
    shared_with(attributes).iter().any(|account| account == "all")
}

/// The port; none as long as there is no endpoint.
fn port(of: &DbInstance) -> Option<Result<PortSet, Missing>> {
    let port = of.endpoint.as_ref()?.port?;
    let number = u16::try_from(port).map_err(|_| Missing::because(format!("the answer gives {port}, which is no port")));
    Some(number.map(|number| PortSet::range(number, number)))
}

fn admitted(of: &DbInstance, context: &Context<'_>) -> Result<IpSet, Missing> {
    let Some(port) = port(of).transpose()? else { return Ok(IpSet::default()) };
    let mut all = IpSet::default();
    let mut missing: Option<Missing> = None;
    let mut note = |why: Missing| missing = Some(missing.take().map_or(why.clone(), |all| all.and(&why)));
    for id in of.vpc_security_groups.iter().filter_map(|group| group.vpc_security_group_id.as_deref()) {
        let Some(group) = context.model.inventory.get::<SecurityGroup>(context.scope, id) else {
            let why = context.require("ec2:DescribeSecurityGroups").err();
            note(why.unwrap_or_else(|| Missing::because(format!("no list has the security group {id}"))));
            continue;
        };
        for admitted in context.admitted_by_group(&group.ip_permissions, "from")? {
            if !matches!(admitted.protocol.as_str(), "tcp" | "all") || admitted.ports.intersection(&port).is_empty() {
                continue;
            }
            match admitted.sources {
                Ok(sources) => all = all.union(&sources),
                Err(why) => note(why),
            }
        }
    }
    match missing {
        Some(missing) => Err(missing),
        None => Ok(all),
    }
}

fn in_public_subnet(of: &DbInstance, context: &Context<'_>) -> Result<bool, Missing> {
    let subnets = of.db_subnet_group.iter().flat_map(|group| &group.subnets);
    let subnets = subnets.filter_map(|subnet| subnet.subnet_identifier.as_deref());
    crate::model::watching::any(subnets.map(|subnet| context.is_public(subnet)))
}
