use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{
    TransitGateway, TransitGatewayAttachment, TransitGatewayPeeringAttachment, TransitGatewayVpcAttachment,
};

use super::mirror::{Mirror, insert, listed, mirror};
use super::transit_gateway_route_table;

const GATEWAYS: &str = "ec2:DescribeTransitGateways";

/// Transit gateways, and their route tables if there is any gateway.
pub async fn gateways(reader: &Reader, ec2: &Client) {
    let (gateways, all) = reader
        .list(
            GATEWAYS,
            &[],
            |token| ec2.describe_transit_gateways().max_results(1000).set_next_token(token).send(),
            |page| (page.transit_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    let none = all && gateways.is_empty();
    insert::<TransitGateway, _>(reader, gateways);
    if none {
        return reader.ends_as(transit_gateway_route_table::LIST, GATEWAYS);
    }
    // Where the list failed there may be some.
    transit_gateway_route_table::collect(reader, ec2).await;
}

/// Attachments of every kind, the subnets and options of those to VPCs and both ends of peerings, if there are any.
pub async fn attachments(reader: &Reader, ec2: &Client) {
    let attachments = reader
        .pages(
            "ec2:DescribeTransitGatewayAttachments",
            |token| ec2.describe_transit_gateway_attachments().max_results(1000).set_next_token(token).send(),
            |page| (page.transit_gateway_attachments.unwrap_or_default(), page.next_token),
        )
        .await;
    let attachments = super::mirror::resources::<TransitGatewayAttachment, _>(reader, attachments);
    let (mut to_vpcs, mut peerings) =
        tokio::join!(vpc_attachments(reader, ec2, &attachments), peering_attachments(reader, ec2, &attachments));
    for mut attachment in attachments {
        attachment.vpc_attachment = to_vpcs.remove(&attachment.transit_gateway_attachment_id);
        attachment.peering_attachment = peerings.remove(&attachment.transit_gateway_attachment_id);
        reader.insert(attachment);
    }
}

fn is_of(attachment: &TransitGatewayAttachment, kinds: &[&str]) -> bool {
    attachment.resource_type.as_deref().is_some_and(|kind| kinds.contains(&kind))
}

async fn vpc_attachments(
    reader: &Reader,
    ec2: &Client,
    attachments: &[TransitGatewayAttachment],
) -> BTreeMap<String, TransitGatewayVpcAttachment> {
    let mut to_vpcs = BTreeMap::new();
    if attachments.iter().any(|attachment| is_of(attachment, &["vpc"])) {
        let details = reader
            .pages(
                "ec2:DescribeTransitGatewayVpcAttachments",
                |token| ec2.describe_transit_gateway_vpc_attachments().max_results(1000).set_next_token(token).send(),
                |page| (page.transit_gateway_vpc_attachments.unwrap_or_default(), page.next_token),
            )
            .await;
        to_vpcs.extend(details.into_iter().filter_map(|detail| {
            let id = detail.transit_gateway_attachment_id.clone()?;
            Some((id, TransitGatewayVpcAttachment::mirror(detail)))
        }));
    }
    to_vpcs
}

async fn peering_attachments(
    reader: &Reader,
    ec2: &Client,
    attachments: &[TransitGatewayAttachment],
) -> BTreeMap<String, TransitGatewayPeeringAttachment> {
    let mut peerings = BTreeMap::new();
    if attachments.iter().any(|attachment| is_of(attachment, &["peering", "tgw-peering"])) {
        let details = reader
            .pages(
                "ec2:DescribeTransitGatewayPeeringAttachments",
                |token| {
                    let call = ec2.describe_transit_gateway_peering_attachments();
                    call.max_results(1000).set_next_token(token).send()
                },
                |page| (page.transit_gateway_peering_attachments.unwrap_or_default(), page.next_token),
            )
            .await;
        for detail in details {
            // The accepter's half may have an id of its own.
            let ids = [&detail.transit_gateway_attachment_id, &detail.accepter_transit_gateway_attachment_id];
            let ids: Vec<String> = ids.into_iter().flatten().cloned().collect();
            let peering = TransitGatewayPeeringAttachment::mirror(detail);
            peerings.extend(ids.into_iter().map(|id| (id, peering.clone())));
        }
    }
    peerings
}

listed! { TransitGateway => TransitGateway by [transit_gateway_id] { transit_gateway_arn, state, owner_id, description, creation_time, options, tags } }
listed! { TransitGatewayAttachment => TransitGatewayAttachment by [transit_gateway_attachment_id] { transit_gateway_id, transit_gateway_owner_id, resource_owner_id, resource_type, resource_id, state, association, creation_time, nat_gateway_support, tags } later { vpc_attachment, peering_attachment } }
mirror! {
    TransitGatewayOptions => TransitGatewayOptions { amazon_side_asn, transit_gateway_cidr_blocks, auto_accept_shared_attachments, default_route_table_association, association_default_route_table_id, default_route_table_propagation, propagation_default_route_table_id, vpn_ecmp_support, dns_support, security_group_referencing_support, multicast_support, encryption_support }
    EncryptionSupport => TransitGatewayEncryptionSupport { encryption_state, state_message }
    TransitGatewayAttachmentAssociation => TransitGatewayAttachmentAssociation { transit_gateway_route_table_id, transit_gateway_policy_table_id, state }
    TransitGatewayVpcAttachment => TransitGatewayVpcAttachment { vpc_id, vpc_owner_id, subnet_ids, options }
    TransitGatewayPeeringAttachment => TransitGatewayPeeringAttachment { requester_tgw_info, accepter_tgw_info }
    PeeringTgwInfo => PeeringTgwInfo { transit_gateway_id, core_network_id, owner_id, region }
    TransitGatewayVpcAttachmentOptions => TransitGatewayVpcAttachmentOptions { dns_support, security_group_referencing_support, ipv6_support, appliance_mode_support }
}
