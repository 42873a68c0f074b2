//! What a catalogue's own tests say of it.

use crate::catalog::{Catalog, Check, Expect};
use crate::evaluate::{run_cases, untested_conditions};
use crate::text::{Diagnostic, sort};

/// Every case that does not come out as it says, every condition that no case
/// tests, and every verdict that a check can have and shows no case of.
pub fn lint(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = catalog.checks().flat_map(of_check).collect();
    sort(&mut diagnostics);
    diagnostics
}

fn of_check(check: &Check) -> Vec<Diagnostic> {
    let wrong: Vec<Diagnostic> = run_cases(check).into_iter().filter_map(|result| result.mistake).collect();
    let lacking = lacking_cases(check);
    // Until the cases are right and complete, what they do not test is no news.
    let untested = if wrong.is_empty() && lacking.is_empty() { untested_conditions(check) } else { Vec::new() };
    wrong.into_iter().chain(lacking).chain(untested).collect()
}

fn lacking_cases(check: &Check) -> Vec<Diagnostic> {
    let has = |expect: Expect| check.cases.iter().any(|case| case.expect == expect);
    let mut lacking = Vec::new();
    let mut lacks = |expect: Expect, why: &str| {
        let message = format!("the check has no case that expects `{expect}`");
        lacking.push(Diagnostic::error(check.source(), check.span(), message).help(why.to_owned()));
    };
    if !has(Expect::Pass) {
        lacks(Expect::Pass, "show a resource that is as it should be");
    }
    if !has(Expect::Fail) {
        lacks(Expect::Fail, "show a resource that has what the check looks for");
    }
    let unread: std::collections::BTreeSet<&str> =
        check.rules.iter().flat_map(|rule| rule.operations.iter().copied()).collect();
    if !unread.is_empty() && !has(Expect::Unknown) {
        let why = format!("its facts rest on {}, which may be denied", crate::text::list(unread));
        lacks(Expect::Unknown, &why);
    }
    if check.rules.iter().any(|rule| rule.when.is_some()) && !has(Expect::Skip) {
        lacks(Expect::Skip, "it has a `[when]`: show a resource that it does not apply to");
    }
    lacking
}
