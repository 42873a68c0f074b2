//! Facts of Inspector: what it scans in a region, and what it found.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::detective::{InspectorSeverityCounts, InspectorState, InspectorStatus};
use crate::resource::ec2::Instance;
use crate::resource::lambda::Function;

facts! { InspectorStatus {
    "is_on": Kind::Bool, "whether it scans anything", |status, _| status.is_on();
    "scanned": Kind::Texts, "what it scans, of `EC2`, `ECR`, `LAMBDA` and `LAMBDA_CODE`",
        |status, _| named(status, true);
    "not_scanned": Kind::Texts, "what it does not scan of what the region offers, of the same",
        |status, _| named(status, false);
    "critical_findings": Kind::Int, "how many active findings of critical severity there are; absent if it is off",
        needs ["inspector2:ListFindingAggregations"],
        |status, _| findings(status, |counts| counts.critical);
    "high_findings": Kind::Int, "how many active findings of high severity there are; absent if it is off",
        needs ["inspector2:ListFindingAggregations"],
        |status, _| findings(status, |counts| counts.high);
}}

fn states(status: &InspectorStatus) -> Vec<(&'static str, &InspectorState)> {
    let Some(of) = &status.resource_state else { return Vec::new() };
    let all = [("EC2", &of.ec2), ("ECR", &of.ecr), ("LAMBDA", &of.lambda), ("LAMBDA_CODE", &of.lambda_code)];
    all.into_iter().filter_map(|(name, state)| Some((name, state.as_ref()?))).collect()
}

fn named(status: &InspectorStatus, on: bool) -> Vec<String> {
    let all = states(status).into_iter().filter(|(_, state)| state.is_on() == on);
    all.map(|(name, _)| name.to_owned()).collect()
}

fn findings(status: &InspectorStatus, of: fn(&InspectorSeverityCounts) -> Option<i64>) -> Value {
    match &status.severity_counts {
        Some(counts) => match of(counts) {
            Some(number) => number.into(),
            None => Value::Unknown(Missing::because("AWS does not give the number of findings")),
        },
        None if !status.is_on() => Value::Absent,
        None => Value::Unknown(Missing::because("AWS does not give the numbers of findings")),
    }
}

/// What the region has of what Inspector scans. Images of containers are not read.
pub(in crate::model::facts) fn scannable(context: &Context<'_>) -> Vec<&'static str> {
    let mut instances = context.model.inventory.in_scope::<Instance>(context.scope);
    let ended = |one: &Instance| one.state.as_ref().and_then(|state| state.name.as_deref()) == Some("terminated");
    let has_function = context.model.inventory.in_scope::<Function>(context.scope).next().is_some();
    let has = [("EC2", instances.any(|one| !ended(one))), ("LAMBDA", has_function)];
    has.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

/// What of that it does not scan.
pub(in crate::model::facts) fn unscanned(context: &Context<'_>) -> Value {
    let status = context.model.inventory.in_scope::<InspectorStatus>(context.scope).next();
    let Some(status) = status else {
        return Value::Unknown(Missing::because("AWS does not say whether Inspector is on"));
    };
    let scanned = named(status, true);
    let without = scannable(context).into_iter().filter(|name| !scanned.iter().any(|one| one == name));
    without.map(str::to_owned).collect::<Vec<_>>().into()
}
