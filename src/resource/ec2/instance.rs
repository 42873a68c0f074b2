use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::{GroupIdentifier, Operator};
use crate::resource::{AwsResource, Tag, name_tag};

/// A virtual machine. Its user data is never read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    pub instance_id: String,
    pub architecture: Option<String>,
    pub iam_instance_profile: Option<IamInstanceProfile>,
    pub instance_lifecycle: Option<String>,
    #[serde(default)]
    pub network_interfaces: Vec<InstanceNetworkInterface>,
    pub root_device_type: Option<String>,
    /// The groups of the primary network interface only.
    #[serde(default)]
    pub security_groups: Vec<GroupIdentifier>,
    pub source_dest_check: Option<bool>,
    pub spot_instance_request_id: Option<String>,
    pub state_reason: Option<StateReason>,
    pub virtualization_type: Option<String>,
    pub metadata_options: Option<InstanceMetadataOptions>,
    pub enclave_options: Option<EnclaveOptions>,
    pub platform_details: Option<String>,
    pub ipv6_address: Option<String>,
    pub tpm_support: Option<String>,
    pub operator: Option<Operator>,
    pub image_id: Option<String>,
    pub state: Option<InstanceState>,
    /// Why it stopped or ended, with the time, in AWS's words.
    pub state_transition_reason: Option<String>,
    pub key_name: Option<String>,
    pub instance_type: Option<String>,
    pub launch_time: Option<Timestamp>,
    pub placement: Option<InstancePlacement>,
    pub platform: Option<String>,
    pub monitoring: Option<InstanceMonitoring>,
    pub subnet_id: Option<String>,
    pub vpc_id: Option<String>,
    pub private_ip_address: Option<String>,
    pub public_ip_address: Option<String>,
    /// The account that launched it, from its reservation.
    pub reservation_owner_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IamInstanceProfile {
    pub arn: Option<String>,
    pub id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceNetworkInterface {
    pub network_interface_id: Option<String>,
    pub association: Option<InstanceNetworkInterfaceAssociation>,
    pub attachment: Option<InstanceNetworkInterfaceAttachment>,
    pub description: Option<String>,
    #[serde(default)]
    pub groups: Vec<GroupIdentifier>,
    #[serde(default)]
    pub ipv6_addresses: Vec<InstanceIpv6Address>,
    pub owner_id: Option<String>,
    pub private_ip_address: Option<String>,
    #[serde(default)]
    pub private_ip_addresses: Vec<InstancePrivateIpAddress>,
    pub source_dest_check: Option<bool>,
    pub status: Option<String>,
    pub subnet_id: Option<String>,
    pub vpc_id: Option<String>,
    pub interface_type: Option<String>,
    #[serde(default)]
    pub ipv4_prefixes: Vec<InstanceIpv4Prefix>,
    #[serde(default)]
    pub ipv6_prefixes: Vec<InstanceIpv6Prefix>,
    pub operator: Option<Operator>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceNetworkInterfaceAssociation {
    pub public_ip: Option<String>,
    pub carrier_ip: Option<String>,
    pub customer_owned_ip: Option<String>,
    pub ip_owner_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceNetworkInterfaceAttachment {
    pub attach_time: Option<Timestamp>,
    pub attachment_id: Option<String>,
    pub delete_on_termination: Option<bool>,
    pub device_index: Option<i32>,
    pub status: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceIpv6Address {
    pub ipv6_address: Option<String>,
    pub is_primary_ipv6: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstancePrivateIpAddress {
    pub primary: Option<bool>,
    pub private_ip_address: Option<String>,
    pub association: Option<InstanceNetworkInterfaceAssociation>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceIpv4Prefix {
    pub ipv4_prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceIpv6Prefix {
    pub ipv6_prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StateReason {
    pub code: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceMetadataOptions {
    pub state: Option<String>,
    /// `required` (IMDSv2 only) or `optional`.
    pub http_tokens: Option<String>,
    pub http_put_response_hop_limit: Option<i32>,
    pub http_endpoint: Option<String>,
    pub http_protocol_ipv6: Option<String>,
    pub instance_metadata_tags: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnclaveOptions {
    pub enabled: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceState {
    pub code: Option<i32>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstancePlacement {
    pub host_id: Option<String>,
    pub tenancy: Option<String>,
    pub availability_zone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceMonitoring {
    pub state: Option<String>,
}

impl AwsResource for Instance {
    const TYPE: &'static str = "AWS::EC2::Instance";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeInstances"];

    fn id(&self) -> &str {
        &self.instance_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("instance/{}", self.instance_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
