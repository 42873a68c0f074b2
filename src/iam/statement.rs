use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{covers_every_action, covers_every_resource};
use super::{matches, matches_ignoring_case};

/// One statement of a policy document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub actions: Selection,
    /// None in policies of a resource that speak of that resource alone, such as a role's trust policy.
    pub resources: Option<Selection>,
    /// None in policies of a principal.
    pub principals: Option<Principals>,
    /// All must hold; sorted.
    pub conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    Allow,
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`: patterns, sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selection {
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principals {
    /// Whether it is everyone but these.
    pub all_but: bool,
    pub of: BTreeSet<Principal>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    pub kind: PrincipalKind,
    /// An ARN, an account id, a service's name, an orphaned unique id, or `*`.
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// A bare `*`: everyone, anonymous callers too.
    Anyone,
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

impl PrincipalKind {
    pub const NAMED: [PrincipalKind; 4] =
        [PrincipalKind::Aws, PrincipalKind::Service, PrincipalKind::Federated, PrincipalKind::CanonicalUser];

    /// As documents spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalKind::Anyone => "*",
            PrincipalKind::Aws => "AWS",
            PrincipalKind::Service => "Service",
            PrincipalKind::Federated => "Federated",
            PrincipalKind::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One test of one key; its values are alternatives, sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    /// Such as `StringEquals` or `ForAnyValue:StringLikeIfExists`, in the document's own case.
    pub operator: String,
    /// Such as `aws:PrincipalOrgID`, in the document's own case; compared without regard to it.
    pub key: String,
    pub values: BTreeSet<String>,
}

impl Effect {
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

impl Selection {
    pub fn patterns(&self) -> &BTreeSet<String> {
        match self {
            Selection::Only(patterns) | Selection::AllBut(patterns) => patterns,
        }
    }

    /// The patterns of `Action` or `Resource`.
    pub fn only(&self) -> Option<&BTreeSet<String>> {
        match self {
            Selection::Only(patterns) => Some(patterns),
            Selection::AllBut(_) => None,
        }
    }

    /// The patterns of `NotAction` or `NotResource`.
    pub fn all_but(&self) -> Option<&BTreeSet<String>> {
        match self {
            Selection::AllBut(patterns) => Some(patterns),
            Selection::Only(_) => None,
        }
    }

    fn holds(&self, matches: impl Fn(&str) -> bool) -> bool {
        let any = self.patterns().iter().any(|pattern| matches(pattern));
        match self {
            Selection::Only(_) => any,
            Selection::AllBut(_) => !any,
        }
    }
}

impl Statement {
    /// Whether it speaks of this action, written in full such as `iam:CreateUser`.
    pub fn covers_action(&self, action: &str) -> bool {
        self.actions.holds(|pattern| matches_ignoring_case(pattern, action))
    }

    /// Whether it speaks of this resource, by its full ARN; one without a resource element does of all.
    pub fn covers_resource(&self, resource: &str) -> bool {
        self.resources.as_ref().is_none_or(|resources| resources.holds(|pattern| matches(pattern, resource)))
    }

    /// Whether one of its patterns takes in every action.
    pub fn covers_every_action(&self) -> bool {
        self.actions.only().is_some_and(|patterns| patterns.iter().any(|pattern| covers_every_action(pattern)))
    }

    /// Whether it speaks of every resource, or of all but some (`NotResource`).
    pub fn covers_broadly(&self) -> bool {
        match &self.resources {
            None => true,
            Some(Selection::Only(patterns)) => patterns.iter().any(|pattern| covers_every_resource(pattern)),
            Some(Selection::AllBut(patterns)) => !patterns.iter().any(|pattern| covers_every_resource(pattern)),
        }
    }

    /// Whether it covers every action on every resource (or on all but some), whatever its effect and conditions.
    pub fn covers_everything(&self) -> bool {
        self.covers_every_action() && self.covers_broadly()
    }

    pub fn is_conditional(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// The keys that its conditions test, sorted.
    pub fn condition_keys(&self) -> Vec<String> {
        let keys: BTreeSet<&String> = self.conditions.iter().map(|condition| &condition.key).collect();
        keys.into_iter().cloned().collect()
    }

    /// The principals by kind, as documents group them.
    pub fn principals_by_kind(&self) -> BTreeMap<PrincipalKind, Vec<&str>> {
        let mut kinds: BTreeMap<PrincipalKind, Vec<&str>> = BTreeMap::new();
        for principal in self.principals.iter().flat_map(|principals| &principals.of) {
            kinds.entry(principal.kind).or_default().push(&principal.value);
        }
        kinds
    }
}

impl Condition {
    /// The operator without its set prefix and its `IfExists`, in lower case.
    pub fn base_operator(&self) -> String {
        let lower = self.operator.to_ascii_lowercase();
        let bare = lower.rsplit(':').next().unwrap_or(&lower);
        bare.strip_suffix("ifexists").unwrap_or(bare).to_owned()
    }

    /// Whether it holds where the key is absent from the request: `..IfExists`,
    /// `ForAllValues:`, negated operators, and `Null` with the value `true`.
    pub fn holds_without_key(&self) -> bool {
        let lower = self.operator.to_ascii_lowercase();
        let base = self.base_operator();
        lower.ends_with("ifexists")
            || lower.starts_with("forallvalues:")
            || base.contains("not")
            || (base == "null" && self.values.iter().any(|value| value.eq_ignore_ascii_case("true")))
    }

    pub fn is_on(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}
