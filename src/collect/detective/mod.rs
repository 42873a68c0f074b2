//! Config, CloudTrail, GuardDuty, Security Hub, Access Analyzer, Inspector, Macie and Detective, per region.

mod access_analyzer;
mod cloudtrail;
mod config;
mod graph;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

pub use cloudtrail::Trails;

use std::collections::HashMap;

use aws_smithy_types::DateTime;
use jiff::Timestamp;

use crate::resource::Tag;

use super::reader::Reader;

/// Reads all of them in one region.
pub async fn collect(reader: &Reader) {
    together!(
        config::collect(reader),
        cloudtrail::collect(reader),
        guardduty::collect(reader),
        security_hub::collect(reader),
        access_analyzer::collect(reader),
        inspector::collect(reader),
        macie::collect(reader),
        graph::collect(reader),
    )
    .await;
}

/// A time of the SDK; none for one beyond the year 9999, which AWS never means.
fn time(of: Option<DateTime>) -> Option<Timestamp> {
    let of = of?;
    Timestamp::new(of.secs(), i32::try_from(of.subsec_nanos()).ok()?).ok()
}

/// Tags that AWS gives as a map, sorted.
fn tags(of: Option<HashMap<String, String>>) -> Vec<Tag> {
    let mut tags: Vec<Tag> = of.into_iter().flatten().map(|(key, value)| Tag { key, value }).collect();
    tags.sort();
    tags
}
