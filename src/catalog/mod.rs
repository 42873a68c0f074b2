//! Checks: TOML files with typed conditions and their own tests inside.
//!
//! A file is read into a raw form with spans, then compiled against the facts
//! of each of its resource types. All mistakes of all files are told at once;
//! what is left after that cannot meet a type error. docs/checks.md is the
//! language's reference.

mod case;
mod check;
mod compile;
mod condition;
mod embedded;
mod files;
mod framework;
mod id;
mod load;
mod operator;
mod overrides;
mod params;
mod profile;
mod show;
mod template;

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::text::{Diagnostic, Sink, SourceFile, did_you_mean, sort};

pub use case::{Case, Expect};
pub use check::{Check, Each, Fail, Graded, Remediation, TypeRule, When};
pub use condition::{Condition, ConditionKind, Path, Predicate, Quantified, Quantifier};
pub use files::Files;
pub use framework::{Control, Framework, Frameworks, Mapped};
pub use id::{CheckId, CheckIdError};
pub use operator::{ALL_OPERATORS, Comparison, Operator, Order, SetTest};
pub use overrides::Override;
pub use profile::{Profile, Profiles};
pub use show::{blocks as show_blocks, list as show_list, text as show_text, texts as show_texts, value as show_value};
pub use template::{Part, Template};

pub(crate) use load::Vocabulary;

/// Checks by id.
#[derive(Clone)]
pub struct Catalog {
    checks: BTreeMap<CheckId, Check>,
    /// Checks that the user does not want to run, each with the user's reason.
    disabled: BTreeMap<CheckId, String>,
    /// The frameworks that the user wants to be told of.
    frameworks: Vec<Mapped>,
    vocabulary: Vocabulary,
}

impl Catalog {
    /// Reads one check from each file. Checks with mistakes are left out, and
    /// every mistake of every file is reported.
    pub fn parse(sources: impl IntoIterator<Item = Arc<SourceFile>>) -> (Catalog, Vec<Diagnostic>) {
        Catalog::parse_with(sources, Vocabulary::MODEL)
    }

    pub(crate) fn parse_with(
        sources: impl IntoIterator<Item = Arc<SourceFile>>,
        vocabulary: Vocabulary,
    ) -> (Catalog, Vec<Diagnostic>) {
        let mut catalog =
            Catalog { checks: BTreeMap::new(), disabled: BTreeMap::new(), frameworks: Vec::new(), vocabulary };
        let mut diagnostics = Vec::new();
        for file in sources {
            let (check, mistakes) = load::read(&file, vocabulary);
            diagnostics.extend(mistakes);
            let Some(check) = check else { continue };
            match catalog.checks.get(&check.id) {
                Some(first) => {
                    let message = format!("there are two checks `{}`", check.id);
                    let help = format!("the other is in {}", first.source().path);
                    diagnostics.push(Diagnostic::error(check.source(), check.span(), message).help(help));
                }
                None => {
                    catalog.checks.insert(check.id.clone(), check);
                }
            }
        }
        sort(&mut diagnostics);
        (catalog, diagnostics)
    }

    /// The checks that come with driftline. A test holds that they have no mistakes.
    pub fn embedded() -> Catalog {
        Catalog::parse(Catalog::embedded_sources()).0
    }

    /// The files of [`Catalog::embedded`].
    pub fn embedded_sources() -> Vec<Arc<SourceFile>> {
        embedded::files().checks
    }

    /// Adds another catalogue's checks; where both have one, the other's counts.
    #[must_use]
    pub fn overlay(mut self, other: Catalog) -> Catalog {
        self.checks.extend(other.checks);
        self.disabled.extend(other.disabled);
        self
    }

    /// The checks that are to run, by id.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.checks.values()
    }

    pub fn get(&self, id: &str) -> Option<&Check> {
        self.checks.get(id)
    }

    pub fn len(&self) -> usize {
        self.checks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// Those that the user's configuration switches off, each with the reason.
    pub fn disabled(&self) -> &BTreeMap<CheckId, String> {
        &self.disabled
    }

    /// The frameworks that its verdicts are to be told by.
    pub fn frameworks(&self) -> &[Mapped] {
        &self.frameworks
    }

    /// Sets them, looked up in this catalogue as a whole: before anything is taken out of it.
    pub fn tell_by(&mut self, frameworks: Vec<Mapped>) {
        self.frameworks = frameworks;
    }

    /// Keeps those that a selection wants.
    pub fn retain(&mut self, mut wanted: impl FnMut(&Check) -> bool) {
        self.checks.retain(|_, check| wanted(check));
    }

    /// Compiles the checks that a user has settings for again, with those
    /// settings. A check whose settings are mistaken stays as it was.
    #[must_use]
    pub fn with_overrides(mut self, overrides: &BTreeMap<CheckId, Override>) -> (Catalog, Vec<Diagnostic>) {
        let sink = Sink::default();
        for (id, with) in overrides {
            let Some(check) = self.checks.get(id) else {
                let near = did_you_mean(id.as_str(), self.checks.keys().map(CheckId::as_str));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                sink.push(
                    Diagnostic::error(&with.file, with.span, format!("there is no check `{id}`")).maybe_help(help),
                );
                continue;
            };
            // Mistakes of this check alone decide whether it is replaced.
            let own = Sink::default();
            let compiled = load::compile(&check.document, self.vocabulary, Some(with), &own);
            let compiled = compiled.filter(|_| !own.has_errors());
            // The file's own warnings were told when it was loaded.
            own.into_sorted().into_iter().filter(|told| told.is_error()).for_each(|told| sink.push(told));
            match (compiled, &with.disabled) {
                (Some(_), Some(reason)) => {
                    self.checks.remove(id);
                    self.disabled.insert(id.clone(), reason.clone());
                }
                (Some(compiled), None) => {
                    self.checks.insert(id.clone(), compiled);
                }
                (None, _) => {}
            }
        }
        (self, sink.into_sorted())
    }

    /// The identity of the checks that are to run: the SHA-256 of their files' texts, in hexadecimal.
    pub fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        for check in self.checks.values() {
            // Not the path: the same checks in another folder are the same catalogue.
            for part in [check.id.as_str(), &check.source().text] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part.as_bytes());
            }
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod mistakes;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
