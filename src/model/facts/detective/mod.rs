//! Facts of the services that watch.

pub(in crate::model::facts) mod aggregator;
mod analyzer;
mod config;
mod detector;
pub(in crate::model::facts) mod graph;
mod hub;
pub(in crate::model::facts) mod inspector;
pub(in crate::model::facts) mod macie;
pub(in crate::model::facts) mod regions;
mod trail;

#[cfg(test)]
mod member_tests;
#[cfg(test)]
mod sensor_tests;
#[cfg(test)]
mod tests;
