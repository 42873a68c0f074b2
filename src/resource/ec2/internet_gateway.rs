use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag, name_tag};

/// The door between a VPC and the internet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InternetGateway {
    pub internet_gateway_id: String,
    #[serde(default)]
    pub attachments: Vec<InternetGatewayAttachment>,
    pub owner_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InternetGatewayAttachment {
    /// `available` or `attached` when it is attached; AWS gives the former for internet gateways.
    pub state: Option<String>,
    pub vpc_id: Option<String>,
}

impl InternetGateway {
    /// The VPCs that it is attached to; AWS allows one.
    pub fn attached_vpcs(&self) -> impl Iterator<Item = &str> {
        attached_vpcs(&self.attachments)
    }
}

/// AWS calls the state `available`, its model `attached`.
fn attached_vpcs(attachments: &[InternetGatewayAttachment]) -> impl Iterator<Item = &str> {
    let attached = attachments.iter().filter(|a| matches!(a.state.as_deref(), Some("available" | "attached")));
    attached.filter_map(|attachment| attachment.vpc_id.as_deref())
}

impl AwsResource for InternetGateway {
    const TYPE: &'static str = "AWS::EC2::InternetGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeInternetGateways"];

    fn id(&self) -> &str {
        &self.internet_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("internet-gateway/{}", self.internet_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// A door that lets IPv6 connections out and none in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EgressOnlyInternetGateway {
    pub egress_only_internet_gateway_id: String,
    #[serde(default)]
    pub attachments: Vec<InternetGatewayAttachment>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl EgressOnlyInternetGateway {
    /// The VPCs that it is attached to; AWS allows one.
    pub fn attached_vpcs(&self) -> impl Iterator<Item = &str> {
        attached_vpcs(&self.attachments)
    }
}

impl AwsResource for EgressOnlyInternetGateway {
    const TYPE: &'static str = "AWS::EC2::EgressOnlyInternetGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeEgressOnlyInternetGateways"];

    fn id(&self) -> &str {
        &self.egress_only_internet_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("ec2", format_args!("egress-only-internet-gateway/{}", self.egress_only_internet_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// The door between a Wavelength zone's subnets and a carrier's network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CarrierGateway {
    pub carrier_gateway_id: String,
    pub vpc_id: Option<String>,
    pub state: Option<String>,
    pub owner_id: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

impl AwsResource for CarrierGateway {
    const TYPE: &'static str = "AWS::EC2::CarrierGateway";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeCarrierGateways"];

    fn id(&self) -> &str {
        &self.carrier_gateway_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("carrier-gateway/{}", self.carrier_gateway_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tags)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
