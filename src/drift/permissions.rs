//! The effect of what policy documents say: grants that are new, and grants that are gone.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arn::Region;
use crate::iam::{Change, Document, PolicyError, PolicyText, compare_documents};
use crate::model::permission::compare_permissions;
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
        Resource::Function(one) => one.function_policy.as_ref().and_then(|policy| policy.policy.as_ref()),
        Resource::Bucket(one) => one.bucket_policy.as_ref().and_then(|policy| policy.policy.as_ref()),
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
    let of = |side: &Side<'_>, resource: &Resource| -> Result<Option<Document>, String> {
        let rewrite = |text: &str| side.names.rewrite(region, text).into_owned();
        let document = if let Resource::OrganizationPolicy(one) = resource {
            let content = one.content.as_deref().ok_or("its content was not read")?;
            content.parse().map_err(|error: PolicyError| error.to_string())?
        } else {
            match text_at(resource, path).map(PolicyText::document) {
                None if path.starts_with("inline_policies.") => return Ok(None),
                // A bucket or a function may have none, and what was not read is not compared.
                None if matches!(resource, Resource::Bucket(_) | Resource::Function(_)) => return Ok(None),
                None => return Err("a document is missing".to_owned()),
                Some(document) => document.map_err(ToString::to_string)?.clone(),
            }
        };
        relabelled(&document, &rewrite).map(Some)
    };
    match (of(both.old, old), of(both.new, new)) {
        (Ok(old), Ok(new)) => two_documents(old.as_ref(), new.as_ref()).map(plain),
        (Err(why), _) | (_, Err(why)) => Some(plain(unknown(&why))),
    }
}

/// One document in the place of another; none if they grant the same.
pub(super) fn two_documents(old: Option<&Document>, new: Option<&Document>) -> Option<Judged> {
    let grants =
        |document: Option<&Document>| document.map(|one| documents::grants(one, &str::to_owned)).unwrap_or_default();
    let regranted = documents::compare(&grants(old), &grants(new));
    if regranted.is_empty() {
        return None;
    }
    Some(settled(said(&regranted), &regranted, old, new))
}

/// The document with labels in the place of ids.
fn relabelled(document: &Document, rewrite: &impl Fn(&str) -> String) -> Result<Document, String> {
    fn texts(value: Value, rewrite: &impl Fn(&str) -> String) -> Value {
        match value {
            Value::String(text) => Value::String(rewrite(&text)),
            Value::Array(all) => all.into_iter().map(|one| texts(one, rewrite)).collect(),
            Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, texts(value, rewrite))).collect(),
            other => other,
        }
    }
    Document::from_json(&texts(document.to_json(), rewrite)).map_err(|error| error.to_string())
}

/// Grants that only overlap count as more and less. Where nothing is denied, which of both it is, is settled request
/// by request. (What one policy denies takes from others too, so that a Deny counts as it stands.)
fn settled(judged: Judged, regranted: &Regranted, old: Option<&Document>, new: Option<&Document>) -> Judged {
    let denies = regranted.opened.iter().chain(&regranted.closed).any(Grant::is_deny);
    let (Some(old), Some(new), Effect::Mixed, false) = (old, new, judged.effect, denies) else { return judged };
    let found = compare_documents(old, new);
    let (effect, because) = match found.change {
        Change::Widened => (Effect::Weakening, "more requests are allowed"),
        Change::Narrowed => (Effect::Strengthening, "fewer requests are allowed"),
        Change::Equal => (Effect::Neutral, "the same requests are allowed"),
        Change::Mixed | Change::Unknown => return judged,
    };
    let witness = found.gained.or(found.lost).map(|one| {
        let by = one.caller.map(|caller| format!(" by {caller}")).unwrap_or_default();
        format!("{} on {}{by}", one.action, one.resource)
    });
    Judged { effect, because: because.to_owned(), witness: witness.or(judged.witness), ..judged }
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

/// The effect of what a user or role has, belongs to or is bounded by, where the change by itself does not tell it: by
/// everything that bears on the principal, before and after.
///
/// A change that by itself allows more or less stays one that does, whatever another policy says today: so that the way
/// back has the opposite effect.
pub(super) fn of_principal(both: &Both<'_, '_>, old: &Resource, new: &Resource, path: &str, judged: Judged) -> Judged {
    let arn = |resource: &Resource| match resource {
        Resource::User(user) => Some(user.arn.as_str().to_owned()),
        Resource::Role(role) => Some(role.arn.as_str().to_owned()),
        _ => None,
    };
    if !matches!(judged.effect, Effect::Unknown | Effect::Mixed) {
        return judged;
    }
    let sides = arn(old).zip(arn(new));
    let Some((before, after)) = sides.and_then(|(old, new)| both.old.principal(&old).zip(both.new.principal(&new)))
    else {
        return judged;
    };
    let found = compare_permissions(before, after);
    let (effect, because) = match found.change {
        // A boundary that stops nothing today is there for tomorrow.
        Change::Equal if path != "permissions_boundary" => {
            (Effect::Neutral, "all policies that bear on it allow the same together")
        }
        Change::Widened => (Effect::Weakening, "all policies that bear on it allow more together"),
        Change::Narrowed => (Effect::Strengthening, "all policies that bear on it allow less together"),
        _ => return judged,
    };
    let witness = found.gained.or(found.lost).map(|one| format!("{} on {}", one.action, one.resource));
    Judged { effect, because: because.to_owned(), witness: witness.or(judged.witness), ..judged }
}
