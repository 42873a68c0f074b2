use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag, name_tag};

/// What a VPC's DHCP server hands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DhcpOptions {
    pub dhcp_options_id: String,
    pub owner_id: Option<String>,
    #[serde(default)]
    pub dhcp_configurations: Vec<DhcpConfiguration>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DhcpConfiguration {
    pub key: Option<String>,
    /// In the order of preference.
    #[serde(default)]
    pub values: Vec<AttributeValue>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeValue {
    pub value: Option<String>,
}

impl AwsResource for DhcpOptions {
    const TYPE: &'static str = "AWS::EC2::DHCPOptions";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeDhcpOptions"];

    fn id(&self) -> &str {
        &self.dhcp_options_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("dhcp-options/{}", self.dhcp_options_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
