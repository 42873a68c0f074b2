//! An organization, account by account: what each tells by itself, and what comes of all together.
//!
//! Each account is looked at once without knowing of the others, beside the roles of others that trust it ([`Abroad`]).
//! What comes of that is told at once of everybody whose way no other account can change; the others are kept as the
//! account's outline. All outlines together say how near each of those is, and by which of its moves: one search from
//! the nearest on, without a policy being read again. The verdicts, and the ways, are those of a search over everything
//! at once.
//!
//! [`Abroad`]: super::Abroad

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::arn::AccountId;
use crate::model::Model;

use super::Escalation;
use super::access::Access;
use super::doubt::{self, Doubt};
use super::outline::{Outline, after};
use super::path::{Finding, Move, Tier, Verdict};
use super::search::{Near, Phase, Weight, using};
use super::shelf::Slot;
use super::trace::Trace;

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
    /// Whether those are told too of whom there is nothing to tell.
    is_for_all: bool,
    /// How many users and roles it has.
    number: usize,
    /// The organization's policies that were not read.
    denials: Vec<String>,
    /// What is told of whoever comes to an end.
    tier: Option<Tier>,
}

/// One user or role.
#[derive(Debug)]
enum Line {
    /// There is nothing to tell of it but that it is there.
    Nothing(Slot<String>),
    Told(Slot<Finding>),
    /// What there is to tell hangs on other accounts: the node of the outline.
    Open(usize),
}

/// What is known of the accounts together.
#[derive(Debug, Default)]
pub struct Whole {
    looks: BTreeMap<AccountId, Look>,
    /// What comes of it for each look's nodes.
    solved: BTreeMap<AccountId, Vec<Solved>>,
}

/// What is known of a node once all accounts are.
#[derive(Debug, Clone, Default)]
struct Solved {
    /// How near it is.
    near: Option<Near>,
    /// That it could be nearer.
    doubt: Option<Doubt>,
}

/// A node of some account's outline.
#[derive(Clone, Copy)]
struct At<'w> {
    look: &'w Look,
    node: usize,
}

/// How a way goes on from a node.
enum Choice<'w> {
    /// As the account alone knows it.
    Own,
    /// By a move to another node, or to a role of which the rest is known.
    By(Move, Result<At<'w>, &'w Trace>),
}

impl Look {
    /// At an account, beside the roles of others that trust it.
    pub fn at(model: &Model<'_>, account: &AccountId, goal: Goal<'_>, wanted: Wanted<'_>) -> Look {
        let (escalation, outline) = Escalation::beside(model, account, goal);
        let mut look = Look {
            account: account.clone(),
            outline,
            told: Vec::new(),
            is_for_all: !matches!(wanted, Wanted::Remarkable),
            number: escalation.count(),
            denials: escalation.scout.denials(account),
            tier: matches!(goal, Goal::Administrators).then_some(Tier::A2),
        };
        look.tell(&escalation, goal, wanted);
        look
    }

    fn tell(&mut self, escalation: &Escalation<'_>, goal: Goal<'_>, wanted: Wanted<'_>) {
        let nodes: HashMap<usize, usize> =
            self.outline.nodes.iter().enumerate().map(|(node, one)| (one.place, node)).collect();
        let shelf = &mut self.outline.shelf;
        for node in &mut self.outline.nodes {
            if let Some(own) = &mut node.own {
                let stretch =
                    escalation.scout.trace(&escalation.reached, node.place, |place| nodes.contains_key(&place));
                own.next = stretch.onward.and_then(|place| nodes.get(&place).copied());
                own.stretch = Some(shelf.put(&stretch));
            }
        }
        for (index, actor) in escalation.scout.world.actors.iter().enumerate().filter(|(_, actor)| !actor.is_foreign) {
            if matches!(wanted, Wanted::One(arn) if arn != actor.arn) {
                continue;
            }
            let told = match goal {
                Goal::Administrators => escalation.told(index),
                Goal::Principal(_) => escalation.to_principal(&escalation.reached, &escalation.doubts, index),
            };
            let node = nodes.get(&index).and_then(|node| Some((*node, self.outline.nodes.get_mut(*node)?)));
            if let Some((number, node)) = node {
                node.told = Some(shelf.put(&told));
                self.told.push(Line::Open(number));
                continue;
            }
            match told.verdict {
                Verdict::None if !self.is_for_all => {}
                // A service's own role may have what was not read, and nothing is told of it.
                Verdict::None if told.missing.is_empty() => {
                    self.told.push(Line::Nothing(shelf.put(&actor.arn.to_owned())))
                }
                _ => {
                    let finding = escalation.with_way(told, &escalation.reached, index);
                    self.told.push(Line::Told(shelf.put(&finding)));
                }
            }
        }
        shelf.close();
        self.told.shrink_to_fit();
    }

    /// The account that was looked at.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Roles of other accounts that somebody here may take on.
    pub fn abroad(&self) -> impl Iterator<Item = &str> {
        self.outline.abroad()
    }
}

impl Whole {
    /// Of looks at all accounts that matter, in whatever order.
    pub fn of(looks: impl IntoIterator<Item = Look>) -> Whole {
        let looks: BTreeMap<AccountId, Look> = looks.into_iter().map(|look| (look.account.clone(), look)).collect();
        Whole { solved: solve(&looks), looks }
    }

    /// How many users and roles there are.
    pub fn count(&self) -> usize {
        self.looks.values().map(|look| look.number).sum()
    }

    /// How many hang on other accounts, or others on them.
    #[cfg(test)]
    pub fn count_open(&self) -> usize {
        self.looks.values().map(|look| look.outline.nodes.len()).sum()
    }

    /// Hands over all that was to be told, in the order of accounts and names.
    ///
    /// # Errors
    /// The receiver's first.
    pub fn each<E>(&self, mut take: impl FnMut(Finding) -> Result<(), E>) -> Result<(), E> {
        self.looks.values().try_for_each(|look| self.each_of(look, &mut take))
    }

    fn each_of<E>(&self, look: &Look, take: &mut impl FnMut(Finding) -> Result<(), E>) -> Result<(), E> {
        for line in &look.told {
            let finding = match line {
                Line::Nothing(arn) => Finding::none(&look.outline.shelf.get(*arn), &look.account),
                Line::Told(finding) => look.outline.shelf.get(*finding),
                Line::Open(node) => match self.finding(At { look, node: *node }) {
                    Some(finding) => finding,
                    None => continue,
                },
            };
            if finding.verdict != Verdict::None || look.is_for_all {
                take(finding)?;
            }
        }
        Ok(())
    }

    /// All that was to be told of an account; none if it was not looked at.
    pub fn of_account(&self, account: &AccountId) -> Option<Vec<Finding>> {
        let look = self.looks.get(account)?;
        let mut all = Vec::new();
        let Ok(()) = self.each_of::<std::convert::Infallible>(look, &mut |finding| {
            all.push(finding);
            Ok(())
        });
        Some(all)
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

    fn solved(&self, at: At<'_>) -> Option<&Solved> {
        self.solved.get(&at.look.account)?.get(at.node)
    }

    fn near(&self, at: At<'_>) -> Option<Near> {
        self.solved(at)?.near
    }

    /// The node of a role of whatever account.
    fn abroad(&self, arn: &str) -> Option<At<'_>> {
        let look = self.looks.get(&account_of(arn)?)?;
        Some(At { look, node: *look.outline.trusting.get(arn)? })
    }

    /// What is told of a node.
    fn finding(&self, at: At<'_>) -> Option<Finding> {
        let mut told = at.look.outline.shelf.get(at.look.outline.nodes.get(at.node)?.told?);
        let nearer = self.solved(at).and_then(|solved| Some(solved.doubt.as_ref()?.missing.clone()));
        told.nearer = nearer.filter(|_| !told.is_effective_admin());
        let Some((near, choice)) = self.near(at).and_then(|near| Some((near, self.choice(at, near)?))) else {
            if told.verdict == Verdict::None && told.nearer.is_some() {
                told.verdict = Verdict::Unknown;
            }
            return Some(if told.verdict == Verdict::Unknown { Trace::default().finish(told) } else { told });
        };
        let verdict = match (&choice, near.0) {
            (Choice::Own, _) => told.verdict,
            (_, Phase::Proven) => Verdict::Proven,
            (_, Phase::Possible) => Verdict::Possible,
            // What it may do by itself is more than that nobody knows what somebody else may.
            (_, Phase::Unknown) if told.verdict == Verdict::Capability => Verdict::Capability,
            (_, Phase::Unknown) => Verdict::Unknown,
        };
        if matches!(verdict, Verdict::None | Verdict::Capability) {
            return Some(told);
        }
        let finding = match choice {
            Choice::Own => told,
            Choice::By(..) => Finding {
                verdict,
                tier: at.look.tier.filter(|_| verdict == Verdict::Proven),
                missing: told.missing,
                unread: told.unread,
                nearer: told.nearer.filter(|_| verdict != Verdict::Proven),
                ..Finding::none(&told.principal, &at.look.account)
            },
        };
        Some(self.way(at, choice).finish(finding))
    }

    fn way<'w>(&'w self, at: At<'w>, choice: Choice<'w>) -> Trace {
        let mut trace = Trace::default();
        let mut next = Some((at, choice));
        // Each node is nearer than the one before it, so that this ends.
        while let Some((at, choice)) = next.take() {
            let onward = match choice {
                Choice::Own => {
                    let Some(own) = at.look.outline.nodes.get(at.node).and_then(|node| node.own.as_ref()) else {
                        break;
                    };
                    trace.go_on(&own.stretch.map(|stretch| at.look.outline.shelf.get(stretch)).unwrap_or_default());
                    own.next.map(|node| At { look: at.look, node })
                }
                Choice::By(step, to) => {
                    trace.step(step, &at.look.account, &at.look.denials);
                    match to {
                        Ok(to) => Some(to),
                        Err(rest) => {
                            trace.go_on(rest);
                            None
                        }
                    }
                }
            };
            next = onward.and_then(|at| Some((at, self.choice(at, self.near(at)?)?)));
        }
        trace
    }

    /// The way that a search over everything would take.
    fn choice<'w>(&'w self, at: At<'w>, near: Near) -> Option<Choice<'w>> {
        let outline = &at.look.outline;
        let node = outline.nodes.get(at.node)?;
        let own = node.own.as_ref().filter(|own| own.near == near);
        // Ends go before whoever comes to one in as many moves. By services, an administrator is one move away.
        if near.0 == Phase::Possible
            && near.1 > 1
            && let Some(choice) = self.by_service(at, near)
        {
            return Some(choice);
        }
        if own.is_some_and(|own| own.is_root) {
            return Some(Choice::Own);
        }
        let mut best: Option<((Weight, usize), Choice<'w>)> =
            own.map(|own| ((own.weight, own.to.unwrap_or_default()), Choice::Own));
        let mut offer = |rank: (Weight, usize), choice: &dyn Fn() -> Option<Choice<'w>>| {
            if best.as_ref().is_none_or(|(known, _)| rank < *known)
                && let Some(choice) = choice()
            {
                best = Some((rank, choice));
            }
        };
        let is_next = |to: At<'_>| self.near(to).and_then(|to| after(to, false)) == Some(near);
        for way in outline.ways_from(at.node) {
            let (to, Some(target)) = (At { look: at.look, node: way.to }, outline.nodes.get(way.to)) else { continue };
            if is_next(to) {
                offer((way.weight, target.place), &|| {
                    Some(Choice::By(outline.shelf.get(way.access).into_move(&target.arn), Ok(to)))
                });
            }
        }
        for leave in outline.leaves_from(at.node) {
            let Some((arn, place)) = outline.abroad.get(leave.role) else { continue };
            if let Some(to) = self.abroad(arn).filter(|to| is_next(*to)) {
                offer(((false, 1), *place), &|| {
                    Some(Choice::By(Access::by_assuming(outline.call(leave)?).into_move(arn), Ok(to)))
                });
            }
        }
        best.map(|(_, choice)| choice)
    }

    /// By something of a service that may have a role, if that is as near.
    fn by_service<'w>(&'w self, at: At<'w>, near: Near) -> Option<Choice<'w>> {
        let outline = &at.look.outline;
        let mut best: Option<((usize, usize), Choice<'w>)> = None;
        for means in &outline.nodes.get(at.node)?.means {
            for service in means.method.services() {
                let Some(served) = outline.served.get(service) else { continue };
                let nodes = served.nodes.iter().filter_map(|node| {
                    let (phase, distance) = self.near(At { look: at.look, node: *node })?;
                    let one = outline.nodes.get(*node).filter(|_| phase == Phase::Proven)?;
                    Some((distance, one.place, &one.arn, Ok(At { look: at.look, node: *node })))
                });
                let others =
                    served.nearest.iter().map(|(distance, place, arn, rest)| (*distance, *place, arn, Err(rest)));
                let nearest = nodes.chain(others).min_by_key(|(distance, place, ..)| (*distance, *place));
                let Some((distance, _, arn, to)) = nearest else { continue };
                let rank = (distance + 1, means.calls);
                if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                    let means = means.taken(&outline.shelf);
                    best = Some((rank, Choice::By(using(&means, service, arn), to)));
                }
            }
        }
        best.filter(|((distance, _), _)| *distance == near.1).map(|(_, choice)| choice)
    }
}

/// How near every node is, and which could be nearer.
fn solve(looks: &BTreeMap<AccountId, Look>) -> BTreeMap<AccountId, Vec<Solved>> {
    let mut firsts: BTreeMap<&AccountId, usize> = BTreeMap::new();
    let mut nodes: Vec<Option<Near>> = Vec::new();
    let mut doubts: Vec<Option<Doubt>> = Vec::new();
    let mut trusting: HashMap<&str, usize> = HashMap::new();
    for (account, look) in looks {
        let first = nodes.len();
        firsts.insert(account, first);
        nodes.extend(look.outline.nodes.iter().map(|node| node.own.as_ref().map(|own| own.near)));
        doubts.extend(look.outline.nodes.iter().map(|node| node.doubt.clone()));
        trusting.extend(look.outline.trusting.iter().map(|(arn, node)| (&**arn, first + node)));
    }
    // To whom, by whom, and whether by something of a service.
    let mut ways: Vec<(usize, usize, bool)> = Vec::new();
    for (account, Look { outline, .. }) in looks {
        let first = firsts.get(account).copied().unwrap_or_default();
        ways.extend(outline.ways.iter().map(|way| (first + way.to, first + way.from, false)));
        let abroad: Vec<Option<usize>> = outline.abroad().map(|arn| trusting.get(arn).copied()).collect();
        let leaves = outline.leaves.iter();
        ways.extend(leaves.filter_map(|leave| Some(((*abroad.get(leave.role)?)?, first + leave.from, false))));
        for (from, node) in outline.nodes.iter().enumerate() {
            let services: BTreeSet<&str> =
                node.means.iter().flat_map(|means| means.method.services()).copied().collect();
            let served = services.into_iter().filter_map(|service| outline.served.get(service));
            ways.extend(served.flat_map(|served| &served.nodes).map(|to| (first + to, first + from, true)));
        }
    }
    ways.sort_unstable();
    // The nearest first, as there is nothing nearer to come by then.
    let mut waiting: BTreeSet<(Near, usize)> =
        nodes.iter().enumerate().filter_map(|(node, near)| Some(((*near)?, node))).collect();
    while let Some((near, node)) = waiting.pop_first() {
        if nodes.get(node).is_none_or(|known| *known != Some(near)) {
            continue;
        }
        let begin = ways.partition_point(|way| way.0 < node);
        for (_, from, by_service) in ways.iter().skip(begin).take_while(|way| way.0 == node) {
            if let Some(nearer) = after(near, *by_service)
                && let Some(known) = nodes.get_mut(*from)
                && known.is_none_or(|known| nearer < known)
            {
                *known = Some(nearer);
                waiting.insert((nearer, *from));
            }
        }
    }
    let takes = |node: usize, by_service: bool| match nodes.get(node) {
        Some(Some((Phase::Proven, _))) => false,
        Some(Some((Phase::Possible, _))) => !by_service,
        _ => true,
    };
    let sources = |node: usize, take: &mut dyn FnMut(usize, bool)| {
        let begin = ways.partition_point(|way| way.0 < node);
        ways.iter()
            .skip(begin)
            .take_while(|way| way.0 == node)
            .for_each(|(_, from, by_service)| take(*from, *by_service));
    };
    for (node, place) in doubts.iter_mut().enumerate() {
        place.take_if(|doubt| !takes(node, doubt.by_service));
    }
    doubt::spread(&mut doubts, sources, takes);
    let mut solved = nodes.into_iter().zip(doubts).map(|(near, doubt)| Solved { near, doubt });
    let of = |(account, look): (&AccountId, &Look)| {
        (account.clone(), solved.by_ref().take(look.outline.nodes.len()).collect())
    };
    looks.iter().map(of).collect()
}

/// The account that an ARN names.
pub fn account_of(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(4)?.parse().ok()
}
