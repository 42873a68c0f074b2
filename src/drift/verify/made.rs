//! What was made inside the incident.

use jiff::Timestamp;

use crate::drift::existence::exists;
use crate::inventory::Inventory;
use crate::resource::{Resource, ResourceType};

use super::{Incident, Made};

/// The types of which AWS says when one was made; [`made_at`] reads them.
pub(super) const DATED: &[ResourceType] = &[
    ResourceType::User,
    ResourceType::Group,
    ResourceType::Role,
    ResourceType::InstanceProfile,
    ResourceType::AccessKey,
    ResourceType::SamlProvider,
    ResourceType::OidcProvider,
    ResourceType::ManagedPolicy,
    ResourceType::VirtualMfaDevice,
    ResourceType::Instance,
    ResourceType::Volume,
    ResourceType::Snapshot,
    ResourceType::LaunchTemplate,
    ResourceType::NatGateway,
    ResourceType::FlowLog,
    ResourceType::VpcEndpoint,
    ResourceType::TransitGatewayAttachment,
    ResourceType::LoadBalancer,
    ResourceType::ClassicLoadBalancer,
    ResourceType::Accelerator,
    ResourceType::VpcBlockPublicAccessExclusion,
];

/// When a resource was made, where AWS says so.
fn made_at(resource: &Resource) -> Option<Timestamp> {
    match resource {
        Resource::User(one) => one.create_date,
        Resource::Group(one) => one.create_date,
        Resource::Role(one) => one.create_date,
        Resource::InstanceProfile(one) => one.create_date,
        Resource::AccessKey(one) => one.create_date,
        Resource::SamlProvider(one) => one.create_date,
        Resource::OidcProvider(one) => one.create_date,
        Resource::ManagedPolicy(one) => {
            let versions = one.policy_version_list.iter().filter_map(|version| version.create_date);
            versions.chain(one.create_date).max()
        }
        Resource::VirtualMfaDevice(one) => one.enable_date,
        Resource::Instance(one) => one.launch_time,
        Resource::Volume(one) => one.create_time,
        Resource::Snapshot(one) => one.start_time,
        Resource::LaunchTemplate(one) => one.create_time,
        Resource::NatGateway(one) => one.create_time,
        Resource::FlowLog(one) => one.creation_time,
        Resource::VpcEndpoint(one) => one.creation_timestamp,
        Resource::TransitGatewayAttachment(one) => one.creation_time,
        Resource::LoadBalancer(one) => one.created_time,
        Resource::ClassicLoadBalancer(one) => one.created_time,
        Resource::Accelerator(one) => one.created_time,
        Resource::VpcBlockPublicAccessExclusion(one) => one.creation_timestamp,
        _ => None,
    }
}

pub(super) fn made(after: &Inventory, incident: &Incident) -> Vec<Made> {
    let Some((from, to)) = incident.window else { return Vec::new() };
    let inside = after.resources().filter(|(_, resource)| exists(resource)).filter_map(|(place, resource)| {
        let at = made_at(resource).filter(|at| (from..=to).contains(at))?;
        Some(Made {
            account: place.scope.account.to_string(),
            region: place.scope.region.to_string(),
            resource_type: place.resource_type.name(),
            id: place.id.clone(),
            at,
        })
    });
    inside.collect()
}
