//! The checks that come with driftline hold what docs/checks.md promises.

use driftline::catalog::Catalog;
use driftline::evaluate::{lint, run_cases};
use driftline::text::{SourceFile, render};

#[test]
fn every_embedded_file_is_a_check() {
    let sources = Catalog::embedded_sources();
    let count = sources.len();
    let (catalog, diagnostics) = Catalog::parse(sources);
    assert!(diagnostics.is_empty(), "{}", render(&diagnostics, false));
    // Ids are unique and equal to the files' names, or the loader would have said so.
    assert_eq!(catalog.len(), count);
    assert_ne!(count, 0);
}

#[test]
fn every_case_comes_out_as_it_says_and_every_condition_is_needed() {
    let catalog = Catalog::embedded();
    let diagnostics = lint(&catalog);
    assert!(diagnostics.is_empty(), "{}", render(&diagnostics, false));
    assert!(catalog.checks().all(|check| !run_cases(check).is_empty()));
}

#[test]
fn files_are_in_folders_of_their_service() {
    for source in Catalog::embedded_sources() {
        let parts: Vec<&str> = source.path.split('/').collect();
        assert!(matches!(parts[..], ["checks", _, _]), "{} is not checks/SERVICE/ID.toml", source.path);
    }
}

#[test]
fn the_example_in_the_documentation_is_a_good_check() {
    let page = include_str!("../../docs/checks.md");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let id = example.split('"').nth(1).unwrap_or_default();
    let (catalog, mut diagnostics) = Catalog::parse([SourceFile::new(format!("docs/{id}.toml"), example)]);
    diagnostics.extend(lint(&catalog));
    assert!(diagnostics.is_empty() && catalog.len() == 1, "{}", render(&diagnostics, false));
}
