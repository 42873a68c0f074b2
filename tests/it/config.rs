//! driftline.toml read by the library: its mistakes, and every key of it.

use proptest::prelude::*;

use driftline::config::{self, Config, FailOn, OnUnknown};
use driftline::finding::Severity;
use driftline::text::{SourceFile, render};

use crate::golden::golden;

/// A file with every key; docs/configuration.md shows it.
const EVERY_KEY: &str = include_str!("../fixtures/configs/every-key.toml");

fn read(text: &str) -> (Config, String) {
    let (config, diagnostics) = config::read(SourceFile::new("driftline.toml", text));
    (config, render(&diagnostics, false))
}

#[test]
fn every_mistake_is_told_at_its_place_in_one_run() {
    let (_, told) = read(include_str!("../fixtures/configs/mistakes.toml"));
    golden("configs/mistakes.txt", &told);
}

#[test]
fn every_key_reaches_the_settings() {
    let (config, told) = read(EVERY_KEY);
    assert_eq!(told, "");
    let Config { targets, profile, scan, limits, checks, profiles } = config;
    assert_eq!(profile.as_deref(), Some("audit"));
    assert_eq!(targets.organization, Some(true));
    assert_eq!(targets.organizational_units, ["ou-ab12-34567890"]);
    assert_eq!(targets.account_tags, [("env".to_owned(), "prod".to_owned())]);
    assert_eq!(targets.exclude_accounts, ["444455556666"]);
    assert_eq!(targets.regions, ["eu-*", "us-east-1"]);
    assert_eq!(targets.exclude_regions, ["eu-south-2"]);
    assert_eq!(targets.role.as_deref(), Some("DriftlineAudit"));
    assert_eq!(targets.role_via, ["arn:aws:iam::111122223333:role/Hub"]);
    assert_eq!(targets.external_id.as_deref(), Some("driftline"));
    assert_eq!(targets.session_name.as_deref(), Some("driftline-ci"));
    assert_eq!(targets.duration_seconds, Some(3600));
    assert_eq!(scan.checks, ["*"]);
    assert_eq!(scan.exclude_checks, ["vpc-resolver-off"]);
    assert_eq!(scan.check_profiles, ["strict"]);
    assert_eq!(scan.frameworks, ["cis-aws-*"]);
    assert_eq!(scan.tags, ["network"]);
    assert_eq!(scan.check_directories, ["checks"]);
    assert_eq!(scan.baselines, ["baselines"]);
    assert_eq!(scan.fail_on, Some(FailOn(Severity::High)));
    assert_eq!(scan.on_unknown, Some(OnUnknown::Warn));
    assert_eq!(limits.max_in_flight, Some(64));
    assert_eq!(limits.max_in_flight_per_account, Some(16));
    assert_eq!(limits.max_accounts, Some(8));
    assert_eq!(limits.max_attempts, Some(10));
    assert_eq!(limits.attempt_timeout_seconds, Some(30));
    assert_eq!(limits.call_timeout_seconds, Some(300));
    let [ours] = &profiles[..] else { panic!("{profiles:?}") };
    assert_eq!((ours.id.as_str(), ours.title.as_str()), ("ours", "What we hold ourselves to"));
    let set: Vec<&str> = ours.overrides.keys().map(|id| id.as_str()).collect();
    assert_eq!(set, ["access-key-not-rotated"]);
    let ids: Vec<&str> = checks.keys().map(|id| id.as_str()).collect();
    assert_eq!(ids, ["default-vpc-present", "vpc-public-address-space"]);
    let space = checks.get("vpc-public-address-space").expect("it is there");
    assert_eq!(space.severity, Some(Severity::Low));
    assert_eq!(space.params.get("owned").map(|owned| owned.source()), Some("[\"52.0.0.0/16\"]"));
    let default = checks.get("default-vpc-present").expect("it is there");
    assert_eq!(default.disabled.as_deref(), Some("SEC-12: replaced by our own check"));

    // The one key that cannot stand beside `organization`.
    let (config, told) = read("[targets]\naccounts = [\"111122223333\"]\n");
    assert_eq!((config.targets.accounts, told.as_str()), (vec!["111122223333".to_owned()], ""));
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "\n\n", "# nothing\n", "schema = 1\n", "\u{feff}schema = 1\n"] {
        assert_eq!(read(text).1, "", "{text:?}");
    }
}

/// Each key, misspelt in turn, is told with the word that was meant.
#[test]
fn a_misspelt_key_is_told_with_the_one_that_was_meant() {
    let mut tried = 0;
    for (number, line) in EVERY_KEY.lines().enumerate() {
        let Some((key, _)) = line.split_once('=') else { continue };
        let key = key.trim();
        if line.starts_with('#') || key.contains('"') || key.len() < 4 || ["env", "owned"].contains(&key) {
            continue;
        }
        // Two letters change places.
        let misspelt: String = [&key[..1], &key[2..3], &key[1..2], &key[3..]].concat();
        let lines = EVERY_KEY.lines().enumerate();
        let text: Vec<String> = lines
            .map(|(at, line)| if at == number { line.replacen(key, &misspelt, 1) } else { line.to_owned() })
            .collect();
        if misspelt == key {
            continue;
        }
        let (_, told) = read(&text.join("\n"));
        assert!(told.contains(&format!("unknown key `{misspelt}`")), "{misspelt}: {told}");
        assert!(told.contains(&format!("did you mean `{key}`?")), "{misspelt}: {told}");
        assert!(told.contains(&format!("driftline.toml:{}", number + 1)), "{misspelt}: {told}");
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
}

/// A change of the text: where, how much goes, what comes.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let piece = prop_oneof![
        Just(String::new()),
        "[\\PC\n\"'\\[\\]{}=.,#]{0,4}",
        prop::sample::select(vec![
            "\"\"\"",
            "[[",
            "]]",
            "= = ",
            "\u{0}",
            "-9223372036854775809",
            "1e400",
            "nan",
            "0x",
            "\\u{D800}",
            "é",
            "\r",
            "\u{feff}",
            "[checks.\"a b\"]\n",
            "checks = 1\n",
            "targets.role.x = 2\n",
            "2026-13-45",
            "\"*{[\"",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec((0..EVERY_KEY.len(), 0usize..40, piece), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_makes_the_reader_panic(edits in edits()) {
        let mut text = EVERY_KEY.to_owned();
        for (at, length, piece) in edits {
            let floor = |mut at: usize, text: &str| {
                at = at.min(text.len());
                while !text.is_char_boundary(at) { at -= 1; }
                at
            };
            let start = floor(at, &text);
            let end = floor(start + length, &text).max(start);
            text.replace_range(start..end, &piece);
        }
        let (config, diagnostics) = config::read(SourceFile::new("driftline.toml", text.as_str()));
        // Rendering reads the spans, and the settings are made of what was right.
        let _ = render(&diagnostics, true);
        let _ = format!("{config:?}");
    }
}

#[test]
fn every_mistake_of_exceptions_is_told_at_its_place() {
    let file = SourceFile::new("exceptions.toml", include_str!("../fixtures/configs/exceptions-mistakes.toml"));
    let (found, diagnostics) = driftline::exceptions::read(file, jiff::civil::date(2026, 11, 25));
    golden("configs/exceptions-mistakes.txt", &render(&diagnostics, false));
    assert_eq!(found.len(), 1, "the one that is right");
}

#[test]
fn every_mistake_of_a_baseline_is_told_at_its_place() {
    let file = SourceFile::new("baseline.toml", include_str!("../fixtures/configs/baseline-mistakes.toml"));
    let (_, diagnostics) = driftline::baseline::read(file);
    golden("configs/baseline-mistakes.txt", &render(&diagnostics, false));
}
