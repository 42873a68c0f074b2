//! AWS's own policies that something in the account uses.
//!
//! Their documents are the same in every account: each version is read once in
//! a scan, by whoever needs it first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{Policy, PolicyScopeType};
use tokio::sync::OnceCell;

use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::iam::PolicyText;
use crate::inventory::Outcome;
use crate::resource::iam::AwsManagedPolicy;

use super::{PAGE, arn, next};

const LIST: &str = "iam:ListPolicies";
const DOCUMENT: &str = "iam:GetPolicyVersion";

/// The documents that any account's reader has read, by ARN and version.
#[derive(Default)]
pub struct Documents(Mutex<HashMap<String, Arc<OnceCell<String>>>>);

impl Documents {
    fn cell(&self, policy: &str, version: &str) -> Arc<OnceCell<String>> {
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(documents.entry(format!("{policy} {version}")).or_default())
    }
}

pub async fn collect(reader: &Reader, iam: &Client) {
    let policies = reader
        .pages(
            LIST,
            |token| {
                let call = iam.list_policies().scope(PolicyScopeType::Aws).only_attached(true);
                call.max_items(PAGE).set_marker(token).send()
            },
            |page| (page.policies.unwrap_or_default(), next(page.is_truncated, page.marker)),
        )
        .await;
    futures::future::join_all(policies.into_iter().map(|policy| one(reader, iam, policy))).await;
}

async fn one(reader: &Reader, iam: &Client, policy: Policy) {
    let (Some(policy_name), Some(arn)) = (policy.policy_name, arn(policy.arn.as_deref())) else {
        return reader.malformed(LIST, "a policy without a name or an ARN");
    };
    let document = match &policy.default_version_id {
        Some(version) => document(reader, iam, arn.as_str(), version).await,
        None => {
            reader.malformed(LIST, format!("{arn} has no default version"));
            None
        }
    };
    reader.insert(AwsManagedPolicy {
        policy_name,
        arn,
        default_version_id: policy.default_version_id,
        attachment_count: policy.attachment_count,
        permissions_boundary_usage_count: policy.permissions_boundary_usage_count,
        update_date: timestamp(policy.update_date),
        document: document.map(|document| PolicyText::new(&document)),
    });
}

/// A failure is not kept: another account may be allowed to read it.
async fn document(reader: &Reader, iam: &Client, policy: &str, version: &str) -> Option<String> {
    let cell = reader.documents().cell(policy, version);
    let read = async || {
        let output = reader
            .one(DOCUMENT, || iam.get_policy_version().policy_arn(policy).version_id(version).send())
            .await
            .ok_or(())?;
        let document = output.policy_version.and_then(|version| version.document);
        if document.is_none() {
            reader.malformed(DOCUMENT, format!("{policy} {version} has no document"));
        }
        document.ok_or(())
    };
    let document = cell.get_or_try_init(read).await.ok()?;
    // Whoever read it, it is the same here.
    reader.record(DOCUMENT, Outcome::Complete);
    Some(document.clone())
}
