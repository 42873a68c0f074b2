//! The checks of a profile, judged as the second verdict asks: no failure that counts, and none that could not be told.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::cli::{GlobalArgs, VerifyArgs};
use crate::drift::verify::Hardening;
use crate::evaluate;
use crate::exceptions::Exception;
use crate::finding::{Finding, Severity, Status};
use crate::run::diff::Compared;
use crate::run::judge::{Asked, Judged, has_unknown_regions};
use crate::run::settings::Settings;
use crate::run::{Stop, by_account, exceptions, files};

/// What a profile asks, and what is accepted of it.
pub(super) struct Profile {
    pub name: String,
    catalog: Catalog,
    accepted: Vec<Exception>,
    fail_on: Severity,
}

/// What its checks found.
pub(super) struct Checked {
    pub profile: String,
    /// The ids of the checks.
    pub checks: BTreeSet<String>,
    pub findings: Vec<Finding>,
    pub suppressed: usize,
    fail_on: Severity,
    /// Some account may have regions that nobody knows of.
    unknown_regions: bool,
}

impl Profile {
    pub fn load(global: &GlobalArgs, settings: &Settings, name: &str, args: &VerifyArgs) -> Result<Profile, Stop> {
        let catalog = settings.profile(global, name, &args.directories)?;
        let accepted = exceptions::load_from(global, settings, args.exceptions.as_deref(), args.no_exceptions)?;
        let fail_on = settings.config.scan.fail_on.map_or(Severity::Low, |fail_on| fail_on.0);
        Ok(Profile { name: name.to_owned(), catalog, accepted, fail_on })
    }

    /// Judges a snapshot as of the time at which it was taken.
    pub fn judge(&self, after: &Compared<'_>) -> Result<Checked, Stop> {
        let survey = by_account::survey(after.snapshot).map_err(|error| files::unusable(after.path, &error))?;
        let unknown_regions = has_unknown_regions(&survey.surroundings.ledger);
        let judged = Judged { snapshot: after.snapshot, surroundings: Arc::new(survey.surroundings), statistics: None };
        let asked = Asked { catalog: &self.catalog, baselines: Vec::new(), accepted: self.accepted.clone() };
        let now = after.snapshot.provenance().taken_at;
        let report = asked.judge(None, &judged, now, evaluate::Options::default())?;
        Ok(Checked {
            profile: self.name.clone(),
            checks: report.rules.into_keys().collect(),
            findings: report.findings,
            suppressed: report.suppressed.len(),
            fail_on: self.fail_on,
            unknown_regions,
        })
    }
}

impl Checked {
    pub fn hardening(&self) -> Hardening {
        let mut hardening = Hardening::held();
        for finding in &self.findings {
            let Finding { rule, scope, message, severity, .. } = finding;
            match &finding.status {
                Status::Fail if *severity >= self.fail_on => {
                    hardening.fails(format!("{scope}: {severity} {rule}: {message}"));
                }
                Status::Unknown(missing) => hardening.unknown(format!("{scope}: {rule}: {}", missing.why)),
                _ => {}
            }
        }
        if self.unknown_regions {
            hardening.unknown("an account may have regions that are not known".to_owned());
        }
        hardening
    }
}
