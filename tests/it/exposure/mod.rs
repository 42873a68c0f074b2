//! What the internet can reach, held against AWS's semantics by construction, against recorded probes, and against
//! an encoder and an evaluator in another language.

pub mod ask;
mod eastwest;
mod labs;
mod metamorphic;
pub mod network;
mod packets;
pub mod scenarios;
mod shape;
mod z3;
