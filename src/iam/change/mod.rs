//! What a change of policies does to permissions: whether they allow more than
//! before, less, both, or the same.
//!
//! Policies divide requests into classes: by the actions and resources that
//! their patterns tell apart, by the values of condition keys, by callers. One
//! request of each class is asked of both sides, so that a difference always has
//! a witness, and equality is of all requests and not of those that somebody
//! thought of. Where the classes are too many, or a condition cannot be decided,
//! statements are compared as they stand, and what that does not settle is
//! `Mixed` or `Unknown`, never `Equal`.
//!
//! Limitations and known gaps: condition keys count as independent of each other
//! and of the resource; a variable stands for one value that nothing else has.
//! In a trust policy, a caller that is named by its account counts as allowed,
//! as if its own policies allowed it.

mod atoms;
mod callers;
mod statements;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compiled::{Compiled, Request};
use super::context::{Fact, Facts, RequestContext};
use super::template::{Template, variables};
use super::{Condition, Document, Effect, Statement, Truth, Version};
use callers::Person;

/// What became of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Every request is answered as before.
    Equal,
    /// Some requests are allowed that were not, and none is denied that was allowed.
    Widened,
    /// The reverse.
    Narrowed,
    /// Both, or one of them where the other cannot be excluded.
    Mixed,
    /// They differ as they stand, and whether in effect cannot be told.
    Unknown,
}

impl Change {
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Equal => "equal",
            Change::Widened => "widened",
            Change::Narrowed => "narrowed",
            Change::Mixed => "mixed",
            Change::Unknown => "unknown",
        }
    }
}

/// A request that the two sides answer differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub action: String,
    pub resource: String,
    /// Who asks, where the policies name principals.
    pub caller: Option<String>,
    /// What of the request decides.
    pub context: RequestContext,
}

/// What a change does, with a request for each way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub change: Change,
    /// Allowed now and not before.
    pub gained: Option<Witness>,
    /// Allowed before and not now.
    pub lost: Option<Witness>,
}

/// Policies that decide together: each layer has to allow, and none of them to deny.
#[derive(Debug, Clone, Default)]
pub struct Stack<'d> {
    pub layers: Vec<Vec<&'d Compiled>>,
}

/// What is asked first, so that witnesses speak of things that there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seeds<'s> {
    pub actions: &'s [&'s str],
    pub resources: &'s [&'s str],
}

/// Compares two documents of the same kind: identity policies, or policies of one resource.
pub fn compare_documents(old: &Document, new: &Document) -> Comparison {
    let (old, new) = (Compiled::new(Arc::new(old.clone())), Compiled::new(Arc::new(new.clone())));
    let stack = |document| Stack { layers: vec![vec![document]] };
    compare_stacks(&stack(&old), &stack(&new), None, Seeds { actions: &CRITICAL, resources: &[] })
}

/// Compares two stacks. `known` are facts of the requests of each side that do not depend on action and resource.
pub fn compare_stacks(
    old: &Stack<'_>,
    new: &Stack<'_>,
    known: Option<(&dyn Facts, &dyn Facts)>,
    seeds: Seeds<'_>,
) -> Comparison {
    if statements::same(old, new) && known.is_none() {
        return Comparison { change: Change::Equal, gained: None, lost: None };
    }
    let mut search = Search { old, new, known, gained: None, lost: None, is_complete: true, left: MOST_REQUESTS };
    search.run(seeds);
    let (gained, lost) = (search.gained, search.lost);
    let change = match (gained.is_some(), lost.is_some(), search.is_complete) {
        (true, true, _) => Change::Mixed,
        (true, false, true) => Change::Widened,
        (false, true, true) => Change::Narrowed,
        (false, false, true) => Change::Equal,
        (true, false, false) if statements::within(old, new) => Change::Widened,
        (false, true, false) if statements::within(new, old) => Change::Narrowed,
        (false, false, false) if statements::same(old, new) => Change::Equal,
        (false, false, false) => Change::Unknown,
        (_, _, false) => Change::Mixed,
    };
    Comparison { change, gained, lost }
}

/// Actions by which permissions, credentials or traces are changed: witnesses are sought among them first.
pub const CRITICAL: [&str; 40] = [
    "iam:PassRole",
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:AttachUserPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachGroupPolicy",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:PutGroupPolicy",
    "iam:AddUserToGroup",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeactivateMFADevice",
    "iam:ListUsers",
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "organizations:LeaveOrganization",
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "config:StopConfigurationRecorder",
    "guardduty:DeleteDetector",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:RunInstances",
    "ec2:DeleteFlowLogs",
    "ec2:CreateInternetGateway",
    "ec2:DescribeInstances",
    "kms:Decrypt",
    "kms:ScheduleKeyDeletion",
    "lambda:CreateFunction",
    "s3:GetObject",
    "s3:PutBucketPolicy",
    "secretsmanager:GetSecretValue",
    "ssm:SendCommand",
];

/// Pairs of an action and a resource that are looked at.
const MOST_PAIRS: usize = 100_000;
/// Contexts of one class of requests.
const MOST_CONTEXTS: usize = 4_096;
/// Requests in all.
const MOST_REQUESTS: usize = 200_000;

struct Search<'s> {
    old: &'s Stack<'s>,
    new: &'s Stack<'s>,
    known: Option<(&'s dyn Facts, &'s dyn Facts)>,
    gained: Option<Witness>,
    lost: Option<Witness>,
    is_complete: bool,
    /// Requests that may still be asked.
    left: usize,
}

/// What is supposed of a request, beneath what is known of every one.
struct Supposed<'f> {
    known: Option<&'f dyn Facts>,
    context: &'f RequestContext,
}

impl Facts for Supposed<'_> {
    fn fact(&self, key: &str) -> Fact<'_> {
        match self.known.map_or(Fact::Unknown, |known| known.fact(key)) {
            Fact::Unknown | Fact::Begins(_) => self.context.fact(key),
            known => known,
        }
    }
}

impl<'s> Search<'s> {
    fn each_statement(&self) -> impl Iterator<Item = (&'s Statement, Version)> + use<'s> {
        let documents = self.old.layers.iter().chain(&self.new.layers).flatten();
        documents.flat_map(|document| {
            let document = document.document();
            document.statements.iter().map(|statement| (statement, document.version))
        })
    }

    fn run(&mut self, seeds: Seeds<'_>) {
        let generic = self.generic();
        let mut without = RequestContext::new();
        for (key, _) in generic.stated() {
            without.absent(key);
        }
        let (mut actions, mut resources) = (Vec::new(), Vec::new());
        for (statement, version) in self.each_statement() {
            let old = Version::V2008;
            let of = |pattern: &String| Template::new(&pattern.to_ascii_lowercase(), old, true, &generic);
            actions.extend(statement.actions.patterns().iter().filter_map(of));
            let patterns = statement.resources.iter().flat_map(super::Selection::patterns);
            for pattern in patterns {
                resources.extend(Template::new(pattern, version, true, &generic));
                resources.extend(Template::new(pattern, version, true, &without).filter(|_| pattern.contains("${")));
                // Some with a value and some without is one case too many.
                self.is_complete &= variables(pattern, version).len() < 2 || !pattern.contains(',');
            }
        }
        let frame = |text| Template::new(text, Version::V2008, true, &generic);
        let seeds_lower: Vec<String> = seeds.actions.iter().map(|action| action.to_ascii_lowercase()).collect();
        let seeds_lower: Vec<&str> = seeds_lower.iter().map(String::as_str).collect();
        let actions = atoms::atoms(&actions, frame("?*:?*").as_ref(), &seeds_lower);
        let given: Vec<&str> = std::iter::once("*").chain(seeds.resources.iter().copied()).collect();
        let resources = atoms::atoms(&resources, frame("arn:?*:?*:*:*:?*").as_ref(), &given);
        self.is_complete &= actions.is_complete && resources.is_complete;
        let spelled = |action: &str| seeds.actions.iter().find(|seed| seed.eq_ignore_ascii_case(action)).copied();
        let people = callers::people(self.each_statement().map(|(statement, _)| statement));
        self.is_complete &= actions.texts.len().saturating_mul(resources.texts.len()) <= MOST_PAIRS;
        let pairs =
            actions.texts.iter().flat_map(|action| resources.texts.iter().map(move |resource| (action, resource)));
        let mut classes: BTreeSet<Vec<Class>> = BTreeSet::new();
        for (action, resource) in pairs.take(MOST_PAIRS) {
            let speaking = self.speaking(action, resource, &generic, &without);
            if classes.insert(speaking.iter().map(|one| one.class).collect()) {
                self.class(spelled(action).unwrap_or(action), resource, &speaking, &people, &generic);
            }
            if self.gained.is_some() && self.lost.is_some() {
                return;
            }
        }
    }

    /// A value for every key that a variable names.
    fn generic(&self) -> RequestContext {
        let mut generic = RequestContext::new();
        for (statement, version) in self.each_statement() {
            let patterns = statement.resources.iter().flat_map(super::Selection::patterns);
            let values = statement.conditions.iter().flat_map(|condition| &condition.values);
            for key in patterns.chain(values).flat_map(|value| variables(value, version)) {
                let name: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
                generic.set(&key, [format!("some-{name}")]);
            }
        }
        generic
    }

    /// The statements of both sides that may apply to an action on a resource.
    fn speaking(
        &self,
        action: &str,
        resource: &str,
        generic: &RequestContext,
        without: &RequestContext,
    ) -> Vec<Speaking<'s>> {
        let mut all = Vec::new();
        let layers = self.old.layers.iter().chain(&self.new.layers);
        for (number, document) in layers.flatten().enumerate() {
            for (index, statement) in document.speaking_of(action) {
                let covers = |facts| document.covers(statement, resource, facts);
                let (any, with, none) = (covers(&RequestContext::new()), covers(generic), covers(without));
                if any != Truth::False || none != Truth::False {
                    let version = document.document().version;
                    all.push(Speaking { class: (number, index, [any, with, none]), statement, version });
                }
            }
        }
        all
    }

    /// Asks one class of requests of both sides, in every context that may matter.
    fn class(
        &mut self,
        action: &str,
        resource: &str,
        speaking: &[Speaking<'_>],
        people: &[Person],
        generic: &RequestContext,
    ) {
        if !self.is_settled(speaking) {
            self.is_complete = false;
        }
        let keys = self.keys(speaking, generic);
        let product = keys.iter().fold(1_usize, |product, (_, choices)| product.saturating_mul(choices.len()));
        self.is_complete &= product <= MOST_CONTEXTS;
        for number in 0..product.min(MOST_CONTEXTS) {
            // Spread over all of them where they are too many.
            let mut rest = if product > MOST_CONTEXTS { number.wrapping_mul(2_654_435_761) } else { number };
            let mut context = RequestContext::new();
            for (key, choices) in &keys {
                match choices.get(rest % choices.len().max(1)) {
                    Some(Some(values)) => context.set(key, values.iter().cloned()),
                    _ => context.absent(key),
                };
                rest /= choices.len().max(1);
            }
            for person in people {
                if self.left == 0 {
                    self.is_complete = false;
                    return;
                }
                self.left -= 1;
                self.ask(action, resource, &context, person);
            }
            if self.gained.is_some() && self.lost.is_some() {
                return;
            }
        }
    }

    /// Whether what variables stand for makes no difference: there are none, or both sides say the same there. A
    /// value that happens to be what another statement names in full is not among those that are tried.
    fn is_settled(&self, speaking: &[Speaking<'_>]) -> bool {
        let has_variables = |one: &&Speaking<'_>| {
            let patterns = one.statement.resources.iter().flat_map(super::Selection::patterns);
            let values = one.statement.conditions.iter().flat_map(|condition| &condition.values);
            patterns.chain(values).any(|text| !variables(text, one.version).is_empty())
        };
        if !speaking.iter().any(|one| has_variables(&one)) {
            return true;
        }
        let first_of_new: usize = self.old.layers.iter().map(Vec::len).sum();
        let (old, new): (Vec<_>, Vec<_>) = speaking.iter().partition(|one| one.class.0 < first_of_new);
        let bare = |side: Vec<&Speaking<'_>>| -> BTreeSet<_> {
            side.iter().map(|one| statements::bare(one.statement, one.version)).collect()
        };
        bare(old) == bare(new)
    }

    /// The keys that decide, and what a request may have for each.
    fn keys(&mut self, speaking: &[Speaking<'_>], generic: &RequestContext) -> Vec<(String, Vec<values::Choice>)> {
        let mut conditions: BTreeMap<String, Vec<(&Condition, Version)>> = BTreeMap::new();
        let mut named: BTreeSet<String> = BTreeSet::new();
        for Speaking { statement, version, .. } in speaking {
            for condition in &statement.conditions {
                conditions.entry(condition.key.to_ascii_lowercase()).or_default().push((condition, *version));
                named.extend(condition.values.iter().flat_map(|value| variables(value, *version)));
            }
            let patterns = statement.resources.iter().flat_map(super::Selection::patterns);
            named.extend(patterns.flat_map(|pattern| variables(pattern, *version)));
        }
        for key in &named {
            conditions.entry(key.clone()).or_default();
        }
        let is_known = |key: &str, facts: &dyn Facts| !matches!(facts.fact(key), Fact::Unknown | Fact::Begins(_));
        let mut keys = Vec::new();
        for (key, conditions) in conditions {
            if self.known.is_some_and(|(old, new)| is_known(&key, old) && is_known(&key, new)) {
                continue;
            }
            let choices = values::choices(&conditions, named.contains(&key), generic, &key);
            self.is_complete &= choices.is_complete;
            keys.push((key, choices.of));
        }
        keys
    }

    fn ask(&mut self, action: &str, resource: &str, context: &RequestContext, person: &Person) {
        let caller = person.as_caller();
        let side = |stack: &Stack<'_>, known| {
            let facts = Supposed { known, context };
            allowed(stack, &Request { action, resource, facts: &facts, caller })
        };
        let old = side(self.old, self.known.map(|(old, _)| old));
        let new = side(self.new, self.known.map(|(_, new)| new));
        let witness = || Witness {
            action: action.to_owned(),
            resource: resource.to_owned(),
            caller: person.name(),
            context: context.clone(),
        };
        match (old, new) {
            (Truth::Unknown, _) | (_, Truth::Unknown) => self.is_complete &= old == new && self.is_same_text(),
            (Truth::False, Truth::True) if self.gained.is_none() => self.gained = Some(witness()),
            (Truth::True, Truth::False) if self.lost.is_none() => self.lost = Some(witness()),
            _ => {}
        }
    }

    /// Two unknowns are the same only of the same statements.
    fn is_same_text(&self) -> bool {
        statements::same(self.old, self.new)
    }
}

/// Which document, which statement, and whether it covers the resource: whatever variables are, with a value
/// for each, and with none.
type Class = (usize, usize, [Truth; 3]);

/// A statement that may apply to a class of requests.
struct Speaking<'s> {
    class: Class,
    statement: &'s Statement,
    version: Version,
}

/// Whether every layer allows a request, and none denies it.
fn allowed(stack: &Stack<'_>, request: &Request<'_>) -> Truth {
    Truth::all(stack.layers.iter().map(|layer| {
        let (mut allow, mut deny) = (Truth::False, Truth::False);
        for document in layer {
            document.each_applied(request, |effect, applied| match effect {
                Effect::Allow => allow = allow.or(applied.truth),
                Effect::Deny => deny = deny.or(applied.truth),
            });
        }
        allow.and(!deny)
    }))
}
