//! What a run says of a framework's controls.

use std::collections::BTreeMap;

use super::{Report, Tally};

/// A framework that the user asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Framework {
    pub id: String,
    pub name: String,
    pub version: String,
    pub source: String,
    /// In the framework's order.
    pub controls: Vec<Control>,
}

/// One of its controls, and the checks that answer it.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    pub id: String,
    pub title: Option<String>,
    pub level: Option<i64>,
    /// Why no tool can tell.
    pub manual: Option<String>,
    /// What of it no check looks at.
    pub beyond: Option<String>,
    /// Ids, sorted: those that ran and those that did not.
    pub checks: Vec<String>,
}

/// What a control comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlVerdict {
    /// A check of it fails.
    Fail,
    /// No check of it fails, and one could not tell.
    Unknown,
    /// All that fails is covered by exceptions.
    Accepted,
    Pass,
    /// Its checks ran, and there was nothing that they apply to.
    NotApplicable,
    /// It has checks, and none of them ran.
    NotSelected,
    /// No tool can tell.
    Manual,
    /// No check answers it.
    NotCovered,
}

impl ControlVerdict {
    pub const ALL: [ControlVerdict; 8] = [
        ControlVerdict::Fail,
        ControlVerdict::Unknown,
        ControlVerdict::Accepted,
        ControlVerdict::Pass,
        ControlVerdict::NotApplicable,
        ControlVerdict::NotSelected,
        ControlVerdict::Manual,
        ControlVerdict::NotCovered,
    ];

    /// As the JSON report has it.
    pub fn as_str(self) -> &'static str {
        match self {
            ControlVerdict::Fail => "fail",
            ControlVerdict::Unknown => "unknown",
            ControlVerdict::Accepted => "accepted",
            ControlVerdict::Pass => "pass",
            ControlVerdict::NotApplicable => "not_applicable",
            ControlVerdict::NotSelected => "not_selected",
            ControlVerdict::Manual => "manual",
            ControlVerdict::NotCovered => "not_covered",
        }
    }

    /// As people read it.
    pub fn words(self) -> String {
        self.as_str().replace('_', " ")
    }
}

/// A control's verdict, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<'r> {
    pub control: &'r Control,
    pub verdict: ControlVerdict,
    /// The control's checks; none for one that did not run.
    pub evidence: Vec<(&'r str, Option<Tally>)>,
}

impl Answer<'_> {
    /// Whether some of what the control asks was not looked at, so that a pass is one of the rest alone.
    pub fn is_partial(&self) -> bool {
        let left_out = self.evidence.iter().any(|(_, tally)| tally.is_none());
        let ran = self.evidence.iter().any(|(_, tally)| tally.is_some());
        ran && (left_out || self.control.beyond.is_some())
    }
}

impl Report {
    /// The verdicts on a framework's controls, all accounts together.
    pub fn answers<'r>(&self, framework: &'r Framework) -> Vec<Answer<'r>> {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for (rule, _, tally) in self.tallies.iter() {
            tallies.entry(rule).or_default().add(tally);
        }
        let of_check = |id: &'r String| {
            // A check that ran where nothing is has no tally, and counts as one that judged nothing.
            let ran = self.rules.contains_key(id);
            (id.as_str(), ran.then(|| tallies.get(id.as_str()).copied().unwrap_or_default()))
        };
        framework
            .controls
            .iter()
            .map(|control| {
                let evidence: Vec<(&str, Option<Tally>)> = control.checks.iter().map(of_check).collect();
                Answer { control, verdict: verdict(control, &evidence), evidence }
            })
            .collect()
    }
}

fn verdict(control: &Control, evidence: &[(&str, Option<Tally>)]) -> ControlVerdict {
    let mut sum = Tally::default();
    evidence.iter().filter_map(|(_, tally)| *tally).for_each(|tally| sum.add(tally));
    if evidence.is_empty() {
        return if control.manual.is_some() { ControlVerdict::Manual } else { ControlVerdict::NotCovered };
    }
    if evidence.iter().all(|(_, tally)| tally.is_none()) {
        return ControlVerdict::NotSelected;
    }
    match sum {
        Tally { fail: 1.., .. } => ControlVerdict::Fail,
        Tally { unknown: 1.., .. } => ControlVerdict::Unknown,
        Tally { suppressed: 1.., .. } => ControlVerdict::Accepted,
        Tally { pass: 1.., .. } => ControlVerdict::Pass,
        _ => ControlVerdict::NotApplicable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(manual: bool) -> Control {
        let manual = manual.then(|| "people".to_owned());
        Control { id: "1".to_owned(), title: None, level: None, manual, beyond: None, checks: Vec::new() }
    }

    fn tally(fail: u64, unknown: u64, suppressed: u64, pass: u64, skip: u64) -> Tally {
        Tally { fail, unknown, pass, skip, suppressed }
    }

    fn of(tallies: &[Option<Tally>]) -> ControlVerdict {
        let evidence: Vec<(&str, Option<Tally>)> = tallies.iter().map(|tally| ("check", *tally)).collect();
        verdict(&control(false), &evidence)
    }

    #[test]
    fn a_control_is_as_bad_as_the_worst_of_its_checks() {
        let (fail, unknown) = (tally(1, 0, 0, 9, 0), tally(0, 1, 0, 9, 0));
        let (accepted, pass, skip) = (tally(0, 0, 1, 9, 0), tally(0, 0, 0, 9, 3), tally(0, 0, 0, 0, 3));
        // Each before those behind it, in any company and order.
        let order = [
            (fail, ControlVerdict::Fail),
            (unknown, ControlVerdict::Unknown),
            (accepted, ControlVerdict::Accepted),
            (pass, ControlVerdict::Pass),
            (skip, ControlVerdict::NotApplicable),
        ];
        for (number, (one, verdict)) in order.iter().enumerate() {
            for (other, _) in &order[number..] {
                assert_eq!(of(&[Some(*one), Some(*other)]), *verdict);
                assert_eq!(of(&[Some(*other), None, Some(*one)]), *verdict);
            }
        }
    }

    #[test]
    fn what_did_not_run_or_has_no_check_never_passes() {
        assert_eq!(of(&[None, None]), ControlVerdict::NotSelected);
        assert_eq!(of(&[Some(Tally::default())]), ControlVerdict::NotApplicable);
        assert_eq!(verdict(&control(true), &[]), ControlVerdict::Manual);
        assert_eq!(verdict(&control(false), &[]), ControlVerdict::NotCovered);
    }

    #[test]
    fn a_pass_of_a_part_says_so() {
        let pass = ("a", Some(tally(0, 0, 0, 1, 0)));
        let answer = |control, evidence| Answer { control, verdict: ControlVerdict::Pass, evidence };
        let (whole, beyond) = (control(false), Control { beyond: Some("buckets".to_owned()), ..control(false) });
        assert!(!answer(&whole, vec![pass]).is_partial());
        assert!(answer(&whole, vec![pass, ("b", None)]).is_partial());
        assert!(answer(&beyond, vec![pass]).is_partial());
        assert!(!answer(&beyond, vec![("b", None)]).is_partial());
    }
}
