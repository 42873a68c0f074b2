use std::collections::BTreeSet;

use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::Instance;

use super::mirror::{listed, mirror};

/// With those that ended a short while ago, and those that AWS hides by default because a service manages them.
/// A page's size counts instances; AWS hands them out by the reservation that launched them. Gives the images that they
/// were launched from.
pub async fn collect(reader: &Reader, ec2: &Client) -> BTreeSet<String> {
    let reservations = reader
        .pages(
            "ec2:DescribeInstances",
            |token| {
                let call = ec2.describe_instances().include_managed_resources(true);
                call.max_results(1000).set_next_token(token).send()
            },
            |page| (page.reservations.unwrap_or_default(), page.next_token),
        )
        .await;
    let mut images = BTreeSet::new();
    for reservation in reservations {
        for mut instance in super::mirror::resources::<Instance, _>(reader, reservation.instances.unwrap_or_default()) {
            instance.reservation_owner_id.clone_from(&reservation.owner_id);
            images.extend(instance.image_id.clone());
            reader.insert(instance);
        }
    }
    images
}

listed! { Instance => Instance by [instance_id] { architecture, iam_instance_profile, instance_lifecycle, network_interfaces, root_device_type, security_groups, source_dest_check, spot_instance_request_id, state_reason, virtualization_type, metadata_options, enclave_options, platform_details, ipv6_address, tpm_support, operator, image_id, state, state_transition_reason, key_name, instance_type, launch_time, placement, platform, monitoring, subnet_id, vpc_id, private_ip_address, public_ip_address, tags } later { reservation_owner_id } }
mirror! {
    IamInstanceProfile => IamInstanceProfile { arn, id }
    InstanceNetworkInterface => InstanceNetworkInterface { network_interface_id, association, attachment, description, groups, ipv6_addresses, owner_id, private_ip_address, private_ip_addresses, source_dest_check, status, subnet_id, vpc_id, interface_type, ipv4_prefixes, ipv6_prefixes, operator }
    InstanceNetworkInterfaceAssociation => InstanceNetworkInterfaceAssociation { public_ip, carrier_ip, customer_owned_ip, ip_owner_id }
    InstanceNetworkInterfaceAttachment => InstanceNetworkInterfaceAttachment { attach_time, attachment_id, delete_on_termination, device_index, status }
    InstanceIpv6Address => InstanceIpv6Address { ipv6_address, is_primary_ipv6 }
    InstancePrivateIpAddress => InstancePrivateIpAddress { primary, private_ip_address, association }
    InstanceIpv4Prefix => InstanceIpv4Prefix { ipv4_prefix }
    InstanceIpv6Prefix => InstanceIpv6Prefix { ipv6_prefix }
    StateReason => StateReason { code, message }
    InstanceMetadataOptionsResponse => InstanceMetadataOptions { state, http_tokens, http_put_response_hop_limit, http_endpoint, http_protocol_ipv6, instance_metadata_tags }
    EnclaveOptions => EnclaveOptions { enabled }
    InstanceState => InstanceState { code, name }
    Placement => InstancePlacement { host_id, tenancy, availability_zone }
    Monitoring => InstanceMonitoring { state }
}
