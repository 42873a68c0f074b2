use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::detective::tag_map;
use crate::resource::{AwsResource, Tag};

/// An analyzer of IAM Access Analyzer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Analyzer {
    pub arn: String,
    pub name: String,
    /// `ACCOUNT` or `ORGANIZATION` for access from outside it, and the same
    /// with `_UNUSED_ACCESS` or `_INTERNAL_ACCESS` for the other kinds.
    pub r#type: String,
    /// `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`.
    pub status: String,
    pub status_reason: Option<StatusReason>,
    pub created_at: Option<Timestamp>,
    pub last_resource_analyzed: Option<String>,
    pub last_resource_analyzed_at: Option<Timestamp>,
    pub configuration: Option<AnalyzerConfiguration>,
    /// The AWS service that made it and manages it.
    pub managed_by: Option<String>,
    /// Findings that are neither archived nor resolved; none of an analyzer that does not look for access from
    /// outside, and if that was not read.
    pub total_active_findings: Option<i32>,
    #[serde(default, with = "tag_map")]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReason {
    pub code: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnalyzerConfiguration {
    /// The settings of an analyzer of unused access.
    pub unused_access: Option<UnusedAccess>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnusedAccess {
    /// Days after which access counts as unused.
    pub unused_access_age: Option<i32>,
}

impl AwsResource for Analyzer {
    const TYPE: &'static str = "AWS::AccessAnalyzer::Analyzer";
    const OPERATIONS: &'static [&'static str] =
        &["access-analyzer:ListAnalyzers", "access-analyzer:GetFindingsStatistics"];

    fn id(&self) -> &str {
        &self.name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.arn.parse().ok();
        given.unwrap_or_else(|| scope.arn("access-analyzer", format_args!("analyzer/{}", self.name)))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
