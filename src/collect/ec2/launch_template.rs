use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{LaunchTemplate, LaunchTemplateVersion};

use super::mirror::{Mirror, listed, mirror, resources};

const LIST: &str = "ec2:DescribeLaunchTemplates";
const VERSIONS: &str = "ec2:DescribeLaunchTemplateVersions";

/// The templates, and of all of them together the default and the latest version; gives the images that these name.
pub async fn collect(reader: &Reader, ec2: &Client) -> BTreeSet<String> {
    let (templates, all) = reader
        .list(
            LIST,
            &[],
            // AWS allows pages of no more than 200 here.
            |token| {
                let call = ec2.describe_launch_templates().include_managed_resources(true);
                call.max_results(200).set_next_token(token).send()
            },
            |page| (page.launch_templates.unwrap_or_default(), page.next_token),
        )
        .await;
    if all && templates.is_empty() {
        reader.ends_as(VERSIONS, LIST);
        return BTreeSet::new();
    }
    let mut versions = versions(reader, ec2).await;
    let mut images = BTreeSet::new();
    for mut template in resources::<LaunchTemplate, _>(reader, templates) {
        let of_template = versions.remove(&template.launch_template_id).map(|mut all| {
            all.sort();
            all.dedup();
            all
        });
        let data = of_template.iter().flatten().filter_map(|version| version.launch_template_data.as_ref());
        images.extend(data.filter_map(|data| data.image_id.clone()));
        template.versions = of_template;
        reader.insert(template);
    }
    images
}

/// By template, as far as they were read: every template has a default version.
async fn versions(reader: &Reader, ec2: &Client) -> BTreeMap<String, Vec<LaunchTemplateVersion>> {
    let read = reader
        .pages(
            VERSIONS,
            |token| {
                let call = ec2.describe_launch_template_versions().versions("$Default").versions("$Latest");
                call.include_managed_resources(true).max_results(200).set_next_token(token).send()
            },
            |page| (page.launch_template_versions.unwrap_or_default(), page.next_token),
        )
        .await;
    let mut versions: BTreeMap<String, Vec<LaunchTemplateVersion>> = BTreeMap::new();
    for version in read {
        match version.launch_template_id.clone() {
            Some(id) => versions.entry(id).or_default().push(Mirror::mirror(version)),
            None => reader.malformed(VERSIONS, "a version without its template"),
        }
    }
    versions
}

listed! { LaunchTemplate => LaunchTemplate by [launch_template_id] { launch_template_name, create_time, created_by, default_version_number, latest_version_number, operator, tags } later { versions } }
mirror! {
    LaunchTemplateVersion => LaunchTemplateVersion { version_number, default_version, launch_template_data }
    // Not its user data.
    ResponseLaunchTemplateData => LaunchTemplateData { image_id, instance_type, key_name, iam_instance_profile, metadata_options, network_interfaces, security_group_ids, security_groups }
    LaunchTemplateIamInstanceProfileSpecification => LaunchTemplateInstanceProfile { arn, name }
    LaunchTemplateInstanceMetadataOptions => LaunchTemplateMetadataOptions { http_tokens, http_endpoint, http_put_response_hop_limit, http_protocol_ipv6, instance_metadata_tags }
    LaunchTemplateInstanceNetworkInterfaceSpecification => LaunchTemplateNetworkInterface { device_index, associate_public_ip_address, network_interface_id, subnet_id, groups }
}
