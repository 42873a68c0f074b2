//! `driftline diff` as it is typed: exit codes, formats, filters; and that it says of snapshots, account by account,
//! what is said of the inventories as a whole.

use std::path::Path;
use std::process::{Command, Stdio};

use driftline::drift::compare_all;
use driftline::inventory::snapshot::Snapshot;
use driftline::inventory::{Cell, Gap, Inventory, Outcome, Reason};
use serde_json::{Value, json};

use super::changes::{CHANGES, Told};
use super::rewriting::{Choices, rewrite};
use super::world::{ACCOUNTS, Chance, REGION, World, organization, scope};
use crate::schema::mistakes;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn save(inventory: &Inventory, path: &Path) {
    let mut bytes = Vec::new();
    Snapshot::of(inventory).unwrap().write_archive(&mut bytes).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftline"));
    command.env_clear().env("HOME", folder).current_dir(folder).stdin(Stdio::null()).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

fn chance() -> Chance {
    Chance { accounts: 3, rules: vec![(80, 0, 1), (443, 8, 9)], actions: vec![0, 9, 3] }
}

/// The standard organization with some changes in each account.
fn changed(names: &[&str]) -> World {
    let mut world = organization(&chance());
    for account in ACCOUNTS {
        let mut told = Told::of(account);
        for change in CHANGES.iter().filter(|change| names.contains(&change.name)) {
            (change.make)(&mut world, account, &mut told);
        }
    }
    world
}

/// `old.dls`, `same.dls` (written anew), `new.dls` (something weaker), `tag.dls` (a tag), `unread.dls` (a gap).
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    save(&organization(&chance()).inventory(), &path("old.dls"));
    let mut same = organization(&chance());
    rewrite(&mut same, &mut Choices::new(&[7, 1_234_567, 891, 4_000_000_001]));
    save(&same.inventory(), &path("same.dls"));
    save(&changed(&["a rule is added", "a trail stops", "a rule is narrowed"]).inventory(), &path("new.dls"));
    save(&changed(&["a tag"]).inventory(), &path("tag.dls"));
    let mut unread = organization(&chance()).inventory();
    let cell = Cell { scope: scope(ACCOUNTS[1], REGION), operation: "ec2:DescribeVpcs".to_owned() };
    let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false };
    unread.ledger.record(cell, Outcome::Gap(gap));
    save(&unread, &path("unread.dls"));
    folder
}

#[test]
fn every_outcome_has_its_code_in_every_format() {
    let folder = folder();
    let table: &[(&str, &[&str], i32)] = &[
        ("same.dls", &[], 0),
        ("new.dls", &[], 3),
        ("tag.dls", &[], 0),
        ("tag.dls", &["--fail-on", "any"], 3),
        ("tag.dls", &["--fail-on", "weakening"], 0),
        ("new.dls", &["--fail-on", "weakening"], 3),
        ("new.dls", &["--fail-on", "critical"], 0),
        ("new.dls", &["--only", "strengthening"], 0),
        ("new.dls", &["--only", "weakening", "--type", "AWS::EC2::*", "--fail-on", "critical"], 0),
        ("new.dls", &["--exit-zero"], 0),
        ("unread.dls", &[], 4),
        ("unread.dls", &["--on-unknown", "warn"], 0),
        ("unread.dls", &["--account", ACCOUNTS[0]], 0),
        ("unread.dls", &["--type", "AWS::IAM::*"], 0),
    ];
    for (new, arguments, code) in table {
        let mut results = Vec::new();
        for format in ["text", "json", "junit", "sarif", "csv"] {
            let ran = run(folder.path(), &[&["diff", "old.dls", new, "-f", format], *arguments].concat());
            assert_eq!(ran.code, *code, "{new} {arguments:?} -f {format}: {}{}", ran.out, ran.err);
            assert!(!ran.out.is_empty());
            results.push(ran.err.lines().last().unwrap().to_owned());
        }
        assert!(results.iter().all(|line| *line == results[0]), "{results:?}");
        assert!(results[0].starts_with("RESULT ") && results[0].ends_with(&format!(" exit={code}")), "{results:?}");
    }
}

#[test]
fn account_by_account_comes_out_as_the_whole_does() {
    let folder = tempfile::tempdir().unwrap();
    let old = organization(&chance());
    let names: Vec<&str> = CHANGES.iter().map(|change| change.name).collect();
    let mut new = changed(&names);
    rewrite(&mut new, &mut Choices::new(&[3, 77_777, 123]));
    let (old, new) = (old.inventory(), new.inventory());
    save(&old, &folder.path().join("old.dls"));
    save(&new, &folder.path().join("new.dls"));
    let told = run(folder.path(), &["diff", "old.dls", "new.dls", "-f", "json"]);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    let whole = compare_all(&old, &new);
    let mut items = told["items"].as_array().unwrap().clone();
    items.iter_mut().for_each(|item| drop(item.as_object_mut().unwrap().remove("fails")));
    assert!(items.len() > 100);
    assert_eq!(Value::Array(items), json!(whole.items));
    assert_eq!(told["id_map"], json!(whole.id_map));
    assert_eq!(told["summary"]["unchanged"], json!(whole.unchanged));
}

#[test]
fn the_json_is_as_its_schema_says() {
    let folder = folder();
    let all: Vec<Value> = ["same.dls", "new.dls", "tag.dls", "unread.dls"]
        .iter()
        .map(|new| serde_json::from_str(&run(folder.path(), &["diff", "old.dls", new, "-f", "json"]).out).unwrap())
        .collect();
    for (value, mistakes) in all.iter().zip(mistakes("schemas/drift-1.schema.json", &all)) {
        assert_eq!(mistakes, None, "{value:#}");
    }
    let mut wrong = all[1].clone();
    wrong["items"][0]["effect"] = json!("worse");
    assert!(mistakes("schemas/drift-1.schema.json", [&wrong])[0].is_some());
}

#[test]
fn the_same_snapshots_give_the_same_bytes() {
    let folder = folder();
    for format in ["text", "json", "junit", "sarif", "csv"] {
        let output = format!("{format}=report");
        let first = run(folder.path(), &["diff", "old.dls", "new.dls", "-f", format, "-o", &output]);
        let printed = run(folder.path(), &["diff", "old.dls", "new.dls", "-f", format]).out;
        // The width of a terminal is the text's own matter, and there is none here.
        assert_eq!(std::fs::read_to_string(folder.path().join("report")).unwrap(), printed, "{format}");
        assert!(format != "text" || first.out == printed);
    }
}

#[test]
fn the_text_says_the_worst_first() {
    let folder = folder();
    let text = run(folder.path(), &["diff", "old.dls", "new.dls"]).out;
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("`{what}` is not in:\n{text}"));
    assert!(place("WEAKENING") < place("CloudTrail::Trail audit  is_logging  changed"));
    assert!(place("is_logging") < place("EC2::SecurityGroup prod/web  ingress  changed"), "high before medium");
    assert!(place("+ tcp 9500 from 0.0.0.0/0") < place("STRENGTHENING"));
    assert!(text.trim_end().lines().last().unwrap().starts_with("9 differences (6 weakening, 3 strengthening);"));
}

#[test]
fn what_is_not_alike_is_said() {
    let folder = folder();
    let mut other = organization(&chance()).inventory();
    other.provenance.tool_version = "9.9.9".to_owned();
    other.provenance.source = "another organization".to_owned();
    save(&other, &folder.path().join("other.dls"));
    let text = run(folder.path(), &["diff", "old.dls", "other.dls"]).out;
    assert!(text.contains("note: driftline 0 took the older snapshot and 9.9.9 the newer"), "{text}");
    assert!(text.contains("note: the snapshots are not of the same scope"), "{text}");
}

#[test]
fn mistakes_are_said_in_a_sentence() {
    let folder = folder();
    for (arguments, code, says) in [
        (&["diff", "old.dls", "missing.dls"][..], 1, "cannot read `missing.dls`"),
        (&["diff", "old.dls", "new.dls", "--account", "111111111112"], 2, "did you mean `111111111111`?"),
        (
            &["diff", "old.dls", "new.dls", "--type", "AWS::EC2::SecurityGrup"],
            2,
            "did you mean `AWS::EC2::SecurityGroup`?",
        ),
        (&["diff", "old.dls", "new.dls", "--fail-on", "worst"], 2, "invalid value 'worst'"),
        (&["diff", "old.dls", "new.dls", "-o", "json=a", "-o", "csv=a"], 2, "two reports cannot go to `a`"),
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says) && ran.out.is_empty(), "{arguments:?}: {}", ran.err);
    }
    // One that is cut short is damaged, whichever side it is.
    let whole = std::fs::read(folder.path().join("new.dls")).unwrap();
    std::fs::write(folder.path().join("cut.dls"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(run(folder.path(), &["diff", "old.dls", "cut.dls"]).code, 1);
}
