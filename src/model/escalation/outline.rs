//! What an account's ways come to for the others: few principals, how near each is by its own account alone, and how it
//! could come nearer, or as near, through roles of other accounts.
//!
//! An outline holds who may take a role of another account on, and whoever could come to those in no more moves than to
//! an end of its own account, with the calls that it takes: all that could change anybody's way. Ways that cannot are
//! left out, so that it stays small. All outlines together say how near everybody is, without a second search (`whole`).

use std::collections::{BTreeMap, BTreeSet};

use super::abroad::is_trusting_others;
use super::access::Access;
use super::doubt::Doubt;
use super::path::{Finding, Hop};
use super::search::{Near, Phase, Search, Weight};
use super::shelf::{Shelf, ShelvedMeans, Slot};
use super::trace::Trace;

/// An account as others have to know it.
#[derive(Debug, Default)]
pub struct Outline {
    pub nodes: Vec<Node>,
    /// Sorted by who comes.
    pub ways: Vec<Way>,
    /// Who may take which role of another account on; sorted by who may.
    pub leaves: Vec<Leave>,
    /// The roles of other accounts that these are, each with its place.
    pub abroad: Vec<(Box<str>, usize)>,
    /// By what they may; few policies let many principals take many roles on.
    pub rights: Vec<Right>,
    /// Its roles that trust other accounts, as far as somebody could go on from there.
    pub trusting: BTreeMap<Box<str>, usize>,
    /// By service: the roles that it takes on.
    pub served: BTreeMap<&'static str, Served>,
    /// The calls of all of these.
    pub shelf: Shelf,
}

/// A principal.
#[derive(Debug)]
pub struct Node {
    pub arn: Box<str>,
    /// Its place among the principals that the account knows, which decides between ways that are equal otherwise.
    pub place: usize,
    /// How near it is by its own account alone.
    pub own: Option<Own>,
    /// What there would be to tell of it by its own account alone, if that is wanted.
    pub told: Option<Slot<Finding>>,
    /// What it may do to things of services that may have a role that comes nearer.
    pub means: Vec<ShelvedMeans>,
    /// That it could be nearer, by its own account alone.
    pub doubt: Option<Doubt>,
}

/// How near a principal is by its own account alone.
#[derive(Debug)]
pub struct Own {
    pub near: Near,
    /// Whether it is an end by itself, and not because it comes to somebody.
    pub is_root: bool,
    pub weight: Weight,
    /// The place of whom it comes to.
    pub to: Option<usize>,
    /// Its way, as far as no other node is on it.
    pub stretch: Option<Slot<Trace>>,
    /// The node from which the way goes on.
    pub next: Option<usize>,
}

/// One node comes to another of the same account.
#[derive(Debug)]
pub struct Way {
    pub from: usize,
    pub to: usize,
    pub weight: Weight,
    pub access: Slot<Access>,
}

/// A node may take a role of another account on.
#[derive(Debug, Clone, Copy)]
pub struct Leave {
    pub from: usize,
    /// Among [`Outline::abroad`].
    pub role: usize,
    /// Among [`Outline::rights`].
    pub right: usize,
}

/// What is the same of many calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    statement: String,
    certain: bool,
    conditions: Vec<String>,
}

/// The roles of an account that a service takes on.
#[derive(Debug, Default)]
pub struct Served {
    pub nodes: Vec<usize>,
    /// Of the others the nearest: how far, its place, its ARN and its way.
    pub nearest: Option<(usize, usize, Box<str>, Trace)>,
}

/// One move more; through a service's things only from what is proven.
pub fn after(near: Near, by_service: bool) -> Option<Near> {
    match (near, by_service) {
        ((phase, distance), false) => Some((phase, distance + 1)),
        ((Phase::Proven, distance), true) => Some((Phase::Possible, distance + 1)),
        (_, true) => None,
    }
}

impl Outline {
    /// The roles of other accounts that somebody here may take on.
    pub fn abroad(&self) -> impl Iterator<Item = &str> {
        self.abroad.iter().map(|(arn, _)| &**arn)
    }

    pub fn ways_from(&self, node: usize) -> impl Iterator<Item = &Way> {
        let begin = self.ways.partition_point(|way| way.from < node);
        self.ways.iter().skip(begin).take_while(move |way| way.from == node)
    }

    pub fn leaves_from(&self, node: usize) -> impl Iterator<Item = &Leave> {
        let begin = self.leaves.partition_point(|leave| leave.from < node);
        self.leaves.iter().skip(begin).take_while(move |leave| leave.from == node)
    }

    /// The call by which a role of another account is taken on.
    pub fn call(&self, leave: &Leave) -> Option<Hop> {
        let right = self.rights.get(leave.right)?;
        Some(Hop {
            caller: self.nodes.get(leave.from)?.arn.to_string(),
            action: super::access::ASSUME.to_owned(),
            target: self.abroad.get(leave.role)?.0.to_string(),
            statement: right.statement.clone(),
            certain: right.certain,
            conditions: right.conditions.clone(),
        })
    }
}

/// An outline in the making.
#[derive(Default)]
struct Making {
    outline: Outline,
    /// Nodes by their places.
    numbers: BTreeMap<usize, usize>,
    rights: BTreeMap<Right, usize>,
    /// What each could come to at best, if every role of another account were an administrator's.
    bounds: BTreeMap<usize, Near>,
    waiting: BTreeSet<(Near, usize)>,
    /// Those that come nearer, or as near, by things of services.
    runners: BTreeSet<usize>,
}

impl Making {
    fn node(&mut self, search: &Search<'_, '_>, place: usize) -> usize {
        *self.numbers.entry(place).or_insert_with(|| {
            let own = search.reached.get(place).and_then(Option::as_ref).map(|reached| Own {
                near: (reached.phase, reached.distance),
                is_root: reached.is_root,
                weight: reached.step.as_ref().map_or((false, 0), |step| step.weight()),
                to: reached.next,
                stretch: None,
                next: None,
            });
            let arn = search.scout.actor(place).arn.into();
            let doubt = search.doubts.get(place).cloned().flatten();
            self.outline.nodes.push(Node { arn, place, own, told: None, means: Vec::new(), doubt });
            self.outline.nodes.len() - 1
        })
    }

    fn leave(&mut self, from: usize, role: usize, access: Access) {
        let Some(hop) = access.hops.into_iter().next() else { return };
        let right = Right { statement: hop.statement, certain: hop.certain, conditions: hop.conditions };
        let next = self.rights.len();
        let right = *self.rights.entry(right).or_insert(next);
        self.outline.leaves.push(Leave { from, role, right });
    }

    fn bound(&mut self, place: usize, best: Near) {
        if self.bounds.get(&place).is_none_or(|known| best < *known) {
            self.bounds.insert(place, best);
            self.waiting.insert((best, place));
        }
    }
}

impl Search<'_, '_> {
    /// The outline of the account whose ways were searched.
    pub fn outline(&self) -> Outline {
        let world = &self.scout.world;
        let mut making = Making::default();
        for (role, actor) in world.actors.iter().enumerate().filter(|(_, actor)| actor.is_foreign) {
            let at = making.outline.abroad.len();
            for index in self.takers(role, |index| !self.is_settled(index)) {
                let Some(access) = self.scout.by_assuming(index, role) else { continue };
                if making.outline.abroad.len() == at {
                    making.outline.abroad.push((actor.arn.into(), role));
                }
                let node = making.node(self, index);
                making.leave(node, at, access);
                making.bound(index, (Phase::Proven, 1));
            }
        }
        while let Some((bound, target)) = making.waiting.pop_first() {
            if making.bounds.get(&target) == Some(&bound) {
                self.lead_to(target, bound, &mut making);
            }
        }
        let own = world.actors.iter().enumerate().filter(|(_, actor)| !actor.is_foreign);
        for (index, actor) in own {
            let is_doubtful = self.doubts.get(index).is_some_and(Option::is_some);
            let known = self.near(index).is_some() || is_doubtful || making.numbers.contains_key(&index);
            if known && trusts_others(self, index) {
                let node = making.node(self, index);
                making.outline.trusting.insert(actor.arn.into(), node);
            }
        }
        self.serve(&mut making);
        let Making { mut outline, rights, .. } = making;
        let mut rights: Vec<(Right, usize)> = rights.into_iter().collect();
        rights.sort_by_key(|(_, at)| *at);
        outline.rights = rights.into_iter().map(|(right, _)| right).collect();
        outline.ways.sort_by_key(|way| (way.from, way.to));
        outline.leaves.sort_by_key(|leave| (leave.from, leave.role));
        outline
    }

    /// Adds whoever comes to a node, and would be as near by it as it is otherwise.
    fn lead_to(&self, target: usize, bound: Near, making: &mut Making) {
        let is_worth = |index: usize, best: Near| self.near(index).is_none_or(|near| best <= near);
        let mut found: BTreeMap<usize, Access> = BTreeMap::new();
        if let Some(best) = after(bound, false) {
            self.each_source(
                target,
                |index| is_worth(index, best),
                |index, _, ask| {
                    if !found.contains_key(&index)
                        && let Some(access) = ask()
                    {
                        found.insert(index, access);
                    }
                },
            );
            let to = making.node(self, target);
            for (index, access) in found {
                let from = making.node(self, index);
                let (weight, access) = (access.weight(), making.outline.shelf.put(&access));
                making.outline.ways.push(Way { from, to, weight, access });
                making.bound(index, best);
            }
        }
        if let Some(best) = after(bound, true).filter(|_| !self.scout.actor(target).body.is_user()) {
            for index in self.users_of(target).into_iter().filter(|index| is_worth(*index, best)) {
                making.node(self, index);
                making.runners.insert(index);
                making.bound(index, best);
            }
        }
    }

    /// Whether somebody is as near as it will be: administrators, and who makes one.
    fn is_settled(&self, index: usize) -> bool {
        let reached = self.reached.get(index).and_then(Option::as_ref);
        reached.is_some_and(|one| one.phase == Phase::Proven && one.next.is_none())
    }

    /// Who can use something of a service that may have the role: of its own account, as services pass no other's on.
    pub fn users_of(&self, role: usize) -> BTreeSet<usize> {
        let home = self.scout.actor(role).home;
        let mut users = BTreeSet::new();
        for (service, of_service) in &self.runners {
            if self.scout.served(home, service).iter().any(|(served, _)| *served == role) {
                users.extend(of_service.iter().filter(|index| self.scout.actor(**index).home == home));
            }
        }
        users
    }

    /// Adds the services by which some come nearer, with the roles that they take on.
    fn serve(&self, making: &mut Making) {
        for place in std::mem::take(&mut making.runners) {
            let node = making.node(self, place);
            let home = self.scout.actor(place).home;
            let means = self.scout.running(place);
            for means in &means {
                for service in means.method.services() {
                    if making.outline.served.contains_key(service) {
                        continue;
                    }
                    let roles = self.scout.served(home, service).iter().map(|(role, _)| *role);
                    let nodes = roles.clone().filter_map(|role| making.numbers.get(&role).copied()).collect();
                    let others = roles.filter(|role| !making.numbers.contains_key(role));
                    let proven = others.filter_map(|role| match self.near(role)? {
                        (Phase::Proven, distance) => Some((distance, role)),
                        _ => None,
                    });
                    let nearest = proven.min().map(|(distance, role)| {
                        let trace = self.scout.trace(&self.reached, role, |_| false);
                        (distance, role, self.scout.actor(role).arn.into(), trace)
                    });
                    making.outline.served.insert(*service, Served { nodes, nearest });
                }
            }
            let shelf = &mut making.outline.shelf;
            let means = means.iter().map(|means| ShelvedMeans::of(means, shelf)).collect();
            if let Some(node) = making.outline.nodes.get_mut(node) {
                node.means = means;
            }
        }
    }
}

/// Whether it is a role that trusts somebody of another account.
fn trusts_others(search: &Search<'_, '_>, index: usize) -> bool {
    let world = &search.scout.world;
    let actor = search.scout.actor(index);
    let own = world.home(actor).account().as_str();
    world.permissions.trust(actor.id).is_some_and(|trust| is_trusting_others(trust.document(), own))
}
