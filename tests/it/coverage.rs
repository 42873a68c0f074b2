//! docs/coverage.md: which check of ours answers which of Prowler's, made from `controls.prowler` of the catalogue
//! and from docs/coverage. DRIFTLINE_UPDATE=1 writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use driftline::catalog::Catalog;

use crate::golden::current;

const PAGE: &str = "docs/coverage.md";
const OPEN: &str = "docs/coverage/open.txt";

/// What a file of docs/coverage says of an id.
#[derive(Clone, Debug)]
enum Note {
    NotAnswered(String),
    Differs(String),
}

/// Everything that the page is made from.
struct Facts {
    /// By service, each with its ids in order.
    ids: BTreeMap<String, Vec<String>>,
    /// Our checks that name an id under `controls.prowler`.
    checks: BTreeMap<String, BTreeSet<String>>,
    notes: BTreeMap<String, Note>,
    /// Ids that may still be without an answer.
    open: BTreeSet<String>,
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn ids(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines(text) {
        let (service, id) = line.split_once(' ').unwrap_or_else(|| panic!("ids.txt: `{line}` is no SERVICE ID"));
        found.entry(service.to_owned()).or_default().push(id.trim().to_owned());
    }
    found.values_mut().for_each(|ids| ids.sort());
    found
}

/// Which checks name which id; the note itself may be wrong.
fn answered(catalog: &Catalog) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for check in catalog.checks() {
        for id in check.controls.get("prowler").into_iter().flatten() {
            found.entry(id.clone()).or_default().insert(check.id.as_str().to_owned());
        }
    }
    found
}

/// Reads the notes of one service; what is wrong with them goes into `mistakes`.
fn notes(path: &str, text: &str, of_service: &[String], into: &mut BTreeMap<String, Note>, mistakes: &mut Vec<String>) {
    let tables: toml::Table = match text.parse() {
        Ok(tables) => tables,
        Err(error) => return mistakes.push(format!("{path}: {error}")),
    };
    for (id, table) in tables {
        if !of_service.contains(&id) {
            mistakes.push(format!("{path}: ids.txt has no `{id}` of this service"));
        }
        let entries: Vec<(&str, Option<&str>)> =
            table.as_table().into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let note = match entries[..] {
            [("not_answered", Some(why))] => Note::NotAnswered(why.to_owned()),
            [("differs", Some(how))] => Note::Differs(how.to_owned()),
            _ => {
                mistakes.push(format!("{path}: `{id}` has one text, `not_answered` or `differs`"));
                continue;
            }
        };
        into.insert(id, note);
    }
}

impl Facts {
    fn load(mistakes: &mut Vec<String>) -> Facts {
        let ids = ids(&read("docs/coverage/ids.txt"));
        let mut all = BTreeMap::new();
        let folder = std::fs::read_dir(root("docs/coverage")).expect("docs/coverage is a folder");
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("it can be listed").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
            let service = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let path = format!("docs/coverage/{service}.toml");
            match ids.get(&service) {
                Some(of_service) => notes(&path, &read(&path), of_service, &mut all, mistakes),
                None => mistakes.push(format!("{path}: ids.txt has no service `{service}`")),
            }
        }
        let open = lines(&read(OPEN)).map(str::to_owned).collect();
        Facts { ids, checks: answered(&Catalog::embedded()), notes: all, open }
    }

    fn all_ids(&self) -> BTreeSet<&str> {
        self.ids.values().flatten().map(String::as_str).collect()
    }

    /// Neither a check of ours nor a reason.
    fn unanswered(&self) -> BTreeSet<&str> {
        let without =
            |id: &&str| !self.checks.contains_key(*id) && !matches!(self.notes.get(*id), Some(Note::NotAnswered(_)));
        self.all_ids().into_iter().filter(without).collect()
    }

    /// What contradicts itself: a note on what is not there, an answer that is said not to be one.
    fn contradictions(&self) -> Vec<String> {
        let known = self.all_ids();
        let mut wrong = Vec::new();
        for (id, checks) in &self.checks {
            if !known.contains(id.as_str()) {
                wrong.push(format!("{checks:?} name `{id}`, which ids.txt does not have"));
            }
            if matches!(self.notes.get(id), Some(Note::NotAnswered(_))) {
                wrong.push(format!("{checks:?} answer `{id}`, which docs/coverage calls not answered"));
            }
        }
        for (id, note) in &self.notes {
            if matches!(note, Note::Differs(_)) && !self.checks.contains_key(id) {
                wrong.push(format!("docs/coverage says where our answer to `{id}` differs, and no check names it"));
            }
        }
        wrong
    }

    fn page(&self) -> String {
        let total = self.all_ids().len();
        let given_up = self.notes.values().filter(|note| matches!(note, Note::NotAnswered(_))).count();
        let open = self.unanswered().len();
        let mut page = String::from(
            "<!-- Generated by tests/it/coverage.rs; DRIFTLINE_UPDATE=1 writes it anew. -->\n\
             # Coverage: Prowler's checks and ours\n\n\
             Which check of driftline answers each check of Prowler that is about what driftline reads, and where the two\n\
             answers differ. Several of theirs are often one of ours with parameters; a check of ours says what of it was\n\
             found and not which of them. `driftline checks show ID` has the rest.\n\n",
        );
        writeln!(page, "| | |\n|---|---|\n| checks of Prowler in scope | {total} |").unwrap();
        writeln!(page, "| answered by a check | {} |", total - given_up - open).unwrap();
        writeln!(page, "| not answered, with the reason | {given_up} |\n| open | {open} |").unwrap();
        for (service, ids) in &self.ids {
            writeln!(page, "\n## {service}\n\n| Prowler | driftline | |\n|---|---|---|").unwrap();
            for id in ids {
                let checks: Vec<String> =
                    self.checks.get(id).into_iter().flatten().map(|check| format!("`{check}`")).collect();
                let note = match self.notes.get(id) {
                    Some(Note::NotAnswered(why)) => format!("not answered: {}", cell(why)),
                    Some(Note::Differs(how)) => cell(how),
                    None if checks.is_empty() => "open".to_owned(),
                    None => String::new(),
                };
                writeln!(page, "| `{id}` | {} | {note} |", checks.join(", ")).unwrap();
            }
        }
        page
    }
}

/// A text in one cell of a Markdown table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[test]
fn each_check_of_prowler_is_answered_or_given_up_with_a_reason() {
    let mut mistakes = Vec::new();
    let facts = Facts::load(&mut mistakes);
    mistakes.extend(facts.contradictions());
    let unanswered = facts.unanswered();
    if std::env::var_os("DRIFTLINE_UPDATE").is_some() {
        // What is newly without an answer is not written here: that is for a person to say.
        let still: Vec<&str> = facts.open.iter().map(String::as_str).filter(|id| unanswered.contains(id)).collect();
        std::fs::write(root(OPEN), still.iter().map(|id| format!("{id}\n")).collect::<String>())
            .expect("open.txt can be written");
    } else {
        let closed = facts.open.iter().filter(|id| !unanswered.contains(id.as_str()));
        mistakes.extend(closed.map(|id| format!("{OPEN}: `{id}` is no longer open (DRIFTLINE_UPDATE=1 takes it out)")));
    }
    let forgotten = unanswered.iter().filter(|id| !facts.open.contains(**id));
    mistakes.extend(forgotten.map(|id| format!("`{id}` has neither a check nor a reason in docs/coverage")));
    assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
}

#[test]
fn the_page_is_current() {
    current(PAGE, &Facts::load(&mut Vec::new()).page());
}

#[test]
fn what_is_wrong_with_coverage_is_told() {
    let ids = ids("ec2  a_b\nec2  c_d\niam e_f\n");
    let mut notes_found = BTreeMap::new();
    let mut mistakes = Vec::new();
    let text =
        "[a_b]\nnot_answered = \"Why.\"\n[c_d]\ndiffers = \"How.\"\nnot_answered = \"Both.\"\n[e_f]\ndiffers = \"x\"\n";
    notes("ec2.toml", text, &ids["ec2"], &mut notes_found, &mut mistakes);
    assert_eq!(
        mistakes,
        ["ec2.toml: `c_d` has one text, `not_answered` or `differs`", "ec2.toml: ids.txt has no `e_f` of this service"]
    );
    let checks = [("a_b".to_owned(), BTreeSet::from(["ours".to_owned()])), ("x".to_owned(), BTreeSet::new())];
    let facts = Facts { ids, checks: checks.into(), notes: notes_found, open: BTreeSet::new() };
    assert_eq!(facts.contradictions().len(), 3, "{:?}", facts.contradictions());
    assert_eq!(facts.unanswered(), BTreeSet::from(["c_d", "e_f"]));
    assert_eq!(cell("a |\n b"), "a \\| b");
}
