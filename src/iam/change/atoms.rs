//! Texts that stand for all others: patterns divide texts into classes by which
//! of them match, and one text of each class is enough to tell two sets of
//! patterns apart.
//!
//! All patterns are walked at once, as an automaton whose states are the places
//! that may be reached in each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::iam::template::{Piece, Template};

/// So many states are looked at; a policy has a few hundred.
const MOST_STATES: usize = 20_000;

/// One text of each class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Atoms {
    pub texts: Vec<String>,
    /// Whether every class has its text.
    pub is_complete: bool,
}

/// Places that may be reached: pattern and position, sorted.
type State = Vec<(u16, u16)>;

struct Automaton<'t> {
    patterns: Vec<&'t [Piece]>,
    /// A character that no pattern names, for all those.
    other: char,
}

/// One text of each class that the patterns make of all texts that the frame matches. Texts that are
/// given go before such as are made up.
pub fn atoms(patterns: &[Template], frame: Option<&Template>, given: &[&str]) -> Atoms {
    let all: Vec<&[Piece]> = patterns.iter().chain(frame).map(Template::pieces).collect();
    let framed = frame.is_some();
    let automaton = Automaton { other: other(&all), patterns: all };
    let mut classes: BTreeMap<Vec<u16>, String> = BTreeMap::new();
    let mut order = Vec::new();
    let mut note = |state: &State, text: &dyn Fn() -> String| {
        let mut class = automaton.matching(state);
        let last = automaton.patterns.len() as u16;
        if framed && class.pop_if(|pattern| *pattern + 1 == last).is_none() {
            return;
        }
        classes.entry(class.clone()).or_insert_with(|| {
            order.push(class);
            text()
        });
    };
    for text in given {
        let end = text.chars().fold(automaton.start(), |state, c| automaton.step(&state, c));
        note(&end, &|| (*text).to_owned());
    }
    let is_complete = automaton.explore(&mut note);
    let texts = order.iter().filter_map(|class| classes.get(class).cloned()).collect();
    Atoms { texts, is_complete }
}

fn other(patterns: &[&[Piece]]) -> char {
    let named: BTreeSet<char> = patterns
        .iter()
        .flat_map(|pattern| pattern.iter())
        .filter_map(|piece| match piece {
            Piece::Literal(c) => Some(*c),
            _ => None,
        })
        .collect();
    let mut candidates = ('a'..='z').rev().chain('0'..='9').chain(['-', '_']).chain('\u{e000}'..);
    candidates.find(|c| !named.contains(c)).unwrap_or('\u{1}')
}

impl Automaton<'_> {
    fn start(&self) -> State {
        self.close((0..self.patterns.len() as u16).map(|pattern| (pattern, 0)).collect())
    }

    fn piece(&self, (pattern, at): (u16, u16)) -> Option<Piece> {
        self.patterns.get(usize::from(pattern))?.get(usize::from(at)).copied()
    }

    /// What takes any run of characters takes none, too.
    fn close(&self, mut state: State) -> State {
        let mut at = 0;
        while let Some(place) = state.get(at).copied() {
            if matches!(self.piece(place), Some(Piece::Many | Piece::Unknown)) {
                state.push((place.0, place.1 + 1));
            }
            at += 1;
        }
        state.sort_unstable();
        state.dedup();
        state
    }

    fn step(&self, state: &State, c: char) -> State {
        let next = state.iter().filter_map(|place| match self.piece(*place)? {
            Piece::Literal(wanted) if wanted == c => Some((place.0, place.1 + 1)),
            Piece::Literal(_) => None,
            Piece::One => Some((place.0, place.1 + 1)),
            Piece::Many | Piece::Unknown => Some(*place),
        });
        self.close(next.collect())
    }

    /// The patterns that match a text which ends here.
    fn matching(&self, state: &State) -> Vec<u16> {
        let ends = state.iter().filter(|place| self.piece(**place).is_none());
        ends.map(|(pattern, _)| *pattern).collect()
    }

    /// Hands over every state that some text reaches, with that text; gives whether it came to all.
    fn explore(&self, note: &mut dyn FnMut(&State, &dyn Fn() -> String)) -> bool {
        let start = self.start();
        // How each state was reached: from which other, with which character.
        let mut steps: Vec<(usize, char)> = vec![(0, ' ')];
        let mut seen: BTreeSet<State> = BTreeSet::from([start.clone()]);
        let mut open = VecDeque::from([(0, start)]);
        while let Some((number, state)) = open.pop_front() {
            note(&state, &|| spell(&steps, number));
            let mut characters: BTreeSet<char> = BTreeSet::from([self.other]);
            characters.extend(state.iter().filter_map(|place| match self.piece(*place) {
                Some(Piece::Literal(c)) => Some(c),
                _ => None,
            }));
            for c in characters {
                let next = self.step(&state, c);
                if seen.contains(&next) {
                    continue;
                }
                if seen.len() >= MOST_STATES {
                    return false;
                }
                steps.push((number, c));
                open.push_back((steps.len() - 1, next.clone()));
                seen.insert(next);
            }
        }
        true
    }
}

fn spell(steps: &[(usize, char)], mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        let Some((before, c)) = steps.get(number) else { break };
        letters.push(*c);
        number = *before;
    }
    letters.iter().rev().collect()
}
