//! The organization: its accounts to scan, and its tree and policies.

use crate::arn::Partition;
use crate::inventory::Account;

use super::reader::Reader;

/// The active accounts of the organization, below one of the units and with
/// all of the tags if any are given.
///
/// # Errors
/// Why they could not be listed, in one line.
pub async fn accounts(
    _reader: &Reader,
    _partition: Partition,
    _organizational_units: &[String],
    _tags: &[(String, String)],
) -> Result<Vec<Account>, String> {
    Ok(Vec::new())
}

/// Reads what the account says of itself and, from the caller's own account, the organization.
pub async fn collect(_reader: &Reader, _is_caller: bool) {}
