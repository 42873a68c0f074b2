//! Global Accelerator: accelerators, what they listen on, and where that leads.

use aws_sdk_globalaccelerator::{Client, types as sdk};

use crate::arn::Partition;
use crate::collect::mirror::{Mirror, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::inventory::Outcome;
use crate::resource::AwsResource;
use crate::resource::balancing::{Accelerator, AcceleratorIpSet, AcceleratorListener, EndpointGroup};

/// Reads the accelerators of an account.
pub async fn collect(reader: &Reader) {
    // The other partitions do not have the service, so no account there has an accelerator.
    if reader.scope().partition != Partition::Aws {
        return Accelerator::OPERATIONS.iter().for_each(|operation| reader.record(operation, Outcome::Complete));
    }
    let client = &reader.globalaccelerator();
    let accelerators = reader
        .pages(
            "globalaccelerator:ListAccelerators",
            |token| client.list_accelerators().max_results(100).set_next_token(token).send(),
            |page| (page.accelerators.unwrap_or_default(), page.next_token),
        )
        .await;
    let accelerators = resources::<Accelerator, _>(reader, accelerators);
    futures::future::join_all(accelerators.into_iter().map(async |mut accelerator| {
        accelerator.listeners = listeners(reader, client, &accelerator.accelerator_arn).await;
        reader.insert(accelerator);
    }))
    .await;
    // Of listeners that could not be listed nobody asked for the endpoint groups.
    reader.ends_as("globalaccelerator:ListEndpointGroups", "globalaccelerator:ListListeners");
}

async fn listeners(reader: &Reader, client: &Client, accelerator: &str) -> Option<Vec<AcceleratorListener>> {
    let listeners = reader
        .all_pages(
            "globalaccelerator:ListListeners",
            |token| client.list_listeners().accelerator_arn(accelerator).max_results(100).set_next_token(token).send(),
            |page| (page.listeners.unwrap_or_default(), page.next_token),
        )
        .await?;
    let listener = async |listener: sdk::Listener| AcceleratorListener {
        endpoint_groups: match &listener.listener_arn {
            Some(arn) => endpoint_groups(reader, client, arn).await,
            None => None,
        },
        listener_arn: listener.listener_arn,
        port_ranges: Mirror::mirror(listener.port_ranges),
        protocol: Mirror::mirror(listener.protocol),
        client_affinity: Mirror::mirror(listener.client_affinity),
    };
    let mut listeners = futures::future::join_all(listeners.into_iter().map(listener)).await;
    listeners.sort_by(|a, b| a.listener_arn.cmp(&b.listener_arn));
    Some(listeners)
}

async fn endpoint_groups(reader: &Reader, client: &Client, listener: &str) -> Option<Vec<EndpointGroup>> {
    let groups = reader
        .all_pages(
            "globalaccelerator:ListEndpointGroups",
            |token| client.list_endpoint_groups().listener_arn(listener).max_results(100).set_next_token(token).send(),
            |page| (page.endpoint_groups.unwrap_or_default(), page.next_token),
        )
        .await?;
    let mut groups: Vec<EndpointGroup> = groups.into_iter().map(EndpointGroup::mirror).collect();
    groups.sort_by(|a, b| a.endpoint_group_arn.cmp(&b.endpoint_group_arn));
    Some(groups)
}

listed_of! { [aws_sdk_globalaccelerator, balancing] Accelerator => Accelerator by [accelerator_arn] { name, ip_address_type, enabled, ip_sets, dns_name, dual_stack_dns_name, status, created_time, last_modified_time, events } later { listeners } }
mirror_of! { [aws_sdk_globalaccelerator, balancing]
    AcceleratorEvent => AcceleratorEvent { message, timestamp }
    PortRange => AcceleratorPortRange { from_port, to_port }
    EndpointGroup => EndpointGroup { endpoint_group_arn, endpoint_group_region, endpoint_descriptions, traffic_dial_percentage, health_check_port, health_check_protocol, health_check_path, health_check_interval_seconds, threshold_count, port_overrides }
    EndpointDescription => EndpointDescription { endpoint_id, weight, health_state, health_reason, client_ip_preservation_enabled }
    PortOverride => PortOverride { listener_port, endpoint_port }
}

#[expect(deprecated, reason = "files of older tools have only `IpFamily`; what AWS still gives is kept")]
impl Mirror<sdk::IpSet> for AcceleratorIpSet {
    fn mirror(of: sdk::IpSet) -> AcceleratorIpSet {
        AcceleratorIpSet {
            ip_family: of.ip_family,
            ip_addresses: Mirror::mirror(of.ip_addresses),
            ip_address_family: Mirror::mirror(of.ip_address_family),
        }
    }
}
