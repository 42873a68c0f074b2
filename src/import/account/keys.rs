//! Access keys: listed user by user, with the last use that the credential report or a call for each key tells.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arn::Scope;
use crate::inventory::{Gap, Outcome, Reason};
use crate::resource::iam::{AccessKey, AccessKeyLastUsed, CredentialReport, CredentialReportRow, ReportTime};
use crate::resource::{Resource, ResourceType};

use super::kinds::AUTHORIZATION;
use super::{Answers, Item, Kind, Out, owner, some_of};

const LIST: &str = "iam:ListAccessKeys";

/// Adds the account's keys.
pub(super) fn add(scope: &Scope, answers: &Answers, report: Option<&CredentialReport>, out: &mut Out<'_>) {
    let mut keys: Vec<(AccessKey, &Item)> = Vec::new();
    for item in answers.of(Kind::AccessKey) {
        match serde_json::from_value::<AccessKey>(item.value.clone()) {
            Ok(key) => keys.push((key, item)),
            Err(error) => out.wrong(scope, LIST, item, &error.to_string()),
        }
    }
    let users: BTreeSet<String> = keys.iter().map(|(key, _)| key.user_name.clone()).collect();
    for user in &users {
        let Some(row) = report.and_then(|report| report.rows.get(user)) else { continue };
        let mut own: Vec<AccessKey> =
            keys.iter().filter(|(key, _)| key.user_name == *user).map(|(key, _)| key.clone()).collect();
        own.dedup();
        row.match_keys(&mut own);
        for (key, _) in &mut keys {
            if let Some(matched) = own.iter().find(|own| own.access_key_id == key.access_key_id) {
                key.last_used.clone_from(&matched.last_used);
            }
        }
    }
    for (mut key, item) in keys {
        if key.last_used.is_none() {
            key.last_used = answers.of(Kind::KeyLastUsed).iter().find_map(|used| last_used(&key, used));
        }
        out.resource(scope, Resource::from(key), item);
    }
    let outcome = outcome(scope, answers, &users, report, out);
    out.seen.decide(scope, LIST, outcome);
}

/// What `get-access-key-last-used` says, if its file is named after the key: its answer has the user alone.
fn last_used(key: &AccessKey, item: &Item) -> Option<AccessKeyLastUsed> {
    let is_named = item.names.iter().any(|name| name.contains(&key.access_key_id));
    let user = item.beside.get("UserName").and_then(Value::as_str);
    if !is_named || user.is_some_and(|user| user != key.user_name) {
        return None;
    }
    let place = |name: &str| item.text(name).filter(|text| *text != "N/A").map(str::to_owned);
    let date = match item.text("LastUsedDate") {
        Some(text) => text.parse().map_or(ReportTime::Unreadable, ReportTime::At),
        None => ReportTime::NotApplicable,
    };
    Some(AccessKeyLastUsed { date, region: place("Region"), service_name: place("ServiceName") })
}

/// Whether the keys of everyone who may have any are there.
fn outcome(
    scope: &Scope,
    answers: &Answers,
    with_keys: &BTreeSet<String>,
    report: Option<&CredentialReport>,
    out: &Out<'_>,
) -> Outcome {
    let gap = |reason, message: String, partial| Outcome::Gap(Gap { reason, message, partial });
    let partial = !with_keys.is_empty();
    if answers.pages(Kind::AccessKey).iter().any(|page| page.has_more) {
        // Each user has two keys at most, so that no page is full by itself.
        return gap(Reason::Malformed, crate::import::cells::NO_LAST_PAGE.to_owned(), true);
    }
    let told = answers.has(Kind::AccessKey) || report.is_some();
    if !told || out.seen.is_gap(scope, AUTHORIZATION) {
        let why = if told { "the users who may have keys are not known" } else { crate::import::cells::NOT_THERE };
        return gap(Reason::NotImported, why.to_owned(), partial);
    }
    // A list that is empty does not say whose it is: its file has to.
    let empty: Vec<&str> = answers
        .pages(Kind::AccessKey)
        .iter()
        .filter(|page| page.is_empty)
        .flat_map(|page| page.names.iter().map(String::as_str))
        .collect();
    let row = |user: &str| -> Option<&CredentialReportRow> { report.and_then(|report| report.rows.get(user)) };
    let unlisted: BTreeSet<String> = out
        .joined
        .of_type(scope, ResourceType::User)
        .map(|(resource, _)| resource.id().to_owned())
        .filter(|user| !with_keys.contains(user))
        .filter(|user| row(user).is_none_or(CredentialReportRow::has_keys))
        .filter(|user| !empty.iter().any(|name| owner::is_named(name, user)))
        .collect();
    match unlisted.len() {
        0 => Outcome::Complete,
        _ if with_keys.is_empty() && empty.is_empty() => {
            gap(Reason::NotImported, crate::import::cells::NOT_THERE.to_owned(), false)
        }
        number => {
            let message = format!("the imported files lack the keys of {number} users: {}", some_of(&unlisted));
            gap(Reason::NotImported, message, true)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A key as the AWS CLI prints it.
    fn printed(id: &str, user: &str) -> Value {
        json!({ "AccessKeyId": id, "UserName": user, "Status": "Active" })
    }

    #[test]
    fn the_last_use_is_of_the_key_that_the_file_is_named_after() {
        let key: AccessKey = serde_json::from_value(printed("AKIAEXAMPLE", "ann")).unwrap();
        let item = |name: &str, user: &str, used: Value| Item {
            key: "AccessKeyLastUsed".to_owned(),
            at: String::new(),
            value: used,
            beside: std::sync::Arc::new([("UserName".to_owned(), json!(user))].into()),
            names: [name.to_owned()].into(),
            file: "".into(),
        };
        let never = json!({ "Region": "N/A", "ServiceName": "N/A" });
        let used = last_used(&key, &item("last-used-AKIAEXAMPLE", "ann", never.clone())).unwrap();
        assert_eq!((used.date, used.region), (ReportTime::NotApplicable, None));
        assert!(last_used(&key, &item("AKIAOTHER", "ann", never.clone())).is_none());
        assert!(last_used(&key, &item("AKIAEXAMPLE", "bob", never)).is_none());
        let at = json!({ "LastUsedDate": "2026-01-02T03:04:05Z", "Region": "eu-west-1" });
        let used = last_used(&key, &item("AKIAEXAMPLE", "ann", at)).unwrap();
        assert!(matches!(used.date, ReportTime::At(_)) && used.region.as_deref() == Some("eu-west-1"));
    }
}
