use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// An Elastic IP address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// Absent only in answers about EC2-Classic.
    pub allocation_id: Option<String>,
    pub association_id: Option<String>,
    pub domain: Option<String>,
    pub network_interface_id: Option<String>,
    pub network_interface_owner_id: Option<String>,
    pub private_ip_address: Option<String>,
    pub public_ipv4_pool: Option<String>,
    pub network_border_group: Option<String>,
    pub customer_owned_ip: Option<String>,
    pub customer_owned_ipv4_pool: Option<String>,
    pub carrier_ip: Option<String>,
    pub subnet_id: Option<String>,
    pub service_managed: Option<String>,
    pub instance_id: Option<String>,
    pub public_ip: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for Address {
    const TYPE: &'static str = "AWS::EC2::EIP";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeAddresses"];

    fn id(&self) -> &str {
        self.allocation_id.as_deref().or(self.public_ip.as_deref()).unwrap_or("")
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("elastic-ip/{}", self.id()))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
