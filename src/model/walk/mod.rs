//! One packet through the network, gate by gate: whether it gets there, whether
//! an answer gets back, and which object decides at each step.
//!
//! *Gate*: an object that lets a packet pass, turns it away or sends it on.
//! *Forward*: the first packet of a connection. *Reply*: the answer to it, for
//! which security groups are not asked again, and whose port is the client's:
//! not one port but the set of those that every gate lets back.
//!
//! It is the oracle that the packet sets of `model::exposure` are held to, and
//! the explainer of both. What it cannot know ends as `unknown` with its name.

mod balancer;
mod ends;
mod filters;
mod flow;
mod gateways;
mod probe;
mod representatives;
mod step;
mod transit;

pub use ends::{End, EndError};
pub use probe::{Answer, Probe, ProbeProtocol, Verdict, reach};
pub use step::{Decision, Gate, Step};

#[cfg(test)]
mod tests;
