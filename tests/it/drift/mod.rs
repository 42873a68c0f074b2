//! Drift, with its truth by construction: organizations are made, changed by a list, and written anew without a change
//! of meaning; what is found has to be the list.

mod changes;
mod command;
mod declared;
mod effects;
mod examples;
mod rewriting;
mod scenarios;
mod story;
mod traps;
mod truth;
mod verify;
pub mod world;
