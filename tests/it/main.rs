//! One binary for all integration tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says so by a panic; clippy's own exemption ends at helpers outside of #[test]"
)]

mod architecture;
#[cfg(feature = "aws")]
mod balancing;
mod by_account;
mod catalog;
mod cli;
mod config;
mod coverage;
mod document;
mod drift;
#[cfg(feature = "aws")]
mod estate;
mod exposure;
#[cfg(feature = "aws")]
mod faults;
mod frameworks;
mod golden;
mod iam_can;
mod iam_paths;
mod import;
mod managed_policies;
#[cfg(feature = "aws")]
mod moto;
mod net;
mod pages;
mod report;
mod schema;
mod schemas;
#[cfg(feature = "aws")]
mod shapes;
mod snapshot;
#[cfg(feature = "aws")]
mod support;
