//! What ARCHITECTURE.md says of `src/`, held: who may name whom, where the
//! outer world may be touched, and the form of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The modules in their order, and what each may name after `crate::`. A row
/// names only modules above it; where a part of a module is enough, the part.
const MODULES: &[(&str, &[&str])] = &[
    ("arn", &[]),
    ("net", &[]),
    ("text", &[]),
    ("iam", &["arn"]),
    ("resource", &["arn", "net", "iam"]),
    // Which public addresses accounts hold, and what the organization's policies say, one account has to know of all
    // others.
    ("inventory", &["arn", "net", "resource", "iam::PolicyText"]),
    // An unknown verdict says which cells would have told.
    ("finding", &["arn", "inventory::Missing"]),
    ("exceptions", &["arn", "text", "finding"]),
    ("model", &["arn", "net", "iam", "resource", "inventory", "for_each_resource"]),
    // What two inventories differ in. Effects are of packets and of permissions, so that the model's reading is asked.
    (
        "drift",
        &[
            "arn",
            "net",
            "iam",
            "resource",
            "inventory",
            "finding::Severity",
            "model::exposure",
            "model::packet_filter",
            "model::permission",
            "model::topology",
            "model::is_global_operation",
        ],
    ),
    ("baseline", &["arn", "net", "text", "resource", "inventory", "finding", "exceptions", "model", "drift"]),
    // Kinds and tables of facts, to type conditions; never a model itself.
    (
        "catalog",
        &[
            "net",
            "text",
            "resource::ResourceType",
            "inventory::Missing",
            "finding::FileLocation",
            "finding::Severity",
            "model::Field",
            "model::Kind",
            "model::Record",
            "model::Value",
            "model::facts",
        ],
    ),
    ("config", &["arn", "text", "finding::Severity", "catalog::CheckId", "catalog::Override", "catalog::Profile"]),
    ("import", &["arn", "inventory", "resource"]),
    ("collect", &["arn", "net", "iam", "resource", "inventory", "config::targets"]),
    ("evaluate", &["arn", "net", "text", "resource", "inventory", "finding", "model", "catalog"]),
    ("pages", &["text", "resource", "model::facts", "catalog"]),
    // An earlier report is read again, gaps and all; sets of addresses tell whether a finding became worse.
    (
        "triage",
        &[
            "arn",
            "net",
            "inventory::Account",
            "inventory::Cell",
            "inventory::Gap",
            "inventory::Missing",
            "inventory::Statistics",
            "finding",
            "exceptions",
        ],
    ),
    // Of the inventory only what stands inside findings and gaps.
    (
        "report",
        &[
            "arn",
            "inventory::Cell",
            "inventory::Gap",
            "inventory::Missing",
            "inventory::Reason",
            "inventory::Statistics",
            "inventory::ServiceStatistics",
            "inventory::CellTime",
            "finding",
            "exceptions",
            "triage",
        ],
    ),
    (
        "cli",
        &[
            "arn::AccountId",
            "arn::Arn",
            "arn::ArnError",
            "arn::Partition",
            "arn::Region",
            "finding::Severity",
            "config::FailOn",
            "config::OnUnknown",
            "report::Format",
        ],
    ),
    ("run", &["*"]),
];

/// What only some places may name, and why.
const KEPT: &[(&str, &[&str], &str)] = &[
    ("aws_*", &["collect/"], "the SDK stays behind the collector"),
    ("driftline_sim", &["run/demo.rs"], "the simulated organization is for the demo"),
    ("fastrand", &["collect/"], "the same input gives the same bytes"),
    ("indicatif", &["run/collect.rs"], "a terminal is the pipelines' to write on"),
    ("tokio", &["collect/", "run/collect.rs", "run/demo.rs"], "reading AWS is the only asynchronous part"),
    ("futures", &["collect/"], "reading AWS is the only asynchronous part"),
    // A CA bundle is read where the TLS client is made; Linux tells in files what it grants a process.
    (
        "std::fs",
        &["run/files.rs", "run/save.rs", "run/checkpoint.rs", "collect/session.rs", "collect/system.rs"],
        "values in, values out",
    ),
    ("tempfile", &["run/files.rs", "run/save.rs", "run/checkpoint.rs"], "values in, values out"),
    (
        "std::env",
        &["run/files.rs", "run/settings.rs", "run/terminal.rs", "run/checkpoint.rs", "collect/session.rs"],
        "what counts is in the configuration",
    ),
    ("std::process", &["main.rs", "run/collect.rs"], "only a pipeline knows when a run ends"),
    (
        "std::thread",
        &["run/by_account.rs", "collect/reader.rs"],
        "accounts are judged side by side, and nothing else is",
    ),
    ("stdout", &["run/"], "only a pipeline writes to the terminal"),
    ("stderr", &["run/"], "only a pipeline writes to the terminal"),
    ("stdin", &["run/"], "only a pipeline reads from the terminal"),
    ("SystemTime", &["collect/"], "the clock is an argument"),
    ("Instant", &["collect/", "run/collect.rs"], "the clock is an argument"),
    // How far away an exception may end is counted from today.
    ("Timestamp::now", &["run/collect.rs", "run/exceptions.rs"], "the clock is an argument"),
    ("Zoned::now", &[], "the clock is an argument"),
    ("clap", &["cli/", "main.rs"], "arguments are the command line's"),
    ("toml", &["text/"], "one reader of TOML, which keeps spans"),
    ("toml_edit", &["text/"], "one writer of TOML, which keeps comments"),
    ("annotate_snippets", &["text/"], "one printer of mistakes"),
];

/// Macros and methods that end a run or write to the terminal behind a pipeline's back.
const NEVER: &[&str] = &[
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
    "panic!",
    "todo!",
    "unimplemented!",
    ".unwrap(",
    ".expect(",
    ".unwrap_unchecked(",
];

/// A file is about one thing.
const LONGEST: usize = 500;

/// Files that are longer, and why.
const LONGER: &[(&str, &str)] = &[("catalog/mistakes.rs", "a table of mistaken checks and what is said of each")];

/// Folders with one short file per type, all in the form that their mod.rs describes.
const UNIFORM: &[&str] = &["collect/ec2/", "model/facts/ec2/", "collect/iam/", "model/facts/iam/"];

struct Source {
    /// Below `src/`, with forward slashes.
    path: String,
    /// Its module, from the crate's root: `["report", "text", "paint"]`.
    module: Vec<String>,
    is_test: bool,
    lines: usize,
    /// It begins with `//!`.
    has_docs: bool,
    /// Its first item has a comment of its own.
    first_has_docs: bool,
    /// The words of its code outside of tests (see [`words`]).
    code: Vec<String>,
}

/// Every file of the crate, found through its `mod` items, so that a forgotten file is found too.
fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let mut found = Vec::new();
        walk("lib.rs", Vec::new(), false, &mut found);
        walk("main.rs", vec!["main".to_owned()], false, &mut found);
        found
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn walk(path: &str, module: Vec<String>, is_test: bool, found: &mut Vec<Source>) {
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("src/{path}: {error}"));
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("src/{path}: {error}"));
    let children: Vec<(String, bool)> = syntax
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(child) if child.content.is_none() => {
                Some((child.ident.to_string(), is_test || child.attrs.iter().any(is_cfg_test)))
            }
            _ => None,
        })
        .collect();
    let first = syntax.items.iter().find(|item| !matches!(item, syn::Item::Use(_)));
    let mut code = Vec::new();
    words(text.parse().unwrap_or_else(|error| panic!("src/{path}: {error}")), &mut code);
    found.push(Source {
        path: path.to_owned(),
        module: module.clone(),
        is_test,
        lines: text.lines().count(),
        has_docs: has_docs(&syntax.attrs),
        first_has_docs: first.is_some_and(|item| has_docs(attributes(item))),
        code,
    });
    for (name, is_test) in children {
        let mut child = module.clone();
        child.push(name);
        let stem = child.join("/");
        let file = [format!("{stem}.rs"), format!("{stem}/mod.rs")].into_iter().find(|at| root().join(at).is_file());
        walk(&file.unwrap_or_else(|| panic!("src/{path}: `{stem}` has no file")), child, is_test, found);
    }
}

fn has_docs(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|one| one.path().is_ident("doc"))
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        _ => &[],
    }
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}

/// A piece of code as flat words: `crate`, `::`, `{`; without items under `#[cfg(test)]`, and
/// with the paths of inline modules.
fn words(stream: TokenStream, out: &mut Vec<String>) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                let Some(TokenTree::Group(attribute)) = tokens.peek() else { continue };
                let condition = attribute.stream().to_string().replace(' ', "");
                if condition == "cfg(test)" {
                    // The item goes to its `;` or its body.
                    for token in tokens.by_ref() {
                        match token {
                            TokenTree::Punct(end) if end.as_char() == ';' => break,
                            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => break,
                            _ => {}
                        }
                    }
                } else if condition.starts_with("doc") {
                    tokens.next();
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::None => ("", ""),
                };
                out.push(open.to_owned());
                words(group.stream(), out);
                out.push(close.to_owned());
            }
            TokenTree::Ident(ident) => out.push(ident.to_string()),
            TokenTree::Punct(punct) => match (punct.as_char(), out.last().map(String::as_str)) {
                (':', Some(":")) => {
                    out.pop();
                    out.push("::".to_owned());
                }
                (mark, _) => out.push(mark.to_string()),
            },
            TokenTree::Literal(_) => out.push("\"\"".to_owned()),
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Every path in the code, `use` trees spread out: `crate::text::{Glob, Item}` is two.
fn paths(words: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < words.len() {
        if is_name(&words[at]) {
            at = spread(words, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the path or `use` tree that begins at a word; gives the place after it.
fn spread(words: &[String], mut at: usize, before: &[String], found: &mut BTreeSet<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match words.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while words.get(at).is_some_and(|word| word != "}") {
                    at = if words[at] == "," { at + 1 } else { spread(words, at, &path, found) };
                }
                return at + 1;
            }
            Some(word) if is_name(word) || word == "*" => {
                path.push(word.to_owned());
                at += 1;
            }
            _ => {
                found.insert(path);
                return at.max(1)
                    + usize::from(words.get(at).is_some_and(|word| !is_name(word) && word != "," && word != "}"));
            }
        }
        if words.get(at).is_some_and(|word| word == "::")
            && words.get(at + 1).is_some_and(|next| is_name(next) || next == "{" || next == "*")
        {
            at += 1;
        } else {
            found.insert(path);
            // `use a as b`
            if !before.is_empty() && words.get(at).is_some_and(|word| word == "as") {
                at += 2;
            }
            return at;
        }
    }
}

/// The path from the crate's root, if it is one of ours: after `crate`, or through `super`.
fn from_root(path: &[String], module: &[String]) -> Option<Vec<String>> {
    match path.first().map(String::as_str) {
        Some("crate" | "driftline") => Some(path[1..].to_vec()),
        Some("super") => {
            let ups = path.iter().take_while(|word| *word == "super").count();
            let mut whole = module[..module.len().saturating_sub(ups)].to_vec();
            whole.extend_from_slice(&path[ups..]);
            Some(whole)
        }
        _ => None,
    }
}

fn begins_with(path: &[String], prefix: &str) -> bool {
    let prefix: Vec<&str> = prefix.split("::").collect();
    path.len() >= prefix.len() && path.iter().zip(&prefix).all(|(word, wanted)| word == wanted)
}

#[test]
fn the_table_is_the_list_of_modules_and_has_no_circle() {
    let declared: BTreeSet<String> = sources()
        .iter()
        .filter(|source| source.module.len() == 1 && source.path != "main.rs")
        .map(|source| source.module[0].clone())
        .collect();
    let listed: BTreeSet<String> = MODULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(declared, listed);
    for (row, (name, may_name)) in MODULES.iter().enumerate() {
        for other in may_name.iter().filter(|other| !["*", "for_each_resource"].contains(*other)) {
            let other = other.split("::").next().unwrap_or_default();
            assert!(
                MODULES[..row].iter().any(|(above, _)| *above == other),
                "`{name}` names `{other}`, which is not above it"
            );
        }
    }
}

#[test]
fn modules_name_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    let mut used: BTreeMap<(&str, &str), bool> =
        MODULES.iter().flat_map(|(name, may)| may.iter().map(|other| ((*name, *other), false))).collect();
    for source in sources().iter().filter(|source| !source.is_test && source.path != "lib.rs") {
        let own = source.module[0].as_str();
        let may_name = MODULES.iter().find(|(name, _)| *name == own).map_or(&["*"][..], |(_, may)| may);
        for path in paths(&source.code) {
            if path.iter().filter(|word| *word == "super").count() > 1 {
                wrong.push(format!("{}: {}: write it from `crate`", source.path, path.join("::")));
            }
            let Some(path) = from_root(&path, &source.module) else { continue };
            if path.first().is_none_or(|first| first == own) {
                continue;
            }
            let mut allowed = may_name.contains(&"*");
            for other in may_name.iter().filter(|other| begins_with(&path, other)) {
                allowed = true;
                used.insert((own, other), true);
            }
            if !allowed {
                wrong.push(format!("{}: `{own}` may not name {}", source.path, path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let idle: Vec<_> = used.iter().filter(|((_, other), used)| !**used && other.contains("::")).collect();
    assert!(idle.is_empty(), "the table allows what nobody needs: {idle:?}");
}

#[test]
fn the_outer_world_is_touched_where_the_table_says() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        let paths = paths(&source.code);
        for (name, places, why) in KEPT {
            if places
                .iter()
                .any(|place| source.path == *place || (place.ends_with('/') && source.path.starts_with(place)))
            {
                continue;
            }
            let wanted: Vec<&str> = name.split("::").collect();
            let is_it = |path: &&Vec<String>| match name.strip_suffix('*') {
                // A crate by the beginning of its name.
                Some(prefix) => path.len() > 1 && path[0].starts_with(prefix),
                None if name.starts_with(|c: char| c.is_uppercase()) || name.starts_with("std") => {
                    path.windows(wanted.len()).any(|window| window == wanted)
                }
                None => {
                    path.len() > 1
                        && (path[0] == *name
                            || path.last().is_some_and(|last| path[0].ends_with("io") && last == name)
                            || (path[0] == "std" && path.last().is_some_and(|last| last == name)))
                }
            };
            if let Some(path) = paths.iter().find(is_it) {
                wrong.push(format!("{}: {}: {why}", source.path, path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_panics_or_prints_on_its_own() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test) {
        let code = &source.code;
        for pair in code.windows(2).filter(|pair| pair[1] == "!") {
            wrong
                .extend(NEVER.contains(&pair.concat().as_str()).then(|| format!("{}: {}", source.path, pair.concat())));
        }
        for three in code.windows(3).filter(|three| three[0] == "." && three[2] == "(") {
            wrong.extend(
                NEVER.contains(&three.concat().as_str()).then(|| format!("{}: {}", source.path, three.concat())),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.lines;
        let excepted = LONGER.iter().any(|(path, _)| *path == source.path);
        if (lines > LONGEST) != excepted {
            let limit = format!("{LONGEST} is the limit, and the list of exceptions is exact");
            wrong.push(format!("{}: {lines} lines; {limit}", source.path));
        }
        let is_leaf = !source.path.ends_with("mod.rs") && source.module.len() > 1;
        let uniform = UNIFORM.iter().any(|folder| source.path.starts_with(folder));
        let is_excused = is_leaf && (source.first_has_docs || uniform || source.is_test);
        if !source.has_docs && !is_excused {
            wrong.push(format!("{}: it does not say what it is (`//!`, or a comment on its one item)", source.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_is_part_of_the_crate() {
    fn files(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("src is a folder") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root()).expect("it is below src");
                found.insert(below.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let mut on_disk = BTreeSet::new();
    files(&root(), &mut on_disk);
    assert_eq!(on_disk, sources().iter().map(|source| source.path.clone()).collect());
}

/// The reader of code behind these tests.
#[test]
fn paths_are_read_out_of_code() {
    let code = "use crate::{a::b as c, d::{self, E}}; fn f() { super::g::h(crate::i!(), x.unwrap()) } m! { $crate::j::K }
        #[cfg(test)] mod tests { use crate::hidden; } use super::super::l; fn n() -> Vec<std::fs::File> { io::stdout() }";
    let mut out = Vec::new();
    words(code.parse().expect("it is Rust"), &mut out);
    let found: Vec<String> = paths(&out).iter().map(|path| path.join("::")).collect();
    for wanted in [
        "crate::a::b",
        "crate::d::E",
        "crate::d::self",
        "super::g::h",
        "crate::i",
        "crate::j::K",
        "super::super::l",
        "std::fs::File",
        "io::stdout",
    ] {
        assert!(found.iter().any(|path| path == wanted), "{wanted} is not in {found:?}");
    }
    assert!(!found.iter().any(|path| path.contains("hidden")), "{found:?}");
    assert!(out.windows(3).any(|three| three.concat() == ".unwrap("));
    assert!(
        from_root(&["super".into(), "x".into()], &["report".into(), "text".into()])
            == Some(vec!["report".into(), "x".into()])
    );
}
