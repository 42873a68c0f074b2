//! One binary for all integration tests.

mod catalog;
mod net;
mod report;
mod snapshot;
