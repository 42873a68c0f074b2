//! Systems Manager: the account's documents with whom they are shared, and the machines that it manages. What is
//! written in a document is not read, because people put secrets there.

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag};

/// A document that the account owns. Those of others and of AWS are not asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    pub name: String,
    /// `Command`, `Automation`, `Session`, `Policy` and so on.
    pub document_type: Option<String>,
    pub document_format: Option<String>,
    /// The default version.
    pub document_version: Option<String>,
    pub target_type: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// From `DescribeDocumentPermission`, accounts or `all`; none if that was not read to its end.
    pub account_ids: Option<Vec<String>>,
}

/// A machine that registered, be it an instance of EC2 or somebody's own. Its addresses and when it last was heard are
/// not kept: they change all the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedInstance {
    /// An instance's, or one that begins with `mi-`.
    pub instance_id: String,
    /// `Online`, `ConnectionLost` or `Inactive`.
    pub ping_status: Option<String>,
    /// `EC2Instance` or `ManagedInstance`.
    pub resource_type: Option<String>,
    pub agent_version: Option<String>,
    pub platform_type: Option<String>,
    pub platform_name: Option<String>,
    pub platform_version: Option<String>,
    /// The role of a machine that is no instance of EC2.
    pub iam_role: Option<String>,
    pub name: Option<String>,
}

impl AwsResource for Document {
    const TYPE: &'static str = "AWS::SSM::Document";
    const OPERATIONS: &'static [&'static str] = &["ssm:ListDocuments", "ssm:DescribeDocumentPermission"];

    fn id(&self) -> &str {
        &self.name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ssm", format_args!("document/{}", self.name))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl AwsResource for ManagedInstance {
    const TYPE: &'static str = "AWS::SSM::ManagedInstance";
    const OPERATIONS: &'static [&'static str] = &["ssm:DescribeInstanceInformation"];

    fn id(&self) -> &str {
        &self.instance_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ssm", format_args!("managed-instance/{}", self.instance_id))
    }
    fn name(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| !name.is_empty())
    }
}
