//! What the internet can reach, held against AWS's semantics by construction, against recorded probes, and against
//! an encoder in another language.

mod ask;
mod labs;
mod metamorphic;
mod network;
mod packets;
mod scenarios;
mod shape;
mod z3;
