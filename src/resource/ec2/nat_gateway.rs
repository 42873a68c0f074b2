use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag, name_tag};

/// Translates addresses of what goes out; lets no connection in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGateway {
    pub nat_gateway_id: String,
    pub create_time: Option<Timestamp>,
    pub delete_time: Option<Timestamp>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    #[serde(default)]
    pub nat_gateway_addresses: Vec<NatGatewayAddress>,
    pub state: Option<String>,
    pub subnet_id: Option<String>,
    pub vpc_id: Option<String>,
    pub connectivity_type: Option<String>,
    pub availability_mode: Option<String>,
    pub auto_scaling_ips: Option<String>,
    pub auto_provision_zones: Option<String>,
    #[serde(default)]
    pub attached_appliances: Vec<NatGatewayAttachedAppliance>,
    pub route_table_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGatewayAddress {
    pub allocation_id: Option<String>,
    pub network_interface_id: Option<String>,
    pub private_ip: Option<String>,
    pub public_ip: Option<String>,
    pub association_id: Option<String>,
    pub is_primary: Option<bool>,
    pub failure_message: Option<String>,
    pub status: Option<String>,
    pub availability_zone: Option<String>,
    pub availability_zone_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGatewayAttachedAppliance {
    pub r#type: Option<String>,
    pub appliance_arn: Option<String>,
    pub vpc_endpoint_id: Option<String>,
    pub attachment_state: Option<String>,
    pub modification_state: Option<String>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
}

impl AwsResource for NatGateway {
    const TYPE: &'static str = "AWS::EC2::NatGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeNatGateways"];

    fn id(&self) -> &str {
        &self.nat_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("natgateway/{}", self.nat_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
