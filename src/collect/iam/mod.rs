//! IAM: a handful of calls for a whole account.

use super::reader::Reader;

/// Reads all of IAM.
pub async fn collect(_reader: &Reader) {}
