//! `driftline checks new`: a file that loads and whose cases come out, with what its author has to say left open.

use std::path::Path;

use crate::catalog::{Check, CheckId};
use crate::cli::GlobalArgs;
use crate::model::{Field, Kind, facts};
use crate::resource::ResourceType;
use crate::text::{Diagnostic, did_you_mean};

use super::{Stop, exit, files, terminal};

/// Of check files, as editors read it.
pub(super) const SCHEMA: &str = include_str!("../../schemas/check.schema.json");

/// The schema's name in a folder of checks.
const SCHEMA_FILE: &str = "check.schema.json";

/// What stands where the author has to say something.
const OPEN: &str = "TODO";

pub(super) fn write(global: &GlobalArgs, id: &str, resource_type: &str, folder: &Path) -> Result<u8, Stop> {
    let id: CheckId = id.parse().map_err(|error: crate::catalog::CheckIdError| Stop::usage(error.to_string()))?;
    let Some(of) = ResourceType::from_name(resource_type) else {
        let near = did_you_mean(resource_type, ResourceType::ALL.iter().map(|of| of.name()));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Stop::usage(format!("`{resource_type}` is not a resource type that is read{near}")));
    };
    let service = of.name().split("::").nth(1).filter(|service| !service.is_empty()).unwrap_or("account");
    let below = folder.join(service.to_ascii_lowercase());
    let path = below.join(format!("{id}.toml"));
    if path.exists() {
        return Err(Stop::usage(format!("`{}` is there already", path.display())));
    }
    let text = skeleton(&id, of);
    files::make_folder(&below)?;
    let schema = folder.join(SCHEMA_FILE);
    if !schema.exists() {
        files::write_whole(&schema, |out| out.write_all(SCHEMA.as_bytes()))?;
    }
    files::write_whole(&path, |out| out.write_all(text.as_bytes()))?;
    terminal::note(
        global,
        &format!("new check: {} (fill in every {OPEN}, then `driftline checks test`)", path.display()),
    );
    Ok(exit::CLEAN)
}

/// A condition on a fact, and values that make it true and false.
struct Example {
    condition: &'static str,
    fails: &'static str,
    passes: &'static str,
}

fn example(kind: Kind) -> Option<Example> {
    let (condition, fails, passes) = match kind {
        Kind::Bool => ("eq = true", "true", "false"),
        Kind::Int => ("gt = 10", "11", "10"),
        Kind::Text => ("eq = \"x\"", "\"x\"", "\"y\""),
        Kind::Texts => ("contains = [\"x\"]", "[\"x\"]", "[\"y\"]"),
        Kind::Time => ("older_than_days = 90", "2025-01-01T00:00:00Z", "2025-12-31T00:00:00Z"),
        Kind::Ips => ("intersects = [\"10.0.0.0/8\"]", "[\"10.1.0.0/16\"]", "[\"192.0.2.0/24\"]"),
        Kind::Ports => ("intersects = [22]", "[22]", "[443]"),
        Kind::List(_) => return None,
    };
    Some(Example { condition, fails, passes })
}

fn skeleton(id: &CheckId, of: ResourceType) -> String {
    let table = facts::table(of);
    // The simplest fact there is: an author has it replaced in no time.
    let rank = |field: &Field| match field.kind {
        Kind::Bool => 0,
        Kind::Text => 1,
        Kind::Int => 2,
        _ => 3,
    };
    let facts = table.iter().enumerate().filter_map(|(index, field)| Some((index, field, example(field.kind)?)));
    let first = facts.min_by_key(|(index, field, _)| (rank(field), *index));
    let name = of.name();
    let mut text = format!(
        r#"#:schema ../{SCHEMA_FILE}
schema = 1

[check]
id            = "{id}"
title         = "{OPEN}: what was found, such as `Bucket is open to everyone`"
severity      = "medium"
resource_type = "{name}"
since         = "{OPEN}"
references    = []
tags          = []
rationale     = """
{OPEN}: what somebody can do where this is found."""
# false_positives = "Where it fails and nothing is wrong, and how to tell."

[check.remediation]
text = "{OPEN}: what to do about it."
# cli            = "aws ..."
# terraform      = ""
# cloudformation = ""
# console        = ""
# verify         = ""

"#
    );
    let Some((index, field, Example { condition, fails, passes })) = first else {
        return text + "[fail]\nwhere   = {}\nmessage = \"\"\n";
    };
    let fact = field.name;
    text.push_str("# The facts there are to ask for:\n");
    for field in &table {
        text.push_str(&format!("#   {} ({}): {}\n", field.name, field.kind.word(), field.doc));
    }
    let case = |name: &str, expect: &str, value: &str| {
        format!("\n[[case]]\nname     = \"{name}\"\nexpect   = \"{expect}\"\nresource = {{ {fact} = {value} }}\n")
    };
    text.push_str(&format!(
        "[fail]\nwhere   = {{ fact = \"{fact}\", {condition} }}\nmessage = \"{{name}} has {fact} {{{fact}}}\"\n"
    ));
    text.push_str(&case("what is looked for", "fail", fails));
    text.push_str(&case("as it should be", "pass", passes));
    if !facts::operations(of, index).is_empty() {
        text.push_str(&case("it could not be read", "unknown", "{ unknown = \"AccessDenied\" }"));
    }
    text
}

/// What the author of a new check has left open.
pub(super) fn unfilled(check: &Check) -> Vec<Diagnostic> {
    let texts = [
        ("title", check.title.as_str()),
        ("since", &check.since),
        ("rationale", &check.rationale),
        ("remediation.text", &check.remediation.text),
    ];
    texts
        .into_iter()
        .filter(|(_, text)| text.starts_with(OPEN))
        .map(|(key, _)| Diagnostic::error(check.source(), check.span(), format!("`{key}` is still to be written")))
        .collect()
}
