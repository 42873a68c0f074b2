//! The search: from the administrators back along what leads to them, over the whole organization.
//!
//! Three times: for ways whose ends are all in the inventory, for those through something that no inventory holds, and
//! for those to principals whose policies were not all read. Every principal keeps one way, one of the shortest: of
//! ways with equally many moves the one with fewer calls, then the one to the ARN that sorts first.

use std::collections::{BTreeMap, BTreeSet};

use super::ability::Abilities;
use super::access::Access;
use super::edits::EDITING;
use super::methods::{Way, with_actions, with_id};
use super::path::{Move, Tier};
use super::scout::{Scout, Who};
use super::tiers::Grounds;
use super::trust::Assumers;
use super::world::Body;

/// Which of the three searches reached a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Proven,
    Possible,
    Unknown,
}

/// How a principal was reached.
#[derive(Debug, Clone)]
pub struct Reached {
    pub phase: Phase,
    /// Moves to the end.
    pub distance: usize,
    pub tier: Option<Tier>,
    /// Why it is an administrator as it is.
    pub grounds: Option<Grounds>,
    pub step: Option<Move>,
    /// Whom the step leads to, if the way goes on from there.
    pub next: Option<usize>,
}

/// The search under way, and its result.
pub struct Search<'s, 'm> {
    pub scout: &'s Scout<'m>,
    assumers: Assumers,
    pub reached: Vec<Option<Reached>>,
    /// Of each home, who could act as one of its users by a key or a password.
    keyers: Vec<Vec<usize>>,
    /// Of each home, who could act as one of its roles otherwise than by taking it on, with the fewest calls of that.
    handlers: Vec<Vec<(usize, usize)>>,
}

const KEYING: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
const MACHINES: [&str; 4] =
    ["ec2-instance-connect:SendSSHPublicKey", "ec2:ModifyInstanceAttribute", "ssm:SendCommand", "ssm:StartSession"];

impl<'s, 'm> Search<'s, 'm> {
    pub fn new(scout: &'s Scout<'m>) -> Search<'s, 'm> {
        let (keying, machines) = (Abilities::these(&KEYING), Abilities::these(&MACHINES));
        let sources = |home: &super::world::Home<'m>| {
            home.actors.clone().filter(|index| !scout.actor(*index).body.is_service_linked())
        };
        let keyers = scout
            .world
            .homes
            .iter()
            .map(|home| sources(home).filter(|index| scout.actor(*index).abilities.meets(&keying)).collect());
        let handlers = scout.world.homes.iter().map(|home| {
            let fewest = |index: usize| {
                let abilities = scout.actor(index).abilities;
                let machine = (!home.machines.is_empty() && abilities.meets(&machines)).then_some(1);
                let trust = abilities.has("iam:UpdateAssumeRolePolicy").then_some(2);
                let passing = abilities.has("iam:PassRole").then(|| scout.fewest_calls_passing(index)).flatten();
                machine.or(trust).into_iter().chain(passing).min()
            };
            sources(home).filter_map(|index| Some((index, fewest(index)?))).collect()
        });
        Search {
            assumers: Assumers::of(scout),
            reached: scout.world.actors.iter().map(|_| None).collect(),
            keyers: keyers.collect(),
            handlers: handlers.collect(),
            scout,
        }
    }

    /// All three searches.
    pub fn run(mut self) -> Vec<Option<Reached>> {
        let mut roots = self.administrators();
        roots.extend(self.makers());
        self.spread(roots, Phase::Proven, None);
        let roots = self.users_of_services();
        self.spread(roots, Phase::Possible, None);
        let roots = self.unread();
        self.spread(roots, Phase::Unknown, None);
        self.reached
    }

    /// The ways from everybody to one principal, until one is found from `from`.
    pub fn to(mut self, to: usize, from: usize) -> Vec<Option<Reached>> {
        let end = Reached { phase: Phase::Proven, distance: 0, tier: None, grounds: None, step: None, next: None };
        self.spread(vec![(to, end)], Phase::Proven, Some(from));
        self.reached
    }

    fn open(&self) -> impl Iterator<Item = usize> + '_ {
        self.reached.iter().enumerate().filter(|(_, reached)| reached.is_none()).map(|(index, _)| index)
    }

    fn administrators(&self) -> Vec<(usize, Reached)> {
        let found = each(self.scout, |index| self.scout.is_admin(Who::as_is(index)));
        let reached = |grounds| Reached {
            phase: Phase::Proven,
            distance: 0,
            tier: Some(Tier::A0),
            grounds: Some(grounds),
            step: None,
            next: None,
        };
        found.into_iter().map(|(index, grounds)| (index, reached(grounds))).collect()
    }

    /// Those that make an administrator: of themselves, of somebody new, or of somebody that they can act as.
    fn makers(&self) -> Vec<(usize, Reached)> {
        let editing = Abilities::these(&EDITING);
        let scout = self.scout;
        each(scout, |index| {
            let actor = scout.actor(index);
            // A service-linked role is AWS's hand and nobody else's.
            let able = actor.abilities.meets(&editing) && !actor.body.is_service_linked();
            if !able || scout.is_admin(Who::as_is(index)).is_some() {
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
            Some(Reached {
                phase: Phase::Proven,
                distance: 1,
                tier: Some(tier),
                grounds: None,
                step: Some(step),
                next: None,
            })
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
            let weight = |step: &Move| (!step.needs.is_empty(), step.hops.len());
            if best.as_ref().is_none_or(|best| weight(&step) < weight(best)) {
                let done = weight(&step) <= (false, 2);
                best = Some(step);
                if done {
                    break;
                }
            }
        }
        best
    }

    /// Those that can use something of a service that may have an administrator's role.
    fn users_of_services(&self) -> Vec<(usize, Reached)> {
        let scout = self.scout;
        let open: BTreeSet<usize> = self.open().collect();
        let editing = Abilities::these(&EDITING);
        each(scout, |index| {
            if !open.contains(&index) || scout.actor(index).body.is_service_linked() {
                return None;
            }
            let mut best: Option<Reached> = None;
            for means in scout.running(index) {
                let Way::Running(services) = means.method.way else { continue };
                let actor = scout.actor(index);
                for (service, role) in self.worth(actor.home, services, actor.abilities.meets(&editing)) {
                    let distance = self.reached.get(role).and_then(Option::as_ref).map(|reached| reached.distance);
                    // A role that is no administrator may be made one first.
                    let edit = match distance {
                        Some(_) => None,
                        None => match scout.edits(Who::as_is(index), Who::as_is(role), 1) {
                            Some(edit) => Some(edit),
                            None => continue,
                        },
                    };
                    let target = scout.actor(role).arn;
                    let mut needs = vec![match means.method.needs {
                        Some(need) => format!("there is {need} {target}"),
                        None => format!("an instance has the role {target}; not all instances were read"),
                    }];
                    if service == "codedeploy.amazonaws.com" {
                        needs.clear();
                        needs.push(format!("there is a CodeDeploy deployment group with the role {target}"));
                    }
                    let mut hops = means.hops.clone();
                    let makes_admin = edit.is_some();
                    if let Some(edit) = edit {
                        hops = edit.hops.into_iter().chain(hops).collect();
                    }
                    let step = Move {
                        method: if makes_admin { None } else { Some(means.method) },
                        title: means.method.title.to_owned(),
                        hops,
                        becomes: target.to_owned(),
                        makes_admin,
                        needs,
                    };
                    let reached = Reached {
                        phase: Phase::Possible,
                        distance: 1 + distance.unwrap_or(0),
                        tier: None,
                        grounds: None,
                        step: Some(step),
                        next: distance.map(|_| role),
                    };
                    let weight = |one: &Reached| (one.distance, one.step.as_ref().map_or(0, |step| step.hops.len()));
                    if best.as_ref().is_none_or(|best| weight(&reached) < weight(best)) {
                        best = Some(reached);
                    }
                }
            }
            best.or_else(|| {
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
                Some(Reached {
                    phase: Phase::Possible,
                    distance: 1,
                    tier: None,
                    grounds: None,
                    step: Some(step),
                    next: None,
                })
            })
        })
    }

    /// Roles of a home that services can take on: the nearest to an administrator of each service, and all others too if
    /// the principal may be able to change them.
    fn worth(&self, home: usize, services: &[&'static str], others: bool) -> Vec<(&'static str, usize)> {
        let mut worth = Vec::new();
        for service in services {
            let served = self.scout.served(home, service).iter().map(|(role, _)| *role);
            let distance =
                |role: usize| self.reached.get(role).and_then(Option::as_ref).map(|reached| reached.distance);
            let nearest = served.clone().filter_map(|role| Some((distance(role)?, role))).min();
            worth.extend(nearest.map(|(_, role)| (*service, role)));
            if others && nearest.is_none() {
                worth.extend(served.map(|role| (*service, role)));
            }
        }
        worth
    }

    /// Those of whom not every policy was read that could grant.
    fn unread(&self) -> Vec<(usize, Reached)> {
        let missing =
            |index: &usize| !self.scout.world.permissions.missing_grants(self.scout.actor(*index).id).is_empty();
        let reached =
            || Reached { phase: Phase::Unknown, distance: 0, tier: None, grounds: None, step: None, next: None };
        self.open().filter(missing).map(|index| (index, reached())).collect()
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
                let target = self.scout.actor(next).arn;
                let step = Move {
                    method: access.method.and_then(with_id),
                    title: access.title,
                    hops: access.hops,
                    becomes: target.to_owned(),
                    makes_admin: false,
                    needs: access.needs,
                };
                let reached = Reached {
                    phase,
                    distance: distance + 1,
                    tier: (phase == Phase::Proven).then_some(Tier::A2),
                    grounds: None,
                    step: Some(step),
                    next: Some(next),
                };
                waiting.entry(distance + 1).or_default().push((index, reached));
            }
        }
    }

    /// For everybody who is still open the best way into one of these.
    fn edges_into(&self, targets: &[usize]) -> Vec<(usize, usize, Access)> {
        let mut best: BTreeMap<usize, (usize, Access)> = BTreeMap::new();
        let weight = |access: &Access| (!access.needs.is_empty(), access.hops.len());
        for target in targets {
            let actor = self.scout.actor(*target);
            // Whoever has a way with as few calls as there can be of a kind is not asked again.
            let mut consider = |index: usize, fewest: usize, ask: &dyn Fn() -> Option<Access>| {
                let is_open = self.reached.get(index).is_some_and(Option::is_none);
                let is_done = best.get(&index).is_some_and(|(_, access)| weight(access) <= (false, fewest));
                if !is_open || is_done || index == *target {
                    return;
                }
                if let Some(access) = ask()
                    && best.get(&index).is_none_or(|(_, known)| weight(&access) < weight(known))
                {
                    best.insert(index, (*target, access));
                }
            };
            match actor.body {
                Body::User(_) => {
                    for index in self.keyers.get(actor.home).into_iter().flatten() {
                        consider(*index, 1, &|| self.scout.access_otherwise(*index, *target));
                    }
                }
                Body::Role(_) => {
                    for index in self.assumers.candidates(self.scout, *target) {
                        consider(index, 1, &|| self.scout.by_assuming(index, *target));
                    }
                    for (index, fewest) in self.handlers.get(actor.home).into_iter().flatten() {
                        consider(*index, *fewest, &|| self.scout.access_otherwise(*index, *target));
                    }
                }
            }
        }
        best.into_iter().map(|(index, (target, access))| (index, target, access)).collect()
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

/// Asks about every actor; the answers in the order of actors.
fn each<T>(scout: &Scout<'_>, ask: impl Fn(usize) -> Option<T>) -> Vec<(usize, T)> {
    (0..scout.world.actors.len()).filter_map(|index| Some((index, ask(index)?))).collect()
}
