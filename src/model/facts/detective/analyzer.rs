//! Facts of Access Analyzer's analyzers.

use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::detective::Analyzer;

facts! { Analyzer {
    "name": Kind::Text, "the analyzer's name", |analyzer, _| &analyzer.name;
    "looks_for": Kind::Text, "what it looks for: `external`, `internal` or `unused` access",
        |analyzer, _| looks_for(&analyzer.r#type);
    "zone": Kind::Text, "what counts as inside: the `account` or the `organization`",
        |analyzer, _| if analyzer.r#type.starts_with("ORGANIZATION") { "organization" } else { "account" };
    "status": Kind::Text, "`ACTIVE`, `CREATING`, `DISABLED` or `FAILED`", |analyzer, _| &analyzer.status;
    "status_reason": Kind::Text, "AWS's reason for the status, if it gives one",
        |analyzer, _| Value::optional(analyzer.status_reason.as_ref().map(|reason| &reason.code));
    "is_active": Kind::Bool, "whether it analyzes", |analyzer, _| analyzer.status == "ACTIVE";
    "unused_access_age": Kind::Int, "days after which access counts as unused",
        |analyzer, _| Value::optional(analyzer.configuration.as_ref().and_then(|c| c.unused_access.as_ref()).and_then(|u| u.unused_access_age));
    "active_findings": Kind::Int,
        "how many findings are neither archived nor resolved; absent of an analyzer that does not look for access from outside, or is not active",
        needs ["access-analyzer:GetFindingsStatistics"],
        |analyzer, _| Value::optional(analyzer.total_active_findings);
    "managed_by": Kind::Text, "the AWS service that manages it", |analyzer, _| Value::optional(analyzer.managed_by.as_deref());
}}

fn looks_for(of: &str) -> &'static str {
    if of.ends_with("_UNUSED_ACCESS") {
        "unused"
    } else if of.ends_with("_INTERNAL_ACCESS") {
        "internal"
    } else {
        "external"
    }
}
