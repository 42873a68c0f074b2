//! CloudTrail: the trails that a region shows, and in a trail's home region what it does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types as sdk;
use tokio::sync::OnceCell;

use crate::collect::classify::{Failure, Retry};
use crate::collect::reader::Reader;
use crate::inventory::{Outcome, Reason};
use crate::resource::detective::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, EventSelectors, Trail, TrailStatus,
};

use super::time;

const STATUS: &str = "cloudtrail:GetTrailStatus";
const SELECTORS: &str = "cloudtrail:GetEventSelectors";

/// What the organization's trails do, by ARN, as the caller's own account was told, or why it was not.
#[derive(Default)]
pub struct Trails(Mutex<HashMap<String, Arc<SharedTrail>>>);

#[derive(Default)]
struct SharedTrail {
    status: OnceCell<Result<TrailStatus, Failure>>,
    selectors: OnceCell<Result<EventSelectors, Failure>>,
}

impl Trails {
    fn get(&self, arn: &str) -> Arc<SharedTrail> {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(arn.to_owned()).or_default())
    }
}

pub async fn collect(reader: &Reader) {
    const TRAILS: &str = "cloudtrail:DescribeTrails";
    let cloudtrail = reader.cloudtrail();
    // The call has no pages.
    let output = reader.one(TRAILS, || cloudtrail.describe_trails().include_shadow_trails(true).send()).await;
    let trails = output.and_then(|output| output.trail_list).into_iter().flatten().filter_map(|trail| {
        let arn = trail.trail_arn.clone();
        if arn.is_none() {
            reader.malformed(TRAILS, "a trail without an ARN");
        }
        Some((arn?, trail))
    });
    futures::future::join_all(trails.map(async |(arn, trail)| {
        // Asked in every region, a trail would cost two calls in each of them for the same answer.
        let (status, selectors) = if trail.home_region.as_deref() == Some(reader.scope().region.as_str()) {
            // An organization's trail is one, whoever of its members looks: the caller's account is asked once. What
            // it is not told each member asks for itself, so that the order of the accounts decides nothing.
            let shared = (trail.is_organization_trail == Some(true)).then(|| reader.trails().get(&arn));
            let status = async {
                let told = match &shared {
                    Some(shared) => shared.status.get_or_init(|| status(reader.of_caller(), &arn)).await.clone(),
                    None => status(reader.clone(), &arn).await,
                };
                own(reader, STATUS, told, || status(reader.clone(), &arn)).await
            };
            let selectors = async {
                let told = match &shared {
                    Some(shared) => shared.selectors.get_or_init(|| selectors(reader.of_caller(), &arn)).await.clone(),
                    None => selectors(reader.clone(), &arn).await,
                };
                own(reader, SELECTORS, told, || selectors(reader.clone(), &arn)).await
            };
            tokio::join!(status, selectors)
        } else {
            (None, None)
        };
        reader.insert(trail_of(arn, trail, status, selectors));
    }))
    .await;
}

/// Records how asking the caller's account ended, and if that failed, asks the account itself.
async fn own<T, F: Future<Output = Result<T, Failure>>>(
    reader: &Reader,
    operation: &'static str,
    told: Result<T, Failure>,
    ask: impl Fn() -> F,
) -> Option<T> {
    let told = match told {
        Err(_) if reader.of_caller().scope() != reader.scope() => ask().await,
        told => told,
    };
    match told {
        Ok(told) => {
            reader.record(operation, Outcome::Complete);
            Some(told)
        }
        Err(failure) => {
            reader.gap(operation, failure.reason, failure.message, false);
            None
        }
    }
}

async fn status(reader: Reader, arn: &str) -> Result<TrailStatus, Failure> {
    let cloudtrail = reader.cloudtrail();
    let output: GetTrailStatusOutput = reader.call(STATUS, || cloudtrail.get_trail_status().name(arn).send()).await?;
    Ok(TrailStatus {
        is_logging: output.is_logging,
        start_logging_time: time(output.start_logging_time),
        stop_logging_time: time(output.stop_logging_time),
        latest_delivery_time: time(output.latest_delivery_time),
        latest_delivery_error: output.latest_delivery_error,
        latest_digest_delivery_time: time(output.latest_digest_delivery_time),
        latest_digest_delivery_error: output.latest_digest_delivery_error,
        latest_notification_time: time(output.latest_notification_time),
        latest_notification_error: output.latest_notification_error,
        latest_cloud_watch_logs_delivery_time: time(output.latest_cloud_watch_logs_delivery_time),
        latest_cloud_watch_logs_delivery_error: output.latest_cloud_watch_logs_delivery_error,
    })
}

async fn selectors(reader: Reader, arn: &str) -> Result<EventSelectors, Failure> {
    let cloudtrail = reader.cloudtrail();
    let output: GetEventSelectorsOutput =
        reader.call(SELECTORS, || cloudtrail.get_event_selectors().trail_name(arn).send()).await?;
    // AWS gives the kind that the trail uses, and no trail is without any: one list that is empty and no other
    // is not what a trail can have.
    if let (Some([]), None) | (None, Some([])) =
        (output.event_selectors.as_deref(), output.advanced_event_selectors.as_deref())
    {
        let message = "a trail with one kind of selectors, and none of it".to_owned();
        return Err(Failure { reason: Reason::Malformed, code: None, message, retry: Retry::No });
    }
    Ok(EventSelectors {
        event_selectors: output.event_selectors.into_iter().flatten().map(selector_of).collect(),
        advanced_event_selectors: output.advanced_event_selectors.into_iter().flatten().map(advanced_of).collect(),
    })
}

fn trail_of(arn: String, trail: sdk::Trail, status: Option<TrailStatus>, selectors: Option<EventSelectors>) -> Trail {
    // CloudTrail has a deprecated field beside the topic's ARN.
    #[expect(deprecated, reason = "older trails have the name alone")]
    let sns_topic_name = trail.sns_topic_name;
    Trail {
        trail_arn: arn,
        name: trail.name,
        home_region: trail.home_region,
        is_multi_region_trail: trail.is_multi_region_trail,
        is_organization_trail: trail.is_organization_trail,
        s3_bucket_name: trail.s3_bucket_name,
        s3_key_prefix: trail.s3_key_prefix,
        sns_topic_name,
        sns_topic_arn: trail.sns_topic_arn,
        include_global_service_events: trail.include_global_service_events,
        log_file_validation_enabled: trail.log_file_validation_enabled,
        cloud_watch_logs_log_group_arn: trail.cloud_watch_logs_log_group_arn,
        cloud_watch_logs_role_arn: trail.cloud_watch_logs_role_arn,
        kms_key_id: trail.kms_key_id,
        has_custom_event_selectors: trail.has_custom_event_selectors,
        has_insight_selectors: trail.has_insight_selectors,
        trail_status: status,
        event_selectors: selectors,
    }
}

fn selector_of(selector: sdk::EventSelector) -> EventSelector {
    EventSelector {
        read_write_type: selector.read_write_type.map(|t| t.as_str().to_owned()),
        include_management_events: selector.include_management_events,
        data_resources: selector
            .data_resources
            .into_iter()
            .flatten()
            .map(|resource| DataResource { r#type: resource.r#type, values: resource.values.unwrap_or_default() })
            .collect(),
        exclude_management_event_sources: selector.exclude_management_event_sources.unwrap_or_default(),
    }
}

fn advanced_of(selector: sdk::AdvancedEventSelector) -> AdvancedEventSelector {
    AdvancedEventSelector {
        name: selector.name,
        field_selectors: selector
            .field_selectors
            .into_iter()
            .map(|field| AdvancedFieldSelector {
                field: field.field,
                // An operator that is not used is absent.
                equals: field.equals.unwrap_or_default(),
                starts_with: field.starts_with.unwrap_or_default(),
                ends_with: field.ends_with.unwrap_or_default(),
                not_equals: field.not_equals.unwrap_or_default(),
                not_starts_with: field.not_starts_with.unwrap_or_default(),
                not_ends_with: field.not_ends_with.unwrap_or_default(),
            })
            .collect(),
    }
}
