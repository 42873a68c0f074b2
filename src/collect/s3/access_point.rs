//! Access points per region, and those of several regions, which are asked for in one.

use crate::collect::mirror::{Listed, Mirror, listed_of, mirror_of, resources};
use crate::collect::reader::Reader;
use crate::inventory::Outcome;
use crate::resource::AwsResource;
use crate::resource::s3::{AccessPoint, MultiRegionAccessPoint, PublicAccessBlock};

use super::of_control;

pub async fn collect(reader: &Reader) {
    let s3control = &reader.s3control();
    let account = reader.scope().account.as_str();
    let points = reader
        .pages(
            "s3control:ListAccessPoints",
            |token| s3control.list_access_points().account_id(account).max_results(1000).set_next_token(token).send(),
            |page| (page.access_point_list.unwrap_or_default(), page.next_token),
        )
        .await;
    let points = resources::<AccessPoint, _>(reader, points);
    futures::future::join_all(points.into_iter().map(async |mut point| {
        let call = || s3control.get_access_point().account_id(account).name(&point.name).send();
        let answer = reader.one("s3control:GetAccessPoint", call).await;
        point.public_access_block_configuration =
            answer.and_then(|answer| answer.public_access_block_configuration).map(of_control);
        reader.insert(point);
    }))
    .await;
}

/// Reads the access points of several regions. One region answers for all, in the one partition that has them.
pub async fn multi_region(reader: &Reader) {
    const LIST: &str = "s3control:ListMultiRegionAccessPoints";
    if reader.scope().partition != crate::arn::Partition::Aws {
        return MultiRegionAccessPoint::OPERATIONS
            .iter()
            .for_each(|operation| reader.record(operation, Outcome::Complete));
    }
    let s3control = &reader.s3control_of_all_regions();
    let account = reader.scope().account.as_str();
    let points = reader
        .pages(
            LIST,
            |token| {
                let call = s3control.list_multi_region_access_points().account_id(account);
                call.max_results(100).set_next_token(token).send()
            },
            |page| (page.access_points.unwrap_or_default(), page.next_token),
        )
        .await;
    for point in resources::<MultiRegionAccessPoint, _>(reader, points) {
        reader.insert(point);
    }
}

impl Mirror<aws_sdk_s3control::types::PublicAccessBlockConfiguration> for PublicAccessBlock {
    fn mirror(of: aws_sdk_s3control::types::PublicAccessBlockConfiguration) -> PublicAccessBlock {
        of_control(of)
    }
}

impl Listed<aws_sdk_s3control::types::AccessPoint> for AccessPoint {
    fn listed(of: aws_sdk_s3control::types::AccessPoint) -> Option<AccessPoint> {
        Some(AccessPoint {
            name: of.name,
            network_origin: Some(of.network_origin.as_str().to_owned()),
            vpc_configuration: Mirror::mirror(of.vpc_configuration),
            bucket: Some(of.bucket),
            access_point_arn: of.access_point_arn,
            alias: of.alias,
            bucket_account_id: of.bucket_account_id,
            public_access_block_configuration: None,
        })
    }
}

listed_of! { [aws_sdk_s3control, s3] MultiRegionAccessPointReport => MultiRegionAccessPoint by [name] { alias, created_at, public_access_block, status, regions } }
mirror_of! { [aws_sdk_s3control, s3]
    VpcConfiguration => AccessPointVpc { vpc_id }
    RegionReport => MultiRegionAccessPointRegion { bucket, region, bucket_account_id }
}
