use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// An account of the organization. Its root user's mail address is not kept:
/// no check needs it, and it is what a phisher would want.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationAccount {
    pub id: String,
    pub arn: Arn,
    pub name: Option<String>,
    /// `ACTIVE`, `SUSPENDED`, `CLOSED`, `PENDING_ACTIVATION` or `PENDING_CLOSURE`.
    pub state: Option<String>,
    /// What `State` replaces, until AWS stops giving it.
    pub status: Option<String>,
    /// `INVITED` or `CREATED`.
    pub joined_method: Option<String>,
    pub joined_timestamp: Option<Timestamp>,
    /// The root or unit that it lies in, where its paths or the tree told.
    pub parent_id: Option<String>,
    /// From the organization down to its parent, `o-../r-../ou-../`, as `aws:PrincipalOrgPaths` spells it.
    pub path: Option<String>,
}

impl OrganizationAccount {
    /// Whether it is in use; an account of which AWS does not say is.
    pub fn is_active(&self) -> bool {
        self.state.as_deref().or(self.status.as_deref()).is_none_or(|state| state == "ACTIVE")
    }
}

impl AwsResource for OrganizationAccount {
    const TYPE: &'static str = "AWS::Organizations::Account";
    const OPERATIONS: &'static [&'static str] = &["organizations:ListAccounts", "organizations:ListAccountsForParent"];
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
