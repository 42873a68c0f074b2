//! Frameworks: lists of controls, and which checks answer each.
//!
//! A control is answered by checks that it names, by checks that answer what it names of a peer's (`prowler`), and by
//! checks that name it themselves under `controls`. docs/frameworks.md is for users.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::text::{Diagnostic, Document, Glob, Item, Sink, SourceFile, Span, Table, did_you_mean, sort};

use super::{Catalog, Check};

/// The form of framework files that this version reads.
const SCHEMA: i64 = 1;

/// The peer whose check ids controls can name.
const PEER: &str = "prowler";

/// A list of controls, such as a benchmark.
#[derive(Debug, Clone)]
pub struct Framework {
    /// As `--framework` takes it, and as checks name it under `controls`.
    pub id: String,
    pub name: String,
    pub version: String,
    /// Where the framework itself can be had.
    pub source: String,
    /// What of it is here and what is not, in a sentence or two.
    pub about: Option<String>,
    /// In the order of the file.
    pub controls: Vec<Control>,
    file: Arc<SourceFile>,
    span: Span,
}

/// One control of a framework.
#[derive(Debug, Clone)]
pub struct Control {
    pub id: String,
    /// In words of our own; none where the framework's are not ours to repeat.
    pub title: Option<String>,
    /// Of those that have levels.
    pub level: Option<i64>,
    /// Why no tool can tell.
    pub manual: Option<String>,
    /// What of the control no check looks at, if something is known to be left out.
    pub beyond: Option<String>,
    /// Checks by id, each with its place.
    checks: Vec<(String, Span)>,
    /// Checks of the peer.
    peers: Vec<String>,
}

/// Frameworks by id.
#[derive(Debug, Clone, Default)]
pub struct Frameworks {
    by_id: BTreeMap<String, Framework>,
}

/// A framework with its controls' checks, looked up in one catalogue.
#[derive(Debug, Clone)]
pub struct Mapped {
    pub framework: Framework,
    /// The ids of each control's checks, in the order of the framework's controls.
    pub checks: Vec<BTreeSet<String>>,
}

impl Frameworks {
    /// Those that come with driftline. A test holds that they have no mistakes.
    pub fn embedded() -> Frameworks {
        Frameworks::parse(super::embedded::files().frameworks).0
    }

    /// Reads one framework from each file; every mistake is reported.
    pub fn parse(sources: impl IntoIterator<Item = Arc<SourceFile>>) -> (Frameworks, Vec<Diagnostic>) {
        let mut frameworks = Frameworks::default();
        let mut diagnostics = Vec::new();
        for file in sources {
            let sink = Sink::default();
            let framework = read(file, &sink).filter(|_| !sink.has_errors());
            diagnostics.extend(sink.into_sorted());
            let Some(framework) = framework else { continue };
            match frameworks.by_id.get(&framework.id) {
                Some(first) => {
                    let message = format!("there are two frameworks `{}`", framework.id);
                    let help = format!("the other is in {}", first.file.path);
                    diagnostics.push(Diagnostic::error(&framework.file, framework.span, message).help(help));
                }
                None => _ = frameworks.by_id.insert(framework.id.clone(), framework),
            }
        }
        sort(&mut diagnostics);
        (frameworks, diagnostics)
    }

    /// Adds others; where both have one, the other's counts.
    #[must_use]
    pub fn overlay(mut self, other: Frameworks) -> Frameworks {
        self.by_id.extend(other.by_id);
        self
    }

    pub fn all(&self) -> impl Iterator<Item = &Framework> {
        self.by_id.values()
    }

    pub fn get(&self, id: &str) -> Option<&Framework> {
        self.by_id.get(id)
    }

    /// Those that a name or glob means.
    ///
    /// # Errors
    /// None is meant; the text says so, and which one may have been.
    pub fn named(&self, pattern: &str) -> Result<Vec<&Framework>, String> {
        let glob = Glob::new(pattern);
        let found: Vec<&Framework> = self.all().filter(|framework| glob.matches(&framework.id)).collect();
        if found.is_empty() {
            let near = did_you_mean(pattern, self.by_id.keys().map(String::as_str));
            let near = near.map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_else(|| "; `driftline frameworks list` names them all".to_owned());
            return Err(format!("no framework is named `{pattern}`{near}"));
        }
        Ok(found)
    }

    /// What their files say of checks that are not there.
    pub fn mistakes(&self, catalog: &Catalog) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = self.all().flat_map(|framework| framework.mistakes(catalog)).collect();
        sort(&mut found);
        found
    }
}

impl Framework {
    /// Looks its controls' checks up; those that the user disabled count as well, because they could answer.
    pub fn map(&self, catalog: &Catalog) -> Mapped {
        let mut by_peer: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
        let mut by_control: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
        for check in catalog.checks() {
            for peer in check.controls.get(PEER).into_iter().flatten() {
                by_peer.entry(peer).or_default().push(check);
            }
            for control in check.controls.get(&self.id).into_iter().flatten() {
                by_control.entry(control).or_default().push(check);
            }
        }
        let ids = |checks: Option<&Vec<&Check>>| -> Vec<String> {
            checks.into_iter().flatten().map(|check| check.id.as_str().to_owned()).collect()
        };
        let checks = self.controls.iter().map(|control| {
            let named = control.checks.iter().map(|(id, _)| id.clone());
            let of_peers = control.peers.iter().flat_map(|peer| ids(by_peer.get(peer.as_str())));
            named.chain(of_peers).chain(ids(by_control.get(control.id.as_str()))).collect()
        });
        Mapped { checks: checks.collect(), framework: self.clone() }
    }

    fn mistakes(&self, catalog: &Catalog) -> Vec<Diagnostic> {
        let known =
            || catalog.checks().map(|check| check.id.as_str()).chain(catalog.disabled().keys().map(|id| id.as_str()));
        let of_control = |control: &Control| -> Vec<Diagnostic> {
            let unknown = control.checks.iter().filter(|(id, _)| !known().any(|known| known == id));
            unknown
                .map(|(id, span)| {
                    let help = did_you_mean(id, known()).map(|near| format!("did you mean `{near}`?"));
                    let message = format!("the control `{}` names a check `{id}`, which there is not", control.id);
                    Diagnostic::error(&self.file, *span, message).maybe_help(help)
                })
                .collect()
        };
        self.controls.iter().flat_map(of_control).collect()
    }
}

impl Control {
    /// What it names of the peer's checks.
    pub fn peers(&self) -> &[String] {
        &self.peers
    }
}

impl Mapped {
    /// Every check that answers some control; with a level, some control of it or of a lower one.
    pub fn all_checks(&self, level: Option<i64>) -> BTreeSet<&str> {
        let controls = self.framework.controls.iter().zip(&self.checks);
        let wanted = controls.filter(|(control, _)| match (level, control.level) {
            (Some(most), Some(level)) => level <= most,
            (Some(_), None) => false,
            (None, _) => true,
        });
        wanted.flat_map(|(_, checks)| checks.iter().map(String::as_str)).collect()
    }
}

fn read(file: Arc<SourceFile>, sink: &Sink) -> Option<Framework> {
    let document = Document::parse(Arc::clone(&file), sink);
    let root = document.table(sink);
    require_schema(&root, SCHEMA);
    let head = root.require("framework").and_then(Item::table).map(|table| {
        let of = |key| table.require(key).and_then(Item::text).map(str::to_owned);
        let (id, name, version, source) = (of("id"), of("name"), of("version"), of("source"));
        let about = table.get("about").and_then(Item::text).map(|text| text.trim().to_owned());
        let span = table.get("id").map_or(table.span(), Item::span);
        table.finish();
        (id, name, version, source, about, span)
    });
    let mut controls: Vec<Control> = Vec::new();
    for item in root.require("control").and_then(Item::array).unwrap_or_default() {
        let Some(control) = control(item) else { continue };
        if controls.iter().any(|other| other.id == control.id) {
            item.push(item.error(format!("there are two controls `{}`", control.id)));
        }
        controls.push(control);
    }
    root.finish();
    let (id, name, version, source, about, span) = head?;
    let id = id?;
    if id != file.stem() {
        let help = format!("name the file `{id}.toml`, or the framework `{}`", file.stem());
        sink.push(
            Diagnostic::error(&file, span, format!("the framework `{id}` is in a file of another name")).help(help),
        );
    }
    Some(Framework { id, name: name?, version: version?, source: source?, about, controls, file, span })
}

/// Reports a form that this version does not read.
pub(super) fn require_schema(root: &Table<'_>, known: i64) {
    if let Some(schema) = root.require("schema")
        && let Some(number) = schema.integer()
        && number != known
    {
        let help = format!("this driftline reads schema {known}; a newer one may know it");
        schema.push(schema.error(format!("schema {number} is not known")).help(help));
    }
}

fn control(item: Item<'_>) -> Option<Control> {
    let table = item.table()?;
    let text = |key| table.get(key).and_then(Item::text).map(|text: &str| text.trim().to_owned());
    let id = table.require("id").and_then(Item::text).map(str::to_owned);
    let (title, manual, beyond) = (text("title"), text("manual"), text("beyond"));
    let level = table.get("level").and_then(|item| item.integer_in(1..=9));
    let named = table.array("checks").unwrap_or_default();
    let checks: Vec<(String, Span)> =
        named.into_iter().filter_map(|item| Some((item.string()?.to_owned(), item.span()))).collect();
    let peers = table.strings(PEER);
    if manual.is_some() && !(checks.is_empty() && peers.is_empty()) {
        let help = "leave `manual` out, or say under `beyond` what the checks leave open";
        item.push(item.error("a control that checks answer is not manual").help(help));
    }
    table.finish();
    Some(Control { id: id?, title, level, manual, beyond, checks, peers })
}
