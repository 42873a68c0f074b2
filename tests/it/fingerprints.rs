//! A finding's fingerprint is its alone: within a report none is there twice, whatever was found.

use std::collections::BTreeMap;

use driftline::catalog::Catalog;
use driftline::evaluate::{self, Options};
use driftline::finding::{Finding, Fingerprint, Status};
use driftline::inventory::{Cell, Gap, Inventory, Outcome, Reason};
use driftline::model::{Model, facts};
use driftline::resource::ResourceType;
use driftline::text::{SourceFile, render};
use proptest::prelude::*;
#[cfg(feature = "aws")]
use serde_json::Value;

use crate::drift::world::{Chance, organization};

/// Of findings as they are judged.
#[track_caller]
pub fn assert_distinct<'f>(findings: impl IntoIterator<Item = &'f Finding>) {
    let mut seen: BTreeMap<Fingerprint, &Finding> = BTreeMap::new();
    for finding in findings {
        if let Some(other) = seen.insert(finding.fingerprint, finding) {
            panic!("one fingerprint for two findings:\n{finding:#?}\n{other:#?}");
        }
    }
}

/// Of findings as a JSON report has them.
#[cfg(feature = "aws")]
#[track_caller]
pub fn assert_distinct_in(report: &Value) {
    let mut seen: BTreeMap<&str, &Value> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        if let Some(other) = seen.insert(finding["fingerprint"].as_str().unwrap(), finding) {
            panic!("one fingerprint for two findings:\n{finding:#}\n{other:#}");
        }
    }
}

fn judge(catalog: &Catalog, inventory: &Inventory) -> Vec<Finding> {
    let model = Model::new(inventory, inventory.provenance.taken_at);
    evaluate::judge(catalog, &model, Options { passes: true }).findings
}

/// For each type a check that everything of it fails.
fn everything_fails() -> Catalog {
    let mut sources = Vec::new();
    for (number, of) in ResourceType::ALL.iter().enumerate() {
        let Some(fact) = facts::table(*of).into_iter().next() else { continue };
        let (id, fact) = (format!("everything-{number}"), fact.name);
        let either =
            format!("{{ any = [{{ fact = \"{fact}\", exists = true }}, {{ fact = \"{fact}\", exists = false }}] }}");
        let text = format!(
            "schema = 1\n[check]\nid = \"{id}\"\ntitle = \"Everything of a type\"\nseverity = \"low\"\n\
             resource_type = \"{}\"\nsince = \"0.1.0\"\nreferences = []\nrationale = \"A test.\"\n\
             remediation = {{ text = \"None.\" }}\n[fail]\nwhere = {either}\nmessage = \"it is there\"\n",
            of.name()
        );
        sources.push(SourceFile::new(format!("{id}.toml"), text));
    }
    let (catalog, wrong) = Catalog::parse(sources);
    let errors: Vec<_> = wrong.into_iter().filter(|one| one.is_error()).collect();
    assert!(errors.is_empty(), "{}", render(&errors, false));
    catalog
}

fn inventory(chance: &Chance, denied: &[usize]) -> Inventory {
    let mut inventory = organization(chance).inventory();
    let cells: Vec<Cell> = inventory.ledger.cells().map(|(cell, _)| cell).collect();
    for at in denied {
        let gap = Gap { reason: Reason::AccessDenied, message: "no".to_owned(), partial: at % 2 == 0 };
        inventory.ledger.record(cells[at % cells.len()].clone(), Outcome::Gap(gap));
    }
    inventory
}

#[test]
fn each_resource_of_each_type_is_told_apart() {
    let inventory = inventory(&Chance { accounts: 3, rules: vec![(80, 8, 1)], actions: vec![0, 9, 20] }, &[]);
    let catalog = everything_fails();
    assert!(catalog.len() > 50, "{}", catalog.len());
    let findings = judge(&catalog, &inventory);
    let failed = findings.iter().filter(|finding| finding.status == Status::Fail).count();
    assert!(failed > inventory.len() / 2, "{failed} of {}", inventory.len());
    assert_distinct(&findings);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_two_findings_of_the_catalogue_look_alike(
        rules in proptest::collection::vec((1..9000u16, any::<u8>(), any::<u8>()), 0..4),
        actions in proptest::collection::vec(any::<u8>(), 0..4),
        accounts in 1..=3usize,
        denied in proptest::collection::vec(any::<usize>(), 0..30),
    ) {
        let inventory = inventory(&Chance { accounts, rules, actions }, &denied);
        let findings = judge(&Catalog::embedded(), &inventory);
        prop_assert!(!findings.is_empty());
        assert_distinct(&findings);
    }
}
