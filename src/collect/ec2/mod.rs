//! EC2: one list call for each type, all at once.

mod vpc;

use crate::arn::Region;

use super::classify::Failure;
use super::reader::Reader;

/// The regions that the account has enabled, sorted.
///
/// # Errors
/// Why they could not be listed.
pub async fn regions(reader: &Reader) -> Result<Vec<Region>, Failure> {
    let client = reader.ec2();
    let output = reader.call(|| client.describe_regions().all_regions(true).send()).await?;
    let mut regions: Vec<Region> = output
        .regions()
        .iter()
        .filter(|region| region.opt_in_status() != Some("not-opted-in"))
        .filter_map(|region| region.region_name()?.parse().ok())
        .collect();
    regions.sort();
    Ok(regions)
}

/// Reads all of EC2 in one region.
pub async fn collect(reader: &Reader) {
    vpc::collect(reader, &reader.ec2()).await;
}

/// Tags in AWS's order of keys, which is none: sorted.
fn tags(of: Option<Vec<aws_sdk_ec2::types::Tag>>) -> Vec<crate::resource::Tag> {
    let tag = |tag: aws_sdk_ec2::types::Tag| {
        Some(crate::resource::Tag { key: tag.key?, value: tag.value.unwrap_or_default() })
    };
    let mut tags: Vec<_> = of.into_iter().flatten().filter_map(tag).collect();
    tags.sort();
    tags
}
