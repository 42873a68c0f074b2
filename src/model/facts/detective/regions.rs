//! What the services that watch do in a region or an account as a whole: the
//! getters of the facts in [`crate::model::facts::subjects`].

use crate::inventory::Missing;
use crate::model::watching::any;
use crate::model::{Context, Value};
use crate::resource::detective::{ConfigurationRecorder, DeliveryChannel, Detector, Hub, Trail};

use super::{config, detector, hub};

const RECORDERS: [&str; 2] = ["config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"];

/// The condition that a recorder must meet beside recording.
type OfRecorder = fn(&ConfigurationRecorder) -> Result<bool, Missing>;

/// Whether some recorder of the region is recording.
pub fn config_recording(context: &Context<'_>) -> Value {
    Value::known(some_recorder(context, |_| Ok(true)))
}

pub fn config_records_all_supported(context: &Context<'_>) -> Value {
    Value::known(some_recorder(context, config::records_all_supported))
}

pub fn config_records_global_types(context: &Context<'_>) -> Value {
    Value::known(some_recorder(context, config::records_global_types))
}

/// Whether, in some region of the account, a recorder that is recording takes IAM's types too.
pub fn account_records_global_types(context: &Context<'_>) -> Value {
    Value::known(any(context.model.regions_of(context.scope).map(|region| {
        let there = Context { model: context.model, scope: region };
        let read = RECORDERS.iter().try_for_each(|operation| there.require(operation));
        read.and_then(|()| some_recorder(&there, config::records_global_types))
    })))
}

/// An AWS service's own recorder watches for that service alone: it does not count.
fn some_recorder(context: &Context<'_>, condition: OfRecorder) -> Result<bool, Missing> {
    let recorders = context.model.inventory.in_scope::<ConfigurationRecorder>(context.scope);
    any(recorders.filter(|recorder| recorder.service_principal.is_none()).map(|recorder| {
        let recording = config::recorder_status(recorder)?.recording;
        if recording { condition(recorder) } else { Ok(false) }
    }))
}

pub fn config_delivery_channel(context: &Context<'_>) -> Value {
    context.model.inventory.in_scope::<DeliveryChannel>(context.scope).next().is_some().into()
}

/// Absent if there is no channel to fail.
pub fn config_delivery_failing(context: &Context<'_>) -> Value {
    let mut channels = context.model.inventory.in_scope::<DeliveryChannel>(context.scope).peekable();
    if channels.peek().is_none() {
        return Value::Absent;
    }
    Value::known(any(channels.map(|channel| config::failures(channel).map(|failures| !failures.is_empty()))))
}

pub fn cloudtrail_log_file_validation(context: &Context<'_>) -> Value {
    let unsaid = |trail: &Trail| Missing::because(format!("AWS does not say whether {} validates", trail.trail_arn));
    let validates = |trail: &Trail| trail.log_file_validation_enabled.ok_or_else(|| unsaid(trail));
    Value::known(context.some_trail_logs(context.scope, validates))
}

pub fn guardduty_enabled(context: &Context<'_>) -> Value {
    Value::known(any(context.model.inventory.in_scope::<Detector>(context.scope).map(detector::is_enabled)))
}

pub fn security_hub_enabled(context: &Context<'_>) -> Value {
    context.model.inventory.in_scope::<Hub>(context.scope).next().is_some().into()
}

/// Absent if Security Hub is not enabled.
pub fn security_hub_standards(context: &Context<'_>) -> Value {
    Value::optional(context.model.inventory.in_scope::<Hub>(context.scope).next().map(hub::enabled_standards))
}

/// The account's own analyzer, or one of its organization in another account.
pub fn access_analyzer_covers(context: &Context<'_>) -> Value {
    let organization = context.has_organization_analyzer();
    Value::known(any([context.has_external_analyzer(), Ok(organization)]))
}
