//! The JSON schemas that editors complete TOML files from: generated from the
//! tables that the readers use. DRIFTLINE_UPDATE=1 writes them anew.
//!
//! They help with names and shapes while a file is written; what fits what is
//! the loader's to say.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use driftline::catalog::{ALL_OPERATORS, Catalog, Expect};
use driftline::config::OnUnknown;
use driftline::finding::Severity;
use driftline::model::{Field, Kind, facts};
use driftline::resource::ResourceType;

use crate::golden::current;
use crate::schema::{mistake, mistakes};

const CHECKS: &str = "schemas/check.schema.json";
const SETTINGS: &str = "schemas/driftline.schema.json";
const EVERY_KEY: &str = include_str!("../fixtures/configs/every-key.toml");

fn pretty(schema: &Value) -> String {
    format!("{schema:#}\n")
}

#[test]
fn the_schema_of_checks_is_current() {
    current("schemas/check.schema.json", &pretty(&check_schema()));
}

#[test]
fn the_schema_of_driftline_toml_is_current() {
    current("schemas/driftline.schema.json", &pretty(&driftline_schema()));
}

#[test]
fn every_embedded_check_validates() {
    let sources = Catalog::embedded_sources();
    let values: Vec<Value> = sources.iter().map(|source| from_toml(&source.text)).collect();
    for (source, mistakes) in sources.iter().zip(mistakes(CHECKS, &values)) {
        assert_eq!(mistakes, None, "{}", source.path);
    }
}

#[test]
fn a_mistaken_check_does_not_validate() {
    let good = Catalog::embedded().get("vpc-public-address-space").expect("it is embedded").source().text.clone();
    assert_eq!(mistake(CHECKS, &from_toml(&good)), None);
    let edits = [
        ("severity ", "severty "),
        ("\"medium\"", "\"middle\""),
        ("AWS::EC2::VPC", "AWS::EC2::VCP"),
        ("public_at_least", "public_at_most"),
        ("expect   = \"pass\"", "expect   = \"passes\""),
        ("fact = \"is_default\"", "facts = \"is_default\""),
        ("is_default = true", "is_defualt = true"),
        ("schema = 1", "schema = \"1\""),
        ("[fail]", "[fails]"),
    ];
    let edited = edits.map(|(right, wrong)| {
        assert!(good.contains(right), "{right}");
        from_toml(&good.replacen(right, wrong, 1))
    });
    for ((_, wrong), mistakes) in edits.iter().zip(mistakes(CHECKS, &edited)) {
        assert!(mistakes.is_some(), "{wrong}");
    }
}

#[test]
fn driftline_toml_validates_with_every_key_and_no_other() {
    let whole = driftline_schema();
    let value = from_toml(EVERY_KEY);
    assert_eq!(mistake(SETTINGS, &value), None);
    // Each table has the keys that the file shows: none forgotten, none made up.
    for table in ["aws", "targets", "role", "scan", "limits"] {
        let of = |value: &Value| value.as_object().expect("a table").keys().cloned().collect::<BTreeSet<_>>();
        let mut shown = of(&value[table]);
        if table == "targets" {
            shown.insert("accounts".to_owned());
        }
        assert_eq!(of(&whole["properties"][table]["properties"]), shown, "[{table}]");
    }
    for (right, wrong) in [("fail_on", "failon"), ("\"high\"", "\"hihg\""), ("= 3600", "= 60"), ("[limits]", "[limit]")]
    {
        assert!(mistake(SETTINGS, &from_toml(&EVERY_KEY.replacen(right, wrong, 1))).is_some(), "{wrong}");
    }
    assert!(mistake(SETTINGS, &from_toml(include_str!("../fixtures/configs/mistakes.toml"))).is_some());
}

#[test]
fn the_documentation_shows_every_key() {
    let page = include_str!("../../docs/configuration.md");
    assert!(
        page.contains(EVERY_KEY),
        "docs/configuration.md shows tests/fixtures/configs/every-key.toml, word for word"
    );
}

/// As editors see a TOML file: times are strings.
fn from_toml(text: &str) -> Value {
    fn json(value: toml::Value) -> Value {
        match value {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(value) => value.into(),
            toml::Value::Datetime(time) => time.to_string().into(),
            toml::Value::Array(array) => array.into_iter().map(json).collect(),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect())
            }
        }
    }
    // Some of the texts are mistaken on purpose, but all are TOML.
    json(toml::Value::Table(text.replace("99999999999999999999", "1").parse().expect("it is TOML")))
}

fn strings(about: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": about })
}

/// A table with these keys and no others.
fn table(required: &[&str], about: &str, properties: Value) -> Value {
    json!({
        "type": "object", "description": about, "additionalProperties": false,
        "required": required, "properties": properties,
    })
}

fn severity(about: &str) -> Value {
    json!({ "enum": Severity::ALL.map(Severity::as_str), "description": about })
}

fn check_schema() -> Value {
    let types: Vec<&str> = ResourceType::ALL.iter().map(|of| of.name()).collect();
    let head = table(
        &["id", "title", "severity", "resource_type", "since", "rationale", "remediation"],
        "What the check is.",
        json!({
            "id": { "type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 100,
                "description": "Lower-case words joined by hyphens, the same as the file's name; names what was found." },
            "title": { "type": "string", "minLength": 1, "maxLength": 150, "not": { "pattern": "^[Ee]nsure" },
                "description": "What was found; does not start with `Ensure`." },
            "severity": severity("How bad it is."),
            "resource_type": {
                "anyOf": [{ "enum": types }, { "type": "array", "items": { "enum": types }, "minItems": 1, "uniqueItems": true }],
                "description": "The type of resource, by its CloudFormation name, or several.",
            },
            "since": text("The version of driftline that first had the check."),
            "rationale": text("Why it matters."),
            "remediation": table(&["text"], "How to mend it.", json!({
                "text": text("In words."), "cli": text("With the AWS CLI."), "terraform": text("With Terraform."),
                "cloudformation": text("With CloudFormation, in YAML."), "console": text("Where it is in the console, in words."),
                "verify": text("How to see that it is mended, in words."),
            })),
            "false_positives": text("Where the check fails and nothing is wrong, and how to tell."),
            "changes": strings("What became of the check since, `VERSION: what` each."),
            "controls": { "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } },
                "description": "Framework or peer to control ids, such as `cis-aws-7.0`." },
            "references": strings("Pages to read."),
            "profiles": strings("Names of sets of checks that it belongs to."),
            "tags": strings("Words to find it by."),
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:driftline:check:1:schema",
        "title": "A check of driftline",
        "description": "Generated by tests/it/schemas.rs. docs/checks.md is the reference.",
        "type": "object",
        "additionalProperties": false,
        "required": ["schema", "check", "fail"],
        "properties": {
            "schema": { "const": 1 },
            "check": head,
            "params": { "type": "object", "description": "Values that driftline.toml can set; `$name` stands for one." },
            "when": { "allOf": [{ "$ref": "#/$defs/condition" }],
                "description": "Where it is false the check does not apply; `reason` says why in one line." },
            "fail": table(&["where", "message"], "What makes the check fail.", json!({
                "each": text("A list of records: one finding for each element for which `where` holds."),
                "discriminator": { "type": "array", "items": { "type": "string" }, "minItems": 1,
                    "description": "The fields that tell one element from another from scan to scan." },
                "where": { "$ref": "#/$defs/condition" },
                "message": text("One line with places such as `{name}` and `{^fact}`."),
                "severity": { "type": "array", "description": "What makes a finding worse or milder; the first that is true counts.",
                    "items": table(&["is", "where"], "A severity, and where a finding has it.", json!({
                        "is": severity("Instead of the check's own."), "where": { "$ref": "#/$defs/condition" },
                    })) },
            })),
            "case": { "type": "array", "items": { "$ref": "#/$defs/case" } },
        },
        "allOf": types_of_cases(),
        "$defs": {
            "condition": condition(),
            "case": table(&["name", "expect", "resource"], "A made-up resource and the verdict on it.", json!({
                "name": text("What it shows."),
                "expect": { "enum": Expect::ALL.map(Expect::as_str) },
                "resource": { "type": "object", "description": "Facts by name; those not given are absent, `{ unknown = \"why\" }` could not be read." },
                "params": { "type": "object", "description": "Parameters of this case alone." },
                "fails": { "type": "integer", "minimum": 1, "description": "How many findings there are." },
                "message": text("The first finding's text; the resource is called `example`."),
                "severity": severity("The first finding's."),
                "now": text("The time that ages are counted to."),
                "types": { "type": "array", "items": { "enum": types }, "description": "The types it is about." },
            })),
        },
    })
}

/// For each type, the facts that a case of a check about it can have.
fn types_of_cases() -> Vec<Value> {
    let rule = |of: &ResourceType| {
        json!({
            "if": { "properties": { "check": { "properties": { "resource_type": { "const": of.name() } },
                "required": ["resource_type"] } }, "required": ["check"] },
            "then": { "properties": { "case": { "items": { "properties": { "resource": {
                "properties": known(&facts::table(*of)), "additionalProperties": false,
            } } } } } },
        })
    };
    ResourceType::ALL.iter().map(rule).collect()
}

fn known(fields: &[Field]) -> Value {
    let one = |field: &Field| {
        (field.name.to_owned(), json!({ "description": format!("{}: {}", field.kind.word(), field.doc) }))
    };
    let with_fields = |field: &Field| {
        let (name, mut schema) = one(field);
        if let (Kind::List(fields), Some(schema)) = (field.kind, schema.as_object_mut()) {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            schema.insert(
                "description".to_owned(),
                format!("{}, each with {}: {}", field.kind.word(), names.join(", "), field.doc).into(),
            );
        }
        (name, schema)
    };
    Value::Object(fields.iter().map(with_fields).collect::<Map<_, _>>())
}

/// A condition has one head; a predicate has one operator besides.
fn condition() -> Value {
    let inner = || json!({ "$ref": "#/$defs/condition" });
    let members = || json!({ "type": "array", "items": inner(), "minItems": 1 });
    let mut properties = json!({
        "all": members(),
        "any": members(),
        "not": inner(),
        "fact": text("A fact's name; `^` before it means that of the level around."),
        "except": { "description": "Address blocks that are taken out of the fact first." },
        "some": text("A list: one element meets `where`."),
        "every": text("A list: every element meets `where`."),
        "count": text("A list: so many elements meet `where`."),
        "where": inner(),
        "reason": text("Why the check does not apply, in one line; in `[when]` alone."),
    });
    let known = properties.as_object_mut().expect("an object");
    for word in ALL_OPERATORS {
        known.insert((*word).to_owned(), operator(word));
    }
    let operators: Vec<Value> = ALL_OPERATORS.iter().map(|word| json!({ "required": [word] })).collect();
    let heads = ["all", "any", "not", "fact", "some", "every", "count"];
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "oneOf": heads.map(|head| json!({ "required": [head] })),
        "if": { "required": ["fact"] },
        "then": { "oneOf": operators },
    })
}

fn operator(word: &str) -> Value {
    let reference = json!({ "type": "string", "pattern": "^\\$[^$]" });
    let of = |value: Value| json!({ "anyOf": [value, reference] });
    match word {
        "exists" | "is_empty" => of(json!({ "type": "boolean" })),
        "older_than_days" | "newer_than_days" | "count_gt" => of(json!({ "type": "integer", "minimum": 0 })),
        "in" | "not_in" => of(json!({ "type": "array" })),
        "public_at_least" => of(table(
            &["ipv4", "ipv6"],
            "At least as many public addresses as a block of this length has.",
            json!({
                "ipv4": of(json!({ "type": "integer", "minimum": 0, "maximum": 32 })),
                "ipv6": of(json!({ "type": "integer", "minimum": 0, "maximum": 128 })),
            }),
        )),
        _ => json!({ "type": ["string", "integer", "boolean", "array"] }),
    }
}

fn driftline_schema() -> Value {
    let limit =
        |most: u32, about: &str| json!({ "type": "integer", "minimum": 1, "maximum": most, "description": about });
    let accounts = |about: &str| json!({ "type": "array", "items": { "type": "string", "pattern": "^[0-9]{12}$" }, "description": about });
    let settings = |params: Value| {
        table(
            &[],
            "Changes of one check.",
            json!({
                "severity": severity("Instead of the check's own."),
                "disable": text("Why the check is not to run."),
                "params": params,
            }),
        )
    };
    let checks: Map<String, Value> = Catalog::embedded()
        .checks()
        .map(|check| {
            let params = table(
                &[],
                "Its parameters.",
                check.params.keys().map(|name| (name.clone(), json!({}))).collect::<Map<_, _>>().into(),
            );
            let mut schema = settings(params);
            schema["description"] = check.title.clone().into();
            (check.id.as_str().to_owned(), schema)
        })
        .collect();
    let of_checks = json!({
        "type": "object",
        "description": "Changes of single checks, by id.",
        "properties": checks,
        "additionalProperties": settings(json!({ "type": "object" })),
    });
    let mut profile = profile_keys();
    // The embedded checks' keys are written once, for `[checks]` itself.
    profile["checks"] = json!({ "type": "object", "additionalProperties": settings(json!({ "type": "object" })) });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:driftline:config:1:schema",
        "title": "driftline.toml",
        "description": "Generated by tests/it/schemas.rs. docs/configuration.md is the reference.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "schema": { "const": 1 },
            "aws": table(&[], "The caller.", json!({ "profile": text("The AWS profile.") })),
            "targets": table(&[], "What to read.", json!({
                "organization": { "type": "boolean", "description": "Every active account of the organization." },
                "accounts": accounts("These accounts."),
                "exclude_accounts": accounts("Accounts to leave out, whatever selected them."),
                "organizational_units": { "type": "array", "items": { "type": "string", "pattern": "^(ou-|r-)" },
                    "description": "Only accounts below these organizational units or roots." },
                "account_tags": { "type": "object", "additionalProperties": { "type": "string" },
                    "description": "Only accounts with all of these tags." },
                "regions": strings("Names and globs; all that are enabled if not given."),
                "exclude_regions": strings("Names and globs of regions to leave out."),
            })),
            "role": table(&["name"], "Assumed in each account.", json!({
                "name": text("The role's name, with its path if it has one, or its ARN."),
                "via": { "type": "array", "items": { "type": "string", "pattern": "^arn:" }, "description": "Roles to assume before that one, in order." },
                "external_id": text("The external id that the role asks for."),
                "session_name": text("The name of the sessions, as CloudTrail shows it."),
                "duration_seconds": { "type": "integer", "minimum": 900, "maximum": 43_200, "description": "Of a session." },
            })),
            "scan": table(&[], "What to judge, and what fails a run.", json!({
                "checks": strings("Only these checks, by id or glob."),
                "exclude_checks": strings("Not these checks, by id or glob."),
                "check_profiles": strings("Only checks of these profiles, with what they set."),
                "frameworks": strings("Only checks that answer controls of these frameworks, by id or glob."),
                "tags": strings("Only checks with one of these tags."),
                "check_directories": strings("Folders of your own checks, relative to this file."),
                "baselines": strings("Baselines that every scan compares with, files or folders, relative to this file."),
                "fail_on": severity("Findings of this severity or worse fail the run; `low` if not given."),
                "on_unknown": { "enum": OnUnknown::ALL.map(OnUnknown::as_str),
                    "description": "What a verdict that could not be told does to the exit code." },
            })),
            "limits": table(&[], "How hard AWS is asked.", json!({
                "max_in_flight": limit(10_000, "Requests under way at once."),
                "max_in_flight_per_account": limit(1_000, "Requests under way at once in one account."),
                "max_accounts": limit(1_000, "Accounts that are read at once."),
                "max_attempts": limit(100, "Tries of one request."),
                "attempt_timeout_seconds": limit(3_600, "How long one try may take."),
                "call_timeout_seconds": limit(86_400, "How long all tries of one request may take together."),
                "politeness": { "type": "number", "minimum": 0.1, "maximum": 1.0,
                    "description": "The part of AWS's request rates to use; the rest is left to others in the accounts." },
            })),
            "checks": of_checks,
            "profiles": { "type": "object", "description": "Named selections of checks, for `check_profiles`.",
                "additionalProperties": table(&["title"], "A selection, and what it sets.", profile) },
        },
    })
}

const PROFILES: &str = "schemas/profile.schema.json";
const FRAMEWORKS: &str = "schemas/framework.schema.json";

#[test]
fn the_schemas_of_profiles_and_frameworks_are_current() {
    current(PROFILES, &pretty(&profile_schema()));
    current(FRAMEWORKS, &pretty(&framework_schema()));
}

#[test]
fn every_embedded_profile_and_framework_validates_and_a_mistaken_one_does_not() {
    for (folder, schema, edits) in [
        ("profiles", PROFILES, [("title", "titel"), ("select", "selects"), ("schema = 1", "schema = 2")]),
        ("frameworks", FRAMEWORKS, [("[[control]]", "[[controls]]"), ("version", "versoin"), ("\nid = ", "\nidd = ")]),
    ] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("checks").join(folder);
        let files = std::fs::read_dir(root).expect("a folder").map(|entry| entry.expect("an entry").path());
        let texts: Vec<String> = files.map(|file| std::fs::read_to_string(file).expect("a file")).collect();
        let values: Vec<Value> = texts.iter().map(|text| from_toml(text)).collect();
        assert!(mistakes(schema, &values).into_iter().all(|mistakes| mistakes.is_none()), "{folder}");
        let text = texts.first().expect("there is one");
        for (right, wrong) in edits {
            // Arrays of tables are renamed throughout, or the file would have both.
            let edited = from_toml(&text.replace(right, wrong));
            assert!(mistake(schema, &edited).is_some(), "{folder}: {wrong}");
        }
    }
}

/// What a profile has beside its id.
fn profile_keys() -> Value {
    json!({
        "title": text("What it is for, in one line."),
        "select": { "type": "array", "description": "A check is in the profile if one of these has it.", "items": {
            "type": "object", "additionalProperties": false, "minProperties": 1,
            "description": "All that is given has to hold.",
            "properties": {
                "checks": strings("Ids and globs of checks."),
                "tags": strings("Tags and globs of them."),
                "controls": { "type": "object", "additionalProperties": strings("Ids of controls and globs of them."),
                    "description": "Framework or peer, as checks name it under `controls`, to its controls." },
                "framework": text("The id of a framework: checks that answer a control of it."),
                "level": { "type": "integer", "minimum": 1, "maximum": 9, "description": "Of the framework: controls of this level and of lower ones." },
                "severity": severity("Checks of this severity or worse."),
            },
        } },
        "exclude": strings("Ids and globs of checks that are not in it, whatever selects them."),
    })
}

fn profile_schema() -> Value {
    let mut keys = profile_keys();
    keys["schema"] = json!({ "const": 1 });
    keys["id"] = text("Its name, the same as the file's.");
    keys["checks"] = json!({ "type": "object", "description": "What it sets of checks, by id.",
        "additionalProperties": table(&[], "Changes of one check.", json!({
            "severity": severity("Instead of the check's own."),
            "disable": text("Why the check is not to run."),
            "params": { "type": "object", "description": "Its parameters." },
        })) });
    let mut schema =
        table(&["schema", "id", "title"], "Generated by tests/it/schemas.rs. docs/checks.md is the reference.", keys);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = "urn:driftline:profile:1:schema".into();
    schema["title"] = "A profile of driftline".into();
    schema
}

fn framework_schema() -> Value {
    let head = table(
        &["id", "name", "version", "source"],
        "What it is.",
        json!({
            "id": text("As `--framework` takes it, and the file's name."),
            "name": text("In full."), "version": text("Of the framework."),
            "source": text("Where the framework itself can be had."),
            "about": text("What of it is here and what is not."),
        }),
    );
    let control = table(
        &["id"],
        "A control.",
        json!({
            "id": text("As the framework numbers it."),
            "title": text("What it asks, in words of your own."),
            "level": { "type": "integer", "minimum": 1, "maximum": 9, "description": "Where the framework has levels." },
            "checks": strings("The checks that answer it, by id."),
            "prowler": strings("Checks of Prowler; ours that answer these answer the control."),
            "manual": text("Why no tool can tell."),
            "beyond": text("What of it no check looks at."),
        }),
    );
    let mut schema = table(
        &["schema", "framework", "control"],
        "Generated by tests/it/schemas.rs. docs/frameworks.md is the reference.",
        json!({
            "schema": { "const": 1 },
            "framework": head,
            "control": { "type": "array", "items": control, "minItems": 1 },
        }),
    );
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = "urn:driftline:framework:1:schema".into();
    schema["title"] = "A framework of driftline".into();
    schema
}

const BASELINES: &str = "schemas/baseline.schema.json";

#[test]
fn the_schema_of_baselines_is_current() {
    current(BASELINES, &pretty(&baseline_schema()));
}

#[test]
fn every_example_of_a_baseline_validates_and_a_mistaken_one_does_not() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines");
    let texts: Vec<String> = ["landing-zone", "data-vpc", "iam-without-users"]
        .iter()
        .map(|name| std::fs::read_to_string(folder.join(format!("{name}.toml"))).expect("an example"))
        .collect();
    let values: Vec<Value> = texts.iter().map(|text| from_toml(text)).collect();
    for mistakes in mistakes(BASELINES, &values) {
        assert_eq!(mistakes, None);
    }
    for (right, wrong) in [
        ("ingress", "ingres"),
        ("AWS::EC2::VPC\"", "AWS::EC2::VCP\""),
        ("count = 0\n", "count = -1\n"),
        ("[sets]", "[set]"),
    ] {
        assert!(texts[1].contains(right), "{right}");
        assert!(mistake(BASELINES, &from_toml(&texts[1].replacen(right, wrong, 1))).is_some(), "{wrong}");
    }
}

fn baseline_schema() -> Value {
    let types: Vec<&str> = ResourceType::ALL.iter().map(|of| of.name()).collect();
    let place = json!({
        "accounts": { "type": "array", "items": { "type": "string", "pattern": "^([0-9]{12}|ou-.+|r-.+)$" },
            "description": "Account ids, organizational units or roots; all if not given." },
        "regions": strings("Names and globs; all if not given."),
    });
    let mut scope = json!({
        "types": { "type": "array", "items": { "enum": types }, "description": "The types that `unlisted` is about." },
        "unlisted": { "enum": ["drift", "ignore"], "description": "Whether what no entry names is a deviation." },
    });
    let mut entry = json!({
        "type": { "enum": types, "description": "The CloudFormation name, as in checks." },
        "key": text("The natural key, as reports show it."),
        "where": { "type": "object", "description": "Attributes with their values; `{}` is all of the type." },
        "count": { "type": "integer", "minimum": 0, "description": "How many there are to be in each account and region." },
        "absent": strings("Attributes that must have no value."),
    });
    for table in [&mut scope, &mut entry] {
        for (name, schema) in place.as_object().expect("a table") {
            table[name] = schema.clone();
        }
    }
    let reserved = entry.clone();
    let of_type = |of: &ResourceType| {
        let mut known = reserved.as_object().expect("a table").clone();
        let facts = facts::table(*of);
        for name in driftline::baseline::attribute_names(*of) {
            // What lies below an attribute is a table of it.
            let first = name.split('.').next().unwrap_or(name);
            let fact = facts.iter().find(|field| field.name == first);
            let about = fact.map_or_else(|| json!({}), |field| json!({ "description": field.doc }));
            known.entry(first).or_insert(about);
        }
        known.insert("tags".to_owned(), json!({ "type": "object", "additionalProperties": { "type": "string" } }));
        json!({
            "if": { "properties": { "type": { "const": of.name() } }, "required": ["type"] },
            "then": { "properties": known, "additionalProperties": false },
        })
    };
    let rules: Vec<Value> = ResourceType::ALL.iter().map(of_type).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:driftline:baseline:1:schema",
        "title": "A baseline of driftline",
        "description": "Generated by tests/it/schemas.rs. docs/baseline.md is the reference.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "schema": { "const": 1 },
            "baseline": table(&[], "What it is called, and who keeps it.", json!({
                "id": text("Its name."), "owner": text("Who keeps it."),
                "reviewed": { "type": "string", "format": "date", "description": "When somebody last read it." },
            })),
            "scope": table(&[], "Where it counts.", scope),
            "sets": { "type": "object", "additionalProperties": strings("Address blocks."), "description": "Written `@name` in rules." },
            "resource": { "type": "array", "items": {
                "type": "object", "required": ["type"], "properties": entry, "allOf": rules,
                "oneOf": [{ "required": ["key"] }, { "required": ["where"] }],
            } },
            "ignore": { "type": "array", "items": table(&["type", "path", "reason"], "An attribute that is not compared.", json!({
                "type": { "enum": types }, "path": text("The attribute."), "key": text("Only of this natural key."), "reason": text("Why."),
            })) },
        },
    })
}
