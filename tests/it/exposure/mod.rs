//! What the internet can reach, held against AWS's semantics by construction, against recorded probes, and against
//! an encoder in another language.

pub mod ask;
mod labs;
mod metamorphic;
pub mod network;
mod packets;
pub mod scenarios;
mod shape;
mod z3;
