use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

use super::PolicyTypeSummary;

/// The top of an organization's tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationRoot {
    pub id: String,
    pub arn: Arn,
    pub name: Option<String>,
    #[serde(default)]
    pub policy_types: Vec<PolicyTypeSummary>,
}

/// A folder of accounts and of other units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationalUnit {
    pub id: String,
    pub arn: Arn,
    pub name: Option<String>,
    /// The root or unit that it lies in.
    pub parent_id: String,
    /// From the organization down to itself, `o-../r-../ou-../`, as `aws:PrincipalOrgPaths` spells it.
    pub path: Option<String>,
}

impl AwsResource for OrganizationRoot {
    const TYPE: &'static str = "AWS::Organizations::Root";
    const OPERATIONS: &'static [&'static str] = &["organizations:ListRoots"];
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

impl AwsResource for OrganizationalUnit {
    const TYPE: &'static str = "AWS::Organizations::OrganizationalUnit";
    const OPERATIONS: &'static [&'static str] =
        &["organizations:ListOrganizationalUnitsForParent", "organizations:ListRoots"];
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
