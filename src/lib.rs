//! driftline: posture and drift checks for a whole AWS organization.
//!
//! In reading order: what AWS said (`arn`, `net`, `iam`, `resource`,
//! `inventory`), how it is read (`collect`) or taken from files (`import`), what follows from it (`model`),
//! what is wanted (`catalog`), the comparison (`evaluate`), what has changed (`drift`), what is told
//! (`finding`, `triage`, `report`), and what a user types (`config`, `cli`,
//! `run`). ARCHITECTURE.md says which module may name which.

pub mod arn;
pub mod baseline;
pub mod catalog;
pub mod cli;
#[cfg(feature = "aws")]
pub mod collect;
pub mod config;
pub mod drift;
pub mod evaluate;
pub mod exceptions;
pub mod finding;
pub mod iam;
pub mod import;
pub mod inventory;
pub mod model;
pub mod net;
pub mod pages;
pub mod report;
pub mod resource;
pub mod run;
pub mod text;
pub mod triage;
