//! RDS: database instances, and snapshots with whom they are shared.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag};

/// A database instance, of RDS, of an Aurora cluster, or of another service that shows its own here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbInstance {
    #[serde(rename = "DBInstanceIdentifier")]
    pub db_instance_identifier: String,
    #[serde(rename = "DBInstanceArn")]
    pub db_instance_arn: Option<String>,
    pub engine: Option<String>,
    pub engine_version: Option<String>,
    /// `available`, `stopped`, `creating` and so on.
    #[serde(rename = "DBInstanceStatus")]
    pub db_instance_status: Option<String>,
    #[serde(rename = "DBClusterIdentifier")]
    pub db_cluster_identifier: Option<String>,
    pub instance_create_time: Option<Timestamp>,
    /// Absent as long as it is being made.
    pub endpoint: Option<DbEndpoint>,
    /// Whether its name leads to a public address.
    pub publicly_accessible: Option<bool>,
    #[serde(rename = "DBSubnetGroup")]
    pub db_subnet_group: Option<DbSubnetGroup>,
    #[serde(default)]
    pub vpc_security_groups: Vec<DbSecurityGroup>,
    pub storage_encrypted: Option<bool>,
    #[serde(rename = "MultiAZ")]
    pub multi_az: Option<bool>,
    pub deletion_protection: Option<bool>,
    #[serde(default)]
    pub tag_list: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbEndpoint {
    pub address: Option<String>,
    pub port: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbSubnetGroup {
    #[serde(rename = "DBSubnetGroupName")]
    pub db_subnet_group_name: Option<String>,
    pub vpc_id: Option<String>,
    #[serde(default)]
    pub subnets: Vec<DbSubnet>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbSubnet {
    pub subnet_identifier: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbSecurityGroup {
    pub vpc_security_group_id: Option<String>,
    pub status: Option<String>,
}

/// A snapshot that somebody made of an instance. AWS's automatic ones cannot be shared, and are not asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbSnapshot {
    #[serde(rename = "DBSnapshotIdentifier")]
    pub db_snapshot_identifier: String,
    #[serde(rename = "DBSnapshotArn")]
    pub db_snapshot_arn: Option<String>,
    #[serde(rename = "DBInstanceIdentifier")]
    pub db_instance_identifier: Option<String>,
    pub engine: Option<String>,
    pub status: Option<String>,
    pub snapshot_create_time: Option<Timestamp>,
    pub encrypted: Option<bool>,
    #[serde(default)]
    pub tag_list: Vec<Tag>,
    /// From `DescribeDBSnapshotAttributes`; none if that was not read.
    #[serde(rename = "DBSnapshotAttributes")]
    pub db_snapshot_attributes: Option<Vec<SnapshotAttribute>>,
}

/// A snapshot that somebody made of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbClusterSnapshot {
    #[serde(rename = "DBClusterSnapshotIdentifier")]
    pub db_cluster_snapshot_identifier: String,
    #[serde(rename = "DBClusterSnapshotArn")]
    pub db_cluster_snapshot_arn: Option<String>,
    #[serde(rename = "DBClusterIdentifier")]
    pub db_cluster_identifier: Option<String>,
    pub engine: Option<String>,
    pub status: Option<String>,
    pub snapshot_create_time: Option<Timestamp>,
    pub storage_encrypted: Option<bool>,
    #[serde(default)]
    pub tag_list: Vec<Tag>,
    /// From `DescribeDBClusterSnapshotAttributes`; none if that was not read.
    #[serde(rename = "DBClusterSnapshotAttributes")]
    pub db_cluster_snapshot_attributes: Option<Vec<SnapshotAttribute>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SnapshotAttribute {
    /// `restore`.
    pub attribute_name: Option<String>,
    /// Accounts, or `all`.
    #[serde(default)]
    pub attribute_values: Vec<String>,
}

impl AwsResource for DbInstance {
    const TYPE: &'static str = "AWS::RDS::DBInstance";
    const OPERATIONS: &'static [&'static str] = &["rds:DescribeDBInstances"];

    fn id(&self) -> &str {
        &self.db_instance_identifier
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.db_instance_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("rds", format_args!("db:{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.db_instance_identifier)
    }
    fn tags(&self) -> &[Tag] {
        &self.tag_list
    }
}

impl AwsResource for DbSnapshot {
    const TYPE: &'static str = "AWS::RDS::DBSnapshot";
    const OPERATIONS: &'static [&'static str] = &["rds:DescribeDBSnapshots", "rds:DescribeDBSnapshotAttributes"];

    fn id(&self) -> &str {
        &self.db_snapshot_identifier
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.db_snapshot_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("rds", format_args!("snapshot:{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.db_snapshot_identifier)
    }
    fn tags(&self) -> &[Tag] {
        &self.tag_list
    }
}

impl AwsResource for DbClusterSnapshot {
    const TYPE: &'static str = "AWS::RDS::DBClusterSnapshot";
    const OPERATIONS: &'static [&'static str] =
        &["rds:DescribeDBClusterSnapshots", "rds:DescribeDBClusterSnapshotAttributes"];

    fn id(&self) -> &str {
        &self.db_cluster_snapshot_identifier
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.db_cluster_snapshot_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("rds", format_args!("cluster-snapshot:{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.db_cluster_snapshot_identifier)
    }
    fn tags(&self) -> &[Tag] {
        &self.tag_list
    }
}
