//! From the SDK's values to ours.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// A time; none if there is none, or if it lies outside of what a calendar holds.
pub fn timestamp(time: Option<DateTime>) -> Option<Timestamp> {
    let time = time?;
    let nanos = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanos).ok()
}
