//! Statements as they stand: whether one says no more than another.

use std::collections::BTreeSet;

use super::Stack;
use crate::iam::{Condition, Effect, Principals, Selection, Statement, Version, matches};

/// A statement without its name, and without regard to case where there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bare {
    effect: Effect,
    actions: Selection,
    resources: Option<Selection>,
    principals: Option<Principals>,
    conditions: BTreeSet<Condition>,
    version: Option<Version>,
}

/// The statement as it compares.
pub fn bare(statement: &Statement, version: Version) -> Bare {
    let lower = |patterns: &BTreeSet<String>| patterns.iter().map(|pattern| pattern.to_ascii_lowercase()).collect();
    let conditions = statement.conditions.iter().map(|condition| Condition {
        operator: condition.operator.to_ascii_lowercase(),
        key: condition.key.to_ascii_lowercase(),
        values: condition.values.clone(),
    });
    let resources = statement.resources.iter().flat_map(Selection::patterns);
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    let has_variables = resources.chain(values).any(|text| text.contains("${"));
    Bare {
        effect: statement.effect,
        actions: match &statement.actions {
            Selection::Only(patterns) => Selection::Only(lower(patterns)),
            Selection::AllBut(patterns) => Selection::AllBut(lower(patterns)),
        },
        resources: statement.resources.clone(),
        principals: statement.principals.clone(),
        conditions: conditions.collect(),
        // The version is nothing but whether there are variables.
        version: has_variables.then_some(version),
    }
}

type Layer = BTreeSet<Bare>;

fn layers(stack: &Stack<'_>) -> Vec<Layer> {
    let layer = |documents: &Vec<&crate::iam::Compiled>| {
        let statements = documents.iter().flat_map(|document| {
            let document = document.document();
            document.statements.iter().map(|statement| bare(statement, document.version))
        });
        statements.collect()
    };
    stack.layers.iter().map(layer).collect()
}

/// Whether both say the same, statement by statement.
pub fn same(old: &Stack<'_>, new: &Stack<'_>) -> bool {
    layers(old) == layers(new)
}

/// Whether the second surely allows all that the first does: it has for each Allow one that
/// says no less, and no Deny that goes beyond one of the first's.
pub fn within(old: &Stack<'_>, new: &Stack<'_>) -> bool {
    let (old, new) = (layers(old), layers(new));
    let covered = |one: &Bare, by: &Layer| by.iter().any(|other| says_no_less(other, one));
    let of = |layer: &Layer, effect: Effect| -> Vec<Bare> {
        layer.iter().filter(|one| one.effect == effect).cloned().collect()
    };
    // A layer that is gone bounds no longer.
    old.len() == new.len()
        && old.iter().zip(&new).all(|(old, new)| {
            of(old, Effect::Allow).iter().all(|one| covered(one, new))
                && of(new, Effect::Deny).iter().all(|one| covered(one, old))
        })
}

fn says_no_less(more: &Bare, less: &Bare) -> bool {
    more.effect == less.effect
        // Where one has no variables, its version is nothing to it.
        && (more.version == less.version || more.version.is_none() || less.version.is_none())
        && covers(&more.actions, &less.actions)
        && match (&more.resources, &less.resources) {
            (None, _) => true,
            (Some(more), Some(less)) => covers(more, less),
            (Some(_), None) => false,
        }
        && match (&more.principals, &less.principals) {
            (None, None) => true,
            (Some(more), Some(less)) => !more.all_but && !less.all_but && less.of.is_subset(&more.of),
            _ => false,
        }
        // Fewer conditions hold more often.
        && more.conditions.is_subset(&less.conditions)
}

fn covers(more: &Selection, less: &Selection) -> bool {
    let within = |pattern: &String, patterns: &BTreeSet<String>| {
        patterns.iter().any(|other| other == pattern || (!other.contains('?') && matches(other, pattern)))
    };
    match (more, less) {
        (Selection::Only(more), Selection::Only(less)) => less.iter().all(|pattern| within(pattern, more)),
        (Selection::AllBut(more), Selection::AllBut(less)) => more.iter().all(|pattern| within(pattern, less)),
        (Selection::AllBut(_), Selection::Only(_)) => false,
        (Selection::Only(more), Selection::AllBut(_)) => more.contains("*"),
    }
}
