//! The rules of credentials, on reports of which the answers are known: at each rule's day, on the day after, and where
//! the report says less.

use std::collections::{BTreeMap, BTreeSet};

use driftline::catalog::Catalog;
use driftline::evaluate::{Options as Judging, judge};
use driftline::finding::{Finding, Severity, Status};
use driftline::import::Imported;
use driftline::model::Model;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{File, data, options, texts, try_import};
use crate::cli::world::World;

const GENERATED: &str = "2026-01-01T12:00:00Z";
const ACCOUNT: &str = "111122223333";

fn generated() -> Timestamp {
    GENERATED.parse().unwrap()
}

/// So long before the report was made: whole days, and seconds more. The few texts live as long as the tests.
fn ago(days: i64, seconds: i64) -> &'static str {
    let time = generated() - SignedDuration::from_secs(days * 86_400 + seconds);
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string().leak()
}

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// A row of a report; what is not said is as AWS writes it of a user who has no credentials.
fn row(user: &str, cells: &[(&str, &str)]) -> String {
    let arn = if user == "<root_account>" { "root".to_owned() } else { format!("user/{user}") };
    let mut known: BTreeMap<&str, String> = COLUMNS.split(',').map(|name| (name, "N/A".to_owned())).collect();
    known.insert("user", user.to_owned());
    known.insert("arn", format!("arn:aws:iam::{ACCOUNT}:{arn}"));
    known.insert("user_creation_time", ago(1000, 0).to_owned());
    for flag in [
        "password_enabled",
        "mfa_active",
        "access_key_1_active",
        "access_key_2_active",
        "cert_1_active",
        "cert_2_active",
    ] {
        known.insert(flag, "false".to_owned());
    }
    for (name, value) in cells {
        assert!(known.insert(name, (*value).to_owned()).is_some(), "{name}");
    }
    COLUMNS.split(',').map(|name| known[name].clone()).collect::<Vec<_>>().join(",")
}

fn report(csv: &str) -> String {
    json!({ "Content": csv, "ReportFormat": "text/csv", "GeneratedTime": GENERATED }).to_string()
}

fn details(users: &[&str]) -> Value {
    let users: Vec<Value> = users
        .iter()
        .map(|user| {
            json!({ "UserName": user, "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{user}"), "CreateDate": ago(1000, 0),
                "GroupList": [], "AttachedManagedPolicies": [] })
        })
        .collect();
    json!({ "UserDetailList": users, "GroupDetailList": [], "RoleDetailList": [], "Policies": [] })
}

fn judged(imported: &Imported, as_of: Option<Timestamp>) -> Vec<Finding> {
    let now = as_of.unwrap_or(imported.inventory.provenance.taken_at);
    judge(&Catalog::embedded(), &Model::new(&imported.inventory, now), Judging { passes: true }).findings
}

fn import(files: &[(&str, &str)]) -> Imported {
    let options = super::Options { account: Some(ACCOUNT.parse().unwrap()), ..options() };
    try_import(options, &texts(files)).unwrap()
}

/// The rules of credentials, by the name that spec/iam.md has for each.
const RULES: &[(&str, &str)] = &[
    ("key-unused", "access-key-unused"),
    ("key-never-used", "access-key-never-used"),
    ("key-rotate", "access-key-not-rotated"),
    ("key-inactive-stale", "access-key-inactive-kept"),
    ("two-active-keys", "two-active-access-keys"),
    ("root-key", "root-access-key"),
    ("root-used", "root-recently-used"),
    ("root-no-mfa", "root-without-mfa"),
    ("console-unused", "console-password-unused"),
    ("console-no-mfa", "console-user-without-mfa"),
    ("signing-cert-active", "signing-certificate-active"),
    ("root-signing-cert-active", "root-signing-certificate-active"),
];

/// What is found of a user, or of the root user: the rule, with the key's slot if it is of one, and the severity.
fn found(findings: &[Finding], user: &str, status: &str) -> BTreeSet<String> {
    let of_user = |finding: &&Finding| {
        let Some(resource) = &finding.resource else { return false };
        match user {
            "<root_account>" => &*resource.resource_type == "AWS::::Account" || resource.name.as_deref() == Some(user),
            user => resource.name.as_deref() == Some(user),
        }
    };
    let of_status = findings.iter().filter(|finding| finding.status.as_str() == status).filter(of_user);
    let shown = of_status.filter_map(|finding| {
        let (name, _) = RULES.iter().find(|(_, id)| *id == &*finding.rule)?;
        let id = &finding.resource.as_ref()?.id;
        let slot = if id.ends_with("key_1") || id == "AKIA1" {
            "(1)"
        } else if id.ends_with("key_2") || id == "AKIA2" {
            "(2)"
        } else {
            ""
        };
        let word = match finding.severity {
            _ if status != "fail" => "",
            Severity::Informational => " info",
            Severity::High if *name == "two-active-keys" => " high",
            _ => "",
        };
        Some(format!("{name}{slot}{word}"))
    });
    shown.collect()
}

/// A user's row judged alone, and beside IAM's own lists of users and keys: what is found is the same.
#[track_caller]
fn check(cells: &[(&str, &str)], expected: &[&str]) {
    let csv = format!("{COLUMNS}\n{}\n", row("ann", cells));
    let expected: BTreeSet<String> = expected.iter().map(|name| (*name).to_owned()).collect();
    let alone = judged(&import(&[("report.json", &report(&csv))]), None);
    assert_eq!(found(&alone, "ann", "fail"), expected, "by the report alone");
    assert_eq!(found(&alone, "ann", "unknown"), BTreeSet::new(), "by the report alone");

    let cell = |name: &str| cells.iter().find(|(cell, _)| *cell == name).map(|(_, value)| *value);
    let keys: Vec<Value> = ["1", "2"]
        .iter()
        .filter_map(|slot| {
            let created = cell(&format!("access_key_{slot}_last_rotated")).filter(|value| value.starts_with("20"))?;
            let is_active = cell(&format!("access_key_{slot}_active")).is_some_and(|value| value.eq_ignore_ascii_case("true"));
            let status = if is_active { "Active" } else { "Inactive" };
            Some(json!({ "UserName": "ann", "AccessKeyId": format!("AKIA{slot}"), "Status": status, "CreateDate": created }))
        })
        .collect();
    let listed = import(&[
        ("report.json", &report(&csv)),
        ("details.json", &details(&["ann"]).to_string()),
        ("list-access-keys/ann", &json!({ "AccessKeyMetadata": keys }).to_string()),
    ]);
    assert_eq!(listed.account.complaints, Vec::<String>::new());
    let listed = judged(&listed, None);
    assert_eq!(found(&listed, "ann", "fail"), expected, "beside the lists");
    assert_eq!(found(&listed, "ann", "unknown"), BTreeSet::new(), "beside the lists");
}

/// An active key in a slot, made and used so long ago.
fn key<'c>(slot: u8, created: &'c str, used: &'c str) -> Vec<(&'static str, &'c str)> {
    match slot {
        1 => vec![
            ("access_key_1_active", "true"),
            ("access_key_1_last_rotated", created),
            ("access_key_1_last_used_date", used),
        ],
        _ => vec![
            ("access_key_2_active", "true"),
            ("access_key_2_last_rotated", created),
            ("access_key_2_last_used_date", used),
        ],
    }
}

#[test]
fn a_key_is_unused_when_its_last_use_is_more_than_ninety_whole_days_ago() {
    for (used, expected) in [
        (ago(0, 0), &[][..]),
        (ago(90, 0), &[]),
        (ago(90, 86_399), &[]),
        (ago(91, 0), &["key-unused(1)"]),
        (ago(161, 0), &["key-unused(1)"]),
    ] {
        let created = ago(90, 0);
        let mut cells = key(1, created, used);
        check(&cells, expected);
        cells[0].1 = "TRUE";
        check(&cells, expected);
    }
}

#[test]
fn a_key_is_old_by_its_making_alone() {
    for (created, expected) in [(ago(90, 86_399), &[][..]), (ago(91, 0), &["key-rotate(2)"])] {
        check(&key(2, created, ago(0, 60)), expected);
    }
}

#[test]
fn a_key_that_was_never_used_is_young_then_told_then_bad() {
    let bad = |created: &str| {
        let csv = format!("{COLUMNS}\n{}\n", row("ann", &key(1, created, "N/A")));
        let findings = judged(&import(&[("report.json", &report(&csv))]), None);
        let finding =
            findings.into_iter().find(|f| &*f.rule == "access-key-never-used" && f.status == Status::Fail).unwrap();
        (finding.severity, finding.message.to_string())
    };
    for used in ["N/A", "n/a", "no_information", "No_Information"] {
        check(&key(1, ago(7, 86_399), used), &[]);
        check(&key(1, ago(8, 0), used), &["key-never-used(1) info"]);
        check(&key(1, ago(90, 0), used), &["key-never-used(1) info"]);
        check(&key(1, ago(91, 0), used), &["key-never-used(1)", "key-rotate(1)"]);
    }
    assert_eq!(bad(ago(90, 0)).0, Severity::Informational);
    assert_eq!(bad(ago(91, 0)), (Severity::High, "access_key_1 of ann was never used in 91 days".to_owned()));
    // AWS began to keep track on 2015-04-22.
    let words = "access_key_1 of ann was not used since AWS began to keep track, on 2015-04-22";
    assert_eq!(bad("2015-04-21T23:59:59+00:00"), (Severity::High, words.to_owned()));
    assert!(bad("2015-04-22T00:00:00+00:00").1.contains("was never used in"));
}

#[test]
fn an_inactive_key_is_stale_after_ninety_days_if_the_report_still_has_its_date() {
    for (created, expected) in
        [(ago(90, 86_399), &["key-inactive-stale(1) info"][..]), (ago(91, 0), &["key-inactive-stale(1)"])]
    {
        let mut cells = key(1, created, "N/A");
        cells[0].1 = "false";
        check(&cells, expected);
        // Its last use makes no difference.
        let used = ago(85, 0);
        cells[2].1 = used;
        check(&cells, expected);
    }
    check(&[("access_key_1_active", "false")], &[]);
}

#[test]
fn two_active_keys_are_a_rotation_for_two_weeks_unless_one_of_them_is_not_used() {
    let today = ago(0, 60);
    let (old, idle) = (ago(80, 0), ago(91, 0));
    for (newer, older_used, newer_used, expected) in [
        (ago(14, 86_399), today, today, "two-active-keys info"),
        (ago(15, 0), today, today, "two-active-keys"),
        // The upgrade wins over the downgrade.
        (ago(7, 86_399), today, "N/A", "two-active-keys info"),
        (ago(8, 0), today, "N/A", "two-active-keys high"),
        (ago(0, 0), idle, "N/A", "two-active-keys high"),
        (ago(15, 0), idle, today, "two-active-keys high"),
    ] {
        // Both orders: which slot is the older one is told by the dates alone.
        for (first, second) in [(1, 2), (2, 1)] {
            let cells = [key(first, old, older_used), key(second, newer, newer_used)].concat();
            let csv = format!("{COLUMNS}\n{}\n", row("ann", &cells));
            let findings = judged(&import(&[("report.json", &report(&csv))]), None);
            let mut found = found(&findings, "ann", "fail");
            found.retain(|name| name.starts_with("two"));
            assert_eq!(found, BTreeSet::from([expected.to_owned()]), "{cells:?}");
        }
    }
    // An older key that was never used itself is the other rule's to say.
    check(
        &[key(1, ago(20, 0), "N/A"), key(2, ago(1, 0), "N/A")].concat(),
        &["key-never-used(1) info", "two-active-keys info"],
    );
    let mut one = [key(1, old, today), key(2, old, today)].concat();
    one[3].1 = "false";
    check(&one, &["key-inactive-stale(2) info"]);
}

#[test]
fn a_password_counts_from_its_last_use_or_from_its_change() {
    let enabled = ("password_enabled", "true");
    let with = |used: &str, changed: &str, expected: &[&str]| {
        let mut cells =
            vec![enabled, ("password_last_used", used), ("password_last_changed", changed), ("mfa_active", "true")];
        check(&cells, expected);
        cells[0].1 = "True";
        check(&cells, expected);
        cells[0].1 = "false";
        check(&cells, &[]);
    };
    with(ago(90, 86_399), ago(500, 0), &[]);
    with(ago(91, 0), ago(1, 0), &["console-unused"]);
    for never in ["no_information", "N/A", "NO_INFORMATION"] {
        with(never, ago(90, 86_399), &[]);
        with(never, ago(91, 0), &["console-unused"]);
    }
}

#[test]
fn a_password_without_mfa_is_told_whatever_its_use() {
    let used = ago(0, 0);
    let cells = |enabled, mfa| [("password_enabled", enabled), ("password_last_used", used), ("mfa_active", mfa)];
    check(&cells("true", "false"), &["console-no-mfa"]);
    check(&cells("TRUE", "FALSE"), &["console-no-mfa"]);
    check(&cells("true", "true"), &[]);
    check(&[("mfa_active", "false")], &[]);
}

#[test]
fn a_signing_certificate_is_told_in_either_place() {
    check(&[("cert_1_active", "true")], &["signing-cert-active"]);
    check(&[("cert_2_active", "TRUE")], &["signing-cert-active"]);
}

#[track_caller]
fn check_root(cells: &[(&str, &str)], more: &[(&str, &str)], expected: &[&str], unknown: &[&str]) {
    let csv = format!("{COLUMNS}\n{}\n", row("<root_account>", cells));
    let report = report(&csv);
    let files: Vec<_> = std::iter::once(("report.json", report.as_str())).chain(more.iter().copied()).collect();
    let findings = judged(&import(&files), None);
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(found(&findings, "<root_account>", "fail"), set(expected));
    assert_eq!(found(&findings, "<root_account>", "unknown"), set(unknown));
}

#[test]
fn the_root_users_keys_are_judged_as_keys_and_for_being_there() {
    let mfa = ("mfa_active", "true");
    let (created, used) = (ago(10, 0), ago(31, 0));
    let with = |created, used| [key(1, created, used), vec![mfa]].concat();
    check_root(&with(created, used), &[], &["root-key"], &[]);
    check_root(&with(ago(91, 0), ago(91, 0)), &[], &["root-key", "key-unused(1)", "key-rotate(1)"], &[]);
    check_root(&with(ago(91, 0), "N/A"), &[], &["root-key", "key-never-used(1)", "key-rotate(1)"], &[]);
    // One that was switched off is no active key.
    let mut cells = with(ago(91, 0), used);
    cells[0].1 = "false";
    check_root(&cells, &[], &["key-inactive-stale(1)"], &[]);
}

#[test]
fn the_root_users_last_use_is_that_of_its_password_and_of_both_keys() {
    let mfa = ("mfa_active", "true");
    for name in ["password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date"] {
        let (recent, past) = (ago(29, 86_399), ago(30, 0));
        let found = |used: &str| {
            let csv = format!("{COLUMNS}\n{}\n", row("<root_account>", &[mfa, (name, used)]));
            let findings = judged(&import(&[("report.json", &report(&csv))]), None);
            found(&findings, "<root_account>", "fail").contains("root-used")
        };
        assert!(found(recent) && !found(past), "{name}");
        assert!(!found("no_information") && !found("N/A"), "{name}");
    }
}

#[test]
fn the_root_user_needs_mfa_as_long_as_it_has_a_password_or_a_key() {
    for enabled in ["not_supported", "NOT_SUPPORTED", "true"] {
        check_root(&[("password_enabled", enabled)], &[], &["root-no-mfa"], &[]);
        check_root(&[("password_enabled", enabled), ("mfa_active", "true")], &[], &[], &[]);
    }
    // Central root management took the password away.
    check_root(&[("password_enabled", "FALSE")], &[], &[], &[]);
    let key = key(2, ago(1, 0), ago(31, 0));
    check_root(&key, &[], &["root-key", "root-no-mfa"], &[]);
    // The account's summary says it independently.
    let summary = |mfa: i32| {
        json!({ "SummaryMap": { "AccountMFAEnabled": mfa, "AccountPasswordPresent": 1, "AccountAccessKeysPresent": 0 } }).to_string()
    };
    check_root(&[("password_enabled", "FALSE")], &[("summary", &summary(0))], &["root-no-mfa"], &[]);
    check_root(&[("password_enabled", "FALSE")], &[("summary", &summary(1))], &[], &[]);
    check_root(&[("cert_1_active", "true"), ("mfa_active", "true")], &[], &["root-signing-cert-active"], &[]);
}

// -- what is not known

#[test]
fn a_missing_column_and_an_odd_cell_are_unknown_and_never_pass() {
    let cells =
        [key(1, ago(91, 0), ago(91, 0)), vec![("password_enabled", "true"), ("password_last_used", "N/A")]].concat();
    let whole = format!("{COLUMNS}\n{}\n", row("ann", &cells));
    for (column, unknown) in [
        ("access_key_1_active", &["key-unused(1)", "key-rotate(1)", "key-inactive-stale(1)", "two-active-keys"][..]),
        ("access_key_1_last_rotated", &["key-rotate(1)"]),
        ("access_key_1_last_used_date", &["key-unused(1)", "key-never-used(1)"]),
        ("password_enabled", &["console-unused", "console-no-mfa"]),
        ("mfa_active", &["console-no-mfa"]),
        ("cert_2_active", &["signing-cert-active"]),
    ] {
        let index = COLUMNS.split(',').position(|name| name == column).unwrap();
        let without: Vec<String> = whole
            .lines()
            .map(|line| {
                let cells = line.split(',').enumerate().filter(|(i, _)| *i != index).map(|(_, cell)| cell);
                cells.collect::<Vec<_>>().join(",")
            })
            .collect();
        let odd: Vec<String> = whole
            .lines()
            .enumerate()
            .map(|(line, text)| {
                let cells =
                    text.split(',').enumerate().map(|(i, cell)| if line > 0 && i == index { "perhaps" } else { cell });
                cells.collect::<Vec<_>>().join(",")
            })
            .collect();
        for csv in [without.join("\n"), odd.join("\n")] {
            let imported = import(&[("report.json", &report(&csv))]);
            assert_eq!(imported.account.complaints.len(), 1, "{:?}", imported.account.complaints);
            let findings = judged(&imported, None);
            let all: BTreeSet<String> = unknown.iter().map(|name| (*name).to_owned()).collect();
            let told = found(&findings, "ann", "unknown");
            assert!(all.is_subset(&told), "{column}: {told:?}");
            let passed = found(&findings, "ann", "pass");
            assert!(all.is_disjoint(&passed), "{column}: {passed:?}");
        }
    }
}

#[test]
fn a_user_who_is_in_one_of_the_two_alone_is_unknown_and_never_passes() {
    let csv = format!("{COLUMNS}\n{}\n", row("gone", &[("password_enabled", "true")]));
    let files = [("report.json", report(&csv)), ("details.json", details(&["late"]).to_string())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let findings = judged(&import(&files), None);
    for user in ["gone", "late"] {
        assert_eq!(found(&findings, user, "pass"), BTreeSet::new(), "{user}");
        assert!(found(&findings, user, "unknown").contains("signing-cert-active"), "{user}");
    }
    // What the report says is wrong is told all the same.
    assert!(found(&findings, "gone", "fail").contains("console-no-mfa"));
    let why = findings
        .iter()
        .find(|f| &*f.rule == "signing-certificate-active" && f.resource.as_ref().is_some_and(|r| r.id == "late"));
    let why = why.unwrap().message.to_string();
    assert!(why.contains("the credential report of 2026-01-01T12:00:00Z does not have `late`"), "{why}");
}

// -- the report's time

#[test]
fn a_csv_is_of_the_time_that_its_name_or_the_user_says_and_else_of_none() {
    let csv = format!("{COLUMNS}\n{}\n", row("ann", &key(1, ago(91, 0), ago(91, 0))));
    let expected = BTreeSet::from(["key-unused(1)".to_owned(), "key-rotate(1)".to_owned()]);
    let named = import(&[("report-2026-01-01T12-00-00Z.csv", &csv)]);
    assert_eq!(found(&judged(&named, None), "ann", "fail"), expected);
    let said = super::Options {
        account: Some(ACCOUNT.parse().unwrap()),
        report_time: Some(generated() - SignedDuration::from_hours(24)),
        ..options()
    };
    let said = try_import(said, &texts(&[("report.csv", &csv)])).unwrap();
    assert_eq!(found(&judged(&said, None), "ann", "fail"), BTreeSet::new());
    let none = import(&[("report.csv", &csv)]);
    assert!(
        none.account.complaints[0].contains("nothing says when the credential report was made"),
        "{:?}",
        none.account.complaints
    );
    let findings = judged(&none, None);
    assert_eq!(found(&findings, "ann", "fail"), BTreeSet::new());
    assert!(found(&findings, "ann", "unknown").is_superset(&expected));
}

// -- the archive of another tool

fn demo(world: &World, more: &[&str]) -> (String, Vec<Value>) {
    let folder = data("cloudmapper-demo");
    let ran = world.run(&["import", "describe", folder.to_str().unwrap(), "-o", "demo.dls"]);
    assert_eq!(ran.code, 0, "{ran}");
    let ran = world.run(&[&["scan", "--snapshot", "demo.dls", "-o", "json=demo.json"], more].concat());
    assert!(ran.code == 3, "{ran}");
    let report: Value = serde_json::from_str(&world.read("demo.json")).unwrap();
    (ran.out, report["findings"].as_array().unwrap().clone())
}

/// Of the findings on credentials: the rule and the message.
fn messages(findings: &[Value], user: &str) -> Vec<(String, String)> {
    let mut all: Vec<_> = findings
        .iter()
        .filter(|finding| finding["status"] == "fail" && RULES.iter().any(|(_, id)| finding["rule"] == *id))
        .map(|finding| (finding["rule"].as_str().unwrap().to_owned(), finding["message"].as_str().unwrap().to_owned()))
        .filter(|(_, message)| message.contains(user))
        .collect();
    all.sort();
    all
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(rule, message)| ((*rule).to_owned(), (*message).to_owned())).collect()
}

#[test]
fn the_rows_of_the_demo_account_are_found_as_the_specification_has_them() {
    let (_, findings) = demo(&World::new(), &[]);
    assert_eq!(
        messages(&findings, "root"),
        pairs(&[
            ("access-key-not-rotated", "access_key_1 of <root_account> is 164 days old"),
            ("access-key-unused", "access_key_1 of <root_account> was last used 161 days ago"),
            ("root-access-key", "the root user of 123456789012 has an active access key"),
        ])
    );
    assert_eq!(messages(&findings, "auditor_tmp"), []);
    assert_eq!(
        messages(&findings, "user ").into_iter().filter(|(_, message)| !message.contains("root")).collect::<Vec<_>>(),
        pairs(&[
            ("access-key-not-rotated", "access_key_2 of user is 365 days old"),
            ("access-key-unused", "access_key_2 of user was last used 365 days ago"),
            ("console-password-unused", "user has not used its console password for 365 days"),
            ("console-user-without-mfa", "user has a console password and no MFA device"),
            ("two-active-access-keys", "user has 2 active access keys, the younger 0 days old"),
        ])
    );
}

#[test]
fn a_forced_time_makes_the_demos_young_key_a_never_used_one_and_is_said() {
    let (text, findings) = demo(&World::new(), &["--as-of", "2026-01-01"]);
    assert!(text.contains("ages counted to 2026-01-01T00:00:00Z"), "{text}");
    let never = ("access-key-never-used", "access_key_1 of auditor_tmp was never used in 2430 days");
    assert!(
        messages(&findings, "auditor_tmp").contains(&pairs(&[never])[0]),
        "{:?}",
        messages(&findings, "auditor_tmp")
    );
}

#[test]
fn a_report_is_the_same_in_base64() {
    let folder = data("cloudmapper-demo");
    let text = std::fs::read(folder.join("us-east-1/iam-get-credential-report.json")).unwrap();
    let plain: Value = serde_json::from_slice(&text).unwrap();
    // Written by hand, so that not one library says both.
    let bytes = plain["Content"].as_str().unwrap().as_bytes();
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().enumerate().fold(0u32, |bits, (i, byte)| bits | u32::from(*byte) << (16 - 8 * i));
        for digit in 0..4 {
            let place = (bits >> (18 - 6 * digit)) & 63;
            encoded.push(if digit <= chunk.len() { char::from(ALPHABET[place as usize]) } else { '=' });
        }
    }
    let coded = json!({ "Content": encoded, "GeneratedTime": plain["GeneratedTime"], "ReportFormat": "text/csv" });
    let files = |text: Vec<u8>| -> Vec<File> { vec![(vec!["x.json".to_owned()], text)] };
    let one = try_import(options(), &files(text)).unwrap();
    let other = try_import(options(), &files(serde_json::to_vec(&coded).unwrap())).unwrap();
    let resources = |of: &Imported| of.inventory.resources().map(|(k, r)| (k.clone(), r.clone())).collect::<Vec<_>>();
    assert_eq!(resources(&one), resources(&other));
    assert_eq!(resources(&one).len(), 1);
    // Its rows say whose it is.
    assert_eq!(one.inventory.accounts.keys().map(|id| id.as_str()).collect::<Vec<_>>(), ["123456789012"]);
}
