//! Sets of addresses and ports, canonical: equal sets are equal values.
//!
//! IPv4 and IPv6 always travel together and never mix. No AWS in here.

mod interval;
mod ip;
mod measure;
mod packet;
mod plane;
mod port;
mod region;
mod segment;
mod slab;
mod sweep;
mod witness;

pub use interval::Intervals;
pub use ip::{IpSet, IpSetError};
pub use measure::PlaneCount;
pub use packet::{Block, Packet, PacketSet, Protocols};
pub use port::{PortSet, PortSetError};
pub use region::Region;
pub use segment::{Allowed, Rule, Verdict, segments};

#[cfg(test)]
mod tests;
