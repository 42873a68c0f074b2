//! What an account's ways come to for the others: few principals, how near each is by its own account alone, and how it
//! could come nearer through roles of other accounts. All outlines together say how near each such role is.
//!
//! An outline holds who may take a role of another account on, and whoever could come to those in fewer moves than to
//! an end of its own account: ways that cannot shorten anything are left out, so that it stays small.

use std::collections::{BTreeMap, BTreeSet};

use super::abroad::is_trusting_others;
use super::search::{Near, Phase, Search};

/// How near roles are that trust other accounts, by their ARNs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nearness(BTreeMap<Box<str>, Near>);

/// An account as others have to know it.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    nodes: Vec<Node>,
    /// By nodes: who comes to whom.
    ways: Vec<Way>,
    /// By nodes: who may take which role of another account on.
    abroad: Vec<(usize, Box<str>)>,
    /// Its roles that trust other accounts.
    trusting: Vec<(Box<str>, usize)>,
}

/// A principal.
#[derive(Debug, Clone)]
struct Node {
    /// How near it is by its own account alone.
    near: Option<Near>,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    from: usize,
    to: usize,
    /// Whether through something of a service that may have the role, and that no inventory holds.
    by_service: bool,
}

impl Nearness {
    pub fn of(&self, arn: &str) -> Option<Near> {
        self.0.get(arn).copied()
    }
}

/// One move more; through a service's things only from what is proven.
fn after(near: Near, by_service: bool) -> Option<Near> {
    match (near, by_service) {
        ((phase, distance), false) => Some((phase, distance + 1)),
        ((Phase::Proven, distance), true) => Some((Phase::Possible, distance + 1)),
        (_, true) => None,
    }
}

fn is_nearer(one: Near, than: Option<Near>) -> bool {
    than.is_none_or(|than| one < than)
}

impl Outline {
    /// The roles of other accounts that somebody here may take on.
    pub fn abroad(&self) -> impl Iterator<Item = &str> {
        self.abroad.iter().map(|(_, arn)| &**arn)
    }

    /// Whether nobody here may take a role of another account on who would come nearer by it.
    pub fn is_by_itself(&self) -> bool {
        self.abroad.is_empty()
    }

    /// How near each role is that trusts another account.
    pub fn solve<'o>(outlines: impl Iterator<Item = &'o Outline>) -> Nearness {
        let (mut nodes, mut ways, mut abroad) = (Vec::new(), Vec::new(), Vec::new());
        let mut trusting: BTreeMap<&str, usize> = BTreeMap::new();
        for outline in outlines {
            let first = nodes.len();
            nodes.extend(outline.nodes.iter().map(|node| node.near));
            ways.extend(outline.ways.iter().map(|way| (first + way.from, first + way.to, way.by_service)));
            abroad.extend(outline.abroad.iter().map(|(node, arn)| (first + node, &**arn)));
            trusting.extend(outline.trusting.iter().map(|(arn, node)| (&**arn, first + node)));
        }
        ways.extend(abroad.into_iter().filter_map(|(node, arn)| Some((node, *trusting.get(arn)?, false))));
        ways.sort_unstable_by_key(|(from, to, by_service)| (*to, *from, *by_service));
        let into = |to: usize| {
            let begin = ways.partition_point(|way| way.1 < to);
            ways.get(begin..).unwrap_or(&[]).iter().take_while(move |way| way.1 == to)
        };
        // The nearest first, as there is nothing nearer to come by then.
        let mut waiting: BTreeSet<(Near, usize)> =
            nodes.iter().enumerate().filter_map(|(node, near)| Some(((*near)?, node))).collect();
        while let Some((near, node)) = waiting.pop_first() {
            if nodes.get(node).is_none_or(|known| *known != Some(near)) {
                continue;
            }
            for (from, _, by_service) in into(node) {
                if let Some(nearer) = after(near, *by_service)
                    && let Some(known) = nodes.get_mut(*from)
                    && is_nearer(nearer, *known)
                {
                    *known = Some(nearer);
                    waiting.insert((nearer, *from));
                }
            }
        }
        let known = trusting.into_iter().filter_map(|(arn, node)| Some((arn.into(), nodes.get(node).copied()??)));
        Nearness(known.collect())
    }
}

impl Search<'_, '_> {
    /// The outline of the account whose ways were searched without knowing of others.
    pub fn outline(&self) -> Outline {
        let world = &self.scout.world;
        let mut outline = Outline::default();
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        // What each could come to at best, if every role of another account were an administrator's.
        let mut bounds: BTreeMap<usize, Near> = BTreeMap::new();
        let mut waiting: BTreeSet<(Near, usize)> = BTreeSet::new();
        for (role, actor) in world.actors.iter().enumerate().filter(|(_, actor)| actor.is_foreign) {
            for index in self.takers(role) {
                // Administrators, and who makes one, are as near as they will be.
                let reached = self.reached.get(index).and_then(Option::as_ref);
                let is_settled = reached.is_some_and(|one| one.phase == Phase::Proven && one.next.is_none());
                if is_settled || self.scout.by_assuming(index, role).is_none() {
                    continue;
                }
                let node = self.node(index, &mut outline, &mut numbers);
                outline.abroad.push((node, actor.arn.into()));
                let best = (Phase::Proven, 1);
                if is_nearer(best, self.near(index)) && bounds.insert(index, best).is_none() {
                    waiting.insert((best, index));
                }
            }
        }
        let own = world.actors.iter().enumerate().filter(|(_, actor)| !actor.is_foreign);
        let trusting: Vec<usize> = own
            .filter(|(_, actor)| {
                let own = world.home(actor).account().as_str();
                let trust = world.permissions.trust(actor.id);
                trust.is_some_and(|trust| is_trusting_others(trust.document(), own))
            })
            .map(|(index, _)| index)
            .collect();
        // Nobody asks how those come nearer who cannot be come to.
        while let Some((bound, target)) = waiting.pop_first().filter(|_| !trusting.is_empty()) {
            if bounds.get(&target) != Some(&bound) {
                continue;
            }
            let mut found: Vec<(usize, bool, Near)> = Vec::new();
            if let Some(best) = after(bound, false) {
                self.each_source(target, |index, _, ask| {
                    let is_known = found.iter().any(|(known, ..)| *known == index);
                    if !is_known && is_nearer(best, self.near(index)) && ask().is_some() {
                        found.push((index, false, best));
                    }
                });
            }
            if let Some(best) = after(bound, true).filter(|_| !self.scout.actor(target).body.is_user()) {
                let users = self.users_of(target).into_iter().filter(|index| is_nearer(best, self.near(*index)));
                found.extend(users.map(|index| (index, true, best)));
            }
            for (index, by_service, best) in found {
                let from = self.node(index, &mut outline, &mut numbers);
                let to = self.node(target, &mut outline, &mut numbers);
                outline.ways.push(Way { from, to, by_service });
                if is_nearer(best, bounds.get(&index).copied()) {
                    bounds.insert(index, best);
                    waiting.insert((best, index));
                }
            }
        }
        for index in trusting {
            if self.near(index).is_some() || numbers.contains_key(&index) {
                let node = self.node(index, &mut outline, &mut numbers);
                outline.trusting.push((self.scout.actor(index).arn.into(), node));
            }
        }
        outline
    }

    fn node(&self, index: usize, outline: &mut Outline, numbers: &mut BTreeMap<usize, usize>) -> usize {
        *numbers.entry(index).or_insert_with(|| {
            outline.nodes.push(Node { near: self.near(index) });
            outline.nodes.len() - 1
        })
    }

    /// Who can use something of a service that may have the role.
    fn users_of(&self, role: usize) -> BTreeSet<usize> {
        let home = self.scout.actor(role).home;
        let mut users = BTreeSet::new();
        for (service, of_service) in &self.runners {
            if self.scout.served(home, service).iter().any(|(served, _)| *served == role) {
                users.extend(of_service);
            }
        }
        users
    }
}
