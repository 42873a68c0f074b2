//! A document made ready for many questions: statements by the service of
//! their actions, conditions read.

use std::borrow::Cow;
use std::sync::Arc;

use super::caller::{Caller, Naming};
use super::condition::Test;
use super::context::Facts;
use super::template::matches_resource;
use super::{Document, Effect, Selection, Statement, Truth};

/// A document with what makes questions about it quick.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    document: Arc<Document>,
    /// Of each statement its conditions' tests.
    tests: Box<[Box<[Test]>]>,
    /// By service in lower case, sorted: the statements that name it.
    by_service: Box<[Named]>,
    /// The statements that may speak of any service.
    wide: Box<[u32]>,
}

/// A service, and the statements that name it by their numbers.
type Named = (Box<str>, Box<[u32]>);

/// Two sorted lists of numbers that have none in common, as one.
struct Merged<'m> {
    one: &'m [u32],
    other: &'m [u32],
}

impl Iterator for Merged<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let is_other = match (self.one.first(), self.other.first()) {
            (Some(one), Some(other)) => other < one,
            (one, _) => one.is_none(),
        };
        let list = if is_other { &mut self.other } else { &mut self.one };
        let (first, rest) = list.split_first()?;
        *list = rest;
        Some(*first)
    }
}

/// What is asked of documents: one action on one resource.
#[derive(Clone, Copy)]
pub struct Request<'q> {
    /// In full, such as `iam:CreateUser`.
    pub action: &'q str,
    /// An ARN, or `*` for actions that have none.
    pub resource: &'q str,
    pub facts: &'q dyn Facts,
    /// Who asks, for `Principal` elements; without, they are not looked at.
    pub caller: Option<Caller<'q>>,
}

/// A statement that applies to a request, certainly or maybe.
#[derive(Debug, Clone, Copy)]
pub struct Applied<'d> {
    pub document: &'d Compiled,
    /// The statement's index in the document.
    pub index: usize,
    /// Never `False`.
    pub truth: Truth,
    /// How it names the caller; [`Naming::Itself`] where it names nobody.
    pub naming: Naming,
}

impl Compiled {
    pub fn new(document: Arc<Document>) -> Compiled {
        let mut by_service: Vec<(Box<str>, Vec<u32>)> = Vec::new();
        let mut wide = Vec::new();
        for (statement, at) in document.statements.iter().zip(0_u32..) {
            let named = services(statement);
            if named.is_none() {
                wide.push(at);
            }
            for service in named.unwrap_or_default() {
                match by_service.iter_mut().find(|(known, _)| **known == *service) {
                    Some((_, all)) if all.last() == Some(&at) => {}
                    Some((_, all)) => all.push(at),
                    None => by_service.push((service.into(), vec![at])),
                }
            }
        }
        by_service.sort();
        let tests = document.statements.iter().map(|statement| statement.conditions.iter().map(Test::new).collect());
        Compiled {
            tests: tests.collect(),
            by_service: by_service.into_iter().map(|(service, all)| (service, all.into())).collect(),
            wide: wide.into(),
            document,
        }
    }

    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The statements that speak of an action, in the document's order.
    pub fn speaking_of<'d, 'a>(
        &'d self,
        action: &'a str,
    ) -> impl Iterator<Item = (usize, &'d Statement)> + use<'d, 'a> {
        let service = action.split(':').next().unwrap_or(action);
        let lower = || service.bytes().map(|byte| byte.to_ascii_lowercase());
        let named = match self.by_service.binary_search_by(|(known, _)| known.bytes().cmp(lower())) {
            Ok(at) => self.by_service.get(at).map_or(&[][..], |(_, all)| all),
            Err(_) => &[],
        };
        Merged { one: named, other: &self.wide }.filter_map(move |at| {
            let statement = self.document.statements.get(at as usize)?;
            statement.covers_action(action).then_some((at as usize, statement))
        })
    }

    /// Hands over every statement that applies to the request, certainly or maybe: once for each way in
    /// which it names the caller.
    pub fn each_applied<'d>(&'d self, request: &Request<'_>, mut take: impl FnMut(Effect, Applied<'d>)) {
        for (index, statement) in self.speaking_of(request.action) {
            let ways = match (&statement.principals, &request.caller) {
                (Some(principals), Some(caller)) => Cow::Owned(caller.named_by(principals)),
                // A policy of a resource that names nobody speaks of nobody.
                (None, Some(_)) => Cow::Borrowed(&[][..]),
                (_, None) => Cow::Borrowed(&[(Naming::Itself, Truth::True)][..]),
            };
            if ways.is_empty() {
                continue;
            }
            let truth = self.covers(statement, request.resource, request.facts).and(self.conditions_hold(
                index,
                statement,
                request.facts,
            ));
            for (naming, named) in ways.iter() {
                let truth = truth.and(*named);
                if truth != Truth::False {
                    take(statement.effect, Applied { document: self, index, truth, naming: *naming });
                }
            }
        }
    }

    /// Whether a statement of this document speaks of a resource.
    pub(super) fn covers(&self, statement: &Statement, resource: &str, facts: &dyn Facts) -> Truth {
        let any = |patterns: &std::collections::BTreeSet<String>| {
            let version = self.document.version;
            Truth::any(patterns.iter().map(|pattern| matches_resource(pattern, version, resource, facts)))
        };
        match &statement.resources {
            None => Truth::True,
            Some(Selection::Only(patterns)) => any(patterns),
            Some(Selection::AllBut(patterns)) => !any(patterns),
        }
    }

    fn conditions_hold(&self, index: usize, statement: &Statement, facts: &dyn Facts) -> Truth {
        let tests = self.tests.get(index).into_iter().flatten();
        let version = self.document.version;
        Truth::all(tests.zip(&statement.conditions).map(|(test, condition)| test.holds(condition, version, facts)))
    }
}

impl<'d> Applied<'d> {
    pub fn statement(&self) -> Option<&'d Statement> {
        self.document.document.statements.get(self.index)
    }

    /// The conditions of the statement that are not settled for a request.
    pub fn unsettled(&self, facts: &dyn Facts) -> Vec<&'d super::Condition> {
        let Some(statement) = self.statement() else { return Vec::new() };
        let tests = self.document.tests.get(self.index).into_iter().flatten();
        let version = self.document.document.version;
        let open = tests
            .zip(&statement.conditions)
            .filter(|(test, condition)| test.holds(condition, version, facts) == Truth::Unknown);
        open.map(|(_, condition)| condition).collect()
    }
}

/// The services that a statement's actions name in full; none if it may speak of any.
fn services(statement: &Statement) -> Option<Vec<String>> {
    let patterns = statement.actions.only()?;
    let service = |pattern: &String| {
        let (service, _) = pattern.split_once(':')?;
        (!service.contains(['*', '?'])).then(|| service.to_ascii_lowercase())
    };
    patterns.iter().map(service).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_come_in_the_order_of_the_document() {
        let actions = ["s3:Get*", "*", "S3:GetObject", "ec2:*", "s?:*", "s3:GetObject"];
        let statements: Vec<String> = actions
            .iter()
            .map(|action| format!(r#"{{"Effect":"Allow","Action":["{action}","iam:GetUser"],"Resource":"*"}}"#))
            .collect();
        let document: Document =
            format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(",")).parse().unwrap();
        let compiled = Compiled::new(Arc::new(document));
        let of = |action: &str| compiled.speaking_of(action).map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(of("s3:GetObject"), [0, 1, 2, 4, 5]);
        assert_eq!(of("S3:getobject"), [0, 1, 2, 4, 5]);
        assert_eq!(of("iam:GetUser"), [0, 1, 2, 3, 4, 5]);
        assert_eq!(of("kms:Decrypt"), [1]);
    }
}
