//! AWS WAF: web ACLs, and what they stand before.

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A web ACL of a region. Those of CloudFront are not read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebAcl {
    #[serde(rename = "ARN")]
    pub arn: String,
    pub name: Option<String>,
    pub description: Option<String>,
    /// The application load balancers that it stands before, from `ListResourcesForWebACL`; none if that was not read.
    pub resource_arns: Option<Vec<String>>,
}

impl AwsResource for WebAcl {
    const TYPE: &'static str = "AWS::WAFv2::WebACL";
    const OPERATIONS: &'static [&'static str] = &["wafv2:ListWebACLs", "wafv2:ListResourcesForWebACL"];

    fn id(&self) -> &str {
        &self.arn
    }
    fn arn(&self, scope: &Scope) -> Arn {
        self.arn.parse().unwrap_or_else(|_| scope.arn("wafv2", format_args!("regional/webacl/{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}
