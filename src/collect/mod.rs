//! Reads AWS into an [`Inventory`](crate::inventory::Inventory). The only
//! module that speaks to the network, and the only one that names the SDK.
//!
//! A *collector* reads some operations of one service in one scope and records
//! what AWS said: resources on success, a gap on failure, never a judgement.

#![expect(clippy::disallowed_methods, reason = "credentials expire by the clock on the wall")]

/// Does things side by side. Unlike `tokio::join!`, which polls all of them whenever one has something to do,
/// each is polled for itself: in a region some thirty calls wait at once, and all accounts' together are thousands.
macro_rules! together {
    ($($work:expr),+ $(,)?) => {
        $crate::collect::together(vec![$(Box::pin($work) as futures::future::BoxFuture<'_, ()>),+])
    };
}

async fn together(work: Vec<futures::future::BoxFuture<'_, ()>>) {
    use futures::StreamExt;
    let mut all: futures::stream::FuturesUnordered<_> = work.into_iter().collect();
    while all.next().await.is_some() {}
}

mod answer;
mod call;
mod catalogue;
mod classify;
mod clients;
mod convert;
mod credentials;
mod dns;
mod guard;
mod mirror;
mod one;
mod permits;
mod rate;
mod reader;
mod recorder;
mod scan;
mod session;
mod survey;
mod system;

mod balancing;
mod cloudwatch;
mod detective;
mod direct_connect;
mod ec2;
mod iam;
mod lambda;
mod network_firewall;
mod organizations;
mod rds;
mod route53;
mod s3;
mod ssm;
mod waf;

pub use catalogue::{Operation, Per, Place, call_catalogue};
pub use guard::allowed_operations;
pub use rate::{Rate, used as used_rate};
pub use reader::{Limits, Progress, Reader, Shared};
pub use scan::{CollectError, Scan, collect};
pub use session::Environment;
pub use survey::{Survey, survey};
