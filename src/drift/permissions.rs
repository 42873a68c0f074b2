//! The effect of what policy documents say: grants that are new, and grants that are gone.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arn::Region;
use crate::iam::{Document, PolicyText};
use crate::resource::Resource;

use super::compare::Both;
use super::documents::{self, Grant, Regranted};
use super::effect::{Judged, Traits, unknown};
use super::item::Effect;
use super::side::Side;

pub(super) fn reverse(effect: Effect) -> Effect {
    match effect {
        Effect::Weakening => Effect::Strengthening,
        Effect::Strengthening => Effect::Weakening,
        other => other,
    }
}

/// What an organization's policy does where it is attached: what it denies is forbidden there.
pub(super) fn targets(content: Option<&str>, any: bool) -> Effect {
    if !any {
        return Effect::Neutral;
    }
    let Some(document) = content.and_then(|content| content.parse::<Document>().ok()) else { return Effect::Unknown };
    let grants = documents::grants(&document, &|text: &str| text.to_owned());
    // One that only allows limits to what it allows, together with the others.
    if grants.iter().any(Grant::is_deny) { Effect::Strengthening } else { Effect::Unknown }
}

/// The document at a path of a resource.
fn text_at<'r>(resource: &'r Resource, path: &str) -> Option<&'r PolicyText> {
    let inline = path.strip_prefix("inline_policies.");
    let of = |list: &'r [crate::resource::iam::InlinePolicy]| {
        list.iter().find(|policy| Some(policy.policy_name.as_str()) == inline).map(|policy| &policy.policy_document)
    };
    match resource {
        Resource::Role(one) if path == "trust_policy" => Some(&one.assume_role_policy_document),
        Resource::Role(one) => of(&one.role_policy_list),
        Resource::User(one) => of(&one.user_policy_list),
        Resource::Group(one) => of(&one.group_policy_list),
        Resource::ManagedPolicy(one) => one.default_version().map(|version| &version.document),
        Resource::AwsManagedPolicy(one) => one.document.as_ref(),
        Resource::VpcEndpoint(one) => one.policy_document.as_ref(),
        _ => None,
    }
}

/// A policy document before and after.
pub(super) fn document(
    both: &Both<'_, '_>,
    region: &Region,
    old: &Resource,
    new: &Resource,
    path: &str,
    plain: &dyn Fn(Judged) -> Judged,
) -> Option<Judged> {
    let of = |side: &Side<'_>, resource: &Resource| -> Result<BTreeSet<Grant>, String> {
        let rewrite = |text: &str| side.names.rewrite(region, text).into_owned();
        if let Resource::OrganizationPolicy(one) = resource {
            let content = one.content.as_deref().ok_or("its content was not read")?;
            let document: Document = content.parse().map_err(|error: crate::iam::PolicyError| error.to_string())?;
            return Ok(documents::grants(&document, &rewrite));
        }
        match text_at(resource, path).map(PolicyText::document) {
            None if path.starts_with("inline_policies.") => Ok(BTreeSet::new()),
            None => Err("a document is missing".to_owned()),
            Some(Ok(document)) => Ok(documents::grants(document, &rewrite)),
            Some(Err(error)) => Err(error.to_string()),
        }
    };
    match (of(both.old, old), of(both.new, new)) {
        (Ok(was), Ok(is)) => {
            let regranted = documents::compare(&was, &is);
            if regranted.is_empty() {
                return None;
            }
            Some(plain(said(&regranted)))
        }
        (Err(why), _) | (_, Err(why)) => Some(plain(unknown(&why))),
    }
}

/// What grants come to, in a sentence and with one of them.
fn said(regranted: &Regranted) -> Judged {
    let opened: Vec<&Grant> = regranted.opened.iter().filter(|grant| !grant.is_deny()).collect();
    let traits = Traits {
        administrative: opened.iter().any(|grant| grant.is_administrative()),
        of_everybody: opened.iter().any(|grant| grant.is_of_everybody()),
        ..Traits::default()
    };
    let because = match (regranted.opened.first(), regranted.closed.first()) {
        (Some(grant), closed) => {
            let also = if closed.is_some() { ", and something else is not any more" } else { "" };
            match grant.is_deny() {
                true => format!("`{}` is gone{also}", grant.in_words()),
                false => format!("`{}` is new{also}", grant.in_words()),
            }
        }
        (None, Some(grant)) if grant.is_deny() => format!("`{}` is new", grant.in_words()),
        (None, Some(grant)) => format!("`{}` is gone", grant.in_words()),
        (None, None) => "both say the same".to_owned(),
    };
    let witness = regranted.opened.first().or(regranted.closed.first()).map(Grant::in_words);
    Judged { effect: regranted.effect(), because, witness, traits, ..Judged::default() }
}

/// The policies that are attached to a principal: what those that came grant, without what those that went did.
pub(super) fn attached(both: &Both<'_, '_>, before: &Option<Value>, after: &Option<Value>) -> Judged {
    let grants = |side: &Side<'_>, value: &Option<Value>| -> Result<BTreeSet<Grant>, String> {
        let mut all = BTreeSet::new();
        for arn in value.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let text = side.policy(arn).ok_or_else(|| format!("{arn} was not read"))?;
            let document = text.document().map_err(|error| format!("{arn}: {error}"))?;
            all.extend(documents::grants(document, &|text: &str| text.to_owned()));
        }
        Ok(all)
    };
    match (grants(both.old, before), grants(both.new, after)) {
        (Ok(was), Ok(is)) => said(&documents::compare(&was, &is)),
        (Err(why), _) | (_, Err(why)) => unknown(&why),
    }
}
