//! One binary for all integration tests.

mod catalog;
#[cfg(feature = "aws")]
mod estate;
#[cfg(feature = "aws")]
mod moto;
mod net;
mod report;
mod schema;
mod snapshot;
