//! Any text in any field: every format stays what it is.

use proptest::prelude::*;
use quick_xml::events::Event;

use driftline::finding::{FileLocation, Status};
use driftline::inventory::Missing;
use driftline::report::{Format, Options};
use driftline::triage::Report;

use super::{sample, written, written_with};

/// The awkward report with one text in every field that holds one.
fn filled_with(text: &str) -> Report {
    let mut report = sample::awkward();
    report.identity.tool_version = text.to_owned();
    report.identity.source = text.to_owned();
    report.identity.catalog_sha256 = text.to_owned();
    report.identity.snapshot_sha256 = text.to_owned();
    report.identity.caller = Some(sample::any_arn(text));
    report.regions.push(text.to_owned());
    for account in report.accounts.values_mut() {
        account.name = Some(text.to_owned());
        account.organizational_unit = Some(text.to_owned());
    }
    let rules = std::mem::take(&mut report.rules);
    for (id, mut rule) in rules {
        rule.id = format!("{id}{text}");
        rule.title = text.to_owned();
        rule.rationale = text.to_owned();
        rule.path = text.to_owned();
        rule.line = 0;
        rule.resource_types = vec![text.to_owned()];
        rule.references = vec![text.to_owned(), format!("https://{text}")];
        rule.controls.insert(text.to_owned(), vec![text.to_owned()]);
        rule.remediation.text = text.to_owned();
        rule.remediation.cli = Some(format!("{text} {{id}} '{{name}}'"));
        rule.remediation.terraform = Some(text.to_owned());
        report.rules.insert(rule.id.clone(), rule);
    }
    for finding in &mut report.findings {
        finding.rule = format!("{}{text}", finding.rule).into();
        finding.message = text.to_owned().into();
        finding.location = FileLocation { path: text.into(), line: 0 }.into();
        for evidence in std::sync::Arc::make_mut(&mut finding.evidence) {
            evidence.fact = text.into();
            evidence.value = text.to_owned();
            evidence.condition = text.into();
        }
        if let Some(resource) = &mut finding.resource {
            let resource = std::sync::Arc::make_mut(resource);
            resource.id = text.into();
            resource.name = Some(text.into());
            resource.resource_type = text.into();
            resource.arn = sample::any_arn(text);
        }
        if let Status::Unknown(missing) = &mut finding.status {
            *missing = Missing { why: text.to_owned(), cells: missing.cells.clone() }.into();
        }
    }
    for gap in &mut report.coverage.gaps {
        gap.cell.operation = text.to_owned();
        gap.gap.message = text.to_owned();
        gap.checks = vec![text.to_owned()];
    }
    sample::tally(&mut report, &[]);
    report
}

fn is_well_formed(xml: &str) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    attribute.map_err(|error| error.to_string())?;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    // quick-xml does not look at characters; XML 1.0 does.
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    match xml.chars().find(|c| !legal(*c)) {
        Some(c) => Err(format!("the character U+{:04X} is not allowed in XML", c as u32)),
        None => Ok(()),
    }
}

fn assert_survives(text: &str) {
    let report = filled_with(text);
    let junit = written(Format::Junit, &report);
    is_well_formed(&junit).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(junit.matches("<failure ").count(), 14, "{text:?}: cases were lost or invented");
    for format in [Format::Json, Format::Sarif] {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(&written(format, &report));
        parsed.unwrap_or_else(|error| panic!("{text:?}: {format}: {error}"));
    }
    let shown = written_with(Format::Text, &report, &Options { limit: None, ..Options::default() });
    let hostile = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!shown.contains(hostile), "{text:?} reaches the terminal");
}

#[test]
fn hostile_strings_in_every_field() {
    for name in sample::hostile_names() {
        assert_survives(&name);
    }
    assert_survives("");
    assert_survives("]]>");
    assert_survives("]]");
    assert_survives("&#0;&amp;<![CDATA[");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_every_field(text in proptest::collection::vec(any::<char>(), 1..40)) {
        assert_survives(&text.into_iter().collect::<String>());
    }

    #[test]
    fn any_markup_in_every_field(text in "[\\]\\[<>&;\"'!CDATA#x0-9{}()\\\\`\n\r\t \u{1b}\u{0}-]{1,30}") {
        assert_survives(&text);
    }
}
