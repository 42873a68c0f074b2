//! Checks against a model: verdicts.
//!
//! A check fails where its condition is true, passes where it is false, and is
//! unknown where what was not read could make it either. A pass means that the
//! facts were read; nothing here turns a gap into one.

mod cases;
mod drop;
mod evidence;
mod frame;
mod lint;
mod operators;
mod scopes;
mod truth;
mod verdict;

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use crate::arn::{AccountId, Arn, Scope};
use crate::catalog::{Catalog, Check, TypeRule};
use crate::finding::{Evidence, Finding, Fingerprint, Message, Piece, ResourceRef, Status, Tallies, Tally};
use crate::inventory::Missing;
use crate::model::{Model, Subject, facts};
use crate::resource::ResourceType;

use frame::{Frame, Lazy};
use verdict::{Unknown, Verdict};

pub use cases::{CaseResult, run_cases};
pub use drop::untested_conditions;
pub use lint::lint;

/// What a run wants to be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Also a finding for each resource that passes.
    pub passes: bool,
}

/// All verdicts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Worst first, then by check, scope, ARN and fingerprint.
    pub findings: Vec<Finding>,
    /// Per check and account: one verdict for each resource, one `unknown` for each scope in which
    /// a type was not read to its end, one `skip` where there was nothing to look at.
    pub tallies: Tallies,
}

/// Runs every check of the catalogue on everything in the model.
pub fn judge(catalog: &Catalog, model: &Model<'_>, options: Options) -> Judgement {
    let mut judgement = Judgement::default();
    let mut by_type: BTreeMap<ResourceType, Vec<(&Check, &TypeRule)>> = BTreeMap::new();
    for check in catalog.checks() {
        for rule in &check.rules {
            by_type.entry(rule.resource_type).or_default().push((check, rule));
        }
    }
    for (of, rules) in &by_type {
        // Facts are computed once for all checks of a type, so subjects are the outer loop.
        let facts = facts::table(*of).len();
        let mut tallies: Vec<BTreeMap<&AccountId, Tally>> = vec![BTreeMap::new(); rules.len()];
        for (scope, subject) in model.subjects(*of) {
            let lazy = Lazy::new(model, scope, subject, facts);
            let place = Place { scope, subject, of: *of, alike: OnceCell::new() };
            let frame = Frame::Resource { facts: &lazy, now: model.now };
            for ((check, rule), tallies) in rules.iter().zip(&mut tallies) {
                let about = About { check, place: &place };
                let one = about.judge(rule, &frame, options, &mut judgement.findings);
                tallies.entry(&scope.account).or_default().add(one);
            }
        }
        for ((check, _), tallies) in rules.iter().zip(tallies) {
            for (account, tally) in tallies {
                judgement.tally(check, account).add(tally);
            }
        }
        for unread in scopes::unread(model.inventory, *of) {
            for (check, _) in rules {
                judgement.tally(check, &unread.scope.account).unknown += 1;
                judgement.findings.push(unread_finding(check, *of, &unread.scope, &unread.missing));
            }
        }
    }
    skip_where_nothing_is(catalog, model, &mut judgement);
    judgement.sort();
    judgement
}

/// Puts findings into the order of a report.
pub fn sort(findings: &mut [Finding]) {
    fn order(finding: &Finding) -> impl Ord + '_ {
        let arn = finding.resource.as_ref().map(|resource| &resource.arn);
        (Reverse(finding.severity), &finding.rule, &finding.scope, arn, &finding.fingerprint)
    }
    // No two are alike in all of it, and a stable sort would need half of them again.
    findings.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
}

impl Judgement {
    /// Adds the verdicts on other accounts; [`Judgement::sort`] is to follow.
    pub fn absorb(&mut self, other: Judgement) {
        self.findings.extend(other.findings);
        self.tallies.absorb(&other.tallies);
    }

    /// Puts the findings into their order.
    pub fn sort(&mut self) {
        sort(&mut self.findings);
    }

    fn tally(&mut self, check: &Check, account: &AccountId) -> &mut Tally {
        self.tallies.entry(&check.id.shared(), account)
    }
}

/// What all checks of a type are asked of.
struct Place<'a> {
    scope: &'a Scope,
    subject: Subject<'a>,
    of: ResourceType,
    alike: OnceCell<Alike>,
}

/// What all findings on a resource say alike.
struct Alike {
    scope: Arc<Scope>,
    resource: Arc<ResourceRef>,
    identity: String,
}

impl Place<'_> {
    fn alike(&self) -> &Alike {
        self.alike.get_or_init(|| {
            let arn = self.subject.arn(self.scope);
            Alike {
                scope: self.scope.clone().into(),
                identity: self.identity(&arn),
                resource: Arc::new(ResourceRef {
                    resource_type: type_name(self.of),
                    id: self.subject.id().into(),
                    arn,
                    name: self.subject.name().map(Into::into),
                }),
            }
        })
    }

    /// What the finding is about, once in a report: some resources are seen from accounts and regions that
    /// are not their own (an organization, a copy of a trail), and each place has a verdict of its own.
    fn identity(&self, arn: &Arn) -> String {
        let own = |field: &str, here: &str| field.is_empty() || field == here;
        let region = if self.scope.region.is_global() { "" } else { self.scope.region.as_str() };
        if own(arn.account(), self.scope.account.as_str()) && own(arn.region(), region) {
            arn.to_string()
        } else {
            format!("{arn} {}", self.scope)
        }
    }
}

/// The name of a type, which all findings share.
fn type_name(of: ResourceType) -> Arc<str> {
    static NAMES: LazyLock<BTreeMap<ResourceType, Arc<str>>> =
        LazyLock::new(|| ResourceType::ALL.iter().map(|of| (*of, of.name().into())).collect());
    NAMES.get(&of).map_or_else(|| of.name().into(), Arc::clone)
}

/// A check and what it is asked of.
struct About<'a> {
    check: &'a Check,
    place: &'a Place<'a>,
}

impl About<'_> {
    /// Judges it, and counts it as one verdict.
    fn judge(&self, rule: &TypeRule, frame: &Frame<'_>, options: Options, findings: &mut Vec<Finding>) -> Tally {
        let subject = self.place.subject;
        let Verdict::Judged { failures, mut unknown } = verdict::judge(rule, frame) else {
            return Tally { skip: 1, ..Tally::default() };
        };
        if failures.is_empty() && unknown.is_none() {
            // What may not be there, or be otherwise, does not pass.
            let doubt = subject.doubt();
            unknown = doubt.map(|missing| Unknown { missing: missing.clone(), evidence: Vec::new() });
        }
        let tally = match (failures.is_empty(), unknown.is_some()) {
            (false, _) => Tally { fail: 1, ..Tally::default() },
            (true, true) => Tally { unknown: 1, ..Tally::default() },
            (true, false) => Tally { pass: 1, ..Tally::default() },
        };
        for failure in failures {
            let severity = failure.severity.unwrap_or(self.check.severity);
            let message = Message::about(&self.place.alike().resource, failure.message);
            let finding = self.finding(Status::Fail, message, failure.evidence, &failure.discriminator);
            findings.push(Finding { severity, ..finding });
        }
        if let Some(unknown) = unknown {
            let message = self.named(format!(" cannot be judged: {}", unknown.missing));
            // Its own discriminator: someone who accepted not knowing has not accepted the failure.
            findings.push(self.finding(Status::Unknown(unknown.missing.into()), message, unknown.evidence, "unknown"));
        }
        if tally.pass > 0 && options.passes {
            // `each` has a condition on elements, which has no truth for the resource as a whole.
            let evidence = match &rule.fail.each {
                None => evidence::evidence(&rule.fail.condition, frame, truth::Truth::False),
                Some(_) => Vec::new(),
            };
            findings.push(self.finding(Status::Pass, self.named(" passes".to_owned()), evidence, "pass"));
        }
        tally
    }

    /// A message that begins with the resource's name.
    fn named(&self, text: String) -> Message {
        Message::about(&self.place.alike().resource, [Piece::Name, Piece::Text(text.into())])
    }

    fn finding(&self, status: Status, message: Message, evidence: Vec<Evidence>, discriminator: &str) -> Finding {
        let Alike { scope, resource, identity } = self.place.alike();
        Finding {
            rule: self.check.id.shared(),
            severity: self.check.severity,
            status,
            scope: Arc::clone(scope),
            fingerprint: Fingerprint::new(self.check.id.as_str(), identity, discriminator),
            resource: Some(Arc::clone(resource)),
            message,
            evidence: evidence.into(),
            location: self.check.location.clone(),
        }
    }
}

fn unread_finding(check: &Check, of: ResourceType, scope: &Scope, missing: &Missing) -> Finding {
    Finding {
        rule: check.id.shared(),
        severity: check.severity,
        status: Status::Unknown(missing.clone().into()),
        scope: scope.clone().into(),
        resource: None,
        message: format!("not every {of} of {scope} is known: {missing}").into(),
        evidence: Arc::default(),
        location: check.location.clone(),
        fingerprint: Fingerprint::new(check.id.as_str(), &format!("{scope} {of}"), "unknown"),
    }
}

/// A check that found nothing to look at in an account, where everything was read, is skipped there.
fn skip_where_nothing_is(catalog: &Catalog, model: &Model<'_>, judgement: &mut Judgement) {
    let accounts: BTreeSet<&AccountId> = model.inventory.ledger.scopes().map(|scope| &scope.account).collect();
    for check in catalog.checks() {
        for account in &accounts {
            if judgement.tallies.get_mut(check.id.as_str(), account).is_none() {
                judgement.tally(check, account).skip += 1;
            }
        }
    }
}

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
