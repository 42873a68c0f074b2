//! RDS: instances, and the snapshots that people made, each with whom it is shared.

use aws_sdk_rds::Client;

use crate::collect::mirror::{Mirror, insert, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::resource::Tag;
use crate::resource::rds::{DbClusterSnapshot, DbInstance, DbSnapshot};

/// Those of AWS cannot be shared.
const MANUAL: &str = "manual";

pub async fn collect(reader: &Reader) {
    let rds = &reader.rds();
    together!(instances(reader, rds), snapshots(reader, rds), cluster_snapshots(reader, rds)).await;
}

async fn instances(reader: &Reader, rds: &Client) {
    let instances = reader
        .pages(
            "rds:DescribeDBInstances",
            |marker| rds.describe_db_instances().max_records(100).set_marker(marker).send(),
            |page| (page.db_instances.unwrap_or_default(), page.marker),
        )
        .await;
    insert::<DbInstance, _>(reader, instances);
}

async fn snapshots(reader: &Reader, rds: &Client) {
    let snapshots = reader
        .pages(
            "rds:DescribeDBSnapshots",
            |marker| rds.describe_db_snapshots().snapshot_type(MANUAL).max_records(100).set_marker(marker).send(),
            |page| (page.db_snapshots.unwrap_or_default(), page.marker),
        )
        .await;
    let snapshots = resources::<DbSnapshot, _>(reader, snapshots);
    futures::future::join_all(snapshots.into_iter().map(async |mut snapshot| {
        let id = &snapshot.db_snapshot_identifier;
        let call = || rds.describe_db_snapshot_attributes().db_snapshot_identifier(id).send();
        let answer = reader.one("rds:DescribeDBSnapshotAttributes", call).await;
        snapshot.db_snapshot_attributes = answer.map(|answer| {
            Mirror::mirror(answer.db_snapshot_attributes_result.and_then(|of| of.db_snapshot_attributes))
        });
        reader.insert(snapshot);
    }))
    .await;
}

async fn cluster_snapshots(reader: &Reader, rds: &Client) {
    let snapshots = reader
        .pages(
            "rds:DescribeDBClusterSnapshots",
            |marker| {
                rds.describe_db_cluster_snapshots().snapshot_type(MANUAL).max_records(100).set_marker(marker).send()
            },
            |page| (page.db_cluster_snapshots.unwrap_or_default(), page.marker),
        )
        .await;
    let snapshots = resources::<DbClusterSnapshot, _>(reader, snapshots);
    futures::future::join_all(snapshots.into_iter().map(async |mut snapshot| {
        let id = &snapshot.db_cluster_snapshot_identifier;
        let call = || rds.describe_db_cluster_snapshot_attributes().db_cluster_snapshot_identifier(id).send();
        let answer = reader.one("rds:DescribeDBClusterSnapshotAttributes", call).await;
        snapshot.db_cluster_snapshot_attributes = answer.map(|answer| {
            let result = answer.db_cluster_snapshot_attributes_result;
            Mirror::mirror(result.and_then(|of| of.db_cluster_snapshot_attributes))
        });
        reader.insert(snapshot);
    }))
    .await;
}

/// AWS's tags have both parts.
impl Mirror<aws_sdk_rds::types::Tag> for Tag {
    fn mirror(of: aws_sdk_rds::types::Tag) -> Tag {
        Tag { key: of.key.unwrap_or_default(), value: of.value.unwrap_or_default() }
    }
}

listed_of! { [aws_sdk_rds, rds] DbInstance => DbInstance by [db_instance_identifier] { db_instance_arn, engine, engine_version, db_instance_status, db_cluster_identifier, instance_create_time, endpoint, publicly_accessible, db_subnet_group, vpc_security_groups, storage_encrypted, multi_az, deletion_protection, tag_list } }
listed_of! { [aws_sdk_rds, rds] DbSnapshot => DbSnapshot by [db_snapshot_identifier] { db_snapshot_arn, db_instance_identifier, engine, status, snapshot_create_time, encrypted, tag_list } later { db_snapshot_attributes } }
listed_of! { [aws_sdk_rds, rds] DbClusterSnapshot => DbClusterSnapshot by [db_cluster_snapshot_identifier] { db_cluster_snapshot_arn, db_cluster_identifier, engine, status, snapshot_create_time, storage_encrypted, tag_list } later { db_cluster_snapshot_attributes } }
mirror_of! { [aws_sdk_rds, rds]
    Endpoint => DbEndpoint { address, port }
    DbSubnetGroup => DbSubnetGroup { db_subnet_group_name, vpc_id, subnets }
    Subnet => DbSubnet { subnet_identifier }
    VpcSecurityGroupMembership => DbSecurityGroup { vpc_security_group_id, status }
    DbSnapshotAttribute => SnapshotAttribute { attribute_name, attribute_values }
    DbClusterSnapshotAttribute => SnapshotAttribute { attribute_name, attribute_values }
}
