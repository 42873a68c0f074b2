//! driftline.toml: what a run is pointed at and how it is told to behave.
//!
//! A flag counts before the file, and the file before the default. The file is
//! read into a [`Config`], every mistake in it reported at its place.

mod file;
pub mod targets;

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::catalog::{CheckId, Override, Profile};
use crate::finding::Severity;

pub use file::read;

/// What the file says; none or empty where it says nothing.
#[derive(Debug, Default)]
pub struct Config {
    pub targets: TargetSettings,
    /// The AWS profile.
    pub profile: Option<String>,
    pub scan: ScanSettings,
    pub limits: LimitSettings,
    /// What `[checks.ID]` changes.
    pub checks: BTreeMap<CheckId, Override>,
    /// What `[profiles.NAME]` defines.
    pub profiles: Vec<Profile>,
}

/// `[targets]` and `[role]`.
#[derive(Debug, Default, Clone)]
pub struct TargetSettings {
    pub organization: Option<bool>,
    pub accounts: Vec<String>,
    pub exclude_accounts: Vec<String>,
    pub organizational_units: Vec<String>,
    pub account_tags: Vec<(String, String)>,
    pub regions: Vec<String>,
    pub exclude_regions: Vec<String>,
    pub role: Option<String>,
    pub role_via: Vec<String>,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    /// 900 to 43,200.
    pub duration_seconds: Option<i32>,
}

/// `[scan]`.
#[derive(Debug, Default, Clone)]
pub struct ScanSettings {
    pub checks: Vec<String>,
    pub exclude_checks: Vec<String>,
    /// Names of profiles; a check of any of them.
    pub check_profiles: Vec<String>,
    /// Names and globs of frameworks; a check of any of them.
    pub frameworks: Vec<String>,
    /// Tags of checks; a check with any of them.
    pub tags: Vec<String>,
    /// Folders of the user's own checks, relative to the file.
    pub check_directories: Vec<String>,
    /// Baselines to compare with, files or folders, relative to the file.
    pub baselines: Vec<String>,
    pub fail_on: Option<FailOn>,
    pub on_unknown: Option<OnUnknown>,
}

/// `[limits]`; seconds where it says so.
#[derive(Debug, Default, Clone)]
pub struct LimitSettings {
    pub max_in_flight: Option<usize>,
    pub max_in_flight_per_account: Option<usize>,
    pub max_accounts: Option<usize>,
    pub max_attempts: Option<u32>,
    pub attempt_timeout_seconds: Option<u64>,
    pub call_timeout_seconds: Option<u64>,
    /// 0.1 to 1.
    pub politeness: Option<f64>,
}

/// Which findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn(pub Severity);

impl FromStr for FailOn {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(FailOn)
    }
}

/// What a verdict that could not be told does to a run's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    #[default]
    Fail,
    /// Say so, and count the run as clean.
    Warn,
    Ignore,
}

impl OnUnknown {
    pub const ALL: [OnUnknown; 3] = [OnUnknown::Fail, OnUnknown::Warn, OnUnknown::Ignore];

    pub fn as_str(self) -> &'static str {
        match self {
            OnUnknown::Fail => "fail",
            OnUnknown::Warn => "warn",
            OnUnknown::Ignore => "ignore",
        }
    }
}

impl FromStr for OnUnknown {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = OnUnknown::ALL.into_iter().find(|what| what.as_str() == text);
        known.ok_or_else(|| format!("`{text}` is not known here: fail, warn or ignore is wanted"))
    }
}
