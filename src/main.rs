//! The binary: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;

/// The SDK makes and drops some hundreds of small values a call, on all threads: with the allocator of glibc, hundreds of
/// calls at once cost nearly twice the CPU (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(driftline::run::run(driftline::cli::Cli::parse()))
}
