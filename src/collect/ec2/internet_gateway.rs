use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{CarrierGateway, EgressOnlyInternetGateway, InternetGateway};

use super::mirror::{insert, listed, mirror};

pub async fn internet_gateways(reader: &Reader, ec2: &Client) {
    let gateways = reader
        .pages(
            "ec2:DescribeInternetGateways",
            |token| ec2.describe_internet_gateways().max_results(1000).set_next_token(token).send(),
            |page| (page.internet_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<InternetGateway, _>(reader, gateways);
}

/// AWS allows pages of no more than 255 here.
pub async fn egress_only_internet_gateways(reader: &Reader, ec2: &Client) {
    let gateways = reader
        .pages(
            "ec2:DescribeEgressOnlyInternetGateways",
            |token| ec2.describe_egress_only_internet_gateways().max_results(255).set_next_token(token).send(),
            |page| (page.egress_only_internet_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<EgressOnlyInternetGateway, _>(reader, gateways);
}

pub async fn carrier_gateways(reader: &Reader, ec2: &Client) {
    let gateways = reader
        .pages(
            "ec2:DescribeCarrierGateways",
            |token| ec2.describe_carrier_gateways().max_results(1000).set_next_token(token).send(),
            |page| (page.carrier_gateways.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<CarrierGateway, _>(reader, gateways);
}

listed! { InternetGateway => InternetGateway by [internet_gateway_id] { attachments, owner_id, tags } }
listed! { EgressOnlyInternetGateway => EgressOnlyInternetGateway by [egress_only_internet_gateway_id] { attachments, tags } }
listed! { CarrierGateway => CarrierGateway by [carrier_gateway_id] { vpc_id, state, owner_id, tags } }
mirror! {
    InternetGatewayAttachment => InternetGatewayAttachment { state, vpc_id }
}
