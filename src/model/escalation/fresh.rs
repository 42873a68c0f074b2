//! Names for what does not exist yet: a text that several patterns match at once.
//!
//! A grant on `user/dev-*` lets its holder make a user as surely as one on `*` does, and two grants on
//! `user/dev-*` and `user/*-ro` do together. So the question is whether any name fits, not whether a certain one does.

use std::collections::{BTreeSet, VecDeque};

use crate::iam::matches;

use super::actions::NEW;

/// How many places in the patterns are looked at before giving up; real ones need a few hundred.
const STEPS: usize = 20_000;

/// A text that all patterns (`*` any run, `?` any one) match; with something new in it where they leave room.
/// None if there is none, or the patterns are absurd.
pub fn common(patterns: &[&str]) -> Option<String> {
    // Where one says every character there is nothing to look for.
    if let Some(text) = patterns.iter().find(|pattern| !pattern.contains(['*', '?'])) {
        return patterns.iter().all(|pattern| matches(pattern, text)).then(|| (*text).to_owned());
    }
    let patterns: Vec<Vec<char>> = patterns.iter().map(|pattern| pattern.chars().collect()).collect();
    search(&patterns, true).or_else(|| search(&patterns, false))
}

fn search(patterns: &[Vec<char>], with_new: bool) -> Option<String> {
    let start = vec![0; patterns.len()];
    let mut seen: BTreeSet<(Vec<usize>, bool)> = BTreeSet::from([(start.clone(), false)]);
    // Breadth first, so that the text is as short as can be.
    let mut queue: VecDeque<(Vec<usize>, String, bool)> = VecDeque::from([(start, String::new(), false)]);
    let mut steps = 0;
    while let Some((at, text, filled)) = queue.pop_front() {
        steps += 1;
        let (mut at, mut text, mut filled) = (at, text, filled);
        // With one way on, and nothing else waiting, no state is worth remembering.
        while let Some(literal) = only_way(patterns, &at).filter(|_| queue.is_empty() && steps <= STEPS) {
            steps += 1;
            text.push(literal);
            at.iter_mut().for_each(|place| *place += 1);
        }
        if steps > STEPS {
            return None;
        }
        let rests: Vec<&[char]> =
            patterns.iter().zip(&at).map(|(pattern, at)| pattern.get(*at..).unwrap_or(&[])).collect();
        if with_new && !filled && rests.iter().all(|rest| rest.first() == Some(&'*')) {
            text.push_str(NEW);
            filled = true;
        }
        if (filled || !with_new) && rests.iter().all(|rest| rest.iter().all(|c| *c == '*')) {
            return Some(text);
        }
        // A star may end here without taking anything.
        for (index, rest) in rests.iter().enumerate() {
            if rest.first() == Some(&'*') {
                let mut next = at.clone();
                if let Some(place) = next.get_mut(index) {
                    *place += 1;
                }
                if seen.insert((next.clone(), filled)) {
                    queue.push_back((next, text.clone(), filled));
                }
            }
        }
        // One character that all take: a literal of one of them, or any where none has one.
        let mut literals: BTreeSet<char> = rests.iter().filter_map(|rest| rest.first().copied()).collect();
        let any = literals.remove(&'?');
        literals.remove(&'*');
        if literals.is_empty() && any {
            literals.insert('x');
        }
        for literal in literals {
            let next: Option<Vec<usize>> = rests
                .iter()
                .zip(&at)
                .map(|(rest, at)| match rest.first() {
                    Some('*') => Some(*at),
                    Some(c) if *c == '?' || *c == literal => Some(at + 1),
                    _ => None,
                })
                .collect();
            if let Some(next) = next.filter(|next| *next != at && seen.insert((next.clone(), filled))) {
                let mut text = text.clone();
                text.push(literal);
                queue.push_back((next, text, filled));
            }
        }
    }
    None
}

/// The character that all patterns go on with, if that is the same literal one.
fn only_way(patterns: &[Vec<char>], at: &[usize]) -> Option<char> {
    let mut firsts = patterns.iter().zip(at).map(|(pattern, at)| pattern.get(*at).copied());
    let first = firsts.next()?.filter(|first| !matches!(first, '*' | '?'))?;
    firsts.all(|other| other == Some(first)).then_some(first)
}

/// As [`common`], of every choice of one pattern from each list; at most this many choices are tried.
pub fn choices(shape: &str, lists: &[Vec<String>], limit: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut indices = vec![0usize; lists.len()];
    if lists.iter().any(Vec::is_empty) {
        return found;
    }
    for _ in 0..limit {
        let mut patterns: Vec<&str> = vec![shape];
        patterns.extend(lists.iter().zip(&indices).filter_map(|(list, index)| list.get(*index).map(String::as_str)));
        patterns.sort_unstable();
        patterns.dedup();
        if let Some(text) = common(&patterns)
            && !found.contains(&text)
        {
            found.push(text);
        }
        // The next choice, as one counts.
        let mut carry = true;
        for (index, list) in indices.iter_mut().zip(lists) {
            *index += 1;
            if *index < list.len() {
                carry = false;
                break;
            }
            *index = 0;
        }
        if carry {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::iam::matches;

    #[test]
    fn a_name_is_found_where_one_fits() {
        let user = "arn:aws:iam::111122223333:user/*";
        for (patterns, expected) in [
            (vec![user, "*"], Some("arn:aws:iam::111122223333:user/driftline-new")),
            (vec![user, "arn:aws:iam::*:user/dev-*"], Some("arn:aws:iam::111122223333:user/dev-driftline-new")),
            (vec![user, "*:user/dev-*", "*-ro"], Some("arn:aws:iam::111122223333:user/dev-driftline-new-ro")),
            (vec![user, "arn:aws:iam::111122223333:user/ann"], Some("arn:aws:iam::111122223333:user/ann")),
            (vec![user, "arn:aws:iam::111122223333:role/*"], None),
            (vec![user, "*:user/a*", "*b"], Some("arn:aws:iam::111122223333:user/adriftline-newb")),
        ] {
            assert_eq!(common(&patterns).as_deref(), expected, "{patterns:?}");
        }
    }

    proptest! {
        /// What is found matches; and where a short text matches all, something is found.
        #[test]
        fn what_is_found_matches(patterns in prop::collection::vec("[ab*?]{0,5}", 1..4), text in "[ab]{0,6}") {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            let found = common(&patterns);
            if let Some(found) = &found {
                prop_assert!(patterns.iter().all(|pattern| matches(pattern, found)), "{patterns:?} {found}");
            }
            if patterns.iter().all(|pattern| matches(pattern, &text)) {
                prop_assert!(found.is_some(), "{patterns:?} {text}");
            }
        }
    }
}
