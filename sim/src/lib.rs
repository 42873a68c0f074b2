//! A simulated AWS endpoint: an organization that a scanner can scan without
//! any AWS account, for the demo, for tests and for load tests.
//!
//! The organization is a pure function of an [`Organization`] value. Nothing is
//! stored per resource; each page of each list is computed when it is asked
//! for, and page tokens carry the offset. What is wrong with the organization
//! is declared once, in `defects`, and [`Organization::truth`] tells it.
//!
//! Terms: a *cell* is one account in one region; a *plant* is a defect put
//! there on purpose; a *fault* is an error of the endpoint itself, such as a
//! throttled call or a torn reply.
//!
//! ```no_run
//! # async fn demo() -> std::io::Result<()> {
//! use driftline_sim::{Faults, Organization, serve};
//!
//! let org = Organization::default();
//! let (key, secret) = org.operator_credentials();
//! let faults = Faults::demo(&org);
//! let server = serve(([127, 0, 0, 1], 0).into(), org, faults).await?;
//! println!("AWS_ENDPOINT_URL={} AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret}", server.url());
//! # server.shutdown().await; Ok(()) }
//! ```

mod answer;
mod balancers;
mod broken;
mod call;
mod cbor;
mod cell;
mod changes;
mod clock;
mod defects;
mod ec2;
mod elb;
mod error;
mod faults;
mod hash;
mod iam;
mod json;
mod latency;
mod limits;
mod org;
mod page;
mod rds;
mod route53;
mod s3;
mod server;
mod service;
mod stats;
mod stream;
mod sts;
mod truth;
mod xml;

pub use changes::Change;
pub use defects::Code;
pub use faults::{Fault, Faults, Rule, When};
pub use latency::Latency;
pub use limits::{BucketUse, Source};
pub use org::{Organization, Size};
pub use server::{Server, serve};
pub use stats::{AccountUse, CallCount, Stats};
pub use truth::Planted;

/// Every operation that is simulated, as `ec2:DescribeVpcs`.
pub fn operations() -> Vec<String> {
    service::Service::operations().collect()
}
