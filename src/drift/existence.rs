//! What AWS still lists although it is gone.

use crate::resource::Resource;

/// Whether a resource is there. AWS lists what was deleted for an hour or so, with a state that says it.
pub fn exists(resource: &Resource) -> bool {
    let state = match resource {
        Resource::Instance(one) => one.state.as_ref().and_then(|state| state.name.as_deref()),
        Resource::Image(one) => one.state.as_deref(),
        Resource::Volume(one) => one.state.as_deref(),
        Resource::ClientVpnEndpoint(one) => one.status.as_ref().and_then(|status| status.code.as_deref()),
        Resource::NatGateway(one) => one.state.as_deref(),
        Resource::VpcPeeringConnection(one) => one.status.as_ref().and_then(|status| status.code.as_deref()),
        Resource::TransitGateway(one) => one.state.as_deref(),
        Resource::TransitGatewayAttachment(one) => one.state.as_deref(),
        Resource::TransitGatewayRouteTable(one) => one.state.as_deref(),
        Resource::VpnConnection(one) => one.state.as_deref(),
        Resource::VpnGateway(one) => one.state.as_deref(),
        Resource::CustomerGateway(one) => one.state.as_deref(),
        Resource::CarrierGateway(one) => one.state.as_deref(),
        Resource::VpcEndpoint(one) => one.state.as_deref(),
        Resource::VpcEndpointService(one) => one.service_state.as_deref(),
        Resource::PrefixList(one) => one.state.as_deref(),
        Resource::VpcBlockPublicAccessExclusion(one) => one.state.as_deref(),
        _ => None,
    };
    let gone = ["terminated", "shutting-down", "deleted", "deleting", "rejected", "expired", "failed", "rejecting"];
    let state = state.unwrap_or_default().to_ascii_lowercase();
    // `delete-complete`, `delete-in-progress` of prefix lists and exclusions.
    !(gone.contains(&state.as_str()) || state.starts_with("delete-") && !state.ends_with("failed"))
}
