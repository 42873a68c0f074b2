//! The binary as a user runs it, offline: snapshots made here, judged there.

mod catalogue;
mod exceptions;
mod exit_codes;
mod frameworks;
mod help;
mod outputs;
mod policy;
mod settings;
pub mod world;
