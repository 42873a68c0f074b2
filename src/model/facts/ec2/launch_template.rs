use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::watching::any;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::ec2::{Image, LaunchTemplate, LaunchTemplateData, LaunchTemplateVersion, NetworkInterface};

use super::{name, region, tag_keys, tags, texts};

const VERSIONS: &[Field] = &[
    Field { name: "number", kind: Kind::Int, doc: "the version" },
    Field { name: "is_default", kind: Kind::Bool, doc: "whether launches get it that name no version" },
    Field { name: "is_latest", kind: Kind::Bool, doc: "whether no version is newer" },
    Field { name: "image_id", kind: Kind::Text, doc: "the image, or the parameter that names it" },
    Field { name: "instance_profile", kind: Kind::Text, doc: "the ARN or the name of the instance profile" },
    Field { name: "http_endpoint", kind: Kind::Text, doc: "`enabled` or `disabled`; absent if it does not say" },
    Field {
        name: "http_tokens",
        kind: Kind::Text,
        doc: "what instances launched from it get: `required` (IMDSv2) or `optional`; what it says itself or, if it does not, the account's default or what its image asks for",
    },
    Field {
        name: "assigns_public_address",
        kind: Kind::Bool,
        doc: "whether it asks for a public IPv4 address, or names an interface that has one; whether a subnet gives one unasked the subnet says",
    },
    Field {
        name: "security_groups",
        kind: Kind::Texts,
        doc: "the ids or names of the security groups, of all interfaces",
    },
];

facts! { LaunchTemplate {
    "name": Kind::Text, "its name", |template, _| name(template);
    "tag_keys": Kind::Texts, "the keys of its tags", |template, _| tag_keys(template);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |template, _| tags(template);
    "created_by": Kind::Text, "the principal that made it", |template, _| Value::optional(template.created_by.as_deref());
    "versions": Kind::List(VERSIONS), "its default version and its latest one, which can be the same",
        uses ["ec2:DescribeLaunchTemplateVersions", "ec2:DescribeImages", "ec2:DescribeNetworkInterfaces", "ec2:GetInstanceMetadataDefaults"],
        |template, context| versions(template, context);
}}

fn versions(template: &LaunchTemplate, context: &Context<'_>) -> Value {
    // An import may have more of them than launches get.
    let counts = |version: &&LaunchTemplateVersion| {
        version.default_version == Some(true) || is_latest(version, template) != Some(false)
    };
    match (&template.versions, context.require("ec2:DescribeLaunchTemplateVersions")) {
        (Some(versions), _) => {
            let records = versions.iter().filter(counts).map(|version| record(version, template, context));
            records.collect::<Vec<_>>().into()
        }
        (None, Err(missing)) => Value::Unknown(missing),
        (None, Ok(())) => Value::Unknown(Missing::because("its versions were not among those that were read")),
    }
}

fn is_latest(version: &LaunchTemplateVersion, template: &LaunchTemplate) -> Option<bool> {
    Some(template.latest_version_number? == version.version_number?)
}

fn record(version: &LaunchTemplateVersion, template: &LaunchTemplate, context: &Context<'_>) -> Record {
    let mut values = vec![
        Value::optional(version.version_number),
        Value::optional(version.default_version),
        Value::optional(is_latest(version, template)),
    ];
    match &version.launch_template_data {
        Some(data) => {
            let profile = data.iam_instance_profile.as_ref();
            let profile = profile.and_then(|profile| profile.arn.as_deref().or(profile.name.as_deref()));
            let metadata = data.metadata_options.as_ref();
            let of_interfaces = data.network_interfaces.iter().flat_map(|interface| &interface.groups);
            let groups = of_interfaces.chain(&data.security_group_ids).chain(&data.security_groups);
            values.extend([
                Value::optional(data.image_id.as_deref()),
                Value::optional(profile),
                Value::optional(metadata.and_then(|options| options.http_endpoint.as_deref())),
                http_tokens(data, context),
                Value::known(assigns_public_address(data, context)),
                texts(groups.map(|group| Some(group.as_str()))).into(),
            ]);
        }
        None => {
            let missing = Missing::because("the answer did not give the version's data");
            values.extend(vec![Value::Unknown(missing); VERSIONS.len() - values.len()]);
        }
    }
    Record::new(VERSIONS, values)
}

/// The launch's own word goes first, then the account's preference, then the image's.
fn http_tokens(data: &LaunchTemplateData, context: &Context<'_>) -> Value {
    if let Some(tokens) = data.metadata_options.as_ref().and_then(|options| options.http_tokens.as_deref()) {
        return tokens.into();
    }
    match region::http_tokens(context) {
        Value::Absent => {}
        known => return known,
    }
    let image = data.image_id.as_deref().and_then(|id| context.model.inventory.get::<Image>(context.scope, id));
    match (image.and_then(|image| image.imds_support.as_deref()), context.require("ec2:DescribeImages")) {
        (Some("v2.0"), _) => "required".into(),
        (None, Err(missing)) if image.is_none() => Value::Unknown(missing),
        _ => "optional".into(),
    }
}

fn assigns_public_address(data: &LaunchTemplateData, context: &Context<'_>) -> Result<bool, Missing> {
    any(data.network_interfaces.iter().map(|interface| {
        if interface.associate_public_ip_address == Some(true) {
            return Ok(true);
        }
        let Some(id) = interface.network_interface_id.as_deref() else { return Ok(false) };
        match context.model.inventory.get::<NetworkInterface>(context.scope, id) {
            Some(there) => Ok(there.public_addresses().next().is_some()),
            // An interface that is not there any more has no address.
            None => context.require("ec2:DescribeNetworkInterfaces").map(|()| false),
        }
    }))
}
