use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// What Inspector does in one region, be it on or off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorStatus {
    pub account_id: String,
    pub state: Option<InspectorState>,
    pub resource_state: Option<InspectorResourceState>,
    /// Of the account's own active findings; none if Inspector is off, or that was not read.
    pub severity_counts: Option<InspectorSeverityCounts>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorState {
    /// `ENABLED`, `DISABLED`, or on the way to one of them; `SUSPENDED`.
    pub status: Option<String>,
}

/// By what is scanned; what a region does not offer is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorResourceState {
    pub ec2: Option<InspectorState>,
    pub ecr: Option<InspectorState>,
    pub lambda: Option<InspectorState>,
    pub lambda_code: Option<InspectorState>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectorSeverityCounts {
    pub critical: Option<i64>,
    pub high: Option<i64>,
    pub medium: Option<i64>,
    pub all: Option<i64>,
}

impl InspectorStatus {
    /// Whether anything is scanned, or about to be.
    pub fn is_on(&self) -> bool {
        let state = self.resource_state.iter().flat_map(|of| [&of.ec2, &of.ecr, &of.lambda, &of.lambda_code]);
        state.flatten().chain(&self.state).any(InspectorState::is_on)
    }
}

impl InspectorState {
    pub fn is_on(&self) -> bool {
        matches!(self.status.as_deref(), Some("ENABLED" | "ENABLING"))
    }
}

impl AwsResource for InspectorStatus {
    const TYPE: &'static str = "AWS::InspectorV2::AccountStatus";
    const OPERATIONS: &'static [&'static str] =
        &["inspector2:BatchGetAccountStatus", "inspector2:ListFindingAggregations"];

    fn id(&self) -> &str {
        &self.account_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("inspector2", "account-status")
    }
}
