use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A member account that manages some services for the whole organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DelegatedAdministrator {
    /// The account.
    pub id: String,
    pub arn: Arn,
    pub name: Option<String>,
    pub delegation_enabled_date: Option<Timestamp>,
    /// By service principal; none if that was not read.
    pub delegated_services: Option<Vec<DelegatedService>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DelegatedService {
    pub service_principal: String,
    pub delegation_enabled_date: Option<Timestamp>,
}

impl AwsResource for DelegatedAdministrator {
    const TYPE: &'static str = "AWS::Organizations::DelegatedAdministrator";
    const OPERATIONS: &'static [&'static str] =
        &["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"];
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
