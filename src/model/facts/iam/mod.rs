//! Facts of IAM.
//!
//! Facts that users, groups, roles and policies share have one name, so that
//! one check can look at all of them.

mod access_key;
pub mod account;
pub mod credentials;
pub mod escalation;
mod other;
pub mod policies;
mod principal;
mod role;
mod user;
mod wholesale;

#[cfg(test)]
mod tests;
