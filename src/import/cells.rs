//! The ledger of an import: what the files hold, what they hold a part of, and what they do not hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::arn::Scope;
use crate::inventory::{Cell, Gap, Ledger, Outcome, Reason};
use crate::resource::{Resource, ResourceType};

use super::account;
use super::join::Joined;
use super::read::{Answered, Owner};
use super::shapes;

/// What was seen of the answers to each operation.
#[derive(Debug, Default)]
pub(super) struct Seen {
    scopes: BTreeSet<Scope>,
    answers: BTreeMap<(Scope, &'static str), Pages>,
    wrong: BTreeMap<(Scope, &'static str), Vec<String>>,
    /// What is known of an operation otherwise than by its pages.
    decided: BTreeMap<(Scope, &'static str), Outcome>,
}

#[derive(Debug, Default)]
struct Pages {
    /// By whom it was asked of: whether there is a last page.
    ends: BTreeMap<Option<Owner>, bool>,
    leaves_out: Option<&'static str>,
    /// Some page leaves nothing out.
    whole: bool,
}

pub(super) const NOT_THERE: &str = "the imported files do not hold it";
const NOT_OF_WHAT: &str = "the imported files do not hold what it was asked of";

/// An answer that is cut short, like one that AWS would have given.
pub(super) const NO_LAST_PAGE: &str = "the last page in the files names another one";

impl Seen {
    pub(super) fn touch(&mut self, scope: &Scope) {
        self.scopes.insert(scope.clone());
    }

    pub(super) fn answered(&mut self, scope: &Scope, answered: &Answered) {
        let pages = self.answers.entry((scope.clone(), answered.operation)).or_default();
        *pages.ends.entry(answered.of.clone()).or_default() |= !answered.has_more;
        pages.leaves_out = pages.leaves_out.or(answered.leaves_out);
        pages.whole |= answered.leaves_out.is_none();
    }

    /// Whether some answer to an operation is there.
    pub(super) fn has(&self, scope: &Scope, operation: &'static str) -> bool {
        self.answers.contains_key(&(scope.clone(), operation))
    }

    pub(super) fn wrong(&mut self, scope: &Scope, operation: &'static str, text: String) {
        self.wrong.entry((scope.clone(), operation)).or_default().push(text);
    }

    /// How an operation ended, whatever its pages say.
    pub(super) fn decide(&mut self, scope: &Scope, operation: &'static str, outcome: Outcome) {
        self.decided.insert((scope.clone(), operation), outcome);
    }

    /// Whether an operation about an account is not complete, as far as is known by now.
    pub(super) fn is_gap(&self, scope: &Scope, operation: &'static str) -> bool {
        let key = (scope.clone(), operation);
        self.wrong.contains_key(&key) || self.decided.get(&key) != Some(&Outcome::Complete)
    }

    pub(super) fn ledger(&self, joined: &Joined) -> Ledger {
        let mut ledger = Ledger::default();
        // Who can be asked for the organization was asked; nobody asks each member for it.
        let is_asked = |operation: &str| {
            let told =
                |outcome: &Outcome| !matches!(outcome, Outcome::Gap(Gap { message, .. }) if message == NOT_THERE);
            self.answers.keys().any(|(_, known)| *known == operation)
                || self.wrong.keys().any(|(_, known)| *known == operation)
                || self.decided.iter().any(|((_, known), outcome)| *known == operation && told(outcome))
        };
        let organization: Vec<&Scope> = self.scopes.iter().filter(|scope| self.has_organization(scope)).collect();
        for scope in &self.scopes {
            let types: Vec<ResourceType> =
                if scope.region.is_global() { account::types().collect() } else { shapes::types().collect() };
            for of in types {
                if of.is_organization_wide()
                    && !organization.contains(&scope)
                    && of.operations().iter().any(|operation| is_asked(operation))
                {
                    continue;
                }
                for operation in of.operations() {
                    let outcome = self.outcome(scope, of, operation, joined);
                    ledger.record(Cell { scope: scope.clone(), operation: (*operation).to_owned() }, outcome);
                }
            }
        }
        ledger
    }

    /// Whether the account's answers are of the organization.
    fn has_organization(&self, scope: &Scope) -> bool {
        let lists = |operation: &str| operation.starts_with("organizations:List");
        self.answers.keys().any(|(of, operation)| of == scope && lists(operation))
            || self.wrong.keys().any(|(of, operation)| of == scope && lists(operation))
    }

    fn outcome(&self, scope: &Scope, of: ResourceType, operation: &'static str, joined: &Joined) -> Outcome {
        let key = (scope.clone(), operation);
        let pages = self.answers.get(&key);
        let gap = |reason, message: String, partial| Outcome::Gap(Gap { reason, message, partial });
        if let Some(texts) = self.wrong.get(&key) {
            let first = texts.first().map_or("", String::as_str);
            let more = if texts.len() > 1 { format!(" and {} more", texts.len() - 1) } else { String::new() };
            let partial = joined.of_type(scope, of).next().is_some();
            return gap(Reason::Malformed, format!("{first}{more}"), partial);
        }
        if let Some(outcome) = self.decided.get(&key) {
            return outcome.clone();
        }
        if pages.is_some_and(|pages| pages.ends.values().any(|ended| !ended)) {
            return gap(Reason::Malformed, NO_LAST_PAGE.to_owned(), true);
        }
        if let Some((_, fields)) = shapes::asked_of_each(operation) {
            return match missing(scope, of, operation, &fields, joined) {
                (0, 0, _) if self.is_whole(scope, of) => Outcome::Complete,
                (0, 0, _) if pages.is_some() => gap(Reason::NotImported, NOT_OF_WHAT.to_owned(), true),
                (0, all, _) if all > 0 => match pages.and_then(|pages| pages.leaves_out) {
                    Some(what) if operation != shapes::ROUTES || may_propagate(scope, joined) => {
                        gap(Reason::NotImported, what.to_owned(), true)
                    }
                    _ => Outcome::Complete,
                },
                (none, all, id) if none < all => {
                    let message = format!("{NOT_THERE} of {none} of {all}, such as {id}");
                    gap(Reason::NotImported, message, true)
                }
                _ => gap(Reason::NotImported, NOT_THERE.to_owned(), false),
            };
        }
        match pages {
            None if !is_needed(scope, operation, joined) && self.is_whole(scope, of) => Outcome::Complete,
            None => gap(Reason::NotImported, NOT_THERE.to_owned(), joined.of_type(scope, of).next().is_some()),
            Some(Pages { leaves_out: Some(what), whole: false, .. }) => {
                gap(Reason::NotImported, (*what).to_owned(), true)
            }
            Some(_) => Outcome::Complete,
        }
    }

    /// Whether every resource of a type was listed.
    fn is_whole(&self, scope: &Scope, of: ResourceType) -> bool {
        of.listing().is_some_and(|listing| {
            let key = (scope.clone(), listing);
            let whole = |pages: &Pages| pages.whole && pages.ends.values().all(|ended| *ended);
            !self.wrong.contains_key(&key) && self.answers.get(&key).is_some_and(whole)
        })
    }
}

/// How many resources lack a field that the operation fills, of how many, and the first that does.
fn missing(
    scope: &Scope,
    of: ResourceType,
    operation: &str,
    fields: &[&'static str],
    joined: &Joined,
) -> (usize, usize, String) {
    let (mut none, mut all, mut first) = (0, 0, String::new());
    for (resource, _) in joined.of_type(scope, of) {
        let lacks = match resource {
            Resource::LoadBalancer(balancer) if operation == shapes::RULES => {
                // Only application load balancers have rules.
                if balancer.r#type.as_deref() != Some("application") {
                    continue;
                }
                let listeners = balancer.listeners.as_ref();
                listeners.is_none_or(|listeners| listeners.iter().any(|listener| listener.rules.is_none()))
            }
            Resource::ClassicLoadBalancer(balancer)
                if operation == shapes::CLASSIC_POLICIES && !balancer.has_policies() =>
            {
                continue;
            }
            resource => {
                let value = serde_json::to_value(resource).unwrap_or(Value::Null);
                fields.iter().any(|field| value.get(field).is_none_or(Value::is_null))
            }
        };
        all += 1;
        if lacks {
            none += 1;
            if first.is_empty() {
                resource.id().clone_into(&mut first);
            }
        }
    }
    (none, all, first)
}

/// Whether an operation that tells more of some attachments has any to tell of. A scan does not ask it if not.
fn is_needed(scope: &Scope, operation: &str, joined: &Joined) -> bool {
    let kinds: &[&str] = match operation {
        "ec2:DescribeTransitGatewayVpcAttachments" => &["vpc"],
        "ec2:DescribeTransitGatewayPeeringAttachments" => &["peering", "tgw-peering"],
        _ => return true,
    };
    joined.of_type(scope, ResourceType::TransitGatewayAttachment).any(|(resource, _)| {
        let Resource::TransitGatewayAttachment(attachment) = resource else { return true };
        attachment.resource_type.as_deref().is_none_or(|kind| kinds.contains(&kind))
    })
}

/// Whether some table may have routes that are not static.
fn may_propagate(scope: &Scope, joined: &Joined) -> bool {
    joined.of_type(scope, ResourceType::TransitGatewayRouteTable).any(|(resource, _)| {
        let Resource::TransitGatewayRouteTable(table) = resource else { return false };
        table.propagations.as_ref().is_none_or(|propagations| !propagations.is_empty())
    })
}
