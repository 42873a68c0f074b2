use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// Security Hub in one region, with the standards it checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Hub {
    pub hub_arn: String,
    /// A text in AWS's own answers.
    pub subscribed_at: Option<String>,
    pub auto_enable_controls: Option<bool>,
    pub control_finding_generator: Option<String>,
    /// From `GetEnabledStandards`; empty if that was not read.
    #[serde(default)]
    pub standards_subscriptions: Vec<StandardsSubscription>,
    /// How it takes in the organization's accounts; none if the account does not manage Security Hub for its
    /// organization here, or that was not read.
    pub organization: Option<HubOrganization>,
}

/// Which of the organization's accounts get Security Hub by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HubOrganization {
    pub auto_enable: Option<bool>,
    /// `LOCAL`, or `CENTRAL` if policies of the administrator decide in place of `auto_enable`.
    pub configuration_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StandardsSubscription {
    pub standards_arn: String,
    pub standards_subscription_arn: Option<String>,
    /// `PENDING`, `READY`, `FAILED`, `DELETING` or `INCOMPLETE`.
    pub standards_status: Option<String>,
    pub standards_status_reason: Option<StandardsStatusReason>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StandardsStatusReason {
    pub status_reason_code: Option<String>,
}

impl AwsResource for Hub {
    const TYPE: &'static str = "AWS::SecurityHub::Hub";
    const OPERATIONS: &'static [&'static str] = &[
        "securityhub:DescribeHub",
        "securityhub:GetEnabledStandards",
        "securityhub:DescribeOrganizationConfiguration",
    ];

    fn id(&self) -> &str {
        &self.hub_arn
    }
    fn arn(&self, scope: &Scope) -> Arn {
        self.hub_arn.parse().unwrap_or_else(|_| scope.arn("securityhub", "hub/default"))
    }
}
