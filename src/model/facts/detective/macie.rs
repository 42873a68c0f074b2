//! Facts of Macie.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Kind, Value};
use crate::resource::detective::MacieSession;
use crate::resource::s3::Bucket;

facts! { MacieSession {
    "status": Kind::Text, "`ENABLED` or `PAUSED`", |session, _| status(session);
    "automated_discovery": Kind::Text, "whether it looks through samples of all buckets by itself: `ENABLED` or `DISABLED`",
        uses ["macie2:GetAutomatedDiscoveryConfiguration"],
        |session, context| context.field("macie2:GetAutomatedDiscoveryConfiguration",
            session.automated_discovery.as_ref().map(|of| of.status.as_deref().map_or_else(unsaid, Value::from)));
    "discovers_in_members": Kind::Text,
        "in which of the organization's accounts that is switched on: `ALL`, `NEW` or `NONE`; absent if its account does not manage it here",
        needs ["macie2:GetAutomatedDiscoveryConfiguration"],
        |session, _| Value::optional(
            session.automated_discovery.as_ref().and_then(|of| of.auto_enable_organization_members.as_deref()));
}}

fn unsaid() -> Value {
    Value::Unknown(Missing::because("AWS does not say whether Macie is on"))
}

fn status(session: &MacieSession) -> Value {
    session.status.as_deref().map_or_else(unsaid, Value::from)
}

/// Absent where Macie is off.
pub(in crate::model::facts) fn region_status(context: &Context<'_>) -> Value {
    context.model.inventory.in_scope::<MacieSession>(context.scope).next().map_or(Value::Absent, status)
}

pub(in crate::model::facts) fn enabled(context: &Context<'_>) -> Value {
    match region_status(context) {
        Value::Absent => false.into(),
        Value::Text(status) => (status == "ENABLED").into(),
        unknown => unknown,
    }
}

pub(in crate::model::facts) fn bucket_count(context: &Context<'_>) -> usize {
    context.model.inventory.in_scope::<Bucket>(context.scope).count()
}
