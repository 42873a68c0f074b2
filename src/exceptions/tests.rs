use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::arn::{Partition, Scope};
use crate::finding::{Evidence, Finding, Fingerprint, ResourceRef, Status, Tallies, Tally};
use crate::inventory::Missing;
use crate::text::{Written, render, with_line, with_table};

const TODAY: Date = date(2026, 11, 25);
const CHECK: &str = "security-group-admin-port-open";

fn read_text(text: &str) -> (Vec<Exception>, String) {
    let (found, diagnostics) = read(SourceFile::new("exceptions.toml", text), TODAY);
    (found, render(&diagnostics, false))
}

fn scope(region: &str) -> Scope {
    Scope { partition: Partition::Aws, account: "111122223333".parse().unwrap(), region: region.parse().unwrap() }
}

fn finding(id: &str, discriminator: &str, sources: &str) -> Finding {
    let scope = scope("eu-west-1");
    let arn = scope.arn("ec2", format!("security-group/{id}"));
    let evidence = |fact: &str, value: &str, condition: &str| Evidence {
        fact: fact.into(),
        value: value.to_owned(),
        condition: condition.into(),
    };
    Finding {
        rule: CHECK.into(),
        severity: Severity::High,
        status: Status::Fail,
        fingerprint: Fingerprint::new(CHECK, arn.as_str(), discriminator),
        resource: Some(Arc::new(ResourceRef {
            resource_type: "AWS::EC2::SecurityGroup".into(),
            id: id.into(),
            arn,
            name: None,
        })),
        scope: scope.into(),
        message: "open".to_owned().into(),
        evidence: [
            evidence("ingress[3].sources", sources, "broader than /8"),
            evidence("ingress[3].ports", "22", "intersects [22]"),
            evidence("attached_to", "eni-1", ""),
            evidence("age_days", "412", "gt 90"),
        ]
        .into(),
        location: FileLocation { path: "checks/x.toml".into(), line: 1 }.into(),
    }
}

fn unknown(id: &str) -> Finding {
    let mut unknown = finding(id, "unknown", "");
    unknown.status = Status::Unknown(Missing::because("denied").into());
    unknown.evidence = Default::default();
    unknown
}

fn looked() -> Looked<'static> {
    Looked {
        checks: BTreeSet::from([CHECK]),
        accounts: BTreeSet::from(["111122223333"]),
        regions: BTreeSet::from(["eu-west-1"]),
        today: TODAY,
    }
}

/// The states of a file's exceptions for these findings, and the ids of those that are covered.
fn states(text: &str, findings: &[Finding]) -> (Vec<&'static str>, Vec<String>) {
    let (exceptions, told) = read_text(text);
    assert_eq!(told, "");
    let applied = apply(&exceptions, findings.to_vec(), &looked());
    assert_eq!(applied.findings.len() + applied.suppressed.len(), findings.len(), "nothing is lost");
    let covered = applied.suppressed.iter().map(|one| one.finding.resource.as_ref().unwrap().id.to_string());
    (applied.uses.iter().map(|one| one.state.as_str()).collect(), covered.collect())
}

fn entry(more: &str) -> String {
    format!("[[exception]]\ncheck = \"{CHECK}\"\nreason = \"a load test\"\nexpires = 2026-12-31\n{more}\n")
}

/// A value, as reports show it.
const NARROW: &str = r#"value = ["ingress.ports = 22", "ingress.sources = 203.0.113.0/24"]"#;

#[test]
fn an_exception_covers_exactly_its_value() {
    let narrow = || finding("sg-1", "", "203.0.113.0/24");
    let text = entry(&format!("resource = \"sg-1\"\n{NARROW}"));
    assert_eq!(
        states(&text, &[narrow(), finding("sg-2", "", "203.0.113.0/24")]),
        (vec!["applied"], vec!["sg-1".into()])
    );
    for other in ["0.0.0.0/0", "203.0.113.0/25", "203.0.112.0/23"] {
        assert_eq!(states(&text, &[finding("sg-1", "", other)]), (vec!["differs"], vec![]), "{other}");
    }
    // It has a value, and the exception names none.
    assert_eq!(states(&entry("resource = \"sg-1\""), &[narrow()]), (vec!["differs"], vec![]));
    let any = entry("resource = \"sg-1\"\nany_value = true");
    assert_eq!(states(&any, &[finding("sg-1", "", "0.0.0.0/0")]), (vec!["applied"], vec!["sg-1".into()]));
}

#[test]
fn positions_and_ages_may_change() {
    let text = entry(&format!("resource = \"sg-1\"\n{NARROW}"));
    let mut moved = finding("sg-1", "", "203.0.113.0/24");
    let evidence = std::sync::Arc::make_mut(&mut moved.evidence);
    evidence[0].fact = "ingress[7].sources".into();
    evidence[3].value = "413".to_owned();
    evidence[2].value = "eni-2".to_owned();
    assert_eq!(states(&text, &[moved]).0, ["applied"]);
}

#[test]
fn it_is_about_one_finding_or_none() {
    let two = [finding("sg-1", "22", "203.0.113.0/24"), finding("sg-1", "3389", "203.0.113.0/24")];
    assert_eq!(states(&entry("resource = \"sg-1\"\nany_value = true"), &two), (vec!["ambiguous"], vec![]));
    let print = two[1].fingerprint.to_string();
    let by_print = |digits: usize| entry(&format!("finding = \"{}\"\nany_value = true", &print[..digits]));
    assert_eq!(states(&by_print(8), &two).0, ["applied"]);
    assert_eq!(states(&by_print(64), &two).0, ["applied"]);
    // The second about the same covers nothing.
    let both = format!("{}{}", by_print(8), by_print(64));
    assert_eq!(states(&both, &two), (vec!["applied", "unused"], vec!["sg-1".into()]));
}

#[test]
fn after_its_day_it_covers_nothing() {
    let of = |day: &str| {
        let text = entry(&format!("resource = \"sg-1\"\n{NARROW}")).replace("2026-12-31", day);
        states(&text, &[finding("sg-1", "", "203.0.113.0/24")])
    };
    assert_eq!(of("2026-11-25").0, ["applied"], "its last day is one of its days");
    assert_eq!(of("2026-11-24"), (vec!["expired"], vec![]));
}

#[test]
fn what_covers_nothing_is_unused_only_if_that_is_known() {
    let of = |more: &str, findings: &[Finding]| states(&entry(more), findings).0;
    assert_eq!(of("resource = \"sg-9\"", &[finding("sg-1", "", "")]), ["unused"]);
    assert_eq!(of("resource = \"sg-9\"", &[unknown("sg-1")]), ["unused"], "another resource is unknown");
    assert_eq!(of("resource = \"sg-1\"", &[unknown("sg-1")]), ["unknown"]);
    let mut listing = unknown("sg-1");
    listing.resource = None;
    assert_eq!(of("resource = \"sg-9\"", &[listing]), ["unknown"], "it may be among what was not listed");
    let arn = "resource = \"arn:aws:ec2:us-east-1:111122223333:security-group/sg-9\"";
    assert_eq!(of(arn, &[]), ["not_looked"], "its region was not looked at");
    assert_eq!(of("resource = \"sg-9\"\naccount = \"444455556666\"", &[]), ["not_looked"]);
    let other = entry("resource = \"sg-9\"").replace(CHECK, "another-check");
    assert_eq!(states(&other, &[]).0, ["not_looked"], "its check did not run");
}

#[test]
fn what_is_unknown_is_covered_by_its_own_fingerprint_alone() {
    let unknown = unknown("sg-1");
    assert_eq!(states(&entry("resource = \"sg-1\"\nany_value = true"), std::slice::from_ref(&unknown)).0, ["unknown"]);
    let text = entry(&format!("finding = \"{}\"", unknown.fingerprint));
    assert_eq!(states(&text, &[unknown]), (vec!["applied"], vec!["sg-1".into()]));
}

/// A verdict that is covered in part counts as it did.
#[test]
fn tallies_count_a_resource_once() {
    let two = vec![finding("sg-1", "22", "203.0.113.0/24"), finding("sg-1", "3389", "203.0.113.0/24")];
    let (check, account): (Arc<str>, _) = (CHECK.into(), "111122223333".parse().unwrap());
    let after = |text: &str, findings: &[Finding], before: Tally| {
        let applied = apply(&read_text(text).0, findings.to_vec(), &looked());
        let mut tallies = Tallies::default();
        *tallies.entry(&check, &account) = before;
        applied.recount(&mut tallies);
        tallies.get_mut(&check, &account).copied().unwrap()
    };
    let one = |finding: &Finding| entry(&format!("finding = \"{}\"\nany_value = true", finding.fingerprint));
    let before = Tally { fail: 3, unknown: 1, pass: 5, ..Tally::default() };
    assert_eq!(after(&one(&two[0]), &two, before), before, "the other finding still fails it");
    let both = format!("{}{}", one(&two[0]), one(&two[1]));
    assert_eq!(after(&both, &two, before), Tally { fail: 2, suppressed: 1, ..before });
    let with_unknown = [two[0].clone(), unknown("sg-1")];
    assert_eq!(after(&one(&two[0]), &with_unknown, before), Tally { fail: 2, unknown: 2, ..before });
}

#[test]
fn what_is_added_leaves_the_rest_as_it_is() {
    let text = "# Agreed in NET-1.\nschema = 1   # the first form\n\n[[exception]]\n# for the test\nexpires = 2026-12-31 \
                # soon\ncheck = 'a-check'\nresource = \"sg-1\"\nreason = \"r\"\n# the end\n";
    let entries = [
        ("check", Written::Text("b-check".into())),
        ("value", Written::Texts(vec!["x = 1".into(), "y = \"2\"\n".into()])),
        ("expires", Written::Day(2026, 12, 31)),
        ("permanent", Written::Bool(true)),
    ];
    let added = with_table(text, "exception", &entries).unwrap();
    let new = "\n[[exception]]\ncheck = \"b-check\"\nvalue = [\n    \"x = 1\",\n    \"\"\"\ny = \"2\"\n\"\"\",\n]\n\
               expires = 2026-12-31\npermanent = true\n";
    assert_eq!(added, format!("{text}{new}"), "only lines at the end are new");
    assert!(with_table("exception = 1", "exception", &[]).is_err());
    assert!(with_table("= 1", "exception", &[]).is_err());
}

/// A line of a list, however the list stood.
#[test]
fn a_line_that_is_added_is_one_line() {
    let entries =
        [("item", Written::Text("0123456789ab".into())), ("value", Written::Texts(vec!["+ a".into(), "- b".into()]))];
    let line = "    { item = \"0123456789ab\", value = [\"+ a\", \"- b\"] },\n";
    let first =
        with_line("# ours\nschema = 1 # one\n\n[[exception]]\ncheck = \"c\" # why\n", "drift", &entries).unwrap();
    assert_eq!(
        first,
        format!("# ours\nschema = 1 # one\n\ndrift = [\n{line}]\n\n[[exception]]\ncheck = \"c\" # why\n")
    );
    let second = with_line(&first, "drift", &entries).unwrap();
    assert_eq!(second, first.replacen(line, &format!("{line}{line}"), 1));
    let commented = first.replace("] },\n", "] }, # until the move\n");
    let third = with_line(&commented, "drift", &entries).unwrap();
    assert_eq!(third, commented.replacen("# until the move\n", &format!("# until the move\n{line}"), 1));
    let tables = with_line("[[drift]]\nitem = \"x\"\n", "drift", &entries).unwrap();
    assert!(
        tables.ends_with("[[drift]]\nitem = \"0123456789ab\"\nvalue = [\n    \"+ a\",\n    \"- b\",\n]\n"),
        "{tables}"
    );
    assert!(with_line("drift = 1", "drift", &entries).is_err());
}

fn edits() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let pieces =
        ["[[exception]]\n", "exception = 3\n", "\"\"\"", "expires = 9999-12-31", "value = [1]", "\u{0}", "é", "="];
    let piece =
        prop_oneof!["[\\PC\n\"'\\[\\]{}=.,#0-9]{0,5}", prop::sample::select(pieces.to_vec()).prop_map(str::to_owned)];
    prop::collection::vec((0usize..900, 0usize..30, piece), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_edit_makes_the_reader_panic(edits in edits()) {
        let mut text = format!("{}{}", entry(&format!("resource = \"sg-1\"\n{NARROW}")), entry("finding = \"0123456789ab\""));
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
        let (exceptions, diagnostics) = read(SourceFile::new("exceptions.toml", text.as_str()), TODAY);
        let _ = render(&diagnostics, true);
        let _ = apply(&exceptions, vec![finding("sg-1", "", "203.0.113.0/24")], &looked());
        // What can be read can be added to, and reads the same besides.
        if diagnostics.is_empty() {
            let added = with_table(&text, "exception", &[("check", Written::Text("c".into())), ("reason", Written::Text("r".into())),
                ("resource", Written::Text("sg-77".into())), ("expires", Written::Day(2026, 12, 1))]).unwrap();
            let (more, told) = read(SourceFile::new("exceptions.toml", added.as_str()), TODAY);
            prop_assert!(told.is_empty(), "{}\n{added}", render(&told, false));
            prop_assert_eq!(more.len(), exceptions.len() + 1);
        }
    }
}
