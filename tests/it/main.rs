//! One binary for all integration tests.

mod catalog;
#[cfg(feature = "aws")]
mod faults;
mod net;
mod report;
mod snapshot;
#[cfg(feature = "aws")]
mod support;
