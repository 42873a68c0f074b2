//! Reads AWS into an [`Inventory`](crate::inventory::Inventory). The only
//! module that speaks to the network, and the only one that names the SDK.
//!
//! A *collector* reads some operations of one service in one scope and records
//! what AWS said: resources on success, a gap on failure, never a judgement.

#![expect(clippy::disallowed_methods, reason = "credentials expire by the clock on the wall")]

mod call;
mod catalogue;
mod classify;
mod convert;
mod credentials;
mod dns;
mod guard;
mod permits;
mod rate;
mod reader;
mod recorder;
mod scan;
mod session;
mod survey;
mod system;

mod detective;
mod ec2;
mod iam;
mod organizations;

pub use catalogue::{Operation, Per, Place, call_catalogue};
pub use guard::allowed_operations;
pub use reader::{Limits, Progress, Reader, Shared};
pub use scan::{CollectError, Scan, collect};
pub use session::Environment;
pub use survey::{Survey, survey};
