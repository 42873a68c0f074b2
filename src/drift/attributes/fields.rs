//! AWS's own fields as attributes: names in the form of facts, ids as labels, times and empty values left out.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::resource::{Resource, ResourceType};

use super::{AttributeKind, Writer};
use crate::drift::table::{order_of, renamed};

/// Writes every field of a resource but those that are told in another form.
pub(super) fn write(out: &mut Writer<'_, '_>, resource: &Resource, but: &[&str]) {
    let of = resource.resource_type();
    // It came from JSON and goes there again.
    let Ok(Value::Object(fields)) = serde_json::to_value(resource) else { return };
    for (name, value) in fields {
        if !but.contains(&name.as_str()) && !is_told_apart(&name) {
            field(out, of, snake(&name), &name, value);
        }
    }
}

/// The path of a resource's field.
pub(in crate::drift) fn path_of(of: ResourceType, name: &str) -> String {
    renamed(of, &snake(name)).to_owned()
}

/// Tags are their own attribute.
fn is_told_apart(name: &str) -> bool {
    matches!(name, "Tags" | "TagSet" | "tags")
}

fn field(out: &mut Writer<'_, '_>, of: ResourceType, path: String, name: &str, value: Value) {
    if is_made_up(name) && !value.is_object() {
        return;
    }
    let path = renamed(of, &path).to_owned();
    // A table may keep one part of what it leaves out.
    if !order_of(of, &path).is_compared() && !value.is_object() {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                field(out, of, format!("{path}.{}", snake(&name)), &name, value);
            }
        }
        Value::Array(values) => {
            let is_ordered = of == ResourceType::DhcpOptions;
            let values: Vec<Value> = values.into_iter().filter_map(|value| canonical(out, name, value)).collect();
            match is_ordered {
                true => out.put(path, AttributeKind::Ordered, Value::Array(values)),
                false => out.set(path, values),
            }
        }
        value => {
            let kind = if name.ends_with("Id") { AttributeKind::Reference } else { AttributeKind::Scalar };
            if let Some(value) = canonical(out, name, value) {
                out.put(path, kind, value);
            }
        }
    }
}

/// Times of AWS's, and how something went: they change by themselves.
fn is_passing(name: &str) -> bool {
    let ends = |end: &str| name.ends_with(end);
    (ends("Time") || ends("Timestamp") || ends("Date") || ends("At") && name.len() > 4)
        || ends("StatusMessage")
        || ends("StateMessage")
        || ends("StatusReason")
        || matches!(name, "FailureCode" | "FailureMessage" | "LastResourceAnalyzed" | "HealthState" | "HealthReason")
}

/// Names that AWS makes up for a relation, and that say nothing of it; and times.
pub(in crate::drift) fn is_made_up(name: &str) -> bool {
    is_passing(name)
        || matches!(
            name,
            "AssociationId"
                | "AttachmentId"
                | "RouteTableAssociationId"
                | "NetworkAclAssociationId"
                | "StandardsSubscriptionArn"
                | "ServicePermissionId"
                | "ListenerArn"
                | "RuleArn"
                | "EndpointGroupArn"
                | "LoadBalancerArn"
                | "VpcEncryptionControlId"
        )
}

/// A value as it is compared; none if there is nothing to compare.
pub(super) fn canonical(out: &Writer<'_, '_>, name: &str, value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) if name.contains("Cidr") => Some(crate::drift::routes::canonical_block(&text).into()),
        Value::String(text) => Some(Value::String(out.label(&text))),
        Value::Array(values) => {
            let values: Vec<Value> = values.into_iter().filter_map(|value| canonical(out, name, value)).collect();
            (!values.is_empty()).then(|| sorted(values))
        }
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields
                .into_iter()
                .filter(|(name, _)| !is_made_up(name))
                .filter_map(|(name, value)| Some((snake(&name), canonical(out, &name, value)?)))
                // False is what a missing flag means.
                .filter(|(_, value)| *value != Value::Bool(false))
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        other => Some(other),
    }
}

/// The same elements, in one order, and each once.
pub(super) fn sorted(values: Vec<Value>) -> Value {
    let by_text: std::collections::BTreeMap<String, Value> =
        values.into_iter().map(|value| (value.to_string(), value)).collect();
    Value::Array(by_text.into_values().collect())
}

/// The elements that the first set has and the second has not.
pub(in crate::drift) fn beyond(one: &Value, other: &Value) -> Vec<Value> {
    let none = Vec::new();
    let theirs: BTreeSet<String> = other.as_array().unwrap_or(&none).iter().map(Value::to_string).collect();
    one.as_array().unwrap_or(&none).iter().filter(|value| !theirs.contains(&value.to_string())).cloned().collect()
}

/// `MapPublicIpOnLaunch` as `map_public_ip_on_launch`, `DNSName` as `dns_name`, `IPv6Address` as `ipv6_address`.
pub(super) fn snake(name: &str) -> String {
    let name = name.replace("IPv", "Ipv");
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(letters.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if begins {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn names_are_in_the_form_of_facts() {
        for (aws, ours) in [
            ("MapPublicIpOnLaunch", "map_public_ip_on_launch"),
            ("DNSName", "dns_name"),
            ("PrivateIPv4Address", "private_ipv4_address"),
            ("ClientIDList", "client_id_list"),
            ("EnableDns64", "enable_dns64"),
            ("roleARN", "role_arn"),
            ("TrailARN", "trail_arn"),
            ("Ipv6CidrBlockAssociationSet", "ipv6_cidr_block_association_set"),
        ] {
            assert_eq!(snake(aws), ours);
        }
    }
}
