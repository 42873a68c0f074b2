use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::iam::PolicyText;
use crate::resource::{AwsResource, Tag};

use super::AUTHORIZATION;

/// Someone, or a program, with long-lived credentials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub user_name: String,
    pub user_id: Option<String>,
    pub arn: Arn,
    pub path: Option<String>,
    pub create_date: Option<Timestamp>,
    #[serde(default)]
    pub group_list: Vec<String>,
    #[serde(default)]
    pub user_policy_list: Vec<InlinePolicy>,
    #[serde(default)]
    pub attached_managed_policies: Vec<AttachedPolicy>,
    pub permissions_boundary: Option<AttachedPermissionsBoundary>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Users who share policies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    pub group_name: String,
    pub group_id: Option<String>,
    pub arn: Arn,
    pub path: Option<String>,
    pub create_date: Option<Timestamp>,
    #[serde(default)]
    pub group_policy_list: Vec<InlinePolicy>,
    #[serde(default)]
    pub attached_managed_policies: Vec<AttachedPolicy>,
}

/// An identity that others take on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    pub role_name: String,
    pub role_id: Option<String>,
    pub arn: Arn,
    pub path: Option<String>,
    pub create_date: Option<Timestamp>,
    /// Who may take it on: its trust policy.
    pub assume_role_policy_document: PolicyText,
    #[serde(default)]
    pub instance_profile_list: Vec<String>,
    #[serde(default)]
    pub role_policy_list: Vec<InlinePolicy>,
    #[serde(default)]
    pub attached_managed_policies: Vec<AttachedPolicy>,
    pub permissions_boundary: Option<AttachedPermissionsBoundary>,
    /// AWS looks back 400 days; without a date, the role was not used in that time.
    pub role_last_used: Option<RoleLastUsed>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A policy that lives in the principal itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    pub policy_name: String,
    pub policy_document: PolicyText,
}

/// A managed policy on a principal, by reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy {
    pub policy_arn: Arn,
    pub policy_name: Option<String>,
}

/// The managed policy that a principal's permissions never go beyond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPermissionsBoundary {
    pub permissions_boundary_arn: Arn,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed {
    pub last_used_date: Option<Timestamp>,
    pub region: Option<String>,
}

/// What hands a role to the programs on an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    pub instance_profile_name: String,
    pub instance_profile_id: Option<String>,
    pub arn: Arn,
    pub path: Option<String>,
    pub create_date: Option<Timestamp>,
    /// The role's name; AWS allows one at most.
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

macro_rules! principal {
    ($type:ty, $name:literal, $id:ident $(, $tags:ident)?) => {
        impl AwsResource for $type {
            const TYPE: &'static str = $name;
            const OPERATIONS: &'static [&'static str] = &[AUTHORIZATION];
            const GLOBAL: bool = true;

            fn id(&self) -> &str {
                &self.$id
            }
            fn arn(&self, _: &Scope) -> Arn {
                self.arn.clone()
            }
            fn name(&self) -> Option<&str> {
                Some(&self.$id)
            }
            $(fn tags(&self) -> &[Tag] {
                &self.$tags
            })?
        }
    };
}
principal!(User, "AWS::IAM::User", user_name, tags);
principal!(Group, "AWS::IAM::Group", group_name);
principal!(Role, "AWS::IAM::Role", role_name, tags);

impl AwsResource for InstanceProfile {
    const TYPE: &'static str = "AWS::IAM::InstanceProfile";
    const OPERATIONS: &'static [&'static str] = &["iam:ListInstanceProfiles"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.instance_profile_name
    }
    fn arn(&self, _: &Scope) -> Arn {
        self.arn.clone()
    }
    fn name(&self) -> Option<&str> {
        Some(&self.instance_profile_name)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
