//! How a collection went: what it cost, and where it waited.
//!
//! NOTE: no part of an inventory. Two runs that read the same thing differ in it, so it is in no snapshot.

use serde::{Deserialize, Serialize};

use super::Cell;

/// What a collection came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// From the first call to the last, in seconds.
    pub wall_seconds: f64,
    /// Requests that left the process, each try counted.
    pub calls: u64,
    /// Answers that said "too many requests".
    pub throttled: u64,
    /// Tries after the first of a call, whatever the cause.
    pub retries: u64,
    /// Accounts that an earlier, interrupted run had read to the end already.
    pub resumed_accounts: u64,
    /// The most memory that the process held, in bytes; none where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
    /// By service, in the order of their names.
    pub services: Vec<ServiceStatistics>,
    /// The cells that took longest, slowest first; at most ten.
    pub slowest: Vec<CellTime>,
}

/// One service's part.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceStatistics {
    /// As in an operation: `ec2`.
    pub service: String,
    pub calls: u64,
    pub throttled: u64,
    pub retries: u64,
    /// Half of the tries were answered within it, in milliseconds.
    pub p50_ms: f64,
    /// Nineteen of twenty were, in milliseconds.
    pub p95_ms: f64,
}

/// How long a cell took, all pages, tries and waits together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellTime {
    #[serde(flatten)]
    pub cell: Cell,
    pub seconds: f64,
    pub calls: u64,
}
