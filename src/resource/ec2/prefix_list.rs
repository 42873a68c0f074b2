use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag};

/// A named set of address blocks, of this account, of one that shares it, or of AWS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrefixList {
    pub prefix_list_id: String,
    pub address_family: Option<String>,
    pub state: Option<String>,
    pub state_message: Option<String>,
    pub prefix_list_arn: Option<String>,
    pub prefix_list_name: Option<String>,
    pub max_entries: Option<i32>,
    pub version: Option<i64>,
    /// An account id, or `AWS`.
    pub owner_id: Option<String>,
    pub ipam_prefix_list_resolver_target_id: Option<String>,
    pub ipam_prefix_list_resolver_sync_enabled: Option<bool>,
    /// From `GetManagedPrefixListEntries`; none if that was not read.
    pub entries: Option<Vec<PrefixListEntry>>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrefixListEntry {
    pub cidr: Option<String>,
    pub description: Option<String>,
}

impl AwsResource for PrefixList {
    const TYPE: &'static str = "AWS::EC2::PrefixList";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"];

    fn id(&self) -> &str {
        &self.prefix_list_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("prefix-list/{}", self.prefix_list_id))
    }
    fn name(&self) -> Option<&str> {
        self.prefix_list_name.as_deref()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
