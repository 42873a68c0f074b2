use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions};

use super::mirror::{insert, listed};

pub async fn options(reader: &Reader, ec2: &Client) {
    let answer = reader
        .one("ec2:DescribeVpcBlockPublicAccessOptions", || ec2.describe_vpc_block_public_access_options().send())
        .await;
    insert::<VpcBlockPublicAccessOptions, _>(
        reader,
        answer.and_then(|answer| answer.vpc_block_public_access_options).into_iter().collect(),
    );
}

pub async fn exclusions(reader: &Reader, ec2: &Client) {
    let exclusions = reader
        .pages(
            "ec2:DescribeVpcBlockPublicAccessExclusions",
            |token| ec2.describe_vpc_block_public_access_exclusions().max_results(1000).set_next_token(token).send(),
            |page| (page.vpc_block_public_access_exclusions.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<VpcBlockPublicAccessExclusion, _>(reader, exclusions);
}

listed! { VpcBlockPublicAccessOptions => VpcBlockPublicAccessOptions by [aws_region] { aws_account_id, state, internet_gateway_block_mode, reason, last_update_timestamp, managed_by, exclusions_allowed } }
listed! { VpcBlockPublicAccessExclusion => VpcBlockPublicAccessExclusion by [exclusion_id] { internet_gateway_exclusion_mode, resource_arn, state, reason, creation_timestamp, last_update_timestamp, deletion_timestamp, tags } }
