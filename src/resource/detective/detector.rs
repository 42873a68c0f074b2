use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::detective::tag_map;
use crate::resource::{AwsResource, Tag};

/// GuardDuty in one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Detector {
    pub detector_id: String,
    /// `ENABLED`, or `DISABLED` for a suspended one. It and all below come from
    /// `GetDetector`, and are absent if that was not read.
    pub status: Option<String>,
    pub finding_publishing_frequency: Option<String>,
    pub service_role: Option<String>,
    /// A text in AWS's own answers.
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    /// The form before features, which some endpoints still give alone.
    pub data_sources: Option<DataSources>,
    #[serde(default)]
    pub features: Vec<DetectorFeature>,
    /// How it takes in other accounts' members; none if the account does not manage GuardDuty for its organization
    /// here, or that was not read.
    pub organization_configuration: Option<MemberConfiguration>,
    /// Of the findings that nobody archived, those of high and critical severity; none if that was not read.
    pub finding_statistics: Option<FindingStatistics>,
    #[serde(default, with = "tag_map")]
    pub tags: Vec<Tag>,
}

/// Which of the organization's accounts get GuardDuty by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MemberConfiguration {
    /// `ALL`, `NEW` or `NONE`.
    pub auto_enable_organization_members: Option<String>,
    pub member_account_limit_reached: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FindingStatistics {
    /// In the order of severities.
    pub grouped_by_severity: Vec<SeverityStatistics>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SeverityStatistics {
    /// From 7.0 high, from 9.0 critical.
    pub severity: f64,
    pub total_findings: i32,
}

/// A source of events or a protection plan, on or off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetectorFeature {
    pub name: String,
    /// `ENABLED` or `DISABLED`.
    pub status: Option<String>,
    pub updated_at: Option<Timestamp>,
    #[serde(default)]
    pub additional_configuration: Vec<DetectorAdditionalConfiguration>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetectorAdditionalConfiguration {
    pub name: String,
    pub status: Option<String>,
    pub updated_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataSources {
    pub cloud_trail: Option<DataSource>,
    #[serde(rename = "DNSLogs")]
    pub dns_logs: Option<DataSource>,
    pub flow_logs: Option<DataSource>,
    #[serde(rename = "S3Logs")]
    pub s3_logs: Option<DataSource>,
    pub kubernetes: Option<Kubernetes>,
    pub malware_protection: Option<MalwareProtection>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataSource {
    pub status: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Kubernetes {
    pub audit_logs: Option<DataSource>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MalwareProtection {
    pub scan_ec2_instance_with_findings: Option<ScanEc2InstanceWithFindings>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScanEc2InstanceWithFindings {
    pub ebs_volumes: Option<DataSource>,
}

impl AwsResource for Detector {
    const TYPE: &'static str = "AWS::GuardDuty::Detector";
    const OPERATIONS: &'static [&'static str] = &[
        "guardduty:ListDetectors",
        "guardduty:GetDetector",
        "guardduty:DescribeOrganizationConfiguration",
        "guardduty:GetFindingsStatistics",
    ];

    fn id(&self) -> &str {
        &self.detector_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("guardduty", format_args!("detector/{}", self.detector_id))
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
