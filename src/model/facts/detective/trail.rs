//! Facts of CloudTrail trails. A shadow copy's status and selectors are those of the copy in the home region.

use jiff::Timestamp;

use crate::inventory::Missing;
use crate::model::event_selectors::{self, Logged};
use crate::model::facts::{facts, s3};
use crate::model::{Context, Kind, Value, watching};
use crate::resource::detective::{Trail, TrailStatus};
use crate::resource::s3::Bucket;

facts! { Trail {
    "name": Kind::Text, "the trail's name", |trail, _| Value::optional(trail.name.as_deref());
    "home_region": Kind::Text, "the region that it was made in", |trail, _| Value::optional(trail.home_region.as_deref());
    "is_home": Kind::Bool, "whether this is the copy in its home region and no shadow copy",
        |trail, context| watching::is_home(trail, context.scope);
    "is_primary": Kind::Bool, "whether this copy stands for the trail: its owner's in the home region or, if that was not read, the first that was",
        |trail, context| context.model.watching().is_primary(context.scope, trail);
    "is_multi_region": Kind::Bool, "whether it logs every region", |trail, _| said(trail.is_multi_region_trail, "IsMultiRegionTrail");
    "is_organization": Kind::Bool, "whether it logs every account of the organization",
        |trail, _| said(trail.is_organization_trail, "IsOrganizationTrail");
    "s3_bucket": Kind::Text, "the bucket that it delivers to", |trail, _| Value::optional(trail.s3_bucket_name.as_deref());
    "sns_topic": Kind::Text, "the topic that it notifies", |trail, _| Value::optional(trail.sns_topic_arn.as_deref());
    "kms_key": Kind::Text, "the KMS key that it encrypts log files with", |trail, _| Value::optional(text(&trail.kms_key_id));
    "log_file_validation": Kind::Bool, "whether it signs its log files so that tampering shows",
        |trail, _| said(trail.log_file_validation_enabled, "LogFileValidationEnabled");
    "cloudwatch_log_group": Kind::Text, "the CloudWatch Logs group that it delivers to",
        |trail, _| Value::optional(text(&trail.cloud_watch_logs_log_group_arn));
    "has_insights": Kind::Bool, "whether it analyzes events for unusual activity",
        |trail, _| said(trail.has_insight_selectors, "HasInsightSelectors");
    "includes_global_service_events": Kind::Bool, "whether it logs events of global services such as IAM",
        |trail, _| said(trail.include_global_service_events, "IncludeGlobalServiceEvents");
    "is_logging": Kind::Bool, "whether it is logging", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| Value::known(context.trail_is_logging(trail));
    "delivery_error": Kind::Text, "what its last delivery to the bucket failed with", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| error(trail, context, |status| &status.latest_delivery_error);
    "digest_delivery_error": Kind::Text, "what its last delivery of a digest failed with", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| error(trail, context, |status| &status.latest_digest_delivery_error);
    "cloudwatch_delivery_error": Kind::Text, "what its last delivery to CloudWatch Logs failed with", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| error(trail, context, |status| &status.latest_cloud_watch_logs_delivery_error);
    "notification_error": Kind::Text, "what its last notification failed with", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| error(trail, context, |status| &status.latest_notification_error);
    "last_delivery": Kind::Time, "when it last delivered to the bucket", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| time(trail, context, |status| status.latest_delivery_time);
    "last_cloudwatch_delivery": Kind::Time, "when it last delivered to CloudWatch Logs", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| time(trail, context, |status| status.latest_cloud_watch_logs_delivery_time);
    "started_at": Kind::Time, "when somebody last started it", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| time(trail, context, |status| status.start_logging_time);
    "stopped_at": Kind::Time, "when somebody last stopped it", uses ["cloudtrail:GetTrailStatus"],
        |trail, context| time(trail, context, |status| status.stop_logging_time);
    "management_events": Kind::Text, "the management events that it logs: `all`, `read`, `write` or `none`",
        uses ["cloudtrail:GetEventSelectors"],
        |trail, context| selected(trail, context, |copy| event_selectors::management_events(copy).map(|events| events.logged.word().into()));
    "excluded_event_sources": Kind::Texts, "the event sources that its management events leave out",
        uses ["cloudtrail:GetEventSelectors"],
        |trail, context| selected(trail, context, |copy| event_selectors::management_events(copy).map(|events| Value::Texts(events.excluded.into_iter().collect())));
    "s3_object_events": Kind::Text, "which events of the objects in all S3 buckets it logs: `all`, `read`, `write` or `none`",
        uses ["cloudtrail:GetEventSelectors"],
        |trail, context| selected(trail, context, |copy| event_selectors::s3_object_events(copy).map(Logged::word).map(Value::from));
    "bucket_is_public": Kind::Bool, "whether strangers get into the bucket that it delivers to; unknown if that is in no account that was read",
        uses_all(BUCKET), |trail, context| of_bucket(trail, context, s3::is_public);
    "bucket_logs_access": Kind::Bool, "whether requests to the bucket that it delivers to are logged; unknown if that is in no account that was read",
        uses ["s3:ListBuckets", "s3:GetBucketLogging"], |trail, context| of_bucket(trail, context, s3::logs_access);
    "bucket_mfa_delete": Kind::Bool, "whether versions in the bucket that it delivers to are deleted with MFA alone; unknown if that is in no account that was read",
        uses ["s3:ListBuckets", "s3:GetBucketVersioning"], |trail, context| of_bucket(trail, context, s3::mfa_delete);
    "bucket_account": Kind::Text, "the account whose bucket it delivers to; unknown if that is in no account that was read",
        uses ["s3:ListBuckets"], |trail, context| of_bucket(trail, context, |_, context| context.scope.account.as_str().into());
    "owner": Kind::Text, "the account whose trail it is: an organization's is its management account's",
        |trail, _| Value::optional(watching::owner(trail));
    "bucket_is_owners": Kind::Bool, "whether it delivers to a bucket of the account whose trail it is; unknown if that is in no account that was read",
        uses ["s3:ListBuckets"], |trail, context| bucket_is_owners(trail, context);
    "in_organization": Kind::Bool, "whether the account whose trail it is belongs to an organization",
        uses ["organizations:DescribeOrganization"], |trail, context| in_organization(trail, context);
}}

/// What it takes to say who gets into a bucket.
const BUCKET: &[&str] = &[
    "s3:ListBuckets",
    "s3:GetBucketAcl",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetPublicAccessBlock",
    "s3control:GetPublicAccessBlock",
];

/// What is true of the bucket that a trail delivers to, in whichever account that was read.
fn of_bucket(trail: &Trail, context: &Context<'_>, fact: fn(&Bucket, &Context<'_>) -> Value) -> Value {
    let Some(name) = text(&trail.s3_bucket_name) else {
        return Value::Unknown(Missing::because("AWS does not give the trail's bucket"));
    };
    match context.trail_bucket(name) {
        Ok((scope, bucket)) => fact(bucket, &Context { model: context.model, scope }),
        Err(missing) => Value::Unknown(missing),
    }
}

fn bucket_is_owners(trail: &Trail, context: &Context<'_>) -> Value {
    let Some(owner) = watching::owner(trail) else {
        return Value::Unknown(Missing::because("the trail's ARN names no account"));
    };
    match of_bucket(trail, context, |_, context| context.scope.account.as_str().into()) {
        Value::Text(account) => (account == owner).into(),
        unknown => unknown,
    }
}

fn in_organization(trail: &Trail, context: &Context<'_>) -> Value {
    if trail.is_organization_trail == Some(true) {
        return true.into();
    }
    Value::known(context.organization().map(|organization| organization.is_some()))
}

/// A field that AWS always gives: without it nothing is known.
fn said(value: Option<bool>, field: &str) -> Value {
    value
        .map_or_else(|| Value::Unknown(Missing::because(format!("AWS does not give the trail's {field}"))), Value::Bool)
}

fn text(of: &Option<String>) -> Option<&str> {
    of.as_deref().filter(|text| !text.is_empty())
}

fn error(trail: &Trail, context: &Context<'_>, field: fn(&TrailStatus) -> &Option<String>) -> Value {
    context.trail_status(trail).map_or_else(Value::Unknown, |status| Value::optional(text(field(status))))
}

fn time(trail: &Trail, context: &Context<'_>, field: fn(&TrailStatus) -> Option<Timestamp>) -> Value {
    context.trail_status(trail).map_or_else(Value::Unknown, |status| Value::optional(field(status)))
}

fn selected(trail: &Trail, context: &Context<'_>, value: fn(&Trail) -> Option<Value>) -> Value {
    let unread = || Value::Unknown(Missing::because("the event selectors were not read"));
    context.trail_with_selectors(trail).map_or_else(Value::Unknown, |copy| value(copy).unwrap_or_else(unread))
}
