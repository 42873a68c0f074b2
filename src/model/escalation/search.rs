//! The search: from the administrators back along what leads to them, over the whole organization.
//!
//! Three times: for ways whose ends are all in the inventory, for those through something that no inventory holds, and
//! for those to principals whose policies were not all read. Every principal keeps one way, one of the shortest: of
//! ways with equally many moves the one with fewer calls, then the one to the ARN that sorts first.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Missing;

use super::ability::Abilities;
use super::access::Access;
use super::doubt::Doubt;
use super::edits::EDITING;
use super::methods::{Way, with_actions};
use super::passing::{Means, PASS};
use super::path::{Move, Tier};
use super::scout::{Scout, Who};
use super::tiers::Grounds;
use super::trust::{Assumers, Callers};
use super::world::Body;

/// Which of the three searches reached a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Proven,
    Possible,
    Unknown,
}

/// How near a principal is to an end: by which search, and in how many moves.
pub type Near = (Phase, usize);

/// Which of two ways with equally many moves is told, the lesser: what it takes for granted, and how many calls it has.
pub type Weight = (bool, usize);

/// How a principal was reached.
#[derive(Debug, Clone)]
pub struct Reached {
    pub phase: Phase,
    /// Moves to the end.
    pub distance: usize,
    /// Whether it is one of those that a search begins with.
    pub is_root: bool,
    pub tier: Option<Tier>,
    /// Why it is an administrator as it is.
    pub grounds: Option<Grounds>,
    pub step: Option<Move>,
    /// Whom the step leads to, if the way goes on from there.
    pub next: Option<usize>,
    /// What was not read of it, beside its own policies.
    pub unread: Option<Missing>,
}

/// The search under way, and its result.
pub struct Search<'s, 'm> {
    pub scout: &'s Scout<'m>,
    assumers: Assumers,
    pub reached: Vec<Option<Reached>>,
    /// Who could act as a user by a key or a password.
    keyers: Callers,
    /// Who could rewrite a role's trust policy, and who could hand a role over.
    trusters: Callers,
    passers: Callers,
    /// Of each home, who could use its instances.
    machinists: Vec<Vec<usize>>,
    /// By service, who can use something of it that may have a role; known after the second search.
    pub(super) runners: BTreeMap<&'static str, BTreeSet<usize>>,
    /// Who could be nearer than reached.
    pub doubts: Vec<Option<Doubt>>,
}

const KEYING: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
const UPDATE_TRUST: &str = "iam:UpdateAssumeRolePolicy";
const MACHINES: [&str; 4] =
    ["ec2-instance-connect:SendSSHPublicKey", "ec2:ModifyInstanceAttribute", "ssm:SendCommand", "ssm:StartSession"];

impl<'s, 'm> Search<'s, 'm> {
    pub fn new(scout: &'s Scout<'m>) -> Search<'s, 'm> {
        let machines = Abilities::these(&MACHINES);
        let is_source = |index: &usize| {
            let actor = scout.actor(*index);
            !actor.is_foreign && !actor.body.is_service_linked()
        };
        let callers = |calls: &[&str]| Callers::of(scout, calls, (0..scout.world.actors.len()).filter(is_source));
        let machinists = scout.world.homes.iter().map(|home| {
            let able = home.actors.clone().filter(|index| scout.actor(*index).abilities.meets(&machines));
            if home.machines.is_empty() { Vec::new() } else { able.filter(is_source).collect() }
        });
        Search {
            assumers: Assumers::of(scout),
            reached: scout.world.actors.iter().map(|_| None).collect(),
            keyers: callers(&KEYING),
            trusters: callers(&[UPDATE_TRUST]),
            passers: callers(&[PASS]),
            machinists: machinists.collect(),
            runners: BTreeMap::new(),
            doubts: scout.world.actors.iter().map(|_| None).collect(),
            scout,
        }
    }

    /// All three searches.
    pub fn run(&mut self) {
        let mut roots = self.administrators();
        let makers = self.makers(&roots.iter().map(|(index, _)| *index).collect());
        roots.extend(makers);
        self.spread(roots, Phase::Proven, None);
        let roots = self.users_of_services();
        self.spread(roots, Phase::Possible, None);
        let unread = self.unread();
        self.doubt(&unread);
        let of_open = unread.into_iter().map(|(index, unread)| (index, Reached { unread, ..end(Phase::Unknown, 0) }));
        let roots = of_open.filter(|(index, _)| self.near(*index).is_none()).collect();
        self.spread(roots, Phase::Unknown, None);
    }

    /// The ways from everybody to one principal, if it is here, until one is found from `from`.
    pub fn to(&mut self, to: Option<usize>, from: Option<usize>) {
        let roots = to.map(|to| (to, end(Phase::Proven, 0))).into_iter().collect();
        self.spread(roots, Phase::Proven, from);
        if from.is_none_or(|from| self.near(from).is_none()) {
            let unread = self.unread();
            self.doubt(&unread);
        }
    }

    fn open(&self) -> impl Iterator<Item = usize> + '_ {
        let reached = self.reached.iter().zip(&self.scout.world.actors).enumerate();
        reached.filter(|(_, (reached, actor))| reached.is_none() && !actor.is_foreign).map(|(index, _)| index)
    }

    /// How near a principal is, as far as it is known.
    pub fn near(&self, index: usize) -> Option<Near> {
        self.reached.get(index)?.as_ref().map(|reached| (reached.phase, reached.distance))
    }

    fn administrators(&self) -> Vec<(usize, Reached)> {
        let found = each(self.scout, |index| self.scout.is_admin(Who::as_is(index)));
        let reached = |grounds| Reached { tier: Some(Tier::A0), grounds: Some(grounds), ..end(Phase::Proven, 0) };
        found.into_iter().map(|(index, grounds)| (index, reached(grounds))).collect()
    }

    /// Those that make an administrator: of themselves, of somebody new, or of somebody that they can act as.
    fn makers(&self, administrators: &BTreeSet<usize>) -> Vec<(usize, Reached)> {
        let editing = Abilities::these(&EDITING);
        let scout = self.scout;
        each(scout, |index| {
            let actor = scout.actor(index);
            // A service-linked role is AWS's hand and nobody else's.
            let able = actor.abilities.meets(&editing) && !actor.body.is_service_linked();
            if !able || administrators.contains(&index) {
                return None;
            }
            let who = Who::as_is(index);
            let (step, tier) = match scout.edits(who, who, 1) {
                Some(edit) => {
                    let actions: Vec<&str> = edit.hops.iter().map(|hop| hop.action.as_str()).collect();
                    let method = with_actions(&actions);
                    let becomes = scout.actor(index).arn.to_owned();
                    let step = Move {
                        method,
                        title: edit.title,
                        hops: edit.hops,
                        becomes,
                        makes_admin: true,
                        needs: Vec::new(),
                    };
                    (step, Tier::A1)
                }
                None => (self.by_edit_of_another(index).or_else(|| scout.newcomer(index))?, Tier::A2),
            };
            Some(Reached { tier: Some(tier), step: Some(step), ..end(Phase::Proven, 1) })
        })
    }

    /// Makes somebody else an administrator and acts as that one.
    fn by_edit_of_another(&self, by: usize) -> Option<Move> {
        let scout = self.scout;
        let mut best: Option<Move> = None;
        for of in scout.editable(by).into_iter().filter(|of| *of != by) {
            let Some(edit) = scout.edits(Who::as_is(by), Who::as_is(of), 1) else { continue };
            let Some(access) = scout.access(by, of) else { continue };
            let step = joined(scout, of, edit.hops, edit.title, access);
            if best.as_ref().is_none_or(|best| step.weight() < best.weight()) {
                let done = step.weight() <= (false, 2);
                best = Some(step);
                if done {
                    break;
                }
            }
        }
        best
    }

    /// Those that can use something of a service that may have an administrator's role.
    fn users_of_services(&mut self) -> Vec<(usize, Reached)> {
        let scout = self.scout;
        let mut runners: BTreeMap<&'static str, BTreeSet<usize>> = BTreeMap::new();
        let open: BTreeSet<usize> = self.open().collect();
        let editing = Abilities::these(&EDITING);
        // Of the services' roles the nearest; nobody comes nearer while these are looked for.
        let mut nearest = BTreeMap::new();
        let found = each(scout, |index| {
            if !open.contains(&index) || scout.actor(index).body.is_service_linked() {
                return None;
            }
            let mut best: Option<Reached> = None;
            for means in scout.running(index) {
                let Way::Running(services) = means.method.way else { continue };
                for service in services {
                    runners.entry(service).or_default().insert(index);
                }
                let actor = scout.actor(index);
                let is_editing = actor.abilities.meets(&editing);
                for (service, role, made) in self.worth(actor.home, services, is_editing, &mut nearest) {
                    let edit = if made { scout.edits(Who::as_is(index), Who::as_is(role), 1) } else { None };
                    if made && edit.is_none() {
                        continue;
                    }
                    let mut step = using(&means, service, scout.actor(role).arn);
                    let mut distance = self.reached.get(role).and_then(Option::as_ref).map(|reached| reached.distance);
                    if let Some(edit) = edit {
                        step.hops.splice(0..0, edit.hops);
                        (step.method, step.makes_admin, distance) = (None, true, None);
                    }
                    let reached = Reached {
                        step: Some(step),
                        next: distance.map(|_| role),
                        ..end(Phase::Possible, 1 + distance.unwrap_or(0))
                    };
                    let weight = |one: &Reached| (one.distance, one.step.as_ref().map_or(0, |step| step.hops.len()));
                    if best.as_ref().is_none_or(|best| weight(&reached) < weight(best)) {
                        best = Some(reached);
                    }
                }
            }
            if best.as_ref().is_some_and(|best| best.distance <= 1) {
                return best;
            }
            let center = || {
                let means = scout.identity_center(index)?;
                let step = Move {
                    method: Some(means.method),
                    title: means.method.title.to_owned(),
                    hops: means.hops,
                    becomes: format!(
                        "an administrator by Identity Center of {}",
                        scout.world.home(scout.actor(index)).account()
                    ),
                    makes_admin: true,
                    needs: means.method.needs.map(|need| format!("there is {need}")).into_iter().collect(),
                };
                Some(Reached { step: Some(step), ..end(Phase::Possible, 1) })
            };
            center().or(best)
        });
        self.runners = runners;
        found
    }

    /// Roles of a home that services can take on: the nearest to an administrator of each service, and all that are no
    /// administrators once more, to be made one first, if the principal may be able to change them.
    fn worth(
        &self,
        home: usize,
        services: &[&'static str],
        others: bool,
        known: &mut BTreeMap<(usize, &'static str), Option<(usize, usize)>>,
    ) -> Vec<(&'static str, usize, bool)> {
        let mut worth = Vec::new();
        for service in services {
            let served = self.scout.served(home, service).iter().map(|(role, _)| *role);
            let distance =
                |role: usize| self.reached.get(role).and_then(Option::as_ref).map(|reached| reached.distance);
            let find = || served.clone().filter_map(|role| Some((distance(role)?, role))).min();
            let nearest = *known.entry((home, *service)).or_insert_with(find);
            worth.extend(nearest.map(|(_, role)| (*service, role, false)));
            if others && nearest.is_none_or(|(distance, _)| distance > 0) {
                worth.extend(served.map(|role| (*service, role, true)));
            }
        }
        worth
    }

    /// Marks the roots, and then whoever comes to them, the nearest first.
    fn spread(&mut self, roots: Vec<(usize, Reached)>, phase: Phase, until: Option<usize>) {
        let mut waiting: BTreeMap<usize, Vec<(usize, Reached)>> = BTreeMap::new();
        for (index, reached) in roots {
            waiting.entry(reached.distance).or_default().push((index, reached));
        }
        while let Some((distance, found)) = waiting.pop_first() {
            let mut frontier = Vec::new();
            for (index, reached) in found {
                if let Some(place) = self.reached.get_mut(index)
                    && place.is_none()
                {
                    *place = Some(reached);
                    frontier.push(index);
                }
            }
            if until.is_some_and(|until| self.reached.get(until).is_some_and(Option::is_some)) {
                return;
            }
            frontier.sort_unstable();
            for (index, next, access) in self.edges_into(&frontier) {
                let reached = Reached {
                    tier: (phase == Phase::Proven).then_some(Tier::A2),
                    step: Some(access.into_move(self.scout.actor(next).arn)),
                    next: Some(next),
                    is_root: false,
                    ..end(phase, distance + 1)
                };
                waiting.entry(distance + 1).or_default().push((index, reached));
            }
        }
    }

    /// For everybody who is still open the best way into one of these.
    fn edges_into(&self, targets: &[usize]) -> Vec<(usize, usize, Access)> {
        let mut best: BTreeMap<usize, (usize, Access)> = BTreeMap::new();
        for target in targets {
            let is_open = |index: usize| self.reached.get(index).is_some_and(Option::is_none);
            // Whoever has a way with as few calls as there can be of a kind is not asked again.
            self.each_source(*target, is_open, |index, fewest, ask| {
                if best.get(&index).is_some_and(|(_, access)| access.weight() <= (false, fewest)) {
                    return;
                }
                if let Some(access) = ask()
                    && best.get(&index).is_none_or(|(_, known)| access.weight() < known.weight())
                {
                    best.insert(index, (*target, access));
                }
            });
        }
        best.into_iter().map(|(index, (target, access))| (index, target, access)).collect()
    }

    /// Of some principals whoever may come to act as a target, with the fewest calls that it could take, and how to ask
    /// for them.
    pub fn each_source(
        &self,
        target: usize,
        is_wanted: impl Fn(usize) -> bool,
        mut take: impl FnMut(usize, usize, &dyn Fn() -> Option<Access>),
    ) {
        let (scout, actor) = (self.scout, self.scout.actor(target));
        match actor.body {
            Body::User(_) => {
                let keyers = self.keyers.on(scout, actor.home, actor.arn, is_wanted);
                for index in keyers.into_iter().filter(|index| *index != target) {
                    take(index, 1, &|| scout.access_otherwise(index, target));
                }
            }
            Body::Role(_) => {
                for index in self.takers(target, &is_wanted) {
                    take(index, 1, &|| scout.by_assuming(index, target));
                }
                for (index, fewest) in self.handlers(target, is_wanted) {
                    take(index, fewest, &|| scout.access_otherwise(index, target));
                }
            }
        }
    }

    /// Of some principals who could act as a role otherwise than by taking it on, with the fewest calls of that.
    fn handlers(&self, role: usize, is_wanted: impl Fn(usize) -> bool) -> BTreeMap<usize, usize> {
        let (scout, actor) = (self.scout, self.scout.actor(role));
        let mut handlers: BTreeMap<usize, usize> = BTreeMap::new();
        let is_wanted = |index: usize| index != role && is_wanted(index);
        let machines = scout.world.homes.get(actor.home).into_iter().flat_map(|home| &home.machines);
        if machines.into_iter().any(|machine| machine.role == actor.body.name()) {
            let machinists = self.machinists.get(actor.home).into_iter().flatten().copied();
            handlers.extend(machinists.filter(|index| is_wanted(*index)).map(|index| (index, 1)));
        }
        for index in self.trusters.on(scout, actor.home, actor.arn, is_wanted) {
            handlers.entry(index).or_insert(2);
        }
        if scout.is_served(role) {
            for index in self.passers.on(scout, actor.home, actor.arn, is_wanted) {
                if let Some(fewest) = scout.fewest_calls_passing(index) {
                    handlers.entry(index).and_modify(|known| *known = fewest.min(*known)).or_insert(fewest);
                }
            }
        }
        handlers
    }

    /// Who of those that are wanted may come into question to take a role on.
    pub fn takers(&self, role: usize, is_wanted: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        self.assumers.candidates(self.scout, role, is_wanted)
    }
}

fn end(phase: Phase, distance: usize) -> Reached {
    Reached { phase, distance, is_root: true, tier: None, grounds: None, step: None, next: None, unread: None }
}

/// Something of a service is used that has a role.
pub fn using(means: &Means, service: &str, role: &str) -> Move {
    let need = match means.method.needs {
        _ if service == "codedeploy.amazonaws.com" => {
            format!("there is a CodeDeploy deployment group with the role {role}")
        }
        Some(need) => format!("there is {need} {role}"),
        None => format!("an instance has the role {role}; not all instances were read"),
    };
    Move {
        method: Some(means.method),
        title: means.method.title.to_owned(),
        hops: means.hops.clone(),
        becomes: role.to_owned(),
        makes_admin: false,
        needs: vec![need],
    }
}

/// An edit of somebody and the way to act as that one, as one move.
fn joined(scout: &Scout<'_>, of: usize, edit: Vec<super::path::Hop>, title: String, access: Access) -> Move {
    let becomes = scout.actor(of).arn.to_owned();
    let hops: Vec<_> = edit.into_iter().chain(access.hops).collect();
    let actions: BTreeSet<&str> = hops.iter().map(|hop| hop.action.as_str()).collect();
    let all: Vec<&str> = actions.iter().copied().collect();
    // Of a role whose trust was rewritten, taking it on needs no permission and is in no row.
    let without: Vec<&str> = all.iter().copied().filter(|action| *action != "sts:AssumeRole").collect();
    let method = with_actions(&all).or_else(|| with_actions(&without));
    let title = match method {
        Some(method) => method.title.to_owned(),
        None => format!("{title}; then: {}", access.title),
    };
    Move { method, title, hops, becomes, makes_admin: true, needs: access.needs }
}

/// Asks about every actor whose ways are told; the answers in the order of actors.
fn each<T>(scout: &Scout<'_>, mut ask: impl FnMut(usize) -> Option<T>) -> Vec<(usize, T)> {
    let own = (0..scout.world.actors.len()).filter(|index| !scout.actor(*index).is_foreign);
    own.filter_map(|index| Some((index, ask(index)?))).collect()
}
