//! Direct Connect: connections, and the virtual interfaces that run over them.

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::{AwsResource, Tag};

/// A line from a place of one's own, or a partner's, to AWS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub connection_id: String,
    pub connection_name: Option<String>,
    pub owner_account: Option<String>,
    /// `ordering`, `requested`, `pending`, `available`, `down`, `deleting`, `deleted`, `rejected` or `unknown`.
    pub connection_state: Option<String>,
    pub region: Option<String>,
    /// Where the line meets AWS, such as `EqDC2`.
    pub location: Option<String>,
    pub bandwidth: Option<String>,
    /// The group of lines to one device that it belongs to.
    pub lag_id: Option<String>,
    pub partner_name: Option<String>,
    pub encryption_mode: Option<String>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// A session of BGP over a connection. The key that both ends know is not kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualInterface {
    pub virtual_interface_id: String,
    pub virtual_interface_name: Option<String>,
    pub owner_account: Option<String>,
    /// `confirming`, `verifying`, `pending`, `available`, `down`, `testing`, `deleting`, `deleted`, `rejected` or `unknown`.
    pub virtual_interface_state: Option<String>,
    /// `private`, `public` or `transit`.
    pub virtual_interface_type: Option<String>,
    /// A connection, or a group of them.
    pub connection_id: Option<String>,
    pub location: Option<String>,
    pub virtual_gateway_id: Option<String>,
    pub direct_connect_gateway_id: Option<String>,
    pub asn: Option<i32>,
    pub amazon_side_asn: Option<i64>,
    #[serde(default)]
    pub route_filter_prefixes: Vec<RouteFilterPrefix>,
    pub site_link_enabled: Option<bool>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// What a public virtual interface announces to AWS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteFilterPrefix {
    pub cidr: Option<String>,
}

impl Connection {
    /// Whether packets pass it.
    pub fn is_up(&self) -> bool {
        self.connection_state.as_deref() == Some("available")
    }
}

impl VirtualInterface {
    /// The virtual private gateway or Direct Connect gateway behind it; a public one has none.
    pub fn gateway(&self) -> Option<&str> {
        let ids = [&self.direct_connect_gateway_id, &self.virtual_gateway_id];
        ids.into_iter().find_map(|id| id.as_deref().filter(|id| !id.is_empty()))
    }

    /// Whether packets pass it.
    pub fn is_up(&self) -> bool {
        self.virtual_interface_state.as_deref() == Some("available")
    }
}

impl AwsResource for Connection {
    const TYPE: &'static str = "AWS::DirectConnect::Connection";
    const OPERATIONS: &'static [&'static str] = &["directconnect:DescribeConnections"];

    fn id(&self) -> &str {
        &self.connection_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("directconnect", format_args!("dxcon/{}", self.id()))
    }
    fn name(&self) -> Option<&str> {
        self.connection_name.as_deref()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl AwsResource for VirtualInterface {
    const TYPE: &'static str = "AWS::DirectConnect::VirtualInterface";
    const OPERATIONS: &'static [&'static str] = &["directconnect:DescribeVirtualInterfaces"];

    fn id(&self) -> &str {
        &self.virtual_interface_id
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("directconnect", format_args!("dxvif/{}", self.id()))
    }
    fn name(&self) -> Option<&str> {
        self.virtual_interface_name.as_deref()
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}
