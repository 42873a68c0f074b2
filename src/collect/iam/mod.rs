//! IAM: a handful of calls for a whole account.
//!
//! `GetAccountAuthorizationDetails` gives users, groups, roles and customer
//! policies at once; the credential report gives the state of passwords and
//! keys. What is asked one by one is rare: keys of users who have some, AWS's
//! own policies (once for all accounts), providers of identity.

mod account;
mod authorization;
mod aws_policies;
mod keys;
mod lists;
mod report;

use aws_sdk_iam::types;

use crate::arn::Arn;
use crate::resource::Tag;

use super::reader::Reader;

pub use aws_policies::Documents;

const AUTHORIZATION: &str = "iam:GetAccountAuthorizationDetails";

/// The greatest page that IAM gives.
const PAGE: i32 = 1000;

/// Reads all of IAM.
pub async fn collect(reader: &Reader) {
    let iam = reader.iam();
    let people = async {
        let (users, report) = tokio::join!(authorization::collect(reader, &iam), report::collect(reader, &iam));
        keys::collect(reader, &iam, &users, report.as_ref()).await;
        if let Some(report) = report {
            reader.insert(report);
        }
    };
    together!(
        people,
        account::collect(reader, &iam),
        aws_policies::collect(reader, &iam),
        lists::collect(reader, &iam),
    )
    .await;
}

fn arn(text: Option<&str>) -> Option<Arn> {
    text?.parse().ok()
}

fn tags(of: Option<Vec<types::Tag>>) -> Vec<Tag> {
    let mut tags: Vec<_> = of.into_iter().flatten().map(|tag| Tag { key: tag.key, value: tag.value }).collect();
    tags.sort();
    tags
}

/// The token of the next page: IAM says apart from it whether there is one. One that is promised and not given
/// is asked for as a token that no server knows, so that the list ends as a gap and not as complete.
fn next(is_truncated: bool, marker: Option<String>) -> Option<String> {
    const MISSING: &str = "driftline: the answer is truncated and has no marker";
    is_truncated.then(|| marker.filter(|marker| !marker.is_empty()).unwrap_or_else(|| MISSING.to_owned()))
}
