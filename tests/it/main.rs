//! One binary for all integration tests.

mod catalog;
mod net;
mod snapshot;
