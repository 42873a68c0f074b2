use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{TransitGateway, TransitGatewayAttachment, TransitGatewayVpcAttachment};

use super::mirror::{Mirror, insert, listed, mirror};

pub async fn gateways(reader: &Reader, ec2: &Client) {
    let gateways = reader
        .pages(
            "ec2:DescribeTransitGateways",
            |token| ec2.describe_transit_gateways().max_results(1000).set_next_token(token).send(),
            |page| (page.transit_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<TransitGateway, _>(reader, gateways);
}

/// Attachments of every kind, and the subnets and options of those to VPCs if there are any.
pub async fn attachments(reader: &Reader, ec2: &Client) {
    let attachments = reader
        .pages(
            "ec2:DescribeTransitGatewayAttachments",
            |token| ec2.describe_transit_gateway_attachments().max_results(1000).set_next_token(token).send(),
            |page| (page.transit_gateway_attachments.unwrap_or_default(), page.next_token),
        )
        .await;
    let attachments = super::mirror::resources::<TransitGatewayAttachment, _>(reader, attachments);
    let mut to_vpcs = BTreeMap::new();
    if attachments.iter().any(|attachment| attachment.resource_type.as_deref() == Some("vpc")) {
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
    for mut attachment in attachments {
        attachment.vpc_attachment = to_vpcs.remove(&attachment.transit_gateway_attachment_id);
        reader.insert(attachment);
    }
}

listed! { TransitGateway => TransitGateway by [transit_gateway_id] { transit_gateway_arn, state, owner_id, description, creation_time, options, tags } }
listed! { TransitGatewayAttachment => TransitGatewayAttachment by [transit_gateway_attachment_id] { transit_gateway_id, transit_gateway_owner_id, resource_owner_id, resource_type, resource_id, state, association, creation_time, nat_gateway_support, tags } later { vpc_attachment, peering_attachment } }
mirror! {
    TransitGatewayOptions => TransitGatewayOptions { amazon_side_asn, transit_gateway_cidr_blocks, auto_accept_shared_attachments, default_route_table_association, association_default_route_table_id, default_route_table_propagation, propagation_default_route_table_id, vpn_ecmp_support, dns_support, security_group_referencing_support, multicast_support, encryption_support }
    EncryptionSupport => TransitGatewayEncryptionSupport { encryption_state, state_message }
    TransitGatewayAttachmentAssociation => TransitGatewayAttachmentAssociation { transit_gateway_route_table_id, transit_gateway_policy_table_id, state }
    TransitGatewayVpcAttachment => TransitGatewayVpcAttachment { vpc_id, vpc_owner_id, subnet_ids, options }
    TransitGatewayVpcAttachmentOptions => TransitGatewayVpcAttachmentOptions { dns_support, security_group_referencing_support, ipv6_support, appliance_mode_support }
}
