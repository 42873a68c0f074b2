//! Attributes of principals and policies.

use serde_json::{Value, json};

use crate::iam::{Document, PolicyText};
use crate::resource::iam::{AttachedPolicy, CredentialReport, InlinePolicy, ManagedPolicy, ROOT_ROW, ReportFlag};

use super::{AttributeKind, Writer};
use crate::drift::documents;

pub(super) fn inline(out: &mut Writer<'_, '_>, policies: &[InlinePolicy]) {
    for policy in policies {
        document(out, &format!("inline_policies.{}", policy.policy_name), Some(&policy.policy_document));
    }
}

pub(super) fn attached(out: &mut Writer<'_, '_>, policies: &[AttachedPolicy]) {
    let arns = policies.iter().map(|policy| json!(policy.policy_arn.as_str())).collect();
    out.set("attached_policies", arns);
}

/// A document in canonical form; one that cannot be read is kept as it is.
pub(super) fn document(out: &mut Writer<'_, '_>, path: &str, text: Option<&PolicyText>) {
    if let Some(text) = text {
        let value = canonical(out, text);
        out.put(path, AttributeKind::Document, value);
    }
}

fn canonical(out: &Writer<'_, '_>, text: &PolicyText) -> Value {
    match text.document() {
        Ok(document) => of_document(out, document),
        Err(_) => json!([{ "unreadable": text }]),
    }
}

pub(super) fn of_document(out: &Writer<'_, '_>, document: &Document) -> Value {
    documents::canonical(document, &|text: &str| out.label(text))
}

/// What versions beside the one in force say; what they are called means nothing.
pub(super) fn other_versions(out: &mut Writer<'_, '_>, policy: &ManagedPolicy) {
    let others = policy.policy_version_list.iter().filter(|version| !version.is_default_version);
    let documents = others.map(|version| canonical(out, &version.document)).collect();
    out.set("other_versions", documents);
}

/// Of the report what is a setting: who has a password, who has a second factor. Users come and go as users.
pub(super) fn report(out: &mut Writer<'_, '_>, report: &CredentialReport) {
    let of = |flag: fn(&crate::resource::iam::CredentialReportRow) -> bool| -> Vec<Value> {
        // The account's summary speaks of the root user.
        report.rows.iter().filter(|(user, row)| *user != ROOT_ROW && flag(row)).map(|(user, _)| json!(user)).collect()
    };
    out.set("password_enabled", of(|row| row.password_enabled == ReportFlag::True));
    out.set("mfa_active", of(|row| row.mfa_active == ReportFlag::True));
    out.set("certificates_active", of(|row| row.certificates_active.contains(&ReportFlag::True)));
}
