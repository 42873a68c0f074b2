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

/// The mistakes of a value by a schema of this repository; none if it is valid.
pub fn mistakes(schema: &str, value: &Value) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("value.json");
    std::fs::write(&file, value.to_string()).unwrap();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python())
        .arg(root.join("tests/readers/validate.py"))
        .arg(root.join(schema))
        .arg(&file)
        .output()
        .expect("DRIFTLINE_PYTHON can be run");
    match output.status.code() {
        Some(0) => None,
        Some(1) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        _ => panic!("validate.py failed: {}", String::from_utf8_lossy(&output.stderr)),
    }
}
