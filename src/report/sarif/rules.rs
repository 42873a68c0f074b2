//! Checks as SARIF rules: texts, severities and tags within GitHub's limits.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::finding::Severity;
use crate::report::sanitize::{shorten, visible, visible_lines, visible_up_to};
use crate::triage::Rule;

use super::LONGEST_TEXT;
use super::model::{Configuration, Descriptor, Help, Text};

/// GitHub keeps ten tags of a rule.
const MOST_TAGS: usize = 10;
/// Help has no stated limit; a page of it is enough for anyone.
const LONGEST_HELP: usize = 10_000;

/// A check as the reporting descriptor of its results.
pub fn descriptor(rule: &Rule) -> Descriptor {
    let title = or(visible_up_to(rule.title.trim(), LONGEST_TEXT), &rule.id);
    let rationale = shorten(&visible_lines(rule.rationale.trim()), LONGEST_TEXT);
    Descriptor {
        id: visible_up_to(&rule.id, 255),
        name: Some(visible_up_to(&rule.id, 255)),
        full_description: Some(Text { text: or(rationale, &title) }),
        short_description: Text { text: title },
        help: Some(help(rule)),
        help_uri: rule.references.iter().find(|reference| is_web(reference)).map(|uri| encode(uri, URI)),
        default_configuration: Some(Configuration { level: level(rule.severity) }),
        properties: properties(rule),
    }
}

/// SARIF has three levels for five severities; `security-severity` has the rest.
pub fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "note",
    }
}

/// A path as a URI reference; GitHub refuses a file with an empty one.
pub fn uri(path: &str) -> String {
    if path.is_empty() {
        return "driftline.toml".to_owned();
    }
    let encoded = encode(path, PATH);
    // A first segment with a colon would be read as a scheme; `NON_ALPHANUMERIC` has encoded it.
    encoded.strip_prefix("./").map_or(encoded.clone(), str::to_owned)
}

/// Characters that stay in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Characters that stay in a whole URI, which is encoded already where it needs to be.
const URI: &AsciiSet = &PATH
    .remove(b':')
    .remove(b'?')
    .remove(b'#')
    .remove(b'&')
    .remove(b'=')
    .remove(b'%')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'@')
    .remove(b'!')
    .remove(b'(')
    .remove(b')');

fn encode(text: &str, keep: &'static AsciiSet) -> String {
    utf8_percent_encode(text, keep).to_string()
}

fn is_web(reference: &str) -> bool {
    reference.starts_with("https://") || reference.starts_with("http://")
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { visible_up_to(otherwise, LONGEST_TEXT) } else { text }
}

fn properties(rule: &Rule) -> BTreeMap<&'static str, Value> {
    // GitHub's bands: over 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low.
    let score = match rule.severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("3.0"),
        // A rule without one is shown by its level.
        Severity::Informational => None,
    };
    let mut tags = vec!["security".to_owned(), "aws".to_owned()];
    let services = rule.resource_types.iter().filter_map(|name| name.split("::").nth(1)).filter(|s| !s.is_empty());
    tags.extend(services.map(|service| visible_up_to(&service.to_ascii_lowercase(), 100)));
    let controls = rule
        .controls
        .iter()
        .flat_map(|(framework, ids)| ids.iter().map(move |id| visible_up_to(&format!("{framework}/{id}"), 100)));
    tags.extend(controls);
    let mut unique: Vec<String> = Vec::new();
    for tag in tags {
        if !unique.contains(&tag) {
            unique.push(tag);
        }
    }
    unique.truncate(MOST_TAGS);
    let mut properties = BTreeMap::from([("tags", json!(unique)), ("precision", json!("high"))]);
    if let Some(score) = score {
        properties.insert("security-severity", json!(score));
    }
    properties
}

/// The same text twice: GitHub shows the Markdown, other readers may not.
fn help(rule: &Rule) -> Help {
    let rationale = visible_lines(rule.rationale.trim());
    let mend = visible_lines(rule.remediation.text.trim());
    let mut text = Vec::new();
    let mut markdown = Vec::new();
    for part in [&rationale, &mend].into_iter().filter(|part| !part.is_empty()) {
        text.push(part.clone());
        markdown.push(part.clone());
    }
    for (language, code) in [("sh", &rule.remediation.cli), ("hcl", &rule.remediation.terraform)] {
        let code = code.as_deref().map(str::trim).filter(|code| !code.is_empty()).map(visible_lines);
        if let Some(code) = code {
            markdown.push(format!("```{language}\n{}\n```", code.replace("```", "` ` `")));
            text.push(code);
        }
    }
    for reference in &rule.references {
        let shown = visible(reference);
        markdown.push(if is_web(reference) { format!("<{}>", encode(reference, URI)) } else { shown.to_string() });
        text.push(shown.into_owned());
    }
    if text.is_empty() {
        text.push(visible(&rule.id).into_owned());
        markdown.push(visible(&rule.id).into_owned());
    }
    Help { text: shorten(&text.join("\n\n"), LONGEST_HELP), markdown: shorten(&markdown.join("\n\n"), LONGEST_HELP) }
}
