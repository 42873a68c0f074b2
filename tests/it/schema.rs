//! JSON schemas, held by a validator of another language.
//!
//! NOTE: the Rust validator switches on features of crates that lie below the
//! AWS SDK, so that `cargo test` would compile the SDK anew beside `cargo build`.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The Python that `./test` sets up.
pub fn python() -> PathBuf {
    let python = std::env::var_os("DRIFTLINE_PYTHON").map(PathBuf::from);
    python.expect("DRIFTLINE_PYTHON names no interpreter: run the tests with ./test, which makes one")
}

/// The mistakes of each value by a schema of this repository; none if it is valid.
pub fn mistakes<'v>(schema: &str, values: impl IntoIterator<Item = &'v Value>) -> Vec<Option<String>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("values.ndjson");
    // Compact JSON has no line break, and escapes those of its strings; U+2028 and its like
    // are escaped too, because Python breaks lines at them.
    let line = |value: &Value| -> String {
        let escape = |c: char| {
            if c.is_ascii() {
                c.to_string()
            } else {
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
            }
        };
        value.to_string().chars().map(escape).collect()
    };
    let lines: Vec<String> = values.into_iter().map(line).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python())
        .arg(root.join("tests/readers/validate.py"))
        .arg(root.join(schema))
        .arg(&file)
        .output()
        .expect("DRIFTLINE_PYTHON can be run");
    assert!(output.status.success(), "validate.py failed: {}", String::from_utf8_lossy(&output.stderr));
    let told: Vec<Option<String>> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), lines.len(), "one answer for each value");
    told
}

/// The mistakes of one value.
pub fn mistake(schema: &str, value: &Value) -> Option<String> {
    mistakes(schema, [value]).pop().flatten()
}
