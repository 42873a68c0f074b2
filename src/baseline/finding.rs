//! Deviations as findings, and what exceptions take out of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::drift::Class;
use crate::exceptions::{About, Accepts, Exception, State, Suppressed, Use};
use crate::finding::{Evidence, Finding, Fingerprint, Severity, Status};

use super::compare::{Deviation, Found, Unchecked};
use super::difference::{beyond, lines};

/// The rule that every deviation is a finding of.
pub const RULE: &str = "baseline-drift";

/// The fact under which a finding has its item's id.
pub const ITEM: &str = "item";

/// A comparison as a report tells it.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Deviations that are not accepted, or what of them goes beyond; and what could not be checked.
    pub findings: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    /// Every exception about a deviation.
    pub uses: Vec<Use>,
}

/// Turns a comparison into findings, less what exceptions accept on that day.
pub fn tell(found: &Found, exceptions: &[Exception], today: Date) -> Told {
    let mut told = Told::default();
    let mut states: Vec<Option<State>> = exceptions.iter().map(|_| None).collect();
    for deviation in &found.deviations {
        let mut left = Some(deviation.clone());
        let mut covered_by = None;
        for (exception, state) in exceptions.iter().zip(&mut states) {
            let About::Drift { item, accepts } = &exception.about else { continue };
            let (Some(now), true) = (&left, *item == deviation.item.id) else { continue };
            if exception.is_over(today) {
                *state = Some(State::Expired);
                continue;
            }
            match without(now, accepts) {
                Cut::Nothing => *state = Some(State::Differs { is: value(deviation) }),
                Cut::Part(rest) => {
                    *state = Some(State::Applied);
                    left = Some(*rest);
                }
                Cut::All => {
                    *state = Some(State::Applied);
                    covered_by = Some(exception);
                    left = None;
                }
            }
        }
        match (left, covered_by) {
            (Some(left), _) => told.findings.push(finding(&left)),
            (None, Some(exception)) => {
                told.suppressed.push(Suppressed { finding: finding(deviation), exception: exception.clone() });
            }
            (None, None) => {}
        }
    }
    // One listing that was not read is missing to every entry about its type, and is told once.
    let mut seen = BTreeSet::new();
    let once = found.unchecked.iter().filter(|one| seen.insert((&one.scope, one.resource_type, &one.key, &one.path)));
    told.findings.extend(once.map(unknown));
    for (exception, state) in exceptions.iter().zip(states) {
        if !matches!(exception.about, About::Drift { .. }) {
            continue;
        }
        let absent = || match found.unchecked.is_empty() {
            // An id does not say what it is of, so anything that was not read may be it.
            false => State::Unknown,
            true if exception.is_over(today) => State::Expired,
            true => State::Unused,
        };
        told.uses.push(Use { exception: exception.clone(), state: state.unwrap_or_else(absent) });
    }
    told
}

/// What an exception takes out of a deviation.
enum Cut {
    Nothing,
    Part(Box<Deviation>),
    All,
}

fn without(deviation: &Deviation, accepts: &Accepts) -> Cut {
    let accepted = match accepts {
        Accepts::Any => return Cut::All,
        Accepts::Exactly(lines) => lines,
    };
    let Some(difference) = &deviation.difference else {
        return if value(deviation) == *accepted { Cut::All } else { Cut::Nothing };
    };
    match beyond(difference, accepted) {
        None => Cut::All,
        Some(rest) if rest == *difference => Cut::Nothing,
        Some(rest) => Cut::Part(Box::new(super::compare::narrowed(deviation, rest))),
    }
}

/// A deviation in the lines of an exception: `+` is there and not wanted, `-` is wanted and not there, `=` is the
/// value of what is no set.
pub fn value(deviation: &Deviation) -> Vec<String> {
    match (&deviation.difference, deviation.item.class) {
        (Some(difference), _) => lines(difference),
        (None, Class::Added) => vec!["+ present".to_owned()],
        (None, _) => match &deviation.item.after {
            Some(after) => vec![format!("- present, {after} are")],
            None => vec!["- present".to_owned()],
        },
    }
}

/// What a line of a deviation's value means; reports show it behind the line.
fn said(line: &str) -> &'static str {
    match line.as_bytes().first() {
        Some(b'+') => "is there and is not wanted",
        Some(b'-') => "is wanted and is not there",
        _ => "another value is wanted",
    }
}

/// One deviation as a finding.
pub fn finding(deviation: &Deviation) -> Finding {
    let item = &deviation.item;
    let subject = if item.path.is_empty() { "present" } else { item.path.as_str() };
    let told = |fact: &str, value: String| Evidence { fact: fact.into(), value, condition: "".into() };
    let mut evidence: Vec<Evidence> = value(deviation)
        .into_iter()
        .map(|line| Evidence { fact: subject.into(), condition: said(&line).into(), value: line })
        .collect();
    evidence.push(told("effect", format!("{} ({})", item.effect, item.class)));
    evidence.extend(item.witness.as_ref().map(|witness| told("for_example", witness.clone())));
    evidence.push(told(ITEM, item.id.clone()));
    Finding {
        rule: RULE.into(),
        severity: item.severity,
        status: Status::Fail,
        scope: deviation.scope.clone().into(),
        resource: deviation.resource.clone().map(Arc::new),
        message: format!("{} {} {}: {}", item.resource_type, item.key, item.class, item.because).into(),
        evidence: evidence.into(),
        location: deviation.location.clone().into(),
        fingerprint: fingerprint(&deviation.scope.to_string(), item.resource_type.name(), &item.key, &item.path),
    }
}

fn fingerprint(scope: &str, of: &str, key: &str, path: &str) -> Fingerprint {
    Fingerprint::new(RULE, &format!("{scope} {of} {key}"), path)
}

fn unknown(one: &Unchecked) -> Finding {
    let of = one.resource_type.name();
    let what = match (one.key.as_str(), one.path.as_str()) {
        ("", _) => format!("not every {of} of {} is known", one.scope),
        (key, "") => format!("whether {of} {key} is meant is not known"),
        (key, path) => format!("{path} of {of} {key} is not known"),
    };
    Finding {
        rule: RULE.into(),
        severity: Severity::Medium,
        status: Status::Unknown(one.missing.clone().into()),
        scope: one.scope.clone().into(),
        resource: one.resource.clone().map(Arc::new),
        message: format!("{what}: {}", one.missing).into(),
        evidence: Arc::default(),
        location: one.location.clone().into(),
        fingerprint: Fingerprint::new(
            RULE,
            &format!("{} {of} {}", one.scope, one.key),
            &format!("unknown {}", one.path),
        ),
    }
}
