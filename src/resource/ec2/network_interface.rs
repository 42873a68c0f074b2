use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag, name_tag};

/// What has addresses and security groups: an instance's card, or that of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterface {
    pub network_interface_id: String,
    /// The public address of the primary private one.
    pub association: Option<NetworkInterfaceAssociation>,
    pub attachment: Option<NetworkInterfaceAttachment>,
    pub availability_zone: Option<String>,
    pub description: Option<String>,
    #[serde(default)]
    pub groups: Vec<GroupIdentifier>,
    /// `interface`, `nat_gateway` (real answers have the underscore), `network_load_balancer`, `lambda` and others.
    pub interface_type: Option<String>,
    #[serde(default)]
    pub ipv6_addresses: Vec<NetworkInterfaceIpv6Address>,
    pub owner_id: Option<String>,
    pub private_ip_address: Option<String>,
    #[serde(default)]
    pub private_ip_addresses: Vec<NetworkInterfacePrivateIpAddress>,
    /// Private blocks that it holds beside its addresses.
    #[serde(default)]
    pub ipv4_prefixes: Vec<Ipv4PrefixSpecification>,
    /// Blocks that it holds beside its addresses; public where the subnet's block is.
    #[serde(default)]
    pub ipv6_prefixes: Vec<Ipv6PrefixSpecification>,
    pub requester_id: Option<String>,
    pub requester_managed: Option<bool>,
    pub source_dest_check: Option<bool>,
    pub status: Option<String>,
    pub subnet_id: Option<String>,
    pub vpc_id: Option<String>,
    /// Whether it refuses IPv6 traffic through internet gateways.
    pub deny_all_igw_traffic: Option<bool>,
    pub ipv6_native: Option<bool>,
    pub ipv6_address: Option<String>,
    pub operator: Option<Operator>,
    #[serde(default)]
    pub associated_subnets: Vec<String>,
    pub availability_zone_id: Option<String>,
    #[serde(default)]
    pub tag_set: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterfaceAssociation {
    pub public_ip: Option<String>,
    pub allocation_id: Option<String>,
    pub association_id: Option<String>,
    /// The account that owns the address, or `amazon`.
    pub ip_owner_id: Option<String>,
    /// An address of an Outpost, that the owner's own network reaches.
    pub customer_owned_ip: Option<String>,
    /// An address that only a carrier's network reaches.
    pub carrier_ip: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterfaceAttachment {
    pub attach_time: Option<Timestamp>,
    pub attachment_id: Option<String>,
    pub delete_on_termination: Option<bool>,
    pub device_index: Option<i32>,
    pub instance_id: Option<String>,
    pub instance_owner_id: Option<String>,
    pub status: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupIdentifier {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterfaceIpv6Address {
    pub ipv6_address: Option<String>,
    pub is_primary_ipv6: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterfacePrivateIpAddress {
    pub primary: Option<bool>,
    pub private_ip_address: Option<String>,
    pub association: Option<NetworkInterfaceAssociation>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv4PrefixSpecification {
    pub ipv4_prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6PrefixSpecification {
    pub ipv6_prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Operator {
    pub managed: Option<bool>,
    pub principal: Option<String>,
    pub hidden_by_default: Option<bool>,
}

impl NetworkInterface {
    /// The public IPv4 addresses that lead to it, those of its secondary private addresses too.
    /// AWS gives the primary one twice, others may give it only once.
    pub fn public_addresses(&self) -> impl Iterator<Item = &str> {
        let of_each = self.private_ip_addresses.iter().map(|address| &address.association);
        of_each.chain([&self.association]).flatten().filter_map(|association| association.public_ip.as_deref())
    }
}

impl AwsResource for NetworkInterface {
    const TYPE: &'static str = "AWS::EC2::NetworkInterface";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeNetworkInterfaces"];

    fn id(&self) -> &str {
        &self.network_interface_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("network-interface/{}", self.network_interface_id))
    }
    fn name(&self) -> Option<&str> {
        name_tag(&self.tag_set)
    }
    fn tags(&self) -> &[Tag] {
        &self.tag_set
    }
}
