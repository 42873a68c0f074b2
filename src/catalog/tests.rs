use std::collections::BTreeMap;

use proptest::prelude::*;

use super::testing::{VOCABULARY, example, good, parse};
use super::*;
use crate::finding::Severity;
use crate::text::{Document, Item, Sink, render};

#[test]
fn one_name_with_two_kinds_is_refused_even_where_the_operator_fits_both() {
    let text = example("[fail]\nwhere = { fact = \"number\", exists = true }\nmessage = \"{name}\"\n")
        .text
        .replace("\"AWS::EC2::VPC\"", "[\"AWS::EC2::SecurityGroup\", \"AWS::EC2::VPC\"]");
    let (_, diagnostics) = parse("checks/test/example.toml", &text);
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["`number` is a text of `AWS::EC2::SecurityGroup` and a whole number of `AWS::EC2::VPC`"]);
}

#[test]
fn good_checks_count_although_others_have_mistakes() {
    let good = example("[fail]\nwhere = { fact = \"flag\", eq = true }\nmessage = \"{name}\"\n");
    let bad = SourceFile::new("checks/test/bad.toml", "schema = 1\n");
    let again = SourceFile::new("mine/example.toml", good.text.clone());
    let (catalog, diagnostics) = Catalog::parse_with([bad, good, again], VOCABULARY);
    assert_eq!(catalog.len(), 1);
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["`check` is missing here", "`fail` is missing here", "there are two checks `example`"]);
}

#[test]
fn a_check_tells_its_operations_and_where_it_is() {
    let catalog =
        good("[when]\nfact = \"at\"\nexists = true\n[fail]\nwhere = { fact = \"flag\", eq = true }\nmessage = \"x\"\n");
    let check = catalog.get("example").expect("it was read");
    assert_eq!(check.operations().into_iter().collect::<Vec<_>>(), ["ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"]);
    assert_eq!((&*check.location.path, check.location.line), ("checks/test/example.toml", 13));
}

const WITH_PARAMS: &str = r#"
[params]
days = 90
[fail]
where   = { fact = "at", older_than_days = "$days" }
message = "{name} is old"
"#;

/// Settings as a user's configuration has them.
fn overrides(text: &str) -> BTreeMap<CheckId, Override> {
    let sink = Sink::default();
    let document = Document::parse(SourceFile::new("driftline.toml", text), &sink);
    let mut found = BTreeMap::new();
    for (key, item) in document.table(&sink).table("checks").expect("there are settings").entries() {
        let table = item.table().expect("a table");
        let params = table.table("params").map(|table| table.entries()).unwrap_or_default();
        found.insert(
            key.name.parse().expect("a check's id"),
            Override {
                file: document.file().clone(),
                span: table.span(),
                severity: table.get("severity").and_then(Item::parsed),
                disabled: table.string("disabled").map(str::to_owned),
                params: params.into_iter().map(|(key, item)| (key.name.to_owned(), item.owned())).collect(),
            },
        );
    }
    found
}

#[test]
fn a_user_sets_parameters_and_severity() {
    let set = overrides("[checks.example]\nseverity = \"low\"\nparams = { days = 30 }\n");
    let (catalog, diagnostics) = good(WITH_PARAMS).with_overrides(&set);
    assert_eq!(diagnostics, []);
    let check = catalog.get("example").expect("it still runs");
    assert_eq!(check.severity, Severity::Low);
    assert_eq!((&*check.location.path, check.location.line), ("driftline.toml", 1));
    assert_eq!(check.rules[0].fail.condition.to_string(), "at older_than_days 30");
}

#[test]
fn mistaken_settings_point_into_the_users_file() {
    let set = overrides(
        "[checks.example]\nparams = { days = \"thirty\", dais = 1 }\n[checks.exmaple]\ndisabled = \"no such check\"\n",
    );
    let (catalog, diagnostics) = good(WITH_PARAMS).with_overrides(&set);
    assert_eq!(catalog.get("example").expect("unchanged").location.path.to_string(), "checks/test/example.toml");
    insta::assert_snapshot!(render(&diagnostics, false), @r#"
    error: a whole number is wanted here
     --> driftline.toml:2:19
      |
    2 | params = { days = "thirty", dais = 1 }
      |                   ^^^^^^^^ this is a string

    error: the check has no parameter `dais`
     --> driftline.toml:2:36
      |
    2 | params = { days = "thirty", dais = 1 }
      |                                    ^
      |
      = help: did you mean `days`?

    error: there is no check `exmaple`
     --> driftline.toml:3:1
      |
    3 | [checks.exmaple]
      | ^^^^^^^^^^^^^^^^
      |
      = help: did you mean `example`?
    "#);
}

#[test]
fn a_disabled_check_does_not_run_and_says_why() {
    let set = overrides("[checks.example]\ndisabled = \"keys are rotated by hand\"\n");
    let (catalog, diagnostics) = good(WITH_PARAMS).with_overrides(&set);
    assert_eq!((catalog.len(), diagnostics.len()), (0, 0));
    assert_eq!(catalog.disabled().values().collect::<Vec<_>>(), ["keys are rotated by hand"]);
}

#[test]
fn an_unused_parameter_is_a_warning() {
    let text = "[params]\ndays = 1\n[fail]\nwhere = { fact = \"flag\", eq = true }\nmessage = \"{name}\"\n";
    let (catalog, diagnostics) = Catalog::parse_with([example(text)], VOCABULARY);
    assert_eq!(catalog.len(), 1);
    assert_eq!(
        diagnostics.iter().map(|d| (d.is_error(), d.message.as_str())).collect::<Vec<_>>(),
        [(false, "no condition uses the parameter `days`")]
    );
}

#[test]
fn overlays_replace_by_id_and_change_the_identity() {
    let first = good(WITH_PARAMS);
    let second = good(&WITH_PARAMS.replace("90", "45"));
    let merged = first.clone().overlay(second.clone());
    assert_eq!(merged.len(), 1);
    assert_ne!(merged.sha256(), first.sha256());
    assert_eq!(merged.sha256(), second.sha256());
}

/// Words that make a random text look like a check.
const WORDS: [&str; 24] = [
    "[",
    "]",
    "{",
    "}",
    "\"",
    "=",
    ",",
    "\n",
    "all",
    "any",
    "not",
    "fact",
    "some",
    "where",
    "$days",
    "^",
    "{^x}",
    "7",
    "-1",
    "ü",
    "\u{0}",
    "[fail]",
    "[[case]]",
    "unknown = 1",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_loader_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6usize, 0..WORDS.len()), 1..8)) {
        let rest = "[params]\ndays = 9\n[fail]\neach = \"items\"\nwhere = { all = [{ fact = \"at\", older_than_days = \"$days\" }, { not = { some = \"parts\", where = { fact = \"^word\", eq = \"a\" } } }] }\nmessage = \"{word} {^word}\"\ndiscriminator = [\"word\"]\n[[case]]\nname = \"ü\"\nexpect = \"pass\"\nparams = { days = 3 }\nresource = { items = [{ sources = [\"10.0.0.0/8\"], ports = \"1-2\", at = { unknown = \"x\" } }] }\n";
        let mut text: Vec<char> = example(rest).text.chars().collect();
        for (at, remove, word) in edits {
            let at = at.index(text.len());
            let end = (at + remove).min(text.len());
            text.splice(at..end, WORDS[word].chars());
        }
        let text: String = text.into_iter().collect();
        let (catalog, diagnostics) = parse("checks/test/example.toml", &text);
        // What could be read can be judged, and what could not be can be shown.
        crate::evaluate::lint(&catalog);
        render(&diagnostics, true);
        prop_assert!(!catalog.is_empty() || !diagnostics.is_empty());
    }
}
