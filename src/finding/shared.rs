//! What many findings say alike, in memory once. An organization has hundreds of thousands of findings, and of check ids,
//! types, files, facts with their values and reasons for not knowing a few thousand.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::arn::Scope;
use crate::inventory::Missing;

use super::{Evidence, FileLocation, Finding, Piece, Status};

/// What was said so far.
#[derive(Debug, Default)]
pub struct Shared {
    texts: HashSet<Arc<str>>,
    messages: HashSet<Arc<[Piece]>>,
    evidence: HashSet<Arc<[Evidence]>>,
    scopes: HashSet<Arc<Scope>>,
    locations: HashSet<Arc<FileLocation>>,
    missing: BTreeSet<Arc<Missing>>,
}

impl Shared {
    /// Lets a finding share what was said before; it says the same as it did.
    pub fn take_in(&mut self, finding: &mut Finding) {
        self.text(&mut finding.rule);
        one_of(&mut self.locations, &mut finding.location);
        one_of(&mut self.scopes, &mut finding.scope);
        one_of(&mut self.messages, &mut finding.message.pieces);
        self.evidence(&mut finding.evidence);
        if let Status::Unknown(missing) = &mut finding.status {
            match self.missing.get(missing) {
                Some(known) => *missing = Arc::clone(known),
                None => {
                    self.missing.insert(Arc::clone(missing));
                }
            }
        }
    }

    fn evidence(&mut self, evidence: &mut Arc<[Evidence]>) {
        match self.evidence.get(evidence) {
            Some(known) => *evidence = Arc::clone(known),
            None => {
                for one in Arc::make_mut(evidence) {
                    self.text(&mut one.fact);
                    self.text(&mut one.condition);
                }
                self.evidence.insert(Arc::clone(evidence));
            }
        }
    }

    fn text(&mut self, text: &mut Arc<str>) {
        one_of(&mut self.texts, text);
    }
}

/// Takes the one that is known, or makes this one known.
fn one_of<T: Eq + Hash + ?Sized>(known: &mut HashSet<Arc<T>>, this: &mut Arc<T>) {
    match known.get(this) {
        Some(known) => *this = Arc::clone(known),
        None => {
            known.insert(Arc::clone(this));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FileLocation, Fingerprint, ResourceRef, Severity};

    fn finding() -> Finding {
        let scope: crate::arn::Scope = crate::arn::Scope {
            partition: crate::arn::Partition::Aws,
            account: "111122223333".parse().unwrap(),
            region: crate::arn::Region::global(),
        };
        Finding {
            rule: "rule".into(),
            severity: Severity::High,
            status: Status::Unknown(Missing::because("denied").into()),
            resource: Some(Arc::new(ResourceRef {
                resource_type: "AWS::IAM::User".into(),
                id: "ann".into(),
                arn: scope.arn("iam", "user/ann"),
                name: None,
            })),
            message: "ann".to_owned().into(),
            evidence: [Evidence { fact: "mfa".into(), value: "false".to_owned(), condition: "eq false".into() }].into(),
            location: FileLocation { path: "checks/rule.toml".into(), line: 1 }.into(),
            fingerprint: Fingerprint::new("rule", "ann", ""),
            scope: scope.into(),
        }
    }

    #[test]
    fn what_is_alike_is_there_once_and_says_the_same() {
        let mut shared = Shared::default();
        let (mut one, mut other) = (finding(), finding());
        assert!(!Arc::ptr_eq(&one.rule, &other.rule));
        shared.take_in(&mut one);
        shared.take_in(&mut other);
        assert_eq!((&one, &other), (&finding(), &finding()));
        assert!(Arc::ptr_eq(&one.rule, &other.rule));
        assert!(Arc::ptr_eq(&one.message.pieces, &other.message.pieces));
        assert!(Arc::ptr_eq(&one.location, &other.location));
        assert!(Arc::ptr_eq(&one.evidence, &other.evidence));
        let (Status::Unknown(one), Status::Unknown(other)) = (one.status, other.status) else { panic!() };
        assert!(Arc::ptr_eq(&one, &other));
    }
}
