use serde::{Deserialize, Serialize};

/// What a load balancer listens on, and what it does with what comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    pub listener_arn: Option<String>,
    pub load_balancer_arn: Option<String>,
    /// A gateway load balancer's listener has neither port nor protocol.
    pub port: Option<i32>,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `QUIC`, `TCP_QUIC` or `GENEVE`.
    pub protocol: Option<String>,
    #[serde(default)]
    pub certificates: Vec<Certificate>,
    pub ssl_policy: Option<String>,
    #[serde(default)]
    pub default_actions: Vec<Action>,
    #[serde(default)]
    pub alpn_policy: Vec<String>,
    pub mutual_authentication: Option<MutualAuthentication>,
    /// Of an application load balancer, from `DescribeRules`; none if that was not read to its end, or has none to
    /// give. The default rule is among them.
    pub rules: Option<Vec<Rule>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    pub certificate_arn: Option<String>,
    pub is_default: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MutualAuthentication {
    /// `off`, `passthrough` or `verify`.
    pub mode: Option<String>,
    pub trust_store_arn: Option<String>,
    pub ignore_client_certificate_expiry: Option<bool>,
    pub trust_store_association_status: Option<String>,
    pub advertise_trust_store_ca_names: Option<String>,
}

/// What is done with a request. How it is authenticated is not kept, because the client's secret is part of that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Action {
    /// `forward`, `redirect`, `fixed-response`, `authenticate-oidc`, `authenticate-cognito` or `jwt-validation`.
    pub r#type: Option<String>,
    /// Given if there is one target group; it is in `forward_config` too.
    pub target_group_arn: Option<String>,
    pub order: Option<i32>,
    pub redirect_config: Option<RedirectActionConfig>,
    pub forward_config: Option<ForwardActionConfig>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RedirectActionConfig {
    pub protocol: Option<String>,
    pub port: Option<String>,
    pub host: Option<String>,
    pub path: Option<String>,
    pub query: Option<String>,
    pub status_code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForwardActionConfig {
    #[serde(default)]
    pub target_groups: Vec<TargetGroupTuple>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroupTuple {
    pub target_group_arn: Option<String>,
    pub weight: Option<i32>,
}

/// What an application load balancer does with requests that meet conditions. The conditions are about the content
/// of requests and are not kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    pub rule_arn: Option<String>,
    /// A number, or `default`.
    pub priority: Option<String>,
    #[serde(default)]
    pub actions: Vec<Action>,
    pub is_default: Option<bool>,
}

impl Action {
    /// The target groups that it hands requests to.
    pub fn target_groups(&self) -> impl Iterator<Item = &str> {
        let weighted = self.forward_config.iter().flat_map(|forward| &forward.target_groups);
        let weighted = weighted.filter_map(|group| group.target_group_arn.as_deref());
        let single = self.target_group_arn.as_deref().filter(|_| self.forward_config.is_none());
        single.into_iter().chain(weighted)
    }
}
