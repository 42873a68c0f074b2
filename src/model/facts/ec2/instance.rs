use jiff::Timestamp;

use crate::inventory::Missing;
use crate::model::exposure::Endpoint;
use crate::model::facts::exposure::{EXPOSURE, LATENT, READS, exposure, is_reachable, latent};
use crate::model::facts::facts;
use crate::model::facts::iam::escalation::{self, READS as WITH_PROFILES};
use crate::model::facts::iam::policies::role_grants_everything;
use crate::model::facts::ssm;
use crate::model::watching::any;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::resource::ec2::{Image, Instance, InstanceMetadataOptions, InstanceNetworkInterface};
use crate::resource::iam::{InstanceProfile, Role};

use super::{addresses, name, tag_keys, tags, texts, time};

const INTERFACES: &[Field] = &[
    Field { name: "id", kind: Kind::Text, doc: "the interface" },
    Field { name: "interface_type", kind: Kind::Text, doc: "`interface`, `efa`, `efa-only`, `trunk` and others" },
    Field { name: "subnet_id", kind: Kind::Text, doc: "its subnet" },
];

facts! { Instance {
    "name": Kind::Text, "its `Name` tag", |instance, _| name(instance);
    "tag_keys": Kind::Texts, "the keys of its tags", |instance, _| tag_keys(instance);
    "tags": Kind::Texts, "its tags, each as `Key=Value`", |instance, _| tags(instance);
    "state": Kind::Text, "`pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`",
        |instance, _| Value::optional(instance.state.as_ref().and_then(|state| state.name.as_deref()));
    "is_running": Kind::Bool, "whether it runs or is about to",
        |instance, _| matches!(instance.state.as_ref().and_then(|state| state.name.as_deref()), Some("pending" | "running"));
    "http_endpoint": Kind::Text, "whether its metadata service answers: `enabled` or `disabled`",
        |instance, _| metadata(instance, |options| &options.http_endpoint);
    "http_tokens": Kind::Text, "whether its metadata service wants session tokens (IMDSv2): `required` or `optional`",
        |instance, _| metadata(instance, |options| &options.http_tokens);
    "http_put_response_hop_limit": Kind::Int, "how many hops a metadata token may travel",
        |instance, _| Value::optional(instance.metadata_options.as_ref().and_then(|o| o.http_put_response_hop_limit));
    "instance_profile": Kind::Text, "the ARN of its instance profile",
        |instance, _| Value::optional(instance.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_deref()));
    "public_addresses": Kind::Ips, "its public IPv4 addresses, those of all its interfaces",
        |instance, _| addresses(instance.network_interfaces.iter().flat_map(|interface| {
            let secondary = interface.private_ip_addresses.iter().map(|address| &address.association);
            secondary.chain([&interface.association]).flatten().map(|association| association.public_ip.as_deref())
        }).chain([instance.public_ip_address.as_deref()]));
    "ipv6_addresses": Kind::Ips, "its IPv6 addresses and blocks, those of all its interfaces",
        |instance, _| addresses(instance.network_interfaces.iter().flat_map(|interface| {
            let blocks = interface.ipv6_prefixes.iter().map(|prefix| prefix.ipv6_prefix.as_deref());
            interface.ipv6_addresses.iter().map(|address| address.ipv6_address.as_deref()).chain(blocks)
        }).chain([instance.ipv6_address.as_deref()]));
    "security_groups": Kind::Texts, "the ids of the security groups of all its interfaces",
        |instance, _| texts(instance.network_interfaces.iter().flat_map(|interface| &interface.groups)
            .chain(&instance.security_groups).map(|group| group.group_id.as_deref()));
    "vpc_id": Kind::Text, "its VPC", |instance, _| Value::optional(instance.vpc_id.as_deref());
    "subnet_id": Kind::Text, "the subnet of its primary interface", |instance, _| Value::optional(instance.subnet_id.as_deref());
    "image_id": Kind::Text, "the image that it was launched from", |instance, _| Value::optional(instance.image_id.as_deref());
    "image_is_listed": Kind::Bool, "whether that image is still there and the account may use it", needs ["ec2:DescribeImages"],
        |instance, context| image(instance, context).is_some();
    "image_owner_alias": Kind::Text, "whose image it is, if not an account's: `amazon`, `aws-backup-vault` or `aws-marketplace`",
        needs ["ec2:DescribeImages"],
        |instance, context| Value::optional(image(instance, context).and_then(|image| image.image_owner_alias.as_deref()));
    "image_deprecated_at": Kind::Time, "from when on its image counts as outdated; absent if it does not, or the image is not listed",
        needs ["ec2:DescribeImages"],
        |instance, context| time(image(instance, context).and_then(|image| image.deprecation_time.as_deref()));
    "instance_type": Kind::Text, "its type", |instance, _| Value::optional(instance.instance_type.as_deref());
    "key_name": Kind::Text, "the key pair that can log in", |instance, _| Value::optional(instance.key_name.as_deref());
    "days_since_launch": Kind::Int, "whole days since it was last started",
        |instance, context| Value::optional(instance.launch_time.map(|time| context.days_since(time)));
    "detailed_monitoring": Kind::Bool, "whether CloudWatch measures it every minute",
        |instance, _| Value::optional(instance.monitoring.as_ref().and_then(|m| m.state.as_deref())
            .map(|state| matches!(state, "enabled" | "pending")));
    "virtualization_type": Kind::Text, "`hvm` or `paravirtual`", |instance, _| Value::optional(instance.virtualization_type.as_deref());
    "stopped_at": Kind::Time, "when it was stopped; absent if it is not stopped",
        |instance, _| stopped_at(instance);
    "interfaces": Kind::List(INTERFACES), "its network interfaces",
        |instance, _| instance.network_interfaces.iter().map(interface).collect::<Vec<_>>();
    "subnet_is_public": Kind::Bool, "whether the subnet of one of its interfaces routes to an internet gateway",
        needs ["ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInternetGateways"],
        |instance, context| {
            let own = instance.network_interfaces.iter().map(|interface| interface.subnet_id.as_deref());
            let subnets = texts(own.chain([instance.subnet_id.as_deref()]));
            Value::known(any(subnets.iter().map(|subnet| context.is_public(subnet))))
        };
    "enclave_enabled": Kind::Bool, "whether it can hold Nitro enclaves",
        |instance, _| Value::optional(instance.enclave_options.as_ref().and_then(|options| options.enabled));
    "reachable_from_internet": Kind::Bool, "whether anything on the internet gets an answer from it, by any way and on any port", uses_all(READS),
        |instance, context| with_endpoints(instance, context, is_reachable);
    "internet_exposure": Kind::List(EXPOSURE), "what the internet gets answers from, on all its interfaces and by every way", uses_all(READS),
        |instance, context| with_endpoints(instance, context, exposure);
    "latent_exposure": Kind::List(LATENT), "what its security groups admit from the internet to a public address, and another gate keeps out", uses_all(READS),
        |instance, context| with_endpoints(instance, context, |endpoints, _| latent(endpoints));
    "role": Kind::Text, "the role that its instance profile hands out", needs ["iam:ListInstanceProfiles"],
        |instance, context| Value::optional(role(instance, context));
    "role_grants_everything": Kind::Bool, "whether a policy on that role allows every action on every resource",
        uses ["iam:GetAccountAuthorizationDetails", "iam:GetPolicyVersion", "iam:ListInstanceProfiles", "iam:ListPolicies"],
        |instance, context| match context.require("iam:ListInstanceProfiles") {
            Err(missing) if instance.iam_instance_profile.is_some() => Value::Unknown(missing),
            _ => match role(instance, context) {
                Some(name) => grants_everything(&name, context),
                None => Value::Absent,
            },
        };
    "role_is_effective_admin": Kind::Bool, "whether that role administers its account, or becomes one who does by a way that is all in the inventory",
        uses_all(WITH_PROFILES), |instance, context| of_role(instance, context, escalation::is_effective_admin);
    "role_escalation_path": Kind::Texts, "the calls by which that role becomes an administrator, in order; empty for one that is",
        uses_all(WITH_PROFILES), |instance, context| of_role(instance, context, escalation::path);
    "ssm_managed": Kind::Bool, "whether Systems Manager knows it: it registered there, be it heard now or not", uses ["ssm:DescribeInstanceInformation"],
        |instance, context| ssm::is_managed(instance, context);
    "ssm_ping_status": Kind::Text, "whether its agent is heard by Systems Manager: `Online`, `ConnectionLost` or `Inactive`; absent if it is not registered",
        uses ["ssm:DescribeInstanceInformation"],
        |instance, context| ssm::ping_status(instance, context);
    "is_told_elsewhere": Kind::Bool, "whether its exposure is told of at another resource; it never is", |_, _| false;
}}

fn image<'m>(instance: &Instance, context: &Context<'m>) -> Option<&'m Image> {
    context.model.inventory.get::<Image>(context.scope, instance.image_id.as_deref()?)
}

fn interface(of: &InstanceNetworkInterface) -> Record {
    let values =
        [&of.network_interface_id, &of.interface_type, &of.subnet_id].map(|one| Value::optional(one.as_deref()));
    Record::new(INTERFACES, values)
}

/// The time is in the words that say why: `User initiated (2026-01-02 03:04:05 GMT)`.
fn stopped_at(instance: &Instance) -> Value {
    if instance.state.as_ref().and_then(|state| state.name.as_deref()) != Some("stopped") {
        return Value::Absent;
    }
    let reason = instance.state_transition_reason.as_deref().unwrap_or_default();
    let time = reason.rsplit_once('(').and_then(|(_, rest)| rest.trim_end().strip_suffix(" GMT)"));
    match time.and_then(|time| format!("{}Z", time.replace(' ', "T")).parse::<Timestamp>().ok()) {
        Some(time) => time.into(),
        None => Value::Unknown(Missing::because(format!("no time in why it stopped: `{reason}`"))),
    }
}

/// What the endpoints of an instance come to, if its interfaces were read.
fn with_endpoints(
    instance: &Instance,
    context: &Context<'_>,
    of: impl Fn(&[&Endpoint], Option<&Missing>) -> Value,
) -> Value {
    let endpoints = context.model.exposure().of_instance(context.scope.region.as_str(), &instance.instance_id);
    match context.require("ec2:DescribeNetworkInterfaces") {
        Err(missing) => match of(&endpoints, Some(&missing)) {
            known @ Value::Bool(true) => known,
            _ => Value::Unknown(missing),
        },
        Ok(()) => of(&endpoints, context.unread_balancing(instance.vpc_id.as_deref())),
    }
}

fn role(instance: &Instance, context: &Context<'_>) -> Option<String> {
    let arn = instance.iam_instance_profile.as_ref()?.arn.as_deref()?;
    let wide = context.scope.account_wide();
    // Its name is its own in the account, whatever the path; to look through all profiles for each instance takes long.
    let named = context.model.inventory.get::<InstanceProfile>(&wide, arn.rsplit('/').next()?);
    named.filter(|profile| profile.arn.as_str() == arn)?.roles.first().cloned()
}

/// What the role comes to; the account's roles have to be known by their ARNs.
fn of_role(instance: &Instance, context: &Context<'_>, of: impl Fn(&Context<'_>, &str) -> Value) -> Value {
    if instance.iam_instance_profile.is_none() {
        return Value::Absent;
    }
    if let Err(missing) = context.require("iam:ListInstanceProfiles") {
        return Value::Unknown(missing);
    }
    let Some(name) = role(instance, context) else { return Value::Absent };
    let wide = context.scope.account_wide();
    match context.model.inventory.get::<Role>(&wide, &name) {
        Some(role) => of(context, role.arn.as_str()),
        None => {
            let missing = context.require("iam:GetAccountAuthorizationDetails").err();
            Value::Unknown(missing.unwrap_or_else(|| Missing::because(format!("role {name} could not be seen"))))
        }
    }
}

fn grants_everything(role: &str, context: &Context<'_>) -> Value {
    let wide = context.scope.account_wide();
    let context = Context { scope: &wide, ..*context };
    let Some(role) = context.model.inventory.get::<Role>(&wide, role) else {
        let missing = context.require("iam:GetAccountAuthorizationDetails").err();
        return Value::Unknown(missing.unwrap_or_else(|| Missing::because(format!("role {role} could not be seen"))));
    };
    role_grants_everything(role, &context)
}

/// EC2 gives every instance's metadata options; where they are not there, nobody knows them.
fn metadata(instance: &Instance, of: impl Fn(&InstanceMetadataOptions) -> &Option<String>) -> Value {
    match instance.metadata_options.as_ref().and_then(|options| of(options).as_deref()) {
        Some(value) => value.into(),
        None => Value::Unknown(Missing::because("the answer had no metadata options")),
    }
}
