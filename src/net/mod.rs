//! Sets of addresses and ports, canonical: equal sets are equal values.
//!
//! IPv4 and IPv6 always travel together and never mix. No AWS in here.

mod interval;
mod ip;
mod port;
mod segment;

pub use interval::Intervals;
pub use ip::{IpSet, IpSetError};
pub use port::{PortSet, PortSetError};
pub use segment::{Allowed, Rule, Verdict, segments};
