//! Facts of the services that watch.

pub(in crate::model::facts) mod aggregator;
mod analyzer;
mod config;
mod detector;
mod hub;
pub(in crate::model::facts) mod regions;
mod trail;

#[cfg(test)]
mod member_tests;
#[cfg(test)]
mod tests;
