//! RDS, in the `awsQuery` protocol of 2014-10-31: where an account has a network there is a database in its data
//! subnets, with a snapshot that somebody made, and one of a cluster that is gone.

use crate::call::Call;
use crate::cell::{Cell, SUBNETS, Vpc, ZONES};
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::page::Limits;
use crate::xml::Xml;

type Outcome = Result<(), ApiError>;

const PAGE: Limits = Limits { default: Some(100), min: 20, max: 100 };
const DATABASE: &str = "orders";
const SNAPSHOT: &str = "orders-before-upgrade";
const CLUSTER: &str = "ledger";
const CLUSTER_SNAPSHOT: &str = "ledger-last";
/// The group of databases among those of a VPC.
const GROUP: u32 = 3;

/// Writes the result of an operation.
pub fn operation(call: &Call, x: &mut Xml) -> Outcome {
    if call.params.any("Filters.") {
        return Err(ApiError::not_simulated(call.service.protocol(), "filters"));
    }
    match call.action {
        "DescribeDBInstances" => list(call, x, "DBInstances", "DBInstance", instance),
        "DescribeDBSnapshots" => list(call, x, "DBSnapshots", "DBSnapshot", snapshot),
        "DescribeDBClusterSnapshots" => list(call, x, "DBClusterSnapshots", "DBClusterSnapshot", cluster_snapshot),
        "DescribeDBSnapshotAttributes" => attributes(call, x, "DBSnapshot", SNAPSHOT),
        "DescribeDBClusterSnapshotAttributes" => attributes(call, x, "DBClusterSnapshot", CLUSTER_SNAPSHOT),
        name => Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
}

/// One page of a list of one, or of none where there is no network.
fn list(call: &Call, x: &mut Xml, tag: &str, item: &str, each: fn(&Cell, &mut Xml)) -> Outcome {
    let page = call.page(u32::from(call.cell.regular_vpcs() > 0), PAGE)?;
    x.items(tag, item, page.range, |x, _| each(&call.cell, x));
    if let Some(marker) = page.next {
        x.put("Marker", marker);
    }
    Ok(())
}

fn instance(cell: &Cell, x: &mut Xml) {
    let vpc = Vpc::Regular(0);
    x.put("DBInstanceIdentifier", DATABASE);
    x.put("DBInstanceArn", cell.arn("rds", &format!("db:{DATABASE}")));
    x.put("DBInstanceClass", "db.t4g.medium");
    x.put("Engine", "postgres");
    x.put("EngineVersion", "17.4");
    x.put("DBInstanceStatus", "available");
    x.put("InstanceCreateTime", iso_millis(cell.created("db", 0)));
    x.node("Endpoint", |x| {
        x.put("Address", format!("{DATABASE}.c0example.{}.rds.amazonaws.com", cell.region_name()));
        x.put("Port", 5432);
    });
    x.put("PubliclyAccessible", false);
    x.node("DBSubnetGroup", |x| {
        x.put("DBSubnetGroupName", "data");
        x.put("VpcId", cell.vpc_id(vpc));
        x.items("Subnets", "Subnet", SUBNETS - ZONES..SUBNETS, |x, index| {
            x.put("SubnetIdentifier", cell.subnet_id(vpc, index));
        });
    });
    x.items("VpcSecurityGroups", "VpcSecurityGroupMembership", [()], |x, ()| {
        x.put("VpcSecurityGroupId", cell.group_id(vpc, GROUP));
        x.put("Status", "active");
    });
    x.put("StorageEncrypted", true);
    x.put("MultiAZ", true);
    x.put("DeletionProtection", true);
    x.items("TagList", "Tag", [()], |x, ()| {
        x.put("Key", "Name");
        x.put("Value", DATABASE);
    });
}

fn snapshot(cell: &Cell, x: &mut Xml) {
    x.put("DBSnapshotIdentifier", SNAPSHOT);
    x.put("DBSnapshotArn", cell.arn("rds", &format!("snapshot:{SNAPSHOT}")));
    x.put("DBInstanceIdentifier", DATABASE);
    x.put("SnapshotCreateTime", iso_millis(cell.created("db-snapshot", 0)));
    x.put("Engine", "postgres");
    x.put("Status", "available");
    x.put("SnapshotType", "manual");
    x.put("Encrypted", true);
    x.items::<()>("TagList", "Tag", [], |_, ()| {});
}

fn cluster_snapshot(cell: &Cell, x: &mut Xml) {
    x.put("DBClusterSnapshotIdentifier", CLUSTER_SNAPSHOT);
    x.put("DBClusterSnapshotArn", cell.arn("rds", &format!("cluster-snapshot:{CLUSTER_SNAPSHOT}")));
    x.put("DBClusterIdentifier", CLUSTER);
    x.put("SnapshotCreateTime", iso_millis(cell.created("db-snapshot", 1)));
    x.put("Engine", "aurora-postgresql");
    x.put("Status", "available");
    x.put("SnapshotType", "manual");
    x.put("StorageEncrypted", true);
    x.items::<()>("TagList", "Tag", [], |_, ()| {});
}

/// Nobody else may restore what there is.
fn attributes(call: &Call, x: &mut Xml, kind: &str, name: &str) -> Outcome {
    let asked = call.need(&format!("{kind}Identifier"))?;
    if asked != name || call.cell.regular_vpcs() == 0 {
        let code = if kind == "DBSnapshot" { "DBSnapshotNotFound" } else { "DBClusterSnapshotNotFoundFault" };
        return Err(ApiError::new(404, code, format!("{kind} {asked} not found.")));
    }
    x.node(&format!("{kind}AttributesResult"), |x| {
        x.put(&format!("{kind}Identifier"), name);
        x.items(&format!("{kind}Attributes"), &format!("{kind}Attribute"), [()], |x, ()| {
            x.put("AttributeName", "restore");
            x.texts::<&str>("AttributeValues", "AttributeValue", []);
        });
    });
    Ok(())
}
