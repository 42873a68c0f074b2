//! What a scan makes of an endpoint that misbehaves: gaps, never verdicts.

mod balancing;
mod calls;
mod clean;
mod credentials;
mod demo;
mod denials;
mod edge;
mod endpoint;
mod matrix;
mod network;
mod order;
mod prepare;
mod reproducible;
mod resume;
mod signals;
mod storage;
