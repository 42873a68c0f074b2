use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::ec2::owned_arn;
use crate::resource::{AwsResource, Tag};

/// A stateful, allow-only packet filter on network interfaces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup {
    pub group_id: String,
    pub group_name: String,
    pub description: Option<String>,
    #[serde(default)]
    pub ip_permissions_egress: Vec<IpPermission>,
    pub vpc_id: Option<String>,
    pub security_group_arn: Option<String>,
    pub owner_id: Option<String>,
    #[serde(default)]
    pub ip_permissions: Vec<IpPermission>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// One protocol and port range, and all who may use it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.
    pub ip_protocol: Option<String>,
    /// The first port, or the ICMP type; -1 is any.
    pub from_port: Option<i32>,
    /// The last port, or the ICMP code; -1 is any.
    pub to_port: Option<i32>,
    #[serde(default)]
    pub user_id_group_pairs: Vec<UserIdGroupPair>,
    #[serde(default)]
    pub ip_ranges: Vec<IpRange>,
    #[serde(default)]
    pub ipv6_ranges: Vec<Ipv6Range>,
    #[serde(default)]
    pub prefix_list_ids: Vec<PrefixListId>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserIdGroupPair {
    pub description: Option<String>,
    pub user_id: Option<String>,
    pub group_name: Option<String>,
    pub group_id: Option<String>,
    pub vpc_id: Option<String>,
    pub vpc_peering_connection_id: Option<String>,
    pub peering_status: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpRange {
    pub description: Option<String>,
    pub cidr_ip: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6Range {
    pub description: Option<String>,
    pub cidr_ipv6: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrefixListId {
    pub description: Option<String>,
    pub prefix_list_id: Option<String>,
}

impl SecurityGroup {
    /// The groups that its rules name, as often as they do.
    pub fn named_groups(&self) -> impl Iterator<Item = &str> {
        self.pairs().filter_map(|pair| pair.group_id.as_deref())
    }

    /// The same with what else is said of them.
    pub fn pairs(&self) -> impl Iterator<Item = &UserIdGroupPair> {
        let rules = self.ip_permissions.iter().chain(&self.ip_permissions_egress);
        rules.flat_map(|rule| &rule.user_id_group_pairs)
    }
}

impl AwsResource for SecurityGroup {
    const TYPE: &'static str = "AWS::EC2::SecurityGroup";
    const OPERATIONS: &'static [&'static str] = &["ec2:DescribeSecurityGroups"];

    fn id(&self) -> &str {
        &self.group_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        owned_arn(scope, self.owner_id.as_deref(), format_args!("security-group/{}", self.group_id))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.group_name)
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
