//! Access keys: their ids, and which slot of the credential report is whose.

use std::collections::BTreeSet;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::AccessKeyMetadata;

use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::resource::iam::{AccessKey, CredentialReport, CredentialReportRow, ROOT_ROW};

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
            row.match_keys(&mut keys);
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
