//! Profiles: named selections of checks, with parameters of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::Severity;
use crate::text::{Diagnostic, Document, Glob, Item, Sink, SourceFile, Span, Table, did_you_mean, sort};

use super::framework::require_schema;
use super::{Catalog, Check, CheckId, Frameworks, Override};

/// The form of profile files that this version reads.
const SCHEMA: i64 = 1;

/// A named selection of checks.
#[derive(Debug, Clone)]
pub struct Profile {
    pub id: String,
    /// What it is for, in one line.
    pub title: String,
    /// A check is in the profile if one of these has it.
    select: Vec<Select>,
    exclude: Vec<(Glob, Span)>,
    /// What it sets of checks.
    pub overrides: BTreeMap<CheckId, Override>,
    file: Arc<SourceFile>,
    span: Span,
}

/// All that is given has to hold; the members of a list are alternatives.
#[derive(Debug, Clone)]
struct Select {
    checks: Option<Vec<(Glob, Span)>>,
    tags: Option<Vec<(Glob, Span)>>,
    /// Framework or peer, to globs of its controls.
    controls: Option<Vec<(String, Vec<Glob>)>>,
    framework: Option<(String, Span)>,
    /// Of the framework: controls of this level and of lower ones.
    level: Option<i64>,
    severity: Option<Severity>,
}

/// Profiles by id.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    by_id: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Those that come with driftline. A test holds that they have no mistakes.
    pub fn embedded() -> Profiles {
        Profiles::parse(super::embedded::files().profiles).0
    }

    /// Reads one profile from each file; every mistake is reported.
    pub fn parse(sources: impl IntoIterator<Item = Arc<SourceFile>>) -> (Profiles, Vec<Diagnostic>) {
        let mut profiles = Profiles::default();
        let mut diagnostics = Vec::new();
        for file in sources {
            let sink = Sink::default();
            let profile = read(&file, &sink).filter(|_| !sink.has_errors());
            diagnostics.extend(sink.into_sorted());
            let Some(profile) = profile else { continue };
            match profiles.by_id.get(&profile.id) {
                Some(first) => {
                    let message = format!("there are two profiles `{}`", profile.id);
                    let help = format!("the other is in {}", first.file.path);
                    diagnostics.push(Diagnostic::error(&profile.file, profile.span, message).help(help));
                }
                None => _ = profiles.by_id.insert(profile.id.clone(), profile),
            }
        }
        sort(&mut diagnostics);
        (profiles, diagnostics)
    }

    /// Adds others; where both have one, the other's counts.
    #[must_use]
    pub fn overlay(mut self, other: Profiles) -> Profiles {
        self.by_id.extend(other.by_id);
        self
    }

    /// Adds one; it counts before one of the same name.
    pub fn insert(&mut self, profile: Profile) {
        self.by_id.insert(profile.id.clone(), profile);
    }

    pub fn all(&self) -> impl Iterator<Item = &Profile> {
        self.by_id.values()
    }

    /// The checks of one profile: those it selects, and those that say themselves that they are in it.
    ///
    /// # Errors
    /// There is no such profile; the text says so, and which one may have been meant.
    pub fn checks(&self, name: &str, catalog: &Catalog, frameworks: &Frameworks) -> Result<BTreeSet<CheckId>, String> {
        let profile = self.by_id.get(name);
        let named = |check: &&Check| check.profiles.iter().any(|profile| profile == name);
        let mut found: BTreeSet<CheckId> = catalog.checks().filter(named).map(|check| check.id.clone()).collect();
        let Some(profile) = profile else {
            if found.is_empty() {
                let of_checks = catalog.checks().flat_map(|check| check.profiles.iter());
                let known: BTreeSet<&str> = self.by_id.keys().chain(of_checks).map(String::as_str).collect();
                let near = did_you_mean(name, known).map(|near| format!("; did you mean `{near}`?"));
                let near = near.unwrap_or_else(|| "; `driftline checks profiles` names them all".to_owned());
                return Err(format!("no profile is named `{name}`{near}"));
            }
            return Ok(found);
        };
        for select in &profile.select {
            let of_framework =
                select.framework.as_ref().and_then(|(id, _)| frameworks.get(id)).map(|it| it.map(catalog));
            let of_framework = of_framework.as_ref().map(|mapped| mapped.all_checks(select.level));
            let wanted = |check: &&Check| {
                (select.framework.is_none() || of_framework.as_ref().is_some_and(|ids| ids.contains(check.id.as_str())))
                    && select.matches(check)
            };
            found.extend(catalog.checks().filter(wanted).map(|check| check.id.clone()));
        }
        found.retain(|id| !profile.exclude.iter().any(|(glob, _)| glob.matches(id.as_str())));
        Ok(found)
    }

    /// What these profiles set of checks, the later ones before the earlier, and the user's own settings before all.
    pub fn overrides(&self, names: &[String], own: &BTreeMap<CheckId, Override>) -> BTreeMap<CheckId, Override> {
        let mut all: BTreeMap<CheckId, Override> = BTreeMap::new();
        let of_profiles = names.iter().filter_map(|name| self.by_id.get(name)).map(|profile| &profile.overrides);
        for (id, set) in of_profiles.chain([own]).flatten() {
            match all.get_mut(id) {
                Some(before) => before.overlay(set),
                None => _ = all.insert(id.clone(), set.clone()),
            }
        }
        all
    }

    /// What profiles say that fits no check and no framework.
    pub fn mistakes(&self, catalog: &Catalog, frameworks: &Frameworks) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = self.all().flat_map(|profile| profile.mistakes(catalog, frameworks)).collect();
        sort(&mut found);
        found
    }
}

impl Select {
    /// Whether all but the framework holds.
    fn matches(&self, check: &Check) -> bool {
        let one = |globs: &Vec<(Glob, Span)>, text: &str| globs.iter().any(|(glob, _)| glob.matches(text));
        let names = |(of, globs): &(String, Vec<Glob>)| {
            let ids = check.controls.get(of).into_iter().flatten();
            ids.into_iter().any(|id| globs.iter().any(|glob| glob.matches(id)))
        };
        self.checks.as_ref().is_none_or(|globs| one(globs, check.id.as_str()))
            && self.tags.as_ref().is_none_or(|globs| check.tags.iter().any(|tag| one(globs, tag)))
            && self.controls.as_ref().is_none_or(|controls| controls.iter().any(names))
            && self.severity.is_none_or(|least| check.severity >= least)
    }
}

impl Profile {
    fn mistakes(&self, catalog: &Catalog, frameworks: &Frameworks) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let ids: Vec<&str> = catalog
            .checks()
            .map(|check| check.id.as_str())
            .chain(catalog.disabled().keys().map(CheckId::as_str))
            .collect();
        let tags: BTreeSet<&str> = catalog.checks().flat_map(|check| check.tags.iter().map(String::as_str)).collect();
        let mut globs = |globs: &[(Glob, Span)], known: &[&str], what: &str| {
            for (glob, span) in globs.iter().filter(|(glob, _)| !known.iter().any(|one| glob.matches(one))) {
                let near = did_you_mean(glob.as_str(), known.iter().copied());
                let help = near.map(|near| format!("did you mean `{near}`?"));
                let message = format!("no check {what} `{glob}`");
                found.push(Diagnostic::error(&self.file, *span, message).maybe_help(help));
            }
        };
        globs(&self.exclude, &ids, "is named");
        let tags: Vec<&str> = tags.into_iter().collect();
        for select in &self.select {
            globs(select.checks.as_deref().unwrap_or_default(), &ids, "is named");
            globs(select.tags.as_deref().unwrap_or_default(), &tags, "has the tag");
        }
        for (id, span) in self.select.iter().filter_map(|select| select.framework.as_ref()) {
            if frameworks.get(id).is_none() {
                let near = did_you_mean(id, frameworks.all().map(|framework| framework.id.as_str()));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                let message = format!("there is no framework `{id}`");
                found.push(Diagnostic::error(&self.file, *span, message).maybe_help(help));
            }
        }
        found
    }

    /// Reads the table of a profile: from a file of its own, or from the user's configuration.
    pub fn read(id: String, span: Span, table: &Table<'_>) -> Option<Profile> {
        let title = table.require("title").and_then(Item::text).map(str::to_owned);
        let select = table.array("select").unwrap_or_default().into_iter().filter_map(select).collect();
        let exclude = globs(table, "exclude").unwrap_or_default();
        let overrides = table.table("checks").map(|checks| Override::read_all(&checks)).unwrap_or_default();
        let file = Arc::clone(table.file());
        Some(Profile { id, title: title?, select, exclude, overrides, file, span })
    }
}

fn read(file: &Arc<SourceFile>, sink: &Sink) -> Option<Profile> {
    let document = Document::parse(Arc::clone(file), sink);
    let root = document.table(sink);
    require_schema(&root, SCHEMA);
    let id = root.require("id").and_then(|item| Some((item.text()?.to_owned(), item.span())));
    if let Some((id, span)) = &id
        && *id != file.stem()
    {
        let help = format!("name the file `{id}.toml`, or the profile `{}`", file.stem());
        sink.push(
            Diagnostic::error(file, *span, format!("the profile `{id}` is in a file of another name")).help(help),
        );
    }
    let (id, span) = id.unwrap_or((String::new(), root.span()));
    let profile = Profile::read(id, span, &root);
    root.finish();
    profile
}

fn globs(table: &Table<'_>, key: &'static str) -> Option<Vec<(Glob, Span)>> {
    let items = table.array(key)?;
    Some(items.into_iter().filter_map(|item| Some((Glob::new(item.text()?), item.span()))).collect())
}

fn select(item: Item<'_>) -> Option<Select> {
    let table = item.table()?;
    let (checks, tags) = (globs(&table, "checks"), globs(&table, "tags"));
    let controls = table.table("controls").map(|controls| {
        let one = |item: Item<'_>| item.strings().unwrap_or_default().into_iter().map(Glob::new).collect();
        controls.entries().into_iter().map(|(key, item)| (key.name.to_owned(), one(item))).collect()
    });
    let framework = table.get("framework").and_then(|item| Some((item.text()?.to_owned(), item.span())));
    let level = table.get("level").and_then(|item| item.integer_in(1..=9));
    let severity = table.get("severity").and_then(Item::parsed::<Severity>);
    if let (Some(item), None) = (table.get("level"), &framework) {
        item.push(item.error("`level` is of a framework").help("name it with `framework = \"ID\"`"));
    }
    let empty = ["checks", "tags", "controls", "framework", "severity"].iter().all(|key| table.key(key).is_none());
    if empty {
        let help = "give `checks`, `tags`, `controls`, `framework` or `severity`; `checks = [\"*\"]` is all of them";
        item.push(item.error("this selects by nothing").help(help));
    }
    table.finish();
    Some(Select { checks, tags, controls, framework, level, severity })
}
