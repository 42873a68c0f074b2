use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::iam::PolicyText;
use crate::resource::{AwsResource, Tag};

use super::AUTHORIZATION;

/// A policy of the account's own that principals share. Its tags are not read:
/// that is a call for each policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicy {
    pub policy_name: String,
    pub policy_id: Option<String>,
    pub arn: Arn,
    pub path: Option<String>,
    pub description: Option<String>,
    pub default_version_id: Option<String>,
    /// Users, groups and roles that it is attached to.
    pub attachment_count: Option<i32>,
    /// Users and roles whose permissions boundary it is.
    pub permissions_boundary_usage_count: Option<i32>,
    pub create_date: Option<Timestamp>,
    pub update_date: Option<Timestamp>,
    /// All that IAM keeps, the default one among them; by version number.
    #[serde(default)]
    pub policy_version_list: Vec<PolicyVersion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersion {
    pub version_id: String,
    pub is_default_version: bool,
    pub document: PolicyText,
    pub create_date: Option<Timestamp>,
}

impl ManagedPolicy {
    pub fn default_version(&self) -> Option<&PolicyVersion> {
        self.policy_version_list.iter().find(|version| version.is_default_version)
    }
}

/// A policy of AWS's own that something in the account uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AwsManagedPolicy {
    pub policy_name: String,
    pub arn: Arn,
    pub default_version_id: Option<String>,
    pub attachment_count: Option<i32>,
    pub permissions_boundary_usage_count: Option<i32>,
    pub update_date: Option<Timestamp>,
    /// Of the default version; none if it was not read.
    pub document: Option<PolicyText>,
}

impl AwsResource for ManagedPolicy {
    const TYPE: &'static str = "AWS::IAM::ManagedPolicy";
    const OPERATIONS: &'static [&'static str] = &[AUTHORIZATION];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        self.arn.as_str()
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
    fn name(&self) -> Option<&str> {
        Some(&self.policy_name)
    }
    fn tags(&self) -> &[Tag] {
        &[]
    }
}

impl AwsResource for AwsManagedPolicy {
    const TYPE: &'static str = "AWS::IAM::AWSManagedPolicy";
    const OPERATIONS: &'static [&'static str] = &["iam:ListPolicies", "iam:GetPolicyVersion"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        self.arn.as_str()
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
    fn name(&self) -> Option<&str> {
        Some(&self.policy_name)
    }
}
