use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// Where people's own devices enter a VPC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientVpnEndpoint {
    pub client_vpn_endpoint_id: String,
    pub description: Option<String>,
    pub status: Option<ClientVpnEndpointStatus>,
    pub creation_time: Option<String>,
    pub dns_name: Option<String>,
    pub client_cidr_block: Option<String>,
    pub split_tunnel: Option<bool>,
    pub transport_protocol: Option<String>,
    pub vpn_port: Option<i32>,
    pub server_certificate_arn: Option<String>,
    #[serde(default)]
    pub authentication_options: Vec<ClientVpnAuthentication>,
    pub connection_log_options: Option<ConnectionLogOptions>,
    pub vpc_id: Option<String>,
    #[serde(default)]
    pub security_group_ids: Vec<String>,
    pub session_timeout_hours: Option<i32>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// `pending-associate`, `available`, `deleting` or `deleted`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientVpnEndpointStatus {
    pub code: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientVpnAuthentication {
    /// `certificate-authentication`, `directory-service-authentication` or `federated-authentication`.
    pub r#type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectionLogOptions {
    pub enabled: Option<bool>,
    pub cloudwatch_log_group: Option<String>,
    pub cloudwatch_log_stream: Option<String>,
}

impl AwsResource for ClientVpnEndpoint {
    const TYPE: &'static str = "AWS::EC2::ClientVpnEndpoint";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeClientVpnEndpoints"];

    fn id(&self) -> &str {
        &self.client_vpn_endpoint_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("client-vpn-endpoint/{}", self.client_vpn_endpoint_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
