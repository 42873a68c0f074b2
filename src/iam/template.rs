//! A value of a policy with its variables filled in: `${aws:username}`,
//! `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`, `${?}`, `${$}`.
//!
//! What a variable stands for is literal, whatever characters it has. A
//! variable whose key is absent, without a default, has no value: nothing
//! equals it. Variables are of version 2012-10-17; in 2008-10-17 the characters
//! stand for themselves.

use super::context::{Fact, Facts};
use super::{Truth, Version};

/// A policy's value, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// A variable that is not known.
    Unknown,
}

/// A value of the request: a text, or the beginning of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'t> {
    pub known: &'t str,
    /// Whether more may follow that is not known.
    pub open: bool,
}

impl<'t> Text<'t> {
    pub fn whole(known: &'t str) -> Text<'t> {
        Text { known, open: false }
    }
}

/// Whether the value has something to fill in.
pub fn has_variables(value: &str, version: Version) -> bool {
    version == Version::V2012 && value.contains("${")
}

impl Template {
    /// Fills in the variables; none if one of them has no value.
    ///
    /// `wildcards`: whether `*` and `?` are such, and not characters.
    pub fn new(value: &str, version: Version, wildcards: bool, facts: &dyn Facts) -> Option<Template> {
        let mut pieces = Vec::with_capacity(value.len());
        let mut rest = value;
        while let Some(next) = rest.chars().next() {
            let variable = (version == Version::V2012).then(|| rest.strip_prefix("${")).flatten();
            if let Some((variable, after)) = variable.and_then(|inside| inside.split_once('}')) {
                fill(variable, facts, &mut pieces)?;
                rest = after;
                continue;
            }
            pieces.push(match next {
                '*' if wildcards => Piece::Many,
                '?' if wildcards => Piece::One,
                literal => Piece::Literal(literal),
            });
            rest = &rest[next.len_utf8()..];
        }
        Some(Template(pieces))
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The same in lower case (of ASCII).
    #[must_use]
    pub fn lowered(self) -> Template {
        let lower = |piece| match piece {
            Piece::Literal(c) => Piece::Literal(c.to_ascii_lowercase()),
            other => other,
        };
        Template(self.0.into_iter().map(lower).collect())
    }

    /// The parts between colons, as ARNs are compared; the last of `most` parts keeps its colons.
    pub fn split(&self, most: usize) -> Vec<Template> {
        let mut parts = vec![Template(Vec::new())];
        for piece in &self.0 {
            if *piece == Piece::Literal(':') && parts.len() < most {
                parts.push(Template(Vec::new()));
            } else if let Some(last) = parts.last_mut() {
                last.0.push(*piece);
            }
        }
        parts
    }

    /// Whether every text matches.
    pub fn is_open(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|piece| *piece == Piece::Many)
    }

    /// Whether it ends in `*`.
    pub fn ends_open(&self) -> bool {
        self.0.last() == Some(&Piece::Many)
    }

    fn is_known(&self) -> bool {
        !self.0.contains(&Piece::Unknown)
    }

    /// Whether it matches the whole text.
    pub fn matches(&self, text: Text<'_>) -> Truth {
        let reached = self.reached(text.known);
        let possible = if text.open {
            // Whatever is left of the pattern, some text would match it.
            reached.iter().any(|reached| *reached)
        } else {
            reached.last() == Some(&true)
        };
        if !possible {
            return Truth::False;
        }
        let certain = self.is_known()
            && (!text.open || reached.iter().zip(0..).any(|(reached, at)| *reached && self.is_open_from(at)));
        if certain { Truth::True } else { Truth::Unknown }
    }

    fn is_open_from(&self, at: usize) -> bool {
        let rest = self.0.get(at..).unwrap_or_default();
        !rest.is_empty() && rest.iter().all(|piece| *piece == Piece::Many)
    }

    /// Of each place in the pattern, whether one may stand there after the text; the last is its end.
    fn reached(&self, text: &str) -> Vec<bool> {
        let places = self.0.len() + 1;
        let mut here = vec![false; places];
        if let Some(first) = here.first_mut() {
            *first = true;
        }
        self.pass_open(&mut here);
        for c in text.chars() {
            let mut next = vec![false; places];
            for (at, piece) in self.0.iter().enumerate().filter(|(at, _)| here.get(*at) == Some(&true)) {
                let to = match piece {
                    Piece::Literal(wanted) if *wanted == c => at + 1,
                    Piece::Literal(_) => continue,
                    Piece::One => at + 1,
                    Piece::Many | Piece::Unknown => at,
                };
                if let Some(to) = next.get_mut(to) {
                    *to = true;
                }
            }
            self.pass_open(&mut next);
            here = next;
        }
        here
    }

    /// What takes any run of characters takes none, too.
    fn pass_open(&self, places: &mut [bool]) {
        for (at, piece) in self.0.iter().enumerate() {
            if matches!(piece, Piece::Many | Piece::Unknown)
                && places.get(at) == Some(&true)
                && let Some(after) = places.get_mut(at + 1)
            {
                *after = true;
            }
        }
    }
}

/// The keys of a value's variables, in lower case.
pub fn variables(value: &str, version: Version) -> Vec<String> {
    if !has_variables(value, version) {
        return Vec::new();
    }
    let insides = value.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let keys = insides.filter(|inside| !matches!(*inside, "*" | "?" | "$"));
    keys.map(|inside| inside.split(',').next().unwrap_or(inside).trim().to_ascii_lowercase()).collect()
}

/// Appends what a variable stands for; none if that is nothing.
fn fill(variable: &str, facts: &dyn Facts, pieces: &mut Vec<Piece>) -> Option<()> {
    let mut literal = |text: &str| pieces.extend(text.chars().map(Piece::Literal));
    if matches!(variable, "*" | "?" | "$") {
        literal(variable);
        return Some(());
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().trim_matches('\''))),
        None => (variable, None),
    };
    match facts.fact(&key.trim().to_ascii_lowercase()) {
        Fact::Is(values) => match values.as_slice() {
            [one] => literal(one),
            // A variable has one value; what AWS makes of several is not documented.
            _ => pieces.push(Piece::Unknown),
        },
        Fact::Begins(known) => {
            literal(&known);
            pieces.push(Piece::Unknown);
        }
        Fact::Absent => literal(default?),
        Fact::Unknown => pieces.push(Piece::Unknown),
    }
    Some(())
}

/// Whether a pattern with variables matches a resource.
pub fn matches_resource(pattern: &str, version: Version, resource: &str, facts: &dyn Facts) -> Truth {
    if !has_variables(pattern, version) {
        return super::matches(pattern, resource).into();
    }
    match Template::new(pattern, version, true, facts) {
        Some(template) => template.matches(Text::whole(resource)),
        None => Truth::False,
    }
}
