use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// How many of a region's Config rules are met, as `GetComplianceSummaryByConfigRule` counts them.
///
/// CloudFormation has no such type: it stands for all rules of a region, which
/// one call sums up where listing them takes many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ComplianceSummary {
    pub compliant_resource_count: Option<ComplianceContributorCount>,
    pub non_compliant_resource_count: Option<ComplianceContributorCount>,
    pub compliance_summary_timestamp: Option<Timestamp>,
}

/// A count of rules that stops at a cap (25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ComplianceContributorCount {
    pub capped_count: i32,
    /// AWS omits it when false.
    #[serde(default)]
    pub cap_exceeded: bool,
}

impl AwsResource for ComplianceSummary {
    const TYPE: &'static str = "AWS::Config::ComplianceSummary";
    const OPERATIONS: &'static [&'static str] = &["config:GetComplianceSummaryByConfigRule"];

    fn id(&self) -> &str {
        "config-rules"
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("config", "config-rule/*")
    }
}
