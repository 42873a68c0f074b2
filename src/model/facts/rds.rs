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
    let number =
        u16::try_from(port).map_err(|_| Missing::because(format!("the answer gives {port}, which is no port")));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::Scope;
    use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
    use crate::model::Model;
    use crate::model::facts::{table, value};
    use crate::resource::{Resource, ResourceType};
    use serde_json::{Value as Json, json};

    /// A database with two security groups and two subnets, of which `denied` was not read.
    fn fact(of: ResourceType, fields: Json, denied: &[&str], name: &str) -> Value {
        let partition = crate::arn::Partition::Aws;
        let scope = Scope { partition, account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let taken_at = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut inventory = Inventory::new(Provenance {
            tool_version: "test".into(),
            taken_at,
            caller: None,
            source: "test".into(),
            is_import: false,
        });
        for operation in ResourceType::ALL.iter().filter(|of| !of.is_global()).flat_map(|of| of.operations()) {
            let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
            let outcome = if denied.contains(operation) { Outcome::Gap(gap) } else { Outcome::Complete };
            inventory.ledger.record(Cell { scope: scope.clone(), operation: (*operation).to_owned() }, outcome);
        }
        let rule = |port: u16, block: &str| json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": block}]});
        let others = [
            (
                ResourceType::SecurityGroup,
                json!({"GroupId": "sg-1", "GroupName": "a", "VpcId": "vpc-1", "IpPermissions": [rule(5432, "52.0.0.0/8"), rule(22, "0.0.0.0/0")]}),
            ),
            (
                ResourceType::SecurityGroup,
                json!({"GroupId": "sg-2", "GroupName": "b", "VpcId": "vpc-1", "IpPermissions": [rule(5432, "10.0.0.0/8")]}),
            ),
            (ResourceType::Vpc, json!({"VpcId": "vpc-1", "IsDefault": false})),
            (ResourceType::Subnet, json!({"SubnetId": "subnet-1", "VpcId": "vpc-1"})),
            (ResourceType::Subnet, json!({"SubnetId": "subnet-2", "VpcId": "vpc-1"})),
            (
                ResourceType::InternetGateway,
                json!({"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}),
            ),
            (
                ResourceType::RouteTable,
                json!({"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}]}),
            ),
            (
                ResourceType::RouteTable,
                json!({"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-2"}],
                "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}),
            ),
        ];
        for (of, fields) in others.into_iter().chain([(of, fields)]) {
            inventory.insert(scope.clone(), Resource::deserialize_as(of, fields).unwrap());
        }
        let model = Model::new(&inventory, taken_at);
        let index = table(of).iter().position(|field| field.name == name).unwrap();
        let (_, subject) = model.subjects(of).next().unwrap();
        value(&model, &scope, subject, index)
    }

    fn database(more: Json) -> Json {
        let mut fields = json!({
            "DBInstanceIdentifier": "db", "Engine": "postgres", "PubliclyAccessible": true,
            "Endpoint": {"Address": "db.example", "Port": 5432},
            "DBSubnetGroup": {"VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}]},
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}, {"VpcSecurityGroupId": "sg-2", "Status": "active"}],
        });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    }

    #[test]
    fn a_database_is_open_to_what_its_groups_admit_to_its_port() {
        let of = |more: Json, denied: &[&str], name| fact(ResourceType::DbInstance, database(more), denied, name);
        let both = IpSet::from_blocks(["10.0.0.0/8", "52.0.0.0/8"]).unwrap();
        assert_eq!(of(json!({}), &[], "admitted"), Value::Ips(both));
        assert_eq!(of(json!({"Endpoint": null}), &[], "admitted"), Value::Ips(IpSet::default()));
        let unlisted = json!({"VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-9"}]});
        assert!(matches!(of(unlisted, &["ec2:DescribeSecurityGroups"], "admitted"), Value::Unknown(_)));
        assert_eq!(of(json!({}), &[], "in_public_subnet"), false.into());
        let public =
            json!({"DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-1"}, {"SubnetIdentifier": "subnet-2"}]}});
        assert_eq!(of(public, &[], "in_public_subnet"), true.into());
        assert!(matches!(of(json!({}), &["ec2:DescribeRouteTables"], "in_public_subnet"), Value::Unknown(_)));
        assert!(matches!(of(json!({"PubliclyAccessible": null}), &[], "is_publicly_accessible"), Value::Unknown(_)));
    }

    #[test]
    fn a_snapshot_is_public_if_all_may_restore_it() {
        for (of, id, field, operation) in [
            (
                ResourceType::DbSnapshot,
                "DBSnapshotIdentifier",
                "DBSnapshotAttributes",
                "rds:DescribeDBSnapshotAttributes",
            ),
            (
                ResourceType::DbClusterSnapshot,
                "DBClusterSnapshotIdentifier",
                "DBClusterSnapshotAttributes",
                "rds:DescribeDBClusterSnapshotAttributes",
            ),
        ] {
            let shared =
                |with: &[&str]| json!({id: "s", field: [{"AttributeName": "restore", "AttributeValues": with}]});
            assert_eq!(fact(of, shared(&["all", "999988887777"]), &[], "is_public"), true.into());
            assert_eq!(fact(of, shared(&["999988887777"]), &[], "is_public"), false.into());
            assert_eq!(
                fact(of, shared(&["999988887777"]), &[], "shared_with"),
                Value::Texts(vec!["999988887777".to_owned()])
            );
            assert!(matches!(fact(of, json!({id: "s"}), &[operation], "is_public"), Value::Unknown(_)));
        }
    }
}
