use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A policy of the organization: a service control policy (what its accounts'
/// principals may do at most), a resource control policy (what may be done
/// to their resources at most), a tag policy (how tags are to be written), or a
/// policy that keeps AWS's AI services from keeping content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationPolicy {
    pub id: String,
    /// AWS's own policies have the account field `aws`.
    pub arn: Arn,
    pub name: Option<String>,
    pub description: Option<String>,
    /// `SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`, `TAG_POLICY` or `AISERVICES_OPT_OUT_POLICY`.
    #[serde(rename = "Type")]
    pub policy_type: String,
    pub aws_managed: bool,
    /// The policy document as AWS gave it; none if it was not read.
    pub content: Option<String>,
    /// What it is attached to, by id; none if that was not read.
    pub targets: Option<Vec<PolicyTarget>>,
}

/// Something that an organization's policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyTarget {
    pub target_id: String,
    /// `ROOT`, `ORGANIZATIONAL_UNIT` or `ACCOUNT`.
    #[serde(rename = "Type")]
    pub target_type: Option<String>,
    pub name: Option<String>,
}

impl OrganizationPolicy {
    /// Whether its content is in the language of IAM's policies; others are settings that units below may change.
    pub fn has_statements(&self) -> bool {
        matches!(self.policy_type.as_str(), "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY")
    }
}

impl AwsResource for OrganizationPolicy {
    const TYPE: &'static str = "AWS::Organizations::Policy";
    const OPERATIONS: &'static [&'static str] =
        &["organizations:ListPolicies", "organizations:DescribePolicy", "organizations:ListTargetsForPolicy"];
    const GLOBAL: bool = true;
    const ORGANIZATION: bool = true;

    fn id(&self) -> &str {
        &self.id
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}
