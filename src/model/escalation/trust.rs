//! Who may come into question to take a role on: whom its trust policy could mean, and whose policies speak of it.
//!
//! No principal is tried against every role: a trust policy names principals, accounts or everyone, and of an account
//! only those come into question that have `sts:AssumeRole` on a pattern that the role matches.

use std::collections::{BTreeSet, HashMap};

use crate::iam::{Effect, PrincipalKind, account_named, matches};

use super::ability::Abilities;
use super::access::ASSUME;
use super::scout::Scout;

/// Principals by the things on which their own policies allow some calls: who comes into question for a thing.
#[derive(Debug, Default)]
pub struct Callers {
    /// By the ARN of the thing that they name in full.
    named: HashMap<String, Vec<usize>>,
    /// Of each home those that name things by patterns, with the patterns.
    by_pattern: Vec<Vec<(usize, Vec<String>)>>,
}

impl Callers {
    /// Of some of the principals, those that one of the calls is allowed on whatever.
    pub fn of(scout: &Scout<'_>, calls: &[&str], among: impl Iterator<Item = usize>) -> Callers {
        let able = Abilities::these(calls);
        let mut all =
            Callers { by_pattern: scout.world.homes.iter().map(|_| Vec::new()).collect(), ..Callers::default() };
        for index in among.filter(|index| scout.actor(*index).abilities.meets(&able)) {
            let actor = scout.actor(index);
            let patterns = scout.patterns(index, calls);
            let (open, literal): (Vec<String>, Vec<String>) =
                patterns.into_iter().partition(|pattern| pattern.contains(['*', '?']));
            for arn in literal {
                all.named.entry(arn).or_default().push(index);
            }
            if let Some(home) = all.by_pattern.get_mut(actor.home).filter(|_| !open.is_empty()) {
                home.push((index, open));
            }
        }
        all
    }

    fn of_home(&self, home: usize, thing: &str, is_wanted: impl Fn(usize) -> bool, into: &mut BTreeSet<usize>) {
        let here = self.by_pattern.get(home).into_iter().flatten().filter(|(index, _)| is_wanted(*index));
        into.extend(
            here.filter(|(_, patterns)| patterns.iter().any(|one| matches(one, thing))).map(|(index, _)| *index),
        );
    }

    /// Of those of a home that are wanted whose policies speak of a thing, in order: never fewer than may make one of the
    /// calls on it.
    pub fn on(
        &self,
        scout: &Scout<'_>,
        home: usize,
        thing: &str,
        is_wanted: impl Fn(usize) -> bool,
    ) -> BTreeSet<usize> {
        let named = self.named.get(thing).into_iter().flatten().copied();
        let mut found: BTreeSet<usize> =
            named.filter(|index| scout.actor(*index).home == home && is_wanted(*index)).collect();
        self.of_home(home, thing, is_wanted, &mut found);
        found
    }
}

/// The principals that may take roles on by their own policies.
#[derive(Debug, Default)]
pub struct Assumers(Callers);

impl Assumers {
    pub fn of(scout: &Scout<'_>) -> Assumers {
        Assumers(Callers::of(scout, &[ASSUME], 0..scout.world.actors.len()))
    }

    /// Who of those that are wanted may come into question to take a role on.
    pub fn candidates(&self, scout: &Scout<'_>, role: usize, is_wanted: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let target = scout.actor(role);
        let mut found = BTreeSet::new();
        let Some(trust) = scout.world.permissions.trust(target.id) else { return found };
        for statement in &trust.document().statements {
            if statement.effect != Effect::Allow || !statement.covers_action(ASSUME) {
                continue;
            }
            let Some(principals) = &statement.principals else { continue };
            let mut everyone = principals.all_but;
            let mut homes: BTreeSet<usize> = BTreeSet::new();
            for principal in &principals.of {
                match principal.kind {
                    PrincipalKind::Anyone => everyone = true,
                    PrincipalKind::Aws => {
                        let value = principal.value.as_str();
                        if let Some(account) = account_named(value) {
                            homes.extend(scout.world.home_of(account));
                        } else if let Some(index) = scout.world.find(value) {
                            found.insert(index);
                        } else if value.contains(['*', '?']) {
                            everyone = true;
                        } else {
                            found.extend(of_session(scout, value));
                            found.extend(scout.world.by_unique_id(value));
                        }
                    }
                    _ => {}
                }
            }
            if everyone {
                homes.extend(0..scout.world.homes.len());
                // In its own account a role that trusts everyone needs no other permission.
                found.extend(scout.world.home(target).actors.clone());
            }
            if !homes.is_empty() {
                let named = self.0.named.get(target.arn).into_iter().flatten();
                found.extend(named.copied().filter(|index| homes.contains(&scout.actor(*index).home)));
            }
            for home in homes {
                self.0.of_home(home, target.arn, &is_wanted, &mut found);
            }
        }
        found.retain(|index| {
            let actor = scout.actor(*index);
            *index != role && !actor.is_foreign && !actor.body.is_service_linked() && is_wanted(*index)
        });
        found
    }
}

/// The role of a session that is named by its ARN.
fn of_session(scout: &Scout<'_>, value: &str) -> Option<usize> {
    let mut fields = value.splitn(6, ':');
    let account = fields.nth(4)?;
    let name = fields.next()?.strip_prefix("assumed-role/")?.split('/').next()?;
    let home = scout.world.homes.get(scout.world.home_of(account)?)?;
    home.actors.clone().find(|index| {
        let body = scout.actor(*index).body;
        !body.is_user() && body.name() == name
    })
}
