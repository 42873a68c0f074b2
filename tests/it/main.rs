//! One binary for all integration tests.

mod net;
mod snapshot;
