use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Filter;
use jiff::Timestamp;

use crate::collect::reader::Reader;
use crate::resource::ec2::Image;

use super::mirror::{listed, resources};

const LIST: &str = "ec2:DescribeImages";
/// The values that EC2 takes in one filter.
const AT_ONCE: usize = 200;

/// The account's own images, also those that it has disabled.
pub async fn own(reader: &Reader, ec2: &Client) -> BTreeSet<String> {
    let images = reader
        .pages(
            LIST,
            |token| {
                let call = ec2.describe_images().owners("self").include_disabled(true);
                call.max_results(1000).set_next_token(token).send()
            },
            |page| (page.images.unwrap_or_default(), page.next_token),
        )
        .await;
    keep(reader, images)
}

/// Images of others that something in the account is made from. One that is gone, or is not shared with the account any
/// more, is not in the answer: asked for by a filter it is no error.
pub async fn others(reader: &Reader, ec2: &Client, ids: Vec<String>) {
    for some in ids.chunks(AT_ONCE) {
        let named = Filter::builder().name("image-id").set_values(Some(some.to_vec())).build();
        let images = reader
            .pages(
                LIST,
                // Without a page's size: EC2 would count pages over the images of all accounts, nearly all of them empty.
                |token| {
                    let call = ec2.describe_images().filters(named.clone()).include_deprecated(true);
                    call.set_next_token(token).send()
                },
                |page| (page.images.unwrap_or_default(), page.next_token),
            )
            .await;
        keep(reader, images);
    }
}

fn keep(reader: &Reader, images: Vec<aws_sdk_ec2::types::Image>) -> BTreeSet<String> {
    let images = resources::<Image, _>(reader, images);
    images
        .into_iter()
        .map(|mut image| {
            image.creation_date = image.creation_date.map(plain);
            image.deprecation_time = image.deprecation_time.map(plain);
            let id = image.image_id.clone();
            reader.insert(image);
            id
        })
        .collect()
}

/// EC2 gives these two as texts. Written as all other times are, they are equal where the times are.
fn plain(text: String) -> String {
    text.parse::<Timestamp>().map_or(text, |time| time.to_string())
}

listed! { Image => Image by [image_id] { name, owner_id, image_owner_alias, public, state, image_type, architecture, platform_details, virtualization_type, imds_support, creation_date, deprecation_time, source_image_id, source_image_region, tags } }
