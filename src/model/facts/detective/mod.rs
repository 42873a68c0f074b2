//! Facts of the services that watch.

mod analyzer;
mod config;
mod detector;
mod hub;
pub(in crate::model::facts) mod regions;
mod trail;

#[cfg(test)]
mod tests;
