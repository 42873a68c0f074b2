//! An organization, account by account: what each tells by itself, and what comes of all together.
//!
//! Each account is looked at once without knowing of the others, beside the roles of others that trust it ([`Abroad`]).
//! What comes of that is whole where nobody can come nearer through another account. All outlines together say how near
//! the roles are that trust other accounts ([`Whole::solve`]), and accounts from which one of these can be reached are
//! looked at once more, knowing that. A way through another account is put together in the end. The verdicts, and the
//! ways, are those of a search over everything at once.
//!
//! [`Abroad`]: super::Abroad

use std::collections::BTreeMap;

use crate::arn::AccountId;
use crate::model::Model;

use super::Escalation;
use super::outline::{Nearness, Outline};
use super::path::{Finding, Verdict};
use super::trace::{Told, Trace};

/// Where ways are to lead.
#[derive(Debug, Clone, Copy)]
pub enum Goal<'g> {
    Administrators,
    /// One user or role.
    Principal(&'g str),
}

/// Of whom findings are made.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'w> {
    Everybody,
    /// Everybody of whom there is something to tell.
    Remarkable,
    /// One user or role.
    One(&'w str),
}

/// What came of looking at an account.
#[derive(Debug)]
pub struct Look {
    account: AccountId,
    outline: Outline,
    told: Vec<Line>,
    /// How many users and roles it has.
    number: usize,
    /// The ways of its roles that trust other accounts.
    onward: BTreeMap<Box<str>, Trace>,
    /// Whether there is nothing more to find.
    is_done: bool,
}

/// One user or role.
#[derive(Debug)]
enum Line {
    /// There is nothing to tell of it but that it is there.
    Nothing(Box<str>),
    Told(Box<Told>),
}

/// What is known of the accounts together.
#[derive(Debug, Default)]
pub struct Whole {
    looks: BTreeMap<AccountId, Look>,
    nearness: Nearness,
}

impl Look {
    /// At an account, over its roles' surroundings, without knowing of others.
    pub fn first(model: &Model<'_>, account: &AccountId, goal: Goal<'_>, wanted: Wanted<'_>) -> Look {
        let (escalation, outline) = Escalation::beside(model, account, goal, &Nearness::default());
        let is_done = outline.is_by_itself();
        let mut look = Look::new(account, escalation.count(), outline, is_done);
        if is_done {
            look.tell(&escalation, goal, wanted);
        }
        look
    }

    fn new(account: &AccountId, number: usize, outline: Outline, is_done: bool) -> Look {
        Look { account: account.clone(), outline, told: Vec::new(), number, onward: BTreeMap::new(), is_done }
    }

    /// At an account once more, knowing how near roles of others are.
    pub fn second(
        model: &Model<'_>,
        account: &AccountId,
        goal: Goal<'_>,
        wanted: Wanted<'_>,
        nearness: &Nearness,
    ) -> Look {
        let (escalation, _) = Escalation::beside(model, account, goal, nearness);
        let mut look = Look::new(account, escalation.count(), Outline::default(), true);
        look.tell(&escalation, goal, wanted);
        look
    }

    fn tell(&mut self, escalation: &Escalation<'_>, goal: Goal<'_>, wanted: Wanted<'_>) {
        for (index, actor) in escalation.scout.world.actors.iter().enumerate().filter(|(_, actor)| !actor.is_foreign) {
            if escalation.is_trusting_others(index) && escalation.reached.get(index).is_some_and(Option::is_some) {
                self.onward.insert(actor.arn.into(), escalation.trace(&escalation.reached, index));
            }
            if matches!(wanted, Wanted::One(arn) if arn != actor.arn) {
                continue;
            }
            let told = match goal {
                Goal::Administrators => escalation.told(index),
                Goal::Principal(_) => escalation.to_principal(&escalation.reached, index),
            };
            match (told.finding.verdict, wanted) {
                (Verdict::None, Wanted::Remarkable) => {}
                // A service's own role may have what was not read, and nothing is told of it.
                (Verdict::None, _) if told.finding.missing.is_empty() => {
                    self.told.push(Line::Nothing(actor.arn.into()));
                }
                _ => self.told.push(Line::Told(Box::new(told))),
            }
        }
    }

    /// Roles of other accounts that somebody here may take on.
    pub fn abroad(&self) -> impl Iterator<Item = &str> {
        self.outline.abroad()
    }
}

impl Whole {
    /// Adds what came of a look at an account, in whatever order.
    pub fn take(&mut self, look: Look) {
        match self.looks.get_mut(&look.account) {
            // The outline is of the first look.
            Some(known) => *known = Look { outline: std::mem::take(&mut known.outline), ..look },
            None => drop(self.looks.insert(look.account.clone(), look)),
        }
    }

    pub fn has(&self, account: &AccountId) -> bool {
        self.looks.contains_key(account)
    }

    /// How near roles are that trust other accounts, after the first look at all that matter.
    pub fn solve(&mut self) -> &Nearness {
        self.nearness = Outline::solve(self.looks.values().map(|look| &look.outline));
        &self.nearness
    }

    /// The accounts that have to be looked at once more.
    pub fn unfinished(&self) -> Vec<AccountId> {
        self.looks.values().filter(|look| !look.is_done).map(|look| look.account.clone()).collect()
    }

    /// How many users and roles there are.
    pub fn count(&self) -> usize {
        self.looks.values().map(|look| look.number).sum()
    }

    /// The account from which the way of somebody goes on that is not known yet.
    pub fn wants(&self) -> Option<AccountId> {
        let lines = self.looks.values().flat_map(|look| &look.told);
        let first = lines.filter_map(|line| match line {
            Line::Told(told) => told.trace.as_ref()?.onward(),
            Line::Nothing(_) => None,
        });
        first.into_iter().find_map(|first| {
            let mut at = first;
            loop {
                match self.onward(at) {
                    Some(trace) => at = trace.onward()?,
                    None => return account_of(at),
                }
            }
        })
    }

    fn onward(&self, arn: &str) -> Option<&Trace> {
        self.looks.get(&account_of(arn)?)?.onward.get(arn)
    }

    /// Hands over all that was to be told, in the order of accounts and names.
    ///
    /// # Errors
    /// The receiver's first.
    pub fn each<E>(&self, mut take: impl FnMut(Finding) -> Result<(), E>) -> Result<(), E> {
        for look in self.looks.values() {
            for line in &look.told {
                take(match line {
                    Line::Nothing(arn) => Finding::none(arn, &look.account),
                    Line::Told(told) => told.as_ref().clone().finished(|arn| self.onward(arn)),
                })?;
            }
        }
        Ok(())
    }

    /// As [`Whole::each`], all at once.
    pub fn findings(&self) -> Vec<Finding> {
        let mut all = Vec::new();
        let Ok(()) = self.each::<std::convert::Infallible>(|finding| {
            all.push(finding);
            Ok(())
        });
        all
    }
}

/// The account that an ARN names.
pub fn account_of(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(4)?.parse().ok()
}
