//! Which actions of the methods a policy allows at all, on whatever and if whatever holds: a set of bits, so that
//! most principals are known to have none before anything is asked.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use crate::iam::{Document, Effect, Selection, matches_ignoring_case};

use super::actions;

/// A set of the actions in [`actions`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Abilities([u64; 3]);

/// By service in lower case: which of the actions are its own. The table is sorted, so that they lie together.
static SERVICES: LazyLock<BTreeMap<String, Range<usize>>> = LazyLock::new(|| {
    let mut services: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for (index, action) in actions::names().enumerate() {
        let service = action.split(':').next().unwrap_or(action).to_ascii_lowercase();
        services.entry(service).and_modify(|range| range.end = index + 1).or_insert(index..index + 1);
    }
    services
});

/// What each pattern of some documents means: the same few stand in most.
#[derive(Debug, Default)]
pub struct Meanings<'d>(HashMap<&'d str, Abilities>);

impl<'d> Meanings<'d> {
    /// As [`Abilities::of`].
    pub fn of(&mut self, document: &'d Document) -> Abilities {
        let mut all = Abilities::default();
        for statement in document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            match &statement.actions {
                Selection::AllBut(_) => all.add_where(0..actions::count(), |action| statement.covers_action(action)),
                Selection::Only(patterns) => {
                    for pattern in patterns {
                        let meaning = self.0.entry(pattern).or_insert_with(|| Abilities::meant_by(pattern));
                        all = all.and_also(*meaning);
                    }
                }
            }
        }
        all
    }
}

impl Abilities {
    /// What the Allow statements of a document speak of.
    pub fn of(document: &Document) -> Abilities {
        Meanings::default().of(document)
    }

    fn meant_by(pattern: &str) -> Abilities {
        let service = pattern.split(':').next().unwrap_or(pattern);
        let everything = 0..actions::count();
        let range =
            if service.contains(['*', '?']) { Some(&everything) } else { SERVICES.get(&service.to_ascii_lowercase()) };
        let mut all = Abilities::default();
        if let Some(range) = range {
            all.add_where(range.clone(), |action| matches_ignoring_case(pattern, action));
        }
        all
    }

    fn add_where(&mut self, range: Range<usize>, holds: impl Fn(&str) -> bool) {
        for (index, action) in actions::names().enumerate().skip(range.start).take(range.len()) {
            if holds(action)
                && let Some(word) = self.0.get_mut(index / 64)
            {
                *word |= 1 << (index % 64);
            }
        }
    }

    /// Whether the action, one of the table, is in it.
    pub fn has(&self, action: &str) -> bool {
        let index = actions::index(action);
        index.is_some_and(|index| self.0.get(index / 64).is_some_and(|word| word & (1 << (index % 64)) != 0))
    }

    pub fn has_all(&self, actions: &[&str]) -> bool {
        actions.iter().all(|action| self.has(action))
    }

    pub fn has_any(&self, actions: &[&str]) -> bool {
        actions.iter().any(|action| self.has(action))
    }

    /// Whether all of the other's actions are among these.
    pub fn contains(&self, other: &Abilities) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & other == *other)
    }

    /// Whether they have an action in common.
    pub fn meets(&self, other: &Abilities) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }

    #[must_use]
    pub fn and_also(self, other: Abilities) -> Abilities {
        let [a, b, c] = self.0;
        let [x, y, z] = other.0;
        Abilities([a | x, b | y, c | z])
    }

    /// These actions, as far as the table has them.
    pub fn these(actions: &[&str]) -> Abilities {
        let mut all = Abilities::default();
        for action in actions {
            if let Some(index) = actions::index(action)
                && let Some(word) = all.0.get_mut(index / 64)
            {
                *word |= 1 << (index % 64);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_fits() {
        let names: Vec<&str> = actions::names().collect();
        let services: Vec<&str> = names.iter().map(|name| name.split(':').next().unwrap()).collect();
        let mut seen = std::collections::BTreeSet::new();
        for pair in services.windows(2) {
            if pair[0] != pair[1] {
                assert!(seen.insert(pair[0]), "{} lies in two places", pair[0]);
            }
        }
        assert!(names.len() <= 192, "{}", names.len());
    }

    #[test]
    fn every_action_of_a_method_is_in_the_table() {
        for method in crate::model::escalation::methods::all() {
            for action in method.actions {
                assert!(actions::index(action).is_some(), "{action} of {}", method.id);
            }
            let these = Abilities::these(method.actions);
            assert!(these.has_all(method.actions) && these.contains(&these), "{}", method.id);
            assert!(!Abilities::default().contains(&these), "{}", method.id);
        }
    }

    #[test]
    fn an_ability_is_what_some_statement_allows() {
        let document: Document = r#"{"Statement":[
            {"Effect":"Allow","Action":["IAM:put*","ec2:RunInstances"],"Resource":"arn:aws:iam::1:user/x"},
            {"Effect":"Deny","Action":"iam:PassRole","Resource":"*"},
            {"Effect":"Allow","NotAction":["iam:*","s3:*","lambda:*"],"Resource":"*"}]}"#
            .parse()
            .unwrap();
        let abilities = Abilities::of(&document);
        for action in actions::names() {
            let expected =
                document.statements.iter().any(|one| one.effect == Effect::Allow && one.covers_action(action));
            assert_eq!(abilities.has(action), expected, "{action}");
        }
        assert!(abilities.has_all(&["iam:PutUserPolicy", "glue:CreateJob"]) && !abilities.has("iam:PassRole"));
    }
}
