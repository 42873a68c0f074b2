//! What a packet met on its way.

use std::fmt;

use serde::Serialize;

/// The kinds of gate, in the words that reports carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    Host,
    SecurityGroupEgress,
    NetworkAclEgress,
    Route,
    InternetGateway,
    EgressOnlyInternetGateway,
    BlockPublicAccess,
    EdgeRoute,
    NatGateway,
    VpcPeering,
    TransitGateway,
    TransitGatewayRoute,
    Middlebox,
    Endpoint,
    NetworkAclIngress,
    SecurityGroupIngress,
    Listener,
    Target,
    NetworkInterface,
    Delivered,
}

impl Gate {
    pub fn as_str(self) -> &'static str {
        match self {
            Gate::Host => "host",
            Gate::SecurityGroupEgress => "security-group-egress",
            Gate::NetworkAclEgress => "network-acl-egress",
            Gate::Route => "route",
            Gate::InternetGateway => "internet-gateway",
            Gate::EgressOnlyInternetGateway => "egress-only-internet-gateway",
            Gate::BlockPublicAccess => "block-public-access",
            Gate::EdgeRoute => "edge-route",
            Gate::NatGateway => "nat-gateway",
            Gate::VpcPeering => "vpc-peering",
            Gate::TransitGateway => "transit-gateway",
            Gate::TransitGatewayRoute => "transit-gateway-route",
            Gate::Middlebox => "middlebox",
            Gate::Endpoint => "endpoint",
            Gate::NetworkAclIngress => "network-acl-ingress",
            Gate::SecurityGroupIngress => "security-group-ingress",
            Gate::Listener => "listener",
            Gate::Target => "target",
            Gate::NetworkInterface => "network-interface",
            Gate::Delivered => "delivered",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    Allow,
    Deny,
    /// It sends the packet on or changes its addresses.
    Pass,
    Unknown,
}

impl Decision {
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Allow => "allow",
            Decision::Deny => "deny",
            Decision::Pass => "pass",
            Decision::Unknown => "unknown",
        }
    }
}

/// One gate, and what it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    pub gate: Gate,
    /// The id of the object that decides.
    pub resource: String,
    /// The rule, entry or route that decides, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    pub decision: Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Step {
    pub(super) fn new(gate: Gate, resource: impl Into<String>, decision: Decision) -> Step {
        Step { gate, resource: resource.into(), rule: None, decision, detail: None }
    }

    pub(super) fn rule(self, rule: impl Into<String>) -> Step {
        Step { rule: Some(rule.into()), ..self }
    }

    pub(super) fn detail(self, detail: impl Into<String>) -> Step {
        Step { detail: Some(detail.into()), ..self }
    }
}
