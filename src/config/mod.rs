//! What a run is pointed at and how it is told to behave.

pub mod targets;
