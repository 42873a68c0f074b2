//! Access keys: their ids, and which slot of the credential report is whose.

use std::collections::BTreeSet;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::AccessKeyMetadata;

use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::resource::iam::{AccessKey, AccessKeyLastUsed, CredentialReport, CredentialReportRow, ROOT_ROW, ReportFlag};

use super::{AUTHORIZATION, PAGE, next};

const LIST: &str = "iam:ListAccessKeys";

/// Asks for the keys of every user who may have one: by the report's word, or
/// because the report does not know the user.
pub async fn collect(reader: &Reader, iam: &Client, users: &BTreeSet<String>, report: Option<&CredentialReport>) {
    // Nobody else than these users can have keys, as long as they are all.
    reader.ends_as(LIST, AUTHORIZATION);
    let reported = report.map(|report| &report.rows);
    let may_have_keys = |user: &&String| {
        let row = reported.and_then(|rows| rows.get(*user));
        row.is_none_or(CredentialReportRow::has_keys)
    };
    let mut asked: BTreeSet<&String> = users.iter().filter(may_have_keys).collect();
    // Where the users could not be listed, the report still names those with keys.
    let with_keys = reported.into_iter().flatten().filter(|(user, row)| *user != ROOT_ROW && row.has_keys());
    asked.extend(with_keys.map(|(user, _)| user));

    futures::future::join_all(asked.into_iter().map(async |user| {
        let keys = reader
            .pages_or(
                LIST,
                // Deleted since the report was made.
                &["NoSuchEntity"],
                |token| iam.list_access_keys().user_name(user).max_items(PAGE).set_marker(token).send(),
                |page| (page.access_key_metadata, next(page.is_truncated, page.marker)),
            )
            .await;
        let keys = keys.into_iter().filter_map(|key| {
            let key = key_of(user, key);
            if key.is_none() {
                reader.malformed(LIST, format!("a key of {user} without an id or a status"));
            }
            key
        });
        let mut keys: Vec<AccessKey> = keys.collect();
        if let Some(row) = reported.and_then(|rows| rows.get(user)) {
            match_slots(&mut keys, row);
        }
        keys.into_iter().for_each(|key| reader.insert(key));
    }))
    .await;
}

fn key_of(user: &str, key: AccessKeyMetadata) -> Option<AccessKey> {
    Some(AccessKey {
        access_key_id: key.access_key_id?,
        user_name: user.to_owned(),
        status: key.status?.as_str().to_owned(),
        create_date: timestamp(key.create_date),
        last_used: None,
    })
}

/// Gives each key the last use that its slot tells. A slot has no id, but the
/// time at which its key was created ("or last changed"); where times do not
/// tell, one key and one slot that are left over belong together.
fn match_slots(keys: &mut [AccessKey], row: &CredentialReportRow) {
    let mut slots: Vec<_> = row.access_keys.iter().filter(|slot| slot.exists()).collect();
    let created = |key: &AccessKey| key.create_date.map(|time| time.as_second());
    for key in keys.iter_mut() {
        let same = |time: jiff::Timestamp| Some(time.as_second()) == created(key);
        let mut matching =
            (0..slots.len()).filter(|i| slots.get(*i).is_some_and(|s| s.last_rotated.at().is_some_and(same)));
        if let (Some(only), None) = (matching.next(), matching.next()) {
            key.last_used = Some(use_of(slots.remove(only)));
        }
    }
    let mut left = keys.iter_mut().filter(|key| key.last_used.is_none());
    if let (Some(key), None, [slot]) = (left.next(), left.next(), slots.as_slice()) {
        let active = slot.active == ReportFlag::True;
        // A key that is younger than the slot's is not the slot's.
        let older = slot.last_rotated.at().is_none_or(|rotated| created(key).is_some_and(|c| c <= rotated.as_second()));
        if active == key.is_active() && older {
            key.last_used = Some(use_of(slot));
        }
    }
}

fn use_of(slot: &crate::resource::iam::ReportKey) -> AccessKeyLastUsed {
    AccessKeyLastUsed {
        date: slot.last_used_date,
        region: slot.last_used_region.clone(),
        service_name: slot.last_used_service.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::iam::{ReportKey, ReportTime};

    fn slot(active: bool, rotated: &str, used: &str) -> ReportKey {
        ReportKey {
            active: if active { ReportFlag::True } else { ReportFlag::False },
            last_rotated: rotated.parse().unwrap(),
            last_used_date: used.parse().unwrap(),
            last_used_region: None,
            last_used_service: None,
        }
    }

    fn key(id: &str, active: bool, created: &str) -> AccessKey {
        AccessKey {
            access_key_id: id.to_owned(),
            user_name: "u".to_owned(),
            status: if active { "Active" } else { "Inactive" }.to_owned(),
            create_date: Some(created.parse().unwrap()),
            last_used: None,
        }
    }

    fn check(mut keys: Vec<AccessKey>, slots: [ReportKey; 2], expected: &[Option<ReportTime>]) {
        let row = CredentialReportRow {
            arn: None,
            user_creation_time: ReportTime::NotApplicable,
            password_enabled: ReportFlag::False,
            password_last_used: ReportTime::NotApplicable,
            password_last_changed: ReportTime::NotApplicable,
            mfa_active: ReportFlag::False,
            access_keys: slots,
            certificates_active: [ReportFlag::False; 2],
        };
        match_slots(&mut keys, &row);
        let dates: Vec<_> = keys.into_iter().map(|key| key.last_used.map(|used| used.date)).collect();
        assert_eq!(dates, expected);
    }

    const OLD: &str = "2020-01-01T00:00:00Z";
    const NEW: &str = "2024-01-01T00:00:00Z";
    const LATE: &str = "2025-01-01T00:00:00Z";

    #[test]
    fn slots_go_by_time_and_not_by_order() {
        let used = ReportTime::At(LATE.parse().unwrap());
        let slots = [slot(true, NEW, LATE), slot(true, OLD, "N/A")];
        check(vec![key("A", true, OLD), key("B", true, NEW)], slots, &[Some(ReportTime::NotApplicable), Some(used)]);
    }

    #[test]
    fn one_key_and_one_slot_left_belong_together() {
        let slots = [slot(true, OLD, "N/A"), slot(false, LATE, NEW)];
        let used = ReportTime::At(NEW.parse().unwrap());
        check(vec![key("A", true, OLD), key("B", false, NEW)], slots, &[Some(ReportTime::NotApplicable), Some(used)]);
    }

    #[test]
    fn a_key_made_after_the_report_takes_nobodys_slot() {
        check(vec![key("A", true, LATE)], [slot(true, OLD, NEW), slot(false, "N/A", "N/A")], &[None]);
    }
}
