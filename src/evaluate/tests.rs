use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::arn::{Partition, Region};
use crate::catalog::testing::good;
use crate::finding::Severity;
use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::resource::Resource;
use crate::text::SourceFile;

const NOW: &str = "2026-01-01T00:00:00Z";

fn scope(account: &str, region: &str) -> Scope {
    Scope {
        partition: Partition::Aws,
        account: account.parse().expect("an account"),
        region: region.parse::<Region>().expect("a region"),
    }
}

fn here() -> Scope {
    scope("111122223333", "eu-west-1")
}

/// An inventory in which these operations were read to their end, here.
fn inventory(complete: &[&str]) -> Inventory {
    let provenance = Provenance {
        tool_version: "0".to_owned(),
        taken_at: NOW.parse().expect("a time"),
        caller: None,
        source: "test".to_owned(),
        is_import: false,
    };
    let mut inventory = Inventory::new(provenance);
    for operation in complete {
        inventory.ledger.record(cell(here(), operation), Outcome::Complete);
    }
    inventory
}

fn cell(scope: Scope, operation: &str) -> Cell {
    Cell { scope, operation: operation.to_owned() }
}

fn denied() -> Outcome {
    Outcome::Gap(Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: false })
}

fn vpc(id: &str, default: bool, resolver: Option<bool>) -> Resource {
    Resource::deserialize_as(
        ResourceType::Vpc,
        serde_json::json!({ "VpcId": id, "IsDefault": default, "EnableDnsSupport": resolver, "CidrBlock": "10.0.0.0/16" }),
    )
    .expect("a VPC")
}

/// A catalogue of one real check of VPCs.
fn catalog(severity: &str, rest: &str) -> Catalog {
    let text = crate::catalog::testing::example(rest).text.replace("high", severity);
    let (catalog, diagnostics) = Catalog::parse([SourceFile::new("checks/test/example.toml", text)]);
    assert!(diagnostics.is_empty(), "{}", crate::text::render(&diagnostics, false));
    catalog
}

fn resolver_off() -> Catalog {
    catalog(
        "high",
        "[when]\nfact = \"is_default\"\neq = false\n[fail]\nwhere = { fact = \"enable_dns_support\", eq = false }\nmessage = \"{name} has no resolver\"\n",
    )
}

fn run(catalog: &Catalog, inventory: &Inventory) -> Judgement {
    judge(catalog, &Model::new(inventory, NOW.parse::<Timestamp>().expect("a time")), Options::default())
}

/// Status, resource and message of each finding.
fn told(judgement: &Judgement) -> Vec<(&str, Option<&str>, String)> {
    let told = judgement.findings.iter();
    told.map(|f| (f.status.as_str(), f.resource.as_ref().map(|r| r.id.as_str()), f.message.to_string())).collect()
}

fn tally(judgement: &Judgement) -> Tally {
    judgement.tallies.iter().fold(Tally::default(), |mut all, (_, _, one)| {
        all.add(one);
        all
    })
}

#[test]
fn every_verdict_is_counted_and_failures_and_unknowns_are_told() {
    let mut inventory = inventory(&["ec2:DescribeVpcs"]);
    inventory.ledger.record(cell(here(), "ec2:DescribeVpcAttribute"), denied());
    inventory.insert(here(), vpc("vpc-bad", false, Some(false)));
    inventory.insert(here(), vpc("vpc-default", true, Some(false)));
    inventory.insert(here(), vpc("vpc-good", false, Some(true)));
    inventory.insert(here(), vpc("vpc-open", false, None));
    let judgement = run(&resolver_off(), &inventory);
    assert_eq!(
        told(&judgement),
        [
            ("fail", Some("vpc-bad"), "vpc-bad has no resolver".to_owned()),
            (
                "unknown",
                Some("vpc-open"),
                "vpc-open cannot be judged: ec2:DescribeVpcAttribute AccessDenied: no".to_owned()
            ),
        ]
    );
    assert_eq!(tally(&judgement), Tally { fail: 1, unknown: 1, pass: 1, skip: 1, suppressed: 0 });
    let shown = &judgement.findings[0].evidence;
    assert_eq!(shown.len(), 1);
    assert_eq!(
        (&*shown[0].fact, shown[0].value.as_str(), &*shown[0].condition),
        ("enable_dns_support", "false", "eq false")
    );
    let Status::Unknown(missing) = &judgement.findings[1].status else { panic!("it is unknown") };
    assert_eq!(missing.cells.first(), Some(&cell(here(), "ec2:DescribeVpcAttribute")));
}

#[test]
fn a_listing_that_is_not_complete_is_never_a_pass() {
    for (record, why) in
        [(Some(denied()), "ec2:DescribeVpcs AccessDenied: no"), (None, "ec2:DescribeVpcs was not read")]
    {
        // Something else was read here, so the region was looked at.
        let mut inventory = inventory(&["ec2:DescribeSubnets"]);
        if let Some(outcome) = record {
            inventory.ledger.record(cell(here(), "ec2:DescribeVpcs"), outcome);
        }
        let judgement = run(&resolver_off(), &inventory);
        let message = format!("not every AWS::EC2::VPC of 111122223333 eu-west-1 is known: {why}");
        assert_eq!(told(&judgement), [("unknown", None, message)]);
        assert_eq!(tally(&judgement), Tally { unknown: 1, ..Tally::default() });
    }
}

#[test]
fn an_account_of_which_no_region_was_read_is_unknown() {
    let mut inventory = inventory(&[]);
    inventory.ledger.record(cell(scope("444455556666", "global"), "iam:ListUsers"), Outcome::Complete);
    let judgement = run(&resolver_off(), &inventory);
    assert_eq!(judgement.findings.len(), 1);
    let message = judgement.findings[0].message.to_string();
    assert!(message.ends_with("ec2:DescribeVpcs was read in no region of the account"));
}

#[test]
fn nothing_to_look_at_is_a_skip() {
    let judgement = run(&resolver_off(), &inventory(&["ec2:DescribeVpcs"]));
    assert_eq!(judgement.findings, []);
    assert_eq!(tally(&judgement), Tally { skip: 1, ..Tally::default() });
}

#[test]
fn findings_are_ordered_and_their_fingerprints_differ() {
    let mut inventory = inventory(&["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"]);
    for id in ["vpc-2", "vpc-1"] {
        inventory.insert(here(), vpc(id, true, None));
    }
    let fail = "[fail]\nwhere = { fact = \"is_default\", eq = true }\nmessage = \"{id}\"\n";
    let low = catalog("low", fail);
    let text = crate::catalog::testing::example(fail).text.replace("\"example\"", "\"worse\"");
    let (high, _) = Catalog::parse([SourceFile::new("checks/test/worse.toml", text)]);
    let judgement = run(&low.overlay(high), &inventory);
    let order: Vec<_> = judgement.findings.iter().map(|f| (f.severity, &*f.rule, f.message.to_string())).collect();
    let order: Vec<_> = order.iter().map(|(severity, rule, message)| (*severity, *rule, message.as_str())).collect();
    assert_eq!(
        order,
        [
            (Severity::High, "worse", "vpc-1"),
            (Severity::High, "worse", "vpc-2"),
            (Severity::Low, "example", "vpc-1"),
            (Severity::Low, "example", "vpc-2"),
        ]
    );
    let fingerprints: BTreeMap<_, _> = judgement.findings.iter().map(|f| (&f.fingerprint, ())).collect();
    assert_eq!(fingerprints.len(), 4);
}

#[test]
fn passes_are_told_if_asked_for() {
    let mut inventory = inventory(&["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"]);
    inventory.insert(here(), vpc("vpc-good", false, Some(true)));
    let model = Model::new(&inventory, NOW.parse().expect("a time"));
    let judgement = judge(&resolver_off(), &model, Options { passes: true });
    assert_eq!(told(&judgement), [("pass", Some("vpc-good"), "vpc-good passes".to_owned())]);
    assert_eq!(judgement.findings[0].evidence[0].value, "true");
}

/// The verdict on one made-up resource with a list.
fn on_elements(resource: &str) -> verdict::Verdict {
    let catalog = good(&format!(
        r#"
[fail]
each          = "items"
where.all     = [
  {{ fact = "ports", intersects = [22] }},
  {{ not = {{ some = "parts", where = {{ fact = "^word", eq = "exempt" }} }} }},
  {{ fact = "^flag", eq = true }},
]
message       = "{{name}} {{word}} {{ports}} {{^flag}}"
discriminator = ["word"]
[[case]]
name     = "it"
expect   = "fail"
resource = {resource}
"#
    ));
    let check = catalog.checks().next().expect("one check");
    cases::run(&check.rules[0], &check.cases[0])
}

#[test]
fn elements_of_one_name_are_one_finding() {
    let verdict = on_elements(
        r#"{ flag = true, items = [{ word = "a", ports = 22, parts = [] }, { word = "b", ports = 80 }, { word = "a", ports = "1-99", parts = [] }] }"#,
    );
    let verdict::Verdict::Judged { failures, unknown: None } = verdict else { panic!("{verdict:?}") };
    assert_eq!(failures.len(), 1);
    assert_eq!(cases::message(&failures[0].message), "example a 22 true");
    assert_eq!(failures[0].discriminator, "1:a");
    let facts: Vec<&str> = failures[0].evidence.iter().map(|one| &*one.fact).collect();
    assert_eq!(facts, ["items[0].ports", "items[0].parts", "flag", "items[2].ports", "items[2].parts", "flag"]);
    assert_eq!(failures[0].evidence[1].condition.to_string(), "not (some parts where ^word eq exempt)");
}

#[test]
fn an_unknown_element_is_told_beside_failures() {
    let verdict = on_elements(
        r#"{ flag = true, items = [{ word = "a", ports = 22, parts = [] }, { word = "b", ports = { unknown = "why not" }, parts = [] }] }"#,
    );
    let verdict::Verdict::Judged { failures, unknown: Some(unknown) } = verdict else { panic!("{verdict:?}") };
    assert_eq!((failures.len(), unknown.missing.why.as_str()), (1, "why not"));
    assert_eq!(unknown.evidence[0].fact.to_string(), "items[1].ports");
    assert_eq!(unknown.evidence[0].value, "unknown (why not)");
}

#[test]
fn an_unknown_list_is_unknown_and_an_absent_one_passes() {
    let verdict = on_elements(r#"{ flag = true, items = { unknown = "denied" } }"#);
    assert_eq!(cases::outcome(&verdict), crate::catalog::Expect::Unknown);
    assert_eq!(cases::outcome(&on_elements("{ flag = true }")), crate::catalog::Expect::Pass);
}

#[test]
fn long_values_are_cut() {
    let blocks: Vec<String> = (0..20).map(|i| format!("\"10.{}.0.0/16\"", i * 2)).collect();
    let catalog = good(&format!(
        "[fail]\nwhere = {{ fact = \"sources\", is_empty = false }}\nmessage = \"{{sources}}\"\n[[case]]\nname = \"x\"\nexpect = \"fail\"\nresource = {{ sources = [{}] }}\n",
        blocks.join(", ")
    ));
    let check = catalog.checks().next().expect("one check");
    let verdict::Verdict::Judged { failures, .. } = cases::run(&check.rules[0], &check.cases[0]) else {
        panic!("it fails")
    };
    let message = cases::message(&failures[0].message);
    assert!(message.ends_with("10.14.0.0/16 and 12 more"), "{message}");
}

#[test]
fn lint_tells_wrong_cases_missing_cases_and_untested_conditions() {
    let lines = |rest: &str| crate::text::render(&lint(&good(rest)), false);
    let fail = "[fail]\nwhere = { all = [{ fact = \"flag\", eq = true }, { fact = \"word\", eq = \"a\" }] }\nmessage = \"{word}\"\n";
    let case = |expect: &str, resource: &str| {
        format!("[[case]]\nname = \"{expect}\"\nexpect = \"{expect}\"\nresource = {resource}\n")
    };
    let good_cases = case("fail", "{ flag = true, word = \"a\" }") + &case("pass", "{ flag = false, word = \"a\" }");
    insta::assert_snapshot!(lines(&format!("{fail}{good_cases}")), @r#"
    error: no case tests this condition
      --> checks/test/example.toml:11:48
       |
    11 | where = { all = [{ fact = "flag", eq = true }, { fact = "word", eq = "a" }] }
       |                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^ every case comes out the same without it
       |
       = help: add a case whose verdict depends on it
    "#);
    insta::assert_snapshot!(
        lines(&format!("{fail}{}", case("pass", "{ flag = true, word = \"a\" }"))), @r#"
    error: the check has no case that expects `fail`
     --> checks/test/example.toml:3:6
      |
    3 | id = "example"
      |      ^^^^^^^^^
      |
      = help: show a resource that has what the check looks for

    error: case `pass` expects `pass`, and `AWS::EC2::VPC` has `fail`
      --> checks/test/example.toml:13:1
       |
    13 | [[case]]
       | ^^^^^^^^
       |
       = help: it fails because `flag` is true (eq true), `word` is a (eq a)
    "#);
    insta::assert_snapshot!(
        lines("[fail]\nwhere = { fact = \"at\", older_than_days = 1 }\nmessage = \"{at}\"\n"), @r#"
    error: the check has no case that expects `fail`
     --> checks/test/example.toml:3:6
      |
    3 | id = "example"
      |      ^^^^^^^^^
      |
      = help: show a resource that has what the check looks for

    error: the check has no case that expects `pass`
     --> checks/test/example.toml:3:6
      |
    3 | id = "example"
      |      ^^^^^^^^^
      |
      = help: show a resource that is as it should be

    error: the check has no case that expects `unknown`
     --> checks/test/example.toml:3:6
      |
    3 | id = "example"
      |      ^^^^^^^^^
      |
      = help: its facts rest on `ec2:DescribeVpcAttribute`, which may be denied
    "#);
    let whole = good_cases + &case("pass", "{ flag = true, word = \"b\" }");
    assert_eq!(lines(&format!("{fail}{whole}")), "");
}
