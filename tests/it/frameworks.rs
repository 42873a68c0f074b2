//! The frameworks and profiles that come with driftline, and what is said of mistaken ones.

use std::collections::BTreeSet;

use driftline::catalog::{Catalog, Frameworks, Mapped, Profiles};
use driftline::text::{SourceFile, render};

fn embedded_files(folder: &str) -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("checks").join(folder);
    let entries = std::fs::read_dir(folder).expect("it is a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> =
        entries.map(|name| name.to_string_lossy().trim_end_matches(".toml").to_owned()).collect();
    names.sort();
    names
}

fn mapped() -> Vec<Mapped> {
    let catalog = Catalog::embedded();
    Frameworks::embedded().all().map(|framework| framework.map(&catalog)).collect()
}

#[test]
fn every_embedded_framework_and_profile_is_without_mistakes() {
    let (catalog, frameworks, profiles) = (Catalog::embedded(), Frameworks::embedded(), Profiles::embedded());
    // One that could not be read is not there.
    assert_eq!(frameworks.all().map(|one| one.id.clone()).collect::<Vec<_>>(), embedded_files("frameworks"));
    assert_eq!(profiles.all().map(|one| one.id.clone()).collect::<Vec<_>>(), embedded_files("profiles"));
    let mut mistakes = frameworks.mistakes(&catalog);
    mistakes.extend(profiles.mistakes(&catalog, &frameworks));
    assert!(mistakes.is_empty(), "{}", render(&mistakes, false));
}

#[test]
fn what_a_framework_names_of_prowler_is_a_check_of_prowlers() {
    let ids = include_str!("../../docs/coverage/ids.txt");
    let known: BTreeSet<&str> = ids.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    for framework in Frameworks::embedded().all() {
        for control in &framework.controls {
            for peer in control.peers() {
                assert!(known.contains(peer.as_str()), "{} {}: {peer}", framework.id, control.id);
            }
        }
    }
}

/// A check that names a control by a number which is not there would silently be in no table.
#[test]
fn controls_that_checks_name_are_in_their_framework() {
    let frameworks = Frameworks::embedded();
    let mut wrong = Vec::new();
    for check in Catalog::embedded().checks() {
        for (of, ids) in &check.controls {
            let Some(framework) = frameworks.get(of) else { continue };
            let known = |id: &&String| framework.controls.iter().any(|control| control.id == **id);
            wrong
                .extend(ids.iter().filter(|id| !known(id)).map(|id| format!("{}: {of} has no control {id}", check.id)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_framework_is_answered_in_part_and_says_what_is_left() {
    for one in mapped() {
        let framework = &one.framework;
        let answered = one.checks.iter().filter(|checks| !checks.is_empty()).count();
        assert!(answered > 0, "{}: no control has a check", framework.id);
        assert!(framework.controls.iter().all(|control| control.manual.as_ref().is_none_or(|why| !why.is_empty())));
        // What a control asks of what driftline does not read is never left unsaid.
        let levels = framework.controls.iter().filter(|control| control.level.is_some()).count();
        assert!(levels == 0 || levels == framework.controls.len(), "{}: some controls lack a level", framework.id);
    }
    let cis: Vec<String> =
        mapped().into_iter().map(|one| one.framework.id).filter(|id| id.starts_with("cis-aws-")).collect();
    assert_eq!(cis, ["cis-aws-1.4", "cis-aws-3.0", "cis-aws-5.0", "cis-aws-6.0", "cis-aws-7.0"]);
}

#[test]
fn a_control_has_the_checks_it_names_those_that_answer_the_peer_and_those_that_name_it() {
    let text = r#"schema = 1
[framework]
id      = "house"
name    = "House rules"
version = "1"
source  = "https://example.com"

[[control]]
id     = "1"
checks = ["default-vpc-present"]

[[control]]
id      = "2"
prowler = ["iam_no_root_access_key"]

[[control]]
id     = "3"
manual = "People."
"#;
    let (frameworks, mistakes) = Frameworks::parse([SourceFile::new("frameworks/house.toml", text)]);
    assert!(mistakes.is_empty(), "{}", render(&mistakes, false));
    let one = frameworks.get("house").expect("it is there").map(&Catalog::embedded());
    let checks: Vec<Vec<&str>> = one.checks.iter().map(|ids| ids.iter().map(String::as_str).collect()).collect();
    assert_eq!(checks, [vec!["default-vpc-present"], vec!["root-access-key"], vec![]]);
    assert_eq!(one.all_checks(None), BTreeSet::from(["default-vpc-present", "root-access-key"]));
    assert!(one.all_checks(Some(1)).is_empty(), "controls without a level are of none");
}

#[test]
fn mistakes_of_frameworks_are_told_at_their_place() {
    let text = r#"schema = 2
[framework]
id   = "other"
name = "House rules"
source = "https://example.com"

[[control]]
id     = "1"
checks = ["default-vpc-presnt"]
levle  = 1

[[control]]
id      = "1"
prowler = ["x"]
manual  = "Both."
"#;
    let (frameworks, mistakes) = Frameworks::parse([SourceFile::new("frameworks/house.toml", text)]);
    assert_eq!(frameworks.all().count(), 0);
    crate::golden::golden("frameworks/framework-mistakes.txt", &render(&mistakes, false));
    let good = text.replace("schema = 2", "schema = 1").replace("\"other\"", "\"house\"\nversion = \"1\"");
    let good = good.replace("levle  = 1", "").split("[[control]]").take(2).collect::<Vec<_>>().join("[[control]]");
    let (frameworks, mistakes) = Frameworks::parse([SourceFile::new("frameworks/house.toml", good)]);
    assert!(mistakes.is_empty(), "{}", render(&mistakes, false));
    crate::golden::golden(
        "frameworks/framework-unknown-checks.txt",
        &render(&frameworks.mistakes(&Catalog::embedded()), false),
    );
}

#[test]
fn every_profile_selects_and_what_it_sets_is_taken() {
    let (catalog, frameworks, profiles) = (Catalog::embedded(), Frameworks::embedded(), Profiles::embedded());
    for profile in profiles.all() {
        let checks = profiles.checks(&profile.id, &catalog, &frameworks).expect("it is there");
        assert!(!checks.is_empty(), "{}", profile.id);
        let outside: Vec<_> = profile.overrides.keys().filter(|id| !checks.contains(*id)).collect();
        assert!(outside.is_empty(), "{} sets what it does not select: {outside:?}", profile.id);
        let set = profiles.overrides(std::slice::from_ref(&profile.id), &Default::default());
        let (with, mistakes) = catalog.clone().with_overrides(&set);
        assert!(mistakes.is_empty(), "{}", render(&mistakes, false));
        for id in set.keys() {
            let (before, after) = (catalog.get(id.as_str()), with.get(id.as_str()));
            let values = |check: Option<&driftline::catalog::Check>| {
                let check = check.expect("it is there");
                (
                    check.severity,
                    check.params.iter().map(|(k, v)| (k.clone(), v.source().to_owned())).collect::<Vec<_>>(),
                )
            };
            assert_ne!(values(before), values(after), "{}: {id} is as it was", profile.id);
        }
    }
    assert_eq!(profiles.checks("strict", &catalog, &frameworks).map(|all| all.len()), Ok(catalog.len()));
    let nothing = profiles.checks("strikt", &catalog, &frameworks);
    assert_eq!(nothing, Err("no profile is named `strikt`; did you mean `strict`?".to_owned()));
}

#[test]
fn mistakes_of_profiles_are_told_at_their_place() {
    let text = r#"schema = 1
id      = "mine"
title   = "Mine"
exclude = ["vpx-*"]

[[select]]
checks    = ["defualt-vpc-present"]
tags      = ["no-such-tag"]
framework = "cis-aws-7.1"

[[select]]
"#;
    let (catalog, frameworks) = (Catalog::embedded(), Frameworks::embedded());
    let (_, mistakes) = Profiles::parse([SourceFile::new("profiles/mine.toml", text)]);
    crate::golden::golden("frameworks/profile-mistakes.txt", &render(&mistakes, false));
    let text = text.trim_end().trim_end_matches("[[select]]");
    let (profiles, mistakes) = Profiles::parse([SourceFile::new("profiles/mine.toml", text)]);
    assert!(mistakes.is_empty(), "{}", render(&mistakes, false));
    crate::golden::golden(
        "frameworks/profile-unknown-names.txt",
        &render(&profiles.mistakes(&catalog, &frameworks), false),
    );
}

#[test]
fn a_profile_is_what_any_of_its_selections_has_but_what_it_leaves_out() {
    let text = r#"schema  = 1
id      = "mine"
title   = "Mine"
exclude = ["vpc-resolver-off"]
select  = [
  { checks = ["vpc-*"], severity = "low" },
  { controls = { "cis-aws-7.0" = ["2.4"] } },
]
"#;
    let (profiles, mistakes) = Profiles::parse([SourceFile::new("profiles/mine.toml", text)]);
    assert!(mistakes.is_empty(), "{}", render(&mistakes, false));
    let (catalog, frameworks) = (Catalog::embedded(), Frameworks::embedded());
    let found = profiles.checks("mine", &catalog, &frameworks).expect("it is there");
    let wanted: BTreeSet<_> = catalog
        .checks()
        .filter(|check| {
            let id = check.id.as_str();
            let named = check.controls.get("cis-aws-7.0").is_some_and(|ids| ids.iter().any(|id| id == "2.4"));
            let low = check.severity >= driftline::finding::Severity::Low;
            ((id.starts_with("vpc-") && low) || named) && id != "vpc-resolver-off"
        })
        .map(|check| check.id.clone())
        .collect();
    assert_eq!(found, wanted);
    assert!(found.len() > 2, "{found:?}");
}
